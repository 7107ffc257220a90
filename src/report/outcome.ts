// What became of one scenario: its status, its exit code, and what was recorded. Judges a finished run; never computes
// a trading figure and never prints.

import { ExitCode, InvariantError, SeatrialError } from "../domain/errors.ts";
import { findingText, type LifecycleStep, type RunRecord } from "../journal/index.ts";
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

/** A run that came to an end, not yet judged. */
export interface FinishedRun {
  readonly scenario: string;
  readonly seed: number;
  readonly record: RunRecord;
  readonly expectations: readonly ExpectationResult[];
  /** True when the scenario itself expects the halt that ended the run. */
  readonly haltExpected: boolean;
  /** True when the scenario itself expects a liquidation. */
  readonly liquidationExpected: boolean;
  /** Its strategy did not come back, and the run is of a session without it from there on. @defaultValue false */
  readonly timedOut?: boolean;
  readonly labels: readonly string[];
  readonly elapsedMs: number;
}

/**
 * Passed: every expectation holds, no invariant is violated, and the auditor finds nothing. A run that ended INSOLVENT, or lost a position to a liquidation, failed, and one whose
 * strategy broke is in error, unless the scenario expects exactly that. Any other halt was asked for by the scenario.
 */
export function judgeRun(run: FinishedRun): Outcome {
  const { rows, final, metrics, invariants, assumptions, runHash, envelope, audit } = run.record;
  const halt = run.haltExpected ? null : rows.halt;
  const liquidation = run.liquidationExpected ? undefined : rows.liquidations[0];
  const insolvent = halt?.reason === "insolvent";
  const hung = run.timedOut === true ? hungError(rows.alerts) : null;
  const broken = hung !== null || halt?.reason === "strategy_error";
  const found = audit?.count ?? 0;
  const failed =
    found > 0 || insolvent || liquidation !== undefined || invariants.violated > 0 || run.expectations.some((expectation) => !expectation.passed);
  const status: RunStatus = broken ? "error" : failed ? "failed" : "passed";
  const error =
    hung ??
    (halt !== null && (insolvent || broken)
      ? new SeatrialError({ code: halt.reason, reason: `${halt.text} (bar ${halt.bar})`, exitCode: ExitCode.run })
      : liquidation !== undefined
        ? liquidatedError(liquidation)
        : audit !== undefined && found > 0
          ? auditError(audit)
          : null);
  return {
    scenario: run.scenario,
    status,
    exitCode: status === "passed" ? ExitCode.ok : ExitCode.run,
    seed: run.seed,
    expectations: run.expectations,
    record: {
      rows,
      final,
      metrics,
      invariants: { checked: invariants.checked, violated: invariants.violated + found },
      assumptions,
      runHash,
      ...(envelope === undefined ? {} : { envelope }),
      ...(audit === undefined ? {} : { audit }),
    },
    lifecycle: [],
    error,
    excerpt: null,
    notRun: null,
    labels: run.labels,
    elapsedMs: run.elapsedMs,
    folder: null,
  };
}

/** The same outcome with the figures of its run alone. */
export function briefOutcome(outcome: Outcome): Outcome<RunFigures> {
  const { record } = outcome;
  if (record === null) return { ...outcome, record };
  const { metrics, invariants, runHash, final } = record;
  return { ...outcome, record: { metrics, invariants, runHash, equity: final.equity } };
}

/** What the journal says of the verdict. */
function hungError(alerts: RunRecord["rows"]["alerts"]): SeatrialError {
  const told = alerts.find(({ text }) => text.includes("did not come back"));
  return new SeatrialError({
    code: "strategy_timed_out",
    reason: told === undefined ? "the strategy did not come back" : told.text,
    hint: "the rest of the run is without it: its orders live on, nothing increases risk",
    exitCode: ExitCode.run,
  });
}

function liquidatedError({ symbol, leg, quantity, price, bar }: RunSummary["rows"]["liquidations"][number]): SeatrialError {
  return new SeatrialError({
    code: "liquidated",
    reason: `the venue closed ${quantity} of ${symbol} ${leg} at ${price} for want of margin (bar ${bar})`,
    hint: 'a scenario that means it expects it: { "liquidation": {} }',
    exitCode: ExitCode.run,
  });
}

/** Code of the error of a run in which the auditor has found something. */
export const auditCode = "audit_findings";

function auditError({ count, findings }: NonNullable<RunSummary["audit"]>): SeatrialError {
  const first = findings[0];
  const more = count === 1 ? "" : `, and ${count - 1} more`;
  return new SeatrialError({
    code: auditCode,
    reason: `the auditor disagrees: ${first === undefined ? "" : findingText(first)}${more}`,
    hint: "seatrial audit <run folder> lists all of it; this is a defect: please report it with the scenario file and its seed",
    exitCode: ExitCode.run,
  });
}

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
