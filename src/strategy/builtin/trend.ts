// Trend sizing: a score 0…100 of a slow average's slope and of the price's distance to it, and the order size that it
// stands for. Read from closed bars only, at the moment of an entry or an ADD.

import type { BarView } from "../contract.ts";
import type { TrendParams } from "./dca-params.ts";
import type { Direction } from "./dca-ladder.ts";

export interface Trend {
  /** Change of the average over `slopeBars`, percent. */
  readonly slopePercent: number;
  /** Distance of the last close from the average, percent. */
  readonly distancePercent: number;
}

/** null while the series is too short. */
export function readTrend(view: BarView, params: TrendParams): Trend | null {
  const now = average(view, params.period, 0);
  const before = average(view, params.period, params.slopeBars);
  if (!(now > 0 && before > 0)) return null;
  return { slopePercent: 100 * (now / before - 1), distancePercent: 100 * (view.close / now - 1) };
}

/** 50 is neutral; slope and distance give up to 25 each, full at the threshold, counted in favour of the leg. */
export function trendScore(trend: Trend, params: TrendParams, direction: Direction): number {
  const part = (percent: number) => 25 * clamp((direction * percent) / params.thresholdPercent, -1, 1);
  return 50 + part(trend.slopePercent) + part(trend.distancePercent);
}

/** Size of the first order in percent of equity: from minPercent at scoreLow, in a line, to maxPercent at scoreHigh. */
export function trendPercent(score: number, params: TrendParams): number {
  const share = clamp((score - params.scoreLow) / (params.scoreHigh - params.scoreLow), 0, 1);
  return params.minPercent + (params.maxPercent - params.minPercent) * share;
}

/** True when the average moves against the leg by the threshold or more. */
export function isCounterTrend(trend: Trend, params: TrendParams, direction: Direction): boolean {
  return -direction * trend.slopePercent >= params.thresholdPercent;
}

// NaN before the series is long enough: closeAt gives NaN there, and NaN stays in the sum.
function average(view: BarView, period: number, ago: number): number {
  let sum = 0;
  for (let at = 0; at < period; at += 1) sum += view.closeAt(ago + at);
  return sum / period;
}

function clamp(value: number, least: number, most: number): number {
  return value < least ? least : value > most ? most : value;
}
