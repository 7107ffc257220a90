// The simulate command from request to exit code, without a process around it: what it prints goes through `send`, so
// that it works in a worker thread and in a test.

import type { ExitCode, SeatrialError } from "../domain/errors.ts";
import { machineArray, machineElement, machineText } from "../report/machine.ts";
import { fileTitle, listFiles, runFiles, type FoundFile, type FileRunner, type ScenarioFinder } from "../report/batch.ts";
import { overviewText, problemsText, scenarioText } from "../report/terminal/terminal.ts";
import { briefOutcome, oneLine, outcomeOfError, worstExitCode, type Outcome, type RunFigures } from "../report/outcome.ts";
import { packOutcome, unpackOutcome } from "../report/outcome-message.ts";
import { stackOf } from "./errors.ts";
import type { Together } from "./simulate-index.ts";
import { screenOf, type ReportedFile, type Send, type SimulateRequest } from "./simulate-request.ts";

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

async function runSingle(found: FoundFile, request: SimulateRequest, parts: SimulateParts, send: Send): Promise<ExitCode> {
  const { file, error: lost } = found;
  const outcome = lost === null ? await parts.run(file) : outcomeOfError(fileTitle(file), null, lost);
  if (request.journal !== null && outcome.folder !== null) send({ kind: "kept", what: "report", path: outcome.folder });
  const brief = briefOutcome(outcome);
  const { coverage, error } = await conclude([{ file, outcome: brief }], request, send);
  if (request.json) send({ kind: "printed", stream: "stdout", text: machineText(outcome) });
  const stream = request.json ? "stderr" : "stdout";
  if (!request.quiet) send({ kind: "printed", stream, text: scenarioText(outcome, screenOf(request[stream])) });
  for (const text of problemTexts([brief], request)) send({ kind: "printed", stream: "stderr", text });
  if (coverage !== null) send({ kind: "printed", stream, text: coverage });
  return worstWith([outcome], error, send);
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
  const reported = files.flatMap(({ file }, at) => outcomes.slice(at, at + 1).map((outcome) => ({ file, outcome })));
  const { index, coverage, error } = await conclude(reported, request, send);
  // JSON alone on stdout; tables on stdout without it, on stderr beside it; what cannot run at all on stderr.
  if (request.json) {
    for (const text of machineArray(reports.map(({ machine }) => machine ?? "null"))) send({ kind: "printed", stream: "stdout", text });
  }
  const stream = request.json ? "stderr" : "stdout";
  if (!request.quiet) send({ kind: "printed", stream, text: overviewText(outcomes, screenOf(request[stream]), index) });
  for (const text of problemTexts(outcomes, request)) send({ kind: "printed", stream: "stderr", text });
  if (coverage !== null) send({ kind: "printed", stream, text: coverage });
  return worstWith(outcomes, error, send);
}

/** What is written and told of all scenarios together, those that a watching command has run before among them. */
async function conclude(files: readonly ReportedFile[], request: SimulateRequest, send: Send): Promise<Together> {
  const now = new Map(files.map(({ file, outcome }) => [file, outcome]));
  const before = request.memory ?? [];
  const known = new Set(before.map(({ file }) => file));
  const reported = [
    ...before.map(({ file, message }) => ({ file, outcome: now.get(file) ?? unpackOutcome(message) })),
    ...files.filter(({ file }) => !known.has(file)),
  ];
  if (request.memory !== null) send({ kind: "reported", files: reported.map(({ file, outcome }) => ({ file, message: packOutcome(outcome) })) });
  // One file of a command that does not watch has no index.
  const out = request.single && reported.length === 1 ? null : request.out;
  if (out === null && !request.coverage) return { index: null, error: null, coverage: null };
  const { together } = await import("./simulate-index.ts");
  return together(reported, out, request);
}

function worstWith(outcomes: readonly Outcome<unknown>[], error: SeatrialError | null, send: Send): ExitCode {
  if (error !== null) send({ kind: "printed", stream: "stderr", text: `seatrial: ${oneLine(error.message)}\n` });
  return worstExitCode([...outcomes.map(({ exitCode }) => exitCode), ...(error === null ? [] : [error.exitCode])]);
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
