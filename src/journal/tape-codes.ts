// What the small numbers on the tape stand for. A position in a list here is part of the format: append, never reorder.

import { reasons, type IntentKind, type Liquidity, type OrderStatus, type WorkedRoute } from "../domain/index.ts";
import { spokenEvents } from "./tape-spoken.ts";

// The words of an order; the one that holds them all is laid out with them.
export { families, legs, orderTypes as types, sides, timesInForce } from "../domain/index.ts";
export const liquidities: readonly Liquidity[] = ["maker", "taker"];
export const statuses: readonly (OrderStatus | "REVERTED")[] = [
  "NEW",
  "SUBMITTED",
  "PARTIAL",
  "FILLED",
  "CANCELED",
  "EXPIRED",
  "REJECTED",
  "UNKNOWN",
  "NEVER_ARRIVED",
  "QUARANTINED",
  "REVERTED",
];
export const intentKinds: readonly IntentKind[] = ["HOLD", "OPEN", "ADD", "CLOSE", "PARTIAL_CLOSE", "SYNC_STATE"];
export const directions: readonly ("LONG" | "SHORT")[] = ["LONG", "SHORT"];
export const routes: readonly WorkedRoute[] = ["limit-patience", "twap"];
export const synced = ["SYNCED", "REVERTED"] as const;
export const commands = ["stop_new_orders", "kill", "resume", "halt"] as const;
export const markSources = ["mark", "last"] as const;
export const requests = ["submit", "cancel", "amend"] as const;
export const verdicts = ["threw", "timed_out", "differed"] as const;
export const levels = ["info", "warning", "error"] as const;

export const reasonCodes = new Map<string, number>(reasons.map((reason, at) => [reason, at]));

/** Event and effect kinds on the tape; 0 is never written. */
export const kinds = [
  "",
  "order_acknowledged",
  "order_rejected",
  "order_unknown",
  "order_filled",
  "order_canceled",
  "order_expired",
  "cancel_rejected",
  "order_amended",
  "amend_rejected",
  "query_answered",
  "position_reported",
  "account_insolvent",
  "timer_fired",
  "operator_command",
  "strategy_verdict",
  "submit_order",
  "cancel_order",
  "amend_order",
  "query_order",
  "query_position",
  "set_timer",
  "alert",
  "halt",
  "intent_skipped",
  "order_settled",
  "ledger_entry",
  "position_synced",
  "funding_paid",
  "liquidated",
  "query_rejected",
  "auto_deleveraged",
  "order_held",
  "route_planned",
  "order_routed",
  "route_ended",
  "session_resumed",
  "bars_missed",
  "stream_gap",
  "stream_resynced",
  "clock_checked",
  "open_orders_reported",
  "fills_reported",
  "account_reported",
  "snapshot_failed",
  "venue_status_changed",
  "rules_reported",
  "fill_voided",
  "funds_moved",
  "query_open_orders",
  "query_fills",
  "query_account",
  "query_rules",
  "order_adopted",
  "foreign_seen",
  "risk_locked",
  "reconciled",
  "strategy_failed",
  "data_checked",
  "cash_reported",
  "query_cash",
  "cash_synced",
] as const;
export type Kind = Exclude<(typeof kinds)[number], "">;
/** Kinds of events that were added behind the effects. */
export const lateEvents: ReadonlySet<Kind> = new Set<Kind>(["funding_paid", "liquidated", "query_rejected", "auto_deleveraged", ...spokenEvents]);
export const kindCodes = new Map<string, number>(kinds.map((kind, at) => [kind, at]));

export function code(kind: Kind): number {
  return kindCodes.get(kind) as number;
}
