// Tables out of Parquet files, one row group and column at a time. The library is loaded on use; what it lacks (Zstandard,
// gzip, Brotli, LZ4) Node and the LZ4 reader here decode. Knows no kind of market data.

import { open } from "node:fs/promises";
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from "node:zlib";
import type { AsyncBuffer, DecodedArray, ParquetParsers, ParquetScan } from "hyparquet";
import { SeatrialError } from "../domain/index.ts";
import { decodeLz4Block } from "./lz4.ts";
import type { Choose, Pick, Table } from "./table.ts";
import { epochUnit, scaleEpochs } from "./time-text.ts";

const magic = "PAR1";
/** Magic, length of the footer, magic. */
const bytesMin = 12;
/** A column of more is 2 GiB of numbers: a damaged count must not take all memory. */
const rowsMax = 2 ** 28;

const compressors = {
  GZIP: (input: Uint8Array): Uint8Array => gunzipSync(input),
  BROTLI: (input: Uint8Array): Uint8Array => brotliDecompressSync(input),
  ZSTD: (input: Uint8Array): Uint8Array => zstdDecompressSync(input),
  LZ4_RAW: decodeLz4Block,
};

/** Times as fractional ms, so that a millisecond column costs no Date. */
const parsers: Partial<ParquetParsers> = {
  timestampFromMilliseconds: (millis) => Number(millis),
  timestampFromMicroseconds: (micros) => Number(micros) / 1_000,
  timestampFromNanoseconds: (nanos) => Number(nanos / 1_000n) / 1_000,
  dateFromDays: (days) => days * 86_400_000,
};

/** A file on disk, read by ranges: `whole` instead for content that came out of a wrapping. */
export type ParquetInput = { readonly path: string } | { readonly whole: Uint8Array };

interface Opened {
  readonly buffer: AsyncBuffer;
  readonly close: () => Promise<void>;
}

/**
 * The chosen columns; timestamps of any unit, and integers as epochs, become ms.
 * @throws SeatrialError `file_truncated`, `file_corrupt`, `bad_column`, `null_value`, `no_bars`, and what `choose` throws
 */
export async function readParquetTable(input: ParquetInput, file: string, choose: Choose): Promise<Table> {
  const { parquetScan, parquetSchema } = await import("hyparquet");
  const { buffer, close } = await opened(input);
  try {
    await assertWhole(buffer, file);
    const scan = await parquetScan({ file: buffer, compressors, parsers, useOffsetIndex: false });
    const fields = parquetSchema(scan.metadata).children.map(({ element, children }) => ({ ...element, flat: children.length === 0 }));
    const length = scan.ranges.reduce((sum, { rowStart, rowEnd }) => sum + rowEnd - rowStart, 0);
    if (length !== Number(scan.metadata.num_rows) || length > rowsMax) throw new Error(`${scan.metadata.num_rows} rows announced, ${length} found`);
    if (length === 0) throw new SeatrialError({ code: "no_bars", reason: "the table has no row", place: { file } });
    const columns: (Float64Array | readonly string[])[] = [];
    for (const pick of choose({ names: fields.map(({ name }) => name), sample: [] })) {
      const field = fields[pick.place];
      if (field === undefined || !field.flat) throw badColumn(pick, field?.name ?? "", "a nested column", file);
      const isTime = /^(?:TIMESTAMP|DATE)/.test(field.logical_type?.type ?? field.converted_type ?? "") || field.type === "INT96";
      columns.push(await readColumn(scan, pick, field.name, isTime, length, file));
    }
    const source = scan.metadata.key_value_metadata?.find(({ key }) => key === "source")?.value ?? null;
    return { columns, length, firstLine: null, source };
  } catch (cause) {
    if (cause instanceof SeatrialError) throw cause;
    const words = cause instanceof Error ? cause.message : String(cause);
    throw new SeatrialError({ code: "file_corrupt", reason: `not readable as Parquet: ${words}`, place: { file }, cause });
  } finally {
    await close();
  }
}

