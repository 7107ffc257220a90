// What a strategy reads through its context, and when it is asked where a market has bars of two lengths.

import { describe, expect, it } from "vitest";

import {
  BarSeries,
  EventPlace,
  randomStream,
  type BarIndex,
  type MarketIndex,
  type Money,
  type OrderNumber,
  type OrderRejected,
  type Quantity,
} from "../../src/domain/index.ts";
import { defaultRunnerSettings, Runner } from "../../src/runner/index.ts";
import type { Context } from "../../src/strategy/index.ts";
import { flatSeries, Harness, instrumentOf, minute, orderOf, refusal, TestStrategy } from "./harness.ts";
import { opened, routed } from "./routing/routed.ts";
import { bare, walk } from "./walking.ts";

const first = 0 as MarketIndex;

/** A market of minutes, and of two of them in one bar. */
function twoLengths(strategy: TestStrategy): Runner {
  const instrument = instrumentOf();
  const closes = [100, 101, 102, 103, 104, 105];
  const doubled = flatSeries(instrument.symbol, [101, 103, 105], 2 * minute);
  const market = { instrument, series: [flatSeries(instrument.symbol, closes), doubled], strategy, makerFee: 0, takerFee: 0.0005, amends: true };
  const random = { random: randomStream(1, "s"), routeRandom: randomStream(1, "routes") };
  const settings = defaultRunnerSettings;
  return new Runner({ markets: [{ ...market, ...random }], hedge: true, settings, balance: 1_000_000_000 as Money });
}

/** The context, as the strategy is given it. */
function contextOf(strategy: TestStrategy, open: () => unknown): Context {
  const held: Context[] = [];
  strategy.setupDo = (ctx) => held.push(ctx);
  open();
  return held[0] as Context;
}

describe("a market with bars of two lengths", () => {
  it("asks its strategy at the closes of the shorter ones, once each, when all of the instant are in", () => {
    const strategy = new TestStrategy();
    const seen: [number, number, number][] = [];
    const runner = twoLengths(strategy);
    for (const bar of [0, 1, 2, 3]) strategy.at[bar] = (ctx) => seen.push([ctx.bar, ctx.now, ctx.series("2m").closeAt(0)]);
    runner.handleBar(first, 0, 0 as BarIndex, true);
    runner.handleBar(first, 0, 1 as BarIndex, false);
    expect(seen).toHaveLength(1);
    runner.handleBar(first, 1, 0 as BarIndex, true);
    runner.handleBar(first, 0, 2 as BarIndex, true);
    // Long bars alone call for no decision.
    runner.handleBar(first, 1, 1 as BarIndex, true);
    expect(seen).toEqual([
      [0, minute, Number.NaN],
      [1, 2 * minute, 101],
      [2, 3 * minute, 101],
    ]);
    expect([runner.now, runner.barOf(0)]).toEqual([4 * minute, 2]);
  });

  it("feeds its indicators with the shorter ones", () => {
    const strategy = new TestStrategy();
    const seen: number[] = [];
    strategy.setupDo = (ctx) => {
      const average = ctx.indicators.sma(2);
      strategy.at[1] = () => seen.push(average.value);
    };
    const runner = twoLengths(strategy);
    runner.handleBar(first, 0, 0 as BarIndex, true);
    runner.handleBar(first, 1, 0 as BarIndex, false);
    runner.handleBar(first, 0, 1 as BarIndex, true);
    expect(seen).toEqual([100.5]);
  });

  it("never turns its clock back", () => {
    const runner = twoLengths(new TestStrategy());
    runner.handleBar(first, 1, 1 as BarIndex, true);
    runner.handleBar(first, 0, 1 as BarIndex, true);
    expect(runner.now).toBe(4 * minute);
  });

  it("names its series by the length that they are called and by the one that they have", () => {
    const strategy = new TestStrategy();
    const reader = contextOf(strategy, () => twoLengths(strategy));
    // The doubled series was made under the name of 1m, and its bars are of two minutes.
    expect(reader.series("1m")).toBe(reader.bars);
    expect(reader.series("2m")).not.toBe(reader.bars);
    for (const [timeframe, symbol] of [["1h"], ["1m", "OTHER/USDC:USDC"]] as const) {
      expect(() => reader.series(timeframe as string, symbol)).toThrow(expect.objectContaining({ code: "unknown_series", exitCode: 2 }));
    }
  });
});

describe("a series whose name is not how its length is written", () => {
  it("is found by either", () => {
    const strategy = new TestStrategy();
    const [price, time] = [Float64Array.of(10_000), Float64Array.of(0)];
    const columns = { time, open: price, high: price, low: price, close: price, volume: price };
    const hour = 60 * minute;
    const series = new BarSeries({ symbol: "TEST/USDC:USDC", timeframe: "60m", interval: hour, priceScale: 2, quantityScale: 3 } as never, columns);
    const market = { instrument: instrumentOf(), series: [series], strategy, makerFee: 0, takerFee: 0, amends: true };
    const random = { random: randomStream(1, "s"), routeRandom: randomStream(1, "routes") };
    const options = { markets: [{ ...market, ...random }], hedge: true, settings: defaultRunnerSettings, balance: 0 as Money };
    const ctx = contextOf(strategy, () => new Runner(options));
    expect([ctx.series("60m"), ctx.series("1h")]).toEqual([ctx.bars, ctx.bars]);
  });
});

