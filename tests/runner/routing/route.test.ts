// Rows 002-OM-1, 002-OM-2, 002-OM-5 and 002-SM-1 by hand: prices, waits, slices and the slip that is expected.

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { BarSeries, defaultRoutePolicy, Instrument, predictedSlippage, randomStream, type Price, type Quantity } from "../../../src/domain/index.ts";
import { dayLiquidity } from "../../../src/runner/routing/liquidity.ts";
import { slicesOf, sliceWait, stagePrice, stageWaits } from "../../../src/runner/routing/route.ts";
import { plainRules } from "../../domain/rules.ts";

const quarterTick = new Instrument({ ...plainRules, tick: "0.025" }, { price: 3, quantity: 3, money: 6 });

function prices(side: "buy" | "sell", mid: number): number[] {
  return [0, 1, 2].map((stage) => stagePrice(quarterTick, side, Math.round(mid * 1000) as Price, stage, 0.001) / 1000);
}

describe("the three prices of patience", () => {
  it("002-OM-2: the mid, a tenth of a percent and a percent beyond it, on the tick of 0.025", () => {
    // 4500.1 × 1.001 = 4504.6001, × 1.01 = 4545.101; × 0.999 = 4495.5999, × 0.99 = 4455.099
    expect(prices("buy", 4500.1)).toEqual([4500.1, 4504.6, 4545.1]);
    expect(prices("sell", 4500.1)).toEqual([4500.1, 4495.6, 4455.1]);
  });

  it("002-OM-2: a mid between two ticks goes to the nearer one, and from the half away from zero", () => {
    // 100.011 / 0.025 = 4000.44; 100.013 / 0.025 = 4000.52; 100.0125 does not exist at three decimals
    expect(prices("buy", 100.011)[0]).toBe(100);
    expect(prices("buy", 100.013)[0]).toBe(100.025);
    // 12.5 × 1.001 = 12.5125 = 500.5 ticks
    expect(prices("buy", 12.5)[1]).toBe(12.525);
  });

  it("002-OM-2: a venue whose tick moves with the price rounds to the tick that holds there", () => {
    // Five significant digits: 99.95 has a tick of 0.001, 99.95 × 1.01 = 100.9495 one of 0.01.
    const digits = new Instrument({ ...plainRules, tick: "0.001", significantDigits: 5 }, { price: 3, quantity: 3, money: 6 });
    expect(stagePrice(digits, "buy", 99_950 as Price, 2, 0.001)).toBe(100_950);
  });

  it("002-OM-2: waits of 300, 150 and 75 s, rounded down", () => {
    expect(stageWaits(defaultRoutePolicy)).toEqual([300_000, 150_000, 75_000]);
    expect(stageWaits({ ...defaultRoutePolicy, patienceMs: 1_003 })).toEqual([1_003, 501, 250]);
  });
});

const slices = (quantity: number, step: number, count: number, least = 0) =>
  slicesOf(quantity as Quantity, step as Quantity, count, (slice) => slice < least) as number[];

