// The fast road for plain Arrow files against the library, which knows nothing of it: wherever it answers, it answers the same, and
// whatever it does not know to the last byte it leaves to the library.
import {
  Field,
  Float32,
  Float64,
  Int64,
  makeData,
  RecordBatch,
  RecordBatchReader,
  Schema,
  Struct,
  Table,
  tableToIPC,
  TimestampMillisecond,
  TimestampSecond,
  Utf8,
  vectorFromArray,
  type Data,
  type DataType,
} from "apache-arrow";
import { randomStream } from "../../src/domain/index.ts";
import { describe, expect, it } from "vitest";
import { plainArrowTable } from "../../src/market/arrow-plain.ts";
import { columnNames, findColumns } from "../../src/market/columns.ts";
import { readBars, toSeries } from "../../src/market/index.ts";
import type { Choose } from "../../src/market/table.ts";
import { newYear, withFile } from "./bar-folder.ts";

const minute = 60_000;
const names = ["open", "high", "low", "close", "volume"];

const choose: Choose = ({ names: found }) => {
  const places = findColumns(found ?? [], null);
  return columnNames.map((role, at) => ({ role, place: places[at] as number, kind: role === "time" ? "time" : "number" }));
};

interface Shape {
  readonly time?: DataType;
  /** How many of the time's units are a second. */
  readonly perSecond?: bigint;
  readonly price?: DataType;
  readonly batches?: number;
  readonly nullAt?: number;
  readonly note?: boolean;
}

/** A file of 3, 4, 5, … bars a batch; the price of column k at row i is k + i/100. */
function fileOf({
  time = new TimestampMillisecond("UTC"),
  perSecond = 1_000n,
  price = new Float64(),
  batches = 1,
  nullAt,
  note,
}: Shape = {}): Uint8Array {
  const fields = [new Field("timestamp", time, false), ...names.map((name) => new Field(name, price, true))];
  if (note === true) fields.push(new Field("note", new Utf8(), true));
  const schema = new Schema(fields, new Map([["source", "synthetic"]]));
  let first = 0;
  const made = Array.from({ length: batches }, (_, batch) => {
    const length = 3 + batch;
    const stamps = BigInt64Array.from({ length }, (_unused, row) => (BigInt(newYear / 1_000) + 60n * BigInt(first + row)) * perSecond);
    const values = (column: number) => Array.from({ length }, (_unused, row) => column + (first + row) / 100);
    const nulls = nullAt === undefined ? {} : { nullCount: 1, nullBitmap: Uint8Array.of(0xff & ~(1 << nullAt)) };
    const children: Data[] = [makeData({ type: time, length, nullCount: 0, data: stamps } as never)];
    for (const column of [1, 2, 3, 4, 5]) {
      const data = price instanceof Float32 ? Float32Array.from(values(column)) : Float64Array.from(values(column));
      children.push(makeData({ type: price, length, nullCount: 0, ...(column === 2 ? nulls : {}), data } as never));
    }
    if (note === true) children.push(vectorFromArray(values(9).map(String), new Utf8()).data[0] as Data);
    first += length;
    return new RecordBatch(schema, makeData({ type: new Struct(fields), length, nullCount: 0, children }));
  });
  return tableToIPC(new Table(schema, made), "file");
}

/** The float64 columns as the library finds them; null where it finds the file damaged. */
async function byLibrary(bytes: Uint8Array): Promise<number[][] | null> {
  try {
    const reader = RecordBatchReader.from(bytes);
    reader.open();
    const columns: number[][] = names.map(() => []);
    for (let at = 0; at < reader.numRecordBatches; at += 1) {
      const batch = await reader.readRecordBatch(at);
      if (batch === null) return null;
      for (const [column, name] of names.entries()) {
        const child = batch.getChild(name);
        for (let row = 0; row < batch.numRows; row += 1) columns[column]?.push(child?.get(row) as number);
      }
    }
    return columns;
  } catch {
    return null;
  }
}

