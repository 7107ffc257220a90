// Where things of a run stand on the chart: candles by bar and by time, marks, and from which step to which an order was open.

import { describe, expect, it } from "vitest";
import { marksOf, openWindows, priceAt } from "../../../src/report/page/browser/marks.ts";
import { candleOf, candleOfStep, lastAtOrBefore, slotOfClose, stepOfCandle } from "../../../src/report/page/browser/timeline.ts";
import type { MarketView, OrderLife, PlayerStep } from "../../../src/report/view/run-view.ts";
import { START, SYMBOL, workedView } from "./worked-view.ts";

const MINUTE = 60_000;
const [market] = workedView.markets as readonly [MarketView];
/** Five bars a candle, with a hole of one candle after the second. */
const coarse: MarketView = { ...market, interval: 5 * MINUTE, barsPerCandle: 5, time: [0, 5, 15].map((minute) => START + minute * MINUTE) };

function step(type: string, bar: number, minute: number, symbol: string | null = SYMBOL): PlayerStep {
  return { type, bar, symbol, time: START + minute * MINUTE, text: "", order: null, data: null, changes: [] };
}

describe("the last time at or before another", () => {
  it("is found by halves, and is none before the first", () => {
    expect([5, 10, 14, 15, 99].map((time) => lastAtOrBefore([10, 15], time))).toEqual([-1, 0, 0, 1, 1]);
    expect(lastAtOrBefore([], 1)).toBe(-1);
  });
});

describe("the candle of something", () => {
  it("has the bar's number where a candle is a bar, though a close has the time of the next open", () => {
    expect(candleOf(market, 1, START + 2 * MINUTE)).toBe(1);
    expect(candleOfStep(market, step("submit_order", 1, 2))).toBe(1);
    expect(candleOf(market, -1, START)).toBe(-1);
  });

  it("is the one that holds its time where a candle is several bars", () => {
    expect(candleOf(coarse, 7, START + 7 * MINUTE)).toBe(1);
    expect(candleOfStep(coarse, step("bar_closed", 4, 5))).toBe(0);
    expect(candleOfStep(coarse, step("order_filled", 5, 5))).toBe(1);
  });

  it("is looked up by time for a step of another market", () => {
    expect(candleOfStep(market, step("bar_closed", 7, 2, "ADA/USDC:USDC"))).toBe(1);
    expect(candleOfStep(market, step("order_filled", 7, 2, null))).toBe(2);
  });
});

describe("the slot of a close", () => {
  it("is the candle that closed then, or the hole", () => {
    const minuteOf = (time: number): number => (slotOfClose(coarse, START + time * MINUTE) - START) / MINUTE;
    expect([5, 6, 10, 15, 20].map(minuteOf)).toEqual([0, 5, 5, 10, 15]);
  });
});

describe("the step of a candle", () => {
  it("is the last one before the next candle opens", () => {
    // steps 1 to 6 are over when bar 1 opens or closes; the order of bar 2 fills in step 8
    expect([0, 1, 2].map((candle) => stepOfCandle(workedView, market, candle))).toEqual([0, 6, 9]);
  });
});

describe("the marks of the worked example", () => {
  it("are two orders and two fills, each at its bar and its step, the one without a price at the close", () => {
    expect(marksOf(workedView, market).map(({ kind, candle, price, order, step: at }) => [kind, candle, price, order, at])).toEqual([
      ["order", 0, 100, 0, 0],
      ["order", 1, 102, 1, 4],
      ["buy", 1, 100, 0, 3],
      ["sell", 2, 102, 1, 7],
    ]);
  });

  it("are none in another market", () => {
    expect(marksOf(workedView, { ...market, symbol: "ADA/USDC:USDC" })).toEqual([]);
  });
});

describe("the steps in which an order is open", () => {
  const [, target] = workedView.orders as readonly [OrderLife, OrderLife];

  it("begin with the venue's word and end with the last fill", () => {
    expect(openWindows(workedView, market)).toEqual([{ order: 1, from: 5, until: 7 }]);
  });

  it("end with the last fill, though the venue says later that it is over; without one with that word", () => {
    const stages = target.stages.map((stage) => (stage.stage === "ended" ? { ...stage, step: 9 } : stage));
    const filled = { ...target, stages };
    const canceled = { ...filled, row: { ...target.row, status: "CANCELED" as const } };
    expect(openWindows({ ...workedView, orders: [filled, canceled] }, market).map(({ until }) => until)).toEqual([7, 9]);
  });

  it("go by time where the life has no steps, and have no end while it is open", () => {
    const open = { ...target, live: { from: START + MINUTE, until: null }, stages: [] };
    expect(openWindows({ ...workedView, orders: [open] }, market)).toEqual([{ order: 0, from: 0, until: Number.POSITIVE_INFINITY }]);
  });

  it("show the price of the moment of one that was amended", () => {
    const moved = { ...target, prices: [0, 2].map((minute) => ({ time: START + minute * MINUTE, price: `10${minute}` })) };
    expect([0, 1, 2, 3].map((minute) => priceAt(moved, START + minute * MINUTE))).toEqual(["100", "100", "102", "102"]);
    expect(priceAt(target, 0)).toBe("102");
  });
});
