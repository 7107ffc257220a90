// Orders that were proven absent (failures 1.1), as the runner remembers them: for ever, and when one turns up, as an order by itself that
// nothing of its intent stands behind any more.

import { describe, expect, it } from "vitest";

import type { OrderStatus } from "../../src/domain/index.ts";
import { RunnerOrder } from "../../src/runner/order.ts";
import { Harness, minute, orderOf, TestStrategy } from "./harness.ts";

const fallback = { onReject: true, onTimeout: true };
const permissions = { allowMarketFallback: true, fallbackOnReject: true, fallbackOnTimeout: true };

/** Entry 1 of 1 at 95, which nobody had. */
function givenUp(life: number | null = null): Harness {
  const strategy = new TestStrategy({ policy: { lateAcceptance: "adopt", fallback } });
  const harness = new Harness({ strategy, settings: { fallback } });
  strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95, timeToLive: life, ...permissions });
  harness.bar(0);
  harness.unknown(orderOf(1));
  harness.proveAbsent(orderOf(1));
  return harness;
}

describe("an order that was given up", () => {
  it("is recognised for ever, however many have ended since", () => {
    const harness = givenUp();
    harness.strategy.at[5] = (ctx) => ctx.open({ side: "SHORT", quantity: 1, orderType: "limit", price: 110 });
    const many = 600;
    for (let intent = 2; intent < 2 + many; intent += 1) {
      harness.bar(5);
      harness.handle(harness.fact("order_expired", { order: orderOf(intent), cumulative: 0 as never, reason: "volume_cap" }));
    }
    expect([harness.sent.length, harness.runner.openOrders]).toEqual([1 + many, 0]);
    harness.ack(orderOf(1));
    expect(harness.settled(orderOf(1))).toEqual(["UNKNOWN reply_lost", "NEVER_ARRIVED never_arrived"]);
    expect(harness.of("order_adopted")).toHaveLength(1);
  });

  it("is kept apart from those that have ended, and leaves that place when it turns up", () => {
    const harness = givenUp();
    harness.strategy.at[5] = (ctx) => ctx.open({ side: "SHORT", quantity: 1 });
    harness.bar(5);
    harness.fill(orderOf(2), 100, 1);
    const places = () => {
      const { orders, ended, givenUp: absent } = harness.runner.snapshot();
      return [orders, ended, absent].map((list) => list.map(({ request }) => request.order));
    };
    expect(places()).toEqual([[], [orderOf(2)], [orderOf(1)]]);
    harness.ack(orderOf(1));
    expect(places()).toEqual([[orderOf(1)], [orderOf(2)], []]);
  });

  it("stays given up when the venue says once more that it is not there", () => {
    const harness = givenUp();
    harness.answer(orderOf(1), null);
    expect([harness.of("order_adopted"), harness.runner.openOrders]).toEqual([[], 0]);
  });

  it("that turns up is shown, holds up another entry, and may be cancelled", () => {
    const harness = givenUp();
    harness.ack(orderOf(1));
    harness.strategy.at[5] = (ctx) => {
      expect(ctx.orders()).toMatchObject([{ intent: 1, status: "SUBMITTED" }]);
      ctx.open({ side: "LONG", quantity: 1 });
      expect(ctx.cancel(1)).toBe(true);
    };
    harness.bar(5);
    expect(harness.skips).toEqual(["2 position_pending"]);
  });

  it("that turns up has no market order to stand in for it: its intent was told to have failed", () => {
    const [refused, over] = [givenUp(), givenUp(30 * minute)];
    refused.ack(orderOf(1));
    refused.reject(orderOf(1));
    over.ack(orderOf(1));
    const life = over.of("set_timer").at(-1);
    expect(life?.due).toBe(31 * minute);
    over.timer(life?.timer ?? 0, 31 * minute);
    over.canceled(orderOf(1));
    for (const harness of [refused, over]) expect(harness.sent).toHaveLength(1);
    expect(refused.settled(orderOf(1)).at(-1)).toBe("REJECTED injected_rejection");
    expect(over.settled(orderOf(1)).at(-1)).toBe("CANCELED entry_limit_timeout");
    // Its state was put back once, and is not a second time.
    for (const harness of [refused, over]) expect(harness.strategy.rejections.map((line) => line.split(" ")[2])).toEqual(["restored", "kept"]);
  });
});

describe("an order's status", () => {
  it.each<[OrderStatus, OrderStatus]>([
    ["FILLED", "SUBMITTED"],
    ["REJECTED", "PARTIAL"],
    ["NEVER_ARRIVED", "CANCELED"],
  ])("never goes from %s to %s", (from, to) => {
    const order = new RunnerOrder();
    order.restoreStatus(from);
    expect([order.ended, order.status]).toEqual([true, from]);
    expect(() => order.setStatus(to)).toThrow(expect.objectContaining({ code: "I-12" }));
    expect(order.status).toBe(from);
  });
});
