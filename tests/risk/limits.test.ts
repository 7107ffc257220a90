// Caps on orders that enlarge exposure, alone and through the runner: each at its limit and one step beyond it.

import { describe, expect, it } from "vitest";

import type { Millis } from "../../src/domain/index.ts";
import { noLimits, RiskGate, type RiskLimits } from "../../src/risk/index.ts";
import { Harness, orderOf, positioned, TestStrategy } from "../runner/harness.ts";

const proposal = { notional: 100, exposureAfter: 500, openOrders: 3, now: 0 as Millis };

function gate(limits: Partial<RiskLimits>): RiskGate {
  return new RiskGate({ ...noLimits, ...limits });
}

describe("a risk gate", () => {
  it("without limits has nothing to check", () => {
    expect(gate({}).active).toBe(false);
    expect(gate({}).check({ ...proposal, notional: 1e15 })).toBeNull();
  });

  it.each([
    ["maxOrderNotional", 100, 99.99, "max_order_notional"],
    ["maxPositionNotional", 500, 499.99, "max_position_notional"],
    ["maxOpenOrders", 4, 3, "max_open_orders"],
  ] as const)("%s passes at %d and refuses at %d", (limit, passes, refuses, reason) => {
    expect(gate({ [limit]: passes }).check(proposal)).toBeNull();
    expect(gate({ [limit]: refuses }).check(proposal)).toBe(reason);
  });

  it("counts the orders of the last minute, the one a minute old no longer", () => {
    const limited = gate({ maxOrdersPerMinute: 2 });
    limited.orderSent(0 as Millis);
    limited.orderSent(30_000 as Millis);
    expect(limited.check({ ...proposal, now: 59_999 as Millis })).toBe("max_orders_per_minute");
    expect(limited.check({ ...proposal, now: 60_000 as Millis })).toBeNull();
    expect(limited.snapshot()).toEqual([30_000]);
  });

  it("names the first of several reasons in the order of the house", () => {
    const all = gate({ maxOrderNotional: 1, maxPositionNotional: 1, maxOpenOrders: 1, maxOrdersPerMinute: 1 });
    expect(all.check(proposal)).toBe("max_order_notional");
  });
});

describe("caps in the runner", () => {
  it("a position cap counts the position, everything in flight and the new order, at the new order's price", () => {
    const harness = positioned({
      strategy: new TestStrategy({ policy: { maxPendingAdds: 5 } }),
      settings: { limits: { ...noLimits, maxPositionNotional: 300 } },
    });
    harness.strategy.at[1] = (ctx) => {
      // Held 1; adds at 100: 2 × 100 = 200, 3 × 100 = 300, then 3.001 × 100 > 300.
      for (const quantity of [1, 1, 0.001]) ctx.add({ side: "LONG", quantity, orderType: "limit", price: 100, postOnly: false });
    };
    harness.bar(1);
    expect(harness.skips).toEqual(["4 max_position_notional"]);
  });

  it("a market order that stands in for a limit passes the caps at the price that it will get", () => {
    const fallback = { onReject: true, onTimeout: true };
    const entered = (most: number) => {
      const harness = new Harness({
        strategy: new TestStrategy({ policy: { fallback } }),
        settings: { fallback, limits: { ...noLimits, maxPositionNotional: most } },
        closes: [100, 108, 108],
      });
      const permitted = { allowMarketFallback: true, fallbackOnReject: true, fallbackOnTimeout: true };
      harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 99, ...permitted });
      harness.bars(0, 1);
      harness.reject(orderOf(1));
      return harness;
    };
    // 1 × 99 is below 107; 1 × 108 is not.
    expect(entered(107).sent.map(({ type }) => type)).toEqual(["limit"]);
    expect(entered(107).skips).toEqual(["1 fallback_blocked"]);
    expect(entered(108).sent.map(({ type }) => type)).toEqual(["limit", "market"]);
  });

  it("reducing orders pass every cap", () => {
    const limits = { maxOrderNotional: 1_000, maxPositionNotional: 1_000, maxOpenOrders: 1, maxOrdersPerMinute: 1 };
    const harness = positioned({ settings: { limits } }, 5);
    harness.strategy.at[1] = (ctx) => {
      ctx.reduce({ side: "LONG", quantity: 5, family: "tp", orderType: "limit", price: 130 });
      ctx.reduce({ side: "LONG", quantity: 5, family: "sl", orderType: "stop_market", trigger: 80 });
      ctx.close({ side: "LONG" });
    };
    harness.bar(1);
    expect(harness.skips).toEqual([]);
    expect(harness.sent).toHaveLength(4);
  });

  it("open orders and orders per minute block the next entry until they are gone", () => {
    const harness = new Harness({ settings: { limits: { ...noLimits, maxOpenOrders: 1 } } });
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 90 });
    harness.strategy.at[1] = (ctx) => ctx.open({ side: "SHORT", quantity: 1 });
    harness.strategy.at[2] = (ctx) => ctx.open({ side: "SHORT", quantity: 1 });
    harness.bars(0, 1);
    expect(harness.skips).toEqual(["2 max_open_orders"]);
    harness.reject(orderOf(1));
    harness.bar(2);
    expect(harness.sent).toHaveLength(2);
  });
});
