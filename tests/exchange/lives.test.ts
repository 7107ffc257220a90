// Lives that the venue ends itself (GTD, DAY), orders for the close, and orders that wait for an hour. Bars are of one
// minute from 1970-01-01T00:00Z on: bar 1 opens at 60,000 ms.
import { describe, expect, it } from "vitest";

import type { MarketIndex, Millis, VenueEvent } from "../../src/domain/index.ts";
import { defaultFillModel, venueProfiles, VirtualExchange, type VenueProfile } from "../../src/exchange/virtual/index.ts";
import { Desk, drain, instrumentOf, line, requestOf, type Bar, type Ticket } from "./desk.ts";
import { minutesOf } from "./walk.ts";

const calm: Bar = [100, 100.5, 99.5, 100, 100];
const low: Bar = [100, 100.5, 97.9, 99, 100];
const bid: Ticket = { type: "limit", side: "buy", quantity: 1, price: 98 };

/** The answers of each bar. */
function bars(ticket: Ticket, given: readonly Bar[], fill: object = {}): string[][] {
  const desk = new Desk({ bars: given, fill });
  desk.send(ticket);
  return given.map(() => desk.next());
}

function timesOf(desk: Desk): [string, number][] {
  return drain(desk.exchange).map((event: VenueEvent) => [line(event), event.time]);
}

describe("a good-till-date order", () => {
  const till = (goodTill: number): Ticket => ({ ...bid, timeInForce: "GTD", terms: { goodTill } });

  it("fills while it lives and is over from its instant on", () => {
    expect(bars(till(180_000), [calm, calm, low])).toEqual([["ack 1"], [], ["fill 1: 1 at 98 maker fee 0.0196 USDC"]]);
    // 120,000 is the close of bar 1: the fall of bar 2 comes after it.
    expect(bars(till(120_000), [calm, calm, low])).toEqual([["ack 1"], ["expired 1 after 0 good_till_date"], []]);
  });

  it("that ends inside a bar sees that bar's open only", () => {
    expect(bars(till(90_000), [calm, low])).toEqual([["ack 1"], ["expired 1 after 0 good_till_date"]]);
    // generic fills a gap at the open: 97 × 0.0002 = 0.0194
    expect(bars(till(90_000), [calm, [97, 98, 96, 97, 100]])).toEqual([["ack 1"], ["fill 1: 1 at 97 maker fee 0.0194 USDC"]]);
  });

  it("says when it ended: at its own instant", () => {
    const desk = new Desk({ bars: [calm, calm] });
    desk.send(till(90_000));
    desk.next();
    desk.exchange.advanceBar(0 as never, 1);
    expect(timesOf(desk)).toEqual([["expired 1 after 0 good_till_date", 90_000]]);
  });

  it("gives back what it held, and keeps what it filled", () => {
    const desk = new Desk({ bars: [calm, [100, 100, 97.9, 99, 4], calm], fill: { volumeCap: "0.1" } });
    desk.send(till(120_000));
    desk.next();
    expect(desk.held()).toBe("98");
    expect(desk.next()).toEqual(["fill 1: 0.4 at 98 maker fee 0.00784 USDC", "expired 1 after 0.4 good_till_date"]);
    expect([desk.held(), desk.position(), desk.openOrders]).toEqual(["0", 0.4, []]);
  });

  it.each([
    ["a date that is over", { goodTill: 0 }, "GTD"],
    ["no date", {}, "GTD"],
    ["a date without being good till one", { goodTill: 90_000 }, "GTC"],
  ] as const)("is refused with %s", (_, terms, timeInForce) => {
    expect(bars({ ...bid, timeInForce, terms }, [calm])).toEqual([["reject 1 bad_order_terms"]]);
  });

  it("is refused where the venue has none", () => {
    const desk = new Desk({ bars: [calm], venue: "bybit-linear", rules: { tick: "0.05" } });
    desk.send(till(90_000));
    expect(desk.next()[0]).toMatch(/^reject 1 unsupported_order_type/);
  });
});

describe("a day order", () => {
  const day: Ticket = { ...bid, timeInForce: "DAY" };

  it("lives to the end of the trading day", () => {
    const setup = { tradingDayEnd: "00:02" };
    expect(bars(day, [calm, low], setup)).toEqual([["ack 1"], ["fill 1: 1 at 98 maker fee 0.0196 USDC"]]);
    expect(bars(day, [calm, calm, low], setup)).toEqual([["ack 1"], ["expired 1 after 0 day_ended"], []]);
  });

  it("that arrives when a day ends belongs to the next one", () => {
    expect(bars(day, [calm, calm, low], { tradingDayEnd: "00:00" })).toEqual([["ack 1"], [], ["fill 1: 1 at 98 maker fee 0.0196 USDC"]]);
  });
});

