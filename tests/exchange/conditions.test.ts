// The conditions of a venue one by one: what each takes and refuses, where, how long, and in another process.
import { describe, expect, it } from "vitest";

import type { MarketIndex, Millis, OrderRequest, Quantity, Reason, TradingStatus } from "../../src/domain/index.ts";
import { Conditions, type Condition, type OtherRequest } from "../../src/exchange/virtual/conditions.ts";
import { instrumentOf, price, quantity, requestOf, type Ticket } from "./desk.ts";

const here = 0 as MarketIndex;
const there = 1 as MarketIndex;
const limit: Ticket = { type: "limit", side: "buy", quantity: 1, price: 98 };
const now = 1_000 as Millis;

interface Held {
  readonly position?: number;
  readonly at?: MarketIndex;
  readonly time?: number;
}

/** What is said to an order when the last price is 100: a reason, or null. */
function toOrder(conditions: Conditions, ticket: Ticket, { position = 0, at = here, time = now }: Held = {}): Reason | "silence" | null {
  const request: OrderRequest = requestOf(1, ticket, at);
  const refused = conditions.refusesOrder(request, instrumentOf(), quantity(position) as Quantity, price(100), time as Millis);
  return refused === null ? null : refused.silent ? "silence" : refused.reason;
}

function toRequest(conditions: Conditions, what: OtherRequest, at: MarketIndex | null = here, time = now): Reason | "silence" | null {
  const refused = conditions.refuses(what, at, time as Millis);
  return refused === null ? null : refused.silent ? "silence" : refused.reason;
}

function under(condition: Condition, market: MarketIndex | null = null, until: number | null = null): Conditions {
  const conditions = new Conditions();
  conditions.begin(condition, market, until);
  return conditions;
}

describe("a status", () => {
  it.each<[Exclude<TradingStatus, "delisted">, (string | null)[]]>([
    // a new order without more, a cancel, an amendment, a question
    ["trading", [null, null, null, null]],
    ["post_only", ["venue_post_only", null, null, null]],
    ["limit_only", [null, null, null, null]],
    ["cancel_only", ["venue_cancel_only", null, "venue_cancel_only", null]],
    ["maintenance", ["venue_maintenance", "venue_maintenance", "venue_maintenance", null]],
  ])("%s answers to a limit, a cancel, an amendment and a question: %j", (status, said) => {
    const conditions = under({ do: "venue_status", status });
    const others = (["cancel", "amend", "read"] as const).map((what) => toRequest(conditions, what));
    expect([toOrder(conditions, limit), ...others]).toEqual(said);
  });

  it("limit_only takes every type with a limit, and none without", () => {
    const conditions = under({ do: "venue_status", status: "limit_only" });
    const trigger = 105;
    const types = (["limit", "stop_limit", "take_profit_limit", "market", "stop_market", "take_profit_market", "trailing_stop"] as const).map(
      (type) => toOrder(conditions, { ...limit, type, trigger }) === null,
    );
    expect(types).toEqual([true, true, true, false, false, false, false]);
  });

  it("holds up to its end and not at it, and for ever where none is named", () => {
    const short = under({ do: "venue_status", status: "maintenance" }, null, 2_000);
    expect([toOrder(short, limit, { time: 1_999 }), toOrder(short, limit, { time: 2_000 })]).toEqual(["venue_maintenance", null]);
    expect(toOrder(under({ do: "venue_status", status: "maintenance" }), limit, { time: 1e12 })).toBe("venue_maintenance");
  });

  it("is that of its market, or of all", () => {
    const one = under({ do: "venue_status", status: "maintenance" }, there);
    expect([toOrder(one, limit), toOrder(one, limit, { at: there }), toRequest(one, "cancel", null)]).toEqual([null, "venue_maintenance", null]);
    const all = under({ do: "venue_status", status: "maintenance" });
    expect([toOrder(all, limit, { at: there }), toRequest(all, "cancel", null)]).toEqual(["venue_maintenance", "venue_maintenance"]);
  });

  it("that began last holds, and ends what stood at the same place before", () => {
    const conditions = under({ do: "venue_status", status: "maintenance" });
    conditions.begin({ do: "venue_status", status: "post_only" }, here, null);
    expect([toOrder(conditions, limit), toOrder(conditions, limit, { at: there })]).toEqual(["venue_post_only", "venue_maintenance"]);
    conditions.begin({ do: "venue_status", status: "trading" }, null, null);
    // Everywhere it trades again; of the one market nothing else was said until then, and this is the later word.
    expect([toOrder(conditions, limit), toOrder(conditions, limit, { at: there })]).toEqual([null, null]);
  });

  it("of a while is over with its end: what it took the place of does not come back", () => {
    const conditions = under({ do: "venue_status", status: "maintenance" });
    conditions.begin({ do: "venue_status", status: "post_only" }, null, 2_000);
    expect([toOrder(conditions, limit), toOrder(conditions, limit, { time: 2_000 })]).toEqual(["venue_post_only", null]);
  });

  it("stays when another kind of condition begins at its place", () => {
    const conditions = under({ do: "venue_status", status: "post_only" });
    conditions.begin({ do: "price_band", share: "0.5" }, null, null);
    expect(toOrder(conditions, limit)).toBe("venue_post_only");
  });
});

