// One door to run a plan: with its envelope where it asks for one, alone otherwise.

import type { RunRecord } from "../journal/index.ts";
import { withAudit } from "./audit-run.ts";
import { buildSession } from "./build.ts";
import { simulateEnvelope } from "./envelope.ts";
import type { SimulationPlan } from "./plan.ts";
import { openSession } from "./open-session.ts";
import type { SimulatedSession } from "./simulate.ts";
import type { SimulationHooks } from "./simulation-hooks.ts";

export interface PlanRun {
  /** Of the main world. */
  readonly record: RunRecord;
  readonly session: SimulatedSession;
}

/** Runs a plan to its end, or to the halt that its record names. @throws SeatrialError when the plan is wrong or an invariant breaks */
export function runPlan(plan: SimulationPlan, hooks: SimulationHooks = {}): PlanRun {
  return planRun(plan, hooks, false);
}

function planRun(plan: SimulationPlan, hooks: SimulationHooks, audited: boolean): PlanRun {
  if (plan.envelope !== undefined) return simulateEnvelope(plan, hooks, audited);
  const session = openSession(plan, buildSession(plan, audited));
  session.run(hooks);
  return { record: session.record(), session };
}

/** `runPlan`, and the auditor's word on it in the record. */
export function runAudited(plan: SimulationPlan, hooks: SimulationHooks = {}): PlanRun {
  const run = planRun(plan, hooks, true);
  return { ...run, record: withAudit(plan, run.session, run.record) };
}

/** What a run of a plan leaves; errors as in `runPlan`. */
export function simulate(plan: SimulationPlan, hooks: SimulationHooks = {}): RunRecord {
  return runPlan(plan, hooks).record;
}
