// What the venue tells of the account when it is asked afterwards: its open orders, its trades, what moved its money, where a leg
// stood. Row by row, worked out by hand.
import { describe, expect, it } from "vitest";

import type { MarketIndex, Millis, VenueEvent } from "../../src/domain/index.ts";
import type { Disturbance, VirtualExchange } from "../../src/exchange/virtual/index.ts";
import { Desk, drain, exchangeOf, orderOf, requestOf, type Bar, type DeskSetup, type Ticket } from "./desk.ts";
import { first, pairOf, second } from "./pair.ts";

const calm: Bar = [100, 101, 99, 100, 1_000];
const dip: Bar = [100, 101, 97, 99, 1_000];
const rest: Ticket = { type: "limit", side: "buy", quantity: 1, price: 98 };
const market = 0 as MarketIndex;
const minute = 60_000;
const from = 0 as Millis;

const asked = (exchange: VirtualExchange, ask: (exchange: VirtualExchange) => void): VenueEvent | undefined => {
  drain(exchange);
  ask(exchange);
  return drain(exchange).at(-1);
};
const openAt = (exchange: VirtualExchange, time: number, at = market) => asked(exchange, (venue) => venue.queryOpenOrders(at, time as Millis));
const fillsAt = (exchange: VirtualExchange, time: number, since = 0, at = market) =>
  asked(exchange, (venue) => venue.queryFills(at, since as Millis, time as Millis));
const cashAt = (exchange: VirtualExchange, time: number, since = 0) => asked(exchange, (venue) => venue.queryCash(since as Millis, time as Millis));
const legAt = (exchange: VirtualExchange, time: number, leg: "NET" | "LONG" | "SHORT" = "NET", at = market) =>
  asked(exchange, (venue) => venue.queryPosition(at, leg, time as Millis));
const stale = (endpoint: "open_orders" | "fills" | "positions" | "order"): Disturbance => {
  return { do: "stale_reads", endpoint, lagMs: minute, lengthMs: 60 * minute };
};

describe("the list of open orders", () => {
  it("has each order's own terms, what it has filled, and the epoch of the process that sent it", () => {
    // A tenth of 5 fills at the dip.
    const exchange = exchangeOf({ bars: [calm, [100, 101, 97, 99, 5]], history: true, fill: { volumeCap: "0.1" } });
    exchange.history?.sent(orderOf(1));
    exchange.submit(requestOf(1, rest), from);
    exchange.history?.signedIn(3);
    exchange.history?.sent(orderOf(2));
    exchange.submit(requestOf(2, { type: "stop_limit", side: "sell", quantity: 2, price: 89, trigger: 90, family: "sl" }), from);
    exchange.advanceBar(market, 0);
    exchange.advanceBar(market, 1);
    const common = { leg: "NET", reduceOnly: false };
    const limit = { order: 256, epoch: 1, family: "entry", venueOrderId: 1, side: "buy", type: "limit", price: 9_800, trigger: null };
    const stop = { order: 512, epoch: 3, family: "sl", venueOrderId: 2, side: "sell", type: "stop_limit", price: 8_900, trigger: 9_000 };
    expect(openAt(exchange, 2 * minute)).toMatchObject({
      market,
      complete: true,
      orders: [
        { ...common, ...limit, quantity: 100, filled: 50 },
        { ...common, ...stop, quantity: 200, filled: 0 },
      ],
    });
    // Of a minute before, it had filled nothing.
    exchange.troubled().reads.begin({ do: "stale_reads", endpoint: "open_orders", lagMs: minute }, 9 * minute);
    expect(openAt(exchange, 2 * minute)).toMatchObject({ orders: [{ order: 256, filled: 0 }, { order: 512 }] });
  });

  it("says of another party's order neither number, epoch nor family", () => {
    const desk = new Desk({ bars: [calm] });
    desk.disturb({ do: "foreign_order", leg: "NET", side: "sell", quantity: "2", price: "105", trigger: null, reduceOnly: true, notify: true });
    desk.disturb({ do: "foreign_order", leg: "NET", side: "sell", quantity: "2", price: "105", trigger: null, reduceOnly: false, notify: true });
    desk.next();
    const foreign = {
      order: null,
      epoch: null,
      family: null,
      side: "sell",
      type: "limit",
      price: 10_500,
      quantity: 200,
      filled: 0,
      reduceOnly: false,
    };
    expect(openAt(desk.exchange, minute)).toMatchObject({ orders: [foreign] });
  });

  it("of a replica that lags has the orders that have ended since, and none that were refused, came later or are another market's", () => {
    const exchange = pairOf({
      bars: [
        [calm, dip],
        [calm, dip],
      ],
      history: true,
    });
    exchange.submit(requestOf(1, rest, first), from);
    exchange.submit(requestOf(2, rest, second), from);
    exchange.submit(requestOf(3, { ...rest, price: 97.5 }, first), from);
    for (const at of [first, second]) exchange.advanceBar(at, 0);
    // Refused: the account has not so much.
    exchange.submit(requestOf(4, { ...rest, quantity: 50 }, first), minute as Millis);
    exchange.submit(requestOf(5, { ...rest, price: 90 }, first), minute as Millis);
    for (const at of [first, second]) exchange.advanceBar(at, 1);
    const numbers = (time: number, at: MarketIndex): unknown => {
      const told = openAt(exchange, time, at);
      return told?.type === "open_orders_reported" ? told.orders.map(({ order }) => (order ?? 0) / 256) : told;
    };
    expect(numbers(2 * minute, first)).toEqual([5]);
    exchange.troubled().reads.begin({ do: "stale_reads", endpoint: "open_orders", lagMs: minute }, 9 * minute);
    // As of 59.999 s: 5 came at 60 s.
    expect(numbers(2 * minute - 1, first)).toEqual([1, 3]);
    expect(numbers(2 * minute - 1, second)).toEqual([2]);
  });
});

