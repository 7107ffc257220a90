// LEAN's archives: what folders and names say, price scales, time zones, quotes; and the zone clock by known clock changes.
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { readBars, type ReadOptions } from "../../src/market/index.ts";
import { ZoneClock } from "../../src/market/zone.ts";
import { errorOf, rowsOf, withFolder } from "./bar-folder.ts";
import { zipOf } from "./zip-of.ts";

/** Writes one archive into LEAN's folders and runs the test on its path. */
async function withLean(path: string, entry: string, text: string, run: (path: string) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, zipOf(entry, text));
    await run(file);
  });
}

async function rowsIn(path: string, options: ReadOptions = {}): Promise<number[][]> {
  return rowsOf(await readBars(path, options));
}

describe("LEAN archives", () => {
  it("counts milliseconds from midnight of the date in the name; crypto is UTC with prices as they are", async () => {
    await withLean(
      "crypto/coinbase/minute/btcusd/20180404_trade.zip",
      "20180404_btcusd_minute_trade.csv",
      "0,7424.91,7425,7422,7422,7.14\n60000,7420,7422,7405,7405,1\n",
      async (path) => {
        const midnight = Date.UTC(2018, 3, 4);
        expect(await rowsIn(path)).toEqual([
          [midnight, 7424.91, 7425, 7422, 7422, 7.14],
          [midnight + 60_000, 7420, 7422, 7405, 7405, 1],
        ]);
      },
    );
  });

  it("divides prices of equities by ten thousand and reads their times as New York's, before and after the clock change", async () => {
    const day = async (date: string, opens: number): Promise<void> => {
      await withLean(
        `equity/usa/minute/aapl/${date}_trade.zip`,
        `${date}_aapl_minute_trade.csv`,
        "34200000,6488000,6491000,6487900,6491000,300\n",
        async (path) => {
          expect(await rowsIn(path)).toEqual([[opens, 648.8, 649.1, 648.79, 649.1, 300]]);
        },
      );
    };
    // 34,200,000 ms are 9:30: 13:30 UTC in summer, 14:30 in winter. The clocks went forward on 2014-03-09.
    await day("20140606", Date.UTC(2014, 5, 6, 13, 30));
    await day("20140307", Date.UTC(2014, 2, 7, 14, 30));
    await day("20140310", Date.UTC(2014, 2, 10, 13, 30));
  });

  it("keeps the date of a daily bar", async () => {
    await withLean("equity/usa/daily/aapl.zip", "aapl.csv", "19980102 00:00,136300,162500,135000,162500,6315000\n", async (path) => {
      expect(await rowsIn(path)).toEqual([[Date.UTC(1998, 0, 2), 13.63, 16.25, 13.5, 16.25, 6_315_000]]);
    });
  });

  it("reads bars of the bid or of the ask out of quotes, only when told which, with volume 0", async () => {
    const row = "20070330 00:00,1.33141,1.33231,1.33131,1.33201,0,1.33149,1.33239,1.33139,1.33199,0\n";
    await withLean("forex/fxcm/hour/eurusd.zip", "eurusd.csv", row, async (path) => {
      // FXCM's files keep New York's winter time, 5 hours behind UTC, also on 30 March.
      const opens = Date.UTC(2007, 2, 30, 5);
      expect(await rowsIn(path, { side: "bid" })).toEqual([[opens, 1.33141, 1.33231, 1.33131, 1.33201, 0]]);
      expect(await rowsIn(path, { side: "ask" })).toEqual([[opens, 1.33149, 1.33239, 1.33139, 1.33199, 0]]);
      expect(await errorOf(() => readBars(path))).toMatchObject({ code: "side_needed", exitCode: 3, place: { file: path } });
    });
  });

  it("does not guess a price scale or a zone outside LEAN's folders", async () => {
    await withLean("20140606_trade.zip", "20140606_aapl_minute_trade.csv", "34200000,6488000,6491000,6487900,6491000,300\n", async (path) => {
      expect(await errorOf(() => readBars(path))).toMatchObject({ code: "lean_security_unknown", place: { file: path } });
      expect(await errorOf(() => readBars(path, { leanSecurity: "equity" }))).toMatchObject({ code: "zone_unknown" });
      expect(await errorOf(() => readBars(path, { leanSecurity: "equity", zone: "New York" }))).toMatchObject({ code: "bad_zone" });
      const bars = await rowsIn(path, { leanSecurity: "equity", zone: "America/New_York" });
      expect(bars).toEqual([[Date.UTC(2014, 5, 6, 13, 30), 648.8, 649.1, 648.79, 649.1, 300]]);
    });
  });

  it("refuses rows of another width and names the line of a broken number", async () => {
    const name = "20180404_btcusd_minute_trade.csv";
    await withLean("crypto/coinbase/minute/btcusd/20180404_trade.zip", name, "0,1,1,1\n", async (path) => {
      expect(await errorOf(() => readBars(path))).toMatchObject({ code: "lean_row_unknown", place: { file: path, line: 1 } });
    });
    await withLean("crypto/coinbase/minute/btcusd/20180404_trade.zip", name, "0,1,1,1,1,1\n60000,1,x,1,1,1\n", async (path) => {
      expect(await errorOf(() => readBars(path))).toMatchObject({ code: "bad_number", place: { file: path, line: 2, column: 9 } });
    });
  });

  it("does not take another archive's file for one of LEAN's", async () => {
    await withLean(
      "spot/BTCUSDT-1m-2025-01-01.zip",
      "BTCUSDT-1m-2025-01-01.csv",
      "1735689600000,1,1,1,1,1,1735689659999,1,1,1,1,0\n",
      async (path) => {
        expect(await rowsIn(path)).toEqual([[1_735_689_600_000, 1, 1, 1, 1, 1]]);
      },
    );
  });
});

describe("zone clock", () => {
  const newYork = new ZoneClock("America/New_York");
  const local = (...parts: [number, number, number, number, number]): number => Date.UTC(...parts);

  it("knows winter, summer, the hour that does not exist and the one that comes twice", () => {
    expect(newYork.instantOf(local(2014, 0, 6, 9, 30))).toBe(Date.UTC(2014, 0, 6, 14, 30));
    expect(newYork.instantOf(local(2014, 6, 7, 9, 30))).toBe(Date.UTC(2014, 6, 7, 13, 30));
    // 2014-03-09: 02:00 to 03:00 is left out. 01:59 is still winter, 03:00 summer; 02:30 by the offset before it is 07:30 UTC.
    expect(newYork.instantOf(local(2014, 2, 9, 1, 59))).toBe(Date.UTC(2014, 2, 9, 6, 59));
    expect(newYork.instantOf(local(2014, 2, 9, 3, 0))).toBe(Date.UTC(2014, 2, 9, 7, 0));
    expect(newYork.instantOf(local(2014, 2, 9, 2, 30))).toBe(Date.UTC(2014, 2, 9, 7, 30));
    // 2014-11-02: 01:30 comes twice; the first is summer's, 05:30 UTC.
    expect(newYork.instantOf(local(2014, 10, 2, 1, 30))).toBe(Date.UTC(2014, 10, 2, 5, 30));
    expect(newYork.instantOf(local(2014, 10, 2, 2, 0))).toBe(Date.UTC(2014, 10, 2, 7, 0));
  });

  it("leaves UTC alone", () => {
    expect(new ZoneClock("UTC").instantOf(1_735_689_600_000)).toBe(1_735_689_600_000);
  });
});
