// Failures I-08 and A7–A12: the same facts in any order and any number give the same book. Whole lives of orders, shuffled
// and duplicated.

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { Event, OrderFilled } from "../../src/domain/index.ts";
import { Harness, orderOf, positioned, TestStrategy } from "./harness.ts";

interface Leg {
  readonly leg: string;
  readonly quantity: number;
  readonly cost: number;
  readonly realized: number;
  readonly lots: readonly { readonly price: number; readonly quantity: number }[];
}

/** The book without the order in which lots were taken up: that is the order of the messages, by definition. */
function bookOf(harness: Harness): unknown {
  const { markets } = harness.runner.snapshot() as { markets: { book: { result: number; entryFees: readonly number[]; legs: readonly Leg[] } }[] };
  return markets.map(({ book }) => ({
    ...book,
    legs: book.legs.map((leg) => ({ ...leg, lots: leg.lots.map(({ price, quantity }) => `${price} ${quantity}`).toSorted() })),
  }));
}

/** A shuffle of the events in which each comes at least once. */
function retold(events: readonly Event[], picks: readonly number[]): Event[] {
  const told = [...events, ...picks.map((pick) => events[pick % events.length] as Event)];
  const keys = told.map((_, at) => (picks[at % picks.length] ?? 0) * 7_919 + at * 104_729);
  return told
    .map((event, at) => ({ event, key: (keys[at] as number) % 1_009 }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ event }) => event);
}

const tellings = fc.array(fc.nat(10_000), { minLength: 1, maxLength: 12 });

/** Fills that add up to at most `total` units. */
function fillsOf(harness: Harness, order: number, parts: readonly { price: number; units: number }[]): OrderFilled[] {
  let cumulative = 0;
  return parts.map(({ price, units }) => {
    cumulative += units / 1_000;
    return harness.fillEvent(order, price, units / 1_000, { cumulative });
  });
}

const parts = fc.array(fc.record({ price: fc.integer({ min: 90, max: 100 }), units: fc.integer({ min: 1, max: 250 }) }), {
  minLength: 1,
  maxLength: 4,
});

type Ending = "none" | "canceled" | "expired" | "filled";

/** The events of one entry's life: acknowledgement, doubts, fills, an answer, an end. */
function lifeOf(harness: Harness, order: number, fills: OrderFilled[], ending: Ending): Event[] {
  const cumulative = fills.reduce((sum, fill) => sum + fill.quantity, 0) as never;
  const events: Event[] = [
    harness.fact("order_acknowledged", { order: order as never, venueOrderId: 1 }),
    harness.fact("order_unknown", { order: order as never, request: "submit" }),
    ...fills,
  ];
  if (ending === "canceled") events.push(harness.fact("order_canceled", { order: order as never, cumulative }));
  if (ending === "expired") events.push(harness.fact("order_expired", { order: order as never, cumulative, reason: "volume_cap" }));
  const status = ending === "none" ? "PARTIAL" : ending === "canceled" ? "CANCELED" : ending === "expired" ? "EXPIRED" : "FILLED";
  events.push(harness.fact("query_answered", { order: order as never, status, venueOrderId: 1, cumulative, fills }));
  return events;
}

