// The robustness of neighbours on tables small enough for paper, the objective's choices, and the deflated Sharpe ratio against its paper.

import { describe, expect, it } from "vitest";

import { deflatedSharpe, expectedMaximum, normalCdf, normalQuantile } from "../../src/sweep/chance.ts";
import { bestFirst, bestOf, scoreAcross } from "../../src/sweep/objective.ts";
import { pointsOf } from "../../src/sweep/points.ts";
import { gridNeighbours, nearestNeighbours, robustnessOf } from "../../src/sweep/robustness.ts";
import { returnsOf, type ReturnSample } from "../../src/sweep/returns.ts";
import { dimensionOf } from "../../src/sweep/space.ts";

const five = [1, 2, 3, 4, 5];
const square = [dimensionOf("x", five), dimensionOf("y", five)];
const around = gridNeighbours(square, pointsOf(square, "grid", 1));

describe("neighbours in a grid of 5 × 5", () => {
  it("are the eight around, five at an edge, three in a corner", () => {
    expect([around[12], around[2], around[0]]).toEqual([
      [6, 7, 8, 11, 13, 16, 17, 18],
      [1, 3, 6, 7, 8],
      [1, 5, 6],
    ]);
  });

  it("are equal in a dimension without order", () => {
    const dimensions = [dimensionOf("x", [1, 2, 3]), dimensionOf("mode", ["a", "b"])];
    // Points: 0 (1,a) 1 (1,b) 2 (2,a) 3 (2,b) 4 (3,a) 5 (3,b).
    expect(gridNeighbours(dimensions, pointsOf(dimensions, "grid", 1))).toEqual([[2], [3], [0, 4], [1, 5], [2], [3]]);
  });

  it("are, among samples, the nearest two a dimension, measured in shares of each range", () => {
    const dimensions = [dimensionOf("x", { min: 0, max: 1000, scale: "linear" })];
    const points = [0, 100, 150, 900, 1000].map((x) => ({ x }));
    expect(nearestNeighbours(dimensions, points, [0, 1, 3])).toEqual([[1, 2], [2, 0], null, [4, 2], null]);
  });

  it("are one step in one dimension where there are more than six: fourteen of seven in the middle of a grid of three", () => {
    const seven = ["a", "b", "c", "d", "e", "f", "g"].map((path) => dimensionOf(path, [1, 2, 3]));
    const all = pointsOf(seven, "grid", 1);
    const middle = (3 ** 7 - 1) / 2;
    const found = gridNeighbours(seven, all)[middle] ?? [];
    expect(found).toHaveLength(14);
    for (const index of found) {
      expect(Object.entries(all[index] ?? {}).filter(([path, value]) => value !== all[middle]?.[path])).toHaveLength(1);
    }
  });
});

describe("robustness on a table of 5 × 5", () => {
  // A peak of 100 at (2,2) among zeros, a plateau of 60 around (4,4); everything else is 0, the median too.
  const table = [
    [0, 0, 0, 0, 0],
    [0, 100, 0, 0, 0],
    [0, 0, 60, 60, 60],
    [0, 0, 60, 60, 60],
    [0, 0, 60, 60, 60],
  ];
  const scores = table.flat();
  const found = robustnessOf(scores, around);

  it("is 1/8 × what one plateau point saves for the peak: seven neighbours have lost all, one 40 of 100", () => {
    const peak = found[6];
    expect(peak).toMatchObject({ neighbours: 8, failed: 0, neighbourMean: 60 / 8, neighbourWorst: 0 });
    // 1 - (7 × 1 + 0.4) / 8
    expect(peak?.robustness).toBeCloseTo(0.075, 12);
    // (100 + 60) / 9
    expect(peak?.plateau).toBeCloseTo(160 / 9, 12);
  });

  it("is whole inside of the plateau, which beats the peak", () => {
    expect(found[18]).toMatchObject({ neighbourMean: 60, robustness: 1, plateau: 60 });
    expect(bestOf(scores)).toBe(6);
    expect(bestOf(found.map((one) => one?.plateau ?? null))).toBe(18);
  });

  it("counts a failed neighbour as one that has lost all, and as the worst score in the plateau", () => {
    // The middle of the plateau keeps seven neighbours of eight.
    const broken = scores.map((score, at) => (at === 24 ? null : score));
    const middle = robustnessOf(broken, around)[18];
    expect(middle).toMatchObject({ neighbours: 8, failed: 1, neighbourMean: 60 });
    expect(middle?.robustness).toBeCloseTo(7 / 8, 12);
    expect(middle?.plateau).toBeCloseTo((8 * 60) / 9, 12);
    expect(robustnessOf(broken, around)[24]).toBeNull();
  });

  it("is not known without neighbours", () => {
    expect(robustnessOf([5], [[]])).toEqual([{ neighbours: 0, failed: 0, neighbourMean: null, neighbourWorst: null, plateau: 5, robustness: null }]);
  });
});

