// What a venue refuses at the door: filters, shapes, modes, duplicates and counts, each with the profile's own code.
import { describe, expect, it } from "vitest";

import { SeatrialError, type MarketRules } from "../../src/domain/index.ts";
import { Desk, exchangeOf, spotRules, type Bar, type DeskSetup, type Ticket } from "./desk.ts";

const calm: Bar = [100, 101, 99, 100, 1_000];

function answer(ticket: Ticket, setup: Partial<DeskSetup> = {}): string {
  const desk = new Desk({ bars: [calm], ...setup });
  desk.send(ticket);
  return desk.next()[0] ?? "";
}

const limit = (price: number, quantity = 1): Ticket => ({ type: "limit", side: "buy", quantity, price });

describe("filters", () => {
  const filters: readonly (readonly [string, Partial<MarketRules>, Ticket, string])[] = [
    ["a price off the tick", { tick: "0.05" }, limit(99.52), "reject 1 price_filter"],
    ["a price on the tick", { tick: "0.05" }, limit(99.55), "ack 1"],
    ["a trigger off the tick", { tick: "0.05" }, { type: "stop_market", side: "sell", quantity: 1, trigger: 99.52 }, "reject 1 price_filter"],
    ["more than its significant digits", { significantDigits: 3 }, limit(99.95), "reject 1 price_filter"],
    ["its significant digits", { significantDigits: 3 }, limit(99.9), "ack 1"],
    ["an integer beyond its significant digits", { significantDigits: 2 }, { ...limit(101), side: "sell" }, "ack 1"],
    ["a fraction beyond its significant digits", { significantDigits: 2 }, { ...limit(101.5), side: "sell" }, "reject 1 price_filter"],
    ["a price below the smallest", { minPrice: "99" }, limit(98.99), "reject 1 price_filter"],
    ["a price above the largest", { maxPrice: "101" }, { ...limit(101.01), side: "sell" }, "reject 1 price_filter"],
    ["a quantity off the step", { step: "0.1" }, limit(99, 1.05), "reject 1 lot_size_filter"],
    ["no quantity", {}, limit(99, 0), "reject 1 lot_size_filter"],
    ["less than the smallest quantity", { minQuantity: "0.5" }, limit(99, 0.49), "reject 1 lot_size_filter"],
    ["the smallest quantity", { minQuantity: "0.5" }, limit(99, 0.5), "ack 1"],
    ["more than the largest quantity", { maxQuantity: "2" }, limit(99, 2.01), "reject 1 lot_size_filter"],
    ["more than the largest market quantity", { maxMarketQuantity: "2" }, { side: "buy", quantity: 2.01 }, "reject 1 market_lot_size_filter"],
    ["a limit beyond the market quantity", { maxMarketQuantity: "2" }, limit(99, 2.01), "ack 1"],
    // 0.05 × 99 = 4.95; 0.05 × 100 = 5
    ["less than the smallest value", { minNotional: "5" }, limit(99, 0.05), "reject 1 min_notional_filter"],
    ["the smallest value at the market's price", { minNotional: "5" }, { side: "buy", quantity: 0.05 }, "ack 1"],
    ["less than the smallest value at the market's price", { minNotional: "5" }, { side: "buy", quantity: 0.04 }, "reject 1 min_notional_filter"],
  ];

  it.each(filters)("%s", (_, rules, ticket, expected) => {
    expect(answer(ticket, { rules })).toBe(expected);
  });

  it("let a closing order sell dust on a perpetual, and nobody on a spot market", () => {
    const rules = { minNotional: "5" };
    const dust: Ticket = { side: "sell", quantity: 0.01, reduceOnly: true };
    expect(answer(dust, { rules, positions: [["NET", 0.01, 100]] })).toBe("ack 1");
    const spot = new Desk({ bars: [calm, calm], rules: { ...rules, ...spotRules } });
    spot.send({ side: "buy", quantity: 1 });
    spot.next();
    spot.send(dust);
    expect(spot.next()).toEqual(["reject 2 min_notional_filter"]);
  });

  const codes: readonly (readonly [string, Ticket, string, string])[] = [
    ["price", limit(99.52), "price_filter -4014", "price_filter -1013"],
    ["lot size", limit(99, 1.05), "lot_size_filter -1111", "lot_size_filter -1013"],
    ["market lot size", { side: "buy", quantity: 5.1 }, "market_lot_size_filter -4005", "market_lot_size_filter -1013"],
    ["notional", limit(99, 0.1), "min_notional_filter -4164", "min_notional_filter -1013"],
    ["funds", limit(99, 20), "insufficient_funds -2019", "insufficient_funds -2010"],
    ["post-only", { ...limit(100.5), timeInForce: "PO" }, "post_only_would_cross -5022", "post_only_would_cross -2010"],
  ];

  it.each(codes)("speak Binance: %s", (_, ticket, usdm, spot) => {
    const rules: Partial<MarketRules> = { tick: "0.05", step: "0.1", minNotional: "10", maxMarketQuantity: "5" };
    expect(answer(ticket, { rules, venue: "binance-usdm" })).toBe(`reject 1 ${usdm}`);
    expect(answer(ticket, { rules: { ...rules, ...spotRules }, venue: "binance-spot" })).toBe(`reject 1 ${spot}`);
  });
});

