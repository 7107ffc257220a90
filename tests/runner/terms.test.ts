// Orders of the rarer kinds on their way through the runner: what an intent says becomes exact terms, or is refused with
// a reason; and what the venue does with such an order on its own account.
import { describe, expect, it } from "vitest";

import type { Millis, OrderIntent, OrderTerms, Quantity, Reason } from "../../src/domain/index.ts";
import type { Context } from "../../src/strategy/index.ts";
import { Harness, orderOf } from "./harness.ts";

/** After bar 0 with these calls. */
function asked(act: (ctx: Context) => void): Harness {
  const harness = new Harness();
  harness.strategy.at[0] = act;
  harness.bar(0);
  return harness;
}

const skips = (harness: Harness): string[] => harness.of("intent_skipped").map(({ intent, reason }) => `${intent} ${reason}`);
const terms = (harness: Harness) => harness.of("submit_order").map(({ request }) => request.terms);
const limit = (more: Partial<OrderIntent> = {}): OrderIntent => ({ side: "LONG", quantity: 1, orderType: "limit", price: 95, ...more });

describe("the terms of an order", () => {
  it("are none for an order that asks for nothing rare", () => {
    expect(terms(asked((ctx) => ctx.open(limit())))).toEqual([null]);
  });

  it("hold the date of a GTD order; DAY needs none", () => {
    expect(terms(asked((ctx) => ctx.open(limit({ timeInForce: "GTD", goodTill: 600_000 }))))[0]).toMatchObject({ goodTill: 600_000 });
    const day = asked((ctx) => ctx.open(limit({ timeInForce: "DAY" })));
    expect(day.of("submit_order")[0]?.request).toMatchObject({ timeInForce: "DAY", terms: null, timeToLive: null });
  });

  it("hold an exact trail", () => {
    const harness = asked((ctx) => {
      ctx.open({ side: "LONG", quantity: 1, orderType: "trailing_stop", callbackRate: 0.015, activation: 98.004 });
    });
    // 1.5 % is 3/200; 98.004 on the tick of 0.01 is 98.00.
    expect(terms(harness)[0]?.trail).toEqual({ rate: { numerator: 3, denominator: 200 }, distance: null, activation: 9_800 });
  });

  it("hold the rate that was meant, not what a float made of it", () => {
    const harness = asked((ctx) => {
      ctx.open({ side: "LONG", quantity: 1, orderType: "trailing_stop", callbackRate: 1.1 / 100 });
    });
    expect(1.1 / 100).toBe(0.011000000000000001);
    expect(terms(harness)[0]?.trail).toMatchObject({ rate: { numerator: 11, denominator: 1_000 } });
  });

  it("name orders in the place of intents", () => {
    const harness = asked((ctx) => {
      const entry = ctx.open(limit());
      const target = ctx.reduce(limit({ price: 110, family: "tp", parent: entry }));
      ctx.reduce({ side: "LONG", quantity: 1, orderType: "stop_market", trigger: 90, family: "sl", parent: entry, oco: target });
    });
    expect(skips(harness)).toEqual([]);
    expect(terms(harness).slice(1)).toMatchObject([
      { parent: orderOf(1), group: null },
      { parent: orderOf(1), group: orderOf(2) },
    ]);
  });

  it("let a child be sent before there is a position, up to what its parent may open", () => {
    const harness = asked((ctx) => {
      const entry = ctx.open(limit());
      ctx.reduce(limit({ price: 110, quantity: 5, family: "tp", parent: entry }));
    });
    expect(harness.of("submit_order")[1]?.request.quantity).toBe(1_000);
  });

  it.each<[Partial<OrderIntent>, Partial<OrderTerms>]>([
    [{ goodAfter: 600_000 }, { goodAfter: 600_000 as Millis }],
    [{ orderType: "stop_market", trigger: 105, triggerBy: "mark" }, { triggerBy: "mark" }],
    [{ selfTrade: "expire_taker" }, { selfTrade: "expire_taker" }],
    [{ orderType: "stop_market", trigger: 105, closePosition: true }, { closePosition: true }],
  ])("are those that were asked for, and the plain ones beside them: %j", (more, asks) => {
    const plain = {
      goodTill: null,
      goodAfter: null,
      trail: null,
      parent: null,
      group: null,
      closePosition: false,
      triggerBy: "last",
      selfTrade: "none",
    };
    expect(terms(asked((ctx) => ctx.open(limit(more))))).toEqual([{ ...plain, ...asks }]);
  });

  it("hold a trail by distance, put on the tick: up for a buyer, down for a seller", () => {
    const harness = asked((ctx) => {
      for (const side of ["LONG", "SHORT"] as const) ctx.open({ side, quantity: 1, orderType: "trailing_stop", callbackDistance: 1.005 });
    });
    expect(terms(harness).map((one) => one?.trail)).toEqual([
      { rate: null, distance: 101, activation: null },
      { rate: null, distance: 100, activation: null },
    ]);
  });

  it("put a third order into the group that two are in already", () => {
    const harness = asked((ctx) => {
      const first = ctx.open(limit());
      const second = ctx.open({ ...limit({ oco: first, price: 105 }), side: "SHORT" });
      ctx.reduce(limit({ parent: first, oco: second }));
    });
    expect(skips(harness)).toEqual([]);
    expect(terms(harness).map((one) => one?.group ?? null)).toEqual([null, orderOf(1), orderOf(1)]);
  });

  it("let nothing hang on an order of another market, or of a route", () => {
    const markets = ["A", "B"].map((name) => ({ market: { symbol: `${name}/USDC:USDC` } }));
    const harness = new Harness({ markets });
    const [a, b] = harness.strategies;
    if (a !== undefined) a.at[0] = (ctx) => ctx.open(limit());
    if (b !== undefined) b.at[0] = (ctx) => ctx.reduce(limit({ family: "tp", parent: 1 }));
    harness.bar(0);
    expect(skips(harness)).toEqual(["2 unknown_order"]);
    const routed = asked((ctx) => {
      const parent = ctx.open({ side: "LONG", quantity: 1, route: "limit-patience" });
      ctx.reduce(limit({ family: "tp", parent }));
    });
    expect(skips(routed)).toEqual(["2 unknown_order"]);
  });

  it.each<[string, Partial<OrderIntent>, string]>([
    ["a beginning that is no instant", { goodAfter: Number.NaN }, "bad_order_terms"],
    ["a beginning of all time", { goodAfter: 0 }, "bad_order_terms"],
    ["a date between two instants", { timeInForce: "GTD", goodTill: 600_000.5 }, "bad_order_terms"],
    ["a distance of a limit order", { callbackDistance: 1 }, "bad_order_terms"],
    ["an activation of a limit order", { activation: 99 }, "bad_order_terms"],
    ["a callback that is none", { orderType: "trailing_stop", callbackRate: 0 }, "bad_order_terms"],
    ["a callback of more than everything", { orderType: "trailing_stop", callbackRate: 1.5 }, "bad_order_terms"],
    ["a distance that is no number", { orderType: "trailing_stop", callbackDistance: Number.NaN }, "bad_price"],
    ["an activation that is no number", { orderType: "trailing_stop", callbackRate: 0.01, activation: Number.NaN }, "bad_price"],
    ["GTD without a date", { timeInForce: "GTD" }, "bad_order_terms"],
    ["a date without GTD", { goodTill: 600_000 }, "bad_order_terms"],
    ["a date that is no instant", { timeInForce: "GTD", goodTill: Number.NaN }, "bad_order_terms"],
    ["a trail without a callback", { orderType: "trailing_stop" }, "bad_order_terms"],
    ["two callbacks", { orderType: "trailing_stop", callbackRate: 0.01, callbackDistance: 1 }, "bad_order_terms"],
    ["a callback of everything", { orderType: "trailing_stop", callbackRate: 1 }, "bad_order_terms"],
    ["a callback of nothing", { orderType: "trailing_stop", callbackRate: 1e-12 }, "bad_order_terms"],
    ["a callback of a limit order", { callbackRate: 0.01 }, "bad_order_terms"],
    ["a parent that never was", { parent: 77 }, "unknown_order"],
    ["a sibling that never was", { oco: 77 }, "unknown_order"],
  ])("are refused for %s", (_, more, reason) => {
    expect(skips(asked((ctx) => ctx.open(limit(more))))).toEqual([`1 ${reason}`]);
  });
});

