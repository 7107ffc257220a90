// Trades as steps inside bars: exact, in their order, and the recorded bars are what they make.
import { describe, expect, it } from "vitest";

import type { TradeSeries } from "../../src/domain/index.ts";
import { readBars, readTrades, resample, toSeries, tradeSteps } from "../../src/market/index.ts";
import { dataFolder, errorOf } from "./bar-folder.ts";

const trades: TradeSeries = {
  symbol: null,
  length: 4,
  time: Float64Array.from([59_999, 60_000, 60_000, 185_000.7]),
  price: Float64Array.from([1_000, 1_005, 995, 1_001]),
  quantity: Float64Array.from([5, 10, 20, 1]),
  side: new Int8Array(4),
  priceScale: 1,
  quantityScale: 0,
};
const meta = { symbol: "ABC/USDC", priceScale: 2, quantityScale: 1 };

describe("trades as steps", () => {
  it("keep their order, their time in whole ms and every decimal", () => {
    const steps = tradeSteps(trades, meta);
    expect(steps.ofTrades).toBe(true);
    expect([...steps.time]).toEqual([59_999, 60_000, 60_000, 185_000]);
    expect([...steps.open]).toEqual([10_000, 10_050, 9_950, 10_010]);
    expect(steps.high).toEqual(steps.low);
    expect([...steps.volume]).toEqual([50, 100, 200, 10]);
  });

  it("make bars of the minutes in which there are any, the first and the last one included", () => {
    const bars = resample(tradeSteps(trades, meta), "1m", "all");
    const rows = [...bars.time].map((time, bar) => [
      time,
      bars.openAt(bar),
      bars.highAt(bar),
      bars.lowAt(bar),
      bars.closeAt(bar),
      bars.volumeAt(bar),
    ]);
    expect(rows).toEqual([
      [0, 10_000, 10_000, 10_000, 10_000, 50],
      [60_000, 10_050, 10_050, 9_950, 9_950, 300],
      [180_000, 10_010, 10_010, 10_010, 10_010, 10],
    ]);
  });

  it("are refused at scales that would round them", async () => {
    expect(await errorOf(() => tradeSteps(trades, { ...meta, priceScale: 0 }))).toMatchObject({ code: "too_many_decimals", exitCode: 3 });
  });

  it.runIf(dataFolder !== "")("of XRP/ETH make all 2,469 recorded minutes, volumes included (needs SEATRIAL_DATA)", async () => {
    const folder = `${dataFolder}/freqtrade`;
    const [recorded, read] = [await readBars(`${folder}/XRP_ETH-1m.feather`), await readTrades(`${folder}/XRP_ETH-trades.json.gz`)];
    const scales = { symbol: "XRP/ETH", priceScale: 8, quantityScale: 8 };
    const made = resample(tradeSteps(read, scales), "1m", "all");
    const expected = toSeries(recorded, { ...scales, timeframe: "1m" });
    expect(made.length).toBe(2_469);
    for (const column of ["time", "open", "high", "low", "close", "volume"] as const) expect(made[column]).toEqual(expected[column]);
  });
});
