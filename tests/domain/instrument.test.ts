// Instruments: the tick grid, Hyperliquid's moving tick, floats at the border, filters, exact notional, inverse contracts.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maxExact, parseUnits, printUnits, ruleDecimals, SeatrialError, type Money, type Price, type Quantity } from "../../src/domain/index.ts";
import { outcomeOf } from "./outcome.ts";
import { hype, instrument, plainRules } from "./rules.ts";

const price = (value: number) => value as Price;
const quantity = (value: number) => value as Quantity;

describe("the tick grid", () => {
  // tick 0.25 at two decimals: 25 units
  const quarter = instrument({ tick: "0.25" });

  it("rounds down, up and to the nearest, half up", () => {
    const all = (value: number) => (["down", "up", "nearest"] as const).map((direction) => quarter.roundPrice(value, direction));
    expect(all(1010)).toEqual([1000, 1025, 1000]);
    expect(all(1013)).toEqual([1000, 1025, 1025]);
    expect(all(1025)).toEqual([1025, 1025, 1025]);
    expect([quarter.isOnTick(price(1025)), quarter.isOnTick(price(1026))]).toEqual([true, false]);
  });

  it("leaves a price on the grid alone in every direction, and moves any other by less than a tick", () => {
    for (const market of [quarter, hype(), instrument({ tick: "0.5" }, { price: 6 })]) {
      fc.assert(
        fc.property(
          fc.integer({ min: 1, max: 10 ** 9 }),
          fc.constantFrom<("down" | "up" | "nearest")[]>("down", "up", "nearest"),
          (units, direction) => {
            const rounded = market.roundPrice(units, direction);
            expect(market.isOnTick(rounded)).toBe(true);
            expect(market.roundPrice(rounded, direction)).toBe(rounded);
            expect(Math.abs(rounded - units)).toBeLessThan(market.tickAt(price(units)));
            expect({ down: rounded <= units, up: rounded >= units, nearest: true }[direction]).toBe(true);
          },
        ),
        { numRuns: 300 },
      );
    }
  });

  it("floors and ceils quantities to the step", () => {
    const lots = instrument({ step: "0.005" });
    expect([lots.floorQuantity(1234), lots.ceilQuantity(1234), lots.floorQuantity(1235), lots.ceilQuantity(1235)]).toEqual([1230, 1235, 1235, 1235]);
    expect(lots.floorQuantity(4)).toBe(0);
    expect([lots.isOnStep(quantity(1_230)), lots.isOnStep(quantity(1_231)), instrument().isOnStep(quantity(1_231))]).toEqual([true, false, true]);
  });
});

describe("Hyperliquid's five significant digits", () => {
  const market = hype();
  const units = (text: string) => parseUnits(text, 4);

  it("moves the tick with the price: 4 decimals below 10, one less for each digit, never beyond 1", () => {
    const tick = (text: string) => printUnits(market.tickAt(price(units(text))), 4);
    expect(["0.9", "9.9999", "10", "46.9785", "99.999", "100", "999.99", "1000", "10000", "100000", "1234567"].map(tick)).toEqual([
      "0.0001",
      "0.0001",
      "0.001",
      "0.001",
      "0.001",
      "0.01",
      "0.01",
      "0.1",
      "1",
      "1",
      "1",
    ]);
  });

  it("takes 46.9785 to 46.978 or 46.979, and keeps whole prices of any length", () => {
    const rounded = (["down", "up", "nearest"] as const).map((direction) => printUnits(market.roundPrice(units("46.9785"), direction), 4));
    expect(rounded).toEqual(["46.978", "46.979", "46.979"]);
    expect(market.isOnTick(price(units("46.9785")))).toBe(false);
    expect(market.isOnTick(price(units("100001")))).toBe(true);
    expect(market.isOnTick(price(units("123456789")))).toBe(true);
    expect(market.isOnTick(price(units("10000.5")))).toBe(false);
  });

  it("crosses a power of ten upward onto the coarser grid", () => {
    const finer = hype({ price: 6 });
    // 9.99996 has a tick of 0.0001 below 10: up is 10 exactly.
    expect(printUnits(finer.roundPrice(parseUnits("9.99996", 6), "up"), 6)).toBe("10");
    expect(printUnits(finer.roundPrice(parseUnits("9.99996", 6), "down"), 6)).toBe("9.9999");
  });

  it("holds at most five significant digits unless it is whole", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 ** 10 }), (value) => {
        const text = printUnits(market.roundPrice(value, "nearest"), 4);
        const digits = text.replace(".", "").replace(/^0+/, "");
        expect(!text.includes(".") || digits.length <= 5).toBe(true);
      }),
    );
  });
});

