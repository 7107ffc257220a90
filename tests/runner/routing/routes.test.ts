// Routes in the runner, driven by hand: which order leaves, when, at which price. Rows 002-OM-1 to 002-OM-5 and 002-RG-1.

import { describe, expect, it } from "vitest";

import { Harness, minute, orderOf, positioned, TestStrategy } from "../harness.ts";
import { endsOf, fire, opened, routed, second } from "./routed.ts";

const prices = (harness: Harness) => harness.sent.map(({ price }) => (price ?? 0) / 100);

describe("patience where the venue changes an order in its place", () => {
  it("002-OM-2: one order at the mid, then at +0.1 % after 300 s and +1 % after 150 s, cancelled 75 s later", () => {
    const harness = routed({ closes: [100, 100, 100, 100, 100, 200, 200] });
    opened(harness);
    expect(harness.sent).toMatchObject([{ type: "limit", price: 10_000, quantity: 4_000, timeInForce: "GTC", timeToLive: 525 * second }]);
    harness.ack(orderOf(1));
    harness.bars(1, 4);
    expect(fire(harness, minute + 300 * second)).toMatchObject([
      { type: "amend_order", order: orderOf(1), price: 10_010, trigger: null, quantity: null },
      { type: "set_timer", due: minute + 450 * second },
    ]);
    // The mid is that of the moment: 200 × 1.01.
    harness.bars(5, 6);
    expect(fire(harness, minute + 450 * second)).toMatchObject([{ type: "amend_order", price: 20_200 }]);
    expect(fire(harness, minute + 525 * second)).toMatchObject([{ type: "cancel_order", reason: "entry_limit_timeout" }]);
    harness.canceled(orderOf(1));
    expect(harness.sent).toHaveLength(1);
    expect(endsOf(harness)).toEqual(["1 0 entry_limit_timeout"]);
    expect(harness.strategy.rejections).toEqual(["1 entry_limit_timeout restored"]);
  });

  it("002-OM-2: a sell goes down: 100, 99.9, 99", () => {
    const harness = routed();
    opened(harness, { side: "SHORT" });
    harness.ack(orderOf(1));
    const moved = [300, 450].map((after) => fire(harness, minute + after * second)[0]);
    expect(moved).toMatchObject([{ price: 9_990 }, { price: 9_900 }]);
  });

  it("002-OM-4: what filled before a stage is kept, the order's own quantity stands, the rest is cancelled in the end", () => {
    const harness = routed();
    opened(harness);
    harness.ack(orderOf(1));
    harness.fill(orderOf(1), 100, 1);
    expect(fire(harness, minute + 300 * second)[0]).toMatchObject({ type: "amend_order", quantity: null });
    harness.fill(orderOf(1), 100.1, 2, { cumulative: 3 });
    fire(harness, minute + 525 * second);
    harness.canceled(orderOf(1), 3);
    expect(endsOf(harness)).toEqual(["1 3 entry_limit_timeout"]);
    expect(harness.strategy.heard).toContainEqual({ what: "canceled", intent: 1, filled: 3 });
    expect(harness.held("LONG")).toBe(3);
  });

  it("fills that complete it end it, and nothing is moved any more", () => {
    const harness = routed();
    opened(harness);
    harness.fill(orderOf(1), 100, 4);
    expect(endsOf(harness)).toEqual(["1 4 filled"]);
    expect(fire(harness, minute + 300 * second)).toEqual([]);
    expect(fire(harness, minute + 525 * second)).toEqual([]);
    expect(harness.strategy.heard.filter(({ what }) => what !== "bar" && what !== "floor")).toMatchObject([
      { what: "fill", fill: { complete: true, cumulative: 4 } },
    ]);
  });

  it("a price that does not change is not asked for", () => {
    const harness = routed({ routing: { stepRate: 0 } });
    opened(harness);
    harness.ack(orderOf(1));
    expect(fire(harness, minute + 300 * second)).toMatchObject([{ type: "set_timer" }]);
    expect(harness.of("amend_order")).toEqual([]);
  });

  it("waits of less than a bar are lives of orders of their own", () => {
    // 100, 50 and 25 s on bars of 60 s
    const harness = routed({ routing: { patienceMs: 100 * second } });
    opened(harness);
    expect(harness.sent[0]?.timeToLive).toBe(100 * second);
  });
});

