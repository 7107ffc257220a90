// What the measurements share: medians, ratios of what was measured side by side, prices as the programs by hand take them. Nothing
// here measures.

import { performance } from "node:perf_hooks";

import type { BarSeries } from "../domain/index.ts";
import type { FloatColumns } from "./limits.ts";

/**
 * How much of the time the processor was ours while rounds were measured: 1 on an idle machine, less where other programs took it. Over
 * seconds only: the processor's time is counted in steps of some milliseconds.
 */
export class Share {
  private readonly start = performance.now();
  private readonly cpu = process.cpuUsage();

  /** @param threadMs how long threads of ours wanted a processor @defaultValue since the start, one did */
  sofar(threadMs: number = performance.now() - this.start): number {
    const { user, system } = process.cpuUsage(this.cpu);
    return rounded(Math.min(1, (user + system) / 1_000 / threadMs), 2);
  }
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
