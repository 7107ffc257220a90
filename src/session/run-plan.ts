// One door to run a plan: with its envelope where it asks for one, alone otherwise.

import type { RunRecord } from "../journal/index.ts";
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
  if (plan.envelope !== undefined) return simulateEnvelope(plan, hooks);
  const session = openSession(plan);
  session.run(hooks);
  return { record: session.record(), session };
}

/** What a run of a plan leaves; errors as in `runPlan`. */
export function simulate(plan: SimulationPlan, hooks: SimulationHooks = {}): RunRecord {
  return runPlan(plan, hooks).record;
}
