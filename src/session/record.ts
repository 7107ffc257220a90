// What a session leaves: its rows, figures, equity and journal. It computes no trading result, it collects them.

import type { VirtualExchange } from "../exchange/virtual/index.ts";
import { journalLines, runMetrics, type Journal, type RunRecord } from "../journal/index.ts";
import type { EquityCurve } from "./equity.ts";
import { assumptionsOf, finalState } from "./final-state.ts";
import type { SimulationPlan } from "./plan.ts";
import { runHash } from "./run-hash.ts";
import { createSha256 } from "./sha256.ts";
import { runRows } from "./unprotected-bars.ts";

/** @param compared checks of the runner's book against the venue's */
export function recordOf(plan: SimulationPlan, venue: VirtualExchange, journal: Journal, equity: EquityCurve, compared: number): RunRecord {
  const rows = runRows(journal, plan.fill.path);
  return {
    rows,
    final: finalState(venue, rows.orders),
    metrics: runMetrics(rows, equity.maxDrawdown, venue.scaleOf(venue.settlement), venue.settlement),
    assumptions: assumptionsOf(venue),
    invariants: { checked: venue.invariantChecks + compared, violated: 0 },
    runHash: runHash(plan, journal, createSha256),
    equity: equity.columns(),
    journalLines: () => journalLines(journal),
    release: () => journal.tape.release(),
  };
}
