// Kind order_fill: bars and actions replayed through the virtual exchange alone. Everything must come out of the engine's
// own events. Parents, groups and trails are in order-fill-terms.ts.

import type { OrderNumber, OrderType, TimeInForce, VenueEvent } from "../../src/domain/index.ts";
import type { FillModel } from "../../src/exchange/virtual/index.ts";
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
  type SeriesReader,
} from "./case.ts";
import type { Comparison } from "./compare.ts";
import { instrumentOf, priceUnits, quantityUnits, rowsOf, seriesOf, type Row } from "./market.ts";
import { compareOrderFill, type OrderRecord, type Replay } from "./order-fill-compare.ts";
import { groupsOf, termsOf, trailPrices, triggerOf } from "./order-fill-terms.ts";
import { namedSettings, underSettings } from "./settings.ts";
import { CaseVenue, noFees, type CaseOrder, type Fees } from "./venue.ts";

const types: Readonly<Record<string, OrderType>> = {
  market: "market",
  limit: "limit",
  stop_market: "stop_market",
  stop_limit: "stop_limit",
  take_profit_market: "take_profit_market",
  take_profit_limit: "take_profit_limit",
  trailing_stop: "trailing_stop",
  market_on_close: "market_on_close",
};
const livesOfOrders: Readonly<Record<string, TimeInForce>> = { GTC: "GTC", IOC: "IOC", FOK: "FOK", DAY: "DAY" };
const orderKeys = ["id", "side", "type", "qty", "price", "stop", "tif", "postOnly", "reduceOnly", "parent", "oco", "trail"];
const setupKeys = ["cash", "fee", "position", "volumeCap", "volumeCapKind", "lot", "cashCheck"];

/** What a case gives, in its own plain numbers. */
interface Script {
  readonly rows: readonly Row[];
  readonly actions: readonly Action[];
  readonly cash: number | null;
  readonly fees: Fees;
  readonly position: number;
  readonly volumeCap: number | null;
  readonly lot: number | null;
  readonly cashCheck: boolean;
}

type Action =
  | { readonly after: number; readonly do: "submit"; readonly id: string; readonly order: Json }
  | { readonly after: number; readonly do: "cancel"; readonly id: string }
  | { readonly after: number; readonly do: "amend"; readonly id: string; readonly set: Json };

export function orderFill(given: Case, series: SeriesReader): Comparison {
  return underSettings(given, (fill) => compareOrderFill(given.body, replayed(given.body, series, { fill })), namedSettings(given.body));
}

/** What a case's own convention changes. */
export interface Convention {
  readonly fill?: Partial<FillModel>;
  /** Prices beyond those of the case that fills may have: the instrument must hold them. */
  readonly prices?: readonly number[];
}

/**
 * Bars and actions of a case through the virtual exchange.
 * @throws NotApplicable when the case asks for what the exchange does not have
 */
export function replayed(body: Json, series: SeriesReader, convention: Convention = {}): Replay {
  return replay(scriptOf(body, series), convention);
}

// ---- reading ------------------------------------------------------------------------------------------------------

function scriptOf(body: Json, series: SeriesReader): Script {
  const setup = body["setup"] === undefined ? {} : objectAt(body, "setup");
  onlyKeys(setup, setupKeys, "the setup");
  const rows = rowsOf(body["barsRef"] === undefined ? listAt(body, "bars") : series(textAt(body, "barsRef")));
  const whole = setup["volumeCapKind"] === "all";
  const cap = optionalNumber(setup, "volumeCap");
  return {
    rows,
    actions: listAt(body, "actions").map(actionOf),
    cash: optionalNumber(setup, "cash"),
    fees: feesOf(setup),
    position: optionalNumber(setup, "position") ?? 0,
    volumeCap: cap !== null && whole ? 1 : cap,
    lot: optionalNumber(setup, "lot"),
    cashCheck: flagAt(setup, "cashCheck"),
  };
}

function actionOf(value: unknown): Action {
  const action = asObject(value, "an action");
  const after = numberAt(action, "after");
  const what = textAt(action, "do");
  if (what === "submit") {
    const order = objectAt(action, "order");
    checkOrder(order);
    return { after, do: "submit", id: textAt(order, "id"), order };
  }
  if (what === "cancel") return { after, do: "cancel", id: textAt(action, "order") };
  if (what !== "amend") throw new NotApplicable(`action "${what}" is outside of this version`);
  const set = objectAt(action, "set");
  onlyKeys(set, ["qty", "price", "stop"], "an amendment");
  return { after, do: "amend", id: textAt(action, "order"), set };
}

