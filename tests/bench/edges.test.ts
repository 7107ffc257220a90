// The edges as the bench measures them. Times are the machine's; that what is measured is right, and what the figures say of it, is not.

import { describe, expect, it } from "vitest";

import { measureEdge } from "../../src/bench/measure-edges.ts";
import { measureScaling } from "../../src/bench/measure-scaling.ts";
import { median, roundRatios } from "../../src/bench/rounds.ts";

describe("the bench of the edges", () => {
  it("reads its bars out of CSV and Arrow, as the programs by hand do", { timeout: 30_000 }, async () => {
    for (const name of ["csv", "arrow"] as const) {
      const figures = await measureEdge(name, { bars: 3_000, rounds: 2 });
      expect(figures).toMatchObject({ name, rows: 3_000 });
      expect(figures.ratios).toHaveLength(2);
      expect(figures.rowsPerSecond).toBeGreaterThan(0);
    }
  });

  it("starts the program, and runs W1 from start to exit to the number of fills that the loop by hand has", { timeout: 60_000 }, async () => {
    expect(await measureEdge("start-up", { bars: 1, rounds: 1 })).toMatchObject({ name: "start-up", rows: null, rowsPerSecond: null, coldMs: null });
    expect(await measureEdge("process-arrow", { bars: 2_000, rounds: 1 })).toMatchObject({ name: "process-arrow", rows: 2_000 });
  });

  it("lets two workers run over one buffer and get equal results", { timeout: 30_000 }, async () => {
    const figures = await measureScaling("sweep-W2", { bars: 2_000, rounds: 2 });
    expect(figures).toMatchObject({ name: "sweep-W2", bars: 2_000, workers: 2, runs: 8 });
    expect(figures.ratios).toHaveLength(2);
  });
});

describe("rounds", () => {
  it("pair the two times of a round", () => {
    expect(roundRatios([10, 30, 1], [20, 40, 3])).toEqual([0.5, 0.75, 0.3333]);
    expect(median([3, 1, 2])).toBe(2);
  });
});
