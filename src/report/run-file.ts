// Runs one scenario file and says what became of it: loaded, simulated, judged, its folder written. What it does not do: print,
// or decide how a scenario is loaded, simulated or judged by its expectations.

import type { RunRecord } from "../journal/index.ts";
import type { ExpectationResult, NotRun } from "../scenario/index.ts";
import type { SimulationPlan, ToldOfRun } from "../session/index.ts";
import { fileTitle, type ScenarioFinder } from "./batch.ts";
import { excerptOf } from "./terminal/excerpt-read.ts";
import type { Versions } from "./manifest.ts";
import { judgeRun } from "./judge-run.ts";
import { outcomeNotRun, outcomeOfError, seatrialErrorOf, type Outcome } from "./outcome.ts";
import type { CostWish } from "./view/run-page.ts";

/** A scenario as a batch needs it: a plan to run or the reason why there is none, and its expectations. */
export interface BatchScenario {
  readonly name: string;
  /** Why it exists, in its author's words; null where nobody says. */
  readonly why: string | null;
  readonly seed: number | null;
  /** Null when the scenario's data is absent. */
  readonly plan: SimulationPlan | null;
  readonly notRun: NotRun | null;
  readonly labels: readonly string[];
  /** True when the scenario expects the halt in which the run ended. */
  expectsHalt(record: RunRecord): boolean;
  /** The watchdog has ended an earlier run of it, in a hook that did not come back. @defaultValue false */
  readonly timedOut?: boolean;
  /** Whether the scenario says that a position is liquidated. */
  expectsLiquidation(record: RunRecord): boolean;
  evaluate(record: RunRecord): readonly ExpectationResult[];
  /** Whether its expectations look at rows. */
  readonly expectsRows: boolean;
}

/** What a simulation gives back. */
export interface SimulatedRun {
  readonly record: RunRecord;
  /** Decimals that the session kept of each currency. */
  readonly moneyScales: Readonly<Record<string, number>>;
}

/** What a batch needs of the rooms below it. */
export interface BatchRooms extends ScenarioFinder {
  /** @throws SeatrialError for a file that is no scenario */
  load(file: string): Promise<BatchScenario>;
  /** Runs to the end, synchronously. @param told rows that go no further need not be made. @throws SeatrialError when the run breaks off */
  simulate(plan: SimulationPlan, hooks: { readonly onProgress: (done: number, total: number) => void }, told: ToldOfRun): SimulatedRun;
  /** Digest of each series, markets in the plan's order, finest series first. */
  digests(plan: SimulationPlan): readonly string[];
}

export interface BatchOptions {
  /** Folder for run folders; null writes none. */
  readonly out: string | null;
  /** See `RunFolderOptions`. */
  readonly tag: string;
  /** Writes report.html too, and prices its assumptions by this wish; null writes no page. */
  readonly page: CostWish | null;
  /** An absent data set is a failed pre-check. */
  readonly strict: boolean;
  /** The rows of each run are printed, as JSON. @defaultValue false */
  readonly rows?: boolean;
  readonly versions: Versions;
  /** What orders went through is read from the journal: one more pass over it. @defaultValue false */
  readonly lifecycle?: boolean;
  readonly onProgress?: (scenario: string, done: number, total: number) => void;
  /** Wall clock in ms. */
  readonly now: () => number;
}

/** Loads, runs and judges one file. */
export async function runFile(file: string, options: BatchOptions, rooms: BatchRooms): Promise<Outcome> {
  let name = fileTitle(file);
  let seed: number | null = null;
  try {
    const scenario = await rooms.load(file);
    ({ name, seed } = scenario);
    if (scenario.plan === null) {
      const notRun = scenario.notRun ?? { reason: "the scenario has nothing to run on", hint: "see the scenario's data" };
      return outcomeNotRun(name, seed, notRun, options.strict);
    }
    return await runPlan(file, scenario, scenario.plan, options, rooms);
  } catch (error) {
    const typed = seatrialErrorOf(error);
    return outcomeOfError(name, seed, typed, await excerptOf(typed.place));
  }
}

async function runPlan(file: string, scenario: BatchScenario, plan: SimulationPlan, options: BatchOptions, rooms: BatchRooms): Promise<Outcome> {
  const startedAt = options.now();
  const told: ToldOfRun = options.out !== null || options.rows === true || scenario.expectsRows ? "rows" : "figures";
  const { record, moneyScales } = rooms.simulate(plan, { onProgress: (done, total) => options.onProgress?.(scenario.name, done, total) }, told);
  const judged = judgeRun({
    scenario: scenario.name,
    seed: plan.seed,
    record,
    expectations: scenario.evaluate(record),
    haltExpected: scenario.expectsHalt(record),
    liquidationExpected: scenario.expectsLiquidation(record),
    timedOut: scenario.timedOut ?? false,
    labels: scenario.labels,
    elapsedMs: options.now() - startedAt,
  });
  const outcome = options.lifecycle === true ? { ...judged, lifecycle: record.lifecycle() } : judged;
  if (options.out === null) {
    record.release();
    return outcome;
  }
  const { keepRun } = await import("./keep-run.ts");
  const { labels, why } = scenario;
  const run = { plan, record, outcome, why, startedAt, digests: rooms.digests(plan), moneyScales, file, labels };
  const folder = await keepRun(run, { ...options, out: options.out });
  record.release();
  return { ...outcome, folder };
}
