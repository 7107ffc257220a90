// Statistics of returns by hand; the recorded cases of other libraries are in tests/cases.

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { accountDrawdown, balanceRange, depthOf, drawdownEpisodes, underwater } from "../../../src/report/metrics/drawdown.ts";
import { periodReturns } from "../../../src/report/metrics/returns.ts";
import {
  annualMean,
  compounded,
  deviation,
  downsideDeviation,
  excessKurtosis,
  expectedShortfall95,
  gainToPain,
  gaussianValueAtRisk95,
  mean,
  median,
  modifiedValueAtRisk95,
  omega,
  payoffRatio,
  perPeriod,
  profitFactor,
  quantile,
  quotient,
  shareBelow,
  sharpe,
  skewness,
  sortino,
  tailRatio,
  volatility,
  wealthOf,
  yearly,
} from "../../../src/report/metrics/statistics.ts";

describe("statistics of returns", () => {
  // Mean 0.1 ÷ 3; distances from it (1, −2, 1) ÷ 15: squares 6 ÷ 225; n − 1 = 2: √(3 ÷ 225) = √3 ÷ 15.
  const returns = [0.1, -0.1, 0.1];

  it("divide by n − 1, or by n, as they say", () => {
    expect(deviation(returns)).toBeCloseTo(Math.sqrt(3) / 15, 14);
    expect(deviation(returns, 0)).toBeCloseTo(Math.sqrt(2) / 15, 14);
    // √(0.01 ÷ 3): all values count, not only those below.
    expect(downsideDeviation(returns)).toBeCloseTo(0.1 / Math.sqrt(3), 14);
    expect(volatility(returns, 365)).toBeCloseTo((Math.sqrt(3) / 15) * Math.sqrt(365), 14);
    expect(annualMean(returns, 30)).toBeCloseTo(1, 14);
  });

  it("measure the excess return against its spread and its downside", () => {
    // (1 ÷ 30) ÷ (√3 ÷ 15) = √3 ÷ 6; (1 ÷ 30) ÷ (1 ÷ (10 √3)) = √3 ÷ 3
    expect(sharpe(returns, { periods: null })).toBeCloseTo(Math.sqrt(3) / 6, 12);
    expect(sharpe(returns, { periods: 4 })).toBeCloseTo(Math.sqrt(3) / 3, 12);
    expect(sortino(returns, { periods: null })).toBeCloseTo(Math.sqrt(3) / 3, 12);
    // A target of the mean itself leaves nothing.
    expect(sharpe(returns, { periods: null, target: 0.1 / 3 })).toBeCloseTo(0, 12);
    expect(omega(returns, 0.05)).toBeCloseTo(0.1 / 0.15, 12);
  });

  it("have no spread where all values are equal, whatever a float makes of their mean", () => {
    expect(deviation(Array.from({ length: 1_000 }, () => 0.1))).toBe(0);
    expect(sharpe([1e-7, 1e-7, 1e-7], { periods: 252 })).toBeNull();
    expect([skewness([1, 1]), excessKurtosis([1, 1])]).toEqual([null, null]);
  });

  it("are null where they are undefined, never NaN or Infinity", () => {
    expect([mean([]), median([]), deviation([]), deviation([1]), downsideDeviation([]), quantile([], 0.5)]).toEqual(Array(6).fill(null));
    expect([sortino([0.1, 0.2], { periods: 365 }), profitFactor([1]), payoffRatio([1]), gainToPain([1]), omega([1])]).toEqual(Array(5).fill(null));
    expect([tailRatio([]), expectedShortfall95([]), gaussianValueAtRisk95([]), modifiedValueAtRisk95([1]), shareBelow([])]).toEqual(
      Array(5).fill(null),
    );
    expect([quotient(1, 0), yearly(-1.5, 1), yearly(1e6, 0.01), yearly(0.1, 0)]).toEqual([null, null, null, null]);
  });

  it("compound, and turn a yearly rate into one a period and back", () => {
    // 1.1 · 0.9 · 1.1 = 1.089
    expect(compounded(returns)).toBeCloseTo(0.089, 14);
    expect(wealthOf([0.1, -0.1])).toEqual([1, 1.1, expect.closeTo(0.99, 14)]);
    expect(yearly(perPeriod(0.05, 12), 1 / 12)).toBeCloseTo(0.05, 12);
    expect(yearly(-1, 2)).toBe(-1);
  });

  it("take quantiles on the line between neighbours", () => {
    expect([quantile([4, 1, 3, 2], 0.5), quantile([4, 1, 3, 2], 0.25), quantile([1, 2], 1)]).toEqual([2.5, 1.75, 2]);
    expect(median([3, 1, 2])).toBe(2);
    expect(expectedShortfall95([-3, 0, 1, 2])).toBe(-3);
    // 0…100: the 95th percentile is 95, the 5th 5.
    expect(tailRatio(Array.from({ length: 101 }, (_, at) => at))).toBe(19);
    expect([profitFactor([3, -1, -0.5]), payoffRatio([3, -1, -0.5]), gainToPain([3, -1, -0.5]), shareBelow([3, -1, 0])]).toEqual([2, 4, 1, 1 / 3]);
  });

  it("know a normal sample by its moments: the modified value at risk of a symmetric one without tails is below the plain one's bend", () => {
    // −1 and 1 in equal parts: skewness 0, fourth moment 1, excess −2.
    const coin = [-1, 1, -1, 1];
    expect([skewness(coin), excessKurtosis(coin)]).toEqual([0, -2]);
    const z = -1.6448536269514722;
    expect(gaussianValueAtRisk95(coin)).toBeCloseTo(z, 12);
    expect(modifiedValueAtRisk95(coin)).toBeCloseTo(z + ((z ** 3 - 3 * z) * -2) / 24, 12);
  });
});

