// Exact integer arithmetic in JavaScript numbers: within ±2^53 every sum is exact, every product goes through a
// checked multiply-divide that falls back to BigInt. Overflow is an error, never a wrong number.

import { InvariantError, SeatrialError } from "./errors.ts";

/** Largest magnitude of any exact quantity: 2^53 - 1. Hot functions write it out: a constant of a module is looked up at each use. */
export const maxExact = Number.MAX_SAFE_INTEGER;

/**
 * Zero, for a field of an object in hot code that will hold times, money or fractions. V8 lays a field out by its first value:
 * one that begins as a small integer and becomes a float64 gives the object another shape, and from then on whoever
 * reaches such an object through a field of another checks its shape each time. What is left of half the smallest fraction is 0, but a
 * float64 still.
 */
export const wideZero = Number.MIN_VALUE / 2;

/** Names of the ways to turn a ratio into an integer. `halfAway` (from zero) is the rule for money. */
export type Rounding = "halfAway" | "down" | "up" | "floor" | "ceil";

const powers: readonly number[] = Array.from({ length: 16 }, (_, n) => Number(`1e${n}`));

/** 10^exponent as an exact number. @param exponent integer, 0…15 */
export function pow10(exponent: number): number {
  const power = powers[exponent];
  if (power === undefined) throw overflow(`10^${exponent}`);
  return power;
}

/** The number itself when it is an exact integer. @throws SeatrialError `number_overflow` otherwise */
export function checked(value: number): number {
  if (!Number.isSafeInteger(value)) throw overflow(String(value));
  return value;
}

/** Exact product. @throws SeatrialError `number_overflow` beyond ±2^53 */
export function multiply(a: number, b: number): number {
  const product = a * b;
  // Written so that NaN fails too; + 0 keeps -0 out of every total.
  if (!(product <= 9_007_199_254_740_991 && product >= -9_007_199_254_740_991)) throw overflow(`${a} × ${b}`);
  return product + 0;
}

/**
 * a × b ÷ d, rounded once. Exact for all integers a, b within ±2^53 and integer d > 0: the quotient of two exact
 * integers below 2^53 truncates correctly in float64, and larger products take the BigInt road.
 * @throws SeatrialError `number_overflow` when the result leaves ±2^53, or d is not greater than 0
 */
export function mulDiv(a: number, b: number, d: number, rounding: Rounding = "halfAway"): number {
  const product = a * b;
  if (product <= 9_007_199_254_740_991 && product >= -9_007_199_254_740_991) {
    if (d === 1) return product + 0;
    if (!(d > 0)) throw overflow(`${a} × ${b} ÷ ${d}`);
    const quotient = Math.trunc(product / d);
    const rest = product - quotient * d;
    return rest === 0 ? quotient + 0 : quotient + roundUnit(rest, d, rounding);
  }
  // Number(): of what a call returns nothing is known, and the results of the fast roads would be boxed to meet it.
  return Number(mulDivBig(a, b, d, rounding));
}

/** -1, 0 or +1 to add to the truncated quotient; `rest` has the sign of the dividend and |rest| < d. */
function roundUnit(rest: number, d: number, rounding: Rounding): number {
  switch (rounding) {
    case "halfAway":
      return rest * 2 >= d ? 1 : rest * -2 >= d ? -1 : 0;
    case "down":
      return 0;
    case "up":
      return rest < 0 ? -1 : 1;
    case "floor":
      return rest < 0 ? -1 : 0;
    case "ceil":
      return rest > 0 ? 1 : 0;
  }
}

function mulDivBig(a: number, b: number, d: number, rounding: Rounding): number {
  if (!Number.isSafeInteger(a) || !Number.isSafeInteger(b) || !Number.isSafeInteger(d) || d <= 0) {
    throw overflow(`${a} × ${b} ÷ ${d}`);
  }
  const result = divideBig(BigInt(a) * BigInt(b), BigInt(d), rounding);
  if (result > BigInt(maxExact) || result < -BigInt(maxExact)) throw overflow(`${a} × ${b} ÷ ${d}`);
  return Number(result);
}

/** BigInt division with a named rounding. @param d greater than 0 */
export function divideBig(n: bigint, d: bigint, rounding: Rounding): bigint {
  const quotient = n / d;
  const rest = n % d;
  if (rest === 0n) return quotient;
  const sign = n < 0n ? -1n : 1n;
  const magnitude = rest * sign;
  switch (rounding) {
    case "halfAway":
      return magnitude * 2n >= d ? quotient + sign : quotient;
    case "down":
      return quotient;
    case "up":
      return quotient + sign;
    case "floor":
      return sign < 0n ? quotient - 1n : quotient;
    case "ceil":
      return sign > 0n ? quotient + 1n : quotient;
  }
}

/**
 * value mod step for exact integers, 0 ≤ value, 0 < step. Exact: a quotient of two integers below 2^53 that is no
 * integer never rounds up to one. The % operator on float64 costs tens of nanoseconds (x87 fprem); this costs two.
 */
export function remainder(value: number, step: number): number {
  return value - Math.floor(value / step) * step;
}

/** Greatest common divisor of two non-negative exact integers. */
export function gcd(a: number, b: number): number {
  let x = a;
  let y = b;
  while (y !== 0) [x, y] = [y, x % y];
  return x;
}

/** An exact ratio in lowest terms: fee rates, contract sizes, participation caps. */
export interface Ratio {
  readonly numerator: number;
  readonly denominator: number;
}

export function ratio(numerator: number, denominator: number): Ratio {
  if (denominator <= 0) throw new InvariantError("I-30", `a ratio needs a positive denominator, not ${denominator}`);
  const divisor = gcd(Math.abs(numerator), denominator) || 1;
  return { numerator: checked(numerator / divisor), denominator: checked(denominator / divisor) };
}

function overflow(what: string): SeatrialError {
  return new SeatrialError({
    code: "number_overflow",
    reason: `${what} does not fit an exact integer of ±2^53`,
    hint: "use a smaller balance, quantity or number of decimals",
    exitCode: 2,
  });
}
