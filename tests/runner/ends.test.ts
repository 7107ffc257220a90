// How orders end, and who has to hear of it: the fill that was known, the part that slipped, the children that went first, the route that
// waits.

import { describe, expect, it } from "vitest";

import type { OrderIntent, Quantity, Reason } from "../../src/domain/index.ts";
import { Harness, minute, orderOf, positioned, refusal, TestStrategy } from "./harness.ts";
import { endsOf, fire, opened, routed } from "./routing/routed.ts";

const expired = (harness: Harness, order: number, reason: Reason, cumulative = 0) =>
  harness.handle(harness.fact("order_expired", { order: orderOf(order), cumulative: (cumulative * 1_000) as Quantity, reason }));

function resting(intent: Partial<OrderIntent> = {}): Harness {
  const harness = new Harness();
  harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95, ...intent });
  harness.bar(0);
  harness.ack(orderOf(1));
  return harness;
}

describe("an order that the venue ends", () => {
  it("has not come to nothing when a fill of it is known, whatever the venue counts", () => {
    const harness = resting();
    harness.fill(orderOf(1), 95, 0.5);
    expired(harness, 1, "volume_cap", 0);
    expect(harness.strategy.rejections).toEqual([]);
    expect(harness.strategy.heard.at(-1)).toEqual({ what: "canceled", intent: 1, filled: 0.5 });
  });

  it("without a fill leaves a report of its position believable at once", () => {
    const harness = resting();
    harness.strategy.at[1] = (ctx) => ctx.cancel(1);
    harness.bar(1);
    harness.canceled(orderOf(1));
    harness.position("LONG", 1);
    expect(harness.held("LONG")).toBe(1);
  });

  it("with a fill that is still to be told makes a report doubtful for a while", () => {
    const harness = resting();
    harness.strategy.at[1] = (ctx) => ctx.cancel(1);
    harness.bar(1);
    harness.canceled(orderOf(1), 0.5);
    harness.position("LONG", 1);
    expect(harness.held("LONG")).toBe(0);
  });

  it("stays in doubt when a part fills while nobody knows what became of its cancel", () => {
    const harness = resting();
    harness.strategy.at[1] = (ctx) => ctx.cancel(1);
    harness.bar(1);
    harness.cancelRejected(orderOf(1));
    harness.fill(orderOf(1), 95, 0.5);
    harness.strategy.at[2] = (ctx) => expect(ctx.orders()).toMatchObject([{ status: "UNKNOWN", filled: 0.5 }]);
    harness.bar(2);
    expect(harness.runner.divergent).toBe(true);
  });

  it("is complete at once where the amendment that is on its way wants no more than has filled", () => {
    const harness = resting();
    harness.strategy.at[1] = (ctx) => ctx.amend(1, { price: 96, quantity: 1 });
    harness.bar(1);
    harness.fill(orderOf(1), 95, 1);
    expect(harness.settled(orderOf(1))).toEqual(["FILLED filled"]);
  });
});

describe("an add that slipped", () => {
  const adding = (): Harness => {
    const harness = positioned({ strategy: new TestStrategy({ policy: { maxEntrySlipBp: 10, dcaOrderType: "limit" } }) });
    harness.strategy.at[1] = (ctx) => ctx.add({ side: "LONG", quantity: 2, price: 95 });
    harness.bar(1);
    harness.fill(orderOf(2), 200, 1);
    return harness;
  };

  it("is not traded away again when it ends: the guard is on entries", () => {
    const harness = adding();
    expired(harness, 2, "volume_cap", 1);
    expect(harness.sent).toHaveLength(2);
  });

  it("nor when an amendment completes it", () => {
    const harness = adding();
    harness.strategy.at[2] = (ctx) => ctx.amend(2, { quantity: 1 });
    harness.bar(2);
    harness.handle(harness.fact("order_amended", { order: orderOf(2), price: 9_500 as never, trigger: null, quantity: 1_000 as never }));
    expect(harness.settled(orderOf(2))).toEqual(["FILLED filled"]);
    expect(harness.sent).toHaveLength(2);
  });
});

