// I-15, failures C1: while the venue takes no more, nothing leaves; what reduces risk waits, entries are refused, and when it
// listens again what protects goes first. Nothing is lost on the way, nothing is sent twice.

import { describe, expect, it } from "vitest";

import { defaultBackoffPolicy } from "../../src/domain/index.ts";
import type { Context } from "../../src/strategy/index.ts";
import { minute, orderOf, positioned, refusal, TestStrategy, type Harness } from "./harness.ts";
import { busy, requests, shutOut, until, wait } from "./limited.ts";

describe("a ban", () => {
  it("is told once, with its length", () => {
    const harness = busy();
    shutOut(harness, 5);
    shutOut(harness, 5);
    expect(harness.of("alert").filter(({ text }) => text.startsWith("rate_limited"))).toEqual([
      { type: "alert", level: "warning", text: "rate_limited: the venue takes no requests for 120 s (418, -1003)" },
    ]);
  });

  it("refuses entries and adds, and holds back nothing that reduces risk longer than it lasts", () => {
    const harness = busy();
    shutOut(harness, 5);
    harness.strategy.at[3] = (ctx) => {
      ctx.add({ side: "LONG", quantity: 1, price: 94 });
      ctx.open({ side: "SHORT", quantity: 1 });
      ctx.close({ side: "LONG" });
    };
    expect(requests(harness.bar(3))).toEqual([]);
    expect(harness.skips).toEqual(["5 position_pending", "6 rate_limited"]);
    expect(harness.of("order_held").map(({ request, until: time }) => [request.order, time])).toEqual([[orderOf(7), 5 * minute]]);
    expect(requests(wait(harness, 5 * minute - 1))).toEqual([]);
    // The close first, then the cancel of the add, which no longer belongs to it.
    expect(requests(wait(harness, 5 * minute))).toEqual(["submit 7", "cancel 4"]);
    harness.canceled(orderOf(4));
    expect(requests(wait(harness, 60 * minute))).toEqual([]);
  });

  it("is waited for to its end, and what protects goes first", () => {
    const harness = busy();
    shutOut(harness, 5);
    harness.strategy.at[3] = (ctx) => {
      ctx.reduce({ side: "LONG", quantity: 0.5, orderType: "limit", price: 120, family: "tp" });
      ctx.cancel(4);
      ctx.reduce({ side: "LONG", quantity: 0.5 });
      ctx.reduce({ side: "LONG", quantity: 1, orderType: "stop_market", trigger: 92, family: "sl" });
    };
    harness.bar(3);
    harness.unknown(orderOf(2));
    expect(requests(wait(harness, 5 * minute))).toEqual(["submit 7", "submit 5", "submit 6", "cancel 4", "query 2"]);
  });

  it("that grows while something waits is waited for anew", () => {
    const harness = busy();
    shutOut(harness, 5);
    harness.strategy.at[3] = (ctx) => ctx.close({ side: "LONG" });
    harness.bar(3);
    shutOut(harness, 9);
    expect(requests(wait(harness, 9 * minute - 1))).toEqual([]);
    expect(requests(wait(harness, 9 * minute))).toEqual(["submit 5", "cancel 4"]);
  });

  it("lets an order that waits be cancelled without the venue's help", () => {
    const harness = busy();
    shutOut(harness, 5);
    harness.strategy.at[3] = (ctx) => ctx.close({ side: "LONG" });
    harness.strategy.at[4] = (ctx) => {
      expect(ctx.orders().map(({ intent, status }) => `${intent} ${status}`)).toContain("5 NEW");
      expect(ctx.amend(5, { quantity: 0.5 })).toBe(false);
      expect(ctx.cancel(5)).toBe(true);
    };
    harness.bars(3, 4);
    wait(harness, 5 * minute);
    expect(harness.settled(orderOf(5))).toEqual(["CANCELED strategy_cancel"]);
    expect(harness.strategy.heard.at(-1)).toMatchObject({ what: "canceled", intent: 5, filled: 0 });
    expect(harness.sent.map(({ order }) => order)).not.toContain(orderOf(5));
  });

  it("keeps what an order replaces until that order may go", () => {
    const harness = busy();
    // Orders are closed, cancels are not.
    harness.strategy.at[3] = (ctx) => ctx.add({ side: "LONG", quantity: 1, price: 94, replaces: 4 });
    harness.bar(3);
    harness.canceled(orderOf(4));
    harness.handle(harness.fact("order_rejected", refusal(orderOf(5), "rate_limited", "10006", until(9 * minute))));
    harness.strategy.at[4] = (ctx) => ctx.reduce({ side: "LONG", quantity: 1, orderType: "stop_market", trigger: 93, family: "sl", replaces: 2 });
    expect(requests(harness.bar(4))).toEqual([]);
    expect(requests(wait(harness, 9 * minute))).toEqual(["submit 6", "cancel 2"]);
  });
});

