// Times as they stand in bar files: epoch numbers of four units and ISO-8601 text. A time without a zone is UTC; the
// machine's zone and locale are never asked.

import { SeatrialError } from "../domain/index.ts";

export type EpochUnit = "s" | "ms" | "us" | "ns";

const perMilli: Readonly<Record<EpochUnit, number>> = { s: 0.001, ms: 1, us: 1_000, ns: 1_000_000 };

/** The unit in which a number is a time of the years 1973 to 5138. One unit holds for a whole file: its first row decides. */
export function epochUnit(value: number): EpochUnit {
  const size = Math.abs(value);
  if (size < 1e11) return "s";
  if (size < 1e14) return "ms";
  return size < 1e17 ? "us" : "ns";
}

/** Turns a column of epoch numbers into whole milliseconds in place; finer units round to the nearest. */
export function scaleEpochs(column: Float64Array, unit: EpochUnit): void {
  const divisor = perMilli[unit];
  if (unit === "s") {
    for (let row = 0; row < column.length; row += 1) column[row] = Math.round((column[row] as number) * 1_000);
    return;
  }
  for (let row = 0; row < column.length; row += 1) column[row] = Math.round((column[row] as number) / divisor);
}

const dateTime = /^(\d{4})([-/]?)(\d{2})\2(\d{2})(?:[T ](\d{2}):?(\d{2})(?::?(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|UTC|([+-])(\d{2}):?(\d{2})?)?$/i;

/**
 * Epoch ms of "2025-01-31", "20250131", "2025-01-31 09:30", "2025-01-31T09:30:00.123Z", "… +02:00"; NaN for anything else.
 * Without a zone it is UTC; digits below a millisecond are cut off.
 */
export function millisOfText(text: string): number {
  const match = dateTime.exec(text);
  if (match === null) return Number.NaN;
  const part = (group: number): number => Number(match[group] ?? "0");
  const [year, month, day, hour, minute, second] = [part(1), part(3), part(4), part(5), part(6), part(7)];
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59) return Number.NaN;
  const start = Date.UTC(year, month - 1, day, hour, minute, second, Number((match[8] ?? "").padEnd(3, "0").slice(0, 3)));
  // Date.UTC turns 31 February into 3 March; a date of a file has to exist.
  if (day > 28 && new Date(start).getUTCDate() !== day) return Number.NaN;
  const offset = (part(11) * 60 + part(12)) * 60_000;
  return match[10] === "-" ? start + offset : start - offset;
}

/** Whether a field is a bare epoch number: digits, perhaps a fraction, but not the eight of a calendar date. */
export function isEpochText(text: string): boolean {
  return /^-?\d+(?:\.\d*)?(?:[eE]\+?\d+)?$/.test(text) && !/^(?:19|20|21)\d{2}(?:0\d|1[0-2])(?:[0-2]\d|3[01])$/.test(text);
}

export function badTime(text: string): SeatrialError {
  return new SeatrialError({
    code: "bad_time",
    reason: `"${text.slice(0, 40)}" is not a time`,
    hint: "write epoch milliseconds or 2025-01-31T09:30:00Z",
  });
}
