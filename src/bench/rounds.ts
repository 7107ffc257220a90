// What the measurements share: medians, ratios of what was measured side by side, prices as the programs by hand take them. Nothing
// here measures.

import { performance } from "node:perf_hooks";

import type { BarSeries } from "../domain/index.ts";
import type { FloatColumns } from "./limits.ts";

/** What a piece of work took, in ms. */
export interface Spent {
  /** On the clock. */
  readonly ms: number;
  /** Of the processor: what other programs take of the machine in the meantime is not in it. */
  readonly cpuMs: number;
}

/** The processor's time of a thread is counted in steps of 16 ms on Windows: there the clock has to do. */
const countsThreads = process.platform !== "win32";

/** @param work is done by this thread, and at once */
export function spentOn(work: () => void): Spent {
  const before = process.threadCpuUsage();
  const start = performance.now();
  work();
  const ms = performance.now() - start;
  const { user, system } = process.threadCpuUsage(before);
  return { ms, cpuMs: countsThreads ? (user + system) / 1_000 : ms };
}

/** @param work may be done by any thread of this process, which does nothing else */
export async function spentWaiting(work: () => Promise<void>): Promise<Spent> {
  const before = process.cpuUsage();
  const start = performance.now();
  await work();
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  return { ms, cpuMs: countsThreads ? (user + system) / 1_000 : ms };
}

/** The least of several calls: neither side shall pay for the other's garbage, or for a burst of other work. */
export function fastest(calls: readonly Spent[]): Spent {
  return { ms: Math.min(...calls.map(({ ms }) => ms)), cpuMs: Math.min(...calls.map(({ cpuMs }) => cpuMs)) };
}

/** Processor time of the limit ÷ ours, a round each, to four digits. */
export function cpuRatios(limits: readonly Spent[], ours: readonly Spent[]): number[] {
  return roundRatios(
    limits.map(({ cpuMs }) => cpuMs),
    ours.map(({ cpuMs }) => cpuMs),
  );
}

export function medianMs(rounds: readonly Spent[]): number {
  return median(rounds.map(({ ms }) => ms));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] as number;
}

/** Of two times of the same round each, the first ÷ the second, to four digits. */
export function roundRatios(over: readonly number[], under: readonly number[]): number[] {
  return over.map((time, round) => Number((time / (under[round] as number)).toPrecision(4)));
}

export function rounded(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}

export function floatColumns(series: BarSeries): FloatColumns {
  const float = (column: Float64Array): Float64Array => column.map((units) => units / series.pricePower);
  return { open: float(series.open), high: float(series.high), low: float(series.low), close: float(series.close) };
}
