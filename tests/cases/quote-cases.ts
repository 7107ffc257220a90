// Kind quote_fill: each quote becomes a flat bar of the side that the live orders touch, with the size there as its volume.
// What one price a bar cannot express, orders of both sides at work under one quote, is not applicable.

import type { Liquidity, OrderNumber, Price, Side, VenueEvent } from "../../src/domain/index.ts";
import type { FillModel } from "../../src/exchange/virtual/index.ts";
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
import { instrumentOf, priceUnits, quantityUnits, seriesOf, type Row } from "./market.ts";
import { checkOrder, record, submitted } from "./order-fill-cases.ts";
import { compareOrder, type OrderRecord } from "./order-fill-compare.ts";
import { groupsOf, trailPrices } from "./order-fill-terms.ts";
import { underSettings } from "./settings.ts";
import { CaseVenue, noFees } from "./venue.ts";

interface Quote {
  readonly bid: number;
  readonly ask: number;
  /** null = without limit. */
  readonly bidSize: number | null;
  readonly askSize: number | null;
}

type Request =
  | { readonly do: "submit"; readonly id: string; readonly side: Side; readonly parent: string | null; readonly order: Json }
  | { readonly do: "cancel"; readonly id: string; readonly side: Side; readonly parent: string | null }
  | { readonly do: "amend"; readonly id: string; readonly side: Side; readonly parent: string | null; readonly set: Json };

/** A quote as the venue sees it once: with the requests that arrive under it, all that work at once of one side. */
interface Moment {
  readonly quote: Quote;
  readonly requests: readonly Request[];
}

/** One flat bar: where the price stands and what is left to take there. */
interface Touch {
  readonly price: number;
  readonly size: number | null;
}

interface Known extends OrderRecord {
  readonly side: Side;
  /** The order that must fill before this one works. */
  readonly parent: string | null;
  price: number | null;
  /** Where the venue last held its trigger; null before a trailing stop is at work. */
  trigger: number | null;
  liquidity: Liquidity | null;
  /** Filled under each quote, in whole units. */
  readonly taken: Map<Quote, number>;
}

/** What peers do with a quote that passes a resting order, and with a trigger that is crossed already. */
const conventions: readonly Partial<FillModel>[] = [{ gap: "limit" }, { crossedTrigger: "reject" }];

export function quoteFill(given: Case): Comparison {
  const script = scriptOf(listAt(given.body, "events").map((event) => asObject(event, "an event")));
  return underSettings(given, (fill) => compare(given, script, play(script.moments, fill)), conventions);
}

// ---- reading ------------------------------------------------------------------------------------------------------

interface Script {
  readonly moments: readonly Moment[];
  /** What orders are expected to be between two quotes. */
  readonly checks: readonly { readonly after: number; readonly orders: Json }[];
}

function scriptOf(events: readonly Json[]): Script {
  const moments: Moment[] = [];
  const checks: { after: number; orders: Json }[] = [];
  const known = new Map<string, Submitted>();
  let quote: Quote | null = null;
  let waiting: Request[] = [];
  const flush = (): void => {
    if (quote !== null && waiting.length > 0) moments.push({ quote, requests: waiting });
    waiting = [];
  };
  for (const event of events) {
    if (event["check"] !== undefined) {
      flush();
      checks.push({ after: moments.length - 1, orders: objectAt(event, "check") });
      continue;
    }
    if (event["quote"] !== undefined) {
      flush();
      quote = quoteOf(objectAt(event, "quote"));
      moments.push({ quote, requests: [] });
      continue;
    }
    if (quote === null) throw new NotApplicable("a request comes before the first quote");
    const request = requestOf(event, known);
    // Requests of one side share a moment; the other side needs the other price.
    if (request.parent === null && waiting.some(({ side, parent }) => parent === null && side !== request.side)) flush();
    waiting.push(request);
  }
  flush();
  return { moments, checks };
}

function quoteOf(quote: Json): Quote {
  onlyKeys(quote, ["bid", "ask", "bidSize", "askSize"], "a quote");
  return {
    bid: numberAt(quote, "bid"),
    ask: numberAt(quote, "ask"),
    bidSize: optionalNumber(quote, "bidSize"),
    askSize: optionalNumber(quote, "askSize"),
  };
}

type Submitted = Pick<Request, "id" | "side" | "parent">;

