// The bench: each measurement in a process of its own, so that one's warm code and garbage are not another's.

import { fork } from "node:child_process";
import { cpus } from "node:os";

import { nearestKey, SeatrialError } from "../domain/index.ts";
import { seriesDigest } from "../market/index.ts";
import { createSha256 } from "../session/index.ts";
import { ownModule, threadFlags } from "../session/own-files.ts";
import type { Comparison } from "./compare.ts";
import { benchBars } from "./generator.ts";
import type { BenchSettings } from "./measure.ts";
import { measurements, type BenchFigures, type Measurement } from "./measurements.ts";

/** Of the report: another number is another meaning of its figures. */
export const benchFormat = 1;

/** Which bars were measured: figures of others are not comparable. */
export interface BenchSeries {
  readonly count: number;
  readonly digest: string;
}

export interface BenchReport extends BenchFigures {
  readonly format: number;
  readonly machine: { readonly cpu: string; readonly cores: number; readonly node: string; readonly platform: string };
  readonly series: BenchSeries;
  /** Only where there was a baseline. */
  readonly comparison?: Comparison;
}

/** Answer of a measurement's process. */
export type MeasurementMessage =
  | { readonly figures: BenchFigures[keyof BenchFigures][number] }
  | { readonly error: { readonly code: string; readonly reason: string } };

/** The measurements of these names, in their own order; all when there is none. @throws SeatrialError `unknown_workload` */
export function chosenMeasurements(names: readonly string[]): readonly Measurement[] {
  const known = measurements.map(({ name }) => name);
  for (const name of names) {
    if (known.includes(name)) continue;
    const near = nearestKey(name, known);
    throw new SeatrialError({
      code: "unknown_workload",
      reason: `the bench does not measure "${name}"`,
      hint: near === null ? `it measures ${known.join(", ")}` : `did you mean "${near}"?`,
    });
  }
  return names.length === 0 ? measurements : measurements.filter(({ name }) => names.includes(name));
}

export function benchSeries(bars: number): BenchSeries {
  return { count: bars, digest: seriesDigest(benchBars(bars), createSha256) };
}

/** @throws SeatrialError, exit code 2: `bench_wrong_result`, `bench_died` and whatever broke a measurement */
export async function runBench(
  settings: BenchSettings,
  series: BenchSeries,
  chosen: readonly Measurement[],
  onStart: (name: string) => void,
): Promise<BenchReport> {
  const figures = { workloads: [], envelopes: [], edges: [], scaling: [] } as Record<keyof BenchFigures, unknown[]>;
  for (const { key, name } of chosen) {
    onStart(name);
    figures[key].push(await inOwnProcess(name, settings));
  }
  const processors = cpus();
  return {
    format: benchFormat,
    machine: {
      cpu: processors[0]?.model.trim() ?? "unknown",
      cores: processors.length,
      node: process.version,
      platform: `${process.platform}-${process.arch}`,
    },
    series,
    ...(figures as unknown as BenchFigures),
  };
}

function inOwnProcess(name: string, settings: BenchSettings): Promise<unknown> {
  const child = fork(ownModule("bench/worker"), [name, JSON.stringify(settings)], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    execArgv: threadFlags(),
  });
  return new Promise((resolve, reject) => {
    child.once("message", (message: MeasurementMessage) => {
      if ("figures" in message) resolve(message.figures);
      else reject(new SeatrialError({ ...message.error, exitCode: 2 }));
    });
    child.once("error", reject);
    child.once("exit", (code) => {
      reject(
        new SeatrialError({
          code: "bench_died",
          reason: `the process of ${name} ended with code ${code ?? "none"} before it had figures`,
          exitCode: 2,
        }),
      );
    });
  });
}
