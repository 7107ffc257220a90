import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createStrategy, DualDca, dualDca, missingHooks, resolveParams, type DcaParams, type DualDcaState } from "../../src/strategy/index.ts";
import { FakeContext, type Asked, type Candle } from "./fake-context.ts";
import { playBar } from "./replay.ts";

/** One long leg, 1 base unit first, every bar decides, a budget that does not bind, 0.1 % of round-trip fees. */
const plain: Partial<DcaParams> = {
  sides: "long",
  firstQty: 1,
  minOrderQty: 0,
  equityForSizing: 1_000_000,
  hardBreakevenDeleveragePct: 0,
  evenBarsOnly: false,
  feePercent: 0.1,
};

function trade(params: Partial<DcaParams> = {}, options: ConstructorParameters<typeof FakeContext>[1] = {}): { context: FakeContext; strategy: DualDca } {
  const strategy = new DualDca(resolveParams(dualDca, { ...plain, ...params }));
  return { context: new FakeContext(strategy, options), strategy };
}

/** A leg that has entered at `price`. */
function entered(price: number, params: Partial<DcaParams> = {}): { context: FakeContext; strategy: DualDca } {
  const made = trade(params);
  const [entry] = made.context.close1m([price, price, price, price]);
  made.context.fill(entry as Asked, price);
  return made;
}

const brief = (asked: readonly Asked[]) => asked.map(({ kind, quantity, price, reason }) => ({ kind, quantity, price, reason }));
const lotsOf = (strategy: DualDca) => (strategy.snapshot().long?.lots ?? []).map(({ quantity, price, rung }) => ({ quantity, price, rung }));

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
      expect(add).toMatchObject({ kind: "ADD", orderType: "market", family: "dca", reason: "dca_level", quantity: quantities[at], tag: `rung ${at + 1}` });
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

/** Entry at 100 and five ADDs at 97: six lots of 1, 1.5, 1, 2, 3.5, 1. */
function sixLots(params: Partial<DcaParams> = {}): { context: FakeContext; strategy: DualDca } {
  const made = entered(100, { tpPercent: 0.22, subSellTpPercent: 0.36, ...params });
  for (const add of made.context.close1m([100, 100, 97, 97])) made.context.fill(add, 97);
  return made;
}

