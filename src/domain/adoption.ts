// The price at which a position that the venue states has come about: what a book has to assume when it takes the venue's
// word. It must never be used for a fill that is known.

import type { Decimal } from "./decimal.ts";
import { compareDecimals, divideDecimals, multiplyDecimals, quotientDecimals, subtractDecimals } from "./precision.ts";

/** A position as two sides may state it. */
export interface StatedPosition {
  /** Signed. */
  readonly quantity: Decimal;
  /** Average entry; null when flat or not told. */
  readonly average: Decimal | null;
}

const nothing: Decimal = { units: 0n, scale: 0 };

/**
 * Price of the one trade that turns what is held into what the venue states, without P&L on what stays open: across zero
 * the stated average, to flat the held one, otherwise (target value − held value) ÷ change in quantity, with values
 * quantity × average.
 * @returns null when nothing changed, an average that is needed is not there, or no price above 0 explains the statement
 */
export function adoptionPrice(held: StatedPosition, target: StatedPosition, decimals: number = quotientDecimals): Decimal | null {
  const change = subtractDecimals(target.quantity, held.quantity);
  const [before, after] = [compareDecimals(held.quantity, nothing), compareDecimals(target.quantity, nothing)];
  if (compareDecimals(change, nothing) === 0) return null;
  if (before * after < 0) return positive(target.average);
  const heldValue = valueOf(held);
  const targetValue = valueOf(target);
  if (heldValue === null || targetValue === null) return null;
  return positive(divideDecimals(subtractDecimals(targetValue, heldValue), change, decimals));
}

/** Quantity × average, signed; null when an open position has no average. */
function valueOf({ quantity, average }: StatedPosition): Decimal | null {
  if (compareDecimals(quantity, nothing) === 0) return nothing;
  return average === null ? null : multiplyDecimals(quantity, average);
}

function positive(price: Decimal | null): Decimal | null {
  return price !== null && compareDecimals(price, nothing) > 0 ? price : null;
}
