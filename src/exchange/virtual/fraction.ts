// Exact fractions of BigInt for verdicts: whether equity covers a margin is never decided on rounded numbers. Too slow for
// every bar and not meant for it; money that changes hands is rounded to integers once, by name.

import { assert, divideBig, maxExact, SeatrialError, type Decimal, type Ratio, type Rounding } from "../../domain/index.ts";

/** numerator ÷ denominator, not necessarily in lowest terms. The denominator is greater than 0. */
export interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

export const zero: Fraction = { numerator: 0n, denominator: 1n };

/** @param units exact integer */
export function whole(units: number): Fraction {
  return { numerator: BigInt(units), denominator: 1n };
}

export function fractionOf(ratio: Ratio): Fraction {
  return { numerator: BigInt(ratio.numerator), denominator: BigInt(ratio.denominator) };
}

/** A decimal amount in units of 10^-scale. */
export function fractionOfDecimal({ units, scale }: Decimal, unitScale = 0): Fraction {
  return scaled({ numerator: units, denominator: 1n }, unitScale - scale);
}

/** value × 10^exponent. */
export function scaled({ numerator, denominator }: Fraction, exponent: number): Fraction {
  if (exponent >= 0) return { numerator: numerator * 10n ** BigInt(exponent), denominator };
  return { numerator, denominator: denominator * 10n ** BigInt(-exponent) };
}

export function plus(a: Fraction, b: Fraction): Fraction {
  if (a.denominator === b.denominator) return { numerator: a.numerator + b.numerator, denominator: a.denominator };
  return { numerator: a.numerator * b.denominator + b.numerator * a.denominator, denominator: a.denominator * b.denominator };
}

export function minus(a: Fraction, b: Fraction): Fraction {
  return plus(a, { numerator: -b.numerator, denominator: b.denominator });
}

export function times(a: Fraction, b: Fraction): Fraction {
  return { numerator: a.numerator * b.numerator, denominator: a.denominator * b.denominator };
}

/** a ÷ b. @param b not zero */
export function over(a: Fraction, b: Fraction): Fraction {
  assert(b.numerator !== 0n, "I-30", () => "a fraction is divided by zero");
  const sign = b.numerator < 0n ? -1n : 1n;
  return { numerator: a.numerator * b.denominator * sign, denominator: a.denominator * b.numerator * sign };
}

/** The same value in lowest terms: for fractions that are kept. */
export function reduced({ numerator, denominator }: Fraction): Fraction {
  let [a, b] = [numerator < 0n ? -numerator : numerator, denominator];
  while (b !== 0n) [a, b] = [b, a % b];
  return { numerator: numerator / a, denominator: denominator / a };
}

/** Negative, 0 or positive as a is below, equal to or above b. */
export function compare(a: Fraction, b: Fraction): number {
  const difference = a.numerator * b.denominator - b.numerator * a.denominator;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** The integer that a fraction becomes. @throws SeatrialError `number_overflow` beyond ±2^53 */
export function rounded({ numerator, denominator }: Fraction, rounding: Rounding): number {
  const result = divideBig(numerator, denominator, rounding);
  if (result <= BigInt(maxExact) && result >= -BigInt(maxExact)) return Number(result);
  throw new SeatrialError({ code: "number_overflow", exitCode: 2, reason: `${result} does not fit an exact integer of ±2^53` });
}

/** Near the value in float64, for estimates only. @param value in terms that fit a float64 */
export function approximate({ numerator, denominator }: Fraction): number {
  return Number(numerator) / Number(denominator);
}
