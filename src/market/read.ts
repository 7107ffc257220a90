// Reads a file of bars whatever its format: the content decides, not the name. Decides nothing about what bars are for.

import { SeatrialError } from "../domain/index.ts";
import { arrowKind, readArrowColumns } from "./arrow.ts";
import type { RawBars, RawColumns } from "./columns.ts";
import { assertText } from "./csv-layout.ts";
import { CsvReader } from "./csv.ts";
import { settleDecimals, type KnownDecimals } from "./decimals.ts";
import { readJsonRows } from "./json.ts";
import { emptyFile, joinPieces, readPieces } from "./source.ts";
import { assertAscending } from "./validate.ts";

export interface ReadOptions {
  /** First open time kept, epoch ms. @defaultValue the file's first */
  readonly from?: number;
  /** Open times from here on are left out, epoch ms. @defaultValue none */
  readonly to?: number;
}

interface Content {
  readonly columns: RawColumns;
  readonly decimals: KnownDecimals;
  readonly firstLine: number | null;
  readonly source: string | null;
}

const uncounted: KnownDecimals = { price: null, volume: null };

/**
 * Bars of a CSV, ccxt JSON, Arrow IPC or Feather v2 file, gzipped or not, in [from, to). Only the form is checked here; the
 * bars themselves by `validateBars`. @throws SeatrialError with file, line and column where there are any; exit code 3
 */
export async function readBars(path: string, options: ReadOptions = {}): Promise<RawBars> {
  assertRange(options);
  const content = await readContent(path);
  const whole = { ...content.columns, file: path, firstLine: content.firstLine, firstRow: 0 };
  const decimals = settleDecimals(content.columns, content.decimals, whole);
  const bars: RawBars = { ...whole, ...decimals, source: content.source, length: content.columns.time.length };
  return options.from === undefined && options.to === undefined ? bars : sliceBars(bars, options);
}

/** The bars of [from, to) with row numbers that still count from the file's first. @throws SeatrialError `range_empty` */
export function sliceBars(bars: RawBars, range: ReadOptions): RawBars {
  assertRange(range);
  assertAscending(bars);
  const first = firstAtOrAfter(bars.time, range.from ?? -Infinity);
  const end = firstAtOrAfter(bars.time, range.to ?? Infinity);
  if (first >= end) {
    throw new SeatrialError({
      code: "range_empty",
      reason: `no bar from ${isoTime(range.from)} to ${isoTime(range.to)}`,
      hint: `the bars go from ${isoTime(bars.time[0])} to ${isoTime(bars.time[bars.length - 1])}`,
      place: { file: bars.file },
    });
  }
  const cut = (column: Float64Array): Float64Array => column.slice(first, end);
  const { time, open, high, low, close, volume } = bars;
  const columns = { time: cut(time), open: cut(open), high: cut(high), low: cut(low), close: cut(close), volume: cut(volume) };
  return { ...bars, ...columns, length: end - first, firstRow: bars.firstRow + first };
}

async function readContent(path: string): Promise<Content> {
  const pieces = readPieces(path);
  try {
    const { value: first } = await pieces.next();
    if (first === undefined) throw emptyFile(path);
    const kind = arrowKind(first);
    if (kind === "feather1" || kind === "parquet") throw unreadable(path, kind);
    if (kind !== null) {
      const { columns, source } = await readArrowColumns(await joinPieces(first, pieces), path);
      return { columns, decimals: uncounted, firstLine: null, source };
    }
    if (/\.(?:arrow|arrows|feather|ipc)$/i.test(path)) {
      throw new SeatrialError({ code: "file_corrupt", reason: "named as an Arrow file but does not start as one", place: { file: path } });
    }
    assertText(first, path);
    if ("[{".includes(firstLetter(first))) return { ...readJsonRows(await joinPieces(first, pieces), path), firstLine: null, source: null };
    return { ...(await readCsv(path, first, pieces)), source: null };
  } finally {
    await pieces.return();
  }
}

async function readCsv(path: string, first: Uint8Array, pieces: AsyncIterable<Uint8Array>): Promise<Omit<Content, "source">> {
  const reader = new CsvReader(path);
  reader.push(first);
  for await (const piece of pieces) reader.push(piece);
  return reader.finish();
}

function assertRange({ from = -Infinity, to = Infinity }: ReadOptions): void {
  if (from < to) return;
  throw new SeatrialError({
    code: "bad_range",
    reason: `from ${isoTime(from)} is not before to ${isoTime(to)}`,
    hint: "bars are read from `from` up to but without `to`",
  });
}

function firstAtOrAfter(time: Float64Array, instant: number): number {
  let low = 0;
  let high = time.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((time[middle] as number) < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}

function firstLetter(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes.subarray(0, 64)).trimStart().charAt(0);
}

function isoTime(time: number | undefined): string {
  return time === undefined || !(Math.abs(time) <= 8.64e15) ? "the end" : new Date(time).toISOString();
}

function unreadable(path: string, kind: "feather1" | "parquet"): SeatrialError {
  const name = kind === "parquet" ? "Parquet" : "Feather version 1";
  return new SeatrialError({
    code: "format_unknown",
    reason: `${name} files are not read`,
    hint: "save it as Feather version 2 or CSV",
    place: { file: path },
  });
}
