// Exact rounding of decimal text to a precision, and exact decimal arithmetic for the edges: ccxt's counting modes,
// without its floats. Never used in the hot loop, and never a way to round money (that is mulDiv).

import { normalize, parseDecimal, printDecimal, type Decimal } from "./decimal.ts";
import { SeatrialError } from "./errors.ts";
import { divideBig, type Rounding } from "./numbers.ts";

/** `truncate` toward zero, `round` half away from zero, `up` toward +infinity, `down` toward -infinity. */
export type PrecisionRounding = "truncate" | "round" | "up" | "down";
/** What `precision` counts: decimal places (negative = tens), significant digits, or it is the step itself. */
export type PrecisionCounting = "decimals" | "significant" | "tick";

export interface PrecisionRule {
  readonly rounding: PrecisionRounding;
  readonly counting: PrecisionCounting;
  /** Decimal text: "2", "-1", "0.005". */
  readonly precision: string;
  /** Fill up with zeros to the decimals of the precision. @defaultValue false */
  readonly pad?: boolean;
}

const integerRounding: Readonly<Record<PrecisionRounding, Rounding>> = { truncate: "down", round: "halfAway", up: "ceil", down: "floor" };

/** Larger counts only cost memory; no venue and no currency comes near. */
const largestCount = 400;

/**
 * A decimal text on the grid of a rule, as plain decimal text (no exponent, no -0).
 * @throws SeatrialError `bad_number` for a value that is none, `bad_precision` for a rule that names no grid
 */
export function roundText(value: string, rule: PrecisionRule): string {
  const decimal = parseDecimal(value);
  const step = stepOf(decimal, rule);
  const rounded = roundToStep(decimal, step, rule.rounding);
  return rule.pad === true ? padded(rounded, paddingOf(rounded, step, rule)) : printDecimal(rounded);
}

/** The multiple of `step` next to a value. @param step greater than 0 */
export function roundToStep(value: Decimal, step: Decimal, rounding: PrecisionRounding): Decimal {
  const numerator = value.units * 10n ** BigInt(step.scale);
  const denominator = step.units * 10n ** BigInt(value.scale);
  return normalize({ units: divideBig(numerator, denominator, integerRounding[rounding]) * step.units, scale: step.scale });
}

function stepOf(value: Decimal, rule: PrecisionRule): Decimal {
  if (rule.counting === "tick") {
    const step = parseDecimal(rule.precision);
    if (step.units <= 0n) throw badPrecision(rule, "a tick is greater than zero");
    return step;
  }
  const count = countOf(rule);
  if (rule.counting === "decimals") return powerOfTen(-count);
  if (count < 0) throw badPrecision(rule, "a number has no negative count of significant digits");
  return powerOfTen(exponentOf(value) + 1 - count);
}

function countOf(rule: PrecisionRule): number {
  const { units, scale } = parseDecimal(rule.precision);
  const count = Number(units);
  if (scale !== 0 || Math.abs(count) > largestCount) throw badPrecision(rule, `a count of digits is a whole number within ±${largestCount}`);
  return count;
}

/** Decimals that padding fills up: those of the grid, which for significant digits lies where the result begins. */
function paddingOf(rounded: Decimal, step: Decimal, rule: PrecisionRule): number {
  if (rule.counting !== "significant") return step.scale;
  return Math.max(0, countOf(rule) - 1 - exponentOf(rounded));
}

function padded(value: Decimal, decimals: number): string {
  const text = printDecimal(value);
  if (value.scale >= decimals) return text;
  return (value.scale === 0 ? `${text}.` : text) + "0".repeat(decimals - value.scale);
}

/** Exponent of the first digit: 2 for 123, -3 for 0.00123, 0 for 0. */
function exponentOf({ units, scale }: Decimal): number {
  return units === 0n ? 0 : String(units < 0n ? -units : units).length - 1 - scale;
}

function powerOfTen(exponent: number): Decimal {
  return exponent < 0 ? { units: 1n, scale: -exponent } : { units: 10n ** BigInt(exponent), scale: 0 };
}

function badPrecision(rule: PrecisionRule, hint: string): SeatrialError {
  return new SeatrialError({ code: "bad_precision", reason: `"${rule.precision}" is no precision in ${rule.counting}`, hint });
}

// ---- exact arithmetic ---------------------------------------------------------------------------------------------

/** Decimals of a quotient when none are named. */
export const quotientDecimals = 18;

export function addDecimals(a: Decimal, b: Decimal): Decimal {
  const [left, right, scale] = aligned(a, b);
  return normalize({ units: left + right, scale });
}

export function subtractDecimals(a: Decimal, b: Decimal): Decimal {
  return addDecimals(a, negateDecimal(b));
}

export function multiplyDecimals(a: Decimal, b: Decimal): Decimal {
  return normalize({ units: a.units * b.units, scale: a.scale + b.scale });
}

/**
 * a ÷ b, truncated to `decimals` places (negative = tens). @throws SeatrialError `division_by_zero`
 * @defaultValue decimals 18
 */
export function divideDecimals(a: Decimal, b: Decimal, decimals: number = quotientDecimals): Decimal {
  const [left, right] = aligned(a, b);
  if (right === 0n) throw divisionByZero(a);
  const step = powerOfTen(-decimals);
  const numerator = left * 10n ** BigInt(step.scale);
  return normalize({ units: (numerator / (right * step.units)) * step.units, scale: step.scale });
}

/** What a truncated whole-number division leaves; it has the sign of `a`. @throws SeatrialError `division_by_zero` */
export function remainderOf(a: Decimal, b: Decimal): Decimal {
  const [left, right, scale] = aligned(a, b);
  if (right === 0n) throw divisionByZero(a);
  return normalize({ units: left % right, scale });
}

export function negateDecimal(value: Decimal): Decimal {
  return { units: -value.units, scale: value.scale };
}

export function absoluteDecimal(value: Decimal): Decimal {
  return value.units < 0n ? negateDecimal(value) : value;
}

/** -1, 0 or 1, as a is less than, equal to or greater than b. */
export function compareDecimals(a: Decimal, b: Decimal): -1 | 0 | 1 {
  const [left, right] = aligned(a, b);
  return left < right ? -1 : left > right ? 1 : 0;
}

function aligned(a: Decimal, b: Decimal): [left: bigint, right: bigint, scale: number] {
  const scale = Math.max(a.scale, b.scale);
  return [a.units * 10n ** BigInt(scale - a.scale), b.units * 10n ** BigInt(scale - b.scale), scale];
}

function divisionByZero(dividend: Decimal): SeatrialError {
  return new SeatrialError({ code: "division_by_zero", reason: `${printDecimal(dividend)} divided by zero`, hint: "check the divisor first" });
}
