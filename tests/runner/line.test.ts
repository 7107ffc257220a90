// Bars in which nothing can happen at the venue are handed over many at once: the strategy is asked at each of them, on the money and
// at the time of that bar, and the rest waits as soon as it has asked for something.

import { describe, expect, it } from "vitest";

import { Harness, minute, orderOf, refusal, TestStrategy, type HarnessOptions } from "./harness.ts";
import { bare, walk } from "./walking.ts";

const barsOf = (strategy: TestStrategy): number[] => strategy.heard.flatMap((entry) => (entry.what === "bar" ? [entry.bar] : []));

describe("bars that are handed over at once", () => {
  it("are decided one by one, each at the time of its own close", () => {
    const harness = new Harness({ strategy: bare() });
    const times: number[] = [];
    for (const bar of [0, 1, 2]) harness.strategy.at[bar] = (ctx) => times.push(ctx.now);
    expect(walk(harness, 0, 3)).toEqual({ next: 3, effects: [] });
    expect([barsOf(harness.strategy), times]).toEqual([
      [0, 1, 2],
      [minute, 2 * minute, 3 * minute],
    ]);
    expect([harness.runner.now, harness.runner.barOf(0)]).toEqual([3 * minute, 2]);
  });

  it("wait behind the bar at which something was asked for", () => {
    const harness = new Harness({ strategy: bare() });
    harness.strategy.at[2] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
    const { next, effects } = walk(harness, 0, 10);
    expect([next, effects.map(({ type }) => type), harness.runner.now]).toEqual([3, ["submit_order"], 3 * minute]);
    expect(barsOf(harness.strategy)).toEqual([0, 1, 2]);
    // One effect waits already: no bar is begun.
    harness.command("stop_new_orders");
    harness.runner.handle(harness.fact("operator_command", { command: "resume", text: "" }));
    expect(walk(harness, 3, 10).next).toBe(3);
  });

  it("turn the clock to the last of them also when nobody has asked for the time", () => {
    const harness = new Harness({ strategy: bare() });
    walk(harness, 0, 5);
    expect(harness.runner.now).toBe(5 * minute);
    // It never goes back.
    harness.handle({ ...harness.fact("operator_command", { command: "resume", text: "" }), time: (60 * minute) as never });
    walk(harness, 5, 7);
    expect(harness.runner.now).toBe(60 * minute);
  });

  it("have the equity of the close before the one that is decided on; the first has the last mark", () => {
    const harness = new Harness({ strategy: bare(), closes: [100, 110, 120, 130, 140] });
    const seen: number[] = [];
    for (const bar of [0, 1, 2, 3, 4]) harness.strategy.at[bar] = (ctx) => seen.push(ctx.equity);
    harness.runner.markEquity(1_000);
    walk(harness, 0, 2);
    // 100 + 2 × 100 at the first close.
    expect(seen).toEqual([1_000, 300]);
    harness.runner.markEquity(555);
    walk(harness, 2, 4, [0, 1, 100]);
    // Of another line: a unit of price is a hundredth. At 120 it is 120.
    expect(seen.slice(2)).toEqual([555, 120]);
    harness.runner.markEquity(777);
    harness.bar(4);
    expect(seen.at(-1)).toBe(777);
  });

  it("feed the indicators", () => {
    const strategy = bare();
    const seen: number[] = [];
    strategy.setupDo = (ctx) => {
      const average = ctx.indicators.sma(2);
      for (const bar of [0, 1, 2, 3]) strategy.at[bar] = () => seen.push(average.value);
    };
    walk(new Harness({ strategy, closes: [100, 110, 120, 130] }), 0, 4);
    expect(seen).toEqual([Number.NaN, 105, 115, 125]);
  });

  it("tell refused intents of a bar before the next one", () => {
    const harness = new Harness({ strategy: bare() });
    harness.strategy.at[1] = (ctx) => ctx.open({ side: "LONG" });
    const { next, effects } = walk(harness, 0, 5);
    expect([next, effects.map(({ type }) => type)]).toEqual([2, ["intent_skipped"]]);
    expect(harness.strategy.rejections).toEqual(["1 missing_explicit_qty restored"]);
  });
});

describe("a cancel that is out while bars are handed over at once", () => {
  /** A limit that rests, whose cancel was asked for at the close of bar 1. */
  function canceling(settings: HarnessOptions["settings"] = {}): Harness {
    const harness = new Harness({ strategy: bare(), settings });
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95 });
    harness.strategy.at[1] = (ctx) => ctx.cancel(1);
    walk(harness, 0, 5);
    harness.ack(orderOf(1));
    expect(walk(harness, 1, 5)).toMatchObject({ next: 2, effects: [{ type: "cancel_order", order: orderOf(1) }] });
    return harness;
  }

  it("is doubted at the first close that is late enough, and not before", () => {
    const late = canceling({ cancelConfirmMs: 3 * minute });
    // Asked for at 2 minutes: unconfirmed at 5, the close of bar 4.
    const { next, effects } = walk(late, 2, 10);
    expect(next).toBe(5);
    expect(effects.map((effect) => (effect.type === "order_settled" ? `${effect.status} ${effect.reason}` : effect.type))).toEqual([
      "UNKNOWN cancel_unconfirmed",
      "alert",
      "query_order",
      "set_timer",
    ]);
    // The time of the doubt is that of the close at which it was found.
    expect(late.of("set_timer").at(-1)?.due).toBe(5 * minute + 6_000);
  });

  it.each([
    [3 * minute - 1, 5],
    [3 * minute + 1, 6],
  ])("after %d ms is found at the close of the bar before %d", (cancelConfirmMs, next) => {
    expect(walk(canceling({ cancelConfirmMs }), 2, 10).next).toBe(next);
  });

  it("is left alone in bars that end before it is late", () => {
    const harness = canceling({ cancelConfirmMs: 3 * minute });
    expect(walk(harness, 2, 4)).toEqual({ next: 4, effects: [] });
    expect(walk(harness, 4, 5).next).toBe(5);
    expect(harness.settled(orderOf(1))).toEqual(["UNKNOWN cancel_unconfirmed"]);
  });
});

