// The shipped profiles: complete answers, ids that pass, kinds of order that a venue has, costs of a stock broker.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  clientOrderId,
  Instrument,
  isReason,
  orderNumber,
  parseUnits,
  printUnits,
  SeatrialError,
  type IntentNumber,
  type Millis,
  type Money,
  type Quantity,
  type Reason,
} from "../../src/domain/index.ts";
import {
  ChargeSheet,
  ClientIdMemory,
  refusalOf,
  rejectionReasons,
  venueClientId,
  venueProfiles,
  type Charge,
  type Executed,
  type Idempotency,
  type Rejections,
  type VenueProfile,
} from "../../src/exchange/virtual/index.ts";
import { FeeSchedule } from "../../src/exchange/virtual/fees.ts";
import { outcomeOf } from "../domain/outcome.ts";
import { plainRules } from "../domain/rules.ts";
import { Desk, exchangeOf, orderOf, spotRules, type Bar, type Ticket } from "./desk.ts";

const calm: Bar = [100, 101, 99, 100, 1_000];
const profiles = Object.values(venueProfiles);
const profileOf = (name: string) => venueProfiles[name] as VenueProfile;

describe("answers", () => {
  it("cover every reason that the exchange's code refuses with", () => {
    const folder = fileURLToPath(new URL("../../src/exchange/virtual/", import.meta.url));
    const code = readdirSync(folder)
      .filter((file) => file.endsWith(".ts") && file !== "rejections.ts")
      .map((file) => readFileSync(folder + file, "utf8"))
      .join("\n");
    const named = new Set([...code.matchAll(/"([a-z_]+)"/g)].map(([, word = ""]) => word).filter(isReason));
    // What ends an order that the venue had accepted; and steps, messages and a silence that have the names of reasons.
    const ends: readonly Reason[] = ["immediate_or_cancel_unfilled", "no_liquidity", "volume_cap", "reduce_only_position_gone"];
    const lives: readonly Reason[] = ["good_till_date", "day_ended", "one_cancels_other", "self_trade_prevented", "liquidated", "auto_deleveraged"];
    const names: readonly Reason[] = ["fill_during_cancel", "stream_gap", "foreign_order", "funds_moved", "reply_lost", "filled"];
    const covered: readonly Reason[] = [...rejectionReasons, ...ends, ...lives, ...names];
    expect([...named].filter((reason) => !covered.includes(reason))).toEqual([]);
    expect(rejectionReasons.filter((reason) => reason !== "rate_limited" && !named.has(reason))).toEqual([]);
  });

  it.each(["binance-usdm", "binance-spot", "bybit-linear"])("of %s have the venue's code and words, but for what no venue knows", (name) => {
    const { rejections } = profileOf(name);
    const without = rejectionReasons.filter((reason) => rejections[reason].code === null || rejections[reason].message === null);
    // Limits of our slippage model and of our data; Binance spot ends a fill-or-kill as EXPIRED, without an error, and knows no leverage.
    const ofNone =
      name === "binance-spot" ? ["participation_too_high", "fill_or_kill_unfilled", "leverage_tier_exceeded"] : ["participation_too_high"];
    // What a profile's contingent orders can be refused with is documented nowhere as a code of its own, nor what a venue in
    // trouble says.
    const troubles = ["venue_post_only", "venue_limit_only", "venue_cancel_only", "venue_maintenance", "delisted"];
    expect(without).toEqual([...ofNone, "parent_order_gone", "bad_order_terms", "no_mark_price", ...troubles]);
  });

  it("mean by one code what it means on their market: -2022 is another thing on spot than on futures", () => {
    const classOf = (name: string) => refusalOf(profileOf(name).rejections, "injected_rejection", "-2022").ccxtClass;
    expect([classOf("binance-usdm"), classOf("binance-spot")]).toEqual(["InvalidOrder", "BadResponse"]);
  });

  it("of Hyperliquid say which texts its documents do not give", () => {
    const { rejections } = profileOf("hyperliquid");
    expect(rejectionReasons.filter((reason) => rejections[reason].code === null)).toEqual([
      "unsupported_order_type",
      "missing_price",
      "missing_trigger",
      "position_side_mismatch",
      "reduce_only_not_accepted",
      "max_orders_filter",
      "duplicate_client_order_id",
      "participation_too_high",
      "fill_or_kill_unfilled",
      "amend_rejected",
      "parent_order_gone",
      "bad_order_terms",
      "no_mark_price",
      "venue_post_only",
      "venue_limit_only",
      "venue_cancel_only",
      "venue_maintenance",
      "delisted",
      "injected_rejection",
    ]);
  });

  // Design notes on ccxt, section 3.3, and the venues' pages; written down apart from the profiles.
  it.each([
    [
      "binance-usdm",
      { insufficient_funds: "-2019", trigger_already_crossed: "-2021", reduce_only_rejected: "-2022", position_side_mismatch: "-4061" },
    ],
    ["binance-usdm", { min_notional_filter: "-4164", duplicate_client_order_id: "-4116", post_only_would_cross: "-5022", rate_limited: "-1003" }],
    ["binance-spot", { insufficient_funds: "-2010", lot_size_filter: "-1013", unknown_order_at_venue: "-2011", amend_rejected: "-2022" }],
    [
      "bybit-linear",
      { unknown_order_at_venue: "110001", reduce_only_rejected: "110017", duplicate_client_order_id: "110072", rate_limited: "10006" },
    ],
    ["bybit-linear", { min_notional_filter: "110094", max_orders_filter: "110020", insufficient_funds: "110007", position_side_mismatch: "10001" }],
    [
      "hyperliquid",
      { price_filter: "Tick", min_notional_filter: "MinTradeNtl", insufficient_funds: "PerpMargin", trigger_already_crossed: "BadTriggerPx" },
    ],
  ] as const)("of %s are its documented codes: %j", (name, expected: Partial<Record<keyof Rejections, string>>) => {
    const { rejections } = profileOf(name);
    const codes = Object.fromEntries(rejectionReasons.map((reason) => [reason, rejections[reason].code]));
    expect(codes).toMatchObject(expected);
  });

  it("reach the strategy as codes of the rejection", () => {
    const refusal = (venue: string, ticket: Ticket, rules = {}) => {
      const desk = new Desk({ bars: [calm], venue, profile: { halfSpreadBp: "0" }, rules });
      desk.send(ticket);
      return desk.next();
    };
    const crossing: Ticket = { type: "limit", side: "buy", quantity: 1, price: 100, timeInForce: "PO" };
    expect(refusal("bybit-linear", crossing)).toEqual(["reject 1 post_only_would_cross EC_PostOnlyWillTakeLiquidity"]);
    expect(refusal("hyperliquid", crossing)).toEqual(["reject 1 post_only_would_cross BadAloPx"]);
    expect(refusal("bybit-linear", { side: "sell", quantity: 1, reduceOnly: true })).toEqual(["reject 1 reduce_only_rejected 110017"]);
    // Below 1000 a price has 5 digits with 2 decimals; 1000.05 would have 6.
    const finest: Ticket = { type: "limit", side: "buy", quantity: 0.01, price: 1000.05 };
    expect(refusal("hyperliquid", finest, { significantDigits: 5 })).toEqual(["reject 1 price_filter Tick"]);
  });
});