describe("a strategy's context", () => {
  it("cannot be written to", () => {
    const strategy = new TestStrategy();
    const ctx = contextOf(strategy, () => new Harness({ strategy }));
    expect(() => Object.assign(ctx, { symbol: "OTHER" })).toThrow(TypeError);
    expect([ctx.symbol, ctx.hedge]).toEqual(["TEST/USDC:USDC", true]);
  });

  it("shows the venue's filters and fees as numbers", () => {
    const strategy = new TestStrategy();
    const ctx = contextOf(
      strategy,
      () => new Harness({ strategy, market: { tick: "0.05", step: "0.002", minQuantity: "0.004", minNotional: "5", contractSize: "0.1" } }),
    );
    expect(ctx.instrument).toEqual({
      symbol: "TEST/USDC:USDC",
      tick: 0.05,
      step: 0.002,
      minQuantity: 0.004,
      minNotional: 5,
      contractSize: 0.1,
      makerFee: 0.0002,
      takerFee: 0.0005,
    });
    expect(Object.isFrozen(ctx.instrument)).toBe(true);
  });

  it("shows the two sides of a position apart", () => {
    const harness = new Harness();
    harness.strategy.at[0] = (ctx) => {
      ctx.open({ side: "LONG", quantity: 1 });
      ctx.open({ side: "SHORT", quantity: 2 });
    };
    const seen: unknown[] = [];
    harness.strategy.at[1] = (ctx) => seen.push([ctx.position("LONG").quantity, ctx.position("SHORT").quantity]);
    harness.bar(0);
    harness.fill(orderOf(1), 100, 1);
    harness.fill(orderOf(2), 100, 2);
    harness.bar(1);
    expect(seen).toEqual([[1, 2]]);
  });

  it("shows a routed intent as one order, in its place, while one of its orders is out and while none is", () => {
    const harness = routed({ route: "twap", routing: { slices: 2, jitter: 0, patienceMs: 2 * minute } });
    opened(harness);
    const seen: unknown[] = [];
    const look = (ctx: Context) => seen.push(ctx.orders().map(({ intent, quantity, filled, status }) => `${intent} ${filled}/${quantity} ${status}`));
    harness.strategy.at[1] = (ctx) => {
      look(ctx);
      ctx.open({ side: "SHORT", quantity: 1, orderType: "limit", price: 110, route: "plain" });
    };
    harness.strategy.at[2] = look;
    harness.bar(1);
    harness.fill(orderOf(1), 100, 2);
    harness.bar(2);
    expect(seen).toEqual([["1 0/4 SUBMITTED"], ["1 2/4 PARTIAL", "2 0/1 SUBMITTED"]]);
  });

  it("counts what it asks for on the line from the close that is decided on", () => {
    const harness = new Harness({ strategy: bare() });
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95, timeToLive: 60 * minute });
    walk(harness, 0, 5);
    harness.ack(orderOf(1));
    const limit = { status: 429, until: (3 * minute) as never, banned: false };
    harness.handle(harness.fact("amend_rejected", refusal(orderOf(1), "rate_limited", null, limit)));
    const answers: boolean[] = [];
    for (const bar of [1, 2]) harness.strategy.at[bar] = (ctx) => answers.push(ctx.amend(1, { price: 96 }));
    walk(harness, 1, 5);
    // The venue takes amendments again at the close of bar 2.
    expect(answers).toEqual([false, true]);
    harness.strategy.at[9] = (ctx) => ctx.open({ side: "SHORT", quantity: 1, orderType: "limit", price: 105, timeToLive: minute });
    walk(harness, 3, 20);
    expect(harness.of("set_timer").at(-1)?.due).toBe(11 * minute);
  });
});

describe("an answer that comes in a place that is used again", () => {
  /** An entry and a close that rest. */
  function resting(): Harness {
    const harness = new Harness();
    harness.strategy.at[0] = (ctx) => {
      ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95 });
      ctx.open({ side: "SHORT", quantity: 1, orderType: "limit", price: 105 });
    };
    harness.bar(0);
    return harness;
  }

  const place = (fields: Partial<EventPlace>): EventPlace => Object.assign(new EventPlace(), { time: 5 * minute, market: first }, fields);

  it("is heard like the event that it stands for", () => {
    const harness = resting();
    const { runner } = harness;
    harness.unknown(orderOf(1));
    runner.handleAnswer(place({ kind: 0, order: orderOf(1) as OrderNumber }));
    runner.handleAnswer(place({ kind: 2, fill: harness.fillEvent(orderOf(1), 95, 0.5) }));
    runner.handleAnswer(place({ kind: 1, order: orderOf(1) as OrderNumber, cumulative: 500 as Quantity }));
    runner.handleAnswer(place({ kind: 3, rare: harness.fact("order_rejected", refusal(orderOf(2), "injected_rejection")) as OrderRejected }));
    harness.drain();
    expect(harness.settled(orderOf(1))).toEqual(["UNKNOWN reply_lost", "SUBMITTED signal", "CANCELED operator_request"]);
    expect([harness.held("LONG"), harness.settled(orderOf(2))]).toEqual([0.5, ["REJECTED injected_rejection"]]);
  });

  it("turns the clock on, never back", () => {
    const { runner } = resting();
    runner.handleAnswer(place({ kind: 0, order: orderOf(1) as OrderNumber }));
    runner.handleAnswer(place({ kind: 0, order: orderOf(1) as OrderNumber, time: 4 * minute } as never));
    expect(runner.now).toBe(5 * minute);
  });
});