describe("the list of trades", () => {
  it("has our own and others', each from the asked time on, and says whether it is whole", () => {
    const desk = new Desk({ bars: [calm, calm, calm], history: true });
    desk.send({ side: "buy", quantity: 1 });
    desk.next();
    desk.send({ side: "sell", quantity: 1 });
    desk.next();
    desk.disturb({ do: "trade", leg: "NET", side: "sell", quantity: "2", price: "101", notify: false });
    const ours = (at: number, side: "buy" | "sell") => ({ type: "order_filled", time: at, order: side === "buy" ? 256 : 512, price: 10_000 });
    const byHand = { cause: "trade", trade: 3, time: 2 * minute, side: "sell", leg: "NET", price: 10_100, quantity: 200, fee: 0 };
    expect(fillsAt(desk.exchange, desk.now)).toMatchObject({ fills: [ours(0, "buy"), ours(minute, "sell")], foreign: [byHand], complete: true });
    expect(fillsAt(desk.exchange, desk.now, minute)).toMatchObject({ fills: [ours(minute, "sell")], foreign: [byHand] });
    expect(fillsAt(desk.exchange, desk.now, minute + 1)).toMatchObject({ fills: [], foreign: [byHand] });
    expect(fillsAt(desk.exchange, desk.now, 2 * minute)).toMatchObject({ fills: [], foreign: [byHand] });
    expect(fillsAt(desk.exchange, desk.now, 2 * minute + 1)).toMatchObject({ fills: [], foreign: [] });
    // A replica that lags knows the trades up to its moment.
    desk.disturb(stale("fills"));
    expect(fillsAt(desk.exchange, desk.now)).toMatchObject({ fills: [ours(0, "buy"), ours(minute, "sell")], foreign: [] });
    expect(fillsAt(desk.exchange, desk.now - 1)).toMatchObject({ fills: [ours(0, "buy")] });
  });

  it("is each market's own, and in part where the venue keeps none", () => {
    const trades = (history: boolean) => {
      const exchange = pairOf({ bars: [[calm], [calm]], history });
      exchange.submit(requestOf(1, { side: "buy", quantity: 1 }, second), from);
      for (const at of [first, second]) exchange.advanceBar(at, 0);
      return [first, second].map((at) => fillsAt(exchange, minute, 0, at));
    };
    expect(trades(true)).toMatchObject([
      { market: 0, fills: [], complete: true },
      { market: 1, fills: [{ order: 256 }], complete: true },
    ]);
    expect(trades(false)).toMatchObject([
      { fills: [], foreign: [], complete: false },
      { fills: [], foreign: [], complete: false },
    ]);
  });

  it("has what the venue closed: a liquidation with what it cost beside the loss, and deleveraging", () => {
    // Behind a gap to 80: 10 × 20 lost of 100, the fund pays the other 100.
    const setup: DeskSetup = {
      bars: [calm, [80, 85, 79, 84, 1_000]],
      liquidation: "generic",
      leverage: 20,
      balances: { USDC: "100" },
      history: true,
    };
    const broke = new Desk({ ...setup, positions: [["NET", 10, 100]] });
    broke.next();
    broke.next();
    const closed = { side: "sell", leg: "NET", price: 8_000, quantity: 1_000, time: minute };
    expect(fillsAt(broke.exchange, broke.now)).toMatchObject({ fills: [], foreign: [{ cause: "liquidation", fee: -100_000_000, ...closed }] });
    const lucky = new Desk({ bars: [calm, calm], venue: "bybit-linear", positions: [["NET", -4, 120]], history: true });
    lucky.next();
    lucky.exchange.outside.deleverage(market, { do: "adl", leg: "NET", quantity: null, share: null, price: "105" }, lucky.now as Millis);
    // A maker's fee: 4 × 105 × 0.0002.
    const deleveraged = { cause: "deleveraging", fee: 84_000, side: "buy", leg: "NET", price: 10_500, quantity: 400, time: minute };
    expect(fillsAt(lucky.exchange, lucky.now)).toMatchObject({ foreign: [deleveraged] });
  });

  it("loses a trade that is taken back, and no other", () => {
    const desk = new Desk({ bars: [calm, calm, calm], history: true });
    for (const side of ["buy", "buy"] as const) desk.send({ side, quantity: 1 });
    desk.next();
    desk.exchange.history?.voided(market, 99);
    expect(fillsAt(desk.exchange, desk.now)).toMatchObject({ fills: [{ trade: 1 }, { trade: 2 }] });
    desk.disturb({ do: "void_fill", family: null });
    const left = fillsAt(desk.exchange, desk.now);
    expect(left?.type === "fills_reported" && left.fills.map(({ trade }) => trade)).toEqual([1]);
  });
});

