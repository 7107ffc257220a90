// The simulate command from request to exit code, without a process around it: what it prints goes through `send`, so
// that it works in a worker thread and in a test.

import type { ExitCode } from "../domain/errors.ts";
import type { FillModel } from "../exchange/virtual/index.ts";
import { machineArray, machineElement, machineText } from "../report/machine.ts";
import { lifecycleCoverage, type LifecycleCoverage } from "../report/lifecycle.ts";
import { coverageText } from "../report/lifecycle-text.ts";
import { paintOf } from "../report/paint.ts";
import type { CostWish } from "../report/run-page.ts";
import { fileTitle, listFiles, runFiles, type FoundFile, type FileRunner, type ScenarioFinder } from "../report/batch.ts";
import { overviewText, problemsText, scenarioText, type Screen } from "../report/terminal.ts";
import { briefOutcome, outcomeOfError, worstExitCode, type Outcome, type RunFigures } from "../report/outcome.ts";
import { stackOf } from "./errors.ts";
import type { StreamTraits } from "./io.ts";

/** Settings that outrank the scenario's own; absent ones are the scenario's. */
export interface SimulateOverrides {
  readonly seed?: number;
  readonly path?: FillModel["path"] | "envelope";
  readonly envelopeBudget?: number;
  readonly delivery?: FillModel["delivery"];
  readonly fill?: string;
  readonly strategy?: string;
}

/** A simulate command, as plain data. */
export interface SimulateRequest {
  readonly targets: readonly string[];
  /** Exactly one argument, and it is not a folder. */
  readonly single: boolean;
  readonly overrides: SimulateOverrides;
  readonly json: boolean;
  readonly quiet: boolean;
  /** The coverage of the order state machine is printed too. */
  readonly coverage: boolean;
  readonly strict: boolean;
  readonly stacks: boolean;
  /** Null writes no report. */
  readonly out: string | null;
  /** How the assumptions of each run are priced for its report.html; null writes no page. */
  readonly page: CostWish | null;
  /** Names what this command has half-written, so that whoever ends it can remove it. */
  readonly tag: string;
  /** Scenarios that run at once, each in a thread of its own. */
  readonly jobs: number;
  readonly progress: boolean;
  readonly stdout: StreamTraits;
  readonly stderr: StreamTraits;
  readonly version: string;
}

/** What the command tells its shell while it runs. `progress` in bars; `files` once, `ended` once a file, where there are several. */
export type SimulateMessage =
  | { readonly kind: "printed"; readonly stream: "stdout" | "stderr"; readonly text: string }
  | { readonly kind: "files"; readonly count: number }
  | { readonly kind: "progress"; readonly scenario: string; readonly done: number; readonly total: number }
  | { readonly kind: "ended"; readonly scenario: string }
  | { readonly kind: "finished"; readonly exitCode: ExitCode };

export type Send = (message: SimulateMessage) => void;

/** What is kept of one scenario among several: its figures, and its machine output where that is wanted. */
export interface FileReport {
  readonly outcome: Outcome<RunFigures>;
  readonly machine: string | null;
}

/** Threads that run files. */
export interface FilePool {
  readonly run: FileRunner<FileReport>;
  close(): Promise<void>;
}

/** How files are found and run. What runs one is heavy, and a command whose files run elsewhere never loads it. */
export interface SimulateParts extends ScenarioFinder {
  /** In this thread. */
  run(file: string): Promise<Outcome>;
  /** Where several files run. */
  openPool(threads: number): Promise<FilePool>;
}

/** Runs every scenario of the request and prints what became of it. @returns the worst exit code */
export async function runSimulate(request: SimulateRequest, parts: SimulateParts, send: Send): Promise<ExitCode> {
  const files = await listFiles(request.targets, parts);
  const [first] = files;
  if (request.single && files.length === 1 && first !== undefined) return runSingle(first, request, parts, send);
  const pool = await parts.openPool(Math.min(request.jobs, files.length));
  try {
    return await runSeveral(files, request, pool.run, send);
  } finally {
    await pool.close();
  }
}

async function runSingle(file: FoundFile, request: SimulateRequest, parts: SimulateParts, send: Send): Promise<ExitCode> {
  const outcome = file.error === null ? await parts.run(file.file) : outcomeOfError(fileTitle(file.file), null, file.error);
  if (request.json) send({ kind: "printed", stream: "stdout", text: machineText(outcome) });
  const stream = request.json ? "stderr" : "stdout";
  if (!request.quiet) send({ kind: "printed", stream, text: scenarioText(outcome, screenOf(request[stream])) });
  for (const text of problemTexts([briefOutcome(outcome)], request)) send({ kind: "printed", stream: "stderr", text });
  if (request.coverage) send({ kind: "printed", stream, text: coverageText(coverageOf([outcome]), screenOf(request[stream])) });
  return outcome.exitCode;
}

async function runSeveral(files: readonly FoundFile[], request: SimulateRequest, run: FileRunner<FileReport>, send: Send): Promise<ExitCode> {
  if (request.progress) send({ kind: "files", count: files.length });
  const reports = await runFiles(
    files,
    run,
    (broken) => reportOf(broken, request),
    ({ outcome }) => {
      if (request.progress) send({ kind: "ended", scenario: outcome.scenario });
    },
  );
  const outcomes = reports.map(({ outcome }) => outcome);
  // JSON alone on stdout; tables on stdout without it, on stderr beside it; what cannot run at all on stderr.
  if (request.json) {
    for (const text of machineArray(reports.map(({ machine }) => machine ?? "null"))) send({ kind: "printed", stream: "stdout", text });
  }
  const stream = request.json ? "stderr" : "stdout";
  if (!request.quiet) send({ kind: "printed", stream, text: overviewText(outcomes, screenOf(request[stream])) });
  for (const text of problemTexts(outcomes, request)) send({ kind: "printed", stream: "stderr", text });
  if (request.coverage) send({ kind: "printed", stream, text: coverageText(coverageOf(outcomes), screenOf(request[stream])) });
  return worstExitCode(outcomes.map(({ exitCode }) => exitCode));
}

/** What goes to stderr whatever the form: the problems of a quiet command, and stacks for those who ask. */
function problemTexts(outcomes: readonly Outcome<RunFigures>[], { quiet, stacks, stderr }: SimulateRequest): string[] {
  const texts = quiet ? [problemsText(outcomes, screenOf(stderr))] : [];
  if (stacks) texts.push(...outcomes.flatMap(({ error }) => (error === null ? [] : [`${stackOf(error)}\n`])));
  return texts.filter((text) => text !== "");
}

/** What is kept of an outcome. */
export function reportOf(outcome: Outcome, { json }: SimulateRequest): FileReport {
  return { outcome: briefOutcome(outcome), machine: json ? machineElement(outcome) : null };
}

/** Of the runs that came to an end. */
function coverageOf(outcomes: readonly Outcome<unknown>[]): LifecycleCoverage {
  return lifecycleCoverage(outcomes.filter(({ record }) => record !== null).map(({ scenario, lifecycle }) => ({ scenario, steps: lifecycle })));
}

function screenOf(traits: StreamTraits): Screen {
  return { width: traits.width, paint: paintOf(traits.colours) };
}
