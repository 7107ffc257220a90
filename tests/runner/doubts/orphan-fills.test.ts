// Fills of orders that the book does not know (failures A7), told apart by order, trade and market: whose they are the venue's list or
// the position says. Order 9 is of an intent that the session has not had.

import { describe, expect, it } from "vitest";

import type { Leg, ListedOrder, Quantity } from "../../../src/domain/index.ts";
import { Harness, orderOf, positioned, TestStrategy, type HarnessOptions } from "../harness.ts";
import { listed } from "../recovery/restarted.ts";

const two = (): HarnessOptions => ({
  markets: ["A/USDC:USDC", "B/USDC:USDC"].map((symbol) => ({ market: { symbol }, strategy: new TestStrategy({ name: symbol }) })),
});
const orders = (harness: Harness, ...list: readonly ListedOrder[]) =>
  harness.handle(harness.fact("open_orders_reported", { orders: list, complete: true }));
const position = (harness: Harness, leg: Leg, quantity: number, market = 0) =>
  harness.handle(harness.fact("position_reported", { leg, quantity: (quantity * 1_000) as Quantity, entryPrice: null, external: false }, market));
const locks = (harness: Harness) => harness.of("risk_locked").map(({ market, reason, locked }) => `${market} ${reason} ${locked ? "on" : "off"}`);
const waits = (harness: Harness) => harness.runner.inside.outcomes.orphans.waiting;
const adopted = (harness: Harness) => harness.of("order_adopted").map(({ request: { order, side, leg, quantity } }) => [order, side, leg, quantity]);

