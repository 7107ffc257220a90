// Liquidation and bankruptcy prices against the numbers that venues publish, recomputed in the comments, and against what a
// liquidation price is: the boundary of the verdict.
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { maxExact, type Instrument, type Position, type Price } from "../../src/domain/index.ts";
import { approximate, compare, fractionOfDecimal, whole } from "../../src/exchange/virtual/fraction.ts";
import { bankruptcyPrices, liquidationPrices, lonePrice, type PricePair } from "../../src/exchange/virtual/liquidation-price.ts";
import {
  exactValue,
  isLiquidated,
  moneyStanding,
  required,
  standing,
  type MarginPool,
  type PoolMarket,
} from "../../src/exchange/virtual/margin-pool.ts";
import { liquidationRules, type MarginRule } from "../../src/exchange/virtual/margin-rules.ts";
import { MarginTiers } from "../../src/exchange/virtual/margin-tiers.ts";
import { parseDecimal, parseRatio } from "../../src/domain/index.ts";
import { hype, instrument } from "../domain/rules.ts";
import { btc, btcRows, eth, ethRows, inverse, leg, money, pool, poolMarket, price, tiersOf } from "./margin-setup.ts";
import { anyPool, rulesToTry } from "./margin-arbitraries.ts";

const { generic } = liquidationRules;
const entryValued: MarginRule = { valuedAt: "entry", closingFee: null };
const flat = (rate: string, leverage = 100) => MarginTiers.flat(fractionOfDecimal(parseDecimal(rate)), whole(leverage));
const numbers = ({ low, high }: PricePair, on: Instrument) => [low, high].map((each) => (each === null ? null : each / on.pricePower));

