// Decimal text and units: parse ∘ print is the identity, and what is no number is refused.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decimalOfNumber,
  maxExact,
  normalize,
  numberToUnits,
  parseDecimal,
  parseRatio,
  parseUnits,
  printDecimal,
  printUnits,
  ratioOfNumber,
  SeatrialError,
  unitsToNumber,
} from "../../src/domain/index.ts";
import { outcomeOf } from "./outcome.ts";

const scale = fc.integer({ min: 0, max: 15 });

describe("parseUnits and printUnits", () => {
  it("read and write money by hand", () => {
    expect(parseUnits("12.34", 2)).toBe(1234);
    expect(parseUnits("-0.5", 3)).toBe(-500);
    expect(parseUnits("1e3", 0)).toBe(1000);
    expect(parseUnits("2.50", 1)).toBe(25);
    expect([printUnits(1234, 2), printUnits(-500, 3), printUnits(7, 8), printUnits(1200, 2), printUnits(0, 5), printUnits(-0, 2)]).toEqual([
      "12.34",
      "-0.5",
      "0.00000007",
      "12",
      "0",
      "0",
    ]);
  });

  it("hold an 8-decimal spot pair exactly: 0.00001234 and 21 million coins", () => {
    expect(parseUnits("0.00001234", 8)).toBe(1234);
    expect(parseUnits("21000000.00000001", 8)).toBe(2_100_000_000_000_001);
    expect(printUnits(2_100_000_000_000_001, 8)).toBe("21000000.00000001");
  });

  it("print then parse gives the same units, at every scale", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), scale, (units, decimals) => {
        expect(parseUnits(printUnits(units, decimals), decimals)).toBe(units + 0);
      }),
    );
  });

  it("print minimal text: no exponent, no trailing zero, no -0", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), scale, (units, decimals) => {
        expect(printUnits(units, decimals)).toMatch(/^(0|-?(0|[1-9]\d*)(\.\d*[1-9])?)$/);
      }),
    );
  });

  it("refuse what does not fit: more decimals than the scale, ±2^53, 1e400", () => {
    expect(() => parseUnits("0.001", 2)).toThrow(expect.objectContaining({ code: "too_many_decimals" }));
    expect([parseUnits("9007199254740991", 0), parseUnits("-9007199254740991", 0)]).toEqual([maxExact, -maxExact]);
    for (const text of ["9007199254740992", "-9007199254740992", "1e400"])
      expect(() => parseUnits(text, 0)).toThrow(expect.objectContaining({ code: "number_overflow" }));
    expect(() => parseUnits("90071992547409.92", 2)).toThrow(expect.objectContaining({ code: "number_overflow" }));
  });
});

describe("parseDecimal", () => {
  it("refuses NaN, infinities, nothing, two points, words, spaces, hex and separators", () => {
    const texts = ["NaN", "Infinity", "-Infinity", "", ".", "-", "1.2.3", "abc", " 1", "1 ", "0x10", "1,000", "1_000", "e5", "1e", "1e+", "--1", "١"];
    expect(texts.map((text) => outcomeOf(() => parseDecimal(text)))).toEqual(texts.map(() => "bad_number"));
    expect(() => parseDecimal("NaN")).toThrow(expect.objectContaining({ exitCode: 3 }));
  });

  it("does not echo a megabyte of nonsense", () => {
    expect(() => parseDecimal("x".repeat(1_000_000))).toThrow(/^"x{40}…" is not a decimal number/);
    expect(() => parseDecimal("x".repeat(40))).toThrow(/^"x{40}" is not a decimal number/);
  });

  it("reads signs, bare points and exponents", () => {
    expect(parseDecimal("+5.")).toEqual({ units: 5n, scale: 0 });
    expect(parseDecimal(".5")).toEqual({ units: 5n, scale: 1 });
    expect(parseDecimal("-1.20e-2")).toEqual({ units: -12n, scale: 3 });
    expect(parseDecimal("12e2")).toEqual({ units: 1200n, scale: 0 });
  });

  it("print then parse is the identity on normal decimals of any size", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 60n), max: 10n ** 60n }), fc.integer({ min: 0, max: 40 }), (units, decimals) => {
        const value = normalize({ units, scale: decimals });
        expect(parseDecimal(printDecimal(value))).toEqual(value);
      }),
    );
  });
});

describe("floats at the border", () => {
  it("a float is the decimal it prints as", () => {
    expect(decimalOfNumber(0.1)).toEqual({ units: 1n, scale: 1 });
    expect(printDecimal(decimalOfNumber(1e-7))).toBe("0.0000001");
    expect(printDecimal(decimalOfNumber(1e21))).toBe("1000000000000000000000");
    for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY]) expect(() => decimalOfNumber(wrong)).toThrow(SeatrialError);
  });

  it("units become the float of their text", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), scale, (units, decimals) => {
        expect(unitsToNumber(units, decimals)).toBe(Number(printUnits(units, decimals)));
      }),
    );
  });

  it("numberToUnits takes floats that stand for a decimal and refuses the rest", () => {
    expect(numberToUnits(0.3, 1)).toBe(3);
    expect(numberToUnits(0.1 + 0.2, 1)).toBeNull();
    expect(numberToUnits(46.9785, 4)).toBe(469_785);
    expect(Object.is(numberToUnits(-0, 2), 0)).toBe(true);
    expect([numberToUnits(maxExact, 0), numberToUnits(-maxExact, 0)]).toEqual([maxExact, -maxExact]);
    for (const wrong of [0.305, Number.NaN, Number.POSITIVE_INFINITY, 1e300, -1e300]) expect(numberToUnits(wrong, 2)).toBeNull();
  });
});

describe("parseRatio", () => {
  it("is exact and reduced", () => {
    expect(parseRatio("0.0005")).toEqual({ numerator: 1, denominator: 2_000 });
    expect(parseRatio("-0.00025")).toEqual({ numerator: -1, denominator: 4_000 });
    expect(parseRatio("100")).toEqual({ numerator: 100, denominator: 1 });
    expect(parseRatio("0.000000000000001")).toEqual({ numerator: 1, denominator: 1_000_000_000_000_000 });
    expect([parseRatio("9007199254740991"), parseRatio("-9007199254740991")]).toEqual([
      { numerator: maxExact, denominator: 1 },
      { numerator: -maxExact, denominator: 1 },
    ]);
    for (const text of ["", "x", "1e-16", "1e16", "-1e16"]) expect(() => parseRatio(text)).toThrow(expect.objectContaining({ code: "bad_number" }));
  });

  it("of a share that a strategy worked out is the nearest fraction of 10^9", () => {
    // 1.1 ÷ 100 is 0.011000000000000001 in floats
    expect(ratioOfNumber(1.1 / 100)).toEqual({ numerator: 11, denominator: 1_000 });
    expect(ratioOfNumber(1 / 3)).toEqual({ numerator: 333_333_333, denominator: 1_000_000_000 });
    expect(ratioOfNumber(0)).toEqual({ numerator: 0, denominator: 1 });
  });
});