describe("kinds of order", () => {
  it.each([
    ["hyperliquid", { type: "limit", price: 100, timeInForce: "FOK" }],
    ["hyperliquid", { type: "limit", price: 100, timeInForce: "GTD" }],
    ["bybit-linear", { type: "limit", price: 100, timeInForce: "GTD" }],
    ["bybit-linear", { type: "trailing_stop", trigger: 99 }],
    ["broker", { type: "limit", price: 100, timeInForce: "PO" }],
    ["broker", { type: "take_profit_market", trigger: 105 }],
  ] as const)("that %s does not have are refused: %j", (venue, ticket: Omit<Ticket, "side" | "quantity">) => {
    const { rejections, market } = profileOf(venue);
    const desk = new Desk({ bars: [calm], venue, rules: market === "spot" ? spotRules : {} });
    desk.send({ side: "buy", quantity: 1, ...ticket });
    expect(desk.next()).toEqual([["reject 1 unsupported_order_type", rejections.unsupported_order_type.code].filter(Boolean).join(" ")]);
  });

  it("of a venue without hedge mode are refused in hedge mode before the first bar", () => {
    for (const venue of ["hyperliquid", "binance-spot", "broker", "broker-per-share"]) {
      const rules = profileOf(venue).market === "spot" ? spotRules : {};
      expect(outcomeOf(() => exchangeOf({ bars: [calm], venue, rules, mode: "hedge" }))).toBe("bad_venue_settings");
    }
  });

  it("of every profile include plain market and limit orders, in exactly one default position mode", () => {
    for (const { orderTypes, timeInForce, positionModes, triggerBy } of profiles) {
      expect(orderTypes).toEqual(expect.arrayContaining(["market", "limit"]));
      expect(timeInForce).toContain("GTC");
      expect(positionModes).toContain("one_way");
      expect(triggerBy.length).toBeGreaterThan(0);
    }
  });
});

