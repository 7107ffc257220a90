// The rules of the quality check as one table: what each kind means, how bad it is, where it holds. A rule looks at one thing
// only and never changes a bar.

import { floorToTimeframe, timeframeMillis, timeframeOfMillis, type Millis, type Timeframe } from "../domain/index.ts";
import { columnNames, type RawColumns } from "./columns.ts";

/** `error`: Seatrial refuses such bars; `warning`: they are probably not what they seem; `note`: a fact of the market. */
export type Severity = "error" | "warning" | "note";

/** Bars to examine, with what is needed to name a place in their file. */
export interface QualityBars extends RawColumns {
  readonly firstLine: number | null;
  readonly firstRow: number;
  /** 1 for rows that could not be read: their numbers mean nothing and are passed over. @defaultValue none */
  readonly unread?: Uint8Array;
}

/** What a rule sees. */
export interface QualitySubject {
  readonly bars: QualityBars;
  /** Rows with a whole time, by time. */
  readonly order: Uint32Array;
  /** Length of a bar in ms: as declared, else as found; null when unknown. */
  readonly interval: number | null;
  /** The usual distance of two bars, ms. */
  readonly found: number | null;
  readonly declared: Timeframe | null;
  readonly named: Timeframe | null;
  readonly now: number | null;
  readonly jumpFactor: number;
}

interface Hit {
  /** Index into the columns; null for the file as a whole. */
  readonly row: number | null;
  readonly detail: string;
  /** @defaultValue the rule's */
  readonly severity?: Severity;
}

interface QualityRule {
  readonly kind: string;
  readonly severity: Severity;
  readonly find: (subject: QualitySubject) => Iterable<Hit>;
}

/** In the order in which they are told. */
export const qualityRules: readonly QualityRule[] = [
  { kind: "bad_time", severity: "error", find: badTimes },
  { kind: "not_finite", severity: "error", find: (subject) => eachRow(subject, notFinite) },
  { kind: "price_not_positive", severity: "error", find: (subject) => eachRow(subject, priceNotPositive) },
  { kind: "volume_negative", severity: "error", find: (subject) => eachRow(subject, volumeNegative) },
  { kind: "high_below_low", severity: "error", find: (subject) => eachRow(subject, highBelowLow) },
  { kind: "price_outside_range", severity: "error", find: (subject) => eachRow(subject, priceOutsideRange) },
  { kind: "unsorted", severity: "error", find: unsorted },
  { kind: "duplicate", severity: "error", find: duplicates },
  { kind: "wrong_timeframe", severity: "error", find: wrongTimeframe },
  { kind: "time_at_close", severity: "warning", find: timeAtClose },
  { kind: "unfinished_last_bar", severity: "warning", find: unfinishedLastBar },
  { kind: "jump", severity: "warning", find: jumps },
  { kind: "split", severity: "warning", find: splits },
  { kind: "gap", severity: "note", find: gaps },
  { kind: "zero_volume", severity: "note", find: (subject) => eachRow(subject, zeroVolume) },
];

// ---- one bar by itself --------------------------------------------------------------------------------------------

type RowRule = (bars: RawColumns, row: number) => string | null;

function* eachRow({ bars }: QualitySubject, rule: RowRule): Generator<Hit> {
  for (let row = 0; row < bars.time.length; row += 1) {
    if (bars.unread?.[row] === 1) continue;
    const detail = rule(bars, row);
    if (detail !== null) yield { row, detail };
  }
}

/** The rules that look at one bar by itself, in the order in which they are told. */
const rowRules: readonly (readonly [kind: string, rule: RowRule])[] = [
  ["not_finite", notFinite],
  ["price_not_positive", priceNotPositive],
  ["volume_negative", volumeNegative],
  ["high_below_low", highBelowLow],
  ["price_outside_range", priceOutsideRange],
];

/** Why a bar can be none, by itself; null: it can. @param bars columns that hold it, in any unit */
export function flawOfBar(bars: RawColumns, row: number): { readonly kind: string; readonly detail: string } | null {
  for (const [kind, rule] of rowRules) {
    const detail = rule(bars, row);
    if (detail !== null) return { kind, detail };
  }
  return null;
}

function* badTimes({ bars }: QualitySubject): Generator<Hit> {
  for (let row = 0; row < bars.time.length; row += 1) {
    const time = bars.time[row] as number;
    if (bars.unread?.[row] !== 1 && !Number.isSafeInteger(time)) yield { row, detail: `the time ${time} is no whole millisecond` };
  }
}

