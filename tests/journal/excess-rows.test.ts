// Rows of fills that were more than their order could have: of several the one counts that the record names.

import { describe, expect, it } from "vitest";

import { EffectQueue, orderNumber, type Effect, type Event, type IntentNumber } from "../../src/domain/index.ts";
import { Journal, Projection } from "../../src/journal/index.ts";
import { flatSeries, instrumentOf, minute } from "../runner/harness.ts";

const order = orderNumber(1 as IntentNumber, 0);
const market = 0 as never;
const time = minute as never;

function queued(...effects: readonly Effect[]): EffectQueue {
  const queue = new EffectQueue();
  for (const effect of effects) queue.push(effect);
  return queue;
}

/** An order of 1 is told of three fills, of 1, 0.5 and 0.5; the runner says which of the last two has happened. */
function pricesWith(fill: object): string[] {
  const ids = { tag: "abcdef", epoch: 1, session: "123456" };
  const journal = new Journal([{ instrument: instrumentOf(), series: flatSeries("TEST/USDC:USDC", [100, 100]) }], ids);
  journal.barOpened(0, 0 as never);
  const plain = { price: null, trigger: null, timeInForce: "GTC", reduceOnly: false, timeToLive: null, replaces: null, terms: null } as const;
  const request = { order, market, side: "buy", leg: "LONG", family: "entry", type: "market", quantity: 1_000 as never, ...plain } as const;
  journal.commitEffects(queued({ type: "submit_order", request, reason: "signal" }), time);
  [
    [10_000, 1_000],
    [10_100, 500],
    [10_200, 500],
  ].forEach(([price, quantity], at) => {
    const terms = { order, market, price, quantity, cumulative: 1_000, fee: 0, feeCurrency: "USDC", liquidity: "taker" };
    journal.commit(
      { type: "order_filled", time, sequence: at, trade: at + 1, ...terms } as never as Exclude<Event, { type: "bar_closed" }>,
      queued(),
    );
  });
  const synced = { type: "position_synced", market, leg: "LONG", status: "SYNCED", quantity: 1_500 as never } as const;
  journal.commitEffects(queued({ ...synced, reason: "fill_beyond_order", ...fill }, { ...synced, reason: "fill_told_twice" }), time);
  return new Projection(journal).read().fills.map(({ price }) => price);
}

describe("of several fills in question", () => {
  it("what counts is the one that the record names", () => {
    expect(pricesWith({ fill: { order, trade: 3 } })).toEqual(["100", "102"]);
    expect(pricesWith({ fill: { order, trade: 2 } })).toEqual(["100", "101"]);
  });

  it("is the first in journals of versions that did not name it", () => {
    expect(pricesWith({})).toEqual(["100", "101"]);
  });
});
