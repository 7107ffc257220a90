// Which reason an end has, and which counter a refusal counts on. Tables of words; nothing is decided here.

import type { Family, Reason, Refusal } from "../domain/index.ts";
import type { BackoffFamily } from "./backoff.ts";
import type { RunnerOrder } from "./order.ts";

/** The backoff counter that a refusal counts on. */
export function backoffFamily(family: Family, reason: Reason): BackoffFamily {
  if (reason === "post_only_would_cross") return "reprice";
  if (reason === "rate_limited") return "exchange_error";
  return family === "dca" ? "dca" : "entry";
}

/** A venue tells of a rejection, and not of its reason. */
export const noReasonTold: Refusal = { reason: "rejected_without_reason", code: null, message: null, ccxtClass: null, limit: null };

/** Why an order ends that has filled whole: some have filled although they were to be gone. */
export function completionReason(order: RunnerOrder): Reason {
  const late = order.cancelCause !== "none" || order.unknown || order.ended;
  if (!late || order.type === "market") return "filled";
  if (order.family === "dca") return "dca_limit_fill";
  return order.increases ? "first_limit_late_fill" : "fill_during_cancel";
}

/** Why an order ends whose time to live is over. */
export function timeoutReason(family: Family): Reason {
  return family === "dca" ? "dca_limit_timeout" : family === "entry" ? "entry_limit_timeout" : "limit_timeout";
}

/** Why an order ended that the venue has ended while nobody heard: a query tells that it did, its terms tell why it may. */
export function expiryReason({ timeInForce, type, reduceOnly }: RunnerOrder): Reason {
  switch (timeInForce) {
    case "DAY":
      return "day_ended";
    case "GTD":
      return "good_till_date";
    case "IOC":
      return "immediate_or_cancel_unfilled";
    case "FOK":
      return "fill_or_kill_unfilled";
    default:
      if (type === "market") return "no_liquidity";
      return reduceOnly ? "reduce_only_position_gone" : "unknown_order_at_venue";
  }
}

/** Why an order ended that was cancelled: what the cancel was for. */
export function cancelReason(order: RunnerOrder): Reason {
  // A route that is given up says why.
  if (order.route !== null && order.route.ending !== null) return order.route.ending;
  switch (order.cancelCause) {
    case "strategy":
      return "strategy_cancel";
    case "replaced":
      return "replaced";
    case "timeout":
      return timeoutReason(order.family);
    case "runner":
      return order.reason === "late_acceptance" || order.reason === "own_order_adopted" ? "late_acceptance" : "position_closed";
    case "none":
      return "operator_request";
  }
}
