// What a runner writes down is all that it is: one that is built from it goes on as the one that wrote it would have. Each story is
// broken off before each of its steps. Orders are sent at the close of a bar: bar 0 at 60 s, bar 1 at 120 s.

import { describe, expect, it } from "vitest";

import type { ForeignFill, Millis, Quantity } from "../../../src/domain/index.ts";
import { strategyStateMax } from "../../../src/runner/recovery/snapshot.ts";
import { Harness, minute, orderOf, refusal, TestStrategy, type HarnessOptions } from "../harness.ts";
import { expectGoesOn, wake, type Step } from "./going-on.ts";
import { listed, Restarted } from "./restarted.ts";

const bar =
  (at: number): Step =>
  (harness) =>
    harness.bar(at);
const permissions = { allowMarketFallback: true, fallbackOnReject: true, fallbackOnTimeout: true };
const fallback = { onReject: true, onTimeout: true };

/** Makes the same runner again and again. @param act what its strategy does, by bar */
function maker(act: TestStrategy["at"], options: HarnessOptions & { policy?: TestStrategy["policy"] | object } = {}): () => Restarted {
  const { policy = {}, ...rest } = options;
  return () => {
    const strategy = new TestStrategy({ policy: { dcaOrderType: "limit", fallback, ...policy } });
    Object.assign(strategy.at, act);
    return new Restarted({ strategy, settings: { fallback }, ...rest });
  };
}

