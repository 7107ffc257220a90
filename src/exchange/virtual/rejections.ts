// What a venue answers when it refuses: its own code, its words, and the class that ccxt makes of them. Data only; it must
// never decide whether something is refused (that is arrival.ts and changes.ts).

import type { CcxtErrorClass, Reason, Refusal } from "../../domain/index.ts";

/** Reasons with which a venue refuses an order, a cancel, an amendment or a request. Others only end orders. */
export const rejectionReasons = [
  "unsupported_order_type",
  "missing_price",
  "missing_trigger",
  "position_side_mismatch",
  "reduce_only_not_accepted",
  "reduce_only_rejected",
  "price_filter",
  "lot_size_filter",
  "market_lot_size_filter",
  "min_notional_filter",
  "max_orders_filter",
  "duplicate_client_order_id",
  "participation_too_high",
  "trigger_already_crossed",
  "post_only_would_cross",
  "fill_or_kill_unfilled",
  "insufficient_funds",
  "leverage_tier_exceeded",
  "unknown_order_at_venue",
  "order_already_filled",
  "amend_rejected",
  "rate_limited",
  "parent_order_gone",
  "bad_order_terms",
  "no_mark_price",
  "venue_post_only",
  "venue_limit_only",
  "venue_cancel_only",
  "venue_maintenance",
  "delisted",
  "authentication_lost",
  "injected_rejection",
  "injected_cancel_failure",
] as const satisfies readonly Reason[];
export type RejectionReason = (typeof rejectionReasons)[number];

export interface Rejection {
  /** The venue's own code: a number as text, a name from its documents, or its words where those are all it sends; null where none is known. */
  readonly code: string | null;
  /** The venue's words, `%s` for what varies; null where they are not documented. */
  readonly message: string | null;
  /** What ccxt throws; null where nothing is thrown, because the refusal comes as an update of an acknowledged order. */
  readonly ccxtClass: CcxtErrorClass | null;
  /** HTTP status of the reply. */
  readonly status: number;
  /** Where a trigger that waits for a rise is refused in other words than one that waits for a fall. */
  readonly rising?: { readonly code: string; readonly message: string };
}

export type Rejections = Readonly<Record<RejectionReason, Rejection>>;

/** A refusal by an HTTP error (Binance answers 400 with code and text). */
export function refused(code: string | null, message: string | null, ccxtClass: CcxtErrorClass, status = 400): Rejection {
  return { code, message, ccxtClass, status };
}

/**
 * A refusal as events carry it.
 * @param code a scenario's own code in the place of the venue's
 * @param rising of a trigger that waits for a rise
 */
export function refusalOf(rejections: Rejections, reason: Reason, code: string | null = null, rising = false): Refusal {
  const own = isRejectionReason(reason) ? rejections[reason] : null;
  if (own === null || (code !== null && code !== own.code)) return injected(rejections, reason, code);
  const { code: said, message } = rising && own.rising !== undefined ? own.rising : own;
  return { reason, code: said, message: inWords(message), ccxtClass: own.ccxtClass, limit: null };
}

/** The venue's words with `…` for what varies. */
export function inWords(message: string | null): string | null {
  return message === null ? null : message.replaceAll("%s", "…");
}

// A code that the venue is known to answer keeps its class and its words; of every other ccxt makes an ExchangeError.
function injected(rejections: Rejections, reason: Reason, code: string | null): Refusal {
  const known = code === null ? undefined : Object.values(rejections).find((rejection) => rejection.code === code);
  const ccxtClass = known === undefined ? "ExchangeError" : known.ccxtClass;
  return { reason, code, message: inWords(known?.message ?? null), ccxtClass, limit: null };
}

function isRejectionReason(reason: Reason): reason is RejectionReason {
  return (rejectionReasons as readonly Reason[]).includes(reason);
}

/** A venue without codes: the nearest class of ccxt and plain words. Profiles write their own over it. */
export const genericRejections: Rejections = {
  unsupported_order_type: refused(null, "The venue does not take this kind of order.", "InvalidOrder"),
  missing_price: refused(null, "A limit order needs a price.", "ArgumentsRequired"),
  missing_trigger: refused(null, "A conditional order needs a trigger price.", "ArgumentsRequired"),
  position_side_mismatch: refused(null, "The account has no such position side.", "OperationRejected"),
  reduce_only_not_accepted: refused(null, "Reduce-only is not accepted here.", "BadRequest"),
  reduce_only_rejected: refused(null, "There is no position that the order could reduce.", "InvalidOrder"),
  price_filter: refused(null, "The price is off the tick or outside its range.", "InvalidOrder"),
  lot_size_filter: refused(null, "The quantity is off the step or outside its range.", "InvalidOrder"),
  market_lot_size_filter: refused(null, "The quantity is too large for a market order.", "InvalidOrder"),
  min_notional_filter: refused(null, "The order is worth too little.", "InvalidOrder"),
  max_orders_filter: refused(null, "There are too many open orders.", "OperationRejected"),
  duplicate_client_order_id: refused(null, "The client order id is taken.", "DuplicateOrderId"),
  // A limit of the slippage model, of no venue: every profile leaves it as it stands here.
  participation_too_high: refused(null, "The order is too large a share of the bar.", "InvalidOrder"),
  trigger_already_crossed: refused(null, "The order would trigger at once.", "OrderImmediatelyFillable"),
  post_only_would_cross: refused(null, "The post-only order would take liquidity.", "OrderImmediatelyFillable"),
  fill_or_kill_unfilled: refused(null, "The order cannot fill at once and whole.", "OrderNotFillable"),
  insufficient_funds: refused(null, "The account cannot carry the order.", "InsufficientFunds"),
  leverage_tier_exceeded: refused(null, "The position would be too large for its leverage.", "OperationRejected"),
  unknown_order_at_venue: refused(null, "There is no such open order.", "OrderNotFound"),
  order_already_filled: refused(null, "The order has been filled.", "OrderNotFound"),
  amend_rejected: refused(null, "The order cannot be changed in this way.", "InvalidOrder"),
  rate_limited: refused(null, "There were too many requests.", "RateLimitExceeded", 429),
  parent_order_gone: refused(null, "The order that it hangs on is gone.", "InvalidOrder"),
  bad_order_terms: refused(null, "The terms of the order contradict each other.", "InvalidOrder"),
  // For want of data, at no venue: every profile leaves it as it stands here.
  no_mark_price: refused(null, "There is no mark price to trigger by.", "InvalidOrder"),
  // How a venue says that it takes no such orders now is not the same twice: the profiles leave these as they stand here.
  venue_post_only: refused(null, "The venue takes post-only orders only.", "OperationRejected"),
  venue_limit_only: refused(null, "The venue takes limit orders only.", "OperationRejected"),
  venue_cancel_only: refused(null, "The venue takes cancels only.", "OperationRejected"),
  venue_maintenance: refused(null, "The venue is under maintenance.", "OnMaintenance", 503),
  delisted: refused(null, "The market is not traded any more.", "OperationRejected"),
  authentication_lost: refused(null, "The key is not accepted.", "AuthenticationError", 401),
  injected_rejection: refused(null, "The scenario refused the order.", "InvalidOrder"),
  injected_cancel_failure: refused(null, "The scenario refused the cancel.", "OrderNotFound"),
};
