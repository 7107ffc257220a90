// An order of ours that the venue alone knows: what it is in the book by what the venue's list says of it, and what becomes of it.

import { describe, expect, it } from "vitest";

import type { Family, Leg, ListedOrder, Price, Quantity, Side } from "../../../src/domain/index.ts";
import { orderOf, TestStrategy, type HarnessOptions } from "../harness.ts";
import { listed, Restarted } from "./restarted.ts";

const strange = orderOf(1, 1);

/** A restart of a session whose only order was turned away, and a list that names a second one of its intent, which is kept. */
function adopted(told: Partial<Omit<ListedOrder, "order">>, options: HarnessOptions = {}, policy: TestStrategy["policy"] | object = {}): Restarted {
  const strategy = new TestStrategy({ policy: { lateAcceptance: "adopt", ...policy } });
  const harness = new Restarted({ strategy, ...options });
  strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95 });
  harness.bar(0);
  harness.reject(orderOf(1));
  harness.resume();
  harness.orders([listed(strange, told)]);
  return harness;
}

describe("an order that the venue alone knows", () => {
  type Row = readonly [side: Side, leg: Leg, reduceOnly: boolean, family: Family | null, is: string];
  it.each<Row>([
    ["buy", "LONG", false, null, "OPEN entry LONG"],
    ["sell", "LONG", false, null, "CLOSE close LONG"],
    ["sell", "SHORT", false, null, "OPEN entry SHORT"],
    ["buy", "SHORT", false, null, "CLOSE close SHORT"],
    ["buy", "NET", false, null, "OPEN entry LONG"],
    ["sell", "NET", false, null, "OPEN entry SHORT"],
    ["buy", "NET", true, null, "CLOSE close SHORT"],
    ["sell", "NET", true, null, "CLOSE close LONG"],
    ["buy", "LONG", false, "dca", "ADD dca LONG"],
    ["sell", "SHORT", false, "entry", "OPEN entry SHORT"],
    ["buy", "SHORT", false, "tp", "CLOSE tp SHORT"],
    ["sell", "NET", true, "sl", "CLOSE sl LONG"],
    // Coins are sold without the word.
    ["sell", "NET", false, "tp", "CLOSE tp LONG"],
  ])("that would %s of %s (reduce only: %s, family %s) is %s", (side, leg, reduceOnly, family, is) => {
    const harness = adopted({ side, leg, reduceOnly, family, quantity: 2_000 as Quantity }, { hedge: leg !== "NET" });
    expect(harness.of("order_adopted")).toMatchObject([{ filled: 0, request: { side, leg, reduceOnly, quantity: 2_000, price: 9_500 } }]);
    harness.answer(strange, "REJECTED");
    const { view } = harness.strategy.heard.at(-1) as Extract<TestStrategy["heard"][number], { what: "rejected" }>;
    expect(`${view.kind} ${view.family} ${view.side}`).toBe(is);
    const locks = harness.of("risk_locked").filter(({ reason }) => reason === "recovery_blocked_no_snapshot");
    expect(locks).toHaveLength(is.startsWith("CLOSE") ? 0 : 1);
  });

  it("is out from then on: the strategy sees it, and it fills as any other", () => {
    const harness = adopted({});
    expect(harness.of("query_order")).toEqual([{ type: "query_order", order: strange, market: 0 }]);
    expect(harness.of("cancel_order")).toEqual([]);
    harness.strategy.at[1] = (ctx) =>
      expect(ctx.orders()).toMatchObject([{ intent: 1, side: "LONG", type: "limit", price: 95, status: "SUBMITTED" }]);
    harness.bar(1);
    expect(harness.strategy.heard.at(-1)).toEqual({ what: "bar", bar: 1 });
    harness.fill(strange, 95, 1);
    expect([harness.held("LONG"), harness.settled(strange)]).toEqual([1, ["FILLED filled"]]);
  });

  it.each<[string, Partial<Omit<ListedOrder, "order">>, number, boolean]>([
    // 10 bp of 95 are 0.095, of 98 0.098, of the last close of 100 0.1.
    ["its price", { price: 9_500 as Price, type: "limit" }, 95.1, true],
    ["its price", { price: 9_500 as Price, type: "limit" }, 95.09, false],
    ["its trigger", { price: null, trigger: 9_800 as Price, type: "stop_market" }, 98.1, true],
    ["its trigger", { price: null, trigger: 9_800 as Price, type: "stop_market" }, 98.09, false],
    ["the last close", { price: null, type: "market" }, 100.11, true],
    ["the last close", { price: null, type: "market" }, 100.1, false],
  ])("slips from %s (%o): filled at %d it is reverted: %s", (_from, told, price, reverted) => {
    const harness = adopted(told, {}, { maxEntrySlipBp: 10 });
    harness.fill(strange, price, 1);
    expect(harness.sent.filter(({ family }) => family === "revert")).toHaveLength(reverted ? 1 : 0);
  });

  it.each<[family: Family, filled: number, held: number, reason: string]>([
    ["dca", 400, 0, "recovery_blocked_missing_position_after_fill"],
    ["dca", 0, 0, "recovery_blocked_no_snapshot"],
    ["dca", 400, 2, "recovery_blocked_no_snapshot"],
    ["entry", 400, 0, "recovery_blocked_no_snapshot"],
  ])("of family %s, filled by %d units beside a position of %d, locks by %s", (family, filled, held, reason) => {
    const positions = held === 0 ? [] : [{ market: 0, leg: "LONG" as const, quantity: held, price: 100 }];
    const harness = adopted({ family, filled: filled as Quantity }, { positions });
    const blocked = harness.of("risk_locked").filter((lock) => lock.reason.startsWith("recovery"));
    expect(blocked.map((lock) => lock.reason)).toEqual([reason]);
    const alert = harness.of("alert").find(({ text }) => text.startsWith(reason));
    expect([alert?.level, alert?.text.endsWith("nothing increases risk on TEST/USDC:USDC until it is flat")]).toEqual(["error", true]);
  });
});
