// The bars of a strategy check: generated markets of different tempers, and the changes to a series that a strategy which
// does not see the future cannot notice. Every result is a valid series on the same tick.

import { BarSeries, parseUnits, pow10, type BarColumns, type MarketRules, type Timeframe } from "../../domain/index.ts";
import { syntheticBars } from "../../market/index.ts";

export interface CheckBars {
  readonly name: string;
  readonly series: BarSeries;
}

export interface RegimeOptions {
  readonly rules: MarketRules;
  readonly timeframe: Timeframe;
  /** Decimal text. */
  readonly startPrice: string;
  readonly count: number;
  readonly seed: number;
}

interface Regime {
  readonly name: string;
  readonly volatility: number;
  /** Price at the end as a share of the start, laid over the walk. */
  readonly drift: number;
}

const regimes: readonly Regime[] = [
  { name: "calm", volatility: 0.0004, drift: 0 },
  { name: "usual", volatility: 0.001, drift: 0 },
  { name: "wild", volatility: 0.004, drift: 0 },
  { name: "rising", volatility: 0.001, drift: 0.3 },
  { name: "falling", volatility: 0.001, drift: -0.3 },
];

/** 2025-01-01T00:00:00Z. */
const start = 1_735_689_600_000;

/** One generated series a temper, fully determined by the seed. @throws SeatrialError of `syntheticBars` */
export function regimeBars({ rules, timeframe, startPrice, count, seed }: RegimeOptions): CheckBars[] {
  return regimes.map(({ name, volatility, drift }) => {
    const walk = syntheticBars({
      seed: `${seed}/${name}`,
      symbol: rules.symbol,
      start,
      count,
      timeframe,
      startPrice,
      tick: rules.tick,
      step: rules.step,
      volatility,
    });
    const tick = parseUnits(rules.tick, walk.priceScale);
    const whole = (drift * Number(startPrice) * pow10(walk.priceScale)) / tick;
    return { name, series: repriced(walk, 0, (price, bar) => Math.max(tick, price + Math.round((whole * bar) / count) * tick)) };
  });
}

/** The bars up to and with a row. */
export function truncated(series: BarSeries, last: number): BarSeries {
  return withColumns(
    series,
    columnsOf(series, (column) => column.slice(0, last + 1)),
  );
}

/** The same bars up to and with a row; after it what rose falls, and what fell rises, on half the volume. */
export function withOtherFuture(series: BarSeries, last: number): BarSeries {
  const pivot = series.closeAt(last);
  const least = smallestStep(series);
  const mirrored = repriced(series, last + 1, (price) => Math.max(least, 2 * pivot - price));
  // Mirrored, a high is a low.
  const swapped = (own: Float64Array, other: Float64Array) => own.map((price, bar) => (bar > last ? (other[bar] as number) : price));
  return withColumns(series, {
    ...columnsOf(mirrored, (column) => column),
    high: swapped(mirrored.high, mirrored.low),
    low: swapped(mirrored.low, mirrored.high),
    volume: series.volume.map((volume, bar) => (bar > last ? Math.floor(volume / 2) : volume)),
  });
}

function repriced(series: BarSeries, from: number, price: (units: number, bar: number) => number): BarSeries {
  const move = (column: Float64Array) => column.map((units, bar) => (bar < from ? units : price(units, bar)));
  const { time, open, high, low, close, volume } = series;
  return withColumns(series, { time, open: move(open), high: move(high), low: move(low), close: move(close), volume });
}

/** A price above zero that is on the tick of the data, whatever that is. */
function smallestStep(series: BarSeries): number {
  return series.low.reduce((least, price) => Math.min(least, price), Number.POSITIVE_INFINITY);
}

function columnsOf(series: BarSeries, change: (column: Float64Array) => Float64Array): BarColumns {
  const { time, open, high, low, close, volume } = series;
  return { time: change(time), open: change(open), high: change(high), low: change(low), close: change(close), volume: change(volume) };
}

function withColumns({ symbol, timeframe, interval, priceScale, quantityScale }: BarSeries, columns: BarColumns): BarSeries {
  return new BarSeries({ symbol, timeframe, interval, priceScale, quantityScale }, columns);
}
