// Turns the columns of a file into exact units, and checks every bar, in one walk over the rows: what most files of bars allow. Anything
// unusual is refused (false): the general road repairs it, or says what is wrong with it.

import { maxExact, pow10 } from "../domain/index.ts";
import { blockRows } from "./blocks.ts";
import type { RawColumns } from "./columns.ts";
import { certainUnits, decimalsMax, exactDecimals, largestIn } from "./decimals.ts";
import { unitsIn } from "./series.ts";
import type { UnitFacts } from "./unit-bars.ts";
import { otherDistanceIn, unsoundIn, zerosIn } from "./validate.ts";

/** Six columns that hold decimal numbers at first, and units of 10^-decimals from row to row that is taken. */
export class UnitColumns implements UnitFacts {
  declare readonly columns: RawColumns;
  declare private readonly prices: readonly Float64Array[];
  priceDecimals = 0;
  volumeDecimals = 0;
  /** In units. */
  largestVolume = 0;
  zeroVolume = 0;
  distance: number | null = null;

  /** @param columns times in ms, the others as they are read */
  constructor(columns: RawColumns) {
    this.columns = columns;
    this.prices = [columns.open, columns.high, columns.low, columns.close];
  }

  /**
   * Rows `from` to `to` - 1, all rows before them having been taken: units in place of decimal numbers.
   * @returns false for the first bar that is not sound, or holds a number that is not a decimal of at most 10 places; then all is spoilt
   */
  take(from: number, to: number): boolean {
    for (let start = from; start < to; start += blockRows) if (!this.takeBlock(start, Math.min(start + blockRows, to))) return false;
    return true;
  }

  private takeBlock(start: number, end: number): boolean {
    const { columns, prices } = this;
    for (let at = 0; at < prices.length; at += 1) if (!this.takePrices(at, start, end)) return false;
    if (!this.takeVolumes(start, end)) return false;
    this.zeroVolume += zerosIn(columns.volume, start, end);
    if (start === 0 && end > 1) this.distance = (columns.time[1] as number) - (columns.time[0] as number);
    const { distance } = this;
    if (distance !== null && otherDistanceIn(columns.time, Math.max(start, 1), end, distance) < end) this.distance = null;
    return unsoundIn(columns, start, end) === end;
  }

  private takePrices(at: number, start: number, end: number): boolean {
    const column = this.prices[at] as Float64Array;
    let row = unitsIn(column, column, start, end, pow10(this.priceDecimals));
    for (; row < end; row = unitsIn(column, column, row, end, pow10(this.priceDecimals))) {
      const decimals = exactDecimals(column[row] as number, this.priceDecimals + 1, decimalsMax);
      if (decimals < 0) return false;
      const power = pow10(decimals - this.priceDecimals);
      for (const [other, prices] of this.prices.entries()) if (!multiply(prices, other < at ? end : other === at ? row : start, power)) return false;
      this.priceDecimals = decimals;
    }
    return true;
  }

  private takeVolumes(start: number, end: number): boolean {
    const { volume } = this.columns;
    let row = unitsIn(volume, volume, start, end, pow10(this.volumeDecimals));
    for (; row < end; row = unitsIn(volume, volume, row, end, pow10(this.volumeDecimals))) {
      const decimals = exactDecimals(volume[row] as number, this.volumeDecimals + 1, decimalsMax);
      if (decimals < 0) return false;
      const power = pow10(decimals - this.volumeDecimals);
      if (!multiply(volume, row, power)) return false;
      this.largestVolume *= power;
      this.volumeDecimals = decimals;
    }
    this.largestVolume = largestIn(volume, start, end, this.largestVolume);
    // Beyond, not every decimal is held, and the general road may have to round.
    return this.largestVolume < certainUnits;
  }
}

/** The rows from `first` to `end` - 1, in columns of their own. */
export function sliceUnits({ columns, priceDecimals, volumeDecimals, distance }: UnitFacts, first: number, end: number): UnitFacts {
  const cut = (column: Float64Array): Float64Array => column.slice(first, end);
  const { time, open, high, low, close } = columns;
  const volume = cut(columns.volume);
  return {
    columns: { time: cut(time), open: cut(open), high: cut(high), low: cut(low), close: cut(close), volume },
    priceDecimals,
    volumeDecimals,
    largestVolume: largestIn(volume, 0, volume.length, 0),
    distance: end - first > 1 ? distance : null,
    zeroVolume: zerosIn(volume, 0, volume.length),
  };
}

/** The first `rows` values × `power`, which is exact. @returns false where that is beyond ±2^53 */
function multiply(column: Float64Array, rows: number, power: number): boolean {
  for (let row = 0; row < rows; row += 1) {
    const units = (column[row] as number) * power;
    if (units > maxExact) return false;
    column[row] = units;
  }
  return true;
}
