// Locks that stand until a market is flat: what is held there is brought to its end first, by the strategy or by the operator.
// Nothing increases risk on it meanwhile, and nothing is closed here.

import type { Reason, SessionResumed } from "../domain/index.ts";
import type { Core } from "./core.ts";
import { isPositioned } from "./desk.ts";
import type { RunnerDesk } from "./order.ts";

const reasons: readonly Reason[] = ["configuration_changed", "code_changed", "executed_beyond_order"];

/** A session that came back with another configuration or other code. */
export function lockWhatWasChanged(core: Core, changed: NonNullable<SessionResumed["changed"]>): void {
  core.alert("warning", `${changed}_changed: the session goes on with what it was not started with`);
  for (const desk of core.desks) if (!isFlat(desk)) core.lock(desk.market, `${changed}_changed`);
}

/** A venue that has executed more than was ordered (failures A4): it may do so again, and what it holds nobody has planned. */
export function lockExecutedBeyond(core: Core, { market, instrument }: RunnerDesk): void {
  core.lock(market, "executed_beyond_order");
  core.alert("error", `executed_beyond_order: ${instrument.symbol} holds what was not ordered; nothing increases risk there until it is flat`);
}

/** To be asked before a decision, while there are locks. */
export function liftWhereFlat(core: Core, desk: RunnerDesk): void {
  if (isFlat(desk)) for (const reason of reasons) core.unlock(desk.market, reason);
}

function isFlat(desk: RunnerDesk): boolean {
  return desk.first === null && !isPositioned(desk);
}
