// The saved state of a virtual exchange: plain JSON, from which another process continues with the same bytes
// (row 004-VX-4). Settings and bars are not part of it: the exchange that takes a state is built from the same ones.

import {
  plainRequest,
  Position,
  printVenueOrderId,
  SeatrialError,
  type Instrument,
  type InstrumentFilters,
  type Leg,
  type Millis,
  type Money,
  type OrderFilled,
  type OrderRequest,
  type OrderStatus,
  type PositionMode,
  type Price,
  type Quantity,
  type Ratio,
  type VenueEvent,
  type VenueOrderId,
} from "../../domain/index.ts";
import type { AccountHistoryState } from "./account-history.ts";
import type { ClientIdMemoryState } from "./client-ids.ts";
import type { CountedFault } from "./faults.ts";
import type { PerpetualState } from "./perpetual-state.ts";
import type { Allowance } from "./linked-order.ts";
import type { RequestGateState } from "./request-gate.ts";
import type { OutsideState, TroubleState } from "./trouble-state.ts";
import { VenueOrder } from "./venue-order.ts";

export const venueStateSchema = "virtual_exchange_state_v4";

/** An order, open or remembered. Integers are at the scales of its instrument. */
export interface OrderState {
  /** `vex-00000001`. */
  readonly id: string;
  readonly request: OrderRequest;
  readonly closing: boolean;
  /** When its life ends, epoch ms; 0 = it is not limited. */
  readonly expiry: number;
  /** As in VenueOrder. */
  readonly trailing: 0 | 1 | 2;
  readonly linked: boolean;
  readonly allowance: Allowance | null;
  /** 0 = none. */
  readonly limit: number;
  readonly trigger: number;
  readonly quantity: number;
  readonly filled: number;
  readonly reserved: number;
  /** Price-time priority. */
  readonly priority: number;
  readonly status: OrderStatus;
  /** When it ended; -1 while it is open. */
  readonly endTime: number;
  /** When the venue accepted it. */
  readonly startTime: number;
  readonly fills: readonly OrderFilled[];
  /** It is in a book. */
  readonly resting: boolean;
  readonly awaitsOpen: boolean;
  readonly partialShare: Ratio | null;
}

interface CancelState {
  readonly do: "cancel" | "activate";
  readonly order: number;
}

/** A request on its way to the next open. */
export type ArrivalState =
  | { readonly do: "submit"; readonly request: OrderRequest }
  | CancelState
  | {
      readonly do: "amend";
      readonly order: number;
      readonly change: { readonly price: Price | null; readonly trigger: Price | null; readonly quantity: Quantity | null };
    };

/** A request that the venue holds back, and until when, epoch ms. */
export interface LateRequestState {
  readonly due: number;
  readonly request: OrderRequest;
}

/** A request on its way to the venue, and when it arrives, epoch ms. */
export type TravellingState = { readonly due: number } & (Exclude<ArrivalState, CancelState> | { readonly do: "cancel"; readonly order: number });

export interface MarketState {
  readonly symbol: string;
  /** Last bar that was handled; -1 before the first. */
  readonly bar: number;
  readonly now: number;
  readonly priority: number;
  /** The bar that `capLeft`, the volume that may still be taken, belongs to. */
  readonly capBar: number;
  readonly capLeft: number;
  readonly optimisticLives: number;
  readonly ambiguousBars: number;
  readonly unmarkedBars: number;
  /** Open orders by number. */
  readonly orders: readonly OrderState[];
  readonly arrivals: readonly ArrivalState[];
  /** Requests that latency keeps from arriving, in the order of their arrival. */
  readonly travelling: readonly TravellingState[];
  /** Requests that it holds back. */
  readonly late: readonly LateRequestState[];
  /** Filters that have been changed; null: they are the instrument's. */
  readonly filters: InstrumentFilters | null;
  /** Further orders with the id of an open one, where the venue tells no ids apart. */
  readonly copies: number;
}

export interface AccountState {
  readonly currencies: readonly string[];
  readonly mode: PositionMode;
  readonly leverage: number;
  readonly ledger: readonly number[];
  readonly wallets: readonly number[];
  readonly openCosts: readonly number[];
  readonly held: readonly number[];
  readonly lastPrice: readonly number[];
  readonly checks: number;
  /** By market, by leg. */
  readonly legs: readonly (readonly LegState[])[];
}

export interface LegState {
  readonly quantity: number;
  readonly cost: number;
  readonly realized: number;
  /** Oldest first. */
  readonly lots: readonly { readonly quantity: number; readonly price: number }[];
}

export interface FaultState {
  readonly armed: readonly { readonly fault: CountedFault; readonly left: number; readonly random: unknown }[];
  readonly probability: { readonly probability: number; readonly code: string | null } | null;
  /** How many were ever armed. */
  readonly count: number;
  readonly random: unknown;
}

export interface OutboxState {
  /** In order of delivery. */
  readonly waiting: readonly { readonly due: number; readonly event: VenueEvent }[];
  /** null delivers at venue time. */
  readonly random: unknown;
}

