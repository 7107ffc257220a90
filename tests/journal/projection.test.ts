// Rows, metrics and lines from a hand-made tape: what a report says is what the records say.

import { describe, expect, it } from "vitest";

import { orderNumber, type IntentNumber } from "../../src/domain/index.ts";
import { barAt, journalLines } from "../../src/journal/index.ts";
import { flatSeries, minute } from "../runner/harness.ts";
import { first, request, second, settle, submit, Writing } from "./writing.ts";

describe("rows", () => {
  it("an order's row is what was sent, with the venue's id, its last status and reason, and the bar of its decision", () => {
    const { rows } = new Writing().bar(0).effects(minute, submit()).bar(1).event("order_acknowledged", minute, { order: first, venueOrderId: 17 });
    expect(rows.orders).toEqual([
      {
        id: "vex-00000017",
        clientOrderId: "5ea7abcdef0001000000010100123456",
        symbol: "TEST/USDC:USDC",
        side: "buy",
        leg: "LONG",
        family: "entry",
        type: "limit",
        quantity: "1.5",
        price: "99.5",
        trigger: null,
        timeInForce: "PO",
        reduceOnly: false,
        status: "SUBMITTED",
        reason: "dca_level",
        time: minute,
        bar: 0,
      },
    ]);
  });

  it("a row's id is null until the venue has named it; a query's answer names it too", () => {
    const unnamed = new Writing().bar(0).effects(minute, submit());
    expect(unnamed.rows.orders[0]?.id).toBeNull();
    unnamed.event("query_answered", minute, { order: first, status: "SUBMITTED", venueOrderId: "B-9", cumulative: 0, fills: [] });
    expect(unnamed.rows.orders[0]?.id).toBe("B-9");
  });

  it("fills make it PARTIAL, the runner's verdict ends it, and a trade told twice is one fill", () => {
    const writing = new Writing()
      .bar(0)
      .effects(minute, submit())
      .bar(1)
      .fill(minute + 5, 1, 500)
      .fill(minute + 5, 1, 500);
    expect(writing.rows.orders[0]?.status).toBe("PARTIAL");
    writing.bar(2).fill(2 * minute, 2, 1_000, first, settle("FILLED"));
    expect(writing.rows.orders[0]).toMatchObject({ status: "FILLED", reason: "filled" });
    expect(
      writing.rows.fills.map(({ quantity, price, fee, bar, family, clientOrderId }) => [quantity, price, fee, bar, family, clientOrderId]),
    ).toEqual([
      ["0.5", "99.5", "1.25", 1, "entry", "5ea7abcdef0001000000010100123456"],
      ["1", "99.5", "1.25", 2, "entry", "5ea7abcdef0001000000010100123456"],
    ]);
  });

  it("a late fill after the cancel keeps the cancel's word until the runner says FILLED", () => {
    const writing = new Writing()
      .bar(0)
      .effects(minute, submit())
      .bar(1)
      .event("order_canceled", minute, { order: first, cumulative: 0 }, settle("CANCELED"));
    writing.fill(minute, 1, 500);
    expect(writing.rows.orders[0]).toMatchObject({ status: "CANCELED", reason: "limit_timeout" });
    writing.fill(minute, 2, 1_000, first, settle("FILLED"), settle("REVERTED"));
    expect(writing.rows.orders[0]?.status).toBe("REVERTED");
  });

  it("fills that only a query's answer told are fills", () => {
    const fill = {
      type: "order_filled",
      time: minute,
      sequence: 3,
      market: 0,
      order: first,
      trade: 4,
      price: 9_900,
      quantity: 1_500,
      fee: 0,
      feeCurrency: "USDC",
      liquidity: "taker",
      cumulative: 1_500,
    };
    const { rows } = new Writing()
      .bar(0)
      .effects(minute, submit())
      .bar(1)
      .event("query_answered", minute, { order: first, status: "FILLED", venueOrderId: 3, cumulative: 1_500, fills: [fill] });
    expect(rows.fills).toMatchObject([{ orderId: "vex-00000003", price: "99", quantity: "1.5", fee: "0", liquidity: "taker", bar: 1 }]);
  });

  it("a fill at the very close of a bar belongs to that bar, not to the next one's open", () => {
    const { rows } = new Writing()
      .bar(1)
      .effects(2 * minute, submit({ type: "market", price: null }))
      .fill(2 * minute, 1, 1_500);
    expect(rows.fills[0]?.bar).toBe(1);
  });

  it("a fill told bars later belongs to the bar that filled it", () => {
    const { rows } = new Writing()
      .bar(0)
      .effects(minute, submit())
      .bar(3)
      .fill(minute + 30_000, 1, 1_500);
    expect(rows.fills[0]?.bar).toBe(1);
  });

  it("a fill of an order that this session never sent is no row", () => {
    expect(new Writing().bar(0).fill(10, 1, 5).rows.fills).toEqual([]);
  });

  it("an amended order shows its last amendment by the venue's order of them", () => {
    const writing = new Writing().bar(0).effects(minute, submit());
    writing.event("order_amended", minute, { order: first, price: 9_800, trigger: null, quantity: 2_000, sequence: 9 });
    writing.event("order_amended", minute, { order: first, price: 9_700, trigger: null, quantity: 1_000, sequence: 8 });
    expect(writing.rows.orders[0]).toMatchObject({ price: "98", quantity: "2" });
  });

  it("skips, ledger, syncs, alerts and the first halt have rows of their own with time and bar", () => {
    const { rows } = new Writing().bar(2).effects(
      3 * minute,
      submit({ order: second, side: "sell", family: "close" }),
      { type: "intent_skipped", intent: 3 as never, market: 0 as never, kind: "ADD", side: "LONG", family: "dca", reason: "dca_stop_new_orders" },
      {
        type: "ledger_entry",
        order: second,
        market: 0 as never,
        leg: "LONG",
        quantity: 500 as never,
        gross: 5_000_000 as never,
        entryFee: 25_000 as never,
        exitFee: -1 as never,
        net: 4_975_001 as never,
        cumulative: -4_975_001 as never,
      },
      { type: "position_synced", market: 0 as never, leg: "SHORT", status: "SYNCED", quantity: -250 as never, reason: "externally_closed" },
      { type: "alert", level: "warning", text: "kill: by hand" },
      { type: "halt", reason: "operator_halt", text: "first" },
      { type: "halt", reason: "insolvent", text: "second" },
    );
    const at = { time: 3 * minute, bar: 2 };
    expect(rows.skipped).toEqual([{ symbol: "TEST/USDC:USDC", family: "dca", reason: "dca_stop_new_orders", ...at }]);
    expect(rows.ledger).toEqual([
      {
        clientOrderId: "5ea7abcdef0001000000020100123456",
        symbol: "TEST/USDC:USDC",
        leg: "LONG",
        quantity: "0.5",
        gross: "5",
        entryFee: "0.025",
        exitFee: "-0.000001",
        net: "4.975001",
        cumulative: "-4.975001",
        ...at,
      },
    ]);
    expect(rows.synced).toEqual([
      { symbol: "TEST/USDC:USDC", leg: "SHORT", status: "SYNCED", quantity: "-0.25", reason: "externally_closed", ...at },
    ]);
    expect(rows.alerts).toEqual([{ level: "warning", text: "kill: by hand", ...at }]);
    expect(rows.halt).toEqual({ reason: "operator_halt", text: "first", ...at });
  });

  it("a routed intent has a row of its own, and its orders say what they were expected to lose", () => {
    const later = orderNumber(1 as IntentNumber, 1);
    const market = 0 as never;
    const writing = new Writing().bar(0).effects(
      minute,
      { type: "route_planned", intent: 1 as never, market, route: "twap", quantity: 3_000 as never, slices: 2 },
      { type: "order_routed", order: first, market, slice: 1, stage: 1, predictedSlippage: 0.0502 },
      submit(),
      // A plan whose order never left.
      { type: "route_planned", intent: 2 as never, market, route: "twap", quantity: 1_000 as never, slices: 1 },
    );
    writing.bar(1).fill(minute, 1, 1_500);
    const row = {
      symbol: "TEST/USDC:USDC",
      side: "buy",
      leg: "LONG",
      family: "entry",
      route: "twap",
      quantity: "3",
      slices: 2,
      time: minute,
      bar: 0,
    };
    expect(writing.rows.routes).toEqual([{ ...row, filled: "1.5", orders: 1, reason: null, endBar: null }]);
    writing
      .bar(2)
      .effects(2 * minute, submit({ order: later }))
      .bar(3)
      .effects(3 * minute, { type: "route_ended", intent: 1 as never, market, filled: 1_500 as never, reason: "limit_timeout" });
    expect(writing.rows.routes).toEqual([{ ...row, filled: "1.5", orders: 2, reason: "limit_timeout", endBar: 3 }]);
    expect(writing.rows.orders.map(({ predictedSlippage }) => predictedSlippage)).toEqual([0.0502, undefined]);
  });

  it("a route whose first order is held back has its row, whether that order leaves or not", () => {
    const intent = 1 as never;
    const market = 0 as never;
    const until = (3 * minute) as never;
    const writing = new Writing()
      .bar(0)
      .effects(
        minute,
        { type: "route_planned", intent, market, route: "twap", quantity: 1_500 as never, slices: 1 },
        { type: "order_routed", order: first, market, slice: 1, stage: 1, predictedSlippage: 0 },
        { type: "order_held", request: request(), reason: "filled", until },
      );
    expect(writing.rows.routes).toMatchObject([{ family: "entry", quantity: "1.5", filled: "0", orders: 0, reason: null }]);
    writing.effects(2 * minute, { type: "route_ended", intent, market, filled: 0 as never, reason: "strategy_cancel" });
    expect(writing.rows.routes).toMatchObject([{ orders: 0, reason: "strategy_cancel" }]);
    writing.effects(3 * minute, submit());
    expect(writing.rows.routes).toMatchObject([{ orders: 1 }]);
  });

  it("an unknown outcome that a fill has ended is PARTIAL, by the runner's own word", () => {
    const writing = new Writing()
      .bar(0)
      .effects(minute, submit())
      .bar(1)
      .event("order_unknown", minute, { order: first, request: "submit" }, settle("UNKNOWN"));
    writing.fill(minute, 1, 500);
    expect(writing.rows.orders[0]?.status).toBe("UNKNOWN");
    writing.effects(minute, settle("PARTIAL"));
    expect(writing.rows.orders[0]?.status).toBe("PARTIAL");
  });
});

describe("lines", () => {
  it("are one JSON object a record, in order, with bar and time first", () => {
    const { journal } = new Writing()
      .bar(0)
      .effects(minute, submit())
      .bar(1)
      .event("order_acknowledged", minute, { order: first, venueOrderId: 1 }, settle("FILLED"));
    const lines = [...journalLines(journal)];
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(line).not.toContain("\n");
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { bar: 0, time: minute, type: "submit_order", reason: "dca_level", request: { order: 256, price: 9_950 } },
      { bar: 1, time: minute, type: "order_acknowledged", order: 256, venueOrderId: 1 },
      { bar: 1, time: minute, type: "order_settled", status: "FILLED" },
    ]);
    expect(lines[0]?.startsWith(`{"bar":0,"time":${minute},"type":"submit_order"`)).toBe(true);
  });
});

describe("the bar of an instant", () => {
  it("is the last one that opened at or before it; -1 before the first", () => {
    const series = flatSeries("X", [1, 1, 1]);
    expect([-1, 0, 1, minute - 1, minute, 2 * minute, 9 * minute].map((time) => barAt(series, time))).toEqual([-1, 0, 0, 0, 1, 2, 2]);
  });
});
