// The venue as a whole: quiet bars, delivery of answers, several markets on one account, and its use through the port alone.
import { describe, expect, it, vi } from "vitest";

import type { ExchangePort, MarketIndex, Millis, Price } from "../../src/domain/index.ts";
import { defaultFillModel, fillPresets, venueProfiles, VirtualExchange, type VenueProfile } from "../../src/exchange/virtual/index.ts";
import { Desk, drain, exchangeOf, instrumentOf, interval, line, requestOf, seriesOf, type Bar, type Ticket } from "./desk.ts";

const calm: Bar = [100, 101, 99, 100, 1_000];

describe("a quiet bar", () => {
  it("leaves a thousand resting orders alone: it neither opens the book nor walks the path", () => {
    const desk = new Desk({ bars: [calm, calm, calm], balances: { USDC: "1000000" } });
    for (let n = 0; n < 500; n += 1) {
      desk.send({ type: "limit", side: "buy", quantity: 0.1, price: 98 - n / 100 });
      desk.send({ type: "limit", side: "sell", quantity: 0.1, price: 102 + n / 100 });
    }
    expect(desk.next()).toHaveLength(1_000);
    const venue = desk.exchange.markets[0] as unknown as { openBar(bar: number): void; walk(bar: number): void };
    const opened = vi.spyOn(venue, "openBar");
    const walked = vi.spyOn(venue, "walk");
    const before = desk.exchange.exportState();
    expect(desk.next()).toEqual([]);
    expect([opened.mock.calls, walked.mock.calls]).toEqual([[], []]);
    expect(desk.exchange.exportState().markets[0]?.orders).toEqual(before.markets[0]?.orders);
    expect(desk.exchange.account.snapshot()).toEqual(before.account);
  });

  it("wakes the first order of each side and no other", () => {
    const desk = new Desk({ bars: [calm, [100, 102.11, 97.89, 100, 1_000]], balances: { USDC: "1000000" } });
    for (let n = 0; n < 500; n += 1) {
      desk.send({ type: "limit", side: "buy", quantity: 0.1, price: 98 - n / 10 });
      desk.send({ type: "limit", side: "sell", quantity: 0.1, price: 102 + n / 10 });
    }
    desk.next();
    // A tick through 98 and 97.9, 102 and 102.1: two on each side; on a tie and a level close the low comes first.
    expect(desk.next().map((answer) => answer.slice(0, 20))).toEqual([
      "fill 1: 0.1 at 98 ma",
      "fill 3: 0.1 at 97.9 ",
      "fill 2: 0.1 at 102 m",
      "fill 4: 0.1 at 102.1",
    ]);
  });
});

describe("delivery", () => {
  const tickets: readonly Ticket[] = Array.from({ length: 8 }, (_, n): Ticket => ({ side: n % 2 === 0 ? "buy" : "sell", quantity: 1 }));

  function answers(seed: number, deliveryWindow: number): string[] {
    const desk = new Desk({ bars: [calm], seed, fill: { delivery: "seeded", deliveryWindow } });
    for (const ticket of tickets) desk.send(ticket);
    return desk.next();
  }

  it("by a seed brings the same facts in another order, the same one for the same seed", () => {
    const immediate = new Desk({ bars: [calm] });
    for (const ticket of tickets) immediate.send(ticket);
    const plain = immediate.next();
    const seeded = answers(5, 1_000);
    expect(seeded).not.toEqual(plain);
    expect([...seeded].sort()).toEqual([...plain].sort());
    expect(answers(5, 1_000)).toEqual(seeded);
    expect(answers(6, 1_000)).not.toEqual(seeded);
  });

  it("within no time keeps the venue's order", () => {
    expect(answers(5, 0)).toEqual(tickets.flatMap((_, n) => [`ack ${n + 1}`, `fill ${n + 1}: 1 at 100 taker fee 0.05 USDC`]));
  });

  it("is never earlier than the venue's time, nor later than the window", () => {
    const exchange = exchangeOf({ bars: [calm, calm], seed: 3, fill: { delivery: "seeded", deliveryWindow: 500 } });
    for (let n = 1; n <= 20; n += 1) exchange.submit(requestOf(n, { side: n % 2 === 0 ? "buy" : "sell", quantity: 1 }), 0 as Millis);
    exchange.advanceBar(0 as MarketIndex, 0);
    let last = 0;
    while (exchange.events.length > 0) {
      const due = exchange.events.nextDue;
      const { time } = exchange.events.shift() ?? { time: -1 };
      expect(due).toBeGreaterThanOrEqual(Math.max(time, last));
      expect(due).toBeLessThanOrEqual(time + 500);
      last = due;
    }
  });

  it("in bar order: arrivals at the open, then each leg of the path a quarter later", () => {
    const exchange = exchangeOf({ bars: [calm, [100, 103, 98, 102, 1_000]] });
    exchange.submit(requestOf(1, { type: "limit", side: "buy", quantity: 1, price: 98.5 }), 0 as Millis);
    exchange.submit(requestOf(2, { type: "limit", side: "sell", quantity: 1, price: 102.5 }), 0 as Millis);
    exchange.advanceBar(0 as MarketIndex, 0);
    exchange.advanceBar(0 as MarketIndex, 1);
    // 100 → 98 (2 below) → 103 (3 above) → 102
    expect(drain(exchange).map((event) => [line(event).slice(0, 6), event.time])).toEqual([
      ["ack 1", 0],
      ["ack 2", 0],
      ["fill 1", interval + interval / 4],
      ["fill 2", interval + interval / 2],
    ]);
  });
});

