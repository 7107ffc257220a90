import { describe, expect, it } from "vitest";

import { brief, entered, lotsOf, trade } from "./dca-setup.ts";
import type { Asked } from "./fake-context.ts";

describe("first entry (004-DS-1)", () => {
  it("buys equity × percent ÷ price", () => {
    const { context } = trade({ sizing: "equity_pct", equityForSizing: 300, baseOrderPctEq: 1 });
    // 300 × 1 % ÷ 25 = 0.12
    expect(brief(context.close1m([25, 25, 25, 25]))).toEqual([{ kind: "OPEN", quantity: 0.12, price: undefined, reason: "signal" }]);
  });

  it("raises it to the strategy's, the instrument's and the venue's minimum, whichever is largest", () => {
    const tiny = { sizing: "equity_pct", equityForSizing: 300, baseOrderPctEq: 1 } as const;
    expect(trade({ ...tiny, minOrderQty: 0.2 }).context.close1m([25, 25, 25, 25])[0]?.quantity).toBe(0.2);
    // 10 ÷ 25 = 0.4
    expect(trade(tiny, { instrument: { minNotional: 10 } }).context.close1m([25, 25, 25, 25])[0]?.quantity).toBe(0.4);
    const { context, strategy } = trade(tiny);
    strategy.setBrokerMinimum(context.symbol, 11);
    // 11 ÷ 25 = 0.44
    expect(context.close1m([25, 25, 25, 25])[0]?.quantity).toBe(0.44);
  });

  it("fixed sizing rounds up to the step", () => {
    // 10 ÷ 30 = 0.333… → 0.34 at a step of 0.01
    expect(trade({ sizing: "fixed", fixedNotional: 10 }).context.close1m([30, 30, 30, 30])[0]?.quantity).toBe(0.34);
  });

  it("a limit entry stands the offset below the close for a long leg, above it for a short one", () => {
    const limit = { entryOrderType: "limit", entryOffsetBp: 10, sides: "both" } as const;
    const asked = trade(limit).context.close1m([100, 100, 100, 100]);
    // 10 bp of 100 = 0.1
    expect(asked.map(({ side, orderType, price, postOnly, timeToLive }) => ({ side, orderType, price, postOnly, timeToLive }))).toEqual([
      { side: "LONG", orderType: "limit", price: 99.9, postOnly: true, timeToLive: 60_000 },
      { side: "SHORT", orderType: "limit", price: 100.1, postOnly: true, timeToLive: 60_000 },
    ]);
  });

  it("rests its take-profit at average × (1 ± tp %)", () => {
    const { context } = trade({ ladder: "resting", tpPercent: 0.22, restingRungs: 1 });
    const [entry] = context.close1m([25, 25, 25, 25]);
    const [target] = context.fill(entry as Asked, 25);
    expect(target).toMatchObject({ kind: "PARTIAL_CLOSE", family: "tp", orderType: "limit", quantity: 1 });
    // 25 × 1.0022 = 25.055
    expect(target?.price).toBeCloseTo(25.055, 12);
  });

  it("does not open when the budget is smaller than the smallest order", () => {
    const { context } = trade({ equityForSizing: 20, firstQty: 1 });
    expect(context.close1m([25, 25, 25, 25])).toEqual([]);
  });

  it("asks again at the next bar after a refusal", () => {
    const { context, strategy } = trade();
    const before = strategy.snapshot();
    context.gate = () => "stop_new_orders";
    expect(context.close1m([25, 25, 25, 25])).toHaveLength(1);
    expect(strategy.snapshot()).toEqual(before);
    context.gate = null;
    expect(context.close1m([25, 25, 25, 25])).toHaveLength(1);
  });
});