describe("a refused order", () => {
  it("is rejected: it never was at the venue, and the strategy's state goes back", () => {
    const harness = positioned();
    harness.strategy.at[1] = (ctx) => ctx.add({ side: "LONG", quantity: 1 });
    harness.bar(1);
    harness.handle(harness.fact("order_rejected", refusal(orderOf(2), "rate_limited", "-1015", until(3 * minute))));
    expect(harness.settled(orderOf(2))).toEqual(["REJECTED rate_limited"]);
    expect(harness.strategy.rejections).toEqual(["2 rate_limited restored"]);
  });

  it("is asked for again by its strategy, and then waits: the venue is not asked before its time", () => {
    const again = (ctx: Context) => ctx.reduce({ side: "LONG", quantity: 1, orderType: "stop_market", trigger: 90, family: "sl" });
    const harness = positioned();
    harness.strategy.at[1] = again;
    harness.strategy.onRejectedDo = again;
    harness.bar(1);
    harness.handle(harness.fact("order_rejected", refusal(orderOf(2), "rate_limited", "-1015", until(3 * minute))));
    expect(harness.of("alert").some(({ text }) => /^unprotected: .* LONG has no stop, rate_limited$/.test(text))).toBe(true);
    expect(harness.sent.map(({ order }) => order)).toEqual([orderOf(1), orderOf(2)]);
    expect(requests(wait(harness, 3 * minute))).toEqual(["submit 3"]);
  });

  it("of one kind leaves the other kinds open", () => {
    const harness = busy();
    harness.strategy.at[3] = (ctx) => ctx.add({ side: "LONG", quantity: 1, price: 94, replaces: 4 });
    harness.bar(3);
    harness.canceled(orderOf(4));
    harness.handle(harness.fact("order_rejected", refusal(orderOf(5), "rate_limited", "10006", until(9 * minute))));
    harness.strategy.at[4] = (ctx) => {
      ctx.cancel(3);
      ctx.amend(2, { trigger: 91 });
    };
    expect(requests(harness.bar(4))).toEqual(["cancel 3", "amend 2"]);
  });
});

describe("a refused cancel", () => {
  const refused = (): Harness => {
    const harness = busy();
    harness.strategy.at[3] = (ctx) => ctx.cancel(4);
    harness.bar(3);
    harness.handle(harness.fact("cancel_rejected", refusal(orderOf(4), "rate_limited", "-1003", until(6 * minute))));
    return harness;
  };

  it("leaves the order as it was, and goes again at the time that the venue named, once", () => {
    const harness = refused();
    expect(harness.settled(orderOf(4))).toEqual([]);
    // Long enough for a silent cancel to be doubted: this one has not left.
    harness.bars(4, 4);
    expect(requests(wait(harness, 6 * minute - 1))).toEqual([]);
    expect(requests(wait(harness, 6 * minute))).toEqual(["cancel 4"]);
    harness.canceled(orderOf(4));
    expect(harness.settled(orderOf(4))).toEqual(["CANCELED strategy_cancel"]);
    expect(requests(wait(harness, 60 * minute))).toEqual([]);
  });

  it("does not go again once the order has ended", () => {
    const harness = refused();
    harness.fill(orderOf(4), 95, 1);
    expect(harness.settled(orderOf(4))).toEqual(["FILLED dca_limit_fill"]);
    expect(requests(wait(harness, 60 * minute))).toEqual([]);
  });

  it("closes cancels for the others too, whatever has become of its order", () => {
    const harness = busy();
    harness.strategy.at[3] = (ctx) => ctx.cancel(4);
    harness.bar(3);
    harness.fill(orderOf(4), 95, 1);
    harness.handle(harness.fact("cancel_rejected", refusal(orderOf(4), "rate_limited", "-1003", until(6 * minute))));
    harness.strategy.at[4] = (ctx) => ctx.cancel(3);
    expect(requests(harness.bar(4))).toEqual([]);
    expect(requests(wait(harness, 6 * minute))).toEqual(["cancel 3"]);
  });

  it("of an order whose life is over lets no market order stand in", () => {
    const harness = busy();
    wait(harness, 12 * minute);
    expect(requests(harness.effects).at(-1)).toBe("cancel 4");
    harness.handle(harness.fact("cancel_rejected", refusal(orderOf(4), "rate_limited", "-1003", until(20 * minute))));
    expect(requests(wait(harness, 20 * minute))).toEqual(["cancel 4"]);
    expect(requests(harness.canceled(orderOf(4)))).toEqual([]);
    expect(harness.settled(orderOf(4))).toEqual(["CANCELED dca_limit_timeout"]);
  });

  it("counts as an error of the venue: three of them hold entries back for a while", () => {
    const harness = refused();
    for (let n = 0; n < 2; n += 1) harness.handle(harness.fact("cancel_rejected", refusal(orderOf(4), "rate_limited", "-1003", until(6 * minute))));
    harness.fill(orderOf(3), 110, 1);
    harness.strategy.at[4] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
    harness.bar(4);
    expect(harness.skips).toEqual(["5 strategy_execution_backoff"]);
  });
});

