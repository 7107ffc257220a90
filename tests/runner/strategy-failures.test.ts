// A strategy that throws while the session goes on: what its hook asked for never leaves, what was asked for before stays,
// and failure after failure takes its right to increase risk.

import { describe, expect, it } from "vitest";

import type { Effect, Event } from "../../src/domain/index.ts";
import { DecisionTimedOut, type RunnerSettings } from "../../src/runner/index.ts";
import { Harness, minute, refusal, TestStrategy, type HarnessOptions } from "./harness.ts";

const goOn: Partial<RunnerSettings> = { strategyErrors: "lock" };

function harnessOf(options: HarnessOptions = {}): Harness {
  return new Harness({ ...options, settings: { ...goOn, ...options.settings } });
}

function types(effects: readonly Effect[]): string[] {
  return effects.map(({ type }) => type);
}

/** What a shell does with each failure: it says the verdict. */
function judge(harness: Harness, effects: readonly Effect[]): Effect[] {
  return effects.flatMap((effect) =>
    effect.type === "strategy_failed"
      ? harness.handle(harness.fact("strategy_verdict", { verdict: effect.verdict, text: effect.text } as never) as Event)
      : [],
  );
}

describe("a hook that throws where the session goes on", () => {
  it("sends none of the orders that it asked for; each is a refused intent and its state is put back", () => {
    const strategy = new TestStrategy();
    strategy.at[0] = (ctx, state) => {
      const parent = ctx.open({ side: "LONG", quantity: 1 });
      ctx.reduce({ side: "LONG", quantity: 1, family: "sl", trigger: 90, parent, orderType: "stop_market" });
      state.count = 99;
      throw new TypeError("no such thing");
    };
    const harness = harnessOf({ strategy });
    const effects = harness.bar(0);
    expect(types(effects)).toEqual(["intent_skipped", "intent_skipped", "strategy_failed"]);
    expect(effects[0]).toMatchObject({ family: "sl", reason: "strategy_error" });
    expect(effects[1]).toMatchObject({ kind: "OPEN", family: "entry", reason: "strategy_error" });
    expect(effects[2]).toMatchObject({ market: 0, verdict: "threw", hook: "onBar" });
    expect(harness.sent).toEqual([]);
    expect(harness.runner.openOrders).toBe(0);
    // The bar itself had been counted before the intent.
    expect(strategy.state).toEqual({ count: 1 });
    expect(strategy.rejections).toEqual(["2 strategy_error kept", "1 strategy_error restored"]);
  });

  it("leaves room for the same entry on the next bar", () => {
    const strategy = new TestStrategy();
    strategy.at[0] = (ctx) => {
      ctx.open({ side: "LONG", quantity: 1 });
      throw new Error("once");
    };
    strategy.at[1] = (ctx) => void ctx.open({ side: "LONG", quantity: 1 });
    const harness = harnessOf({ strategy });
    judge(harness, harness.bar(0));
    harness.bar(1);
    expect(harness.sent.map(({ family }) => family)).toEqual(["entry"]);
    expect(harness.of("intent_skipped")).toHaveLength(1);
  });

  it("a cancel of a stop that was half of its work never leaves: the stop stays", () => {
    const strategy = new TestStrategy();
    let stop = 0;
    strategy.at[0] = (ctx) => void ctx.open({ side: "LONG", quantity: 1 });
    strategy.at[1] = (ctx) => {
      stop = ctx.reduce({ side: "LONG", quantity: 1, family: "sl", trigger: 90, orderType: "stop_market" });
    };
    strategy.at[2] = (ctx) => {
      ctx.cancel(stop);
      throw new Error("before the new stop was asked for");
    };
    strategy.at[3] = (ctx) => void ctx.cancel(stop);
    const harness = harnessOf({ strategy });
    harness.bar(0);
    harness.fill(harness.sent[0]?.order as number, 100, 1);
    harness.bar(1);
    expect(types(harness.bar(2))).toEqual(["strategy_failed"]);
    expect(harness.runner.openOrders).toBe(1);
    // Nothing of the taken-back cancel is left: the next one is asked for.
    expect(types(harness.bar(3))).toEqual(["cancel_order"]);
  });

  it("a cancel that waits because the venue takes none at present is taken back with the others, one from before stays", () => {
    const strategy = new TestStrategy();
    const stops: number[] = [];
    strategy.at[0] = (ctx) => void ctx.open({ side: "LONG", quantity: 2 });
    strategy.at[1] = (ctx) => {
      for (const trigger of [90, 89, 88]) stops.push(ctx.reduce({ side: "LONG", quantity: 0.5, family: "sl", trigger, orderType: "stop_market" }));
    };
    strategy.at[2] = (ctx) => void ctx.cancel(stops[0] as number);
    strategy.at[3] = (ctx) => void ctx.cancel(stops[1] as number);
    strategy.at[4] = (ctx) => {
      ctx.cancel(stops[2] as number);
      throw new Error("before the new stop was asked for");
    };
    const harness = harnessOf({ strategy });
    harness.bar(0);
    harness.fill(harness.sent[0]?.order as number, 100, 2);
    harness.bars(1, 2);
    // The first cancel is turned away: the venue takes none for five minutes.
    const limit = { status: 429, until: (10 * minute) as never, banned: false };
    harness.handle(harness.fact("cancel_rejected", refusal(harness.sent[1]?.order as number, "rate_limited", null, limit)));
    expect(types(harness.bar(3))).not.toContain("cancel_order");
    expect(types(harness.bar(4))).toEqual(["strategy_failed"]);
    const waiting = harness.runner.snapshot().rateLimits.cancels.map(({ order }) => order);
    expect(waiting).toEqual([harness.sent[1]?.order, harness.sent[2]?.order]);
    expect(harness.runner.snapshot().orders.map(({ cancelCause }) => cancelCause)).toEqual(["strategy", "strategy", "none"]);
  });

  it("an amendment and a limit's life are taken back with the rest", () => {
    const strategy = new TestStrategy();
    let entry = 0;
    strategy.at[0] = (ctx) => {
      entry = ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 99, timeToLive: null });
    };
    strategy.at[1] = (ctx) => {
      ctx.amend(entry, { quantity: 2 });
      ctx.open({ side: "SHORT", quantity: 1, orderType: "limit", price: 101, timeToLive: 60_000 });
      throw new Error("half made");
    };
    const harness = harnessOf({ strategy });
    harness.bar(0);
    const before = harness.runner.snapshot();
    expect(types(harness.bar(1))).toEqual(["intent_skipped", "strategy_failed"]);
    const after = harness.runner.snapshot();
    expect(after.timers.open).toEqual(before.timers.open);
    expect(after.orders).toEqual(before.orders);
    // It may not fill beyond what the venue was asked for.
    harness.fill(harness.sent[0]?.order as number, 99, 2);
    expect([harness.held("LONG"), harness.runner.divergent]).toEqual([0, true]);
  });

  it("a route that was begun is gone without a trace in what is pending", () => {
    const strategy = new TestStrategy();
    strategy.at[0] = (ctx) => {
      ctx.open({ side: "LONG", quantity: 1, route: "limit-patience" });
      throw new Error("half made");
    };
    strategy.at[1] = (ctx) => void ctx.open({ side: "LONG", quantity: 1, route: "limit-patience" });
    const harness = harnessOf({ strategy });
    expect(types(harness.bar(0))).toEqual(["intent_skipped", "strategy_failed"]);
    expect(harness.runner.snapshot().markets[0]?.routes).toEqual([]);
    expect(types(harness.bar(1))).toContain("route_planned");
  });

  it("what onFill asked for is dropped and the fill itself is booked", () => {
    const strategy = new TestStrategy();
    strategy.at[0] = (ctx) => void ctx.open({ side: "LONG", quantity: 1 });
    strategy.onFillDo = (ctx) => {
      ctx.add({ side: "LONG", quantity: 1 });
      throw new Error("in onFill");
    };
    const harness = harnessOf({ strategy });
    harness.bar(0);
    const effects = harness.fill(harness.sent[0]?.order as number, 100, 1);
    expect(types(effects)).toEqual(["order_settled", "intent_skipped", "strategy_failed"]);
    expect(harness.runner.positionOf(0, "LONG")).toBe(1_000);
    expect(harness.sent).toHaveLength(1);
  });

  it("orders of the minute are not counted for what never left", () => {
    const strategy = new TestStrategy();
    const limits = { maxOrderNotional: null, maxPositionNotional: null, maxOpenOrders: null, maxOrdersPerMinute: 1 };
    strategy.at[0] = (ctx) => {
      ctx.open({ side: "LONG", quantity: 1 });
      throw new Error("half made");
    };
    strategy.onRejectedDo = (ctx) => void ctx.open({ side: "SHORT", quantity: 1 });
    const harness = harnessOf({ strategy, settings: { limits } });
    harness.bar(0);
    expect(harness.sent.map(({ leg }) => leg)).toEqual(["SHORT"]);
  });
});

