// Routes at their borders: where a wait is as long as a bar, a slice as large as the position that is left, a cap as low as what is out.

import { describe, expect, it } from "vitest";

import { minute, orderOf, positioned, refusal, TestStrategy, type Harness } from "../harness.ts";
import { endsOf, fire, opened, routed, second } from "./routed.ts";

/** LONG 4 that is closed by a route of two slices of 2, asked for at 120 s. */
function closing(): Harness {
  const policy = { families: { close: { route: "twap" } }, routing: { slices: 2, jitter: 0 } } as const;
  const harness = positioned({ strategy: new TestStrategy({ policy }) }, 4);
  harness.strategy.at[1] = (ctx) => ctx.close({ side: "LONG" });
  harness.bar(1);
  harness.fill(orderOf(2), 100, 2);
  return harness;
}

/** Twice, an interval apart: what the venue holds by somebody else's hand. */
function heldByHand(harness: Harness, quantity: number): void {
  harness.position("LONG", quantity, true);
  harness.clock += 2 * second;
  harness.position("LONG", quantity, true);
  expect(harness.held("LONG")).toBe(quantity);
}

describe("the second slice of a close", () => {
  const due = 2 * minute + 150 * second;

  it("is what is left where somebody else has closed a part, and the whole where he has bought", () => {
    const [less, more] = [closing(), closing()];
    heldByHand(less, 0.5);
    heldByHand(more, 3);
    for (const harness of [less, more]) fire(harness, due);
    expect([less, more].map((harness) => harness.sent.at(-1)?.quantity)).toEqual([500, 2_000]);
    less.fill(orderOf(2, 1), 100, 0.5);
    expect([less.held("LONG"), less.runner.openOrders]).toEqual([0, 0]);
    // It wanted 4, and there were 2.5.
    expect(endsOf(less)).toEqual(["2 2.5 position_closed"]);
  });

  it("never goes where nothing is left", () => {
    const harness = closing();
    heldByHand(harness, 0);
    fire(harness, due);
    expect([harness.sent.length, endsOf(harness)]).toEqual([2, ["2 2 position_closed"]]);
  });
});

describe("a second wait", () => {
  it.each([
    [120 * second, [210 * second], "as long as a bar lets the order be moved in its place"],
    [119_999, [119_999], "shorter than a bar is the life of an order of its own"],
  ])("of half of %d ms gives the first order a life of %j ms: %s", (patienceMs, lives) => {
    const harness = routed({ routing: { patienceMs } });
    opened(harness);
    expect(harness.sent.map(({ timeToLive }) => timeToLive)).toEqual(lives);
  });
});

describe("slices that the venue's least value bounds", () => {
  it.each([
    // A tenth to spare above 9.99 at the lowest price of the stages: a buy's is 100, so 0.11 are enough (0.1 × 100); a sell's is 99,
    // so 0.112 are (0.101 × 99 = 9.999).
    ["LONG", 0.44, 4],
    ["LONG", 0.436, 3],
    ["SHORT", 0.448, 4],
    ["SHORT", 0.444, 3],
  ] as const)("a %s of %d goes in %d", (side, quantity, slices) => {
    const harness = routed({ route: "twap", market: { minNotional: "9.99" }, routing: { slices: 4, jitter: 0 } });
    opened(harness, { side, quantity });
    expect(harness.of("route_planned")).toMatchObject([{ slices }]);
  });
});

describe("a routed intent among the strategy's orders", () => {
  it("is one order of the whole quantity, at the price of what is out, partly filled as soon as anything is", () => {
    const harness = routed({ route: "twap", routing: { slices: 2, jitter: 0 } });
    opened(harness);
    harness.ack(orderOf(1));
    const seen: unknown[] = [];
    for (const bar of [1, 2, 3])
      harness.strategy.at[bar] = (ctx) => seen.push(...ctx.orders().map(({ status, quantity, filled, price }) => [status, quantity, filled, price]));
    harness.bar(1);
    harness.fill(orderOf(1), 100, 0.5);
    harness.bar(2);
    harness.fill(orderOf(1), 100, 1.5);
    harness.bar(3);
    expect(seen).toEqual([
      ["SUBMITTED", 4, 0, 100],
      ["PARTIAL", 4, 0.5, 100],
      ["PARTIAL", 4, 2, null],
    ]);
  });
});

