// How many decimals a float64 column really has. A price that is a decimal plus float noise becomes that decimal; a volume
// may be rounded, and is counted. A price with more decimals than can be held is an error, never a rounded price.

import { maxExact, pow10, type SeatrialError } from "../domain/index.ts";
import { firstRow } from "./blocks.ts";
import { barError, type RawBars, type RawColumns } from "./columns.ts";

/** Prices and volumes keep at most this many decimals. */
export const decimalsMax = 10;

/** Noise of a few binary operations: 4 units in the last place, as a share of the value. */
const noiseShare = 2 ** -50;

export interface SettledDecimals {
  readonly priceDecimals: number;
  readonly volumeDecimals: number;
  readonly priceRepaired: number;
  readonly volumeRounded: number;
}

/** What a text reader already counted; null where it met a number whose decimals it could not count. */
export interface KnownDecimals {
  readonly price: number | null;
  readonly volume: number | null;
}

type Where = Pick<RawBars, "file" | "firstLine" | "firstRow" | "time">;

/**
 * Finds the decimals of both kinds of column and writes repaired prices and rounded volumes back into them. NaN and
 * infinities are left for the validation. @throws SeatrialError `too_many_decimals` for a price with more than 10
 */
export function settleDecimals(columns: RawColumns, known: KnownDecimals, where: Where): SettledDecimals {
  const prices = [columns.open, columns.high, columns.low, columns.close];
  const counted = known.price !== null && known.price <= decimalsMax ? known.price : null;
  const price =
    counted === null ? settleExact(prices, decimalsMax, (row, value) => tooManyDecimals(where, row, value)) : { decimals: counted, repaired: 0 };
  const volume = settleRounded([columns.volume], known.volume);
  return {
    priceDecimals: price.decimals,
    volumeDecimals: volume.decimals,
    priceRepaired: price.repaired,
    volumeRounded: volume.rounded + volume.repaired,
  };
}

function tooManyDecimals(where: Where, row: number, value: number): SeatrialError {
  return barError(where, row, {
    code: "too_many_decimals",
    reason: `the price ${value} has more than ${decimalsMax} decimals`,
    hint: "quote the price in a smaller unit",
  });
}

/**
 * The smallest number of decimals that holds every value of the columns; writes values that are a decimal plus float noise back
 * as that decimal and counts them. @param most decimals at most, up to 15 @param fail the error for a value with more
 */
export function settleExact(
  columns: readonly Float64Array[],
  most: number,
  fail: (row: number, value: number) => SeatrialError,
): { readonly decimals: number; readonly repaired: number } {
  let decimals = 0;
  let repaired = 0;
  for (const column of columns) {
    for (let row = firstNotHeld(column, 0, decimals); row < column.length; row = firstNotHeld(column, row + 1, decimals)) {
      const value = column[row] as number;
      if (!Number.isFinite(value)) continue;
      const exact = exactDecimals(value, decimals, most);
      if (exact >= 0) {
        decimals = exact;
        continue;
      }
      const near = nearDecimals(value, most);
      if (near < 0) throw fail(row, value);
      column[row] = Math.round(value * pow10(near)) / pow10(near);
      repaired += 1;
      decimals = Math.max(decimals, near);
    }
  }
  return { decimals, repaired };
}

/**
 * As `settleExact` for columns that may be rounded where they have more decimals than 10, or than ±2^53 holds. `repaired` are
 * those that lost no more than float noise.
 */
export function settleRounded(
  columns: readonly Float64Array[],
  known: number | null,
): { readonly decimals: number; readonly rounded: number; readonly repaired: number } {
  const counted = known !== null && known <= decimalsMax ? known : null;
  const surveys = columns.map((column) => survey(column, counted));
  const room = roomFor(Math.max(...surveys.map(({ largest }) => largest)));
  const found = Math.max(...surveys.map((one) => one.decimals));
  if (found <= room && (counted !== null || surveys.every(({ largest, exact }) => exact && largest * pow10(found) < certainUnits)))
    return { decimals: found, rounded: 0, repaired: 0 };
  const decimals = Math.min(found, room);
  const power = pow10(decimals);
  let rounded = 0;
  let repaired = 0;
  for (const column of columns) {
    for (let row = firstNotHeld(column, 0, decimals); row < column.length; row = firstNotHeld(column, row + 1, decimals)) {
      const value = column[row] as number;
      if (!Number.isFinite(value)) continue;
      const kept = Math.round(value * power) / power;
      column[row] = kept;
      if (Math.abs(kept - value) <= Math.abs(value) * noiseShare) repaired += 1;
      else rounded += 1;
    }
  }
  return { decimals, rounded, repaired };
}

