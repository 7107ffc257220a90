// Rows 004-PE-4, 004-PE-5 and failures 1.1, 1.3: three-valued outcomes. Unknown is left only on evidence; while it lasts,
// risk does not grow, and what reduces it is never held up.

import { describe, expect, it } from "vitest";

import type { Refusal } from "../../src/domain/index.ts";
import { Harness, minute, orderOf, positioned, refusal, TestStrategy } from "./harness.ts";

function restingAdd(): Harness {
  const harness = positioned({ strategy: new TestStrategy({ policy: { dcaOrderType: "limit" } }) });
  harness.strategy.at[1] = (ctx) => ctx.add({ side: "LONG", quantity: 2, price: 90, timeToLive: minute });
  harness.bar(1);
  harness.ack(orderOf(2));
  return harness;
}

describe("a pending entry", () => {
  it("004-PE-4: two partial fills make one position with the average of all", () => {
    const harness = restingAdd();
    harness.fill(orderOf(2), 90, 0.5, { cumulative: 0.5 });
    harness.fill(orderOf(2), 89, 1.5, { cumulative: 2 });
    // (1 × 100 + 0.5 × 90 + 1.5 × 89) / 3 = 278.5 / 3.
    expect(harness.held("LONG")).toBe(3);
    harness.strategy.at[2] = (ctx) => expect(ctx.position("LONG").entryPrice).toBeCloseTo(278.5 / 3, 9);
    harness.bar(2);
    expect(harness.settled(orderOf(2))).toEqual(["FILLED filled"]);
    const fills = harness.strategy.heard.flatMap((entry) =>
      entry.what === "fill" ? [[entry.fill.quantity, entry.fill.cumulative, entry.fill.complete]] : [],
    );
    expect(fills.slice(1)).toEqual([
      [0.5, 0.5, false],
      [1.5, 2, true],
    ]);
  });

  it("004-PE-4: an add that fills while it is being cancelled has the reason dca_limit_fill", () => {
    const harness = restingAdd();
    harness.timer(harness.of("set_timer").at(-1)?.timer ?? 0, 3 * minute);
    harness.fill(orderOf(2), 90, 2);
    expect(harness.settled(orderOf(2))).toEqual(["FILLED dca_limit_fill"]);
  });

  it("004-PE-5: an add whose life ended without a fill restores the strategy, rejected with dca_limit_timeout", () => {
    const harness = restingAdd();
    harness.timer(harness.of("set_timer").at(-1)?.timer ?? 0, 3 * minute);
    harness.canceled(orderOf(2));
    expect(harness.settled(orderOf(2))).toEqual(["CANCELED dca_limit_timeout"]);
    expect(harness.strategy.rejections).toEqual(["2 dca_limit_timeout restored"]);
  });

  it("004-PE-5: a fill between the cancel and its confirmation is applied, and nothing is put back", () => {
    const harness = restingAdd();
    harness.timer(harness.of("set_timer").at(-1)?.timer ?? 0, 3 * minute);
    harness.fill(orderOf(2), 90, 0.5);
    harness.canceled(orderOf(2), 0.5);
    expect(harness.held("LONG")).toBe(1.5);
    expect(harness.strategy.rejections).toEqual([]);
    expect(harness.strategy.heard.at(-1)).toEqual({ what: "canceled", intent: 2, filled: 0.5 });
  });

  it("a late fill after the cancel's confirmation is applied once", () => {
    const harness = restingAdd();
    harness.timer(harness.of("set_timer").at(-1)?.timer ?? 0, 3 * minute);
    harness.canceled(orderOf(2));
    const late = harness.fillEvent(orderOf(2), 90, 2);
    harness.handle(late);
    harness.handle(late);
    expect(harness.held("LONG")).toBe(3);
    expect(harness.settled(orderOf(2))).toEqual(["CANCELED dca_limit_timeout", "FILLED dca_limit_fill"]);
  });
});

