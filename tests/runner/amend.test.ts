// Amendments: what the venue may have done before the runner hears of it, in every order of the messages.

import { describe, expect, it } from "vitest";

import { Harness, orderOf, refusal } from "./harness.ts";

describe("amending", () => {
  function resting(): Harness {
    const harness = new Harness();
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95 });
    harness.bar(0);
    harness.ack(orderOf(1));
    return harness;
  }

  function amend(harness: Harness, change: { price?: number; quantity?: number }): boolean {
    let done = false;
    harness.strategy.at[1] = (ctx) => {
      done = ctx.amend(1, change);
    };
    harness.bar(1);
    return done;
  }

  const amended = (harness: Harness, price: number, quantity: number) =>
    harness.fact("order_amended", { order: orderOf(1), price: (price * 100) as never, trigger: null, quantity: (quantity * 1_000) as never });

  it("changes price and quantity once the venue confirms", () => {
    const harness = resting();
    expect(amend(harness, { price: 96.005, quantity: 2 })).toBe(true);
    // A buy goes down to the tick.
    expect(harness.of("amend_order")).toEqual([{ type: "amend_order", order: orderOf(1), market: 0, price: 9_600, trigger: null, quantity: 2_000 }]);
    harness.handle(amended(harness, 96, 2));
    harness.fill(orderOf(1), 96, 2);
    expect(harness.settled(orderOf(1))).toEqual(["FILLED filled"]);
  });

  it("a fill of the larger quantity may overtake the confirmation", () => {
    const harness = resting();
    amend(harness, { quantity: 2 });
    const confirmation = amended(harness, 95, 2);
    harness.fill(orderOf(1), 95, 2);
    harness.handle(confirmation);
    expect(harness.held("LONG")).toBe(2);
    expect(harness.settled(orderOf(1))).toEqual(["FILLED filled"]);
  });

  it("a fill that completes the smaller quantity may overtake the confirmation", () => {
    const harness = resting();
    amend(harness, { quantity: 0.4 });
    const confirmation = amended(harness, 95, 0.4);
    harness.fill(orderOf(1), 95, 0.4);
    harness.handle(confirmation);
    expect(harness.settled(orderOf(1))).toEqual(["FILLED filled"]);
    expect(harness.runner.openOrders).toBe(0);
  });

  it("a fill of the old quantity does not complete an order whose enlargement is on its way", () => {
    const harness = resting();
    amend(harness, { quantity: 2 });
    const confirmation = amended(harness, 95, 2);
    harness.fill(orderOf(1), 95, 1);
    expect(harness.runner.openOrders).toBe(1);
    harness.handle(confirmation);
    harness.handle(confirmation);
    harness.fill(orderOf(1), 95, 1);
    expect(harness.held("LONG")).toBe(2);
    expect(harness.settled(orderOf(1))).toEqual(["FILLED filled"]);
  });

  it.each(["refused", "found filled by a query"])("when that enlargement is %s, the order is complete", (how) => {
    const harness = resting();
    amend(harness, { quantity: 2 });
    harness.fill(orderOf(1), 95, 1);
    if (how === "refused") harness.handle(harness.fact("amend_rejected", refusal(orderOf(1), "unknown_order_at_venue")));
    else harness.answer(orderOf(1), "FILLED");
    expect(harness.settled(orderOf(1))).toEqual(["FILLED filled"]);
    expect(harness.runner.openOrders).toBe(0);
  });

  it("an order that ends before its enlargement is confirmed is not made FILLED by the fill that was still on its way", () => {
    const harness = resting();
    amend(harness, { quantity: 2 });
    const [confirmation, fill] = [amended(harness, 95, 2), harness.fillEvent(orderOf(1), 95, 1)];
    harness.handle(harness.fact("order_expired", { order: orderOf(1), cumulative: 1_000 as never, reason: "volume_cap" }));
    harness.handle(confirmation);
    harness.handle(fill);
    expect(harness.held("LONG")).toBe(1);
    expect(harness.settled(orderOf(1))).toEqual(["EXPIRED volume_cap"]);
  });

  it("of two confirmations the later of the venue counts, whichever comes last", () => {
    const harness = resting();
    amend(harness, { price: 96 });
    const [first, second] = [amended(harness, 96, 1), amended(harness, 97, 1)];
    harness.handle(second);
    harness.handle(first);
    harness.strategy.at[2] = (ctx) => expect(ctx.orders()[0]?.price).toBe(97);
    harness.bar(2);
  });

  it("a fill that no amendment explains is not counted before the position has it", () => {
    const harness = resting();
    harness.fill(orderOf(1), 95, 1.001);
    expect([harness.held("LONG"), harness.runner.divergent]).toEqual([0, true]);
  });

  it("INT-2: an entry is not enlarged where a new one would be refused", () => {
    const limits = { maxOrderNotional: null, maxPositionNotional: 150, maxOpenOrders: null, maxOrdersPerMinute: null };
    const harness = new Harness({ settings: { limits } });
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95 });
    harness.bar(0);
    // 95 + 95 = 190 > 150.
    expect(amend(harness, { quantity: 2 })).toBe(false);
    const stopped = resting();
    stopped.command("stop_new_orders");
    expect(amend(stopped, { quantity: 2 })).toBe(false);
    const halted = resting();
    halted.strategy.onFillDo = (ctx) => expect(ctx.amend(1, { price: 94 })).toBe(false);
    halted.command("halt");
    halted.fill(orderOf(1), 95, 0.5);
    expect([harness, stopped, halted].flatMap((one) => one.of("amend_order"))).toEqual([]);
  });
});