/** Below so many units a value that is exact at some decimals is exact at more as well: the product errs by less than half a unit. */
export const certainUnits = 2 ** 50;

interface Survey {
  /** Decimals that the column needs, at most 10. */
  readonly decimals: number;
  /** Whether they hold every value exactly. */
  readonly exact: boolean;
  readonly largest: number;
}

/** @param counted decimals that are known already */
function survey(column: Float64Array, counted: number | null): Survey {
  let decimals = counted ?? 0;
  let exact = true;
  let largest = 0;
  firstRow(column.length, 0, (start, end) => {
    largest = largestIn(column, start, end, largest);
    // With all the decimals that are kept it is enough to know of one value that needs more.
    if (counted !== null || (decimals === decimalsMax && !exact)) return end;
    let row = notHeldIn(column, start, end, pow10(decimals));
    for (; row < end; row = notHeldIn(column, row + 1, end, pow10(decimals))) {
      const value = column[row] as number;
      if (!Number.isFinite(value)) continue;
      const held = exactDecimals(value, decimals, decimalsMax);
      exact &&= held >= 0;
      const near = held >= 0 ? held : nearDecimals(value, decimalsMax);
      decimals = Math.max(decimals, near >= 0 ? near : decimalsMax);
    }
    return end;
  });
  return { decimals, exact, largest };
}

/** Decimals that the largest value leaves room for within ±2^53. */
function roomFor(largest: number): number {
  let room = decimalsMax;
  while (room > 0 && largest * pow10(room) > maxExact) room -= 1;
  return room;
}

export function largestIn(column: Float64Array, start: number, end: number, least: number): number {
  let largest = least;
  for (let row = start; row < end; row += 1) {
    const value = column[row] as number;
    if (value > largest && value < Infinity) largest = value;
  }
  return largest;
}

/** The first row from `from` on whose value `holds` denies; the column's length when there is none. */
function firstNotHeld(column: Float64Array, from: number, decimals: number): number {
  const power = pow10(decimals);
  return firstRow(column.length, from, (start, end) => notHeldIn(column, start, end, power));
}

function notHeldIn(column: Float64Array, start: number, end: number, power: number): number {
  for (let row = start; row < end; row += 1) {
    const value = column[row] as number;
    const scaled = value * power;
    // `isMultiple` for most values, three times as fast: below 2^51 adding 1.5 × 2^52 and taking it away again rounds to a whole
    // number. It rounds halves to the even one, but no half is a multiple either way.
    const nearest = scaled + 6_755_399_441_055_744 - 6_755_399_441_055_744;
    if (scaled > 0 && scaled < 2_251_799_813_685_248 && nearest / power === value) continue;
    if (!isMultiple(value, power)) return row;
  }
  return end;
}

/** Whether `value` is exactly the nearest float64 of a decimal with that many places. */
function holds(value: number, decimals: number): boolean {
  return isMultiple(value, pow10(decimals));
}

function isMultiple(value: number, power: number): boolean {
  const scaled = value * power;
  return scaled <= 9_007_199_254_740_991 && scaled >= -9_007_199_254_740_991 && Math.round(scaled) / power === value;
}

export function exactDecimals(value: number, from: number, most: number): number {
  for (let decimals = from; decimals <= most; decimals += 1) if (holds(value, decimals)) return decimals;
  return -1;
}

function nearDecimals(value: number, most: number): number {
  for (let decimals = 0; decimals <= most; decimals += 1) {
    const power = pow10(decimals);
    const units = Math.round(value * power);
    if (Math.abs(units) > maxExact) return -1;
    if (units !== 0 && Math.abs(units / power - value) <= Math.abs(value) * noiseShare) return decimals;
  }
  return -1;
}
