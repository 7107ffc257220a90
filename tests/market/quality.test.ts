// The quality check, rule by rule: places and counts worked out by hand; and against `validateBars`, which stops at the first flaw.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SeatrialError } from "../../src/domain/index.ts";
import { checkBars, validateBars, type Finding } from "../../src/market/index.ts";
import type { QualityOptions } from "../../src/market/quality.ts";
import { newYear, rawOf } from "./bar-folder.ts";

const minute = 60_000;
const day = 86_400_000;
const sound = (bar: number): number[] => [newYear + bar * minute, 10, 12, 9, 11, 5];
const minutes = (...bars: number[]): number[][] => bars.map(sound);

function findings(rows: readonly (readonly number[])[], options: QualityOptions = {}): readonly Finding[] {
  return checkBars(rawOf(rows, { firstLine: 2 }), options).findings;
}

/** kind → rows of its first places. */
function rowsByKind(rows: readonly (readonly number[])[], options: QualityOptions = {}): Record<string, (number | null)[]> {
  return Object.fromEntries(findings(rows, options).map(({ kind, places }) => [kind, places.map(({ row }) => row)]));
}

describe("the quality check of sound bars", () => {
  it("finds nothing and tells range and timeframe", () => {
    expect(checkBars(rawOf(minutes(0, 1, 2)))).toEqual({ rows: 3, from: newYear, to: newYear + 3 * minute, timeframe: "1m", findings: [] });
  });

  it("says of one bar that its timeframe is unknown, of none nothing at all", () => {
    expect(checkBars(rawOf(minutes(0)))).toMatchObject({ timeframe: null, from: newYear, to: newYear, findings: [{ kind: "wrong_timeframe" }] });
    expect(checkBars(rawOf(minutes(0)), { timeframe: "1m" })).toMatchObject({ timeframe: "1m", to: newYear + minute, findings: [] });
    expect(checkBars(rawOf([]))).toEqual({ rows: 0, from: null, to: null, timeframe: null, findings: [] });
  });

  it.each([
    ["the usual distance, not the smallest, when one stamp is wrong", [0, 1, 2, 2.5, 3, 4, 5], "1m"],
    ["the smallest distance of a sparse series", [0, 30 / 60, 56 / 60, 63 / 60, 80 / 60, 110 / 60], "7s"],
    ["the usual distance of rows out of order", [3, 0, 2, 1, 4], "1m"],
    ["the shorter of two equally frequent distances", [0, 1, 2, 5, 8], "1m"],
  ])("takes %s as the timeframe", (_what, bars, timeframe) => {
    expect(checkBars(rawOf(minutes(...bars))).timeframe).toBe(timeframe);
  });
});

describe("one flawed bar among sound ones", () => {
  const flaws: readonly (readonly [what: string, row: readonly number[], kind: string, detail: string])[] = [
    ["NaN", [newYear + minute, 10, Number.NaN, 9, 11, 5], "not_finite", "high is NaN"],
    ["an infinite volume", [newYear + minute, 10, 12, 9, 11, Infinity], "not_finite", "volume is Infinity"],
    ["a price of zero", [newYear + minute, 10, 12, 0, 11, 5], "price_not_positive", "low is 0"],
    ["a negative volume", [newYear + minute, 10, 12, 9, 11, -1], "volume_negative", "volume is -1"],
    ["high below low", [newYear + minute, 8.5, 8, 9, 8.5, 5], "high_below_low", "high 8 is below low 9"],
    ["an open above the high", [newYear + minute, 12.5, 12, 9, 11, 5], "price_outside_range", "open 12.5 is outside low 9 to high 12"],
    ["a time between two milliseconds", [newYear + minute + 0.5, 10, 12, 9, 11, 5], "bad_time", "the time 1735689660000.5 is no whole millisecond"],
    ["no volume", [newYear + minute, 10, 12, 9, 11, 0], "zero_volume", "nothing was traded"],
  ];
  it.each(flaws)("with %s is told with row, line and detail", (_what, row, kind, detail) => {
    const found = findings([sound(0), row, sound(2), sound(3)]).find((one) => one.kind === kind);
    expect(found).toMatchObject({ severity: kind === "zero_volume" ? "note" : "error", count: 1, places: [{ row: 1, line: 3, detail }] });
  });
});

