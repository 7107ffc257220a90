// Parquet files, zip archives and Feather files of other programs; what is damaged, cut or not meant is refused with a code.
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SeatrialError } from "../../src/domain/index.ts";
import { loadSeries, readBars, readMark, writeParquet } from "../../src/market/index.ts";
import { errorOf, newYear, rawOf, rowsOf, seriesOf, withFile, withFolder } from "./bar-folder.ts";
import { sampleRows, samples } from "./foreign-samples.ts";

describe("Parquet", () => {
  it("reads every compression, timestamps of every unit, several row groups and calendar days", async () => {
    for (const name of ["codecs.parquet", "nanos.parquet"] as const) {
      await withFile(name, samples[name], async (path) => expect(rowsOf(await readBars(path))).toEqual(sampleRows));
    }
    await withFile("days.parquet", samples["days.parquet"], async (path) => {
      expect([...(await readBars(path)).time]).toEqual([newYear, newYear + 86_400_000]);
    });
  });

  it("is found by its content, gzipped and under another name", async () => {
    await withFile("bars.bin", samples["codecs.parquet"], async (path) => expect(rowsOf(await readBars(path))).toEqual(sampleRows));
    await withFile("bars", gzipSync(samples["codecs.parquet"]), async (path) => expect(rowsOf(await readBars(path))).toEqual(sampleRows));
  });

  it("refuses an empty value, a text column and every shorter file with a code", async () => {
    await withFile("a.parquet", samples["null.parquet"], async (path) => {
      expect(await errorOf(() => readBars(path))).toMatchObject({
        code: "null_value",
        reason: expect.stringContaining("row 1") as string,
        exitCode: 3,
      });
      // A mark price has no volume to miss.
      expect([...(await readMark(path)).volume]).toEqual([3, 0]);
    });
    await withFile("a.parquet", samples["text.parquet"], async (path) => {
      expect(await errorOf(() => readBars(path))).toMatchObject({ code: "bad_column", place: { file: path } });
    });
    for (let length = 1; length < samples["codecs.parquet"].length; length += 61) {
      await withFile("a.parquet", samples["codecs.parquet"].subarray(0, length), async (path) => {
        expect((await errorOf(() => readBars(path))).code).toMatch(/^file_(?:truncated|corrupt)$/);
      });
    }
  });

  it("answers damaged bytes with bars or a typed error", async () => {
    const whole = samples["codecs.parquet"];
    await withFolder(async (folder) => {
      await fc.assert(
        fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(255), async (at, byte) => {
          const path = join(folder, "a.parquet");
          const { writeFile } = await import("node:fs/promises");
          await writeFile(path, Uint8Array.from(whole).fill(byte, at, at + 1));
          const ended: unknown = await readBars(path).catch((error: unknown) => error);
          expect(ended instanceof SeatrialError || (ended as { length: number }).length > 0).toBe(true);
        }),
        { numRuns: 150 },
      );
    });
  });

  it("reads what it wrote, bit by bit, with its source, and leaves no other file", async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "bars.parquet");
      await writeParquet(seriesOf("A/B", "1m", [[newYear, 1050, 1100, 1025, 1075, 3]]), path, { source: "synthetic" });
      const bars = await readBars(path);
      expect([rowsOf(bars), bars.source, bars.priceDecimals]).toEqual([[[newYear, 10.5, 11, 10.25, 10.75, 3]], "synthetic", 2]);
      expect(await readdir(folder)).toEqual(["bars.parquet"]);
      expect(await errorOf(() => writeParquet(bars, join(folder, "none", "bars.parquet")))).toMatchObject({ code: "file_unwritable" });
    });
  });

  it("reads any columns of finite prices back as it wrote them", async () => {
    const price = fc.nat(1e9).map((units) => (units + 1) / 1e6);
    await withFolder(async (folder) => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.tuple(price, price, price, price, price), { minLength: 1, maxLength: 20 }), async (values) => {
          const raw = rawOf(values.map((five, at) => [newYear + at * 1_000, ...five]));
          await writeParquet(raw, join(folder, "any.parquet"));
          expect(rowsOf(await readBars(join(folder, "any.parquet")))).toEqual(rowsOf(raw));
        }),
        { numRuns: 25 },
      );
    });
  });
});

describe("Feather of a data frame library", () => {
  it("reads Zstandard buffers, and a mark price without volume only as such", async () => {
    await withFile("a.feather", samples["zstd.feather"], async (path) => expect(rowsOf(await readBars(path))).toEqual(sampleRows));
    await withFile("a.feather", samples["empty-volume.feather"], async (path) => {
      expect(await errorOf(() => readBars(path))).toMatchObject({ code: "null_value" });
      expect([...(await readMark(path)).volume]).toEqual([0, 0]);
    });
  });
});

