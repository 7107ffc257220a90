// The book over a real account: pots, isolated margins, the first hit on a path, and a restart in between.
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import {
  parseRatio,
  Position,
  type Leg,
  type Liquidity,
  type Money,
  type PositionMode,
  type Price,
  type Quantity,
  type Side,
} from "../../src/domain/index.ts";
import { FeeSchedule } from "../../src/exchange/virtual/fees.ts";
import { Account, venueProfiles, type VenueProfile } from "../../src/exchange/virtual/index.ts";
import { whole } from "../../src/exchange/virtual/fraction.ts";
import type { MarginMode } from "../../src/exchange/virtual/isolated-margin.ts";
import { liquidationBetween, liquidationPrices } from "../../src/exchange/virtual/liquidation-price.ts";
import { planLiquidation } from "../../src/exchange/virtual/liquidation.ts";
import { MarginBook } from "../../src/exchange/virtual/margin-book.ts";
import { liquidationRules, type LiquidationRule } from "../../src/exchange/virtual/margin-rules.ts";
import { MarginTiers } from "../../src/exchange/virtual/margin-tiers.ts";
import { readBars, toSeries } from "../../src/market/index.ts";
import { instrument } from "../domain/rules.ts";
import { dataFolder } from "../market/bar-folder.ts";
import { btc, eth, fraction, leg, money, pool, poolMarket, price } from "./margin-setup.ts";

const { generic } = liquidationRules;
const onePercent = MarginTiers.flat(fraction(0.01), whole(50));
const free: VenueProfile = { ...(venueProfiles["generic"] as VenueProfile), makerFee: "0", takerFee: "0" };

class Bench {
  readonly account: Account;
  readonly book: MarginBook;

  constructor(wallet: number, modes: readonly MarginMode[], positionMode: PositionMode = "one_way", leverage = 10) {
    const instruments = [btc, eth];
    const fees = instruments.map((each) => new FeeSchedule(each, free));
    this.account = new Account({ instruments, fees, currencies: ["USDT"], mode: positionMode, leverage, maintenance: parseRatio("0.01") });
    this.account.deposit("USDT", money(btc, wallet));
    this.book = new MarginBook(
      this.account,
      modes.map((mode) => ({ tiers: onePercent, mode, leverage })),
      generic,
    );
  }

  fill(market: number, leg: Leg, side: Side, size: number, at: number): void {
    const position = this.account.leg(market, leg) as Position;
    const legs = this.account.markets[market]?.legs ?? [];
    const before = position.quantity;
    const quantity = Math.round(size * 1_000) as Quantity;
    const paid = price(btc, at);
    this.account.fill(market, position, side, quantity, paid, "taker" as Liquidity, false);
    const opened = Math.max(0, Math.abs(position.quantity) - (before === 0 || before > 0 === position.quantity > 0 ? Math.abs(before) : 0));
    this.book.marks[market] = paid;
    this.book.filled(market, legs.indexOf(position), before, btc.notional(paid, opened as Quantity));
    this.book.refresh();
  }
}

