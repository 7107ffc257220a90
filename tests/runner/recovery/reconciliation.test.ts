// After a silence: what the runner asks the venue, what it makes of the answers, and that nothing increases risk before.

import { describe, expect, it } from "vitest";

import type { Price, Quantity } from "../../../src/domain/index.ts";
import { minute, orderOf, positioned, type HarnessOptions } from "../harness.ts";
import { listed, Restarted } from "./restarted.ts";

/** LONG 1 at 100 from bar 0; the process died behind its fill. */
function held(options: HarnessOptions = {}): Restarted {
  const harness = new Restarted(options);
  harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
  harness.bar(0);
  harness.ack(orderOf(1));
  harness.fill(orderOf(1), 100, 1);
  harness.resume();
  return harness;
}

/** A limit entry of 1 at 95 that was sent and never answered. */
function sent(options: HarnessOptions = {}): Restarted {
  const harness = new Restarted(options);
  harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95 });
  harness.bar(0);
  harness.resume();
  return harness;
}

describe("a process that comes back", () => {
  it("asks for open orders, trades and the account, and then for the positions", () => {
    const harness = held();
    const questions = () => harness.effects.map(({ type }) => type).filter((type) => type.startsWith("query_"));
    expect(questions()).toEqual(["query_open_orders", "query_fills", "query_account"]);
    harness.orders([]);
    harness.trades();
    harness.account();
    expect(questions().slice(3)).toEqual(["query_position", "query_position"]);
    harness.positions(1);
    expect(harness.phases).toEqual(["begun restarted", "done restarted"]);
  });

  it("increases no risk before the comparison is done, and does afterwards", () => {
    const harness = held();
    expect(harness.tries(1)).toBe(0);
    expect(harness.skips.at(-1)).toMatch(/ reconciling$/);
    harness.orders([]);
    harness.trades();
    harness.account();
    expect(harness.tries(2)).toBe(0);
    harness.positions(1);
    expect(harness.tries(3)).toBe(1);
  });

  it("closes all the same meanwhile", () => {
    const harness = held();
    harness.strategy.at[1] = (ctx) => ctx.close({ side: "LONG" });
    harness.bar(1);
    expect(harness.sent.at(-1)).toMatchObject({ family: "close", side: "sell", quantity: 1_000 });
  });

  it("asks again for what stays unanswered, and says that its start is blocked after five times", () => {
    const harness = held();
    for (let n = 0; n < 5; n += 1) {
      const due = harness.of("set_timer").at(-1);
      harness.timer(due?.timer ?? 0, due?.due ?? 0);
    }
    expect(harness.of("query_open_orders")).toHaveLength(6);
    expect(harness.phases.at(-1)).toBe("blocked restart_guard_no_answer");
  });

  it("begins anew when it dies once more on the way", () => {
    const harness = held();
    harness.orders([]);
    harness.resume(3);
    harness.trades();
    harness.account();
    expect(harness.phases).toEqual(["begun restarted", "begun restarted"]);
    harness.orders([]);
    harness.positions(1);
    expect(harness.phases.at(-1)).toBe("done restarted");
  });
});

describe("bars that were missed", () => {
  const missed = (harness: Restarted, from: number, to: number) => harness.handle(harness.fact("bars_missed", { series: 0, from, to } as never));

  it("move the views on, and nobody decides on them", () => {
    const harness = held();
    missed(harness, 1, 5);
    expect(harness.runner.barOf(0)).toBe(4);
    expect(harness.strategy.heard.filter(({ what }) => what === "bar")).toHaveLength(1);
  });

  it("are told as in the warm-up, and what is asked for on them comes too late", () => {
    const harness = held();
    const rows: number[] = [];
    harness.strategy.onWarmupDo = (ctx) => {
      rows.push(ctx.bar);
      if (ctx.bar === 2) ctx.close({ side: "LONG" });
    };
    missed(harness, 1, 4);
    expect(rows).toEqual([1, 2, 3]);
    expect(harness.skips).toEqual(["2 stale_data"]);
  });
});

