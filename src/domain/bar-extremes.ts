// The extremes of blocks of bars: whether a price is reached somewhere in sixteen bars is one comparison. They are made once
// for a series, however many sessions walk it, and are never asked for a bar of their own.

import type { BarSeries } from "./bars.ts";

/** Two columns, one row for 16 bars; the last block may hold fewer. Integers at the series' price scale. */
export interface BarExtremes {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

const known = new WeakMap<BarSeries, BarExtremes>();

/** The block of a bar is `bar >> 4`. The series must not change any more. */
export function extremesOf(series: BarSeries): BarExtremes {
  const found = known.get(series);
  if (found !== undefined) return found;
  const made = { low: blocksOf(series.low, Math.min, Number.POSITIVE_INFINITY), high: blocksOf(series.high, Math.max, Number.NEGATIVE_INFINITY) };
  known.set(series, made);
  return made;
}

function blocksOf(column: Float64Array, further: (a: number, b: number) => number, none: number): Float64Array {
  const blocks = new Float64Array((column.length + 15) >> 4).fill(none);
  for (let bar = 0; bar < column.length; bar += 1) blocks[bar >> 4] = further(blocks[bar >> 4] as number, column[bar] as number);
  return blocks;
}
