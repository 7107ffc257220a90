// Which orders may increase risk while a venue takes only some at a market, or none (failures C2). What reduces is the venue's
// to refuse, never ours: its status may be told late.

import type { Reason, TradingStatus } from "../domain/index.ts";
import type { RunnerOrder } from "./order.ts";

/** Nothing that increases risk, and the lock that says so. */
const shut: Readonly<Partial<Record<TradingStatus, Reason>>> = {
  cancel_only: "venue_cancel_only",
  maintenance: "venue_maintenance",
  delisted: "delisted",
};

/** Some orders only. */
const partly: Readonly<Partial<Record<TradingStatus, { readonly reason: Reason; takes(order: RunnerOrder): boolean }>>> = {
  post_only: { reason: "venue_post_only", takes: ({ type, timeInForce }) => type === "limit" && timeInForce === "PO" },
  limit_only: { reason: "venue_limit_only", takes: ({ type }) => type === "limit" || type === "stop_limit" || type === "take_profit_limit" },
};

/** The reason of the lock that a status means; undefined: none. */
export function statusLock(status: TradingStatus): Reason | undefined {
  return shut[status];
}

/** Why a market takes no such order at the moment; null: it does, or a lock says so already. */
export function statusRefusal(order: RunnerOrder): Reason | null {
  const rule = partly[order.desk.status];
  return rule === undefined || !order.increases || rule.takes(order) ? null : rule.reason;
}