describe("published liquidation prices", () => {
  // Binance support FAQ b3c689c1f50a44cabb3a84e663b81d93, USDⓈ-M: wallet 1,535,443.01 USDT, with the whole bracket tables.
  // Prices of four decimals, to see the rounding of the page's two.
  const fineBtc = instrument({ ...btc.rules, tick: "0.0001" }, { price: 4 });
  const fineEth = instrument({ ...eth.rules, tick: "0.0001" }, { price: 4 });
  const btcMarket = poolMarket(fineBtc, tiersOf(btcRows, btc), 31_967.27, leg(fineBtc, 109.488, 32_481.98));
  const ethMarket = poolMarket(fineEth, tiersOf(ethRows, eth), 1_335.18, leg(fineEth, 3_683.979, 1_456.84));
  const wallet = money(btc, 1_535_443.01);

  it("Binance USDⓈ-M, BTC long of 109.488 at 32,481.98 alone: 18,778.73", () => {
    // (1,535,443.01 + 16,300 - 109.488 × 32,481.98) ÷ (109.488 × (0.025 - 1)) = -2,004,644.01… ÷ -106.7508 = 18,778.72593…
    expect(numbers(liquidationPrices(pool(wallet, btcMarket), generic, 0), fineBtc)).toEqual([18_778.7259, null]);
  });

  it("Binance USDⓈ-M, ETH long of 3,683.979 at 1,456.84 in one cross wallet with the BTC long: 1,153.26", () => {
    // Others: maintenance 109.488 × 31,967.27 × 0.025 - 16,300 = 71,200.81…; P&L 109.488 × (31,967.27 - 32,481.98) = -56,354.57…
    // (1,535,443.01 - 71,200.81 - 56,354.57 + 135,365 - 3,683.979 × 1,456.84) ÷ (3,683.979 × (0.1 - 1)) = 1,153.25646…
    expect(numbers(liquidationPrices(pool(wallet, btcMarket, ethMarket), generic, 1), fineEth)).toEqual([1_153.2564, null]);
  });

  it("Bybit, isolated: 1 BTC at 10,000 with 50x is liquidated at 9,850, a short of 1 BTC at 8,000 with 40x at 8,160", () => {
    // 10,000 × (1 - 2 % + 0.5 %); 8,000 × (1 + 2.5 % - 0.5 %). Help centre, "Liquidation Price (USDT Contract)".
    const long = pool(money(btc, 200), poolMarket(btc, flat("0.005"), 10_000, leg(btc, 1, 10_000)));
    const short = pool(money(btc, 200), poolMarket(btc, flat("0.005"), 8_000, leg(btc, -1, 8_000)));
    expect(numbers(liquidationPrices(long, liquidationRules["bybit-entry"], 0), btc)).toEqual([9_850, null]);
    expect(numbers(liquidationPrices(short, liquidationRules["bybit-entry"], 0), btc)).toEqual([null, 8_160]);
  });

  it("Bybit, cross: 2 BTC at 10,000 with 2,000 free and 200 of margin, whatever the mark has won meanwhile", () => {
    // It can lose 2,000 + 200 - 100 = 2,100, the page says: 1,050 a coin.
    const long = pool(money(btc, 2_200), poolMarket(btc, flat("0.005"), 10_500, leg(btc, 2, 10_000)));
    expect(numbers(liquidationPrices(long, liquidationRules["bybit-entry"], 0), btc)).toEqual([8_950, null]);
  });

  it("Bybit inverse since 2026: size × (rate + 1) ÷ (value at entry + margin + deduction)", () => {
    // 10,000 × 1.005 ÷ (1.25 + 0.025) = 7,882.35…, isolated long of 10,000 at 8,000 with 50x
    const long = pool(money(inverse, 0.025), poolMarket(inverse, flat("0.005"), 8_000, leg(inverse, 10_000, 8_000)));
    expect(numbers(liquidationPrices(long, liquidationRules.bybit, 0), inverse)).toEqual([7_882, null]);
  });

  it("Bybit inverse, isolated short of 60,000 USD at 50,000, 10x, rate 0.5 %: 60,000 ÷ (1.2 - (0.12 - 0.006)) = 55,248.6…", () => {
    // 60,000 ÷ 1.086 = 55,248.618…: the first price of the half-dollar grid beyond it is 55,249.
    const short = poolMarket(inverse, flat("0.005"), 50_000, leg(inverse, -60_000, 50_000));
    expect(numbers(liquidationPrices(pool(money(inverse, 0.12), short), entryValued, 0), inverse)).toEqual([null, 55_249]);
  });

  it("Bybit inverse, cross long of 10,000 at 8,000 with 0.5 BTC: bankrupt at 5,718.57, liquidated between 5,739.0 and 5,739.5", () => {
    const long = pool(money(inverse, 0.5), poolMarket(inverse, flat("0.005"), 8_000, leg(inverse, 10_000, 8_000)));
    const rule = liquidationRules["bybit-inverse-entry"];
    // Bankruptcy with the fee: 1.00075 × 10,000 ÷ (1.25 + 0.5) = 5,718.571…; the next price that can be paid is 5,719.
    expect(numbers(bankruptcyPrices(long, rule, 0), inverse)).toEqual([5_719, null]);
    // 10,000 ÷ (1.25 + 0.5 - 1.25 × 0.005 - 10,000 × 0.00075 ÷ 5,718.571) = 5,739.08…, which the page prints as 5,739.50.
    expect(numbers(liquidationPrices(long, rule, 0), inverse)).toEqual([5_739, null]);
  });

  it("OKX's ratio of margin to value × (rate + fee) is 1 at the liquidation price", () => {
    // Long 1 at 10 with a margin of 3.33: (10 - 3.33) ÷ (1 - 0.0106) = 6.7414…
    const rule: MarginRule = { valuedAt: "mark", closingFee: { rate: parseRatio("0.0006"), at: "mark" } };
    const long = pool(money(btc, 3.33), poolMarket(btc, flat("0.01"), 10, leg(btc, 1, 10)));
    expect(numbers(liquidationPrices(long, rule, 0), btc)).toEqual([6.74, null]);
  });

  it("Hyperliquid: price - side × margin available ÷ size ÷ (1 - l × side), whatever the mark", () => {
    // BTC up to 40x: l = 1/80. Isolated long of 1 at 100,000 with 5,000: available 5,000 - 1,250 = 3,750;
    // 100,000 - 3,750 ÷ (1 - 1/80) = 96,202.53… The short: 100,000 + 3,750 ÷ (1 + 1/80) = 103,703.70…
    const l = { numerator: 1n, denominator: 80n };
    const side = (quantity: number, mark: number) =>
      pool(money(btc, 5_000), poolMarket(btc, MarginTiers.flat(l, whole(40)), mark, leg(btc, quantity, 100_000)));
    for (const mark of [100_000, 97_000, 103_000]) {
      expect(numbers(liquidationPrices(side(1, mark), liquidationRules.hyperliquid, 0), btc)).toEqual([96_202.53, null]);
      expect(numbers(liquidationPrices(side(-1, mark), liquidationRules.hyperliquid, 0), btc)).toEqual([null, 103_703.71]);
    }
  });
});

