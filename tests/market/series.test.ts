// Raw bars to exact units, resampling, digest and loading: integers by hand.
import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BarSeries, numberToUnits, unitsToNumber } from "../../src/domain/index.ts";
import { loadSeries, resample, seriesDigest, syntheticBars, toRaw, toSeries } from "../../src/market/index.ts";
import { errorOf, newYear, rawOf, rowsOf, seriesOf, withFile } from "./bar-folder.ts";

const minute = 60_000;

function unitsOf(series: BarSeries): number[][] {
  return Array.from(series.time, (_, bar) => [
    series.timeAt(bar),
    series.openAt(bar),
    series.highAt(bar),
    series.lowAt(bar),
    series.closeAt(bar),
    series.volumeAt(bar),
  ]);
}

describe("toSeries", () => {
  it("turns decimals into units of the scales, also scales beyond the data's", () => {
    const bars = rawOf([[newYear, 46.968, 47.03, 46.962, 46.976, 11384.29]]);
    const series = toSeries(bars, { symbol: "HYPE/USDC:USDC", timeframe: "1m", priceScale: 4, quantityScale: 2 });
    expect(unitsOf(series)).toEqual([[newYear, 469_680, 470_300, 469_620, 469_760, 1_138_429]]);
    expect(series.closeTimeAt(0)).toBe(newYear + minute);
  });

  it("writes the same units over the raw columns when it is told to, and takes no other memory", () => {
    const rows = Array.from({ length: 1_500 }, (_, row) => [newYear + row * minute, 10.25, 12.5, 9, 11.75, row / 4]);
    const meta = { symbol: "A/B", timeframe: "1m", priceScale: 2, quantityScale: 3 };
    const bars = rawOf(rows);
    const series = toSeries(bars, meta, { inPlace: true });
    expect(unitsOf(series)).toEqual(unitsOf(toSeries(rawOf(rows), meta)));
    expect([series.close === bars.close, bars.close[1_499], bars.volume[1_499]]).toEqual([true, 1_175, 374_750]);
  });

  it("refuses a number with more decimals than the scale, naming the row", async () => {
    const bars = rawOf([[newYear, 1.23, 2, 1, 1, 1]], { file: "bars.csv" });
    const meta = { symbol: "A/B", timeframe: "1m", priceScale: 1, quantityScale: 0 };
    expect(await errorOf(() => toSeries(bars, meta))).toMatchObject({ code: "too_many_decimals", place: { file: "bars.csv" }, exitCode: 3 });
  });

  it("refuses a number beyond 2^53 units", async () => {
    // 1e9 at 8 decimals is 1e17 > 9.007e15.
    const bars = rawOf([[newYear, 1, 1, 1, 1, 1e9]]);
    const meta = { symbol: "A/B", timeframe: "1m", priceScale: 0, quantityScale: 8 };
    expect(await errorOf(() => toSeries(bars, meta))).toMatchObject({ code: "number_overflow", exitCode: 3 });
  });

  it("gives back the raw numbers bit by bit", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(2 ** 31 - 1), fc.nat(2 ** 31 - 1)), { minLength: 1 }), fc.nat(8), (pairs, scale) => {
        const rows = pairs.map(([price, volume], at) => {
          const [p, v] = [unitsToNumber(price, scale), unitsToNumber(volume, scale)];
          return [newYear + at * minute, p, p, p, p, v];
        });
        const series = toSeries(rawOf(rows), { symbol: "A/B", timeframe: "1m", priceScale: scale, quantityScale: scale });
        expect([...series.open]).toEqual(pairs.map(([price]) => price));
        expect([...series.volume]).toEqual(rows.map((row) => numberToUnits(row[5] as number, scale)));
        expect(rowsOf(toRaw(series))).toEqual(rows);
      }),
    );
  });
});

