// Everything that comes out of the runner: requests to the venue, timers, and records for the journal. The shell
// journals them with the event that caused them, and only then acts on the requests.

import type { IntentNumber, MarketIndex, Millis, Money, OrderNumber, Price, Quantity } from "./brand.ts";
import type { StrategyVerdict } from "./event.ts";
import type { IntentKind } from "./intent.ts";
import type { Family, Leg, OrderRequest, OrderStatus, RowStatus } from "./order.ts";
import type { Reason } from "./reasons.ts";
import type { WorkedRoute } from "./route.ts";

export interface SubmitOrder {
  readonly type: "submit_order";
  readonly request: OrderRequest;
  /** Why the strategy wants it. */
  readonly reason: Reason;
}

export interface CancelOrder {
  readonly type: "cancel_order";
  readonly order: OrderNumber;
  readonly market: MarketIndex;
  readonly reason: Reason;
}

export interface AmendOrder {
  readonly type: "amend_order";
  readonly order: OrderNumber;
  readonly market: MarketIndex;
  /** null keeps the value. */
  readonly price: Price | null;
  readonly trigger: Price | null;
  readonly quantity: Quantity | null;
}

export interface QueryOrder {
  readonly type: "query_order";
  readonly order: OrderNumber;
  readonly market: MarketIndex;
}

export interface QueryPosition {
  readonly type: "query_position";
  readonly market: MarketIndex;
  readonly leg: Leg;
}

export interface QueryOpenOrders {
  readonly type: "query_open_orders";
  readonly market: MarketIndex;
}

/** Trades of the account from an instant on. */
export interface QueryFills {
  readonly type: "query_fills";
  readonly market: MarketIndex;
  readonly since: Millis;
}

export interface QueryAccount {
  readonly type: "query_account";
}

/** What has moved the account's money without a trade, from an instant on. */
export interface QueryCash {
  readonly type: "query_cash";
  readonly since: Millis;
}

/** The filters of a market. */
export interface QueryRules {
  readonly type: "query_rules";
  readonly market: MarketIndex;
}

export interface SetTimer {
  readonly type: "set_timer";
  readonly timer: number;
  readonly due: Millis;
}

export interface Alert {
  readonly type: "alert";
  readonly level: "info" | "warning" | "error";
  readonly text: string;
}

/** An order is planned and must wait before it may be sent: NEW until its `submit_order`, or its end. */
export interface OrderHeld {
  readonly type: "order_held";
  readonly request: OrderRequest;
  /** Why the strategy wants it. */
  readonly reason: Reason;
  /** When the venue will take it, as far as it has said. */
  readonly until: Millis;
}

/** The session must end; `reason` names why. */
export interface Halt {
  readonly type: "halt";
  readonly reason: Reason;
  readonly text: string;
}

/** The book's money is brought in line with the account's, by the reason for which they differed. */
export interface CashSynced {
  readonly type: "cash_synced";
  /** Of funding; null: of the account as a whole. */
  readonly market: MarketIndex | null;
  readonly currency: string;
  /** Signed, in units of the currency's scale. */
  readonly amount: Money;
  readonly reason: Reason;
}

/** An intent refused at a gate: a SKIPPED row (row 004-IN-9). */
export interface IntentSkipped {
  readonly type: "intent_skipped";
  readonly intent: IntentNumber;
  readonly market: MarketIndex;
  readonly kind: IntentKind;
  readonly side: "LONG" | "SHORT";
  readonly family: Family;
  readonly reason: Reason;
}

/** The runner's own verdict on an order changed: status and the reason for it. Exactly one terminal record an order, late fills aside. */
export interface OrderSettled {
  readonly type: "order_settled";
  readonly order: OrderNumber;
  readonly market: MarketIndex;
  /** REVERTED: an entry that slipped too far and has been traded away again (row 004-OP-12). */
  readonly status: OrderStatus | Extract<RowStatus, "REVERTED">;
  readonly reason: Reason;
}

/** One line of the P&L ledger (row 004-RD-6): a reducing fill, in the settlement currency. */
export interface LedgerEntry {
  readonly type: "ledger_entry";
  readonly order: OrderNumber;
  readonly market: MarketIndex;
  readonly leg: Leg;
  readonly quantity: Quantity;
  /** Realised P&L before fees. */
  readonly gross: Money;
  readonly entryFee: Money;
  readonly exitFee: Money;
  readonly net: Money;
  /** Σ net of the session. */
  readonly cumulative: Money;
}