describe("a market-on-close order", () => {
  const close: Ticket = { type: "market_on_close", side: "buy", quantity: 1 };

  it("takes the close of the day's last bar, and nothing before", () => {
    const given: readonly Bar[] = [calm, [100, 103, 99, 102, 100], calm];
    // 102 × 0.0005 = 0.051
    expect(bars(close, given, { tradingDayEnd: "00:02" })).toEqual([["ack 1"], ["fill 1: 1 at 102 taker fee 0.051 USDC"], []]);
    expect(bars(close, given, { tradingDayEnd: "12:00" })).toEqual([["ack 1"], [], []]);
  });

  it("fills in the bar that it closes", () => {
    const desk = new Desk({ bars: [calm], fill: { tradingDayEnd: "00:01" } });
    desk.send(close);
    desk.exchange.advanceBar(0 as never, 0);
    expect(timesOf(desk)).toEqual([
      ["ack 1", 0],
      ["fill 1: 1 at 100 taker fee 0.05 USDC", 59_999],
    ]);
  });

  it("is bound by what is left of the bar's volume", () => {
    const desk = new Desk({ bars: [[100, 101, 99, 100, 4]], fill: { tradingDayEnd: "00:01", volumeCap: "0.1" } });
    desk.send(close);
    expect(desk.next()).toEqual(["ack 1", "fill 1: 0.4 at 100 taker fee 0.02 USDC", "expired 1 after 0.4 volume_cap"]);
  });

  it("can be canceled before the close", () => {
    const desk = new Desk({ bars: [calm, calm], fill: { tradingDayEnd: "00:02" } });
    desk.send(close);
    desk.next();
    desk.cancel(1);
    expect(desk.next()).toEqual(["canceled 1 after 0"]);
  });
});

describe("an order that is good after an hour", () => {
  it("arrives at the first open from then on", () => {
    const later: Ticket = { side: "buy", quantity: 1, terms: { goodAfter: 90_000 } };
    expect(bars(later, [calm, calm, [101, 102, 100, 101, 100]])).toEqual([["ack 1"], [], ["fill 1: 1 at 101 taker fee 0.0505 USDC"]]);
  });

  it("does not see what came before", () => {
    const later: Ticket = { ...bid, terms: { goodAfter: 120_000 } };
    expect(bars(later, [calm, low, calm, low])).toEqual([["ack 1"], [], [], ["fill 1: 1 at 98 maker fee 0.0196 USDC"]]);
  });

  it("whose trigger is crossed by then is over", () => {
    const stop: Ticket = { type: "stop_market", side: "sell", quantity: 1, trigger: 99, terms: { goodAfter: 60_000 } };
    expect(bars(stop, [calm, [98, 98, 97, 98, 100]])).toEqual([["ack 1"], ["expired 1 after 0 trigger_already_crossed"]]);
  });
});

describe("lives that end in one bar", () => {
  it("are told in the order of their ends, equal ones in the order of the orders, before what happens then", () => {
    const desk = new Desk({ bars: [calm, calm] });
    for (const goodTill of [100_000, 80_000, 100_000]) desk.send({ ...bid, quantity: 0.1, timeInForce: "GTD", terms: { goodTill } });
    desk.next();
    desk.exchange.advanceBar(0 as never, 1);
    const over = (number: number): string => `expired ${number} after 0 good_till_date`;
    expect(timesOf(desk)).toEqual([
      [over(2), 80_000],
      [over(1), 100_000],
      [over(3), 100_000],
    ]);
  });

  it("at a close are over with that bar, and not told again with the next", () => {
    const till: Ticket = { ...bid, timeInForce: "GTD", terms: { goodTill: 60_000 } };
    expect(bars(till, [calm, low])).toEqual([["ack 1", "expired 1 after 0 good_till_date"], []]);
  });

  it("that ended while no bar was there are told at the open that comes next, with their own instant", () => {
    const desk = gappy({ tradingDayEnd: "00:05" });
    desk.submit(requestOf(1, { ...bid, timeInForce: "GTD", terms: { goodTill: 200_000 } }), 0 as Millis);
    const told: [string, number][] = [];
    for (let bar = 0; bar < 3; bar += 1) {
      desk.advanceBar(0 as MarketIndex, bar);
      told.push(...drain(desk).map((event): [string, number] => [line(event), event.time]));
    }
    expect(told).toEqual([
      ["ack 1", 0],
      ["expired 1 after 0 good_till_date", 200_000],
    ]);
  });
});