describe("a runner that goes on from what it has written", () => {
  it("knows its orders, their children and what they fall back to", () => {
    const make = maker({
      0: (ctx, state) => {
        const parent = ctx.open({ side: "LONG", quantity: 2, orderType: "limit", price: 95, timeToLive: minute, tag: "dip", ...permissions });
        const oco = ctx.reduce({ side: "LONG", quantity: 2, orderType: "limit", price: 110, family: "tp", parent });
        ctx.reduce({ side: "LONG", quantity: 2, orderType: "stop_market", trigger: 90, family: "sl", parent, oco });
        state.count += 100;
      },
      1: (ctx) => ctx.amend(1, { price: 96, quantity: 3 }),
      2: (ctx) => ctx.open({ side: "SHORT", quantity: 1, orderType: "limit", price: 104 }),
      3: (ctx) => ctx.cancel(4),
      5: (ctx) => ctx.close({ side: "LONG" }),
    });
    const whole = expectGoesOn(make, [
      bar(0),
      (harness) => harness.ack(orderOf(1)),
      bar(1),
      (harness) =>
        harness.handle(harness.fact("order_amended", { order: orderOf(1), price: 9_600 as never, trigger: null, quantity: 3_000 as never })),
      wake,
      (harness) => harness.canceled(orderOf(1)),
      (harness) => harness.handle(harness.fact("order_expired", { order: orderOf(2), cumulative: 0 as Quantity, reason: "parent_order_gone" })),
      (harness) => harness.handle(harness.fact("order_expired", { order: orderOf(3), cumulative: 0 as Quantity, reason: "parent_order_gone" })),
      bar(2),
      (harness) => harness.fill(orderOf(1, 1), 97, 1),
      (harness) => harness.fill(orderOf(1, 1), 98, 2),
      bar(3),
      bar(4),
      (harness) => harness.answer(orderOf(4), "SUBMITTED"),
      (harness) => harness.canceled(orderOf(4)),
      bar(5),
      (harness) => harness.fill(orderOf(5), 101, 3),
      // Of an order that ended long ago, and told twice.
      (harness) => harness.fill(orderOf(4), 104, 1),
      (harness) => harness.fill(orderOf(4), 104, 1, { trade: 1 }),
    ]);
    expect([whole.held("LONG"), whole.sent.length]).toEqual([0, 8]);
  });

  it("knows which orders are in doubt, and what has been read about each", () => {
    const limit = { orderType: "limit", quantity: 1, timeToLive: 30 * minute } as const;
    const make = maker(
      { 0: (ctx) => [95, 94, 93].forEach((price) => ctx.reduce({ side: "SHORT", price, ...limit })) },
      {
        positions: [{ market: 0, leg: "SHORT", quantity: -5, price: 100 }],
      },
    );
    const trades = (foreign: readonly ForeignFill[]) => (harness: Restarted) => harness.trades([], foreign);
    const whole = expectGoesOn(make, [
      bar(0),
      (harness) => harness.unknown(orderOf(1)),
      (harness) => harness.unknown(orderOf(2)),
      (harness) => harness.unknown(orderOf(3)),
      (harness) => harness.answer(orderOf(1), null, [], 20_000),
      (harness) => harness.answer(orderOf(2), null),
      (harness) => harness.answer(orderOf(3), null),
      (harness) => harness.answer(orderOf(1), null, [], 2_000),
      (harness) => harness.answer(orderOf(2), null),
      (harness) => harness.position("SHORT", -4),
      trades([]),
      wake,
      wake,
      wake,
      (harness) => harness.answer(orderOf(1), null),
      (harness) => harness.answer(orderOf(2), "SUBMITTED"),
      wake,
      (harness) => harness.answer(orderOf(1), null, [], 20_000),
      (harness) => harness.answer(orderOf(1), null, [], 20_000),
      trades([]),
      (harness) => harness.position("SHORT", -5),
      // Given up, and there after all.
      (harness) => harness.ack(orderOf(1)),
      (harness) => harness.fill(orderOf(1), 95, 1),
      bar(1),
    ]);
    expect(whole.settled(orderOf(1)).map((record) => record.split(" ")[0])).toEqual(["UNKNOWN", "QUARANTINED", "NEVER_ARRIVED", "FILLED"]);
  });

  it("knows which questions have gone unanswered", () => {
    const make = maker(
      { 0: (ctx) => [95, 94].forEach((price) => ctx.reduce({ side: "SHORT", orderType: "limit", quantity: 1, price })) },
      {
        positions: [{ market: 0, leg: "SHORT", quantity: -5, price: 100 }],
      },
    );
    const whole = expectGoesOn(make, [
      bar(0),
      (harness) => harness.unknown(orderOf(2)),
      (harness) => harness.unknown(orderOf(1)),
      (harness) => harness.position("SHORT", -4),
      wake,
      wake,
      wake,
      (harness) => harness.answer(orderOf(1), "SUBMITTED"),
      (harness) => harness.answer(orderOf(2), "SUBMITTED"),
    ]);
    expect(whole.of("query_order").map(({ order }) => order)).toEqual([2, 1, 2, 1, 2].map((intent) => orderOf(intent)));
    expect(whole.of("query_position")).toHaveLength(2);
  });

  it("knows what it has asked the venue after a silence, and what it was told", () => {
    const make = maker(
      { 0: (ctx) => ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95 }), 12: (ctx) => ctx.close({ side: "LONG" }) },
      { settings: { positionCheckMs: 5 * minute, leverage: 5 } },
    );
    const byHand: ForeignFill = {
      trade: "x1",
      cause: "trade",
      time: minute as Millis,
      side: "sell",
      leg: "LONG",
      price: 11_000 as never,
      quantity: 500 as Quantity,
      fee: 0 as never,
    };
    const whole = expectGoesOn(make, [
      bar(0),
      (harness) => harness.resume(),
      // Told before the trades are.
      (harness) => harness.position("SHORT", -0.1),
      (harness) => harness.position("SHORT", 0),
      (harness) => harness.orders([listed(null), listed(orderOf(1, 1))]),
      wake,
      (harness) => harness.trades([harness.fillEvent(orderOf(1), 95, 1)], [byHand]),
      (harness) => harness.account("hedge", [20]),
      wake,
      (harness) => harness.orders([]),
      (harness) => harness.canceled(orderOf(1, 1)),
      (harness) => harness.trades([], [byHand]),
      (harness) => harness.account("hedge", [5]),
      (harness) => harness.position("LONG", 0.5),
      (harness) => harness.position("SHORT", 0),
      (harness) => harness.handle(harness.fact("stream_gap", {} as never)),
      (harness) => harness.handle(harness.fact("stream_resynced", {} as never)),
      (harness) => harness.orders([]),
      (harness) => harness.trades(),
      (harness) => harness.account("hedge", [5]),
      (harness) => harness.positions(0.5),
      // The look at the positions finds another quantity, and once more.
      ...Array.from({ length: 4 }, () => wake),
      (harness) => harness.positions(0.25),
      wake,
      (harness) => harness.positions(0.25),
      (harness) => harness.orders([]),
      (harness) => harness.trades(),
      (harness) => harness.account("hedge", [5]),
      // All trades have been told, and none is this.
      (harness) => harness.position("LONG", 0.25),
      bar(12),
    ]);
    expect(whole.phases.filter((phase) => phase.startsWith("done"))).toEqual(["done restarted", "done stream_gap"]);
    expect(whole.phases.at(-1)).toBe("begun position_mismatch");
    expect(whole.of("position_synced").at(-1)).toMatchObject({ quantity: 250, reason: "unexplained_divergence" });
  });

  it("knows what the account's money has been explained by", () => {
    const make = maker({ 0: (ctx) => ctx.open({ side: "LONG", quantity: 1 }) });
    const flow = { market: 0, leg: "LONG", time: 30_000, currency: "USDC", text: "by hand" };
    const told =
      (balance: number, ...flows: object[]) =>
      (harness: Restarted) =>
        harness.handle(harness.fact("cash_reported", { balance: balance as never, flows: flows as never }));
    const steps: Step[] = [(harness) => harness.orders([]), (harness) => harness.trades(), (harness) => harness.account("hedge", [1], "998.85")];
    const whole = expectGoesOn(make, [
      bar(0),
      (harness) => harness.fill(orderOf(1), 100, 1),
      (harness) => harness.resume(),
      ...steps,
      (harness) => harness.positions(1),
      told(998_850_000),
      told(998_850_000, { ...flow, cause: "funding", amount: -100_000 }),
      wake,
      told(998_850_000, { ...flow, cause: "funding", amount: -100_000 }),
      told(998_850_000),
      told(998_850_000),
    ]);
    // 1000, 0.05 for the entry, 0.10 funding; 1 is left over, the same three times.
    expect(whole.of("cash_synced").map(({ amount, reason }) => [amount, reason])).toEqual([
      [-100_000, "missed_funding"],
      [-1_000_000, "unexplained_divergence"],
    ]);
  });

  it("knows fills that wait for a verdict", () => {
    const make = maker({ 0: (ctx) => ctx.open({ side: "LONG", quantity: 1, tag: "first" }), 1: (ctx) => ctx.open({ side: "SHORT", quantity: 1 }) });
    const whole = expectGoesOn(make, [
      bar(0),
      (harness) => harness.fill(orderOf(1), 100, 1),
      // More than was ordered, and one of an order that nobody knows.
      (harness) => harness.fill(orderOf(1), 101, 1),
      (harness) => harness.fill(orderOf(9), 102, 0.3),
      (harness) => harness.position("LONG", 2),
      wake,
      (harness) => harness.position("SHORT", -0.3),
      (harness) => harness.position("LONG", 2),
      // One that no position needs.
      (harness) => harness.fill(orderOf(8), 102, 0.7),
      (harness) => harness.position("LONG", 2),
      (harness) => harness.position("SHORT", -0.3),
      // Reported once and not yet believed.
      (harness) => harness.position("LONG", 1.5),
      wake,
      (harness) => harness.position("LONG", 1.5),
      bar(1),
    ]);
    expect([whole.held("LONG"), whole.held("SHORT")]).toEqual([1.5, -0.3]);
  });

  it("knows its routes, at work and over", () => {
    const make = maker(
      {
        0: (ctx) => ctx.open({ side: "LONG", quantity: 5, route: "twap", tag: "slow" }),
        1: (ctx) => ctx.open({ side: "SHORT", quantity: 4, route: "limit-patience" }),
        12: (ctx) => ctx.cancel(2),
      },
      { policy: { routing: { slices: 3, jitter: 0.5 } } },
    );
    const whole = expectGoesOn(make, [
      bar(0),
      (harness) => harness.fill(orderOf(1), 100, 1),
      bar(1),
      (harness) => harness.ack(orderOf(2)),
      (harness) => harness.fill(orderOf(1), 100, 0.667),
      wake,
      (harness) => harness.ack(orderOf(1, 1)),
      wake,
      wake,
      (harness) => harness.fill(orderOf(2), 100, 1),
      (harness) => harness.fill(orderOf(1, 1), 100, 1.667),
      wake,
      wake,
      bar(12),
      // What filled before its cancel is heard when the route is over.
      (harness) => harness.canceled(orderOf(2), 1.5),
      (harness) => harness.fill(orderOf(2), 100, 0.5),
      (harness) => harness.fill(orderOf(1, 2), 100, 1.666),
      bar(13),
    ]);
    expect(whole.of("route_ended")).toMatchObject([
      { intent: 2, filled: 1_500, reason: "strategy_cancel" },
      { intent: 1, filled: 5_000, reason: "filled" },
    ]);
    expect([whole.held("LONG"), whole.held("SHORT")]).toEqual([5, -1.5]);
  });

  it("knows what the venue has told of itself, and who was turned away", () => {
    const make = maker({
      0: (ctx) => ctx.open({ side: "LONG", quantity: 2 }),
      1: (ctx) => [1, 2, 3, 4, 5].forEach(() => ctx.reduce({ side: "LONG", quantity: 0.1, orderType: "market" })),
      2: (ctx) => ctx.reduce({ side: "LONG", quantity: 0.1, orderType: "market" }),
      3: (ctx) => ctx.reduce({ side: "LONG", quantity: 0.5, orderType: "limit", price: 110.37 }),
      4: (ctx) => ctx.open({ side: "SHORT", quantity: 1 }),
    });
    const filters = { tick: "0.5", step: "0.1", minQuantity: null, maxQuantity: null, minNotional: null };
    const refuse =
      (intent: number): Step =>
      (harness) =>
        harness.handle(harness.fact("order_rejected", refusal(orderOf(intent), "price_filter")));
    const whole = expectGoesOn(make, [
      bar(0),
      (harness) => harness.fill(orderOf(1), 100, 2),
      bar(1),
      ...[2, 3, 4, 5, 6].map(refuse),
      (harness) => harness.handle(harness.fact("venue_status_changed", { status: "maintenance" } as never)),
      (harness) => harness.handle(harness.fact("rules_reported", { filters })),
      (harness) => harness.handle(harness.fact("venue_status_changed", { status: "post_only" } as never)),
      (harness) => harness.handle(harness.fact("data_checked", { finding: "bar_gap", stale: true, text: "a bar is missing" } as never)),
      (harness) => harness.handle(harness.fact("funds_moved", { currency: "USDC", amount: 5_000_000 as never, text: "by hand" } as never)),
      bar(2),
      bar(3),
      bar(4),
      (harness) => harness.command("stop_new_orders"),
      (harness) => harness.handle(harness.fact("data_checked", { finding: null, stale: false, text: "" } as never)),
      bar(5),
      (harness) => harness.command("halt"),
      bar(6),
    ]);
    expect(whole.sent.at(-1)).toMatchObject({ price: 11_050, quantity: 500 });
    expect(whole.runner.halted).toBe(true);
  });
});

