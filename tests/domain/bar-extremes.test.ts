// The extremes of blocks of sixteen bars, against a look at every bar.

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { BarSeries, extremesOf, type BarExtremes } from "../../src/domain/index.ts";

function seriesOf(lows: readonly number[], highs: readonly number[]): BarSeries {
  const flat = Float64Array.from(lows);
  return new BarSeries(
    { symbol: "A/B", timeframe: "1m", interval: 60_000, priceScale: 0, quantityScale: 0 },
    {
      time: Float64Array.from(lows, (_, bar) => bar * 60_000),
      open: flat,
      high: Float64Array.from(highs),
      low: flat,
      close: flat,
      volume: flat,
    },
  );
}

/** All of them. */
function allOf(series: BarSeries): BarExtremes {
  const extremes = extremesOf(series);
  while (extremes.known < extremes.low.length) extremes.reach(extremes.known);
  return extremes;
}

describe("the extremes of bars", () => {
  it("are the lowest low and the highest high of each sixteen bars, and of what is left", () => {
    const lows = Array.from({ length: 35 }, (_, bar) => 100 + ((bar * 7) % 35));
    const highs = lows.map((low) => low + 3);
    const { low, high } = allOf(seriesOf(lows, highs));
    // 7 × bar mod 35 goes 0, 7, …, 28 and repeats every five bars: bars 32 to 34 stand at 14, 21 and 28.
    expect([...low]).toEqual([100, 100, 114]);
    expect([...high]).toEqual([131, 131, 131]);
  });

  it("are made once for a series", () => {
    const series = seriesOf([5, 6], [7, 8]);
    expect(extremesOf(series)).toBe(extremesOf(series));
    expect(extremesOf(seriesOf([5, 6], [7, 8]))).not.toBe(extremesOf(series));
  });

  it("are made as far as somebody has come: whoever asks for a block has it, and all before it", () => {
    const lows = Array.from({ length: 3_200 }, (_, bar) => 10_000 - bar);
    const extremes = extremesOf(seriesOf(lows, lows));
    expect(extremes.known).toBe(0);
    extremes.reach(70);
    expect(extremes.known).toBeGreaterThan(70);
    expect([extremes.low[0], extremes.high[0]]).toEqual([9_985, 10_000]);
    expect([extremes.low[70], extremes.high[70]]).toEqual([10_000 - 1_135, 10_000 - 1_120]);
    extremes.reach(199);
    expect(extremes.known).toBe(200);
    expect([extremes.low[199], extremes.high[199]]).toEqual([6_801, 6_816]);
    expect([extremes.low[70], extremes.high[70]]).toEqual([10_000 - 1_135, 10_000 - 1_120]);
  });

  it("are none for no bars, and those of any bars otherwise", () => {
    expect(extremesOf(seriesOf([], [])).low.length).toBe(0);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 1e9 }), fc.nat(1e6)), { minLength: 1, maxLength: 100 }), (bars) => {
        const { low, high } = allOf(
          seriesOf(
            bars.map(([at]) => at),
            bars.map(([at, range]) => at + range),
          ),
        );
        bars.forEach(([at, range], bar) => {
          expect(low[Math.floor(bar / 16)]).toBeLessThanOrEqual(at);
          expect(high[Math.floor(bar / 16)]).toBeGreaterThanOrEqual(at + range);
        });
        expect(Math.min(...low)).toBe(Math.min(...bars.map(([at]) => at)));
        expect(Math.max(...high)).toBe(Math.max(...bars.map(([at, range]) => at + range)));
        expect(low.length).toBe(Math.ceil(bars.length / 16));
      }),
    );
  });
});