describe("a refused question", () => {
  it("is asked again at the time that the venue named, and the outcome stays open until then", () => {
    const harness = busy();
    expect(requests(harness.unknown(orderOf(4)))).toEqual(["query 4"]);
    harness.handle(harness.fact("query_rejected", { ...refusal(orderOf(4), "rate_limited", "-1003", until(8 * minute)), leg: null }));
    expect(requests(wait(harness, 8 * minute - 1))).toEqual([]);
    expect(harness.settled(orderOf(4))).toEqual(["UNKNOWN reply_lost"]);
    expect(requests(wait(harness, 8 * minute))).toEqual(["query 4"]);
    harness.answer(orderOf(4), "SUBMITTED");
    expect(harness.settled(orderOf(4))).toEqual(["UNKNOWN reply_lost", "SUBMITTED signal"]);
  });

  it("is not asked again about an order that has shown itself", () => {
    const harness = busy();
    harness.unknown(orderOf(4));
    harness.handle(harness.fact("query_rejected", { ...refusal(orderOf(4), "rate_limited", "-1003", until(8 * minute)), leg: null }));
    harness.fill(orderOf(4), 95, 1);
    expect(requests(wait(harness, 8 * minute))).toEqual([]);
  });

  it("about a position is asked again too", () => {
    const harness = busy();
    harness.reject(orderOf(3), "reduce_only_rejected");
    expect(requests(harness.effects).at(-1)).toBe("query LONG");
    const asked = { ...refusal(0, "rate_limited", "-1003", until(8 * minute)), order: null, leg: "LONG" as const };
    harness.handle(harness.fact("query_rejected", asked));
    harness.handle(harness.fact("query_rejected", asked));
    expect(requests(wait(harness, 8 * minute))).toEqual(["query LONG"]);
  });
});

describe("news of a limit", () => {
  const alerts = (harness: Harness) => harness.of("alert").flatMap(({ text }) => (text.startsWith("rate_limited") ? [text] : []));

  it("is an alert with the code where there is one, and none where the time is over already", () => {
    const harness = busy();
    const refuse = (time: number) => harness.handle(harness.fact("amend_rejected", refusal(orderOf(3), "rate_limited", null, until(time))));
    refuse(2 * minute);
    refuse(3 * minute);
    expect(alerts(harness)).toEqual([]);
    refuse(3 * minute + 500);
    expect(alerts(harness)).toEqual(["rate_limited: the venue takes no amendments for 0.5 s (429)"]);
  });

  it("is told when a limit of one kind of request becomes one of all, for the same time", () => {
    const harness = busy();
    shutOut(harness, 5, false);
    shutOut(harness, 5);
    expect(alerts(harness).map((text) => text.split(" for ")[0])).toEqual([
      "rate_limited: the venue takes no amendments",
      "rate_limited: the venue takes no requests",
    ]);
  });

  it("counts an order once among the errors of the venue", () => {
    const strategy = new TestStrategy({ backoff: { ...defaultBackoffPolicy, maxFailures: 2, cooldownMs: 100 * minute } });
    const harness = positioned({ strategy });
    for (const bar of [1, 5]) strategy.at[bar] = (ctx) => ctx.add({ side: "LONG", quantity: 1 });
    harness.bar(1);
    harness.handle(harness.fact("order_rejected", refusal(orderOf(2), "rate_limited", "-1015", until(3 * minute))));
    harness.bars(2, 5);
    expect(harness.skips).toEqual([]);
  });
});