describe("the ladder (004-DS-2)", () => {
  // Steps 0.3, 0.4, 0.6, 0.8, 0.8 % from 100:
  // 99.7; 99.7 × 0.996 = 99.3012; × 0.994 = 98.7053928; × 0.992 = 97.9157496576; × 0.992 = 97.1324236603…; then 0.16 %: 96.9770117825
  const levels = [99.7, 99.3012, 98.7053928, 97.9157496576, 97.132423660339];

  it("fires each level on touch and close beyond it, with the multiples of the first quantity", () => {
    const { context } = entered(100);
    const quantities = [1.5, 1, 2, 3.5, 1];
    levels.forEach((level, at) => {
      const [add, ...more] = context.close1m([level, level, level - 0.001, level - 0.001]);
      expect(more).toEqual([]);
      expect(add).toMatchObject({
        kind: "ADD",
        orderType: "market",
        family: "dca",
        reason: "dca_level",
        quantity: quantities[at],
        tag: `rung ${at + 1}`,
      });
      context.fill(add as Asked, level - 0.001);
    });
  });

  it("does not fire on a touch whose close comes back, unless a touch is enough", () => {
    expect(entered(100).context.close1m([100, 100, 99.5, 99.8])).toEqual([]);
    expect(entered(100, { confirmMode: "touch" }).context.close1m([100, 100, 99.5, 99.8])).toHaveLength(1);
    expect(entered(100, { closeBeyondDca: false }).context.close1m([100, 100, 99.5, 99.8])).toHaveLength(1);
    expect(entered(100, { closeBeyondDca: false, touchHighLow: false }).context.close1m([100, 100, 99.5, 99.8])).toEqual([]);
  });

  it("fires several levels of one bar, each as an intent of its own, up to maxFillsPerBar", () => {
    const { context } = entered(100);
    // A close of 97 is beyond all five; the sixth, 96.977, is not touched.
    expect(context.close1m([100, 100, 97, 97]).map((add) => add.quantity)).toEqual([1.5, 1, 2, 3.5, 1]);
    expect(entered(100, { maxFillsPerBar: 3 }).context.close1m([100, 100, 97, 97])).toHaveLength(3);
  });

  it("measures the next level from the last trigger, not from the fill", () => {
    const { context } = entered(100);
    const [add] = context.close1m([99.7, 99.7, 99.6, 99.6]);
    // The gap to 99.0 fills rung 1 below rung 2's level; rung 2 still waits for 99.7 × 0.996 = 99.3012.
    context.fill(add as Asked, 99);
    expect(context.close1m([99.4, 99.5, 99.31, 99.31])).toEqual([]);
    expect(context.close1m([99.4, 99.5, 99.3, 99.3])).toHaveLength(1);
  });

  it("recomputes the average of its lots", () => {
    const { context, strategy } = entered(100, { tpPercent: 1, callbackPercent: 0 });
    const [add] = context.close1m([99.7, 99.7, 99.6, 99.6]);
    context.fill(add as Asked, 99.5);
    expect(lotsOf(strategy)).toEqual([
      { quantity: 1, price: 100, rung: 0 },
      { quantity: 1.5, price: 99.5, rung: 1 },
    ]);
    // (100 + 149.25) ÷ 2.5 = 99.7; × 1.01 = 100.697
    expect(context.close1m([100, 100.69, 100, 100.69])).toEqual([]);
    expect(context.close1m([100, 100.7, 100, 100.7])).toHaveLength(1);
  });

  it("is bounded by the budget", () => {
    // Lots 100, then 1.5 × 97 = 145.5 fits 250; 1 × 97 more would be 342.5.
    expect(entered(100, { equityForSizing: 250 }).context.close1m([100, 100, 97, 97])).toHaveLength(1);
  });

  it("is bounded by marginCallLimit and by the orders of three minutes", () => {
    expect(entered(100, { marginCallLimit: 2 }).context.close1m([100, 100, 97, 97])).toHaveLength(2);
    // The entry and two ADDs make three; 180 s after the entry's bar the first slot is free again.
    const { context } = entered(100, { maxOrdersPer3Min: 3 });
    for (const add of context.close1m([100, 100, 97, 97])) context.fill(add, 97);
    expect(context.asked).toHaveLength(3);
    expect(context.close1m([97, 97, 97, 97])).toEqual([]);
    expect(context.close1m([97, 97, 97, 97])).toHaveLength(1);
  });

  it("a short leg climbs: level = last trigger × (1 + step %)", () => {
    const { context } = entered(100, { sides: "short" });
    expect(context.close1m([100, 100.29, 100, 100.29])).toEqual([]);
    const asked = context.close1m([100, 100.3, 100, 100.31]);
    expect(asked.map(({ side, kind, quantity }) => ({ side, kind, quantity }))).toEqual([{ side: "SHORT", kind: "ADD", quantity: 1.5 }]);
  });

  it("widens the next step by a rung's adverse slip, at most the given percent of that step", () => {
    const { context } = entered(100, { slipLossCompensation: 3 });
    const [add] = context.close1m([99.7, 99.7, 99.65, 99.65]);
    // Filled at 99.75 instead of 99.7: a slip of 0.050 %; 3 % of the step 0.4 is 0.012 → 99.7 × (1 − 0.412 %) = 99.289236
    context.fill(add as Asked, 99.75);
    expect(context.close1m([99.3, 99.3, 99.29, 99.29])).toEqual([]);
    expect(context.close1m([99.3, 99.3, 99.289, 99.289])).toHaveLength(1);
  });

  it("a refused ADD leaves the state as it was and is asked again", () => {
    const { context, strategy } = entered(100);
    const { lots } = strategy.snapshot().long ?? { lots: [] };
    context.gate = () => "strategy_execution_backoff";
    expect(context.close1m([99.7, 99.7, 99.6, 99.6])).toHaveLength(1);
    expect(strategy.snapshot().long?.lots).toEqual(lots);
    expect(strategy.snapshot().long?.flight.rungs).toEqual([]);
    context.gate = null;
    expect(context.close1m([99.7, 99.7, 99.6, 99.6])[0]?.tag).toBe("rung 1");
  });

  it("decides on even bars only when told so", () => {
    const { context } = entered(100, { evenBarsOnly: true });
    expect(context.close1m([99, 99, 99, 99])).toEqual([]);
    expect(context.close1m([99, 99, 99, 99])).not.toEqual([]);
  });
});

