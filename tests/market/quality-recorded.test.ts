// Recorded files against the index that came with them: hash, rows, first and last bar, gaps, bars without volume. The index was made by
// other programs. Not run where the data is absent.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { timeframeMillis } from "../../src/domain/index.ts";
import { checkFile, type FileQuality } from "../../src/market/index.ts";
import { createSha256 } from "../../src/session/sha256.ts";
import { dataFolder } from "./bar-folder.ts";

const present = dataFolder !== "";

interface Entry {
  readonly file: string;
  readonly timeframe: string;
  readonly first: string;
  readonly last: string;
  readonly rows: number;
  readonly quirks: string;
  readonly sha256: string;
}

/** The index's rows of bar files that read without an option: `| file | … | timeframe | from | to | rows | quirks | sha256 |`. */
function entries(): Entry[] {
  const lines = readFileSync(join(dataFolder, "INDEX.md"), "utf8").split("\n");
  return lines.flatMap((line) => {
    const [file = "", , , , , timeframe = "", first = "", last = "", rows = "", quirks = "", sha256 = ""] = line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim());
    const bars = /^\d+[mhd]$/.test(timeframe) && /^\d+$/.test(rows) && /\.(?:feather|csv\.gz|csv|json\.gz)$/.test(file);
    // Quotes have no volume, and answers of a REST interface are bars in an envelope: neither reads without an option.
    const plain = !file.startsWith("fxcm/") && !file.startsWith("hyperliquid_rest/");
    return bars && plain ? [{ file, timeframe, first, last, rows: Number(rows), quirks, sha256 }] : [];
  });
}

const count = ({ findings }: FileQuality, kind: string): number => findings.find((finding) => finding.kind === kind)?.count ?? 0;
const severe = ({ findings }: FileQuality): string[] => findings.filter(({ severity }) => severity === "error").map(({ kind }) => kind);
const check = (file: string): Promise<FileQuality> => checkFile(join(dataFolder, file), { createSha256, now: Date.UTC(2026, 0, 1) });

describe("recorded files (needs SEATRIAL_DATA)", () => {
  it.runIf(present)(
    "have the hash, rows, range, gaps and silent bars of the index",
    async () => {
      const listed = entries();
      expect(listed.length).toBeGreaterThan(30);
      for (const { file, timeframe, first, last, rows, quirks, sha256 } of listed) {
        const quality = await check(file);
        const interval = timeframeMillis(timeframe);
        const iso = (time: number | null): string => new Date(time ?? 0).toISOString().slice(0, first.length).replace("T", " ");
        expect({
          file,
          sha256: quality.sha256,
          rows: quality.rows,
          timeframe: quality.timeframe,
          first: iso(quality.from),
          last: iso((quality.to ?? 0) - interval),
        }).toEqual({ file, sha256, rows, timeframe, first, last });
        expect([file, severe(quality)]).toEqual([file, []]);
        const gaps = /^(\d+) gaps/.exec(quirks)?.[1] ?? (quirks.startsWith("no gaps") ? "0" : null);
        if (gaps !== null) expect([file, count(quality, "gap")]).toEqual([file, Number(gaps)]);
        const silent = /(\d+) zero-volume bars/.exec(quirks)?.[1];
        if (silent !== undefined) expect([file, count(quality, "zero_volume")]).toEqual([file, Number(silent)]);
      }
    },
    60_000,
  );

  it.runIf(present)("of months are found to be stamped with their close, all 156 of them", async () => {
    const quality = await check("backtesting_py/BTCUSD.csv");
    expect([quality.rows, count(quality, "time_at_close")]).toEqual([156, 156]);
  });

  it.runIf(present)("that are named 8m and hold 1m are found out by their name", async () => {
    const { timeframe, findings } = await check("freqtrade/UNITTEST_BTC-8m.json.gz");
    expect([timeframe, findings[0]]).toMatchObject(["1m", { kind: "wrong_timeframe", severity: "warning", count: 1 }]);
  });

  it.runIf(present)("jump where OM fell from 5.30 to 0.39 on 2025-04-13, 18:15 to 19:45, and ordinary months do not", async () => {
    const crash = (await check("hyperliquid/OM_USDC_USDC-5m-futures.csv.gz")).findings.find(({ kind }) => kind === "jump");
    expect(crash?.places[0]?.time).toBeGreaterThanOrEqual(Date.UTC(2025, 3, 13, 18, 15));
    expect(crash?.places[0]?.time).toBeLessThan(Date.UTC(2025, 3, 13, 19, 45));
    for (const file of [
      "binanceusdm/BTC_USDT_USDT-1m-futures.feather",
      "binanceusdm/SOL_USDT_USDT-1m-futures.csv.gz",
      "hyperliquid/HYPE_USDC_USDC-1m-futures.feather",
    ]) {
      expect([file, count(await check(file), "jump")]).toEqual([file, 0]);
    }
  });

  it.runIf(present)("split where Apple did, four times, and nowhere in months of minutes", async () => {
    const splits = (quality: FileQuality) => quality.findings.find(({ kind }) => kind === "split")?.places.map(({ time }) => new Date(time ?? 0));
    // 2, 2, 7 and 4 new shares for one; each day is the first in new shares.
    const dates = ["2000-06-21", "2005-02-28", "2014-06-09", "2020-08-31"].map((date) => new Date(date));
    const apple = await checkFile(join(dataFolder, "lean/equity/usa/daily/aapl.zip"), { createSha256, now: Date.UTC(2026, 0, 1), placesMax: 9 });
    expect(splits(apple)).toEqual(dates);
    expect(splits(await check("hyperliquid/OM_USDC_USDC-5m-futures.csv.gz"))).toBeUndefined();
    expect(splits(await check("binanceusdm/BTC_USDT_USDT-1m-futures.feather"))).toBeUndefined();
  });
});
