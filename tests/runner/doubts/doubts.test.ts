// What an answer of the venue does, and what it must leave alone: each fact alone, at its borders, and told of orders that nobody knows.

import { describe, expect, it } from "vitest";

import { defaultBackoffPolicy } from "../../../src/domain/index.ts";
import type { Context } from "../../../src/strategy/index.ts";
import { Harness, minute, orderOf, positioned, TestStrategy, type HarnessOptions } from "../harness.ts";

const oneFailure = { ...defaultBackoffPolicy, maxFailures: 1, cooldownMs: 1e7 };

/** A limit entry of 1 at 95 that rests: intent 1. */
function resting(options: HarnessOptions = {}): Harness {
  const harness = new Harness(options);
  harness.strategy.at[0] = (ctx, state) => {
    ctx.open({
      side: "LONG",
      quantity: 1,
      orderType: "limit",
      price: 95,
      timeToLive: 30 * minute,
      allowMarketFallback: true,
      fallbackOnTimeout: true,
    });
    // Noted behind the snapshot that the order carries.
    state.count += 100;
  };
  harness.bar(0);
  harness.ack(orderOf(1));
  return harness;
}

/** The same with every permission for a market order in its stead. */
function replaceable(): Harness {
  const fallback = { onReject: true, onTimeout: true };
  return resting({ strategy: new TestStrategy({ policy: { fallback } }), settings: { fallback } });
}

const lifeEnds = (harness: Harness) => harness.timer(1, 31 * minute);
const openShort = (ctx: Context) => ctx.open({ side: "SHORT", quantity: 1 });

function fireLast(harness: Harness): void {
  const timer = harness.of("set_timer").at(-1);
  harness.timer(timer?.timer ?? 0, timer?.due ?? 0);
}

describe("a fact about an order that nobody knows", () => {
  it("is an alert each time, and nothing else", () => {
    const harness = new Harness();
    const order = orderOf(7);
    harness.ack(order);
    harness.canceled(order);
    harness.handle(harness.fact("order_expired", { order, cumulative: 0 as never, reason: "good_till_date" }));
    harness.unknown(order);
    harness.cancelRejected(order);
    harness.answer(order, null);
    expect(harness.effects.map(({ type }) => type)).toEqual(Array.from({ length: 6 }, () => "alert"));
  });
});

describe("an order that is known", () => {
  it("is PARTIAL from its first fill on, in doubt or not", () => {
    const harness = resting();
    harness.fill(orderOf(1), 95, 0.4);
    harness.strategy.at[1] = (ctx) => expect(ctx.orders()).toMatchObject([{ status: "PARTIAL", filled: 0.4 }]);
    harness.bar(1);
    harness.unknown(orderOf(1), "amend");
    harness.ack(orderOf(1));
    harness.unknown(orderOf(1), "amend");
    harness.answer(orderOf(1), "PARTIAL");
    const doubt = "UNKNOWN reply_lost";
    expect(harness.settled(orderOf(1))).toEqual([doubt, "PARTIAL signal", doubt, "PARTIAL signal"]);
  });

  it("ends once, however often its end is told", () => {
    const harness = resting();
    harness.canceled(orderOf(1));
    harness.canceled(orderOf(1));
    expect(harness.settled(orderOf(1))).toHaveLength(1);
  });

  it("is none the wiser for an answer that says what is known", () => {
    const harness = resting();
    const timers = harness.of("set_timer").length;
    harness.answer(orderOf(1), "SUBMITTED");
    // Filled, it says, without the fills: they come by themselves.
    harness.answer(orderOf(1), "FILLED");
    expect([harness.settled(orderOf(1)), harness.of("set_timer").length]).toEqual([[], timers]);
  });

  it("cannot fill by nothing", () => {
    expect(() => resting().fill(orderOf(1), 95, 0)).toThrow("has the quantity 0");
  });

  it("of another family than sl leaves nothing unprotected when it is refused or expires", () => {
    const harness = positioned({}, 2);
    harness.strategy.at[1] = (ctx) => {
      for (const price of [110, 111]) ctx.reduce({ side: "LONG", quantity: 1, orderType: "limit", price, family: "tp" });
    };
    harness.bar(1);
    harness.reject(orderOf(2), "price_filter");
    harness.handle(harness.fact("order_expired", { order: orderOf(3), cumulative: 0 as never, reason: "good_till_date" }));
    expect([harness.of("alert"), harness.of("query_position")]).toEqual([[], []]);
  });
});

