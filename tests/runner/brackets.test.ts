// Orders that hang on a limit for which a market order stands in: they hang on that one then, whatever the order in which the
// venue tells of the ends; and where nothing stands in, their strategy hears that they are gone.
import { describe, expect, it } from "vitest";

import type { OrderIntent, OrderRequest, Quantity, Reason } from "../../src/domain/index.ts";
import { Harness, minute, orderOf, refusal, TestStrategy, type HarnessOptions } from "./harness.ts";

/** A limit entry 1 of 2 with a target 2 and a stop 3 in OCO, all sent at bar 0. */
function bracket(permitted = true, settings: HarnessOptions["settings"] = {}): Harness {
  const strategy = new TestStrategy({ policy: { fallback: { onReject: permitted, onTimeout: permitted } } });
  const harness = new Harness({ strategy, settings: { ...settings, fallback: { onReject: true, onTimeout: true } } });
  strategy.at[0] = (ctx) => {
    const permissions = { allowMarketFallback: true, fallbackOnReject: true, fallbackOnTimeout: true };
    const parent = ctx.open({ side: "LONG", quantity: 2, orderType: "limit", price: 95, timeToLive: minute, ...permissions });
    const oco = ctx.reduce({ side: "LONG", quantity: 2, orderType: "limit", price: 110, family: "tp", parent, tag: "target" });
    ctx.reduce({ side: "LONG", quantity: 2, orderType: "stop_market", trigger: 90, family: "sl", parent, oco });
  };
  harness.bar(0);
  return harness;
}

const gone = (harness: Harness, order: number, reason: Reason = "parent_order_gone"): void => {
  harness.handle(harness.fact("order_expired", { order: orderOf(order), cumulative: 0 as Quantity, reason }));
};

/** The limit's life runs out and the runner asks for its end. */
function runOut(harness: Harness): void {
  harness.timer(harness.of("set_timer")[0]?.timer ?? 0, 2 * minute);
}

const shown = ({ order, type, quantity, price, trigger, reduceOnly, terms }: OrderRequest) => [
  order,
  type,
  quantity,
  price ?? trigger,
  reduceOnly,
  terms?.parent ?? null,
  terms?.group ?? null,
];

/** The fallback and its children, as new attempts of the intents 1, 2 and 3; hedge legs bind without reduce-only. */
const moved = [
  [orderOf(1, 1), "market", 2_000, null, false, null, null],
  [orderOf(2, 1), "limit", 2_000, 11_000, false, orderOf(1, 1), null],
  [orderOf(3, 1), "stop_market", 2_000, 9_000, false, orderOf(1, 1), orderOf(2, 1)],
];