/** Minutes 0 and 1, and minute 10. */
function gappy(fill: object): VirtualExchange {
  const series = minutesOf([
    [0, 100, 10],
    [60_000, 101, 10],
    [600_000, 105, 10],
  ]);
  return new VirtualExchange({
    markets: [{ instrument: instrumentOf(), series }],
    profile: venueProfiles["generic"] as VenueProfile,
    fill: { ...defaultFillModel, ...fill },
    positionMode: "one_way",
    leverage: 1,
    balances: { USDC: "1000" },
    seed: 1,
  });
}

describe("a trading day that ends while no bar is there", () => {
  it("ends with the bar before: an order for the close fills there", () => {
    const exchange = gappy({ tradingDayEnd: "00:05" });
    exchange.submit(requestOf(1, { type: "market_on_close", side: "buy", quantity: 1 }), 0 as Millis);
    for (const bar of [0, 1]) exchange.advanceBar(0 as MarketIndex, bar);
    expect(drain(exchange).map((event) => [line(event), event.time])).toEqual([
      ["ack 1", 0],
      ["fill 1: 1 at 101 taker fee 0.0505 USDC", 119_999],
    ]);
  });
});

describe("an order for the close that waits for an hour", () => {
  it("belongs to the day in which its hour lies", () => {
    const later: Ticket = { type: "market_on_close", side: "buy", quantity: 1, terms: { goodAfter: 130_000 } };
    // Days end after two minutes: at 120 and 240 s. 100 × 0.0005 = 0.05
    expect(bars(later, [calm, calm, calm, calm], { tradingDayEnd: "00:02" }).map((told) => told.length)).toEqual([1, 0, 0, 0]);
    const near: Ticket = { ...later, terms: { goodAfter: 60_000 } };
    expect(bars(near, [calm, calm, calm], { tradingDayEnd: "00:02" })).toEqual([["ack 1"], ["fill 1: 1 at 100 taker fee 0.05 USDC"], []]);
  });

  it("never trades with its own account's orders where it must not", () => {
    const desk = new Desk({ bars: [calm, calm], fill: { tradingDayEnd: "00:02" } });
    desk.send({ type: "limit", side: "sell", quantity: 1, price: 103 });
    desk.send({ type: "market_on_close", side: "buy", quantity: 1, terms: { selfTrade: "expire_taker" } });
    expect([desk.next(), desk.next()]).toEqual([["ack 1", "ack 2"], ["fill 2: 1 at 100 taker fee 0.05 USDC"]]);
  });

  it("is over at the close where it would trade with its own account's order", () => {
    const desk = new Desk({ bars: [calm, calm], fill: { tradingDayEnd: "00:02" }, profile: { halfSpreadBp: "200" } });
    desk.send({ type: "limit", side: "sell", quantity: 1, price: 101.5 });
    desk.send({ type: "market_on_close", side: "buy", quantity: 1, terms: { selfTrade: "expire_taker" } });
    desk.next();
    // The ask of the close is 102.
    expect(desk.next()).toEqual(["expired 2 after 0 self_trade_prevented"]);
  });
});

describe("an order that is good after an hour and to a date", () => {
  it("is over at its date, whether its hour has come or not", () => {
    const ticket: Ticket = { ...bid, timeInForce: "GTD", terms: { goodAfter: 70_000, goodTill: 130_000 } };
    expect(bars(ticket, [calm, calm, calm])).toEqual([["ack 1"], [], ["expired 1 after 0 good_till_date"]]);
    const short: Ticket = { ...bid, timeInForce: "GTD", terms: { goodAfter: 70_000, goodTill: 80_000 } };
    expect(bars(short, [calm, calm])).toEqual([["ack 1"], ["expired 1 after 0 good_till_date"]]);
  });

  it("queues at its hour behind what rests by then", () => {
    const desk = new Desk({ bars: [calm, calm, [100, 100, 97.9, 99, 10]], fill: { volumeCap: "0.1" } });
    desk.send({ ...bid, terms: { goodAfter: 60_000 } });
    desk.send(bid);
    desk.next();
    desk.next();
    expect(desk.next()).toEqual(["fill 2: 1 at 98 maker fee 0.0196 USDC"]);
  });
});