describe("patience where every change is another order", () => {
  it("002-OM-4: the next stage goes out for the rest when the end of the one before is confirmed, not earlier", () => {
    const harness = routed({ amends: false });
    opened(harness);
    harness.ack(orderOf(1));
    harness.fill(orderOf(1), 100, 1);
    expect(fire(harness, minute + 300 * second)).toMatchObject([{ type: "cancel_order", order: orderOf(1), reason: "replaced" }]);
    // A fill on the way of the cancel; the cancel's word of it comes first.
    const confirmed = harness.canceled(orderOf(1), 2.5);
    expect(confirmed).toMatchObject([
      { type: "order_settled", order: orderOf(1), status: "CANCELED", reason: "replaced" },
      { type: "order_routed", order: orderOf(1, 1), slice: 1, stage: 2 },
      { type: "submit_order", request: { order: orderOf(1, 1), quantity: 1_500, price: 10_010, timeToLive: 150 * second } },
      { type: "set_timer", due: minute + 450 * second },
    ]);
    harness.fill(orderOf(1), 100, 1.5, { cumulative: 2.5 });
    harness.ack(orderOf(1, 1));
    fire(harness, minute + 450 * second);
    harness.canceled(orderOf(1, 1));
    harness.fill(orderOf(1, 2), 100.5, 1.5);
    expect(harness.sent.map(({ quantity }) => quantity)).toEqual([4_000, 1_500, 1_500]);
    expect(prices(harness)).toEqual([100, 100.1, 101]);
    expect(endsOf(harness)).toEqual(["1 4 filled"]);
    expect(harness.held("LONG")).toBe(4);
  });

  it("an order that fills while its cancel is on the way leaves nothing to send", () => {
    const harness = routed({ amends: false });
    opened(harness);
    fire(harness, minute + 300 * second);
    harness.fill(orderOf(1), 100, 4);
    harness.cancelRejected(orderOf(1));
    expect(harness.sent).toHaveLength(1);
    expect(endsOf(harness)).toEqual(["1 4 filled"]);
  });

  it("the end of the third stage ends the intent with what it has", () => {
    const harness = routed({ amends: false });
    opened(harness);
    for (const [stage, after] of [300, 450, 525].entries()) {
      fire(harness, minute + after * second);
      harness.canceled(orderOf(1, stage));
    }
    expect(harness.sent).toHaveLength(3);
    expect(endsOf(harness)).toEqual(["1 0 entry_limit_timeout"]);
  });
});

