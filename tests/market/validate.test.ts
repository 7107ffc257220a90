// The quality check: each flaw by its code and its row; gaps and silent bars counted, not refused.
import { describe, expect, it } from "vitest";
import { inferTimeframe, sliceBars, validateBars } from "../../src/market/index.ts";
import { errorOf, newYear, rawOf } from "./bar-folder.ts";

const minute = 60_000;
const sound = (bar: number): number[] => [newYear + bar * minute, 10, 12, 9, 11, 5];

describe("validateBars", () => {
  it("passes sound bars, a flat bar and a bar without volume, and counts the silent ones", () => {
    const bars = rawOf([sound(0), [newYear + minute, 10, 10, 10, 10, 0], sound(2)]);
    expect(validateBars(bars, { timeframe: "1m" })).toEqual({ bars, timeframe: "1m", gaps: 0, missing: 0, longestGap: 0, zeroVolume: 1 });
  });

  it("counts gaps, the bars missing in them and the longest", () => {
    // Minutes 0, 1, 3, 7, 8: one bar is missing after 1, three after 3.
    const bars = rawOf([0, 1, 3, 7, 8].map(sound));
    expect(validateBars(bars, { timeframe: "1m" })).toMatchObject({ gaps: 2, missing: 4, longestGap: 3 });
  });

  const flaws: readonly (readonly [what: string, row: readonly number[], code: string])[] = [
    ["NaN", [newYear + minute, 10, Number.NaN, 9, 11, 5], "not_finite"],
    ["infinity", [newYear + minute, 10, Infinity, 9, 11, 5], "not_finite"],
    ["negative infinity", [newYear + minute, 10, 12, -Infinity, 11, 5], "not_finite"],
    ["an infinite volume", [newYear + minute, 10, 12, 9, 11, Infinity], "not_finite"],
    ["a negative price", [newYear + minute, 10, 12, -9, 11, 5], "price_not_positive"],
    ["a price of zero", [newYear + minute, 10, 12, 0, 11, 5], "price_not_positive"],
    ["a negative volume", [newYear + minute, 10, 12, 9, 11, -1], "volume_negative"],
    ["high below low", [newYear + minute, 10, 8, 9, 11, 5], "high_below_low"],
    ["an open above the high", [newYear + minute, 12.5, 12, 9, 11, 5], "price_outside_range"],
    ["an open below the low", [newYear + minute, 8.5, 12, 9, 11, 5], "price_outside_range"],
    ["a close above the high", [newYear + minute, 10, 12, 9, 12.5, 5], "price_outside_range"],
    ["a close below the low", [newYear + minute, 10, 12, 9, 8.5, 5], "price_outside_range"],
    ["a time that is no number", [Number.NaN, 10, 12, 9, 11, 5], "bad_time"],
    ["a time between two milliseconds", [newYear + 0.5, 10, 12, 9, 11, 5], "bad_time"],
    ["the time of the row before", [newYear, 10, 12, 9, 11, 5], "duplicate_bar"],
    ["a time before that of the row before", [newYear - minute, 10, 12, 9, 11, 5], "bars_not_sorted"],
    ["a distance that is no whole bar", [newYear + 90_000, 10, 12, 9, 11, 5], "wrong_timeframe"],
  ];
  for (const [what, row, code] of flaws) {
    it(`refuses ${what} and names file, line and row`, async () => {
      const bars = rawOf([sound(0), row], { file: "bars.csv", firstLine: 2 });
      const error = await errorOf(() => validateBars(bars, { timeframe: "1m" }));
      expect(error).toMatchObject({ code, exitCode: 3, place: { file: "bars.csv", line: 3 } });
      expect(error.reason).toMatch(/^row 1\b/);
    });
  }

  it("counts rows and lines from the file's first also after `from`", async () => {
    const bars = rawOf([sound(0), sound(1), [newYear + 2 * minute, 10, 8, 9, 11, 5]], { file: "bars.csv", firstLine: 2 });
    const late = sliceBars(bars, { from: newYear + minute });
    const error = await errorOf(() => validateBars(late, { timeframe: "1m" }));
    // Header in line 1, rows 0, 1, 2 in lines 2, 3, 4.
    expect([error.place.line, error.reason.startsWith("row 2 ")]).toEqual([4, true]);
  });

  it("refuses a declared timeframe shorter or longer than the bars have", async () => {
    const bars = rawOf([0, 1, 2, 3].map(sound));
    expect(await errorOf(() => validateBars(bars, { timeframe: "30s" }))).toMatchObject({ code: "wrong_timeframe" });
    expect(await errorOf(() => validateBars(bars, { timeframe: "8m" }))).toMatchObject({ code: "wrong_timeframe" });
  });

  it("refuses a last bar that closes after the present, not one that closes with it", async () => {
    const bars = rawOf([sound(0), sound(1)]);
    expect(validateBars(bars, { timeframe: "1m", now: newYear + 2 * minute }).gaps).toBe(0);
    expect(await errorOf(() => validateBars(bars, { timeframe: "1m", now: newYear + 2 * minute - 1 }))).toMatchObject({ code: "bar_unfinished" });
  });

  it("finds the first flaw wherever it stands in a long file", async () => {
    for (const at of [1, 1_022, 1_023, 1_024, 1_025, 2_047, 2_048, 2_499]) {
      const rows = Array.from({ length: 2_500 }, (_, bar) => sound(bar));
      const flawOf = async (row: readonly number[]) => {
        const long = rawOf(rows.with(at, [...row]), { firstLine: 2 });
        const { code, place } = await errorOf(() => validateBars(long, { timeframe: "1m" }));
        return [code, place.line];
      };
      expect(await flawOf([newYear + at * minute, 10, 8, 9, 11, 5])).toEqual(["high_below_low", at + 2]);
      expect(await flawOf([newYear + (at - 1) * minute, 10, 12, 9, 11, 5])).toEqual(["duplicate_bar", at + 2]);
      expect(await flawOf([newYear + (at - 0.25) * minute, 10, 12, 9, 11, 5])).toEqual(["wrong_timeframe", at + 2]);
    }
  });

  it("counts gaps and silent bars wherever they stand in a long file", () => {
    // A bar is missing before rows 1,024 and 2,000, two before 1,025; three bars are silent.
    const missing = new Map([
      [1_024, 1],
      [1_025, 2],
      [2_000, 1],
    ]);
    let time = newYear - minute;
    const rows = Array.from({ length: 2_100 }, (_, row) => {
      time += minute * (1 + (missing.get(row) ?? 0));
      return [time, 10, 12, 9, 11, [0, 1_023, 1_024].includes(row) ? 0 : 5];
    });
    expect(validateBars(rawOf(rows), { timeframe: "1m" })).toMatchObject({ gaps: 3, missing: 4, longestGap: 2, zeroVolume: 3 });
    expect(inferTimeframe(rawOf(rows))).toBe("1m");
  });

  it("refuses no bars at all", async () => {
    expect(await errorOf(() => validateBars(rawOf([]), { timeframe: "1m" }))).toMatchObject({ code: "no_bars" });
  });
});

describe("inferTimeframe", () => {
  it("takes the smallest distance of neighbours, gaps or not", () => {
    expect(inferTimeframe(rawOf([0, 5, 6, 20].map(sound)))).toBe("1m");
    expect(inferTimeframe(rawOf([0, 60, 120].map(sound)))).toBe("1h");
  });

  it("does not guess from one bar", async () => {
    expect(await errorOf(() => inferTimeframe(rawOf([sound(0)])))).toMatchObject({ code: "timeframe_unknown" });
  });
});
