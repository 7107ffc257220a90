// The extremes of blocks of bars: whether a price is reached somewhere in sixteen bars is one comparison. They are made once
// for a series, however many sessions walk it, as far as one has come, and are never asked for a bar of their own.

import type { BarSeries } from "./bars.ts";

/** Two columns, one row for 16 bars; the last block may hold fewer. Integers at the series' price scale. */
export class BarExtremes {
  declare readonly low: Float64Array;
  declare readonly high: Float64Array;
  /** Rows that are made so far. */
  known = 0;
  declare private readonly series: BarSeries;

  constructor(series: BarSeries) {
    const blocks = (series.length + 15) >> 4;
    this.series = series;
    this.low = new Float64Array(blocks);
    this.high = new Float64Array(blocks);
  }

  /** Makes the rows up to `block`, and some more. */
  reach(block: number): void {
    const { low, high, series } = this;
    const end = Math.min(block + 64, low.length);
    for (let at = this.known; at < end; at += 1) {
      const last = Math.min((at + 1) << 4, series.length);
      low[at] = lowestOf(series.low, at << 4, last);
      high[at] = highestOf(series.high, at << 4, last);
    }
    this.known = end;
  }
}

const known = new WeakMap<BarSeries, BarExtremes>();

/** The block of a bar is `bar >> 4`. The series must not change any more. */
export function extremesOf(series: BarSeries): BarExtremes {
  const found = known.get(series);
  if (found !== undefined) return found;
  const made = new BarExtremes(series);
  known.set(series, made);
  return made;
}

function lowestOf(column: Float64Array, from: number, to: number): number {
  let lowest = Number.POSITIVE_INFINITY;
  for (let bar = from; bar < to; bar += 1) if ((column[bar] as number) < lowest) lowest = column[bar] as number;
  return lowest;
}

function highestOf(column: Float64Array, from: number, to: number): number {
  let highest = Number.NEGATIVE_INFINITY;
  for (let bar = from; bar < to; bar += 1) if ((column[bar] as number) > highest) highest = column[bar] as number;
  return highest;
}
