// The venue's door: requests beyond its limits are turned away with its own words, and nothing of them has happened. Limits
// and instants by hand.
import { describe, expect, it } from "vitest";

import type { MarketIndex, Millis, VenueEvent } from "../../src/domain/index.ts";
import { venueProfiles, type LimitStep, type RequestLimits, type VenueProfile, type VirtualExchangeState } from "../../src/exchange/virtual/index.ts";
import { Desk, drain, exchangeOf, line, orderOf, type Bar, type DeskSetup } from "./desk.ts";

const calm: Bar = [100, 101, 99, 100, 1_000];
const bars = [calm, calm, calm, calm, calm];
const market = 0 as MarketIndex;
const usdm = venueProfiles["binance-usdm"] as VenueProfile;

/** The limits of Binance USD-M with two orders in ten seconds, and six of weight a minute. */
const limits: Readonly<Record<string, number>> = { REQUEST_WEIGHT: 6, "ORDERS 10S": 2 };
const tight: RequestLimits = {
  budget: null,
  windows: (usdm.requests?.windows ?? []).map((window) => ({ ...window, limit: limits[window.name] ?? window.limit })),
};

function deskOf(setup: Partial<DeskSetup> = {}): Desk {
  return new Desk({ bars, venue: "binance-usdm", profile: { requests: tight, halfSpreadBp: "0" }, ...setup });
}

const limit = { type: "limit", side: "buy", quantity: 1, price: 95 } as const;

function ban(lengthMs: number): LimitStep {
  return { do: "ban", lengthMs };
}

/** The only answer that waits. */
function only(desk: Desk): VenueEvent {
  const events = drain(desk.exchange);
  expect(events).toHaveLength(1);
  return events[0] as VenueEvent;
}

describe("requests beyond a limit", () => {
  it("are refused at once, and an order so refused never reaches the book", () => {
    const desk = deskOf();
    for (let n = 0; n < 3; n += 1) desk.send(limit);
    expect(desk.heard()).toEqual(["reject 3 rate_limited -1015"]);
    expect(desk.next()).toEqual(["ack 1", "ack 2"]);
    expect(desk.openOrders).toEqual([1, 2]);
    // The next ten seconds.
    desk.send(limit, 60_000);
    expect(desk.next()).toEqual(["ack 4"]);
  });

  it("say what the venue says: status, code, words, class, and until when", () => {
    const desk = deskOf();
    for (let n = 0; n < 3; n += 1) desk.send(limit, 4_000);
    expect(only(desk)).toMatchObject({
      type: "order_rejected",
      time: 4_000,
      order: orderOf(3),
      reason: "rate_limited",
      code: "-1015",
      message: "Too many new orders; current limit is … orders per ….",
      ccxtClass: "DDoSProtection",
      limit: { status: 429, until: 10_000, banned: false },
    });
  });

  it("of every kind have their own answer, and change nothing", () => {
    const desk = deskOf();
    desk.send(limit);
    desk.next();
    // Six of weight in this minute.
    for (let n = 0; n < 6; n += 1) desk.query(1);
    expect(desk.heard()).toHaveLength(6);
    desk.cancel(1);
    desk.query(1);
    desk.exchange.queryPosition(market, "NET", desk.now as Millis);
    // Amendments are orders: two in ten seconds, and they weigh nothing.
    for (let n = 0; n < 3; n += 1) desk.amend(1, { price: 96 });
    expect(desk.heard()).toEqual([
      "cancel rejected 1 rate_limited -1003",
      "query rejected 1 rate_limited -1003",
      "query rejected NET rate_limited -1003",
      "amend rejected 1 rate_limited -1015",
    ]);
    expect(desk.next()).toEqual(["amended 1 1 9600", "amended 1 1 9600"]);
    expect(desk.openOrders).toEqual([1]);
  });

  it("become a ban for who goes on: 418 for two minutes, for every kind of request", () => {
    const desk = deskOf();
    desk.send(limit);
    desk.next();
    for (let n = 0; n < 6; n += 1) desk.query(1);
    desk.heard();
    // The warning, then ten that are forgiven, then the ban.
    for (let n = 0; n < 11; n += 1) desk.query(1);
    expect(drain(desk.exchange).map((event) => (event.type === "query_rejected" ? event.limit?.status : 0))).toEqual(Array(11).fill(429));
    desk.query(1);
    expect(only(desk)).toMatchObject({
      message: "Way too many requests; IP banned until 180000.",
      ccxtClass: "DDoSProtection",
      limit: { status: 418, until: 60_000 + 120_000, banned: true },
    });
    desk.send(limit, 179_999);
    expect(desk.heard()).toEqual(["reject 2 rate_limited -1003"]);
    desk.send(limit, 180_000);
    expect(desk.heard()).toEqual([]);
  });

  it("are taken where the scenario switches the limits off", () => {
    const exchange = exchangeOf({ bars, venue: "binance-usdm", profile: { requests: tight }, requestLimits: false });
    for (let n = 0; n < 20; n += 1) exchange.query(orderOf(1), market, 0 as Millis);
    expect(drain(exchange).map(line)).toEqual(Array(20).fill("answer 1 unknown 0 0 fills"));
  });

  it("are earned by trading on Hyperliquid: one for each whole of the settlement currency", () => {
    const { requests } = venueProfiles["hyperliquid"] as VenueProfile;
    const budget = { ...(requests as RequestLimits).budget, initial: 2 } as RequestLimits["budget"];
    const desk = new Desk({ bars, venue: "hyperliquid", profile: { requests: { windows: [], budget }, halfSpreadBp: "0" } });
    for (let n = 0; n < 3; n += 1) desk.send({ ...limit, quantity: 0.1, price: 98 });
    expect(desk.heard()).toEqual(["reject 3 rate_limited Too many cumulative requests sent"]);
    desk.next();
    // A fill of 0.1 at 100 is worth 10 USDC: 2 + 10 requests, of which 2 are spent, and the third is one in ten seconds.
    desk.send({ side: "buy", quantity: 0.1 }, 60_000);
    desk.next();
    for (let n = 0; n < 10; n += 1) desk.send({ ...limit, quantity: 0.1 }, 120_000);
    expect(desk.heard()).toEqual(["reject 14 rate_limited Too many cumulative requests sent"]);
  });
});

