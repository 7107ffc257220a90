// The page of a run that was made before: its scenario is run again, and only the very same run gets its page. It must never
// draw another run than the one in the folder.

import { createHash, randomUUID } from "node:crypto";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { ExitCode, SeatrialError } from "../../domain/index.ts";
import type { SimulationPlan } from "../../session/index.ts";
import type { Manifest } from "../manifest.ts";
import { judgeRun } from "../judge-run.ts";
import type { BatchRooms, BatchScenario } from "../run-file.ts";
import { runPage, type CostWish } from "./run-page.ts";

/** What remaking needs of the rooms below. */
export interface RemakeRooms extends Pick<BatchRooms, "simulate" | "digests"> {
  /** Reads a scenario as a command with this seed would. @throws SeatrialError for a file that is no scenario */
  load(file: string, seed: number): Promise<BatchScenario>;
}

export interface RemakeOptions {
  readonly costs: CostWish;
  /** Where the scenario file is now. @defaultValue where the manifest says, relative to the working folder */
  readonly file?: string;
}

/**
 * Writes `report.html` into a run folder, whole or not at all.
 * @returns the path of the page
 * @throws SeatrialError `no_run`, `run_damaged`, `scenario_missing`, `scenario_changed`, `data_absent`, `bars_changed`,
 * `strategy_differs`, `run_differs`, `output_not_writable`
 */
export async function remakePage(folder: string, rooms: RemakeRooms, options: RemakeOptions): Promise<string> {
  const manifest = await manifestIn(folder);
  const file = options.file ?? manifest.file;
  await checkFile(file, manifest);
  const scenario = await rooms.load(file, manifest.seed);
  const plan = planOf(scenario, manifest, rooms, file);
  const { record } = rooms.simulate(plan, { onProgress: () => undefined }, "rows");
  if (record.runHash !== manifest.hashes.run) {
    const { seatrial, node } = manifest.versions;
    throw differs(
      "run_differs",
      "the scenario runs differently now",
      record.runHash,
      manifest.hashes.run,
      `that run was made by Seatrial ${seatrial} on Node ${node}`,
    );
  }
  const outcome = judgeRun({
    scenario: scenario.name,
    seed: plan.seed,
    record,
    expectations: scenario.evaluate(record),
    haltExpected: scenario.expectsHalt(record),
    liquidationExpected: scenario.expectsLiquidation(record),
    labels: manifest.labels,
    elapsedMs: 0,
  });
  const page = await runPage({ plan, record, outcome, manifest, why: scenario.why }, options.costs);
  record.release();
  return writePage(folder, page);
}

async function manifestIn(folder: string): Promise<Manifest> {
  const path = join(folder, "manifest.json");
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    throw new SeatrialError({
      code: "no_run",
      reason: `${folder} holds no run: manifest.json cannot be read`,
      hint: "name a folder below reports/<scenario>/",
      cause: error,
    });
  });
  try {
    const manifest = JSON.parse(text) as Manifest;
    if (typeof manifest.file === "string" && typeof manifest.seed === "number" && Array.isArray(manifest.hashes.bars)) return manifest;
  } catch (error) {
    if (!(error instanceof SyntaxError) && !(error instanceof TypeError)) throw error;
  }
  throw new SeatrialError({ code: "run_damaged", reason: `${path} is no manifest of a run`, place: { file: path } });
}

async function checkFile(file: string, manifest: Manifest): Promise<void> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new SeatrialError({
      code: "scenario_missing",
      reason: `the scenario of this run, ${file}, cannot be read`,
      hint: "go to the folder in which the run was made, or name the file with --scenario",
      cause: error,
    });
  });
  const hash = createHash("sha256").update(bytes).digest("hex");
  if (hash !== manifest.hashes.scenarioFile)
    throw differs("scenario_changed", `${file} is not the file of this run`, hash, manifest.hashes.scenarioFile, changedHint);
}

const changedHint = "simulate it again: that makes a run of its own";

/** The plan of the run as it was made, the settings of its command line included. */
function planOf(scenario: BatchScenario, manifest: Manifest, rooms: RemakeRooms, file: string): SimulationPlan {
  const { plan, notRun } = scenario;
  if (plan === null) {
    const { reason, hint } = notRun ?? { reason: `${file} has nothing to run on`, hint: "see the scenario's data" };
    throw new SeatrialError({ code: "data_absent", reason, hint });
  }
  for (const [at, digest] of rooms.digests(plan).entries()) {
    const was = manifest.hashes.bars[at];
    if (was?.digest === digest) continue;
    const bars = was === undefined ? "bars" : `the ${was.timeframe} bars of ${was.symbol}`;
    throw differs("bars_changed", `${bars} are not those of this run`, digest, was?.digest ?? "none", changedHint);
  }
  const { name } = plan.strategy.definition;
  if (name !== manifest.strategy.name) {
    const reason = `the run was made with the strategy ${manifest.strategy.name}, and ${file} names ${name}`;
    throw new SeatrialError({
      code: "strategy_differs",
      reason,
      hint: "a strategy of the command line cannot be found again: simulate with --strategy",
    });
  }
  const { envelope: _envelope, ...alone } = plan;
  const { fill, seed, configuration, envelope } = manifest;
  return { ...alone, fill, seed, configuration, ...(envelope === undefined ? {} : { envelope }) };
}

function differs(code: string, what: string, is: string, was: string, hint: string): SeatrialError {
  return new SeatrialError({ code, reason: `${what}: its hash is ${is}, and was ${was}`, hint });
}

async function writePage(folder: string, page: string): Promise<string> {
  const path = join(folder, "report.html");
  const temporary = join(folder, `.partial-${randomUUID()}`);
  try {
    await writeFile(temporary, page);
    await rename(temporary, path);
    return path;
  } catch (error) {
    await rm(temporary, { force: true });
    throw new SeatrialError({ code: "output_not_writable", reason: `${path} cannot be written`, exitCode: ExitCode.input, cause: error });
  }
}
