import { readFileSync } from "node:fs";
import { join } from "node:path";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  Atr,
  Bollinger,
  Donchian,
  Ema,
  IndicatorSet,
  Macd,
  Momentum,
  RateOfChange,
  Rsi,
  SeededEma,
  Sma,
  Vwap,
  WilliamsR,
  Wma,
  ZScore,
  type Indicator,
  type IndicatorBar,
} from "../../src/strategy/index.ts";

const flat = (close: number, volume = 1): IndicatorBar => ({ open: close, high: close, low: close, close, volume });
const ohlc = (high: number, low: number, close: number, volume = 1): IndicatorBar => ({ open: close, high, low, close, volume });

function run(indicator: Indicator, bars: readonly IndicatorBar[]): number[] {
  return bars.map((bar) => {
    indicator.update(bar);
    return indicator.value;
  });
}

describe("averages", () => {
  it("SMA is NaN until its period is full, then the mean of the last closes", () => {
    // (1+2+3)/3 = 2, (2+3+7)/3 = 4, (3+7+2)/3 = 4
    expect(
      run(
        new Sma(3),
        [1, 2, 3, 7, 2].map((close) => flat(close)),
      ),
    ).toEqual([Number.NaN, Number.NaN, 2, 4, 4]);
  });

  it("EMA starts at the first close and moves 2/(n+1) of the distance", () => {
    // n = 3: α = 0.5: 10; 10+0.5·(20−10) = 15; 15+0.5·(5−15) = 10
    expect(
      run(
        new Ema(3),
        [10, 20, 5].map((close) => flat(close)),
      ),
    ).toEqual([10, 15, 10]);
  });

  it("the seeded EMA starts at the mean of its first period", () => {
    // mean(10, 20, 30) = 20; 20+0.5·(40−20) = 30
    expect(
      run(
        new SeededEma(3),
        [10, 20, 30, 40].map((close) => flat(close)),
      ),
    ).toEqual([Number.NaN, Number.NaN, 20, 30]);
  });

  it("VWAP weighs (high+low+close)/3 by volume, and is not ready while nothing traded", () => {
    const vwap = new Vwap(2);
    // typical 10 × 1, then 20 × 3: (10 + 60) / 4 = 17.5; then volume 0 twice: (20·3 + 0)/3 = 20, then nothing.
    expect(run(vwap, [ohlc(12, 8, 10, 1), ohlc(22, 18, 20, 3), flat(50, 0)])).toEqual([Number.NaN, 17.5, 20]);
    vwap.update(flat(60, 0));
    expect(vwap.ready).toBe(false);
    expect(vwap.value).toBeNaN();
  });

  it("a period that is no whole number of bars is refused", () => {
    for (const period of [0, -1, 1.5, Number.NaN, 1e9]) expect(() => new Sma(period)).toThrow(/not a period/);
    expect(() => new Macd(26, 12, 9)).toThrow(/12 is not a period/);
  });
});

describe("oscillators", () => {
  it("RSI smooths gains and losses as Wilder did", () => {
    // n = 2: changes +2, −1: gain 1, loss 0.5 → 100·1/1.5 = 66.67; change +3: gain 1+(3−1)/2 = 2, loss 0.5+(0−0.5)/2 = 0.25 → 100·2/2.25 = 88.89
    const values = run(
      new Rsi(2),
      [10, 12, 11, 14].map((close) => flat(close)),
    );
    expect(values.slice(0, 2)).toEqual([Number.NaN, Number.NaN]);
    expect(values[2]).toBeCloseTo(200 / 3, 12);
    expect(values[3]).toBeCloseTo(800 / 9, 12);
  });

  it("RSI of a rising series is 100, of a flat one 50", () => {
    expect(
      run(
        new Rsi(2),
        [1, 2, 3].map((close) => flat(close)),
      )[2],
    ).toBe(100);
    expect(
      run(
        new Rsi(2),
        [5, 5, 5].map((close) => flat(close)),
      )[2],
    ).toBe(50);
  });

  it("MACD gives line, signal and histogram", () => {
    const macd = new Macd(1, 3, 3);
    // fast = close. slow (α 0.5): 10, 15, 17.5, 13.75, 11.875. line: 0, 5, 2.5, −3.75, −1.875.
    // signal (α 0.5): 0, 2.5, 2.5, −0.625, −1.25. Ready after 3 + 3 − 1 = 5 bars.
    const values = run(
      macd,
      [10, 20, 20, 10, 10].map((close) => flat(close)),
    );
    expect(values.slice(0, 4).every(Number.isNaN)).toBe(true);
    expect([macd.value, macd.signal, macd.histogram]).toEqual([-1.875, -1.25, -0.625]);
  });
});

