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
  const blocks = (series.length + 15) >> 4;
  const made = { low: new Float64Array(blocks), high: new Float64Array(blocks) };
  // Loops of their own for some blocks each: they are soon compiled as a whole.
  for (let block = 0; block < blocks; block += 64) {
    lowestOf(series.low, made.low, block, Math.min(block + 64, blocks));
    highestOf(series.high, made.high, block, Math.min(block + 64, blocks));
  }
  known.set(series, made);
  return made;
}

function lowestOf(column: Float64Array, blocks: Float64Array, from: number, to: number): void {
  for (let block = from; block < to; block += 1) {
    const end = Math.min((block + 1) << 4, column.length);
    let lowest = Number.POSITIVE_INFINITY;
    for (let bar = block << 4; bar < end; bar += 1) if ((column[bar] as number) < lowest) lowest = column[bar] as number;
    blocks[block] = lowest;
  }
}

function highestOf(column: Float64Array, blocks: Float64Array, from: number, to: number): void {
  for (let block = from; block < to; block += 1) {
    const end = Math.min((block + 1) << 4, column.length);
    let highest = Number.NEGATIVE_INFINITY;
    for (let bar = block << 4; bar < end; bar += 1) if ((column[bar] as number) > highest) highest = column[bar] as number;
    blocks[block] = highest;
  }
}
