// Solvency where no rule liquidates: which prices are worth a look, and that none is missed. The verdict is by hand, to the unit.
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { Instrument, type MarketIndex, type Money, type Price } from "../../src/domain/index.ts";
import { SolvencyWatch } from "../../src/exchange/virtual/solvency.ts";
import { plainRules } from "../domain/rules.ts";
import { AccountBench, swap } from "./account-bench.ts";
import { exchangeOf, price, spotRules, type Bar, type DeskSetup } from "./desk.ts";

const usdc = (each: AccountBench): number => each.account.ledger.index("USDC");
const looks = (watch: SolvencyWatch, market: number, low: number, high: number) => watch.endangered(market, price(low), price(high));

function watched(bench: AccountBench): SolvencyWatch {
  const watch = new SolvencyWatch(bench.account, usdc(bench));
  watch.refresh();
  return watch;
}

/** 9 at 100 with 99.55, at 0.5 % maintenance: a long has 3.97 of 4.0221 at 89.38; a short 4.96 of 4.97295 at 110.51. */
function lone(side: "buy" | "sell"): AccountBench {
  const bench = new AccountBench([swap("AAA")], { leverage: 10, balances: { USDC: 99.55 } });
  bench.fill(0, side, 9, 100);
  bench.last(0, 100);
  return bench;
}

describe("the watch over a lone position", () => {
  it("looks from a hair before the price at which it cannot stand any more, on that side alone", () => {
    const long = watched(lone("buy"));
    expect([looks(long, 0, 89.38, 100), looks(long, 0, 89.43, 900)]).toEqual([true, false]);
    const short = watched(lone("sell"));
    expect([looks(short, 0, 100, 110.51), looks(short, 0, 1, 110.46)]).toEqual([true, false]);
    expect([long.shortfall(0, price(89.38)), long.shortfall(0, price(89.39))]).toEqual([{ equity: 3_970_000, maintenance: 4_022_100 }, null]);
    expect([short.shortfall(0, price(110.51)), short.shortfall(0, price(110.5))]).toEqual([{ equity: 4_960_000, maintenance: 4_972_950 }, null]);
  });

  it("counts an equity that is exactly the maintenance margin, and nothing where nothing is open", () => {
    const bench = new AccountBench([swap("AAA")], { leverage: 200, balances: { USDC: 5 } });
    expect(watched(bench).shortfall(0, price(100))).toBe(null);
    bench.fill(0, "buy", 10, 100);
    expect(watched(bench).shortfall(0, price(100))).toEqual({ equity: 5_000_000, maintenance: 5_000_000 });
    expect(watched(new AccountBench([swap("AAA")], { balances: { USDC: 0 } })).shortfall(0, price(100))).toBe(null);
  });

  it("is over when the position is closed", () => {
    const bench = lone("buy");
    const watch = watched(bench);
    bench.fill(0, "sell", 9, 100);
    watch.refresh();
    expect([looks(watch, 0, 0.01, 90_000), watch.dangerLow, watch.dangerHigh]).toEqual([false, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
  });

  it("misses no price that the exact verdict calls insolvent, however coarse the money is", () => {
    const draw = fc.record({
      size: fc.integer({ min: 1, max: 400 }),
      short: fc.boolean(),
      entry: fc.integer({ min: 50, max: 3_000 }),
      wallet: fc.integer({ min: 0, max: 300 }),
      moneyScale: fc.constantFrom(0, 1, 2),
      at: fc.integer({ min: 1, max: 6_000 }),
    });
    fc.assert(
      fc.property(draw, ({ size, short, entry, wallet, moneyScale, at }) => {
        const instrument = new Instrument({ ...plainRules, step: "0.01" }, { price: 2, quantity: 2, money: moneyScale });
        const bench = new AccountBench([instrument], { balances: {} });
        bench.account.deposit("USDC", wallet as Money);
        bench.fill(0, short ? "sell" : "buy", size / 100, entry / 100);
        const watch = watched(bench);
        if (watch.shortfall(0, at as Price) !== null) expect(watch.endangered(0, at as Price, at as Price)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("the watch over several positions", () => {
  it("of two markets looks at every bar of either, and of one at none of the other", () => {
    const both = new AccountBench([swap("AAA"), swap("BBB")]);
    for (const market of [0, 1]) both.fill(market, "buy", 1, 100);
    expect([0, 1].map((market) => looks(watched(both), market, 99, 101))).toEqual([true, true]);
    const second = new AccountBench([swap("AAA"), swap("BBB")], { leverage: 10, balances: { USDC: 99.55 } });
    second.fill(1, "buy", 9, 100);
    expect([looks(watched(second), 0, 1, 900), looks(watched(second), 1, 89.38, 100), looks(watched(second), 1, 95, 100)]).toEqual([
      false,
      true,
      false,
    ]);
  });

  it("looks always at a hedged pair and at an inverse contract, never at coins", () => {
    const pair = new AccountBench([swap("AAA")], { mode: "hedge" });
    pair.fill(0, "buy", 1, 100, "LONG");
    expect(looks(watched(pair), 0, 99, 101)).toBe(false);
    pair.fill(0, "sell", 1, 100, "SHORT");
    expect(looks(watched(pair), 0, 99, 101)).toBe(true);
    const coins = new AccountBench([{ ...spotRules, symbol: "DDD/USDC", base: "DDD" }, swap("AAA")], { leverage: 10, balances: { USDC: 999.55 } });
    coins.fill(0, "buy", 9, 100);
    expect(looks(watched(coins), 0, 0.01, 900)).toBe(false);
    coins.fill(1, "buy", 9, 100);
    // 99.55 are left beside the coins.
    expect([looks(watched(coins), 1, 89.38, 100), looks(watched(coins), 1, 89.43, 100)]).toEqual([true, false]);
    const inverse = new AccountBench([{ symbol: "BTC/USD:BTC", base: "BTC", quote: "USD", settle: "BTC", inverse: true }], {
      balances: { BTC: 100_000 },
    });
    inverse.fill(0, "buy", 125, 100);
    const watch = new SolvencyWatch(inverse.account, 0);
    watch.refresh();
    expect(looks(watch, 0, 99, 101)).toBe(true);
  });
});

describe("bars that nobody has to open", () => {
  const flat: Bar = [100, 100, 100, 100, 1_000];
  const quiet = (setup: Partial<DeskSetup>, low: number, high: number): number =>
    exchangeOf({ bars: [flat, flat, [100, high, low, 100, 1_000], flat], leverage: 10, balances: { USDC: "99.55" }, ...setup }).quietUntil(
      0 as MarketIndex,
      0,
      4,
    );

  it("end where a lone position may not stand any more, and are none beside a pair", () => {
    const held = (size: number) => ({ positions: [["NET", size, 100]] }) as const;
    expect([quiet(held(9), 89.38, 900), quiet(held(9), 89.43, 900)]).toEqual([2, 4]);
    expect([quiet(held(-9), 1, 110.51), quiet(held(-9), 1, 110.46), quiet({}, 1, 900)]).toEqual([2, 4, 4]);
    const pair = {
      mode: "hedge",
      positions: [
        ["LONG", 1, 100],
        ["SHORT", -1, 100],
      ],
    } as const;
    expect(quiet(pair, 99, 101)).toBe(0);
  });
});