describe("the slices of a TWAP", () => {
  it("002-OM-5: 13 in five are 3, 3, 3, 2, 2; what is nothing is left out", () => {
    expect(slices(13, 1, 5)).toEqual([3, 3, 3, 2, 2]);
    expect(slices(10, 1, 5)).toEqual([2, 2, 2, 2, 2]);
    expect(slices(3, 1, 5)).toEqual([1, 1, 1]);
    expect(slices(1, 1, 5)).toEqual([1]);
    expect(slices(13, 1, 1)).toEqual([13]);
  });

  it("002-OM-5: remainders are whole steps", () => {
    // 6.5 in steps of 0.5 are 13 steps
    expect(slices(65, 5, 5)).toEqual([15, 15, 15, 10, 10]);
  });

  it("002-OM-4: as few slices as it takes for none to be too small", () => {
    // four: 4, 3, 3, 3; three: 5, 4, 4
    expect(slices(13, 1, 5, 3)).toEqual([4, 3, 3, 3]);
    expect(slices(13, 1, 5, 4)).toEqual([5, 4, 4]);
    expect(slices(13, 1, 5, 7)).toEqual([13]);
    // Too small as a whole: the venue's word, not ours.
    expect(slices(13, 1, 5, 100)).toEqual([13]);
  });

  it("slices add up, differ by a step at most, and the larger come first", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 80 }), (steps, step, count) => {
        const found = slices(steps * step, step, count);
        expect(found.reduce((sum, slice) => sum + slice, 0)).toBe(steps * step);
        expect(found).toHaveLength(Math.min(steps, count));
        expect((found[0] as number) - (found.at(-1) as number)).toBeLessThanOrEqual(step);
        expect(found).toEqual(found.toSorted((a, b) => b - a));
      }),
    );
  });

  it("002-OM-5: waits are 60 s give or take a fifth, and the same seed gives the same ones", () => {
    const draw = () =>
      Array.from(
        { length: 2_000 },
        (
          (random) => () =>
            sliceWait(defaultRoutePolicy, random)
        )(randomStream(7, "routes/X")),
      );
    const waits = draw();
    expect(draw()).toEqual(waits);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(48_000);
    expect(Math.max(...waits)).toBeLessThanOrEqual(72_000);
    // Uniform: of 2000 draws each tenth of the range has some 200.
    for (let tenth = 0; tenth < 10; tenth += 1)
      expect(waits.filter((wait) => Math.floor((wait - 48_000) / 2_400.1) === tenth).length).toBeGreaterThan(120);
    expect(sliceWait({ ...defaultRoutePolicy, jitter: 0 }, randomStream(1, "x"))).toBe(60_000);
  });
});

describe("the slip that is expected", () => {
  it("002-SM-1: a spread of 0.1, a volatility of 0.02, 5 of 500 a day: 0.0502", () => {
    expect(predictedSlippage(0.1, 0.02, 5, 500)).toBeCloseTo(0.0502, 15);
  });

  it("002-SM-1: a day without volume counts as one unit", () => {
    // 0.05 + 0.1 × 0.02 × √4
    expect(predictedSlippage(0.1, 0.02, 4, 0)).toBeCloseTo(0.054, 15);
  });
});

/** Bars of the given length with the given closes (two decimals) and volumes (three). */
function bars(interval: number, rows: readonly (readonly [time: number, close: number, volume: number])[]): BarSeries {
  const column = (at: 0 | 1 | 2, power: number) => Float64Array.from(rows.map((row) => Math.round(row[at] * power)));
  const price = column(1, 100);
  return new BarSeries(
    { symbol: "X", timeframe: "1h", interval, priceScale: 2, quantityScale: 3 },
    { time: column(0, 1), open: price, high: price, low: price, close: price, volume: column(2, 1_000) },
  );
}

describe("a day's volume and volatility", () => {
  const hour = 3_600_000;

  it("are those of the last 24 hours: older bars and those of the future do not count", () => {
    const series = bars(
      hour,
      Array.from({ length: 40 }, (_, at) => [at * hour, at % 2 === 0 ? 100 : 110, at < 10 ? 1_000 : at > 33 ? 5_000 : 2] as const),
    );
    const { volume, volatility } = dayLiquidity(series, 33);
    // Bars 10 to 33, of 2 each. 12 rises of a tenth and 12 falls of an eleventh: √(12 × 0.01 + 12 ÷ 121).
    expect(volume).toBe(48);
    expect(volatility).toBeCloseTo(Math.sqrt(0.12 + 12 / 121), 12);
  });

  it("are of what there is in a shorter history", () => {
    const series = bars(hour, [
      [0, 100, 3],
      [hour, 103, 4],
    ]);
    expect(dayLiquidity(series, 0)).toEqual({ volume: 3, volatility: 0 });
    expect(dayLiquidity(series, 1).volume).toBe(7);
    expect(dayLiquidity(series, 1).volatility).toBeCloseTo(0.03, 12);
  });

  it("a gap leaves fewer bars; a bar of a week counts by a seventh", () => {
    const gap = bars(hour, [
      [0, 100, 3],
      [30 * hour, 100, 4],
    ]);
    expect(dayLiquidity(gap, 1).volume).toBe(4);
    const week = bars(168 * hour, [
      [0, 100, 70],
      [168 * hour, 107, 70],
    ]);
    expect(dayLiquidity(week, 1).volume).toBe(10);
    expect(dayLiquidity(week, 1).volatility).toBeCloseTo(0.07 / Math.sqrt(7), 12);
  });
});