describe("a plain Arrow file", () => {
  it("is read without the library: one batch, several, other columns beside, times of other units", () => {
    const shapes: readonly Shape[] = [
      {},
      { batches: 3, note: true },
      { time: new TimestampSecond(), perSecond: 1n },
      { time: new Int64(), perSecond: 1_000_000n },
    ];
    for (const shape of shapes) {
      const table = plainArrowTable(fileOf(shape), choose);
      const rows = shape.batches === 3 ? 12 : 3;
      expect(table).toMatchObject({ length: rows, source: "synthetic", firstLine: null });
      const [time, ...prices] = (table?.columns ?? []) as Float64Array[];
      expect([...(time as Float64Array)]).toEqual(Array.from({ length: rows }, (_, row) => newYear + row * minute));
      for (const [at, column] of prices.entries()) expect([...column]).toEqual(Array.from({ length: rows }, (_, row) => at + 1 + row / 100));
    }
  });

  it("keeps the columns apart that share their values in the file, also when units are written over one of them", async () => {
    const bytes = fileOf();
    shareBuffers(bytes, 1, 4);
    await withFile("bars.arrow", bytes, async (path) => {
      const bars = await readBars(path);
      expect([...bars.close]).toEqual([...bars.open]);
      // A bar of open 1, high 2, low 3 is none, but its units are exact.
      const series = toSeries(bars, { symbol: "A/B", timeframe: "1m", priceScale: 2, quantityScale: 2 }, { inPlace: true });
      expect([[...series.open], [...series.close]]).toEqual([
        [100, 101, 102],
        [100, 101, 102],
      ]);
    });
  });

  it("larger than the parts that are read side by side is the file, to the last value", async () => {
    // 48 bytes a bar: three parts of 8 MiB, the last one not full.
    const length = 400_000;
    const time = Float64Array.from({ length }, (_, row) => newYear + row * minute);
    const prices = [1, 2, 3, 4].map((column) => Float64Array.from({ length }, (_, row) => (10_000 * column + (row % 9_973)) / 100));
    const volume = Float64Array.from({ length }, (_, row) => row % 7);
    const columns = [time, ...prices, volume];
    const fields = ["timestamp", ...names].map((name) => new Field(name, new Float64(), false));
    const children = columns.map((data) => makeData({ type: new Float64(), length, nullCount: 0, data }));
    const batch = new RecordBatch(new Schema(fields), makeData({ type: new Struct(fields), length, nullCount: 0, children }));
    const bytes = tableToIPC(new Table(new Schema(fields), [batch]), "file");
    expect(bytes.length).toBeGreaterThan(2 << 23);
    await withFile("large.arrow", bytes, async (file) => {
      const bars = await readBars(file);
      expect(bars.length).toBe(length);
      for (const [at, name] of columnNames.entries()) expect(bars[name].findIndex((value, row) => value !== columns[at]?.[row])).toBe(-1);
    });
  });

  it("is left to the library when it holds anything else: empty values, other floats, a stream, no rows", () => {
    expect(plainArrowTable(fileOf({ nullAt: 1 }), choose)).toBeNull();
    expect(plainArrowTable(fileOf({ price: new Float32() }), choose)).toBeNull();
    expect(plainArrowTable(fileOf({ batches: 0 }), choose)).toBeNull();
    expect(plainArrowTable(fileOf().subarray(0, 200), choose)).toBeNull();
    expect(plainArrowTable(new Uint8Array(64), choose)).toBeNull();
  });

  it("is answered as the library answers it, or not at all, with any byte of it damaged", async () => {
    const random = randomStream(11, "damage");
    const files = [fileOf(), fileOf({ batches: 2, note: true })];
    let answered = 0;
    for (let round = 0; round < 1_500; round += 1) {
      const bytes = (files[round % files.length] as Uint8Array).slice();
      // The marks at both ends are looked at before.
      for (let flip = random.integer(2); flip >= 0; flip -= 1) bytes[8 + random.integer(bytes.length - 14)] = random.integer(256);
      const table = plainArrowTable(bytes.slice(), ({ names: found }) => {
        const places = (found ?? []).map((name) => names.indexOf(name));
        return names.flatMap((role, at) => (places.includes(at) ? [{ role, place: places.indexOf(at), kind: "number" as const }] : []));
      });
      if (table === null || table.columns.length < names.length) continue;
      answered += 1;
      expect(table.columns.map((column) => [...(column as Float64Array)])).toEqual(await byLibrary(bytes));
    }
    // Damage of a value itself shows in neither.
    expect(answered).toBeGreaterThan(100);
  });
});

/** Lets two columns of a file of one batch point at the values of the first of them. */
function shareBuffers(bytes: Uint8Array, from: number, to: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // The places of a batch's buffers stand in its message, 16 bytes a buffer and two buffers a column.
  const vector = vectorOfBuffers(view);
  const offsetOf = (column: number): number => vector + (column * 2 + 1) * 16;
  view.setBigInt64(offsetOf(to), view.getBigInt64(offsetOf(from), true), true);
}

/** Where the vector of 12 buffers starts: six columns of a validity bitmap without bytes, and 24 bytes of values. */
function vectorOfBuffers(view: DataView): number {
  for (let at = 0; at + 12 * 16 <= view.byteLength; at += 4) {
    if (view.getInt32(at, true) !== 12) continue;
    const isPair = (column: number): boolean =>
      view.getBigInt64(at + 4 + column * 32 + 8, true) === 0n && view.getBigInt64(at + 4 + column * 32 + 24, true) >= 24n;
    if ([0, 1, 2, 3, 4, 5].every(isPair)) return at + 4;
  }
  throw new Error("the file is not laid out as this test believes");
}
