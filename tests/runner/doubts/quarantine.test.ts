// Orders whose fate no evidence tells, and positions that they may explain: what waits for them, for how long, and what sets it free.

import { describe, expect, it } from "vitest";

import { Harness, minute, orderOf, positioned, refusal, TestStrategy, type HarnessOptions } from "../harness.ts";
import { wake } from "../recovery/going-on.ts";
import { listed, type Restarted } from "../recovery/restarted.ts";

/** Limits that reduce SHORT 9 by 1 each, in doubt, at a venue that names no time after which a request is no longer taken. */
function doubted(count: number, options: HarnessOptions = {}): Harness {
  const harness = new Harness({ positions: [{ market: 0, leg: "SHORT", quantity: -9, price: 100 }], settings: { absence: null }, ...options });
  harness.strategy.at[0] = (ctx) => {
    for (let n = 0; n < count; n += 1) ctx.reduce({ side: "SHORT", quantity: 1, orderType: "limit", price: 95 - n });
  };
  harness.bar(0);
  for (let n = 1; n <= count; n += 1) harness.unknown(orderOf(n));
  return harness;
}

/** Two reads that do not find them. */
function quarantine(harness: Harness, ...intents: readonly number[]): void {
  for (const pause of [0, 2_000]) {
    harness.clock += pause;
    for (const intent of intents) harness.answer(orderOf(intent), null);
  }
}

const locks = (harness: Harness) => harness.of("risk_locked").map(({ reason, locked }) => `${reason} ${locked ? "on" : "off"}`);
const status = (harness: Harness, intent: number) => harness.settled(orderOf(intent)).at(-1)?.split(" ")[0];

describe("a market with orders in quarantine", () => {
  it("is locked by the first of them and free with the last", () => {
    const harness = doubted(3);
    quarantine(harness, 1, 2);
    expect([1, 2, 3].map((intent) => status(harness, intent))).toEqual(["QUARANTINED", "QUARANTINED", "UNKNOWN"]);
    harness.answer(orderOf(1), "SUBMITTED");
    harness.answer(orderOf(3), "SUBMITTED");
    expect(locks(harness)).toEqual(["symbol_quarantined on"]);
    harness.fill(orderOf(2), 94, 1);
    expect(locks(harness)).toEqual(["symbol_quarantined on", "symbol_quarantined off"]);
  });

  it("says why, once for each", () => {
    const harness = doubted(1);
    quarantine(harness, 1);
    quarantine(harness, 1);
    expect(harness.of("alert").map(({ text }) => text)).toEqual([
      `reply_lost: the outcome of partial order ${orderOf(1)} on TEST/USDC:USDC is open until there is evidence`,
      `quarantined: order ${orderOf(1)} on TEST/USDC:USDC: this venue names no time after which a request is no longer taken`,
    ]);
  });

  it("asks about each by itself: the second one as soon as the first was at its beginning", () => {
    const harness = doubted(2);
    quarantine(harness, 1);
    const pause = (intent: number) => {
      const before = harness.of("set_timer").length;
      harness.answer(orderOf(intent), null);
      return harness
        .of("set_timer")
        .slice(before)
        .map(({ due }) => due - harness.clock);
    };
    // The first one's next question waits already.
    expect(pause(1)).toEqual([]);
    expect(pause(2)).toEqual([2_000]);
  });

  it("asks soon again about an order that was found and is in doubt anew", () => {
    const harness = doubted(1);
    quarantine(harness, 1);
    for (let n = 0; n < 3; n += 1) {
      wake(harness as Restarted);
      harness.answer(orderOf(1), null);
    }
    harness.answer(orderOf(1), "SUBMITTED");
    for (let left = harness.runner.openTimers().length; left > 0; left -= 1) wake(harness as Restarted);
    harness.unknown(orderOf(1));
    harness.answer(orderOf(1), null);
    expect((harness.of("set_timer").at(-1)?.due ?? 0) - harness.clock).toBe(2_000);
  });
});