describe("an entry that slipped and is completed by an amendment", () => {
  it("is reverted", () => {
    const harness = new Harness({ strategy: new TestStrategy({ policy: { maxEntrySlipBp: 10 } }) });
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 2, orderType: "limit", price: 95 });
    harness.strategy.at[1] = (ctx) => ctx.amend(1, { quantity: 1 });
    harness.bars(0, 1);
    harness.fill(orderOf(1), 96, 1);
    expect(harness.sent).toHaveLength(1);
    harness.handle(harness.fact("order_amended", { order: orderOf(1), price: 9_500 as never, trigger: null, quantity: 1_000 as never }));
    expect(harness.sent[1]).toMatchObject({ family: "revert", quantity: 1_000 });
  });
});

describe("a stop that is gone while nothing is held", () => {
  const lonely = (more: Partial<OrderIntent>): Harness => {
    const harness = positioned({}, 1);
    harness.strategy.at[1] = (ctx) => {
      ctx.reduce({ side: "LONG", quantity: 1, orderType: "stop_market", trigger: 90, family: "sl", ...more });
      ctx.close({ side: "LONG" });
    };
    harness.bar(1);
    harness.fill(orderOf(3), 100, 1);
    return harness;
  };

  it.each([
    ["plain", {}],
    ["with terms of its own", { triggerBy: "mark" }],
  ] as const)("is no warning: %s", (_what, more) => {
    const harness = lonely(more);
    expired(harness, 2, "trigger_already_crossed");
    expect(harness.of("alert")).toEqual([]);
  });
});

describe("a child of a limit for which a market order may stand in", () => {
  const fallback = { onReject: true, onTimeout: true };

  function family(): Harness {
    const harness = new Harness({ strategy: new TestStrategy({ policy: { fallback } }), settings: { fallback } });
    harness.strategy.at[0] = (ctx) => {
      const permissions = { allowMarketFallback: true, fallbackOnTimeout: true };
      const parent = ctx.open({ side: "LONG", quantity: 2, orderType: "limit", price: 95, timeToLive: minute, ...permissions });
      ctx.reduce({ side: "LONG", quantity: 2, orderType: "stop_market", trigger: 90, family: "sl", parent });
    };
    harness.bar(0);
    return harness;
  }

  it("ends at once for any other reason than that its limit has gone", () => {
    const [refused, over] = [family(), family()];
    refused.reject(orderOf(2));
    expired(over, 2, "volume_cap");
    expect([refused, over].map((harness) => harness.settled(orderOf(2)))).toEqual([["REJECTED injected_rejection"], ["EXPIRED volume_cap"]]);
    expect([refused, over].map((harness) => harness.runner.openOrders)).toEqual([1, 1]);
  });

  it("that went first ends when its limit turns out to be refused", () => {
    const harness = family();
    expired(harness, 2, "parent_order_gone");
    harness.reject(orderOf(1));
    expect(harness.settled(orderOf(2))).toEqual(["EXPIRED parent_order_gone"]);
    expect(harness.runner.openOrders).toBe(0);
  });

  it("that went first ends when its limit is proven never to have arrived", () => {
    const harness = family();
    harness.unknown(orderOf(1));
    expired(harness, 2, "parent_order_gone");
    harness.proveAbsent(orderOf(1));
    expect(harness.settled(orderOf(1)).at(-1)).toBe("NEVER_ARRIVED never_arrived");
    expect(harness.settled(orderOf(2))).toEqual(["EXPIRED parent_order_gone"]);
  });
});

