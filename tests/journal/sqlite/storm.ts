// What a storm of commits is made of.

import type { Effect } from "../../../src/domain/index.ts";
import type { Cause } from "../../../src/journal/index.ts";

export function stormCause(n: number): Cause {
  return { type: "instant_closed", time: n * 60_000, closings: [{ market: 0, series: 0, bar: n - 1 }] } as unknown as Cause;
}

/** An order of its own for each commit. */
export function request(n: number): Effect {
  const terms = { timeInForce: "GTC", reduceOnly: false, timeToLive: null, replaces: null, terms: null };
  const order = { order: n * 256, market: 0, side: "buy", leg: "LONG", family: "entry", type: "limit", quantity: 1_000, price: 9_900 };
  return { type: "submit_order", reason: "scripted", request: { ...order, trigger: null, ...terms } } as unknown as Effect;
}