describe("the list of what moved the money", () => {
  it("has funding and transfers from the asked time on, beside the balance", () => {
    const desk = new Desk({ bars: [calm, calm, calm], history: true, positions: [["NET", 2, 100]], funding: [[minute, 100]] });
    desk.next();
    desk.next();
    desk.disturb({ do: "move_funds", currency: "USDC", amount: "-250.5", text: "withdrawal", notify: false });
    // 2 × 100 × 0.01 % = 0.02
    const funding = { cause: "funding", market: 0, leg: "NET", time: minute, currency: "USDC", amount: -20_000, text: "" };
    const transfer = { cause: "transfer", market: null, leg: null, time: 2 * minute, currency: "USDC", amount: -250_500_000, text: "withdrawal" };
    expect(cashAt(desk.exchange, desk.now, minute)).toMatchObject({ balance: 749_480_000, flows: [funding, transfer] });
    expect(cashAt(desk.exchange, desk.now, minute + 1)).toMatchObject({ flows: [transfer] });
    expect(cashAt(desk.exchange, desk.now, 2 * minute + 1)).toMatchObject({ flows: [] });
    expect(cashAt(exchangeOf({ bars: [calm] }), 0)).toMatchObject({ type: "cash_reported", balance: 1_000_000_000, flows: [] });
  });

  it("is refused by what refuses the account's balances", () => {
    const desk = new Desk({ bars: [calm] });
    desk.disturb({ do: "fail_reads", endpoint: "account", lengthMs: minute });
    expect(cashAt(desk.exchange, 0)).toMatchObject({ type: "snapshot_failed", question: "cash", market: null, reason: "reply_lost" });
    expect(asked(desk.exchange, (venue) => venue.queryAccount(from))).toMatchObject({ type: "snapshot_failed", question: "account", market: null });
    desk.disturb({ do: "fail_reads", endpoint: "rules", lengthMs: minute });
    const failed = { type: "snapshot_failed", question: "rules", market: 0, reason: "reply_lost", code: null, message: null };
    expect(asked(desk.exchange, (venue) => venue.queryRules(market, from))).toMatchObject({ ...failed, ccxtClass: "ExchangeNotAvailable" });
    expect(openAt(desk.exchange, 0)).toMatchObject({ type: "open_orders_reported" });
  });
});

