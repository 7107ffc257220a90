// What proves an order absent and what does not (failures 1.1), what becomes of one that turns up after that proof, and of
// fills whose order the book does not know. Orders are sent at 60 s; the venue may take them until 77 s.

import { describe, expect, it } from "vitest";

import type { ForeignFill, ListedOrder, Millis, OrderFilled, Price, Quantity } from "../../../src/domain/index.ts";
import { Harness, minute, orderOf, positioned, refusal, TestStrategy, type HarnessOptions } from "../harness.ts";

/** A limit entry of 1 at 95 whose request got no reply. */
function lost(options: HarnessOptions = {}): Harness {
  const harness = new Harness(options);
  harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95, timeToLive: 30 * minute });
  harness.bar(0);
  harness.unknown(orderOf(1));
  return harness;
}

/** Two reads behind the fence: from here on trades and position decide. */
function unread(harness: Harness): void {
  harness.answer(orderOf(1), null, [], 20_000);
  harness.answer(orderOf(1), null, [], 2_000);
}

function trades(harness: Harness, foreign: readonly Partial<ForeignFill>[] = [], complete = true, fills: readonly OrderFilled[] = []): void {
  const plain = { trade: 900, time: 70_000, side: "buy", leg: "LONG", price: 9_500, quantity: 1_000, cause: "trade", fee: 0 };
  harness.handle(harness.fact("fills_reported", { fills, foreign: foreign.map((one) => ({ ...plain, ...one }) as ForeignFill), complete }));
}

const status = (harness: Harness): string | undefined => harness.settled(orderOf(1)).at(-1)?.split(" ")[0];
const locks = (harness: Harness) => harness.of("risk_locked").map(({ market, reason, locked }) => `${market} ${reason} ${locked ? "on" : "off"}`);

describe("absence", () => {
  it("is believed with the trades and the position behind the second read, in either order", () => {
    const [first, second] = [lost(), lost()];
    for (const harness of [first, second]) unread(harness);
    trades(first);
    first.position("LONG", 0);
    second.position("LONG", 0);
    expect(status(second)).toBe("UNKNOWN");
    trades(second);
    expect([status(first), status(second)]).toEqual(["NEVER_ARRIVED", "NEVER_ARRIVED"]);
    expect(first.of("alert").at(-1)?.text).toBe(
      `never_arrived: order ${orderOf(1)} on TEST/USDC:USDC is not at the venue: sent at 60000, could be taken until 77000, ` +
        "not found at 80000 and 82000, no trade of it, the position is the book's 0",
    );
  });

  it("is not proven by reads while the venue may still take the request, however many", () => {
    const harness = lost();
    for (let n = 0; n < 8; n += 1) harness.answer(orderOf(1), null, [], 2_000);
    // The eighth is of 76 s.
    expect([status(harness), harness.of("query_fills")]).toEqual(["UNKNOWN", []]);
  });

  it("is not proven by lists with pages missing, nor by a position of before the second read", () => {
    const harness = lost();
    harness.answer(orderOf(1), null, [], 20_000);
    harness.position("LONG", 0);
    harness.answer(orderOf(1), null, [], 2_000);
    trades(harness, [], false);
    expect(status(harness)).toBe("UNKNOWN");
    harness.position("LONG", 0);
    expect(status(harness)).toBe("UNKNOWN");
    trades(harness);
    expect(status(harness)).toBe("NEVER_ARRIVED");
  });

  it("of an order that was acknowledged once is no NEVER_ARRIVED: it is gone, and counts as cancelled", () => {
    const harness = new Harness();
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95 });
    harness.bar(0);
    harness.ack(orderOf(1));
    harness.unknown(orderOf(1), "amend");
    harness.proveAbsent(orderOf(1));
    expect(harness.settled(orderOf(1)).at(-1)).toBe("CANCELED unknown_order_at_venue");
  });

  it("failures A2: a trade that the list tells is the order's fill, whatever the queries said", () => {
    const harness = lost();
    unread(harness);
    trades(harness, [], true, [harness.fillEvent(orderOf(1), 95, 1)]);
    expect([harness.settled(orderOf(1)).at(-1), harness.held("LONG")]).toEqual(["FILLED first_limit_late_fill", 1]);
  });
});