describe("failures in a row", () => {
  const failing = (bars: readonly number[]): TestStrategy => {
    const strategy = new TestStrategy();
    for (const bar of bars)
      strategy.at[bar] = () => {
        throw new Error("again");
      };
    return strategy;
  };

  it("the third locks what increases risk, says so, and closes stay possible", () => {
    const strategy = failing([1, 2, 3]);
    strategy.at[0] = (ctx) => void ctx.open({ side: "LONG", quantity: 1 });
    strategy.at[4] = (ctx) => {
      ctx.add({ side: "LONG", quantity: 1 });
      ctx.close({ side: "LONG" });
    };
    const harness = harnessOf({ strategy });
    harness.bar(0);
    harness.fill(harness.sent[0]?.order as number, 100, 1);
    for (const bar of [1, 2]) expect(types(judge(harness, harness.bar(bar)))).toEqual(["alert"]);
    const third = judge(harness, harness.bar(3));
    expect(third).toMatchObject([
      { type: "alert", level: "error" },
      { type: "risk_locked", market: 0, reason: "strategy_locked", locked: true },
    ]);
    harness.bar(4);
    expect(harness.of("intent_skipped").map(({ family, reason }) => [family, reason])).toEqual([["dca", "strategy_locked"]]);
    expect(harness.sent.map(({ family }) => family)).toEqual(["entry", "close"]);
  });

  it("a bar without a failure begins the count anew", () => {
    const harness = harnessOf({ strategy: failing([0, 1, 3, 4]) });
    for (const bar of [0, 1, 2, 3, 4]) judge(harness, harness.bar(bar));
    expect(harness.of("risk_locked")).toEqual([]);
  });

  it("a hook that always fails is not forgiven because another one passes", () => {
    const strategy = new TestStrategy();
    strategy.onFillDo = () => {
      throw new Error("loses count of its fills");
    };
    strategy.at[0] = (ctx) => void ctx.open({ side: "LONG", quantity: 3 });
    const harness = harnessOf({ strategy });
    harness.bar(0);
    const order = harness.sent[0]?.order as number;
    for (const bar of [1, 2, 3]) {
      judge(harness, harness.fill(order, 100, 1, { cumulative: bar }));
      harness.bar(bar);
    }
    expect(harness.of("risk_locked")).toMatchObject([{ reason: "strategy_locked" }]);
  });

  it("the operator's resume takes the lock away", () => {
    const strategy = failing([0, 1, 2]);
    strategy.at[3] = (ctx) => void ctx.open({ side: "LONG", quantity: 1 });
    const harness = harnessOf({ strategy });
    for (const bar of [0, 1, 2]) judge(harness, harness.bar(bar));
    harness.command("resume");
    harness.bar(3);
    expect(harness.of("risk_locked").map(({ locked }) => locked)).toEqual([true, false]);
    expect(harness.sent).toHaveLength(1);
  });

  it("the lock and the count are in the snapshot", () => {
    const harness = harnessOf({ strategy: failing([0, 1]), settings: { strategyErrorsMax: 3 } });
    for (const bar of [0, 1]) judge(harness, harness.bar(bar));
    const saved = JSON.parse(JSON.stringify(harness.runner.snapshot())) as ReturnType<typeof harness.runner.snapshot>;
    const other = harnessOf({ strategy: failing([2]) });
    other.runner.restore(saved);
    judge(other, other.bar(2));
    expect(other.of("risk_locked")).toMatchObject([{ reason: "strategy_locked", locked: true }]);
  });
});

