// An instrument and a series made of a case's plain numbers: scales as fine as its numbers are and as its amounts allow,
// no filters. Numbers finer than the scales are rounded once, at the border, far below every tolerance.

import {
  BarSeries,
  decimalOfNumber,
  Instrument,
  maxExact,
  parseDecimal,
  parseUnits,
  printDecimal,
  roundText,
  timeframeOfMillis,
  type MarketRules,
  type Money,
  type Price,
  type Quantity,
} from "../../src/domain/index.ts";
import { NotApplicable } from "./case.ts";

/** What a market must be able to hold. */
export interface Extent {
  readonly prices: readonly number[];
  readonly quantities: readonly number[];
  /** Largest amount of money that can come up, in whole currency units. */
  readonly money: number;
  readonly inverse?: boolean;
  /** Base units a contract. @defaultValue 1 */
  readonly contractSize?: number;
  /** Smallest quantity that fills, where a case names one. */
  readonly lot?: number | null;
  /** Fixed decimals of money, where a case names them. */
  readonly moneyDecimals?: number | null;
  readonly spot?: boolean;
}

/** Finer than any recorded number that means something; floats of a peer's own division have 17. */
const finestScale = 12;
/** Room between the largest number and 2^53. */
const headroom = 16;

export const settlement = "USD";

/** @throws NotApplicable when the numbers do not fit an exact instrument */
export function instrumentOf(extent: Extent): Instrument {
  const price = scaleOf(extent.prices);
  const quantity = scaleOf(extent.lot === null || extent.lot === undefined ? extent.quantities : [...extent.quantities, extent.lot]);
  const money = Math.min(extent.moneyDecimals ?? finestScale, largestScale(Math.max(extent.money, 1)));
  const inverse = extent.inverse ?? false;
  const rules: MarketRules = {
    symbol: inverse ? "CASE/USD:CASE" : `CASE/${settlement}:${settlement}`,
    base: "CASE",
    quote: settlement,
    settle: settlement,
    kind: extent.spot === true ? "spot" : "swap",
    inverse,
    contractSize: plainText(extent.contractSize ?? 1),
    tick: plainText(10 ** -price),
    significantDigits: null,
    step: plainText(extent.lot ?? 10 ** -quantity),
    minQuantity: null,
    maxQuantity: null,
    maxMarketQuantity: null,
    minPrice: null,
    maxPrice: null,
    minNotional: null,
    maxLeverage: null,
  };
  return new Instrument(rules, { price, quantity, money });
}

export function priceUnits(instrument: Instrument, value: number): Price {
  return units(value, instrument.priceScale) as Price;
}
export function quantityUnits(instrument: Instrument, value: number): Quantity {
  return units(value, instrument.quantityScale) as Quantity;
}
export function moneyUnits(instrument: Instrument, value: number): Money {
  return units(value, instrument.moneyScale) as Money;
}

/** Decimal text of a number, with at most `decimals` places. */
export function plainText(value: number, decimals = 15): string {
  return roundText(printDecimal(decimalOfNumber(value)), { rounding: "round", counting: "decimals", precision: String(decimals) });
}

/** A bar as the cases write it: [time, open, high, low, close, volume]. */
export type Row = readonly [number, number, number, number, number, number];

/** The bars of a case. @throws NotApplicable unless each is at least six numbers */
export function rowsOf(value: unknown): Row[] {
  if (!Array.isArray(value) || value.length === 0) throw new NotApplicable("there are no bars");
  return (value as unknown[]).map((row) => {
    if (!Array.isArray(row) || row.length < 6 || !row.slice(0, 6).every((cell) => typeof cell === "number"))
      throw new NotApplicable("a bar is not six numbers");
    return row.slice(0, 6) as unknown as Row;
  });
}

const oneDay = 86_400_000;

export function seriesOf(instrument: Instrument, rows: readonly Row[]): BarSeries {
  const column = (at: number, read: (value: number) => number) => Float64Array.from(rows, (row) => read(row[at] as number));
  const price = (value: number) => units(value, instrument.priceScale);
  const interval = smallestStep(rows);
  return new BarSeries(
    { symbol: instrument.symbol, timeframe: nameOf(interval), interval, priceScale: instrument.priceScale, quantityScale: instrument.quantityScale },
    {
      time: column(0, (time) => time),
      open: column(1, price),
      high: column(2, price),
      low: column(3, price),
      close: column(4, price),
      volume: column(5, (volume) => volumeUnits(volume, instrument.quantityScale)),
    },
  );
}

// A volume beyond 2^53 units is as good as unlimited; a volume finer than the scale is not "no volume".
function volumeUnits(volume: number, scale: number): number {
  if (volume * 10 ** scale > maxExact) return maxExact;
  const exact = units(volume, scale);
  return exact === 0 && volume > 0 ? 1 : exact;
}

function units(value: number, scale: number): number {
  return parseUnits(plainText(value, scale), scale);
}

function scaleOf(values: readonly number[]): number {
  const wanted = Math.max(0, ...values.map((value) => decimalOfNumber(value).scale));
  const largest = Math.max(1, ...values.map((value) => Math.abs(value)));
  return Math.min(wanted, finestScale, largestScale(largest));
}

function largestScale(largest: number): number {
  const limit = maxExact / headroom;
  if (!(largest < limit)) throw new NotApplicable(`${largest} does not fit an exact number of ±2^53`);
  let scale = 0;
  while (scale < finestScale && largest * 10 ** (scale + 1) < limit) scale += 1;
  return scale;
}

function smallestStep(rows: readonly Row[]): number {
  let step = rows.length < 2 ? oneDay : Number.POSITIVE_INFINITY;
  rows.forEach((row, at) => {
    const next = rows[at + 1];
    if (next !== undefined) step = Math.min(step, next[0] - row[0]);
  });
  if (step > 0) return step;
  throw new NotApplicable("the bars are not in order of time");
}

function nameOf(interval: number): string {
  return interval % 1_000 === 0 ? timeframeOfMillis(interval) : "1s";
}

/** A rate as decimal text; parseDecimal refuses what is none. */
export function rateText(rate: number): string {
  return printDecimal(parseDecimal(String(rate)));
}
