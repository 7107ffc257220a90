// The quality check at the edge: what passes here is what the core may believe. Every flaw is an error that names file and
// row; gaps and bars without volume are facts of markets and only counted. Repairs nothing.

import { SeatrialError, timeframeMillis, timeframeOfMillis, type Timeframe } from "../domain/index.ts";
import { firstRow } from "./blocks.ts";
import { barError, columnNames, type RawBars, type RawColumns } from "./columns.ts";
import { unitsOf } from "./unit-bars.ts";

const day = 86_400_000;

export interface ValidateOptions {
  readonly timeframe: Timeframe;
  /** The present, epoch ms: a last bar that closes after it is unfinished. @defaultValue no check */
  readonly now?: number;
  /** The bars are a part of a series that is known to have this timeframe: no two of them need to stand side by side. @defaultValue false */
  readonly part?: boolean;
}

export interface ValidBars {
  readonly bars: RawBars;
  readonly timeframe: Timeframe;
  /** Places where bars are missing. */
  readonly gaps: number;
  /** Bars missing in all gaps together. */
  readonly missing: number;
  /** Bars missing in the longest gap. */
  readonly longestGap: number;
  /** Bars with volume 0: nothing fills in them. */
  readonly zeroVolume: number;
}

/**
 * Checks every bar. @throws SeatrialError `no_bars`, `bad_time`, `not_finite`, `price_not_positive`, `volume_negative`,
 * `high_below_low`, `price_outside_range`, `bars_not_sorted`, `duplicate_bar`, `wrong_timeframe`, `bar_unfinished`
 */
export function validateBars(bars: RawBars, options: ValidateOptions): ValidBars {
  const interval = timeframeMillis(options.timeframe);
  if (bars.length === 0) throw new SeatrialError({ code: "no_bars", reason: "there is no bar", place: { file: bars.file } });
  const zeroVolume = unitsOf(bars)?.zeroVolume ?? countZeros(bars);
  const uneven = firstOtherDistance(bars, 1, interval);
  // Bars that all stand side by side ascend as well.
  if (uneven < bars.length) assertAscending(bars);
  const gaps = countGaps(bars, interval, uneven, options);
  const last = bars.length - 1;
  const close = (bars.time[last] as number) + interval;
  if (options.now !== undefined && close > options.now) {
    const reason = `the bar closes at ${new Date(close).toISOString()}, after the present`;
    throw barError(bars, last, { code: "bar_unfinished", reason, hint: "leave the unfinished bar out" });
  }
  return { bars, timeframe: options.timeframe, ...gaps, zeroVolume };
}

/** Looks at every bar. @returns how many have no volume @throws SeatrialError for the first that is not sound */
function countZeros(bars: RawBars): number {
  let zeros = 0;
  const unsound = firstRow(bars.length, 0, (start, end) => {
    zeros += zerosIn(bars.volume, start, end);
    return unsoundIn(bars, start, end);
  });
  if (unsound < bars.length) throw flawOf(bars, unsound);
  return zeros;
}

/** Times strictly ascend. @throws SeatrialError `bars_not_sorted`, `duplicate_bar` */
export function assertAscending(bars: RawBars): void {
  const { time } = bars;
  const row = firstRow(time.length, 1, (start, end) => notAfterIn(time, start, end));
  if (row >= time.length) return;
  if (time[row] === time[row - 1])
    throw barError(bars, row, { code: "duplicate_bar", reason: "the same time as the row before", hint: "keep one of the two" });
  throw barError(bars, row, { code: "bars_not_sorted", reason: "the time is before that of the row before", hint: "sort the rows by time" });
}

function notAfterIn(time: Float64Array, start: number, end: number): number {
  let row = start;
  while (row < end && (time[row] as number) > (time[row - 1] as number)) row += 1;
  return row;
}

/** The timeframe of bars: the smallest distance of two neighbours. @throws SeatrialError `timeframe_unknown`, `bad_timeframe` */
export function inferTimeframe(bars: RawBars): Timeframe {
  const { time } = bars;
  let smallest = Infinity;
  let largest = 0;
  // From one change of the distance to the next: equal distances tell nothing new.
  for (let row = 1; row < time.length;) {
    const distance = (time[row] as number) - (time[row - 1] as number);
    if (!(distance > 0)) assertAscending(bars);
    smallest = Math.min(smallest, distance);
    largest = Math.max(largest, distance);
    row = firstOtherDistance(bars, row + 1, distance);
  }
  if (smallest >= 28 * day && largest <= 31 * day && largest > smallest) {
    throw new SeatrialError({
      code: "bad_timeframe",
      reason: "the bars are calendar months, which differ in length",
      hint: "a timeframe has one length: use bars of days or weeks",
      place: { file: bars.file },
    });
  }
  if (smallest < Infinity) return timeframeOfMillis(smallest);
  throw new SeatrialError({
    code: "timeframe_unknown",
    reason: "one bar does not tell its timeframe",
    hint: "name the timeframe",
    place: { file: bars.file },
  });
}