describe("sub-sells (004-DS-4, 004-DS-5)", () => {
  // Newest lot: 1 at 97. Target 97 × 1.0036 = 97.3492, floor 97 × (1 + 0.1 % + 0.22 %) = 97.3104.
  it("sells the newest lot of more than five, as a limit at its floor", () => {
    const { context, strategy } = sixLots();
    expect(context.close1m([97, 97.34, 97, 97.34])).toEqual([]);
    expect(context.close1m([97, 97.36, 97, 97.34])).toEqual([]);
    const [sale, ...more] = context.close1m([97, 97.36, 97, 97.36]);
    expect(more).toEqual([]);
    expect(sale).toMatchObject({ kind: "PARTIAL_CLOSE", family: "partial", reason: "sub_sell", orderType: "limit", quantity: 1, postOnly: false });
    expect(sale?.price).toBeCloseTo(97.3104, 10);
    // 1 of 1 + 1.5 + 1 + 2 + 3.5 + 1 = 10
    expect(sale?.fraction).toBeCloseTo(0.1, 12);
    context.fill(sale as Asked, 97.35);
    expect(lotsOf(strategy).map((lot) => lot.quantity)).toEqual([1, 1.5, 1, 2, 3.5]);
    // Five lots are left: no further sub-sell.
    expect(context.close1m([97.4, 97.4, 97.4, 97.4])).toEqual([]);
  });

  it("one partial a lot: all lots whose target is met, newest first", () => {
    const { context } = sixLots({ subSellMinFills: 3 });
    const sales = context.close1m([97.4, 97.4, 97.4, 97.4]);
    // Lots 6, 5 and 4 (1, 3.5 and 2 at 97); three stay. Shares of the ten: 0.1, 0.35, 0.2.
    expect(sales.map(({ quantity, tag }) => [quantity, tag])).toEqual([
      [1, "rung 5"],
      [3.5, "rung 4"],
      [2, "rung 3"],
    ]);
    expect(sales.map(({ fraction }) => fraction?.toFixed(12))).toEqual(["0.100000000000", "0.350000000000", "0.200000000000"]);
    expect(sixLots({ subSellMinFills: 3, maxSubSellsPerBar: 2 }).context.close1m([97.4, 97.4, 97.4, 97.4])).toHaveLength(2);
  });

  it("frees the rung: the level below the lot underneath can fire again", () => {
    const { context } = sixLots();
    const [sale] = context.close1m([97, 97.36, 97, 97.36]);
    context.fill(sale as Asked, 97.35);
    const [again] = context.close1m([97.2, 97.2, 97, 97.1]);
    expect(again).toMatchObject({ kind: "ADD", tag: "rung 5", quantity: 1 });
  });

  it("a lot whose sale ran out of time stays, and is offered again", () => {
    const { context, strategy } = sixLots();
    const [sale] = context.close1m([97, 97.36, 97, 97.36]);
    context.end(sale as Asked, "EXPIRED", "limit_timeout");
    expect(lotsOf(strategy)).toHaveLength(6);
    expect(context.close1m([97, 97.36, 97, 97.36])).toHaveLength(1);
  });

  it("keeps what a partial fill left of a lot", () => {
    const { context, strategy } = sixLots();
    const [sale] = context.close1m([97, 97.36, 97, 97.36]);
    context.fill(sale as Asked, 97.35, 0.4);
    context.end(sale as Asked, "EXPIRED", "limit_timeout");
    expect(lotsOf(strategy).at(-1)?.quantity).toBeCloseTo(0.6, 12);
    expect(context.close1m([97, 97.36, 97, 97.36])[0]?.quantity).toBeCloseTo(0.6, 12);
  });

  it("does not sell a lot below the venue's smallest order; merging makes it large enough", () => {
    const dust = { instrument: { minNotional: 120 } };
    const build = (autoMerge: boolean) => {
      const made = trade({ autoMerge }, dust);
      const [entry] = made.context.close1m([100, 100, 100, 100]);
      made.context.fill(entry as Asked, 100);
      for (const add of made.context.close1m([100, 100, 97, 97])) made.context.fill(add, 97, add === made.context.asked.at(-1) ? 1 : undefined);
      made.context.end(made.context.asked.at(-1) as Asked, "EXPIRED", "volume_cap");
      return made;
    };
    // The entry is raised to 120 ÷ 100 = 1.2. The sixth lot filled 1 of its 1.24 only: 1 × 97.4 is below 120.
    const alone = build(false);
    expect(alone.context.close1m([97.4, 97.4, 97.4, 97.4])).toEqual([]);
    expect(lotsOf(alone.strategy)).toHaveLength(6);
    const merged = build(true);
    // Merged with the 1.2 × 3.5 = 4.2 below it there are five lots left, so nothing is sold yet; the dust is gone.
    expect(merged.context.close1m([97.4, 97.4, 97.4, 97.4])).toEqual([]);
    expect(lotsOf(merged.strategy).map((lot) => Number(lot.quantity.toFixed(9)))).toEqual([1.2, 1.8, 1.24, 2.4, 5.2]);
  });

  it("above the hard limit the newest lots go at breakeven plus fees, also with few lots", () => {
    // Exposure 100 + 145.5 = 245.5 of 400 is above 50 %. Breakeven of the newest: 97 × 1.001 = 97.097.
    const { context } = entered(100, { equityForSizing: 400, hardBreakevenDeleveragePct: 50 });
    for (const add of context.close1m([100, 100, 99.6, 99.6])) context.fill(add, 97);
    expect(context.close1m([97, 97.09, 97, 97.09]).filter((asked) => asked.family === "partial")).toEqual([]);
    const sales = context.close1m([97, 97.1, 97, 97.1]).filter((asked) => asked.family === "partial");
    expect(sales).toHaveLength(1);
    expect(sales[0]).toMatchObject({ quantity: 1.5, reason: "hard_breakeven_deleverage" });
    expect(sales[0]?.price).toBeCloseTo(97.097, 10);
  });

  it("refuses a partial below what its lot cost with fees, whoever asks", () => {
    const { context, strategy } = sixLots();
    const view = { intent: 99, kind: "PARTIAL_CLOSE", family: "partial", side: "LONG", quantity: 1, trigger: null, tag: "rung 5" } as const;
    expect(strategy.canClose(context, { ...view, price: 97 }).allowed).toBe(false);
    expect(strategy.canClose(context, { ...view, price: 97.2 }).allowed).toBe(true);
  });
});

