import { describe, expect, it } from "vitest";

import {
  actionsOfLegacySteps,
  missingHooks,
  resolveParams,
  Scripted,
  scripted,
  type ScriptedAction,
  type ScriptedParams,
} from "../../src/strategy/index.ts";
import { FakeContext, type Asked } from "./fake-context.ts";

function play(actions: readonly ScriptedAction[], params: Partial<ScriptedParams> = {}): FakeContext {
  return new FakeContext(new Scripted(resolveParams(scripted, { actions, ...params })), { hedge: false });
}

const bar = (context: FakeContext, price = 100): Asked[] => context.close1m([price, price, price, price]);
const error = (params: Record<string, unknown>) => {
  try {
    resolveParams(scripted, params);
  } catch (caught) {
    return (caught as Error).message;
  }
  return null;
};

describe("actions at bars", () => {
  it("open at market, and on that fill a take-profit: the worked scenario", () => {
    const context = play([
      { bar: 0, do: "open", leg: "LONG", quantity: 1, id: "entry" },
      { onFill: { family: "entry" }, do: "reduce", leg: "LONG", quantity: 1, order: { type: "limit", family: "tp", price: 102 } },
    ]);
    const [entry] = bar(context);
    expect(entry).toMatchObject({ kind: "OPEN", side: "LONG", quantity: 1, orderType: undefined, tag: "entry", reason: "scripted" });
    expect(bar(context)).toEqual([]);
    const [target] = context.fill(entry as Asked, 100);
    expect(target).toMatchObject({ kind: "PARTIAL_CLOSE", family: "tp", orderType: "limit", price: 102, quantity: 1 });
    expect(context.fill(target as Asked, 102)).toEqual([]);
  });

  it("happen in the order of the script within a bar, once each, and only for their symbol", () => {
    const context = play([
      { bar: 1, do: "open", leg: "SHORT", quantity: 3 },
      { bar: 0, do: "open", leg: "LONG", quantity: 1 },
      { bar: 0, do: "open", leg: "LONG", quantity: 9, symbol: "BTC/USDC:USDC" },
      { bar: 0, do: "open", leg: "LONG", quantity: 2, symbol: "HYPE/USDC:USDC" },
    ]);
    expect(bar(context).map((asked) => asked.quantity)).toEqual([1, 2]);
    expect(bar(context).map((asked) => asked.quantity)).toEqual([3]);
    expect(bar(context)).toEqual([]);
  });

  it("pass every field of the order on, and percent prices from the close", () => {
    const context = play([
      {
        bar: 0,
        do: "open",
        leg: "LONG",
        notional: 50,
        order: {
          type: "stop_limit",
          pricePercent: -1,
          triggerPercent: 0.5,
          postOnly: false,
          timeToLive: null,
          sizing: "delegate_notional",
          allowMarketFallback: true,
        },
      },
    ]);
    // 200 × 0.99 = 198, 200 × 1.005 = 201
    const [asked] = bar(context, 200);
    expect(asked).toMatchObject({ orderType: "stop_limit", price: 198, postOnly: false, timeToLive: null, notional: 50, allowMarketFallback: true });
    expect(asked?.trigger).toBeCloseTo(201, 10);
    expect(asked?.quantity).toBeUndefined();
  });

  it("leave nonsense to the runner: a quantity of -1 or none is asked for as it stands", () => {
    const context = play([
      { bar: 0, do: "open", leg: "LONG", quantity: -1 },
      { bar: 0, do: "open", leg: "LONG" },
    ]);
    expect(bar(context).map((asked) => asked.quantity)).toEqual([-1, undefined]);
  });

  it("cancel and amend by name", () => {
    const context = play([
      { bar: 0, do: "open", leg: "LONG", quantity: 1, order: { type: "limit", price: 99 }, id: "bid" },
      { bar: 1, do: "amend", target: "bid", quantity: 2, order: { price: 98 } },
      { bar: 2, do: "cancel", target: "bid" },
    ]);
    const [bid] = bar(context);
    bar(context);
    expect(context.amended).toEqual([{ intent: 1, price: 98, quantity: 2 }]);
    expect(bid?.cancelAsked).toBe(false);
    bar(context);
    expect(bid?.cancelAsked).toBe(true);
  });

  it("replace by name", () => {
    const context = play([
      { bar: 0, do: "open", leg: "LONG", quantity: 1, order: { type: "limit", price: 99 }, id: "bid" },
      { bar: 1, do: "open", leg: "LONG", quantity: 1, order: { type: "limit", price: 98, replaces: "bid" } },
    ]);
    bar(context);
    expect(bar(context)[0]?.replaces).toBe(1);
  });

  it("of warm-up bars are asked for all the same", () => {
    const context = play([{ bar: 0, do: "open", leg: "LONG", quantity: 1 }], { warmup: 2 });
    expect(bar(context)).toHaveLength(1);
  });
});

