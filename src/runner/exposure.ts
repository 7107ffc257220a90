// Between which quantities a position lies while orders are out whose fills are not known (failures 1.3). Asked for at an
// intent, never at a bar; it only adds up.

import type { Leg, Quantity } from "../domain/index.ts";
import type { RunnerDesk, RunnerOrder } from "./order.ts";

/** Both signed, both included. */
export interface Exposure {
  readonly lowest: Quantity;
  readonly highest: Quantity;
}

/** The leg as the book has it, and each order that counts filled with nothing or with all that is left of it. */
export function exposureOf(desk: RunnerDesk, leg: Leg, counts: (order: RunnerOrder) => boolean): Exposure {
  const held = desk.book.signedOf(leg);
  let lowest: number = held;
  let highest: number = held;
  for (let order = desk.first; order !== null; order = order.later) {
    if (order.leg !== leg || !counts(order)) continue;
    if (order.side === "buy") highest += order.remaining;
    else lowest -= order.remaining;
  }
  return { lowest: lowest as Quantity, highest: highest as Quantity };
}
