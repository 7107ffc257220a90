// How much a market trades and moves in a day, from its closed bars: for the size of a route and the slip to expect. A
// statistic in float64, read when an intent is routed; never money.

import type { BarSeries } from "../../domain/index.ts";

const day = 86_400_000;

/** Of the bars of the last 24 hours. With less history, of what there is: both too small, their quotient in row 002-SM-1 is not. */
export interface DayLiquidity {
  /** Base units (or contracts). */
  readonly volume: number;
  /** Root of the sum of the squared changes from close to close, as a share of the price. */
  readonly volatility: number;
}

/** @param last row of the last closed bar, ≥ 0. A bar longer than a day counts by the day's share of it */
export function dayLiquidity(series: BarSeries, last: number): DayLiquidity {
  const { time, close, volume, interval, quantityPower } = series;
  const share = Math.min(1, day / interval);
  const since = (time[last] as number) + interval - Math.max(day, interval);
  let traded = 0;
  let squares = 0;
  for (let bar = last; bar >= 0 && (time[bar] as number) >= since; bar -= 1) {
    traded += volume[bar] as number;
    if (bar === 0) continue;
    const change = (close[bar] as number) / (close[bar - 1] as number) - 1;
    squares += change * change;
  }
  return { volume: (traded * share) / quantityPower, volatility: Math.sqrt(squares * share) };
}
