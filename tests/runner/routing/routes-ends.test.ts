// How a routed intent ends: by its strategy's word, in doubt, by a failure. One terminal record, whatever happens.

import { describe, expect, it } from "vitest";

import { defaultExecutionPolicy, defaultRoutePolicy, type Millis, type RoutePolicy } from "../../../src/domain/index.ts";
import { Harness, minute, orderOf, positioned, refusal, TestStrategy } from "../harness.ts";
import { endsOf, fire, opened, routed, second } from "./routed.ts";

describe("what a strategy says meanwhile", () => {
  it("its cancel ends the route, whatever is out", () => {
    const harness = routed();
    opened(harness);
    harness.ack(orderOf(1));
    harness.strategy.at[1] = (ctx) => expect(ctx.cancel(1)).toBe(true);
    expect(harness.bar(1)).toMatchObject([{ type: "cancel_order", reason: "strategy_cancel" }]);
    expect(harness.canceled(orderOf(1))).toContainEqual({ type: "route_ended", intent: 1, market: 0, filled: 0, reason: "strategy_cancel" });
    expect(harness.strategy.heard.at(-1)).toEqual({ what: "canceled", intent: 1, filled: 0 });
    expect(fire(harness, minute + 300 * second)).toEqual([]);
  });

  it("its cancel between two slices ends the route at once; it hears of it after its own call", () => {
    const harness = routed({ route: "twap", routing: { jitter: 0 } });
    opened(harness, { quantity: 5 });
    harness.fill(orderOf(1), 100, 1);
    harness.strategy.at[1] = (ctx) => {
      expect(ctx.orders()).toMatchObject([{ intent: 1, quantity: 5, filled: 1, status: "PARTIAL", price: null }]);
      expect(ctx.cancel(1)).toBe(true);
      expect(ctx.orders()).toEqual([]);
      expect(harness.strategy.heard.at(-1)?.what).toBe("bar");
    };
    harness.bar(1);
    expect(endsOf(harness)).toEqual(["1 1 strategy_cancel"]);
    expect(harness.strategy.heard.at(-1)).toEqual({ what: "canceled", intent: 1, filled: 1 });
    expect(fire(harness, minute + 60 * second)).toEqual([]);
  });

  it("an entry that is being worked counts as pending, between slices too", () => {
    const harness = routed({ route: "twap", routing: { jitter: 0 }, hedge: true });
    opened(harness, { quantity: 5 });
    harness.fill(orderOf(1), 100, 1);
    harness.strategy.at[1] = (ctx) => {
      ctx.add({ side: "LONG", quantity: 1, orderType: "market" });
      ctx.open({ side: "SHORT", quantity: 5 });
      ctx.open({ side: "SHORT", quantity: 5 });
      // Instead of the other one, not beside it.
      ctx.open({ side: "SHORT", quantity: 6, replaces: 3 });
    };
    harness.bar(1);
    expect(harness.skips).toEqual(["2 position_pending", "4 position_pending"]);
    harness.canceled(orderOf(3));
    expect(endsOf(harness)).toEqual(["3 0 replaced"]);
  });

  it("a close of the position stops a routed entry of that side, and is worked itself", () => {
    const harness = routed();
    opened(harness);
    harness.fill(orderOf(1), 100, 1);
    harness.strategy.at[1] = (ctx) => ctx.close({ side: "LONG" });
    expect(harness.bar(1)).toMatchObject([
      { type: "cancel_order", order: orderOf(1), reason: "position_closed" },
      { type: "route_planned", intent: 2, quantity: 1_000 },
      { type: "order_routed" },
      { type: "submit_order", request: { family: "close", type: "limit", side: "sell", quantity: 1_000 } },
      { type: "set_timer" },
      { type: "set_timer" },
    ]);
    harness.canceled(orderOf(1), 1);
    expect(endsOf(harness)).toEqual(["1 1 position_closed"]);
  });

  it("a slice of a close is no larger than the position that is left, and none is sent when it is gone", () => {
    const harness = positioned(
      { strategy: new TestStrategy({ policy: { families: { close: { route: "twap" } }, routing: { slices: 2, jitter: 0 } } }) },
      4,
    );
    harness.strategy.at[1] = (ctx) => ctx.close({ side: "LONG" });
    harness.bar(1);
    harness.fill(orderOf(2), 100, 2);
    // By hand, outside.
    harness.position("LONG", 0.5, true);
    harness.position("LONG", 0.5, true);
    fire(harness, 2 * minute + 150 * second);
    expect(harness.sent.at(-1)).toMatchObject({ side: "sell", quantity: harness.held("LONG") * 1_000 });
  });

  it("amending a routed intent and hanging a child on it are refused: its orders come and go", () => {
    const harness = routed();
    opened(harness);
    harness.strategy.at[1] = (ctx) => {
      expect(ctx.amend(1, { price: 90 })).toBe(false);
      ctx.reduce({ side: "LONG", quantity: 4, orderType: "stop_market", trigger: 90, family: "sl", parent: 1 });
    };
    harness.bar(1);
    expect(harness.skips).toEqual(["2 unknown_order"]);
  });

  it("stops at market and orders with a style of their own are not routed by the policy", () => {
    const harness = routed();
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 4, orderType: "limit", price: 90 });
    harness.strategy.at[1] = (ctx) => ctx.open({ side: "SHORT", quantity: 4, timeInForce: "IOC" });
    harness.bars(0, 1);
    expect(harness.sent.map(({ type, timeInForce }) => `${type} ${timeInForce}`)).toEqual(["limit PO", "market IOC"]);
    harness.fill(orderOf(1), 90, 4);
    harness.strategy.at[2] = (ctx) => ctx.close({ side: "LONG", family: "sl", orderType: "market" });
    harness.bar(2);
    expect(harness.sent.at(-1)).toMatchObject({ type: "market", family: "sl" });
    expect(harness.of("route_planned")).toEqual([]);
  });

  it("an intent that names a route that does not fit its terms is refused, and so is a word that is none", () => {
    const harness = new Harness();
    harness.strategy.at[0] = (ctx) => {
      ctx.open({ side: "LONG", quantity: 4, orderType: "limit", price: 90, route: "twap" });
      ctx.open({ side: "LONG", quantity: 4, timeInForce: "IOC", route: "twap" });
      ctx.open({ side: "LONG", quantity: 4, route: "vwap" as never });
      ctx.open({ side: "LONG", quantity: 4, route: "twap" });
    };
    harness.bar(0);
    expect(harness.skips).toEqual(["1 bad_order_terms", "2 bad_order_terms", "3 bad_intent"]);
    expect(harness.of("route_planned")).toMatchObject([{ intent: 4 }]);
  });

  it("a policy that no route can be worked by ends the session before it begins", () => {
    const wrong: [keyof RoutePolicy, unknown][] = [
      ["patienceMs", 999],
      ["slices", 0],
      ["slices", 81],
      ["jitter", 1],
      ["stepRate", -0.1],
      ["adv", 0],
      ["participation", Number.NaN],
    ];
    for (const [key, value] of wrong) expect(() => routed({ routing: { [key]: value } })).toThrow(key);
    expect(() => routed({ routing: defaultRoutePolicy })).not.toThrow();
    expect(() => routed({ route: "vwap" as never })).toThrow("test: policy.route is no route: vwap");
    const families = { close: { route: "vwap" as never } };
    expect(() => new Harness({ strategy: new TestStrategy({ policy: { families } }) })).toThrow("is no route: vwap");
  });

  it("a policy in JavaScript that says nothing of routes has none", () => {
    const { route: _route, ...rest } = defaultExecutionPolicy;
    const strategy = new TestStrategy();
    (strategy as { policy: unknown }).policy = rest;
    const harness = new Harness({ strategy });
    opened(harness);
    expect(harness.sent).toMatchObject([{ type: "market" }]);
  });
});

