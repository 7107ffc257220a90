// JSON rows, Arrow files and streams, LZ4 frames, and files that are nothing: recognised by content, refused with a code.
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import {
  compressionRegistry,
  CompressionType,
  DateDay,
  Float64,
  Int64,
  makeData,
  makeVector,
  Table,
  tableToIPC,
  TimestampMicrosecond,
  TimestampMillisecond,
  TimestampNanosecond,
  TimestampSecond,
  vectorFromArray,
  type Data,
  type Timestamp,
} from "apache-arrow";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SeatrialError } from "../../src/domain/index.ts";
import { readBars, toRaw, writeArrow } from "../../src/market/index.ts";
import { decodeLz4Frame } from "../../src/market/lz4.ts";
import { errorOf, newYear, rawOf, rowsOf, seriesOf, withFile, withFolder } from "./bar-folder.ts";

const rows = [
  [newYear, 10.5, 11, 10.25, 10.75, 3],
  [newYear + 60_000, 10.75, 12, 10.5, 11.5, 4.5],
];

describe("ccxt JSON rows", () => {
  it("reads rows of numbers, of quoted numbers, with more fields than six, and gzipped", async () => {
    const text = JSON.stringify(rows);
    const quoted = JSON.stringify(
      rows.map((row) => [row[0], ...row.slice(1).map(String), newYear, "x]"]),
      null,
      2,
    );
    await withFile("bars.json", text, async (path) => expect(rowsOf(await readBars(path))).toEqual(rows));
    await withFile("bars.json.gz", gzipSync(text), async (path) => expect(rowsOf(await readBars(path))).toEqual(rows));
    await withFile("bars.json", quoted, async (path) => expect(rowsOf(await readBars(path))).toEqual(rows));
  });

  const flawed: readonly (readonly [what: string, text: string, code: string, line: number, column: number])[] = [
    ["an empty list", "[]", "no_bars", 1, 2],
    ["an object", '{"data": []}', "bad_json", 1, 1],
    ["a row of five", "[\n [1,1,1,1,1]\n]", "bad_json", 2, 12],
    ["null for a number", "[[1,1,1,1,1,null]]", "bad_number", 1, 13],
    ["1e400", "[[1,1e400,1,1,1,1]]", "not_finite", 1, 5],
    ["a file cut in a row", "[[1,1,1,1,1,1],[2,1", "file_truncated", 1, 19],
    ["a file cut after a row", "[[1,1,1,1,1,1]", "file_truncated", 1, 15],
    ["text after the list", "[[1,1,1,1,1,1]] x", "bad_json", 1, 17],
  ];
  for (const [what, text, code, line, column] of flawed) {
    it(`names the place of ${what}`, async () => {
      await withFile("bars.json", text, async (path) => {
        expect(await errorOf(() => readBars(path))).toMatchObject({ code, exitCode: 3, place: { file: path, line, column } });
      });
    });
  }
});

function numbersOf(column: number) {
  return makeVector(Float64Array.from(rows, (row) => row[column] as number));
}

function table(time: Data = makeData({ type: new Int64(), data: BigInt64Array.from(rows, (row) => BigInt(row[0] as number)) })): Table {
  return new Table({ Date: makeVector(time), o: numbersOf(1), h: numbersOf(2), l: numbersOf(3), c: numbersOf(4), vol: numbersOf(5) });
}

/** The times of the rows × numerator ÷ denominator of a millisecond. */
function timesOf(type: Timestamp, numerator: bigint, denominator: bigint): Data {
  return makeData({ type, data: BigInt64Array.from(rows, (row) => (BigInt(row[0] as number) * numerator) / denominator) });
}

