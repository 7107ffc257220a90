// One door to a session of a plan: one whose process may die, or whose bars are wrong, is of a kind of its own. Nothing runs here.

import { buildSession, type SessionParts } from "./build.ts";
import { FragileSession } from "./process/fragile-session.ts";
import { isFragile, type SimulationPlan } from "./plan.ts";
import { SimulatedSession } from "./simulate.ts";
import { WatchedFeedSession } from "./feed/watched-feed-session.ts";

export function openSession(plan: SimulationPlan, parts: SessionParts = buildSession(plan)): SimulatedSession {
  if (parts.watch !== null) return new WatchedFeedSession(plan, parts, parts.watch);
  return isFragile(plan) ? new FragileSession(plan, parts) : new SimulatedSession(plan, parts);
}
