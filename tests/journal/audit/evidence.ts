// What an auditor is shown of a run, as plain data that a test may falsify. It must never judge.

import type { VenueEntry, VenueTapeHead } from "../../../src/domain/index.ts";
import { audit, type AuditedResult, type AuditFrame, type AuditRecord, type AuditReport, type RunRecord } from "../../../src/journal/index.ts";
import { readTape } from "../../../src/journal/index.ts";
import { auditFrame } from "../../../src/session/audit-run.ts";
import { runAudited, type SimulationPlan } from "../../../src/session/index.ts";

export interface Evidence {
  readonly frame: AuditFrame;
  readonly records: AuditRecord[];
  readonly head: VenueTapeHead;
  readonly entries: VenueEntry[];
  readonly curve: { time: Float64Array; value: Float64Array };
  readonly result: {
    readonly orders: RunRecord["rows"]["orders"][number][];
    readonly fills: RunRecord["rows"]["fills"][number][];
    readonly skipped: number;
    readonly ledger: RunRecord["rows"]["ledger"][number][];
    readonly final: RunRecord["final"];
    readonly metrics: RunRecord["metrics"];
  };
}

/** Runs a plan and takes down all that there is of it. */
export function evidenceOf(plan: SimulationPlan): Evidence {
  const { record, session } = runAudited(plan);
  const { venue, journal } = session;
  if (venue.tape === null) throw new Error("the venue has kept no tape");
  const records: AuditRecord[] = [];
  readTape(journal.tape, (entry) => records.push(entry));
  const { rows, final, metrics, equity } = record;
  const result = { orders: rows.orders, fills: rows.fills, skipped: rows.skipped.length, ledger: rows.ledger, final, metrics };
  const { head, entries } = venue.tape;
  return {
    frame: auditFrame(plan, (currency) => venue.scaleOf(currency)),
    ...(structuredClone({ records, head, entries, curve: equity, result }) as unknown as Omit<Evidence, "frame">),
  };
}

/** The evidence of a run of which only the figures are told. */
export type LeanEvidence = Omit<Evidence, "result"> & { readonly result: AuditedResult };

export function withoutRows({ result, ...rest }: Evidence): LeanEvidence {
  return { ...rest, result: { ...result, orders: null, fills: null, ledger: null } };
}

export function auditOf({ frame, records, head, entries, curve, result }: LeanEvidence): AuditReport {
  const untold = { trades: new Set<number>(), legs: new Set<string>() };
  return audit(frame, { venue: { head, entries, untold }, curve, result }, records);
}

/** The same evidence, to be falsified. */
export function copyOf({ frame, ...plain }: Evidence): Evidence {
  return { frame, ...structuredClone(plain) };
}
