// What a hook had asked for when it failed, request by request: taken back as if nobody had asked. What others asked for stays. And
// what is said about a strategy from outside.

import { describe, expect, it } from "vitest";

import type { Effect, MarketIndex } from "../../src/domain/index.ts";
import type { Context } from "../../src/strategy/index.ts";
import { DecisionTimedOut } from "../../src/runner/index.ts";
import { Harness, minute, orderOf, positioned, refusal, TestStrategy, type HarnessOptions } from "./harness.ts";

const goOn = { strategyErrors: "lock" } as const;
const fails = (act: (ctx: Context) => void) => (ctx: Context) => {
  act(ctx);
  throw new Error("half made");
};
const types = (effects: readonly Effect[]) => effects.map(({ type }) => type);

/** LONG 4 from bar 0. */
function held(options: HarnessOptions = {}): Harness {
  return positioned({ ...options, settings: { ...goOn, ...options.settings } }, 4);
}

/** The venue takes no orders until 5 min. */
function shut(harness: Harness): void {
  const limit = { status: 429, until: 5 * minute, banned: false } as never;
  harness.handle(harness.fact("order_rejected", refusal(orderOf(200), "rate_limited", "-1015", limit)));
}

const reopen = (harness: Harness): Effect[] => {
  const timer = harness.of("set_timer").findLast(({ due }) => due === 5 * minute);
  return harness.timer(timer?.timer ?? 0, 5 * minute);
};

describe("an order that waits for the venue", () => {
  it("and was asked for by a hook that failed never leaves; one from before does", () => {
    const harness = held();
    shut(harness);
    const reduce = (price: number) => (ctx: Context) => void ctx.reduce({ side: "LONG", quantity: 1, orderType: "limit", price });
    harness.strategy.at[1] = reduce(110);
    harness.strategy.at[2] = fails(reduce(111));
    harness.bar(1);
    expect(types(harness.bar(2))).toEqual(["intent_skipped", "strategy_failed"]);
    reopen(harness);
    expect(harness.sent.slice(1).map(({ order, price }) => [order, price])).toEqual([[orderOf(2), 11_000]]);
  });

  it("still waits when a hook that cancelled it failed", () => {
    const harness = held();
    shut(harness);
    harness.strategy.at[1] = (ctx) => ctx.reduce({ side: "LONG", quantity: 1, orderType: "limit", price: 110 });
    harness.strategy.at[2] = fails((ctx) => ctx.cancel(2));
    harness.bar(1);
    const armed = harness.runner.openTimers();
    expect(types(harness.bar(2))).toEqual(["strategy_failed"]);
    expect(harness.runner.openTimers()).toEqual(armed);
    reopen(harness);
    expect([harness.sent.at(-1)?.order, harness.settled(orderOf(2))]).toEqual([orderOf(2), []]);
  });

  it("is none of the orders of the minute: what left before is counted as before", () => {
    const limits = { maxOrderNotional: null, maxPositionNotional: null, maxOpenOrders: null, maxOrdersPerMinute: 2 };
    const harness = new Harness({ settings: { ...goOn, limits } });
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 4 });
    harness.bar(0);
    shut(harness);
    // The fill of an order that left at 60 s calls for a reduce that is held, and dropped.
    harness.strategy.onFillDo = fails((ctx) => ctx.reduce({ side: "LONG", quantity: 1, orderType: "limit", price: 110 }));
    // The time at which the venue reopens stays: others may come to wait for it.
    expect(types(harness.fill(orderOf(1), 100, 2))).toEqual(["set_timer", "intent_skipped", "strategy_failed"]);
    expect(harness.runner.snapshot().risk).toHaveLength(1);
  });
});