describe("evidence that contradicts absence", () => {
  it.each<[string, (harness: Harness) => void]>([
    ["a trade on the same side that nobody else explains", (harness) => trades(harness, [{}])],
    ["a position that the order would explain", (harness) => (trades(harness), void harness.position("LONG", 1))],
  ])("%s quarantines it: its market takes no more risk, and reduces go through", (_what, tell) => {
    const harness = lost({ positions: [{ market: 0, leg: "SHORT", quantity: -1, price: 100 }] });
    unread(harness);
    tell(harness);
    harness.position("LONG", status(harness) === "QUARANTINED" ? 1 : 0);
    expect([status(harness), locks(harness)]).toEqual(["QUARANTINED", ["0 symbol_quarantined on"]]);
    harness.strategy.at[1] = (ctx) => {
      ctx.add({ side: "SHORT", quantity: 1 });
      ctx.close({ side: "SHORT" });
    };
    harness.bar(1);
    expect(harness.skips).toEqual(["2 symbol_quarantined"]);
    expect(harness.sent.at(-1)).toMatchObject({ family: "close", side: "buy", quantity: 1_000 });
  });

  it("a trade on the other side, or of before it was sent, contradicts nothing", () => {
    const harness = lost();
    unread(harness);
    trades(harness, [{ side: "sell" }, { leg: "SHORT" }, { time: 59_999 as Millis }]);
    harness.position("LONG", 0);
    expect(status(harness)).toBe("NEVER_ARRIVED");
  });

  it("leaves the position to the order: it is not adopted while the order may explain it, and is asked for when it cannot any more", () => {
    const harness = lost();
    unread(harness);
    harness.position("LONG", 1);
    trades(harness);
    expect([status(harness), harness.held("LONG"), harness.runner.divergent]).toEqual(["QUARANTINED", 0, true]);
    const asked = harness.of("query_position").length;
    harness.fill(orderOf(1), 95, 1);
    expect(harness.of("query_position")).toHaveLength(asked + 1);
    harness.position("LONG", 1);
    expect([harness.held("LONG"), harness.of("position_synced"), harness.runner.divergent]).toEqual([1, [], false]);
    expect(locks(harness)).toEqual(["0 symbol_quarantined on", "0 symbol_quarantined off"]);
  });

  it("is gone when later reads agree: a quarantined order may still be proven absent, and its market is free again", () => {
    const harness = lost();
    unread(harness);
    harness.position("LONG", 1);
    trades(harness);
    harness.proveAbsent(orderOf(1));
    expect(status(harness)).toBe("NEVER_ARRIVED");
    expect(locks(harness).at(-1)).toBe("0 symbol_quarantined off");
  });

  it("a quarantined order is asked about more and more seldom, and never given up", () => {
    const harness = lost({ settings: { absence: null } });
    const pauses: number[] = [];
    for (let n = 0; n < 16; n += 1) {
      const timer = harness.of("set_timer").at(-1);
      if (n > 0) harness.timer(timer?.timer ?? 0, timer?.due ?? 0);
      harness.answer(orderOf(1), null);
      const next = harness.of("set_timer").at(-1);
      pauses.push(((next?.due ?? 0) - (timer?.due ?? 0)) / 2_000);
    }
    expect(status(harness)).toBe("QUARANTINED");
    expect(Math.max(...pauses.slice(1))).toBe(16);
    expect(pauses.at(-1)).toBe(16);
  });
});

describe("a venue that names no time after which a request is no longer taken", () => {
  it("proves no absence: two reads that do not find the order quarantine it", () => {
    const harness = lost({ settings: { absence: null } });
    harness.answer(orderOf(1), null);
    harness.answer(orderOf(1), null, [], 2_000);
    expect([status(harness), harness.of("query_fills")]).toEqual(["QUARANTINED", []]);
  });
});

describe("failures A5: the venue's word that the id is taken", () => {
  it("says that the order is there: it is asked about and never counted as rejected", () => {
    const harness = new Harness();
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95 });
    harness.bar(0);
    harness.handle(harness.fact("order_rejected", refusal(orderOf(1), "duplicate_client_order_id", "-4116")));
    expect(harness.settled(orderOf(1))).toEqual(["UNKNOWN duplicate_client_order_id"]);
    expect(harness.of("query_order")).toHaveLength(1);
    harness.answer(orderOf(1), "SUBMITTED");
    expect(harness.settled(orderOf(1)).at(-1)).toBe("SUBMITTED signal");
    expect([harness.strategy.rejections, harness.sent.length]).toEqual([[], 1]);
  });
});

