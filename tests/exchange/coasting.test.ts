// Bars that need not be opened: how far a market says so, what stops it, and that the account after them is the same.
import { describe, expect, it } from "vitest";

import type { MarketIndex, Millis, Price } from "../../src/domain/index.ts";
import { defaultFillModel, venueProfiles, VirtualExchange, type VenueProfile } from "../../src/exchange/virtual/index.ts";
import { Desk, drain, exchangeOf, instrumentOf, line, orderOf, seriesOf, spotRules, type Bar, type DeskSetup, type Ticket } from "./desk.ts";

const market = 0 as MarketIndex;
const flat: Bar = [100, 100, 100, 100, 10];
const bars: Bar[] = [flat, flat, [100, 100, 95, 99, 10], [99, 105, 99, 104, 10], [104, 104, 85, 90, 10], [90, 125, 90, 120, 10]];
const far: Ticket = { type: "limit", side: "buy", quantity: 0.01, price: 1 };

/** The first bar of all six that has to be opened, once the first one has been. */
function quietEnd(setup: Partial<DeskSetup> = {}, tickets: readonly Ticket[] = [], fromTo: readonly [number, number] = [1, 6]): number {
  const desk = new Desk({ bars, ...setup });
  for (const ticket of tickets) desk.send(ticket);
  desk.next();
  return desk.exchange.quietUntil(market, ...fromTo);
}

describe("a market is quiet", () => {
  it("to the end where there is nothing to reach", () => {
    expect([quietEnd(), quietEnd({}, [], [1, 3]), quietEnd({}, [], [4, 4])]).toEqual([6, 3, 4]);
  });

  it("up to the bar that reaches an order's price, on either side", () => {
    expect(quietEnd({}, [{ type: "limit", side: "buy", quantity: 1, price: 95.01 }])).toBe(2);
    expect(quietEnd({}, [{ type: "limit", side: "buy", quantity: 1, price: 95 }])).toBe(4);
    expect(quietEnd({}, [{ type: "limit", side: "sell", quantity: 1, price: 104.99 }])).toBe(3);
    expect(quietEnd({}, [{ type: "limit", side: "sell", quantity: 1, price: 105 }])).toBe(5);
  });

  it("no further than it is asked, and up to a bar that only touches where an order wakes", () => {
    const lowest: Ticket = { type: "limit", side: "buy", quantity: 1, price: 85.01 };
    expect([quietEnd({}, [lowest]), quietEnd({}, [lowest], [1, 4]), quietEnd({}, [lowest], [1, 3])]).toEqual([4, 4, 3]);
    expect(quietEnd({}, [{ type: "limit", side: "sell", quantity: 1, price: 124.99 }])).toBe(5);
  });

  it("up to the bar in which the account could be insolvent", () => {
    // 10 long at 100 on 100: nothing is left at 90. 10 short on 200: nothing is left at 120.
    const lone: Partial<DeskSetup> = { leverage: 10, balances: { USDC: "100" } };
    expect(quietEnd({ ...lone, positions: [["NET", 10, 100]] })).toBe(4);
    expect(quietEnd({ ...lone, balances: { USDC: "200" }, positions: [["NET", -10, 100]] })).toBe(5);
    expect(quietEnd({ ...lone, balances: { USDC: "1000" }, positions: [["NET", 10, 100]] })).toBe(6);
  });

  it("up to the bar in which a margin is in danger, where a rule liquidates", () => {
    const lone: Partial<DeskSetup> = { leverage: 10, balances: { USDC: "100" }, liquidation: "generic" };
    expect(quietEnd({ ...lone, positions: [["NET", 10, 100]] })).toBe(4);
    expect(quietEnd({ ...lone, balances: { USDC: "200" }, positions: [["NET", -10, 100]] })).toBe(5);
    expect(quietEnd({ ...lone, balances: { USDC: "1000" }, positions: [["NET", 10, 100]] })).toBe(6);
  });

  it("never while margins are judged by marks of their own", () => {
    const marks = bars.map(() => [100, 100, 100, 100] as const);
    const held: Partial<DeskSetup> = { liquidation: "generic", marks, leverage: 10 };
    expect(quietEnd({ ...held, positions: [["NET", 1, 100]] })).toBe(1);
    expect(quietEnd(held)).toBe(6);
  });

  it("up to the bar of the next funding", () => {
    const funding = [
      [0, 100],
      [180_000, 100],
    ] as const;
    expect([quietEnd({ funding }), quietEnd({ funding }, [], [1, 3]), quietEnd({ funding: [[0, 100]] })]).toEqual([3, 3, 6]);
  });

  it("never on a spot account, whose equity is on no line", () => {
    expect(quietEnd({ rules: spotRules })).toBe(1);
  });

  it("never with two legs that lose on either side", () => {
    expect(
      quietEnd({
        mode: "hedge",
        positions: [
          ["LONG", 1, 100],
          ["SHORT", -2, 100],
        ],
      }),
    ).toBe(1);
  });

  it("never while a request is on its way, or an order waits for an hour", () => {
    const desk = new Desk({ bars });
    desk.send(far);
    expect(desk.exchange.quietUntil(market, 0, 6)).toBe(0);
    desk.next();
    expect(desk.exchange.quietUntil(market, 1, 6)).toBe(6);
    desk.cancel(1);
    expect(desk.exchange.quietUntil(market, 1, 6)).toBe(1);
    expect(quietEnd({}, [{ ...far, timeInForce: "GTD", terms: { goodTill: 1e9 } }])).toBe(1);
  });

  it("never while the venue holds an order back", () => {
    const desk = new Desk({ bars });
    desk.exchange.arm({ do: "late_accept", next: 1, family: null, symbol: null, delayMs: 120_000 });
    desk.send(far);
    desk.next();
    expect(desk.exchange.quietUntil(market, 1, 6)).toBe(1);
    desk.next();
    desk.next();
    expect([desk.heard(), desk.exchange.quietUntil(market, 3, 6)]).toEqual([[], 6]);
  });

  it("never on the other market's account: its danger is not this one's", () => {
    const two = ["AAA/USDC:USDC", "BBB/USDC:USDC"].map((symbol) => {
      return { instrument: instrumentOf({ symbol, base: symbol.slice(0, 3) }), series: seriesOf(symbol, bars) };
    });
    const exchange = new VirtualExchange({
      markets: two,
      profile: venueProfiles["generic"] as VenueProfile,
      fill: defaultFillModel,
      positionMode: "one_way",
      leverage: 1,
      balances: { USDC: "1000" },
      seed: 1,
    });
    expect([0, 1].map((at) => exchange.quietUntil(at as MarketIndex, 0, 6))).toEqual([0, 0]);
  });
});