describe("the same facts", () => {
  it("I-08: any order and repetition of an entry's messages gives the same book and the same end", () => {
    fc.assert(
      fc.property(parts, fc.constantFrom<Ending>("none", "canceled", "expired", "filled"), tellings, tellings, (pieces, ending, first, second) => {
        const total = pieces.reduce((sum, piece) => sum + piece.units, 0);
        const results = [first, second].map((telling) => {
          const harness = new Harness();
          const quantity = ending === "filled" ? total / 1_000 : 2;
          harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity, orderType: "limit", price: 100, postOnly: false });
          harness.bar(0);
          for (const event of retold(lifeOf(harness, orderOf(1), fillsOf(harness, orderOf(1), pieces), ending), telling)) harness.handle(event);
          const last = harness.settled(orderOf(1)).at(-1)?.split(" ")[0];
          // A doubt that is told last leaves an open order UNKNOWN until it is asked about: open all the same.
          return { book: bookOf(harness), open: harness.runner.openOrders, end: ending === "none" ? "open" : last };
        });
        expect(results[1]).toEqual(results[0]);
        // By hand: every unit once, at its own price; cost in money units is price × units × 1000.
        const cost = pieces.reduce((sum, piece) => sum + piece.price * piece.units * 1_000, 0);
        expect(results[0]?.book).toMatchObject([{ legs: [{ quantity: total, cost, realized: 0 }, { quantity: 0 }] }]);
        expect(results[0]).toMatchObject({
          open: ending === "none" ? 1 : 0,
          end: { none: "open", canceled: "CANCELED", expired: "EXPIRED", filled: "FILLED" }[ending],
        });
      }),
      { numRuns: 400 },
    );
  });

  it("I-08: the same for a close, whose result and ledger add up to the same", () => {
    fc.assert(
      fc.property(parts, fc.boolean(), tellings, tellings, (pieces, ends, first, second) => {
        const total = pieces.reduce((sum, piece) => sum + piece.units, 0);
        const results = [first, second].map((telling) => {
          // 2 at 100: every share of the cost divides without a rest. Without fees of the entry, too.
          const harness = new Harness();
          harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 2 });
          harness.strategy.at[1] = (ctx) => ctx.reduce({ side: "LONG", quantity: ends ? 2 : total / 1_000 });
          harness.bar(0);
          harness.fill(orderOf(1), 100, 2, { fee: 0 });
          harness.bar(1);
          const events = lifeOf(harness, orderOf(2), fillsOf(harness, orderOf(2), pieces), ends ? "expired" : "filled");
          for (const event of retold(events, telling)) harness.handle(event);
          return { book: bookOf(harness), open: harness.runner.openOrders, net: harness.of("ledger_entry").reduce((sum, line) => sum + line.net, 0) };
        });
        expect(results[1]).toEqual(results[0]);
        const gross = pieces.reduce((sum, piece) => sum + (piece.price - 100) * piece.units * 1_000, 0);
        const fees = pieces.reduce((sum, piece) => sum + piece.price * piece.units * 0.5, 0);
        expect(results[0]?.net).toBeCloseTo(gross - fees, -1);
        expect(results[0]?.open).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it("A7: a fill before its acknowledgement counts, and the acknowledgement changes nothing", () => {
    const harness = new Harness();
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 1 });
    harness.bar(0);
    harness.fill(orderOf(1), 100, 1);
    harness.ack(orderOf(1));
    expect(harness.settled(orderOf(1))).toEqual(["FILLED filled"]);
    expect(harness.held("LONG")).toBe(1);
  });

  it("A10, A12: a cancel that overtakes its fills, with its cumulative quantity", () => {
    const harness = new Harness();
    harness.strategy.at[0] = (ctx) => ctx.open({ side: "LONG", quantity: 2, orderType: "limit", price: 95 });
    harness.strategy.at[1] = (ctx) => ctx.cancel(1);
    harness.bars(0, 1);
    harness.canceled(orderOf(1), 1.5);
    expect(harness.strategy.heard).toContainEqual({ what: "canceled", intent: 1, filled: 1.5 });
    harness.fill(orderOf(1), 95, 1);
    harness.fill(orderOf(1), 94, 0.5);
    expect(harness.held("LONG")).toBe(1.5);
    expect(harness.settled(orderOf(1))).toEqual(["CANCELED strategy_cancel"]);
  });

  it("A11: a refused cancel is no state: the order is asked about and stays on the book", () => {
    const harness = positioned({ strategy: new TestStrategy() }, 1);
    harness.strategy.at[1] = (ctx) => ctx.reduce({ side: "LONG", quantity: 1, orderType: "limit", price: 110 });
    harness.strategy.at[2] = (ctx) => ctx.cancel(2);
    harness.bars(1, 2);
    harness.cancelRejected(orderOf(2));
    harness.cancelRejected(orderOf(2));
    expect(harness.of("query_order")).toHaveLength(1);
    harness.fill(orderOf(2), 110, 1);
    expect(harness.settled(orderOf(2))).toEqual(["UNKNOWN cancel_unconfirmed", "FILLED fill_during_cancel"]);
    expect(harness.held("LONG")).toBe(0);
  });
});
