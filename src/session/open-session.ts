// One door to a session of a plan: one whose process may die is of a kind of its own. Nothing runs here.

import { buildSession, type SessionParts } from "./build.ts";
import { FragileSession } from "./fragile-session.ts";
import type { SimulationPlan } from "./plan.ts";
import { isFragile } from "./process-plan.ts";
import { SimulatedSession } from "./simulate.ts";

export function openSession(plan: SimulationPlan, parts: SessionParts = buildSession(plan)): SimulatedSession {
  return isFragile(plan) ? new FragileSession(plan, parts) : new SimulatedSession(plan, parts);
}
