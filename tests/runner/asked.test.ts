// What an intent is taken for: its size, its life, its words, and what of the other orders it takes along. Contract rows are in
// contract.test.ts; here is what a user meets beside them.

import { describe, expect, it } from "vitest";

import type { OrderIntent } from "../../src/domain/index.ts";
import { noLimits } from "../../src/risk/index.ts";
import type { Context } from "../../src/strategy/index.ts";
import { Harness, minute, orderOf, positioned, TestStrategy, type HarnessOptions } from "./harness.ts";
import { endsOf } from "./routing/routed.ts";

/** What happens at the close of bar 0, at 100. */
function asked(intent: Partial<OrderIntent>, options: HarnessOptions = {}): Harness {
  const harness = new Harness(options);
  harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", ...intent });
  harness.bar(0);
  return harness;
}

/** What happens at the close of bar 1 with LONG 1 held. */
function held(act: (ctx: Context) => void, options: HarnessOptions = {}): Harness {
  const harness = positioned(options);
  harness.strategy.at[1] = act;
  harness.bar(1);
  return harness;
}

const withPolicy = (policy: ConstructorParameters<typeof TestStrategy>[0]) => ({ strategy: new TestStrategy(policy) });

describe("the size of an intent", () => {
  it("is delegated where the policy says so, and the intent or the policy names a value", () => {
    const delegating = (notional: number | null) => withPolicy({ policy: { sizing: "delegate_notional", notional } });
    expect(asked({}, delegating(50)).sent[0]?.quantity).toBe(500);
    expect(asked({ notional: 20 }, delegating(50)).sent[0]?.quantity).toBe(200);
    expect(asked({ quantity: 2 }, delegating(50)).sent[0]?.quantity).toBe(2_000);
    expect(asked({ sizing: "explicit_qty" }, delegating(50)).skips).toEqual(["1 missing_explicit_qty"]);
    for (const none of [null, 0, Number.NaN, -5]) expect(asked({}, delegating(none)).skips).toEqual(["1 missing_explicit_qty"]);
  });

  it("is not delegated where nobody says so, whatever value is named", () => {
    expect(asked({ notional: 50 }, withPolicy({ policy: { notional: 50 } })).skips).toEqual(["1 missing_explicit_qty"]);
  });

  it("counts what a contract holds", () => {
    const contract = { market: { contractSize: "0.1" } };
    // 50 at 100 are half a coin: 5 contracts of a tenth.
    expect(asked({ sizing: "delegate_notional", notional: 50 }, contract).sent[0]?.quantity).toBe(5_000);
  });

  it.each([0, -5])("cannot be delegated at a price of %d", (price) => {
    expect(asked({ sizing: "delegate_notional", notional: 50, orderType: "limit", price }).skips).toEqual(["1 missing_explicit_qty"]);
  });

  it("of what reduces is its fraction where both are named, and no quantity that is none", () => {
    expect(held((ctx) => ctx.reduce({ side: "LONG", quantity: 0.2, fraction: 0.5 })).sent[1]?.quantity).toBe(500);
    for (const quantity of [0, -1, Number.NaN])
      expect(held((ctx) => ctx.reduce({ side: "LONG", quantity })).skips).toEqual(["2 missing_explicit_qty"]);
  });

  it("of what reduces is under no cap", () => {
    const limits = { ...noLimits, maxOrderNotional: 50, maxOpenOrders: 0, maxPositionNotional: 1 };
    const harness = new Harness({ settings: { limits }, positions: [{ market: 0, leg: "LONG", quantity: 1, price: 100 }] });
    harness.strategy.at[0] = (ctx) => ctx.close({ side: "LONG" });
    harness.bar(0);
    expect(harness.sent).toMatchObject([{ quantity: 1_000 }]);
  });
});

describe("caps", () => {
  it("count orders of the last minute that have left, whatever became of them", () => {
    const harness = new Harness({ settings: { limits: { ...noLimits, maxOrdersPerMinute: 2 } } });
    harness.strategy.at[0] = (ctx) => {
      ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95 });
      ctx.open({ side: "SHORT", quantity: 1 });
    };
    harness.strategy.onRejectedDo = (ctx, _view, reason) => {
      if (reason === "injected_rejection") ctx.open({ side: "SHORT", quantity: 1 });
    };
    harness.strategy.at[1] = (ctx) => ctx.open({ side: "SHORT", quantity: 1 });
    harness.bar(0);
    harness.reject(orderOf(2));
    expect(harness.skips).toEqual(["3 max_orders_per_minute"]);
    harness.bar(1);
    expect(harness.sent).toHaveLength(3);
  });
});