describe("gates between stages (002-OM-3)", () => {
  it.each([
    ["the operator's stop", (harness: Harness) => void harness.command("stop_new_orders"), "stop_new_orders"],
    ["the kill switch", (harness: Harness) => void harness.command("kill"), "kill"],
    [
      "the strategy's own permission",
      (harness: Harness) => void (harness.strategy.submitPermission = () => ({ allowed: false, reason: "lockout" })),
      "lockout",
    ],
  ])("%s that comes before the second stage cancels the rest with its reason", (_name, trip, reason) => {
    for (const amends of [true, false]) {
      const harness = routed({ amends });
      opened(harness);
      harness.ack(orderOf(1));
      harness.fill(orderOf(1), 100, 1);
      trip(harness);
      expect(fire(harness, minute + 300 * second)).toMatchObject([{ type: "cancel_order", reason }]);
      harness.canceled(orderOf(1), 1);
      expect(harness.settled(orderOf(1)).at(-1)).toBe(`CANCELED ${reason}`);
      expect(endsOf(harness)).toEqual([`1 1 ${reason}`]);
      expect(harness.sent).toHaveLength(1);
      expect(harness.strategy.heard).toContainEqual({ what: "canceled", intent: 1, filled: 1 });
    }
  });

  it("a stop that comes while a cancel is on its way keeps the next stage from leaving", () => {
    const harness = routed({ amends: false });
    opened(harness);
    fire(harness, minute + 300 * second);
    harness.command("stop_new_orders");
    harness.canceled(orderOf(1));
    expect(harness.sent).toHaveLength(1);
    expect(endsOf(harness)).toEqual(["1 0 stop_new_orders"]);
    expect(harness.strategy.rejections).toEqual(["1 stop_new_orders restored"]);
  });

  it("the strategy's backoff ends a route of an entry", () => {
    const strategy = new TestStrategy({
      policy: { route: "twap", dcaOrderType: "market" },
      backoff: { maxFailures: 1, cooldownMs: 3_600_000, mode: "fixed", capMs: 3_600_000, perFamily: false },
    });
    const harness = new Harness({ strategy, hedge: true });
    opened(harness);
    harness.fill(orderOf(1), 100, 0.8);
    // The other side fails before the next slice.
    strategy.at[1] = (ctx) => ctx.open({ side: "SHORT", quantity: 1, route: "plain" });
    harness.bar(1);
    harness.reject(orderOf(2));
    const wait = harness.of("set_timer").at(-1);
    harness.timer(wait?.timer ?? 0, wait?.due);
    expect(endsOf(harness)).toEqual(["1 0.8 strategy_execution_backoff"]);
  });

  it("caps are asked again for what is sent: the order that is out is not counted twice", () => {
    const limits = { maxOrderNotional: null, maxPositionNotional: 401, maxOpenOrders: 1, maxOrdersPerMinute: null };
    const harness = routed({ settings: { limits } });
    opened(harness);
    // 4 × 100.1 = 400.4 passes, 4 × 101 = 404 does not.
    expect(fire(harness, minute + 300 * second)[0]).toMatchObject({ type: "amend_order", price: 10_010 });
    expect(fire(harness, minute + 450 * second)).toMatchObject([{ type: "cancel_order", reason: "max_position_notional" }]);
  });

  it("nothing of that holds a reducing route back", () => {
    const harness = positioned({ strategy: new TestStrategy({ policy: { families: { close: { route: "limit-patience" } } } }) }, 2);
    harness.strategy.at[1] = (ctx) => ctx.close({ side: "LONG" });
    harness.bar(1);
    harness.command("kill");
    expect(fire(harness, 2 * minute + 300 * second)).toMatchObject([{ type: "amend_order", price: 9_990 }, { type: "set_timer" }]);
  });
});

