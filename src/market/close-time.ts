// Bars that are stamped with their close. Some stamps give themselves away; those are refused until the user says what they
// are. Never shifts a bar unasked.

import { SeatrialError, timeframeMillis, type Timeframe } from "../domain/index.ts";

const day = 86_400_000;

/** How certain stamps betray that they are closes. */
const signs: readonly { readonly shows: (time: Float64Array) => boolean; readonly words: string }[] = [
  { shows: endsBeforeFullSecond, words: "every time ends a millisecond before a full second, as closes do" },
  { shows: isMonthEnds, words: "every time is the last day of a month" },
];

/** @throws SeatrialError `time_at_close` when the stamps can only be closes */
export function assertOpenTimes(time: Float64Array, file: string | null): void {
  const sign = signs.find(({ shows }) => shows(time));
  if (sign === undefined) return;
  throw new SeatrialError({
    code: "time_at_close",
    reason: `the bars are stamped with their close: ${sign.words}`,
    hint: "read them with --time close (in a scenario's bars and in code: time); --time open takes the times as they are",
    place: { file },
  });
}

/**
 * Opens of bars that are stamped with their close: one length earlier. Month ends become the first of their month.
 * @param timeframe their length; null for the smallest distance of two. Stamps must ascend
 */
export function openTimes(time: Float64Array, timeframe: Timeframe | null): Float64Array {
  if (isMonthEnds(time)) {
    return time.map((stamp) => {
      const date = new Date(stamp);
      return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
    });
  }
  const length = timeframe === null ? smallestDistance(time) : timeframeMillis(timeframe);
  const late = endsBeforeFullSecond(time) ? 1 : 0;
  return time.map((stamp) => stamp + late - length);
}

function endsBeforeFullSecond(time: Float64Array): boolean {
  return time.every((stamp) => stamp % 1_000 === 999);
}

function isMonthEnds(time: Float64Array): boolean {
  return time.length > 2 && time.every((stamp) => stamp % day === 0 && new Date(stamp + day).getUTCDate() === 1);
}

function smallestDistance(time: Float64Array): number {
  let smallest = Infinity;
  for (let row = 1; row < time.length; row += 1) smallest = Math.min(smallest, (time[row] as number) - (time[row - 1] as number));
  if (smallest < Infinity) return smallest;
  throw new SeatrialError({ code: "timeframe_unknown", reason: "one bar does not tell its timeframe", hint: "name the timeframe" });
}
