// The closed list of reasons. Every refusal, rejection, cancellation and divergence names one of them.

/** Reasons, by what they end. snake_case, stable: reports, scenarios and requirement rows quote them verbatim. */
export const reasons = [
  // what a filled or requested order was for
  "signal", "take_profit", "trailing_take_profit", "stop_loss", "sub_sell", "dca_level", "strategy_state_dca", "reversal",
  "hard_breakeven_deleverage", "operator_request", "scripted",
  // contract: the intent itself cannot be an order
  "missing_explicit_qty", "missing_dca_order_style", "missing_price", "missing_trigger", "bad_quantity", "bad_price", "bad_intent",
  "unknown_symbol", "unknown_order", "unsupported_order_type", "wrong_side", "no_position", "already_positioned", "position_pending",
  "dca_without_position", "reduce_exceeds_position",
  // guards
  "stop_new_orders", "kill", "dca_stop_new_orders", "stale_data", "lockout", "risk_limit", "not_in_top_n", "strategy_cannot_submit",
  "strategy_cannot_close", "strategy_execution_backoff", "symbol_quarantined", "unresolved_outcome", "max_open_orders", "max_order_notional",
  "max_position_notional", "max_orders_per_minute", "warm_up", "halted",
  // normalisation
  "below_min_quantity", "below_min_notional", "above_max_quantity", "rounds_to_zero", "post_only_unpriceable",
  // venue answers
  "insufficient_funds", "post_only_would_cross", "trigger_already_crossed", "reduce_only_rejected", "position_side_mismatch",
  "reduce_only_not_accepted", "price_filter", "lot_size_filter", "min_notional_filter", "market_lot_size_filter", "max_orders_filter",
  "immediate_or_cancel_unfilled", "fill_or_kill_unfilled", "no_liquidity", "volume_cap", "participation_too_high", "reduce_only_position_gone",
  "duplicate_client_order_id", "unknown_order_at_venue", "order_already_filled", "injected_rejection", "injected_cancel_failure",
  "reply_lost", "rate_limited", "amend_rejected",
  // how orders end otherwise
  "filled", "strategy_cancel", "replaced", "limit_timeout", "dca_limit_timeout", "entry_limit_timeout", "fallback_blocked", "market_fallback",
  "dca_limit_fill", "first_limit_late_fill", "cancel_unconfirmed", "position_closed", "end_of_run", "max_entry_slip", "reverted",
  "exchange_no_position_before_close", "externally_closed", "external_position_change", "fill_during_cancel", "post_only_repriced",
  "position_mismatch", "never_arrived", "quarantined",
  // run
  "insolvent", "strategy_error", "operator_halt",
] as const;

export type Reason = (typeof reasons)[number];

const known: ReadonlySet<string> = new Set(reasons);

export function isReason(text: string): text is Reason {
  return known.has(text);
}
