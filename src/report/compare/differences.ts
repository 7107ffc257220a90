// What differs between two plain values, two sets of figures, two equity curves. It must never judge which is better.

import { parseDecimal, printDecimal, subtractDecimals } from "../../domain/index.ts";
import { figureDefinitions } from "../metrics/definitions.ts";
import type { FigureValue } from "../metrics/figure.ts";
import type { RunMetricsObject } from "../metrics/run-metrics.ts";
import type { EquityColumns } from "../metrics/returns.ts";

/** A place whose values differ; absent is null. */
export interface ValueDifference {
  /** "fill.volumeCap". */
  readonly path: string;
  readonly a: unknown;
  readonly b: unknown;
}

/** Places that differ, in the order of the keys; a list differs as far as it goes. */
export function valueDifferences(a: unknown, b: unknown, path = ""): ValueDifference[] {
  if (isPlain(a) && isPlain(b)) {
    const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
    return keys.flatMap((key) => valueDifferences(a[key], b[key], path === "" ? key : `${path}.${key}`));
  }
  return JSON.stringify(a) === JSON.stringify(b) ? [] : [{ path, a: a ?? null, b: b ?? null }];
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

export interface MetricDelta {
  readonly figure: string;
  readonly a: FigureValue | null;
  readonly b: FigureValue | null;
  /** b − a, exact for money; null where one of them is no number. */
  readonly delta: number | string | null;
}

/** Figures that differ, in the order of their definitions. */
export function metricDeltas(a: RunMetricsObject, b: RunMetricsObject): MetricDelta[] {
  return Object.keys(a.metrics).flatMap((figure) => {
    const [left, right] = [a.metrics[figure] ?? null, b.metrics[figure] ?? null];
    return JSON.stringify(left) === JSON.stringify(right) ? [] : [{ figure, a: left, b: right, delta: deltaOf(figure, left, right) }];
  });
}

function deltaOf(figure: string, a: FigureValue | null, b: FigureValue | null): number | string | null {
  if (typeof a === "number" && typeof b === "number") return b - a;
  const money = figureDefinitions.get(figure)?.unit === "money" && typeof a === "string" && typeof b === "string";
  return money ? printDecimal(subtractDecimals(parseDecimal(b), parseDecimal(a))) : null;
}

/** b − a at the marks that both have. Times epoch ms. */
export interface EquityParting {
  /** Marks that both have. */
  readonly marks: number;
  readonly differing: number;
  /** Of the first that differs; null where none does. */
  readonly firstTime: number | null;
  /** The largest distance and its time; 0 and null where none differs. */
  readonly largest: number;
  readonly largestTime: number | null;
  /** At the last mark that both have; null without one. */
  readonly last: number | null;
}

export function equityParting(a: EquityColumns, b: EquityColumns): EquityParting {
  let [left, right, marks, differing, largest] = [0, 0, 0, 0, 0];
  let [firstTime, largestTime, last]: (number | null)[] = [null, null, null];
  while (left < a.time.length && right < b.time.length) {
    const [time, other] = [a.time[left] as number, b.time[right] as number];
    if (time === other) {
      const difference = (b.value[right] as number) - (a.value[left] as number);
      marks += 1;
      last = difference;
      if (difference !== 0) {
        differing += 1;
        firstTime ??= time;
        if (Math.abs(difference) > Math.abs(largest)) [largest, largestTime] = [difference, time];
      }
    }
    if (time <= other) left += 1;
    if (other <= time) right += 1;
  }
  return { marks, differing, firstTime: firstTime ?? null, largest, largestTime: largestTime ?? null, last: last ?? null };
}
