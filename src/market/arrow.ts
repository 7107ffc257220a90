// Tables out of Arrow IPC: file (Feather v2) and stream, plain or with LZ4 or Zstandard buffers. A plain file
// is read without the library, which takes 100 ms to load. Knows only columns of times, numbers and text.

import { zstdDecompressSync } from "node:zlib";
import type { Data, RecordBatch, Table as ArrowTable } from "apache-arrow";
import { SeatrialError } from "../domain/index.ts";
import { isIntactFile, isIntactStream } from "./arrow-intact.ts";
import { plainArrowTable } from "./arrow-plain.ts";
import { decodeLz4Frame } from "./lz4.ts";
import type { Choose, Pick, Table } from "./table.ts";
import { epochUnit, scaleEpochs, type EpochUnit } from "./time-text.ts";

type Arrow = typeof import("apache-arrow");

const fileMagic = "ARROW1";
/** A stream's first four bytes, and the first four of the eight that end it. */
const continuation = "\u00ff\u00ff\u00ff\u00ff";

/** What the first bytes of a file say: an Arrow file or stream, a format that cannot be read, or null for neither. */
export function arrowKind(head: Uint8Array): "file" | "stream" | "feather1" | "parquet" | null {
  const text = latin(head.subarray(0, 6));
  if (text === fileMagic) return "file";
  if (text.startsWith(continuation)) return "stream";
  if (text.startsWith("FEA1")) return "feather1";
  return text.startsWith("PAR1") ? "parquet" : null;
}

/**
 * The chosen columns of a whole Arrow file or stream; timestamps of any unit, and integers as epochs, become ms. The bytes are given
 * away: columns may lie in them.
 * @throws SeatrialError `file_truncated`, `file_corrupt`, `bad_column`, `null_value`, `no_bars`, and what `choose` throws
 */
export async function readArrowTable(bytes: Uint8Array, file: string, choose: Choose): Promise<Table> {
  assertWhole(bytes, file);
  const plain = arrowKind(bytes) === "file" ? plainArrowTable(bytes, choose) : null;
  if (plain !== null) return plain;
  if (!(arrowKind(bytes) === "file" ? isIntactFile(bytes) : isIntactStream(bytes))) {
    throw new SeatrialError({
      code: "file_corrupt",
      reason: "not readable as Arrow: its metadata counts more than it holds",
      hint: "copy or download it again",
      place: { file },
    });
  }
  const arrow = await loadArrow();
  const table = await parse(arrow, bytes, file);
  if (table.numRows === 0) throw new SeatrialError({ code: "no_bars", reason: "the table has no row", place: { file } });
  const names = table.schema.fields.map((field) => field.name);
  const columns = choose({ names, sample: [] }).map((pick) => {
    const name = names[pick.place] ?? "";
    if (pick.kind === "time") return timeColumn(arrow, table, name, file);
    return pick.kind === "number" ? numberColumn(arrow, table, pick, name, file) : wordColumn(table, name, file);
  });
  return { columns, length: table.numRows, firstLine: null, source: table.schema.metadata.get("source") ?? null };
}

async function loadArrow(): Promise<Arrow> {
  const arrow = await import("apache-arrow");
  const { LZ4_FRAME, ZSTD } = arrow.CompressionType;
  register(arrow, LZ4_FRAME, decodeLz4Frame);
  register(arrow, ZSTD, (data) => new Uint8Array(zstdDecompressSync(data)));
  return arrow;
}

/** The registry is the library's, shared by the whole process: a codec that someone else put there stays. */
function register(arrow: Arrow, type: number, decode: (data: Uint8Array) => Uint8Array): void {
  const present = arrow.compressionRegistry.get(type);
  if (present?.decode === undefined) arrow.compressionRegistry.set(type, { ...present, decode });
}

/** The library reads a stream that was cut between two batches without a word: half the data must not pass for all. */
function assertWhole(bytes: Uint8Array, file: string): void {
  const kind = arrowKind(bytes);
  const tail = latin(bytes.subarray(-8));
  const whole = kind === "file" ? bytes.length > 16 && tail.endsWith(fileMagic) : tail === `${continuation}\0\0\0\0`;
  if (whole) return;
  throw new SeatrialError({
    code: "file_truncated",
    reason: `the Arrow ${kind ?? "data"} has no end mark`,
    hint: "copy or download it again",
    place: { file },
  });
}

async function parse(arrow: Arrow, bytes: Uint8Array, file: string): Promise<ArrowTable> {
  try {
    return arrowKind(bytes) === "file" ? await parseFile(arrow, bytes) : arrow.tableFromIPC(bytes);
  } catch (cause) {
    if (cause instanceof SeatrialError) throw cause.at({ file });
    const words = cause instanceof Error ? cause.message : String(cause);
    throw new SeatrialError({ code: "file_corrupt", reason: `not readable as Arrow: ${words}`, place: { file }, cause });
  }
}