describe("actions with a cause", () => {
  it("act on the first fill; `complete` waits for the last one, `every` acts on each", () => {
    const make = (cause: { complete?: boolean; every?: boolean }) => {
      const context = play([
        { bar: 0, do: "open", leg: "LONG", quantity: 3, id: "entry" },
        { onFill: { id: "entry", ...cause }, do: "reduce", leg: "LONG", quantity: "filled" },
      ]);
      const [entry] = bar(context);
      return [1, 1, 1].map((quantity) => context.fill(entry as Asked, 100, quantity).map((asked) => asked.quantity));
    };
    expect(make({})).toEqual([[1], [], []]);
    expect(make({ complete: true })).toEqual([[], [], [1]]);
    expect(make({ every: true })).toEqual([[1], [1], [1]]);
  });

  it("act on a failure, also when the state was rolled back", () => {
    const context = play([
      { bar: 0, do: "open", leg: "LONG", quantity: 1, id: "first" },
      { onReject: { id: "first" }, do: "open", leg: "LONG", quantity: 2 },
    ]);
    const [first] = bar(context);
    expect(context.end(first as Asked, "REJECTED", "injected_rejection", true).map((asked) => asked.quantity)).toEqual([2]);
  });

  it("do not repeat a line after a rollback", () => {
    const context = play([{ bar: 0, do: "open", leg: "LONG", quantity: 1 }]);
    const [first] = bar(context);
    context.end(first as Asked, "REJECTED", "injected_rejection", true);
    expect(bar(context)).toEqual([]);
  });
});

describe("policies", () => {
  it("are laid over the defaults", () => {
    const strategy = new Scripted(
      resolveParams(scripted, {
        policy: { dcaOrderType: "limit", maxPendingAdds: 5, families: { entry: { timeToLiveMs: 2_000 } } },
        backoff: { maxFailures: 1 },
      }),
    );
    expect(strategy.policy).toMatchObject({
      dcaOrderType: "limit",
      maxPendingAdds: 5,
      sizing: "explicit",
      families: { entry: { timeToLiveMs: 2_000 } },
    });
    expect(strategy.backoff).toMatchObject({ maxFailures: 1, cooldownMs: 60_000 });
  });

  it("permission hooks say no in their ranges of bars", () => {
    const strategy = new Scripted(
      resolveParams(scripted, {
        refuse: [
          { from: 1, to: 1, what: "entries" },
          { from: 2, to: 3, what: "closes", reason: "risk_limit" },
        ],
      }),
    );
    const context = new FakeContext(strategy);
    const answers = [0, 1, 2, 3].map(() => {
      bar(context);
      return [strategy.canSubmit(context).reason ?? "yes", strategy.canClose(context).reason ?? "yes"];
    });
    expect(answers).toEqual([
      ["yes", "yes"],
      ["strategy_cannot_submit", "yes"],
      ["yes", "risk_limit"],
      ["yes", "risk_limit"],
    ]);
  });

  it("has every hook that a live session requires, and a state that goes round", () => {
    const strategy = new Scripted(resolveParams(scripted, {}));
    expect(missingHooks(strategy)).toEqual([]);
    const state = { next: 2, acted: [1, 3], names: [["a", 7]] as const };
    strategy.restore(state);
    expect(JSON.parse(JSON.stringify(strategy.snapshot()))).toEqual(state);
  });
});

