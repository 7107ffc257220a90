// The queue of effects against an array of the same effects, and that its places are used again without keeping what they held.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  EffectPlace,
  EffectQueue,
  isRecord,
  RequestFields,
  type Effect,
  type MarketIndex,
  type Millis,
  type OrderNumber,
  type Price,
  type Quantity,
} from "../../src/domain/index.ts";

const order = (value: number) => value as OrderNumber;
const market = (value: number) => value as MarketIndex;

/** All fields of a request, so that a copy can be compared with it. */
const request = {
  order: order(513),
  market: market(2),
  side: "sell",
  leg: "SHORT",
  family: "tp",
  type: "limit",
  quantity: 1_500 as Quantity,
  price: 10_050 as Price,
  trigger: null,
  timeInForce: "PO",
  reduceOnly: true,
  timeToLive: 60_000,
  replaces: null,
  terms: null,
} as const;

const submit: Effect = { type: "submit_order", request, reason: "take_profit" };
const cancel: Effect = { type: "cancel_order", order: order(257), market: market(1), reason: "limit_timeout" };
const settled: Effect = { type: "order_settled", order: order(256), market: market(3), status: "FILLED", reason: "filled" };
const timer: Effect = { type: "set_timer", timer: 7, due: 90_000 as Millis };
const alert: Effect = { type: "alert", level: "warning", text: "slow answer" };

function drained(queue: EffectQueue): Effect[] {
  const effects: Effect[] = [];
  for (let effect = queue.shift(); effect !== undefined; effect = queue.shift()) effects.push(effect);
  return effects;
}

describe("the queue of effects", () => {
  it("gives back what was pushed, in order and field by field", () => {
    const queue = new EffectQueue();
    for (const effect of [submit, cancel, settled, timer, alert]) queue.push(effect);
    expect(queue.length).toBe(5);
    expect(drained(queue)).toEqual([submit, cancel, settled, timer, alert]);
    expect([queue.length, queue.placed, queue.shift()]).toEqual([0, 0, undefined]);
  });

  it("keeps a verdict that comes first apart from the places, and hands it over first", () => {
    const queue = new EffectQueue();
    queue.settle(order(256), market(3), "FILLED", "filled");
    expect([queue.length, queue.placed]).toEqual([1, 0]);
    expect([queue.verdictOn, queue.verdictMarket, queue.verdictStatus, queue.verdictReason]).toEqual([256, 3, "FILLED", "filled"]);
    queue.cancel(order(257), market(1), "limit_timeout");
    expect([queue.length, queue.placed]).toEqual([2, 1]);
    expect(queue.shift()).toEqual(settled);
    expect(queue.verdictOn).toBe(0);
    expect(queue.shift()).toEqual(cancel);
    expect(queue.shift()).toBeUndefined();
    queue.push(settled);
    expect([queue.verdictOn, queue.placed]).toEqual([256, 0]);
  });

  it("puts a verdict behind what was asked for before it into a place of its own", () => {
    const queue = new EffectQueue();
    queue.push(cancel);
    queue.push(settled);
    expect([queue.verdictOn, queue.placed]).toEqual([0, 2]);
    expect(drained(queue)).toEqual([cancel, settled]);
  });

  it("hands a request over as a copy: the object of the order may change afterwards", () => {
    const queue = new EffectQueue();
    const own = new RequestFields();
    own.copy(request);
    queue.submit(own, "take_profit");
    const first = queue.first;
    expect([first.kind, first.order, first.market, first.request]).toEqual([0, 513, 2, own]);
    const handed = queue.shift();
    own.quantity = 1 as Quantity;
    expect(handed).toEqual(submit);
  });

  it("forgets what waits when it is cleared, a verdict included, and uses its places again", () => {
    const queue = new EffectQueue();
    queue.push(settled);
    queue.push(submit);
    queue.push(timer);
    const place = queue.first;
    queue.clear();
    expect([queue.length, queue.placed, queue.verdictOn, queue.shift()]).toEqual([0, 0, 0, undefined]);
    queue.push(cancel);
    expect(queue.first).toBe(place);
    expect(queue.shift()).toEqual(cancel);
    queue.push(alert);
    expect(queue.first).toBe(place);
  });

  it("makes no place that it does not need: the second round goes through those of the first", () => {
    const queue = new EffectQueue();
    const walk = () => {
      for (const effect of [cancel, timer, submit]) queue.push(effect);
      const places = [queue.first, queue.first.next, queue.first.next?.next];
      drained(queue);
      return places;
    };
    const [first, second] = [walk(), walk()];
    expect(first.every((place, at) => place instanceof EffectPlace && place === second[at])).toBe(true);
  });

  it("behaves as an array does", () => {
    const step = fc.option(fc.constantFrom<Effect[]>(submit, cancel, settled, timer, alert), { nil: null });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const queue = new EffectQueue();
        const model: Effect[] = [];
        for (const effect of steps) {
          if (effect === null) expect(queue.shift()).toEqual(model.shift());
          else {
            queue.push(effect);
            model.push(effect);
          }
          expect(queue.length).toBe(model.length);
          expect(queue.placed).toBe(model.length - (queue.verdictOn === 0 ? 0 : 1));
        }
        expect(drained(queue)).toEqual(model);
      }),
    );
  });
});

describe("records", () => {
  it("only say what has happened; requests, timers and plans are none", () => {
    const skipped = { type: "intent_skipped" } as Effect;
    expect([settled, alert, skipped].map(isRecord)).toEqual([true, true, true]);
    expect([submit, cancel, timer].map(isRecord)).toEqual([false, false, false]);
  });
});
