// Answers of a venue about a moment: what is of exactly that moment, whose order it was, and what must not be mixed into it.
import { describe, expect, it } from "vitest";

import type { MarketIndex, Millis, VenueEvent } from "../../src/domain/index.ts";
import type { Disturbance, VirtualExchange } from "../../src/exchange/virtual/index.ts";
import { AccountHistory } from "../../src/exchange/virtual/account-history.ts";
import { Desk, drain, exchangeOf, line, orderOf, type Bar, type DeskSetup, type Ticket } from "./desk.ts";

const calm: Bar = [100, 101, 99, 100, 1_000];
const rest: Ticket = { type: "limit", side: "buy", quantity: 1, price: 95 };
const market = 0 as MarketIndex;
const minute = 60_000;
const stale = (endpoint: "open_orders" | "order" | "account", lengthMs = 60 * minute): Disturbance => {
  return { do: "stale_reads", endpoint, lagMs: minute, lengthMs };
};

function answer(desk: Desk, ask: (exchange: VirtualExchange) => void): VenueEvent | undefined {
  drain(desk.exchange);
  ask(desk.exchange);
  return drain(desk.exchange).at(-1);
}
const asked = (desk: Desk, order: number, time: number) => answer(desk, (venue) => venue.query(orderOf(order), market, time as Millis));
const listed = (desk: Desk, time: number): string => {
  const told = answer(desk, (venue) => venue.queryOpenOrders(market, time as Millis));
  return told === undefined ? "" : line(told);
};

describe("a replica that lags", () => {
  it("has what was accepted, filled or ended at the very moment that it speaks of", () => {
    const desk = new Desk({ bars: [calm, calm], history: true });
    desk.next();
    desk.send(rest);
    desk.send({ side: "buy", quantity: 1 });
    desk.send(rest);
    desk.cancel(3);
    desk.next();
    for (const endpoint of ["open_orders", "order"] as const) desk.disturb(stale(endpoint));
    // All of it at the open of the second bar, 60 s: at 120 s it is told, a ms before it is not.
    expect([listed(desk, 2 * minute), listed(desk, 2 * minute - 1)]).toEqual(["open 1", "open"]);
    expect([asked(desk, 2, 2 * minute), asked(desk, 2, 2 * minute - 1)]).toMatchObject([
      { status: "FILLED", cumulative: 100, fills: [{ time: minute }] },
      { status: null, cumulative: 0, fills: [] },
    ]);
  });

  it("that has caught up tells of the account as it is, not as it was kept meanwhile", () => {
    const desk = new Desk({ bars: [calm, calm, calm], history: true });
    desk.disturb(stale("account", 2 * minute));
    desk.next();
    desk.next();
    desk.disturb({ do: "move_funds", currency: "USDC", amount: "50", text: "", notify: false });
    expect(answer(desk, (venue) => venue.queryAccount((2 * minute) as Millis))).toMatchObject({ balances: { USDC: "1050" } });
  });
});

describe("an order's answer", () => {
  it("is its own: each refusal with its reason, and none where the number was taken later", () => {
    const desk = new Desk({ bars: [calm, calm, calm], history: true, venue: "hyperliquid" });
    desk.send({ side: "buy", quantity: 50 });
    desk.send({ ...rest, price: 102, timeInForce: "PO" });
    desk.next();
    const refusal = (order: number) => asked(desk, order, desk.now);
    expect([refusal(1), refusal(2)]).toMatchObject([
      { status: "REJECTED", refusal: { reason: "insufficient_funds" } },
      { status: "REJECTED", refusal: { reason: "post_only_would_cross" } },
    ]);
    desk.send({ side: "buy", quantity: 1, number: 1 });
    desk.next();
    const taken = refusal(1);
    expect(taken).toMatchObject({ status: "FILLED", cumulative: 100 });
    expect(taken).not.toHaveProperty("refusal");
  });
});

describe("a session without a history", () => {
  const moved = (setup: Partial<DeskSetup>, bars: readonly Bar[]): unknown[] => {
    const exchange = exchangeOf({ bars, ...setup });
    for (let bar = 0; bar < bars.length; bar += 1) exchange.advanceBar(market, bar);
    // What was told has not been heard: it is all that says what has changed since the moment before the first bar.
    exchange.queryPosition(market, "NET", -1 as Millis);
    exchange.queryPosition(market, "NET", (bars.length * minute) as Millis);
    return drain(exchange).flatMap((event) => (event.type === "position_reported" ? [event.quantity] : []));
  };

  it("takes liquidations back out of a position of before, and nothing for a funding payment", () => {
    expect(moved({ positions: [["NET", 2, 100]], funding: [[0, 100]] }, [calm])).toEqual([200, 200]);
    const margined = { liquidation: "generic", leverage: 20, balances: { USDC: "100" } } as const;
    expect(moved({ ...margined, positions: [["NET", 10, 100]] }, [[100, 100, 80, 85, 1_000]])).toEqual([1_000, 0]);
    expect(moved({ ...margined, positions: [["NET", -10, 100]] }, [[100, 120, 100, 110, 1_000]])).toEqual([-1_000, 0]);
  });
});

describe("a venue that takes no more requests", () => {
  it("answers no question either, and says which one it was", () => {
    const desk = new Desk({ bars: [calm], venue: "binance-usdm" });
    desk.exchange.limitRequests({ do: "ban", lengthMs: minute }, 0 as Millis);
    const refused = { type: "snapshot_failed", reason: "rate_limited" };
    const time = 0 as Millis;
    expect(answer(desk, (venue) => venue.queryOpenOrders(market, time))).toMatchObject({ ...refused, question: "open_orders", market: 0 });
    expect(answer(desk, (venue) => venue.queryFills(market, time, time))).toMatchObject({ ...refused, question: "fills", market: 0 });
    expect(answer(desk, (venue) => venue.queryRules(market, time))).toMatchObject({ ...refused, question: "rules", market: 0 });
    expect(answer(desk, (venue) => venue.queryAccount(time))).toMatchObject({ ...refused, question: "account", market: null });
    expect(answer(desk, (venue) => venue.queryCash(time, time))).toMatchObject({ ...refused, question: "cash", market: null });
  });
});

describe("the epoch of an order", () => {
  it("is that of the process which sent it first, though a rival signs in between and old numbers come again", () => {
    const history = new AccountHistory(1, "none");
    const sent = (epoch: number, ...orders: readonly number[]) => {
      history.signedIn(epoch);
      for (const order of orders) history.sent(orderOf(order));
    };
    sent(1, 1, 2);
    sent(9, 3);
    sent(1, 4);
    sent(9, 5);
    sent(4, 5, 2, 6);
    expect([1, 2, 3, 4, 5, 6, 7].map((order) => history.epochOf(orderOf(order)))).toEqual([1, 1, 9, 1, 9, 4, 4]);
    expect(history.epochOf(0 as never)).toBe(1);
  });
});