describe("a scenario's limits", () => {
  it("shrink what a venue without limits takes, for as long as they hold", () => {
    const desk = new Desk({ bars });
    desk.exchange.limitRequests({ do: "rate_limit", limit: 1, intervalMs: 60_000, lengthMs: 120_000, forgiven: null }, 0 as Millis);
    for (const time of [0, 1_000, 60_000, 61_000, 120_000, 120_001]) desk.send(limit, time);
    expect(drain(desk.exchange).map((event) => ("limit" in event && "order" in event ? [event.order, event.limit?.until] : 0))).toEqual([
      [orderOf(2), 60_000],
      [orderOf(4), 120_000],
    ]);
  });

  it("count requests of whatever kind, questions about balances too", () => {
    const desk = new Desk({ bars });
    desk.exchange.limitRequests({ do: "rate_limit", limit: 1, intervalMs: 60_000, lengthMs: 120_000, forgiven: null }, 0 as Millis);
    desk.exchange.queryAccount(1_000 as Millis);
    desk.send(limit, 2_000);
    expect(drain(desk.exchange).filter(({ type }) => type === "order_rejected")).toMatchObject([
      { reason: "rate_limited", limit: { until: 60_000 } },
    ]);
  });

  it("ban after the requests that they forgive, longer each time", () => {
    const desk = new Desk({ bars });
    desk.exchange.limitRequests({ do: "rate_limit", limit: 1, intervalMs: 60_000, lengthMs: 10_000_000, forgiven: 1 }, 0 as Millis);
    const until = (time: number) => {
      for (let n = 0; n < 2; n += 1) desk.exchange.query(orderOf(1), market, time as Millis);
      const event = drain(desk.exchange).at(-1) as VenueEvent;
      return event.type === "query_rejected" ? [event.limit?.status, event.limit?.until] : "taken";
    };
    // Two requests each: taken and warned; forgiven and banned for two minutes; then in the ban.
    expect(until(0)).toEqual([429, 60_000]);
    expect(until(1_000)).toEqual([418, 121_000]);
    expect(until(2_000)).toEqual([418, 121_000]);
    // Minute 180,000 begins: taken and warned; forgiven and banned, for twelve minutes now.
    expect(until(180_000)).toEqual([429, 240_000]);
    expect(until(181_000)).toEqual([418, 901_000]);
  });

  it("say what the venue says even where its own limits are not watched", () => {
    const desk = deskOf({ requestLimits: false });
    desk.exchange.limitRequests(ban(1), 0 as Millis);
    desk.send(limit);
    expect(only(desk)).toMatchObject({ code: "-1003", message: "Way too many requests; IP banned until 1.", limit: { status: 418 } });
  });

  it("shut the session out for as long as they say", () => {
    const desk = deskOf();
    desk.exchange.limitRequests(ban(90_000), 60_000 as Millis);
    desk.send(limit, 60_000);
    desk.send(limit, 149_999);
    expect(desk.heard()).toEqual(["reject 1 rate_limited -1003", "reject 2 rate_limited -1003"]);
    desk.send(limit, 150_000);
    expect(desk.heard()).toEqual([]);
  });
});