describe("two markets on one account", () => {
  function two(leverage: number, balance: string, positions: readonly number[] = []): VirtualExchange {
    const markets = ["AAA/USDC:USDC", "BBB/USDC:USDC"].map((symbol, at) => {
      const instrument = instrumentOf({ symbol, base: symbol.slice(0, 3) });
      const bars: Bar[] = at === 0 ? [calm, calm] : [[50, 51, 40, 50, 1_000], calm];
      return { instrument, series: seriesOf(symbol, bars) };
    });
    return new VirtualExchange({
      markets,
      profile: venueProfiles["generic"] as VenueProfile,
      fill: { ...defaultFillModel, volumeCap: null },
      positionMode: "one_way",
      leverage,
      balances: { USDC: balance },
      positions: positions.map((market) => ({ market, leg: "NET", quantity: 1_000 as never, price: 5_000 as never })),
      seed: 1,
    });
  }
  const first = 0 as MarketIndex;
  const second = 1 as MarketIndex;

  it("share its funds", () => {
    const exchange = two(1, "1000");
    exchange.submit(requestOf(1, { side: "buy", quantity: 8 }, first), 0 as Millis);
    exchange.submit(requestOf(2, { side: "buy", quantity: 5 }, second), 0 as Millis);
    exchange.submit(requestOf(3, { side: "buy", quantity: 3 }, second), 0 as Millis);
    exchange.advanceBar(first, 0);
    exchange.advanceBar(second, 0);
    // 1000 - 800 - 0.4 = 199.6 are left: 5 × 50 is too much, 3 × 50 + 0.075 is not.
    expect(drain(exchange).map(line)).toEqual([
      "ack 1",
      "fill 1: 8 at 100 taker fee 0.4 USDC",
      "reject 2 insufficient_funds",
      "ack 3",
      "fill 3: 3 at 50 taker fee 0.075 USDC",
    ]);
  });

  it("tell their answers in order of time, whichever was handled first", () => {
    const exchange = two(1, "1000");
    exchange.submit(requestOf(1, { type: "limit", side: "buy", quantity: 1, price: 99.5 }, first), 0 as Millis);
    exchange.submit(requestOf(2, { side: "buy", quantity: 1 }, second), 0 as Millis);
    exchange.advanceBar(first, 0);
    exchange.advanceBar(second, 0);
    const told = drain(exchange);
    expect(told.map((event) => event.type)).toEqual(["order_acknowledged", "order_acknowledged", "order_filled", "order_filled"]);
    expect(told.map((event) => event.time)).toEqual([0, 0, 0, interval / 4]);
  });

  it("carry each other's losses", () => {
    const exchange = two(10, "100");
    exchange.submit(requestOf(1, { side: "buy", quantity: 1 }, first), 0 as Millis);
    exchange.submit(requestOf(2, { side: "buy", quantity: 10 }, second), 0 as Millis);
    exchange.advanceBar(first, 0);
    exchange.advanceBar(second, 0);
    // 100 - 0.05 - 0.25 - 10 × 10 at the low of 40: -0.3; maintenance (100 + 400) × 0.005 = 2.5
    expect(drain(exchange).map(line)).toContain("insolvent -0.3 of 2.5");
  });

  it("value a boot position at its entry until its own market has a price", () => {
    const exchange = two(10, "100", [1]);
    exchange.submit(requestOf(1, { side: "buy", quantity: 1 }, first), 0 as Millis);
    exchange.advanceBar(first, 0);
    // 10 at 50 keep 50 of margin; 10 + 0.05 for the order are there.
    expect(drain(exchange).map(line)).toEqual(["ack 1", "fill 1: 1 at 100 taker fee 0.05 USDC"]);
  });

  it("must settle in one currency", () => {
    const markets = ["USDC", "USDT"].map((settle) => {
      const instrument = instrumentOf({ symbol: `ABC/${settle}:${settle}`, settle });
      return { instrument, series: seriesOf(instrument.symbol, [calm]) };
    });
    const { profile, fill } = exchangeOf({ bars: [calm] });
    expect(() => new VirtualExchange({ markets, profile, fill, positionMode: "one_way", leverage: 1, balances: {}, seed: 1 })).toThrow(
      "one settlement currency",
    );
  });
});

