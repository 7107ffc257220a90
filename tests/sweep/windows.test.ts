// Walk-forward windows, worked out by hand on ten bars, and the jobs that are made of them.

import { describe, expect, it } from "vitest";

import { BarSeries } from "../../src/domain/index.ts";
import { jobsOf } from "../../src/sweep/jobs.ts";
import { windowBars } from "../../src/sweep/trial.ts";
import { walkForwardWindows } from "../../src/sweep/windows.ts";

/** Bars of a minute; `times` in minutes. */
function series(times: readonly number[]): BarSeries {
  const column = Float64Array.from(times, () => 1);
  const time = Float64Array.from(times, (minute) => minute * 60_000);
  const meta = { symbol: "A/B", timeframe: "1m", interval: 60_000, priceScale: 0, quantityScale: 0 };
  return new BarSeries(meta, { time, open: column, high: column, low: column, close: column, volume: column });
}

const ten = series([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
const minutes = ({ warmFrom, from, to }: { warmFrom: number; from: number; to: number }): number[] =>
  [warmFrom, from, to].map((time) => time / 60_000);

describe("walk-forward windows over bars 0 to 9", () => {
  it("roll: 4 to train, 2 to test, and on by 2", () => {
    const pairs = walkForwardWindows(ten, { mode: "rolling", trainBars: 4, testBars: 2, leadInBars: 0 });
    expect(pairs.map(({ train, test }) => [...minutes(train), ...minutes(test)])).toEqual([
      // warm from, train from, to | warm from, test from, to
      [0, 0, 4, 4, 4, 6],
      [2, 2, 6, 6, 6, 8],
      [4, 4, 8, 8, 8, 10],
    ]);
    expect(pairs.map(({ train, test }) => [train.window, train.part, test.window, test.part])[2]).toEqual([2, "train", 2, "test"]);
  });

  it("are anchored: every train window begins at the first bar", () => {
    const pairs = walkForwardWindows(ten, { mode: "anchored", trainBars: 4, testBars: 3, leadInBars: 0 });
    expect(pairs.map(({ train, test }) => [...minutes(train), ...minutes(test)])).toEqual([
      [0, 0, 4, 4, 4, 7],
      [0, 0, 7, 7, 7, 10],
    ]);
  });

  it("take a lead-in of two bars before each window, the first one's from the beginning", () => {
    const pairs = walkForwardWindows(ten, { mode: "rolling", trainBars: 4, testBars: 2, stepBars: 2, leadInBars: 2 });
    expect(pairs.map(({ train, test }) => [...minutes(train), ...minutes(test)])).toEqual([
      [0, 2, 6, 4, 6, 8],
      [2, 4, 8, 6, 8, 10],
    ]);
  });

  it("are none where the bars do not hold one pair", () => {
    expect(walkForwardWindows(ten, { mode: "rolling", trainBars: 9, testBars: 2, leadInBars: 0 })).toEqual([]);
  });
});

describe("the bars of a window", () => {
  const times = (bars: BarSeries): number[] => Array.from(bars.time, (time) => time / 60_000);

  it("open and close inside of it, over the same memory", () => {
    const cut = windowBars(ten, { warmFrom: 2 * 60_000, to: 5 * 60_000 });
    expect(times(cut)).toEqual([2, 3, 4]);
    expect(cut.close.buffer).toBe(ten.close.buffer);
  });

  it("leave out a longer bar that began before the window or ends behind it", () => {
    const threes = new BarSeries({ symbol: "A/B", timeframe: "3m", interval: 180_000, priceScale: 0, quantityScale: 0 }, series([0, 3, 6]));
    expect(times(windowBars(threes, { warmFrom: 60_000, to: 8 * 60_000 }))).toEqual([3]);
  });

  it("are cut by time where bars are missing", () => {
    expect(times(windowBars(series([0, 1, 5, 6, 9]), { warmFrom: 60_000, to: 7 * 60_000 }))).toEqual([1, 5, 6]);
  });
});

describe("the jobs of a sweep", () => {
  const fills = [
    { name: "as written", settings: {} },
    { name: "touch", settings: { limit: "touch" as const } },
  ];

  it("stand cell by cell, in each the points in their order, with a seed of their own", () => {
    const { jobs, open } = jobsOf({ seed: 4, points: [{ fast: 1 }, { fast: 2 }], fills, scenarios: [{ file: "a.json", windows: null }] });
    expect(jobs.map(({ trial, fill, parameters }) => [trial, fill.name, parameters["fast"]])).toEqual([
      [0, "as written", 1],
      [1, "as written", 2],
      [2, "touch", 1],
      [3, "touch", 2],
    ]);
    expect(open).toEqual([]);
    expect(new Set(jobs.map(({ seed }) => seed)).size).toBe(4);
    expect(JSON.parse(JSON.stringify(jobs))).toEqual(jobs);
  });

  it("keep their seeds when points are added behind, in a sweep of one cell", () => {
    const seeds = (count: number): number[] =>
      jobsOf({
        seed: 4,
        points: Array.from({ length: count }, (_, fast) => ({ fast })),
        fills: fills.slice(0, 1),
        scenarios: [{ file: "a", windows: null }],
      }).jobs.map(({ seed }) => seed);
    expect(seeds(9).slice(0, 5)).toEqual(seeds(5));
  });

  it("test the best of each train window behind all of them", () => {
    const windows = walkForwardWindows(ten, { mode: "rolling", trainBars: 6, testBars: 2, leadInBars: 0 });
    const { jobs, open } = jobsOf({ seed: 1, points: [{ a: 1 }, { a: 2 }, { a: 3 }], fills: fills.slice(0, 1), scenarios: [{ file: "a", windows }] });
    expect([jobs.length, open.map(({ trial, bestOf, split }) => [trial, bestOf.from, bestOf.to, split?.part])]).toEqual([
      6,
      [
        [6, 0, 3, "test"],
        [7, 3, 6, "test"],
      ],
    ]);
  });
});