describe("zip archives", () => {
  it("reads Binance's published bars, plain or Zip64, and passes over folders and shadow files", async () => {
    for (const name of ["klines.zip", "stored.zip", "zip64.zip"] as const) {
      await withFile(name, samples[name], async (path) => expect(rowsOf(await readBars(path))).toEqual(sampleRows));
    }
  });

  it("does not choose among several files", async () => {
    await withFile("two.zip", samples["two.zip"], async (path) => {
      expect(await errorOf(() => readBars(path))).toMatchObject({
        code: "zip_not_single",
        reason: 'the archive holds 2 files: "a.csv", "b.csv"',
        place: { file: path },
      });
    });
  });

  it("refuses an archive that is cut, has another sum, is encrypted or no zip at all", async () => {
    const whole = samples["klines.zip"];
    const code = async (bytes: Uint8Array): Promise<string> => {
      let found = "";
      await withFile("a.zip", bytes, async (path) => {
        found = (await errorOf(() => readBars(path))).code;
      });
      return found;
    };
    for (let length = 4; length < whole.length; length += 17) expect(await code(whole.subarray(0, length))).toBe("file_truncated");
    // The directory: its magic, then at +8 the flags (bit 0: encrypted), +10 the method, +16 the sum.
    const directory = Buffer.from(whole).indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
    const changed = (at: number, byte: number): Uint8Array => Uint8Array.from(whole).fill(byte, directory + at, directory + at + 1);
    expect(await code(changed(16, (whole[directory + 16] as number) ^ 1))).toBe("file_corrupt");
    expect(await code(changed(8, 1))).toBe("zip_unsupported");
    expect(await code(changed(10, 12))).toBe("zip_unsupported");
    expect(await code(new TextEncoder().encode("time,open\n"))).toBe("file_corrupt");
  });

  it("answers damaged bytes with bars or a typed error", async () => {
    const whole = samples["zip64.zip"];
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(255), async (at, byte) => {
        await withFile("a.zip", Uint8Array.from(whole).fill(byte, at, at + 1), async (path) => {
          const ended: unknown = await readBars(path).catch((error: unknown) => error);
          expect(ended instanceof SeatrialError || (ended as { length: number }).length === 2).toBe(true);
        });
      }),
      { numRuns: 150 },
    );
  });
});

describe("times at the close of a bar", () => {
  const rows = (times: readonly string[]): string => times.map((time) => `${time},2,3,1,2,5\n`).join("");

  it("are refused where they betray themselves, and shifted when asked", async () => {
    // 2025-01-01 00:00:59.999 and a minute later, as Binance's close_time.
    await withFile("a.csv", rows([String(newYear + 59_999), String(newYear + 119_999)]), async (path) => {
      expect(await errorOf(() => readBars(path))).toMatchObject({ code: "time_at_close", exitCode: 3, place: { file: path } });
      expect([...(await readBars(path, { time: "close" })).time]).toEqual([newYear, newYear + 60_000]);
      expect([...(await readBars(path, { time: "open" })).time]).toEqual([newYear + 59_999, newYear + 119_999]);
    });
    await withFile("months.csv", rows(["2024-12-31", "2025-01-31", "2025-02-28", "2025-03-31"]), async (path) => {
      expect(await errorOf(() => readBars(path))).toMatchObject({ code: "time_at_close" });
      const opens = [...(await readBars(path, { time: "close" })).time].map((time) => new Date(time).toISOString().slice(0, 10));
      expect(opens).toEqual(["2024-12-01", "2025-01-01", "2025-02-01", "2025-03-01"]);
      // Months have no one length: they can be read, not replayed.
      expect(await errorOf(() => loadSeries(path, { symbol: "A", form: { time: "close" } }))).toMatchObject({ code: "bad_timeframe", exitCode: 3 });
    });
  });

  it("come from the column of closes where there is one, and never from a column of opens", async () => {
    const text = `open_time,open,high,low,close,volume,close_time\n${newYear},2,3,1,2,5,${newYear + 59_999}\n${newYear + 60_000},2,3,1,2,5,${newYear + 119_999}\n`;
    await withFile("a.csv", text, async (path) => {
      expect([...(await readBars(path, { time: "close" })).time]).toEqual([...(await readBars(path)).time]);
    });
    await withFile("b.csv", `open_time,open,high,low,close,volume\n${newYear},2,3,1,2,5\n`, async (path) => {
      expect(await errorOf(() => readBars(path, { time: "close" }))).toMatchObject({ code: "time_is_open", exitCode: 3, place: { file: path } });
    });
  });

  it("move by one length: the one named, or the smallest distance", async () => {
    const hour = 3_600_000;
    const stamps = (...hours: readonly number[]): string => rows(hours.map((count) => String(newYear + count * hour)));
    await withFile("a.csv", stamps(1, 2, 5), async (path) => {
      expect([...(await readBars(path, { time: "close" })).time]).toEqual([newYear, newYear + hour, newYear + 4 * hour]);
    });
    await withFile("b.csv", stamps(2, 4), async (path) => {
      expect([...(await readBars(path, { time: "close" })).time]).toEqual([newYear, newYear + 2 * hour]);
      const { series, missing } = await loadSeries(path, { symbol: "A", timeframe: "1h", form: { time: "close" } });
      expect([...series.time, missing]).toEqual([newYear + hour, newYear + 3 * hour, 1]);
    });
  });
});

describe("bars without volume", () => {
  it("are an error unless asked for, and then have volume 0", async () => {
    const text = "timestamp,open,high,low,close\n2025-01-01,2,3,1,2\n";
    await withFile("a.csv", text, async (path) => {
      expect(await errorOf(() => readBars(path))).toMatchObject({ code: "column_missing" });
      expect(rowsOf(await readBars(path, { volume: "absent" }))).toEqual([[newYear, 2, 3, 1, 2, 0]]);
    });
    await withFile("b.csv", "timestamp,open,high,low,close,volume\n2025-01-01,2,3,1,2,\n", async (path) => {
      expect(await errorOf(() => readBars(path))).toMatchObject({ place: { line: 2 } });
      expect(rowsOf(await readMark(path))).toEqual([[newYear, 2, 3, 1, 2, 0]]);
    });
    await withFile("c.csv", "timestamp,open,high,low,close\n2025-01-01,2,,1,2\n", async (path) => {
      expect(await errorOf(() => readMark(path))).toMatchObject({ code: "bad_number", place: { line: 2, column: 14 } });
    });
  });
});