describe("doubt and failure", () => {
  it("a lost reply: the route waits and asks, and moves on when there is evidence", () => {
    const harness = routed();
    opened(harness);
    expect(harness.unknown(orderOf(1))).toMatchObject([
      { type: "order_settled", status: "UNKNOWN" },
      { type: "alert" },
      { type: "query_order" },
      { type: "set_timer" },
    ]);
    // Nothing is asked of what is not known: the stage waits.
    expect(fire(harness, minute + 300 * second)).toMatchObject([{ type: "set_timer", due: minute + 302 * second }]);
    harness.answer(orderOf(1), "SUBMITTED");
    expect(fire(harness, minute + 302 * second)).toMatchObject([{ type: "amend_order", price: 10_010 }, { type: "set_timer" }]);
    expect(harness.sent).toHaveLength(1);
  });

  it("a lost reply where stages are orders: the cancel is sent, its confirmation awaited, and silence is no confirmation", () => {
    const harness = routed({ amends: false });
    opened(harness);
    harness.unknown(orderOf(1));
    expect(fire(harness, minute + 300 * second)).toMatchObject([{ type: "cancel_order" }]);
    harness.answer(orderOf(1), null);
    expect(harness.sent).toHaveLength(1);
    harness.answer(orderOf(1), null, [], 2_000);
    harness.nothingTraded();
    harness.position("LONG", 0);
    expect(harness.settled(orderOf(1)).at(-1)).toBe("NEVER_ARRIVED never_arrived");
    expect(harness.sent).toHaveLength(1);
    expect(endsOf(harness)).toEqual(["1 0 never_arrived"]);
    expect(harness.strategy.rejections).toEqual(["1 never_arrived restored"]);
  });

  it("a rejected stage ends the intent with its reason and what it has", () => {
    const harness = routed({ amends: false });
    opened(harness);
    harness.fill(orderOf(1), 100, 1);
    fire(harness, minute + 300 * second);
    harness.canceled(orderOf(1), 1);
    harness.reject(orderOf(1, 1), "price_filter");
    expect(endsOf(harness)).toEqual(["1 1 price_filter"]);
    expect(harness.sent).toHaveLength(2);
    expect(harness.strategy.heard.at(-1)).toEqual({ what: "canceled", intent: 1, filled: 1 });
  });

  it("a refused amendment changes nothing: the order stands where it stood, and the next stage tries again", () => {
    const harness = routed();
    opened(harness);
    harness.ack(orderOf(1));
    fire(harness, minute + 300 * second);
    harness.handle(harness.fact("amend_rejected", refusal(orderOf(1), "price_filter")));
    expect(fire(harness, minute + 450 * second)).toMatchObject([{ type: "amend_order", price: 10_100 }]);
    expect(harness.sent).toHaveLength(1);
  });

  it("a stage waits while the venue takes no requests: what rests stays, and moves when it may", () => {
    const harness = routed();
    opened(harness);
    harness.ack(orderOf(1));
    fire(harness, minute + 300 * second);
    const limit = { status: 429, until: (minute + 451 * second) as Millis, banned: false };
    harness.handle(harness.fact("amend_rejected", refusal(orderOf(1), "rate_limited", "-1015", limit)));
    expect(fire(harness, minute + 450 * second)).toMatchObject([{ type: "set_timer", due: minute + 452 * second }]);
    expect(fire(harness, minute + 452 * second)).toMatchObject([{ type: "amend_order", price: 10_100 }]);
    expect(endsOf(harness)).toEqual([]);
  });

  it("an order that the venue ends by itself ends the route with the venue's reason", () => {
    const harness = routed({ route: "twap" });
    opened(harness);
    harness.handle(harness.fact("order_expired", { order: orderOf(1), cumulative: 0 as never, reason: "self_trade_prevented" }));
    expect(endsOf(harness)).toEqual(["1 0 self_trade_prevented"]);
  });

  it("an order that the venue ends by itself while its cancel is on the way has ended as it was to: the next stage goes out for the rest", () => {
    const harness = routed({ amends: false });
    opened(harness);
    for (const [stage, after] of [300, 450, 525].entries()) {
      expect(fire(harness, minute + after * second)).toMatchObject([{ type: "cancel_order", order: orderOf(1, stage) }]);
      harness.handle(harness.fact("order_expired", { order: orderOf(1, stage), cumulative: 0 as never, reason: "self_trade_prevented" }));
      harness.cancelRejected(orderOf(1, stage));
    }
    expect(harness.sent.map(({ quantity }) => quantity)).toEqual([4_000, 4_000, 4_000]);
    expect(endsOf(harness)).toEqual(["1 0 self_trade_prevented"]);
  });

  it("an entry that slips too far is reverted, and its route goes no further", () => {
    const strategy = new TestStrategy({ policy: { route: "twap", routing: { jitter: 0, slices: 2 }, maxEntrySlipBp: 50 } });
    const harness = new Harness({ strategy });
    opened(harness);
    harness.fill(orderOf(1), 101, 2);
    expect(harness.sent.at(-1)).toMatchObject({ family: "revert", type: "market", quantity: 2_000 });
    expect(endsOf(harness)).toEqual(["1 2 max_entry_slip"]);
    expect(fire(harness, minute + 525 * second)).toEqual([]);
  });

  it("a late fill that shows the slip of an entry whose route is over is reverted, and ends nothing twice", () => {
    const strategy = new TestStrategy({ policy: { route: "limit-patience", maxEntrySlipBp: 50 } });
    const harness = new Harness({ strategy, amends: false });
    opened(harness);
    harness.handle(harness.fact("order_expired", { order: orderOf(1), cumulative: 1_000 as never, reason: "self_trade_prevented" }));
    expect(endsOf(harness)).toEqual(["1 1 self_trade_prevented"]);
    harness.fill(orderOf(1), 101, 1);
    expect(harness.sent.at(-1)).toMatchObject({ family: "revert", quantity: 1_000 });
    expect(endsOf(harness)).toEqual(["1 1 self_trade_prevented"]);
  });

  it("A12: a fill that the cancel's word denied takes the next order back, and what goes out instead is smaller", () => {
    const harness = routed({ amends: false });
    opened(harness);
    fire(harness, minute + 300 * second);
    harness.canceled(orderOf(1), 0);
    expect(harness.sent.at(-1)?.quantity).toBe(4_000);
    expect(harness.fill(orderOf(1), 100, 1.5)).toContainEqual({ type: "cancel_order", order: orderOf(1, 1), market: 0, reason: "replaced" });
    harness.canceled(orderOf(1, 1), 0.5);
    harness.fill(orderOf(1, 1), 100.1, 0.5);
    expect(harness.sent.at(-1)).toMatchObject({ order: orderOf(1, 2), quantity: 2_000, price: 10_100 });
    harness.fill(orderOf(1, 2), 101, 2);
    expect(endsOf(harness)).toEqual(["1 4 filled"]);
    expect(harness.strategy.heard.filter((heard) => heard.what === "fill").map(({ fill }) => fill.complete)).toEqual([false, false, true]);
  });

  it("A12: an order that was cancelled and had filled after all is no end of the order that came after it", () => {
    const harness = routed({ route: "twap", routing: { slices: 2, jitter: 0 }, amends: false });
    opened(harness);
    fire(harness, minute + 300 * second);
    harness.canceled(orderOf(1), 0);
    // All 2 of the slice: the second order of it is one too many, for the slice, not for the intent.
    harness.fill(orderOf(1), 100, 2);
    expect(harness.settled(orderOf(1)).at(-1)).toMatch(/^FILLED/);
    expect(endsOf(harness)).toEqual([]);
    harness.fill(orderOf(1, 1), 100.1, 2);
    expect(endsOf(harness)).toEqual(["1 4 filled"]);
    expect(harness.sent).toHaveLength(2);
  });

  it("a slot among the markets is taken while a route is worked, between slices too, and free when it has ended", () => {
    const policy = { route: "twap" as const, routing: { jitter: 0 } };
    const strategies = [new TestStrategy({ policy }), new TestStrategy({ policy })] as const;
    const harness = new Harness({
      markets: [{ strategy: strategies[0] }, { strategy: strategies[1], market: { symbol: "B/USDC:USDC" } }],
      settings: { topN: 1 },
    });
    strategies[0].at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 5 });
    harness.bar(0);
    // The first slice has filled nothing, the second waits.
    fire(harness, minute + 525 * second);
    harness.canceled(orderOf(1));
    strategies[1].at[1] = (ctx) => ctx.open({ side: "LONG", quantity: 5 });
    harness.bar(1);
    expect(harness.skips).toEqual(["2 not_in_top_n"]);
    strategies[0].at[2] = (ctx) => ctx.cancel(1);
    strategies[1].at[2] = (ctx) => ctx.open({ side: "LONG", quantity: 5 });
    harness.bar(2);
    expect(endsOf(harness)).toEqual(["1 0 strategy_cancel"]);
    expect(harness.sent.map(({ market, order }) => [market, order])).toEqual([
      [0, orderOf(1)],
      [1, orderOf(3)],
    ]);
    // And a route that came to its end by itself frees it as well.
    for (let slice = 0; slice < 5; slice += 1) harness.fill(orderOf(3, slice), 100, 1, { market: 1 });
    strategies[0].at[3] = (ctx) => ctx.open({ side: "LONG", quantity: 5 });
    harness.bar(3);
    expect(harness.skips).toEqual(["2 not_in_top_n", "4 not_in_top_n"]);
  });

  it("an entry that rests counts as pending after any number of routes", () => {
    const harness = routed({ route: "twap", routing: { jitter: 0 } });
    opened(harness);
    harness.strategy.at[1] = (ctx) => ctx.cancel(1);
    harness.bar(1);
    harness.canceled(orderOf(1));
    harness.strategy.at[2] = (ctx) => {
      ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 90 });
      ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 90 });
    };
    harness.bar(2);
    expect(harness.skips).toEqual(["3 position_pending"]);
  });

  it("what is told again, and what is told late, changes nothing", () => {
    const harness = routed({ amends: false });
    opened(harness);
    fire(harness, minute + 300 * second);
    const cancel = harness.fact("order_canceled", { order: orderOf(1), cumulative: 1_000 as never });
    harness.handle(cancel);
    harness.handle(cancel);
    harness.fill(orderOf(1), 100, 1);
    expect(harness.sent.map(({ quantity }) => quantity)).toEqual([4_000, 3_000]);
    expect(endsOf(harness)).toEqual([]);
  });
});