describe("an order that turns up after it was proven absent", () => {
  const adopting = () => new TestStrategy({ policy: { lateAcceptance: "adopt" } });
  const given = (strategy = new TestStrategy()): Harness => {
    const harness = lost({ strategy });
    harness.proveAbsent(orderOf(1));
    return harness;
  };

  it.each<[string, (harness: Harness) => void]>([
    ["an acknowledgement", (harness) => harness.ack(orderOf(1))],
    ["an answer that knows it", (harness) => harness.answer(orderOf(1), "SUBMITTED")],
    ["a fill of a part", (harness) => harness.fill(orderOf(1), 95, 0.4)],
  ])("by %s is adopted, and cancelled at once unless the policy keeps it", (_what, tell) => {
    const [cancels, keeps] = [given(), given(adopting())];
    for (const harness of [cancels, keeps]) {
      tell(harness);
      expect(harness.of("order_adopted")).toMatchObject([{ reason: "late_acceptance", request: { order: orderOf(1) } }]);
      expect(harness.runner.openOrders).toBe(1);
    }
    expect([cancels.of("cancel_order"), keeps.of("cancel_order")]).toMatchObject([[{ reason: "late_acceptance" }], []]);
    cancels.canceled(orderOf(1), cancels.held("LONG"));
    expect(cancels.settled(orderOf(1)).at(-1)).toBe("CANCELED late_acceptance");
    expect(cancels.held("LONG")).toBe(keeps.held("LONG"));
  });

  it("in the list of open orders after a silence, too", () => {
    const harness = given();
    harness.handle(harness.fact("session_resumed", { epoch: 2, since: 0, changed: null } as never));
    const listed = { order: orderOf(1), epoch: 1, venueOrderId: 77, side: "buy", leg: "LONG", type: "limit", price: 9_500, trigger: null };
    const orders = [{ ...listed, quantity: 1_000, filled: 0, reduceOnly: false, family: null }] as never;
    harness.handle(harness.fact("open_orders_reported", { orders, complete: true }));
    expect(harness.of("order_adopted")).toMatchObject([{ reason: "late_acceptance" }]);
    expect(harness.of("cancel_order")).toMatchObject([{ order: orderOf(1), reason: "late_acceptance" }]);
  });

  it("and is kept ends with its life, as it would have", () => {
    const harness = given(adopting());
    harness.ack(orderOf(1));
    const life = harness.of("set_timer").at(-1);
    expect(life?.due).toBe(31 * minute);
    harness.timer(life?.timer ?? 0, life?.due);
    expect(harness.of("cancel_order")).toHaveLength(1);
  });

  it("is recognised however many orders have ended since", () => {
    const harness = given();
    for (let bar = 1; bar <= 600; bar += 1) {
      harness.strategy.at[bar % 199] = (ctx) => ctx.open({ side: "SHORT", quantity: 1 });
      harness.bar(bar % 199);
      harness.reject(orderOf(bar + 1), "insufficient_funds");
    }
    harness.fill(orderOf(1), 95, 1);
    expect([harness.held("LONG"), harness.settled(orderOf(1)).at(-1)]).toEqual([1, "FILLED first_limit_late_fill"]);
  });
});

describe("failures A7: a fill whose order the book does not know", () => {
  const entry = (order: number): ListedOrder => ({
    order: order as ListedOrder["order"],
    epoch: 1,
    venueOrderId: 77,
    side: "buy",
    leg: "LONG",
    type: "limit",
    price: 9_500 as Price,
    trigger: null,
    quantity: 1_000 as Quantity,
    filled: 400 as Quantity,
    reduceOnly: false,
    family: "entry",
  });

  it("is kept until the venue's list names the order, and applied once", () => {
    const harness = new Harness();
    const fill = harness.fillEvent(orderOf(9), 95, 0.4);
    harness.handle(fill);
    harness.handle(fill);
    expect(harness.effects.filter(({ type }) => type.startsWith("query_")).map(({ type }) => type)).toEqual([
      "query_open_orders",
      "query_position",
      "query_position",
    ]);
    expect([locks(harness), harness.runner.divergent]).toEqual([["0 order_beyond_journal on"], true]);
    harness.handle(harness.fact("open_orders_reported", { orders: [entry(orderOf(9))], complete: true }));
    expect(harness.of("order_adopted")).toMatchObject([{ reason: "own_order_adopted" }]);
    expect([harness.held("LONG"), harness.of("cancel_order").length, harness.runner.divergent]).toEqual([0.4, 1, false]);
    harness.handle(fill);
    expect([harness.held("LONG"), locks(harness).at(-1)]).toEqual([0.4, "0 order_beyond_journal off"]);
  });

  it("of an order that is over is put on the side that the position tells", () => {
    const harness = positioned();
    harness.fill(orderOf(9), 105, 0.4);
    harness.handle(harness.fact("open_orders_reported", { orders: [], complete: true }));
    harness.position("LONG", 0.6);
    expect(harness.held("LONG")).toBe(0.6);
    expect(harness.of("order_adopted")).toMatchObject([{ reason: "missed_fill", request: { side: "sell", quantity: 400 } }]);
    expect(harness.of("ledger_entry")).toMatchObject([{ quantity: 400, gross: 2_000_000 }]);
  });

  it("that no position needs is an old story, told again: the book has had it for long", () => {
    const harness = positioned();
    harness.fill(orderOf(9), 105, 0.4);
    harness.position("LONG", 1);
    harness.position("SHORT", 0);
    expect([harness.held("LONG"), harness.runner.divergent, harness.of("order_adopted")]).toEqual([1, false, []]);
  });
});

describe("failures A8: a trade without an id", () => {
  it("is one fill however often it is told, and another one is another", () => {
    const harness = lost();
    const first = { ...harness.fillEvent(orderOf(1), 95, 0.4), trade: "" };
    const second = { ...harness.fillEvent(orderOf(1), 95, 0.4, { cumulative: 0.8 }), trade: "" };
    for (const fill of [first, second, first, second]) harness.handle(fill);
    expect(harness.held("LONG")).toBe(0.8);
  });
});