describe("Arrow", () => {
  it("reads what it wrote, bit by bit, with its source", async () => {
    await withFolder(async (folder) => {
      const series = seriesOf("A/B", "1m", [
        [newYear, 1050, 1100, 1025, 1075, 3],
        [newYear + 60_000, 1075, 1200, 1050, 1150, 4],
      ]);
      const path = join(folder, "bars.arrow");
      await writeArrow(series, path, { source: "synthetic" });
      const bars = await readBars(path);
      expect(rowsOf(bars)).toEqual([
        [newYear, 10.5, 11, 10.25, 10.75, 3],
        [newYear + 60_000, 10.75, 12, 10.5, 11.5, 4],
      ]);
      expect([bars.source, bars.priceDecimals, bars.volumeDecimals]).toEqual(["synthetic", 2, 0]);
      expect(rowsOf(toRaw(series))).toEqual(rowsOf(bars));
      expect(await readdir(folder)).toEqual(["bars.arrow"]);
    });
  });

  it("reads any columns of finite prices back as it wrote them", async () => {
    const price = fc.nat(1e9).map((units) => (units + 1) / 1e6);
    await withFolder(async (folder) => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.tuple(price, price, price, price, price), { minLength: 1, maxLength: 20 }), async (values) => {
          const raw = rawOf(values.map((five, at) => [newYear + at * 1_000, ...five]));
          const path = join(folder, "any.feather");
          await writeArrow(raw, path);
          expect(rowsOf(await readBars(path))).toEqual(rowsOf(raw));
        }),
        { numRuns: 25 },
      );
    });
  });

  it("reads files and streams, plain and with Zstandard buffers, by column names without case", async () => {
    compressionRegistry.set(CompressionType.ZSTD, { encode: (data) => new Uint8Array(zstdCompressSync(data)) });
    for (const form of ["file", "stream"] as const) {
      for (const compression of [null, CompressionType.ZSTD]) {
        await withFile("bars.arrow", tableToIPC(table(), form, compression), async (path) => expect(rowsOf(await readBars(path))).toEqual(rows));
      }
    }
  });

  it("turns timestamps of every unit and calendar days into milliseconds", async () => {
    const units: readonly (readonly [Timestamp, bigint, bigint])[] = [
      [new TimestampSecond(), 1n, 1_000n],
      [new TimestampMillisecond(), 1n, 1n],
      [new TimestampMicrosecond(), 1_000n, 1n],
      [new TimestampNanosecond("UTC"), 1_000_000n, 1n],
    ];
    for (const [type, numerator, denominator] of units) {
      await withFile("bars.arrow", tableToIPC(table(timesOf(type, numerator, denominator)), "file"), async (path) => {
        expect([...(await readBars(path)).time]).toEqual([newYear, newYear + 60_000]);
      });
    }
    // 2025-01-01 is day 20,089 of the epoch.
    const days = makeData({ type: new DateDay(), data: Int32Array.of(20_089, 20_090) });
    await withFile("bars.arrow", tableToIPC(table(days), "file"), async (path) => {
      expect([...(await readBars(path)).time]).toEqual([newYear, newYear + 86_400_000]);
    });
  });

  it("refuses a stream that was cut between two batches, and a file without its end", async () => {
    const stream = tableToIPC(table(), "stream");
    await withFile("bars.arrow", stream.subarray(0, -8), async (path) => {
      expect(await errorOf(() => readBars(path))).toMatchObject({ code: "file_truncated", exitCode: 3 });
    });
    const file = tableToIPC(table(), "file");
    await withFile("bars.arrow", file.subarray(0, -100), async (path) => {
      expect(await errorOf(() => readBars(path))).toMatchObject({ code: "file_truncated", place: { file: path } });
    });
  });

  it("refuses a damaged body, an empty value, a text column, an empty table and foreign formats", async () => {
    const code = async (name: string, bytes: Uint8Array): Promise<string> => {
      let found = "";
      await withFile(name, bytes, async (path) => {
        found = (await errorOf(() => readBars(path))).code;
      });
      return found;
    };
    const file = tableToIPC(table(), "file");
    expect(await code("bars.arrow", Uint8Array.from(file).fill(255, 16, file.length - 10))).toBe("file_corrupt");
    // The batch's message starts after the magic's 8 bytes with four of 255; zeros there say "no message".
    expect([...file.subarray(8, 12)]).toEqual([255, 255, 255, 255]);
    expect(await code("bars.arrow", Uint8Array.from(file).fill(0, 8, 12))).toBe("file_corrupt");
    const nulls = new Table({ ...columnsOf(), v: vectorFromArray([1, null], new Float64()) });
    expect(await code("bars.arrow", tableToIPC(nulls, "file"))).toBe("null_value");
    const texts = new Table({ ...columnsOf(), v: vectorFromArray(["a", "b"]) });
    expect(await code("bars.arrow", tableToIPC(texts, "file"))).toBe("bad_column");
    expect(await code("bars.arrow", tableToIPC(new Table(table().schema), "file"))).toBe("no_bars");
    expect(await code("bars.feather", new TextEncoder().encode("FEA1 and so on"))).toBe("format_unknown");
    expect(await code("bars.parquet", new TextEncoder().encode("PAR1 and so on"))).toBe("file_truncated");
    expect(await code("bars.parquet", new TextEncoder().encode("time,open\n"))).toBe("file_corrupt");
    expect(await code("bars.feather", new TextEncoder().encode("time,open\n"))).toBe("file_corrupt");
  });

  it("leaves nothing behind when the target cannot be written", async () => {
    await withFolder(async (folder) => {
      const error = await errorOf(() => writeArrow(rawOf(rows), join(folder, "missing", "bars.arrow")));
      expect(error).toMatchObject({ code: "file_unwritable", exitCode: 3 });
      expect(await readdir(folder)).toEqual([]);
    });
  });
});

