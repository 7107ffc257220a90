// I-39: what a session keeps does not grow with its length, and every cap ends the session that reaches it. The floods that are
// planted here no account can make.

import { describe, expect, it } from "vitest";

import { EffectQueue, OrderTable, type MarketIndex, type Millis, type OrderNumber } from "../../../src/domain/index.ts";
import { Amendments } from "../../../src/runner/amendments.ts";
import { Timers } from "../../../src/runner/timers.ts";
import { SimulatedSession } from "../../../src/session/simulate.ts";
import { Harness, minute, orderOf, positioned } from "../../runner/harness.ts";
import { busyPlan, syntheticSeries } from "../busy-plan.ts";

const reached = (reason: RegExp) => expect.objectContaining({ code: "I-39", reason: expect.stringMatching(reason) as string });

/** Characters of what runner and venue keep after so many bars. */
function kept(bars: number): { runner: number; venue: number; waiting: number } {
  const session = new SimulatedSession(busyPlan({}, syntheticSeries(bars, 3)));
  session.run();
  const { runner, venue, timers } = session;
  expect(session.journal.tape.length).toBeGreaterThan(bars / 10);
  const length = (state: unknown) => JSON.stringify(state).length;
  return { runner: length(runner.snapshot()), venue: length(venue.exportState()), waiting: timers.length + venue.events.length + runner.openOrders };
}

describe("what a session keeps", () => {
  it("is as large after 24,000 bars as after 8,000", () => {
    // 512 orders that have ended are kept in both.
    const [early, late] = [kept(8_000), kept(24_000)];
    expect(late.runner).toBeLessThan(early.runner * 1.1);
    expect(late.venue).toBeLessThan(early.venue * 1.1);
    expect(late.waiting).toBeLessThan(early.waiting + 50);
  });
});

describe("a cap", () => {
  it("holds for timers", () => {
    const timers = new Timers();
    const arm = () => timers.arm({ kind: "venue_reopens" }, 1 as Millis, 0 as Millis);
    (timers as unknown as { open: { size: number; set: () => void } }).open = { size: 1_048_577, set: () => undefined };
    expect(arm).toThrow(reached(/^1048577 timers that have not fired; 1048576 are the most$/));
  });

  it("holds for orders that are out", () => {
    const table = new OrderTable<{ order: number }>(64);
    const add = (intent: number) => table.add({ order: orderOf(intent) });
    for (let intent = 1; intent <= 65_536; intent += 1) add(intent);
    const more = () => {
      for (let intent = 65_537; intent <= 140_000; intent += 1) add(intent);
    };
    expect(more).toThrow(reached(/orders that are out; 65536 are the most$/));
  });

  it("holds for the effects of one event", () => {
    const queue = new EffectQueue();
    const flood = () => {
      for (let order = 0; order < 1_100_000; order += 1) queue.cancel(order as OrderNumber, 0 as MarketIndex, "signal");
    };
    expect(flood).toThrow(reached(/effects of one event; 1048576 are the most$/));
  });

  it("holds for fills of orders that nobody knows, and for fills beyond their order", () => {
    const stray = new Harness();
    const beyond = positioned();
    const flood = (harness: Harness, order: number) => () => {
      for (let trade = 10; trade < 1_200; trade += 1) harness.fill(order, 100, 1, { trade });
    };
    expect(flood(stray, orderOf(7))).toThrow(reached(/^1025 fills in question; 1024 are the most$/));
    expect(flood(beyond, orderOf(1))).toThrow(reached(/^1025 fills in question; 1024 are the most$/));
  });

  it("holds for trades of one order", () => {
    const harness = new Harness();
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95, timeToLive: null });
    harness.bar(0);
    const order = harness.runner.inside.core.orders.get(orderOf(1));
    const trades = Array.from({ length: 65_537 }, (_, trade) => trade);
    order?.restoreTrades(trades);
    expect(() => order?.takeTrade("one more")).toThrow(reached(/^65537 trades of one order; 65536 are the most$/));
  });
});

describe("what is told again and again", () => {
  it("is kept once: confirmations of an order that is amended for ever", () => {
    const amendments = new Amendments();
    for (let sequence = 1; sequence <= 10_000; sequence += 1) {
      amendments.asked(256, 0);
      amendments.answered(256, sequence);
    }
    expect(JSON.stringify(amendments.snapshot()).length).toBeLessThan(1_000);
    expect([amendments.answered(256, 10_000), amendments.answered(256, 10_001)]).toEqual([false, true]);
  });

  it("is kept once: a list of open orders without its last page, asked for at each interval", () => {
    const harness = positioned();
    harness.strategy.at[1] = (ctx) => ctx.reduce({ side: "LONG", quantity: 1, orderType: "limit", price: 110, family: "tp" });
    harness.bar(1);
    harness.ack(orderOf(2));
    harness.handle(harness.fact("session_resumed", { epoch: 2, since: minute as Millis, changed: null } as never));
    const listed = { order: orderOf(2), epoch: 1, venueOrderId: 2, side: "sell", leg: "LONG", type: "limit", price: 11_000, trigger: null };
    const rest = { quantity: 1_000, filled: 0, reduceOnly: false, family: "tp" };
    const length = () => JSON.stringify(harness.runner.snapshot().reconciliation).length;
    const tell = () => harness.handle(harness.fact("open_orders_reported", { orders: [{ ...listed, ...rest }], complete: false } as never));
    tell();
    const once = length();
    for (let told = 0; told < 50; told += 1) tell();
    expect(length()).toBe(once);
  });

  it("is kept once: a stream that breaks off and comes back before the book has been compared", () => {
    const harness = positioned();
    const flap = () => {
      harness.handle(harness.fact("stream_gap", {} as never));
      harness.handle(harness.fact("stream_resynced", {} as never));
    };
    flap();
    const once = JSON.stringify(harness.runner.snapshot().reconciliation).length;
    for (let times = 0; times < 50; times += 1) flap();
    expect(JSON.stringify(harness.runner.snapshot().reconciliation).length).toBe(once);
  });
});
