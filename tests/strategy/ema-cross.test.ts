import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { EmaCross, emaCross, missingHooks, resolveParams, type EmaCrossParams } from "../../src/strategy/index.ts";
import { FakeContext, type Asked } from "./fake-context.ts";

/** fast 1 is the close itself, slow 3 moves half the distance: easy to follow by hand. */
const quick: Partial<EmaCrossParams> = { fast: 1, slow: 3, firstBar: 0 };

function trade(params: Partial<EmaCrossParams> = {}, hedge = false): FakeContext {
  return new FakeContext(new EmaCross(resolveParams(emaCross, { ...quick, ...params })), { hedge });
}

const close = (context: FakeContext, price: number): Asked[] => context.close1m([price, price, price, price]);
const sides = (asked: readonly Asked[]) => asked.map(({ kind, side, quantity, reverse }) => [kind, side, quantity, reverse ?? false]);

describe("ema-cross", () => {
  it("is short until the fast average is above the slow one, and reverses in one order", () => {
    const context = trade();
    // Equal averages are not above: short at the first bar.
    const [first] = close(context, 100);
    expect(sides([first as Asked])).toEqual([["OPEN", "SHORT", 1, false]]);
    context.fill(first as Asked, 100);
    // slow = 100 + 0.5 × (110 − 100) = 105 < 110: long.
    const up = close(context, 110);
    // The order nets: one closes the short, one is the long.
    expect(sides(up)).toEqual([["OPEN", "LONG", 2, true]]);
    context.fill(up[0] as Asked, 110);
    expect([context.position("LONG").quantity, context.position("SHORT").quantity]).toEqual([1, 0]);
    expect(close(context, 110)).toEqual([]);
    // slow = 105, 107.5, then 107.5 + 0.5 × (100 − 107.5) = 103.75 > 100: short again.
    expect(sides(close(context, 100))).toEqual([["OPEN", "SHORT", 2, true]]);
  });

  it("only notes crosses before its first bar, the slow period by default", () => {
    const context = trade({ firstBar: null });
    // Bars 0 to 2 cross down, up and down; bar 3 goes up.
    expect([100, 110, 90].flatMap((price) => close(context, price))).toEqual([]);
    expect(sides(close(context, 130))).toEqual([["OPEN", "LONG", 1, false]]);
  });

  it("long only: a cross down closes and does not open", () => {
    const context = trade({ sides: "long" });
    expect(close(context, 100)).toEqual([]);
    const [open] = close(context, 110);
    context.fill(open as Asked, 110);
    expect(sides(close(context, 90))).toEqual([["CLOSE", "LONG", 1, false]]);
  });

  it("without reverse waits for the close's fill before it opens the other side", () => {
    const context = trade({ reverse: false });
    const [short] = close(context, 100);
    context.fill(short as Asked, 100);
    const [exit, ...more] = close(context, 110);
    expect(sides([exit as Asked])).toEqual([["CLOSE", "SHORT", 1, false]]);
    expect(more).toEqual([]);
    expect(close(context, 111)).toEqual([]);
    expect(sides(context.fill(exit as Asked, 111))).toEqual([["OPEN", "LONG", 1, false]]);
    expect(close(context, 112)).toEqual([]);
  });

  it("in hedge mode closes one leg and opens the other", () => {
    const context = trade({}, true);
    const [short] = close(context, 100);
    context.fill(short as Asked, 100);
    expect(sides(close(context, 110))).toEqual([
      ["CLOSE", "SHORT", 1, false],
      ["OPEN", "LONG", 1, false],
    ]);
  });

  it("asks again at the next bar when its order was refused or rejected", () => {
    const context = trade();
    context.gate = () => "stop_new_orders";
    expect(close(context, 100)).toHaveLength(1);
    expect(close(context, 100)).toHaveLength(1);
    context.gate = null;
    const [open] = close(context, 100);
    context.end(open as Asked, "REJECTED", "insufficient_funds", true);
    const [again] = close(context, 100);
    expect(again?.kind).toBe("OPEN");
    // A rejection without a rollback is a failure all the same.
    context.end(again as Asked, "REJECTED", "insufficient_funds", false);
    expect(close(context, 100)).toHaveLength(1);
  });

  it("sizes by notional, and not below the venue's minimum", () => {
    expect(close(trade({ notional: 50 }), 100)[0]?.quantity).toBe(0.5);
    const strategy = new EmaCross(resolveParams(emaCross, { ...quick, notional: 50 }));
    strategy.setBrokerMinimum("HYPE/USDC:USDC", 60);
    expect(close(new FakeContext(strategy, { hedge: false }), 100)[0]?.quantity).toBe(0.6);
  });

  it("rests a stop and a target at percent of the entry; one's fill cancels the other", () => {
    const context = trade({ stopLossPercent: 2, takeProfitPercent: 3 });
    const [short] = close(context, 100);
    const protection = context.fill(short as Asked, 100);
    // Short from 100: stop 100 × 1.02, target 100 × 0.97.
    expect(protection.map(({ family, orderType, trigger, price, quantity }) => ({ family, orderType, trigger, price, quantity }))).toEqual([
      { family: "sl", orderType: "stop_market", trigger: 102, price: undefined, quantity: 1 },
      { family: "tp", orderType: "limit", trigger: undefined, price: 97, quantity: 1 },
    ]);
    context.fill(protection[0] as Asked, 102);
    expect(protection[1]?.cancelAsked).toBe(true);
    // The side of the cross is kept: no new entry until the next one.
    expect(close(context, 99)).toEqual([]);
  });

  it("cancels its protection before it reverses", () => {
    const context = trade({ stopLossPercent: 50 });
    const [short] = close(context, 100);
    const [stop] = context.fill(short as Asked, 100);
    const [reversal] = close(context, 110);
    expect(stop?.cancelAsked).toBe(true);
    expect(reversal).toMatchObject({ kind: "OPEN", side: "LONG", reverse: true });
  });

  it("a close that was given up half way is asked for again at the next bar, not awaited for ever", () => {
    const context = trade({ reverse: false });
    const [short] = close(context, 100);
    context.fill(short as Asked, 100);
    const [exit] = close(context, 110);
    // A thin bar: a part of it expired.
    context.fill(exit as Asked, 111, 0.4);
    context.end(exit as Asked, "EXPIRED", "volume_cap");
    expect(sides(close(context, 111))).toEqual([["CLOSE", "SHORT", 0.6, false]]);
  });

  it("what a thin bar left of a turn is kept and protected when the averages turn back, not asked for again and again", () => {
    const context = trade({ stopLossPercent: 2 });
    const [short] = close(context, 100);
    context.fill(short as Asked, 100);
    const [turn] = close(context, 110);
    // Of 2, one to close and one to open, 0.4 filled.
    context.fill(turn as Asked, 110, 0.4);
    context.end(turn as Asked, "EXPIRED", "volume_cap");
    close(context, 110);
    // Short again, and short it is, with 0.6 of 1.
    const back = close(context, 100);
    expect(back).toMatchObject([{ kind: "PARTIAL_CLOSE", side: "SHORT", quantity: 0.6, family: "sl" }]);
    expect(close(context, 100)).toEqual([]);
  });

  it("works by the route that it is given, and takes the other side only when what it works has ended", () => {
    const context = trade({ route: "twap" });
    expect(new EmaCross(resolveParams(emaCross, { ...quick, route: "twap" })).policy.route).toBe("twap");
    const [short] = close(context, 100);
    context.fill(short as Asked, 100, 0.25);
    // A cross the other way, while three slices are still to come.
    expect(close(context, 110)).toEqual([]);
    expect(short?.cancelAsked).toBe(true);
    expect(close(context, 111)).toEqual([]);
    context.confirmCancels();
    expect(sides(close(context, 112))).toEqual([["OPEN", "LONG", 1.25, true]]);
  });

  it("a routed entry that has filled is worked no longer", () => {
    const context = trade({ route: "limit-patience" });
    const [short] = close(context, 100);
    context.fill(short as Asked, 100, 0.5);
    context.fill(short as Asked, 100);
    expect(sides(close(context, 110))).toEqual([["OPEN", "LONG", 2, true]]);
  });

  it("has every hook that a live session requires, and a state that goes round", () => {
    const strategy = new EmaCross(resolveParams(emaCross, quick));
    expect(missingHooks(strategy)).toEqual([]);
    const state = { side: -1, stop: 3, target: 4, waiting: true, working: 5 };
    strategy.restore(state);
    expect(strategy.snapshot()).toEqual(state);
  });

  it("has asked for the side of the averages after every bar, on any series", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 50, max: 150 }), { minLength: 25, maxLength: 80 }), (prices) => {
        const context = trade({ fast: 10, slow: 20, firstBar: null });
        let fast = Number.NaN;
        let slow = Number.NaN;
        let side = 0;
        prices.forEach((price, bar) => {
          // The bench's own words: e += 2/(n+1) × (c − e), seeded with the first close; from bar 20 on a change of side is an order.
          fast = bar === 0 ? price : fast + (2 / 11) * (price - fast);
          slow = bar === 0 ? price : slow + (2 / 21) * (price - slow);
          const now = fast > slow ? 1 : -1;
          const asked = close(context, price);
          expect(asked.map((one) => one.side)).toEqual(now !== side && bar >= 20 ? [now > 0 ? "LONG" : "SHORT"] : []);
          for (const one of asked) context.fill(one, price);
          side = now;
        });
      }),
    );
  });
});