describe("published bankruptcy prices", () => {
  it("Bybit: a long of 1 BTC at 10,000 with 50x is bankrupt at 10,000 × (1 - 2 %) = 9,800, a short at 10,200", () => {
    expect(lonePrice(btc, leg(btc, 1, 10_000), money(btc, 200))).toBe(price(btc, 9_800));
    expect(lonePrice(btc, leg(btc, -1, 10_000), money(btc, 200))).toBe(price(btc, 10_200));
  });

  it("Bybit inverse: 5,000 contracts at 7,890.08 with 50x: 7,890.08 × 50 ÷ 51 = 7,735.3725…, on the grid 7,735.5", () => {
    const fine = instrument({ ...inverse.rules }, { price: 2, quantity: 0, money: 8 });
    const long = leg(fine, 5_000, 7_890.08);
    expect(lonePrice(fine, long, Math.round(long.cost / 50) as typeof long.cost)).toBe(price(fine, 7_735.5));
  });

  it("are rounded to where the margin still suffices", () => {
    // 3 at 10,000 with 100: 10,000 ∓ 33.333…
    expect(lonePrice(btc, leg(btc, 3, 10_000), money(btc, 100))).toBe(price(btc, 9_966.67));
    expect(lonePrice(btc, leg(btc, -3, 10_000), money(btc, 100))).toBe(price(btc, 10_033.33));
  });

  it("do not exist where the margin covers every loss", () => {
    expect(lonePrice(btc, leg(btc, 1, 100), money(btc, 100))).toBeNull();
    // An inverse short can lose no more than its value at entry.
    expect(lonePrice(inverse, leg(inverse, -1_000, 10_000), money(inverse, 0.1))).toBeNull();
    const covered = pool(money(btc, 100), poolMarket(btc, flat("0.01"), 100, leg(btc, 1, 100)));
    expect(bankruptcyPrices(covered, generic, 0)).toEqual({ low: null, high: null });
  });

  it("of a whole pool are those at which nothing is left, on either side, and none for a flat one", () => {
    const both = (quantity: number) =>
      bankruptcyPrices(pool(money(btc, 10), poolMarket(btc, flat("0.01"), 100, leg(btc, quantity, 100))), generic, 0);
    expect([numbers(both(1), btc), numbers(both(-1), btc)]).toEqual([
      [90, null],
      [null, 110],
    ]);
    expect(bankruptcyPrices(pool(money(btc, 10), poolMarket(btc, flat("0.01"), 100)), generic, 0)).toEqual({ low: null, high: null });
  });

  it("below the lowest price that a market can trade at are none", () => {
    // 1 at 100 with 99.7 is bankrupt at 0.3, and liquidated a little above: the ticks are 0 and 1.
    const coarse = instrument({ ...btc.rules, tick: "1" }, { price: 2, quantity: 3, money: 6 });
    const long = pool(money(coarse, 99.7), poolMarket(coarse, flat("0.01"), 100, leg(coarse, 1, 100)));
    expect(liquidationPrices(long, generic, 0)).toEqual({ low: null, high: null });
    expect(lonePrice(coarse, leg(coarse, 1, 100), money(coarse, 99.7))).toBe(price(coarse, 1));
    expect(lonePrice(coarse, leg(coarse, -1, 0.5), money(coarse, 0.2))).toBeNull();
  });

  it("of a pool that is bankrupt at its mark do not exist", () => {
    const broke = pool(money(btc, 5), poolMarket(btc, flat("0.01"), 90, leg(btc, 1, 100)));
    expect(bankruptcyPrices(broke, generic, 0)).toEqual({ low: null, high: null });
  });
});

