// Timeframes: fixed-length bar intervals. A bar is [open, open + length).

import type { Millis } from "./brand.ts";
import { SeatrialError } from "./errors.ts";

/** "1m", "5m", "1h", "1d" … any positive count of s, m, h, d or w. */
export type Timeframe = string;

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Length of a timeframe in ms. @throws SeatrialError `bad_timeframe` */
export function timeframeMillis(timeframe: Timeframe): number {
  const match = /^([1-9]\d{0,3})([smhdw])$/.exec(timeframe);
  const unit = match === null ? undefined : units[match[2] ?? ""];
  if (match === null || unit === undefined) {
    throw new SeatrialError({ code: "bad_timeframe", reason: `"${timeframe}" is not a timeframe`, hint: "write 1m, 5m, 1h or 1d" });
  }
  return Number(match[1]) * unit;
}

/** The shortest name of a length, "5m" for 300000. @throws SeatrialError `bad_timeframe` for lengths below a second */
export function timeframeOfMillis(length: number): Timeframe {
  for (const name of ["w", "d", "h", "m", "s"]) {
    const unit = units[name] ?? 1;
    if (length >= unit && length % unit === 0) return `${length / unit}${name}`;
  }
  throw new SeatrialError({ code: "bad_timeframe", reason: `${length} ms is not a timeframe`, hint: "bars of a second or more" });
}

/** Start of the interval that holds `time`. Weeks start on Monday, as exchanges count them. */
export function floorToTimeframe(time: Millis, length: number): Millis {
  // 1970-01-01 was a Thursday; the Monday after it is four days later.
  const origin = length % 604_800_000 === 0 ? 345_600_000 : 0;
  return (time - ((((time - origin) % length) + length) % length)) as Millis;
}