function columnsOf() {
  return { t: numbersOf(0), o: numbersOf(1), h: numbersOf(2), l: numbersOf(3), c: numbersOf(4) };
}

describe("LZ4 frames", () => {
  // Magic 0x184D2204, version 1 with independent blocks (0x60), blocks of up to 64 KiB (0x40), header checksum (not used).
  const head = [0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82];
  const end = [0, 0, 0, 0];
  const frame = (...blocks: number[][]): Uint8Array => Uint8Array.from([...head, ...blocks.flat(), ...end]);
  const block = (bytes: number[], plain = false): number[] => [bytes.length, 0, 0, plain ? 0x80 : 0, ...bytes];
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  const [a, b, c, d] = [97, 98, 99, 100] as const;

  it("copies plain blocks and literals", () => {
    expect(text(decodeLz4Frame(frame(block([a, b, c], true))))).toBe("abc");
    // Token 0x30: 3 literals, no copy.
    expect(text(decodeLz4Frame(frame(block([0x30, a, b, c]))))).toBe("abc");
  });

  it("repeats bytes that a copy itself writes", () => {
    // Token 0x35: 3 literals "abc", then 5 + 4 = 9 bytes from 3 back; token 0x10: the literal "d".
    expect(text(decodeLz4Frame(frame(block([0x35, a, b, c, 3, 0, 0x10, d]))))).toBe("abcabcabcabcd");
  });

  it("extends lengths beyond 15 and 19", () => {
    // Token 0x1f: 1 literal, then 19 + 255 + 6 = 280 bytes from 1 back; token 0xf0 and 1: 16 literals.
    const bytes = [0x1f, a, 1, 0, 255, 6, 0xf0, 1, ...Array.from({ length: 16 }, () => b)];
    expect(text(decodeLz4Frame(frame(block(bytes))))).toBe("a".repeat(281) + "b".repeat(16));
  });

  it("lets a block refer to an earlier one", () => {
    // Token 0x02: no literal, 2 + 4 = 6 bytes from 3 back, all of them from the block before.
    expect(text(decodeLz4Frame(frame(block([a, b, c], true), block([0x02, 3, 0, 0x10, d]))))).toBe("abcabcabcd");
  });

  it("refuses every frame that is cut short and every copy from outside the data", async () => {
    const whole = frame(block([0x35, a, b, c, 3, 0, 0x10, d]));
    for (let length = 0; length < whole.length; length += 1) {
      expect(await errorOf(() => decodeLz4Frame(whole.subarray(0, length)))).toMatchObject({ code: "file_corrupt" });
    }
    expect(await errorOf(() => decodeLz4Frame(frame(block([0x35, a, b, c, 4, 0, 0x10, d]))))).toMatchObject({ code: "file_corrupt" });
    expect(await errorOf(() => decodeLz4Frame(frame(block([0x35, a, b, c, 0, 0, 0x10, d]))))).toMatchObject({ code: "file_corrupt" });
  });

  it("answers any bytes with data or a typed error", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 80 }), async (bytes) => {
        const ended: unknown = await Promise.resolve(frame(block([...bytes])))
          .then(decodeLz4Frame)
          .catch((error: unknown) => error);
        expect(ended instanceof Uint8Array || (ended instanceof SeatrialError && ended.code === "file_corrupt")).toBe(true);
      }),
    );
  });
});

describe("the file system", () => {
  it("tells a missing file, a folder and a false .gz apart", async () => {
    await withFolder(async (folder) => {
      expect(await errorOf(() => readBars(join(folder, "none.csv")))).toMatchObject({ code: "file_missing", exitCode: 3 });
      expect(await errorOf(() => readBars(folder))).toMatchObject({ code: "file_is_directory", exitCode: 3 });
      const path = join(folder, "bars.csv.gz");
      await writeFile(path, "time,open\n");
      expect(await errorOf(() => readBars(path))).toMatchObject({ code: "file_corrupt" });
      expect(await errorOf(() => readBars(join(path, "below.csv")))).toMatchObject({ code: "file_missing" });
    });
  });
});