describe("a snapshot", () => {
  const saved = (options: HarnessOptions = {}) => new Harness(options).runner.snapshot();

  it("of another format, other markets, legs or timeframes is refused, with what it has and what the runner has", () => {
    const two = { markets: [{ market: { symbol: "A/USDC:USDC" } }, { market: { symbol: "B/USDC:USDC" } }] };
    const restore = (into: HarnessOptions, from: object) => () => new Harness(into).runner.restore(from as never);
    expect(restore({}, { ...saved(), format: 2 })).toThrow("has format 2; this version reads 3");
    expect(restore(two, saved())).toThrow("is of 1 markets, not of A/USDC:USDC, B/USDC:USDC");
    expect(restore({ hedge: false }, saved())).toThrow("TEST/USDC:USDC has the legs LONG SHORT, not NET");
    const [desk] = saved().desks;
    expect(restore({}, { ...saved(), desks: [{ ...desk, views: [0, 0] }] })).toThrow("TEST/USDC:USDC has other timeframes");
    expect(restore({}, saved())).not.toThrow();
  });

  it("takes a strategy's state of a million characters, and of not one more", () => {
    const holding = (length: number) => {
      const strategy = new TestStrategy();
      // As JSON it has two quotation marks more.
      return new Harness({ strategy: Object.assign(strategy, { snapshot: () => "x".repeat(length - 2) }) as never }).runner;
    };
    expect(strategyStateMax).toBe(1_048_576);
    expect(() => holding(1_048_576).snapshot()).not.toThrow();
    expect(() => holding(1_048_577).snapshot()).toThrow("has a state of 1048577 characters; 1048576 are allowed");
  });

  it("of a strategy without a state is taken", () => {
    const strategy = Object.assign(new TestStrategy(), { snapshot: () => undefined, restore: () => undefined }) as never;
    expect(() => new Harness({ strategy }).runner.snapshot()).not.toThrow();
  });
});
