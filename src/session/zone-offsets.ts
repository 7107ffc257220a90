// A zone's offsets from UTC as a table, out of the time zone data that comes with Node: what the core, which asks no locale,
// works with. Never asks the machine's own zone.

import { SeatrialError, type Millis } from "../domain/index.ts";
import type { OffsetChange } from "../risk/trading-day.ts";

const week = 7 * 86_400_000;
const parts = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" } as const;

/**
 * The changes of a zone's offset from `from` to `to`, to the minute.
 * @param zone a name of the IANA database, "Australia/Lord_Howe". @throws SeatrialError `bad_zone`
 */
export function zoneOffsets(zone: string, from: Millis, to: Millis): OffsetChange[] {
  const offsetAt = offsetsOf(zone);
  const changes: OffsetChange[] = [{ from, offset: offsetAt(from) }];
  // Between two looks a week apart no zone has changed twice to where it was.
  let offset = offsetAt(from);
  for (let before = from as number; before < to; before += week) {
    const after = Math.min(before + week, to);
    const next = offsetAt(after);
    if (next !== offset) changes.push({ from: changeBetween(offsetAt, before, after) as Millis, offset: next });
    offset = next;
  }
  return changes;
}

/** The first minute with the offset of `after`. */
function changeBetween(offsetAt: (instant: number) => number, before: number, after: number): number {
  const minute = 60_000;
  let low = Math.floor(before / minute);
  let high = Math.ceil(after / minute);
  const wanted = offsetAt(after);
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (offsetAt(middle * minute) === wanted) high = middle;
    else low = middle;
  }
  return high * minute;
}

function offsetsOf(zone: string): (instant: number) => number {
  const format = formatOf(zone);
  return (instant) => {
    const told = new Map(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
    const part = (name: Intl.DateTimeFormatPartTypes): number => told.get(name) ?? 0;
    const local = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
    return local - Math.floor(instant / 1_000) * 1_000;
  };
}

function formatOf(zone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: zone, hourCycle: "h23", calendar: "gregory", numberingSystem: "latn", ...parts });
  } catch (cause) {
    throw new SeatrialError({ code: "bad_zone", reason: `"${zone}" is no time zone`, hint: "write it as America/New_York, or UTC", cause });
  }
}