describe("slices (002-OM-5)", () => {
  it("13 are sent as 3, 3, 3, 2, 2, each when the one before has ended and its wait is over", () => {
    const harness = routed({ route: "twap", market: { step: "1" }, routing: { jitter: 0 } });
    opened(harness, { quantity: 13 });
    expect(harness.of("route_planned")).toMatchObject([{ intent: 1, route: "twap", quantity: 13_000, slices: 5 }]);
    [3, 3, 3, 2, 2].forEach((quantity, slice) => {
      expect(harness.sent).toHaveLength(slice + 1);
      const effects = harness.fill(orderOf(1, slice), 100, quantity);
      if (slice === 4) return;
      // No order before its time: 300 s ÷ 5 after the fill.
      expect(effects.filter(({ type }) => type === "submit_order")).toEqual([]);
      fire(harness, minute + (slice + 1) * 60 * second);
    });
    expect(harness.sent.map(({ quantity }) => quantity / 1_000)).toEqual([3, 3, 3, 2, 2]);
    expect(endsOf(harness)).toEqual(["1 13 filled"]);
    const fills = harness.strategy.heard.flatMap((heard) => (heard.what === "fill" ? [heard.fill] : []));
    expect(fills.map(({ cumulative, complete }) => [cumulative, complete])).toEqual([
      [3, false],
      [6, false],
      [9, false],
      [11, false],
      [13, true],
    ]);
  });

  it("every slice goes through patience; what one leaves undone is not added to the next", () => {
    const harness = routed({ route: "twap", routing: { slices: 2, jitter: 0 } });
    opened(harness);
    fire(harness, minute + 300 * second);
    fire(harness, minute + 525 * second);
    harness.canceled(orderOf(1), 0);
    fire(harness, minute + 525 * second + 150 * second);
    expect(harness.sent.map(({ quantity }) => quantity)).toEqual([2_000, 2_000]);
    harness.fill(orderOf(1, 1), 100, 2);
    expect(endsOf(harness)).toEqual(["1 2 entry_limit_timeout"]);
    expect(harness.strategy.heard.at(-1)).toEqual({ what: "canceled", intent: 1, filled: 2 });
  });

  it("there are as few slices as it takes to keep each above the venue's minimum, with a tenth to spare", () => {
    // 0.5 × 100 = 50 of at least 10, 11 with the tenth: five of 10 are too small, four of 12 or 13 are not.
    const harness = routed({ route: "twap", market: { step: "0.01", minNotional: "10" } });
    opened(harness, { quantity: 0.5 });
    expect(harness.of("route_planned")).toMatchObject([{ slices: 4 }]);
    expect(harness.sent[0]?.quantity).toBe(130);
  });

  it("a rest that is too small for an order of its own goes to the next slice", () => {
    const harness = routed({ route: "twap", amends: false, market: { step: "0.01", minNotional: "10" }, routing: { slices: 2, jitter: 0 } });
    opened(harness, { quantity: 1 });
    harness.fill(orderOf(1), 100, 0.45);
    fire(harness, minute + 300 * second);
    // 0.05 × 100 is 5, below 10.
    harness.canceled(orderOf(1), 0.45);
    expect(harness.sent).toHaveLength(1);
    fire(harness, minute + 450 * second);
    expect(harness.sent[1]?.quantity).toBe(550);
    harness.fill(orderOf(1, 1), 100, 0.52);
    fire(harness, minute + 750 * second);
    harness.canceled(orderOf(1, 1), 0.52);
    expect(endsOf(harness)).toEqual(["1 0.97 below_min_notional"]);
  });
});

describe("auto (002-OM-1)", () => {
  it.each([
    [5, 500, "twap"],
    [4, 500, "limit-patience"],
    // A day of nothing counts as one unit.
    [0.009, 0.5, "limit-patience"],
    [0.01, 0.5, "twap"],
  ])("%f of %f a day is worked as %s", (quantity, adv, route) => {
    const harness = routed({ route: "auto", routing: { adv } });
    opened(harness, { quantity });
    expect(harness.of("route_planned")).toMatchObject([{ route }]);
  });

  it("takes the volume of the closed bars where none is given: bars 0 to 4 trade 5000", () => {
    for (const [quantity, route] of [
      [49, "limit-patience"],
      [50, "twap"],
    ] as const) {
      const harness = routed({ route: "auto" });
      harness.strategy.at[4] = (ctx) => ctx.open({ side: "LONG", quantity });
      harness.bars(0, 4);
      expect(harness.of("route_planned")).toMatchObject([{ route }]);
    }
  });

  it("002-SM-1: the expected slip of each order is recorded with it: half a tick while nothing has moved", () => {
    const harness = routed({ closes: [100, 102], routing: { adv: 400 } });
    harness.strategy.at[1] = (ctx) => ctx.open({ side: "LONG", quantity: 4 });
    harness.bars(0, 1);
    // A change of 0.02 at a price of 102, a hundredth of the day: 0.005 + 0.1 × 2.04 × 0.1
    expect(harness.of("order_routed")).toMatchObject([{ order: orderOf(1), slice: 1, stage: 1 }]);
    expect(harness.of("order_routed")[0]?.predictedSlippage).toBeCloseTo(0.0254, 12);
  });
});
