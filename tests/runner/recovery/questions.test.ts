// The course of a comparison: what is asked when, what is asked again, and what its end needs. LONG 1 was bought at 100 at 60 s.

import { describe, expect, it } from "vitest";

import { minute, orderOf, refusal, TestStrategy, type HarnessOptions } from "../harness.ts";
import { wake } from "./going-on.ts";
import { listed, Restarted } from "./restarted.ts";

function held(options: HarnessOptions = {}): Restarted {
  const harness = new Restarted(options);
  harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
  harness.bar(0);
  harness.ack(orderOf(1));
  harness.fill(orderOf(1), 100, 1);
  return harness;
}

const resumed = (harness: Restarted, since: number, epoch = 2) =>
  harness.handle(harness.fact("session_resumed", { epoch, since, changed: null } as never));
const slept = (harness: Restarted, ms: number) => harness.handle(harness.fact("clock_checked", { offset: 0, slept: ms } as never));
const gap = (harness: Restarted, market = 0) => harness.handle(harness.fact("stream_gap", {} as never, market));
const resynced = (harness: Restarted, market = 0) => harness.handle(harness.fact("stream_resynced", {} as never, market));
const sinces = (harness: Restarted) => harness.of("query_fills").map(({ since }) => since);
const cash = (harness: Restarted, units: number) => harness.handle(harness.fact("cash_reported", { balance: units as never, flows: [] }));

/** Everything but the positions has been told. */
function listsTold(harness: Restarted): void {
  harness.orders([]);
  harness.trades();
  harness.account();
}

describe("the time that is asked about", () => {
  it("is that of the silence and an interval before it, and never before all time", () => {
    const late = held();
    resumed(late, 50_000);
    const early = held();
    resumed(early, 1_000);
    expect([sinces(late), sinces(early)]).toEqual([[48_000], [0]]);
  });

  it("of two silences is the longer one's, whichever comes first", () => {
    const [first, second] = [held(), held()];
    resumed(first, 50_000);
    resumed(first, 55_000, 3);
    resumed(second, 55_000);
    resumed(second, 50_000, 3);
    expect([sinces(first), sinces(second)]).toEqual([
      [48_000, 48_000],
      [53_000, 48_000],
    ]);
  });

  it("is that of a broken stream, from its break on, and of a clock that stood still, as long as it did", () => {
    const stream = held();
    gap(stream);
    stream.bar(1);
    resynced(stream);
    const clock = held();
    clock.bar(1);
    slept(clock, 30_000);
    expect([sinces(stream), sinces(clock)]).toEqual([[58_000], [88_000]]);
  });

  it("is none while a clock stood still for less than an interval", () => {
    const harness = held();
    slept(harness, 1_999);
    expect(harness.phases).toEqual([]);
    slept(harness, 2_000);
    expect(harness.phases).toEqual(["begun clock_gap"]);
  });
});

