// What a shell is told at the runner's doors: how an operator's word is answered, which timers are armed, whether the book is to be
// trusted, what was tried again.

import { describe, expect, it } from "vitest";

import type { MarketIndex, OrderNumber } from "../../src/domain/index.ts";
import { Harness, minute, orderOf, positioned, refusal, TestStrategy, type HarnessOptions } from "./harness.ts";

const two = (more: Partial<HarnessOptions> = {}): HarnessOptions => ({
  markets: ["A", "B"].map((name) => ({ strategy: new TestStrategy({ name }), market: { symbol: `${name}/USDC:USDC` } })),
  ...more,
});

const limitAt = (price: number) => ({ side: "LONG", quantity: 1, orderType: "limit", price }) as const;

describe("an operator's word", () => {
  it("is answered in words", () => {
    const harness = new Harness();
    harness.command("stop_new_orders", "too wild");
    harness.command("resume");
    harness.command("kill", "enough");
    expect(harness.of("alert").map(({ level, text }) => [level, text])).toEqual([
      ["warning", "stop_new_orders: too wild"],
      ["warning", "new orders are allowed again"],
      ["warning", "kill: enough"],
    ]);
    expect(harness.runner.halted).toBe(false);
    harness.command("halt", "out");
    expect(harness.of("halt")).toEqual([{ type: "halt", reason: "operator_halt", text: "out" }]);
    expect(harness.runner.halted).toBe(true);
  });
});

describe("an operator's stop", () => {
  it("trusts no strategy again that was locked; resume does", () => {
    const harness = new Harness();
    harness.runner.inside.core.lock(0 as MarketIndex, "strategy_locked");
    const locks = () => harness.of("risk_locked").map(({ locked }) => locked);
    harness.command("stop_new_orders");
    expect(locks()).toEqual([true]);
    harness.command("resume");
    expect(locks()).toEqual([true, false]);
  });
});

describe("the venue's word that an account cannot carry its positions", () => {
  it("ends the session", () => {
    const harness = new Harness(two());
    harness.handle(harness.fact("account_insolvent", {} as never, 1));
    expect(harness.of("halt")).toEqual([
      { type: "halt", reason: "insolvent", text: "equity no longer covers the maintenance margin of B/USDC:USDC" },
    ]);
    expect(harness.runner.halted).toBe(true);
  });
});

describe("a refused amendment", () => {
  it("is told", () => {
    const harness = new Harness();
    harness.strategy.at[0] = (ctx) => ctx.open(limitAt(95));
    harness.bar(0);
    harness.handle(harness.fact("amend_rejected", refusal(orderOf(1), "price_filter")));
    expect(harness.of("alert")).toEqual([{ type: "alert", level: "warning", text: `amend_rejected: order ${orderOf(1)}, price_filter` }]);
  });
});

describe("timers that are armed", () => {
  it("are those that have not fired, in the order of their numbers", () => {
    const harness = new Harness();
    harness.strategy.at[0] = (ctx) => {
      ctx.open({ ...limitAt(95), timeToLive: 9 * minute });
      ctx.open({ side: "SHORT", quantity: 1, orderType: "limit", price: 105, timeToLive: 3 * minute });
      ctx.open({ side: "SHORT", quantity: 1 });
    };
    harness.bar(0);
    const due = [
      { timer: 1, due: 10 * minute },
      { timer: 2, due: 4 * minute },
    ];
    expect(harness.runner.openTimers()).toEqual(due);
    harness.timer(2, 4 * minute);
    expect(harness.runner.openTimers()).toEqual(due.slice(0, 1));
  });

  it("make a runner look at silent cancels, wherever they are", () => {
    const harness = new Harness(two({ settings: { cancelConfirmMs: 2 * minute } }));
    const [a, b] = harness.strategies as [TestStrategy, TestStrategy];
    a.at[0] = (ctx) => ctx.open({ ...limitAt(95), timeToLive: 3 * minute });
    b.at[0] = (ctx) => ctx.open(limitAt(95));
    b.at[1] = (ctx) => ctx.cancel(2);
    harness.bar(0);
    harness.bar(1);
    expect(harness.runner.openTimers()).toEqual([{ timer: 1, due: 4 * minute }]);
    harness.timer(1, 4 * minute);
    expect([1, 2].map((order) => harness.settled(orderOf(order)))).toEqual([[], ["UNKNOWN cancel_unconfirmed"]]);
  });

  it("that fire before a cancel is late leave it alone", () => {
    const harness = new Harness({ settings: { cancelConfirmMs: 9 * minute } });
    harness.strategy.at[0] = (ctx) => {
      ctx.open({ ...limitAt(95), timeToLive: 3 * minute });
      ctx.open({ side: "SHORT", quantity: 1, orderType: "limit", price: 105 });
    };
    harness.strategy.at[1] = (ctx) => ctx.cancel(2);
    harness.bars(0, 1);
    harness.timer(1, 4 * minute);
    expect(harness.settled(orderOf(2))).toEqual([]);
  });
});

