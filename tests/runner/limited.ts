// A session that a venue shuts out for a while: what rests in it, how the venue says so, and what leaves when its timers fire.

import { defaultBackoffPolicy, type Effect, type Millis, type RateLimit } from "../../src/domain/index.ts";
import { minute, orderOf, positioned, refusal, TestStrategy, type Harness } from "./harness.ts";

export const until = (time: number, banned = false): RateLimit => ({ status: banned ? 418 : 429, until: time as Millis, banned });

/** Requests among effects, as `submit 2`, `cancel 3`, `query 1`. */
export function requests(effects: readonly Effect[]): string[] {
  return effects.flatMap((effect) => {
    switch (effect.type) {
      case "submit_order":
        return [`submit ${effect.request.order / 256}`];
      case "cancel_order":
        return [`cancel ${effect.order / 256}`];
      case "amend_order":
        return [`amend ${effect.order / 256}`];
      case "query_order":
        return [`query ${effect.order / 256}`];
      case "query_position":
        return [`query ${effect.leg}`];
      default:
        return [];
    }
  });
}

/** Fires every timer that is due by a time, in order. */
export function wait(harness: Harness, time: number): Effect[] {
  const due = harness.of("set_timer").filter((timer) => timer.due <= time && !fired(harness).has(timer.timer));
  due.sort((a, b) => a.due - b.due || a.timer - b.timer);
  return due.flatMap(({ timer, due: at }) => {
    fired(harness).add(timer);
    return harness.timer(timer, at);
  });
}

const firedTimers = new WeakMap<Harness, Set<number>>();
function fired(harness: Harness): Set<number> {
  const known = firedTimers.get(harness) ?? new Set();
  firedTimers.set(harness, known);
  return known;
}

/** LONG 1 is held, a stop 2, a target 3 and an add 4 rest, and bar 2 was the last. */
export function busy(): Harness {
  const policy = { dcaOrderType: "limit" as const, fallback: { onReject: true, onTimeout: true } };
  const strategy = new TestStrategy({ policy, backoff: { ...defaultBackoffPolicy, cooldownMs: 2 * minute } });
  const harness = positioned({ strategy, settings: { fallback: { onReject: true, onTimeout: true } } });
  strategy.at[1] = (ctx) => {
    ctx.reduce({ side: "LONG", quantity: 1, orderType: "stop_market", trigger: 90, family: "sl" });
    ctx.reduce({ side: "LONG", quantity: 1, orderType: "limit", price: 110, family: "tp" });
    ctx.add({ side: "LONG", quantity: 1, price: 95, timeToLive: 10 * minute, allowMarketFallback: true, fallbackOnTimeout: true });
  };
  harness.bars(1, 2);
  for (const intent of [2, 3, 4]) harness.ack(orderOf(intent));
  return harness;
}

/** The venue shuts the session out until a minute: it says so to a refused amendment. */
export function shutOut(harness: Harness, minutes: number, banned = true): Effect[] {
  return harness.handle(harness.fact("amend_rejected", refusal(orderOf(3), "rate_limited", "-1003", until(minutes * minute, banned))));
}
