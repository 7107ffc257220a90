// Decimal columns to exact units and back: the only door from a file's float64 to the core's integers. Never rounds: what
// does not fit the scale is an error.

import { BarSeries, type SeatrialError, maxExact, pow10, timeframeMillis, type BarColumns, type Timeframe } from "../domain/index.ts";
import { firstRow } from "./blocks.ts";
import { barError, type RawBars } from "./columns.ts";
import { largestIn } from "./decimals.ts";
import { unitsOf, type UnitFacts } from "./unit-bars.ts";

export interface SeriesMeta {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** Decimals of a price unit, at least the data's. */
  readonly priceScale: number;
  /** Decimals of a quantity unit, at least the data's. */
  readonly quantityScale: number;
}

export interface SeriesOptions {
  /**
   * Write the units over the raw columns, which mean nothing afterwards: memory that nobody has touched before costs more than all of
   * the arithmetic. @defaultValue false
   */
  readonly inPlace?: boolean;
}

/**
 * Bars as integers of 10^-scale; units ÷ 10^scale is again the raw number, bit by bit.
 * @throws SeatrialError `too_many_decimals`, `number_overflow`, naming file and row
 */
export function toSeries(bars: RawBars, meta: SeriesMeta, { inPlace = false }: SeriesOptions = {}): BarSeries {
  const interval = timeframeMillis(meta.timeframe);
  const known = inPlace ? unitsOf(bars) : undefined;
  if (known !== undefined && atScale(known, meta)) return new BarSeries({ ...meta, interval }, known.columns);
  const roomOf = (column: Float64Array): Float64Array => (inPlace ? column : new Float64Array(column.length));
  const price = (column: Float64Array): Float64Array => toUnits(bars, column, roomOf(column), meta.priceScale, "price");
  const columns: BarColumns = {
    time: bars.time,
    open: price(bars.open),
    high: price(bars.high),
    low: price(bars.low),
    close: price(bars.close),
    volume: toUnits(bars, bars.volume, roomOf(bars.volume), meta.quantityScale, "volume"),
  };
  return new BarSeries({ ...meta, interval }, columns);
}

/** Largest volume of the bars. */
export function largestVolume(bars: RawBars): number {
  const known = unitsOf(bars);
  if (known !== undefined) return known.largestVolume / pow10(known.volumeDecimals);
  let largest = 0;
  for (let row = 0; row < bars.length; row += 1) largest = Math.max(largest, bars.volume[row] as number);
  return largest;
}

/** Brings units to the scales: more decimals are zeros behind them. @returns false, and has changed nothing, where they do not fit */
function atScale({ columns, priceDecimals, volumeDecimals, largestVolume: most }: UnitFacts, { priceScale, quantityScale }: SeriesMeta): boolean {
  const [morePrice, moreVolume] = [priceScale - priceDecimals, quantityScale - volumeDecimals];
  if (morePrice < 0 || moreVolume < 0 || most * pow10(moreVolume) > maxExact) return false;
  if (morePrice > 0 && largestIn(columns.high, 0, columns.high.length, 0) * pow10(morePrice) > maxExact) return false;
  for (const column of [columns.open, columns.high, columns.low, columns.close]) multiply(column, morePrice);
  multiply(columns.volume, moreVolume);
  return true;
}

function multiply(column: Float64Array, decimals: number): void {
  if (decimals === 0) return;
  const power = pow10(decimals);
  for (let row = 0; row < column.length; row += 1) column[row] = (column[row] as number) * power;
}

/** The series in decimal numbers, as a file would hold it. */
export function toRaw(series: BarSeries): RawBars {
  const price = (column: Float64Array): Float64Array => column.map((units) => units / series.pricePower);
  return {
    time: series.time,
    open: price(series.open),
    high: price(series.high),
    low: price(series.low),
    close: price(series.close),
    volume: series.volume.map((units) => units / series.quantityPower),
    file: null,
    source: null,
    firstLine: null,
    firstRow: 0,
    length: series.length,
    priceDecimals: series.priceScale,
    volumeDecimals: series.quantityScale,
    priceRepaired: 0,
    volumeRounded: 0,
  };
}

function toUnits(bars: RawBars, column: Float64Array, units: Float64Array, scale: number, kind: "price" | "volume"): Float64Array {
  const power = pow10(scale);
  const bad = firstRow(column.length, 0, (start, end) => unitsIn(column, units, start, end, power));
  if (bad < column.length) throw unitError(bars, bad, column[bad] as number, scale, kind);
  return units;
}

/** Writes the units of a block. @returns the row of the first value that is no whole number of units, or `end` */
export function unitsIn(column: Float64Array, units: Float64Array, start: number, end: number, power: number): number {
  let row = start;
  for (; row < end; row += 1) {
    const value = column[row] as number;
    const scaled = value * power;
    // Math.round for most values, three times as fast: see `notHeldIn` of decimals.ts.
    const nearest = scaled + 6_755_399_441_055_744 - 6_755_399_441_055_744;
    const rounded = scaled > 0 && scaled < 2_251_799_813_685_248 ? nearest : Math.round(scaled);
    if (rounded > 9_007_199_254_740_991 || !(rounded / power === value)) break;
    units[row] = rounded;
  }
  return row;
}

function unitError(bars: RawBars, row: number, value: number, scale: number, kind: string): SeatrialError {
  if (value * pow10(scale) > maxExact) {
    const reason = `the ${kind} ${value} at ${scale} decimals does not fit ±2^53`;
    return barError(bars, row, { code: "number_overflow", reason, hint: "choose a smaller scale" });
  }
  const reason = `the ${kind} ${value} has more than ${scale} decimals`;
  return barError(bars, row, { code: "too_many_decimals", reason, hint: "choose a scale of at least the data's decimals" });
}