describe("the shape of an order", () => {
  const shapes: readonly (readonly [string, Ticket, string])[] = [
    ["a limit without its price", { type: "limit", side: "buy", quantity: 1 }, "missing_price"],
    ["a stop-limit without its limit", { type: "stop_limit", side: "buy", quantity: 1, trigger: 105 }, "missing_price"],
    ["a stop without its trigger", { type: "stop_market", side: "buy", quantity: 1 }, "missing_trigger"],
    ["a market order with a price", { side: "buy", quantity: 1, price: 99 }, "unsupported_order_type"],
    ["a limit with a trigger", { ...limit(99), trigger: 98 }, "unsupported_order_type"],
    ["a post-only market order", { side: "buy", quantity: 1, timeInForce: "PO" }, "unsupported_order_type"],
    ["a trailing stop without a trail", { type: "trailing_stop", side: "sell", quantity: 1, trigger: 99 }, "bad_order_terms"],
    ["good till date without a date", { ...limit(99), timeInForce: "GTD" }, "bad_order_terms"],
  ];

  it.each(shapes)("%s is rejected, never guessed", (_, ticket, reason) => {
    expect(answer(ticket)).toBe(`reject 1 ${reason}`);
  });
});

describe("position modes", () => {
  it("one-way refuses a side, hedge refuses none", () => {
    expect(answer({ side: "buy", quantity: 1, leg: "LONG" }, { venue: "binance-usdm" })).toBe("reject 1 position_side_mismatch -4061");
    expect(answer({ side: "buy", quantity: 1 }, { venue: "binance-usdm", mode: "hedge" })).toBe("reject 1 position_side_mismatch -4061");
    expect(answer({ side: "buy", quantity: 1, leg: "LONG" }, { mode: "hedge" })).toBe("ack 1");
  });

  it("Binance refuses reduce-only in hedge mode, generic accepts it", () => {
    const close: Ticket = { side: "sell", quantity: 1, leg: "LONG", reduceOnly: true };
    const setup: Partial<DeskSetup> = { mode: "hedge", positions: [["LONG", 1, 100]] };
    expect(answer(close, { ...setup, venue: "binance-usdm" })).toBe("reject 1 reduce_only_not_accepted -1106");
    expect(answer(close, setup)).toBe("ack 1");
  });

  it("Binance spot refuses reduce-only", () => {
    const setup: Partial<DeskSetup> = { rules: spotRules, venue: "binance-spot", balances: { ABC: "1" } };
    expect(answer({ side: "sell", quantity: 1, reduceOnly: true }, setup)).toBe("reject 1 reduce_only_not_accepted -1106");
  });

  it("that a venue does not have are refused before the first bar", () => {
    const spot = { bars: [calm], rules: spotRules, venue: "binance-spot" };
    expect(() => exchangeOf({ ...spot, mode: "hedge" })).toThrow(SeatrialError);
    expect(() => exchangeOf({ ...spot, leverage: 2 })).toThrow("leverage 2");
    expect(() => exchangeOf({ bars: [calm], venue: "binance-spot" })).toThrow("not a spot market");
  });

  it("change only on a flat account without open orders", () => {
    const desk = new Desk({ bars: [calm, calm, calm], venue: "binance-usdm" });
    desk.send(limit(98.5));
    desk.next();
    expect(() => desk.exchange.outside.setPositionMode("hedge")).toThrow("open orders");
    desk.cancel(1);
    desk.next();
    desk.exchange.outside.setPositionMode("hedge");
    desk.send({ side: "buy", quantity: 1 });
    desk.send({ side: "buy", quantity: 1, leg: "LONG" });
    expect(desk.next()).toEqual(["reject 2 position_side_mismatch -4061", "ack 3", "fill 3: 1 at 100.01 taker fee 0.050005 USDC"]);
    expect(() => desk.exchange.outside.setPositionMode("one_way")).toThrow("not flat");
  });
});

describe("a client order id", () => {
  it("must be unique among open orders", () => {
    const desk = new Desk({ bars: [calm, calm], venue: "binance-usdm" });
    desk.send(limit(98));
    desk.send({ ...limit(97), number: 1 });
    expect(desk.next()).toEqual(["ack 1", "reject 1 duplicate_client_order_id -4116"]);
    expect(desk.openOrders).toEqual([1]);
    desk.cancel(1);
    desk.send({ ...limit(97), number: 1 });
    expect(desk.next()).toEqual(["canceled 1 after 0", "ack 1"]);
  });

  it("must be unique for ever where the venue remembers", () => {
    const desk = new Desk({ bars: [calm, calm], profile: { idempotency: "I3" } });
    desk.send(limit(98));
    desk.next();
    desk.cancel(1);
    desk.send({ ...limit(97), number: 1 });
    expect(desk.next()).toEqual(["canceled 1 after 0", "reject 1 duplicate_client_order_id"]);
  });
});

describe("the number of open orders", () => {
  it("is limited by the venue", () => {
    const desk = new Desk({ bars: [calm], venue: "binance-usdm", profile: { maxOpenOrders: 2 } });
    for (const at of [98, 97, 96]) desk.send(limit(at));
    expect(desk.next()).toEqual(["ack 1", "ack 2", "reject 3 max_orders_filter -2025"]);
  });
});
