// Two workers against one over the same columns in shared memory: what a sweep gains from a second core. Prints nothing; returns
// figures.

import { once } from "node:events";
import { performance } from "node:perf_hooks";
import { Worker } from "node:worker_threads";

import { SeatrialError, type BarColumns, type BarSeries } from "../domain/index.ts";
import { ownModule } from "../session/own-files.ts";
import { benchBars } from "./generator.ts";
import type { BenchSettings, WorkloadName } from "./measure.ts";
import { median, rounded, roundRatios, Share } from "./rounds.ts";
import type { ScalingWork } from "./scaling-worker.ts";

/** Times are medians of rounds in ms; `speedup` is one worker's time ÷ that of both for the same runs, the median of rounds. */
export interface ScalingFigures {
  readonly name: ScalingName;
  readonly bars: number;
  readonly workers: number;
  /** Runs of a round. */
  readonly runs: number;
  readonly oneWorkerMs: number;
  readonly workersMs: number;
  readonly speedup: number;
  /** The speedup of each round. */
  readonly ratios: readonly number[];
  /** How much of the time the processors were ours. */
  readonly cpuShare: number;
}

export const scalingNames = ["sweep-W1", "sweep-W2"] as const;
export type ScalingName = (typeof scalingNames)[number];

const workload: Readonly<Record<ScalingName, WorkloadName>> = { "sweep-W1": "W1", "sweep-W2": "W2" };
const workerCount = 2;
/** Runs of a round: a whole number for each worker. */
const runs = 8;
/** Runs of each worker until V8 has compiled the last of ours. */
const warmRuns = 12;
const roundsMax = 9;

/** @throws SeatrialError `bench_wrong_result` when the workers do not agree */
export async function measureScaling(name: ScalingName, { bars, rounds = roundsMax }: BenchSettings): Promise<ScalingFigures> {
  const series = benchBars(bars);
  const work: ScalingWork = { workload: workload[name], meta: metaOf(series), columns: sharedColumns(series) };
  const url = ownModule("bench/scaling-worker");
  const workers = Array.from({ length: workerCount }, () => new Worker(url, { workerData: work }));
  try {
    const [first] = workers as [Worker];
    await timeOf(workers, warmRuns);
    const share = new Share();
    const alone: number[] = [];
    const together: number[] = [];
    for (let round = 0; round < Math.min(rounds, roundsMax); round += 1) {
      alone.push(await timeOf([first], runs));
      together.push(await timeOf(workers, runs / workerCount));
    }
    const wanted = [...alone, ...together.map((ms) => ms * workerCount)].reduce((sum, ms) => sum + ms, 0);
    const cpuShare = share.sofar(wanted);
    const ratios = roundRatios(alone, together);
    const [oneWorkerMs, workersMs] = [rounded(median(alone), 1), rounded(median(together), 1)];
    return { name, bars, workers: workerCount, runs, oneWorkerMs, workersMs, speedup: median(ratios), ratios, cpuShare };
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/** Milliseconds until each worker has made its runs. */
async function timeOf(workers: readonly Worker[], each: number): Promise<number> {
  const start = performance.now();
  const answers = await Promise.all(
    workers.map(async (worker) => {
      const answer = once(worker, "message");
      worker.postMessage(each);
      return (await answer)[0] as number;
    }),
  );
  const ms = performance.now() - start;
  if (answers.every((equity) => equity === answers[0])) return ms;
  throw new SeatrialError({ code: "bench_wrong_result", exitCode: 2, reason: `equal runs end with ${answers.join(" and ")} in two workers` });
}

function metaOf({ symbol, timeframe, interval, priceScale, quantityScale }: BarSeries): ScalingWork["meta"] {
  return { symbol, timeframe, interval, priceScale, quantityScale };
}

function sharedColumns(series: BarSeries): BarColumns {
  const shared = (column: Float64Array): Float64Array => {
    const copy = new Float64Array(new SharedArrayBuffer(column.byteLength));
    copy.set(column);
    return copy;
  };
  const { time, open, high, low, close, volume } = series;
  return { time: shared(time), open: shared(open), high: shared(high), low: shared(low), close: shared(close), volume: shared(volume) };
}