function notFinite(bars: RawColumns, row: number): string | null {
  for (const name of columnNames) {
    if (name !== "time" && !Number.isFinite(bars[name][row])) return `${name} is ${bars[name][row] ?? NaN}`;
  }
  return null;
}

function priceNotPositive(bars: RawColumns, row: number): string | null {
  for (const name of ["open", "high", "low", "close"] as const) {
    const price = bars[name][row] as number;
    if (price <= 0) return `${name} is ${price}`;
  }
  return null;
}

function volumeNegative(bars: RawColumns, row: number): string | null {
  const volume = bars.volume[row] as number;
  return volume < 0 ? `volume is ${volume}` : null;
}

function highBelowLow(bars: RawColumns, row: number): string | null {
  const [high, low] = [bars.high[row] as number, bars.low[row] as number];
  return high < low ? `high ${high} is below low ${low}` : null;
}

function priceOutsideRange(bars: RawColumns, row: number): string | null {
  const [high, low] = [bars.high[row] as number, bars.low[row] as number];
  if (!(low <= high)) return null;
  for (const name of ["open", "close"] as const) {
    const price = bars[name][row] as number;
    if (price < low || price > high) return `${name} ${price} is outside low ${low} to high ${high}`;
  }
  return null;
}

function zeroVolume(bars: RawColumns, row: number): string | null {
  return bars.volume[row] === 0 ? "nothing was traded" : null;
}

// ---- times --------------------------------------------------------------------------------------------------------

function* unsorted({ bars }: QualitySubject): Generator<Hit> {
  let latest = -Infinity;
  for (let row = 0; row < bars.time.length; row += 1) {
    const time = bars.time[row] as number;
    if (bars.unread?.[row] === 1 || !Number.isSafeInteger(time)) continue;
    if (time < latest) yield { row, detail: `before ${isoTime(latest)} of a row above` };
    else latest = time;
  }
}

function* duplicates({ bars, order }: QualitySubject): Generator<Hit> {
  let first = order[0] ?? 0;
  const hits: Hit[] = [];
  for (let at = 1; at < order.length; at += 1) {
    const row = order[at] as number;
    if (bars.time[row] !== bars.time[first]) {
      first = row;
      continue;
    }
    const same = columnNames.every((name) => Object.is(bars[name][row], bars[name][first]));
    hits.push({ row, detail: `the time of row ${bars.firstRow + first}, ${same ? "the same" : "another"} bar` });
  }
  // Told in the order of the file, as every other rule does.
  yield* hits.sort((a, b) => (a.row ?? 0) - (b.row ?? 0));
}

/** Neighbours in time with the distance between them; equal times are left out. */
function* neighbours({ bars, order }: QualitySubject): Generator<{ readonly before: number; readonly row: number; readonly distance: number }> {
  for (let at = 1; at < order.length; at += 1) {
    const [before, row] = [order[at - 1] as number, order[at] as number];
    const distance = (bars.time[row] as number) - (bars.time[before] as number);
    if (distance > 0) yield { before, row, distance };
  }
}

function* wrongTimeframe(subject: QualitySubject): Generator<Hit> {
  const { interval, found, declared, named, order } = subject;
  if (named !== null && declared === null && found !== null && timeframeMillis(named) !== found) {
    yield { row: null, severity: "warning", detail: `the name says ${named}, the bars are ${spanText(found)} apart` };
  }
  if (interval === null) {
    if (declared === null && order.length > 0) yield { row: order[0] ?? null, detail: "one bar does not tell its timeframe" };
    return;
  }
  let exact = 0;
  let distances = 0;
  for (const { row, distance } of neighbours(subject)) {
    distances += 1;
    if (distance === interval) exact += 1;
    if (distance % interval !== 0) yield { row, detail: `${spanText(distance)} after the bar before, no multiple of ${spanText(interval)}` };
  }
  if (exact === 0 && distances > 1) yield { row: null, detail: `no two bars are ${spanText(interval)} apart, most are ${spanText(found ?? 0)}` };
}

function* gaps(subject: QualitySubject): Generator<Hit> {
  const { interval } = subject;
  if (interval === null) return;
  for (const { row, distance } of neighbours(subject)) {
    if (distance <= interval || distance % interval !== 0) continue;
    const missing = distance / interval - 1;
    yield { row, detail: `${missing} bar${missing === 1 ? "" : "s"} missing before it` };
  }
}

function* unfinishedLastBar({ bars, order, interval, now }: QualitySubject): Generator<Hit> {
  const row = order[order.length - 1];
  if (row === undefined || interval === null || now === null) return;
  const close = (bars.time[row] as number) + interval;
  if (close > now) yield { row, detail: `closes at ${isoTime(close)}, after ${isoTime(now)}` };
}