describe("resample", () => {
  const bar = (at: number, open: number, high: number, low: number, close: number, volume: number): number[] => [
    newYear + at * minute,
    open,
    high,
    low,
    close,
    volume,
  ];

  it("takes first open, highest high, lowest low, last close and the sum of volumes", () => {
    const series = seriesOf("A/B", "1m", [bar(0, 10, 15, 9, 11, 1), bar(1, 11, 12, 5, 6, 2), bar(2, 7, 20, 7, 19, 4)]);
    const longer = resample(series, "3m");
    expect(unitsOf(longer)).toEqual([[newYear, 10, 20, 5, 19, 7]]);
    expect([longer.timeframe, longer.interval, longer.priceScale, longer.quantityScale, longer.symbol]).toEqual(["3m", 180_000, 2, 0, "A/B"]);
  });

  it("leaves out a first interval that starts late and a last one that ends early", () => {
    // Minutes 1…7 of intervals [0,3) [3,6) [6,9): only the middle one is complete at both ends.
    const rows = [1, 2, 3, 4, 5, 6, 7].map((at) => bar(at, at, at, at, at, 1));
    expect(unitsOf(resample(seriesOf("A/B", "1m", rows), "3m"))).toEqual([[newYear + 3 * minute, 3, 5, 3, 5, 3]]);
  });

  it("makes a bar of what there is around a gap, and none of nothing", () => {
    // Intervals [0,3): 0 and 2; [3,6): 4; [6,9): nothing; [9,12): 11.
    const rows = [0, 2, 4, 11].map((at) => bar(at, at + 1, at + 1, at + 1, at + 1, 1));
    expect(unitsOf(resample(seriesOf("A/B", "1m", rows), "3m"))).toEqual([
      [newYear, 1, 3, 1, 3, 2],
      [newYear + 3 * minute, 5, 5, 5, 5, 1],
      [newYear + 9 * minute, 12, 12, 12, 12, 1],
    ]);
  });

  it("starts weeks on Monday", () => {
    // 2025-01-06 is a Monday, five days after New Year's Wednesday.
    const day = 86_400_000;
    const rows = Array.from({ length: 12 }, (_, at) => [newYear + at * day, 1, 1, 1, 1, 1]);
    expect(unitsOf(resample(seriesOf("A/B", "1d", rows), "1w"))).toEqual([[newYear + 5 * day, 1, 1, 1, 1, 7]]);
  });

  it("refuses a shorter timeframe, a broken multiple and bars that cross a border", async () => {
    const series = seriesOf("A/B", "2m", [bar(0, 1, 1, 1, 1, 1)]);
    expect(await errorOf(() => resample(series, "1m"))).toMatchObject({ code: "bad_timeframe" });
    expect(await errorOf(() => resample(series, "3m"))).toMatchObject({ code: "bad_timeframe" });
    const crossing = seriesOf("A/B", "2m", [bar(3, 1, 1, 1, 1, 1)]);
    expect(await errorOf(() => resample(crossing, "4m"))).toMatchObject({ code: "bars_misaligned" });
  });

  it("agrees with itself over an intermediate timeframe, and keeps volume", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 20 }), (seed, hours) => {
        const series = syntheticBars({
          seed,
          symbol: "A/B",
          start: newYear,
          count: hours * 60,
          timeframe: "1m",
          startPrice: "50",
          tick: "0.01",
          step: "0.1",
        });
        const direct = resample(series, "1h");
        expect(direct.length).toBe(hours);
        expect(unitsOf(resample(resample(series, "5m"), "1h"))).toEqual(unitsOf(direct));
        const sum = (column: Float64Array): number => column.reduce((total, volume) => total + volume, 0);
        expect(sum(direct.volume)).toBe(sum(series.volume));
      }),
      { numRuns: 20 },
    );
  });
});