it("a snapshot holds a route as plain data", () => {
  const harness = routed({ route: "twap" });
  opened(harness);
  const { markets } = harness.runner.snapshot() as { markets: { routes: unknown[] }[] };
  expect(JSON.parse(JSON.stringify(markets[0]?.routes))).toMatchObject([
    {
      intent: 1,
      route: "twap",
      quantity: 4_000,
      slices: [800, 800, 800, 800, 800],
      slice: 0,
      stage: 0,
      left: 800,
      done: 0,
      order: orderOf(1),
      ending: null,
    },
  ]);
});

it("a rest of less than a step ends it: no venue takes an order for it", () => {
  const policy = { families: { close: { route: "limit-patience" as const } } };
  const harness = positioned({ strategy: new TestStrategy({ policy }), amends: false, market: { step: "0.1" } }, 0.2);
  harness.strategy.at[1] = (ctx) => ctx.close({ side: "LONG" });
  harness.bar(1);
  harness.fill(orderOf(2), 100, 0.05);
  fire(harness, 2 * minute + 300 * second);
  harness.canceled(orderOf(2), 0.05);
  expect(harness.sent.at(-1)?.quantity).toBe(100);
  harness.fill(orderOf(2, 1), 100, 0.1);
  expect(endsOf(harness)).toEqual(["2 0.15 rounds_to_zero"]);
});
