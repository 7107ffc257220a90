// What counts as a trip that gained nothing and as an order turned away, at the borders: one leg of one market after the other, with
// bars of 60 s, three trips of two bars each and four refusals.

import { describe, expect, it } from "vitest";

import type { LedgerEntry, Leg, MarketIndex, Quantity } from "../../src/domain/index.ts";
import { Churn } from "../../src/runner/churn.ts";

class Session {
  now = 0;
  readonly alerts: string[] = [];
  readonly locks: string[] = [];
  readonly churn = new Churn(this, { roundTripsMax: 3, roundTripBars: 2, refusalsMax: 4 });

  alert(level: "error", text: string): void {
    this.alerts.push(`${level} ${text}`);
  }
  lock(market: MarketIndex, reason: string): void {
    this.locks.push(`${market} ${reason} at ${this.now}`);
  }

  grow(leg: Leg = "NET", market = 0): void {
    this.churn.filled(deskOf(market), leg, 1_000 as Quantity, null);
  }
  /** Closes `closed` by a fill of `quantity`. */
  reduce(net: number, { leg = "NET" as Leg, market = 0, closed = 1_000, quantity = 1_000 } = {}): void {
    this.churn.filled(deskOf(market), leg, quantity as Quantity, { net, quantity: closed } as LedgerEntry);
  }
  trip(net: number, at: number, leg: Leg = "NET", market = 0): void {
    this.now = at;
    this.grow(leg, market);
    this.reduce(net, { leg, market });
  }
}

const deskOf = (market: number) => ({
  market: market as MarketIndex,
  instrument: { symbol: `M${market}` },
  bars: { series: { interval: 60_000 } },
});

describe("trips of a leg", () => {
  it("that gained nothing or lost are a loop at the third within six bars, and no millisecond later", () => {
    const [within, beyond] = [new Session(), new Session()];
    for (const at of [0, 100_000, 360_000]) within.trip(at === 0 ? 0 : -1, at);
    for (const at of [0, 100_000, 360_001]) beyond.trip(-1, at);
    expect([within.locks, beyond.locks]).toEqual([["0 churn at 360000"], []]);
    expect(within.alerts).toEqual([
      "error churn: M0: NET was entered and reduced 3 times in a row within 360 s, and nothing was gained by it; nothing increases risk there until 'resume'",
    ]);
    // The next three of them are looked at from the second on.
    beyond.trip(-1, 460_000);
    expect(beyond.locks).toEqual(["0 churn at 460000"]);
  });

  it("begin anew behind a gain of anything, and behind a lock", () => {
    const session = new Session();
    for (const net of [-1, -1, 1, -1, -1]) session.trip(net, 0);
    expect(session.locks).toEqual([]);
    session.trip(-1, 1);
    expect(session.locks).toEqual(["0 churn at 1"]);
    for (const at of [2, 3]) session.trip(-1, at);
    expect(session.locks).toHaveLength(1);
    session.trip(-1, 4);
    expect(session.locks).toHaveLength(2);
  });

  it("are one each however many parts close it; a fill that turns the position round begins the next", () => {
    const [parts, turns] = [new Session(), new Session()];
    parts.grow();
    for (let n = 0; n < 5; n += 1) parts.reduce(-1);
    expect(parts.locks).toEqual([]);
    turns.grow();
    for (let n = 0; n < 3; n += 1) turns.reduce(-1, { closed: 1_000, quantity: 2_000 });
    expect(turns.locks).toHaveLength(1);
  });

  it("begin with a growth: what was held before the session is closed without being one", () => {
    const session = new Session();
    session.reduce(-1);
    for (const at of [1, 2]) session.trip(-1, at);
    expect(session.locks).toEqual([]);
    session.trip(-1, 3);
    expect(session.locks).toEqual(["0 churn at 3"]);
  });

  it("count for their own leg of their own market", () => {
    const session = new Session();
    const places = [
      ["LONG", 0],
      ["SHORT", 0],
      ["LONG", 1],
      ["SHORT", 1],
      ["NET", 4],
    ] as const;
    for (let n = 0; n < 2; n += 1) for (const [leg, market] of places) session.trip(-1, n, leg, market);
    expect(session.locks).toEqual([]);
    session.trip(-1, 5, "SHORT", 1);
    expect(session.locks).toEqual(["1 churn at 5"]);
  });
});

describe("orders turned away", () => {
  it("in a row lock their market at the fourth; one taken begins anew", () => {
    const session = new Session();
    for (let n = 0; n < 3; n += 1) session.churn.refused(deskOf(2));
    session.churn.taken(2 as MarketIndex);
    for (let n = 0; n < 3; n += 1) session.churn.refused(deskOf(2));
    for (let n = 0; n < 3; n += 1) session.churn.refused(deskOf(1));
    session.churn.taken(0 as MarketIndex);
    session.churn.taken(7 as MarketIndex);
    expect([session.locks, session.churn.snapshot().refusals]).toEqual([[], [0, 3, 3]]);
    session.churn.refused(deskOf(2));
    expect(session.locks).toEqual(["2 churn at 0"]);
    expect(session.alerts[0]).toContain("M2: the venue has turned 4 orders in a row away that increase risk");
    // What counts begins anew everywhere.
    expect(session.churn.snapshot()).toEqual({ legs: [], refusals: [] });
  });
});

describe("what was counted", () => {
  it("goes on from a copy of it", () => {
    const first = new Session();
    for (let n = 0; n < 2; n += 1) first.trip(-1, n, "SHORT", 1);
    for (let n = 0; n < 3; n += 1) first.churn.refused(deskOf(1));
    const saved = first.churn.snapshot();
    const text = JSON.stringify(saved);
    expect(saved.legs).toEqual([null, null, null, { grown: false, count: 2, times: [0, 1] }]);
    const second = new Session();
    second.churn.restore(JSON.parse(text) as typeof saved);
    const third = new Session();
    third.churn.restore(saved);
    for (const session of [first, second, third]) session.trip(-1, 9, "SHORT", 1);
    expect([first, second, third].map(({ locks }) => locks)).toEqual([["1 churn at 9"], ["1 churn at 9"], ["1 churn at 9"]]);
    expect(JSON.stringify(saved)).toBe(text);
    const fourth = new Session();
    fourth.churn.restore(saved);
    fourth.churn.refused(deskOf(1));
    expect(fourth.locks).toEqual(["1 churn at 0"]);
  });
});
