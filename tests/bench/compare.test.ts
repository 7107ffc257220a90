// Comparison with a baseline: figures made by hand, so that it is known before what has to be found.

import { describe, expect, it } from "vitest";

import { compareRounds, type RatioRounds } from "../../src/bench/index.ts";

/** Fifteen rounds around a middle, up to `spread` away from it on either side; their median is the middle. */
function rounds(name: string, middle: number, spread: number): RatioRounds {
  return { name, cpuShare: null, ratios: Array.from({ length: 15 }, (_, round) => middle * (1 + (spread * (((round * 4) % 15) - 7)) / 7)) };
}

function verdictOf(before: RatioRounds, after: RatioRounds, tolerance?: number) {
  const { figures } = compareRounds([before], [after], tolerance);
  return figures[0]?.verdict;
}

describe("the comparison of two benches", () => {
  it("finds a regression whose rounds all lie below those of before", () => {
    const comparison = compareRounds([rounds("W1", 0.2, 0.02)], [rounds("W1", 0.15, 0.02)]);
    const [figure] = comparison.figures;
    // 0.15 ÷ 0.2 − 1; the most that two percent on either side can make of it is 0.147 ÷ 0.204 − 1 and 0.153 ÷ 0.196 − 1.
    expect(figure).toMatchObject({ name: "W1", verdict: "regression", change: -0.25 });
    expect(figure?.before).toBeCloseTo(0.2, 12);
    expect(figure?.after).toBeCloseTo(0.15, 12);
    expect(figure?.low).toBeGreaterThanOrEqual(-0.2795);
    expect(figure?.high).toBeLessThanOrEqual(-0.2193);
  });

  it("lets the same figures pass, and any that are within the tolerance", () => {
    expect(verdictOf(rounds("W1", 0.2, 0.02), rounds("W1", 0.2, 0.02))).toBe("noise");
    expect(verdictOf(rounds("W1", 0.2, 0.01), rounds("W1", 0.185, 0.01))).toBe("noise");
    expect(verdictOf(rounds("W1", 0.2, 0.01), rounds("W1", 0.185, 0.01), 0.05)).toBe("regression");
  });

  it("does not call a median a tenth lower a regression where the rounds scatter by more, and says when they scatter too widely to tell", () => {
    expect(verdictOf(rounds("W1", 0.2, 0.15), rounds("W1", 0.18, 0.15))).toBe("noise");
    expect(verdictOf(rounds("W1", 0.2, 0.8), rounds("W1", 0.16, 0.8))).toBe("unclear");
  });

  it("tells an improvement, which is no regression of its mirror by the same rounds", () => {
    expect(verdictOf(rounds("csv", 0.4, 0.02), rounds("csv", 0.6, 0.02))).toBe("improvement");
    expect(verdictOf(rounds("csv", 0.6, 0.02), rounds("csv", 0.4, 0.02))).toBe("regression");
  });

  it("judges nothing by fewer than five rounds on either side", () => {
    const few = { name: "W1", cpuShare: null, ratios: [0.1, 0.1, 0.1, 0.1] };
    expect(verdictOf(rounds("W1", 0.2, 0.01), few)).toBe("unclear");
    expect(verdictOf(few, rounds("W1", 0.2, 0.01))).toBe("unclear");
    expect(verdictOf(rounds("W1", 0.2, 0.01), { ...few, ratios: [0.1, 0.1, 0.1, 0.1, 0.1] })).toBe("regression");
  });

  it("judges nothing that was measured while other programs had the processor, on either side", () => {
    const [before, after] = [rounds("W1", 0.2, 0.01), rounds("W1", 0.1, 0.01)];
    expect(verdictOf({ ...before, cpuShare: 0.99 }, { ...after, cpuShare: 0.95 })).toBe("regression");
    expect(verdictOf({ ...before, cpuShare: 0.99 }, { ...after, cpuShare: 0.5 })).toBe("unclear");
    expect(verdictOf({ ...before, cpuShare: 0.5 }, { ...after, cpuShare: 0.99 })).toBe("unclear");
  });

  it("names what only one of the two has measured, and compares the rest", () => {
    const comparison = compareRounds([rounds("W1", 1, 0), rounds("gone", 1, 0)], [rounds("new", 1, 0), rounds("W1", 1, 0)]);
    expect(comparison.figures.map(({ name }) => name)).toEqual(["W1"]);
    expect([comparison.onlyBefore, comparison.onlyAfter]).toEqual([["gone"], ["new"]]);
  });

  it("gives the same answer for the same figures, whatever else is compared beside them", () => {
    const [before, after] = [rounds("W2", 0.3, 0.2), rounds("W2", 0.28, 0.2)];
    const alone = compareRounds([before], [after]);
    const beside = compareRounds([rounds("W1", 1, 0.1), before], [rounds("W1", 1, 0.1), after]);
    expect(beside.figures[1]).toEqual(alone.figures[0]);
  });

  it("has no spread to doubt where every round is equal", () => {
    const [figure] = compareRounds([rounds("W1", 0.5, 0)], [rounds("W1", 0.4, 0)]).figures;
    expect(figure).toEqual({ name: "W1", before: 0.5, after: 0.4, change: -0.2, low: -0.2, high: -0.2, verdict: "regression" });
  });
});