/** Batch by batch as the footer counts them: iterating, the library passes over a damaged batch, or never ends. */
async function parseFile(arrow: Arrow, bytes: Uint8Array): Promise<ArrowTable> {
  const reader = arrow.RecordBatchReader.from(bytes);
  reader.open();
  const batches: RecordBatch[] = [];
  for (let at = 0; at < reader.numRecordBatches; at += 1) {
    const batch = await reader.readRecordBatch(at);
    if (batch === null) throw new SeatrialError({ code: "file_corrupt", reason: `batch ${at} of ${reader.numRecordBatches} is damaged` });
    batches.push(batch);
  }
  return new arrow.Table(reader.schema, batches);
}

/** The column's pieces in order. Damaged files may promise more rows than they hold. */
function piecesOf(table: ArrowTable, name: string, file: string, mayBeEmpty = false): readonly Data[] {
  const pieces = table.getChild(name)?.data ?? [];
  let row = 0;
  for (const piece of pieces) {
    if (piece.nullCount > 0 && !mayBeEmpty) {
      const reason = `column "${name}" has ${piece.nullCount} empty values between rows ${row} and ${row + piece.length - 1}`;
      throw new SeatrialError({ code: "null_value", reason, hint: "leave such rows out", place: { file } });
    }
    const values: unknown = piece.values;
    if (!ArrayBuffer.isView(values) || values.byteLength < piece.length) {
      throw new SeatrialError({ code: "bad_column", reason: `column "${name}" holds no numbers`, place: { file } });
    }
    row += piece.length;
  }
  return pieces;
}

function numberColumn(arrow: Arrow, table: ArrowTable, pick: Pick, name: string, file: string): Float64Array {
  const whole = new Float64Array(table.numRows);
  let at = 0;
  for (const piece of piecesOf(table, name, file, pick.mayBeEmpty)) {
    const values: unknown = piece.values;
    if (piece.typeId === arrow.Type.Float && values instanceof Float64Array) whole.set(values.subarray(0, piece.length), at);
    else if (piece.typeId === arrow.Type.Int) copyIntegers(values, piece.length, whole, at);
    else throw badColumn(pick.role, name, arrow.Type[piece.typeId], file);
    if (piece.nullCount > 0) for (let row = 0; row < piece.length; row += 1) if (!piece.getValid(row)) whole[at + row] = Number.NaN;
    at += piece.length;
  }
  return whole;
}

/** Text, dictionary-coded text and booleans, as text. */
function wordColumn(table: ArrowTable, name: string, file: string): readonly string[] {
  const vector = table.getChild(name);
  const words: string[] = [];
  for (let row = 0; row < table.numRows; row += 1) {
    const value: unknown = vector?.get(row);
    if (typeof value !== "string" && typeof value !== "boolean" && typeof value !== "number") {
      throw new SeatrialError({ code: "bad_column", reason: `column "${name}" holds no text in row ${row}`, place: { file } });
    }
    words.push(String(value));
  }
  return words;
}

function timeColumn(arrow: Arrow, table: ArrowTable, name: string, file: string): Float64Array {
  const whole = new Float64Array(table.numRows);
  let at = 0;
  let unit: EpochUnit | null = null;
  let days = false;
  for (const piece of piecesOf(table, name, file)) {
    const values: unknown = piece.values;
    const type: unknown = piece.type;
    if (type instanceof arrow.Timestamp) unit = (["s", "ms", "us", "ns"] as const)[type.unit as 0 | 1 | 2 | 3];
    else if (type instanceof arrow.Date_) [unit, days] = ["ms", values instanceof Int32Array];
    else if (piece.typeId !== arrow.Type.Int && !(values instanceof Float64Array)) throw badColumn("time", name, arrow.Type[piece.typeId], file);
    if (values instanceof Float64Array) whole.set(values.subarray(0, piece.length), at);
    else copyIntegers(values, piece.length, whole, at);
    at += piece.length;
  }
  if (days) for (let row = 0; row < whole.length; row += 1) whole[row] = (whole[row] as number) * 86_400_000;
  else scaleEpochs(whole, unit ?? epochUnit(whole[0] as number));
  return whole;
}

/** 64-bit integers are read as two halves: a BigInt a row would cost more than everything else. Beyond 2^53 to the nearest. */
function copyIntegers(values: unknown, length: number, target: Float64Array, start: number): void {
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) {
    const halves = new DataView(values.buffer, values.byteOffset, values.byteLength);
    const signed = values instanceof BigInt64Array;
    for (let row = 0; row < length; row += 1) {
      const high = signed ? halves.getInt32(row * 8 + 4, true) : halves.getUint32(row * 8 + 4, true);
      target[start + row] = high * 4_294_967_296 + halves.getUint32(row * 8, true);
    }
    return;
  }
  const plain = values as Int32Array;
  for (let row = 0; row < length; row += 1) target[start + row] = plain[row] as number;
}

function badColumn(column: string, name: string, type: string | undefined, file: string): SeatrialError {
  return new SeatrialError({
    code: "bad_column",
    reason: `column "${name}" (${column}) has the type ${type ?? "unknown"}`,
    hint: column === "time" ? "store it as timestamp or int64" : "store it as float64",
    place: { file },
  });
}

function latin(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
