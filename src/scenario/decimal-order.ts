// Order and sum of exact decimals of any scale. Expectations compare values with them, never text and never floats.

import { parseDecimal, type Decimal } from "../domain/index.ts";

/** Negative, zero or positive as a is below, at or above b. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const scale = Math.max(a.scale, b.scale);
  const left = a.units * 10n ** BigInt(scale - a.scale);
  const right = b.units * 10n ** BigInt(scale - b.scale);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Exact sum of decimal texts; "0" for none. */
export function sumDecimals(texts: readonly string[]): Decimal {
  const decimals = texts.map(parseDecimal);
  const scale = decimals.reduce((most, decimal) => Math.max(most, decimal.scale), 0);
  return { units: decimals.reduce((sum, decimal) => sum + decimal.units * 10n ** BigInt(scale - decimal.scale), 0n), scale };
}
