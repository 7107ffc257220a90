// Latency in ms, by hand: when a request meets the market, and when an answer is heard.
import { describe, expect, it } from "vitest";

import type { Millis } from "../../src/domain/index.ts";
import { defaultFillModel, venueProfiles, VirtualExchange, type VenueProfile } from "../../src/exchange/virtual/index.ts";
import { drain, instrumentOf, line, orderOf, seriesOf, type Ticket } from "./desk.ts";
import { market, minutesOf, onTrades, symbol, tradesOf, Walk, type Trade, type WalkSetup } from "./walk.ts";

const bid: Ticket = { type: "limit", side: "buy", quantity: 2, price: 99 };

describe("latency", () => {
  const trades: Trade[] = [
    [1_000, 100, 5],
    [2_000, 99.5, 5],
    [2_299, 98, 5],
    [2_300, 98, 5],
    [3_000, 98, 5],
  ];
  const latency = { submitMs: 300, cancelMs: 300, dataMs: 0, jitterMs: 0 };

  it("lets an order meet the first price at or after its arrival", () => {
    const sentAt = (time: number): string[] => {
      const walk = onTrades(trades, { fill: { latency } });
      walk.send({ side: "buy", quantity: 1 }, time);
      return walk.go(5).slice(0, 1);
    };
    expect(sentAt(700)).toEqual(["1000 ack 1"]);
    expect(sentAt(701)).toEqual(["2000 ack 1"]);
    expect(sentAt(1_999)).toEqual(["2299 ack 1"]);
    expect(sentAt(2_000)).toEqual(["2300 ack 1"]);
  });

  it("lets an order fill while its cancel is on the way", () => {
    const canceledAt = (time: number): string[] => {
      const walk = onTrades(trades, { fill: { latency } });
      const number = walk.send(bid, 0);
      expect(walk.go(2)).toEqual(["1000 ack 1"]);
      walk.cancel(number, time);
      return walk.go(3);
    };
    expect(canceledAt(1_999)).toEqual(["2299 canceled 1 after 0"]);
    expect(canceledAt(2_000)).toEqual(["2299 fill 1: 2 at 99 maker fee 0.0396 USDC", "2300 cancel rejected 1 unknown_order_at_venue"]);
  });

  it("never lets a cancel or an amendment overtake its own order", () => {
    const walk = onTrades(trades, { fill: { latency: { ...latency, submitMs: 1_500, cancelMs: 0 } } });
    const number = walk.send(bid, 0);
    walk.amend(number, 98.5, 100);
    walk.cancel(number, 200);
    expect(walk.exchange.markets[0]?.isOnItsWay(orderOf(number))).toBe(true);
    expect(walk.go(2)).toEqual(["2000 ack 1", "2000 amended 1 2 9850", "2000 canceled 1 after 0"]);
    expect(walk.exchange.markets[0]?.isOnItsWay(orderOf(number))).toBe(false);
  });

  it("never lets a child overtake its parent, whatever the jitter: the entry would stand without its stop", () => {
    const stop: Ticket = { type: "stop_market", side: "sell", quantity: 2, trigger: 90, terms: { parent: 1 } };
    for (let seed = 1; seed <= 20; seed += 1) {
      const walk = onTrades(trades, { seed, fill: { latency: { ...latency, jitterMs: 1_900 } } });
      walk.send(bid, 0);
      walk.send(stop, 0);
      // The answers are heard in any order.
      const told = walk.go(4).map((text) => text.replace(/^\d+ /, ""));
      expect(told.filter((text) => !text.startsWith("fill")).toSorted()).toEqual(["ack 1", "ack 2"]);
    }
  });

  it("delays what is heard, not what happens", () => {
    const walk = onTrades(trades, { fill: { latency: { ...latency, dataMs: 40 } } });
    walk.send({ side: "buy", quantity: 1 }, 0);
    walk.exchange.advanceBar(market, 0);
    expect(walk.exchange.events.nextDue).toBe(1_040);
    expect(walk.exchange.events.list().map(({ due, event }) => [due, event.time])).toEqual([
      [1_040, 1_000],
      [1_040, 1_000],
    ]);
  });

  it("is the way to a closed door and back, too", () => {
    const walk = onTrades(trades, { fill: { latency: { ...latency, cancelMs: 200, dataMs: 40 } } });
    const number = walk.send(bid, 0);
    walk.go(1);
    walk.exchange.limitRequests({ do: "ban", lengthMs: 60_000 }, 1_000 as Millis);
    walk.send(bid, 1_100);
    walk.cancel(number, 1_100);
    expect(walk.exchange.events.list().map(({ due, event }) => [event.type, event.time, due])).toEqual([
      ["cancel_rejected", 1_300, 1_340],
      ["order_rejected", 1_400, 1_440],
    ]);
  });

  it("draws its jitter from the seed, for each request by itself", () => {
    const dues = (seed: number, others: number): number[] => {
      const walk = onTrades(trades, { seed, fill: { latency: { ...latency, dataMs: 10, jitterMs: 500 } } });
      for (let order = 0; order < 6 + others; order += 1) walk.send(bid, 0);
      return walk.exchange.exportState().markets[0]?.travelling.map(({ due }) => due) ?? [];
    };
    const first = dues(1, 0);
    expect(first).toHaveLength(6);
    expect(first.every((due) => due >= 300 && due <= 800)).toBe(true);
    expect(new Set(first).size).toBeGreaterThan(1);
    expect(dues(1, 0)).toEqual(first);
    expect(dues(2, 0)).not.toEqual(first);
    expect(first.every((due) => dues(1, 5).includes(due))).toBe(true);
  });

  it("is part of a saved exchange", () => {
    const setup: WalkSetup = { frames: minutesOf(trades), inside: tradesOf(trades), fill: { latency } };
    const walk = new Walk(setup);
    const number = walk.send(bid, 0);
    walk.go(2);
    walk.cancel(number, 2_000);
    walk.send({ side: "sell", quantity: 1 }, 2_100);
    const later = new Walk(setup);
    later.exchange.importState(JSON.parse(JSON.stringify(walk.exchange.exportState())) as ReturnType<VirtualExchange["exportState"]>);
    const told = [2, 3, 4].flatMap((step) => {
      later.exchange.advanceBar(market, step);
      return drain(later.exchange).map(line);
    });
    expect(told).toEqual(walk.go(3).map((text) => text.replace(/^\d+ /, "")));
    expect(told).toContain("fill 2: 1 at 98 taker fee 0.049 USDC");
  });

  it("is refused on bars alone, which do not say when their prices came", () => {
    const options = {
      markets: [{ instrument: instrumentOf(), series: seriesOf(symbol, [[100, 100, 100, 100, 1]]) }],
      profile: venueProfiles["generic"] as VenueProfile,
      fill: { ...defaultFillModel, latency },
      positionMode: "one_way" as const,
      leverage: 1,
      balances: { USDC: "1" },
      seed: 1,
    };
    expect(() => new VirtualExchange(options)).toThrow(/latency in ms between bars/);
  });
});