describe("take-profit (004-DS-3)", () => {
  // Average 100, target 101, callback 0.5 %.
  const trailing = { tpPercent: 1, callbackPercent: 0.5 };

  it("needs touch, callback from the extreme, and a close still beyond the target", () => {
    const { context } = entered(100, trailing);
    // Extreme 101.2: callback at 100.694, close 101.1 is above it.
    expect(context.close1m([100, 101.2, 100, 101.1])).toEqual([]);
    // Extreme 102: callback at 101.49, close 101.6 is above it.
    expect(context.close1m([101, 102, 101, 101.6])).toEqual([]);
    // Close 100.9 called back, but below the target.
    expect(context.close1m([101, 101.2, 100.9, 100.9])).toEqual([]);
    const [close] = context.close1m([101, 101.5, 101, 101.49]);
    expect(close).toMatchObject({ kind: "CLOSE", family: "tp", quantity: 1, reason: "trailing_take_profit", orderType: "market" });
  });

  it("without a callback closes on touch and close beyond", () => {
    const { context } = entered(100, { tpPercent: 1, callbackPercent: 0 });
    expect(context.close1m([100, 101.5, 100, 100.9])).toEqual([]);
    expect(context.close1m([100, 101, 100, 101])[0]).toMatchObject({ kind: "CLOSE", reason: "take_profit" });
  });

  it("mirrors for a short leg", () => {
    const { context } = entered(100, { ...trailing, sides: "short" });
    expect(context.close1m([100, 100, 98, 98.4])).toEqual([]);
    // Extreme 98: callback at 98 × 1.005 = 98.49; the close 98.5 is still below the target 99.
    expect(context.close1m([98.4, 98.6, 98.3, 98.5])[0]).toMatchObject({ kind: "CLOSE", side: "SHORT" });
  });

  it("forgets the extreme when an ADD moves the average", () => {
    const { context } = entered(100, trailing);
    context.close1m([100, 102, 99.6, 99.6]);
    const [add] = context.asked.slice(-1);
    context.fill(add as Asked, 99.6);
    // Average (100 + 149.4)/2.5 = 99.76; target 100.7576. The old extreme 102 would call back at 101.49 already.
    expect(context.close1m([100, 101, 100, 101])).toEqual([]);
  });

  it("starts a new cycle when the close has filled", () => {
    const { context, strategy } = entered(100, { tpPercent: 1, callbackPercent: 0 });
    const [close] = context.close1m([101, 101, 101, 101]);
    expect(context.close1m([101, 101, 101, 101])).toEqual([]);
    context.fill(close as Asked, 101);
    expect(strategy.snapshot().long?.lots).toEqual([]);
    expect(context.close1m([101, 101, 101, 101])[0]?.kind).toBe("OPEN");
  });

  it("settles locally when the position has vanished", () => {
    const { context } = entered(100, { tpPercent: 1, callbackPercent: 0 });
    (context.position("LONG") as { quantity: number }).quantity = 0;
    const [close] = context.close1m([101, 101, 101, 101]);
    expect(close).toMatchObject({ kind: "CLOSE", syncIfAbsent: true });
    (close as Asked).status = "FILLED";
    expect(context.close1m([101, 101, 101, 101])[0]?.kind).toBe("OPEN");
  });
});
