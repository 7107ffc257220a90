// Rows 004-SL-1, 004-OP-12: the sign of slip, and entries that slipped too far.

import { describe, expect, it } from "vitest";

import { adverseSlipBp } from "../../src/domain/index.ts";
import { Harness, orderOf, TestStrategy } from "./harness.ts";

describe("slip of an entry", () => {
  it.each([
    // requested 100, filled 100.10: 0.10 / 100 = 10 bp against a buyer, for a seller in his favour.
    ["buy", 100, 100.1, 10],
    ["sell", 100, 100.1, -10],
    ["buy", 100, 99.5, -50],
    ["sell", 200, 199, 50],
    ["buy", 100, 100, 0],
  ] as const)("004-SL-1: a %s asked at %d and filled at %d slips %d bp, adverse positive", (side, requested, filled, bp) => {
    expect(adverseSlipBp(side, requested, filled)).toBeCloseTo(bp, 9);
  });

  function slipped(side: "LONG" | "SHORT", maxEntrySlipBp: number, price: number, hedge = true): Harness {
    const harness = new Harness({ hedge, strategy: new TestStrategy({ policy: { maxEntrySlipBp } }) });
    harness.strategy.at[0] = (ctx) => ctx.open({ side, quantity: 1 });
    harness.bar(0);
    harness.fill(orderOf(1), price, 1);
    return harness;
  }

  it.each([
    ["LONG", 10, 100.11, true],
    ["LONG", 10, 100.1, false],
    ["LONG", 10, 99, false],
    ["SHORT", 10, 99.89, true],
    ["SHORT", 10, 100.5, false],
    ["LONG", 0, 150, false],
  ] as const)("004-OP-12: a %s with at most %d bp, decided at 100 and filled at %d: reverted %s", (side, max, price, reverted) => {
    const harness = slipped(side, max, price);
    expect(harness.sent.slice(1).map(({ family, type, quantity }) => [family, type, quantity])).toEqual(
      reverted ? [["revert", "market", 1_000]] : [],
    );
  });

  it("004-OP-12: when the revert has filled, the entry's row is REVERTED and no position remains", () => {
    const harness = slipped("LONG", 10, 101, false);
    expect(harness.sent[1]).toMatchObject({ side: "sell", leg: "NET", family: "revert", reduceOnly: true });
    harness.fill(orderOf(2), 101, 1);
    expect(harness.settled(orderOf(1))).toEqual(["FILLED filled", "REVERTED max_entry_slip"]);
    expect(harness.of("position_synced")).toEqual([
      { type: "position_synced", market: 0, leg: "NET", status: "REVERTED", quantity: 0, reason: "reverted" },
    ]);
    expect(harness.held("NET")).toBe(0);
  });

  it("004-OP-12: the slip of several fills is that of their average", () => {
    const harness = new Harness({ strategy: new TestStrategy({ policy: { maxEntrySlipBp: 10 } }) });
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
    harness.strategy.at[1] = (ctx) => ctx.open({ side: "SHORT", quantity: 1 });
    harness.bar(0);
    // (0.9 × 100.20 + 0.1 × 99.00) = 100.08: 8 bp, although one fill slipped 20.
    harness.fill(orderOf(1), 99, 0.1);
    harness.fill(orderOf(1), 100.2, 0.9);
    expect(harness.sent).toHaveLength(1);
    harness.bar(1);
    // (0.5 × 99.70 + 0.5 × 100.00) = 99.85: 15 bp against the seller, although the last fill slipped nothing.
    harness.fill(orderOf(2), 99.7, 0.5);
    harness.fill(orderOf(2), 100, 0.5);
    expect(harness.sent[2]).toMatchObject({ family: "revert", leg: "SHORT", quantity: 1_000 });
  });

  it("004-OP-12: an entry that ends with a slipped part is reverted for that part", () => {
    const harness = new Harness({ strategy: new TestStrategy({ policy: { maxEntrySlipBp: 10 } }) });
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
    harness.bar(0);
    harness.fill(orderOf(1), 101, 0.3);
    harness.handle(harness.fact("order_expired", { order: orderOf(1), cumulative: 300 as never, reason: "volume_cap" }));
    expect(harness.sent[1]).toMatchObject({ family: "revert", quantity: 300 });
    harness.fill(orderOf(2), 101, 0.3);
    expect(harness.settled(orderOf(1))).toEqual(["EXPIRED volume_cap"]);
    expect(harness.of("position_synced").map((row) => row.status)).toEqual(["REVERTED"]);
  });

  it("004-OP-12: a reversal is reverted to flat, not back to the old side", () => {
    const harness = new Harness({ hedge: false, strategy: new TestStrategy({ policy: { maxEntrySlipBp: 10 } }) });
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
    harness.strategy.at[1] = (ctx) => ctx.open({ side: "SHORT", quantity: 3, reverse: true });
    harness.bar(0);
    harness.fill(orderOf(1), 100, 1);
    harness.bar(1);
    // Sells 3 against 1: short 2. Filled 1 % below the decision.
    harness.fill(orderOf(2), 99, 3);
    expect(harness.sent[2]).toMatchObject({ family: "revert", side: "buy", quantity: 2_000 });
  });

  it("004-OP-12: what fills late is reverted too, and nothing twice: reverts of this side that are out count, nothing else does", () => {
    const harness = new Harness({ strategy: new TestStrategy({ policy: { maxEntrySlipBp: 10 } }) });
    harness.strategy.at[0] = (ctx) => {
      ctx.open({ side: "LONG", quantity: 1 });
      ctx.open({ side: "SHORT", quantity: 1 });
    };
    harness.strategy.at[1] = (ctx) => ctx.reduce({ side: "LONG", quantity: 0.2, orderType: "stop_market", trigger: 90, family: "sl" });
    harness.bar(0);
    harness.fill(orderOf(2), 99, 1);
    harness.fill(orderOf(1), 101, 0.3);
    harness.handle(harness.fact("order_expired", { order: orderOf(1), cumulative: 300 as never, reason: "volume_cap" }));
    harness.bar(1);
    harness.fill(orderOf(1), 101, 0.7);
    expect(harness.sent.slice(2).map(({ family, leg, quantity }) => [family, leg, quantity])).toEqual([
      ["revert", "SHORT", 1_000],
      ["revert", "LONG", 300],
      ["sl", "LONG", 200],
      ["revert", "LONG", 700],
    ]);
    // The fill that was late has completed the entry: it is its row too that is taken back.
    harness.fill(orderOf(4), 101, 0.3);
    expect(harness.settled(orderOf(1))).toEqual(["EXPIRED volume_cap", "FILLED filled", "REVERTED max_entry_slip"]);
    expect(harness.runner.snapshot().slip.map(([revert]) => revert)).toEqual([orderOf(3), orderOf(6)]);
  });

  it("004-OP-12: is told with its size", () => {
    expect(slipped("SHORT", 10, 99).of("alert")).toEqual([
      { type: "alert", level: "warning", text: "max_entry_slip: TEST/USDC:USDC entered 100.00 bp away, reverting" },
    ]);
  });

  it("004-OP-12: an entry of which nothing is held any more is not reverted, whatever the other side has paid", () => {
    const harness = new Harness({ hedge: false, strategy: new TestStrategy({ policy: { maxEntrySlipBp: 10 } }) });
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 2, orderType: "limit", price: 100, postOnly: false });
    harness.strategy.at[1] = (ctx) => ctx.open({ side: "SHORT", quantity: 2, reverse: true });
    harness.strategy.at[2] = (ctx) => ctx.cancel(1);
    harness.bar(0);
    harness.fill(orderOf(1), 100, 1);
    harness.bar(1);
    // Short 1 at 102: for a buyer at 100 it would have slipped 200 bp.
    harness.fill(orderOf(2), 102, 2);
    harness.bar(2);
    harness.canceled(orderOf(1), 1);
    expect(harness.sent).toHaveLength(2);
    expect(harness.of("alert")).toEqual([]);
  });

  it("004-OP-12: the row of an entry that nobody remembers says what it said when it was found to have slipped", () => {
    const saved = slipped("LONG", 10, 101).runner.snapshot();
    const [filled, expired] = (["FILLED", "EXPIRED"] as const).map((status) => {
      const harness = new Harness({ strategy: new TestStrategy({ policy: { maxEntrySlipBp: 10 } }) });
      harness.runner.restore({ ...saved, ended: [], slip: [[orderOf(2), { entry: orderOf(1), status }]] });
      harness.fill(orderOf(2), 101, 1);
      return harness;
    });
    expect(filled?.settled(orderOf(1))).toEqual(["REVERTED max_entry_slip"]);
    expect(expired?.settled(orderOf(1))).toEqual([]);
    // Of a revert whose entry nobody knows the leg's row is all that is told.
    const alone = new Harness();
    alone.runner.restore({ ...saved, slip: [] });
    alone.fill(orderOf(2), 101, 1);
    expect([alone.settled(orderOf(1)), alone.of("position_synced").length]).toEqual([[], 1]);
  });

  it("004-OP-12: a revert that fails raises an error", () => {
    const harness = slipped("LONG", 10, 102);
    harness.reject(orderOf(2));
    expect(
      harness
        .of("alert")
        .filter((alert) => alert.level === "error")
        .map((alert) => alert.text),
    ).toEqual(["the revert of a slipped entry of TEST/USDC:USDC failed: injected_rejection"]);
  });

  it("004-OP-12: a fill that comes late between two slices of a route ends the route, and its strategy hears it at once", () => {
    const policy = { maxEntrySlipBp: 10, route: "twap", routing: { slices: 2, jitter: 0 } } as const;
    const harness = new Harness({ strategy: new TestStrategy({ policy }) });
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 4 });
    harness.bar(0);
    harness.ack(orderOf(1));
    // The venue's word is that the first slice has filled; the fill itself comes later.
    harness.canceled(orderOf(1), 2);
    expect(harness.of("route_ended")).toEqual([]);
    harness.fill(orderOf(1), 101, 2);
    expect(harness.of("route_ended")).toMatchObject([{ intent: 1, filled: 2_000, reason: "max_entry_slip" }]);
    expect(harness.sent.slice(1)).toMatchObject([{ family: "revert", quantity: 2_000 }]);
    expect(harness.strategy.heard.at(-1)).toEqual({ what: "canceled", intent: 1, filled: 2 });
  });
});
