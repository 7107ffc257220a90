// The runner's state as plain data: what a journal keeps so that a restart need not begin at the first record. Equal input
// gives equal bytes.

import { plainRequest } from "../domain/index.ts";
import type { Core } from "./core.ts";

export type RunnerSnapshot = ReturnType<typeof snapshotOf>;

export function snapshotOf(core: Core) {
  return {
    now: core.now,
    stop: core.stop,
    halted: core.halted,
    intents: core.intents,
    netResult: core.netResult,
    timers: core.timers.snapshot(),
    risk: core.risk.snapshot(),
    rateLimits: core.rateLimits.snapshot(),
    orders: core.orders.sorted().map((order) => ({
      request: plainRequest(order),
      status: order.status,
      filled: order.filled,
      cancelCause: order.cancelCause,
      cancelTime: order.cancelTime,
      unknown: order.unknown,
      intent: order.intent,
    })),
    markets: core.desks.map((desk) => ({
      bar: desk.bars.index,
      book: desk.book.snapshot(),
      backoff: desk.backoff.snapshot(),
      strategy: desk.strategy.snapshot(),
      random: desk.random.snapshot(),
      routeRandom: desk.routeRandom.snapshot(),
      routes: desk.routes.map((route) => ({ ...route, slices: [...route.slices] })),
    })),
  };
}