describe("ranges", () => {
  it("ATR counts gaps to the last close, and smooths as Wilder did", () => {
    // true ranges: 12−10 = 2; max(13, 11) − min(12.5, 11) = 2 (gap up from 11); 11 − 8 = 3 (down from 12.5: 12.5 − 8 = 4.5)
    // n = 2: (2 + 2)/2 = 2; 2 + (4.5 − 2)/2 = 3.25
    const values = run(new Atr(2), [ohlc(12, 10, 11), ohlc(13, 12.5, 12.5), ohlc(11, 8, 9)]);
    expect(values).toEqual([Number.NaN, 2, 3.25]);
  });

  it("Bollinger bands stand at population standard deviations", () => {
    const bands = new Bollinger(4, 2);
    // 2, 4, 4, 6: mean 4, variance (4+0+0+4)/4 = 2
    run(
      bands,
      [2, 4, 4, 6].map((close) => flat(close)),
    );
    expect(bands.value).toBe(4);
    expect(bands.deviation).toBeCloseTo(Math.SQRT2, 12);
    expect(bands.upper).toBeCloseTo(4 + 2 * Math.SQRT2, 12);
    expect(bands.lower).toBeCloseTo(4 - 2 * Math.SQRT2, 12);
  });

  it("bands of a flat series have no width, also after a violent one has left the window", () => {
    const bands = new Bollinger(3, 2);
    run(
      bands,
      [1e9, 3, 2e9, 7, 7, 7, 7, 7, 7].map((close) => flat(close)),
    );
    expect([bands.value, bands.deviation]).toEqual([7, 0]);
  });

  it("Donchian keeps the channel, and the one before the last bar", () => {
    const channel = new Donchian(2);
    run(channel, [ohlc(5, 3, 4), ohlc(7, 4, 6), ohlc(6, 2, 3)]);
    expect([channel.highest, channel.lowest, channel.value]).toEqual([7, 2, 4.5]);
    expect([channel.previousHighest, channel.previousLowest]).toEqual([7, 3]);
  });
});

describe("streams", () => {
  const candles = fc.array(
    fc
      .tuple(fc.integer({ min: 1, max: 1_000 }), fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 50 }))
      .map(([close, up, down]) => ohlc(close + up, close - down, close)),
    { minLength: 1, maxLength: 60 },
  );

  it("agree with the definition taken over the last window, whatever came before", () => {
    fc.assert(
      fc.property(candles, fc.integer({ min: 1, max: 12 }), (bars, period) => {
        const sma = new Sma(period);
        const bands = new Bollinger(period, 1);
        const channel = new Donchian(period);
        bars.forEach((bar, at) => {
          for (const indicator of [sma, bands, channel]) indicator.update(bar);
          const window = bars.slice(Math.max(0, at + 1 - period), at + 1);
          expect(sma.ready).toBe(window.length === period);
          if (!sma.ready) return;
          const mean = window.reduce((sum, one) => sum + one.close, 0) / period;
          const variance = window.reduce((sum, one) => sum + (one.close - mean) ** 2, 0) / period;
          expect(sma.value).toBeCloseTo(mean, 9);
          expect(bands.deviation).toBeCloseTo(Math.sqrt(variance), 5);
          expect(channel.highest).toBe(Math.max(...window.map((one) => one.high)));
          expect(channel.lowest).toBe(Math.min(...window.map((one) => one.low)));
        });
      }),
    );
  });

  it("never see a later bar: a changed future leaves the past as it was", () => {
    fc.assert(
      fc.property(candles, candles, (past, future) => {
        const alone = new IndicatorSet();
        const together = new IndicatorSet();
        const pairs = [alone, together].map((set) => [set.rsi(3), set.atr(3), set.macd(2, 4, 2), set.vwap(3)] as const);
        for (const bar of past) alone.update(bar);
        for (const bar of past) together.update(bar);
        const before = pairs[1]?.map((indicator) => indicator.value);
        expect(pairs[0]?.map((indicator) => indicator.value)).toEqual(before);
        for (const bar of future) together.update(bar);
        expect(pairs[0]?.map((indicator) => indicator.value)).toEqual(before);
      }),
    );
  });
});

interface Case {
  readonly id: string;
  readonly kind: string;
  readonly class: string;
  readonly name: string;
  readonly params: {
    readonly period?: number;
    readonly args?: readonly number[];
    readonly line?: number;
    readonly fast?: number;
    readonly slow?: number;
  };
  readonly barsRef?: string;
  readonly inputs?: { readonly close?: readonly number[]; readonly high?: readonly number[]; readonly low?: readonly number[] };
  readonly decimals: number;
  readonly expected: { readonly values?: readonly (number | null)[]; readonly index?: number; readonly value?: number };
}

const casesFolder = process.env["SEATRIAL_CASES"];

/** The indicator of ours with the definition of a case; null where the definitions differ or we have none. */
function indicatorOf(one: Case): Indicator | null {
  const period = one.params.period ?? one.params.args?.[0] ?? 0;
  if (one.class === "conventional" && one.name === "MACD.macd") return new Macd(one.params.fast ?? 0, one.params.slow ?? 0, 1);
  if (one.class !== "universal") return null;
  if (one.name === "SMA") return new Sma(period);
  if (one.name === "EMA") return new SeededEma(period);
  if (one.name === "RSI") return new Rsi(period);
  if (one.name === "ATR") return new Atr(period);
  return one.name === "BBANDS" && one.params.line === 1 ? new Bollinger(period, 2) : null;
}

