// Rows 004-OP-*: opening with rollback: what comes back when an order fails, when a market order may stand in, and what
// an unconfirmed cancel means.

import { describe, expect, it } from "vitest";

import type { ExecutionPolicy } from "../../src/domain/index.ts";
import type { Context } from "../../src/strategy/index.ts";
import { Harness, minute, orderOf, TestStrategy, type HarnessOptions } from "./harness.ts";

const life = 30_000;

interface Permissions {
  readonly policy: boolean;
  readonly settings: boolean;
  readonly general: boolean;
  readonly special: boolean;
}

const all: Permissions = { policy: true, settings: true, general: true, special: true };

/** A limit entry of 1 at 99 with a life of 30 s, asked at bar 0; its fallback permissions as given. */
function limitEntry(permissions: Permissions, options: HarnessOptions & { policy?: Partial<ExecutionPolicy> } = {}): Harness {
  const { policy, settings, general, special } = permissions;
  const harness = new Harness({
    ...options,
    strategy: new TestStrategy({ policy: { fallback: { onReject: policy, onTimeout: policy }, ...options.policy } }),
    settings: { fallback: { onReject: settings, onTimeout: settings }, ...options.settings },
  });
  harness.strategy.at[0] = (ctx) => {
    ctx.open({
      side: "LONG",
      quantity: 1,
      orderType: "limit",
      price: 99,
      timeToLive: life,
      allowMarketFallback: general,
      fallbackOnReject: special,
      fallbackOnTimeout: special,
    });
  };
  harness.bar(0);
  return harness;
}

/** The entry's life ends and its cancel goes out. */
function timedOut(harness: Harness): void {
  harness.ack(orderOf(1));
  harness.timer(harness.of("set_timer")[0]?.timer ?? 0, minute + life);
}

const matrix = Array.from({ length: 16 }, (_, n): Permissions => ({
  policy: (n & 8) > 0,
  settings: (n & 4) > 0,
  general: (n & 2) > 0,
  special: (n & 1) > 0,
}));

describe("a failed open", () => {
  it.each([
    ["rejected", (harness: Harness) => harness.reject(orderOf(1)), "injected_rejection"],
    ["canceled by the venue", (harness: Harness) => harness.canceled(orderOf(1)), "operator_request"],
    [
      "expired",
      (harness: Harness) => harness.handle(harness.fact("order_expired", { order: orderOf(1), cumulative: 0 as never, reason: "no_liquidity" })),
      "no_liquidity",
    ],
  ] as const)("004-OP-1: %s, the strategy's state is what it was and it hears the reason", (_how, end, reason) => {
    const harness = new Harness();
    let before: unknown;
    harness.strategy.at[1] = (ctx, state) => {
      before = harness.strategy.snapshot();
      ctx.open({ side: "LONG", quantity: 1 });
      state.count = 999;
    };
    harness.bars(0, 1);
    expect(harness.strategy.snapshot()).toEqual({ count: 999 });
    end(harness);
    expect(harness.strategy.snapshot()).toEqual(before);
    expect(harness.strategy.rejections).toEqual([`1 ${reason} restored`]);
  });

  it("004-OP-1: a state that has moved on with another order is not put back", () => {
    const harness = new Harness();
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
    harness.strategy.at[1] = (ctx) => ctx.open({ side: "SHORT", quantity: 1 });
    harness.bars(0, 1);
    harness.reject(orderOf(1));
    expect(harness.strategy.rejections).toEqual(["1 injected_rejection kept"]);
    expect(harness.strategy.snapshot()).toEqual({ count: 2 });
  });

  it("a strategy that answers each refusal with a new intent is stopped after a few rounds, with an alert", () => {
    const harness = new Harness();
    harness.strategy.onRejectedDo = (ctx) => ctx.open({ side: "LONG" });
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG" });
    harness.bar(0);
    expect(harness.skips.length).toBeLessThan(20);
    expect(harness.of("alert").at(-1)?.text).toMatch(/answers every refusal with a new intent/);
  });
});

