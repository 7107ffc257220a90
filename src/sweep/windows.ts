// Walk-forward windows: bars to train on and, directly behind them, bars to be judged on. Counts of bars become instants, so that
// all series of a scenario are cut at the same time. It never lets a window see what lies behind it.

import type { BarSeries } from "../domain/index.ts";
import type { WalkForward } from "./schema.ts";

/** A part of a scenario's time, epoch ms: bars that open at `warmFrom` or later and close at `to` or before; orders from `from` on. */
export interface Window {
  /** 0-based number of the walk-forward window. */
  readonly window: number;
  readonly part: "train" | "test";
  readonly warmFrom: number;
  readonly from: number;
  readonly to: number;
}

export interface WindowPair {
  readonly train: Window;
  readonly test: Window;
}

/**
 * Train and test windows over `series`, oldest first; the last test window is whole, bars that are left over are not used. Each
 * window's lead-in lies before it and is taken from the series' beginning for the first.
 * @returns an empty list where the bars do not hold one pair
 */
export function walkForwardWindows(series: BarSeries, { mode, trainBars, testBars, stepBars = testBars, leadInBars }: WalkForward): WindowPair[] {
  const pairs: WindowPair[] = [];
  for (let window = 0; ; window += 1) {
    const split = leadInBars + trainBars + window * stepBars;
    if (split + testBars > series.length) return pairs;
    const start = mode === "anchored" ? leadInBars : split - trainBars;
    pairs.push({
      train: windowOf(series, window, "train", start, split, leadInBars),
      test: windowOf(series, window, "test", split, split + testBars, leadInBars),
    });
  }
}

/** Bars `start` to `end` - 1. */
function windowOf(series: BarSeries, window: number, part: Window["part"], start: number, end: number, leadInBars: number): Window {
  return { window, part, warmFrom: series.timeAt(start - leadInBars), from: series.timeAt(start), to: series.closeTimeAt(end - 1) };
}