describe("fills that overtake each other", () => {
  it("leave a report from between them stale, in whichever order they come", () => {
    const harness = resting();
    const first = harness.fillEvent(orderOf(1), 95, 0.4);
    const report = harness.fact("position_reported", { leg: "LONG", quantity: 400 as never, entryPrice: null, external: false });
    const second = harness.fillEvent(orderOf(1), 95, 0.6, { cumulative: 1 });
    for (const event of [second, first, report]) harness.handle(event);
    expect(harness.of("query_position")).toEqual([{ type: "query_position", market: 0, leg: "LONG" }]);
    expect([harness.held("LONG"), harness.runner.divergent]).toEqual([1, false]);
  });
});

describe("the reason of a late fill", () => {
  it("of a market order is that it filled, however long that was in doubt", () => {
    const harness = new Harness();
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
    harness.bar(0);
    harness.unknown(orderOf(1));
    harness.fill(orderOf(1), 100, 1);
    expect(harness.settled(orderOf(1))).toEqual(["UNKNOWN reply_lost", "FILLED filled"]);
  });
});

describe("slip", () => {
  it("is a matter of entries: an add and a close beyond it stand", () => {
    const harness = positioned({ strategy: new TestStrategy({ policy: { maxEntrySlipBp: 10 } }) });
    harness.strategy.at[1] = (ctx) => ctx.add({ side: "LONG", quantity: 1 });
    harness.strategy.at[2] = (ctx) => ctx.close({ side: "LONG" });
    harness.bar(1);
    harness.fill(orderOf(2), 105, 1);
    harness.bar(2);
    harness.fill(orderOf(3), 95, 2);
    expect(harness.sent.map(({ family }) => family)).toEqual(["entry", "dca", "close"]);
  });

  it("of an entry that is complete by the word that nothing more is wanted is reverted, too", () => {
    const harness = resting({ strategy: new TestStrategy({ policy: { maxEntrySlipBp: 100 } }) });
    harness.strategy.at[1] = (ctx) => ctx.amend(1, { quantity: 0.4 });
    harness.bar(1);
    harness.fill(orderOf(1), 99, 0.4);
    expect(harness.sent).toHaveLength(1);
    harness.handle(harness.fact("order_amended", { order: orderOf(1), price: 9_500 as never, trigger: null, quantity: 400 as never }));
    expect(harness.sent[1]).toMatchObject({ family: "revert", side: "sell", quantity: 400 });
  });
});

describe("a doubt", () => {
  it("about a cancel is cancel_unconfirmed, and an acknowledgement does not end it", () => {
    const harness = resting();
    harness.strategy.at[1] = (ctx) => ctx.cancel(1);
    harness.bar(1);
    harness.unknown(orderOf(1), "cancel");
    harness.ack(orderOf(1));
    expect(harness.settled(orderOf(1))).toEqual(["UNKNOWN cancel_unconfirmed"]);
    // Nor does a part that fills meanwhile.
    harness.fill(orderOf(1), 95, 0.4);
    expect(harness.settled(orderOf(1))).toHaveLength(1);
    expect(harness.runner.openOrders).toBe(1);
  });

  it("row 004-OP-8: about a cancel puts the strategy back to where it was, about a request it does not", () => {
    const [cancel, request, partly] = [resting(), resting(), resting()];
    cancel.cancelRejected(orderOf(1));
    request.unknown(orderOf(1));
    partly.fill(orderOf(1), 95, 0.4);
    partly.cancelRejected(orderOf(1));
    expect([cancel, request, partly].map(({ strategy }) => strategy.state.count)).toEqual([1, 101, 101]);
  });

  it("about the cancel of an order that reduces undoes nothing", () => {
    const harness = positioned();
    harness.strategy.at[1] = (ctx, state) => {
      ctx.reduce({ side: "LONG", quantity: 1, orderType: "limit", price: 110 });
      state.count += 100;
    };
    harness.bar(1);
    harness.cancelRejected(orderOf(2));
    expect(harness.strategy.state.count).toBe(102);
  });

  it("lasts while the venue says FILLED and the fills are not there, and needs two absent reads from then on", () => {
    const harness = resting();
    harness.unknown(orderOf(1));
    harness.answer(orderOf(1), null, [], 20_000);
    fireLast(harness);
    harness.answer(orderOf(1), "FILLED");
    expect(harness.of("set_timer").at(-1)?.due).toBe(minute + 24_000);
    harness.answer(orderOf(1), null, [], minute);
    expect(harness.of("query_fills")).toEqual([]);
    expect([harness.settled(orderOf(1)), harness.runner.openOrders]).toEqual([["UNKNOWN reply_lost"], 1]);
  });

  it("that has ended asks nothing more: the timer finds it gone", () => {
    const harness = resting();
    harness.unknown(orderOf(1));
    harness.answer(orderOf(1), null);
    harness.fill(orderOf(1), 95, 1);
    const asked = harness.of("query_order").length;
    fireLast(harness);
    expect(harness.of("query_order")).toHaveLength(asked);
  });

  it("about a request alone still lets a market order stand in when the life is over", () => {
    const harness = replaceable();
    harness.unknown(orderOf(1));
    harness.answer(orderOf(1), "SUBMITTED");
    lifeEnds(harness);
    harness.canceled(orderOf(1));
    expect(harness.sent.map(({ type }) => type)).toEqual(["limit", "market"]);
  });
});

