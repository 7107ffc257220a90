// What orders of the rarer kinds may say, rule by rule: whether the venue does it at all, and whether it fits together.
import { describe, expect, it } from "vitest";

import { arrivesLater, checkTerms } from "../../src/exchange/virtual/terms.ts";
import { VenueOrder, venueProfiles, type VenueProfile } from "../../src/exchange/virtual/index.ts";
import { requestOf, type Ticket, type TicketTerms } from "./desk.ts";

const generic = venueProfiles["generic"] as VenueProfile;
const now = 1_000;

function named(ticket: Ticket): VenueOrder {
  const order = new VenueOrder();
  order.load(requestOf(7, ticket));
  return order;
}

const limit: Ticket = { type: "limit", side: "buy", quantity: 1, price: 98 };
const stop: Ticket = { type: "stop_market", side: "sell", quantity: 1, trigger: 98 };
const trailing: Ticket = { type: "trailing_stop", side: "sell", quantity: 1 };
const withTerms = (ticket: Ticket, terms: TicketTerms): Ticket => ({ ...ticket, terms });
const check = (ticket: Ticket, profile: Partial<VenueProfile> = {}): string | null => checkTerms(named(ticket), { ...generic, ...profile }, now);

describe("terms that fit together", () => {
  it.each<[string, Ticket]>([
    ["none where none are needed", limit],
    ["none of their own", withTerms(limit, {})],
    ["a date to come", withTerms({ ...limit, timeInForce: "GTD" }, { goodTill: 1_001 })],
    ["an hour before its date", withTerms({ ...limit, timeInForce: "GTD" }, { goodAfter: 1_500, goodTill: 1_501 })],
    ["another order as parent", withTerms(limit, { parent: 6 })],
    ["a group of its own", withTerms(limit, { group: 7 })],
    ["a parent and a group", withTerms(stop, { parent: 6, group: 5 })],
    ["the whole position by a stop", withTerms(stop, { closePosition: true })],
    ["the whole position by a take-profit", withTerms({ ...stop, type: "take_profit_market" }, { closePosition: true })],
    ["the whole position by a trail", withTerms(trailing, { closePosition: true, rate: "0.5" })],
    ["a rate", withTerms(trailing, { rate: "0.999" })],
    ["a distance with a first stop", withTerms({ ...trailing, trigger: 97 }, { distance: 1 })],
    ["a distance from an activation on", withTerms(trailing, { distance: 1, activation: 105 })],
    ["the mark as its trigger's price", withTerms(stop, { triggerBy: "mark" })],
  ])("are taken: %s", (_, ticket) => {
    expect(check(ticket, { triggerBy: ["last", "mark"] })).toBe(null);
  });
});

describe("terms that contradict each other", () => {
  it.each<[string, Ticket]>([
    ["a trail without terms", trailing],
    ["a life to a date without one", { ...limit, timeInForce: "GTD" }],
    ["a life to a date with other terms", withTerms({ ...limit, timeInForce: "GTD" }, { group: 7 })],
    ["a date without such a life", withTerms(limit, { goodTill: 2_000 })],
    ["a date that is over now", withTerms({ ...limit, timeInForce: "GTD" }, { goodTill: 1_000 })],
    ["an hour at its own end", withTerms({ ...limit, timeInForce: "GTD" }, { goodAfter: 1_500, goodTill: 1_500 })],
    ["an hour and a parent", withTerms(limit, { goodAfter: 1_500, parent: 6 })],
    ["an hour and a group", withTerms(limit, { goodAfter: 1_500, group: 7 })],
    ["itself as parent", withTerms(limit, { parent: 7 })],
    ["the whole position by a limit", withTerms(limit, { closePosition: true })],
    ["the whole position by a stop-limit", withTerms({ ...stop, type: "stop_limit", price: 97 }, { closePosition: true })],
    ["a trail on a stop", withTerms(stop, { distance: 1 })],
    ["a trailing stop with another term", withTerms(trailing, { group: 7 })],
    ["two distances", withTerms(trailing, { distance: 1, rate: "0.01" })],
    ["no distance", withTerms(trailing, { distance: 0 })],
    ["a distance backwards", withTerms(trailing, { distance: -1 })],
    ["no rate", withTerms(trailing, { rate: "0" })],
    ["a rate of all", withTerms(trailing, { rate: "1" })],
    ["a rate of more than all", withTerms(trailing, { rate: "1.5" })],
    ["a first stop beside an activation", withTerms({ ...trailing, trigger: 97 }, { distance: 1, activation: 105 })],
  ])("are refused: %s", (_, ticket) => {
    expect(check(ticket)).toBe("bad_order_terms");
  });
});

describe("a venue that does not do it", () => {
  it.each<[string, Ticket]>([
    ["bracket", withTerms(limit, { parent: 6 })],
    ["oco", withTerms(limit, { group: 7 })],
    ["close_position", withTerms(stop, { closePosition: true })],
    ["self_trade", withTerms(limit, { selfTrade: "expire_maker" })],
    ["good_after", withTerms(limit, { goodAfter: 1_500 })],
  ])("refuses %s, and takes the others", (kind, ticket) => {
    expect(check(ticket)).toBe(null);
    expect(check(ticket, { contingent: generic.contingent.filter((one) => one !== kind) })).toBe("unsupported_order_type");
    expect(check(ticket, { contingent: [kind] as VenueProfile["contingent"] })).toBe(null);
  });

  it("takes a child with a group where it has brackets: the group is the bracket's", () => {
    expect(check(withTerms(stop, { parent: 6, group: 5 }), { contingent: ["bracket"] })).toBe(null);
  });

  it("refuses the mark as a trigger's price, and takes the last", () => {
    expect(check(withTerms(stop, { triggerBy: "mark" }), { triggerBy: ["last"] })).toBe("unsupported_order_type");
    expect(check(withTerms(stop, { triggerBy: "last" }), { triggerBy: ["last"] })).toBe(null);
  });
});

describe("an order that the venue only keeps", () => {
  it("has a parent, or an hour that has not come", () => {
    const later = (ticket: Ticket): boolean => arrivesLater(named(ticket), now);
    expect([later(limit), later(withTerms(limit, {})), later(withTerms(limit, { goodAfter: 1_000 }))]).toEqual([false, false, false]);
    expect([later(withTerms(limit, { goodAfter: 1_001 })), later(withTerms(limit, { parent: 6 }))]).toEqual([true, true]);
  });
});