describe("both legs (004-DS-6)", () => {
  it("trade side by side and never touch each other's lots", () => {
    const { context, strategy } = trade({ sides: "both", tpPercent: 1, callbackPercent: 0 });
    for (const entry of context.close1m([100, 100, 100, 100])) context.fill(entry, 100);
    // Down to 99.6: the long leg adds. Up to 100.4 the short one does.
    expect(context.close1m([99.6, 99.6, 99.6, 99.6]).map((asked) => `${asked.side} ${asked.kind}`)).toEqual(["LONG ADD"]);
    context.fill(context.asked.at(-1) as Asked, 99.6);
    expect(context.close1m([100.4, 100.4, 100.4, 100.4]).map((asked) => `${asked.side} ${asked.kind}`)).toEqual(["SHORT ADD"]);
    expect(strategy.snapshot().long?.lots).toHaveLength(2);
    expect(strategy.snapshot().short?.lots).toHaveLength(1);
  });

  it("need hedge mode", () => {
    expect(() => trade({ sides: "both" }, { hedge: false })).toThrow(/hedge/);
    expect(() => trade({ sides: "long" }, { hedge: false })).not.toThrow();
  });
});

describe("the resting ladder", () => {
  const resting = { ladder: "resting", restingRungs: 3, tpPercent: 1 } as const;

  it("rests the next rungs below the entry and a take-profit for the whole position", () => {
    const { context } = trade(resting);
    const [entry] = context.close1m([100, 100, 100, 100]);
    const asked = context.fill(entry as Asked, 100);
    expect(asked.map(({ kind, quantity, orderType }) => [kind, quantity, orderType])).toEqual([
      ["PARTIAL_CLOSE", 1, "limit"],
      ["ADD", 1.5, "limit"],
      ["ADD", 1, "limit"],
      ["ADD", 2, "limit"],
    ]);
    const prices = asked.map(({ price }) => price ?? 0);
    // 100 × 1.01; then 99.7, × 0.996, × 0.994
    [101, 99.7, 99.3012, 98.7053928].forEach((price, at) => expect(prices[at]).toBeCloseTo(price, 9));
  });

  it("takes several rungs in one bar and resizes the take-profit after each", () => {
    const { context } = trade(resting);
    playBar(context, [100, 100, 100, 100]);
    playBar(context, [100, 100, 100, 100]);
    const fills = playBar(context, [100, 100, 99, 99]);
    expect(fills.map(({ asked, price }) => [asked.tag, Number(price.toFixed(9))])).toEqual([
      ["rung 1", 99.7],
      ["rung 2", 99.3012],
    ]);
    const open = context.orders();
    expect(open.filter((order) => order.family === "dca").map((order) => order.tag)).toEqual(["rung 3", "rung 4", "rung 5"]);
    const targets = open.filter((order) => order.family === "tp");
    expect(targets).toHaveLength(1);
    expect(targets[0]?.quantity).toBeCloseTo(3.5, 12);
    // (100 + 1.5 × 99.7 + 99.3012) ÷ 3.5 = 348.8512 ÷ 3.5 = 99.6717714286; × 1.01 = 100.6684891429
    expect(targets[0]?.price).toBeCloseTo(100.6684891429, 8);
  });

  it("when the take-profit fills, cancels the rungs and waits for their end before it opens again", () => {
    const { context } = trade(resting);
    const [entry] = context.close1m([100, 100, 100, 100]);
    const [target] = context.fill(entry as Asked, 100);
    context.fill(target as Asked, 101);
    expect(context.asked.filter((asked) => asked.kind === "ADD").every((asked) => asked.cancelAsked)).toBe(true);
    expect(context.close1m([101, 101, 101, 101])).toEqual([]);
    context.confirmCancels();
    expect(context.close1m([101, 101, 101, 101])[0]?.kind).toBe("OPEN");
  });

  it("a rung that fills while it is being cancelled becomes the first lot of a new cycle", () => {
    const { context, strategy } = trade(resting);
    const [entry] = context.close1m([100, 100, 100, 100]);
    const [target, rung] = context.fill(entry as Asked, 100);
    context.fill(target as Asked, 101);
    context.fill(rung as Asked, 99.7);
    expect(lotsOf(strategy)).toEqual([{ quantity: 1.5, price: 99.7, rung: 0 }]);
    expect(context.orders().filter((order) => order.family === "tp" && order.status !== "FILLED")).toHaveLength(1);
  });

  it("puts a rejected rung back", () => {
    const { context } = trade(resting);
    const [entry] = context.close1m([100, 100, 100, 100]);
    const [, , second] = context.fill(entry as Asked, 100);
    context.end(second as Asked, "REJECTED", "injected_rejection");
    const again = context.close1m([100, 100, 100, 100]);
    expect(again.map(({ tag, price }) => [tag, price])).toEqual([["rung 2", second?.price]]);
  });

  it("places a rejected take-profit again", () => {
    const { context } = trade(resting);
    const [entry] = context.close1m([100, 100, 100, 100]);
    const [target] = context.fill(entry as Asked, 100);
    context.end(target as Asked, "REJECTED", "injected_rejection");
    expect(context.close1m([100, 100, 100, 100]).map((asked) => asked.family)).toEqual(["tp"]);
  });

  it("asks for nothing on an idle bar", () => {
    const { context } = trade(resting);
    playBar(context, [100, 100, 100, 100]);
    playBar(context, [100, 100, 100, 100]);
    expect(context.close1m([100, 100.2, 99.9, 100])).toEqual([]);
  });
});