function requestOf(event: Json, known: Map<string, Submitted>): Request {
  if (event["submit"] !== undefined) {
    const order = objectAt(event, "submit");
    checkOrder(order);
    const parent = order["parent"] === undefined || order["parent"] === null ? null : textAt(order, "parent");
    const fresh: Submitted = { id: textAt(order, "id"), side: wordAt(order, "side", sides), parent };
    known.set(fresh.id, fresh);
    return { do: "submit", ...fresh, order };
  }
  const canceled = event["cancel"];
  const set = canceled === undefined ? objectAt(event, "amend") : {};
  const id = canceled === undefined ? textAt(set, "id") : textAt(event, "cancel");
  const order = known.get(id);
  if (order === undefined) throw new NotApplicable(`order "${id}" was never submitted`);
  if (canceled !== undefined) return { do: "cancel", ...order };
  onlyKeys(set, ["id", "price", "stop", "qty"], "an amendment");
  return { do: "amend", ...order, set };
}

// ---- replaying ----------------------------------------------------------------------------------------------------

interface Played {
  readonly orders: ReadonlyMap<string, Known>;
  readonly position: number;
  /** Triggers by order after each moment. */
  readonly triggers: readonly ReadonlyMap<string, number | null>[];
}

/** Each bar's side follows from the orders that the bars before have left alive: so the replay grows bar by bar. */
function play(moments: readonly Moment[], fill: Partial<FillModel>): Played {
  const touches: Touch[] = [];
  let played: Played = { orders: new Map(), position: 0, triggers: [] };
  for (const moment of moments) {
    touches.push(touchOf(moment, played));
    played = replay(moments.slice(0, touches.length), touches, fill);
  }
  return played;
}

function touchOf({ quote, requests }: Moment, { orders }: Played): Touch {
  const live = [...orders.values()].filter(({ status }) => status === "SUBMITTED" || status === "PARTIAL");
  const works = ({ parent }: Submitted) => parent === null || orders.get(parent)?.status === "FILLED";
  const wanted = new Set([...live, ...requests].filter(works).map(({ side }) => side));
  if (wanted.size > 1) throw new NotApplicable("orders of both sides are at work under one quote: a bar has one price");
  const buys = wanted.has("buy");
  const offered = buys ? quote.askSize : quote.bidSize;
  const taken = [...orders.values()].reduce((sum, order) => sum + ((order.side === "buy") === buys ? (order.taken.get(quote) ?? 0) : 0), 0);
  return { price: buys ? quote.ask : quote.bid, size: offered === null ? null : offered - taken };
}

/** More than any order of a case asks for. */
const unlimited = 1e15;

function replay(moments: readonly Moment[], touches: readonly Touch[], fill: Partial<FillModel>): Played {
  const venue = venueOf(moments, touches, fill);
  const orders = new Map<string, Known>();
  const names = new Map<OrderNumber, Known>();
  const groups = groupsOf(moments.flatMap(({ requests }) => requests.flatMap((request) => (request.do === "submit" ? [request.order] : []))));
  const triggers: ReadonlyMap<string, number | null>[] = [];
  moments.forEach(({ quote, requests }, bar) => {
    for (const request of requests) send(venue, request, { orders, names, groups });
    for (const event of venue.advance()) listen(event, { bar, quote, venue, names });
    readTriggers(venue, names);
    triggers.push(new Map([...orders].map(([id, { trigger }]) => [id, trigger])));
  });
  return { orders, position: venue.position("NET"), triggers };
}

function venueOf(moments: readonly Moment[], touches: readonly Touch[], fill: Partial<FillModel>): CaseVenue {
  const asked = moments.flatMap(({ requests }) =>
    requests.map((request) => (request.do === "submit" ? request.order : "set" in request ? request.set : {})),
  );
  const numbers = (key: string) => asked.map((order) => optionalNumber(order, key)).filter((value) => value !== null);
  const rows = touches.map(({ price, size }, at): Row => [at * 60_000, price, price, price, price, size ?? unlimited]);
  const trails = asked.filter((order) => order["trail"] !== undefined).flatMap((order) => trailPrices(order, rows));
  const prices = [...touches.map(({ price }) => price), ...numbers("price"), ...numbers("stop"), ...trails];
  const quantities = [1, ...numbers("qty"), ...touches.flatMap(({ size }) => size ?? [])];
  const value = quantities.reduce((sum, quantity) => sum + quantity, 0) * Math.max(...prices);
  const instrument = instrumentOf({ prices, quantities, money: value * 8 });
  return new CaseVenue({
    instrument,
    series: seriesOf(instrument, rows),
    fees: noFees,
    volumeCap: touches.some(({ size }) => size !== null) ? 1 : null,
    balance: value * 4,
    leverage: 1,
    mode: "one_way",
    position: null,
    fill,
  });
}

