// The runner's and the strategies' state as people read it: exact decimals, orders by name. A pure translation of a snapshot:
// it must never add what the runner does not know.

import { Position, printUnits, type Leg, type Money, type OrderRequest, type Price, type Quantity } from "../../domain/index.ts";
import type { Json } from "./run-view.ts";
import type { RunNames } from "./names.ts";
import { fieldsOf, requestFields } from "./records.ts";

/** What both halves of the page's state are called in the paths of their changes. */
export interface PlayerState {
  readonly runner: Json;
  readonly strategy: Json;
}

/** A runner's snapshot, as far as it needs a translation. */
interface Snapshot {
  readonly now: number;
  readonly stop: string | null;
  readonly halted: boolean;
  readonly intents: number;
  readonly netResult: Money;
  readonly timers: { readonly open: readonly (readonly [number, { readonly kind: string; readonly order?: number }, number])[] };
  readonly risk: readonly number[];
  readonly rateLimits: object;
  readonly orders: readonly OrderState[];
  readonly markets: readonly MarketState[];
}

interface OrderState {
  readonly request: OrderRequest;
  readonly status: string;
  readonly filled: Quantity;
  readonly cancelCause: string;
  readonly cancelTime: number;
  readonly unknown: boolean;
  readonly intent: number;
}

interface MarketState {
  readonly bar: number;
  readonly book: {
    readonly result: Money;
    readonly entryFees: readonly number[];
    readonly legs: readonly LegState[];
  };
  readonly backoff: object;
  readonly strategy: unknown;
  readonly random: unknown;
  readonly routeRandom: unknown;
  readonly routes: readonly (Readonly<Record<string, unknown>> & { readonly order: number })[];
}

interface LegState {
  readonly leg: Leg;
  readonly quantity: Quantity;
  readonly cost: Money;
  readonly realized: Money;
  readonly lots: readonly { readonly quantity: Quantity; readonly price: Price }[];
}

/** @param snapshot what `Runner.snapshot()` gives; nothing of it is kept */
export function playerState(snapshot: unknown, names: RunNames): PlayerState {
  const state = snapshot as Snapshot;
  const { now, stop, halted, intents, risk, rateLimits, markets } = state;
  const [only] = markets;
  const runner = {
    now,
    stop,
    halted,
    intents,
    netResult: printUnits(state.netResult, names.instrument(0).moneyScale),
    positions: markets.flatMap(({ book }, market) => book.legs.map((leg, at) => positionOf(leg, book.entryFees[at] ?? 0, market, names))),
    orders: Object.fromEntries(state.orders.map((order) => [names.label(order.request.order), orderOf(order, names)])),
    timers: Object.fromEntries(state.timers.open.map(([timer, purpose]) => [timer, purposeOf(purpose, names)])),
    markets: Object.fromEntries(markets.map((market, at) => [names.symbol(at), marketOf(market, at, names)])),
    ordersSentLately: risk.map(Number),
    requestLimits: jsonOf(rateLimits),
  };
  const strategies = markets.map((market, at) => [names.symbol(at), jsonOf(market.strategy)] as const);
  return { runner, strategy: markets.length === 1 && only !== undefined ? jsonOf(only.strategy) : Object.fromEntries(strategies) };
}

/** Average entry of a leg as exact decimal text; null when flat. */
export function entryText(names: RunNames, market: number, leg: Leg, quantity: Quantity, cost: Money): string | null {
  const position = new Position(names.instrument(market), leg);
  position.quantity = quantity;
  position.cost = cost;
  return position.entryText();
}

function positionOf({ leg, quantity, cost, realized, lots }: LegState, entryFee: number, market: number, names: RunNames): Json {
  const { symbol, quantityScale, moneyScale, priceScale } = names.instrument(market);
  return {
    symbol,
    leg,
    quantity: printUnits(quantity, quantityScale),
    entryPrice: entryText(names, market, leg, quantity, cost),
    entryFees: printUnits(entryFee, moneyScale),
    realizedPnl: printUnits(realized, moneyScale),
    lots: lots.map((lot) => `${printUnits(lot.quantity, quantityScale)} at ${printUnits(lot.price, priceScale)}`),
  };
}

function orderOf({ request, status, filled, cancelCause, cancelTime, unknown, intent }: OrderState, names: RunNames): Json {
  const { order: _order, ...fields } = requestFields(request, names);
  return {
    intent,
    ...fields,
    status,
    filled: printUnits(filled, names.instrument(request.market).quantityScale),
    ...(cancelCause === "none" ? {} : { canceledBy: cancelCause, cancelTime }),
    ...(unknown ? { unknown } : {}),
  };
}

function purposeOf({ kind, order }: { readonly kind: string; readonly order?: number }, names: RunNames): Json {
  return order === undefined ? kind : `${kind} of ${names.label(order)}`;
}

function marketOf({ bar, book, backoff, random, routeRandom, routes }: MarketState, market: number, names: RunNames): Json {
  return {
    bar,
    result: printUnits(book.result, names.instrument(market).moneyScale),
    backoff: jsonOf(backoff),
    random: jsonOf(random),
    routeRandom: jsonOf(routeRandom),
    routes: routes.map((route) => routeOf(route, market, names)),
  };
}

// The strategy's state from before the intent is no state of the route itself.
function routeOf({ snapshot: _snapshot, version: _version, ...route }: MarketState["routes"][number], market: number, names: RunNames): Json {
  const { symbol: _symbol, ...fields } = fieldsOf({ ...route, market } as never, names);
  return { ...fields, slices: (route["slices"] as readonly number[]).map((slice) => printUnits(slice, names.instrument(market).quantityScale)) };
}

/** Any state as JSON: what JSON has no word for is text, what is not there is left out. */
export function jsonOf(value: unknown): Json {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (Array.isArray(value)) return value.map(jsonOf);
  if (value instanceof Map || value instanceof Set) return [...value].map(jsonOf);
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<number>, jsonOf);
  if (typeof value !== "object") return value === undefined ? null : String(value as bigint);
  return Object.fromEntries(Object.entries(value).flatMap(([key, member]) => (member === undefined ? [] : [[key, jsonOf(member)]])));
}
