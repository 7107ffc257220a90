// One door to run a plan: with its envelope where it asks for one, alone otherwise.

import type { RunRecord } from "../journal/index.ts";
import { auditedRecord, type ToldOfRun } from "./audit-run.ts";
import { buildSession } from "./build.ts";
import { simulateEnvelope } from "./envelope/envelope.ts";
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
  return planRun(plan, hooks, null);
}

/** @param told null: nobody audits it */
function planRun(plan: SimulationPlan, hooks: SimulationHooks, told: ToldOfRun | null): PlanRun {
  if (plan.envelope !== undefined) return simulateEnvelope(plan, hooks, told);
  const session = openSession(plan, buildSession(plan, told !== null));
  session.run(hooks);
  return { record: told === null ? session.record() : auditedRecord(plan, session, told), session };
}

/** `runPlan`, and the auditor's word on it in the record. @param told what of the record goes further, and is audited for that */
export function runAudited(plan: SimulationPlan, hooks: SimulationHooks = {}, told: ToldOfRun = "rows"): PlanRun {
  return planRun(plan, hooks, told);
}

/** What a run of a plan leaves; errors as in `runPlan`. */
export function simulate(plan: SimulationPlan, hooks: SimulationHooks = {}): RunRecord {
  return runPlan(plan, hooks).record;
}
