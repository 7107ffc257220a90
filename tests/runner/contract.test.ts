// Rows 004-IN-*: what an intent must say before it can be an order, and the SKIPPED record of each that does not.

import { describe, expect, it } from "vitest";

import type { OrderIntent } from "../../src/domain/index.ts";
import type { Context } from "../../src/strategy/index.ts";
import { flatSeries, Harness, orderOf, positioned, TestStrategy, type HarnessOptions } from "./harness.ts";

function afterBar0(act: (ctx: Context) => void, options: HarnessOptions = {}): Harness {
  const harness = new Harness(options);
  harness.strategy.at[0] = act;
  harness.bar(0);
  return harness;
}

const sizes: readonly (number | undefined)[] = [undefined, 0, -1, Number.NaN, Number.POSITIVE_INFINITY];

describe("a policy that would have no effect", () => {
  it("is refused before the first bar: no stop is watched by the runner", () => {
    const strategy = new TestStrategy({
      policy: { families: { tp: { orderType: "limit" }, sl: { orderType: "stop_market", protection: "runner" } } },
    });
    const refusal = () => new Harness({ strategy });
    expect(refusal).toThrow(/policy\.families\.sl\.protection is "runner", and the runner watches no orders/);
    expect(refusal).toThrow(expect.objectContaining({ code: "protection_not_available", exitCode: 3 }));
  });

  it("is accepted where it says what is so", () => {
    const strategy = new TestStrategy({ policy: { families: { sl: { orderType: "stop_market", protection: "venue" } } } });
    expect(() => new Harness({ strategy })).not.toThrow();
  });
});

