// What a session leaves when it has ended: rows, final state, figures and the hash of all of it. It reads; nothing that it
// asks may change a result.

import type { VirtualExchange } from "../exchange/virtual/index.ts";
import { journalLines, lifecycleSteps, runMetrics, type Journal, type RunRecord, type TapeRecord } from "../journal/index.ts";
import type { EquityCurve } from "./equity.ts";
import { assumptionsOf, finalState } from "./final-state.ts";
import type { SimulationPlan } from "./plan.ts";
import { runHash } from "./run-hash.ts";
import { createSha256 } from "./sha256.ts";
import { readRun } from "./unprotected-bars.ts";

/** A session that has ended. */
export interface EndedSession {
  readonly plan: SimulationPlan;
  readonly venue: VirtualExchange;
  readonly journal: Journal;
  readonly equity: EquityCurve;
  /** Comparisons of the two ledgers. */
  readonly compared: number;
}

/** @param hear told of every record in the pass that reads them. @defaultValue nobody */
export function runRecord({ plan, venue, journal, equity, compared }: EndedSession, hear: ((entry: TapeRecord) => void) | null = null): RunRecord {
  const { rows, counts, openOrders } = readRun(journal, plan, venue, hear);
  const scale = venue.scaleOf(venue.settlement);
  return {
    rows,
    final: finalState(venue, openOrders),
    metrics: runMetrics(counts, rows, equity.maxDrawdown, scale, venue.settlement),
    assumptions: assumptionsOf(venue),
    invariants: { checked: venue.invariantChecks + compared, violated: 0 },
    runHash: runHash(plan, journal, createSha256),
    equity: equity.columns(),
    journalLines: () => journalLines(journal),
    lifecycle: () => lifecycleSteps(journal.tape),
    release: () => releaseMemory({ journal, equity }),
  };
}

/** Gives the memory of a session's records and of its curve back, for the next session: neither may be read any more. */
export function releaseMemory({ journal, equity }: Pick<EndedSession, "journal" | "equity">): void {
  journal.tape.release();
  equity.release();
}