describe("a fill of an order that the book does not know", () => {
  it("locks its market by whether the journal has had the intent, and is lifted with it", () => {
    const [beyond, lost] = [positioned(), positioned()];
    beyond.fill(orderOf(2), 105, 0.4);
    lost.fill(orderOf(1, 1), 105, 0.4);
    for (const harness of [beyond, lost]) {
      position(harness, "LONG", 0.6);
      expect(waits(harness)).toBe(false);
    }
    expect(locks(beyond)).toEqual(["0 order_beyond_journal on", "0 order_beyond_journal off"]);
    expect(locks(lost)).toEqual(["0 missed_fill on", "0 missed_fill off"]);
  });

  it("bought where the position is larger by all that its order has filled, told once or more", () => {
    const harness = positioned();
    harness.fill(orderOf(9), 105, 0.25, { trade: 7 });
    harness.fill(orderOf(9), 106, 0.25, { trade: 8 });
    harness.fill(orderOf(9), 105, 0.25, { trade: 7 });
    position(harness, "LONG", 1.25);
    expect([adopted(harness), waits(harness)]).toEqual([[], true]);
    position(harness, "LONG", 1.5);
    expect(adopted(harness)).toEqual([[orderOf(9), "buy", "LONG", 500]]);
    expect([harness.held("LONG"), harness.settled(orderOf(9))]).toEqual([1.5, ["FILLED filled"]]);
  });

  it("is told apart from one of another order with the same trade", () => {
    const harness = positioned();
    harness.fill(orderOf(8), 105, 0.25, { trade: 7 });
    harness.fill(orderOf(9), 105, 0.5, { trade: 7 });
    position(harness, "LONG", 1.5);
    expect([adopted(harness), harness.held("LONG"), waits(harness)]).toEqual([[[orderOf(9), "buy", "LONG", 500]], 1.5, true]);
    position(harness, "SHORT", -0.25);
    expect([harness.held("SHORT"), waits(harness)]).toEqual([-0.25, false]);
    // The lock stands until the last of them has found its order.
    expect(locks(harness).filter((text) => text.startsWith("0 order_beyond"))).toEqual(["0 order_beyond_journal on", "0 order_beyond_journal off"]);
  });

  it("of one market is nothing to another", () => {
    const harness = new Harness(two());
    harness.bar(0);
    harness.fill(orderOf(9), 105, 0.5, { market: 1 });
    position(harness, "LONG", 0.5, 0);
    // The first market's is somebody else's.
    expect([adopted(harness), harness.held("LONG"), harness.held("LONG", 1)]).toEqual([[], 0.5, 0]);
    position(harness, "SHORT", 0, 0);
    expect([waits(harness), locks(harness)]).toEqual([true, ["1 order_beyond_journal on"]]);
    expect(harness.of("alert").filter(({ text }) => text.startsWith("no position"))).toEqual([]);
    position(harness, "LONG", 0.5, 1);
    expect([harness.held("LONG", 1), waits(harness)]).toEqual([0.5, false]);
  });

  it("leaves a difference that it does not explain to whoever settles that", () => {
    const harness = positioned();
    harness.bar(1);
    harness.fill(orderOf(9), 105, 0.4);
    position(harness, "SHORT", -0.7);
    expect(harness.of("position_synced")).toMatchObject([{ leg: "SHORT", quantity: -700, reason: "external_position_change" }]);
  });

  it("is given up when every leg has been told since the last of them and none needs it, and not before", () => {
    const harness = positioned();
    harness.fill(orderOf(8), 105, 0.4, { trade: 7 });
    position(harness, "LONG", 1);
    harness.fill(orderOf(9), 105, 0.3, { trade: 8 });
    position(harness, "SHORT", 0);
    position(harness, "SHORT", 0);
    expect([waits(harness), harness.held("LONG")]).toEqual([true, 1]);
    position(harness, "LONG", 1);
    expect([waits(harness), harness.held("LONG")]).toEqual([false, 1]);
    expect(harness.of("alert").at(-1)).toEqual({
      type: "alert",
      level: "warning",
      text: `no position of TEST/USDC:USDC is different by 7 of order ${orderOf(8)}, 8 of order ${orderOf(9)}: not applied`,
    });
    expect(locks(harness).at(-1)).toBe("0 order_beyond_journal off");
    // A later one begins anew.
    harness.fill(orderOf(10), 105, 0.2, { trade: 9 });
    position(harness, "LONG", 1);
    expect(waits(harness)).toBe(true);
  });

  it("of one market is given up without that of another", () => {
    const harness = new Harness(two());
    harness.bar(0);
    harness.fill(orderOf(8), 105, 0.5, { market: 0 });
    harness.fill(orderOf(9), 105, 0.5, { market: 1 });
    position(harness, "LONG", 0, 0);
    position(harness, "SHORT", 0, 0);
    expect(harness.of("alert").at(-1)?.text).toBe(`no position of A/USDC:USDC is different by 1 of order ${orderOf(8)}: not applied`);
    expect([waits(harness), locks(harness)]).toEqual([
      true,
      ["0 order_beyond_journal on", "1 order_beyond_journal on", "0 order_beyond_journal off"],
    ]);
  });
});

describe("the venue's list", () => {
  it("gives each fill to its own order, and adopts no other one", () => {
    const harness = positioned();
    harness.fill(orderOf(8), 105, 0.25);
    harness.fill(orderOf(9), 106, 0.5);
    orders(harness, listed(orderOf(9), { filled: 500 as Quantity }), listed(orderOf(7)), listed(null));
    expect(adopted(harness)).toEqual([[orderOf(9), "buy", "LONG", 1_000]]);
    expect([harness.held("LONG"), waits(harness), harness.of("cancel_order").map(({ order }) => order)]).toEqual([1.5, true, [orderOf(9)]]);
    expect(locks(harness)).not.toContain("0 order_beyond_journal off");
  });

  it("of an order that has filled as a whole leaves nothing to cancel; one that is kept by the policy is not cancelled", () => {
    const whole = positioned();
    whole.fill(orderOf(9), 95, 1);
    orders(whole, listed(orderOf(9), { filled: 1_000 as Quantity }));
    const kept = positioned({ strategy: new TestStrategy({ policy: { lateAcceptance: "adopt" } }) });
    kept.fill(orderOf(9), 95, 0.5);
    orders(kept, listed(orderOf(9), { filled: 500 as Quantity }));
    for (const harness of [whole, kept]) expect([harness.of("order_adopted").length, harness.of("cancel_order")]).toEqual([1, []]);
    expect([whole.settled(orderOf(9)), kept.runner.openOrders]).toEqual([["FILLED filled"], 1]);
  });
});
