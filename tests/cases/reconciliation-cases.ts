// Kind reconciliation: two books about one position. Positions and fills go through domain/position, statements of a venue
// through a real runner: what it adopts, applies, changes and ends is the answer.

import {
  decimalOfNumber,
  normalize,
  parseDecimal,
  Position,
  printDecimal,
  roundText,
  SeatrialError,
  type Decimal,
  type OrderStatus,
  type Price,
  type Quantity,
  type Side,
} from "../../src/domain/index.ts";
import type { Context, OrderIntent } from "../../src/strategy/index.ts";
import { Harness, orderOf } from "../runner/harness.ts";
import { adoptionPrice } from "../../src/domain/adoption.ts";
import {
  asObject,
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
import { instrumentOf, priceUnits, quantityUnits } from "./market.ts";

type Answer = (params: Json, expected: Json, result: Comparison) => void;

const answers: Readonly<Record<string, Answer>> = {
  reconciliation_price: price,
  simulate_position: replayedPosition,
  zero_crossings: zeroCrossings,
  fill_report: fillReport,
  order_drift: orderDrift,
  position_report: positionReport,
  adjust_fills: adjustFills,
  order_consistency: orderConsistency,
};

export function reconciliation(given: Case): Comparison {
  const name = textAt(given.body, "fn");
  const answer = Object.hasOwn(answers, name) ? answers[name] : undefined;
  if (answer === undefined) throw new NotApplicable(`"${name}": orders of another session are not adopted in this version`);
  const result = new Comparison(given.body);
  answer(objectAt(given.body, "params"), objectAt(given.body, "expected"), result);
  return result;
}

// ---- arithmetic of positions ----------------------------------------------------------------------------------------

function price(params: Json, expected: Json, result: Comparison): void {
  onlyKeys(params, ["qty", "avg", "targetQty", "targetAvg", "decimals"], "params");
  const decimal = (key: string): Decimal | null => {
    const value = optionalNumber(params, key);
    return value === null ? null : decimalOfNumber(value);
  };
  const [quantity, target] = [decimal("qty"), decimal("targetQty")];
  if (quantity === null || target === null) throw new NotApplicable("a quantity is missing");
  const found = adoptionPrice({ quantity, average: decimal("avg") }, { quantity: target, average: decimal("targetAvg") });
  const decimals = optionalNumber(params, "decimals");
  const rounded = found === null || decimals === null ? found : roundedTo(found, decimals);
  result.number("price", rounded === null ? null : Number(printDecimal(rounded)), expected["price"]);
}

function roundedTo(value: Decimal, decimals: number): Decimal {
  return normalize(parseDecimal(roundText(printDecimal(value), { rounding: "round", counting: "decimals", precision: String(decimals) })));
}

interface Fill {
  readonly side: Side;
  readonly quantity: number;
  /** 1 where a case does not name one. */
  readonly price: number;
  readonly time: number;
}

function fillsOf(params: Json): Fill[] {
  return listAt(params, "fills").map((value) => {
    const fill = asObject(value, "a fill");
    onlyKeys(fill, ["side", "qty", "price", "ts", "id"], "a fill");
    return {
      side: wordAt(fill, "side", sides),
      quantity: numberAt(fill, "qty"),
      price: optionalNumber(fill, "price") ?? 1,
      time: optionalNumber(fill, "ts") ?? 0,
    };
  });
}

/** The position after each fill. */
function replay(fills: readonly Fill[], told: (position: Position, fill: Fill) => void): void {
  const prices = fills.map((fill) => fill.price);
  const quantities = fills.map((fill) => fill.quantity);
  const money = quantities.reduce((sum, quantity) => sum + quantity, 0) * Math.max(1, ...prices);
  const instrument = instrumentOf({ prices, quantities, money });
  const position = new Position(instrument, "NET");
  for (const fill of fills) {
    const quantity = quantityUnits(instrument, fill.quantity);
    const at = priceUnits(instrument, fill.price);
    position.apply((fill.side === "buy" ? quantity : -quantity) as Quantity, at, instrument.notional(at, quantity));
    told(position, fill);
  }
}

function replayedPosition(params: Json, expected: Json, result: Comparison): void {
  onlyKeys(params, ["fills"], "params");
  onlyKeys(expected, ["qty", "value"], "the expectation");
  let facts = { qty: 0, value: 0 };
  replay(fillsOf(params), ({ quantity, cost, instrument }) => {
    facts = { qty: instrument.quantityNumber(quantity), value: instrument.moneyNumber(cost) };
  });
  if (expected["qty"] !== undefined) result.number("qty", facts.qty, expected["qty"]);
  if (expected["value"] !== undefined) result.number("value", facts.value, expected["value"]);
}

function zeroCrossings(params: Json, expected: Json, result: Comparison): void {
  onlyKeys(params, ["fills"], "params");
  const times: number[] = [];
  let before = 0;
  replay(fillsOf(params), ({ quantity }, { time }) => {
    if (before !== 0 && Math.sign(quantity) !== Math.sign(before)) times.push(time);
    before = quantity;
  });
  const wanted = listAt(expected, "ts");
  result.same("number of crossings", times.length, wanted.length);
  wanted.forEach((time, at) => result.number(`crossing ${at + 1}`, times[at] ?? null, time));
}

// ---- what a runner makes of it --------------------------------------------------------------------------------------

/** The harness has prices of 2 and quantities of 3 decimals. */
function fits(...values: readonly (number | null)[]): void {
  const beyond = values.find((value) => value !== null && decimalOfNumber(value).scale > 2);
  if (beyond !== undefined) throw new NotApplicable(`${String(beyond)} is finer than the runner of this check`);
}

/** A one-way runner that has asked for one order and heard that it rests. */
function withOrder(intent: OrderIntent): { readonly harness: Harness; readonly context: () => Context } {
  const harness = new Harness({ hedge: false });
  let seen: Context | null = null;
  harness.strategy.at[0] = (ctx) => {
    seen = ctx;
    ctx.open({ postOnly: false, ...intent });
  };
  harness.bar(0);
  if (harness.sent.length !== 1) throw new NotApplicable(`the runner refuses the order: ${harness.skips.join(", ")}`);
  harness.ack(orderOf(1));
  return { harness, context: () => seen as unknown as Context };
}

/** A trade that the runner may know already. */
function fillReport(params: Json, expected: Json, result: Comparison): void {
  onlyKeys(params, ["orderQty", "localFilled", "knownTradeIds", "report"], "params");
  const [size, filled] = [numberAt(params, "orderQty"), optionalNumber(params, "localFilled") ?? 0];
  const report = objectAt(params, "report");
  onlyKeys(report, ["tradeId", "qty", "price"], "the report");
  const [quantity, at] = [numberAt(report, "qty"), optionalNumber(report, "price") ?? 1];
  fits(size, filled, quantity, at);
  const { harness } = withOrder({ side: "LONG", quantity: size });
  const known = listAt(params, "knownTradeIds").map(String);
  const parts = filled === 0 ? [] : known.length === 0 ? ["before"] : known;
  const tell = (trade: string, part: number) => harness.handle({ ...harness.fillEvent(orderOf(1), at, part), trade });
  for (const trade of parts) tell(trade, filled / parts.length);
  const before = harness.held("NET");
  result.number("filled before the report", before, filled);
  const applied = accepted(() => tell(textAt(report, "tradeId"), quantity)) ? harness.held("NET") - before : 0;
  result.same("apply", applied !== 0, expected["apply"]);
  if (expected["qty"] !== undefined) result.number("qty", applied, expected["qty"]);
}

/** False when the runner stops over the fact instead of taking it. */
function accepted(run: () => void): boolean {
  try {
    run();
    return true;
  } catch (error) {
    if (error instanceof SeatrialError) return false;
    throw error;
  }
}

const types = { limit: "limit", stop_market: "stop_market", stop_limit: "stop_limit", market: "market" } as const;

/** The venue's terms of an order against the runner's; what the venue does not tell is no difference. */
function orderDrift(params: Json, expected: Json, result: Comparison): void {
  onlyKeys(params, ["type", "local", "venue"], "params");
  const [local, venue] = [objectAt(params, "local"), objectAt(params, "venue")];
  for (const terms of [local, venue]) onlyKeys(terms, ["qty", "price", "stop"], "the terms of an order");
  const of = (terms: Json, key: string) => optionalNumber(terms, key);
  fits(...[local, venue].flatMap((terms) => ["qty", "price", "stop"].map((key) => of(terms, key))));
  const { harness, context } = withOrder({
    side: "LONG",
    orderType: wordAt(params, "type", types),
    quantity: numberAt(local, "qty"),
    price: of(local, "price") ?? undefined,
    trigger: of(local, "stop") ?? undefined,
  });
  const terms = () =>
    JSON.stringify(
      context()
        .orders()
        .map(({ quantity, price: limit, trigger }) => ({ quantity, limit, trigger })),
    );
  const before = terms();
  const told = (key: string, power: number) => {
    const value = of(venue, key) ?? of(local, key);
    return value === null ? null : Math.round(value * power);
  };
  harness.handle(
    harness.fact("order_amended", {
      order: orderOf(1),
      price: told("price", 100) as Price | null,
      trigger: told("stop", 100) as Price | null,
      quantity: told("qty", 1_000) as Quantity,
    }),
  );
  result.same("update", terms() !== before, expected["update"]);
}

/** What the runner's book does when the venue states another position: signed, in whole units. */
function adopted(harness: Harness, bar: number, stated: number): number {
  const before = harness.held("NET");
  harness.bars(bar, bar + 1);
  harness.position("NET", stated, true);
  harness.bar(bar + 2);
  harness.position("NET", stated, true);
  return harness.held("NET") - before;
}

function positionReport(params: Json, expected: Json, result: Comparison): void {
  onlyKeys(params, ["local", "venue", "venueAvg", "localAvg"], "params");
  const [local, venue] = [numberAt(params, "local"), numberAt(params, "venue")];
  fits(local, venue);
  const positions = local === 0 ? [] : [{ market: 0, leg: "NET" as const, quantity: local, price: 100 }];
  const change = adopted(new Harness({ hedge: false, positions }), 0, venue);
  const wanted = listAt(expected, "orders").map((order) => asObject(order, "an order"));
  result.same("number of orders", change === 0 ? 0 : 1, wanted.length);
  const first = wanted[0];
  if (first === undefined || change === 0) return;
  onlyKeys(first, ["side", "qty"], "an order");
  result.same("side", change > 0 ? "buy" : "sell", first["side"]);
  result.number("qty", Math.abs(change), first["qty"]);
}

/** Fills of a window that do not explain the venue's position: the runner takes the difference as a trade outside. */
function adjustFills(params: Json, expected: Json, result: Comparison): void {
  onlyKeys(params, ["fills", "venue"], "params");
  onlyKeys(expected, ["result", "side", "qty"], "the expectation");
  const fills = fillsOf(params);
  if (fills.length === 0) throw new NotApplicable("without fills there is nothing to adjust: the position itself is adopted");
  const venue = objectAt(params, "venue");
  const stated = numberAt(venue, "qty") * (wordAt(venue, "side", { long: "long", short: "short" }) === "long" ? 1 : -1);
  fits(stated * 10, ...fills.map(({ quantity }) => quantity * 10));
  const harness = new Harness({ hedge: false });
  fills.forEach(({ side, quantity, price: at }, bar) => {
    harness.strategy.at[bar] = (ctx) => ctx.open({ side: side === "buy" ? "LONG" : "SHORT", quantity, reverse: true });
    harness.bar(bar);
    harness.ack(orderOf(bar + 1));
    harness.fill(orderOf(bar + 1), at, quantity);
  });
  const held = harness.held("NET");
  const change = adopted(harness, fills.length, stated);
  const enlarges = held !== 0 && Math.sign(change) === Math.sign(held);
  if (change !== 0 && !enlarges) throw new NotApplicable("only an opening that is missing has a counterpart here");
  result.same("result", change === 0 ? "none" : "add_opening", expected["result"]);
  if (expected["side"] !== undefined) result.same("side", change > 0 ? "buy" : "sell", expected["side"]);
  if (expected["qty"] !== undefined) result.number("qty", Math.abs(change), expected["qty"]);
}

const told: Readonly<Record<string, { readonly status: OrderStatus | null }>> = {
  not_found: { status: null },
  accepted: { status: "SUBMITTED" },
  canceled: { status: "CANCELED" },
  expired: { status: "EXPIRED" },
  rejected: { status: "REJECTED" },
};
const words: Readonly<Partial<Record<OrderStatus, string>>> = { CANCELED: "canceled", EXPIRED: "expired", REJECTED: "rejected", FILLED: "filled" };

/** One answer of the venue about an order that the runner believes to be at work, or asked to cancel. */
function orderConsistency(params: Json, expected: Json, result: Comparison): void {
  onlyKeys(params, ["local", "venue"], "params");
  const local = wordAt(params, "local", { accepted: "accepted", pending_cancel: "pending_cancel" });
  const venue = Object.hasOwn(told, textAt(params, "venue")) ? told[textAt(params, "venue")] : undefined;
  if (venue === undefined) throw new NotApplicable(`venue status "${textAt(params, "venue")}" is not told by one answer alone`);
  const { harness } = withOrder({ side: "LONG", quantity: 1, orderType: "limit", price: 90 });
  if (local === "pending_cancel") {
    harness.strategy.at[1] = (ctx) => void ctx.cancel(1);
    harness.bar(1);
  }
  harness.answer(orderOf(1), venue.status);
  const last = harness.settled(orderOf(1)).at(-1)?.split(" ")[0] as OrderStatus | undefined;
  result.same("resolution", (last === undefined ? undefined : words[last]) ?? "unresolved", expected["resolution"]);
}