describe("a comparison", () => {
  it("is not begun by a session that has been halted", () => {
    const harness = held();
    harness.command("halt");
    resumed(harness, 50_000);
    expect(harness.phases).toEqual([]);
    expect(harness.runner.inside.reconciliation.active).toBe(false);
  });

  it("is at work from its beginning to its end, and says what blocks it", () => {
    const harness = held();
    const { reconciliation } = harness.runner.inside;
    expect([reconciliation.active, reconciliation.blocked]).toEqual([false, null]);
    resumed(harness, 50_000);
    expect([reconciliation.active, reconciliation.blocked]).toEqual([true, null]);
    harness.orders([listed(null)]);
    expect([reconciliation.active, reconciliation.blocked]).toEqual([true, "restart_guard_foreign_orders"]);
  });

  it("needs every leg's position", () => {
    const harness = held();
    resumed(harness, 50_000);
    listsTold(harness);
    harness.position("LONG", 1);
    expect(harness.phases).toEqual(["begun restarted"]);
    harness.position("SHORT", 0);
    expect(harness.phases).toEqual(["begun restarted", "done restarted"]);
    expect(harness.of("reconciled").at(-1)).toMatchObject({ adopted: 0, fills: 0, synced: 0, foreign: 0 });
  });

  it("of several markets needs the answers of each", () => {
    const markets = ["A/USDC:USDC", "B/USDC:USDC"].map((symbol) => ({ market: { symbol }, strategy: new TestStrategy() }));
    const harness = new Restarted({ markets });
    for (const market of [0, 1, 1]) gap(harness, market);
    for (const market of [0, 1, 1]) resynced(harness, market);
    const lists = (market: number) => {
      harness.handle(harness.fact("open_orders_reported", { orders: [], complete: true }, market));
      harness.handle(harness.fact("fills_reported", { fills: [], foreign: [], complete: true }, market));
    };
    lists(0);
    harness.account("hedge", [1, 1]);
    expect(harness.of("query_position")).toEqual([]);
    lists(1);
    expect(harness.of("query_position").map(({ market, leg }) => `${market} ${leg}`)).toEqual(["0 LONG", "0 SHORT", "1 LONG", "1 SHORT"]);
    for (const market of [0, 1])
      for (const leg of ["LONG", "SHORT"] as const)
        harness.handle(harness.fact("position_reported", { leg, quantity: 0 as never, entryPrice: null, external: false }, market));
    // Each lock is lifted once, and none is left.
    expect(harness.of("risk_locked").filter(({ locked }) => !locked)).toMatchObject([
      { market: 0, reason: "stream_gap" },
      { market: 1, reason: "stream_gap" },
      { market: null, reason: "reconciling" },
    ]);
    expect(harness.runner.inside.core.locks.held).toBe(false);
  });

  it("that begins anew forgets that all trades were told: a position that differs then is not called unexplained", () => {
    const harness = held();
    resumed(harness, 50_000);
    listsTold(harness);
    harness.bar(1);
    resumed(harness, 50_000, 3);
    harness.position("LONG", 2);
    expect(harness.of("position_synced")).toMatchObject([{ quantity: 2_000, reason: "external_position_change" }]);
  });

  it("that is done leaves no such word behind either, nor a trade that was told in it", () => {
    const [late, again] = [held(), held()];
    const byHand = { trade: "x1", cause: "trade", time: minute, side: "sell", leg: "LONG", price: 11_000, quantity: 1_000, fee: 0 };
    for (const harness of [late, again]) {
      resumed(harness, 50_000);
      harness.orders([]);
      harness.trades([], [byHand as never]);
      harness.account();
      harness.positions(1);
      expect(harness.of("reconciled").at(-1)).toMatchObject({ phase: "done", synced: 0, foreign: 1 });
      harness.bar(1);
    }
    late.position("LONG", 0);
    expect(late.of("position_synced")).toMatchObject([{ reason: "exchange_no_position_before_close" }]);
    resumed(again, 2 * minute, 3);
    listsTold(again);
    again.position("LONG", 0);
    expect(again.of("position_synced")).toMatchObject([{ reason: "unexplained_divergence" }]);
  });

  it("counts what it has found: an order, a trade of its own, one of somebody else, a position", () => {
    const harness = held();
    resumed(harness, 50_000);
    harness.orders([listed(orderOf(1, 1))]);
    harness.canceled(orderOf(1, 1), 0.5);
    const byHand = { trade: "x1", cause: "trade", time: minute, side: "sell", leg: "LONG", price: 10_000, quantity: 250, fee: 0 };
    harness.trades([], [byHand as never], false);
    harness.trades([harness.fillEvent(orderOf(1, 1), 95, 0.5)], [byHand as never]);
    harness.account();
    harness.position("LONG", 1.25);
    harness.position("SHORT", 0);
    harness.account();
    expect(harness.of("reconciled").at(-1)).toMatchObject({ phase: "done", adopted: 1, fills: 1, synced: 1, foreign: 1 });
  });
});

describe("what is not answered", () => {
  it("is asked about again by itself, and blocks the start at the fifth time, said once", () => {
    const harness = held();
    resumed(harness, 50_000);
    harness.trades();
    for (let n = 1; n < 5; n += 1) wake(harness);
    expect(harness.phases).toEqual(["begun restarted"]);
    for (let n = 5; n < 9; n += 1) wake(harness);
    expect(harness.phases).toEqual(["begun restarted", "blocked restart_guard_no_answer"]);
    expect([harness.of("query_open_orders").length, harness.of("query_fills").length, harness.of("query_account").length]).toEqual([9, 1, 9]);
  });

  it("among the positions is asked about every interval, and nothing else is; that blocks nothing", () => {
    const harness = held();
    resumed(harness, 50_000);
    listsTold(harness);
    harness.position("SHORT", 0);
    for (let n = 0; n < 7; n += 1) wake(harness);
    expect(harness.of("query_position").map(({ leg }) => leg)).toEqual(["LONG", "SHORT", ...Array.from({ length: 7 }, () => "LONG")]);
    expect(harness.of("set_timer").map(({ due }) => due)).toEqual([62, 64, 66, 68, 70, 72, 74, 76].map((at) => at * 1_000));
    expect([harness.phases, harness.of("query_account").length]).toEqual([["begun restarted"], 1]);
    harness.position("LONG", 1);
    expect(harness.phases.at(-1)).toBe("done restarted");
  });

  it("because the venue turned the question away is asked about again, and not before it listens", () => {
    const harness = held();
    resumed(harness, 50_000);
    const limit = { status: 429, until: minute + 10_000, banned: false };
    harness.handle(
      harness.fact("snapshot_failed", { ...refusal(0, "rate_limited", "-1003", limit as never), market: null, what: "open_orders" } as never),
    );
    expect(harness.of("alert").at(-1)?.text).toMatch(/^rate_limited: the venue takes no questions for 10 s \(429, -1003\)/);
    harness.orders([]);
    harness.trades();
    harness.account();
    expect(harness.of("query_position")).toEqual([]);
    for (let n = 0; n < 5; n += 1) wake(harness);
    expect(harness.of("query_position").map(({ leg }) => leg)).toEqual(["LONG", "SHORT"]);
  });

  it("while something else blocks the start is asked about alone", () => {
    const harness = held();
    resumed(harness, 50_000);
    harness.orders([listed(null)]);
    harness.trades();
    wake(harness);
    expect([harness.of("query_open_orders").length, harness.of("query_account").length]).toEqual([1, 2]);
    harness.account();
    wake(harness);
    expect([harness.of("query_open_orders").length, harness.of("query_account").length]).toEqual([2, 3]);
    // What blocks it is still there: nothing goes on.
    harness.orders([listed(null)]);
    harness.trades();
    harness.account();
    harness.positions(1);
    expect([harness.phases.at(-1), harness.of("query_position")]).toEqual(["blocked restart_guard_foreign_orders", []]);
  });
});

