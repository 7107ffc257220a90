// What is wrong or odd in a series of bars, all of it at once: `validateBars` stops at the first flaw, this counts every one.
// Works on columns that no reader has vouched for. Repairs nothing and never throws for what the bars hold.

import { timeframeMillis, timeframeOfMillis, type Timeframe } from "../domain/index.ts";
import { qualityRules, type QualityBars, type QualitySubject, type Severity } from "./quality-rules.ts";

/** One place of a finding. */
export interface FindingPlace {
  /** 0-based row in the file; null where the finding is about the file as a whole. */
  readonly row: number | null;
  /** 1-based line of a text file of one bar a line; else null. */
  readonly line: number | null;
  /** Open time as it stands in the file, epoch ms; null where there is none. */
  readonly time: number | null;
  readonly detail: string;
}

/** All findings of one kind. */
export interface Finding {
  readonly kind: string;
  /** That of its worst place. */
  readonly severity: Severity;
  readonly count: number;
  /** The first ones, in the order of the file. */
  readonly places: readonly FindingPlace[];
}

export interface QualityOptions {
  /** Timeframe that the bars are said to have. @defaultValue the usual distance of two bars */
  readonly timeframe?: Timeframe;
  /** Timeframe that the file's name claims: weaker than `timeframe`, and only compared. @defaultValue none */
  readonly namedTimeframe?: Timeframe;
  /** Instant at which the bars were finished at the latest, epoch ms: a last bar that closes later is unfinished. @defaultValue no check */
  readonly now?: number;
  /** A jump is a move beyond so many times the median move. @defaultValue 50 */
  readonly jumpFactor?: number;
  /** Places kept of each kind. @defaultValue 3 */
  readonly placesMax?: number;
}

export interface Quality {
  readonly rows: number;
  /** Earliest open time, epoch ms; null when no row has one. */
  readonly from: number | null;
  /** Close time of the latest bar; its open time where the timeframe is not known. */
  readonly to: number | null;
  /** Null when it cannot be told. */
  readonly timeframe: Timeframe | null;
  /** In the order of the rules: errors, warnings, notes. Kinds without a finding are absent. */
  readonly findings: readonly Finding[];
}

const jumpFactorDefault = 50;
const placesMaxDefault = 3;
/** Distances that are tried as the timeframe, the most frequent first. */
const candidatesMax = 16;
const severities: readonly Severity[] = ["note", "warning", "error"];

/** Examines every bar by every rule. @throws SeatrialError `bad_timeframe` for an option that is none */
export function checkBars(bars: QualityBars, options: QualityOptions = {}): Quality {
  const order = timeOrder(bars);
  const found = usualDistance(bars.time, order);
  const declared = options.timeframe === undefined ? null : timeframeMillis(options.timeframe);
  const interval = declared ?? found;
  const subject: QualitySubject = {
    bars,
    order,
    interval,
    found,
    declared: options.timeframe ?? null,
    named: options.namedTimeframe ?? null,
    now: options.now ?? null,
    jumpFactor: options.jumpFactor ?? jumpFactorDefault,
  };
  const findings = qualityRules.flatMap((rule) => {
    const finding = gather(rule.kind, rule.severity, rule.find(subject), bars, options.placesMax ?? placesMaxDefault);
    return finding === null ? [] : [finding];
  });
  const [first, last] = [order[0], order[order.length - 1]];
  const from = first === undefined ? null : (bars.time[first] as number);
  const latest = last === undefined ? null : (bars.time[last] as number);
  const to = latest === null ? null : latest + (interval ?? 0);
  return { rows: bars.time.length, from, to, timeframe: options.timeframe ?? nameOf(found), findings };
}

/** Name of a distance in ms; null for one that is no timeframe. */
export function nameOf(distance: number | null): Timeframe | null {
  return distance === null || distance < 1_000 || distance % 1_000 !== 0 ? null : timeframeOfMillis(distance);
}

function gather(
  kind: string,
  severity: Severity,
  hits: Iterable<{ readonly row: number | null; readonly detail: string; readonly severity?: Severity }>,
  bars: QualityBars,
  placesMax: number,
): Finding | null {
  const places: FindingPlace[] = [];
  let count = 0;
  let worst = 0;
  for (const hit of hits) {
    count += 1;
    worst = Math.max(worst, severities.indexOf(hit.severity ?? severity));
    if (places.length < placesMax) places.push(placeOf(bars, hit.row, hit.detail));
  }
  return count === 0 ? null : { kind, severity: severities[worst] as Severity, count, places };
}

function placeOf(bars: QualityBars, row: number | null, detail: string): FindingPlace {
  if (row === null) return { row, line: null, time: null, detail };
  const time = bars.time[row] as number;
  const line = bars.firstLine === null ? null : bars.firstLine + bars.firstRow + row;
  return { row: bars.firstRow + row, line, time: Number.isFinite(time) ? time : null, detail };
}

/** Rows that can be read and have a whole time, by time; equal times in the order of the file. */
function timeOrder(bars: QualityBars): Uint32Array {
  const { time, unread } = bars;
  const rows = new Uint32Array(time.length);
  let count = 0;
  let ascending = true;
  let before = -Infinity;
  for (let row = 0; row < time.length; row += 1) {
    const here = time[row] as number;
    if (unread?.[row] === 1 || !Number.isSafeInteger(here)) continue;
    if (here < before) ascending = false;
    before = here;
    rows[count] = row;
    count += 1;
  }
  const order = rows.subarray(0, count);
  if (!ascending) order.sort((a, b) => (time[a] as number) - (time[b] as number) || a - b);
  return order;
}

/**
 * The most frequent distance of two neighbours in time of which at least half of all distances are multiples, the shortest of equally
 * frequent ones; where there is none the shortest of all: a sparse series has no usual distance. Null below two bars.
 */
function usualDistance(time: Float64Array, order: Uint32Array): number | null {
  const counts = new Map<number, number>();
  let total = 0;
  for (let at = 1; at < order.length; at += 1) {
    const distance = (time[order[at] as number] as number) - (time[order[at - 1] as number] as number);
    if (distance <= 0) continue;
    counts.set(distance, (counts.get(distance) ?? 0) + 1);
    total += 1;
  }
  const byCount = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  for (const [candidate] of byCount.slice(0, candidatesMax)) {
    let fitting = 0;
    for (const [distance, count] of byCount) if (distance % candidate === 0) fitting += count;
    if (fitting * 2 >= total) return candidate;
  }
  return byCount.length === 0 ? null : byCount.reduce((least, [distance]) => Math.min(least, distance), Infinity);
}