describe("an order whose answer was lost with the process", () => {
  it("that the venue lists is open, and nothing is asked about it", () => {
    const harness = sent();
    harness.orders([listed(orderOf(1))]);
    harness.trades();
    harness.account();
    harness.positions(0);
    expect(harness.of("query_order")).toHaveLength(0);
    expect(harness.phases.at(-1)).toBe("done restarted");
  });

  it("that is not listed is asked about: absence from a list proves nothing", () => {
    const harness = sent();
    harness.orders([]);
    harness.trades();
    harness.account();
    expect(harness.settled(orderOf(1))).toEqual(["UNKNOWN restarted"]);
    harness.answer(orderOf(1), "FILLED", [harness.fillEvent(orderOf(1), 95, 1)]);
    expect(harness.settled(orderOf(1)).at(-1)).toBe("FILLED first_limit_late_fill");
    harness.positions(1);
    // The account was told before the fill that has cost a fee since: it is asked about once more.
    expect(harness.of("query_account")).toHaveLength(2);
    harness.account();
    expect(harness.phases.at(-1)).toBe("done restarted");
    expect(harness.held("LONG")).toBe(1);
  });

  it("whose fill stands among the trades has filled, once", () => {
    const harness = sent();
    const fill = harness.fillEvent(orderOf(1), 95, 1);
    harness.trades([fill]);
    harness.trades([fill]);
    harness.orders([]);
    harness.account();
    harness.positions(1);
    expect(harness.held("LONG")).toBe(1);
    expect(harness.of("reconciled").at(-1)).toMatchObject({ phase: "done", fills: 1 });
  });

  it("that was to be cancelled is cancelled again when the venue still lists it", () => {
    const harness = new Restarted();
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95 });
    harness.strategy.at[1] = (ctx) => ctx.cancel(1);
    harness.bars(0, 1);
    harness.resume();
    harness.orders([listed(orderOf(1))]);
    expect(harness.of("cancel_order")).toHaveLength(2);
  });
});