describe("a market order that hangs on another one", () => {
  it("is not worked by the policy's route", () => {
    const harness = routed({ route: "twap" });
    harness.strategy.at[0] = (ctx) => {
      const parent = ctx.open({ side: "LONG", quantity: 2, orderType: "limit", price: 95 });
      ctx.reduce({ side: "LONG", quantity: 1, orderType: "market", parent });
    };
    harness.bar(0);
    expect([harness.skips, harness.of("route_planned"), harness.sent.map(({ type }) => type)]).toEqual([[], [], ["limit", "market"]]);
  });
});

describe("a stage whose time has come", () => {
  it("moves nothing that is being cancelled", () => {
    const harness = routed({ settings: { cancelConfirmMs: 10 * minute } });
    opened(harness);
    harness.ack(orderOf(1));
    harness.strategy.at[1] = (ctx) => ctx.cancel(1);
    harness.bar(1);
    expect(fire(harness, minute + 300 * second)).toEqual([]);
    expect(harness.of("amend_order")).toEqual([]);
  });
});

describe("an order of a route that the venue cancels by itself", () => {
  it("at the first stage ends the route with that reason, told as a failure where nothing has filled", () => {
    const harness = routed({ route: "twap", routing: { jitter: 0 } });
    opened(harness, { quantity: 5 });
    harness.ack(orderOf(1));
    harness.canceled(orderOf(1));
    expect(endsOf(harness)).toEqual(["1 0 operator_request"]);
    expect(harness.strategy.rejections).toEqual(["1 operator_request restored"]);
  });
});

describe("the end of a route", () => {
  it("frees its place among the entries that are pending, once", () => {
    const harness = routed({ hedge: true });
    opened(harness);
    harness.strategy.at[1] = (ctx) => ctx.cancel(1);
    harness.bar(1);
    harness.canceled(orderOf(1));
    // One entry may be pending: neither none nor two.
    harness.strategy.at[2] = (ctx) => {
      ctx.open({ side: "LONG", quantity: 1 });
      ctx.open({ side: "LONG", quantity: 1 });
    };
    harness.bar(2);
    expect(harness.skips).toEqual(["3 position_pending"]);
    harness.fill(orderOf(2), 100, 1);
    expect(endsOf(harness)).toEqual(["1 0 strategy_cancel", "2 1 filled"]);
  });

  it("by the strategy is told as a cancel, by the account as a failure", () => {
    const [own, other] = [routed(), routed()];
    for (const harness of [own, other]) {
      opened(harness);
      harness.ack(orderOf(1));
    }
    own.strategy.at[1] = (ctx) => ctx.cancel(1);
    own.bar(1);
    other.command("stop_new_orders");
    fire(other, minute + 300 * second);
    for (const harness of [own, other]) harness.canceled(orderOf(1));
    expect([own, other].map(({ strategy }) => strategy.heard.at(-1)?.what)).toEqual(["canceled", "rejected"]);
    expect(own.settled(orderOf(1))).toEqual(["CANCELED strategy_cancel"]);
    expect(other.settled(orderOf(1))).not.toEqual(own.settled(orderOf(1)));
    expect([endsOf(own), endsOf(other)]).toEqual([["1 0 strategy_cancel"], ["1 0 stop_new_orders"]]);
  });

  it("frees it where its time was over, and where it was filled", () => {
    const harness = routed();
    opened(harness);
    harness.ack(orderOf(1));
    for (const due of [300, 450, 525]) fire(harness, minute + due * second);
    harness.canceled(orderOf(1));
    expect(endsOf(harness)).toEqual(["1 0 entry_limit_timeout"]);
    harness.strategy.at[10] = (ctx) => {
      for (let n = 0; n < 2; n += 1) ctx.open({ side: "SHORT", quantity: 1 });
    };
    harness.bar(10);
    expect(harness.skips).toEqual(["3 position_pending"]);
    harness.fill(orderOf(2), 100, 1);
    harness.strategy.at[11] = (ctx) => {
      for (let n = 0; n < 2; n += 1) ctx.open({ side: "LONG", quantity: 1 });
    };
    harness.bar(11);
    expect(harness.skips).toEqual(["3 position_pending", "5 position_pending"]);
  });

  it("is the strategy's although the order was being replaced", () => {
    const harness = routed({ routing: { patienceMs: 60 * second } });
    opened(harness);
    harness.ack(orderOf(1));
    fire(harness, 2 * minute);
    harness.strategy.at[1] = (ctx) => expect(ctx.cancel(1)).toBe(true);
    harness.bar(1);
    expect(harness.of("cancel_order")).toHaveLength(1);
    harness.canceled(orderOf(1));
    expect([endsOf(harness), harness.sent.length]).toEqual([["1 0 strategy_cancel"], 1]);
  });

  it("asked for twice is asked of the venue once", () => {
    const harness = routed();
    opened(harness);
    harness.strategy.at[1] = (ctx) => expect([ctx.cancel(1), ctx.cancel(1)]).toEqual([true, false]);
    harness.bar(1);
    expect(harness.of("cancel_order")).toHaveLength(1);
  });

  it("while the venue holds no order yet is told behind what is being told of it", () => {
    const harness = routed({ route: "twap", routing: { slices: 2, jitter: 0 } });
    opened(harness);
    harness.strategy.onFillDo = (ctx) => ctx.cancel(1);
    harness.fill(orderOf(1), 100, 2);
    expect(endsOf(harness)).toEqual(["1 2 strategy_cancel"]);
    expect(harness.strategy.heard.at(-1)).toEqual({ what: "canceled", intent: 1, filled: 2 });
  });
});

