// Fees: rates, rounding, currencies and fixed parts.
import { describe, expect, it } from "vitest";

import { SeatrialError } from "../../src/domain/index.ts";
import { Desk, exchangeOf, spotRules, type Bar, type DeskSetup } from "./desk.ts";

const calm: Bar = [100, 101, 99, 100, 1_000];

function bought(setup: Partial<DeskSetup>, quantity = 1): Desk {
  const desk = new Desk({ bars: [calm, calm], ...setup });
  desk.send({ side: "buy", quantity });
  desk.next();
  return desk;
}

describe("fees", () => {
  it("leave the wallet in the settlement currency on a perpetual", () => {
    // 1000 - 100 × 0.0005
    expect(bought({}).wallet()).toBe("999.95");
  });

  it("round half away from zero, once a fill", () => {
    // 0.5 × 0.01 = 0.005 at a rate of 0.0001: 0.0000005, half of the smallest unit, becomes 0.000001
    const desk = new Desk({ bars: [[0.01, 0.01, 0.01, 0.01, 100]], profile: { takerFee: "0.0001" } });
    desk.send({ side: "buy", quantity: 0.5 });
    expect(desk.next()[1]).toBe("fill 1: 0.5 at 0.01 taker fee 0.000001 USDC");
  });

  it("can be a rebate for makers", () => {
    const desk = new Desk({ bars: [calm], profile: { makerFee: "-0.0001" } });
    desk.send({ type: "limit", side: "sell", quantity: 1, price: 100.5 });
    // 100.5 × -0.0001 = -0.01005
    expect(desk.next()[1]).toBe("fill 1: 1 at 100.5 maker fee -0.01005 USDC");
    expect(desk.wallet()).toBe("1000.01005");
  });

  it("are taken from what is received on a spot market", () => {
    const desk = bought({ rules: spotRules, venue: "binance-spot", profile: { halfSpreadBp: "0" }, balances: { USDC: "2000" } }, 10);
    // 10 × 0.001 = 0.01 of the base: 9.99 arrive
    expect(desk.wallet("ABC")).toBe("9.99");
    expect(desk.position()).toBe(9.99);
    expect(desk.wallet()).toBe("1000");
    desk.send({ side: "sell", quantity: 5 });
    // 500 × 0.001 = 0.5 of the quote
    expect(desk.next()).toEqual(["ack 2", "fill 2: 5 at 100 taker fee 0.5 USDC"]);
    expect(desk.wallet()).toBe("1499.5");
    expect(desk.wallet("ABC")).toBe("4.99");
  });

  it("in the base currency are taken from the base on both sides", () => {
    const desk = bought({ rules: spotRules, profile: { feeCurrency: "base", takerFee: "0.001" }, balances: { USDC: "2000", ABC: "1" } }, 10);
    expect(desk.wallet("ABC")).toBe("10.99");
    desk.send({ side: "sell", quantity: 10 });
    expect(desk.next()[1]).toBe("fill 2: 10 at 100 taker fee 0.01 ABC");
    expect(desk.wallet("ABC")).toBe("0.98");
    expect(desk.wallet()).toBe("2000");
  });

  it("in a third currency use its price and its discount", () => {
    const profile = { feeCurrency: "third", thirdCurrency: { currency: "XYZ", price: "600", factor: "0.75" }, takerFee: "0.001" } as const;
    const desk = bought({ profile, balances: { USDC: "1000", XYZ: "1" } });
    // 100 × 0.001 × 0.75 ÷ 600 = 0.000125
    expect(desk.wallet("XYZ")).toBe("0.999875");
    expect(desk.wallet()).toBe("1000");
  });

  it("can have a fixed part for each fill, or for an order's first", () => {
    for (const [per, second] of [
      ["fill", "0.108"],
      ["order", "0.008"],
    ] as const) {
      const bars: Bar[] = [
        [100, 100, 100, 100, 6],
        [100, 100, 100, 100, 1_000],
      ];
      const desk = new Desk({ bars, profile: { fixedFee: { amount: "0.1", per } }, fill: { volumeCap: "0.1" } });
      desk.send({ type: "limit", side: "buy", quantity: 1, price: 100.5 });
      // 60 × 0.0005 + 0.1 = 0.13; then 40 × 0.0002 = 0.008, with or without 0.1
      expect(desk.next()[1]).toBe("fill 1: 0.6 at 100 taker fee 0.13 USDC");
      expect(desk.next()).toEqual([`fill 1: 0.4 at 100 maker fee ${second} USDC`]);
    }
  });

  it("of two kinds at once are refused before the first bar", () => {
    const fixedFee = { amount: "0.1", per: "fill" } as const;
    expect(() => exchangeOf({ bars: [calm], rules: spotRules, profile: { feeCurrency: "base", fixedFee } })).toThrow(SeatrialError);
    const thirdCurrency = { currency: "ABC", price: "100", factor: "1" };
    expect(() => exchangeOf({ bars: [calm], rules: spotRules, profile: { feeCurrency: "third", thirdCurrency } })).toThrow("own fee currency");
  });

  it("of a stock broker are of the whole order, in however many parts it fills (row 000-PB-1)", () => {
    const thin: Bar = [100, 100, 99, 100, 20];
    const rules = { ...spotRules, step: "1" };
    const desk = new Desk({
      bars: [thin, thin],
      rules,
      venue: "broker",
      profile: { halfSpreadBp: "0" },
      fill: { volumeCap: "0.1" },
      balances: { USDC: "10000" },
    });
    desk.send({ type: "limit", side: "buy", quantity: 4, price: 100 });
    const [first, second] = [desk.next(), desk.next()].map((answers) => answers.find((answer) => answer.startsWith("fill")));
    // A tenth of 20 shares fills in each bar. 20 + 18 % of it + 200 × 0.00033 = 23.666; then 200 × 0.00033 = 0.066 alone.
    expect(first).toBe("fill 1: 2 at 100 taker fee 23.666 USDC");
    expect(second).toBe("fill 1: 2 at 100 maker fee 0.066 USDC");
  });
});
