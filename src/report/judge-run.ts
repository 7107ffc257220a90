// The verdict on a run that came to an end: expectations, invariants, the auditor's word, and how it ended. It judges what stands
// in the record; it computes nothing of it.

import { ExitCode, SeatrialError } from "../domain/errors.ts";
import { findingText, type RunRecord } from "../journal/index.ts";
import type { ExpectationResult } from "../scenario/index.ts";
import { auditCode, type Outcome, type RunStatus, type RunSummary } from "./outcome.ts";

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
