// One pot of margin and the book of pots: what is required of it to the fraction, which pot a leg belongs to, and what the watch
// must see. Worked by hand.
import { describe, expect, it } from "vitest";

import { parseRatio, type Money, type Position, type Price, type Quantity } from "../../src/domain/index.ts";
import { approximate, compare, whole, zero } from "../../src/exchange/virtual/fraction.ts";
import type { MarginMode } from "../../src/exchange/virtual/isolated-margin.ts";
import { liquidationPrices } from "../../src/exchange/virtual/liquidation-price.ts";
import { MarginBook } from "../../src/exchange/virtual/margin-book.ts";
import { exactValue, required, standing, type MarginPool } from "../../src/exchange/virtual/margin-pool.ts";
import { liquidationRules, type MarginRule } from "../../src/exchange/virtual/margin-rules.ts";
import { MarginTiers } from "../../src/exchange/virtual/margin-tiers.ts";
import { MarginWatch } from "../../src/exchange/virtual/margin-watch.ts";
import { outcomeOf } from "../domain/outcome.ts";
import { instrument } from "../domain/rules.ts";
import { btc, eth, fraction, inverse, leg, money, pool, poolMarket, price } from "./margin-setup.ts";

const { generic, okx } = liquidationRules;
const onePercent = MarginTiers.flat(fraction(0.01), whole(50));
const units = (value: number) => money(btc, value);

describe("the value of a position", () => {
  it("is exact at any scale, and none at a price of nothing", () => {
    expect(approximate(exactValue(btc, -1_500 as Quantity, price(btc, 100)))).toBe(150_000_000);
    // 2.50 contracts of 1 USD at 8,000.0: 0.0003125 coins of 8 decimals.
    const parts = instrument({ ...inverse.rules, step: "0.01" }, { price: 1, quantity: 2, money: 8 });
    expect(approximate(exactValue(parts, 250 as Quantity, price(parts, 8_000)))).toBe(31_250);
    for (const nothing of [0, -1]) expect(outcomeOf(() => exactValue(btc, 1 as Quantity, nothing as Price))).toBe("I-30");
  });
});

describe("what a pool needs", () => {
  const fee = (at: "mark" | "bankruptcy"): MarginRule => ({ valuedAt: "mark", closingFee: { rate: parseRatio("0.1"), at } });
  const closing = (given: MarginPool, at: "mark" | "bankruptcy"): number => Math.round(approximate(standing(given, fee(at)).closingFee));

  it("has the fee of closing at the mark, or where a lone leg is bankrupt", () => {
    const long = pool(units(10), poolMarket(btc, onePercent, 100, leg(btc, 1, 100)));
    // A tenth of 100; of 90 ÷ 0.9 = 100. For a short of 110 ÷ 1.1 = 100. With 19: of 81 ÷ 0.9 = 90.
    expect([closing(long, "mark"), closing(long, "bankruptcy")]).toEqual([10_000_000, 10_000_000]);
    expect(closing({ ...long, wallet: units(19) }, "bankruptcy")).toBe(9_000_000);
    const short = pool(units(21), poolMarket(btc, onePercent, 100, leg(btc, -1, 100)));
    // 121 ÷ 1.1 = 110
    expect([closing(short, "mark"), closing(short, "bankruptcy")]).toEqual([10_000_000, 11_000_000]);
    // What covers every loss is never bankrupt.
    for (const wallet of [100, 200]) expect(closing({ ...long, wallet: units(wallet) }, "bankruptcy")).toBe(0);
    // Of two legs neither has a bankruptcy price of its own.
    const pair = pool(units(19), poolMarket(btc, onePercent, 100, leg(btc, 1, 100, "LONG"), leg(btc, -1, 100, "SHORT")));
    expect([closing(pair, "mark"), closing(pair, "bankruptcy")]).toEqual([20_000_000, 20_000_000]);
  });

  it("is never below nothing, whatever amount a tier takes off", () => {
    const generous = new MarginTiers([{ floor: zero, rate: fraction(0.01), maxLeverage: whole(50) }], null, whole(units(5)));
    const now = standing(pool(units(10), poolMarket(btc, generous, 100, leg(btc, 1, 100))), generic);
    expect([approximate(now.maintenance), compare(required(now), zero)]).toEqual([-4_000_000, 0]);
  });

  it("is counted in one unit of money", () => {
    const cents = instrument({ symbol: "ETH/USDT:USDT", settle: "USDT", quote: "USDT" }, { price: 2, quantity: 3, money: 2 });
    const mixed = pool(units(10), poolMarket(btc, onePercent, 100, leg(btc, 1, 100)), poolMarket(cents, onePercent, 100, leg(cents, 1, 100)));
    expect(outcomeOf(() => standing(mixed, generic))).toBe("I-30");
  });
});

