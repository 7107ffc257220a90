// A simulate command as plain data, and what it tells its shell while it runs: both cross from thread to thread.

import type { ExitCode } from "../domain/errors.ts";
import type { FillModel } from "../exchange/virtual/index.ts";
import type { Outcome, RunFigures } from "../report/outcome.ts";
import type { OutcomeMessage } from "../report/outcome-message.ts";
import type { WatchedRun } from "../session/watchdog.ts";
import { paintOf } from "../report/terminal/paint.ts";
import type { CostWish } from "../report/view/run-page.ts";
import type { Params } from "../strategy/index.ts";
import type { Screen } from "../report/terminal/screen.ts";
import type { StreamTraits } from "./io.ts";

/** Settings that outrank the scenario's own; absent ones are the scenario's. */
export interface SimulateOverrides {
  readonly seed?: number;
  readonly path?: FillModel["path"] | "envelope";
  readonly envelopeBudget?: number;
  readonly delivery?: FillModel["delivery"];
  readonly fill?: string;
  readonly strategy?: string;
  /** Laid over the strategy's parameters. */
  readonly params?: Params;
  /** The strategy is put through the scenarios, and judged by what must hold for every one. */
  readonly rehearse?: true;
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
  /** Folder for the session's journal, of one file; null keeps none. */
  readonly journal: string | null;
  /** How the assumptions of each run are priced for its report.html; null writes no page. */
  readonly page: CostWish | null;
  /** Names what this command has half-written, so that whoever ends it can remove it. */
  readonly tag: string;
  /** Scenarios that run at once, each in a thread of its own. */
  readonly jobs: number;
  /** What a watching command knows of earlier runs, for the index page; null for any other. */
  readonly memory: readonly KnownFile[] | null;
  readonly progress: boolean;
  /** Real time that a hook of a strategy may take, ms; absent: nobody watches. */
  readonly decisionTimeoutMs?: number;
  /** Of one thread: where its strategies leave their marks, and what earlier threads hung in. */
  readonly watched?: WatchedRun;
  readonly stdout: StreamTraits;
  readonly stderr: StreamTraits;
  readonly version: string;
}

/** A scenario that has run, as it travels between threads. */
export interface KnownFile {
  readonly file: string;
  readonly message: OutcomeMessage;
}

export interface ReportedFile {
  readonly file: string;
  readonly outcome: Outcome<RunFigures>;
}

/** What the command tells its shell while it runs. `kept` names a file of a session with a journal, or the folder of its report; `progress` in bars; `files` once, `ended` once a file, where there are several; `reported` only where there is a memory. */
export type SimulateMessage =
  | { readonly kind: "printed"; readonly stream: "stdout" | "stderr"; readonly text: string }
  | { readonly kind: "kept"; readonly what: "journal" | "data" | "report"; readonly path: string }
  | { readonly kind: "files"; readonly count: number }
  | { readonly kind: "progress"; readonly scenario: string; readonly done: number; readonly total: number }
  | { readonly kind: "ended"; readonly scenario: string }
  | { readonly kind: "reported"; readonly files: readonly KnownFile[] }
  | { readonly kind: "finished"; readonly exitCode: ExitCode };

export type Send = (message: SimulateMessage) => void;

export function screenOf(traits: StreamTraits): Screen {
  return { width: traits.width, paint: paintOf(traits.colours) };
}
