// What the venue keeps of an order that hangs on others: how much of it its parent has brought to life, and how much of
// that its siblings have taken away. Numbers only; links.ts decides when they change.

import type { Quantity, Reason } from "../../domain/index.ts";

/** Quantities at the instrument's scale. */
export interface Allowance {
  /** What the parent's fills have brought to life so far; the whole quantity where there is no parent. */
  granted: Quantity;
  /** What the order may have filled at most: granted less what its siblings filled in its stead. */
  armed: number;
  /** It has not been placed yet: nothing of its parent has filled. */
  waits: boolean;
  /** No more will be granted. */
  final: boolean;
}

/** What of it may fill now. */
export function liveQuantity(order: { readonly allowance: Allowance | null; readonly filled: Quantity; readonly remaining: Quantity }): Quantity {
  if (order.allowance === null) return order.remaining;
  return Math.max(0, Math.min(order.remaining, order.allowance.armed - order.filled)) as Quantity;
}

/** Why a spent order ends: its siblings have filled in its stead, or its parent ended before it brought all of it to life. */
export function spentReason(order: { readonly allowance: Allowance | null; readonly quantity: Quantity }): Reason {
  return order.allowance !== null && order.allowance.granted < order.quantity ? "parent_order_gone" : "one_cancels_other";
}

/** Its part is played although not all of it has filled. */
export function isSpent(order: { readonly allowance: Allowance | null; readonly filled: Quantity; readonly remaining: Quantity }): boolean {
  return order.allowance !== null && order.allowance.final && order.remaining > 0 && liveQuantity(order) === 0;
}