describe("scores of one point in several cells", () => {
  const of = (...values: (number | null)[]) => values.map((score) => (score === null ? { score, refusal: "insolvent" } : { score, refusal: null }));

  it("become their mean, their worst or their median; one refusal refuses the point", () => {
    expect((["mean", "worst", "median"] as const).map((across) => scoreAcross(across, of(4, -2, 10)))).toEqual([4, -2, 4]);
    expect(scoreAcross("median", of(1, 3, 7, 100))).toBe(5);
    expect(scoreAcross("mean", of(4, null))).toBeNull();
  });

  it("are best where they are largest, the first of equal ones", () => {
    expect([bestOf([null, 3, 7, 7]), bestOf([null]), bestOf([])]).toEqual([2, null, null]);
    expect(bestFirst([null, 3, 7, 7, 1])).toEqual([2, 3, 1, 4]);
  });
});

describe("chance", () => {
  it("knows the normal distribution: Φ(1.959964) = 0.975, and back", () => {
    expect(normalCdf(1.959963985)).toBeCloseTo(0.975, 6);
    expect(normalCdf(-1.959963985)).toBeCloseTo(0.025, 6);
    expect(normalQuantile(0.99)).toBeCloseTo(2.326347874, 5);
  });

  it("expects the largest of 100 worthless trials at 2.53 standard deviations", () => {
    // 0.4227843 × 2.3263479 + 0.5772157 × Φ⁻¹(1 - 1/(100 e)) = 0.4227843 × 2.3263479 + 0.5772157 × 2.6796
    expect(expectedMaximum(100)).toBeCloseTo(2.5303, 3);
  });

  it("deflates the paper's example: Sharpe 2.5 a year over 1250 days, skew -3, kurtosis 10, 100 trials of variance 1/2 → 0.9004", () => {
    const sample = (sharpe: number): ReturnSample => ({ period: "1d", count: 1_250, sharpe, yearlySharpe: 0, skewness: -3, kurtosis: 10 });
    // One hundred Sharpe ratios of sample variance 0.5 / 250: half of them d above, half d below their mean, d² × 100/99 = 0.002.
    const d = Math.sqrt((0.002 * 99) / 100);
    const all = Array.from({ length: 100 }, (_, at) => sample(at % 2 === 0 ? d : -d));
    const found = deflatedSharpe(sample(2.5 / Math.sqrt(250)), all);
    expect(found?.expectedByChance).toBeCloseTo(0.1132, 4);
    expect(found?.deflatedSharpe).toBeCloseTo(0.9004, 3);
  });
});

describe("returns of an equity curve", () => {
  const day = 86_400_000;

  it("are daily where there are thirty days: 10 % and 0 % in turn have mean 5 %, skew 0, kurtosis 1", () => {
    const value: number[] = [];
    for (let at = 0, equity = 100; at < 40; at += 1) {
      if (at % 2 === 0) equity *= 1.1;
      value.push(equity);
    }
    const sample = returnsOf({ time: Float64Array.from(value, (_, at) => (at + 1) * day), value: Float64Array.from(value) }, 100, 0);
    expect([sample?.period, sample?.count]).toEqual(["1d", 40]);
    // Standard deviation (n - 1) = 0.05 × √(40/39).
    expect(sample?.sharpe).toBeCloseTo(1 / Math.sqrt(40 / 39), 9);
    expect(sample?.yearlySharpe).toBeCloseTo(Math.sqrt(365) / Math.sqrt(40 / 39), 7);
    expect(sample?.skewness).toBeCloseTo(0, 9);
    expect(sample?.kurtosis).toBeCloseTo(1, 9);
  });

  it("are none for a standing curve, for few marks, and below zero", () => {
    const curve = (values: number[]) => ({ time: Float64Array.from(values, (_, at) => (at + 1) * 60_000), value: Float64Array.from(values) });
    const forty = Array.from({ length: 40 }, (_, at) => at);
    expect(returnsOf(curve(forty.map(() => 7)), 7, 0)).toBeNull();
    expect(returnsOf(curve([1, 2, 3]), 1, 0)).toBeNull();
    expect(returnsOf(curve(forty.map((at) => 10 - at)), 10, 0)).toBeNull();
  });
});
