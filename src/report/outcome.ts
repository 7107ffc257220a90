// What became of one scenario: its status, its exit code, and what was recorded. Judges a finished run; never computes
// a trading figure and never prints.

import { ExitCode, InvariantError, SeatrialError } from "../domain/errors.ts";
import type { LifecycleStep, RunRecord } from "../journal/index.ts";
import type { ExpectationResult, NotRun } from "../scenario/index.ts";
import type { Excerpt } from "./terminal/excerpt.ts";

export type RunStatus = "passed" | "failed" | "not_run" | "error";

/** How a status is told to a person; the sign carries it where colours do not. */
export const statusWords: Readonly<Record<RunStatus, { readonly sign: string; readonly word: string }>> = {
  passed: { sign: "✔", word: "passed" },
  failed: { sign: "✖", word: "failed" },
  not_run: { sign: "○", word: "not run" },
  error: { sign: "✖", word: "error" },
};

/** What a report keeps of a run: everything but the equity columns and the journal, which the run folder holds. */
export type RunSummary = Pick<RunRecord, "rows" | "final" | "metrics" | "invariants" | "assumptions" | "runHash" | "envelope" | "audit">;

/** What a line of an overview needs of a run: a batch keeps no rows of runs that are over. */
export type RunFigures = Pick<RunSummary, "metrics" | "invariants" | "runHash"> & { readonly equity: string };

/** One scenario of a `simulate` command, whatever became of it. @typeParam R what is kept of its run */
export interface Outcome<R = RunSummary> {
  /** The scenario's name; the name of its file when it could not be read. */
  readonly scenario: string;
  readonly status: RunStatus;
  readonly exitCode: ExitCode;
  /** Null when the scenario could not be read. */
  readonly seed: number | null;
  readonly expectations: readonly ExpectationResult[];
  /** Null unless the run came to an end. */
  readonly record: R | null;
  /** What its orders went through; empty where it did not run, or nobody has asked. */
  readonly lifecycle: readonly LifecycleStep[];
  readonly error: SeatrialError | null;
  /** The line of the file that the error names; null where it names none. */
  readonly excerpt: Excerpt | null;
  readonly notRun: NotRun | null;
  /** What must be said beside the result: "synthetic bars", "optimistic fills" … */
  readonly labels: readonly string[];
  /** Wall time of the run in ms; 0 when it did not run. */
  readonly elapsedMs: number;
  /** Where the run folder was written; null when none was. */
  readonly folder: string | null;
}

/** The same outcome with the figures of its run alone. */
export function briefOutcome(outcome: Outcome): Outcome<RunFigures> {
  const { record } = outcome;
  if (record === null) return { ...outcome, record };
  const { metrics, invariants, runHash, final } = record;
  return { ...outcome, record: { metrics, invariants, runHash, equity: final.equity } };
}

/** Code of the error of a run in which the auditor has found something. */
export const auditCode = "audit_findings";

/** A scenario that could not be read, or whose run broke off. A broken invariant is a failure of the run, not of its input. */
export function outcomeOfError(scenario: string, seed: number | null, error: SeatrialError, excerpt: Excerpt | null = null): Outcome {
  return {
    scenario,
    status: error instanceof InvariantError ? "failed" : "error",
    exitCode: error.exitCode,
    seed,
    expectations: [],
    record: null,
    lifecycle: [],
    error,
    excerpt,
    notRun: null,
    labels: [],
    elapsedMs: 0,
    folder: null,
  };
}

/** A scenario whose data is absent. @param strict makes that a failed pre-check instead of a note */
export function outcomeNotRun(scenario: string, seed: number | null, notRun: NotRun, strict: boolean): Outcome {
  return {
    scenario,
    status: "not_run",
    exitCode: strict ? ExitCode.dependency : ExitCode.ok,
    seed,
    expectations: [],
    record: null,
    lifecycle: [],
    error: null,
    excerpt: null,
    notRun,
    labels: [],
    elapsedMs: 0,
    folder: null,
  };
}

/** From best to worst: an interruption outranks bad input, which outranks a failed run, which outranks a missing dependency. */
const severity: readonly ExitCode[] = [ExitCode.ok, ExitCode.dependency, ExitCode.run, ExitCode.input, ExitCode.interrupted];

/** The exit code of several results: the worst in the order 130 > 3 > 2 > 1 > 0; 0 for none. */
export function worstExitCode(codes: readonly ExitCode[]): ExitCode {
  let worst: ExitCode = ExitCode.ok;
  for (const code of codes) if (severity.indexOf(code) > severity.indexOf(worst)) worst = code;
  return worst;
}

/** The typed error inside anything that was thrown; an unknown throw is a failure at run time, exit code 2. */
export function seatrialErrorOf(thrown: unknown): SeatrialError {
  if (thrown instanceof SeatrialError) return thrown;
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  return new SeatrialError({
    code: "unexpected_error",
    reason: reason.split("\n", 1)[0] ?? reason,
    hint: "set SEATRIAL_DEBUG=1 to see where it came from",
    exitCode: ExitCode.run,
    cause: thrown,
  });
}

/** Text for one line of a terminal: line breaks become spaces, other control characters (escape codes of a hostile file) marks. */
export function oneLine(text: string): string {
  return text.replaceAll(/\s*[\r\n]\s*/g, " ").replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, "\ufffd");
}
