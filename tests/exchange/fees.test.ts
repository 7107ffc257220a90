// Fees: rates, rounding, currencies and fixed parts.
import { describe, expect, it } from "vitest";

import { SeatrialError, type MarketRules, type Money, type Quantity } from "../../src/domain/index.ts";
import { currenciesOf, FeeSchedule } from "../../src/exchange/virtual/fees.ts";
import { venueProfiles, type VenueProfile } from "../../src/exchange/virtual/index.ts";
import { Desk, exchangeOf, instrumentOf, spotRules, type Bar, type DeskSetup } from "./desk.ts";

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

describe("the fee rules of a market", () => {
  const third = { currency: "XYZ", price: "600.5", factor: "0.75" };
  const rules = (profile: Partial<VenueProfile>, market: Partial<MarketRules> = {}): FeeSchedule =>
    new FeeSchedule(instrumentOf(market), { ...(venueProfiles["generic"] as VenueProfile), ...profile });
  const currencies = (fees: FeeSchedule) => [fees.currencyOf("buy"), fees.currencyOf("sell")];

  it("take fees in coins on a spot market only, and in a third currency where both sides name it", () => {
    const kinds = ["quote", "base", "received"] as const;
    expect(kinds.map((feeCurrency) => currencies(rules({ feeCurrency })))).toEqual([
      ["USDC", "USDC"],
      ["USDC", "USDC"],
      ["USDC", "USDC"],
    ]);
    expect(kinds.map((feeCurrency) => currencies(rules({ feeCurrency }, spotRules)))).toEqual([
      ["USDC", "USDC"],
      ["ABC", "ABC"],
      ["ABC", "USDC"],
    ]);
    expect(currencies(rules({ feeCurrency: "third", thirdCurrency: third }))).toEqual(["XYZ", "XYZ"]);
    // A third currency that nothing is taken in, and fees that are to be taken in one that is not named.
    expect(currencies(rules({ feeCurrency: "quote", thirdCurrency: third }))).toEqual(["USDC", "USDC"]);
    expect(currencies(rules({ feeCurrency: "third" }))).toEqual(["USDC", "USDC"]);
    const amount = (profile: Partial<VenueProfile>) => rules(profile).amount("buy", "taker", 100 as Quantity, 100_000_000 as Money, true);
    // 100 × 0.0005 = 0.05; ÷ 600.5 × 0.75 = 0.0000624479… of 8 decimals
    expect([amount({ feeCurrency: "quote", thirdCurrency: third }), amount({ feeCurrency: "third" })]).toEqual([50_000, 50_000]);
    expect(amount({ feeCurrency: "third", thirdCurrency: third })).toBe(6_245);
  });

  it("are of the maker's or of the taker's rate, with the fixed part of every fill or of the first", () => {
    const fee = (profile: Partial<VenueProfile>, liquidity: "maker" | "taker", isFirst: boolean) =>
      rules(profile).amount("sell", liquidity, 100 as Quantity, 100_000_000 as Money, isFirst) / 1e6;
    expect([fee({}, "maker", true), fee({}, "taker", true)]).toEqual([0.02, 0.05]);
    const fixed = (per: "fill" | "order") => ({ fixedFee: { amount: "0.1", per } }) as const;
    expect([fee(fixed("fill"), "maker", true), fee(fixed("fill"), "maker", false)]).toEqual([0.12, 0.12]);
    expect([fee(fixed("order"), "maker", true), fee(fixed("order"), "maker", false)]).toEqual([0.12, 0.02]);
  });

  it("are never more than the value but for fixed parts, charges and a rate of all of it", () => {
    const charges = [{ name: "brokerage", side: "both", basis: "order", rate: "20" }] as const;
    const fixedFee = { amount: "0.1", per: "fill" } as const;
    const within = [{}, { charges }, { fixedFee }, { takerFee: "1" }, { takerFee: "0.999" }].map((profile) => rules(profile).isWithinValue);
    expect(within).toEqual([true, false, false, false, true]);
    expect([rules({}).chargesOrders, rules({ charges }).chargesOrders]).toEqual([false, true]);
  });

  it("are held back at the taker's rate, rounded up, beside what the order is charged", () => {
    const charges = [{ name: "stamp duty", side: "buy", basis: "order", rate: "20" }] as const;
    const held = (profile: Partial<VenueProfile>, side: "buy" | "sell", value: number) =>
      rules(profile).estimate(side, 100 as Quantity, value as Money);
    // 1 × 0.0005 is a part of a unit; 2,000 × 0.0005 is one.
    expect([held({}, "buy", 1), held({}, "buy", 2_000), held({}, "buy", 2_001), held({}, "buy", 0)]).toEqual([1, 1, 2, 0]);
    expect([held({ charges }, "buy", 2_000), held({ charges }, "sell", 2_000)]).toEqual([20_000_001, 1]);
  });

  it("name the currencies of a session: what is settled, bought and paid with, once each and in their order", () => {
    const swap = instrumentOf();
    const spot = instrumentOf(spotRules);
    const quote = rules({});
    expect(currenciesOf([swap], [quote], [])).toEqual(["USDC"]);
    expect(currenciesOf([swap, spot], [quote, quote], ["ZZZ", "AAA", "USDC"])).toEqual(["AAA", "ABC", "USDC", "ZZZ"]);
    expect(currenciesOf([swap], [rules({ feeCurrency: "third", thirdCurrency: third })], [])).toEqual(["USDC", "XYZ"]);
  });
});
