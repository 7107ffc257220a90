// The rarer things that a runner writes down: what the venue does not take for a while, what is counted against a limit, what
// indicators and draws have come to, and what is left of an order that slipped. And the forms of what is written.

import { describe, expect, it } from "vitest";

import { defaultBackoffPolicy, randomStream, type Money, type Quantity } from "../../../src/domain/index.ts";
import { defaultRunnerSettings, Runner } from "../../../src/runner/index.ts";
import { flatSeries, Harness, instrumentOf, minute, orderOf, refusal, TestStrategy, type HarnessOptions } from "../harness.ts";
import { expectGoesOn, wake, type Step } from "./going-on.ts";
import { Restarted } from "./restarted.ts";

const bar =
  (at: number): Step =>
  (harness) =>
    harness.bar(at);

function maker(prepare: (strategy: TestStrategy) => void, options: Omit<HarnessOptions, "strategy"> = {}, policy: object = {}): () => Restarted {
  return () => {
    const strategy = new TestStrategy({ policy, backoff: { ...defaultBackoffPolicy, maxFailures: 2, cooldownMs: 5 * minute } });
    prepare(strategy);
    return new Restarted({ strategy, ...options });
  };
}

describe("a runner that goes on from what it has written", () => {
  it("knows what the venue does not take for a while, and what waits for it", () => {
    const make = maker((strategy) => {
      strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 3 });
      strategy.at[1] = (ctx) => {
        ctx.reduce({ side: "LONG", quantity: 1, orderType: "stop_market", trigger: 90, family: "sl" });
        ctx.reduce({ side: "LONG", quantity: 1, orderType: "limit", price: 110, family: "tp" });
        ctx.cancel(2);
      };
    });
    const limit = { status: 418, until: 5 * minute, banned: true } as never;
    const whole = expectGoesOn(make, [
      bar(0),
      (harness) => harness.fill(orderOf(1), 100, 3),
      (harness) => harness.handle(harness.fact("order_rejected", refusal(orderOf(9), "rate_limited", "-1003", limit))),
      bar(1),
      bar(2),
      wake,
      wake,
      bar(5),
    ]);
    expect(whole.of("order_held")).toHaveLength(2);
    expect(whole.sent.slice(1)).toMatchObject([{ family: "tp" }]);
  });

  it("knows how many orders have failed, and where its draws and indicators stand", () => {
    const closes = Array.from({ length: 30 }, (_, at) => 100 * (1 + (at % 5)));
    const make = maker(
      (strategy) => {
        let average = { value: Number.NaN };
        strategy.setupDo = (ctx) => (average = ctx.indicators.ema(3));
        const decide = (ctx: Parameters<NonNullable<typeof strategy.setupDo>>[0]) =>
          // Sized by what it sees: a difference shows in the order.
          ctx.open({ side: "LONG", quantity: Math.round(average.value) + Math.round(1_000 * ctx.random.next()), orderType: "limit", price: 90 });
        for (const at of [0, 1, 2, 4, 10, 11]) strategy.at[at] = decide;
      },
      { closes },
    );
    const whole = expectGoesOn(make, [
      bar(0),
      (harness) => harness.reject(orderOf(1)),
      bar(1),
      (harness) => harness.canceled(orderOf(2)),
      bar(2),
      (harness) => harness.reject(orderOf(3)),
      bar(3),
      bar(4),
      ...[5, 6, 7, 8, 9, 10].map(bar),
      (harness) => harness.canceled(orderOf(5)),
      bar(11),
    ]);
    expect(whole.skips).toEqual(["4 strategy_execution_backoff"]);
    expect(new Set(whole.sent.map(({ quantity }) => quantity)).size).toBe(5);
  });

  it("knows which orders went out within the minute", () => {
    const limits = { maxOrderNotional: null, maxPositionNotional: null, maxOpenOrders: null, maxOrdersPerMinute: 1 };
    const make = maker(
      (strategy) => {
        strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95 });
        strategy.onFillDo = (ctx) => ctx.open({ side: "SHORT", quantity: 1 });
      },
      { settings: { limits } },
    );
    const whole = expectGoesOn(make, [bar(0), (harness) => harness.fill(orderOf(1), 95, 1), bar(1)]);
    expect(whole.skips).toEqual(["2 max_orders_per_minute"]);
  });

  it("knows a slipped entry whose revert is out, and children whose end came before their parent's", () => {
    const permissions = { allowMarketFallback: true, fallbackOnTimeout: true };
    const fallback = { onReject: true, onTimeout: true };
    const make = maker(
      (strategy) => {
        strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
        strategy.at[1] = (ctx) => {
          const parent = ctx.open({ side: "SHORT", quantity: 2, orderType: "limit", price: 105, timeToLive: minute, ...permissions });
          ctx.reduce({ side: "SHORT", quantity: 2, orderType: "limit", price: 90, family: "tp", parent });
        };
      },
      { settings: { fallback } },
      { maxEntrySlipBp: 10, fallback },
    );
    const whole = expectGoesOn(make, [
      bar(0),
      (harness) => harness.fill(orderOf(1), 101, 1),
      (harness) => harness.fill(orderOf(2), 101, 1),
      bar(1),
      wake,
      (harness) => harness.handle(harness.fact("order_expired", { order: orderOf(4), cumulative: 0 as Quantity, reason: "parent_order_gone" })),
      (harness) => harness.canceled(orderOf(3)),
      bar(2),
    ]);
    expect(whole.settled(orderOf(1))).toEqual(["FILLED filled", "REVERTED max_entry_slip"]);
    expect(whole.sent.slice(-2)).toMatchObject([
      { order: orderOf(3, 1), type: "market" },
      { order: orderOf(4, 1), family: "tp" },
    ]);
  });

  it("puts the strategy of a failed entry back to where it was", () => {
    const make = maker((strategy) => {
      strategy.at[0] = (ctx, state) => {
        ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95 });
        state.count += 100;
      };
    });
    const whole = expectGoesOn(make, [bar(0), (harness) => harness.ack(orderOf(1)), (harness) => harness.reject(orderOf(1))]);
    expect([whole.strategy.state.count, whole.strategy.rejections]).toEqual([1, ["1 injected_rejection restored"]]);
  });

  it("knows the orders and routes of each market by itself", () => {
    const make = (): Restarted => {
      const strategies = [0, 1].map((at) => {
        const strategy = new TestStrategy({ name: `s${at}` });
        strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 4, route: "limit-patience" });
        strategy.at[1] = (ctx) => ctx.cancel(at + 1);
        return strategy;
      });
      return new Restarted({ markets: strategies.map((strategy, at) => ({ strategy, market: { symbol: `M${at}/USDC:USDC` } })) });
    };
    const whole = expectGoesOn(make, [
      bar(0),
      bar(1),
      (harness) => harness.canceled(orderOf(1), 1),
      bar(2),
      (harness) => harness.fill(orderOf(1), 100, 1),
      (harness) => harness.canceled(orderOf(2), 2),
      (harness) => harness.fill(orderOf(2), 100, 2, { market: 1 }),
      bar(3),
    ]);
    expect([whole.held("LONG"), whole.held("LONG", 1)]).toEqual([1, 2]);
    expect(whole.runner.snapshot().desks.map(({ endedRoutes }) => endedRoutes.map(({ intent }) => intent))).toEqual([[1], [2]]);
  });
});

