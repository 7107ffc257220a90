// The simulate command from request to exit code, without a process around it: what it prints goes through `send`, so
// that it works in a worker thread and in a test.

import type { ExitCode } from "../domain/errors.ts";
import type { FillModel } from "../exchange/virtual/index.ts";
import { machineText } from "../report/machine.ts";
import { paintOf } from "../report/paint.ts";
import { runBatch, type BatchRooms } from "../report/batch.ts";
import { overviewText, problemsText, scenarioText, type Screen } from "../report/terminal.ts";
import { worstExitCode, type Outcome } from "../report/outcome.ts";
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
  readonly strict: boolean;
  readonly stacks: boolean;
  /** Null writes no report. */
  readonly out: string | null;
  readonly progress: boolean;
  readonly stdout: StreamTraits;
  readonly stderr: StreamTraits;
  readonly version: string;
}

/** What the command tells its shell while it runs. */
export type SimulateMessage =
  | { readonly kind: "printed"; readonly stream: "stdout" | "stderr"; readonly text: string }
  | { readonly kind: "progress"; readonly scenario: string; readonly done: number; readonly total: number }
  | { readonly kind: "temporary"; readonly path: string | null }
  | { readonly kind: "finished"; readonly exitCode: ExitCode };

/** Runs every scenario of the request and prints what became of it. @returns the worst exit code */
export async function runSimulate(request: SimulateRequest, rooms: BatchRooms, send: (message: SimulateMessage) => void): Promise<ExitCode> {
  const outcomes = await runBatch(
    request.targets,
    {
      out: request.out,
      strict: request.strict,
      versions: { seatrial: request.version, node: process.versions.node, ccxt: null },
      now: Date.now,
      onTemporary: (path) => send({ kind: "temporary", path }),
      ...(request.progress ? { onProgress: (scenario, done, total) => send({ kind: "progress", scenario, done, total }) } : {}),
    },
    rooms,
  );
  for (const [stream, text] of printed(request, outcomes)) if (text !== "") send({ kind: "printed", stream, text });
  return worstExitCode(outcomes.map((outcome) => outcome.exitCode));
}

/** JSON alone on stdout; tables on stdout without it, on stderr beside it; what cannot run at all on stderr. */
function printed(request: SimulateRequest, outcomes: readonly Outcome[]): ["stdout" | "stderr", string][] {
  const texts: ["stdout" | "stderr", string][] = [];
  if (request.json) texts.push(["stdout", machineText(outcomes, request.single)]);
  if (request.quiet) {
    texts.push(["stderr", problemsText(outcomes, paintOf(request.stderr.colours))]);
  } else {
    const stream = request.json ? "stderr" : "stdout";
    texts.push([stream, tables(request.single, outcomes, screenOf(request[stream]))]);
  }
  const errors = outcomes.flatMap((outcome) => outcome.error ?? []);
  if (request.stacks) texts.push(["stderr", errors.map((error) => `${stackOf(error)}\n`).join("")]);
  return texts;
}

function tables(single: boolean, outcomes: readonly Outcome[], screen: Screen): string {
  const [only] = outcomes;
  return single && outcomes.length === 1 && only !== undefined ? scenarioText(only, screen) : overviewText(outcomes, screen);
}

function screenOf(traits: StreamTraits): Screen {
  return { width: traits.width, paint: paintOf(traits.colours) };
}
