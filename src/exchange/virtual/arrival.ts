// What an order that arrives says about a position, whatever the venue. Pure.

import type { NamedRequest, OrderNames, Position, Price, Reason } from "../../domain/index.ts";

/** An order that may only shrink a position needs one to shrink. */
export function checkClosing({ names }: { readonly names: OrderNames }, position: Position): Reason | null {
  const opposes = position.quantity * names.direction < 0;
  return opposes ? null : "reduce_only_rejected";
}

/** True when a price has reached the trigger of a request. */
export function isTriggered({ names, trigger }: NamedRequest, price: Price): boolean {
  return trigger !== null && (price - trigger) * names.wakesOn <= 0;
}
