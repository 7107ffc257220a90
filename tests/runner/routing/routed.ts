// A runner whose strategy works its intents by routes, driven by hand.

import type { Effect, OrderIntent, RoutePolicy } from "../../../src/domain/index.ts";
import { Harness, TestStrategy, type HarnessOptions } from "../harness.ts";

export const second = 1_000;

export function routed(options: HarnessOptions & { routing?: Partial<RoutePolicy>; route?: "limit-patience" | "twap" | "auto" } = {}): Harness {
  const { routing = {}, route = "limit-patience", ...rest } = options;
  return new Harness({ strategy: new TestStrategy({ policy: { route, routing } }), ...rest });
}

/** Asks at the close of bar 0, at a close of 100. */
export function opened(harness: Harness, intent: Partial<OrderIntent> = {}): Effect[] {
  harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 4, ...intent });
  return harness.bar(0);
}

/** Fires the newest timer that is due at `due`. */
export function fire(harness: Harness, due: number): Effect[] {
  const timer = harness.of("set_timer").findLast((effect) => effect.due === due);
  if (timer === undefined) throw new Error(`no timer is due at ${due}`);
  return harness.timer(timer.timer, due);
}

/** How routed intents have ended so far, as `intent filled reason`. */
export function endsOf(harness: Harness): string[] {
  return harness.of("route_ended").map(({ intent, filled, reason }) => `${intent} ${filled / 1_000} ${reason}`);
}