describe("the margin of an account", () => {
  it("is the whole wallet for cross legs", () => {
    const bench = new Bench(100, ["cross", "cross"]);
    bench.fill(0, "NET", "buy", 1, 500);
    bench.fill(1, "NET", "sell", 10, 20);
    const pools = bench.book.pools();
    expect(pools.map(({ wallet, markets }) => [wallet / 1e6, markets.map(({ index }) => index)])).toEqual([[100, [0, 1]]]);
    // 500 ÷ 10 + 200 ÷ 10
    expect(bench.book.positionMargin(0) / 1e6).toBe(70);
  });

  it("is set apart for isolated legs, and the cross wallet is what remains", () => {
    const bench = new Bench(100, ["isolated", "cross"]);
    bench.fill(0, "NET", "buy", 1, 500);
    bench.fill(1, "NET", "sell", 10, 20);
    expect(bench.book.pools().map(({ wallet, markets }) => [wallet / 1e6, markets.map(({ index }) => index)])).toEqual([
      [50, [1]],
      [50, [0]],
    ]);
    // Half is closed at a profit of 5: the profit and half of the margin are the wallet's again.
    bench.fill(0, "NET", "sell", 0.5, 510);
    expect([bench.book.marginOf(0, 0), bench.book.pools()[0]?.wallet]).toEqual([25_000_000, 80_000_000]);
    bench.fill(0, "NET", "sell", 1, 510);
    // Crossed to a short of 0.5 at 510: 255 ÷ 10.
    expect(bench.book.marginOf(0, 0)).toBe(25_500_000);
  });

  it("of both isolated legs of a hedged market is each its own", () => {
    const bench = new Bench(100, ["isolated", "cross"], "hedge");
    bench.fill(0, "LONG", "buy", 1, 500);
    bench.fill(0, "SHORT", "sell", 0.2, 500);
    expect([bench.book.marginOf(0, 0), bench.book.marginOf(0, 1)]).toEqual([50_000_000, 10_000_000]);
    bench.book.adjust(0, 1, -1_000_000 as Money);
    expect(bench.book.pools().map(({ wallet }) => wallet)).toEqual([50_000_000, 9_000_000]);
    expect(() => bench.book.adjust(1, 0, 1 as Money)).toThrow(/isolated/);
  });

  it("survives a restart", () => {
    const bench = new Bench(100, ["isolated", "cross"]);
    bench.fill(0, "NET", "buy", 1, 500);
    const again = new MarginBook(
      bench.account,
      (["isolated", "cross"] as const).map((mode) => ({ tiers: onePercent, mode, leverage: 10 })),
      generic,
    );
    again.restore(bench.book.snapshot());
    expect(again.pools()).toEqual(bench.book.pools());
    expect(again.endangered(0, price(btc, 450), price(btc, 500))).toBe(true);
  });
});