describe("a liquidation price", () => {
  it("honours the tiers that the position passes on the way", () => {
    // Short 10 at 100, wallet 100; 1 % below a value of 1,060, from there on 50 %. Within the first tier alone it would be
    // (100 + 1,000) ÷ 10.1 = 108.91, where the value is 1,089 already. In the second: 1,100 - v = 0.5 v - 1,060 × 0.49,
    // so v = 1,619.4 ÷ 1.5 = 1,079.6 and the price 107.96.
    const tiers = tiersOf(
      [
        [0, 0.01, 50],
        [1_060, 0.5, 2],
      ],
      btc,
    );
    const short = pool(money(btc, 100), poolMarket(btc, tiers, 100, leg(btc, -10, 100)));
    expect(numbers(liquidationPrices(short, generic, 0), btc)).toEqual([null, 107.96]);
  });

  it("is shared by the two legs of a hedged pair, on both sides where their sizes differ little", () => {
    // Long 10 and short 10 at 100, rate 1 %, wallet 30: equity stays 30, required is 0.2 p: at 150.
    const hedged = (longSize: number) =>
      pool(money(btc, 30), poolMarket(btc, flat("0.01"), 100, leg(btc, longSize, 100, "LONG"), leg(btc, -10, 100, "SHORT")));
    expect(numbers(liquidationPrices(hedged(10), generic, 0), btc)).toEqual([null, 150]);
    // Long 12: below, 30 + 2 (p - 100) = 0.22 p at 170 ÷ 1.78 = 95.505…; above, the net long of 2 earns more than margin costs.
    expect(numbers(liquidationPrices(hedged(12), generic, 0), btc)).toEqual([95.5, null]);
    // Long 10.1: 30 + 0.1 (p - 100) = 0.201 p at 20 ÷ 0.101 = 198.0198; below, equity at 0 would be 20.
    expect(numbers(liquidationPrices(hedged(10.1), generic, 0), btc)).toEqual([null, 198.02]);
  });

  it("counts the contract size", () => {
    // 100 contracts of 0.01: as 1 unit. (10 - 2) ÷ (1 - 0.01) = 8.0808
    const small = instrument({ contractSize: "0.01", step: "1" }, { quantity: 0 });
    const long = pool(money(small, 2), poolMarket(small, flat("0.01"), 10, leg(small, 100, 10)));
    expect(numbers(liquidationPrices(long, generic, 0), small)).toEqual([8.08, null]);
  });

  it("lies on Hyperliquid's moving tick", () => {
    // Long 100 at 10.5, margin 60: (1,050 - 60) ÷ 99 = 10.0 exactly; with 61, 9.9899 on a tick of 0.0001.
    const on = hype();
    const long = (margin: number) => pool(money(on, margin), poolMarket(on, flat("0.01"), 10.5, leg(on, 100, 10.5)));
    expect(numbers(liquidationPrices(long(60), generic, 0), on)).toEqual([10, null]);
    expect(numbers(liquidationPrices(long(61), generic, 0), on)).toEqual([9.9898, null]);
    // Short 100 at 9.95, margin 15.1: (995 + 15.1) ÷ 101 = 10.00099: five digits above 10 leave a tick of 0.001.
    const short = pool(money(on, 15.1), poolMarket(on, flat("0.01"), 9.95, leg(on, -100, 9.95)));
    expect(numbers(liquidationPrices(short, generic, 0), on)).toEqual([null, 10.001]);
  });

  it("is the mark itself once the pool is liquidated, and nothing for a flat pool", () => {
    const gone = pool(money(btc, 1), poolMarket(btc, flat("0.05"), 90, leg(btc, 1, 100)));
    expect(numbers(liquidationPrices(gone, generic, 0), btc)).toEqual([90, 90]);
    const none = pool(money(btc, 1), poolMarket(btc, flat("0.05"), 90));
    expect(liquidationPrices(none, generic, 0)).toEqual({ low: null, high: null });
    expect(isLiquidated(none, generic)).toBe(false);
  });

  it("counts equality: a margin ratio of exactly 100 % is liquidated, one unit of money more is not", () => {
    // Long 1 at 100 with 6: at 95 equity is 1 and so is what 1/95 of the value requires.
    const tiers = MarginTiers.flat({ numerator: 1n, denominator: 95n }, whole(50));
    const at = (wallet: number) => pool(wallet as ReturnType<typeof money>, poolMarket(btc, tiers, 95, leg(btc, 1, 100)));
    expect([6_000_000, 6_000_001].map((wallet) => isLiquidated(at(wallet), generic))).toEqual([true, false]);
  });
});

