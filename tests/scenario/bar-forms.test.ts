// The keys of a scenario's bars that say how their file is to be read: each on a recorded file that needs it, with the
// facts of its index or of its text; and what is said where one is missing or does not belong.
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import type { BarSeries } from "../../src/domain/index.ts";
import { loadScenario } from "../../src/scenario/index.ts";
import { edited, problemOf, workspace } from "./workspace.ts";

const { folder, write } = workspace();
const data = process.env["SEATRIAL_DATA"];
const script = '"script": [["100", "101", "99", "100", "1000"], "flat"]';

async function seriesOf(keys: string): Promise<BarSeries> {
  const { plan, notRun } = await loadScenario(write("scenario.json", edited(script, keys)), { SEATRIAL_DATA: data });
  const series = plan?.markets[0]?.series[0];
  if (series === undefined) throw new Error(notRun?.reason ?? "no plan");
  return series;
}

const problem = (keys: string) => problemOf(loadScenario(write("scenario.json", edited(script, keys)), { SEATRIAL_DATA: data }));

describe("a file whose times are closes", () => {
  const rows = "timestamp,open,high,low,close,volume\n1735689659999,1,2,0.5,1.5,10\n1735689719999,1.5,2,1,2,7\n";

  it("is refused until the scenario says so", async () => {
    write("closes.csv", rows);
    const error = await problem('"file": "closes.csv"');
    expect([error.code, error.exitCode]).toEqual(["time_at_close", 3]);
    expect(error.hint).toContain("in a scenario's bars");
  });

  it("has its bars at their opens, and from and to mean opens", async () => {
    write("closes.csv", rows);
    expect([...(await seriesOf('"file": "closes.csv", "time": "close"')).time]).toEqual([1_735_689_600_000, 1_735_689_660_000]);
    const second = await seriesOf('"file": "closes.csv", "time": "close", "from": "2025-01-01T00:01:00Z", "timeframe": "1m"');
    expect([...second.close]).toEqual([200]);
  });

  it("is taken as it is where the scenario says that", async () => {
    write("closes.csv", rows);
    expect((await seriesOf('"file": "closes.csv", "time": "open"')).time[0]).toBe(1_735_689_659_999);
  });
});

describe("a key that does not belong", () => {
  it.each([
    ['"script": ["flat"], "startPrice": "1", "time": "close"', '"close"', "belongs to file bars, these come from script"],
    ['"synthetic": { "count": 3, "startPrice": "1" }, "zone": "UTC"', '"UTC"', "belongs to file bars, these come from synthetic"],
    ['"script": ["flat"], "startPrice": "1", "volume": "absent"', '"absent"', "belongs to file bars, these come from script"],
    ['"file": "x.csv", "volume": "1000"', '"1000"', 'is the volume of scripted bars; of a file it is "required" or "absent"'],
    ['"synthetic": { "count": 3, "startPrice": "1" }, "volume": "10"', '"10"', "belongs to script and file bars"],
  ])("%s", async (keys, value, reason) => {
    const error = await problem(keys);
    expect(error.code).toBe("bad_value");
    const line = edited(script, keys).split("\n")[6] ?? "";
    expect([error.place.line, error.place.column]).toEqual([7, line.lastIndexOf(value) + 1]);
    expect(error.reason).toContain(reason);
  });
});

