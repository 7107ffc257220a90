// An order as the venue holds it: its object is used again, so that nothing of the order before may stay; and what it answers
// about itself. With it the small parts that ask it: the choice of a bar, the odds of a touch, the table of an offer.
import { describe, expect, it } from "vitest";

import { namesOf, orderTypes, timesInForce, type Millis, type Quantity } from "../../src/domain/index.ts";

import { AmendRequest, arrivalState, isActivation } from "../../src/exchange/virtual/arrivals.ts";
import { longestWay } from "../../src/exchange/virtual/fill-model.ts";
import { defaultFillModel, Lag, VenueOrder, venueProfiles, type VenueProfile } from "../../src/exchange/virtual/index.ts";
import { Offer } from "../../src/exchange/virtual/offer.ts";
import { PathChoice } from "../../src/exchange/virtual/path-choice.ts";
import { TouchOdds } from "../../src/exchange/virtual/touch-odds.ts";
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
    used.accept(9, 5 as Millis, true);
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
    loaded(limit, used).accept(1, 10 as Millis, false);
    const fresh = loaded(limit);
    fresh.accept(1, 10 as Millis, false);
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
    order.accept(4, 1_000 as Millis, false);
    expect([order.expiry, order.startTime, order.status, order.venueOrderId, order.closing]).toEqual([1_500, 1_000, "SUBMITTED", 4, false]);
    const endless = loaded(limit);
    endless.accept(4, 1_000 as Millis, true);
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
    order.accept(1, 0 as Millis, false);
    expect([states, isActivation(order)]).toEqual([[false, false, false], true]);
    expect(arrivalState(order)).toEqual({ do: "activate", order: orderOf(1) });
    expect(arrivalState(loaded(limit))).toMatchObject({ do: "submit", request: { order: orderOf(1), price: 9_800 } });
    expect(arrivalState(orderOf(3))).toEqual({ do: "cancel", order: orderOf(3) });
  });
});

describe("the choice of a bar whose lives end inside it", () => {
  const lives = (ticket: Ticket, low: number, high: number, whole = -1): [boolean, number] => {
    const choice = new PathChoice();
    choice.whole = whole;
    return [choice.livesOn(loaded(ticket), 5, price(low), price(high)), choice.livesBar];
  };
  const sell: Ticket = { ...limit, side: "sell", price: 102 };

  it("is one where the bar reaches the limit, and in the world that says so the order lives", () => {
    expect([lives(limit, 98, 99), lives(limit, 98.01, 99), lives(limit, 98, 99, 5), lives(limit, 98, 99, 4)]).toEqual([
      [false, 5],
      [false, -1],
      [true, 5],
      [false, 5],
    ]);
    expect([lives(sell, 98, 102), lives(sell, 98, 101.99)]).toEqual([
      [false, 5],
      [false, -1],
    ]);
  });

  it("is always one for a stop, which becomes something else on the way", () => {
    expect(lives({ type: "stop_limit", side: "buy", quantity: 1, price: 50, trigger: 200 }, 98, 102, 5)).toEqual([true, 5]);
  });

  it("counts a bar once, and each bar that was turned", () => {
    const choice = new PathChoice();
    for (const bar of [3, 3, 4]) choice.count(bar);
    choice.turn(4);
    expect([choice.ambiguousBars, choice.bar, choice.turned, [...choice.turnedBars]]).toEqual([2, 4, 4, [4]]);
  });
});

describe("a touch by chance", () => {
  it("has the odds of its bar and its order, exactly: none at nought, all at one", () => {
    const fills = (probability: string): number => {
      const odds = new TouchOdds(3, probability);
      return Array.from({ length: 400 }, (_, bar) => odds.fills(orderOf(1), bar)).filter(Boolean).length;
    };
    expect([fills("0"), fills("1")]).toEqual([0, 400]);
    // Half of 400, within five standard deviations of 10.
    expect(Math.abs(fills("0.5") - 200)).toBeLessThan(50);
  });
});

describe("an offer", () => {
  it("is the two lists of the profile, for every type with every life", () => {
    const profile = { ...(venueProfiles["generic"] as VenueProfile), orderTypes: ["market", "stop_limit"], timeInForce: ["GTC", "PO"] } as const;
    const offer = new Offer(profile);
    for (const type of orderTypes) {
      for (const timeInForce of timesInForce) {
        const names = namesOf({ side: "buy", leg: "NET", family: "entry", type, timeInForce, reduceOnly: false });
        const expected = (type === "market" || type === "stop_limit") && (timeInForce === "GTC" || timeInForce === "PO");
        expect([type, timeInForce, offer.has(names)]).toEqual([type, timeInForce, expected]);
      }
    }
  });
});

describe("the longest way of a request and its answer", () => {
  it("is the window of a seeded delivery, the slower of the ways there, the way back, and the jitter of both", () => {
    const latency = { submitMs: 30, cancelMs: 20, dataMs: 7, jitterMs: 5 };
    expect(longestWay(defaultFillModel)).toBe(0);
    expect(longestWay({ ...defaultFillModel, delivery: "seeded", deliveryWindow: 400 })).toBe(400);
    expect(longestWay({ ...defaultFillModel, latency })).toBe(30 + 7 + 10);
    expect(longestWay({ ...defaultFillModel, delivery: "seeded", deliveryWindow: 400, latency: { ...latency, cancelMs: 90 } })).toBe(
      400 + 90 + 7 + 10,
    );
  });

  it("is never longer than its jitter says, and each way has a draw of its own", () => {
    const lag = new Lag(1, { submitMs: 100, cancelMs: 200, dataMs: 300, jitterMs: 2 });
    const draws = Array.from({ length: 60 }, (_, n) => [
      lag.submitted(orderOf(n), 0 as Millis),
      lag.canceled(orderOf(n), 0 as Millis),
      lag.heard(n as never, 0 as Millis),
    ]);
    for (const [at, base] of [100, 200, 300].entries()) {
      expect([...new Set(draws.map((draw) => draw[at] as number))].toSorted((a, b) => a - b)).toEqual([base, base + 1, base + 2]);
    }
    expect(new Lag(1, { submitMs: 100, cancelMs: 0, dataMs: 0, jitterMs: 0 }).submitted(orderOf(1), 5 as Millis)).toBe(105);
  });
});