describe("a saved exchange", () => {
  const copy = (desk: Desk) => JSON.parse(JSON.stringify(desk.exchange.exportState())) as VirtualExchangeState;

  it("goes on counting, and stays shut", () => {
    const desk = deskOf();
    for (let n = 0; n < 2; n += 1) desk.send(limit);
    const second = exchangeOf({ bars, venue: "binance-usdm", profile: { requests: tight, halfSpreadBp: "0" } });
    second.importState(copy(desk));
    second.query(orderOf(1), market, 0 as Millis);
    second.amend(orderOf(1), market, { price: null, trigger: null, quantity: null }, 0 as Millis);
    expect(drain(second).map(line)).toEqual(["answer 1 unknown 0 0 fills", "amend rejected 1 rate_limited -1015"]);
    desk.exchange.limitRequests(ban(60_000), 0 as Millis);
    const third = exchangeOf({ bars, venue: "binance-usdm", profile: { requests: tight, halfSpreadBp: "0" } });
    third.importState(copy(desk));
    third.query(orderOf(1), market, 59_999 as Millis);
    third.query(orderOf(1), market, 60_000 as Millis);
    expect(drain(third).map(line)).toEqual(["query rejected 1 rate_limited -1003", "answer 1 unknown 0 0 fills"]);
  });

  it("keeps a limit that a scenario has laid over it", () => {
    const setup: DeskSetup = { bars };
    const desk = new Desk(setup);
    desk.exchange.limitRequests({ do: "rate_limit", limit: 2, intervalMs: 60_000, lengthMs: 60_000, forgiven: null }, 0 as Millis);
    desk.send(limit);
    const second = exchangeOf(setup);
    second.importState(copy(desk));
    for (const time of [0, 1, 60_000]) second.query(orderOf(9), market, time as Millis);
    expect(drain(second).map(line)).toEqual(["answer 9 unknown 0 0 fills", "query rejected 9 rate_limited", "answer 9 unknown 0 0 fills"]);
  });
});

describe("a venue whose own limits are switched off", () => {
  const script: LimitStep = { do: "rate_limit", limit: 100, intervalMs: 60_000, lengthMs: 600_000, forgiven: null };

  it("counts what a scenario lays over it, and not its own, in another process too", () => {
    const setup: Partial<DeskSetup> = { requestLimits: false, balances: { USDC: "100000" } };
    const desk = deskOf(setup);
    desk.exchange.limitRequests(script, 0 as Millis);
    for (let n = 0; n < 3; n += 1) desk.send(limit);
    expect(desk.next()).toEqual(["ack 1", "ack 2", "ack 3"]);
    const second = deskOf(setup);
    second.exchange.importState(JSON.parse(JSON.stringify(desk.exchange.exportState())) as VirtualExchangeState);
    for (let n = 0; n < 101; n += 1) second.exchange.query(orderOf(1), market, 60_000 as Millis);
    expect(second.heard().filter((told) => told.startsWith("query rejected"))).toHaveLength(1);
  });
});