describe("the life of an order", () => {
  it.each<[string, Partial<OrderIntent>, number | null]>([
    ["a limit that only makes", { orderType: "limit", price: 95 }, minute],
    ["a limit that may take", { orderType: "limit", price: 95, postOnly: false }, minute],
    ["a limit until it is cancelled", { orderType: "limit", price: 95, timeInForce: "GTC" }, minute],
    ["a limit that is over at once", { orderType: "limit", price: 95, timeInForce: "IOC" }, null],
    ["a market order", {}, null],
    ["a stop", { orderType: "stop_market", trigger: 105 }, null],
  ])("is asked for by %s alone that rests", (_what, intent, life) => {
    const harness = asked({ quantity: 1, timeToLive: minute, ...intent });
    expect(harness.sent[0]?.timeToLive).toBe(life);
    expect(harness.of("set_timer").map(({ due }) => due)).toEqual(life === null ? [] : [2 * minute]);
  });
});

describe("the words of an intent", () => {
  it("go with its order: reason and tag", () => {
    const harness = asked({ quantity: 1, reason: "scripted", tag: "first" });
    expect(harness.of("submit_order").map(({ reason }) => reason)).toEqual(["scripted"]);
    harness.reject(orderOf(1));
    const view = harness.strategy.heard.flatMap((entry) => (entry.what === "rejected" ? [entry.view] : []));
    expect(view).toEqual([{ intent: 1, kind: "OPEN", family: "entry", side: "LONG", tag: "first", quantity: 1, price: null, trigger: null }]);
  });

  it("are shown as they were asked for where they are refused, sized where that was settled", () => {
    const shown = (intent: Partial<OrderIntent>, options: HarnessOptions = {}) =>
      asked(intent, options).strategy.heard.flatMap((entry) => (entry.what === "rejected" ? [entry.view] : []))[0];
    expect(shown({})).toMatchObject({ tag: null, quantity: 0, price: null, trigger: null });
    expect(shown({ quantity: 1, orderType: "stop_market", trigger: -5 })).toMatchObject({ quantity: 1, trigger: -5 });
    const locked = withPolicy({ policy: { sizing: "delegate_notional", notional: 50 } });
    locked.strategy.submitPermission = () => ({ allowed: false });
    expect(shown({ price: 95, orderType: "limit" }, locked)).toMatchObject({ quantity: 50 / 95, price: 95 });
    const strange = { family: "entry", reason: "no such reason" } as unknown as OrderIntent;
    expect(shown({ ...strange, quantity: 3 })).toMatchObject({ quantity: 3 });
  });

  it("show the trigger of an order that was sent and turned away", () => {
    const harness = asked({ quantity: 1, orderType: "stop_limit", trigger: 105, price: 106 });
    harness.reject(orderOf(1));
    expect(harness.strategy.heard.at(-1)).toMatchObject({ what: "rejected", view: { price: 106, trigger: 105 } });
  });

  it("of a repriced order are told with its new price", () => {
    expect(asked({ quantity: 1, orderType: "limit", price: 120 }).of("alert")).toEqual([
      { type: "alert", level: "info", text: "post_only_repriced: TEST/USDC:USDC moved one tick inside, to 99.99" },
    ]);
  });

  it("that are no object at all are nonsense", () => {
    expect(() => held((ctx) => ctx.open(undefined as never))).toThrow(expect.objectContaining({ code: "strategy_nonsense" }));
  });
});

describe("a refused intent", () => {
  it("puts the state back of an entry alone", () => {
    const harness = new Harness();
    harness.strategy.at[0] = (ctx) => {
      ctx.add({ side: "LONG", quantity: 1 });
      ctx.close({ side: "LONG" });
      ctx.open({ side: "LONG" });
    };
    harness.bar(0);
    expect(harness.strategy.rejections).toEqual(["1 dca_without_position kept", "2 no_position kept", "3 missing_explicit_qty restored"]);
  });

  it("does not let one instant count for another: so many may be asked for at each", () => {
    const harness = new Harness({ settings: { intentsMax: 2 } });
    for (const bar of [0, 1, 2])
      harness.strategy.at[bar] = (ctx) => {
        for (let n = 0; n < (bar === 2 ? 3 : 2); n += 1) ctx.open({ side: "LONG" });
      };
    harness.bars(0, 1);
    expect(harness.skips).toHaveLength(4);
    expect(() => harness.bar(2)).toThrow(expect.objectContaining({ code: "too_many_intents" }));
  });
});