describe("floats of a strategy", () => {
  const market = instrument();

  it("forgives float noise and rounds a real rest", () => {
    expect(market.priceFromNumber(0.1 + 0.2, "up")).toBe(30);
    expect(market.priceFromNumber(1.006, "down")).toBe(100);
    expect(market.priceFromNumber(1.006, "up")).toBe(101);
    expect(market.priceFromNumber(1.004, "nearest")).toBe(100);
    expect(market.quantityFromNumber(0.1 + 0.2)).toBe(300);
    expect(market.quantityFromNumber(1.2345)).toBe(1234);
    expect(market.quantityFromNumber(1.2345, "up")).toBe(1235);
    expect(market.quantityFromNumber(0)).toBe(0);
    // 0.7 + 0.1 is 0.7999999999999999 and 0.1 + 0.2 is 0.30000000000000004: neither loses nor gains a step.
    expect([market.quantityFromNumber(0.7 + 0.1), market.quantityFromNumber(0.1 + 0.2, "up")]).toEqual([800, 300]);
  });

  it("gives null for NaN, infinite, negative, zero and unreachable numbers", () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, -1, 0, 1e300]) expect(market.priceFromNumber(value, "nearest")).toBeNull();
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, -1, 1e300]) expect(market.quantityFromNumber(value)).toBeNull();
    expect([market.priceFromNumber(1e15, "down"), market.quantityFromNumber(1e14)]).toEqual([null, null]);
    const whole = instrument({ tick: "1", step: "1" }, { price: 0, quantity: 0 });
    expect([whole.priceFromNumber(maxExact, "down"), whole.quantityFromNumber(maxExact)]).toEqual([maxExact, maxExact]);
  });

  it("never makes a price of zero", () => {
    expect([market.priceFromNumber(1e-20, "up"), market.priceFromNumber(0.004, "nearest"), market.priceFromNumber(0.004, "down")]).toEqual([
      null,
      null,
      null,
    ]);
    expect(market.priceFromNumber(0.004, "up")).toBe(1);
    expect(instrument({ tick: "0.25" }).priceFromNumber(0.1, "down")).toBeNull();
  });

  it("is the exact way back for every price on the grid", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 ** 12 }), (units) => {
        expect(market.priceFromNumber(market.priceNumber(price(units)), "down")).toBe(units);
      }),
    );
  });
});

describe("views", () => {
  it("of units are the floats of their decimals, and a market knows whether it is spot", () => {
    const market = instrument();
    expect([market.priceNumber(price(12_345)), market.quantityNumber(quantity(1_500)), market.moneyNumber(2_500_000 as Money)]).toEqual([
      123.45, 1.5, 2.5,
    ]);
    expect([market.spot, instrument({ kind: "spot" }).spot]).toEqual([false, true]);
  });
});

describe("filters", () => {
  it("become exact units, and 0 where there is none", () => {
    const market = instrument({
      minQuantity: "0.002",
      maxQuantity: "100",
      maxMarketQuantity: "50.5",
      minPrice: "0.05",
      maxPrice: "1000",
      minNotional: "10",
    });
    expect([market.minQuantity, market.maxQuantity, market.maxMarketQuantity]).toEqual([2, 100_000, 50_500]);
    expect([market.minPrice, market.maxPrice, market.minNotional]).toEqual([5, 100_000, 10_000_000]);
    expect(instrument().maxQuantity).toBe(0);
  });

  it("a largest quantity that no exact number reaches is no limit", () => {
    expect(instrument({ maxQuantity: "99999999999999" }).maxQuantity).toBe(0);
    expect(instrument({ maxQuantity: "9007199254740.991" }).maxQuantity).toBe(maxExact);
  });

  it("must fit the scales: ruleDecimals says which are needed", () => {
    expect(() => instrument({ tick: "0.005" })).toThrow(expect.objectContaining({ code: "too_many_decimals" }));
    expect(() => instrument({ step: "0" })).toThrow(expect.objectContaining({ code: "bad_market_rules" }));
    expect(ruleDecimals({ ...plainRules, tick: "0.01", minPrice: "0.005", step: "1", maxMarketQuantity: "128.52621715" })).toEqual({
      price: 3,
      quantity: 8,
    });
  });
});

