// Runs what is left of a sweep: trials that its log does not have, then the tests of the best. It may be ended at any moment and
// called again; the results are the same as if nothing had happened.

import { join } from "node:path";

import type { Cell, Job, OpenJob } from "./jobs.ts";
import type { Sweep } from "./load.ts";
import { openLog, type ResultLog } from "./log.ts";
import { bestOf, scoreOf } from "./objective.ts";
import { openPool, type TrialPool } from "./pool.ts";
import { failedTrial, type TrialResult } from "./trial.ts";

export interface RunOptions {
  /** The sweep's own folder. */
  readonly folder: string;
  readonly threads: number;
  /** Most trials of this call; null: all that are left. */
  readonly limit: number | null;
  /** Drops results that are there. */
  readonly restart: boolean;
  /** Ends the call: what is done is kept. */
  readonly signal: AbortSignal;
  /** Told of a thread that broke between two trials. */
  readonly onBroken?: (error: Error) => void;
  /** @param done trials of `total`, `here` of them in this call */
  readonly onProgress?: (done: number, total: number, here: number) => void;
}

/** What is known of a sweep. */
export interface SweepResults {
  /** By trial. */
  readonly results: ReadonlyMap<number, TrialResult>;
  readonly total: number;
  /** Trials that ran in this call. */
  readonly ran: number;
  readonly interrupted: boolean;
}

/** Name of the log in a sweep's folder. */
export const logName = "trials.ndjson";

/** @throws SeatrialError of `openLog`; a trial that fails is a row */
export async function runSweep(sweep: Sweep, options: RunOptions): Promise<SweepResults> {
  const { jobs, open, cells } = sweep.list;
  const total = jobs.length + open.length;
  const head = { format: 1, sweep: sweep.name, hash: sweep.hash, trials: total } as const;
  const log = await openLog(join(options.folder, logName), head, options.restart);
  const stage = new Stage(sweep, options, log, total);
  try {
    await stage.run(jobs);
    if (stage.has(jobs)) await stage.run(testsOf(sweep, cells, stage.results));
  } finally {
    await stage.close();
  }
  return { results: stage.results, total, ran: stage.ran, interrupted: options.signal.aborted };
}

/** A test's job, or its row where no trial of its cell may be chosen. */
type Test = { readonly job: Job; readonly row: null } | { readonly job: Job; readonly row: TrialResult };

function testsOf(sweep: Sweep, cells: readonly Cell[], results: ReadonlyMap<number, TrialResult>): Test[] {
  return cells.flatMap((cell) => (cell.test === null ? [] : testOf(sweep, cell.test, results)));
}

function testOf({ objective }: Sweep, { bestOf: of, ...open }: OpenJob, results: ReadonlyMap<number, TrialResult>): Test {
  const chosen = chosenTrial(objective, of, results);
  if (chosen !== null) return { job: { ...open, parameters: (results.get(chosen) as TrialResult).parameters }, row: null };
  const job = { ...open, parameters: {} };
  const row: TrialResult = { ...failedTrial(job, null), error: { code: "nothing_to_test", reason: "no trial of its train window may be chosen" } };
  return { job, row };
}

/** The best trial of a range, the first of equal ones; null where none has a score. */
export function chosenTrial(
  objective: Sweep["objective"],
  { from, to }: OpenJob["bestOf"],
  results: ReadonlyMap<number, TrialResult>,
): number | null {
  const scores = Array.from({ length: to - from }, (_, at) => scoreOf(objective, results.get(from + at) as TrialResult).score);
  const best = bestOf(scores);
  return best === null ? null : from + best;
}

/** The trials of one call, over a pool that is opened when there is something to run. */
class Stage {
  declare readonly results: Map<number, TrialResult>;
  ran = 0;
  declare private readonly sweep: Sweep;
  declare private readonly options: RunOptions;
  declare private readonly log: ResultLog;
  declare private readonly total: number;
  private pool: TrialPool | null = null;
  private failure: Error | null = null;

  constructor(sweep: Sweep, options: RunOptions, log: ResultLog, total: number) {
    this.sweep = sweep;
    this.options = options;
    this.log = log;
    this.total = total;
    this.results = new Map(log.done);
  }

  has(jobs: readonly Job[]): boolean {
    return jobs.every(({ trial }) => this.results.has(trial));
  }

  /** Runs jobs that have no result yet, in their order, as many side by side as there are threads. */
  async run(work: readonly (Job | Test)[]): Promise<void> {
    const tests = work.map((one): Test => ("job" in one ? one : { job: one, row: null }));
    const left = tests.filter(({ job }) => !this.results.has(job.trial)).slice(0, (this.options.limit ?? Infinity) - this.ran);
    this.options.onProgress?.(this.results.size, this.total, this.ran);
    if (left.length === 0 || this.options.signal.aborted) return;
    const pool = (this.pool ??= this.openPool());
    const queue = left.values();
    // One trial in a thread, one that waits for it.
    await Promise.all(Array.from({ length: this.options.threads * 2 }, () => this.lane(queue, pool)));
    if (this.failure !== null) throw this.failure;
  }

  private async lane(queue: Iterator<Test>, pool: TrialPool): Promise<void> {
    const { signal } = this.options;
    for (let next = queue.next(); next.done !== true; next = queue.next()) {
      if (signal.aborted || this.failure !== null) return;
      const { job, row } = next.value;
      try {
        const result = row ?? (await pool.run(job));
        await this.log.append(result);
        this.results.set(job.trial, result);
        this.ran += 1;
        this.options.onProgress?.(this.results.size, this.total, this.ran);
      } catch (error) {
        if (!signal.aborted) this.failure ??= error instanceof Error ? error : new Error(String(error));
        return;
      }
    }
  }

  private openPool(): TrialPool {
    const pool = openPool(this.sweep.scenarios, this.options.threads, (error) => this.options.onBroken?.(error));
    this.options.signal.addEventListener("abort", () => void pool.close(), { once: true });
    return pool;
  }

  async close(): Promise<void> {
    await this.pool?.close();
    await this.log.close();
  }
}
