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
    // What stops the short road goes on the long one, for as long as the block lasts.
    const row = soundPricesOver(columns, start, end, pow10(this.priceDecimals));
    if (row < end) for (let at = 0; at < prices.length; at += 1) if (!this.takePrices(at, row, end)) return false;
    if (!this.takeVolumes(start, end)) return false;
    return this.isEven(start, end) ? disorderIn(columns, row, end) === end : unsoundIn(columns, start, end) === end;
  }

  /** Whether all bars so far stand side by side, at whole milliseconds. */
  private isEven(start: number, end: number): boolean {
    const { time } = this.columns;
    if (start === 0 && end > 1 && Number.isSafeInteger(time[0])) this.distance = (time[1] as number) - (time[0] as number);
    const { distance } = this;
    if (distance === null) return false;
    // Whole distances, each of them exact, keep whole what begins so.
    const even = Number.isSafeInteger(distance) && Number.isSafeInteger(time[end - 1]);
    if (!even || otherDistanceIn(time, Math.max(start, 1), end, distance) < end) this.distance = null;
    return this.distance !== null;
  }

  private takePrices(at: number, start: number, end: number): boolean {
    const column = this.prices[at] as Float64Array;
    let row = unitsOver(column, start, end, pow10(this.priceDecimals));
    for (; row < end; row = unitsOver(column, row, end, pow10(this.priceDecimals))) {
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
    let row = unitsOver(volume, start, end, pow10(this.volumeDecimals));
    for (; row < end; row = unitsOver(volume, row, end, pow10(this.volumeDecimals))) {
      const decimals = exactDecimals(volume[row] as number, this.volumeDecimals + 1, decimalsMax);
      if (decimals < 0) return false;
      const power = pow10(decimals - this.volumeDecimals);
      if (!multiply(volume, row, power)) return false;
      this.largestVolume *= power;
      this.volumeDecimals = decimals;
    }
    let [least, largest] = [Infinity, this.largestVolume];
    for (row = start; row < end; row += 1) {
      const units = volume[row] as number;
      if (units > largest) largest = units;
      if (units < least) least = units;
    }
    this.largestVolume = largest;
    if (least === 0) this.zeroVolume += zerosIn(volume, start, end);
    // Beyond, not every decimal is held, and the general road may have to round.
    return least >= 0 && largest < certainUnits;
  }
}

/**
 * Units in place of decimal numbers in all four columns of prices, as long as they are in order: then the lowest is above 0, and what the
 * highest is not beyond none is. @returns the row of the first bar that is left as it is, or `end`
 */
function soundPricesOver({ open, high, low, close }: RawColumns, start: number, end: number, power: number): number {
  for (let row = start; row < end; row += 1) {
    const first = open[row] as number;
    const top = high[row] as number;
    const bottom = low[row] as number;
    const last = close[row] as number;
    // Rounds below 2^51: see `notHeldIn` of decimals.ts.
    const firstUnits = first * power + 6_755_399_441_055_744 - 6_755_399_441_055_744;
    const topUnits = top * power + 6_755_399_441_055_744 - 6_755_399_441_055_744;
    const bottomUnits = bottom * power + 6_755_399_441_055_744 - 6_755_399_441_055_744;
    const lastUnits = last * power + 6_755_399_441_055_744 - 6_755_399_441_055_744;
    if (!(bottomUnits > 0 && topUnits < 2_251_799_813_685_248)) return row;
    if (!(bottomUnits <= firstUnits && bottomUnits <= lastUnits && firstUnits <= topUnits && lastUnits <= topUnits)) return row;
    if (!(firstUnits / power === first && topUnits / power === top && bottomUnits / power === bottom && lastUnits / power === last)) return row;
    open[row] = firstUnits;
    high[row] = topUnits;
    low[row] = bottomUnits;
    close[row] = lastUnits;
  }
  return end;
}

/** Units in place of decimal numbers. @returns the row of the first that is no whole number of units, or `end` */
function unitsOver(column: Float64Array, start: number, end: number, power: number): number {
  for (let row = start; row < end; row += 1) {
    const value = column[row] as number;
    // Larger ones, and those below 0, take the road of all.
    const nearest = value * power + 6_755_399_441_055_744 - 6_755_399_441_055_744;
    if (nearest >= 0 && nearest < 2_251_799_813_685_248 && nearest / power === value) column[row] = nearest;
    else if (unitsIn(column, column, row, row + 1, power) === row) return row;
  }
  return end;
}

/** @returns the row of the first bar whose prices are not in order, or `end`. Units are finite */
function disorderIn({ open, high, low, close }: RawColumns, start: number, end: number): number {
  for (let row = start; row < end; row += 1) {
    const first = open[row] as number;
    const last = close[row] as number;
    const bottom = low[row] as number;
    if (!(bottom > 0 && bottom <= Math.min(first, last) && Math.max(first, last) <= (high[row] as number))) return row;
  }
  return end;
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