describe("the first hit of a path", () => {
  it("is the exact liquidation price, on a bar that the watch does not call quiet", () => {
    const bench = new Bench(1_000, ["isolated", "cross"]);
    bench.fill(0, "NET", "buy", 1, 500);
    // (500 - 50) ÷ 0.99 = 454.545…
    expect(bench.book.endangered(0, price(btc, 456), price(btc, 900))).toBe(false);
    expect(bench.book.endangered(0, price(btc, 454), price(btc, 500))).toBe(true);
    expect(bench.book.firstHit(0, price(btc, 500), price(btc, 454.55))).toBeNull();
    expect(bench.book.firstHit(0, price(btc, 500), price(btc, 900))).toBeNull();
    const hit = bench.book.firstHit(0, price(btc, 500), price(btc, 400));
    expect(hit?.price).toBe(price(btc, 454.54));
    expect(hit?.pool.markets[0]?.mark).toBe(price(btc, 454.54));
  });

  it("behind a gap is where the path begins", () => {
    const bench = new Bench(1_000, ["isolated", "cross"]);
    bench.fill(0, "NET", "buy", 1, 500);
    for (const to of [430, 400, 480]) expect(bench.book.firstHit(0, price(btc, 430), price(btc, to))?.price).toBe(price(btc, 430));
  });

  it("of two isolated legs behind one gap is first the one, then the other", () => {
    const bench = new Bench(1_000, ["isolated", "cross"], "hedge");
    bench.fill(0, "LONG", "buy", 1, 500);
    bench.fill(0, "SHORT", "sell", 1, 400);
    // Long: liquidated up to 454.54. Short, margin 40: from 440 ÷ 1.01 = 435.643… on. At 445 both are.
    const first = bench.book.firstHit(0, price(btc, 445), price(btc, 460));
    expect([first?.price, first?.pool.wallet]).toEqual([44_500, 50_000_000]);
    bench.fill(0, "LONG", "sell", 1, 445);
    const second = bench.book.firstHit(0, price(btc, 445), price(btc, 460));
    expect([second?.price, second?.pool.wallet]).toEqual([44_500, 40_000_000]);
  });

  it("is found between two ticks, where a mark price may stand", () => {
    // A tick of 0.5 on a scale of 0.01: at 454.545… the mark of 454.54 is liquidated, though no trade can be there.
    const coarse = instrument({ ...btc.rules, tick: "0.5" }, { price: 2, quantity: 3, money: 6 });
    const long = pool(money(coarse, 50), poolMarket(coarse, onePercent, 500, leg(coarse, 1, 500)));
    expect(liquidationBetween(long, generic, 0, price(coarse, 500), price(coarse, 454.54))).toBe(price(coarse, 454.54));
    expect(liquidationBetween(long, generic, 0, price(coarse, 500), price(coarse, 454.55))).toBeNull();
    expect(liquidationPrices(long, generic, 0)).toEqual({ low: price(coarse, 454.5), high: null });
  });

  it("of two isolated legs is the one that comes first, on either side", () => {
    const bench = new Bench(1_000, ["isolated", "cross"], "hedge");
    bench.fill(0, "LONG", "buy", 1, 500);
    bench.fill(0, "SHORT", "sell", 1, 500);
    // Short: (500 + 50) ÷ 1.01 = 544.554…
    expect(bench.book.firstHit(0, price(btc, 500), price(btc, 600))).toMatchObject({ price: 54_456 });
    expect(bench.book.firstHit(0, price(btc, 500), price(btc, 400))).toMatchObject({ price: 45_454 });
  });

  it("of a cross wallet counts the other market where it stands", () => {
    const bench = new Bench(100, ["cross", "cross"]);
    bench.fill(0, "NET", "buy", 1, 500);
    bench.fill(1, "NET", "buy", 10, 20);
    bench.book.marks[1] = price(eth, 14);
    bench.book.refresh();
    // 100 - 60 + p - 500 = 0.01 p + 1.4: (461.4) ÷ 0.99 = 466.0606…
    expect(bench.book.firstHit(0, price(btc, 500), price(btc, 400))?.price).toBe(price(btc, 466.06));
  });

  it("gives a plan whose steps are fills of the account's own positions, and money stays conserved", () => {
    const bench = new Bench(100, ["cross", "cross"]);
    bench.fill(0, "NET", "buy", 1, 500);
    const hit = bench.book.firstHit(0, price(btc, 500), price(btc, 300));
    // 100 + p - 500 = 0.01 p: 404.04…
    expect(hit?.price).toBe(price(btc, 404.04));
    const pot = hit?.pool ?? expect.fail("no hit");
    const plan = planLiquidation(pot, generic);
    for (const { market, leg: at, quantity, price: paid } of plan.steps) {
      const { index, legs } = pot.markets[market] ?? expect.fail("no market");
      bench.account.fill(index, legs[at] as Position, "sell", quantity, paid as Price, "taker", false);
    }
    expect(bench.account.wallet(0)).toBe(plan.wallet);
    expect(plan.wallet / 1e6).toBe(4.04);
    bench.book.refresh();
    expect(bench.book.endangered(0, 1 as Price, price(btc, 9_000))).toBe(false);
  });
});

