import { describe, expect, it } from "vitest";

import { entered, lotsOf, sixLots, trade } from "./dca-setup.ts";
import type { Asked } from "./fake-context.ts";
import { playBar } from "./replay.ts";

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

  // 1 - 0.996 = 0.004, less than the step: with the 3.5 below, at 97 too, 3.504.
  it("counts a rest below the step with the lot under it, so that it bars no further sale", () => {
    const { context, strategy } = sixLots({ subSellMinFills: 3 });
    const [sale] = context.close1m([97, 97.36, 97, 97.36]);
    context.fill(sale as Asked, 97.35, 0.996);
    context.end(sale as Asked, "CANCELED", "limit_timeout");
    expect(lotsOf(strategy).map((lot) => Number(lot.quantity.toFixed(12)))).toEqual([1, 1.5, 1, 2, 3.504]);
    expect(lotsOf(strategy).at(-1)).toMatchObject({ rung: 4, price: 97 });
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
