// Locks that stand until a market is flat: what is held there is brought to its end first, by the strategy or by the operator.
// Nothing increases risk on it meanwhile, and nothing is closed here.

import { isRiskIncrease, type Quantity, type Reason, type SessionResumed } from "../../domain/index.ts";
import type { Core } from "../core.ts";
import { isPositioned } from "../desk.ts";
import type { RunnerDesk, RunnerOrder } from "../order.ts";

const reasons: readonly Reason[] = [
  "configuration_changed",
  "code_changed",
  "executed_beyond_order",
  "recovery_blocked_no_snapshot",
  "recovery_blocked_missing_position_after_fill",
];

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

/**
 * An order that only the venue knows and that increases risk (row 004-PE-6): the strategy's state knows nothing of it, and of
 * what it adds to.
 * @param filled as the venue tells
 */
export function lockWithoutState(core: Core, desk: RunnerDesk, { order, family, leg }: RunnerOrder, filled: Quantity): void {
  if (!isRiskIncrease(family)) return;
  const adds = family === "dca" && filled > 0 && desk.book.signedOf(leg) === 0;
  const reason = adds ? "recovery_blocked_missing_position_after_fill" : "recovery_blocked_no_snapshot";
  const what = adds ? "has added to a position that is not there" : "is known to the venue alone, without a state of the strategy";
  core.lock(desk.market, reason);
  core.alert("error", `${reason}: order ${order} ${what}; nothing increases risk on ${desk.instrument.symbol} until it is flat`);
}

/** To be asked before a decision, while there are locks. */
export function liftWhereFlat(core: Core, desk: RunnerDesk): void {
  if (isFlat(desk)) for (const reason of reasons) core.unlock(desk.market, reason);
}

function isFlat(desk: RunnerDesk): boolean {
  return desk.first === null && !isPositioned(desk);
}