describe("what is on the account and not in the book", () => {
  it("is adopted and cancelled when the id says that it is ours", () => {
    const harness = held();
    // Intent 1, attempt 1: no such order was ever in this book.
    harness.orders([listed(orderOf(1, 1))]);
    expect(harness.of("order_adopted")).toMatchObject([{ reason: "own_order_adopted", request: { order: orderOf(1, 1), family: "entry" } }]);
    expect(harness.of("cancel_order")).toMatchObject([{ order: orderOf(1, 1), reason: "late_acceptance" }]);
  });

  /** A restart with an entry or an addition that the venue alone knows; answered and found flat, or with what it has filled. */
  function recovered(told: Parameters<typeof listed>[1], held = 0): Restarted {
    const harness = new Restarted();
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95 });
    harness.bar(0);
    harness.reject(orderOf(1));
    harness.resume();
    harness.orders([listed(orderOf(1, 1), told)]);
    harness.trades();
    harness.account();
    if (held > 0) harness.fill(orderOf(1, 1), 95, held);
    return harness;
  }
  const locksOf = (harness: Restarted) => harness.of("risk_locked").map(({ reason, locked }) => `${reason} ${locked ? "on" : "off"}`);

  it("locks what increases risk until the market is flat, because no state of the strategy belongs to it (004-PE-6)", () => {
    const harness = recovered({});
    expect(locksOf(harness)).toContain("recovery_blocked_no_snapshot on");
    harness.canceled(orderOf(1, 1));
    harness.positions(0);
    expect(harness.phases.at(-1)).toBe("done restarted");
    // Cancelled without a fill it has left nothing behind: the next decision lifts the lock.
    expect(harness.tries(1)).toBe(1);
    expect(locksOf(harness)).toContain("recovery_blocked_no_snapshot off");
  });

  it("says so of an addition that has filled where the book holds no position (004-PE-6)", () => {
    const harness = recovered({ family: "dca", filled: 400 as Quantity }, 0.4);
    harness.canceled(orderOf(1, 1), 0.4);
    // Asked for once the order's fate is known.
    for (let read = 0; read < 2; read += 1) harness.positions(0.4);
    // The account was told before the fee of what has filled since.
    harness.account();
    expect(locksOf(harness).filter((text) => text.startsWith("recovery"))).toEqual(["recovery_blocked_missing_position_after_fill on"]);
    expect(harness.held("LONG")).toBe(0.4);
    expect([harness.tries(1), harness.skips.at(-1)]).toEqual([0, "2 recovery_blocked_missing_position_after_fill"]);
    // What is there can be brought to its end.
    harness.strategy.at[2] = (ctx) => ctx.close({ side: "LONG" });
    harness.bar(2);
    expect(harness.sent.at(-1)).toMatchObject({ family: "close", side: "sell", quantity: 400 });
  });

  it("locks nothing for one that only closes", () => {
    const harness = held();
    harness.orders([listed(orderOf(1, 1), { side: "sell", reduceOnly: true, family: "tp" })]);
    expect(locksOf(harness).filter((text) => text.startsWith("recovery"))).toEqual([]);
  });

  it("blocks the start when the id is beyond everything that the journal knows", () => {
    const harness = held();
    harness.orders([listed(orderOf(9))]);
    expect(harness.phases.at(-1)).toBe("blocked order_beyond_journal");
    expect(harness.of("cancel_order")).toHaveLength(0);
  });

  it("is never touched when it is foreign, and blocks the start", () => {
    const harness = held();
    harness.orders([listed(null)]);
    harness.trades();
    harness.account();
    expect(harness.of("foreign_seen")).toMatchObject([{ what: "order", id: "77", reason: "foreign_order" }]);
    expect(harness.phases.at(-1)).toBe("blocked restart_guard_foreign_orders");
    expect(harness.of("cancel_order")).toHaveLength(0);
    expect(harness.tries(1)).toBe(0);
  });

  it("starts beside foreign orders when the user's settings allow it", () => {
    const harness = held({ settings: { foreignOrders: "ignore" } });
    harness.orders([listed(null)]);
    harness.trades();
    harness.account();
    harness.positions(1);
    expect(harness.phases.at(-1)).toBe("done restarted");
  });

  it("starts once the foreign order is gone, and says once that it stands, however often it looks", () => {
    const harness = held();
    for (const orders of [[listed(null)], [listed(null)], [listed(null)], []]) {
      harness.orders(orders);
      harness.trades();
      harness.account();
      const due = harness.of("set_timer").at(-1);
      if (orders.length > 0) harness.timer(due?.timer ?? 0, due?.due ?? 0);
    }
    harness.positions(1);
    expect(harness.phases).toEqual(["begun restarted", "blocked restart_guard_foreign_orders", "done restarted"]);
    expect(harness.of("alert").filter(({ text }) => text.includes("restart_guard"))).toHaveLength(1);
    expect(harness.of("foreign_seen")).toHaveLength(1);
    expect(harness.of("reconciled").at(-1)).toMatchObject({ foreign: 1 });
  });

  it("ends the session when it is of a process with a higher epoch", () => {
    const harness = held();
    harness.orders([listed(orderOf(1), { epoch: 3 })]);
    expect(harness.of("halt")).toMatchObject([{ reason: "higher_epoch_seen" }]);
  });
});