describe("a position that orders in doubt may explain", () => {
  it("is left to them between nothing and all of what they have left, and taken over beyond that", () => {
    const explained = (quantity: number) => {
      const harness = doubted(2);
      harness.fill(orderOf(1), 95, 0.25);
      harness.unknown(orderOf(1));
      harness.bar(1);
      harness.position("SHORT", quantity);
      return harness.runner.positionOf(0, "SHORT") / 1_000;
    };
    // The book has -8.75; 0.75 and 1 may fill. A difference beyond that needs a second read while orders are out.
    const second = (quantity: number) => {
      const harness = doubted(2);
      harness.fill(orderOf(1), 95, 0.25);
      harness.unknown(orderOf(1));
      harness.bar(1);
      harness.position("SHORT", quantity);
      harness.clock += 2_000;
      harness.position("SHORT", quantity);
      return harness.held("SHORT");
    };
    expect([explained(-7), explained(-8)]).toEqual([-8.75, -8.75]);
    expect([-7, -6.999, -8.75, -8.751].map(second)).toEqual([-8.75, -6.999, -8.75, -8.751]);
  });

  it("may be smaller by what they sell, exactly", () => {
    const smaller = (quantity: number) => {
      const harness = positioned({ settings: { absence: null } }, 3);
      harness.strategy.at[1] = (ctx) => ctx.reduce({ side: "LONG", quantity: 1, orderType: "limit", price: 110 });
      harness.bar(1);
      harness.unknown(orderOf(2));
      for (let n = 0; n < 2; n += 1) {
        harness.clock += 2_000;
        harness.position("LONG", quantity);
      }
      return harness.held("LONG");
    };
    expect([2, 1.999, 3.001].map(smaller)).toEqual([3, 1.999, 3.001]);
  });

  it("leaves the book in question until it is told anew, when they are no longer in doubt", () => {
    const harness = doubted(1);
    harness.position("SHORT", -8);
    harness.position("LONG", 0);
    expect(harness.runner.divergent).toBe(true);
    const asked = () => harness.of("query_position").map(({ leg }) => leg);
    expect(asked()).toEqual([]);
    harness.answer(orderOf(1), "SUBMITTED");
    expect([asked(), harness.runner.divergent]).toEqual([["SHORT"], true]);
    harness.position("SHORT", -9);
    expect(harness.runner.divergent).toBe(false);
  });

  it("is not asked for by the end of another order, of which nothing was in doubt", () => {
    const harness = doubted(2);
    harness.ack(orderOf(1));
    harness.position("SHORT", -8);
    harness.canceled(orderOf(1));
    expect([harness.of("query_position"), harness.runner.divergent]).toEqual([[], true]);
  });

  it("is not asked for again where nothing was left to them", () => {
    const harness = doubted(1);
    harness.position("SHORT", -9);
    harness.answer(orderOf(1), "SUBMITTED");
    expect(harness.of("query_position")).toEqual([]);
  });

  it("that was told before a fill is judged by nobody: it is asked for anew", () => {
    const harness = doubted(2);
    const early = harness.fact("position_reported", { leg: "SHORT", quantity: -7_500 as never, entryPrice: null, external: false });
    harness.fill(orderOf(1), 95, 1);
    harness.handle(early);
    expect(harness.of("query_position").map(({ leg }) => leg)).toEqual(["SHORT"]);
    expect(harness.runner.inside.outcomes.verifying).toBe(false);
  });
});

describe("a cancel that does not happen", () => {
  /** Intent 2 reduces 1 of LONG 2 at 110, and is cancelled at bar 1. */
  function canceling(): Harness {
    const harness = positioned({}, 2);
    harness.strategy.at[1] = (ctx) => {
      ctx.reduce({ side: "LONG", quantity: 1, orderType: "limit", price: 110 });
      ctx.cancel(2);
    };
    harness.bar(1);
    return harness;
  }

  it("is sent again three times, each when the venue says that the order is out; then the order counts, and can be cancelled anew", () => {
    const harness = canceling();
    for (let n = 0; n < 4; n += 1) {
      harness.clock += 2_000;
      harness.unknown(orderOf(2), "cancel");
      harness.answer(orderOf(2), "SUBMITTED");
    }
    expect(harness.of("cancel_order").map(({ reason }) => reason)).toEqual([
      "strategy_cancel",
      ...Array.from({ length: 3 }, () => "cancel_unconfirmed"),
    ]);
    expect([harness.runner.retries, harness.of("alert").at(-1)?.level]).toEqual([3, "error"]);
    harness.strategy.at[2] = (ctx) => expect(ctx.cancel(2)).toBe(true);
    harness.bar(2);
    expect(harness.of("cancel_order").at(-1)?.reason).toBe("strategy_cancel");
    // It may be sent again as often as before.
    harness.unknown(orderOf(2), "cancel");
    harness.answer(orderOf(2), "SUBMITTED");
    expect(harness.of("cancel_order").at(-1)?.reason).toBe("cancel_unconfirmed");
    harness.canceled(orderOf(2));
    expect(harness.settled(orderOf(2)).at(-1)).toBe("CANCELED strategy_cancel");
  });

  it("of an entry leaves it pending: no other one takes its place", () => {
    const harness = new Harness({ strategy: new TestStrategy() });
    harness.strategy.at[0] = (ctx) => {
      ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95 });
      ctx.cancel(1);
    };
    harness.bar(0);
    for (let n = 0; n < 4; n += 1) {
      harness.unknown(orderOf(1), "cancel");
      harness.answer(orderOf(1), "SUBMITTED");
    }
    harness.strategy.at[1] = (ctx) => ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 94 });
    harness.bar(1);
    expect(harness.skips).toEqual(["2 position_pending"]);
  });

  it("is sent again although the venue takes no orders", () => {
    const harness = canceling();
    const limit = { status: 429, until: 10 * minute, banned: false } as never;
    harness.handle(harness.fact("order_rejected", refusal(orderOf(7), "rate_limited", "-1015", limit)));
    harness.unknown(orderOf(2), "cancel");
    harness.answer(orderOf(2), "SUBMITTED");
    expect(harness.of("cancel_order")).toHaveLength(2);
  });

  it("of a part that has filled leaves the order partly filled", () => {
    const harness = canceling();
    harness.fill(orderOf(2), 110, 0.4);
    harness.unknown(orderOf(2), "cancel");
    harness.answer(orderOf(2), "PARTIAL");
    expect(harness.settled(orderOf(2)).at(-1)).toBe("PARTIAL signal");
  });
});

