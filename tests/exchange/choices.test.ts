// What a bar leaves open, and what is left to chance or to a profile: the choice of a bar, the odds of a touch, the table of an
// offer, the time on the way. Each by itself.
import { describe, expect, it } from "vitest";

import { namesOf, orderTypes, timesInForce, type Millis } from "../../src/domain/index.ts";
import { longestWay } from "../../src/exchange/virtual/fill-model.ts";
import { defaultFillModel, Lag, VenueOrder, venueProfiles, type VenueProfile } from "../../src/exchange/virtual/index.ts";
import { Offer } from "../../src/exchange/virtual/offer.ts";
import { PathChoice } from "../../src/exchange/virtual/path-choice.ts";
import { TouchOdds } from "../../src/exchange/virtual/touch-odds.ts";
import { orderOf, price, requestOf, type Ticket } from "./desk.ts";

const limit: Ticket = { type: "limit", side: "buy", quantity: 1, price: 98 };

function loaded(ticket: Ticket): VenueOrder {
  const order = new VenueOrder();
  order.load(requestOf(1, ticket));
  return order;
}

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
