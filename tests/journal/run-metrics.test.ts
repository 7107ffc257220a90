// The figures of a run from a hand-made tape: what is counted, and sums of money of any size.

import { describe, expect, it } from "vitest";

import { orderNumber, type Effect, type IntentNumber } from "../../src/domain/index.ts";
import { runMetrics } from "../../src/journal/index.ts";
import { minute } from "../runner/harness.ts";
import { first, ledger, settle, submit, Writing } from "./writing.ts";

describe("metrics", () => {
  const nothing = { funding: [], liquidations: [], unprotected: [] };

  it("count orders by status and add money exactly, fees by currency in the order of their names", () => {
    const writing = new Writing().bar(0);
    // Rejected twice, canceled, unknown, expired; the first one is filled in four trades.
    const orders = [0, 1, 2, 3, 4, 5].map((intent) => orderNumber((intent + 1) as IntentNumber, 0));
    const ends = ["FILLED", "REJECTED", "REJECTED", "CANCELED", "UNKNOWN", "EXPIRED"] as const;
    for (const order of orders) writing.effects(minute, submit({ order }));
    const paid: readonly (readonly [string, number])[] = [
      ["USDC", 1_000],
      ["BNB", 1],
      ["USDC", -250],
      ["BNB", 100_000_000],
    ];
    for (const [trade, [feeCurrency, fee]] of paid.entries()) {
      const cumulative = (trade + 1) * 100;
      writing.event("order_filled", minute, {
        order: first,
        trade: trade + 1,
        price: 9_950,
        quantity: 100,
        fee,
        feeCurrency,
        liquidity: "maker",
        cumulative,
      });
    }
    for (const [at, order] of orders.entries()) writing.effects(minute, { ...settle(ends[at] as "FILLED"), order } as Effect);
    const skip = { type: "intent_skipped", intent: 9 as never, market: 0 as never, kind: "ADD", side: "LONG", family: "dca" } as const;
    writing.effects(minute, { ...skip, reason: "dca_stop_new_orders" }, ledger(1_000), ledger(2_000), ledger(-3_001));
    const metrics = runMetrics(writing.counts, nothing, 12_345, 4, "USDC");
    expect(metrics).toEqual({
      orders: 6,
      fills: 4,
      rejected: 2,
      canceled: 1,
      skipped: 1,
      unknown: 1,
      feesByCurrency: { BNB: "1.00000001", USDC: "0.00075" },
      realizedPnl: "-0.000001",
      maxDrawdown: "1.2345",
    });
    expect(Object.keys(metrics.feesByCurrency)).toEqual(["BNB", "USDC"]);
  });

  it("a sum beyond 2^53 units stays exact, there and back", () => {
    const most = Number.MAX_SAFE_INTEGER;
    const writing = new Writing().bar(0).effects(minute, submit(), ledger(most), ledger(most));
    expect(runMetrics(writing.counts, nothing, 0, 6, "USDC").realizedPnl).toBe("18014398509.481982");
    writing.effects(minute, ledger(-most), ledger(-most), ledger(7));
    expect(runMetrics(writing.counts, nothing, 0, 6, "USDC").realizedPnl).toBe("0.000007");
  });

  it("rows are made when they are asked for, and once", () => {
    const { rows } = new Writing().bar(0).effects(minute, submit());
    expect(rows.orders).toBe(rows.orders);
    expect({ ...rows }.orders).toBe(rows.orders);
  });

  it("of nothing are zeros", () => {
    expect(runMetrics(new Writing().counts, nothing, 0, 2, "USDC")).toMatchObject({
      orders: 0,
      feesByCurrency: {},
      realizedPnl: "0",
      maxDrawdown: "0",
    });
  });
});