describe("what is written", () => {
  /** 5m bars beside the 1m bars of one market. */
  function two(strategy = new TestStrategy()): Runner {
    const instrument = instrumentOf();
    const closes = Array.from({ length: 40 }, () => 100);
    return new Runner({
      markets: [
        {
          instrument,
          series: [flatSeries(instrument.symbol, closes), flatSeries(instrument.symbol, closes, 5 * minute)],
          strategy,
          random: randomStream(1, "s"),
          makerFee: 0.0002,
          takerFee: 0.0005,
          routeRandom: randomStream(1, "routes"),
          amends: true,
        },
      ],
      hedge: true,
      settings: { ...defaultRunnerSettings, positionCheckMs: 5 * minute },
      balance: 1_000_000_000 as Money,
    });
  }

  it("holds where each timeframe stands, and no effect of a set-up that is over", () => {
    const seen: (readonly [number, number])[] = [];
    const strategy = new TestStrategy();
    strategy.at[11] = (ctx) => void seen.push([ctx.series("1m").time, ctx.series("5m").time]);
    const [before, after] = [two(), two(strategy)];
    for (let row = 0; row < 11; row += 1) before.handleBar(0 as never, 0, row as never, false);
    for (let row = 0; row < 2; row += 1) before.handleBar(0 as never, 1, row as never, row === 1);
    expect(after.effects.length).toBeGreaterThan(0);
    after.restore(JSON.parse(JSON.stringify(before.snapshot())) as ReturnType<typeof before.snapshot>);
    expect(after.effects.length).toBe(0);
    after.handleBar(0 as never, 0, 11 as never, true);
    expect(seen).toEqual([[11 * minute, 5 * minute]]);
  });

  it("holds the line that equity is on between two marks", () => {
    const [before, after, marked] = [new Harness().runner, new Harness().runner, new Harness().runner];
    before.inside.core.markLine(3, 1_000_000, 2, 10);
    after.restore(before.snapshot());
    // (1000000 + 2 × 50) ÷ 10 from row 3 on.
    expect([after.inside.core.lineFrom, after.inside.core.equityOnLine(50)]).toEqual([3, 100_010]);
    before.markEquity(7);
    marked.restore(before.snapshot());
    expect([marked.inside.core.lineFrom, marked.inside.core.equity]).toEqual([-1, 7]);
  });

  it("is refused where an order's route is missing, and where the form is another, by an error with a code", () => {
    const harness = new Harness();
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 4, route: "limit-patience" });
    harness.bar(0);
    const saved = harness.runner.snapshot();
    const lost = { ...saved, markets: saved.markets.map((market) => ({ ...market, routes: [] })) };
    expect(() => new Harness().runner.restore(lost)).toThrow(`order ${orderOf(1)} has lost its route`);
    let code: unknown = null;
    try {
      new Harness().runner.restore({ ...saved, format: 2 });
    } catch (error) {
      code = (error as { code?: unknown } | undefined)?.code;
    }
    expect(code).toBe("snapshot_mismatch");
  });

  it("holds no loops where nobody looks for them, and is read by one who does", () => {
    const blind = new Harness({ settings: { churn: null } }).runner;
    expect(blind.snapshot().churn).toEqual({ legs: [], refusals: [] });
    const saved = JSON.parse(JSON.stringify(new Harness().runner.snapshot())) as ReturnType<typeof blind.snapshot>;
    expect(() => blind.restore(saved)).not.toThrow();
    const { churn: _churn, ...older } = saved;
    const reader = new Harness().runner;
    reader.restore(older as typeof saved);
    expect(reader.snapshot().churn).toEqual({ legs: [], refusals: [] });
  });
});