describe("for every pool", () => {
  const runs = { numRuns: 150 };
  const move = (given: MarginPool, market: number, to: number, rule: MarginRule) => isLiquidated(given, rule, { market, price: to as Price });

  it("the liquidation price is liquidated, the next price towards the mark is not, and every price beyond it is", () => {
    fc.assert(
      fc.property(anyPool(), fc.constantFrom(...rulesToTry), fc.integer({ min: 1, max: 1_000_000 }), (given, rule, further) => {
        given.markets.forEach(({ instrument: on, mark }, market) => {
          const { low, high } = liquidationPrices(given, rule, market);
          if (move(given, market, mark, rule)) return;
          if (low !== null) {
            const next = low + on.tickAt(low);
            expect(move(given, market, low, rule)).toBe(true);
            expect(next > mark || !move(given, market, next, rule)).toBe(true);
            expect(move(given, market, Math.max(1, low - further), rule)).toBe(true);
          }
          if (high !== null) {
            const next = on.roundPrice(high - 1, "down");
            expect(move(given, market, high, rule)).toBe(true);
            expect(next < mark || !move(given, market, next, rule)).toBe(true);
            expect(move(given, market, Math.min(maxExact, high + further), rule)).toBe(true);
          }
          if (low === null) expect(move(given, market, on.tick, rule)).toBe(false);
        });
      }),
      runs,
    );
  });

  it("at a bankruptcy price it can just pay, one tick beyond it cannot", () => {
    fc.assert(
      fc.property(anyPool(), (given) => {
        given.markets.forEach(({ instrument: on, mark }, market) => {
          const { low, high } = bankruptcyPrices(given, generic, market);
          const equityAt = (to: number) => standing(given, generic, { market, price: to as Price }).equity.numerator >= 0n;
          if (low !== null && low <= mark) expect([equityAt(low), low - on.tickAt(low) < 1 || !equityAt(low - on.tickAt(low))]).toEqual([true, true]);
          if (high !== null && high >= mark) expect([equityAt(high), !equityAt(high + on.tickAt(high))]).toEqual([true, true]);
        });
      }),
      runs,
    );
  });

  it("the record of a standing never contradicts the verdict", () => {
    fc.assert(
      fc.property(anyPool(), fc.constantFrom(...rulesToTry), (given, rule) => {
        const { equity, maintenance } = moneyStanding(standing(given, rule));
        if (isLiquidated(given, rule)) expect(equity).toBeLessThanOrEqual(maintenance);
        else expect(equity).toBeGreaterThanOrEqual(maintenance - 1);
      }),
      runs,
    );
  });

  it("a lone linear leg has the price of the documented formula, bracket by bracket", () => {
    const arbitrary = fc.record({
      long: fc.boolean(),
      size: fc.integer({ min: 1, max: 500_000 }),
      entry: fc.integer({ min: 100, max: 5_000_000 }),
      share: fc.integer({ min: 1, max: 99 }),
    });
    fc.assert(
      fc.property(arbitrary, ({ long, size, entry, share }) => {
        const position = leg(btc, ((long ? 1 : -1) * size) / 1_000, entry / 100);
        const wallet = Math.floor((position.cost * share) / 100) as typeof position.cost;
        const market = poolMarket(btc, tiersOf(btcRows, btc), entry / 100, position);
        const { low, high } = liquidationPrices(pool(wallet, market), generic, 0);
        if (isLiquidated(pool(wallet, market), generic)) return;
        expect(long ? low : high).toBe(byFormula(market, position, wallet));
      }),
      { numRuns: 300 },
    );
  });

  // (WB + cum - side × cost) ÷ (size × (MMR - side)) in the bracket whose values hold the result; null when it is not above 0.
  function byFormula({ tiers }: PoolMarket, position: Position, wallet: number): number | null {
    const side = position.quantity > 0 ? 1n : -1n;
    const size = BigInt(Math.abs(position.quantity));
    for (const tier of tiers.tiers) {
      // One unit of price × one of quantity is 10 units of money: 2 + 3 against 6 decimals.
      const top = (BigInt(wallet) - side * BigInt(position.cost)) * tier.amount.denominator + tier.amount.numerator;
      const bottom = 10n * size * tier.amount.denominator;
      const numerator = top * tier.rate.denominator;
      const denominator = bottom * (tier.rate.numerator - side * tier.rate.denominator);
      const [n, d] = denominator < 0n ? [-numerator, -denominator] : [numerator, denominator];
      const found = side > 0n ? n / d : (n + d - 1n) / d;
      if (n <= 0n || found < 1n) continue;
      const value = exactValue(btc, position.quantity, 1 as Price);
      const held = tiers.tierOf({ numerator: value.numerator * n, denominator: value.denominator * d });
      if (held === tier) return Number(found);
    }
    return null;
  }

  it("verdict and float64 agree far from the boundary", () => {
    fc.assert(
      fc.property(anyPool(), (given) => {
        const now = standing(given, generic);
        const [equity, needed] = [approximate(now.equity), approximate(required(now))];
        if (Math.abs(equity - needed) < 10 + 1e-6 * Math.abs(equity)) return;
        expect(compare(now.equity, required(now)) <= 0).toBe(equity <= needed);
      }),
      runs,
    );
  });
});
