// An order as the venue holds it: its object is used again, so that nothing of the order before may stay; and what it answers
// about itself.
import { describe, expect, it } from "vitest";

import type { Millis, Quantity } from "../../src/domain/index.ts";
import { AmendRequest, arrivalState, isActivation } from "../../src/exchange/virtual/arrivals.ts";
import { VenueOrder } from "../../src/exchange/virtual/index.ts";
import { orderOf, price, quantity, requestOf, type Ticket } from "./desk.ts";

const limit: Ticket = { type: "limit", side: "buy", quantity: 1, price: 98 };
const trail: Ticket = { type: "trailing_stop", side: "sell", quantity: 2, terms: { distance: 1, activation: 105 } };

function loaded(ticket: Ticket, order = new VenueOrder()): VenueOrder {
  order.load(requestOf(1, ticket));
  return order;
}

describe("an object of an order that is used again", () => {
  it("has nothing of the order before it", () => {
    const used = loaded({ ...trail, trigger: 97 });
    used.accept(9, 5 as Millis);
    Object.assign(used, {
      filled: quantity(1),
      reserved: 7,
      book: 1,
      status: "FILLED",
      awaitsOpen: true,
      endTime: 3,
      heldBack: true,
      fills: [],
      passedIn: 4,
      trailing: 2,
      special: true,
      linked: true,
      allowance: { granted: 1, armed: 1, waits: true, final: true },
      partialShare: { numerator: 1, denominator: 2 },
    });
    loaded(limit, used).accept(1, 10 as Millis);
    const fresh = loaded(limit);
    fresh.accept(1, 10 as Millis);
    expect(used).toEqual(fresh);
  });

  it("is special where its prices alone do not say where it goes", () => {
    const special = (ticket: Ticket): boolean => loaded(ticket).special;
    expect([special(limit), special(trail), special({ type: "market_on_close", side: "buy", quantity: 1 })]).toEqual([false, true, true]);
    expect(special({ ...limit, timeInForce: "DAY" })).toBe(false);
  });
});

describe("an order at the venue", () => {
  it("lives for its time from its acceptance on, or without an end", () => {
    const order = loaded({ ...limit, timeToLive: 500 });
    order.accept(4, 1_000 as Millis);
    expect([order.expiry, order.startTime, order.status, order.venueOrderId, order.closing]).toEqual([1_500, 1_000, "SUBMITTED", 4, false]);
    const endless = loaded({ ...limit, reduceOnly: true });
    endless.accept(4, 1_000 as Millis);
    expect([endless.expiry, endless.closing]).toEqual([0, true]);
  });

  it("is looked at in every bar for its life, its trail, its hour or the mark, and else not", () => {
    const watched = (ticket: Ticket, change: Partial<VenueOrder> = {}): boolean => Object.assign(loaded(ticket), change).watched;
    expect([watched(limit), watched({ ...limit, terms: {} }), watched({ ...limit, terms: { triggerBy: "last" } })]).toEqual([false, false, false]);
    expect([
      watched(limit, { expiry: 5 }),
      watched(limit, { trailing: 1 }),
      watched({ ...limit, terms: { goodAfter: 5 } }),
      watched({ ...limit, terms: { triggerBy: "mark" } }),
    ]).toEqual([true, true, true, true]);
  });

  it("says of an instant what was so then", () => {
    const order = Object.assign(loaded(limit), { endTime: 500, status: "CANCELED" });
    const at = (time: number, filled: number) => order.statusAt(time as Millis, filled as Quantity);
    expect([at(499, 0), at(499, 1), at(500, 0), at(501, 1)]).toEqual(["SUBMITTED", "PARTIAL", "CANCELED", "CANCELED"]);
    // It ended at the very beginning of time, or has not ended.
    expect(Object.assign(order, { endTime: 0 }).statusAt(0 as Millis, 0 as Quantity)).toBe("CANCELED");
    expect(Object.assign(order, { endTime: -1 }).statusAt(9 as Millis, 0 as Quantity)).toBe("SUBMITTED");
  });

  it("waits for a fall or a rise by what it is, and a trail for its activation on the side of a take-profit", () => {
    const wakes = (ticket: Ticket, change: Partial<VenueOrder> = {}): number => Object.assign(loaded(ticket), change).wakesOn();
    expect([wakes(limit), wakes({ ...limit, side: "sell" })]).toEqual([1, -1]);
    expect([wakes({ ...limit, type: "stop_market", trigger: 105 }), wakes({ ...limit, type: "take_profit_market", trigger: 95 })]).toEqual([-1, 1]);
    const stop = { stop: price(105) };
    expect([wakes(trail, { ...stop, trailing: 1 }), wakes(trail, { ...stop, trailing: 2 })]).toEqual([-1, 1]);
  });

  it("is on its way to the market, or has been accepted and comes to life there", () => {
    const order = loaded(limit);
    const states = [order, orderOf(3), new AmendRequest(orderOf(3), { price: null, trigger: null, quantity: null })].map((one) => isActivation(one));
    order.accept(1, 0 as Millis);
    expect([states, isActivation(order)]).toEqual([[false, false, false], true]);
    expect(arrivalState(order)).toEqual({ do: "activate", order: orderOf(1) });
    expect(arrivalState(loaded(limit))).toMatchObject({ do: "submit", request: { order: orderOf(1), price: 9_800 } });
    expect(arrivalState(orderOf(3))).toEqual({ do: "cancel", order: orderOf(3) });
  });
});
