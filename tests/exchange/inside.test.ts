// Finer data inside the bars, by hand: what a trade or a finer bar may fill, and when.
import { describe, expect, it } from "vitest";

import { BarSeries, type Millis } from "../../src/domain/index.ts";
import { drain, interval, line, priceScale, quantityScale, seriesOf, type Bar, type Ticket } from "./desk.ts";
import { onTrades, symbol, Walk, type Trade } from "./walk.ts";

const bid: Ticket = { type: "limit", side: "buy", quantity: 2, price: 99 };

describe("trades inside the bars", () => {
  it("fill a resting limit that they trade through, at its own price, at their own time, as far as their quantity goes", () => {
    const walk = onTrades(
      [
        [1_000, 100, 5],
        [2_000, 99, 5],
        [2_500, 98.5, 1],
        [2_500, 98, 3],
      ],
      { fill: { volumeCap: "0.5" } },
    );
    walk.send(bid, 0);
    expect(walk.go(2)).toEqual(["1000 ack 1"]);
    // Half of 1, then the rest out of half of 3; a gap setting of the venue has no part in it.
    expect(walk.go()).toEqual(["2500 fill 1: 0.5 at 99 maker fee 0.0099 USDC"]);
    expect(walk.go()).toEqual(["2500 fill 1: 1.5 at 99 maker fee 0.0297 USDC"]);
  });

  it("touch it at its price where a touch is enough", () => {
    const walk = onTrades(
      [
        [1_000, 100, 5],
        [2_000, 99, 5],
      ],
      { fill: { limit: "touch" } },
    );
    walk.send(bid, 0);
    expect(walk.go(2)).toEqual(["1000 ack 1", "2000 fill 1: 2 at 99 maker fee 0.0396 USDC"]);
  });

  it("have one chance a bar where a touch is a matter of chance", () => {
    const trades: Trade[] = Array.from({ length: 600 }, (_, at) => [1_000 + Math.floor(at / 60) * interval + (at % 60), at === 0 ? 100 : 99, 5]);
    const walk = onTrades(trades, { fill: { limit: { probability: "0.5" } } });
    for (let order = 0; order < 40; order += 1) walk.send({ ...bid, quantity: 0.01 }, 0);
    const [first, second] = [walk.go(60), walk.go(60)].map((told) =>
      told.filter((text) => text.includes("fill")).map((text) => Number.parseInt(text, 10)),
    );
    // 59 touches a bar: by one chance each nobody would be left of the first bar; by one chance a bar half are, and half of those.
    expect(first?.length).toBeGreaterThan(8);
    expect(first?.length).toBeLessThan(32);
    expect(second?.length).toBeGreaterThan(0);
    // All of them with the first touch of their bar.
    expect(new Set(first)).toEqual(new Set([1_001]));
    expect(new Set(second)).toEqual(new Set([1_000 + interval]));
  });

  it("set a stop off at the price of the first one beyond it", () => {
    const walk = onTrades(
      [
        [1_000, 100, 5],
        [2_000, 95, 5],
        [3_000, 94, 5],
      ],
      { long: 1 },
    );
    walk.send({ type: "stop_market", side: "sell", quantity: 1, trigger: 97, reduceOnly: true }, 0);
    expect(walk.go(2)).toEqual(["1000 ack 1", "2000 fill 1: 1 at 95 taker fee 0.0475 USDC"]);
  });

  it("leave room for spread and slippage inside the bar, and none beyond it", () => {
    const trades: Trade[] = [
      [1_000, 100, 5],
      [2_000, 100.3, 5],
      [3_000, 100, 5],
    ];
    const bought = (ticks: number): string[] => {
      const walk = onTrades(trades, { fill: { slippage: { kind: "ticks", ticks } } });
      walk.send({ side: "buy", quantity: 1 }, 0);
      return walk.go();
    };
    expect(bought(20)).toEqual(["1000 ack 1", "1000 fill 1: 1 at 100.2 taker fee 0.0501 USDC"]);
    expect(bought(50)).toEqual(["1000 ack 1", "1000 fill 1: 1 at 100.3 taker fee 0.05015 USDC"]);
  });

  it("move a trailing stop one by one, and reach it by a later one", () => {
    const trades: Trade[] = [
      [1_000, 100, 5],
      [2_000, 104, 5],
      [3_000, 103.5, 5],
      [4_000, 102.5, 5],
    ];
    const walk = onTrades(trades, { long: 1 });
    walk.send({ type: "trailing_stop", side: "sell", quantity: 1, reduceOnly: true, terms: { distance: 1 } }, 0);
    expect(walk.go(3)).toEqual(["1000 ack 1"]);
    // 104 - 1 = 103: 103.5 does not reach it, 102.5 does.
    expect(walk.go()).toEqual(["4000 fill 1: 1 at 102.5 taker fee 0.05125 USDC"]);
  });

  it("make no bar ambiguous", () => {
    const walk = onTrades(
      [
        [1_000, 100, 5],
        [2_000, 103, 5],
        [3_000, 97, 5],
      ],
      { long: 2 },
    );
    walk.send({ type: "limit", side: "sell", quantity: 1, price: 102, reduceOnly: true }, 0);
    walk.send({ type: "stop_market", side: "sell", quantity: 1, trigger: 98, reduceOnly: true }, 0);
    expect(walk.go(3)).toEqual([
      "1000 ack 1",
      "1000 ack 2",
      "2000 fill 1: 1 at 102 maker fee 0.0204 USDC",
      "3000 fill 2: 1 at 97 taker fee 0.0485 USDC",
    ]);
    expect(walk.exchange.markets[0]?.choice.ambiguousBars).toBe(0);
  });

  it("are walked to the end of an order's life, to the millisecond", () => {
    const walk = onTrades([
      [1_000, 100, 5],
      [1_999, 98, 1],
      [2_000, 98, 5],
    ]);
    walk.send({ ...bid, timeInForce: "GTD", terms: { goodTill: 2_000 } }, 0);
    expect(walk.go(3)).toEqual(["1000 ack 1", "1999 fill 1: 2 at 99 maker fee 0.0396 USDC"]);
    const late = onTrades([
      [1_000, 100, 5],
      [2_000, 98, 5],
    ]);
    late.send({ ...bid, timeInForce: "GTD", terms: { goodTill: 2_000 } }, 0);
    expect(late.go(2)).toEqual(["1000 ack 1", "2000 expired 1 after 0 good_till_date"]);
  });

  it("let a life end between two of them", () => {
    const walk = onTrades([
      [1_000, 100, 5],
      [200_000, 98, 5],
    ]);
    walk.send({ ...bid, timeInForce: "GTD", terms: { goodTill: 30_000 } }, 0);
    expect(walk.go()).toEqual(["1000 ack 1"]);
    walk.exchange.markets[0]?.elapse(60_000 as Millis);
    expect(drain(walk.exchange).map((event) => `${event.time} ${line(event)}`)).toEqual(["30000 expired 1 after 0 good_till_date"]);
  });

  it("give a market fallback the next of them, not the one that has gone by", () => {
    const walk = onTrades([
      [1_000, 100, 5],
      [2_000, 101, 5],
      [3_000, 102, 5],
    ]);
    walk.send({ side: "buy", quantity: 1, replaces: 7 }, 1_000);
    expect(walk.go(1)).toEqual(["1000 ack 1", "1000 fill 1: 1 at 100 taker fee 0.05 USDC"]);
    walk.send({ side: "buy", quantity: 1, replaces: 8 }, 1_000);
    expect(drain(walk.exchange)).toEqual([]);
    expect(walk.go(1)).toEqual(["2000 ack 2", "2000 fill 2: 1 at 101 taker fee 0.0505 USDC"]);
  });
});