describe("an order of a route", () => {
  it("ends its route when a question finds it filled", () => {
    const harness = routed();
    opened(harness);
    harness.unknown(orderOf(1));
    harness.answer(orderOf(1), "FILLED", [harness.fillEvent(orderOf(1), 100, 4)]);
    expect(endsOf(harness)).toEqual(["1 4 filled"]);
  });

  it("ends its route when it is refused", () => {
    const harness = routed();
    opened(harness);
    harness.handle(harness.fact("order_rejected", refusal(orderOf(1), "insufficient_funds")));
    expect(endsOf(harness)).toEqual(["1 0 insufficient_funds"]);
    expect(harness.strategy.rejections).toEqual(["1 insufficient_funds restored"]);
  });

  it("leaves the rest to a next one when the venue has made it as small as what it has filled", () => {
    const harness = routed();
    opened(harness);
    harness.ack(orderOf(1));
    harness.fill(orderOf(1), 100, 1);
    harness.handle(harness.fact("order_amended", { order: orderOf(1), price: 10_000 as never, trigger: null, quantity: 1_000 as never }));
    expect(harness.settled(orderOf(1))).toEqual(["FILLED filled"]);
    expect(harness.sent[1]).toMatchObject({ order: orderOf(1, 1), quantity: 3_000 });
  });
});

describe("a limit that reduces", () => {
  const fallback = { onReject: true, onTimeout: true };

  function leaving(): Harness {
    const harness = positioned({ strategy: new TestStrategy({ policy: { fallback } }), settings: { fallback } });
    const permissions = { allowMarketFallback: true, fallbackOnReject: true };
    harness.strategy.at[1] = (ctx) => ctx.close({ side: "LONG", orderType: "limit", price: 101, tag: "out", ...permissions });
    harness.bar(1);
    return harness;
  }

  it("has a market order to stand in for it, which carries its words", () => {
    const harness = leaving();
    harness.reject(orderOf(2));
    expect(harness.sent[2]).toMatchObject({ order: orderOf(2, 1), type: "market", family: "close", quantity: 1_000, replaces: orderOf(2) });
    harness.strategy.at[2] = (ctx) => expect(ctx.orders()).toMatchObject([{ intent: 2, tag: "out" }]);
    harness.bar(2);
  });

  it("has none when its strategy no longer allows it, and hears of that", () => {
    const harness = leaving();
    harness.strategy.closePermission = () => ({ allowed: false });
    harness.reject(orderOf(2));
    expect([harness.sent.length, harness.skips]).toEqual([2, ["2 fallback_blocked"]]);
    expect(harness.strategy.rejections).toEqual(["2 injected_rejection restored"]);
  });
});

describe("a route at the end of a stage", () => {
  it("of what reduces is given up when its strategy no longer allows it", () => {
    const harness = positioned({ strategy: new TestStrategy() }, 4);
    harness.strategy.at[1] = (ctx) => ctx.reduce({ side: "LONG", quantity: 4, route: "limit-patience" });
    harness.bar(1);
    harness.ack(orderOf(2));
    harness.strategy.closePermission = () => ({ allowed: false });
    harness.bars(2, 6);
    expect(fire(harness, 7 * minute)).toMatchObject([{ type: "cancel_order", order: orderOf(2), reason: "strategy_cannot_close" }]);
  });

  it("moves nothing in a session that has been halted", () => {
    const harness = routed();
    opened(harness);
    harness.ack(orderOf(1));
    harness.bars(1, 5);
    harness.command("halt");
    fire(harness, 6 * minute);
    expect(harness.of("amend_order")).toEqual([]);
  });
});

describe("an order of ours that the venue no longer has", () => {
  it("was cancelled: by whom its cancel was asked for, or nobody knows why", () => {
    const [asked, unasked] = [resting(), resting()];
    asked.strategy.at[1] = (ctx) => ctx.cancel(1);
    asked.bar(1);
    asked.cancelRejected(orderOf(1));
    unasked.unknown(orderOf(1));
    for (const harness of [asked, unasked]) harness.proveAbsent(orderOf(1));
    expect(asked.settled(orderOf(1)).at(-1)).toBe("CANCELED strategy_cancel");
    expect(unasked.settled(orderOf(1)).at(-1)).toBe("CANCELED unknown_order_at_venue");
  });
});
