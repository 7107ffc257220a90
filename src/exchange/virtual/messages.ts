// Kinds of messages that a venue sends of itself or in reply to a request that changes something: what faults and broken
// streams speak of. Answers to questions are none of them. It only names; wire.ts decides what becomes of a message.

import type { VenueEvent } from "../../domain/index.ts";

export const messageKinds = [
  "ack",
  "rejection",
  "fill",
  "cancel",
  "expiry",
  "amendment",
  "position",
  "liquidation",
  "funding",
  "funds",
  "status",
  "void",
] as const;
export type MessageKind = (typeof messageKinds)[number];

/** null: an answer to a question, what the client itself concluded, or the end of the session: nothing happens to it on its way. */
const kinds: Readonly<Record<VenueEvent["type"], MessageKind | null>> = {
  order_acknowledged: "ack",
  order_rejected: "rejection",
  order_unknown: null,
  order_filled: "fill",
  order_canceled: "cancel",
  order_expired: "expiry",
  cancel_rejected: "rejection",
  order_amended: "amendment",
  amend_rejected: "rejection",
  query_rejected: null,
  query_answered: null,
  position_reported: "position",
  account_insolvent: null,
  funding_paid: "funding",
  liquidated: "liquidation",
  auto_deleveraged: "liquidation",
  open_orders_reported: null,
  fills_reported: null,
  account_reported: null,
  cash_reported: null,
  snapshot_failed: null,
  venue_status_changed: "status",
  rules_reported: null,
  fill_voided: "void",
  funds_moved: "funds",
  stream_gap: null,
  stream_resynced: null,
};

/** Messages that come over a stream and nowhere else. The others are replies to a request. */
const pushed: ReadonlySet<MessageKind> = new Set(["fill", "expiry", "position", "liquidation", "funding", "funds", "status", "void"]);

/** Messages without which the session's book is not the venue's. */
const booked: ReadonlySet<MessageKind> = new Set(["fill", "position", "liquidation", "funding", "funds", "void"]);

export function messageKindOf(event: VenueEvent): MessageKind | null {
  // A position is told unasked when it was changed from outside; else it is an answer.
  if (event.type === "position_reported" && !event.external) return null;
  return kinds[event.type];
}

export function isPushed(kind: MessageKind): boolean {
  return pushed.has(kind);
}

export function changesBook(kind: MessageKind): boolean {
  return booked.has(kind);
}
