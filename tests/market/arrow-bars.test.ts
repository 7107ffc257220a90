// Bars that become units while a plain Arrow file is read, against the general road, which the same bytes take behind gzip: bars, checks,
// units and errors must be the same, whichever road a file takes.
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { Field, Float64, Int64, makeData, RecordBatch, Schema, Struct, Table, tableToIPC, TimestampMicrosecond, type DataType } from "apache-arrow";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomStream, SeatrialError } from "../../src/domain/index.ts";
import { inferTimeframe, largestVolume, readBars, sliceBars, toSeries, validateBars, type RawBars } from "../../src/market/index.ts";
import { columnNames } from "../../src/market/columns.ts";
import { unitsOf } from "../../src/market/unit-bars.ts";
import { newYear, rawOf, rowsOf, withFolder } from "./bar-folder.ts";

type Row = readonly [time: number, open: number, high: number, low: number, close: number, volume: number];

const minute = 60_000;
const names = ["timestamp", "open", "high", "low", "close", "volume"];

/** A file of the rows in batches of `batchRows`, the times as integers of `perMilli`. */
function fileOf(rows: readonly Row[], { batchRows = rows.length, perMilli = 1, time = new Int64() as DataType } = {}): Uint8Array {
  const fields = names.map((name, at) => new Field(name, at === 0 ? time : new Float64(), false));
  const schema = new Schema(fields);
  const batches: RecordBatch[] = [];
  for (let start = 0; start < rows.length; start += batchRows) {
    const part = rows.slice(start, start + batchRows);
    const children = names.map((_, at) =>
      at === 0
        ? makeData({ type: time, length: part.length, nullCount: 0, data: BigInt64Array.from(part, ([stamp]) => BigInt(stamp * perMilli)) } as never)
        : makeData({ type: new Float64(), length: part.length, nullCount: 0, data: Float64Array.from(part, (row) => row[at] as number) }),
    );
    batches.push(new RecordBatch(schema, makeData({ type: new Struct(fields), length: part.length, nullCount: 0, children })));
  }
  return tableToIPC(new Table(schema, batches), "file");
}

/** Reads the bytes on the road of their own and, behind gzip, on the general one. */
async function onBothRoads<T>(bytes: Uint8Array, look: (path: string) => Promise<T>): Promise<[T, T]> {
  const found: T[] = [];
  await withFolder(async (folder) => {
    for (const [name, content] of [
      ["bars.arrow", bytes],
      ["bars.arrow.gz", gzipSync(bytes, { level: 1 })],
    ] as const) {
      await writeFile(join(folder, name), content);
      found.push(await look(join(folder, name)));
    }
  });
  return found as [T, T];
}

/** All that can be known of a file, or its error without the name of the file. */
async function allOf(path: string, scales = { price: 0, volume: 0 }): Promise<unknown> {
  try {
    const bars = await readBars(path);
    const { file: _, ...facts } = bars;
    const timeframe = inferTimeframe(bars);
    const { bars: _bars, ...valid } = validateBars(bars, { timeframe });
    const largest = largestVolume(bars);
    const rows = rowsOf(bars);
    const meta = { symbol: "A/B", timeframe, priceScale: bars.priceDecimals + scales.price, quantityScale: bars.volumeDecimals + scales.volume };
    const { time, open, high, low, close, volume } = toSeries(bars, meta, { inPlace: true });
    return { facts: { ...facts, ...columnsLess }, rows, valid, largest, units: [time, open, high, low, close, volume].map((column) => [...column]) };
  } catch (error) {
    if (!(error instanceof SeatrialError)) throw error;
    return { code: error.code, reason: error.reason, hint: error.hint };
  }
}

/** Rows tell the columns. */
const columnsLess = { time: 0, open: 0, high: 0, low: 0, close: 0, volume: 0 };

/** A sum for each column, over every bit of it. */
function sumsOf(bars: RawBars): string[] {
  return columnNames.map((name) => createHash("sha256").update(Float64Array.from(bars[name])).digest("hex"));
}

async function isFast(bytes: Uint8Array): Promise<boolean> {
  const [own, general] = await onBothRoads(bytes, async (path) => unitsOf(await readBars(path)) !== undefined);
  expect(general).toBe(false);
  return own;
}