describe("what waits alone", () => {
  it("an order waits anew when the limit grows, and leaves as SUBMITTED", () => {
    const harness = positioned();
    harness.handle(harness.fact("amend_rejected", refusal(orderOf(1), "rate_limited", null, until(3 * minute, true))));
    harness.strategy.at[1] = (ctx) => ctx.reduce({ side: "LONG", quantity: 1, orderType: "limit", price: 110 });
    harness.bar(1);
    harness.handle(harness.fact("amend_rejected", refusal(orderOf(1), "rate_limited", null, until(9 * minute, true))));
    expect(requests(wait(harness, 9 * minute - 1))).toEqual([]);
    expect(requests(wait(harness, 9 * minute))).toEqual(["submit 2"]);
    harness.strategy.at[9] = (ctx) => expect(ctx.orders()).toMatchObject([{ intent: 2, status: "SUBMITTED" }]);
    harness.bar(9);
  });

  it("a cancel does so too, and its silence counts from when it left", () => {
    const harness = busy();
    harness.strategy.at[3] = (ctx) => ctx.cancel(4);
    harness.bar(3);
    const refuse = (time: number, order = 4) =>
      harness.handle(harness.fact("cancel_rejected", refusal(orderOf(order), "rate_limited", "-1003", until(time * minute))));
    refuse(6);
    refuse(9);
    expect(requests(wait(harness, 9 * minute - 1))).toEqual([]);
    expect(requests(wait(harness, 9 * minute))).toEqual(["cancel 4"]);
    harness.bar(9);
    expect(harness.settled(orderOf(4))).toEqual(["UNKNOWN cancel_unconfirmed"]);
  });

  it("two cancels both go again, each once", () => {
    const harness = busy();
    harness.strategy.at[3] = (ctx) => {
      ctx.cancel(3);
      ctx.cancel(4);
    };
    harness.bar(3);
    for (const order of [3, 4, 3])
      harness.handle(harness.fact("cancel_rejected", refusal(orderOf(order), "rate_limited", "-1003", until(6 * minute))));
    expect(requests(wait(harness, 6 * minute))).toEqual(["cancel 3", "cancel 4"]);
  });

  it("questions are asked again, each once, and wait anew when the limit grows", () => {
    const harness = busy();
    for (const intent of [3, 4]) harness.unknown(orderOf(intent));
    const refuse = (order: number, time: number) =>
      harness.handle(harness.fact("query_rejected", { ...refusal(orderOf(order), "rate_limited", "-1003", until(time * minute)), leg: null }));
    for (const order of [3, 4, 3]) refuse(order, 8);
    shutOut(harness, 9);
    // In steps: what a timer arms fires in its turn.
    const waits = Array.from({ length: 9 * 60 }, (_, second) => wait(harness, second * 1_000)).flat();
    expect(requests(waits)).toEqual([]);
    // Behind them come those whose answers are overdue.
    expect(requests(wait(harness, 9 * minute)).slice(0, 2)).toEqual(["query 3", "query 4"]);
  });

  it("nothing of it leaves a session that has been halted meanwhile", () => {
    const harness = busy();
    shutOut(harness, 5);
    harness.strategy.at[3] = (ctx) => ctx.close({ side: "LONG" });
    harness.bar(3);
    harness.command("halt");
    expect(requests(wait(harness, 60 * minute))).toEqual([]);
  });

  it("is part of the runner's snapshot", () => {
    const harness = busy();
    shutOut(harness, 5);
    harness.strategy.at[3] = (ctx) => {
      ctx.reduce({ side: "LONG", quantity: 1, orderType: "stop_market", trigger: 92, family: "sl" });
      ctx.cancel(4);
    };
    harness.bar(3);
    harness.unknown(orderOf(2));
    expect(JSON.parse(JSON.stringify(harness.runner.snapshot()))).toMatchObject({
      rateLimits: {
        until: { submit: 5 * minute, cancel: 5 * minute, amend: 5 * minute, query: 5 * minute },
        orders: [orderOf(5)],
        cancels: [{ order: orderOf(4), reason: "strategy_cancel" }],
        questions: [{ order: orderOf(2), market: 0 }],
        wakeTime: 5 * minute,
      },
    });
  });
});