describe("falls from a peak", () => {
  const maxDrawdown = (values: readonly number[]) => depthOf(values).deepest;
  const ulcerIndex = (values: readonly number[]) => depthOf(values).ulcer;

  it("begin at the last place of the peak and end where it is reached again", () => {
    expect(drawdownEpisodes([100, 100, 90, 80, 100, 95])).toEqual([
      { peak: 1, trough: 3, last: 3, recovered: 4, depth: expect.closeTo(-0.2, 14) as number, fall: 20 },
      { peak: 4, trough: 5, last: 5, recovered: null, depth: expect.closeTo(-0.05, 14) as number, fall: 5 },
    ]);
    expect([drawdownEpisodes([]), drawdownEpisodes([1]), drawdownEpisodes([1, 2, 2])]).toEqual([[], [], []]);
  });

  it("go below −100 % for an account in debt, and have no share where there was no money", () => {
    expect(maxDrawdown([100, -10])).toBeCloseTo(-1.1, 14);
    expect([maxDrawdown([0, -5]), ulcerIndex([0, -5]), underwater([0])]).toEqual([null, null, null]);
    expect(drawdownEpisodes([0, -5])).toMatchObject([{ depth: null, fall: 5 }]);
    expect([maxDrawdown([1, 2]), ulcerIndex([])]).toEqual([0, null]);
    // Depths 0, −10 %, 0, −20 %: √((0.01 + 0.04) ÷ 4)
    expect(ulcerIndex([100, 90, 100, 80])).toBeCloseTo(Math.sqrt(0.0125), 14);
  });

  it("of an account are the largest in money or relative to its balance", () => {
    // 1000 → 1000 → 500 → 1000 → 11000 → 10000
    const steps = [0, -500, 500, 10_000, -1_000];
    expect(accountDrawdown(steps, 1_000, "money")).toMatchObject({ fall: 1_000, share: 1 / 11, high: 3, low: 4, highValue: 10_000, lowValue: 9_000 });
    expect(accountDrawdown(steps, 1_000, "share")).toMatchObject({ fall: 500, share: 0.5, high: 0, low: 1 });
    expect(accountDrawdown([5, 5], 10, "money")).toBeNull();
    expect(accountDrawdown([-5], 0, "money")).toEqual({ fall: 5, share: null, high: -1, low: 0, highValue: 0, lowValue: -5 });
    expect(balanceRange([5, -20, 3], 10)).toEqual({ lowest: -5, highest: 15 });
  });

  it("are never deeper than from the highest to the lowest value", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: 30 }), (values) => {
        const deepest = maxDrawdown(values) ?? 1;
        const brute = Math.min(0, ...values.flatMap((low, at) => values.slice(0, at).map((high) => low / high - 1)));
        expect(deepest).toBeCloseTo(brute, 12);
        expect(drawdownEpisodes(values).reduce((least, { depth }) => Math.min(least, depth ?? 0), 0)).toBeCloseTo(brute, 12);
      }),
    );
  });
});

describe("returns of periods", () => {
  const day = 86_400_000;

  it("take the last mark of each, and a mark at midnight for the day that ends", () => {
    const time = [day / 2, day, day + 1, 3 * day];
    const periods = periodReturns({ time, value: [101, 110, 120, 99] }, 100, (instant) => Math.floor(instant / day));
    expect(periods.map(({ key, value }) => [key, value])).toEqual([
      [0, 110],
      [1, 120],
      [2, 99],
    ]);
    expect(periods.map(({ change }) => change)).toEqual([expect.closeTo(0.1, 12), expect.closeTo(1 / 11, 12), expect.closeTo(-0.175, 12)]);
  });

  it("have none for a period without money before it, nor for one without a mark", () => {
    const time = [1, day + 1, 5 * day];
    const periods = periodReturns({ time, value: [-1, 5, 10] }, 100, (instant) => Math.floor(instant / day));
    expect(periods.map(({ key, change }) => [key, change])).toEqual([
      [0, -1.01],
      [1, null],
      [4, 1],
    ]);
    expect(periodReturns({ time: [], value: [] }, 100, () => 0)).toEqual([]);
  });
});