describe("an order that is there by the venue's word", () => {
  const lost = () => {
    const harness = new Harness();
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95 });
    harness.bar(0);
    return harness;
  };

  it("is gone when it is proven absent, and did not never arrive: named as a duplicate, or in a list after a silence", () => {
    const [duplicate, told] = [lost(), lost()];
    duplicate.handle(duplicate.fact("order_rejected", refusal(orderOf(1), "duplicate_client_order_id", "-4116")));
    told.unknown(orderOf(1));
    told.handle(told.fact("session_resumed", { epoch: 2, since: 0, changed: null } as never));
    told.handle(told.fact("open_orders_reported", { orders: [listed(orderOf(1))], complete: true }));
    told.unknown(orderOf(1));
    for (const harness of [duplicate, told]) {
      harness.proveAbsent(orderOf(1));
      expect(harness.settled(orderOf(1)).at(-1)).toBe("CANCELED unknown_order_at_venue");
    }
  });
});

describe("a doubt about the cancel of a routed order", () => {
  it("undoes nothing of what the strategy has decided: the intent is still being worked", () => {
    const harness = new Harness({ strategy: new TestStrategy({ policy: { route: "limit-patience" } }) });
    harness.strategy.at[0] = (ctx, state) => {
      ctx.open({ side: "LONG", quantity: 4 });
      state.count += 100;
    };
    harness.bar(0);
    harness.cancelRejected(orderOf(1));
    expect([harness.strategy.state.count, harness.settled(orderOf(1))]).toEqual([101, ["UNKNOWN cancel_unconfirmed"]]);
  });
});

describe("an order that the venue takes after it was given up", () => {
  /** Its life is so many ms from 60 s on. */
  function late(timeToLive: number | null, acknowledged: number): Harness {
    const harness = new Harness({ strategy: new TestStrategy({ policy: { lateAcceptance: "adopt" } }) });
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95, timeToLive });
    harness.bar(0);
    harness.unknown(orderOf(1));
    harness.proveAbsent(orderOf(1));
    harness.clock = acknowledged;
    harness.effects.length = 0;
    harness.ack(orderOf(1));
    return harness;
  }

  it("is said aloud, and is kept for the rest of its life: none where that is over, all of it where it has no end", () => {
    const timers = (harness: Harness) =>
      harness
        .of("set_timer")
        .slice(-1)
        .map(({ due }) => due);
    const [kept, over, endless] = [late(50_000, 109_999), late(50_000, 110_000), late(null, 200_000)];
    expect([kept, over, endless].map((harness) => harness.of("cancel_order").map(({ reason }) => reason))).toEqual([[], ["late_acceptance"], []]);
    expect([timers(kept), timers(endless)]).toEqual([[110_000], []]);
    expect(kept.of("alert").at(-1)).toEqual({
      type: "alert",
      level: "error",
      text: `late_acceptance: order ${orderOf(1)} on TEST/USDC:USDC was given up, and the venue has taken it`,
    });
  });
});

describe("an answer that was lost", () => {
  it("is missed after three reads' time, six seconds", () => {
    const harness = doubted(1);
    expect(harness.of("set_timer").at(-1)?.due).toBe(minute + 6_000);
  });

  it("is not missed of an order that was in doubt, was settled, and is in doubt again: that has a watch of its own", () => {
    const harness = doubted(1);
    harness.ack(orderOf(1));
    harness.unknown(orderOf(1));
    expect(harness.of("set_timer")).toHaveLength(2);
    expect(harness.of("query_order")).toHaveLength(2);
  });
});
