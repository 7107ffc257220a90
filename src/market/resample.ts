// Bars of a longer timeframe out of shorter ones, in exact integers. Only complete bars come out: nothing is estimated,
// nothing half-finished looks finished.

import { BarSeries, SeatrialError, checked, floorToTimeframe, timeframeMillis, type Millis, type Timeframe } from "../domain/index.ts";

/**
 * Open of the first, highest high, lowest low, close of the last, sum of volumes, over each interval of `timeframe` (aligned
 * to the epoch, weeks to Monday).
 *
 * The first interval is left out unless its first bar opens with it, the last unless its last bar closes with it: at the ends
 * of a series a missing bar may be one that was never read. Between them missing bars are gaps of the market: the interval's
 * bar is made of those that are there, and an interval without any yields none.
 * @param ends `all` keeps the first and the last interval as they are: of trades nobody can tell whether one is missing
 * @throws SeatrialError `bad_timeframe`, `bars_misaligned`, `number_overflow`
 */
export function resample(series: BarSeries, timeframe: Timeframe, ends: "complete" | "all" = "complete"): BarSeries {
  const interval = timeframeMillis(timeframe);
  if (interval === series.interval) return series;
  if (interval < series.interval || interval % series.interval !== 0) {
    throw new SeatrialError({
      code: "bad_timeframe",
      reason: `bars of ${timeframe} cannot be made of bars of ${series.timeframe}`,
      hint: `choose a multiple of ${series.timeframe}`,
    });
  }
  const spans = intervalEnds(series, interval, ends === "all");
  const columns = aggregate(series, interval, spans);
  const { symbol, priceScale, quantityScale } = series;
  return new BarSeries({ symbol, timeframe, interval, priceScale, quantityScale }, columns);
}

/** First bar of each complete interval, and the bar after the last one. */
function intervalEnds(series: BarSeries, interval: number, all: boolean): readonly { readonly start: number; readonly end: number }[] {
  const spans: { start: number; end: number }[] = [];
  let start = 0;
  while (start < series.length) {
    const opens = floorToTimeframe(series.timeAt(start), interval);
    const closes = (opens + interval) as Millis;
    let end = start;
    while (end < series.length && series.timeAt(end) < closes) end += 1;
    if (series.closeTimeAt(end - 1) > closes) throw misaligned(series, end - 1, closes);
    const cutAtStart = start === 0 && series.timeAt(0) !== opens;
    const cutAtEnd = end === series.length && series.closeTimeAt(end - 1) < closes;
    if (all || (!cutAtStart && !cutAtEnd)) spans.push({ start, end });
    start = end;
  }
  return spans;
}

function aggregate(series: BarSeries, interval: number, spans: readonly { readonly start: number; readonly end: number }[]) {
  const empty = (): Float64Array => new Float64Array(spans.length);
  const columns = { time: empty(), open: empty(), high: empty(), low: empty(), close: empty(), volume: empty() };
  spans.forEach(({ start, end }, at) => {
    let high = series.highAt(start);
    let low = series.lowAt(start);
    let volume = 0;
    for (let bar = start; bar < end; bar += 1) {
      if (series.highAt(bar) > high) high = series.highAt(bar);
      if (series.lowAt(bar) < low) low = series.lowAt(bar);
      volume += series.volumeAt(bar);
    }
    columns.time[at] = floorToTimeframe(series.timeAt(start), interval);
    columns.open[at] = series.openAt(start);
    columns.high[at] = high;
    columns.low[at] = low;
    columns.close[at] = series.closeAt(end - 1);
    columns.volume[at] = checked(volume);
  });
  return columns;
}

function misaligned(series: BarSeries, bar: number, closes: number): SeatrialError {
  const [opens, border] = [series.timeAt(bar), closes].map((time) => new Date(time).toISOString());
  return new SeatrialError({
    code: "bars_misaligned",
    reason: `bar ${bar} (${opens ?? ""}) of ${series.symbol} ${series.timeframe} reaches over ${border ?? ""}`,
    hint: "bars must not cross a border of the longer timeframe",
  });
}