describe("a position that the book does not have", () => {
  const byHand = (quantity: number, price: number) => ({
    trade: "x1",
    cause: "trade" as const,
    time: (5 * minute) as never,
    side: "sell" as const,
    leg: "LONG" as const,
    price: Math.round(price * 100) as Price,
    quantity: Math.round(quantity * 1_000) as Quantity,
    fee: 0 as never,
  });

  it("is explained by trades by hand at their own price", () => {
    const harness = held();
    harness.orders([]);
    harness.trades([], [byHand(1, 110)]);
    harness.account();
    harness.positions(0);
    expect(harness.of("position_synced")).toMatchObject([{ quantity: 0, reason: "manual_trade" }]);
    // 1000 - 0.05 fee of the entry + 10 by hand.
    expect(harness.runner.equity()).toBe(1_009_950_000);
    expect(harness.phases.at(-1)).toBe("done restarted");
  });

  it("is explained once: the stream may tell of the same close later", () => {
    const harness = held();
    const close = {
      leg: "LONG",
      side: "sell",
      quantity: 1_000 as Quantity,
      price: 11_000 as Price,
      fee: 20_000 as never,
      left: 0 as Quantity,
    } as const;
    const late = harness.fact("auto_deleveraged", close);
    harness.orders([]);
    harness.trades([], [{ ...byHand(1, 110), cause: "deleveraging", fee: 20_000 as never }]);
    harness.account();
    harness.positions(0);
    // 1000 - 0.05 fee of the entry + 10 - 0.02.
    expect([harness.held("LONG"), harness.runner.equity()]).toEqual([0, 1_009_930_000]);
    harness.handle(late);
    expect([harness.held("LONG"), harness.runner.equity()]).toEqual([0, 1_009_930_000]);
    expect(harness.of("ledger_entry")).toMatchObject([{ order: 0, gross: 10_000_000, entryFee: 50_000, exitFee: 20_000 }]);
  });

  it("is explained by the newest of the trades where the first was in the book already", () => {
    const harness = held();
    harness.orders([]);
    // Of the last instant that was heard: 2 were sold and bought back by hand, as the book knows; then 1 was sold.
    const before = { ...byHand(2, 105), trade: "x0", time: 0 as never };
    harness.trades([], [before, byHand(1, 110)]);
    harness.account();
    harness.positions(0);
    expect(harness.of("position_synced")).toMatchObject([{ quantity: 0, reason: "manual_trade" }]);
    expect(harness.runner.equity()).toBe(1_009_950_000);
  });

  it("is unexplained where the venue's trades are all told and none of them is it", () => {
    const harness = held();
    harness.orders([]);
    harness.trades();
    harness.account();
    harness.positions(0);
    // The fill of bar 0 may still be on its way to the report: the second equal read settles it.
    harness.bars(1, 2);
    harness.position("LONG", 0);
    expect(harness.of("position_synced").at(-1)?.reason).toBe("unexplained_divergence");
    expect(harness.phases.at(-1)).toBe("done restarted");
    expect(harness.tries(3)).toBe(0);
    expect(harness.skips.at(-1)).toMatch(/ unexplained_divergence$/);
  });
});

describe("the account", () => {
  it("in another position mode lets no risk increase until it is set back", () => {
    const harness = held();
    harness.orders([]);
    harness.trades();
    harness.account("one_way");
    harness.positions(1);
    expect(harness.tries(1)).toBe(0);
    expect(harness.skips.at(-1)).toMatch(/ account_mode_changed$/);
    harness.account("hedge");
    expect(harness.tries(2)).toBe(1);
  });

  it("at another leverage than the settings say lets no risk increase", () => {
    const harness = held({ settings: { leverage: 5 } });
    harness.orders([]);
    harness.trades();
    harness.account("hedge", [20]);
    harness.positions(1);
    expect(harness.tries(1)).toBe(0);
    expect(harness.skips.at(-1)).toMatch(/ leverage_changed$/);
  });
});

describe("a stream that broke off", () => {
  it("lets nothing increase risk until the comparison after it is done", () => {
    const harness = positioned() as Restarted;
    Object.setPrototypeOf(harness, Restarted.prototype);
    harness.handle(harness.fact("stream_gap", {} as never));
    expect(harness.tries(1)).toBe(0);
    harness.handle(harness.fact("stream_resynced", {} as never));
    harness.orders([]);
    harness.trades();
    harness.account();
    expect(harness.tries(2)).toBe(0);
    harness.positions(1);
    expect(harness.phases).toEqual(["begun stream_gap", "done stream_gap"]);
    expect(harness.tries(3)).toBe(1);
  });
});

describe("a clock", () => {
  const checked = (harness: Restarted, offset: number, slept: number) => harness.handle(harness.fact("clock_checked", { offset, slept } as never));

  it("that is off by more than the settings allow makes data stale until it is right again", () => {
    const harness = new Restarted();
    checked(harness, 1_001, 0);
    expect(harness.tries(0)).toBe(0);
    checked(harness, 1_000, 0);
    expect(harness.tries(1)).toBe(1);
  });

  it("that stood still calls for a comparison", () => {
    const harness = new Restarted();
    checked(harness, 0, 3_600_000);
    expect(harness.phases).toEqual(["begun clock_gap"]);
  });
});
