// What a strategy asked for in a hook that failed: none of it has left yet, and none of it may. It takes back requests that
// wait in the queue; it must never touch what was asked for before the hook began.

import type { Effect, EffectQueue, OrderNumber, OrderPool, OrderTable, Reason } from "../domain/index.ts";
import type { RiskGate } from "../risk/index.ts";
import type { IntentView } from "../strategy/index.ts";
import type { Amendments } from "./amendments.ts";
import type { RunnerDesk, RunnerOrder } from "./order.ts";
import { routeIntentView } from "./routing/route.ts";
import type { Timers } from "./timers.ts";

/** What it uses of the session that it belongs to; `Core` is one. */
export interface HookSession {
  readonly effects: EffectQueue;
  readonly orders: OrderTable<RunnerOrder>;
  readonly pool: OrderPool<RunnerOrder>;
  readonly timers: Timers;
  readonly amendments: Amendments;
  readonly risk: RiskGate;
  readonly rateLimits: { takeBackCancels(): OrderNumber[] };
  refuse(desk: RunnerDesk, view: IntentView, reason: Reason, snapshot: unknown): void;
}

/**
 * Drops the requests of a failed hook: each of its orders becomes a refused intent, cancels and amendments are as if nobody had
 * asked for them. What only tells stays.
 * @param mark effects that waited before the hook began
 */
export function dropHalfMade(core: HookSession, desk: RunnerDesk, mark: number): void {
  const { effects } = core;
  const waiting: Effect[] = [];
  for (let effect = effects.shift(); effect !== undefined; effect = effects.shift()) waiting.push(effect);
  const dropped: RunnerOrder[] = [];
  waiting.forEach((effect, at) => {
    if (at < mark || !takeBack(core, effect, dropped)) effects.push(effect);
  });
  // A cancel that waits until the venue takes it again has no place in the queue.
  for (const order of core.rateLimits.takeBackCancels()) uncancel(core, order);
  // The youngest first: each state that is put back is the one before it, and the last is that of the first intent.
  for (const order of dropped.toReversed()) dropOrder(core, desk, order);
}

/** @param dropped collects the orders that must not leave @returns false for what is no request */
function takeBack(core: HookSession, effect: Effect, dropped: RunnerOrder[]): boolean {
  switch (effect.type) {
    case "submit_order":
    case "order_held": {
      const order = core.orders.get(effect.request.order);
      if (order !== undefined) dropped.push(order);
      if (effect.type === "submit_order") core.risk.orderDropped();
      return true;
    }
    case "cancel_order":
      uncancel(core, effect.order);
      return true;
    case "amend_order":
      core.amendments.withdrawn(effect.order);
      return true;
    case "set_timer":
      return takeBackTimer(core, effect.timer);
    case "route_planned":
    case "order_routed":
      return true;
    default:
      return false;
  }
}

/** Timers of the venue's own times stay: others may wait for them too. */
function takeBackTimer(core: HookSession, timer: number): boolean {
  const purpose = core.timers.purposeOf(timer);
  if (purpose === undefined || purpose.kind === "venue_reopens" || purpose.kind === "query" || purpose.kind === "reconcile") return false;
  if (purpose.kind === "never_sent") uncancel(core, purpose.order);
  core.timers.disarm(timer);
  return true;
}

function uncancel(core: HookSession, number: OrderNumber): void {
  const order = core.orders.get(number);
  if (order === undefined || order.cancelCause === "none") return;
  const { desk, route } = order;
  order.cancelCause = "none";
  order.cancelTime = 0;
  desk.count(order, 1);
  desk.cancelDone();
  if (route === null || route.ending === null) return;
  route.ending = null;
  desk.tally(route, 1);
}

function dropOrder(core: HookSession, desk: RunnerDesk, order: RunnerOrder): void {
  const { route, snapshot } = order;
  const view = route === null ? order.intentView() : routeIntentView(desk.instrument, route);
  core.orders.remove(order.order);
  desk.drop(order);
  core.amendments.forget(order.order);
  if (route !== null) {
    desk.routes.splice(desk.routes.indexOf(route), 1);
    desk.tally(route, -1);
  }
  core.pool.discard(order);
  core.refuse(desk, view, "strategy_error", snapshot);
}