describe("what the venue does on its own", () => {
  it.each([
    ["DAY", {}, "day_ended"],
    ["GTD", { goodTill: 600_000 }, "good_till_date"],
    ["IOC", {}, "immediate_or_cancel_unfilled"],
    ["FOK", {}, "fill_or_kill_unfilled"],
    ["GTC", {}, "unknown_order_at_venue"],
  ] as const)(
    "an end of a %s order that only a query tells has the reason of its terms, and not what it was sent for",
    (timeInForce, more, reason) => {
      const harness = asked((ctx) => ctx.open(limit({ timeInForce, ...more })));
      harness.unknown(orderOf(1));
      harness.answer(orderOf(1), "EXPIRED");
      expect(harness.settled(orderOf(1)).at(-1)).toBe(`EXPIRED ${reason}`);
    },
  );

  it("an order that it ends is told to the strategy as a failed intent, with the reason", () => {
    const harness = asked((ctx) => ctx.open(limit({ timeInForce: "GTD", goodTill: 600_000 })));
    harness.ack(orderOf(1));
    harness.handle(harness.fact("order_expired", { order: orderOf(1), cumulative: 0 as never, reason: "good_till_date" }));
    expect(harness.settled(orderOf(1))).toEqual(["EXPIRED good_till_date"]);
  });

  it("a close-position order may fill more than it was asked for, before the word of it comes", () => {
    const harness = new Harness({ positions: [{ market: 0, leg: "LONG", quantity: 3, price: 100 }] });
    harness.strategy.at[0] = (ctx) => {
      ctx.close({ side: "LONG", quantity: 1, orderType: "stop_market", trigger: 90, family: "sl", closePosition: true });
    };
    harness.bar(0);
    harness.ack(orderOf(1));
    harness.fill(orderOf(1), 90, 3);
    expect(harness.settled(orderOf(1))).toEqual(["FILLED filled"]);
  });

  describe("a part of a close-position order", () => {
    /** Ten are held; one is asked for, all ten at the venue, and two fill. */
    const closing = (): Harness => {
      const harness = new Harness({ positions: [{ market: 0, leg: "LONG", quantity: 10, price: 100 }] });
      harness.strategy.at[0] = (ctx) => {
        ctx.close({ side: "LONG", quantity: 1, orderType: "stop_market", trigger: 90, family: "sl", closePosition: true });
      };
      harness.bar(0);
      harness.ack(orderOf(1));
      return harness;
    };
    const sized = (harness: Harness) =>
      harness.fact("order_amended", { order: orderOf(1), price: null, trigger: 9_000 as never, quantity: 10_000 as never });
    const expired = (harness: Harness) => harness.fact("order_expired", { order: orderOf(1), cumulative: 2_000 as never, reason: "volume_cap" });

    it("does not complete it when it comes before the word of its size", () => {
      const harness = closing();
      const word = sized(harness);
      harness.fill(orderOf(1), 90, 2);
      expect(harness.settled(orderOf(1))).toEqual([]);
      harness.handle(word);
      harness.handle(expired(harness));
      expect(harness.settled(orderOf(1))).toEqual(["EXPIRED volume_cap"]);
    });

    it("does not complete it when it comes after its end", () => {
      const harness = closing();
      harness.handle(expired(harness));
      harness.fill(orderOf(1), 90, 2);
      harness.handle(sized(harness));
      expect(harness.settled(orderOf(1))).toEqual(["EXPIRED volume_cap"]);
      expect(harness.held("LONG")).toBe(8);
    });
  });
});