describe("notional", () => {
  it("multiplies scales and contract size exactly", () => {
    // 123.45 × 0.678 = 83.6991
    expect(instrument().notional(price(12_345), quantity(678))).toBe(83_699_100);
    // 100 contracts of 0.01 at 20000.5 = 20000.5
    expect(instrument({ contractSize: "0.01", tick: "0.1", step: "1" }, { price: 1, quantity: 0 }).notional(price(200_005), quantity(100))).toBe(
      20_000_500_000,
    );
  });

  it("rounds once, half away from zero, when money is coarser than the product", () => {
    // 1.25 × 0.002 = 0.0025 → 0.003 at three decimals; down 0.002
    const coarse = instrument({}, { money: 3 });
    expect(coarse.notional(price(125), quantity(2))).toBe(3);
    expect(coarse.notional(price(125), quantity(2), "down")).toBe(2);
  });

  it("is exact for products beyond 2^53", () => {
    const market = instrument({ tick: "0.00000001", step: "0.00000001" }, { price: 8, quantity: 8, money: 8 });
    // 65432.12345678 × 12.34567891 = 807803.986… (16 decimals), rounded to 8
    const product = 6_543_212_345_678n * 1_234_567_891n;
    const expected = Number((product + 50_000_000n) / 100_000_000n);
    expect(market.notional(price(6_543_212_345_678), quantity(1_234_567_891))).toBe(expected);
  });

  it("counts the size of a contract into products beyond 2^53", () => {
    const market = instrument({ tick: "0.00000001", step: "0.00000001", contractSize: "3" }, { price: 8, quantity: 8, money: 8 });
    const expected = Number((6_543_212_345_678n * 1_234_567_891n * 3n + 50_000_000n) / 100_000_000n);
    expect(market.notional(price(6_543_212_345_678), quantity(1_234_567_891))).toBe(expected);
    expect(market.notional(price(6_543_212_345_678), quantity(-1_234_567_891))).toBe(-expected);
  });

  it("of the finest prices and quantities in whole units of money needs 10^16, and is exact on either side of 2^53", () => {
    const market = instrument({ tick: "0.00000001", step: "0.00000001" }, { price: 8, quantity: 8, money: 0 });
    // 0.5 × 1 = 0.5 → 1; 0.4 → 0; 65432.12345678 × 12.34567891 = 807803.98… → 807804
    expect([market.notional(price(50_000_000), quantity(100_000_000)), market.notional(price(40_000_000), quantity(100_000_000))]).toEqual([1, 0]);
    expect(market.notional(price(6_543_212_345_678), quantity(1_234_567_891))).toBe(807_804);
  });

  it("ends at ±(2^53 - 1), which it still reaches", () => {
    const whole = instrument({ tick: "1", step: "1" }, { price: 0, quantity: 0, money: 0 });
    expect([whole.notional(price(1), quantity(maxExact)), whole.notional(price(1), quantity(-maxExact))]).toEqual([maxExact, -maxExact]);
    for (const sign of [1, -1]) expect(() => whole.notional(price(3_000_000_000), quantity(sign * 3_000_000_000))).toThrow(SeatrialError);
    const inverse = instrument({ inverse: true, contractSize: "1", tick: "1", step: "1" }, { price: 0, quantity: 0, money: 0 });
    expect([inverse.notional(price(1), quantity(maxExact)), inverse.notional(price(1), quantity(-maxExact))]).toEqual([maxExact, -maxExact]);
    const double = instrument({ inverse: true, contractSize: "2", tick: "1", step: "1" }, { price: 0, quantity: 0, money: 0 });
    for (const sign of [1, -1]) expect(() => double.notional(price(1), quantity(sign * maxExact))).toThrow(SeatrialError);
  });

  it("equals BigInt arithmetic for every scale", () => {
    const scales = fc.record({
      price: fc.integer({ min: 0, max: 8 }),
      quantity: fc.integer({ min: 0, max: 8 }),
      money: fc.integer({ min: 0, max: 8 }),
    });
    fc.assert(
      fc.property(scales, fc.integer({ min: 1, max: 10 ** 12 }), fc.integer({ min: 1, max: 10 ** 12 }), (decimals, p, q) => {
        const market = instrument({ tick: "1", step: "1" }, decimals);
        const top = 10n ** BigInt(decimals.money) * BigInt(p) * BigInt(q);
        const bottom = 10n ** BigInt(decimals.price + decimals.quantity);
        const expected = (2n * top + bottom) / (2n * bottom);
        expect(outcomeOf(() => market.notional(price(p), quantity(q)))).toBe(expected > BigInt(maxExact) ? "number_overflow" : Number(expected));
      }),
    );
  });

  it("of an inverse contract is quantity × size ÷ price in the base currency", () => {
    const inverse = instrument({ inverse: true, settle: "TEST", contractSize: "100", tick: "0.1", step: "1" }, { price: 1, quantity: 0, money: 8 });
    // 3 × 100 ÷ 8000 = 0.0375
    expect(inverse.notional(price(80_000), quantity(3))).toBe(3_750_000);
    // 100 ÷ 30000 = 0.00333333|3
    expect(inverse.notional(price(300_000), quantity(1))).toBe(333_333);
    expect(inverse.notional(price(300_000), quantity(1), "up")).toBe(333_334);
    expect(() => inverse.notional(price(0), quantity(1))).toThrow("no value at a price of 0");
    // 2.0 × 0.5 ÷ 4.0 = 0.25
    const halves = instrument({ inverse: true, contractSize: "0.5", tick: "0.1", step: "0.1" }, { price: 1, quantity: 1, money: 8 });
    expect(halves.notional(price(40), quantity(20))).toBe(25_000_000);
    expect(() => inverse.notional(price(1), quantity(maxExact))).toThrow(SeatrialError);
  });
});