describe("times", () => {
  it("out of order are told where they fall back, not where they catch up", () => {
    expect(rowsByKind(minutes(0, 1, 4, 2, 3, 5))).toEqual({ unsorted: [3, 4] });
  });

  it("that are double are told wherever they stand, with whether the bars are equal", () => {
    expect(rowsByKind(minutes(0, 1, 1, 2))).toEqual({ duplicate: [2] });
    const other = [newYear + minute, 10, 12, 9, 11.5, 5];
    const found = findings([...minutes(0, 1, 1, 2), other]).find(({ kind }) => kind === "duplicate");
    expect(found?.places.map(({ row, detail }) => [row, detail])).toEqual([
      [2, "the time of row 1, the same bar"],
      [4, "the time of row 1, another bar"],
    ]);
  });

  it("with bars missing between them are gaps, in time order", () => {
    // Minute 2 is missing, then 4 to 6; the rows stand out of order.
    const found = findings(minutes(0, 1, 7, 3, 8, 9)).find(({ kind }) => kind === "gap");
    expect(found).toMatchObject({ severity: "note", count: 2 });
    expect(found?.places.map(({ row, detail }) => [row, detail])).toEqual([
      [3, "1 bar missing before it"],
      [2, "3 bars missing before it"],
    ]);
  });

  it("off the grid of the timeframe are wrong, before and after", () => {
    expect(rowsByKind(minutes(0, 1, 2.5, 3, 4, 5, 6))).toEqual({ wrong_timeframe: [2, 3] });
  });

  it("of another timeframe than was said are wrong everywhere, of a longer one as a whole", () => {
    expect(findings(minutes(0, 1, 2, 3), { timeframe: "5m" })).toMatchObject([{ kind: "wrong_timeframe", severity: "error", count: 4 }]);
    const longer = findings(minutes(0, 5, 10, 15), { timeframe: "1m" });
    expect(longer.map(({ kind, count }) => [kind, count])).toEqual([
      ["wrong_timeframe", 1],
      ["gap", 3],
    ]);
    expect(longer[0]?.places[0]).toMatchObject({ row: null, detail: "no two bars are 1m apart, most are 5m" });
  });

  it("of another timeframe than the file's name claims are a warning", () => {
    expect(findings(minutes(0, 1, 2), { namedTimeframe: "8m" })).toMatchObject([
      { kind: "wrong_timeframe", severity: "warning", count: 1, places: [{ row: null, detail: "the name says 8m, the bars are 1m apart" }] },
    ]);
    // What the user says counts more than the name.
    expect(findings(minutes(0, 1, 2), { namedTimeframe: "8m", timeframe: "1m" })).toEqual([]);
  });

  it.each([
    ["a millisecond before the border (Binance's closeTime)", minutes(0, 1, 2).map(([time = 0, ...rest]) => [time - 1, ...rest]), "error"],
    ["the last days of months", [31, 59, 90, 120].map((days) => [newYear + (days - 1) * day, 10, 12, 9, 11, 5]), "error"],
    ["a second before the border", minutes(0, 1, 2).map(([time = 0, ...rest]) => [time - 1_000, ...rest]), "warning"],
    ["23:59 of days", [0, 1, 2].map((days) => [newYear + (days + 1) * day - minute, 10, 12, 9, 11, 5]), "warning"],
  ])("at %s are closes", (_what, rows, severity) => {
    expect(findings(rows).find(({ kind }) => kind === "time_at_close")).toMatchObject({ severity, count: rows.length });
  });

  it("on a border, or beside it only here and there, are taken for opens", () => {
    const [first = [], ...others] = minutes(0, 1, 2);
    expect(rowsByKind([[newYear - 1, ...first.slice(1)], ...others])).not.toHaveProperty("time_at_close");
    expect(rowsByKind(minutes(0, 1, 2))).toEqual({});
  });

  it("make the last bar unfinished when it closes after the present, to the millisecond", () => {
    const now = newYear + 3 * minute;
    expect(rowsByKind(minutes(0, 1, 2), { now })).toEqual({});
    expect(rowsByKind(minutes(0, 1, 2), { now: now - 1 })).toEqual({ unfinished_last_bar: [2] });
  });
});

