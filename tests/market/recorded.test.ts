// Recorded files against what their index says of them and against each other: two formats of one series, two timeframes of one
// market. Not run where the data is absent.
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { inferTimeframe, loadSeries, readBars, resample, sliceBars, toRaw, validateBars } from "../../src/market/index.ts";
import { dataFolder, errorOf, rowsOf } from "./bar-folder.ts";

const at = (file: string): string => join(dataFolder, file);
const present = dataFolder !== "";

describe("recorded files (needs SEATRIAL_DATA)", () => {
  const twins: readonly (readonly [feather: string, other: string, rows: number])[] = [
    ["hyperliquid/HYPE_USDC_USDC-1m-futures.feather", "hyperliquid/HYPE_USDC_USDC-1m-futures.csv.gz", 6_957],
    ["hyperliquid/HYPE_USDC_USDC-5m-futures.feather", "hyperliquid/HYPE_USDC_USDC-5m-futures.csv.gz", 38_455],
    ["binanceusdm/BTC_USDT_USDT-1m-futures.feather", "binanceusdm/BTC_USDT_USDT-1m-futures.csv.gz", 43_199],
    ["freqtrade/ADA_BTC-5m.feather", "freqtrade/ADA_BTC-5m.csv.gz", 5_720],
    ["freqtrade/UNITTEST_BTC-1m.feather", "freqtrade/UNITTEST_BTC-1m.json.gz", 13_681],
  ];
  for (const [feather, other, rows] of twins) {
    it.runIf(present)(`${feather} equals ${other} row by row`, async () => {
      const [a, b] = [await readBars(at(feather)), await readBars(at(other))];
      expect(a.length).toBe(rows);
      expect(rowsOf(a)).toEqual(rowsOf(b));
      expect([a.priceDecimals, a.volumeDecimals]).toEqual([b.priceDecimals, b.volumeDecimals]);
    });
  }

  const facts: readonly (readonly [file: string, timeframe: string, first: string, last: string, counts: object])[] = [
    ["hyperliquid/HYPE_USDC_USDC-1m-futures.feather", "1m", "2025-07-21T09:43", "2025-07-26T05:39", { gaps: 0, zeroVolume: 0 }],
    ["hyperliquid/HYPE_USDC_USDC-5m-futures.feather", "5m", "2025-03-14T17:05", "2025-07-26T05:35", { gaps: 0, zeroVolume: 17 }],
    // "1 gaps / 11518 missing bars, 9996 zero-volume bars"
    [
      "hyperliquid/CAPPY_USDC-1m.csv.gz",
      "1m",
      "2025-07-10T23:30",
      "2025-07-25T22:04",
      { gaps: 1, missing: 11_518, longestGap: 11_518, zeroVolume: 9_996 },
    ],
    // "538 gaps / 717 missing bars (max gap 8 min)": 7 bars are missing between two that are 8 minutes apart
    ["freqtrade/UNITTEST_BTC-1m.csv.gz", "1m", "2017-11-04T23:02", "2017-11-14T22:59", { gaps: 538, missing: 717, longestGap: 7 }],
    ["freqtrade/ADA_BTC-5m.csv.gz", "5m", "2018-01-10T04:55", "2018-01-30T04:50", { gaps: 5, missing: 40, longestGap: 33 }],
    ["backtesting_py/EURUSD.csv.gz", "1h", "2017-04-19T09:00", "2018-02-07T15:00", {}],
    // "375 gaps / 13263 missing bars (max gap 2941 min)"
    [
      "cme/6EH4.XCME_1min_bars_20240101_20240131.csv.gz",
      "1m",
      "2024-01-01T23:01",
      "2024-01-31T23:59",
      { gaps: 375, missing: 13_263, longestGap: 2_940 },
    ],
  ];
  for (const [file, timeframe, first, last, counts] of facts) {
    it.runIf(present)(`${file} has the times, gaps and silent bars of the index`, async () => {
      const bars = await readBars(at(file));
      expect(inferTimeframe(bars)).toBe(timeframe);
      expect(validateBars(bars, { timeframe })).toMatchObject(counts);
      const ends = [bars.time[0], bars.time[bars.length - 1]].map((time) => new Date(time as number).toISOString().slice(0, 16));
      expect(ends).toEqual([first, last]);
    });
  }

  it.runIf(present)("HYPE 1m bars make exactly the exchange's 5m bars where both exist", async () => {
    const minutes = await loadSeries(at("hyperliquid/HYPE_USDC_USDC-1m-futures.feather"), {
      symbol: "HYPE/USDC:USDC",
      priceScale: 4,
      quantityScale: 2,
    });
    const made = toRaw(resample(minutes.series, "5m"));
    // From 09:43 to 05:39: the first complete interval opens at 09:45, the last at 05:35; 115 h 55 min are 1,391 of 5 minutes.
    expect(made.length).toBe(1_391);
    const exchange = await readBars(at("hyperliquid/HYPE_USDC_USDC-5m-futures.feather"));
    const first = made.time[0] as number;
    const both = sliceBars(exchange, { from: first, to: first + made.length * 300_000 });
    expect(both.length).toBe(made.length);
    expect(rowsOf(made)).toEqual(rowsOf(both));
  });

  it.runIf(present)("BTC 5m bars make a 15m bar that the exchange has lost a third of", async () => {
    const fine = await loadSeries(at("hyperliquid/BTC_USDC_USDC-5m-futures.csv.gz"), { symbol: "BTC/USDC:USDC", priceScale: 0 });
    const made = toRaw(resample(fine.series, "15m"));
    const range = { from: Date.UTC(2025, 3, 20, 10, 30), to: Date.UTC(2025, 3, 20, 11, 15) };
    const barsOf = (bars: typeof made) => rowsOf(sliceBars(bars, range)).map((row) => row.slice(1));
    const whole = [
      [84_330, 84_373, 84_102, 84_168, 400.52444],
      [84_118, 84_198, 84_033, 84_172, 171.24396],
    ];
    // Opens of 10:45, 10:50, 10:55: 84168, 84099, 83951; 149.69643 + 138.53081 + 94.16472 = 382.39196
    expect(barsOf(made)).toEqual([whole[0], [84_168, 84_168, 83_894, 84_119, 382.39196], whole[1]]);
    expect(barsOf(await readBars(at("hyperliquid/BTC_USDC_USDC-15m-futures.csv.gz")))).toEqual([
      whole[0],
      [84_099, 84_132, 83_894, 84_119, 232.69553],
      whole[1],
    ]);
  });

  it.runIf(present)("a file that is named 8m and holds 1m is found out", async () => {
    const bars = await readBars(at("freqtrade/UNITTEST_BTC-8m.json.gz"));
    expect(() => validateBars(bars, { timeframe: "8m" })).toThrow(/60 s after the row before; bars of 8m are 480 s apart/);
  });

  it.runIf(present)("funding, quotes and market lists are not taken for bars", async () => {
    const files = [
      "tardis/binance-futures_book_snapshot_5_BTCUSDT.csv",
      "fxcm/gbpusd-m1-bid-2012.csv.gz",
      "ccxt_derived/hyperliquid.HYPE.market.ccxt-4.5.84.json",
      "lean/symbol-properties-database.csv.gz",
    ];
    const codes: string[] = [];
    for (const file of files) codes.push((await errorOf(() => readBars(at(file)))).code);
    expect(codes).toEqual(["column_missing", "column_missing", "bad_json", "header_unknown"]);
  });
});