describe("where a leg stood", () => {
  it.each([[true], [false]])("is without what it has changed since, buys, sells and closes by the venue alike (history: %s)", (history) => {
    const desk = new Desk({
      bars: [calm, calm, calm],
      history,
      mode: "hedge",
      positions: [
        ["LONG", 5, 100],
        ["SHORT", -3, 100],
      ],
    });
    desk.next();
    desk.send({ side: "buy", quantity: 1, leg: "LONG" });
    desk.send({ side: "buy", quantity: 0.5, leg: "SHORT", family: "close" });
    desk.exchange.advanceBar(market, 1);
    for (const leg of ["LONG", "SHORT"] as const)
      desk.exchange.outside.deleverage(market, { do: "adl", leg, quantity: "2", share: null, price: "100" }, (2 * minute) as Millis);
    const quantities = (time: number) =>
      (["LONG", "SHORT"] as const).map((leg) => {
        desk.exchange.queryPosition(market, leg, time as Millis);
        // Nothing of what waits is heard: without a history it is all that is known.
        const told = desk.exchange.events.list().findLast(({ event }) => event.type === "position_reported" && event.time === time)?.event;
        return told?.type === "position_reported" ? [told.quantity, told.entryPrice] : null;
      });
    expect(quantities(minute - 1)).toEqual([
      [500, null],
      [-300, null],
    ]);
    expect(quantities(minute)).toEqual([
      [600, null],
      [-250, null],
    ]);
    expect(quantities(2 * minute)).toEqual([
      [400, "100"],
      [-50, "100"],
    ]);
  });

  it("is not changed by what another market did, nor is a leg there that the mode has not", () => {
    for (const history of [true, false]) {
      const exchange = pairOf({
        bars: [[calm], [calm]],
        history,
        holding: [
          [0, 1, 100],
          [1, 2, 100],
        ],
        leverage: 2,
      });
      exchange.submit(requestOf(1, { side: "buy", quantity: 1 }, second), from);
      for (const at of [first, second]) exchange.advanceBar(at, 0);
      exchange.outside.deleverage(second, { do: "adl", leg: "NET", quantity: "0.5", share: null, price: "100" }, minute as Millis);
      exchange.queryPosition(first, "NET", -1 as Millis);
      exchange.queryPosition(second, "NET", -1 as Millis);
      exchange.queryPosition(second, "LONG", -1 as Millis);
      const told = drain(exchange).filter((event) => event.type === "position_reported");
      expect(told).toMatchObject([
        { market: 0, quantity: 100, entryPrice: "100" },
        { market: 1, quantity: 200, entryPrice: null },
        { market: 1, leg: "LONG", quantity: 0, entryPrice: null },
      ]);
    }
  });

  it("that the stream tells of is told as it is, whatever the reads lag", () => {
    const desk = new Desk({ bars: [calm, calm], history: true });
    desk.next();
    desk.disturb(stale("positions"));
    desk.disturb({ do: "trade", leg: "NET", side: "buy", quantity: "1", price: "99", notify: true });
    expect(desk.heard()).toEqual(["position NET 1 external"]);
    expect(legAt(desk.exchange, desk.now)).toMatchObject({ quantity: 0, entryPrice: null, external: false });
  });
});

