// Runs scenarios one after the other and says what became of each. One that cannot be read, or breaks off, never stops
// the others. What it does not do: print, or decide how a scenario is loaded, simulated or judged by its expectations.

import { readFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { basename, extname } from "node:path";

import type { SeatrialError } from "../domain/index.ts";
import type { RunRecord } from "../journal/index.ts";
import type { ExpectationResult, NotRun, ScenarioDescription } from "../scenario/index.ts";
import type { SimulationPlan } from "../session/index.ts";
import { manifestOf, type Versions } from "./manifest.ts";
import { judgeRun, outcomeNotRun, outcomeOfError, seatrialErrorOf, type Outcome } from "./outcome.ts";
import { writeRunFolder } from "./run-folder.ts";

/** A scenario as a batch needs it: a plan to run or the reason why there is none, and its expectations. */
export interface BatchScenario {
  readonly name: string;
  readonly seed: number | null;
  /** Null when the scenario's data is absent. */
  readonly plan: SimulationPlan | null;
  readonly notRun: NotRun | null;
  readonly labels: readonly string[];
  /** True when the scenario expects the halt in which the run ended. */
  expectsHalt(record: RunRecord): boolean;
  /** Whether the scenario says that a position is liquidated. */
  expectsLiquidation(record: RunRecord): boolean;
  evaluate(record: RunRecord): readonly ExpectationResult[];
}

/** What a simulation gives back. */
export interface SimulatedRun {
  readonly record: RunRecord;
  /** Decimals that the session kept of each currency. */
  readonly moneyScales: Readonly<Record<string, number>>;
}

/** What a batch needs of the rooms below it. */
export interface BatchRooms {
  /** Scenario files of one argument, sorted. @throws SeatrialError when there is none */
  list(argument: string): Promise<readonly string[]>;
  /** @throws SeatrialError for a file that is no scenario */
  load(file: string): Promise<BatchScenario>;
  /** Runs to the end, synchronously. @throws SeatrialError when the run breaks off */
  simulate(plan: SimulationPlan, hooks: { readonly onProgress: (done: number, total: number) => void }): SimulatedRun;
  /** Digest of each series, markets in the plan's order, finest series first. */
  digests(plan: SimulationPlan): readonly string[];
}

export interface BatchOptions {
  /** Folder for run folders; null writes none. */
  readonly out: string | null;
  /** An absent data set is a failed pre-check. */
  readonly strict: boolean;
  readonly versions: Versions;
  readonly onProgress?: (scenario: string, done: number, total: number) => void;
  readonly onTemporary?: (path: string | null) => void;
  /** Wall clock in ms. */
  readonly now: () => number;
}

/** The outcome of every scenario in `targets` (files and folders), in the order of the arguments; a file that is named twice runs once. */
export async function runBatch(targets: readonly string[], options: BatchOptions, rooms: BatchRooms): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const found of await filesOf(targets, rooms)) {
    outcomes.push(found.error === null ? await runFile(found.file, options, rooms) : outcomeOfError(fileTitle(found.file), null, found.error));
  }
  return outcomes;
}

/** What reading one file without running it has shown. */
export interface FileCheck {
  readonly file: string;
  /** Null for a file that is a valid scenario. */
  readonly error: SeatrialError | null;
}

/** Reads every scenario in `targets` and runs none. */
export async function checkBatch(targets: readonly string[], rooms: Pick<BatchRooms, "list" | "load">): Promise<FileCheck[]> {
  const checks: FileCheck[] = [];
  for (const found of await filesOf(targets, rooms)) {
    const error = found.error ?? (await errorOf(() => rooms.load(found.file)));
    checks.push({ file: found.file, error });
  }
  return checks;
}

/** One file of a list: what it says about itself, or why it says nothing. */
export type Listing = { readonly scenario: ScenarioDescription; readonly error: null } | { readonly scenario: null; readonly error: SeatrialError };

/** What every scenario in `targets` is about; none is loaded. */
export async function listBatch(
  targets: readonly string[],
  rooms: Pick<BatchRooms, "list"> & { describe(file: string): Promise<ScenarioDescription> },
): Promise<Listing[]> {
  const listings: Listing[] = [];
  for (const found of await filesOf(targets, rooms)) {
    let scenario: ScenarioDescription | null = null;
    const error =
      found.error ??
      (await errorOf(async () => {
        scenario = await rooms.describe(found.file);
      }));
    listings.push({ scenario, error } as Listing);
  }
  return listings;
}

async function filesOf(targets: readonly string[], rooms: Pick<BatchRooms, "list">): Promise<FileCheck[]> {
  const found = new Map<string, FileCheck>();
  for (const target of targets) {
    let files: readonly string[] = [];
    const error = await errorOf(async () => {
      files = await rooms.list(target);
    });
    if (error !== null) found.set(target, { file: target, error });
    for (const file of files) if (!found.has(file)) found.set(file, { file, error: null });
  }
  return [...found.values()];
}

async function errorOf(work: () => Promise<unknown>): Promise<SeatrialError | null> {
  try {
    await work();
    return null;
  } catch (error) {
    return seatrialErrorOf(error);
  }
}

async function runFile(file: string, options: BatchOptions, rooms: BatchRooms): Promise<Outcome> {
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
    return outcomeOfError(name, seed, seatrialErrorOf(error));
  }
}

async function runPlan(file: string, scenario: BatchScenario, plan: SimulationPlan, options: BatchOptions, rooms: BatchRooms): Promise<Outcome> {
  const startedAt = options.now();
  const { record, moneyScales } = rooms.simulate(plan, { onProgress: (done, total) => options.onProgress?.(scenario.name, done, total) });
  const outcome = judgeRun({
    scenario: scenario.name,
    seed: plan.seed,
    record,
    expectations: scenario.evaluate(record),
    haltExpected: scenario.expectsHalt(record),
    liquidationExpected: scenario.expectsLiquidation(record),
    labels: scenario.labels,
    elapsedMs: options.now() - startedAt,
  });
  if (options.out === null) {
    record.release();
    return outcome;
  }
  const manifest = manifestOf(plan, {
    digests: rooms.digests(plan),
    moneyScales,
    file,
    scenarioFileHash: createHash("sha256")
      .update(await readFile(file))
      .digest("hex"),
    runHash: record.runHash,
    assumptions: record.assumptions,
    labels: scenario.labels,
    startedAt: new Date(startedAt),
    versions: options.versions,
  });
  const onTemporary = options.onTemporary === undefined ? {} : { onTemporary: options.onTemporary };
  const folder = await writeRunFolder(outcome, record, manifest, { out: options.out, now: new Date(startedAt), ...onTemporary });
  record.release();
  return { ...outcome, folder };
}

/** What a scenario is called as long as its own name is unknown: its file without folder and extension. */
function fileTitle(file: string): string {
  return basename(file, extname(file));
}
