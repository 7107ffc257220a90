// Which effects leave the process for the venue: what must be durable before they do.

import type { Effect } from "../../domain/index.ts";

const requests: ReadonlySet<Effect["type"]> = new Set([
  "submit_order",
  "cancel_order",
  "amend_order",
  "query_order",
  "query_position",
  "query_open_orders",
  "query_fills",
  "query_account",
  "query_cash",
  "query_rules",
]);

export function isRequest({ type }: Effect): boolean {
  return requests.has(type);
}
