// Rounding to a precision against ccxt's decimalToPrecision, an independent reader.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { printDecimal, roundText, type PrecisionCounting } from "../../src/domain/index.ts";

describe("rounding to a precision", () => {
  // ccxt is at odds with exact arithmetic for negative values on a tick, pads a truncation to no digit at all, and
  // computes ticks in floats: nine digits, not negative, are what it can answer.
  const value = fc
    .tuple(fc.bigInt({ min: 0n, max: 10n ** 9n }), fc.integer({ min: 0, max: 12 }))
    .map(([units, scale]) => printDecimal({ units, scale }));
  const precision = fc.oneof(
    fc.record({ counting: fc.constant<PrecisionCounting>("decimals"), precision: fc.integer({ min: -3, max: 10 }).map(String) }),
    fc.record({ counting: fc.constant<PrecisionCounting>("significant"), precision: fc.integer({ min: 1, max: 12 }).map(String) }),
    fc.record({
      counting: fc.constant<PrecisionCounting>("tick"),
      precision: fc.constantFrom("0.00000001", "0.0005", "0.005", "0.025", "0.1", "0.5", "1", "5", "10", "100"),
    }),
  );

  it("agrees with decimalToPrecision on values that are not negative", async () => {
    const { decimalToPrecision, ROUND, TRUNCATE, DECIMAL_PLACES, SIGNIFICANT_DIGITS, TICK_SIZE, PAD_WITH_ZERO, NO_PADDING } = (await import("ccxt"))
      .default;
    const countings = { decimals: DECIMAL_PLACES, significant: SIGNIFICANT_DIGITS, tick: TICK_SIZE };
    fc.assert(
      fc.property(value, precision, fc.boolean(), fc.boolean(), (text, rule, truncates, pad) => {
        const theirs: unknown = decimalToPrecision(
          text,
          truncates ? TRUNCATE : ROUND,
          Number(rule.precision),
          countings[rule.counting],
          pad ? PAD_WITH_ZERO : NO_PADDING,
        );
        expect(roundText(text, { ...rule, rounding: truncates ? "truncate" : "round", pad })).toBe(theirs);
      }),
      { numRuns: 1_000 },
    );
  }, 120_000);
});