describe("the answer to a query", () => {
  it("of a replica that lags has the trades up to its moment, and their sum", () => {
    const desk = new Desk({ bars: [calm, [100, 101, 97, 99, 5], dip], fill: { volumeCap: "0.1" }, history: true });
    desk.send(rest);
    desk.next();
    desk.next();
    desk.next();
    expect(desk.position()).toBe(1);
    const told = (time: number) => asked(desk.exchange, (venue) => venue.query(orderOf(1), market, time as Millis));
    expect(told(3 * minute)).toMatchObject({ status: "FILLED", cumulative: 100, fills: [{ quantity: 50 }, { quantity: 50 }], venueOrderId: 1 });
    desk.disturb(stale("order"));
    expect(told(3 * minute)).toMatchObject({ status: "PARTIAL", cumulative: 50, fills: [{ quantity: 50 }] });
    expect(told(2 * minute)).toMatchObject({ status: "SUBMITTED", cumulative: 0, fills: [] });
    expect(told(minute - 1)).toMatchObject({ status: null, cumulative: 0, fills: [], venueOrderId: null });
  });

  it("about an order that was turned away is of its moment too", () => {
    const desk = new Desk({ bars: [calm, calm, calm], history: true, venue: "hyperliquid" });
    desk.next();
    desk.send({ side: "buy", quantity: 50 });
    desk.next();
    const told = (time: number) => asked(desk.exchange, (venue) => venue.query(orderOf(1), market, time as Millis));
    expect(told(2 * minute)).toMatchObject({ status: "REJECTED", refusal: { reason: "insufficient_funds" } });
    desk.disturb(stale("order"));
    expect(told(2 * minute)).toMatchObject({ status: "REJECTED" });
    const before = told(2 * minute - 1);
    expect(before).toMatchObject({ status: null });
    expect(before).not.toHaveProperty("refusal");
  });
});

describe("a venue that has answered all this", () => {
  it("answers the same after it has been saved and restored", () => {
    const setup: DeskSetup = { bars: [calm, calm], history: true, positions: [["NET", 2, 100]], funding: [[minute, 100]], venue: "hyperliquid" };
    const desk = new Desk(setup);
    const { history } = desk.exchange;
    history?.signedIn(2);
    history?.sent(orderOf(1));
    desk.send({ side: "buy", quantity: 1 });
    history?.sent(orderOf(2));
    desk.send({ ...rest, price: 90 });
    history?.sent(orderOf(3));
    desk.send({ side: "buy", quantity: 500 });
    desk.next();
    desk.next();
    desk.disturb({ do: "trade", leg: "NET", side: "sell", quantity: "1", price: "99", notify: false });
    const other = exchangeOf(setup);
    other.importState(JSON.parse(JSON.stringify(desk.exchange.exportState())) as never);
    const all = (exchange: VirtualExchange): unknown[] => {
      drain(exchange);
      exchange.history?.sent(orderOf(4));
      const told = [
        fillsAt(exchange, 2 * minute),
        cashAt(exchange, 2 * minute),
        openAt(exchange, 2 * minute),
        asked(exchange, (venue) => venue.query(orderOf(3), market, (2 * minute) as Millis)),
      ];
      return [told, [1, 2, 3, 4].map((order) => exchange.history?.epochOf(orderOf(order)))];
    };
    const told = all(other);
    expect(told).toEqual(all(desk.exchange));
    expect(told).toMatchObject([
      [
        { fills: [{ order: 256 }], foreign: [{ side: "sell" }] },
        { flows: [{ cause: "funding" }] },
        { orders: [{ order: 512, epoch: 2 }] },
        { status: "REJECTED" },
      ],
      [2, 2, 2, 2],
    ]);
  });
});