describe("a fill that is heard behind the word of its order's end", () => {
  it("leaves the next order as it is, where that word has counted it", () => {
    const harness = routed({ routing: { patienceMs: 60 * second } });
    opened(harness);
    harness.ack(orderOf(1));
    fire(harness, 2 * minute);
    harness.canceled(orderOf(1), 1);
    expect(harness.sent.at(-1)).toMatchObject({ order: orderOf(1, 1), quantity: 3_000 });
    harness.fill(orderOf(1), 100, 1);
    expect(harness.of("cancel_order")).toHaveLength(1);
    harness.fill(orderOf(1, 1), 100, 3);
    expect([endsOf(harness), harness.held("LONG")]).toEqual([["1 4 filled"], 4]);
  });
});

describe("caps", () => {
  it("of what is out at a time are asked for each slice as for a new order, and for a stage as for one that is out", () => {
    const limits = { maxOrderNotional: null, maxPositionNotional: null, maxOpenOrders: 1, maxOrdersPerMinute: null };
    const harness = routed({ route: "twap", routing: { slices: 2, jitter: 0 }, settings: { limits } });
    opened(harness);
    harness.fill(orderOf(1), 100, 2);
    // Another order takes the only place before the second slice is due.
    harness.strategy.at[1] = (ctx) => ctx.open({ side: "SHORT", quantity: 1, orderType: "limit", price: 110 });
    harness.bar(1);
    fire(harness, minute + 150 * second);
    expect(endsOf(harness)).toEqual(["1 2 max_open_orders"]);
  });

  it("count an order that a life's end takes away as out", () => {
    const limits = { maxOrderNotional: null, maxPositionNotional: null, maxOpenOrders: 1, maxOrdersPerMinute: null };
    const harness = routed({ routing: { patienceMs: 60 * second }, settings: { limits } });
    opened(harness);
    harness.ack(orderOf(1));
    fire(harness, 2 * minute);
    expect(harness.of("cancel_order").map(({ reason }) => reason)).toEqual(["replaced"]);
    harness.canceled(orderOf(1));
    expect(harness.sent).toHaveLength(2);
  });
});

describe("a reduce of a route that waits for the venue", () => {
  it("is not moved before it is out", () => {
    const policy = { families: { close: { route: "limit-patience" } } } as const;
    const harness = positioned({ strategy: new TestStrategy({ policy }) }, 4);
    const limit = { status: 429, until: 5 * minute, banned: false } as never;
    harness.handle(harness.fact("order_rejected", refusal(orderOf(9), "rate_limited", "-1015", limit)));
    harness.strategy.at[1] = (ctx) => ctx.close({ side: "LONG" });
    harness.bar(1);
    expect([harness.of("order_held").length, harness.sent.length]).toEqual([1, 1]);
    fire(harness, 5 * minute);
    expect(harness.sent.at(-1)).toMatchObject({ family: "close", quantity: 4_000, price: 10_000 });
  });
});