describe("splits", () => {
  const rows = "timestamp,open,high,low,close,volume\n1735689600000,14,14,14,14,70\n1735689660000,2,2,2,2,70\n1735689720000,1,1,1,1,70\n";

  it("are taken out of the bars, and the label says so", async () => {
    write("split.csv", rows);
    const keys = '"file": "split.csv", "splits": [{ "at": "2025-01-01T00:01:00Z", "ratio": "7" }, { "at": "2025-01-01T00:02:00Z", "ratio": "2" }]';
    const series = await seriesOf(keys);
    expect([...series.open].map((units) => units / series.pricePower)).toEqual([14, 14, 14]);
    expect([...series.volume].map((units) => units / series.quantityPower)).toEqual([70, 10, 5]);
    const text = edited(script, keys);
    expect((await loadScenario(write("scenario.json", text), {})).labels).toEqual(["recorded bars", "adjusted for splits"]);
  });

  it("stand in order of time", async () => {
    const error = await problem('"file": "split.csv", "splits": [{ "at": 120000, "ratio": "7" }, { "at": 60000, "ratio": "2" }]');
    expect([error.code, error.reason]).toEqual(["bad_value", "markets[0].bars.splits[1]: this object is not after the split before it"]);
  });
});

describe.runIf(data !== undefined)("recorded files", () => {
  it("forex without volume: refused with the way out, then bars of volume 0", async () => {
    const file = '"file": "${SEATRIAL_DATA}/fxcm/gbpusd-m1-bid-2012.csv.gz"';
    const error = await problem(file);
    expect(error.code).toBe("column_missing");
    expect(error.hint).toContain('"volume": "absent" in a scenario\'s bars');
    const series = await seriesOf(`${file}, "volume": "absent"`);
    // 30,117 rows of 1m from 2012-02-01 on, says the index; its first row is 1.57597, 1.57606, 1.57576, 1.57576.
    expect(series).toMatchObject({ length: 30_117, timeframe: "1m", priceScale: 5 });
    expect([series.time[0], series.open[0], series.high[0], series.volume[0]]).toEqual([Date.UTC(2012, 1, 1), 157_597, 157_606, 0]);
  });

  it("LEAN's quotes of Coinbase: refused until a side is named", async () => {
    const file = '"file": "${SEATRIAL_DATA}/lean/crypto/coinbase/minute/btcusd/20180404_quote.zip"';
    expect((await problem(file)).hint).toContain("--side bid or --side ask (in a scenario's bars");
    const [bid, ask] = [await seriesOf(`${file}, "side": "bid"`), await seriesOf(`${file}, "side": "ask"`)];
    expect([bid.length, ask.length]).toEqual([1_437, 1_437]);
    for (let bar = 0; bar < bid.length; bar += 1) {
      expect((bid.close[bar] as number) / bid.pricePower).toBeLessThanOrEqual((ask.close[bar] as number) / ask.pricePower);
    }
  });

  it("a capture of four markets: refused until one is named by the venue's name", async () => {
    const file = '"file": "${SEATRIAL_DATA}/cryptofeed/BINANCE_FUTURES.ws.1.0.txt.gz", "timeframe": "1m"';
    expect((await problem(file)).hint).toContain("SUSHIUSDT, CTKUSDT, AKROUSDT, KEEPUSDT");
    // Four closed bars of 67 messages, says the index: one a market.
    expect((await seriesOf(`${file}, "symbol": "SUSHIUSDT"`)).length).toBe(1);
  });

  it("LEAN's shares outside LEAN's folders: kind and zone are named, and the bars are those of the folders", async () => {
    const named = "lean/equity/usa/minute/aapl/20140606_trade.zip";
    copyFileSync(join(data ?? "", named), join(folder, "apple.zip"));
    expect((await problem('"file": "apple.zip"')).hint).toContain("leanSecurity in a scenario's bars");
    expect((await problem('"file": "apple.zip", "leanSecurity": "equity"')).hint).toContain("zone in a scenario's bars");
    const series = await seriesOf('"file": "apple.zip", "leanSecurity": "equity", "zone": "America/New_York"');
    // 783 rows from 04:00 in New York, which is 08:00 UTC in June.
    expect([series.length, series.time[0]]).toEqual([783, Date.UTC(2014, 5, 6, 8)]);
    const own = await seriesOf(`"file": "\${SEATRIAL_DATA}/${named}"`);
    expect([...own.close]).toEqual([...series.close]);
  });
});