describe("a cancel that was asked for by a hook that failed", () => {
  const entry = (ctx: Context) => void ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95 });

  it("leaves the entry pending, and its answer is not waited for", () => {
    const harness = new Harness({ settings: goOn });
    harness.strategy.at[0] = entry;
    harness.strategy.at[1] = fails((ctx) => ctx.cancel(1));
    harness.strategy.at[2] = entry;
    harness.bars(0, 5);
    expect([harness.skips, harness.settled(orderOf(1)), harness.of("cancel_order")]).toEqual([["2 position_pending"], [], []]);
    // The next one is asked for, and ends the order as the strategy's own.
    harness.strategy.at[6] = (ctx) => ctx.cancel(1);
    harness.strategy.at[7] = entry;
    harness.bars(6, 7);
    expect(harness.of("cancel_order").map(({ reason }) => reason)).toEqual(["strategy_cancel"]);
    harness.canceled(orderOf(1));
    expect(harness.settled(orderOf(1)).at(-1)).toBe("CANCELED strategy_cancel");
  });

  it("leaves a route at work and its intent pending", () => {
    const harness = new Harness({ settings: goOn, strategy: new TestStrategy({ policy: { route: "limit-patience" } }) });
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 4 });
    harness.strategy.at[1] = fails((ctx) => ctx.cancel(1));
    harness.strategy.at[2] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
    harness.bar(0);
    harness.ack(orderOf(1));
    harness.bars(1, 2);
    expect(harness.skips).toEqual(["2 position_pending"]);
    const stage = harness.of("set_timer").find(({ due }) => due === 6 * minute);
    expect(harness.timer(stage?.timer ?? 0, 6 * minute)).toMatchObject([{ type: "amend_order", order: orderOf(1) }, { type: "set_timer" }]);
    harness.fill(orderOf(1), 100, 4);
    expect(harness.of("route_ended")).toMatchObject([{ filled: 4_000, reason: "filled" }]);
    // Its place is free once, not twice.
    harness.strategy.at[3] = (ctx) => {
      ctx.open({ side: "SHORT", quantity: 1, route: "plain" });
      ctx.open({ side: "SHORT", quantity: 1, route: "plain" });
    };
    harness.bar(3);
    expect(harness.skips).toEqual(["2 position_pending", "4 position_pending"]);
  });

  it("of an order that was being cancelled already changes nothing", () => {
    const harness = new Harness({ settings: goOn });
    harness.strategy.at[0] = entry;
    harness.strategy.at[1] = (ctx) => ctx.cancel(1);
    harness.strategy.at[2] = fails((ctx) => ctx.cancel(1));
    harness.bar(0);
    harness.bar(1);
    harness.bar(2);
    expect(harness.of("cancel_order")).toHaveLength(1);
    harness.canceled(orderOf(1));
    expect(harness.settled(orderOf(1)).at(-1)).toBe("CANCELED strategy_cancel");
  });
});

describe("several intents of a hook that failed", () => {
  it("are taken back from the last to the first: the state is that of before the first", () => {
    const strategy = new TestStrategy();
    strategy.at[0] = (ctx, state) => {
      state.count = 10;
      ctx.open({ side: "LONG", quantity: 1 });
      state.count = 20;
      ctx.open({ side: "SHORT", quantity: 1 });
      state.count = 30;
      throw new Error("half made");
    };
    const harness = new Harness({ settings: goOn, strategy });
    harness.bar(0);
    expect([strategy.state.count, harness.skips]).toEqual([10, ["2 strategy_error", "1 strategy_error"]]);
    // Nothing is pending, and nothing is out.
    strategy.at[1] = (ctx) => {
      expect(ctx.orders()).toEqual([]);
      ctx.open({ side: "LONG", quantity: 1 });
      ctx.open({ side: "SHORT", quantity: 1 });
    };
    harness.bar(1);
    expect(harness.sent).toHaveLength(2);
  });

  it("by routes are gone from the desk, each with its place", () => {
    const strategy = new TestStrategy({ policy: { route: "twap", routing: { slices: 2 } } });
    strategy.at[0] = fails((ctx) => {
      ctx.open({ side: "LONG", quantity: 4 });
      ctx.open({ side: "SHORT", quantity: 4 });
    });
    const harness = new Harness({ settings: goOn, strategy });
    expect(types(harness.bar(0))).toEqual(["intent_skipped", "intent_skipped", "strategy_failed"]);
    expect(harness.of("intent_skipped")).toMatchObject([{ side: "SHORT" }, { side: "LONG" }]);
    expect(strategy.heard.flatMap((entry) => (entry.what === "rejected" ? [entry.view.quantity] : []))).toEqual([4, 4]);
    expect([harness.runner.openTimers(), harness.runner.openOrders]).toEqual([[], 0]);
  });
});

describe("what another strategy asked for at the same instant", () => {
  it("stays: its orders, its cancels, its amendments", () => {
    const [good, bad] = [new TestStrategy({ name: "good" }), new TestStrategy({ name: "bad" })];
    const harness = new Harness({
      settings: goOn,
      markets: [good, bad].map((strategy) => ({ strategy, market: { symbol: `${strategy.name.toUpperCase()}/USDC:USDC` } })),
    });
    good.at[0] = (ctx) => {
      ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95 });
      ctx.open({ side: "SHORT", quantity: 1, orderType: "limit", price: 105 });
    };
    good.at[1] = (ctx) => {
      ctx.cancel(1);
      ctx.amend(2, { price: 106 });
    };
    bad.at[1] = fails((ctx) => ctx.open({ side: "LONG", quantity: 1 }));
    harness.bar(0);
    expect(types(harness.bar(1))).toEqual(["cancel_order", "amend_order", "intent_skipped", "strategy_failed"]);
    expect(harness.of("strategy_failed")).toMatchObject([{ market: 1, hook: "onBar" }]);
  });
});

