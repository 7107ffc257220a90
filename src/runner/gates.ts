// The guards on an intent, in the order of the house: contract, position and pending, operator's stop, freshness, risk,
// strategy's own permission, backoff. Each is a question with a reason for an answer; none changes anything.

import { isReason, isRoute, type Family, type OrderIntent, type Quantity, type Reason } from "../domain/index.ts";
import type { Context } from "../strategy/index.ts";
import type { Core } from "./core.ts";
import type { OrderForm } from "./order-forms.ts";
import type { RunnerDesk, RunnerOrder } from "./order.ts";

const lives: ReadonlySet<string> = new Set(["GTC", "IOC", "FOK", "GTD", "DAY"]);

/** The shape of what a strategy handed over. Numbers may be nonsense here; they are refused with reasons of their own. */
export function checkContract({ flaw }: OrderForm, intent: OrderIntent): Reason | null {
  return isMalformed(intent) ? "bad_intent" : flaw;
}

function isMalformed({ family, reason, timeInForce, timeToLive, sizing, route }: OrderIntent): boolean {
  if (route !== undefined && !isRoute(route)) return true;
  // Its names have been looked up, with the default's in the place of null.
  if (family === null) return true;
  if (reason !== undefined && !isReason(reason)) return true;
  if (timeInForce !== undefined && !lives.has(timeInForce)) return true;
  if (timeToLive !== undefined && timeToLive !== null && !(timeToLive > 0 && timeToLive < Number.POSITIVE_INFINITY)) return true;
  return sizing !== undefined && sizing !== "explicit_qty" && sizing !== "delegate_notional" && sizing !== "runner_notional";
}

/** Positioned and pending: an entry needs a flat side, an add and a close need a position. @param held of the intent's side */
export function checkPosition({ kind, direction }: OrderForm, intent: OrderIntent, desk: RunnerDesk, held: Quantity): Reason | null {
  if (kind === "OPEN") {
    if (held > 0) return "already_positioned";
    const opposite = direction === "LONG" ? "SHORT" : "LONG";
    if (!desk.hedge && intent.reverse !== true && desk.book.quantityOf(opposite) > 0) return "already_positioned";
    const entries = desk.pendingOf(direction, "entry");
    return entries > 0 && entries > replacedCount(intent, desk, "entry") ? "position_pending" : null;
  }
  if (kind === "ADD") {
    if (held === 0) return "dca_without_position";
    const adds = desk.pendingOf(direction, "dca") - (intent.replaces === undefined ? 0 : replacedCount(intent, desk, "dca"));
    return adds >= desk.strategy.policy.maxPendingAdds || desk.pendingOf(direction, "entry") > 0 ? "position_pending" : null;
  }
  // What hangs on an entry may be sent with it: the venue keeps it until there is something to reduce.
  return held === 0 && intent.syncIfAbsent !== true && intent.parent === undefined ? "no_position" : null;
}

function replacedCount(intent: OrderIntent, desk: RunnerDesk, family: Family): number {
  if (intent.replaces === undefined) return 0;
  const route = desk.routeOf(intent.replaces);
  if (route !== undefined) return route.family === family && route.ending === null ? 1 : 0;
  const replaced = desk.orderOfIntent(intent.replaces);
  return replaced !== undefined && replaced.family === family && replaced.cancelCause === "none" ? 1 : 0;
}

/** What only risk-increasing intents have to pass. @param intent as it was asked for, while the order is not a request yet */
export function checkIncrease(core: Core, ctx: Context, order: RunnerOrder, intent: OrderIntent | null): Reason | null {
  const { desk, kind, family } = order;
  if (core.stop !== null) return kind === "ADD" ? "dca_stop_new_orders" : core.stop;
  if (core.locks.held) {
    const locked = core.locks.reasonAt(desk.market);
    if (locked !== null) return locked;
  }
  if (desk.unresolved > 0) return "unresolved_outcome";
  if (core.rateLimits.isShut && core.rateLimits.isClosed("submit")) return "rate_limited";
  if (core.rejections.any) {
    const held = core.rejections.holds(desk.market, family, true, core.now);
    if (held !== null) return held;
  }
  if (kind === "OPEN" && core.settings.topN !== null && competing(core, desk) >= core.settings.topN) return "not_in_top_n";
  if (desk.strategy.canSubmit !== undefined) {
    const refusal = askPermission(core, ctx, order, intent, "canSubmit");
    if (refusal !== null) return refusal;
  }
  return desk.backoff.blocks(family, core.now) ? "strategy_execution_backoff" : null;
}

/** Reducing intents pass the strategy's own hook for closes; and what the venue has turned away again and again waits a moment. */
export function checkReduce(core: Core, ctx: Context, order: RunnerOrder, intent: OrderIntent | null): Reason | null {
  if (core.rejections.any) {
    const held = core.rejections.holds(order.desk.market, order.family, false, core.now);
    if (held !== null) return held;
  }
  return order.desk.strategy.canClose === undefined ? null : askPermission(core, ctx, order, intent, "canClose");
}

// A permission hook that throws counts as a refusal (row 004-BO-4), and says so.
function askPermission(core: Core, ctx: Context, order: RunnerOrder, intent: OrderIntent | null, hook: "canSubmit" | "canClose"): Reason | null {
  const { strategy } = order.desk;
  const refusal: Reason = hook === "canSubmit" ? "strategy_cannot_submit" : "strategy_cannot_close";
  try {
    const view = intent === null ? order.intentView() : order.askedView(intent);
    const permission = hook === "canSubmit" ? strategy.canSubmit?.(ctx, view) : strategy.canClose?.(ctx, view);
    if (typeof permission?.allowed !== "boolean") throw new TypeError("it returned no permission");
    if (permission.allowed) return null;
    return permission.reason !== undefined && isReason(permission.reason) ? permission.reason : refusal;
  } catch (error) {
    core.alert("error", `${strategy.name}.${hook} threw, taken as a refusal: ${error instanceof Error ? error.message : String(error)}`);
    return refusal;
  }
}

/** Other markets that hold or seek a position. */
function competing(core: Core, desk: RunnerDesk): number {
  let count = 0;
  for (const other of core.desks) {
    if (
      other !== desk &&
      (other.pendingOf("LONG", "entry") + other.pendingOf("SHORT", "entry") > 0 || other.book.legs.some((leg) => leg.quantity !== 0))
    )
      count += 1;
  }
  return count;
}