describe("the market fallback", () => {
  it.each(matrix)("004-OP-4: after a rejection, policy $policy, operator $settings, intent $general, its onReject $special", (permissions) => {
    const harness = limitEntry(permissions);
    harness.reject(orderOf(1), "post_only_would_cross");
    const allowed = permissions.policy && permissions.settings && permissions.general && permissions.special;
    expect(harness.settled(orderOf(1))).toEqual(["REJECTED post_only_would_cross"]);
    expect(harness.sent.slice(1).map(({ order, type, quantity, replaces }) => [order, type, quantity, replaces])).toEqual(
      allowed ? [[orderOf(1, 1), "market", 1_000, orderOf(1)]] : [],
    );
    expect(harness.strategy.rejections).toEqual(allowed ? [] : ["1 post_only_would_cross restored"]);
  });

  it.each(matrix)("004-OP-7: after a timeout, policy $policy, operator $settings, intent $general, its onTimeout $special", (permissions) => {
    const harness = limitEntry(permissions);
    timedOut(harness);
    expect(harness.of("cancel_order")).toEqual([{ type: "cancel_order", order: orderOf(1), market: 0, reason: "entry_limit_timeout" }]);
    harness.canceled(orderOf(1));
    const allowed = permissions.policy && permissions.settings && permissions.general && permissions.special;
    expect(harness.settled(orderOf(1))).toEqual(["CANCELED entry_limit_timeout"]);
    expect(harness.sent.slice(1).map(({ order, type }) => [order, type])).toEqual(allowed ? [[orderOf(1, 1), "market"]] : []);
    expect(harness.strategy.rejections).toEqual(allowed ? [] : ["1 entry_limit_timeout restored"]);
  });

  it("004-OP-4: the permission for one cause is none for the other", () => {
    const onRejectOnly = (ctx: Context) =>
      ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 99, timeToLive: life, allowMarketFallback: true, fallbackOnReject: true });
    const harness = new Harness({
      strategy: new TestStrategy({ policy: { fallback: { onReject: true, onTimeout: true } } }),
      settings: { fallback: { onReject: true, onTimeout: true } },
    });
    harness.strategy.at[0] = onRejectOnly;
    harness.bar(0);
    timedOut(harness);
    harness.canceled(orderOf(1));
    expect(harness.sent).toHaveLength(1);
  });

  it("004-OP-4: a market order that is rejected has no fallback, and a fallback has none of its own", () => {
    const harness = limitEntry(all);
    harness.reject(orderOf(1));
    harness.reject(orderOf(1, 1));
    expect(harness.sent).toHaveLength(2);
    expect(harness.strategy.rejections).toEqual(["1 injected_rejection restored"]);
  });

  it("004-OP-7: the fallback takes what the venue says is left, fills that are on their way counted", () => {
    const harness = limitEntry(all);
    timedOut(harness);
    // The cancel's word is 0.4 filled; the fill itself comes later.
    harness.canceled(orderOf(1), 0.4);
    expect(harness.sent[1]).toMatchObject({ type: "market", quantity: 600 });
    harness.fill(orderOf(1), 99, 0.4);
    harness.fill(orderOf(1, 1), 100, 0.6);
    expect(harness.held("LONG")).toBe(1);
  });

  it("004-OP-7: a filled order needs none", () => {
    const harness = limitEntry(all);
    timedOut(harness);
    harness.canceled(orderOf(1), 1);
    expect(harness.sent).toHaveLength(1);
    harness.fill(orderOf(1), 99, 1);
    expect(harness.settled(orderOf(1))).toEqual(["CANCELED entry_limit_timeout", "FILLED first_limit_late_fill"]);
  });

  const guards: readonly [string, (harness: Harness) => void][] = [
    ["the stop file", (harness) => harness.command("stop_new_orders")],
    ["the strategy's permission", (harness) => (harness.strategy.submitPermission = () => ({ allowed: false }))],
    ["a halt", (harness) => harness.command("halt")],
  ];
  it.each(guards)("004-OP-9: %s is asked again directly before the market order", (_what, close) => {
    const harness = limitEntry(all);
    timedOut(harness);
    close(harness);
    harness.canceled(orderOf(1));
    expect(harness.sent).toHaveLength(1);
    expect(harness.skips).toEqual(["1 fallback_blocked"]);
    // Nothing stands in: the intent has come to nothing, and its strategy hears it.
    expect(harness.strategy.rejections).toEqual(["1 entry_limit_timeout restored"]);
  });

  it("004-OP-9: a backoff that the rejection itself has started blocks the fallback", () => {
    const harness = new Harness({
      strategy: new TestStrategy({
        policy: { fallback: { onReject: true, onTimeout: true } },
        backoff: { maxFailures: 1, cooldownMs: 60_000, mode: "fixed", capMs: 60_000, perFamily: true },
      }),
      settings: { fallback: { onReject: true, onTimeout: true } },
    });
    harness.strategy.at[0] = (ctx) => {
      ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 99, allowMarketFallback: true, fallbackOnReject: true });
    };
    harness.bar(0);
    harness.reject(orderOf(1));
    expect(harness.sent).toHaveLength(1);
    expect(harness.skips).toEqual(["1 fallback_blocked"]);
  });
});

