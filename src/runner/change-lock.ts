// A session that came back with another configuration or other code. What the old one holds is brought to its end first: until a
// market is flat nothing increases risk on it. It closes nothing itself.

import type { Reason, SessionResumed } from "../domain/index.ts";
import type { Core } from "./core.ts";
import { isPositioned } from "./desk.ts";
import type { RunnerDesk } from "./order.ts";

const reasons: readonly Reason[] = ["configuration_changed", "code_changed"];

export function lockUntilFlat(core: Core, changed: NonNullable<SessionResumed["changed"]>): void {
  core.alert("warning", `${changed}_changed: the session goes on with what it was not started with`);
  for (const desk of core.desks) if (!isFlat(desk)) core.lock(desk.market, `${changed}_changed`);
}

/** To be asked before a decision, while there are locks. */
export function liftWhereFlat(core: Core, desk: RunnerDesk): void {
  if (isFlat(desk)) for (const reason of reasons) core.unlock(desk.market, reason);
}

function isFlat(desk: RunnerDesk): boolean {
  return desk.first === null && !isPositioned(desk);
}