describe("a hook that never came back", () => {
  it("is not asked again, its risk is locked, and its venue's orders live on", () => {
    const strategy = new TestStrategy();
    strategy.at[0] = (ctx) => void ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 99, timeToLive: null });
    strategy.at[1] = () => {
      throw new DecisionTimedOut();
    };
    // Without the setting: a verdict of the watchdog never ends a session.
    const harness = new Harness({ strategy });
    harness.bar(0);
    expect(types(judge(harness, harness.bar(1)))).toEqual(["alert", "risk_locked"]);
    expect(harness.of("strategy_failed")).toMatchObject([{ verdict: "timed_out", hook: "onBar" }]);
    expect(harness.of("risk_locked")).toMatchObject([{ reason: "strategy_timed_out" }]);
    harness.bars(2, 4);
    harness.fill(harness.sent[0]?.order as number, 99, 1);
    expect(strategy.heard.filter(({ what }) => what === "bar")).toHaveLength(2);
    expect(strategy.heard.filter(({ what }) => what === "fill")).toEqual([]);
    expect(harness.runner.positionOf(0, "LONG")).toBe(1_000);
    expect(harness.runner.halted).toBe(false);
  });

  it("a replay that is told the verdict without the failure stands where the session stood", () => {
    const harness = new Harness({ strategy: new TestStrategy() });
    harness.bar(0);
    harness.handle(harness.fact("strategy_verdict", { verdict: "timed_out", text: "it spins" } as never));
    harness.bars(1, 3);
    expect(harness.strategy.heard.filter(({ what }) => what === "bar")).toHaveLength(1);
    const fresh = new Harness({ strategy: new TestStrategy() });
    fresh.runner.restore(JSON.parse(JSON.stringify(harness.runner.snapshot())) as ReturnType<typeof fresh.runner.snapshot>);
    fresh.bars(4, 5);
    expect(fresh.strategy.heard.filter(({ what }) => what === "bar")).toEqual([]);
  });
});

describe("more intents than a strategy may ask for at one instant", () => {
  const flood = (): TestStrategy => {
    const strategy = new TestStrategy();
    strategy.at[0] = (ctx) => {
      for (let n = 0; n < 10_000; n += 1) ctx.open({ side: "LONG", quantity: 1 });
    };
    return strategy;
  };

  it("are an error of the strategy: none of them leaves", () => {
    const harness = harnessOf({ strategy: flood(), settings: { intentsMax: 50 } });
    const effects = harness.bar(0);
    expect(effects.at(-1)).toMatchObject({ type: "strategy_failed", text: expect.stringContaining("more than 50 intents") as string });
    expect(harness.sent).toEqual([]);
    expect(effects.filter(({ type }) => type === "intent_skipped")).toHaveLength(50);
  });

  it("end a session that ends with errors", () => {
    const harness = new Harness({ strategy: flood() });
    expect(() => harness.bar(0)).toThrow(/asked for more than 1000 intents at one instant/);
  });
});
