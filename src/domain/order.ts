// Orders: the words, the request that leaves the runner, and the state machine of its status.

import type { MarketIndex, OrderNumber, Price, Quantity } from "./brand.ts";
import { InvariantError } from "./errors.ts";
import type { OrderTerms } from "./order-terms.ts";

export type Side = "buy" | "sell";
/** Hedge-mode legs, or the single net position of one-way mode. */
export type Leg = "LONG" | "SHORT" | "NET";
export type PositionMode = "one_way" | "hedge";
/** What an order is for. A sub-sell is `partial`. */
export type Family = "entry" | "dca" | "tp" | "sl" | "partial" | "close" | "revert" | "liquidation" | "operator";
export type OrderType =
  | "market"
  | "limit"
  | "stop_market"
  | "stop_limit"
  | "take_profit_market"
  | "take_profit_limit"
  | "trailing_stop"
  | "market_on_close";
/** PO is post-only: a limit order that must not take liquidity. GTD ends at an instant of its own, DAY with the trading day. */
export type TimeInForce = "GTC" | "GTD" | "IOC" | "FOK" | "PO" | "DAY";
export type Liquidity = "maker" | "taker";

/** Families that can enlarge exposure; every other family only reduces it (architecture, rule 6). */
export function isRiskIncrease(family: Family): boolean {
  return family === "entry" || family === "dca";
}

/** An order as it leaves the runner: integers at the instrument's scales, already on tick and step. */
export interface OrderRequest {
  readonly order: OrderNumber;
  readonly market: MarketIndex;
  readonly side: Side;
  readonly leg: Leg;
  readonly family: Family;
  readonly type: OrderType;
  readonly quantity: Quantity;
  /** Limit price; null for market and stop-market. */
  readonly price: Price | null;
  /** Trigger price of stop and take-profit types; a trailing stop's first stop, where it has one; null otherwise. */
  readonly trigger: Price | null;
  readonly timeInForce: TimeInForce;
  readonly reduceOnly: boolean;
  /** Life of a limit order that the runner will cancel itself; null = until cancelled. The venue is told so that a life shorter than its data is simulated honestly. */
  readonly timeToLive: number | null;
  /** A permitted market fallback names the order it stands for. */
  readonly replaces: OrderNumber | null;
  /** What only orders of the rarer kinds say; null for all others. */
  readonly terms: OrderTerms | null;
}

/** A copy of a request that an order object carries in its own fields. */
export function plainRequest(request: OrderRequest): OrderRequest {
  const { order, market, side, leg, family, type, quantity, price, trigger, timeInForce, reduceOnly, timeToLive, replaces, terms } = request;
  return { order, market, side, leg, family, type, quantity, price, trigger, timeInForce, reduceOnly, timeToLive, replaces, terms };
}

export type OrderStatus =
  | "NEW"
  | "SUBMITTED"
  | "PARTIAL"
  | "FILLED"
  | "CANCELED"
  | "EXPIRED"
  | "REJECTED"
  | "UNKNOWN"
  | "NEVER_ARRIVED"
  | "QUARANTINED";
/** Statuses of report rows that never were orders at the venue. */
export type RowStatus = OrderStatus | "SKIPPED" | "SYNCED" | "REVERTED";

/** Allowed transitions (row INT-9). A status with no entry on the right is terminal. */
export const orderTransitions: Readonly<Record<RowStatus, readonly RowStatus[]>> = {
  NEW: ["SUBMITTED", "PARTIAL", "FILLED", "REJECTED", "UNKNOWN", "CANCELED", "EXPIRED"],
  SUBMITTED: ["PARTIAL", "FILLED", "CANCELED", "EXPIRED", "REJECTED", "UNKNOWN"],
  PARTIAL: ["PARTIAL", "FILLED", "CANCELED", "EXPIRED", "UNKNOWN"],
  UNKNOWN: ["SUBMITTED", "PARTIAL", "FILLED", "CANCELED", "EXPIRED", "REJECTED", "NEVER_ARRIVED", "QUARANTINED"],
  // A cancel acknowledgement is provisional: a fill that was already on its way may still arrive (failures A12).
  CANCELED: ["PARTIAL", "FILLED"],
  EXPIRED: ["PARTIAL", "FILLED"],
  QUARANTINED: ["SUBMITTED", "PARTIAL", "FILLED", "CANCELED", "EXPIRED", "REJECTED", "NEVER_ARRIVED"],
  FILLED: ["REVERTED"],
  REJECTED: [],
  NEVER_ARRIVED: [],
  SKIPPED: [],
  SYNCED: [],
  REVERTED: [],
};

/** True for a status in which the venue may still hold the order. */
export function isOpenStatus(status: RowStatus): boolean {
  return status === "NEW" || status === "SUBMITTED" || status === "PARTIAL" || status === "UNKNOWN" || status === "QUARANTINED";
}

const statusBits = Object.fromEntries(Object.keys(orderTransitions).map((status, at) => [status, 1 << at])) as Record<RowStatus, number>;
const transitionMasks = Object.fromEntries(
  Object.entries(orderTransitions).map(([from, targets]) => [
    from,
    targets.reduce((mask, to) => mask | statusBits[to], statusBits[from as RowStatus]),
  ]),
) as Record<RowStatus, number>;

/** @throws InvariantError when `from → to` is not in the table */
export function assertTransition(from: RowStatus, to: RowStatus): void {
  // The road that nearly every order takes needs no table.
  if (from === "SUBMITTED" && (to === "FILLED" || to === "CANCELED")) return;
  if ((transitionMasks[from] & statusBits[to]) === 0) throw new InvariantError("I-12", `order status cannot go from ${from} to ${to}`);
}

export function opposite(side: Side): Side {
  return side === "buy" ? "sell" : "buy";
}

/** The side that enlarges a leg. NET has none: the sign of the quantity decides. */
export function increasingSide(leg: "LONG" | "SHORT"): Side {
  return leg === "LONG" ? "buy" : "sell";
}
