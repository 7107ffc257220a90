// Which candle, which step: times of a run on the chart's axis and in the player's list. Pure lookups in ascending columns.

import type { MarketData, PageData, StepData } from "./page-data.ts";

/** Index of the last time at or before `time`; -1 before the first. */
export function lastAtOrBefore(times: readonly number[], time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? 0) <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The candle of something that happened in the run's bar `bar` at `time`; -1 before the first bar. */
export function candleOf(market: MarketData, bar: number, time: number): number {
  // A candle that holds one bar has the bar's number; the time alone would put a close into the next bar, which opens at that moment.
  if (market.barsPerCandle === 1) return Math.min(bar, market.time.length - 1);
  return bar < 0 ? -1 : lastAtOrBefore(market.time, time);
}

/** The candle that the market was in at a step; a step of no market or of another one is looked up by its time. */
export function candleOfStep(market: MarketData, step: StepData): number {
  const isOwn = step.symbol === market.symbol;
  if (isOwn && market.barsPerCandle === 1) return candleOf(market, step.bar, step.time);
  // A close belongs to what came before it.
  return lastAtOrBefore(market.time, step.type === "bar_closed" ? step.time - 1 : step.time);
}

/** Step to go to for a candle: the last one before the next candle opens. */
export function stepOfCandle(view: PageData, market: MarketData, candle: number): number {
  const { steps } = view.player;
  const end = (market.time[candle] ?? 0) + market.interval;
  let low = 0;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const step = steps[middle];
    const isBefore = step !== undefined && (step.time < end || (step.time === end && step.type === "bar_closed"));
    if (isBefore) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Slot on the chart's axis for something that stood at a close: the candle that closed then, or the hole where the market has none. */
export function slotOfClose(market: MarketData, time: number): number {
  const candle = Math.max(lastAtOrBefore(market.time, time - 1), 0);
  const open = market.time[candle] ?? time - market.interval;
  return open + Math.floor((time - 1 - open) / market.interval) * market.interval;
}