describe("bars that are handed over at once, where a strategy needs more than bars", () => {
  it("tell the venue's floor before each of them", () => {
    const strategy = new TestStrategy();
    const harness = new Harness({ strategy, market: { minNotional: "5" } });
    walk(harness, 0, 2);
    expect(strategy.heard).toEqual([
      { what: "floor", floor: 5.5 },
      { what: "bar", bar: 0 },
      { what: "floor", floor: 5.5 },
      { what: "bar", bar: 1 },
    ]);
  });

  it("are its warm-up until that is over", () => {
    const strategy = bare({ warmup: 2 });
    const warm: number[] = [];
    strategy.onWarmupDo = (ctx) => warm.push(ctx.bar);
    const harness = new Harness({ strategy });
    expect(walk(harness, 0, 4).next).toBe(4);
    expect([warm, barsOf(strategy)]).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  it("pass a halted session by", () => {
    const harness = new Harness({ strategy: bare() });
    harness.command("halt");
    expect(walk(harness, 0, 3)).toEqual({ next: 3, effects: [] });
    expect([barsOf(harness.strategy), harness.runner.now]).toEqual([[], 3 * minute]);
  });
});

describe("a strategy that fails while bars are handed over at once", () => {
  const failing = (strategyErrors: "halt" | "lock") => {
    const harness = new Harness({ strategy: bare(), settings: { strategyErrors } });
    harness.strategy.at[3] = (ctx) => {
      ctx.open({ side: "LONG", quantity: 1 });
      throw new Error("broken");
    };
    return harness;
  };

  it("ends the session at the bar where it failed", () => {
    const harness = failing("halt");
    expect(() => harness.runner.handleBars(0, 10, 0, 0, 1)).toThrow(
      expect.objectContaining({ code: "strategy_threw", reason: "strategy test threw in onBar on TEST/USDC:USDC, bar 3: Error: broken" }),
    );
    expect(harness.runner.now).toBe(4 * minute);
  });

  it("loses that bar's decision alone where the session goes on, and is forgiven by the next bar", () => {
    const harness = failing("lock");
    const { next, effects } = walk(harness, 0, 10);
    expect([next, effects.map(({ type }) => type)]).toEqual([4, ["intent_skipped", "strategy_failed"]]);
    const judge = () => harness.handle(harness.fact("strategy_verdict", { verdict: "threw", hook: "onBar", text: "broken" } as never));
    judge();
    harness.strategy.at[5] = harness.strategy.at[3] as never;
    expect([walk(harness, 4, 5).next, walk(harness, 5, 10).next]).toEqual([5, 6]);
    judge();
    // Two failures with a good bar between them are none in a row.
    expect(harness.of("alert").map(({ text }) => text)).toEqual([
      "test has no setBrokerMinimum: a live session would refuse it",
      "broken (1 in a row)",
      "broken (1 in a row)",
    ]);
  });

  it("keeps a cancel that waited before, and loses the one that it asked for", () => {
    const harness = new Harness({ strategy: bare(), settings: { strategyErrors: "lock" } });
    harness.strategy.at[0] = (ctx) => {
      ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95 });
      ctx.open({ side: "SHORT", quantity: 1, orderType: "limit", price: 105 });
    };
    harness.strategy.at[1] = (ctx) => ctx.cancel(1);
    harness.strategy.at[2] = (ctx) => {
      ctx.cancel(2);
      throw new Error("broken");
    };
    walk(harness, 0, 5);
    const limit = { status: 418, until: (9 * minute) as never, banned: true };
    harness.handle(harness.fact("amend_rejected", refusal(orderOf(1), "rate_limited", null, limit)));
    walk(harness, 1, 5);
    walk(harness, 2, 5);
    harness.timer(harness.of("set_timer").at(-1)?.timer ?? 0, 9 * minute);
    expect(harness.of("cancel_order").map(({ order }) => order)).toEqual([orderOf(1)]);
  });

  it("is stopped when it turns its view to another bar, and the view is turned back", () => {
    const harness = new Harness({ strategy: bare() });
    harness.strategy.at[2] = (ctx) => {
      (ctx.bars as unknown as { index: number }).index = 7;
      ctx.open({ side: "LONG", quantity: 1 });
    };
    expect(() => harness.runner.handleBars(0, 10, 0, 0, 1)).toThrow(expect.objectContaining({ code: "strategy_tampered" }));
    expect(harness.runner.barOf(0)).toBe(2);
  });
});
