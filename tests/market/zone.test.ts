// Wall-clock times of every zone that Node knows, around every change of its clocks since 1970, against Intl asked at that very
// second: the clock under test asks it at full hours and keeps what it was told.

import { describe, expect, it } from "vitest";

import { ZoneClock } from "../../src/market/zone.ts";

const second = 1_000;
const minute = 60_000;
const day = 86_400_000;

/** Local time less UTC at an instant, asked anew each time. */
function offsetsOf(zone: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat("en-CA", { timeZone: zone, hourCycle: "h23", dateStyle: "short", timeStyle: "medium" });
  return (instant) => {
    // "2026-10-04, 02:30:00"
    const [year, month, date, hours, minutes, seconds] = format.format(instant).split(/\D+/).map(Number) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    return Date.UTC(year, month - 1, date, hours, minutes, seconds) - instant;
  };
}

/** First seconds of new offsets from 1970 to 2037, found by looks 24 days apart. */
function changesOf(offsetAt: (instant: number) => number): number[] {
  const changes: number[] = [];
  const end = Date.UTC(2038, 0, 1);
  for (let from = 0, offset = offsetAt(0); from < end; from += 24 * day) {
    const next = offsetAt(from + 24 * day);
    if (next !== offset) changes.push(firstOf(offsetAt, from, from + 24 * day));
    offset = next;
  }
  return changes;
}

function firstOf(offsetAt: (instant: number) => number, from: number, to: number): number {
  const wanted = offsetAt(to);
  let [low, high] = [from, to];
  while (high - low > second) {
    const middle = low + Math.floor((high - low) / (2 * second)) * second;
    if (offsetAt(middle) === wanted) high = middle;
    else low = middle;
  }
  return high;
}

describe("the clock of a zone", () => {
  it("changes where the zone does, in every zone and every year since 1970", () => {
    const seen = new Set<string>();
    const wrong: string[] = [];
    for (const zone of Intl.supportedValuesOf("timeZone")) {
      const offsetAt = offsetsOf(zone);
      const changes = changesOf(offsetAt);
      // Zones that have changed alike are one.
      const alike = JSON.stringify([offsetAt(0), changes, offsetAt(Date.UTC(2038, 0, 1))]);
      if (seen.has(alike)) continue;
      seen.add(alike);
      const clock = new ZoneClock(zone);
      for (const change of changes)
        for (const by of [-hour(1), -31 * minute, -second, 0, second, 29 * minute, hour(1)])
          if (clock.localOf(change + by) !== change + by + offsetAt(change + by)) wrong.push(`${zone} ${new Date(change + by).toISOString()}`);
    }
    expect(wrong).toEqual([]);
    expect(seen.size).toBeGreaterThan(150);
  }, 30_000);

  it("of Lord Howe moves by half an hour at half past, and back at the full hour", () => {
    const clock = new ZoneClock("Australia/Lord_Howe");
    const local = (text: string) => new Date(clock.localOf(Date.parse(text))).toISOString().slice(11, 16);
    // 2026-10-04 at 02:00 it is 02:30; 2026-04-05 at 02:00 it is 01:30.
    expect(["2026-10-03T15:29:00Z", "2026-10-03T15:30:00Z", "2026-04-04T14:59:00Z", "2026-04-04T15:00:00Z"].map(local)).toEqual([
      "01:59",
      "02:30",
      "01:59",
      "01:30",
    ]);
    const instant = (text: string) => new Date(clock.instantOf(Date.parse(`${text}Z`))).toISOString();
    // A time that occurs twice is the first; one that is left out is read by the offset before.
    expect(instant("2026-04-05T01:45:00")).toBe("2026-04-04T14:45:00.000Z");
    expect(instant("2026-10-04T02:15:00")).toBe("2026-10-03T15:45:00.000Z");
    expect(instant("2026-10-04T02:30:00")).toBe("2026-10-03T15:30:00.000Z");
  });

  it("gives every local time back that a zone shows, around each change of the zones with odd ones", () => {
    for (const zone of [
      "Australia/Lord_Howe",
      "Asia/Kathmandu",
      "Africa/Monrovia",
      "America/Caracas",
      "Pacific/Apia",
      "Asia/Pyongyang",
      "America/New_York",
    ]) {
      const offsetAt = offsetsOf(zone);
      const clock = new ZoneClock(zone);
      for (const change of changesOf(offsetAt))
        for (let by = -hour(3); by <= hour(3); by += 5 * minute) {
          const local = change + by + offsetAt(change + by);
          const found = clock.instantOf(local);
          expect([zone, local - found]).toEqual([zone, offsetAt(found)]);
          // The first of two.
          expect(found).toBeLessThanOrEqual(change + by);
        }
    }
  });
});

function hour(count: number): number {
  return count * 60 * minute;
}