describe("client order ids", () => {
  const id = clientOrderId({ tag: "a1b2c3", epoch: 7, session: "d4e5f6" }, orderNumber(41 as IntentNumber, 2), "SHORT");

  it("of ours pass at every venue", () => {
    expect(id).toHaveLength(32);
    const passed = profiles.map(({ name, clientId }) => [name, venueClientId(clientId, id)]);
    expect(passed).toEqual(profiles.map(({ name }) => [name, name === "hyperliquid" ? `0x${id}` : id]));
  });

  it.each([
    ["binance-usdm", "a".repeat(36), true],
    ["binance-usdm", "a".repeat(37), false],
    ["binance-usdm", "x-A.b:/c_d-1", true],
    ["binance-usdm", "with space", false],
    ["binance-usdm", "", false],
    ["binance-spot", "x-A_1", true],
    ["binance-spot", "x.A", false],
    ["bybit-linear", "x-A_1", true],
    ["bybit-linear", "x/A", false],
    ["bybit-linear", "a".repeat(37), false],
    ["hyperliquid", "a".repeat(31), false],
    ["hyperliquid", "g".repeat(32), false],
    ["broker", "a\n", false],
  ])("at %s: %j passes: %s", (venue, text, passes) => {
    const outcome = outcomeOf(() => venueClientId(profileOf(venue).clientId, text));
    expect(outcome).toBe(passes ? text : "bad_client_order_id");
  });

  it("say what the venue takes when they are refused", () => {
    expect(() => venueClientId(profileOf("bybit-linear").clientId, "a b")).toThrow(SeatrialError);
    expect(() => venueClientId(profileOf("bybit-linear").clientId, "a b")).toThrow("[A-Za-z0-9_-]{1,36}");
  });

  it.each<[Idempotency, boolean, boolean, boolean, boolean]>([
    // while open, at once after its end, just before the window ends, when it has ended
    ["I0", false, false, false, false],
    ["I1", true, false, false, false],
    ["I2", true, true, true, false],
    ["I3", true, true, true, true],
  ])("of class %s come again", (idempotency, ...refused) => {
    const memory = new ClientIdMemory(idempotency, 60_000);
    const order = orderOf(1);
    expect(memory.refuses(order, 0 as Millis, false)).toBe(false);
    memory.remember(order, 0 as Millis);
    const copy = new ClientIdMemory(idempotency, 60_000);
    copy.restore(JSON.parse(JSON.stringify(memory.snapshot())) as ReturnType<ClientIdMemory["snapshot"]>);
    for (const one of [memory, copy]) {
      const answers = [one.refuses(order, 0 as Millis, true), ...[1, 59_999, 60_000].map((time) => one.refuses(order, time as Millis, false))];
      expect(answers).toEqual(refused);
    }
  });

  it("of class I2 are forgotten, so that a long session does not grow", () => {
    const memory = new ClientIdMemory("I2", 1_000);
    for (let order = 1; order <= 1_000; order += 1) memory.remember(orderOf(order), (order * 100) as Millis);
    expect(memory.snapshot().accepted).toHaveLength(10);
  });
});

