// Which bar of a series an instant belongs to, for rows that know only their time.

import type { BarSeries } from "../domain/index.ts";

/** Row of the bar that holds an instant: the last one that opened at or before it; -1 before the first. */
export function barAt(series: BarSeries, time: number): number {
  let low = 0;
  let high = series.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((series.time[middle] as number) <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
