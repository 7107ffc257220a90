// Rounding to a precision, by hand and by definition.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  absoluteDecimal,
  addDecimals,
  compareDecimals,
  divideDecimals,
  multiplyDecimals,
  negateDecimal,
  parseDecimal,
  printDecimal,
  remainderOf,
  roundText,
  subtractDecimals,
  type Decimal,
  type PrecisionCounting,
  type PrecisionRounding,
} from "../../src/domain/index.ts";

const round = (value: string, rounding: PrecisionRounding, counting: PrecisionCounting, precision: string, pad = false) =>
  roundText(value, { rounding, counting, precision, pad });

describe("roundText", () => {
  it("counts decimals, and tens when negative", () => {
    expect(round("12.3456", "truncate", "decimals", "2")).toBe("12.34");
    expect(round("12.345", "round", "decimals", "2")).toBe("12.35");
    expect(round("-12.345", "round", "decimals", "2")).toBe("-12.35");
    expect(round("1250", "round", "decimals", "-2")).toBe("1300");
    expect(round("49.9", "round", "decimals", "-2")).toBe("0");
    expect(round("-0.004", "round", "decimals", "2")).toBe("0");
  });

  it("counts significant digits wherever the number begins", () => {
    expect(round("0.0012345", "round", "significant", "3")).toBe("0.00123");
    expect(round("98765", "truncate", "significant", "2")).toBe("98000");
    expect(round("-98765", "truncate", "significant", "2")).toBe("-98000");
    expect(round("99.96", "round", "significant", "3")).toBe("100");
    expect(round("1234.5", "truncate", "significant", "0")).toBe("0");
    // Hyperliquid's five digits
    expect(round("46.97851", "down", "significant", "5")).toBe("46.978");
  });

  it("finds the multiple of a tick that is no power of ten", () => {
    expect(round("0.37", "truncate", "tick", "0.25")).toBe("0.25");
    expect(round("0.375", "round", "tick", "0.25")).toBe("0.5");
    expect(round("-0.3", "truncate", "tick", "0.25")).toBe("-0.25");
    expect(round("101", "round", "tick", "100")).toBe("100");
  });

  it("up and down mean toward +infinity and -infinity", () => {
    const both = (value: string) => [round(value, "up", "tick", "0.5"), round(value, "down", "tick", "0.5")];
    expect([both("1.1"), both("-1.1"), both("1.5")]).toEqual([
      ["1.5", "1"],
      ["-1", "-1.5"],
      ["1.5", "1.5"],
    ]);
  });

  it("pads to the decimals of the precision", () => {
    expect(round("1.5", "truncate", "decimals", "3", true)).toBe("1.500");
    expect(round("2", "truncate", "tick", "0.050", true)).toBe("2.00");
    expect(round("1234", "truncate", "significant", "6", true)).toBe("1234.00");
    expect(round("0", "round", "decimals", "2", true)).toBe("0.00");
    // Rounded up into another digit, three of which are 100.
    expect(round("99.96", "round", "significant", "3", true)).toBe("100");
    expect(round("15", "round", "decimals", "-1", true)).toBe("20");
  });

  it("refuses what names no grid and what is no number", () => {
    const bad: readonly [PrecisionCounting, string][] = [
      ["tick", "0"],
      ["tick", "-1"],
      ["decimals", "1.5"],
      ["decimals", "401"],
      ["decimals", "-401"],
      ["significant", "-1"],
    ];
    for (const [counting, precision] of bad)
      expect(() => round("1", "round", counting, precision)).toThrow(expect.objectContaining({ code: "bad_precision" }));
    expect([round("1", "round", "decimals", "400"), round("1", "round", "decimals", "-400")]).toEqual(["1", "0"]);
    expect(() => round("1.2.3", "round", "decimals", "2")).toThrow(expect.objectContaining({ code: "bad_number" }));
  });

  it("lands on the grid, nearer than a step, on the side that the rounding names", () => {
    const value = fc
      .tuple(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), fc.integer({ min: 0, max: 12 }))
      .map(([units, scale]) => printDecimal({ units, scale }));
    const tick = fc.constantFrom("0.00000001", "0.0005", "0.025", "0.5", "1", "5", "100");
    fc.assert(
      fc.property(value, tick, fc.constantFrom<PrecisionRounding[]>("truncate", "round", "up", "down"), (text, step, rounding) => {
        const rounded = parseDecimal(round(text, rounding, "tick", step));
        const [given, grid] = [parseDecimal(text), parseDecimal(step)];
        const moved = subtractDecimals(rounded, given);
        expect(remainderOf(rounded, grid).units).toBe(0n);
        expect(compareDecimals(absoluteDecimal(moved), grid)).toBe(-1);
        const promise = {
          up: moved.units >= 0n,
          down: moved.units <= 0n,
          truncate: compareDecimals(absoluteDecimal(rounded), absoluteDecimal(given)) !== 1,
          round: compareDecimals(addDecimals(absoluteDecimal(moved), absoluteDecimal(moved)), grid) !== 1,
        };
        expect(promise[rounding]).toBe(true);
      }),
    );
  });
});

describe("decimal arithmetic", () => {
  const decimal = fc
    .tuple(fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }), fc.integer({ min: 0, max: 20 }))
    .map(([units, scale]): Decimal => ({ units, scale }));
  const text = (value: Decimal) => printDecimal(value);
  const parse = parseDecimal;

  it("adds, subtracts, multiplies and divides by hand", () => {
    expect(text(addDecimals(parse("0.1"), parse("0.2")))).toBe("0.3");
    expect(text(subtractDecimals(parse("1"), parse("1.0")))).toBe("0");
    expect(text(multiplyDecimals(parse("-0.25"), parse("0.4")))).toBe("-0.1");
    expect(text(divideDecimals(parse("2"), parse("3"), 4))).toBe("0.6666");
    expect(text(divideDecimals(parse("-2"), parse("3"), 4))).toBe("-0.6666");
    expect(text(divideDecimals(parse("1799"), parse("1"), -2))).toBe("1700");
    expect(text(divideDecimals(parse("1"), parse("8")))).toBe("0.125");
    expect(text(remainderOf(parse("-7.5"), parse("2")))).toBe("-1.5");
    expect(text(negateDecimal(parse("0")))).toBe("0");
  });

  it("refuses to divide by zero", () => {
    for (const run of [() => divideDecimals(parse("1"), parse("0.0")), () => remainderOf(parse("1"), parse("0"))]) {
      expect(run).toThrow(expect.objectContaining({ code: "division_by_zero" }));
    }
  });

  it("a = quotient × b + remainder, and comparison is the sign of the difference", () => {
    fc.assert(
      fc.property(decimal, decimal, (a, b) => {
        const difference = subtractDecimals(a, b).units;
        expect(compareDecimals(a, b)).toBe(difference < 0n ? -1 : difference > 0n ? 1 : 0);
        if (b.units === 0n) return;
        const whole = addDecimals(multiplyDecimals(divideDecimals(a, b, 0), b), remainderOf(a, b));
        expect(compareDecimals(whole, a)).toBe(0);
      }),
    );
  });
});