describe("an account without a rule that liquidates it", () => {
  it("is found insolvent beside funding too", () => {
    const desk = new Desk({ bars: [calm, [100, 100, 85, 90, 10]], leverage: 10, balances: { USDC: "100" }, funding: [[1e9, 1]] });
    desk.send({ side: "buy", quantity: 9 });
    desk.next();
    // 99.55 − 135 at the low of 85; 9 × 85 × 0.005
    expect(desk.next()).toEqual(["insolvent -35.45 of 3.825"]);
  });
});

describe("what the venue gets for a position that it closes", () => {
  it("is a taker's price inside the bar, and before the first bar the price that is named", () => {
    const exchange = exchangeOf({ bars: [calm], profile: { halfSpreadBp: "10" }, positions: [["NET", 1, 100]] });
    const position = exchange.position(0, "NET");
    const closed = (): number => exchange.closePrice(0 as MarketIndex, position as NonNullable<typeof position>, 10_000 as Price);
    expect(closed()).toBe(10_000);
    exchange.advanceBar(0 as MarketIndex, 0);
    // 10 bp of 100 below.
    expect(closed()).toBe(9_990);
  });
});

describe("the venue's port", () => {
  it("returns nothing: every answer is an event", () => {
    const exchange = exchangeOf({ bars: [calm] });
    const port: ExchangePort = exchange;
    const order = requestOf(1, { side: "buy", quantity: 1 });
    const now = 0 as Millis;
    const market = 0 as MarketIndex;
    const change = { price: null, trigger: null, quantity: null };
    expect([
      port.submit(order, now),
      port.cancel(order.order, market, now),
      port.amend(order.order, market, change, now),
      port.query(order.order, market, now),
      port.queryPosition(market, "NET", now),
    ]).toEqual([undefined, undefined, undefined, undefined, undefined]);
    expect(drain(exchange).map((event) => event.type)).toEqual(["query_answered", "position_reported"]);
  });
});

describe("a statement of a position", () => {
  const bars: Bar[] = [calm, calm];
  const stated = (exchange: VirtualExchange, time: number) => {
    exchange.queryPosition(0 as MarketIndex, "NET", time as Millis);
    return drain(exchange).filter((event) => event.type === "position_reported");
  };

  it("has the average entry, cut off after twelve decimals", () => {
    // 1 at 100 and 2 at 101 cost 302: 302 ÷ 3.
    const exchange = exchangeOf({
      bars,
      positions: [
        ["NET", 1, 100],
        ["NET", 2, 101],
      ],
    });
    expect(stated(exchange, 0)).toMatchObject([{ quantity: 300, entryPrice: "100.666666666666" }]);
    expect(stated(exchangeOf({ bars }), 0)).toMatchObject([{ quantity: 0, entryPrice: null }]);
  });

  it("of a moment before a fill that has not been told yet has none", () => {
    const exchange = exchangeOf({ bars, positions: [["NET", 2, 100]] });
    exchange.submit(requestOf(1, { side: "sell", quantity: 1 }), 0 as Millis);
    exchange.advanceBar(0 as MarketIndex, 0);
    exchange.submit(requestOf(2, { type: "limit", side: "buy", quantity: 1, price: 90 }), 60_000 as Millis);
    expect(stated(exchange, -1)).toMatchObject([{ quantity: 200, entryPrice: null }]);
  });
});

describe("the presets", () => {
  it("say what they are", () => {
    expect(fillPresets["default"]).toMatchObject({ path: "adaptive", limit: "through", volumeCap: "0.1", market: "next-open", timeToLive: "exact" });
    expect(fillPresets["optimistic"]).toMatchObject({ limit: "touch", market: "same-bar-close", timeToLive: "whole-bar" });
    expect(fillPresets["bench"]).toMatchObject({ limit: "touch", gap: "open", volumeCap: null, crossedTrigger: "fire", slippage: { kind: "none" } });
  });
});