describe("seriesDigest", () => {
  const sha256 = () => {
    const hash = createHash("sha256");
    return { update: (bytes: Uint8Array) => hash.update(bytes), digest: () => hash.digest("hex") };
  };
  const rows = [[newYear, 10, 15, 9, 11, 1]];

  it("is the hash of a line of JSON and the columns as little-endian float64", () => {
    const bytes = Buffer.alloc(48);
    [newYear, 10, 15, 9, 11, 1].forEach((value, at) => bytes.writeDoubleLE(value, at * 8));
    const expected = createHash("sha256").update('["A/B","1m",2,0,1]\n').update(bytes).digest("hex");
    expect(seriesDigest(seriesOf("A/B", "1m", rows), sha256)).toBe(expected);
  });

  it("differs by symbol, timeframe, scale and any number", () => {
    const base = { symbol: "A/B", timeframe: "1m", interval: minute, priceScale: 2, quantityScale: 0 };
    const columns = rawOf(rows);
    const digests = [
      new BarSeries(base, columns),
      new BarSeries({ ...base, symbol: "A/C" }, columns),
      new BarSeries({ ...base, timeframe: "60s" }, columns),
      new BarSeries({ ...base, priceScale: 3 }, columns),
      new BarSeries({ ...base, quantityScale: 1 }, columns),
      new BarSeries(base, rawOf([[newYear, 10, 15, 9, 11, 2]])),
    ].map((series) => seriesDigest(series, sha256));
    expect(new Set(digests).size).toBe(6);
  });

  it("is the same for columns in shared memory", () => {
    const shared = (column: Float64Array): Float64Array => {
      const copy = new Float64Array(new SharedArrayBuffer(column.byteLength));
      copy.set(column);
      return copy;
    };
    const own = seriesOf("A/B", "1m", rows);
    const { time, open, high, low, close, volume } = own;
    const columns = { time: shared(time), open: shared(open), high: shared(high), low: shared(low), close: shared(close), volume: shared(volume) };
    const meta = { symbol: "A/B", timeframe: "1m", interval: minute, priceScale: 2, quantityScale: 0 };
    expect(seriesDigest(new BarSeries(meta, columns), sha256)).toBe(seriesDigest(own, sha256));
  });

  it("does not depend on where a column's memory lies", () => {
    const long = Array.from({ length: 20_000 }, (_, at) => [newYear + at * minute, 10, 15, 9, 11, at]);
    const whole = rawOf([[0, 0, 0, 0, 0, 0], ...long]);
    const cut = (column: Float64Array): Float64Array => column.subarray(1);
    const { time, open, high, low, close, volume } = whole;
    const meta = { symbol: "A/B", timeframe: "1m", interval: minute, priceScale: 2, quantityScale: 0 };
    const views = { time: cut(time), open: cut(open), high: cut(high), low: cut(low), close: cut(close), volume: cut(volume) };
    expect(seriesDigest(new BarSeries(meta, views), sha256)).toBe(seriesDigest(seriesOf("A/B", "1m", long), sha256));
  });
});

describe("loadSeries", () => {
  const text = `time,open,high,low,close,volume\n${[0, 1, 3, 4].map((at) => `${newYear + at * minute},1.5,1.75,1.25,1.5,${at}.5\n`).join("")}`;

  it("reads, checks and converts in one call, at the data's own decimals", async () => {
    await withFile("bars.csv", text, async (path) => {
      const { series, gaps, missing, zeroVolume, timeframe } = await loadSeries(path, { symbol: "A/B" });
      expect([series.length, series.priceScale, series.quantityScale, gaps, missing, zeroVolume, timeframe]).toEqual([4, 2, 1, 1, 1, 0, "1m"]);
      expect(unitsOf(series)[1]).toEqual([newYear + minute, 150, 175, 125, 150, 15]);
    });
  });

  it("infers the timeframe from the whole file when the range holds one bar", async () => {
    await withFile("bars.csv", text, async (path) => {
      const loaded = await loadSeries(path, { symbol: "A/B", from: newYear, to: newYear + minute, priceScale: 3, quantityScale: 2 });
      expect([loaded.timeframe, unitsOf(loaded.series)]).toEqual(["1m", [[newYear, 1_500, 1_750, 1_250, 1_500, 50]]]);
    });
  });

  it("passes the errors of every step on", async () => {
    await withFile("bars.csv", text, async (path) => {
      expect(await errorOf(() => loadSeries(path, { symbol: "A/B", timeframe: "soon" }))).toMatchObject({ code: "bad_timeframe", exitCode: 3 });
      expect(await errorOf(() => loadSeries(path, { symbol: "A/B", timeframe: "7s" }))).toMatchObject({ code: "wrong_timeframe", exitCode: 3 });
      expect(await errorOf(() => loadSeries(path, { symbol: "A/B", priceScale: 1 }))).toMatchObject({
        code: "too_many_decimals",
        place: { file: path, line: 2 },
      });
      expect(await errorOf(() => loadSeries(path, { symbol: "A/B", now: newYear }))).toMatchObject({ code: "bar_unfinished" });
    });
  });
});
