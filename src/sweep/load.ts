// Loads a sweep file: text → schema → scenarios with their bars → points, windows and jobs. What the file gets wrong is an error with
// its line and column, before anything runs. Nothing is simulated here.

import { readFile } from "node:fs/promises";
import { dirname, isAbsolute, join, resolve } from "node:path";

import { ExitCode, SeatrialError, type BarSeries } from "../domain/index.ts";
import { seriesDigest } from "../market/index.ts";
import {
  checkLatency,
  loadScenario,
  parseDocument,
  readSource,
  schemaError,
  valueError,
  type Environment,
  type Scenario,
  type SourceDocument,
} from "../scenario/index.ts";
import { canonicalJson, createSha256, type SimulationPlan } from "../session/index.ts";
import { resolveParams, type Params, type StrategyDefinition } from "../strategy/index.ts";
import { jobsOf, type JobFill, type JobList } from "./jobs.ts";
import { withParameters } from "./parameters.ts";
import { pointsOf, type Point } from "./points.ts";
import { maxTrials, sweepSchema, type DimensionInput, type Objective, type SweepInput, type WalkForward } from "./schema.ts";
import type { LoadedScenario } from "./share.ts";
import { dimensionOf, stepCount, type Dimension } from "./space.ts";
import { fillOf } from "./trial.ts";
import { walkForwardWindows, type WindowPair } from "./windows.ts";

export interface SweepScenario extends LoadedScenario {
  readonly name: string;
  /** "synthetic bars", "optimistic fills", … */
  readonly labels: readonly string[];
  readonly windows: readonly WindowPair[] | null;
}

/** A sweep, ready to run. */
export interface Sweep {
  readonly file: string;
  readonly name: string;
  readonly why: string;
  readonly seed: number;
  readonly method: SweepInput["method"];
  readonly objective: Objective;
  readonly walkForward: WalkForward | null;
  readonly dimensions: readonly Dimension[];
  readonly points: readonly Point[];
  readonly fills: readonly JobFill[];
  readonly scenarios: readonly SweepScenario[];
  readonly list: JobList;
  /** Says whether results that are there already belong to this very sweep: over jobs, scenarios, bars, strategy files and version. */
  readonly hash: string;
}

/** What the command line lays over the file. */
export interface SweepOverrides {
  readonly objective?: Pick<Objective, "metric" | "goal"> | undefined;
  /** Beside the file's. */
  readonly constraints?: Objective["constraints"] | undefined;
  /** Part of the hash: another version may trade otherwise. */
  readonly version: string;
}

/**
 * Reads, checks and resolves a sweep file and everything that it names.
 * @param env where `${SEATRIAL_…}` in scenarios comes from
 * @throws SeatrialError exit code 3 with its place, or 1 where a scenario's data is absent
 */
export async function loadSweep(file: string, env: Environment, overrides: SweepOverrides): Promise<Sweep> {
  const document = await parseDocument(await readSource(file));
  const parsed = sweepSchema.safeParse(document.value);
  if (!parsed.success) throw schemaError(document, parsed.error.issues);
  const input = parsed.data;
  const dimensions = dimensionsOf(document, input);
  const fills = Object.entries(input.fills).map(([name, settings]): JobFill => ({ name, settings }));
  const scenarios = await scenariosOf(document, input, env);
  for (const scenario of scenarios) {
    checkParameters(document, scenario.plan.strategy, dimensions);
    fills.forEach((fill) => checkLatency(document, fillOf(scenario.plan, fill).model, scenario.plan.markets, ["fills", fill.name, "latency"]));
  }
  checkSize(document, input, dimensions, fills.length, scenarios);
  const points = pointsOf(dimensions, input.method, input.seed);
  const { name, why, seed, method, walkForward = null } = input;
  const constraints = [...input.objective.constraints, ...(overrides.constraints ?? [])];
  const objective = { ...input.objective, ...overrides.objective, constraints };
  const list = jobsOf({ seed, points, fills, scenarios });
  const head = { file, name, why, seed, method, objective, walkForward, dimensions, points, fills, scenarios, list };
  return { ...head, hash: await sweepHash(head, overrides.version) };
}

function dimensionsOf(document: SourceDocument, { parameters, method }: SweepInput): Dimension[] {
  return Object.entries(parameters).map(([path, input]) => {
    const refuse = (reason: string, hint: string) => valueError(document, ["parameters", path], { code: "bad_dimension", reason, hint });
    const range = Array.isArray(input) ? null : (input as Exclude<DimensionInput, readonly unknown[]>);
    if (range === null) return dimensionOf(path, input);
    const { min, max, step } = range;
    if (step !== undefined && stepCount({ min, max, step }) > maxTrials)
      throw refuse("has more values than a sweep has trials", "take a larger step");
    const dimension = dimensionOf(path, input);
    if (method === "grid" && dimension.values === null)
      throw refuse("has no values for a grid", 'give "step" or "levels", or sample with another method');
    return dimension;
  });
}