describe("a hook that never came back", () => {
  it("is told nothing any more, not even of what it had asked for and may not have", () => {
    const harness = new Harness();
    harness.strategy.at[0] = (ctx) => {
      ctx.open({ side: "LONG" });
      throw new DecisionTimedOut();
    };
    expect(types(harness.bar(0))).toEqual(["intent_skipped", "strategy_failed"]);
    expect(harness.strategy.rejections).toEqual([]);
  });
});

describe("a strategy that moves its view of the bars", () => {
  it("has broken its word: what it asked for is dropped, and the view stands where it stood", () => {
    const harness = new Harness({ settings: goOn });
    harness.strategy.at[3] = (ctx) => {
      ctx.open({ side: "LONG", quantity: 1 });
      (ctx.bars as unknown as { index: number }).index = 0;
    };
    harness.bars(0, 3);
    expect([harness.sent, harness.runner.barOf(0), harness.skips]).toEqual([[], 3, ["1 strategy_error"]]);
    expect(harness.of("strategy_failed")[0]?.text).toMatch(/moved its view of the bars of TEST\/USDC:USDC away from bar 3/);
  });
});

describe("what is said about a strategy", () => {
  const verdict = (harness: Harness, said: "threw" | "timed_out" | "differed", text = "it said so", market = 0) =>
    harness.handle(harness.fact("strategy_verdict", { verdict: said, text } as never, market));

  it("that it answers otherwise in a replay is a warning and nothing else", () => {
    expect(verdict(new Harness(), "differed")).toEqual([{ type: "alert", level: "warning", text: "strategy_differs: it said so" }]);
  });

  it("that it threw ends a session that ends with errors", () => {
    const harness = new Harness();
    expect(verdict(harness, "threw")).toEqual([{ type: "halt", reason: "strategy_error", text: "it said so" }]);
    expect(harness.runner.halted).toBe(true);
  });

  it("that it threw so often in a row as the settings say locks its market", () => {
    const harness = new Harness({ settings: { ...goOn, strategyErrorsMax: 2 } });
    expect(verdict(harness, "threw")).toEqual([{ type: "alert", level: "error", text: "it said so (1 in a row)" }]);
    expect(verdict(harness, "threw")).toMatchObject([{ text: "it said so (2 in a row)" }, { type: "risk_locked", reason: "strategy_locked" }]);
    // Three unless they say otherwise.
    const plain = new Harness({ settings: goOn });
    for (let n = 0; n < 2; n += 1) verdict(plain, "threw");
    expect(plain.of("risk_locked")).toEqual([]);
    verdict(plain, "threw");
    expect(plain.of("risk_locked")).toHaveLength(1);
  });

  it("that it never came back locks its market, and the operator's word does not lift that", () => {
    const harness = new Harness();
    expect(verdict(harness, "timed_out")).toMatchObject([
      { type: "alert", level: "error", text: "it said so" },
      { type: "risk_locked", reason: "strategy_timed_out", locked: true },
    ]);
    harness.command("resume");
    expect(harness.of("risk_locked")).toHaveLength(1);
  });

  it("is forgiven by the operator, on every market, with the loops that were counted", () => {
    const markets = ["A/USDC:USDC", "B/USDC:USDC"].map((symbol) => ({ market: { symbol }, strategy: new TestStrategy({ name: symbol }) }));
    const harness = new Harness({
      markets,
      settings: { ...goOn, strategyErrorsMax: 2, churn: { roundTripsMax: 9, roundTripBars: 9, refusalsMax: 2 } },
    });
    for (const market of [0, 1]) verdict(harness, "threw", "once", market);
    const { core } = harness.runner.inside;
    core.lock(1 as MarketIndex, "churn");
    core.lock(null, "unexplained_divergence");
    for (const strategy of harness.strategies) strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
    harness.command("resume");
    expect(core.locks.held).toBe(false);
    harness.bar(0);
    harness.reject(orderOf(1), "insufficient_funds");
    harness.command("resume");
    harness.reject(orderOf(2), "insufficient_funds", 1);
    for (const market of [0, 1]) verdict(harness, "threw", "again", market);
    // Once before it and once behind it is not twice in a row.
    expect(core.locks.list()).toEqual([]);
    const blind = new Harness({ settings: { churn: null } });
    expect(() => blind.command("resume")).not.toThrow();
  });
});
