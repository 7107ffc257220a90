// What each shipped venue takes, asked order by order and written down apart from the profiles, from the venues' pages that
// they name. What is not listed must be refused as unsupported.
import { describe, expect, it } from "vitest";

import { venueProfiles, type VenueProfile } from "../../src/exchange/virtual/index.ts";
import { Desk, spotRules, type Bar, type DeskSetup, type Ticket } from "./desk.ts";

const calm: Bar = [100, 101, 99, 100, 1_000];
const buy = { side: "buy", quantity: 1 } as const;
const limit: Ticket = { ...buy, type: "limit", price: 98 };

const types: Readonly<Record<string, Ticket>> = {
  market: buy,
  limit,
  stop_market: { ...buy, type: "stop_market", trigger: 105 },
  stop_limit: { ...buy, type: "stop_limit", trigger: 105, price: 106 },
  take_profit_market: { ...buy, type: "take_profit_market", trigger: 95 },
  take_profit_limit: { ...buy, type: "take_profit_limit", trigger: 95, price: 96 },
  trailing_stop: { ...buy, type: "trailing_stop", terms: { rate: "0.01" } },
  market_on_close: { ...buy, type: "market_on_close" },
};
const lives: Readonly<Record<string, Ticket>> = {
  GTC: limit,
  GTD: { ...limit, timeInForce: "GTD", terms: { goodTill: 90_000 } },
  IOC: { ...limit, timeInForce: "IOC" },
  FOK: { ...limit, timeInForce: "FOK" },
  PO: { ...limit, timeInForce: "PO" },
  DAY: { ...limit, timeInForce: "DAY" },
};
// Each behind the plain limit order of number 1.
const contingent: Readonly<Record<string, Ticket>> = {
  oco: { ...limit, price: 97, terms: { group: 1 } },
  bracket: { ...buy, side: "sell", type: "limit", price: 103, terms: { parent: 1 } },
  close_position: { ...buy, side: "sell", type: "stop_market", trigger: 95, terms: { closePosition: true } },
  self_trade: { ...limit, price: 97, terms: { selfTrade: "expire_taker" } },
  good_after: { ...limit, price: 97, terms: { goodAfter: 70_000 } },
};
// Judged by the mark.
const marked: Readonly<Record<string, Ticket>> = { mark: { ...buy, type: "stop_market", trigger: 105, terms: { triggerBy: "mark" } } };

/** The kinds that a venue does not refuse as something that it has not. */
function takenOf(venue: string, kinds: Readonly<Record<string, Ticket>>): string {
  const spot = (venueProfiles[venue] as VenueProfile).market === "spot";
  const setup: DeskSetup = { bars: [calm], venue, rules: spot ? spotRules : {}, balances: { USDC: "10000", ...(spot ? { ABC: "10" } : {}) } };
  const takes = (ticket: Ticket): boolean => {
    const desk = new Desk({ ...setup, ...(spot ? {} : { positions: [["NET", 2, 100]] }) });
    desk.send(limit);
    desk.send(ticket);
    return !desk.next().some((answer) => answer.startsWith("reject 2 unsupported_order_type"));
  };
  return Object.keys(kinds)
    .filter((kind) => takes(kinds[kind] as Ticket))
    .join(" ");
}

const six = "market limit stop_market stop_limit take_profit_market take_profit_limit";

describe("the kinds of order", () => {
  it.each<[venue: string, types: string, lives: string, contingent: string, marked: string]>([
    ["generic", `${six} trailing_stop market_on_close`, "GTC GTD IOC FOK PO DAY", "oco bracket close_position self_trade good_after", "mark"],
    ["binance-usdm", `${six} trailing_stop`, "GTC GTD IOC FOK PO", "close_position self_trade", "mark"],
    ["binance-spot", `${six} trailing_stop`, "GTC IOC FOK PO", "oco bracket self_trade", ""],
    ["bybit-linear", six, "GTC IOC FOK PO", "bracket self_trade", "mark"],
    ["hyperliquid", six, "GTC IOC PO", "bracket", "mark"],
    ["broker", "market limit stop_market stop_limit trailing_stop market_on_close", "GTC GTD IOC FOK DAY", "oco bracket good_after", ""],
    ["broker-per-share", "market limit stop_market stop_limit trailing_stop market_on_close", "GTC GTD IOC FOK DAY", "oco bracket good_after", ""],
  ])("that %s takes are %s; %s; %s; %s", (venue, ...expected) => {
    expect([types, lives, contingent, marked].map((kinds) => takenOf(venue, kinds))).toEqual(expected);
  });

  it("are asked of every shipped venue", () => {
    expect(new Set(Object.keys(venueProfiles))).toEqual(
      new Set(["generic", "binance-usdm", "binance-spot", "bybit-linear", "hyperliquid", "broker", "broker-per-share"]),
    );
  });
});