/** The book was brought in line with the venue without a trade of ours (SYNCED row). */
export interface PositionSynced {
  readonly type: "position_synced";
  readonly market: MarketIndex;
  readonly leg: Leg;
  readonly status: Extract<RowStatus, "SYNCED" | "REVERTED">;
  readonly quantity: Quantity;
  readonly reason: Reason;
  /** Of `fill_beyond_order`: the trade in question that counts from here on. */
  readonly fill?: { readonly order: OrderNumber; readonly trade: number | string };
}

/** An intent is worked by a route from here on; its orders are those of its number. */
export interface RoutePlanned {
  readonly type: "route_planned";
  readonly intent: IntentNumber;
  readonly market: MarketIndex;
  readonly route: WorkedRoute;
  /** Of the whole intent. */
  readonly quantity: Quantity;
  readonly slices: number;
}

/** Goes before the request of each order of a route. */
export interface OrderRouted {
  readonly type: "order_routed";
  readonly order: OrderNumber;
  readonly market: MarketIndex;
  /** From 1 on. An order that is amended runs through the later stages too. */
  readonly slice: number;
  readonly stage: number;
  /** Row 002-SM-1, in price units as float64. */
  readonly predictedSlippage: number;
}

/** The one terminal record of a routed intent. */
export interface RouteEnded {
  readonly type: "route_ended";
  readonly intent: IntentNumber;
  readonly market: MarketIndex;
  /** By the venue's word; fills may still be on their way. */
  readonly filled: Quantity;
  /** `filled`: all of it. */
  readonly reason: Reason;
}

/** An order of ours that the book did not have is in it from here on. */
export interface OrderAdopted {
  readonly type: "order_adopted";
  readonly request: OrderRequest;
  readonly filled: Quantity;
  readonly reason: Reason;
}

/** An order or a trade on the account that is not ours. It is left alone. */
export interface ForeignSeen {
  readonly type: "foreign_seen";
  readonly market: MarketIndex;
  readonly what: "order" | "fill";
  /** The venue's id of it, as text. */
  readonly id: string;
  readonly reason: Reason;
}

/** Orders that increase risk are refused with this reason from here on, or no more. */
export interface RiskLocked {
  readonly type: "risk_locked";
  /** null: on all markets. */
  readonly market: MarketIndex | null;
  readonly reason: Reason;
  readonly locked: boolean;
}

/** The book is compared with the venue after a silence: what began it, and later how it ended. */
export interface Reconciled {
  readonly type: "reconciled";
  readonly phase: "begun" | "done" | "blocked";
  readonly reason: Reason;
  /** Of this comparison: orders that were adopted, fills that were new, positions that were brought in line, foreign orders and trades. */
  readonly adopted: number;
  readonly fills: number;
  readonly synced: number;
  readonly foreign: number;
}

/** A hook of a strategy failed: what it asked for is dropped, and the shell is to say the verdict. */
export interface StrategyFailed {
  readonly type: "strategy_failed";
  readonly market: MarketIndex;
  readonly verdict: Exclude<StrategyVerdict["verdict"], "differed">;
  readonly hook: string;
  readonly text: string;
}

export type Request =
  | SubmitOrder
  | CancelOrder
  | AmendOrder
  | QueryOrder
  | QueryPosition
  | QueryOpenOrders
  | QueryFills
  | QueryAccount
  | QueryCash
  | QueryRules;
export type Effect =
  | Request
  | SetTimer
  | Alert
  | Halt
  | IntentSkipped
  | OrderHeld
  | OrderSettled
  | LedgerEntry
  | PositionSynced
  | CashSynced
  | RoutePlanned
  | OrderRouted
  | RouteEnded
  | OrderAdopted
  | ForeignSeen
  | RiskLocked
  | Reconciled
  | StrategyFailed;

const records: ReadonlySet<Effect["type"]> = new Set([
  "order_settled",
  "ledger_entry",
  "position_synced",
  "intent_skipped",
  "alert",
  "route_ended",
  "order_adopted",
  "foreign_seen",
  "risk_locked",
  "reconciled",
  "strategy_failed",
  "cash_synced",
]);

/** True for an effect that only says what has happened. */
export function isRecord({ type }: Effect): boolean {
  return records.has(type);
}