describe("the contract of an intent", () => {
  it.each(sizes)("004-IN-3: an open of quantity %s sends no order and leaves missing_explicit_qty", (quantity) => {
    const harness = afterBar0((ctx) => ctx.open({ side: "LONG", quantity }));
    expect(harness.sent).toEqual([]);
    expect(harness.skips).toEqual(["1 missing_explicit_qty"]);
    expect(harness.strategy.rejections).toEqual(["1 missing_explicit_qty restored"]);
  });

  it("004-IN-3: a partial close that names neither quantity nor fraction is refused", () => {
    const harness = positioned();
    harness.strategy.at[1] = (ctx) => ctx.reduce({ side: "LONG" });
    harness.bar(1);
    expect(harness.skips).toEqual(["2 missing_explicit_qty"]);
  });

  it("004-IN-4: delegate_notional divides the intent's notional by the requested price", () => {
    // 250 USDC at a limit of 80 = 3.125.
    const harness = afterBar0((ctx) => ctx.open({ side: "LONG", sizing: "delegate_notional", notional: 250, orderType: "limit", price: 80 }));
    expect(harness.sent[0]?.quantity).toBe(3_125);
  });

  it("004-IN-4: runner_notional takes the operator's notional and, without a price, the last close", () => {
    // 50 USDC at the close of 100 = 0.5.
    const harness = afterBar0((ctx) => ctx.open({ side: "LONG", sizing: "runner_notional" }), { settings: { runnerNotional: 50 } });
    expect(harness.sent[0]?.quantity).toBe(500);
  });

  it("004-IN-4: a delegated size without a notional anywhere is refused", () => {
    expect(afterBar0((ctx) => ctx.open({ side: "LONG", sizing: "runner_notional" })).skips).toEqual(["1 missing_explicit_qty"]);
  });

  it("004-IN-5: a limit without a price takes the last close", () => {
    const harness = afterBar0((ctx) => ctx.open({ side: "LONG", quantity: 1, orderType: "limit", postOnly: false }));
    expect(harness.sent[0]).toMatchObject({ type: "limit", price: 10_000, timeInForce: "GTC" });
  });

  it("004-IN-6: a fraction is clamped to 0…1 of the position", () => {
    const harness = positioned({}, 2);
    harness.strategy.at[1] = (ctx) => {
      ctx.reduce({ side: "LONG", fraction: 0.25 });
      ctx.reduce({ side: "LONG", fraction: 7 });
      ctx.reduce({ side: "LONG", fraction: -1 });
      ctx.reduce({ side: "LONG", fraction: Number.NaN });
    };
    harness.bar(1);
    // 2 × 0.25 = 0.5; 2 × 1 = 2; 2 × 0 = 0, which is no order.
    expect(harness.sent.slice(1).map((request) => request.quantity)).toEqual([500, 2_000]);
    expect(harness.skips).toEqual(["4 rounds_to_zero", "5 rounds_to_zero"]);
  });

  it("004-IN-7: an ADD without an order style from intent or policy is refused, and passes with either", () => {
    const strategy = new TestStrategy({ policy: { dcaOrderType: null } });
    const harness = positioned({ strategy });
    strategy.at[1] = (ctx) => ctx.add({ side: "LONG", quantity: 1 });
    strategy.at[2] = (ctx) => ctx.add({ side: "LONG", quantity: 1, orderType: "market" });
    harness.bars(1, 2);
    expect(harness.skips).toEqual(["2 missing_dca_order_style"]);
    expect(harness.sent).toHaveLength(2);
  });

  it("004-IN-9: a contract reject is an intent_skipped record that names kind, side and family", () => {
    const harness = afterBar0((ctx) => ctx.open({ side: "SHORT" }));
    expect(harness.of("intent_skipped")).toEqual([
      { type: "intent_skipped", intent: 1, market: 0, kind: "OPEN", side: "SHORT", family: "entry", reason: "missing_explicit_qty" },
    ]);
  });

  it("004-IN-11: a CLOSE of an absent position is SYNCED with syncIfAbsent and refused without", () => {
    const harness = afterBar0((ctx) => {
      ctx.close({ side: "LONG", syncIfAbsent: true });
      ctx.close({ side: "LONG" });
    });
    expect(harness.of("position_synced")).toEqual([
      { type: "position_synced", market: 0, leg: "LONG", status: "SYNCED", quantity: 0, reason: "exchange_no_position_before_close" },
    ]);
    expect(harness.skips).toEqual(["2 no_position"]);
    expect(harness.sent).toEqual([]);
  });

  it("a CLOSE of a side that a one-way account does not hold records what it does hold", () => {
    const harness = new Harness({ hedge: false });
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "SHORT", quantity: 1 });
    harness.strategy.at[1] = (ctx) => ctx.close({ side: "LONG", syncIfAbsent: true });
    harness.bar(0);
    harness.fill(orderOf(1), 100, 1);
    harness.bar(1);
    expect(harness.of("position_synced")).toEqual([
      { type: "position_synced", market: 0, leg: "NET", status: "SYNCED", quantity: -1_000, reason: "exchange_no_position_before_close" },
    ]);
  });

  it("004-IN-13: what a hook throws ends the session with hook, symbol and bar, and is not retried", () => {
    const harness = new Harness();
    let calls = 0;
    harness.strategy.at[3] = () => {
      calls += 1;
      throw new TypeError("x is not a function");
    };
    harness.bars(0, 2);
    expect(() => harness.bar(3)).toThrow(/threw in onBar on TEST\/USDC:USDC, bar 3: TypeError: x is not a function/);
    expect(calls).toBe(1);
  });

  it("004-IN-13: a throw in onWarmup is named as such", () => {
    const strategy = new TestStrategy({ warmup: 2 });
    strategy.onWarmupDo = () => {
      throw new Error("cold");
    };
    expect(() => new Harness({ strategy }).bar(0)).toThrow(/threw in onWarmup .* bar 0/);
  });

  const malformed: readonly [string, OrderIntent][] = [
    ["an unknown family", { side: "LONG", quantity: 1, family: "hedge" as never }],
    ["a family of the runner's own", { side: "LONG", quantity: 1, family: "revert" as never }],
    ["a reducing family", { side: "LONG", quantity: 1, family: "tp" }],
    ["an unknown reason", { side: "LONG", quantity: 1, reason: "because" as never }],
    ["an unknown order type", { side: "LONG", quantity: 1, orderType: "iceberg" as never }],
    ["an unknown time in force", { side: "LONG", quantity: 1, orderType: "limit", price: 99, timeInForce: "GTX" as never }],
    ["a life of NaN", { side: "LONG", quantity: 1, orderType: "limit", price: 99, timeToLive: Number.NaN }],
    ["a life of 0", { side: "LONG", quantity: 1, orderType: "limit", price: 99, timeToLive: 0 }],
    ["a life without an end", { side: "LONG", quantity: 1, orderType: "limit", price: 99, timeToLive: Number.POSITIVE_INFINITY }],
    ["an unknown sizing", { side: "LONG", sizing: "all_in" as never }],
  ];
  it.each(malformed)("004-IN-9: %s is refused as bad_intent", (_what, intent) => {
    expect(afterBar0((ctx) => ctx.open(intent)).skips).toEqual(["1 bad_intent"]);
  });

  it("004-IN-9: a life of null lasts until it is cancelled, and a size may be called explicit", () => {
    const intent = { side: "LONG", quantity: 1, orderType: "limit", price: 99, timeToLive: null, sizing: "explicit_qty" } as const;
    const harness = afterBar0((ctx) => ctx.open(intent));
    expect([harness.skips, harness.sent[0]?.timeToLive]).toEqual([[], null]);
  });

  it("004-IN-9: a close of a family that is none is refused as bad_intent", () => {
    const harness = positioned();
    harness.strategy.at[1] = (ctx) => ctx.close({ side: "LONG", family: "exit" as never });
    harness.bar(1);
    expect(harness.skips).toEqual(["2 bad_intent"]);
  });

  const nonsense: readonly [string, unknown][] = [
    ["null", null],
    ["a word", "LONG"],
    ["no side", { quantity: 1 }],
    ["a quantity in quotes", { side: "LONG", quantity: "1" }],
    ["a price that is an object", { side: "LONG", quantity: 1, price: {} }],
  ];
  it.each(nonsense)("004-IN-13: %s instead of an intent ends the session with exit code 2", (_what, intent) => {
    const run = () => afterBar0((ctx) => ctx.open(intent as OrderIntent));
    expect(run).toThrow(expect.objectContaining({ code: "strategy_nonsense", exitCode: 2 }) as Error);
    expect(run).toThrow(/OPEN on TEST\/USDC:USDC, bar 0/);
  });

  it("004-OP-2: the order is a limit when type and price say so, and a market order otherwise", () => {
    const harness = afterBar0((ctx) => {
      ctx.open({ side: "LONG", quantity: 1, orderType: "limit", price: 99 });
      ctx.open({ side: "SHORT", quantity: 1, price: 101 });
    });
    expect(harness.sent.map(({ type, price, timeInForce }) => [type, price, timeInForce])).toEqual([
      ["limit", 9_900, "PO"],
      ["market", null, "GTC"],
    ]);
  });

  it("an intent object that the strategy uses again does not change the order that it was used for", () => {
    const shared = { side: "LONG" as "LONG" | "SHORT", quantity: 1, tag: "first" };
    const harness = afterBar0((ctx) => {
      ctx.open(shared);
      shared.side = "SHORT";
      shared.tag = "second";
      ctx.open(shared);
    });
    harness.reject(orderOf(1));
    const [first] = harness.strategy.heard.filter((entry) => entry.what === "rejected");
    expect(first).toMatchObject({ intent: 1, view: { side: "LONG", tag: "first" } });
  });

  it("quantities are floored to the step and prices to the passive side of the tick", () => {
    const harness = afterBar0((ctx) => {
      ctx.open({ side: "LONG", quantity: 1.23456, orderType: "limit", price: 98.769 });
      ctx.open({ side: "SHORT", quantity: 0.0019, orderType: "limit", price: 101.231 });
    });
    // Step 0.001: 1.234 and 0.001. Tick 0.01: a buy down to 98.76, a sell up to 101.24.
    expect(harness.sent.map(({ quantity, price }) => [quantity, price])).toEqual([
      [1_234, 9_876],
      [1, 10_124],
    ]);
  });

  it("004-MO-1: an open is raised to the venue's minimum with its tenth, a close is never raised", () => {
    // minNotional 10 × 1.1 = 11 USDC; at 100 that is 0.11.
    const harness = positioned({ market: { minNotional: "10" } }, 0.05);
    expect(harness.sent[0]?.quantity).toBe(110);
    expect(harness.strategy.heard).toContainEqual({ what: "floor", floor: 11 });
    harness.strategy.at[1] = (ctx) => ctx.reduce({ side: "LONG", quantity: 0.02 });
    harness.bar(1);
    expect(harness.sent[1]?.quantity).toBe(20);
  });

  it("004-MO-1: the floor is the largest of configured, min cost × 1.1 and min quantity × price × 1.1", () => {
    // min cost 10 × 1.1 = 11; min quantity 0.2 × 100 × 1.1 = 22; configured 30.
    const market = { minNotional: "10", minQuantity: "0.2" };
    const floors = [0, 30].map((minOrderNotional) => {
      const harness = new Harness({ market, settings: { minOrderNotional } });
      harness.bar(0);
      return harness.strategy.heard.find((entry) => entry.what === "floor");
    });
    expect(floors).toEqual([
      { what: "floor", floor: expect.closeTo(22, 9) as number },
      { what: "floor", floor: 30 },
    ]);
  });

  it("a bar that is not there yet cannot be read", () => {
    const seen: number[] = [];
    const harness = new Harness({ closes: [100, 101, 102] });
    harness.strategy.at[1] = (ctx) => seen.push(ctx.bars.closeAt(0), ctx.bars.closeAt(1), ctx.bars.closeAt(-1), ctx.bars.closeAt(2));
    harness.bars(0, 1);
    expect(seen).toEqual([101, 100, Number.NaN, Number.NaN]);
    expect(flatSeries("X", [100]).length).toBe(1);
  });
});
