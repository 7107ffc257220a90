// Slip: how far an execution was from the price that the decision was made at. For limits and reports, never for money.

import type { Side } from "./order.ts";

/**
 * Slip in basis points of the requested price; positive is adverse (row 004-SL-1). A buy opens LONG and closes SHORT, and
 * is worse the higher it fills; a sell is worse the lower it fills.
 * @param requested price of the decision, > 0. @param filled price of the execution, in the same unit
 */
export function adverseSlipBp(side: Side, requested: number, filled: number): number {
  const worse = side === "buy" ? filled - requested : requested - filled;
  return (worse / requested) * 10_000;
}