/** @throws NotApplicable for an order outside of this version */
export function checkOrder(order: Json): void {
  onlyKeys(order, orderKeys, "an order");
  wordAt(order, "type", types);
  if (order["tif"] !== undefined) wordAt(order, "tif", livesOfOrders);
}

function feesOf(setup: Json): Fees {
  if (setup["fee"] === undefined || setup["fee"] === null) return noFees;
  const fee = objectAt(setup, "fee");
  switch (textAt(fee, "kind")) {
    case "none":
      return noFees;
    case "percent_of_notional":
      return { ...noFees, rate: numberAt(fee, "rate") };
    case "fixed_per_order_first_fill":
      return { rate: 0, fixed: numberAt(fee, "amount"), per: "order" };
    case "fixed_plus_percent":
      return { rate: numberAt(fee, "rate"), fixed: numberAt(fee, "fixed"), per: "fill" };
    default:
      throw new NotApplicable(`fee "${textAt(fee, "kind")}" is outside of this version`);
  }
}

// ---- replaying ----------------------------------------------------------------------------------------------------

/** Funds that no order of the case can use up, where its cash is not checked: so that only the rule under test decides. */
function ballastOf(script: Script, value: number): number {
  return script.cashCheck ? 0 : Math.ceil(value) * 4 + 1;
}

function venueOf(script: Script, { fill = {}, prices: more = [] }: Convention): { venue: CaseVenue; scale: number } {
  const asked = script.actions.flatMap((action) => (action.do === "submit" ? [action.order] : action.do === "amend" ? [action.set] : []));
  const numbers = (key: string) => asked.map((order) => optionalNumber(order, key)).filter((value) => value !== null);
  const prices = [
    ...more,
    ...script.rows.flatMap((row) => row.slice(1, 5)),
    ...numbers("price"),
    ...numbers("stop"),
    ...asked.flatMap((order) => trailPrices(order, script.rows)),
  ];
  const quantities = [...numbers("qty"), script.position];
  const value = quantities.reduce((sum, quantity) => sum + Math.abs(quantity), 0) * Math.max(...prices);
  const fixed = script.fees.fixed * asked.length * script.rows.length;
  const scale = value * (1 + Math.abs(script.fees.rate)) + fixed + Math.abs(script.cash ?? 0);
  const balance = (script.cash ?? 0) + ballastOf(script, scale);
  // A lot bounds what a share of the volume is rounded to; quantities off the lot are not refused: the cases run without filters.
  const lot =
    script.volumeCap !== null && script.lot !== null && quantities.every((quantity) => Number.isInteger(quantity / (script.lot ?? 1)))
      ? script.lot
      : null;
  const instrument = instrumentOf({ prices, quantities, money: balance + scale * 4, lot });
  const first = script.rows[0]?.[1] ?? 0;
  const venue = new CaseVenue({
    instrument,
    series: seriesOf(instrument, script.rows),
    fees: script.fees,
    volumeCap: script.volumeCap,
    balance,
    leverage: 1,
    mode: "one_way",
    position: script.position === 0 ? null : { quantity: quantityUnits(instrument, script.position), price: priceUnits(instrument, first) },
    fill,
  });
  return { venue, scale };
}

function replay(script: Script, convention: Convention): Replay {
  const { venue, scale } = venueOf(script, convention);
  const orders = new Map<string, OrderRecord>();
  const names = new Map<OrderNumber, OrderRecord>();
  const groups = groupsOf(script.actions.flatMap((action) => (action.do === "submit" ? [action.order] : [])));
  const start = venue.cash;
  const cashOf = (amount: number) => amount - start + (script.cash ?? 0);
  const equity: number[] = [];
  const send = (after: number): void => {
    for (const action of script.actions) if (action.after === after) act(venue, action, orders, names, groups);
  };
  send(-1);
  script.rows.forEach((_, bar) => {
    for (const event of venue.advance()) record(event, bar, names, venue);
    equity.push(cashOf(venue.equity));
    send(bar);
  });
  return { orders: [...orders.values()], position: venue.position("NET"), cash: cashOf(venue.cash), equity, noise: scale * 1e-12 };
}

