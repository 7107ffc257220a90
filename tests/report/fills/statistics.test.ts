// Figures of predicted against actual slippage (rows 002-SR-1 to 3), worked out by hand.

import { describe, expect, it } from "vitest";

import {
  lineThrough,
  percentile,
  slippageStatistics,
  verdictOf,
  type SlipPair,
  type SlippageStatistics,
} from "../../../src/report/fills/statistics.ts";

const pairs = (actual: readonly number[], predicted: readonly number[]): SlipPair[] =>
  actual.map((value, at) => ({ actual: value, predicted: predicted[at] as number }));

const lost = [1, 2, 3, 4, 5, 6, 7, 8, 9, 15];
const said = [2, 1, 4, 3, 6, 5, 8, 7, 10, 9];

describe("the figures of ten fills", () => {
  const found = slippageStatistics(pairs(lost, said)) as SlippageStatistics;

  it("have means, their difference and their quotient: 6, 5.5, 0.5, 6 ÷ 5.5", () => {
    expect(found).toMatchObject({ meanActual: 6, meanPredicted: 5.5, bias: 0.5 });
    expect(found.multiplier).toBeCloseTo(12 / 11, 15);
  });

  it("have a root mean square error: nine misses of 1 and one of 6 are 45, over 10", () => {
    expect(found.rmse).toBeCloseTo(Math.sqrt(4.5), 15);
  });

  it("correlate: 95 ÷ √(150 × 82.5)", () => {
    expect(found.correlation).toBeCloseTo(95 / Math.sqrt(150 * 82.5), 15);
  });

  it("have medians and 95th percentiles, linear between ranks: rank 8.55 is 9 + 0.55 × 6, and 9 + 0.55", () => {
    expect(found).toMatchObject({ medianActual: 5.5, medianPredicted: 5.5 });
    expect(found.p95Actual).toBeCloseTo(12.3, 12);
    expect(found.p95Predicted).toBeCloseTo(9.55, 12);
  });
});

it("of nine fills there are none", () => {
  expect(slippageStatistics(pairs(lost.slice(0, 9), said.slice(0, 9)))).toBeNull();
});

describe("the correlation is 0", () => {
  it.each([
    ["predictions", lost, Array.from({ length: 10 }, () => 0.1)],
    ["losses", Array.from({ length: 10 }, () => 0.3), said],
    ["either but for float noise", lost, Array.from({ length: 10 }, (_, at) => ((0.1 * (at + 1)) / (at + 1)) * 3)],
  ])("of constant %s", (_, actual, predicted) => {
    expect(slippageStatistics(pairs(actual, predicted))?.correlation).toBe(0);
  });
});

it("nothing predicted is taken as 10^-10, so that the multiplier is a number", () => {
  expect(
    slippageStatistics(
      pairs(
        lost,
        lost.map(() => 0),
      ),
    )?.multiplier,
  ).toBe(6e10);
});

describe("the verdict", () => {
  const figures = (changes: Partial<SlippageStatistics>): SlippageStatistics => ({
    ...(slippageStatistics(pairs(lost, said)) as SlippageStatistics),
    ...changes,
  });

  it("is calibrated with a bias of just ±0.5 and a correlation of just 0.3", () => {
    for (const bias of [0.5, -0.5]) expect(verdictOf(figures({ bias, correlation: 0.3 }))).toMatchObject({ calibrated: true, reasons: [] });
  });

  it("names the bias that is too large, and the correlation that is too small", () => {
    expect(verdictOf(figures({ bias: -0.75 }))).toMatchObject({ calibrated: false, reasons: ["the bias -0.75 is beyond ±0.5"] });
    expect(verdictOf(figures({ bias: 0.2, correlation: 0.29 })).reasons).toEqual(["the correlation 0.29 is below 0.3"]);
  });

  it.each([
    [0.099, "green"],
    [-0.099, "green"],
    [0.1, "yellow"],
    [-0.499, "yellow"],
    [0.5, "red"],
    [-2, "red"],
  ])("of a bias of %s is %s", (bias, level) => {
    expect(verdictOf(figures({ bias })).level).toBe(level);
  });

  it.each([
    [1.2, null],
    [1.201, "watch"],
    [1.5, "watch"],
    [1.501, "optimistic"],
  ])("of a multiplier of %s warns: %s", (multiplier, warning) => {
    expect(verdictOf(figures({ multiplier })).warning).toBe(warning);
  });
});

describe("a line through points", () => {
  it("through 1, 3, 2 at 0, 1, 2 has the slope 1/2, starts at 3/2 and explains a quarter", () => {
    const line = lineThrough([0, 1, 2], [1, 3, 2]);
    expect(line?.slope).toBeCloseTo(0.5, 15);
    expect(line?.intercept).toBeCloseTo(1.5, 15);
    expect(line?.determination).toBeCloseTo(0.25, 15);
    // Residuals -1/2, 1, -1/2: 3/2, over one degree of freedom and a spread of 2.
    expect(line?.slopeError).toBeCloseTo(Math.sqrt(0.75), 15);
  });

  it("is none where x does not vary, or of two points", () => {
    expect([lineThrough([1, 1, 1], [1, 2, 3]), lineThrough([1, 2], [1, 2])]).toEqual([null, null]);
  });
});

it("a percentile of one value is that value", () => {
  expect([0, 0.5, 0.95, 1].map((share) => percentile([7], share))).toEqual([7, 7, 7, 7]);
});