describe("silence behind a cancel", () => {
  it.each([
    [minute, 2],
    [minute + 1, 3],
  ])("of %d ms is a doubt at the close of bar %d", (cancelConfirmMs, bar) => {
    const harness = resting({ settings: { cancelConfirmMs } });
    harness.strategy.at[1] = (ctx) => ctx.cancel(1);
    harness.bars(1, bar - 1);
    expect(harness.settled(orderOf(1))).toEqual([]);
    harness.bar(bar);
    expect(harness.settled(orderOf(1))).toEqual(["UNKNOWN cancel_unconfirmed"]);
  });

  it("is measured for each cancel by itself", () => {
    const harness = positioned({ settings: { cancelConfirmMs: 1.5 * minute } }, 2);
    harness.strategy.at[1] = (ctx) => {
      for (const price of [110, 111]) ctx.reduce({ side: "LONG", quantity: 1, orderType: "limit", price });
      ctx.cancel(2);
    };
    harness.strategy.at[2] = (ctx) => ctx.cancel(3);
    // Asked at 120 s and 180 s: doubts from 210 s and 270 s on, at the closes of 240 s and 300 s.
    harness.bars(1, 3);
    expect([harness.settled(orderOf(2)).length, harness.settled(orderOf(3)).length]).toEqual([1, 0]);
    harness.bar(4);
    expect(harness.settled(orderOf(3))).toEqual(["UNKNOWN cancel_unconfirmed"]);
  });

  it("behind a cancel that was sent again is a doubt again", () => {
    const harness = resting();
    harness.strategy.at[1] = (ctx) => ctx.cancel(1);
    harness.bars(1, 2);
    harness.answer(orderOf(1), "SUBMITTED");
    expect(harness.of("cancel_order")).toHaveLength(2);
    harness.bar(3);
    expect(harness.settled(orderOf(1)).at(-1)).toBe("UNKNOWN cancel_unconfirmed");
    for (const bar of [4, 5, 6]) {
      harness.answer(orderOf(1), "SUBMITTED");
      harness.bar(bar);
    }
    expect(harness.of("alert").map(({ text }) => text)).toContain(
      `cancel_unconfirmed: order ${orderOf(1)} is still open at the venue after 4 cancels`,
    );
  });
});

describe("an order that never arrived", () => {
  /** A request that was never acknowledged, unlike the one of `resting`. */
  const lost = (options: HarnessOptions = {}): Harness => {
    const harness = new Harness(options);
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95 });
    harness.bar(0);
    return harness;
  };
  const absent = (harness: Harness, order: number) => {
    harness.unknown(order);
    harness.proveAbsent(order);
  };

  it("no longer holds entries back by its doubt", () => {
    const harness = lost();
    absent(harness, orderOf(1));
    expect(harness.settled(orderOf(1)).at(-1)).toBe("NEVER_ARRIVED never_arrived");
    harness.strategy.at[1] = openShort;
    harness.bar(1);
    expect(harness.skips).toEqual([]);
  });

  it("counts as an error of the venue when it would have increased risk, and not when it would have reduced it", () => {
    const entry = lost({ strategy: new TestStrategy({ backoff: oneFailure }) });
    absent(entry, orderOf(1));
    const close = positioned({ strategy: new TestStrategy({ backoff: oneFailure }) });
    close.strategy.at[1] = (ctx) => ctx.reduce({ side: "LONG", quantity: 1, orderType: "limit", price: 110 });
    close.bar(1);
    absent(close, orderOf(2));
    for (const harness of [entry, close]) {
      harness.strategy.at[2] = openShort;
      harness.bar(2);
    }
    expect([entry.skips, close.skips]).toEqual([["2 strategy_execution_backoff"], []]);
  });

  it("is quarantined once when a part of it has filled", () => {
    const harness = resting();
    harness.fill(orderOf(1), 95, 0.4);
    absent(harness, orderOf(1));
    harness.answer(orderOf(1), null, [], minute);
    expect(harness.settled(orderOf(1)).filter((record) => record.startsWith("QUARANTINED"))).toHaveLength(1);
  });
});