describe("children of a limit", () => {
  it("follow the market order that stands in when its life is over", () => {
    const harness = bracket();
    runOut(harness);
    harness.canceled(orderOf(1));
    gone(harness, 2);
    gone(harness, 3);
    expect(harness.sent.slice(3).map(shown)).toEqual(moved);
    expect(harness.settled(orderOf(2))).toEqual(["EXPIRED parent_order_gone"]);
    // One order of an intent has been replaced by another: nothing has come to nothing.
    expect(harness.strategy.rejections).toEqual([]);
    expect(harness.of("alert").filter(({ text }) => text.startsWith("unprotected"))).toEqual([]);
  });

  it("follow it too when the limit was refused", () => {
    const harness = bracket();
    harness.reject(orderOf(1), "post_only_would_cross");
    for (const child of [2, 3]) harness.handle(harness.fact("order_rejected", refusal(orderOf(child), "parent_order_gone")));
    expect(harness.sent.slice(3).map(shown)).toEqual(moved);
    expect(harness.settled(orderOf(3))).toEqual(["REJECTED parent_order_gone"]);
    expect(harness.strategy.rejections).toEqual([]);
  });

  it("follow it when their ends are told before the limit's, and when they are told twice", () => {
    const harness = bracket();
    runOut(harness);
    for (const child of [3, 2, 3]) gone(harness, child);
    expect(harness.settled(orderOf(3))).toEqual([]);
    harness.canceled(orderOf(1));
    gone(harness, 2);
    expect(harness.sent.slice(3).map(shown)).toEqual(moved);
    expect([2, 3].map((child) => harness.settled(orderOf(child)))).toEqual([["EXPIRED parent_order_gone"], ["EXPIRED parent_order_gone"]]);
    expect(harness.runner.openOrders).toBe(3);
  });

  it("are cancelled under their intent after they have moved", () => {
    const harness = bracket();
    runOut(harness);
    harness.canceled(orderOf(1));
    gone(harness, 2);
    gone(harness, 3);
    harness.fill(orderOf(1, 1), 100, 2);
    harness.strategy.at[2] = (ctx) => expect(ctx.cancel(2)).toBe(true);
    harness.bars(1, 2);
    expect(harness.of("cancel_order").at(-1)?.order).toBe(orderOf(2, 1));
    harness.canceled(orderOf(2, 1));
    expect(harness.strategy.heard).toContainEqual({ what: "canceled", intent: 2, filled: 0 });
  });

  it.each(["at once", "before the limit's end"])("are gone where nothing stands in, and their strategy hears it: %s", (when) => {
    const harness = bracket(false);
    runOut(harness);
    if (when === "at once") harness.canceled(orderOf(1));
    gone(harness, 2);
    gone(harness, 3);
    if (when !== "at once") harness.canceled(orderOf(1));
    expect(harness.sent).toHaveLength(3);
    expect(harness.strategy.heard.flatMap((entry) => (entry.what === "rejected" ? [`${entry.intent} ${entry.reason}`] : [])).sort()).toEqual([
      "1 entry_limit_timeout",
      "2 parent_order_gone",
      "3 parent_order_gone",
    ]);
  });

  it("stay with the part that their limit has filled, and what the fallback adds is told to have none", () => {
    const harness = bracket();
    harness.fill(orderOf(1), 95, 1);
    runOut(harness);
    harness.canceled(orderOf(1), 1);
    expect(harness.sent.slice(3).map(shown)).toEqual([[orderOf(1, 1), "market", 1_000, null, false, null, null]]);
    expect(harness.of("alert").at(-1)?.text).toMatch(/^unprotected: .* LONG, what the market fallback adds has no children$/);
  });

  it("that are being cancelled do not follow", () => {
    const harness = bracket();
    harness.strategy.at[1] = (ctx) => ctx.cancel(2);
    harness.bar(1);
    runOut(harness);
    harness.canceled(orderOf(1));
    // The stop's group was named after the target, which stays behind.
    expect(harness.sent.slice(3).map(shown)).toEqual([moved[0], [...(moved[2] as unknown[]).slice(0, -1), orderOf(2)]]);
  });
});

describe("a child in doubt that has moved", () => {
  it("is in doubt no more when its end is told: what it had locked is free again", () => {
    const harness = bracket(true, { absence: null });
    runOut(harness);
    harness.canceled(orderOf(1));
    harness.fill(orderOf(1, 1), 100, 2);
    harness.unknown(orderOf(3));
    // A venue that names no time behind which it takes nothing more: what it does not find is quarantined.
    for (const laterMs of [20_000, 2_000]) harness.answer(orderOf(3), null, [], laterMs);
    expect(harness.settled(orderOf(3)).at(-1)).toBe("QUARANTINED quarantined");
    gone(harness, 3);
    expect(harness.settled(orderOf(3)).at(-1)).toBe("EXPIRED parent_order_gone");
    expect(harness.of("risk_locked").map(({ reason, locked }) => `${reason} ${locked}`)).toEqual([
      "symbol_quarantined true",
      "symbol_quarantined false",
    ]);
    expect(harness.runner.divergent).toBe(false);
    expect(harness.runner.snapshot().doubts).toMatchObject({ pauses: [], unheard: [] });
  });
});