/** Bars of whole numbers ÷ 10^decimals: open 100, high 103, low 98, close 101, a little more each row. */
function rising(count: number, decimals = 2, volumeDecimals = 0): Row[] {
  return Array.from({ length: count }, (_, row): Row => {
    const at = (units: number): number => (units * 100 + (row % 1_000)) / 10 ** decimals;
    return [newYear + row * minute, at(100), at(103), at(98), at(101), (row % 7) / 10 ** volumeDecimals];
  });
}

describe("bars of a plain Arrow file", () => {
  it("are units before anybody asks, and decimal numbers when somebody does", async () => {
    const bytes = fileOf(rising(3));
    await withFolder(async (folder) => {
      const path = join(folder, "bars.arrow");
      await writeFile(path, bytes);
      const bars = await readBars(path);
      expect(unitsOf(bars)).toMatchObject({ priceDecimals: 2, volumeDecimals: 0, largestVolume: 2, zeroVolume: 1, distance: minute });
      expect([...(unitsOf(bars)?.columns.high ?? [])]).toEqual([10_300, 10_301, 10_302]);
      expect(rowsOf(bars)).toEqual(rising(3));
      expect([bars.priceDecimals, bars.volumeDecimals, bars.priceRepaired, bars.volumeRounded]).toEqual([2, 0, 0, 0]);
    });
  });

  it("are the same bars in one batch and in several, over the borders of the parts that are read at once", async () => {
    const rows = rising(140_000);
    for (const batchRows of [140_000, 70_001, 9_000]) {
      const bytes = fileOf(rows, { batchRows });
      expect(await isFast(bytes)).toBe(true);
      const [own, general] = await onBothRoads(bytes, async (path) => sumsOf(await readBars(path)));
      expect(own).toEqual(general);
      expect(own).toEqual(sumsOf(rawOf(rows)));
    }
  });

  it("go the general road where it is the shorter one: thousands of small batches", async () => {
    expect(await isFast(fileOf(rising(3_000), { batchRows: 3 }))).toBe(false);
  });

  it("may need more decimals late: what was read before becomes smaller units", async () => {
    const rows = rising(70_000, 1, 0);
    rows[66_000] = [newYear + 66_000 * minute, 1_000.1251, 1_031, 980.5, 1_010.3, 1.5];
    const bytes = fileOf(rows);
    expect(await isFast(bytes)).toBe(true);
    const facts = async (path: string): Promise<unknown> => {
      const bars = await readBars(path);
      return { sums: sumsOf(bars), largest: largestVolume(bars), decimals: [bars.priceDecimals, bars.volumeDecimals] };
    };
    const [own, general] = await onBothRoads(bytes, facts);
    expect(own).toEqual(general);
    expect(own).toEqual({ sums: sumsOf(rawOf(rows)), largest: 6, decimals: [4, 1] });
  });

  it("are left to the general road with everything that wants repair, rounding or an error", async () => {
    const spoilt: readonly (readonly [column: number, value: number])[] = [
      [1, 100.3 + 2 ** -44],
      [1, Number.NaN],
      [2, Number.POSITIVE_INFINITY],
      [2, 50],
      [3, 0],
      [3, -1],
      [4, 1 / 3],
      [5, -1],
      [5, Number.NaN],
      [5, 0.123456789012],
      [5, 2 ** 52],
    ];
    for (const [column, value] of spoilt) {
      const rows = rising(40).map((row, at) => (at === 20 ? (row.map((one, place) => (place === column ? value : one)) as unknown as Row) : row));
      const bytes = fileOf(rows);
      // A price that cannot be one is an error on either road.
      expect(await isFast(bytes).catch((error: unknown) => !(error instanceof SeatrialError)), `${column}: ${value}`).toBe(false);
      const [own, general] = await onBothRoads(bytes, (path) => allOf(path));
      expect(own).toEqual(general);
    }
  });

  it("take a part of it with them: only its zeros and its largest volume count", async () => {
    const bytes = fileOf(rising(50));
    const part = async (path: string): Promise<unknown> => {
      const bars = sliceBars(await readBars(path), { from: newYear + 8 * minute, to: newYear + 13 * minute });
      const { file: _, ...facts } = bars;
      return [{ ...facts, ...columnsLess }, rowsOf(bars), validateBars(bars, { timeframe: "1m" }).zeroVolume, largestVolume(bars)];
    };
    const [own, general] = await onBothRoads(bytes, part);
    expect(own).toEqual(general);
    // Rows 8 to 12 of volumes row % 7: 1, 2, 3, 4, 5.
    expect(own).toMatchObject([{ length: 5, firstRow: 8 }, rising(50).slice(8, 13), 0, 5]);
  });

  it("take more decimals than they have, as far as a unit can be exact", async () => {
    const bytes = fileOf(rising(30));
    for (const scales of [
      { price: 3, volume: 0 },
      { price: 0, volume: 4 },
      { price: 9, volume: 0 },
      { price: 11, volume: 0 },
      { price: 0, volume: 15 },
    ]) {
      const [own, general] = await onBothRoads(bytes, (path) => allOf(path, scales));
      expect(own).toEqual(general);
    }
  });

  it("are never part of a copy with other columns", async () => {
    const bytes = fileOf(rising(10));
    await withFolder(async (folder) => {
      const path = join(folder, "bars.arrow");
      await writeFile(path, bytes);
      const bars = await readBars(path);
      const copy: RawBars = { ...bars, close: bars.close.map(() => Number.NaN) };
      expect(unitsOf(copy)).toBeUndefined();
      expect(() => validateBars(copy, { timeframe: "1m" })).toThrow(/close is NaN/);
    });
  });
});