describe("a bad script", () => {
  const open = { bar: 0, do: "open", leg: "LONG", quantity: 1 };

  it.each([
    [{ actions: [open, { ...open, quantty: 1 }] }, 'scripted: actions[1].quantty is no known key, did you mean "quantity"?'],
    [{ actions: [{ ...open, do: "buy" }] }, "scripted: actions[0].do must be one of open, add, reduce, close, cancel, amend"],
    [{ actions: [{ ...open, bar: undefined }] }, "scripted: actions[0] must say when: exactly one of bar, onFill, onReject"],
    [{ actions: [{ ...open, onFill: {} }] }, "scripted: actions[0] must say when: exactly one of bar, onFill, onReject"],
    [{ actions: [{ ...open, leg: undefined }] }, "scripted: actions[0] needs a leg, LONG or SHORT"],
    [{ actions: [{ ...open, quantity: "1" }] }, 'scripted: actions[0].quantity must be a finite number, or "filled"'],
    [{ actions: [{ ...open, quantity: "filled" }] }, 'scripted: actions[0].quantity can be "filled" only with onFill'],
    [{ actions: [{ ...open, order: { price: "99" } }] }, "scripted: actions[0].order.price must be a finite number"],
    [
      {
        actions: [
          { ...open, id: "bid" },
          { bar: 1, do: "cancel", target: "bit" },
        ],
      },
      'scripted: actions[1].target names no action: "bit", did you mean "bid"?',
    ],
    [{ actions: [{ bar: 1, do: "cancel" }] }, "scripted: actions[0] needs a target: the id of the order to cancel"],
    [{ actions: [{ ...open, order: { reason: "because" } }] }, "scripted: actions[0].order.reason must be one of the known reasons"],
    [{ actions: [7] }, "scripted: actions[0] must be an object"],
    [{ policy: { fallbak: {} } }, 'scripted: policy.fallbak is no known key, did you mean "fallback"?'],
    [{ policy: { families: { entry: { postonly: true } } } }, 'scripted: policy.families.entry.postonly is no known key, did you mean "postOnly"?'],
    [{ policy: { families: { entries: {} } } }, "scripted: policy.families.entries is no known key"],
    [{ policy: { route: "vwap" } }, "scripted: policy.route must be one of plain, limit-patience, twap, auto"],
    [{ policy: { families: { close: { route: "vwap" } } } }, "scripted: policy.families.close.route must be one of plain"],
    [{ policy: { routing: { slice: 3 } } }, 'scripted: policy.routing.slice is no known key, did you mean "slices"?'],
    [{ policy: { routing: { slices: 81 } } }, "scripted: policy.routing.slices must be a whole number from 1 to 80"],
    [{ policy: { routing: { patienceMs: 300 } } }, "scripted: policy.routing.patienceMs must be whole ms from 1000 to 86400000"],
    [{ actions: [{ ...open, order: { route: "vwap" } }] }, "scripted: actions[0].order.route must be one of plain"],
    [{ backoff: { maxFailures: 0 } }, "scripted: backoff.maxFailures must be a whole number of at least 1"],
    [{ refuse: [{ from: 0, what: "entries" }] }, 'scripted: refuse[0] needs "to"'],
  ])("%j is refused with its place", (params, message) => {
    expect(error(params)).toContain(message);
  });
});

describe("the older step form (004-SC-2)", () => {
  it("an entry with take-profit and stop becomes an open and two orders that cancel each other", () => {
    const actions = actionsOfLegacySteps([
      { bar_index: 0, kind: "entry", symbol: "HYPE/USDC:USDC", side: "LONG", qty: 2, tp: 110, sl: 95, reason: "signal" },
    ]);
    const context = play(actions);
    const [entry] = bar(context);
    expect(entry).toMatchObject({ kind: "OPEN", side: "LONG", quantity: 2, reason: "signal" });
    const children = context.fill(entry as Asked, 100);
    expect(children).toMatchObject([
      { family: "tp", orderType: "limit", price: 110, fraction: 1 },
      { family: "sl", orderType: "stop_market", trigger: 95, fraction: 1 },
    ]);
    context.fill(children[1] as Asked, 95);
    expect(children[0]?.cancelAsked).toBe(true);
  });

  it.each([
    ["DCA", { delta_qty: 0.5 }, { kind: "ADD", quantity: 0.5 }],
    ["ADD", { qty: 0.25 }, { kind: "ADD", quantity: 0.25 }],
    ["TP_PARTIAL", { qty_frac: 0.4 }, { kind: "PARTIAL_CLOSE", fraction: 0.4, family: "partial" }],
    ["TP_PARTIAL", { qty_frac: 7 }, { kind: "PARTIAL_CLOSE", fraction: 1 }],
    ["TP", {}, { kind: "CLOSE", family: "tp", reason: "take_profit" }],
    ["SL", {}, { kind: "CLOSE", family: "sl", reason: "stop_loss" }],
    ["EXIT", { reason: "tired of it" }, { kind: "CLOSE", family: "close", tag: "tired of it" }],
  ])("manage %s %j", (action, rest, expected) => {
    const context = play(actionsOfLegacySteps([{ bar_index: 0, kind: "manage", side: "SHORT", action, ...rest }]));
    expect(bar(context)).toMatchObject([{ side: "SHORT", ...expected }]);
  });

  it("a missing quantity stays missing", () => {
    expect(actionsOfLegacySteps([{ bar_index: 0, kind: "entry", side: "LONG" }])[0]).not.toHaveProperty("quantity");
  });

  it.each([
    [{ bar_index: -1, kind: "entry", side: "LONG" }, "strategy_steps[0].bar_index must be a bar number, 0 or more"],
    [{ bar_index: 0, kind: "manage", side: "LONG", action: "DCAA" }, 'strategy_steps[0].action is unknown, did you mean "DCA"?'],
    [{ bar_index: 0, kind: "entry", side: "LONG", quantity: 1 }, "strategy_steps[0].quantity is no known key"],
    [{ kind: "entry", side: "LONG" }, 'strategy_steps[0] needs "bar_index"'],
  ])("%j is refused with its place", (step, message) => {
    expect(() => actionsOfLegacySteps([step])).toThrow(message);
  });
});