describe("a stock broker's charges", () => {
  const shares = new Instrument({ ...plainRules, symbol: "INFY/INR", kind: "spot", tick: "0.05", step: "1" }, { price: 2, quantity: 0, money: 4 });
  const executed = (quantity: number, value: string): Executed => ({ quantity: quantity as Quantity, value: parseUnits(value, 4) as Money });
  const nothing = executed(0, "0");
  const shown = (amount: Money) => printUnits(amount, 4);
  const sheet = (name: string) => new ChargeSheet(shares, profileOf(name).charges);

  it("by order (row 000-PB-1): 20 brokerage, 18 % GST on it, turnover, stamp duty when buying, the tax when selling", () => {
    // 100 shares at 1500 = 150,000: 20 + 3.6 + 150,000 × 0.0003 = 45
    // buy: + 150,000 × 0.00003 = 4.5; sell: + 150,000 × 0.00025 = 37.5
    expect(shown(sheet("broker").total("buy", executed(100, "150000")))).toBe("73.1");
    expect(shown(sheet("broker").total("sell", executed(100, "150000")))).toBe("106.1");
  });

  it("by order are the same however many fills the order has", () => {
    const charges = sheet("broker");
    const first = charges.ofFill("buy", nothing, executed(30, "45000"));
    const second = charges.ofFill("buy", executed(30, "45000"), executed(70, "105000"));
    // 20 + 3.6 + 45,000 × 0.00033 = 14.85; then 105,000 × 0.00033 = 34.65
    expect([shown(first), shown(second)]).toEqual(["38.45", "34.65"]);
  });

  it.each([
    // 100 × 0.005 = 0.5: the minimum
    ["buy", 100, "15000", "1"],
    // 1000 × 0.005
    ["buy", 1_000, "150000", "5"],
    // one share at 20 cents: 1 % of the value goes before the minimum
    ["buy", 1, "0.2", "0.002"],
    // 5 + 1000 × 0.000166 + 150,000 × 0.0000278 = 5 + 0.166 + 4.17
    ["sell", 1_000, "150000", "9.336"],
    // 500 + 8.3 (16.6 without its maximum) + 100,000 × 0.0000278; 1 % of the value is 1000
    ["sell", 100_000, "100000", "511.08"],
  ] as const)("by share, %s %i for %s: %s", (side, quantity, value, expected) => {
    expect(shown(sheet("broker-per-share").total(side, executed(quantity, value)))).toBe(expected);
  });

  it("by share hold their minimum over all fills of an order together", () => {
    const charges = sheet("broker-per-share");
    // 100 shares cost the minimum of 1; 200 cost 1, so the second hundred is free; 300 cost 1.5.
    const steps = [0, 1, 2].map((at) => charges.ofFill("buy", executed(at * 100, String(at * 15_000)), executed(100, "15000")));
    expect(steps.map(shown)).toEqual(["1", "0", "0.5"]);
  });

  it("are a fee of each fill, given what of its order came before", () => {
    const fees = new FeeSchedule(shares, profileOf("broker"));
    const { quantity, value } = executed(70, "105000");
    expect(shown(fees.amount("buy", "taker", quantity, value, false, executed(30, "45000")))).toBe("34.65");
    expect(shown(fees.estimate("buy", 100 as Quantity, parseUnits("150000", 4) as Money))).toBe("73.1");
  });

  it("are never negative, and the same in sum however an order is cut into fills", () => {
    const fill = fc.record({ quantity: fc.integer({ min: 1, max: 5_000 }), price: fc.integer({ min: 1, max: 300_000 }) });
    fc.assert(
      fc.property(
        fc.constantFrom("broker", "broker-per-share"),
        fc.constantFrom<("buy" | "sell")[]>("buy", "sell"),
        fc.array(fill),
        (name, side, fills) => {
          const charges = sheet(name);
          let before = nothing;
          let sum = 0;
          for (const { quantity, price } of fills) {
            // A price of two decimals, money of four.
            const part: Executed = { quantity: quantity as Quantity, value: (quantity * price * 100) as Money };
            const fee = charges.ofFill(side, before, part);
            expect(fee).toBeGreaterThanOrEqual(0);
            sum += fee;
            before = { quantity: (before.quantity + part.quantity) as Quantity, value: (before.value + part.value) as Money };
          }
          expect(sum).toBe(charges.total(side, before));
        },
      ),
    );
  });

  it("of a trade leave the account: in and out with 100 shares", () => {
    const bars: Bar[] = [
      [1500, 1500, 1500, 1500, 10_000],
      [1510, 1510, 1510, 1510, 10_000],
    ];
    const desk = new Desk({ bars, venue: "broker", rules: spotRules, balances: { USDC: "200000" } });
    desk.send({ side: "buy", quantity: 100 });
    expect(desk.next()).toEqual(["ack 1", "fill 1: 100 at 1500 taker fee 73.1 USDC"]);
    desk.send({ side: "sell", quantity: 100 });
    // 20 + 3.6 + 151,000 × 0.00055 = 83.05
    expect(desk.next()).toEqual(["ack 2", "fill 2: 100 at 1510 taker fee 106.65 USDC"]);
    // 200,000 + 1000 - 73.1 - 106.65
    expect(desk.wallet()).toBe("200820.25");
  });

  it("are held back with the price: what an order costs must be there", () => {
    const bars: Bar[] = [[1500, 1500, 1500, 1500, 10_000]];
    const buy = (balance: string) => {
      const desk = new Desk({ bars, venue: "broker", rules: spotRules, balances: { USDC: balance } });
      desk.send({ side: "buy", quantity: 100 });
      return desk.next()[0];
    };
    expect(buy("150073.1")).toBe("ack 1");
    expect(buy("150073.099999")).toBe("reject 1 insufficient_funds");
  });

  it("that are a share of a charge which does not stand before them are a defect", () => {
    const brokerage: Charge = { name: "brokerage", side: "both", basis: "order", rate: "20" };
    const orphan: Charge = { name: "GST", side: "both", basis: { charge: "brokerage" }, rate: "0.18" };
    for (const charges of [[orphan], [orphan, brokerage], [{ ...brokerage, name: "tax" }, orphan]])
      expect(() => new ChargeSheet(shares, charges)).toThrow("does not stand before it");
    // 10 + 20 + 18 % of the 20
    const sheetOf = new ChargeSheet(shares, [{ ...brokerage, name: "tax", rate: "10" }, brokerage, orphan]);
    expect(shown(sheetOf.total("buy", executed(1, "100")))).toBe("33.6");
  });

  it("by quantity count parts of a coin", () => {
    const coins = new Instrument({ ...plainRules, kind: "spot", tick: "0.05", step: "0.01" }, { price: 2, quantity: 2, money: 4 });
    const each: Charge = { name: "commission", side: "both", basis: "quantity", rate: "0.5" };
    // 1.5 × 0.5
    expect(shown(new ChargeSheet(coins, [each]).total("sell", executed(150, "1")))).toBe("0.75");
  });

  it("beside fees in another currency than the quote are refused", () => {
    const charges: readonly Charge[] = [{ name: "brokerage", side: "both", basis: "order", rate: "20" }];
    expect(outcomeOf(() => exchangeOf({ bars: [calm], rules: spotRules, profile: { charges, feeCurrency: "base" } }))).toBe("bad_venue_settings");
  });
});