describe("any bars, on both roads,", () => {
  const price = fc.record({ units: fc.integer({ min: 1, max: 10 ** 9 }), decimals: fc.integer({ min: 0, max: 10 }) });
  const plain = ({ units, decimals }: { units: number; decimals: number }): number => units / 10 ** decimals;
  const odd = fc.constantFrom(Number.NaN, 0, -1, 0.1 + 0.2, 1 / 3, 1e300, 2 ** 53, 5e-324);
  const number = fc.oneof({ weight: 60, arbitrary: price.map(plain) }, { weight: 1, arbitrary: odd });
  const row = fc.tuple(fc.constantFrom(1, 1, 1, 1, 1, 2, 5, 0), number, number, number, number, number);
  const shape = fc.record({
    rows: fc.array(row, { minLength: 2, maxLength: 40 }),
    ordered: fc.boolean(),
    micros: fc.boolean(),
  });

  it("are the same bars, checks, units and errors", async () => {
    await fc.assert(
      fc.asyncProperty(shape, async ({ rows, ordered, micros }) => {
        let time = newYear;
        const bars = rows.map(([step, open, high, low, close, volume]): Row => {
          time += step * minute;
          const [top, bottom] = ordered ? [Math.max(open, high, low, close), Math.min(open, high, low, close)] : [high, low];
          return [time, open, top, bottom, close, volume];
        });
        const bytes = fileOf(bars, micros ? { perMilli: 1_000, time: new TimestampMicrosecond() } : {});
        const [own, general] = await onBothRoads(bytes, (path) => allOf(path));
        expect(own).toEqual(general);
      }),
      { numRuns: 100 },
    );
  });

  it("are an error, not an endless reading, where the file counts two thousand million buffers", async () => {
    const bytes = fileOf(rising(12));
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    // Twelve buffers, two a column: the number before a list of places and lengths.
    const at = Array.from({ length: bytes.length / 4 - 1 }, (_, word) => word * 4).find((place) => view.getInt32(place, true) === 12 && place > 500);
    view.setInt32(at as number, 2 ** 31 - 1, true);
    const outcomes = await onBothRoads(bytes, (path) => allOf(path));
    for (const outcome of outcomes) expect(outcome).toMatchObject({ code: "file_corrupt" });
  });

  it("are the same bars or errors with any byte of the file damaged", async () => {
    const random = randomStream(12, "damage");
    const file = fileOf(rising(12), { batchRows: 12 });
    let sound = 0;
    for (let round = 0; round < 200; round += 1) {
      const bytes = file.slice();
      for (let flip = random.integer(2); flip >= 0; flip -= 1) bytes[random.integer(bytes.length)] = random.integer(256);
      const [own, general] = await onBothRoads(bytes, (path) => allOf(path));
      // A file that no longer starts as Arrow is named by its name, which differs.
      if (JSON.stringify(own).includes("arrow.gz") || JSON.stringify(general).includes("arrow.gz")) continue;
      expect(own).toEqual(general);
      if ("rows" in (own as object)) sound += 1;
    }
    expect(sound).toBeGreaterThan(25);
  });
});