async function opened(input: ParquetInput): Promise<Opened> {
  if ("whole" in input) {
    const { buffer, byteOffset, byteLength } = input.whole;
    const slice = (start: number, end: number = byteLength): ArrayBuffer => buffer.slice(byteOffset + start, byteOffset + end) as ArrayBuffer;
    return { buffer: { byteLength, slice }, close: () => Promise.resolve() };
  }
  const handle = await open(input.path, "r");
  const { size } = await handle.stat();
  const range = async (start: number, end: number): Promise<ArrayBuffer> => {
    const bytes = new Uint8Array(end - start);
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
    if (bytesRead < bytes.length) throw new Error("the file ends too early");
    return bytes.buffer;
  };
  const slice = (start: number, end: number = size): Promise<ArrayBuffer> => {
    const bytes = range(start, end);
    // The library asks for ranges ahead and forgets them at its first error: their own must not end the process.
    bytes.catch(() => undefined);
    return bytes;
  };
  return { buffer: { byteLength: size, slice }, close: () => handle.close() };
}

async function assertWhole(buffer: AsyncBuffer, file: string): Promise<void> {
  const size = buffer.byteLength;
  const tail = size < bytesMin ? "" : new TextDecoder("latin1").decode(await buffer.slice(size - magic.length, size));
  if (tail === magic) return;
  throw new SeatrialError({
    code: "file_truncated",
    reason: "the Parquet file has no end mark",
    hint: "copy or download it again",
    place: { file },
  });
}

async function readColumn(scan: ParquetScan, pick: Pick, name: string, isTime: boolean, length: number, file: string) {
  const words: string[] = [];
  const numbers = new Float64Array(pick.kind === "word" ? 0 : length);
  let row = 0;
  for (const { rowStart, rowEnd } of scan.ranges) {
    const data = await scan.readColumn({ column: name, rowStart, rowEnd });
    if (data.length !== rowEnd - rowStart || rowStart !== row) {
      throw new SeatrialError({
        code: "file_corrupt",
        reason: `column "${name}" does not have ${rowEnd - rowStart} rows from ${row} on`,
        place: { file },
      });
    }
    if (pick.kind === "word") copyWords(data, words, pick, name, file);
    else copyNumbers(data, numbers, row, pick, name, file);
    row = rowEnd;
  }
  if (row !== length) throw new SeatrialError({ code: "file_corrupt", reason: `column "${name}" has ${row} of ${length} rows`, place: { file } });
  if (pick.kind === "word") return words;
  if (pick.kind === "time") scaleEpochs(numbers, isTime ? "ms" : epochUnit(numbers[0] as number));
  return numbers;
}

function copyNumbers(data: DecodedArray, target: Float64Array, start: number, pick: Pick, name: string, file: string): void {
  if (data instanceof Float64Array || data instanceof Int32Array || data instanceof Uint32Array) {
    target.set(data, start);
    return;
  }
  for (let at = 0; at < data.length; at += 1) {
    const value: unknown = data[at];
    if (typeof value === "number" && !(data instanceof Float32Array)) target[start + at] = value;
    else if (typeof value === "bigint") target[start + at] = Number(value);
    else if ((value === null || value === undefined) && pick.mayBeEmpty === true) target[start + at] = Number.NaN;
    else if (value === null || value === undefined) throw emptyValue(name, start + at, file);
    else throw badColumn(pick, name, data instanceof Float32Array ? "32-bit floats" : `a ${typeof value}`, file);
  }
}

function copyWords(data: DecodedArray, words: string[], pick: Pick, name: string, file: string): void {
  for (const value of data as Iterable<unknown>) {
    if (value === null || value === undefined) throw emptyValue(name, words.length, file);
    if (typeof value !== "string" && typeof value !== "boolean" && typeof value !== "number") throw badColumn(pick, name, `a ${typeof value}`, file);
    words.push(String(value));
  }
}

function emptyValue(name: string, row: number, file: string): SeatrialError {
  const reason = `column "${name}" has an empty value in row ${row}`;
  return new SeatrialError({ code: "null_value", reason, hint: "leave such rows out", place: { file } });
}

function badColumn(pick: Pick, name: string, found: string, file: string): SeatrialError {
  return new SeatrialError({
    code: "bad_column",
    reason: `column "${name}" (${pick.role}) holds ${found}`,
    hint: pick.kind === "time" ? "store it as timestamp or int64" : pick.kind === "number" ? "store it as double" : "store it as text",
    place: { file },
  });
}