function barsOf(one: Case, folder: string): IndicatorBar[] {
  if (one.barsRef !== undefined) {
    const rows = JSON.parse(readFileSync(join(folder, "data", one.barsRef), "utf8")) as number[][];
    return rows.map(([, open = 0, high = 0, low = 0, close = 0, volume = 0]) => ({ open, high, low, close, volume }));
  }
  const { close = [], high = close, low = close } = one.inputs ?? {};
  return close.map((value, at) => ohlc(high[at] ?? value, low[at] ?? value, value));
}

describe.runIf(casesFolder !== undefined)("recorded facts of other projects", () => {
  const folder = casesFolder ?? "";
  const all = casesFolder === undefined ? [] : (JSON.parse(readFileSync(join(folder, "indicators.json"), "utf8")) as Case[]);
  const known = all.filter((one) => ["indicator", "indicator_point"].includes(one.kind) && indicatorOf(one) !== null);

  it("are found", () => {
    expect(known.length).toBeGreaterThanOrEqual(9);
  });

  it.each(known)("$id $name agrees to the printed digit", (one) => {
    const values = run(indicatorOf(one) as Indicator, barsOf(one, folder));
    const { index = 0, value = null, values: wanted = [] } = one.expected;
    const pairs = [...wanted.map((expected, at) => ({ at, expected })), { at: index, expected: value }];
    const differ = pairs.filter(({ at, expected }) => {
      const error = expected === null ? 0 : Math.abs((values[at] ?? Number.NaN) - expected);
      return !(error <= 0.5 * 10 ** -one.decimals + 1e-9);
    });
    expect(differ).toEqual([]);
  });
});

describe("weighted averages, momentum and places in a range", () => {
  const closes = (...values: readonly number[]): IndicatorBar[] => values.map((close) => flat(close));

  it("WMA weighs the newest close most", () => {
    // n = 3: (1·1 + 2·2 + 3·6) ÷ 6 = 23/6; (1·2 + 2·6 + 3·3) ÷ 6 = 23/6; (1·6 + 2·3 + 3·9) ÷ 6 = 6.5
    const [first, second, third, fourth, fifth] = run(new Wma(3), closes(1, 2, 6, 3, 9));
    expect([first, second]).toEqual([Number.NaN, Number.NaN]);
    expect(third).toBeCloseTo(23 / 6, 12);
    expect(fourth).toBeCloseTo(23 / 6, 12);
    expect(fifth).toBeCloseTo(6.5, 12);
  });

  it("WMA is the weighted mean of its window wherever it stands", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 5, maxLength: 40 }), (values) => {
        const last = run(new Wma(5), closes(...values)).at(-1) as number;
        const expected = values.slice(-5).reduce((sum, value, at) => sum + value * (at + 1), 0) / 15;
        expect(last).toBeCloseTo(expected, 8);
      }),
    );
  });

  it("momentum and rate of change look back a whole period", () => {
    expect(run(new Momentum(2), closes(10, 11, 13, 8))).toEqual([Number.NaN, Number.NaN, 3, -3]);
    const rate = new RateOfChange(2);
    expect(run(rate, closes(10, 11, 13)).at(-1)).toBeCloseTo(30, 12);
    expect(rate.ratio).toBeCloseTo(1.3, 12);
  });

  it("a rate of change on nothing is not ready", () => {
    const rate = new RateOfChange(1);
    run(rate, closes(0, 5));
    expect([rate.ready, rate.value]).toEqual([false, Number.NaN]);
    run(rate, closes(10));
    expect([rate.ready, rate.value]).toEqual([true, 100]);
  });

  it("z-score counts population deviations from the mean, none in a flat window", () => {
    // 1, 2, 3, 6: mean 3, variance (4 + 1 + 0 + 9) ÷ 4 = 3.5; (6 − 3) ÷ √3.5
    expect(run(new ZScore(4), closes(1, 2, 3, 6)).at(-1)).toBeCloseTo(3 / Math.sqrt(3.5), 12);
    expect(run(new ZScore(3), closes(5, 5, 5)).at(-1)).toBe(0);
    expect(() => new ZScore(1)).toThrow("1 is not a period");
  });

  it("Williams %R places the close in the range of highs and lows, in the middle of none", () => {
    // Highs to 20, lows to 10, close 18: −100 · (20 − 18) ÷ 10
    expect(run(new WilliamsR(2), [ohlc(20, 12, 15), ohlc(19, 10, 18)])).toEqual([Number.NaN, -20]);
    expect(run(new WilliamsR(2), closes(7, 7)).at(-1)).toBe(-50);
  });

  it("ATR may leave out the first bar, which has no close before it", () => {
    // Ranges: 4 (of the first bar alone), max(14, 12) − 12 … : 15 − 12 = 3, then 16 − 11 = 5
    const bars = [ohlc(14, 10, 12), ohlc(15, 13, 14), ohlc(16, 11, 13)];
    expect(run(new Atr(2), bars)).toEqual([Number.NaN, 3.5, 4.25]);
    expect(run(new Atr(2, "none"), bars)).toEqual([Number.NaN, Number.NaN, 4]);
  });
});