describe("children of two limits", () => {
  /** Limits 1 and 3, one a side, each with a stop: 2 and 4. */
  function pair(permissions: Partial<OrderIntent>): Harness {
    const fallback = { onReject: true, onTimeout: true };
    const strategy = new TestStrategy({ policy: { fallback } });
    const harness = new Harness({ strategy, settings: { fallback } });
    strategy.at[0] = (ctx) => {
      for (const side of ["LONG", "SHORT"] as const) {
        const price = side === "LONG" ? 95 : 105;
        const parent = ctx.open({ side, quantity: 2, orderType: "limit", price, timeToLive: minute, allowMarketFallback: true, ...permissions });
        ctx.reduce({ side, quantity: 2, orderType: "stop_market", trigger: side === "LONG" ? 90 : 110, family: "sl", parent });
      }
    };
    harness.bar(0);
    for (const { timer } of harness.of("set_timer")) harness.timer(timer, 2 * minute);
    return harness;
  }

  it("each follow their own", () => {
    const harness = pair({ fallbackOnTimeout: true });
    harness.canceled(orderOf(1));
    expect(harness.sent.slice(4).map(({ order, terms }) => [order, terms?.parent ?? null])).toEqual([
      [orderOf(1, 1), null],
      [orderOf(2, 1), orderOf(1, 1)],
    ]);
  });

  it("whose ends were told first end with their own", () => {
    const harness = pair({ fallbackOnReject: true });
    gone(harness, 4);
    harness.handle(harness.fact("order_rejected", refusal(orderOf(2), "parent_order_gone")));
    expect(harness.runner.openOrders).toBe(4);
    harness.canceled(orderOf(1));
    expect([2, 4].map((child) => harness.settled(orderOf(child)))).toEqual([["REJECTED parent_order_gone"], []]);
    harness.canceled(orderOf(3));
    expect([2, 4].map((child) => harness.settled(orderOf(child)))).toEqual([["REJECTED parent_order_gone"], ["EXPIRED parent_order_gone"]]);
    expect(harness.runner.snapshot().brackets).toEqual([]);
  });

  it("end at once where no market order may stand in", () => {
    const harness = pair({ allowMarketFallback: false, fallbackOnTimeout: true, fallbackOnReject: true });
    gone(harness, 2);
    harness.handle(harness.fact("order_rejected", refusal(orderOf(4), "parent_order_gone")));
    expect([2, 4].map((child) => harness.settled(orderOf(child)))).toEqual([["EXPIRED parent_order_gone"], ["REJECTED parent_order_gone"]]);
  });
});

describe("a limit of which a part has filled", () => {
  function partly(withStop: boolean, heard: boolean): Harness {
    const fallback = { onReject: false, onTimeout: true };
    const harness = new Harness({ strategy: new TestStrategy({ policy: { fallback } }), settings: { fallback } });
    harness.strategy.at[0] = (ctx) => {
      const permissions = { allowMarketFallback: true, fallbackOnTimeout: true };
      const parent = ctx.open({ side: "LONG", quantity: 2, orderType: "limit", price: 95, timeToLive: minute, ...permissions });
      if (withStop) ctx.reduce({ side: "LONG", quantity: 2, orderType: "stop_market", trigger: 90, family: "sl", parent });
    };
    harness.bar(0);
    if (heard) harness.fill(orderOf(1), 95, 0.5);
    runOut(harness);
    harness.canceled(orderOf(1), heard ? 0 : 0.5);
    return harness;
  }

  it.each([
    ["has been heard of", true],
    ["is still to be told", false],
  ])("keeps its children, whether the fill %s", (_what, heard) => {
    const harness = partly(true, heard);
    expect(harness.sent.slice(2).map(({ order, quantity }) => [order, quantity])).toEqual([[orderOf(1, 1), 1_500]]);
    expect(harness.of("alert").filter(({ text }) => text.startsWith("unprotected"))).toHaveLength(1);
  });

  it("has nothing to be warned of where it has no children", () => {
    const harness = partly(false, true);
    expect(harness.sent).toHaveLength(2);
    expect(harness.of("alert")).toEqual([]);
  });
});

describe("an order that hangs on nothing", () => {
  it("ends like any other when the venue says that its parent has gone", () => {
    const harness = new Harness();
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 2, orderType: "limit", price: 95 });
    harness.bar(0);
    gone(harness, 1);
    expect(harness.settled(orderOf(1))).toEqual(["EXPIRED parent_order_gone"]);
    expect(harness.runner.openOrders).toBe(0);
  });
});