describe("a market that is taken off", () => {
  it("takes no order, no cancel and no amendment, and answers questions; others trade on", () => {
    const conditions = new Conditions();
    conditions.delist(here);
    const said = (["cancel", "amend", "read"] as const).map((what) => toRequest(conditions, what));
    expect([toOrder(conditions, limit), ...said]).toEqual(["delisted", "delisted", "delisted", null]);
    expect([toOrder(conditions, limit, { at: there }), toRequest(conditions, "cancel", null)]).toEqual([null, null]);
  });
});

describe("a closed door", () => {
  it("answers to everything alike, before any status is asked", () => {
    const conditions = under({ do: "venue_status", status: "maintenance" });
    conditions.begin({ do: "lose_authentication" }, null, null);
    const said = (["cancel", "amend", "read"] as const).map((what) => toRequest(conditions, what));
    expect([toOrder(conditions, limit), ...said]).toEqual(Array.from({ length: 4 }, () => "authentication_lost"));
  });

  it("of silence says whether what was sent arrives", () => {
    const conditions = under({ do: "unreachable", arrives: true });
    expect([toOrder(conditions, limit), conditions.refuses("amend", here, now)]).toEqual(["silence", { silent: true, arrives: true }]);
    expect(under({ do: "unreachable", arrives: false }).refuses("cancel", null, now)).toEqual({ silent: true, arrives: false });
  });
});

describe("a price band", () => {
  const band = under({ do: "price_band", share: "0.0205" });

  // 2.05 of 100: 97.95 to 102.05.
  it.each<[string, Ticket, Reason | null]>([
    ["a limit at its lower edge", { ...limit, price: 97.95 }, null],
    ["a limit below it", { ...limit, price: 97.94 }, "price_filter"],
    ["a limit at its upper edge", { ...limit, side: "sell", price: 102.05 }, null],
    ["a limit above it", { ...limit, side: "sell", price: 102.06 }, "price_filter"],
    ["a market order", { side: "buy", quantity: 1 }, null],
    ["a limit that waits for its trigger", { type: "stop_limit", side: "buy", quantity: 1, price: 120, trigger: 119 }, null],
  ])("says to %s: %s %s", (_, ticket, reason) => {
    expect(toOrder(band, ticket)).toBe(reason);
  });

  it("cuts a fraction of a tick off", () => {
    // 0.00255 of 100 is 0.255: 0.25 of a price.
    const narrow = under({ do: "price_band", share: "0.00255" });
    expect([toOrder(narrow, { ...limit, price: 99.75 }), toOrder(narrow, { ...limit, price: 99.74 })]).toEqual([null, "price_filter"]);
  });

  it("has nothing to say of a cancel", () => {
    expect(toRequest(under({ do: "price_band", share: "0" }), "cancel")).toBe(null);
  });
});

describe("a bound on positions", () => {
  const cap = under({ do: "position_cap", quantity: "1.5" });
  const buy = (size: number): Ticket => ({ ...limit, quantity: size });
  const sell = (size: number, reduceOnly = false): Ticket => ({ ...limit, side: "sell", quantity: size, reduceOnly });

  it.each<[string, Ticket, number, Reason | null]>([
    ["what reaches it", buy(1.5), 0, null],
    ["what goes beyond it", buy(1.51), 0, "leverage_tier_exceeded"],
    ["the same on the short side", sell(1.51), 0, "leverage_tier_exceeded"],
    ["what shrinks a position that is beyond it", sell(0.4), 2, null],
    ["what turns one into another of the same size", sell(4), 2, null],
    ["what turns it into a larger one", sell(4.01), 2, "leverage_tier_exceeded"],
    ["what adds to a position up to it", buy(0.5), 1, null],
    ["what adds to one beyond it", buy(0.51), 1, "leverage_tier_exceeded"],
    ["an order that may only reduce", sell(9, true), 0, null],
  ])("says to %s: %o with %d %s", (_, ticket, position, reason) => {
    expect(toOrder(cap, ticket, { position })).toBe(reason);
  });

  it("is asked beside a band that has nothing against the order", () => {
    const both = under({ do: "price_band", share: "0.5" });
    both.begin({ do: "position_cap", quantity: "0.5" }, null, null);
    expect(toOrder(both, limit)).toBe("leverage_tier_exceeded");
  });
});

describe("in another process", () => {
  it("a venue is in the same condition, and neither moves the other's", () => {
    const first = under({ do: "venue_status", status: "post_only" }, here, 5_000);
    first.delist(there);
    const second = new Conditions();
    const saved = first.snapshot();
    second.restore(saved);
    expect(second.snapshot()).toEqual(saved);
    first.begin({ do: "lose_authentication" }, null, null);
    first.delist(here);
    expect([toOrder(second, limit), toOrder(second, limit, { at: there }), toOrder(second, limit, { time: 5_000 })]).toEqual([
      "venue_post_only",
      "delisted",
      null,
    ]);
  });
});