function act(
  venue: CaseVenue,
  action: Action,
  orders: Map<string, OrderRecord>,
  names: Map<OrderNumber, OrderRecord>,
  groups: ReadonlyMap<string, string>,
): void {
  if (action.do === "submit") {
    const numberOf = (id: string) => orders.get(id)?.number ?? null;
    const entry = submitted(venue, action.id, action.order, { head: groups.get(action.id) ?? null, numberOf });
    orders.set(action.id, entry);
    names.set(entry.number, entry);
    return;
  }
  const entry = orders.get(action.id);
  if (entry === undefined) throw new NotApplicable(`${action.do} of an order that was never submitted`);
  if (action.do === "cancel") {
    entry.cancelAfter = action.after;
    venue.cancel(entry.number);
    return;
  }
  const { instrument } = venue;
  const [price, stop, quantity] = [optionalNumber(action.set, "price"), optionalNumber(action.set, "stop"), optionalNumber(action.set, "qty")];
  venue.amend(entry.number, {
    price: price === null ? null : priceUnits(instrument, price),
    trigger: stop === null ? null : priceUnits(instrument, stop),
    quantity: quantity === null ? null : quantityUnits(instrument, quantity),
  });
}

/** Where an order stands among the others of its case: the first of its group, and the numbers of those before it. */
interface Links {
  readonly head: string | null;
  readonly numberOf: (id: string) => OrderNumber | null;
}

const alone: Links = { head: null, numberOf: () => null };

/** Sends an order and opens its record. */
export function submitted(venue: CaseVenue, id: string, asked: Json, { head, numberOf }: Links = alone): OrderRecord {
  const group = head === null ? null : head === id ? venue.nextNumber : numberOf(head);
  const order = orderOf(venue, asked, group, numberOf);
  const number = venue.submit(order);
  return { id, number, status: "SUBMITTED", quantity: order.quantity, filled: 0, fills: [], cancelAfter: null, endedIn: null };
}

const limitTypes: readonly OrderType[] = ["limit", "stop_limit", "take_profit_limit"];
const triggerTypes: readonly OrderType[] = ["stop_market", "stop_limit", "take_profit_market", "take_profit_limit"];

/** An order of a case in the units of its venue. */
function orderOf({ instrument }: CaseVenue, order: Json, group: OrderNumber | null, numberOf: (id: string) => OrderNumber | null): CaseOrder {
  const type = wordAt(order, "type", types);
  const life = order["tif"] === undefined ? "GTC" : wordAt(order, "tif", livesOfOrders);
  return {
    side: wordAt(order, "side", sides),
    leg: "NET",
    type,
    quantity: quantityUnits(instrument, numberAt(order, "qty")),
    price: limitTypes.includes(type) ? priceUnits(instrument, numberAt(order, "price")) : null,
    trigger: triggerTypes.includes(type) ? priceUnits(instrument, numberAt(order, "stop")) : triggerOf(instrument, order),
    timeInForce: flagAt(order, "postOnly") ? "PO" : life,
    reduceOnly: flagAt(order, "reduceOnly"),
    terms: termsOf(instrument, order, group, numberOf),
  };
}

/** What the venue said about an order. */
export function record(event: VenueEvent, bar: number, names: Map<OrderNumber, OrderRecord>, { instrument }: CaseVenue): void {
  const entry = "order" in event && event.order !== null ? names.get(event.order) : undefined;
  if (entry === undefined) throw new NotApplicable(`the venue answered with ${event.type}, which is about no order of the case`);
  switch (event.type) {
    case "order_filled":
      entry.filled = event.cumulative;
      entry.status = event.cumulative === entry.quantity ? "FILLED" : "PARTIAL";
      entry.fills.push({
        bar,
        price: instrument.priceNumber(event.price),
        quantity: instrument.quantityNumber(event.quantity),
        fee: instrument.moneyNumber(event.fee),
      });
      return;
    case "order_amended":
      entry.quantity = event.quantity;
      return;
    case "order_canceled":
      entry.status = "CANCELED";
      entry.endedIn = bar;
      return;
    case "order_expired":
      entry.status = "EXPIRED";
      entry.endedIn = bar;
      return;
    case "order_rejected":
      entry.status = "REJECTED";
      return;
    default:
  }
}
