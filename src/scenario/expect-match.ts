// The comparisons of expectations, and how they read in a sentence: exact decimals, whole numbers, ranges, words.

import { parseDecimal, type Decimal } from "../domain/index.ts";
import { compareDecimals } from "./decimal-order.ts";
import type { DecimalMatch, IntegerMatch } from "./schema-values.ts";

export interface ExpectationResult {
  /** What was expected, a short sentence. */
  readonly text: string;
  readonly passed: boolean;
  /** What was found. */
  readonly actual: string;
  /** Of a failed one: the records around the bar where it went wrong, a line each. */
  readonly context: readonly string[];
  /** The bar that `context` is about; null where there is none. */
  readonly bar: number | null;
}

export function matchesDecimal(wanted: DecimalMatch, actual: string | Decimal | null): boolean {
  if (actual === null) return false;
  const value = typeof actual === "string" ? parseDecimal(actual) : actual;
  if (typeof wanted === "string") return compareDecimals(value, parseDecimal(wanted)) === 0;
  if (wanted.min !== undefined && compareDecimals(value, parseDecimal(wanted.min)) < 0) return false;
  return wanted.max === undefined || compareDecimals(value, parseDecimal(wanted.max)) <= 0;
}

export function matchesInteger(wanted: IntegerMatch, actual: number): boolean {
  if (typeof wanted === "number") return actual === wanted;
  return actual >= (wanted.min ?? -Infinity) && actual <= (wanted.max ?? Infinity);
}

/** "12", "at least 1", "at most 3", "1 to 3". */
export function printMatch(wanted: DecimalMatch | IntegerMatch): string {
  if (typeof wanted !== "object") return String(wanted);
  if (wanted.min === undefined) return `at most ${wanted.max}`;
  return wanted.max === undefined ? `at least ${wanted.min}` : `${wanted.min} to ${wanted.max}`;
}

/** The exact bar of a filter, for choosing what to show around it. */
export function barOf(wanted: IntegerMatch | undefined): number | null {
  if (wanted === undefined) return null;
  return typeof wanted === "number" ? wanted : (wanted.min ?? wanted.max ?? null);
}
