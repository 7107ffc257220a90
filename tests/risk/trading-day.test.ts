// Trading days over clock changes: by hand for the days that have undone others, then every zone of the time zone data.

import { describe, expect, it } from "vitest";

import type { Millis } from "../../src/domain/index.ts";
import { TradingDays, type ResetPolicy } from "../../src/risk/index.ts";
import { zoneOffsets } from "../../src/session/zone-offsets.ts";

const day = 86_400_000;
const hour = 3_600_000;
const at = (text: string) => Date.parse(text) as Millis;
const idOf = (date: string) => at(`${date}T00:00:00Z`) / day;

const tables = new Map<string, ReturnType<typeof zoneOffsets>>();

/** A zone's offsets of the years that are swept, looked up once. */
function sweptOffsets(zone: string): ReturnType<typeof zoneOffsets> {
  const known = tables.get(zone) ?? zoneOffsets(zone, at("2024-01-01T00:00:00Z"), at("2029-12-31T00:00:00Z"));
  tables.set(zone, known);
  return known;
}

function daysIn(zone: string, years: readonly [string, string], reset = 0, policy?: ResetPolicy): TradingDays {
  return new TradingDays(zoneOffsets(zone, at(`${years[0]}-01-01T00:00:00Z`), at(`${years[1]}-12-31T00:00:00Z`)), reset, policy);
}

const text = (instant: Millis) => new Date(instant).toISOString();

describe("a trading day", () => {
  it("in UTC is a day of 24 hours from the reset on", () => {
    const days = new TradingDays([{ from: 0 as Millis, offset: 0 }], 22 * hour);
    expect(days.dayOf(at("2026-03-01T21:59:59.999Z"))).toBe(idOf("2026-02-28"));
    expect(days.dayOf(at("2026-03-01T22:00:00Z"))).toBe(idOf("2026-03-01"));
  });

  // New York: 2026-03-08 02:00 becomes 03:00 (07:00Z), 2026-11-01 02:00 becomes 01:00 (06:00Z).
  it("has 23 hours where clocks go forward and 25 where they go back", () => {
    const days = daysIn("America/New_York", ["2026", "2026"]);
    const length = (date: string) => days.startOf(idOf(date) + 1) - days.startOf(idOf(date));
    expect(text(days.startOf(idOf("2026-03-08")))).toBe("2026-03-08T05:00:00.000Z");
    expect(length("2026-03-08")).toBe(23 * hour);
    expect(length("2026-11-01")).toBe(25 * hour);
    // 24 hours after the start of the long day is 23:00 of the same one.
    expect(days.dayOf((days.startOf(idOf("2026-11-01")) + 24 * hour) as Millis)).toBe(idOf("2026-11-01"));
  });

  it.each([
    ["at_change", "2026-03-08T07:00:00.000Z"],
    ["shifted", "2026-03-08T07:30:00.000Z"],
  ] as const)("whose reset at 02:30 is left out begins %s", (missing, start) => {
    const days = daysIn("America/New_York", ["2026", "2026"], 2.5 * hour, { missing, ambiguous: "first" });
    expect(text(days.startOf(idOf("2026-03-08")))).toBe(start);
  });

  it.each([
    ["first", "2026-11-01T05:30:00.000Z"],
    ["second", "2026-11-01T06:30:00.000Z"],
  ] as const)("whose reset at 01:30 is shown twice begins with the %s, once", (ambiguous, start) => {
    const days = daysIn("America/New_York", ["2026", "2026"], 1.5 * hour, { missing: "at_change", ambiguous });
    expect(text(days.startOf(idOf("2026-11-01")))).toBe(start);
    const ids = [5, 5.4, 5.6, 6, 6.4, 6.6, 7].map((hours) => days.dayOf((at("2026-11-01T00:00:00Z") + hours * hour) as Millis));
    expect(ids.filter((id, n) => id !== (ids[n - 1] ?? id))).toHaveLength(1);
  });

  // Lord Howe changes by 30 minutes: on 2026-10-04 at 02:00 (15:30Z of the 3rd), on 2026-04-05 at 02:00 (15:00Z of the 4th).
  it("follows a zone whose clocks change by half an hour", () => {
    const days = daysIn("Australia/Lord_Howe", ["2026", "2026"]);
    const length = (date: string) => days.startOf(idOf(date) + 1) - days.startOf(idOf(date));
    expect(length("2026-10-04")).toBe(23.5 * hour);
    expect(length("2026-04-05")).toBe(24.5 * hour);
  });

  it("that a zone has skipped has no instant: Apia had no 2011-12-30", () => {
    const days = daysIn("Pacific/Apia", ["2011", "2011"]);
    expect(days.startOf(idOf("2011-12-30"))).toBe(days.startOf(idOf("2011-12-31")));
    expect(days.dayOf(at("2011-12-30T09:59:59Z"))).toBe(idOf("2011-12-29"));
    expect(days.dayOf(at("2011-12-30T10:00:00Z"))).toBe(idOf("2011-12-31"));
  });

  it("is refused a table that does not ascend, and a reset that is no time of day", () => {
    const change = { from: 1 as Millis, offset: 0 };
    expect(() => new TradingDays([])).toThrow(RangeError);
    expect(() => new TradingDays([change, change])).toThrow(RangeError);
    expect(() => new TradingDays([change], day)).toThrow(RangeError);
  });
});

describe("I-28: every instant of every zone from 2024 to 2029 is in exactly one trading day", () => {
  const zones = Intl.supportedValuesOf("timeZone");
  const first = idOf("2024-01-03");
  const last = idOf("2029-12-28");

  it.each([0, 2.5, 17])("resets at %d h", (hours) => {
    const wrong: string[] = [];
    for (const zone of zones) {
      const days = new TradingDays(sweptOffsets(zone), hours * hour);
      let before = days.startOf(first - 1);
      for (let id = first; id <= last; id += 1) {
        const start = days.startOf(id);
        const length = start - before;
        if (length < 22 * hour || length > 26 * hour) wrong.push(`${zone} day ${id - 1} has ${length / hour} h`);
        if (days.dayOf(start) !== id || days.dayOf((start - 1) as Millis) !== id - 1)
          wrong.push(`${zone} ${text(start)} is not the border of day ${id}`);
        before = start;
      }
    }
    expect(zones.length).toBeGreaterThan(300);
    expect(wrong).toEqual([]);
  });

  it("and around every change of a clock the day is the local date", () => {
    const wrong: string[] = [];
    let looked = 0;
    for (const zone of zones) {
      const changes = sweptOffsets(zone);
      const days = new TradingDays(changes);
      const format = new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" });
      for (const { from } of changes.slice(1)) {
        for (const minutes of [-1_440, -60, -1, 0, 1, 60, 1_440]) {
          const instant = (from + minutes * 60_000) as Millis;
          looked += 1;
          if (days.dayOf(instant) !== idOf(format.format(instant))) wrong.push(`${zone} ${text(instant)}`);
        }
      }
    }
    expect(looked).toBeGreaterThan(1_000);
    expect(wrong).toEqual([]);
  });
});