describe("trend", () => {
  const trendSizing = { enabled: true, timeframe: "1w", period: 2, slopeBars: 1, thresholdPercent: 1, scoreLow: 45, scoreHigh: 75, minPercent: 0.5, maxPercent: 2 };

  it("sizes the first order by the score of slope and distance", () => {
    const { context } = trade({ sizing: "equity_pct", equityForSizing: 10_000, trendSizing, sides: "both" });
    context.feed("1w", [100, 100, 101]);
    // Average 100.5 after 100: slope 0.5 % → 12.5; distance 101/100.5 − 1 = 0.4975 % → 12.4378. Long score 74.9378:
    // 0.5 + 1.5 × 29.9378/30 = 1.99689 % of 10 000 at 10 = 19.9689 → 19.97. Short score 25.06 is below 45: 0.5 % = 5.
    expect(context.close1m([10, 10, 10, 10]).map((asked) => asked.quantity)).toEqual([19.97, 5]);
  });

  it("withholds a share of an ADD against the trend", () => {
    const make = (counterTrendDcaBlock: number) => {
      const { context } = trade({ counterTrendDcaBlock, trendSizing: { ...trendSizing, enabled: false } });
      // 100 → 97: slope of the average (100 → 98.5) −1.5 %
      context.feed("1w", [100, 100, 97]);
      const [entry] = context.close1m([100, 100, 100, 100]);
      context.fill(entry as Asked, 100);
      return context.close1m([99.6, 99.6, 99.6, 99.6]).map((asked) => asked.quantity);
    };
    expect(make(0)).toEqual([1.5]);
    expect(make(0.4)).toEqual([0.9]);
    expect(make(1)).toEqual([]);
  });
});

