// The sweep command from flags to exit code: loads, runs, prints, and on Ctrl-C ends the threads and says how to go on.

import type { EventEmitter } from "node:events";
import { availableParallelism } from "node:os";
import { join } from "node:path";

import { nearestKey, ExitCode, SeatrialError } from "../domain/index.ts";
import { oneLine } from "../report/outcome.ts";
import { paintOf } from "../report/terminal/paint.ts";
import { progressOn } from "../report/terminal/progress.ts";
import { assertWritable } from "../report/output-folder.ts";
import { folderName } from "../report/run-folder.ts";
import {
  loadSweep,
  metricNames,
  runSweep,
  summaryOf,
  summaryText,
  sweepJsonSchema,
  writeResults,
  type Objective,
  type Sweep,
  type SweepResults,
} from "../sweep/index.ts";
import type { Io } from "./io.ts";
import { traitsOf } from "./io.ts";
import { ownVersion } from "./version.ts";

export interface SweepFlags {
  readonly json?: true;
  readonly quiet?: true;
  readonly list?: true;
  readonly schema?: true;
  readonly restart?: true;
  readonly jobs: number | "auto";
  readonly limit?: number;
  readonly out: string;
  readonly objective?: Pick<Objective, "metric" | "goal">;
  readonly constraint: Objective["constraints"];
}

const interruptions = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** @param signals where SIGINT and its like are heard @returns the exit code: 130 when it was interrupted, 2 when no trial came to its end */
export async function sweepCommand(file: string | undefined, flags: SweepFlags, io: Io, signals: EventEmitter): Promise<ExitCode> {
  if (flags.schema === true) {
    io.stdout.write(`${JSON.stringify(sweepJsonSchema(), null, 2)}\n`);
    return ExitCode.ok;
  }
  if (file === undefined) throw new SeatrialError({ code: "bad_arguments", reason: "missing required argument 'file'", hint: "name a sweep file" });
  for (const { metric } of [...flags.constraint, ...(flags.objective === undefined ? [] : [flags.objective])]) checkMetric(metric);
  const { objective, constraint: constraints } = flags;
  const sweep = await loadSweep(file, io.env, { objective, constraints, version: ownVersion() });
  if (flags.list === true) {
    io.stdout.write(`${JSON.stringify([...sweep.list.jobs, ...sweep.list.open])}\n`);
    return ExitCode.ok;
  }
  await assertWritable(flags.out);
  const folder = join(flags.out, folderName(sweep.name));
  return interruptibly(signals, async (signal) => {
    const found = await run(sweep, folder, flags, io, signal);
    // A Ctrl-C while results are written waits for them: that takes a moment, and leaves nothing half-written.
    if (!found.interrupted) return finish(sweep, found, folder, flags, io);
    io.stderr.write(`interrupted: ${found.results.size} of ${found.total} trials are kept in ${folder}; the same command goes on from there\n`);
    return ExitCode.interrupted;
  });
}

async function finish(sweep: Sweep, { results, total }: SweepResults, folder: string, flags: SweepFlags, io: Io): Promise<ExitCode> {
  const summary = summaryOf(sweep, results);
  const page = await writeResults(folder, sweep, results, summary);
  if (flags.json === true) io.stdout.write(`${JSON.stringify(summary)}\n`);
  if (flags.quiet !== true) {
    const stream = flags.json === true ? io.stderr : io.stdout;
    const { width, colours } = traitsOf(stream);
    const left = total - results.size;
    stream.write(summaryText(summary, { width, paint: paintOf(colours) }));
    stream.write(`${left === 0 ? "" : `${left} trials are left: the same command goes on\n`}results: ${page}\n`);
  }
  const { finished, done } = summary.trials;
  if (done === 0 || finished > 0) return ExitCode.ok;
  const [first] = summary.errors;
  io.stderr.write(`seatrial: no trial came to its end${first === undefined ? "" : `: ${first.code}: ${first.reason}`}\n`);
  return ExitCode.run;
}

/** @returns what the work returns, or 130 when it was interrupted */
async function interruptibly(signals: EventEmitter, work: (signal: AbortSignal) => Promise<ExitCode>): Promise<ExitCode> {
  const ending = new AbortController();
  const deafen = (): void => {
    for (const signal of interruptions) signals.off(signal, interrupt);
  };
  const interrupt = (): void => {
    ending.abort();
    // An impatient second Ctrl-C has its usual effect: the process dies at once.
    deafen();
  };
  for (const signal of interruptions) signals.on(signal, interrupt);
  try {
    const code = await work(ending.signal);
    return ending.signal.aborted ? ExitCode.interrupted : code;
  } finally {
    deafen();
  }
}

async function run(sweep: Sweep, folder: string, flags: SweepFlags, io: Io, signal: AbortSignal): Promise<SweepResults> {
  const progress = progressOn(flags.quiet === true ? { write: () => true } : io.stderr, Date.now);
  const started = performance.now();
  const limit = flags.limit ?? null;
  try {
    return await runSweep(sweep, {
      folder,
      threads: flags.jobs === "auto" ? availableParallelism() : flags.jobs,
      limit,
      restart: flags.restart === true,
      signal,
      onBroken: (error) => {
        progress.clear();
        io.stderr.write(`a thread broke between two trials, its results stand: ${oneLine(error.message)}\n`);
      },
      onProgress: (done, total, here) => {
        const left = Math.min(total - done, (limit ?? Infinity) - here);
        progress.update(progressLabel({ done, total, here, left }, performance.now() - started), done, total);
      },
    });
  } finally {
    progress.clear();
  }
}

interface ProgressCounts {
  readonly done: number;
  readonly total: number;
  /** Trials of this call that are done, and that are left. */
  readonly here: number;
  readonly left: number;
}

/** "12 of 96 trials, 3.4/s, 25 s left". @param elapsed ms of this call */
export function progressLabel({ done, total, here, left }: ProgressCounts, elapsed: number): string {
  const label = `${done} of ${total} trials`;
  if (here === 0 || elapsed <= 0) return label;
  const rate = (here * 1_000) / elapsed;
  const seconds = Math.ceil(left / rate);
  const time = seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
  return `${label}, ${rate < 10 ? rate.toPrecision(2) : Math.round(rate)}/s, ${time} left`;
}

function checkMetric(metric: string): void {
  if (metricNames.includes(metric)) return;
  const near = nearestKey(metric, metricNames);
  throw new SeatrialError({
    code: "unknown_metric",
    reason: `there is no metric "${metric}"`,
    hint: near === null ? `known: ${metricNames.join(", ")}` : `did you mean "${near}"?`,
  });
}