describe("the end of a limit's life", () => {
  it("004-OP-5: life, then cancel, then up to two seconds for its confirmation", () => {
    const harness = limitEntry(all);
    expect(harness.of("set_timer")).toEqual([{ type: "set_timer", timer: 1, due: minute + life }]);
    timedOut(harness);
    expect(harness.of("cancel_order")).toHaveLength(1);
    // Silence until the next bar closes, long after the two seconds: not confirmed.
    harness.bar(1);
    expect(harness.settled(orderOf(1))).toEqual(["UNKNOWN cancel_unconfirmed"]);
    expect(harness.of("query_order")).toEqual([{ type: "query_order", order: orderOf(1), market: 0 }]);
  });

  it("004-OP-6: filled during its cancel, it is finalised exactly once as filled", () => {
    const harness = limitEntry(all);
    timedOut(harness);
    harness.fill(orderOf(1), 99, 1);
    harness.cancelRejected(orderOf(1));
    harness.answer(orderOf(1), "FILLED", [harness.fillEvent(orderOf(1), 99, 1, { trade: 1 })]);
    expect(harness.settled(orderOf(1))).toEqual(["FILLED first_limit_late_fill"]);
    expect(harness.held("LONG")).toBe(1);
    expect(harness.sent).toHaveLength(1);
  });

  it("004-OP-8: a cancel that is not confirmed makes the order UNKNOWN, restores, and never falls back, even when it is canceled later", () => {
    const harness = limitEntry(all);
    timedOut(harness);
    harness.cancelRejected(orderOf(1));
    expect(harness.settled(orderOf(1))).toEqual(["UNKNOWN cancel_unconfirmed"]);
    expect(harness.runner.openOrders).toBe(1);
    expect(harness.sent).toHaveLength(1);
    harness.answer(orderOf(1), "CANCELED");
    expect(harness.sent).toHaveLength(1);
    expect(harness.settled(orderOf(1)).at(-1)).toBe("CANCELED entry_limit_timeout");
  });

  it("004-OP-8: an order that is still open after its cancel failed is cancelled again, a few times, and then counts as out", () => {
    const harness = limitEntry(all);
    timedOut(harness);
    for (let n = 0; n < 6; n += 1) {
      harness.cancelRejected(orderOf(1));
      harness.answer(orderOf(1), "SUBMITTED");
    }
    // The first cancel and three more.
    expect(harness.of("cancel_order")).toHaveLength(4);
    expect(harness.of("alert").some((alert) => alert.level === "error" && alert.text.includes("cancel_unconfirmed"))).toBe(true);
    expect(harness.runner.openOrders).toBe(1);
    harness.strategy.at[1] = (ctx) => {
      expect(ctx.open({ side: "LONG", quantity: 1 })).toBe(2);
      expect(ctx.cancel(1)).toBe(true);
    };
    harness.bar(1);
    expect(harness.skips).toEqual(["2 position_pending"]);
    expect(harness.of("cancel_order")).toHaveLength(5);
  });

  it("a life that ends while the order's fate is open is not forgotten", () => {
    const harness = limitEntry({ ...all, policy: false });
    harness.unknown(orderOf(1));
    harness.timer(1, minute + life);
    expect(harness.of("cancel_order")).toHaveLength(1);
    harness.answer(orderOf(1), "SUBMITTED");
    harness.canceled(orderOf(1));
    expect(harness.settled(orderOf(1)).at(-1)).toBe("CANCELED entry_limit_timeout");
  });

  it("004-OP-10: of a partial fill only the filled part is a position, and the rest is canceled", () => {
    const harness = limitEntry({ ...all, policy: false });
    harness.ack(orderOf(1));
    harness.fill(orderOf(1), 99, 0.4);
    harness.timer(1, minute + life);
    harness.canceled(orderOf(1), 0.4);
    expect(harness.held("LONG")).toBe(0.4);
    expect(harness.runner.openOrders).toBe(0);
    expect(harness.settled(orderOf(1))).toEqual(["CANCELED entry_limit_timeout"]);
    // Not a failure: nothing is put back, the strategy hears what was filled.
    expect(harness.strategy.rejections).toEqual([]);
    expect(harness.strategy.heard).toContainEqual({ what: "canceled", intent: 1, filled: 0.4 });
  });
});

describe("post-only prices", () => {
  function priced(side: "LONG" | "SHORT", price: number): Harness {
    const harness = new Harness();
    harness.strategy.at[0] = (ctx) => ctx.open({ side, quantity: 1, orderType: "limit", price });
    harness.bar(0);
    return harness;
  }

  it.each([
    // The last close is 100.00 and the tick 0.01: a buy stands at 99.99 at best, a sell at 100.01.
    ["LONG", 100, 9_999],
    ["LONG", 105, 9_999],
    ["SHORT", 100, 10_001],
    ["SHORT", 95, 10_001],
  ] as const)("004-OP-3: a %s at %d that would take is moved one tick inside, recorded and counted", (side, price, units) => {
    const harness = priced(side, price);
    expect(harness.sent[0]).toMatchObject({ price: units, timeInForce: "PO" });
    expect(harness.of("alert")[0]?.text).toMatch(/^post_only_repriced: TEST\/USDC:USDC/);
    expect(harness.runner.retries).toBe(1);
  });

  it.each([
    ["LONG", 99.99, 9_999],
    ["SHORT", 100.01, 10_001],
  ] as const)("004-OP-3: a %s at %d stays", (side, price, units) => {
    const harness = priced(side, price);
    expect(harness.sent[0]?.price).toBe(units);
    expect(harness.of("alert")).toEqual([]);
  });
});
