// Kinds commission, trade_value, position_mode and margin_check: single orders through the virtual exchange's own
// account, fees, legs and funds check.

import type { Leg, OrderFilled, PositionMode, Side, VenueEvent } from "../../src/domain/index.ts";
import {
  asObject,
  flagAt,
  listAt,
  NotApplicable,
  numberAt,
  objectAt,
  onlyKeys,
  optionalNumber,
  sides,
  textAt,
  wordAt,
  type Case,
  type Json,
} from "./case.ts";
import { Comparison } from "./compare.ts";
import { instrumentOf, quantityUnits, seriesOf, type Row } from "./market.ts";
import { CaseVenue, marketOrder, noFees, type Fees } from "./venue.ts";

interface Trade {
  readonly side: Side;
  readonly quantity: number;
  readonly price: number;
  readonly leg: Leg;
}

interface Floor {
  readonly mode?: PositionMode;
  readonly fees?: Fees;
  readonly inverse?: boolean;
  readonly moneyDecimals?: number | null;
  readonly leverage?: number;
  /** Funds of the account; null = more than enough. */
  readonly balance?: number | null;
}

/** A venue whose n-th bar is flat at the price of the n-th trade. */
function venueFor(trades: readonly Trade[], floor: Floor): CaseVenue {
  const { inverse = false, fees = noFees } = floor;
  const value = trades.reduce((sum, { quantity, price }) => sum + (inverse ? quantity / price : quantity * price), 0);
  const balance = floor.balance ?? value * 4 + fees.fixed * 4 + 1;
  const instrument = instrumentOf({
    prices: trades.map((trade) => trade.price),
    quantities: trades.map((trade) => trade.quantity),
    money: balance + value,
    inverse,
    moneyDecimals: floor.moneyDecimals ?? null,
  });
  const rows = trades.map(({ price }, at): Row => [at * 60_000, price, price, price, price, 1]);
  return new CaseVenue({
    instrument,
    series: seriesOf(instrument, rows),
    fees,
    volumeCap: null,
    balance,
    leverage: floor.leverage ?? 1,
    mode: floor.mode ?? "one_way",
    position: null,
  });
}

/** Sends each trade as a market order and handles its bar. */
function run(venue: CaseVenue, trades: readonly Trade[]): VenueEvent[] {
  return trades.flatMap(({ side, quantity, leg }) => {
    venue.submit(marketOrder(side, quantityUnits(venue.instrument, quantity), leg));
    return venue.advance();
  });
}

export function commission(given: Case): Comparison {
  const params = objectAt(given.body, "params");
  onlyKeys(params, ["qty", "price", "rate", "inverse", "decimals", "side"], "params");
  const trade: Trade = { side: "buy", quantity: numberAt(params, "qty"), price: numberAt(params, "price"), leg: "NET" };
  const decimals = optionalNumber(params, "decimals");
  const venue = venueFor([trade], {
    fees: { ...noFees, rate: numberAt(params, "rate") },
    inverse: flagAt(params, "inverse"),
    moneyDecimals: decimals,
  });
  const fill = fillsOf(run(venue, [trade]))[0];
  const result = new Comparison(given.body);
  result.number("value", fill === undefined ? null : venue.instrument.moneyNumber(fill.fee), objectAt(given.body, "expected")["value"]);
  return result;
}

const directions: Readonly<Record<string, Side>> = { long: "buy", short: "sell" };
const legs: Readonly<Record<string, "open" | "close">> = { open: "open", close: "close" };

/** What opening or closing a trade costs or brings: the cash that changes hands, fee and funding included. */
export function tradeValue(given: Case): Comparison {
  const params = objectAt(given.body, "params");
  onlyKeys(params, ["leg", "side", "qty", "price", "feeRate", "funding"], "params");
  const opens = wordAt(params, "leg", legs) === "open";
  const direction = wordAt(params, "side", directions);
  const side = (direction === "buy") === opens ? "buy" : "sell";
  const trade: Trade = { side, quantity: numberAt(params, "qty"), price: numberAt(params, "price"), leg: "NET" };
  const venue = venueFor([trade], { fees: { ...noFees, rate: optionalNumber(params, "feeRate") ?? 0 } });
  const before = venue.cash;
  run(venue, [trade]);
  const moved = venue.cash - before + (optionalNumber(params, "funding") ?? 0);
  const result = new Comparison(given.body, trade.quantity * trade.price * 1e-12);
  result.number("value", side === "buy" ? -moved : moved, objectAt(given.body, "expected")["value"]);
  return result;
}

const modes: Readonly<Record<string, PositionMode>> = { one_way: "one_way", netting: "one_way", hedge: "hedge", hedging: "hedge" };

/** Legs of a hedge-mode fill that names none: a buy opens LONG, a sell opens SHORT. */
function tradeOf(value: unknown, mode: PositionMode): Trade {
  const fill = asObject(value, "a fill");
  onlyKeys(fill, ["side", "qty", "price", "leg"], "a fill");
  const side = wordAt(fill, "side", sides);
  const named: Leg = fill["leg"] === undefined ? (side === "buy" ? "LONG" : "SHORT") : legNamed(textAt(fill, "leg"));
  return { side, quantity: numberAt(fill, "qty"), price: optionalNumber(fill, "price") ?? 1, leg: mode === "hedge" ? named : "NET" };
}

function legNamed(text: string): Leg {
  const name = text.toUpperCase();
  if (name === "LONG" || name === "SHORT") return name;
  throw new NotApplicable(`leg "${text}"`);
}

export function positionMode(given: Case): Comparison {
  const params = objectAt(given.body, "params");
  const mode = wordAt(params, "mode", modes);
  const trades = listAt(params, "fills").map((fill) => tradeOf(fill, mode));
  const venue = venueFor(trades, { mode });
  run(venue, trades);
  const [net, long, short] = (["NET", "LONG", "SHORT"] as const).map((leg) => venue.position(leg)) as [number, number, number];
  const facts: Json = {
    net: net + long + short,
    long: Math.max(net, 0) + long,
    short: Math.abs(Math.min(net, 0) + short),
    open: [net, long, short].filter((each) => each !== 0).length,
  };
  const expected = objectAt(given.body, "expected");
  onlyKeys(expected, Object.keys(facts), "the expectation");
  const result = new Comparison(given.body);
  for (const [name, value] of Object.entries(expected))
    result.number(name, facts[name] as number, typeof value === "number" && name === "short" ? Math.abs(value) : value);
  return result;
}

/** Accepted when notional ÷ leverage fits the balance: the venue's own check on arrival. */
export function marginCheck(given: Case): Comparison {
  const params = objectAt(given.body, "params");
  onlyKeys(params, ["balance", "notional", "leverage"], "params");
  const leverage = optionalNumber(params, "leverage") ?? 1;
  if (!Number.isInteger(leverage) || leverage < 1) throw new NotApplicable(`leverage ${leverage} is no whole number`);
  const trade: Trade = { side: "buy", quantity: numberAt(params, "notional"), price: 1, leg: "NET" };
  const venue = venueFor([trade], { leverage, balance: numberAt(params, "balance") });
  const accepted = run(venue, [trade]).some((event) => event.type === "order_acknowledged");
  const result = new Comparison(given.body);
  result.same("accepted", accepted, objectAt(given.body, "expected")["accepted"]);
  return result;
}

function fillsOf(events: readonly VenueEvent[]): OrderFilled[] {
  return events.filter((event) => event.type === "order_filled");
}