export interface VirtualExchangeState {
  readonly schema: typeof venueStateSchema;
  readonly counters: { readonly sequence: number; readonly order: number; readonly trade: number };
  readonly account: AccountState;
  readonly markets: readonly MarketState[];
  /** Closed orders that a query still finds, the oldest first. */
  readonly recent: readonly OrderState[];
  readonly outbox: OutboxState;
  readonly faults: FaultState;
  /** null: neither funding nor a liquidation rule. */
  readonly perpetuals: PerpetualState | null;
  /** null: ids are remembered while they are open, if at all. */
  readonly clientIds: ClientIdMemoryState | null;
  /** null: nothing is wrong beside faults that hit single requests. */
  readonly trouble: TroubleState | null;
  /** What it tells of the past; null: nothing. */
  readonly history: AccountHistoryState | null;
  readonly outside: OutsideState;
  /** null: no limits, or they are not watched. */
  readonly gate: RequestGateState | null;
}

export function orderState(order: VenueOrder): OrderState {
  return {
    id: printVenueOrderId(order.venueOrderId),
    request: plainRequest(order),
    closing: order.closing,
    expiry: order.expiry,
    trailing: order.trailing,
    linked: order.linked,
    allowance: order.allowance === null ? null : { ...order.allowance },
    limit: order.limit,
    trigger: order.stop,
    quantity: order.quantity,
    filled: order.filled,
    reserved: order.reserved,
    priority: order.priority,
    status: order.status,
    endTime: order.endTime,
    startTime: order.startTime,
    fills: order.fills,
    resting: order.book !== 0,
    awaitsOpen: order.awaitsOpen,
    partialShare: order.partialShare,
  };
}

/** The order of a state, in no book yet. */
export function orderOfState(state: OrderState): VenueOrder {
  const order = new VenueOrder();
  order.load(state.request);
  order.accept(venueOrderNumber(state.id), 0 as Millis);
  order.closing = state.closing;
  order.expiry = state.expiry;
  order.trailing = state.trailing;
  order.linked = state.linked;
  order.special = order.special || state.linked;
  order.allowance = state.allowance === null ? null : { ...state.allowance };
  order.limit = state.limit as Price;
  order.stop = state.trigger as Price;
  order.quantity = state.quantity as Quantity;
  order.filled = state.filled as Quantity;
  order.reserved = state.reserved as Money;
  order.priority = state.priority;
  order.status = state.status;
  order.endTime = state.endTime;
  order.startTime = state.startTime;
  order.fills = state.fills;
  order.awaitsOpen = state.awaitsOpen;
  order.partialShare = state.partialShare;
  return order;
}

/** Ids are printed in a saved state and integers in the running exchange. */
export function eventState(event: VenueEvent): VenueEvent {
  return withVenueOrderId(event, (id) => printVenueOrderId(id));
}

export function eventOfState(event: VenueEvent): VenueEvent {
  return withVenueOrderId(event, (id) => venueOrderNumber(String(id)));
}

function withVenueOrderId(event: VenueEvent, change: (id: VenueOrderId) => VenueOrderId): VenueEvent {
  if (event.type === "order_acknowledged") return { ...event, venueOrderId: change(event.venueOrderId) };
  if (event.type === "open_orders_reported")
    return { ...event, orders: event.orders.map((order) => ({ ...order, venueOrderId: change(order.venueOrderId) })) };
  if (event.type === "query_answered" && event.venueOrderId !== null) return { ...event, venueOrderId: change(event.venueOrderId) };
  return event;
}

function venueOrderNumber(id: string): number {
  const match = /^vex-(\d{8,15})$/.exec(id);
  if (match === null) throw badState(`"${id}" is no order id of a virtual exchange`);
  return Number(match[1]);
}

/** What the exchange that takes a state was built from. */
export interface StateFrame {
  readonly symbols: readonly string[];
  readonly currencies: readonly string[];
  readonly seeded: boolean;
}

/** @throws SeatrialError `bad_venue_state` for the state of another schema or of other settings */
export function checkState(state: VirtualExchangeState, frame: StateFrame): void {
  const schema: string = state.schema;
  if (schema !== venueStateSchema) throw badState(`its schema is ${schema}, not ${venueStateSchema}`);
  const symbols = state.markets.map((market) => market.symbol).join(", ");
  if (symbols !== frame.symbols.join(", ")) throw badState(`it has the markets ${symbols}, not ${frame.symbols.join(", ")}`);
  const currencies = state.account.currencies.join(", ");
  if (currencies !== frame.currencies.join(", ")) throw badState(`it has the currencies ${currencies}, not ${frame.currencies.join(", ")}`);
  if ((state.outbox.random !== null) !== frame.seeded) throw badState(`its answers are ${frame.seeded ? "not " : ""}delivered by a seed`);
}

export function badState(reason: string): SeatrialError {
  return new SeatrialError({
    code: "bad_venue_state",
    reason: `the saved exchange state cannot be used: ${reason}`,
    hint: "build the exchange from the settings of the saved run",
  });
}

/** A leg of a saved account; a flat one where nothing was saved. */
export function positionOfState(instrument: Instrument, leg: Leg, state: LegState | undefined): Position {
  const position = new Position(instrument, leg);
  if (state === undefined) return position;
  position.quantity = state.quantity as Quantity;
  position.cost = state.cost as Money;
  position.realized = state.realized as Money;
  for (const lot of state.lots) position.lots.push(lot.quantity as Quantity, lot.price as Price);
  return position;
}
