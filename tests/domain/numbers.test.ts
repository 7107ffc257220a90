// Exact integers: the checked multiply-divide against BigInt, and refusals where a number would be wrong.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  checked,
  divideBig,
  gcd,
  InvariantError,
  maxExact,
  mulDiv,
  multiply,
  pow10,
  ratio,
  SeatrialError,
  wideZero,
  type Rounding,
} from "../../src/domain/index.ts";
import { outcomeOf } from "./outcome.ts";

const roundings: readonly Rounding[] = ["halfAway", "down", "up", "floor", "ceil"];

/** What a rounding means, by its definition on the exact fraction n/d: independent of the code's own cases. */
function oracle(n: bigint, d: bigint, rounding: Rounding): bigint {
  const floor = n >= 0n ? n / d : -((-n + d - 1n) / d);
  const exact = floor * d === n;
  const ceil = exact ? floor : floor + 1n;
  const away = n < 0n ? floor : ceil;
  const toZero = n < 0n ? ceil : floor;
  if (rounding === "floor") return floor;
  if (rounding === "ceil") return ceil;
  if (rounding === "up") return away;
  if (rounding === "down") return toZero;
  // |n/d - toZero| ≥ 1/2 goes away from zero.
  const rest = n - toZero * d;
  return 2n * (rest < 0n ? -rest : rest) >= d ? away : toZero;
}

const exact = fc.maxSafeInteger();
const small = fc.integer({ min: -1_000_000, max: 1_000_000 });
const divisor = fc.oneof(fc.integer({ min: 1, max: 1_000 }), fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }));
const anyRounding = fc.constantFrom(...roundings);

describe("mulDiv", () => {
  it("rounds 7/2 and -7/2 as each rounding says", () => {
    const table = roundings.map((rounding) => [rounding, mulDiv(7, 1, 2, rounding), mulDiv(-7, 1, 2, rounding)]);
    expect(table).toEqual([
      ["halfAway", 4, -4],
      ["down", 3, -3],
      ["up", 4, -4],
      ["floor", 3, -4],
      ["ceil", 4, -3],
    ]);
  });

  it("rounds thirds to the nearest and never turns a result into -0", () => {
    expect([mulDiv(1, 1, 3), mulDiv(2, 1, 3), mulDiv(-1, 1, 3), mulDiv(-2, 1, 3)]).toEqual([0, 1, 0, -1]);
    expect(Object.is(mulDiv(0, -5, 3), 0) && Object.is(mulDiv(0, -5, 1), 0) && Object.is(mulDiv(-1, 1, 3), 0)).toBe(true);
  });

  it("is exact beyond 2^53: (2^53 - 1)² ÷ (2^53 - 1)", () => {
    expect(mulDiv(maxExact, maxExact, maxExact)).toBe(maxExact);
  });

  it("equals BigInt arithmetic for all signs, sizes and roundings", () => {
    fc.assert(
      fc.property(fc.oneof(exact, small), fc.oneof(exact, small), divisor, anyRounding, (a, b, d, rounding) => {
        const expected = oracle(BigInt(a) * BigInt(b), BigInt(d), rounding);
        const fits = expected <= BigInt(maxExact) && expected >= -BigInt(maxExact);
        expect(outcomeOf(() => mulDiv(a, b, d, rounding))).toBe(fits ? Number(expected) : "number_overflow");
      }),
      { numRuns: 2_000 },
    );
  });

  it("refuses a divisor that is not positive and numbers that are no exact integers", () => {
    for (const d of [0, -1, Number.NaN]) expect(() => mulDiv(6, 3, d)).toThrow("does not fit an exact integer");
    expect(() => mulDiv(Number.NaN, 1, 2)).toThrow("does not fit");
    expect(() => mulDiv(Number.POSITIVE_INFINITY, 2, 3)).toThrow("does not fit");
  });

  it("refuses such a divisor under a product beyond 2^53 too, and reaches -(2^53 - 1) itself", () => {
    for (const d of [0, -2]) expect(() => mulDiv(maxExact, 2, d)).toThrow("does not fit an exact integer");
    expect([mulDiv(-maxExact, 2, 2), mulDiv(maxExact, 2, 2)]).toEqual([-maxExact, maxExact]);
  });
});

describe("divideBig", () => {
  it("agrees with the definition of each rounding", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.bigInt({ min: 1n, max: 10n ** 12n }), anyRounding, (n, d, rounding) => {
        expect(divideBig(n, d, rounding)).toBe(oracle(n, d, rounding));
      }),
    );
  });
});

describe("checked arithmetic", () => {
  it("has a zero for wide fields that is the plain one wherever it is looked at", () => {
    expect(Object.is(wideZero, 0)).toBe(true);
    expect(JSON.stringify([wideZero, `${wideZero}`])).toBe('[0,"0"]');
  });

  it("lets ±(2^53 - 1) through and nothing beyond, no fraction and no NaN", () => {
    expect(checked(maxExact)).toBe(9_007_199_254_740_991);
    expect(checked(-maxExact)).toBe(-9_007_199_254_740_991);
    expect(multiply(-3, 5)).toBe(-15);
    expect([multiply(maxExact, 1), multiply(maxExact, -1)]).toEqual([maxExact, -maxExact]);
    expect(() => multiply(maxExact, -2)).toThrow(SeatrialError);
    expect(Object.is(multiply(0, -5), 0)).toBe(true);
    for (const wrong of [maxExact + 1, -maxExact - 1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) expect(() => checked(wrong)).toThrow(SeatrialError);
    expect(() => multiply(maxExact, 2)).toThrow(SeatrialError);
    expect(() => multiply(Number.NaN, 2)).toThrow(SeatrialError);
  });

  it("names the error, its hint and exit code 2", () => {
    expect(() => checked(2 ** 53)).toThrow(expect.objectContaining({ code: "number_overflow", exitCode: 2, hint: expect.any(String) }));
  });

  it("knows the powers of ten up to 10^15", () => {
    expect([pow10(0), pow10(3), pow10(15)]).toEqual([1, 1_000, 1_000_000_000_000_000]);
    for (const wrong of [16, -1, 1.5]) expect(() => pow10(wrong)).toThrow(SeatrialError);
  });

  it("keeps ratios in lowest terms, sign on top", () => {
    expect(ratio(50, 100_000)).toEqual({ numerator: 1, denominator: 2_000 });
    expect(ratio(-6, 4)).toEqual({ numerator: -3, denominator: 2 });
    expect(ratio(0, 7)).toEqual({ numerator: 0, denominator: 1 });
    expect(() => ratio(1, 0)).toThrow(InvariantError);
    expect(gcd(84, 36)).toBe(12);
  });
});
