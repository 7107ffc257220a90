// Chart columns of a run: candles, positions, equity and drawdown, thinned to what a page can hold. Thinning keeps the
// extremes; it must never move a point to another time.

import { timeframeOfMillis, unitsToNumber, type BarSeries } from "../../domain/index.ts";
import type { JournalMarket, RunRecord } from "../../journal/index.ts";
import type { PositionPoint } from "../../session/index.ts";
import type { EquityView, MarketView } from "./run-view.ts";
import type { RunNames } from "./names.ts";
import { entryText } from "./state.ts";

/** Bars that one candle may hold: those that people are used to. */
const steps = [1, 2, 3, 5, 10, 15, 30, 60, 120, 240, 480, 720, 1_440, 2_880, 10_080, 43_200];

/** @param candles that all markets may have together */
export function marketViews(names: RunNames, positions: readonly PositionPoint[], candles: number): MarketView[] {
  const most = Math.max(1, Math.floor(candles / names.markets.length));
  return names.markets.map((market, at) => marketView(market, positionsOf(names, at, positions), most));
}

function marketView({ instrument, series }: JournalMarket, positions: MarketView["positions"], most: number): MarketView {
  const barsPerCandle = steps.find((step) => series.length <= step * most) ?? Math.ceil(series.length / most);
  const interval = series.interval * barsPerCandle;
  return {
    symbol: instrument.symbol,
    timeframe: timeframeOfMillis(interval),
    interval,
    barsPerCandle,
    priceDecimals: series.priceScale,
    quantityDecimals: series.quantityScale,
    ...candlesOf(series, interval),
    positions,
  };
}

type Candles = Pick<MarketView, "time" | "open" | "high" | "low" | "close" | "volume">;

/** Every bar is in one candle; the first and the last may hold fewer than the others. Sums and extremes are exact, then printed as pixels. */
function candlesOf(series: BarSeries, interval: number): Candles {
  const units = {
    time: [] as number[],
    open: [] as number[],
    high: [] as number[],
    low: [] as number[],
    close: [] as number[],
    volume: [] as number[],
  };
  let at = -1;
  let opened = Number.NEGATIVE_INFINITY;
  for (let bar = 0; bar < series.length; bar += 1) {
    const time = series.timeAt(bar);
    const start = interval === series.interval ? time : time - (time % interval);
    if (start !== opened) {
      at += 1;
      opened = start;
      units.time.push(start);
      units.open.push(series.openAt(bar));
      units.high.push(series.highAt(bar));
      units.low.push(series.lowAt(bar));
      units.volume.push(0);
    }
    units.high[at] = Math.max(units.high[at] as number, series.highAt(bar));
    units.low[at] = Math.min(units.low[at] as number, series.lowAt(bar));
    units.close[at] = series.closeAt(bar);
    units.volume[at] = (units.volume[at] as number) + series.volumeAt(bar);
  }
  const priced = (column: readonly number[]): number[] => column.map((price) => unitsToNumber(price, series.priceScale));
  return {
    time: units.time,
    open: priced(units.open),
    high: priced(units.high),
    low: priced(units.low),
    close: priced(units.close),
    volume: units.volume.map((volume) => unitsToNumber(volume, series.quantityScale)),
  };
}

function positionsOf(names: RunNames, market: number, points: readonly PositionPoint[]): MarketView["positions"] {
  const own = points.filter((point) => point.market === market);
  const legs = [...new Set(own.map(({ leg }) => leg))];
  const { quantityScale } = names.instrument(market);
  return legs.map((leg) => {
    const course = own.filter((point) => point.leg === leg);
    return {
      leg,
      time: course.map(({ time }) => time),
      quantity: course.map(({ quantity }) => unitsToNumber(quantity, quantityScale)),
      entryPrice: course.map(({ quantity, cost }) => Number(entryText(names, market, leg, quantity, cost) ?? 0)),
    };
  });
}

/** @param most points, give or take the extremes of the last stretch */
export function equityView({ time, value }: RunRecord["equity"], most: number): EquityView {
  const drawdown = new Float64Array(value.length);
  let peak = Number.NEGATIVE_INFINITY;
  for (const [at, equity] of value.entries()) {
    peak = Math.max(peak, equity);
    drawdown[at] = equity - peak;
  }
  const kept = keptOf(value, drawdown, most);
  const pick = (column: Float64Array): number[] => kept.map((at) => column[at] as number);
  return { time: pick(time), value: pick(value), drawdown: pick(drawdown) };
}

/** Points that stay: of each stretch its highest, its lowest, its deepest below the peak, and its last. */
function keptOf(value: Float64Array, drawdown: Float64Array, most: number): number[] {
  if (value.length <= most) return [...value.keys()];
  const stretch = Math.ceil((value.length * 4) / most);
  const kept: number[] = [];
  for (let start = 0; start < value.length; start += stretch) {
    const end = Math.min(start + stretch, value.length);
    let [highest, lowest, deepest] = [start, start, start];
    for (let at = start; at < end; at += 1) {
      if ((value[at] as number) > (value[highest] as number)) highest = at;
      if ((value[at] as number) < (value[lowest] as number)) lowest = at;
      if ((drawdown[at] as number) < (drawdown[deepest] as number)) deepest = at;
    }
    kept.push(...new Set([highest, lowest, deepest, end - 1].sort((a, b) => a - b)));
  }
  return kept;
}