describe("jumps", () => {
  // Ten quiet bars whose farthest price is 1 % from the close before (101 ÷ 100 and 100 ÷ 99.0099), then one with a spike.
  const quiet = Array.from({ length: 10 }, (_, bar) => [newYear + bar * minute, 100, 101, 99.5, 100, 1]);
  const spike = (high: number, low: number): number[] => [newYear + 10 * minute, 100, high, low, 100, 1];

  it("are moves beyond the factor times the median move, up and down alike", () => {
    // The median move is 0.01: up to 150 is 50 times that, no more.
    expect(rowsByKind([...quiet, spike(150, 99)])).toEqual({});
    expect(rowsByKind([...quiet, spike(150.1, 99)])).toEqual({ jump: [10] });
    // 100 ÷ 66.6 − 1 = 0.5015.
    expect(rowsByKind([...quiet, spike(101, 66.6)])).toEqual({ jump: [10] });
    expect(findings([...quiet, spike(101, 66.6)])[0]?.places[0]?.detail).toBe("low 66.6 after a close of 100, 50 × the median move");
    expect(rowsByKind([...quiet, spike(150.1, 99)], { jumpFactor: 51 })).toEqual({});
    expect(findings([...quiet, spike(300, 99)])[0]).toMatchObject({
      severity: "warning",
      places: [{ row: 10, detail: "high 300 after a close of 100, 200 × the median move" }],
    });
  });

  it("are not looked for over a gap, nor at prices that are none", () => {
    const late = [newYear + 20 * minute, 450, 450, 450, 450, 1];
    expect(rowsByKind([...quiet, late])).toEqual({ gap: [10] });
    expect(rowsByKind([...quiet, spike(Number.NaN, 99)])).toEqual({ not_finite: [10] });
  });

  it("are measured by moves that are not 0, so that a dead market does not jump at its first trade", () => {
    const dead = Array.from({ length: 20 }, (_, bar) => [newYear + bar * minute, 100, 100, 100, 100, 0]);
    const trades = [20, 21].map((bar) => [newYear + bar * minute, 100, 101, 100, 100, 1]);
    expect(Object.keys(rowsByKind([...dead, ...trades]))).toEqual(["zero_volume"]);
  });
});

describe("a finding", () => {
  it("keeps the first places and counts all, in the order of the file", () => {
    const [found] = findings(
      minutes(0, 1, 2, 3, 4).map((row) => [...row.slice(0, 5), 0]),
      { placesMax: 2 },
    );
    expect(found).toMatchObject({ kind: "zero_volume", count: 5 });
    expect(found?.places.map(({ row }) => row)).toEqual([0, 1]);
  });
});

describe("the quality check and validateBars", () => {
  const value = fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom(9, 10, 11, 12) },
    { weight: 1, arbitrary: fc.constantFrom(0, -1, Number.NaN, Infinity) },
  );
  const time = fc.oneof(
    { weight: 30, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.constantFrom(minute, -minute, minute / 2, 0.5, 5 * minute, Number.NaN) },
  );
  const bar = fc.tuple(time, value, value, value, value, value);

  it("agree on whether there is an error, for bars with any flaws", () => {
    fc.assert(
      fc.property(fc.array(bar, { minLength: 1, maxLength: 6 }), fc.boolean(), (bars, ordered) => {
        const rows = bars.map(([late, ...values], at) => {
          const sorted = [...values].sort((a, b) => a - b);
          // Ordered, the prices fit each other unless one of them is none.
          const [second, least, middle, , most] = [sorted[1], sorted[0], sorted[2], sorted[3], sorted[4]] as number[];
          const [open, high, low, close, volume] = ordered ? [second, most, least, middle, values[0]] : values;
          return [newYear + at * minute + late, open, high, low, close, volume] as number[];
        });
        const refused = (() => {
          try {
            validateBars(rawOf(rows), { timeframe: "1m" });
            return null;
          } catch (error) {
            return (error as SeatrialError).code;
          }
        })();
        const errors = findings(rows, { timeframe: "1m" }).filter(({ severity }) => severity === "error");
        expect([refused, errors.length > 0]).toEqual([refused, refused !== null]);
      }),
      { numRuns: 3_000 },
    );
  });
});