describe("a stop that the venue ends", () => {
  const alerts = (harness: Harness): string[] => harness.of("alert").flatMap(({ text }) => (text.startsWith("unprotected") ? [text] : []));
  const expire = (harness: Harness, order: number, reason: Reason): void => {
    harness.handle(harness.fact("order_expired", { order: orderOf(order), cumulative: 0 as Quantity, reason }));
  };
  /** An entry 1 with a stop 2 that hangs on it. */
  const bracket = (): Harness =>
    asked((ctx) => {
      const entry = ctx.open(limit());
      ctx.reduce({ side: "LONG", quantity: 1, orderType: "stop_market", trigger: 90, family: "sl", parent: entry });
    });

  it("while there is a position leaves it unprotected, and that is told", () => {
    const harness = bracket();
    harness.fill(orderOf(1), 95, 1);
    expire(harness, 2, "trigger_already_crossed");
    expect(alerts(harness)).toEqual([expect.stringMatching(/^unprotected: .* LONG has no stop, trigger_already_crossed$/)]);
  });

  it("because its trigger was crossed is told before the fill that brought it to life, too", () => {
    const harness = bracket();
    expire(harness, 2, "trigger_already_crossed");
    expect(alerts(harness)).toHaveLength(1);
  });

  it.each<[Reason, boolean]>([
    // without a position there is nothing to protect; where a sibling filled, it has been closed
    ["parent_order_gone", false],
    ["one_cancels_other", true],
    ["reduce_only_position_gone", false],
  ])("by %s leaves nothing unprotected", (reason, held) => {
    const harness = bracket();
    if (held) harness.fill(orderOf(1), 95, 1);
    expire(harness, 2, reason);
    expect(alerts(harness)).toEqual([]);
  });
});