describe("bars that are not opened", () => {
  it("leave the account as if they had been: at their close, and the next one fills", () => {
    const setup: DeskSetup = { bars, positions: [["NET", 2, 90]] };
    const rest: Ticket = { type: "limit", side: "sell", quantity: 1, price: 120 };
    const [walked, coasted] = [new Desk(setup), new Desk(setup)];
    for (const desk of [walked, coasted]) {
      desk.send(rest);
      desk.next();
    }
    for (let bar = 1; bar < 5; bar += 1) expect(walked.next()).toEqual([]);
    const { exchange } = coasted;
    expect(exchange.quietUntil(market, 1, 6)).toBe(5);
    exchange.coast(market, 4);
    // 1000 + 2 × (90 − 90)
    expect([exchange.equity(), exchange.markets[0]?.bar, exchange.markets[0]?.frame]).toEqual([1_000_000_000, 4, 4]);
    expect(exchange.exportState()).toEqual(walked.exchange.exportState());
    exchange.advanceBar(market, 5);
    expect(drain(exchange).map(line)).toEqual(walked.next());
  });
});

describe("an order that has been sent", () => {
  it("is expected until the open takes it up; its cancel is no order, and another one is not it", () => {
    const desk = new Desk({ bars });
    const venue = desk.exchange.markets[0];
    const expected = (number: number): boolean | undefined => venue?.isExpected(orderOf(number));
    desk.send(far);
    desk.send({ ...far, number: 3 });
    expect([expected(1), expected(2), expected(3)]).toEqual([true, false, true]);
    desk.next();
    desk.cancel(1);
    desk.amend(3, { price: 2 });
    expect([expected(1), expected(3)]).toEqual([false, false]);
  });

  it("is none of a stop-limit that waits for the next open to come to life", () => {
    const desk = new Desk({ bars: [flat, [100, 106, 99, 104.5, 100], flat], fill: { stopLimit: "next-bar" } });
    desk.send({ type: "stop_limit", side: "buy", quantity: 1, trigger: 105, price: 104 });
    desk.next();
    desk.next();
    expect(desk.exchange.markets[0]?.isExpected(orderOf(1))).toBe(false);
    expect(desk.exchange.quietUntil(market, 2, 3)).toBe(2);
  });

  it("never counts as on its way between bars: all of them are there at the next open", () => {
    const exchange = exchangeOf({ bars });
    exchange.markets[0]?.elapse(30_000 as Millis);
    expect([exchange.markets[0]?.isOnItsWay(orderOf(1)), exchange.equity()]).toEqual([false, 1_000_000_000]);
  });
});

describe("what a market knows of its bar", () => {
  it("is its low, its high and its volume", () => {
    const desk = new Desk({ bars });
    for (let bar = 0; bar < 3; bar += 1) desk.next();
    const venue = desk.exchange.markets[0];
    expect([venue?.floor(), venue?.ceiling(), venue?.turnover(), venue?.frameOf(4)]).toEqual([9_500 as Price, 10_000 as Price, 1_000, 4]);
  });
});