describe("the book of pots", () => {
  const bookOf = (legs: readonly (readonly Position[])[], modes: readonly (MarginMode | null)[], settles: readonly number[] = [0, 0]): MarginBook => {
    const markets = [btc, eth].map((on, at) => ({ instrument: on, settle: settles[at] as number, legs: legs[at] ?? [] }));
    const wallets = [units(100), units(7)];
    const margins = modes.map((mode) => (mode === null ? null : { tiers: onePercent, mode, leverage: 10 }));
    const book = new MarginBook({ markets, wallet: (currency) => wallets[currency] as Money }, margins, generic);
    book.marks.set([price(btc, 100), price(eth, 10)]);
    return book;
  };
  const long = () => leg(btc, 1, 100);
  const other = () => leg(eth, 1, 10);
  const wallets = (book: MarginBook) => book.pools().map(({ wallet, markets }) => [wallet / 1e6, markets.map(({ index }) => index)]);

  it("keeps currencies apart: wallets, margins and what is set apart for legs", () => {
    const cross = bookOf([[long()], [other()]], ["cross", "cross"], [0, 1]);
    expect(wallets(cross)).toEqual([
      [100, [0]],
      [7, [1]],
    ]);
    // 100 ÷ 10 and 10 ÷ 10
    expect([cross.positionMargin(0) / 1e6, cross.positionMargin(1) / 1e6]).toEqual([10, 1]);
    const mixed = bookOf([[long()], [other()]], ["cross", "isolated"], [0, 1]);
    mixed.adjust(1, 0, units(3));
    expect([wallets(mixed), mixed.positionMargin(0) / 1e6, mixed.positionMargin(1) / 1e6]).toEqual([
      [
        [100, [0]],
        [3, [1]],
      ],
      10,
      3,
    ]);
  });

  it("knows no pot of coins, nor of a flat market", () => {
    expect(wallets(bookOf([[long()], [other()]], ["cross", null]))).toEqual([[100, [0]]]);
    expect(wallets(bookOf([[long()], []], ["cross", "cross"]))).toEqual([[100, [0]]]);
    expect(bookOf([[long()], [other()]], ["cross", null]).positionMargin(0) / 1e6).toBe(10);
  });

  it("says whether any leg has a margin of its own, and holds back what is set apart for it", () => {
    const modes: readonly (readonly MarginMode[])[] = [
      ["cross", "cross"],
      ["isolated", "cross"],
      ["isolated", "isolated"],
    ];
    expect(modes.map((each) => bookOf([[long()], []], each).isIsolated)).toEqual([false, true, true]);
    const book = bookOf([[long()], []], ["isolated", "cross"]);
    book.filled(0, 0, 0 as Quantity, units(100));
    book.adjust(0, 0, units(-4));
    expect(book.positionMargin(0) / 1e6).toBe(6);
  });

  it("finds no hit on the way of a market for a pot that has nothing there, however bad it stands", () => {
    const book = bookOf([[long()], [other()]], ["isolated", "cross"]);
    // Nothing is set apart for the long: it is lost where it stands.
    expect(book.firstHit(0, price(btc, 100), price(btc, 101))?.price).toBe(price(btc, 100));
    expect(book.firstHit(1, price(eth, 10), price(eth, 9))).toBe(null);
  });
});

describe("the watch", () => {
  const seen = (given: MarginPool, rule: MarginRule, at: number) => {
    const watch = new MarginWatch(1);
    watch.guard([given], rule);
    const on = (given.markets[0] as MarginPool["markets"][number]).instrument;
    return watch.endangered(0, price(on, at), price(on, at));
  };

  it("watches nothing before it has been told of anything", () => {
    const watch = new MarginWatch(1);
    expect([watch.watching, watch.dangerLow(0), watch.dangerHigh(0)]).toEqual([false, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
  });

  it("counts the fee of closing, which rises against a short", () => {
    // 30 - (p - 100) = 0.0105 p from 130 ÷ 1.0105 = 128.649… on.
    const short = pool(units(30), poolMarket(btc, onePercent, 100, leg(btc, -1, 100)));
    expect(liquidationPrices(short, okx, 0).high).toBe(price(btc, 128.65));
    expect([seen(short, okx, 128.65), seen(short, okx, 128.6), seen(short, generic, 128.65), seen(short, generic, 128.72)]).toEqual([
      true,
      false,
      false,
      true,
    ]);
  });

  it("of an inverse short looks on the way up, and at no price where it can lose no more than it has", () => {
    // 10,000 contracts at 10,000 are 1 coin. With 0.1: 0.1 - (1 - v) = 0.01 v at v = 0.9 ÷ 0.99, a price of 11,000.
    const short = (wallet: number) => pool(money(inverse, wallet), poolMarket(inverse, onePercent, 10_000, leg(inverse, -10_000, 10_000)));
    expect(liquidationPrices(short(0.1), generic, 0)).toEqual({ low: null, high: price(inverse, 11_000) });
    // The highest rate of the tiers is counted from the mark on: 0.09 of a coin are there to lose.
    expect([seen(short(0.1), generic, 11_000), seen(short(0.1), generic, 10_900), seen(short(0.1), generic, 5_000)]).toEqual([true, false, false]);
    expect([seen(short(1.5), generic, 900_000), seen(short(1.5), generic, 1)]).toEqual([false, false]);
  });

  it("of an inverse long looks on the way down", () => {
    // 0.1 + (1 - v) = 0.01 v at v = 1.1 ÷ 1.01 = 1.08910…, a price of 9,181.8….
    const long = pool(money(inverse, 0.1), poolMarket(inverse, onePercent, 10_000, leg(inverse, 10_000, 10_000)));
    expect(liquidationPrices(long, generic, 0)).toEqual({ low: price(inverse, 9_181.5), high: null });
    expect([seen(long, generic, 9_181.5), seen(long, generic, 9_200), seen(long, generic, 90_000)]).toEqual([true, false, false]);
  });
});