describe("state", () => {
  it("a snapshot restored into a fresh instance is equal and goes on alike (004-DS-7)", () => {
    const { context, strategy } = sixLots();
    const saved = JSON.parse(JSON.stringify(strategy.snapshot())) as DualDcaState;
    const { context: other, strategy: copy } = trade({ tpPercent: 0.22, subSellTpPercent: 0.36 });
    copy.restore(saved);
    expect(copy.snapshot()).toEqual(strategy.snapshot());
    Object.assign(other.position("LONG"), context.position("LONG"));
    expect(brief(other.close1m([97, 97.36, 97, 97.36]))).toEqual(brief(context.close1m([97, 97.36, 97, 97.36])));
  });

  it("holds plain trade fields only", () => {
    const { strategy } = sixLots();
    expect(Object.keys(strategy.snapshot().long ?? {}).sort()).toEqual(["armed", "base", "extreme", "flight", "lots", "recent"]);
  });

  it("a rollback forgets no order that is still out", () => {
    const { context, strategy } = trade({ sides: "both" });
    const [long, short] = context.close1m([100, 100, 100, 100]);
    // The long entry's snapshot is older than the short entry.
    context.end(long as Asked, "REJECTED", "insufficient_funds", true);
    expect(strategy.snapshot().short?.flight.entry).toBe(short?.number);
    expect(context.close1m([100, 100, 100, 100]).map((asked) => asked.side)).toEqual(["LONG"]);
  });

  it("adopts a position that was changed outside: newest lots go first", () => {
    const { context, strategy } = sixLots();
    context.changeOutside("LONG", 4);
    expect(lotsOf(strategy).map((lot) => lot.quantity)).toEqual([1, 1.5, 1, 0.5]);
    context.changeOutside("LONG", 0);
    expect(lotsOf(strategy)).toEqual([]);
    expect(context.close1m([97, 97, 97, 97])[0]?.kind).toBe("OPEN");
  });

  it("has every hook that a live session requires", () => {
    expect(missingHooks(createStrategy(dualDca, {}))).toEqual([]);
  });

  it("knows an order whose end it was not told of only until the next bar", () => {
    const { context, strategy } = entered(100);
    const [add] = context.close1m([99.6, 99.6, 99.6, 99.6]);
    context.fill(add as Asked, 99.6, 0.5);
    (add as Asked).status = "EXPIRED";
    context.close1m([99.6, 99.6, 99.6, 99.6]);
    expect(strategy.snapshot().long?.flight.rungs).toEqual([]);
  });
});

describe("on random walks", () => {
  const walk = fc.array(fc.tuple(fc.integer({ min: -90, max: 90 }), fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 60 })), { minLength: 5, maxLength: 120 });

  function candlesOf(moves: readonly (readonly [number, number, number])[]): Candle[] {
    let open = 10_000;
    return moves.map(([move, up, down]) => {
      const close = Math.max(5_000, open + move);
      const candle: Candle = [open / 100, (Math.max(open, close) + up) / 100, (Math.min(open, close) - down) / 100, close / 100];
      open = close;
      return candle;
    });
  }

  const settings = fc.record({
    ladder: fc.constantFrom("close" as const, "resting" as const),
    sides: fc.constantFrom("long" as const, "both" as const),
    hardBreakevenDeleveragePct: fc.constantFrom(0, 50),
    equityForSizing: fc.constantFrom(1_000, 100_000),
    autoMerge: fc.boolean(),
    subSellMinFills: fc.constantFrom(1, 2, 5),
    confirmMode: fc.constantFrom("close" as const, "touch" as const),
  });

  it("no partial fills below its lot's floor, and lots are what is held (004-DS-5)", () => {
    fc.assert(
      fc.property(walk, settings, (moves, params) => {
        const { context, strategy } = trade({ ...params, restingRungs: 4 });
        for (const candle of candlesOf(moves)) {
          playBar(context, candle, (asked, price) => {
            if (asked.family !== "partial") return;
            const state = strategy.snapshot();
            const rung = Number((asked.tag ?? "").slice("rung ".length));
            const leg = asked.side === "LONG" ? state.long : state.short;
            const lot = leg?.lots.findLast((one) => one.rung === rung);
            if (lot === undefined) throw new Error(`a partial of rung ${rung} sells no lot`);
            const direction = asked.side === "LONG" ? 1 : -1;
            const percent = asked.reason === "hard_breakeven_deleverage" ? 0.1 : 0.1 + 0.22;
            expect(direction * (price - lot.price * (1 + (direction * percent) / 100))).toBeGreaterThanOrEqual(-1e-9);
          });
          for (const side of ["LONG", "SHORT"] as const) {
            const leg = side === "LONG" ? strategy.snapshot().long : strategy.snapshot().short;
            const sum = (leg?.lots ?? []).reduce((total, lot) => total + lot.quantity, 0);
            expect(sum).toBeCloseTo(context.position(side).quantity, 6);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