describe("the liquidation of an isolated leg", () => {
  const apply = (bench: Bench, rule: LiquidationRule): Money => {
    const hit = bench.book.firstHit(0, price(btc, 500), price(btc, 300)) ?? expect.fail("no hit");
    const plan = planLiquidation(hit.pool, rule);
    for (const { quantity, price: paid } of plan.steps)
      bench.account.fill(0, bench.account.leg(0, "NET") as Position, "sell", quantity, paid, "taker", false);
    bench.book.liquidated(0, 0, plan.wallet);
    bench.book.refresh();
    return plan.wallet;
  };

  it("gives what is left of its margin back, and costs the cross wallet nothing", () => {
    const bench = new Bench(100, ["isolated", "cross"]);
    bench.fill(1, "NET", "buy", 1, 20);
    bench.fill(0, "NET", "buy", 1, 500);
    // At 454.54: 50 - 45.46 = 4.54 are left.
    expect(apply(bench, generic)).toBe(4_540_000);
    expect(bench.book.marginOf(0, 0)).toBe(0);
    expect(bench.book.pools().map(({ wallet }) => wallet)).toEqual([54_540_000]);
  });

  it("in part leaves the rest of its margin with the rest of the leg", () => {
    const bench = new Bench(100, ["isolated", "cross"]);
    bench.fill(1, "NET", "buy", 1, 20);
    bench.fill(0, "NET", "buy", 1, 500);
    const fifth: LiquidationRule = { ...generic, portion: { kind: "share", share: parseRatio("0.2"), above: "100", cooldownMs: 30_000 } };
    // 0.2 closed at 454.54 lose 9.092 of 50.
    expect(apply(bench, fifth)).toBe(40_908_000);
    expect(bench.book.marginOf(0, 0)).toBe(40_908_000);
    expect(bench.book.pools().map(({ wallet }) => wallet)).toEqual([50_000_000, 40_908_000]);
  });
});

describe("the crash of OM (needs SEATRIAL_DATA)", () => {
  it("liquidates an isolated 3x long in the bar and at the price that an independent reading finds, and asks in few bars before", async (context) => {
    if (dataFolder === "") return context.skip();
    const raw = await readBars(join(dataFolder, "hyperliquid/OM_USDC_USDC-5m-futures.csv.gz"));
    const om = instrument({ symbol: "OM/USDC:USDC", tick: "0.00001", significantDigits: 5, step: "0.1" }, { price: 6, quantity: 1, money: 6 });
    const bars = toSeries(raw, { symbol: om.symbol, timeframe: "5m", priceScale: 6, quantityScale: 1 });
    const position = new Position(om, "NET");
    const size = 1_000 as Quantity;
    const entry = bars.openAt(0);
    position.apply(size, entry, om.notional(entry, size));
    const account = { markets: [{ instrument: om, settle: 0, legs: [position] }], wallet: () => 1_000_000_000 as Money };
    // Hyperliquid's 3x market: maintenance 1/6 of the value.
    const tiers = MarginTiers.flat({ numerator: 1n, denominator: 6n }, whole(3));
    const book = new MarginBook(account, [{ tiers, mode: "isolated", leverage: 3 }], liquidationRules.hyperliquid);
    book.marks[0] = entry;
    book.filled(0, 0, 0 as Quantity, position.cost);
    book.refresh();
    let asked = 0;
    let found: { bar: number; price: number } | null = null;
    for (let bar = 0; bar < bars.length && found === null; bar += 1) {
      const [open, low, high] = [bars.openAt(bar), bars.lowAt(bar), bars.highAt(bar)];
      if (!book.endangered(0, low, high)) continue;
      asked += 1;
      const hit = book.firstHit(0, open, low);
      if (hit !== null) found = { bar, price: hit.price };
      book.marks[0] = bars.closeAt(bar);
      book.refresh();
    }
    // Independent: near entry × (1 - 1/3) ÷ (1 - 1/6) = 0.8 of the entry, and the first low that reaches it. To the unit: 100 units
    // of money a unit of price, a margin of a third, rounded up, and 100 p - cost + margin = 100 p ÷ 6.
    const first = raw.low.findIndex((low) => low <= (raw.open[0] as number) * 0.8);
    expect(found?.bar).toBe(first);
    expect(found?.price).toBe(Math.min(Math.floor(((position.cost - Math.ceil(position.cost / 3)) * 6) / 500), bars.openAt(first)));
    expect(asked).toBeLessThan(first / 10);
  });
});