describe("the end of an order", () => {
  it("by a cancel is no failure, and an answer that it was rejected is none of an order that reduces", () => {
    const entry = resting({ strategy: new TestStrategy({ backoff: oneFailure }) });
    entry.canceled(orderOf(1));
    const close = positioned({ strategy: new TestStrategy({ backoff: oneFailure }) });
    close.strategy.at[1] = (ctx) => ctx.reduce({ side: "LONG", quantity: 1, orderType: "limit", price: 110 });
    close.bar(1);
    close.unknown(orderOf(2));
    close.answer(orderOf(2), "REJECTED");
    for (const harness of [entry, close]) {
      harness.strategy.at[2] = openShort;
      harness.bar(2);
    }
    expect([entry.skips, close.skips]).toEqual([[], []]);
  });

  it("lets a market order stand in only when its life was over and the cancel was confirmed", () => {
    const [byStrategy, byVenue] = [replaceable(), replaceable()];
    byStrategy.strategy.at[1] = (ctx) => ctx.cancel(1);
    byStrategy.bar(1);
    byStrategy.canceled(orderOf(1));
    lifeEnds(byVenue);
    byVenue.handle(byVenue.fact("order_expired", { order: orderOf(1), cumulative: 0 as never, reason: "good_till_date" }));
    expect([byStrategy.sent.length, byVenue.sent.length]).toEqual([1, 1]);
  });

  it("that has filled by the venue's word is told as such before the fill is there", () => {
    const harness = resting();
    lifeEnds(harness);
    harness.canceled(orderOf(1), 0.4);
    expect([harness.strategy.rejections, harness.strategy.heard.at(-1)]).toEqual([[], { what: "canceled", intent: 1, filled: 0.4 }]);
  });

  it("004-BO-3: by the fill of an add forgets the failures of adds", () => {
    const harness = positioned({ strategy: new TestStrategy({ backoff: { ...oneFailure, maxFailures: 2 } }) });
    for (const bar of [1, 2, 3, 4]) harness.strategy.at[bar] = (ctx) => ctx.add({ side: "LONG", quantity: 1 });
    harness.bar(1);
    harness.reject(orderOf(2));
    harness.bar(2);
    harness.fill(orderOf(3), 100, 1);
    harness.bar(3);
    harness.reject(orderOf(4));
    harness.bar(4);
    expect(harness.skips).toEqual([]);
  });

  it("raises no alert of a revert when it was an entry that was refused", () => {
    const harness = resting();
    harness.reject(orderOf(1));
    expect(harness.of("alert")).toEqual([]);
  });
});

describe("what a strategy asks for in a hook and may not have", () => {
  const refused = (ctx: Context) => void ctx.open({ side: "SHORT" });

  it("is told to it before the next event: in onFill, onCanceled and onRejected", () => {
    const [fill, cancel, reject] = [resting(), resting(), resting()];
    fill.strategy.onFillDo = refused;
    fill.fill(orderOf(1), 95, 1);
    Object.assign(cancel.strategy, { onCanceled: refused });
    cancel.strategy.at[1] = (ctx) => ctx.cancel(1);
    cancel.bar(1);
    cancel.canceled(orderOf(1));
    reject.strategy.onRejectedDo = (ctx, _intent, reason) => {
      if (reason === "injected_rejection") refused(ctx);
    };
    reject.reject(orderOf(1));
    for (const { strategy } of [fill, cancel, reject]) expect(strategy.rejections.at(-1)).toMatch(/^2 missing_explicit_qty/);
  });
});
