// The price that explains a position which the venue states, by hand.

import { describe, expect, it } from "vitest";
import { adoptionPrice } from "../../src/domain/adoption.ts";
import { parseDecimal, printDecimal } from "../../src/domain/index.ts";

function priceOf(held: readonly [string, string | null], target: readonly [string, string | null]): string | null {
  const stated = ([quantity, average]: readonly [string, string | null]) => ({
    quantity: parseDecimal(quantity),
    average: average === null ? null : parseDecimal(average),
  });
  const price = adoptionPrice(stated(held), stated(target));
  return price === null ? null : printDecimal(price);
}

describe("adoptionPrice", () => {
  it("opens at the stated average, from flat and across zero", () => {
    expect(priceOf(["0", null], ["-5", "12.5"])).toBe("12.5");
    expect(priceOf(["3", "10"], ["-5", "12.5"])).toBe("12.5");
  });

  it("enlarges at the price that moves the average to where it is stated", () => {
    // (30 × 11 − 10 × 10) ÷ 20 = 11.5; short: (−30 × 11 + 10 × 10) ÷ −20
    expect(priceOf(["10", "10"], ["30", "11"])).toBe("11.5");
    expect(priceOf(["-10", "10"], ["-30", "11"])).toBe("11.5");
  });

  it("reduces and closes at the held average, so that no profit is made up", () => {
    expect(priceOf(["10", "7"], ["4", "7"])).toBe("7");
    expect(priceOf(["10", "7"], ["0", null])).toBe("7");
    expect(priceOf(["-10", "7"], ["0", null])).toBe("7");
  });

  it("is null without a change, without an average that it needs, and where no price above 0 explains the statement", () => {
    expect(priceOf(["10", "7"], ["10", "8"])).toBeNull();
    expect(priceOf(["0", null], ["10", null])).toBeNull();
    expect(priceOf(["10", null], ["5", "7"])).toBeNull();
    expect(priceOf(["3", "10"], ["-5", null])).toBeNull();
    // (20 × 3.5 − 10 × 7) ÷ 10 = 0
    expect(priceOf(["10", "7"], ["20", "3.5"])).toBeNull();
    // (20 × 1 − 10 × 7) ÷ 10 = −5
    expect(priceOf(["10", "7"], ["20", "1"])).toBeNull();
  });
});