/** All conditions of a bar at once: NaN fails every comparison. */
export function unsoundIn({ time, open, high, low, close, volume }: RawColumns, start: number, end: number): number {
  for (let row = start; row < end; row += 1) {
    const first = open[row] as number;
    const top = high[row] as number;
    const bottom = low[row] as number;
    const last = close[row] as number;
    const traded = volume[row] as number;
    const sound = bottom > 0 && bottom <= first && bottom <= last && first <= top && last <= top && top < Infinity;
    if (!(sound && traded >= 0 && traded < Infinity && Number.isSafeInteger(time[row]))) return row;
  }
  return end;
}

export function zerosIn(volume: Float64Array, start: number, end: number): number {
  let zeros = 0;
  for (let row = start; row < end; row += 1) if (volume[row] === 0) zeros += 1;
  return zeros;
}

/** The first row from `from` on that is not `distance` after the row before; the number of rows when there is none. */
function firstOtherDistance(bars: RawBars, from: number, distance: number): number {
  const { time } = bars;
  if (unitsOf(bars)?.distance === distance) return time.length;
  return firstRow(time.length, from, (start, end) => otherDistanceIn(time, start, end, distance));
}

export function otherDistanceIn(time: Float64Array, start: number, end: number, distance: number): number {
  let row = start;
  while (row < end && (time[row] as number) - (time[row - 1] as number) === distance) row += 1;
  return row;
}

/** Names the first condition that an unsound bar breaks. */
function flawOf(bars: RawBars, row: number): SeatrialError {
  if (!Number.isSafeInteger(bars.time[row])) {
    return barError(bars, row, { code: "bad_time", reason: `the time ${bars.time[row] ?? NaN} is no whole millisecond` });
  }
  for (const name of columnNames) {
    const value = bars[name][row] as number;
    if (!Number.isFinite(value)) return barError(bars, row, { code: "not_finite", reason: `${name} is ${value}`, hint: "leave the row out" });
  }
  for (const name of ["open", "high", "low", "close"] as const) {
    const value = bars[name][row] as number;
    if (value <= 0) return barError(bars, row, { code: "price_not_positive", reason: `${name} is ${value}`, hint: "prices are above 0" });
  }
  const [high, low, volume] = [bars.high[row] as number, bars.low[row] as number, bars.volume[row] as number];
  if (volume < 0) return barError(bars, row, { code: "volume_negative", reason: `volume is ${volume}` });
  if (high < low) return barError(bars, row, { code: "high_below_low", reason: `high ${high} is below low ${low}` });
  const name = outside(bars.open[row] as number, low, high) ? "open" : "close";
  return barError(bars, row, { code: "price_outside_range", reason: `${name} ${bars[name][row] ?? NaN} is outside low ${low} to high ${high}` });
}

function outside(price: number, low: number, high: number): boolean {
  return price < low || price > high;
}

/** @param from the first row that is not one interval after the row before */
function countGaps(
  bars: RawBars,
  interval: number,
  from: number,
  { timeframe, part }: ValidateOptions,
): Pick<ValidBars, "gaps" | "missing" | "longestGap"> {
  let gaps = 0;
  let missing = 0;
  let longestGap = 0;
  const { time } = bars;
  for (let row = from; row < bars.length; row = firstOtherDistance(bars, row + 1, interval)) {
    const distance = (time[row] as number) - (time[row - 1] as number);
    if (distance % interval !== 0) {
      const reason = `${distance / 1_000} s after the row before; bars of ${timeframe} are ${interval / 1_000} s apart`;
      throw barError(bars, row, { code: "wrong_timeframe", reason, hint: "name the timeframe that the bars have" });
    }
    const length = distance / interval - 1;
    gaps += 1;
    missing += length;
    longestGap = Math.max(longestGap, length);
  }
  if (gaps === bars.length - 1 && bars.length > 2 && part !== true) {
    const reason = `no two bars are ${interval / 1_000} s apart, as bars of ${timeframe} are`;
    throw barError(bars, 1, { code: "wrong_timeframe", reason, hint: "name the timeframe that the bars have" });
  }
  return { gaps, missing, longestGap };
}