interface Desk {
  readonly orders: Map<string, Known>;
  readonly names: Map<OrderNumber, Known>;
  /** Of each order in a group, the group's first. */
  readonly groups: ReadonlyMap<string, string>;
}

function send(venue: CaseVenue, request: Request, { orders, names, groups }: Desk): void {
  if (request.do === "submit") {
    const { order } = request;
    const entry: Known = {
      ...submitted(venue, request.id, order, { head: groups.get(request.id) ?? null, numberOf: (id) => orders.get(id)?.number ?? null }),
      side: request.side,
      parent: request.parent,
      price: optionalNumber(order, "price"),
      trigger: null,
      liquidity: null,
      taken: new Map(),
    };
    orders.set(request.id, entry);
    names.set(entry.number, entry);
    return;
  }
  const entry = orders.get(request.id) as Known;
  if (request.do === "cancel") return venue.cancel(entry.number);
  const { instrument } = venue;
  const [price, stop, quantity] = ["price", "stop", "qty"].map((key) => optionalNumber(request.set, key)) as [
    number | null,
    number | null,
    number | null,
  ];
  venue.amend(entry.number, {
    price: price === null ? null : priceUnits(instrument, price),
    trigger: stop === null ? null : priceUnits(instrument, stop),
    quantity: quantity === null ? null : quantityUnits(instrument, quantity),
  });
}

function listen(event: VenueEvent, at: { bar: number; quote: Quote; venue: CaseVenue; names: Map<OrderNumber, Known> }): void {
  const { instrument } = at.venue;
  record(event, at.bar, at.names, at.venue);
  const entry = "order" in event && event.order !== null ? at.names.get(event.order) : undefined;
  if (entry === undefined) return;
  if (event.type === "order_filled") {
    entry.liquidity = event.liquidity;
    entry.taken.set(at.quote, (entry.taken.get(at.quote) ?? 0) + instrument.quantityNumber(event.quantity));
  }
  if (event.type === "order_amended") entry.price = event.price === null ? null : instrument.priceNumber(event.price);
}

/** From the venue's own saved state: no answer of a venue tells where a trail stands. */
function readTriggers({ exchange, instrument }: CaseVenue, names: ReadonlyMap<OrderNumber, Known>): void {
  for (const { request, trigger, trailing } of exchange.exportState().markets[0]?.orders ?? []) {
    const entry = names.get(request.order);
    if (entry !== undefined) entry.trigger = trailing === 1 || trigger === 0 ? null : instrument.priceNumber(trigger as Price);
  }
}

// ---- comparing ----------------------------------------------------------------------------------------------------

function compare(given: Case, { checks }: Script, { orders, position, triggers }: Played): Comparison {
  const expected = objectAt(given.body, "expected");
  onlyKeys(expected, ["orders", "position", "positionAtMost"], "the expectation");
  const result = new Comparison(given.body);
  for (const { after, orders: wanted } of checks) {
    for (const [id, value] of Object.entries(wanted)) compareTrigger(result, id, triggers[after]?.get(id) ?? null, asObject(value, "a check"));
  }
  for (const [id, value] of Object.entries(objectAt(expected, "orders"))) compareQuoted(result, id, orders.get(id), asObject(value, "an order"));
  if (expected["position"] !== undefined) result.number("position", position, expected["position"]);
  if (expected["positionAtMost"] !== undefined && position > numberAt(expected, "positionAtMost"))
    result.differs("position", position, `at most ${numberAt(expected, "positionAtMost")}`);
  return result;
}

/** A trailing stop is activated once it has a trigger. */
function compareTrigger(result: Comparison, id: string, trigger: number | null, expected: Json): void {
  onlyKeys(expected, ["trigger", "activated"], "a check");
  if (expected["trigger"] !== undefined) result.number(`trigger of ${id}`, trigger, expected["trigger"]);
  if (expected["activated"] !== undefined) result.same(`activation of ${id}`, trigger !== null, expected["activated"]);
}

function compareQuoted(result: Comparison, id: string, own: Known | undefined, expected: Json): void {
  const { trigger, activated, ...rest } = expected;
  onlyKeys(rest, ["status", "statusAnyOf", "filled", "avgPrice", "price", "liquidity"], "an expected order");
  if (own === undefined) return result.differs(`order ${id}`, null, expected);
  compareOrder(result, own, rest);
  compareTrigger(result, id, own.trigger, { trigger, activated });
  if (expected["price"] !== undefined) result.number(`price of ${id}`, own.price, expected["price"]);
  if (expected["liquidity"] !== undefined) result.same(`liquidity of ${id}`, own.liquidity, expected["liquidity"]);
}