describe("the runner's word on its book", () => {
  it("is that it may differ from the venue while an outcome is open on any market", () => {
    const harness = new Harness(two());
    const [, b] = harness.strategies;
    if (b !== undefined) b.at[0] = (ctx) => ctx.open(limitAt(95));
    harness.bar(0);
    expect(harness.runner.divergent).toBe(false);
    harness.unknown(orderOf(1));
    expect(harness.runner.divergent).toBe(true);
    harness.ack(orderOf(1));
    expect(harness.runner.divergent).toBe(false);
  });

  it("is so too while a position that was told is being verified, and while a fill is nobody's", () => {
    const reading = positioned();
    reading.position("LONG", 0.5);
    const orphan = new Harness();
    orphan.fill(orderOf(7), 100, 1);
    expect([reading.runner.divergent, orphan.runner.divergent]).toEqual([true, true]);
  });
});

describe("what was tried again", () => {
  it("is counted over all markets", () => {
    const harness = new Harness(two());
    for (const strategy of harness.strategies) strategy.at[0] = (ctx) => ctx.open(limitAt(120));
    harness.bar(0);
    // Both were moved inside.
    expect([harness.runner.retries, harness.runner.openOrders]).toEqual([2, 2]);
  });
});

describe("the clock", () => {
  it("is turned on by whatever is told, and never back", () => {
    const harness = new Harness();
    const told = (time: number) => {
      harness.handle({ ...harness.fact("order_acknowledged", { order: 1 as OrderNumber, venueOrderId: 1 }), time: time as never });
      return harness.runner.now;
    };
    expect([told(5), told(3), told(9)]).toEqual([5, 5, 9]);
  });
});

describe("the feed's word on its data", () => {
  it("holds risk back on a market while it is stale, and is told where something was found", () => {
    const harness = new Harness(two());
    const tell = (stale: boolean, finding: "stale_data" | null, market: number) =>
      harness.handle(harness.fact("data_checked", { finding, stale, text: "nothing for 3 minutes" } as never, market));
    tell(true, "stale_data", 1);
    expect(harness.of("alert").map(({ text }) => text)).toEqual(["stale_data: B/USDC:USDC, nothing for 3 minutes"]);
    for (const strategy of harness.strategies) strategy.at[0] = strategy.at[1] = (ctx) => ctx.open({ ...limitAt(95) });
    harness.bar(0);
    expect(harness.skips).toEqual(["2 stale_data"]);
    tell(false, null, 1);
    harness.bar(1);
    expect(harness.sent.map(({ market }) => market)).toEqual([0, 1]);
    expect(harness.of("alert")).toHaveLength(1);
  });

  it("of bars that were missed moves the strategy's view, and nothing can be asked for on them", () => {
    const harness = new Harness();
    harness.strategy.onWarmupDo = (ctx) => ctx.open(limitAt(95));
    harness.handle(harness.fact("bars_missed", { series: 0, from: 0, to: 2 } as never));
    expect([harness.runner.barOf(0), harness.skips]).toEqual([1, ["1 stale_data", "2 stale_data"]]);
  });
});

describe("the outline of a runner", () => {
  it("is what its snapshot has of what may still happen", () => {
    const harness = positioned();
    harness.strategy.at[1] = (ctx) => ctx.add({ side: "LONG", quantity: 1 });
    harness.bar(1);
    const outline = harness.runner.outline();
    expect(harness.runner.snapshot()).toMatchObject(outline);
    expect(outline.orders.map(({ request }) => request.order)).toEqual([orderOf(2)]);
    expect("ended" in outline).toBe(false);
  });
});