describe("finer bars inside the bars", () => {
  // Two minutes of four quarters each.
  const quarters: Bar[] = [
    [100, 100.5, 99.5, 100, 25],
    [100, 100, 98, 99, 25],
    [99, 102, 99, 102, 25],
    [102, 102, 100, 100, 25],
  ];

  function finer(): { frames: BarSeries; inside: BarSeries } {
    const { open, high, low, close, volume } = seriesOf(symbol, quarters);
    const time = Float64Array.from(quarters, (_, at) => at * 15_000);
    const inside = new BarSeries({ symbol, timeframe: "15s", interval: 15_000, priceScale, quantityScale }, { time, open, high, low, close, volume });
    return { inside, frames: seriesOf(symbol, [[100, 102, 98, 100, 100]]) };
  }

  it("give each its own small path, and its own share of volume", () => {
    const walk = new Walk({ ...finer(), fill: { volumeCap: "0.1" } });
    walk.send({ ...bid, quantity: 3 }, 0);
    walk.send({ type: "limit", side: "sell", quantity: 1, price: 101 }, 0);
    // The bar alone would have met 101 before 99: its low is as far as its high, and it ends where it began.
    expect(walk.go(4)).toEqual([
      "0 ack 1",
      "0 ack 2",
      // 10 % of 25 = 2.5 on the second leg of 100, 100, 98, 99
      "22500 fill 1: 2.5 at 99 maker fee 0.0495 USDC",
      // the nearer extreme is the open itself: 99, 99, 102
      "37500 fill 2: 1 at 101 maker fee 0.0202 USDC",
    ]);
  });

  it("take nothing in before its time: a request sent inside one meets the next", () => {
    const walk = new Walk({ ...finer(), fill: { latency: { submitMs: 1, cancelMs: 1, dataMs: 0, jitterMs: 0 } } });
    walk.send({ side: "buy", quantity: 1 }, 0);
    expect(walk.go()).toEqual([]);
    expect(walk.go()).toEqual(["15000 ack 1", "15000 fill 1: 1 at 100 taker fee 0.05 USDC"]);
  });
});
