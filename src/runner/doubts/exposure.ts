// Between which quantities a position lies while orders are out whose fills are not known (failures 1.3). Asked for at an
// intent, never at a bar; it only adds up.

import type { Leg, Quantity, Side } from "../../domain/index.ts";
import type { Core } from "../core.ts";
import type { RunnerDesk, RunnerOrder } from "../order.ts";

/** Both signed, both included. */
export interface Exposure {
  readonly lowest: Quantity;
  readonly highest: Quantity;
}

/** The leg as the book has it, and each order that counts filled with nothing or with all that may be left of it. */
export function exposureOf(core: Core, desk: RunnerDesk, leg: Leg, counts: (order: RunnerOrder) => boolean): Exposure {
  const held = desk.book.signedOf(leg);
  let lowest: number = held;
  let highest: number = held;
  for (let order = desk.first; order !== null; order = order.later) {
    if (order.leg !== leg || !counts(order)) continue;
    // The venue may have enlarged it already.
    const left = Math.max(order.quantity, core.amendments.largest(order.order)) - order.filled;
    if (order.side === "buy") highest += left;
    else lowest -= left;
  }
  return { lowest: lowest as Quantity, highest: highest as Quantity };
}

/** The largest position that a market may come to, all its legs together, with one more order or without. */
export function worstExposure(core: Core, desk: RunnerDesk, more: { leg: Leg; side: Side; quantity: Quantity } | null): Quantity {
  let sum = 0;
  for (const { leg } of desk.book.legs) {
    const { lowest, highest } = exposureOf(core, desk, leg, increases);
    const added = more !== null && more.leg === leg ? more.quantity : 0;
    const most = more?.side === "buy" ? highest + added : highest;
    const least = more?.side === "sell" ? lowest - added : lowest;
    sum += Math.max(Math.abs(most), Math.abs(least));
  }
  return sum as Quantity;
}

/** What is held of a side whatever became of the orders in doubt; 0 where that may be nothing. */
export function guaranteed(core: Core, desk: RunnerDesk, direction: "LONG" | "SHORT"): Quantity {
  const { lowest, highest } = exposureOf(core, desk, desk.hedge ? direction : "NET", isUnknown);
  return Math.max(0, direction === "LONG" ? lowest : -highest) as Quantity;
}

function increases(order: RunnerOrder): boolean {
  return order.increases;
}

export function isUnknown({ unknown }: RunnerOrder): boolean {
  return unknown;
}