describe("what the account's money needs", () => {
  it("is asked about once more after an interval, not at once", () => {
    const harness = held();
    resumed(harness, 50_000);
    harness.orders([]);
    harness.trades();
    harness.account("hedge", [1], "998.95");
    harness.positions(1);
    cash(harness, 998_950_000);
    expect(harness.of("query_cash")).toHaveLength(1);
    wake(harness);
    expect(harness.of("query_cash")).toHaveLength(2);
  });

  it("may take as many answers as it does: each is one, and the start is not blocked for want of them", () => {
    const harness = held();
    resumed(harness, 50_000);
    harness.orders([]);
    harness.trades();
    harness.account("hedge", [1], "998.95");
    harness.positions(1);
    // Each time another difference.
    for (let n = 0; n < 8; n += 1) {
      cash(harness, 998_000_000 - n);
      wake(harness);
    }
    expect(harness.phases).toEqual(["begun restarted"]);
  });

  it("begins anew with each comparison, and is nothing outside of one", () => {
    const harness = held();
    cash(harness, 1);
    expect(harness.effects.filter(({ type }) => type.startsWith("reconcil") || type.startsWith("cash"))).toEqual([]);
    const missing = (epoch: number) => {
      resumed(harness, 50_000, epoch);
      harness.orders([]);
      harness.trades();
      harness.account("hedge", [1], "998.95");
      harness.positions(1);
      for (let n = 0; n < 2; n += 1) cash(harness, 998_950_000);
    };
    missing(2);
    missing(3);
    expect(harness.of("cash_synced")).toEqual([]);
    cash(harness, 998_950_000);
    expect(harness.of("cash_synced")).toMatchObject([{ amount: -1_000_000, reason: "unexplained_divergence" }]);
  });
});

describe("the account's settings", () => {
  it("that the venue does not tell, or that are set back, lock nothing", () => {
    const harness = held({ settings: { leverage: 5 } });
    const locks = () => harness.of("risk_locked").map(({ reason, locked }) => `${reason} ${locked ? "on" : "off"}`);
    harness.account("hedge", []);
    expect(locks()).toEqual([]);
    harness.account("hedge", [20]);
    harness.account("hedge", [20]);
    expect(locks()).toEqual(["leverage_changed on"]);
    harness.account("hedge", [5]);
    expect(locks()).toEqual(["leverage_changed on", "leverage_changed off"]);
    const any = held();
    any.account("hedge", [20]);
    expect(any.of("risk_locked")).toEqual([]);
  });
});

describe("a process that the venue has seen a later one of", () => {
  it("ends, whether it asked or not; orders of its own epoch and of earlier ones are its own", () => {
    const [asked, unasked] = [held(), held()];
    resumed(asked, 50_000, 3);
    asked.orders([listed(null), listed(orderOf(1), { epoch: 2 }), listed(orderOf(1), { epoch: 3 })]);
    expect(asked.of("halt")).toEqual([]);
    for (const [harness, own] of [
      [asked, 3],
      [unasked, 1],
    ] as const) {
      harness.orders([listed(null), listed(orderOf(1), { epoch: own + 1 })]);
      expect(harness.of("halt")).toEqual([
        { type: "halt", reason: "higher_epoch_seen", text: `the venue has orders of epoch ${own + 1}, this process is epoch ${own}` },
      ]);
    }
  });
});

describe("a look at what a list says when nothing was asked", () => {
  it("changes nothing", () => {
    const harness = new Restarted();
    harness.orders([listed(null), listed(orderOf(9))]);
    harness.trades([], [{ trade: "x1", leg: "LONG" } as never]);
    expect(harness.effects).toEqual([]);
  });
});
