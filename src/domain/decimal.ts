// Decimal text and exact integers: the only place where "12.34" becomes 1234 at scale 2 and back.
// parse ∘ print is the identity; nothing here goes through a float.

import { SeatrialError } from "./errors.ts";
import { maxExact, pow10, ratio, type Ratio } from "./numbers.ts";

/** An unbounded decimal: value = units × 10^-scale. */
export interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

const shareUnits = 1e9;

const pattern = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/;

/** Reads plain or exponent notation. @throws SeatrialError `bad_number` for anything else, NaN and Infinity included */
export function parseDecimal(text: string): Decimal {
  const match = pattern.exec(text);
  const whole = match?.[2] ?? "";
  const fraction = match?.[3] ?? "";
  if (match === null || whole.length + fraction.length === 0) throw badNumber(text);
  const exponent = match[4] === undefined ? 0 : Number(match[4]);
  const magnitude = BigInt(whole + fraction);
  const units = match[1] === "-" ? -magnitude : magnitude;
  return normalize({ units, scale: fraction.length - exponent });
}

/** The same value with the smallest non-negative scale. */
export function normalize(value: Decimal): Decimal {
  let { units, scale } = value;
  if (scale < 0) return { units: units * 10n ** BigInt(-scale), scale: 0 };
  while (scale > 0 && units % 10n === 0n) {
    units /= 10n;
    scale -= 1;
  }
  return { units, scale };
}

/** Minimal decimal text: no exponent, no trailing zeros, no -0. */
export function printDecimal(value: Decimal): string {
  const { units, scale } = normalize(value);
  const negative = units < 0n;
  const digits = (negative ? -units : units).toString().padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  const fraction = digits.slice(digits.length - scale);
  return (negative ? "-" : "") + (fraction === "" ? whole : `${whole}.${fraction}`);
}

/** Exact decimal of a float64 as it prints (its shortest round-trip form). @throws SeatrialError `bad_number` for NaN, ±Infinity */
export function decimalOfNumber(value: number): Decimal {
  return parseDecimal(String(value));
}

/**
 * "12.34" at scale 2 → 1234. @throws SeatrialError `bad_number`, or `number_overflow` when the text has more decimals
 * than the scale or leaves ±2^53
 */
export function parseUnits(text: string, scale: number): number {
  const decimal = parseDecimal(text);
  if (decimal.scale > scale) {
    throw new SeatrialError({
      code: "too_many_decimals",
      reason: `${text} has ${decimal.scale} decimals, ${scale} are possible here`,
      hint: `round it to ${scale} decimals`,
    });
  }
  const units = decimal.units * 10n ** BigInt(scale - decimal.scale);
  if (units > BigInt(maxExact) || units < -BigInt(maxExact)) {
    throw new SeatrialError({ code: "number_overflow", reason: `${text} at ${scale} decimals does not fit ±2^53` });
  }
  return Number(units);
}

/** 1234 at scale 2 → "12.34", minimal. @param units exact integer */
export function printUnits(units: number, scale: number): string {
  if (units === 0) return "0";
  if (scale === 0) return String(units);
  const negative = units < 0;
  const digits = String(negative ? -units : units).padStart(scale + 1, "0");
  let end = digits.length;
  const point = digits.length - scale;
  while (end > point && digits.charCodeAt(end - 1) === 48) end -= 1;
  const text = end === point ? digits.slice(0, point) : `${digits.slice(0, point)}.${digits.slice(point, end)}`;
  return negative ? `-${text}` : text;
}

/** The nearest float64 of units × 10^-scale: correctly rounded, so it equals the parsed decimal text. */
export function unitsToNumber(units: number, scale: number): number {
  return units / pow10(scale);
}

/**
 * A float64 that stands for a decimal of at most `scale` places → its units, or null when it has more places.
 * 0.1 + 0.2 has more than 17; 0.3 has one.
 */
export function numberToUnits(value: number, scale: number): number | null {
  const power = pow10(scale);
  const units = Math.round(value * power);
  if (units > maxExact || units < -maxExact || units / power !== value) return null;
  return units === 0 ? 0 : units;
}

/** "0.0005" → 1/2000. @throws SeatrialError `bad_number` */
export function parseRatio(text: string): Ratio {
  const { units, scale } = parseDecimal(text);
  if (scale > 15 || units > BigInt(maxExact) || units < -BigInt(maxExact)) throw badNumber(text);
  return ratio(Number(units), pow10(scale));
}

/**
 * A share below 1 that a strategy works out → the nearest fraction of 10^9: 1.1 ÷ 100 is 11/1000. What a float has beyond that
 * is its own rounding, no wish of anybody's. @param value 0 ≤ value < 1
 */
export function ratioOfNumber(value: number): Ratio {
  return ratio(Math.round(value * shareUnits), shareUnits);
}

function badNumber(text: string): SeatrialError {
  const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  return new SeatrialError({ code: "bad_number", reason: `"${shown}" is not a decimal number`, hint: 'write it as "12.34"' });
}