async function scenariosOf(document: SourceDocument, input: SweepInput, env: Environment): Promise<SweepScenario[]> {
  const folder = dirname(document.source.file);
  const scenarios: SweepScenario[] = [];
  for (const [at, file] of input.scenarios.entries()) {
    if (input.scenarios.indexOf(file) !== at) throw valueError(document, ["scenarios", at], { code: "duplicate_scenario", reason: "is here twice" });
    if (isAbsolute(file))
      throw valueError(document, ["scenarios", at], {
        code: "bad_path",
        reason: "is an absolute path, which belongs to one machine",
        hint: "write it relative to this file",
      });
    const scenario = await readScenario(document, at, join(folder, file), env);
    const { name, strategy, plan, labels } = scenario;
    if (plan === null) throw dataAbsent(file, scenario);
    scenarios.push({ file, name, strategy, plan, labels, windows: windowsOf(document, at, plan, input.walkForward) });
  }
  return scenarios;
}

async function readScenario(document: SourceDocument, at: number, file: string, env: Environment): Promise<Scenario> {
  try {
    return await loadScenario(file, env);
  } catch (error) {
    if (!(error instanceof SeatrialError) || error.code !== "file_missing" || resolve(error.place.file ?? "") !== resolve(file)) throw error;
    const hint = "paths are relative to the sweep file";
    throw valueError(document, ["scenarios", at], { code: "scenario_missing", reason: `there is no scenario file ${file}`, hint });
  }
}

function dataAbsent(file: string, { notRun }: Scenario): SeatrialError {
  const { reason, hint } = notRun ?? { reason: "it has nothing to run on", hint: "see the scenario's data" };
  return new SeatrialError({ code: "data_absent", reason: `${file}: ${reason}`, hint, exitCode: ExitCode.dependency });
}

function windowsOf(document: SourceDocument, at: number, plan: SimulationPlan, walkForward: WalkForward | undefined): readonly WindowPair[] | null {
  if (walkForward === undefined) return null;
  if (plan.steps.length > 0) {
    const hint = "take the steps out of the scenario, or sweep without walkForward";
    throw valueError(document, ["scenarios", at], { code: "steps_in_windows", reason: "has steps at bars that a window would cut off", hint });
  }
  const series = plan.markets[0]?.series[0] as BarSeries;
  const windows = walkForwardWindows(series, walkForward);
  if (windows.length > 0) return windows;
  const { trainBars, testBars, leadInBars } = walkForward;
  const reason = `${plan.name} has ${series.length} bars, a window needs ${leadInBars + trainBars + testBars}`;
  throw valueError(document, ["walkForward"], { code: "no_window", reason, hint: "make trainBars and testBars smaller" });
}

/** Every value that is written down has to be one that the strategy knows in form; whether values go together, its trial says. */
function checkParameters(document: SourceDocument, { definition, params }: SimulationPlan["strategy"], dimensions: readonly Dimension[]): void {
  const { name, defaults } = definition;
  const form: StrategyDefinition = { name, defaults, create: (given: Params) => definition.create(given) };
  for (const { path, values, at } of dimensions) {
    for (const value of values ?? [at(0)]) {
      try {
        resolveParams(form, withParameters(params, { [path]: value }));
      } catch (error) {
        throw error instanceof SeatrialError ? error.at(document.placeOfKey(["parameters"], path)) : error;
      }
    }
  }
}

function checkSize(
  document: SourceDocument,
  { method }: SweepInput,
  dimensions: readonly Dimension[],
  fills: number,
  scenarios: readonly SweepScenario[],
): void {
  const points = countOf(method, dimensions);
  const cells = scenarios.reduce((sum, { windows }) => sum + fills * (windows?.length ?? 1), 0);
  if (points * cells <= maxTrials) return;
  const reason = `${points} points in ${cells} cells (scenarios × fills × windows) are ${points * cells} trials, a sweep has at most ${maxTrials}`;
  throw valueError(document, ["parameters"], { code: "too_many_trials", reason, hint: 'sample the points: {"latinHypercube": {"count": 200}}' });
}

function countOf(method: SweepInput["method"], dimensions: readonly Dimension[]): number {
  if (method === "grid") return dimensions.reduce((product, { values }) => product * (values?.length ?? 0), 1);
  return "random" in method ? method.random.count : method.latinHypercube.count;
}

async function sweepHash({ seed, points, fills, scenarios, walkForward, objective }: Omit<Sweep, "hash">, version: string): Promise<string> {
  const sources = await Promise.all(
    scenarios.map(async ({ file, strategy, plan, windows }) => ({
      file,
      windows,
      configuration: plan.configuration,
      bars: plan.markets.flatMap(({ series }) => series.map((bars) => seriesDigest(bars, createSha256))),
      strategy: await strategyHash(strategy),
    })),
  );
  // Which points are tested depends on what was best.
  const judged = walkForward === null ? null : objective;
  const hash = createSha256();
  hash.update(new TextEncoder().encode(canonicalJson({ format: 1, version, seed, points, fills, judged, sources })));
  return hash.digest();
}

/** Of the strategy's own file; null for a built-in. What such a file imports is not looked at. */
async function strategyHash({ use, baseDir }: Scenario["strategy"]): Promise<string | null> {
  const bytes = await readFile(resolve(baseDir, use)).catch(() => null);
  if (bytes === null) return null;
  const hash = createSha256();
  hash.update(bytes);
  return hash.digest();
}