describe("an unknown outcome", () => {
  function opened(): Harness {
    const harness = new Harness();
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95 });
    harness.bar(0);
    harness.unknown(orderOf(1));
    return harness;
  }

  /** The timer that was armed last. */
  function fireLastTimer(harness: Harness): void {
    const timer = harness.of("set_timer").at(-1);
    harness.timer(timer?.timer ?? 0, timer?.due ?? 0);
  }

  it("is asked about by client order id, never sent again", () => {
    const harness = opened();
    expect(harness.settled(orderOf(1))).toEqual(["UNKNOWN reply_lost"]);
    expect(harness.of("query_order")).toEqual([{ type: "query_order", order: orderOf(1), market: 0 }]);
    harness.bars(1, 5);
    expect(harness.sent).toHaveLength(1);
  });

  it.each([
    ["an answer that it rests", (harness: Harness) => harness.answer(orderOf(1), "SUBMITTED"), "SUBMITTED signal"],
    ["a late acknowledgement", (harness: Harness) => harness.ack(orderOf(1)), "SUBMITTED signal"],
    ["a fill", (harness: Harness) => harness.fill(orderOf(1), 95, 0.4), "PARTIAL signal"],
    ["an answer that it has ended", (harness: Harness) => harness.answer(orderOf(1), "EXPIRED"), "EXPIRED unknown_order_at_venue"],
  ] as const)("is left on %s", (_what, evidence, settled) => {
    const harness = opened();
    evidence(harness);
    expect(harness.settled(orderOf(1))).toEqual(["UNKNOWN reply_lost", settled]);
    harness.strategy.at[1] = (ctx) => ctx.open({ side: "SHORT", quantity: 1 });
    harness.bar(1);
    expect(harness.skips).toEqual([]);
  });

  it("a query's answer brings fills that no stream has told", () => {
    const harness = opened();
    harness.answer(orderOf(1), "FILLED", [harness.fillEvent(orderOf(1), 95, 0.6), harness.fillEvent(orderOf(1), 94, 0.4)]);
    expect(harness.held("LONG")).toBe(1);
    expect(harness.settled(orderOf(1))).toEqual(["UNKNOWN reply_lost", "PARTIAL signal", "FILLED filled"]);
  });

  // Sent at 60 s; until 77 s the venue may take it: 5 s of the request's validity, 10 s of the engine, 2 s behind which reads may lag.
  it("is NEVER_ARRIVED by two reads behind the fence, an interval apart, no trade and an unmoved position, and by nothing less", () => {
    const harness = opened();
    harness.answer(orderOf(1), null);
    expect(harness.of("set_timer").at(-1)?.due).toBe(minute + 17_001);
    fireLastTimer(harness);
    expect(harness.of("query_order")).toHaveLength(2);
    harness.answer(orderOf(1), null);
    expect(harness.of("set_timer").at(-1)?.due).toBe(minute + 19_001);
    fireLastTimer(harness);
    harness.answer(orderOf(1), null);
    expect(harness.effects.slice(-2)).toEqual([
      { type: "query_fills", market: 0, since: minute - 2_000 },
      { type: "query_position", market: 0, leg: "LONG" },
    ]);
    harness.nothingTraded();
    expect(harness.runner.openOrders).toBe(1);
    harness.position("LONG", 0);
    expect(harness.settled(orderOf(1))).toEqual(["UNKNOWN reply_lost", "NEVER_ARRIVED never_arrived"]);
    expect(harness.strategy.rejections).toEqual(["1 never_arrived restored"]);
    expect(harness.runner.openOrders).toBe(0);
  });

  it("the same absent answer told again is one read", () => {
    const harness = opened();
    const absent = harness.fact("query_answered", { order: orderOf(1), status: null, venueOrderId: null, cumulative: 0 as never, fills: [] });
    for (let n = 0; n < 3; n += 1) harness.handle(absent);
    expect(harness.runner.openOrders).toBe(1);
    // One watches for a lost answer, one asks again.
    expect(harness.of("set_timer")).toHaveLength(2);
    harness.answer(orderOf(1), null, [], 20_000);
    for (let n = 0; n < 3; n += 1) harness.answer(orderOf(1), null);
    expect(harness.of("query_fills")).toEqual([]);
  });

  it("an absent answer says nothing about an order that has shown itself since", () => {
    const harness = opened();
    harness.answer(orderOf(1), null);
    harness.ack(orderOf(1));
    harness.answer(orderOf(1), null, [], minute);
    expect(harness.settled(orderOf(1))).toEqual(["UNKNOWN reply_lost", "SUBMITTED signal"]);
    // A new doubt needs two reads of its own.
    harness.unknown(orderOf(1), "amend");
    harness.answer(orderOf(1), null, [], minute);
    expect(harness.runner.openOrders).toBe(1);
  });

  it("a read that knows it starts the count of absent reads anew", () => {
    const harness = opened();
    harness.answer(orderOf(1), null);
    harness.answer(orderOf(1), "SUBMITTED");
    harness.unknown(orderOf(1), "cancel");
    harness.answer(orderOf(1), null);
    expect(harness.runner.openOrders).toBe(1);
  });

  it("an order that has filled a part and is not known any more is QUARANTINED, not absent", () => {
    const harness = opened();
    harness.fill(orderOf(1), 95, 0.4);
    harness.unknown(orderOf(1), "cancel");
    harness.answer(orderOf(1), null, [], 20_000);
    harness.answer(orderOf(1), null, [], 2_000);
    expect(harness.settled(orderOf(1)).at(-1)).toBe("QUARANTINED quarantined");
    expect(harness.of("alert").at(-1)?.level).toBe("error");
    const timers = harness.of("set_timer").length;
    harness.answer(orderOf(1), null);
    expect(harness.of("set_timer")).toHaveLength(timers);
    harness.strategy.at[1] = (ctx) => {
      ctx.open({ side: "SHORT", quantity: 1 });
      ctx.close({ side: "LONG" });
    };
    harness.bar(1);
    expect(harness.skips).toEqual(["2 symbol_quarantined"]);
    harness.fill(orderOf(1), 95, 0.6);
    expect(harness.settled(orderOf(1)).at(-1)).toMatch(/^FILLED/);
  });

  it("blocks entries and adds of its market, and never a reduce or a cancel", () => {
    const harness = positioned({}, 2);
    harness.strategy.at[1] = (ctx) => ctx.reduce({ side: "LONG", quantity: 0.5, orderType: "limit", price: 120 });
    harness.bar(1);
    harness.unknown(orderOf(2));
    harness.strategy.at[2] = (ctx) => {
      ctx.open({ side: "SHORT", quantity: 1 });
      ctx.add({ side: "LONG", quantity: 1 });
      expect(ctx.cancel(2)).toBe(true);
      ctx.reduce({ side: "LONG", quantity: 0.5, family: "sl", orderType: "stop_market", trigger: 80 });
      ctx.close({ side: "LONG" });
    };
    harness.bar(2);
    expect(harness.skips).toEqual(["3 unresolved_outcome", "4 unresolved_outcome"]);
    expect(harness.sent.slice(2).map((request) => request.family)).toEqual(["sl", "close"]);
    expect(harness.of("cancel_order")).toHaveLength(1);
  });

  it("of one market does not block another", () => {
    const harness = new Harness({ markets: [{ market: { symbol: "A/USDC:USDC" } }, { market: { symbol: "B/USDC:USDC" } }] });
    for (const strategy of harness.strategies) strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
    harness.bar(0);
    harness.unknown(orderOf(1));
    for (const strategy of harness.strategies) strategy.at[1] = (ctx) => ctx.open({ side: "SHORT", quantity: 1 });
    harness.bar(1);
    expect(harness.of("intent_skipped").map((skip) => skip.market)).toEqual([0]);
  });

  it("counts as full exposure under a cap until it is resolved", () => {
    const limits = { maxOrderNotional: null, maxPositionNotional: 250, maxOpenOrders: null, maxOrdersPerMinute: null };
    const harness = new Harness({ settings: { limits } });
    // 1 at 100 and 1.6 at 100 = 260 > 250; 1.5 would be exactly 250.
    harness.strategy.at[0] = (ctx) => {
      ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 100, postOnly: false });
      ctx.open({ side: "SHORT", quantity: 1.6 });
      ctx.open({ side: "SHORT", quantity: 1.5 });
    };
    harness.bar(0);
    expect(harness.skips).toEqual(["2 max_position_notional"]);
    expect(harness.sent).toHaveLength(2);
  });

  it("a query that says REJECTED counts as a failure of the entry", () => {
    const harness = new Harness({
      strategy: new TestStrategy({ backoff: { maxFailures: 1, cooldownMs: 1e7, mode: "fixed", capMs: 1e7, perFamily: true } }),
    });
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
    harness.strategy.at[1] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
    harness.bar(0);
    harness.unknown(orderOf(1));
    harness.answer(orderOf(1), "REJECTED");
    harness.bar(1);
    expect(harness.skips).toEqual(["2 strategy_execution_backoff"]);
  });

  it("a rejection that only a query tells of has the reason and the code that the venue gives, or says that it gave none", () => {
    const told = (told: Partial<Refusal> | null) => {
      const harness = new Harness();
      harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
      harness.bar(0);
      harness.unknown(orderOf(1));
      const { order, ...plain } = refusal(orderOf(1), "insufficient_funds", "-2019");
      const answer = { order, status: "REJECTED", venueOrderId: null, cumulative: 0 as never, fills: [] } as const;
      harness.handle(harness.fact("query_answered", { ...answer, ...(told === null ? {} : { refusal: { ...plain, ...told } }) }));
      return harness;
    };
    const [known, silent] = [told({}), told(null)];
    expect(known.settled(orderOf(1)).at(-1)).toBe("REJECTED insufficient_funds");
    expect(known.strategy.rejections).toEqual([expect.stringMatching(/^1 insufficient_funds/)]);
    expect(silent.settled(orderOf(1)).at(-1)).toBe("REJECTED rejected_without_reason");
    // As one that is told at once: what it says of the position is asked for.
    expect(told({ reason: "reduce_only_rejected" }).of("query_position")).toHaveLength(1);
  });

  it("a fact about an order that this session does not know is an alert and changes nothing", () => {
    const harness = new Harness();
    harness.fill(orderOf(7), 100, 1);
    harness.reject(orderOf(7));
    expect(harness.held("LONG")).toBe(0);
    expect(harness.of("alert").map((alert) => alert.level)).toEqual(["error", "error"]);
  });
});