describe("004-MG-1: what goes first when a position is left", () => {
  const ladder = (options: HarnessOptions = {}) =>
    positioned({ ...withPolicy({ policy: { dcaOrderType: "limit", maxPendingAdds: 9 } }), ...options }, 2);
  const canceled = (harness: Harness) => harness.of("cancel_order").map(({ order }) => order);

  it.each<[string, (ctx: Context) => void, boolean]>([
    ["a close at any price", (ctx) => ctx.close({ side: "LONG" }), true],
    ["a close at once or not at all", (ctx) => ctx.close({ side: "LONG", orderType: "limit", price: 99, timeInForce: "IOC" }), true],
    ["a close in full or not at all", (ctx) => ctx.close({ side: "LONG", orderType: "limit", price: 99, timeInForce: "FOK" }), true],
    ["a close that may rest", (ctx) => ctx.close({ side: "LONG", orderType: "limit", price: 99, timeInForce: "GTC" }), false],
    ["a part of it", (ctx) => ctx.reduce({ side: "LONG", quantity: 1 }), false],
  ])("%s: the adds are cancelled: %s", (_what, leave, goes) => {
    const harness = ladder();
    harness.strategy.at[1] = (ctx) => ctx.add({ side: "LONG", quantity: 1, price: 95 });
    harness.strategy.at[2] = leave;
    harness.bars(1, 2);
    expect(canceled(harness)).toEqual(goes ? [orderOf(2)] : []);
  });

  it("is an entry beside an add, too", () => {
    const harness = ladder({ settings: { cancelConfirmMs: 60 * minute } });
    harness.strategy.at[1] = (ctx) => ctx.add({ side: "LONG", quantity: 1, price: 95 });
    harness.strategy.at[2] = (ctx) => ctx.open({ side: "LONG", quantity: 2, orderType: "limit", price: 94 });
    harness.strategy.at[3] = (ctx) => ctx.close({ side: "LONG" });
    harness.bar(1);
    const closed = { side: "sell", quantity: 2_000, price: 9_000, left: 0, fee: 0 };
    harness.handle(harness.fact("auto_deleveraged", { leg: "LONG", ...closed } as never));
    harness.bar(2);
    harness.fill(orderOf(3), 94, 1);
    harness.bar(3);
    expect(canceled(harness)).toEqual([orderOf(2), orderOf(3)]);
  });

  it("are routes that increase it; those of the other side, and those that reduce, go on", () => {
    const harness = new Harness({ settings: { cancelConfirmMs: 60 * minute } });
    harness.strategy.at[0] = (ctx) => {
      for (const side of ["LONG", "SHORT"] as const) ctx.open({ side, quantity: 4, route: "limit-patience" });
    };
    harness.bar(0);
    harness.fill(orderOf(1), 100, 1);
    harness.strategy.at[1] = (ctx) => ctx.reduce({ side: "LONG", quantity: 1, route: "limit-patience" });
    harness.strategy.at[2] = (ctx) => ctx.close({ side: "LONG" });
    harness.bars(1, 2);
    expect(canceled(harness)).toEqual([orderOf(1)]);
    harness.canceled(orderOf(1), 1);
    expect(endsOf(harness)).toEqual(["1 1 position_closed"]);
  });
});

describe("a cancel", () => {
  it("is sent once", () => {
    const harness = asked({ quantity: 1, orderType: "limit", price: 95 });
    const answers: boolean[] = [];
    harness.strategy.at[1] = (ctx) => answers.push(ctx.cancel(1), ctx.cancel(1), ctx.cancel(7));
    harness.bar(1);
    expect([answers, harness.of("cancel_order")]).toEqual([
      [true, false, false],
      [{ type: "cancel_order", order: orderOf(1), market: 0, reason: "strategy_cancel" }],
    ]);
  });
});

describe("a protective order", () => {
  it("is no decision of its moment: the entry that it hangs on is still undone when it fails", () => {
    const harness = new Harness();
    harness.strategy.at[0] = (ctx) => {
      const parent = ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 95 });
      ctx.reduce({ side: "LONG", quantity: 1, orderType: "stop_market", trigger: 90, family: "sl", parent });
    };
    harness.bar(0);
    harness.reject(orderOf(1));
    expect(harness.strategy.rejections).toEqual(["1 injected_rejection restored"]);
  });

  it("that hangs on an entry which is over may close what is there", () => {
    const harness = held((ctx) => ctx.reduce({ side: "LONG", quantity: 5, orderType: "stop_market", trigger: 90, family: "sl", parent: 1 }));
    expect(harness.sent[1]).toMatchObject({ quantity: 1_000, terms: { parent: orderOf(1) } });
  });
});

describe("spot coins", () => {
  const spot = (act: (ctx: Context) => void) => {
    const harness = new Harness({ hedge: false, market: { kind: "spot" }, positions: [{ market: 0, leg: "NET", quantity: 2, price: 100 }] });
    harness.strategy.at[0] = (ctx) => ctx.reduce({ side: "LONG", quantity: 2 });
    harness.strategy.at[1] = act;
    harness.bar(0);
    harness.unknown(orderOf(1));
    harness.bar(1);
    return harness;
  };

  it("that may all be sold already are sold by nothing else, whatever its terms", () => {
    expect(spot((ctx) => ctx.close({ side: "LONG" })).skips).toEqual(["2 unresolved_outcome"]);
    expect(spot((ctx) => ctx.reduce({ side: "LONG", quantity: 1, orderType: "stop_market", trigger: 90, triggerBy: "mark" })).skips).toEqual([
      "2 unresolved_outcome",
    ]);
  });
});

describe("a market order", () => {
  it("has no market order to stand in for it, whatever the intent permits", () => {
    const fallback = { onReject: true, onTimeout: true };
    const options = { ...withPolicy({ policy: { fallback } }), settings: { fallback } };
    const harness = asked({ quantity: 1, allowMarketFallback: true, fallbackOnReject: true, fallbackOnTimeout: true }, options);
    harness.reject(orderOf(1));
    expect([harness.sent.length, harness.skips]).toEqual([1, []]);
  });
});