/** How far before a border of the timeframe sources stamp the close, besides a millisecond: a second, a minute. */
const closeOffsets = [1_000, 60_000] as const;

/**
 * Only stamps beside a border tell: a stamp exactly on one may be an open or a close. The signs that leave no doubt are those for which
 * `readBars` refuses a file: a millisecond before a full second (Binance's closeTime), the last day of a month.
 */
function* timeAtClose({ bars, order, interval }: QualitySubject): Generator<Hit> {
  const times = Array.from(order, (row) => bars.time[row] as number);
  const several = times.length > 2;
  if (times.length > 0 && times.every((time) => time % 1_000 === 999)) {
    for (const row of order) yield { row, severity: "error", detail: "a millisecond before a full second" };
  } else if (several && times.every(isMonthEnd)) {
    for (const row of order) yield { row, severity: "error", detail: "the last day of a month" };
  } else if (several && interval !== null) {
    const offset = closeOffsets.find((before) => before * 30 <= interval && times.every((time) => isBorder(time + before, interval)));
    if (offset === undefined) return;
    for (const row of order) yield { row, detail: `${spanText(offset)} before a border of ${spanText(interval)}` };
  }
}

function isBorder(time: number, interval: number): boolean {
  return floorToTimeframe(time as Millis, interval) === time;
}

function isMonthEnd(time: number): boolean {
  return time % 86_400_000 === 0 && new Date(time + 86_400_000).getUTCDate() === 1;
}

// ---- prices -------------------------------------------------------------------------------------------------------

/**
 * A move is how far a bar's farthest price is from the close before, as a share: max(high ÷ close, close ÷ low) − 1. The yardstick is
 * the median of the moves that are not 0. Only bars without a gap between them are compared.
 */
function* jumps(subject: QualitySubject): Generator<Hit> {
  const { bars, interval, jumpFactor } = subject;
  const moves: number[] = [];
  const pairs: (readonly [before: number, row: number])[] = [];
  for (const { before, row, distance } of neighbours(subject)) {
    const move = moveOf(bars, before, row);
    if (distance !== interval || !(move > 0)) continue;
    moves.push(move);
    pairs.push([before, row]);
  }
  if (moves.length < 2) return;
  const median = medianOf(moves);
  for (const [at, move] of moves.entries()) {
    const pair = pairs[at];
    if (move > median * jumpFactor && pair !== undefined) yield { row: pair[1], detail: jumpText(bars, ...pair, move / median) };
  }
}

/** How far from a whole number the ratio of a split may be: the market moves overnight as well. */
const splitTolerance = 0.03;

/** Opens that are a whole multiple or fraction of the close before, as after a split or a redenomination; also behind a gap. */
function* splits(subject: QualitySubject): Generator<Hit> {
  const { bars } = subject;
  for (const { before, row } of neighbours(subject)) {
    const [close, open] = [bars.close[before] as number, bars.open[row] as number];
    const ratio = Math.max(close / open, open / close);
    const whole = Math.round(ratio);
    if (!(whole >= 2 && ratio < Infinity && Math.abs(ratio / whole - 1) <= splitTolerance)) continue;
    const how = close > open ? `1 to ${whole}` : `${whole} to 1`;
    yield { row, detail: `open ${open} after a close of ${close}, as after a split of ${how}` };
  }
}

/** NaN where a price is not one: such bars have findings of their own. */
function moveOf(bars: QualityBars, before: number, row: number): number {
  const [close, high, low] = [bars.close[before] as number, bars.high[row] as number, bars.low[row] as number];
  if (!(close > 0 && low > 0 && high >= low && high < Infinity && close < Infinity)) return Number.NaN;
  return Math.max(high / close, close / low) - 1;
}

function jumpText(bars: QualityBars, before: number, row: number, times: number): string {
  const [close, high, low] = [bars.close[before] as number, bars.high[row] as number, bars.low[row] as number];
  const price = high / close >= close / low ? `high ${high}` : `low ${low}`;
  return `${price} after a close of ${close}, ${times.toFixed(0)} × the median move`;
}

function medianOf(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[sorted.length >>> 1] as number;
}

// ---- words --------------------------------------------------------------------------------------------------------

/** As timeframes are written where that is possible: 5m, 29d. */
function spanText(millis: number): string {
  return millis >= 1_000 && millis % 1_000 === 0 ? timeframeOfMillis(millis) : `${millis} ms`;
}

function isoTime(time: number): string {
  return Math.abs(time) <= 8.64e15 ? new Date(time).toISOString() : `${time} ms`;
}
