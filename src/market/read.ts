// Reads a file of bars whatever its format: the content decides, not the name. Decides nothing about what bars are for.

import { SeatrialError, type Timeframe } from "../domain/index.ts";
import { assertOpenTimes, openTimes } from "./close-time.ts";
import { readArrowBars } from "./arrow-bars.ts";
import { readBarItems } from "./bar-items.ts";
import { columnNames, findColumns, type RawBars, type RawColumns } from "./columns.ts";
import { withContent, wholeOf, type Content } from "./content.ts";
import { CsvReader } from "./csv.ts";
import { settleDecimals, type KnownDecimals } from "./decimals.ts";
import { readTable } from "./events.ts";
import { readJsonRows } from "./json.ts";
import { leanColumns, leanFile, leanPicks, type LeanFile, type LeanOptions } from "./lean.ts";
import { columnMissing, columnOf, plainName, type Pick, type TableHead } from "./table.ts";
import { barsOfUnits, unitsOf } from "./unit-bars.ts";
import { sliceUnits } from "./unit-columns.ts";
import { assertAscending } from "./validate.ts";

/** How the bars of a file are to be understood, where the file does not say. */
export interface BarForm extends LeanOptions {
  /**
   * Whether a time is the open or the close of its bar. @defaultValue `open`; times that can only be closes are then an error
   */
  readonly time?: "open" | "close";
  /** Length of a bar. @defaultValue the smallest distance of two */
  readonly timeframe?: Timeframe;
  /**
   * `absent` takes bars without volume, as volume 0: nothing fills in a bar without volume.
   * @defaultValue `required`: a missing column or value is an error
   */
  readonly volume?: "required" | "absent";
  /** The market of a capture or a list of messages with several, by the venue's name. @defaultValue the file's only one */
  readonly symbol?: string;
}

export interface ReadOptions extends BarForm {
  /** First open time kept, epoch ms. @defaultValue the file's first */
  readonly from?: number;
  /** Open times from here on are left out, epoch ms. @defaultValue none */
  readonly to?: number;
}

/** Columns as a format's reader found them. */
interface BarContent {
  readonly columns: RawColumns;
  readonly decimals: KnownDecimals;
  readonly firstLine: number | null;
  readonly source: string | null;
}

const uncounted: KnownDecimals = { price: null, volume: null };

/**
 * Bars of a file, gzipped, zipped or not, in [from, to): CSV, Parquet, Arrow IPC and Feather v2, ccxt's JSON rows, Hyperliquid's
 * candles, the closed bars of a captured feed, LEAN's archives. Only the form is checked here; the bars themselves by
 * `validateBars`. @throws SeatrialError with file, line and column where there are any; exit code 3
 */
export async function readBars(path: string, options: ReadOptions = {}): Promise<RawBars> {
  assertRange(options);
  const read = await withContent(path, async (found) => (await readAsUnits(found, options)) ?? settled(await readContent(found, options), path));
  const bars = atOpen(read, options);
  return options.from === undefined && options.to === undefined ? bars : sliceBars(bars, options);
}

/**
 * Bars of a mark or index price, which have no volume: 0 where the file has none. A downloader's "mark" file is not always one:
 * freqtrade's of Hyperliquid holds the candles of trades. @throws SeatrialError as `readBars`
 */
export function readMark(path: string, options: ReadOptions = {}): Promise<RawBars> {
  return readBars(path, { volume: "absent", ...options });
}

/** The fast road; null where the general one has to be taken. */
async function readAsUnits(content: Content, { volume, time }: BarForm): Promise<RawBars | null> {
  const isPlain = content.form === "arrow" && content.bare && volume !== "absent" && time !== "close";
  return isPlain ? readArrowBars(content, (head) => barPicks(head, content.file, false)) : null;
}

function settled({ columns, decimals, firstLine, source }: BarContent, file: string): RawBars {
  const whole = { ...columns, file, firstLine, firstRow: 0 };
  return { ...whole, ...settleDecimals(columns, decimals, whole), source, length: columns.time.length };
}

/** Bars with their times as opens. @throws SeatrialError `time_at_close`, or that the stamps do not ascend */
function atOpen(bars: RawBars, { time, timeframe }: BarForm): RawBars {
  if (time === undefined) assertOpenTimes(bars.time, bars.file);
  if (time !== "close") return bars;
  assertAscending(bars);
  return { ...bars, time: openTimes(bars.time, timeframe ?? null) };
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
  const known = unitsOf(bars);
  if (known !== undefined) {
    const { file, source, firstLine, firstRow } = bars;
    return barsOfUnits(sliceUnits(known, first, end), { file, source, firstLine, firstRow: firstRow + first });
  }
  const cut = (column: Float64Array): Float64Array => column.slice(first, end);
  const { time, open, high, low, close, volume } = bars;
  const columns = { time: cut(time), open: cut(open), high: cut(high), low: cut(low), close: cut(close), volume: cut(volume) };
  return { ...bars, ...columns, length: end - first, firstRow: bars.firstRow + first };
}

async function readContent(content: Content, options: BarForm): Promise<BarContent> {
  const { file, form, first, rest } = content;
  const lean = form === "text" ? leanFile(file, content.entry, options) : null;
  if (lean !== null) return readLean(content, lean, options);
  if (form === "capture" || (form === "json" && holdsObjects(first))) return readBarItems(content, options.symbol);
  if (form === "json") return { ...readJsonRows(await wholeOf(content), file), firstLine: null, source: null };
  if (form !== "text" || options.volume === "absent" || options.time === "close") return readColumns(content, options);
  const reader = new CsvReader(file, content.bytes);
  reader.push(first);
  for await (const piece of rest) reader.push(piece);
  return { ...reader.finish(), source: null };
}

/** Whether a JSON file starts as a list of objects; a list of rows has a list inside. */
function holdsObjects(first: Uint8Array): boolean {
  return /^\s*\[\s*\{/.test(new TextDecoder().decode(first.subarray(0, 4_096)));
}

async function readColumns(content: Content, options: BarForm): Promise<BarContent> {
  const volumeMayMiss = options.volume === "absent";
  let picks: readonly Pick[] = [];
  const table = await readTable(content, (head) => {
    picks = barPicks(head, content.file, volumeMayMiss);
    if (options.time === "close") picks = picks.map((pick) => (pick.role === "time" ? closePick(pick, head, content.file) : pick));
    return picks;
  });
  const [time, open, high, low, close] = columnNames.map((role) => columnOf(table, picks, role)) as Float64Array[];
  const found = columnOf(table, picks, "volume") as Float64Array | undefined;
  const volume =
    found === undefined ? new Float64Array(table.length) : volumeMayMiss ? found.map((value) => (Number.isNaN(value) ? 0 : value)) : found;
  const columns = { time, open, high, low, close, volume } as RawColumns;
  return { columns, decimals: uncounted, firstLine: table.firstLine, source: table.source };
}

function barPicks({ names, sample }: TableHead, file: string, volumeMayMiss: boolean): Pick[] {
  const needed = volumeMayMiss ? 5 : 6;
  if (names === null && sample.length < needed) throw columnMissing(columnNames[sample.length] ?? "volume", ["a header line"], sample, file);
  const places = names === null ? columnNames.map((_, at) => (at < sample.length ? at : -1)) : findColumns(names, file, volumeMayMiss);
  return columnNames.flatMap((role, at): Pick[] => {
    const place = places[at] ?? -1;
    if (place < 0) return [];
    return [{ role, place, kind: role === "time" ? "time" : "number", mayBeEmpty: role === "volume" && volumeMayMiss }];
  });
}

/** The column of closing times, where a file names one beside the opening times. @throws SeatrialError `time_is_open` */
function closePick(pick: Pick, { names }: TableHead, file: string): Pick {
  const plain = (names ?? []).map(plainName);
  const place = plain.findIndex((name) => name === "close_time" || name === "closetime");
  if (place >= 0) return { ...pick, place };
  if (!/^open_?time$/.test(plain[pick.place] ?? "")) return pick;
  const reason = `the times are in the column "${names?.[pick.place] ?? ""}", which is no close`;
  throw new SeatrialError({ code: "time_is_open", reason, hint: "leave --time close (in a scenario's bars and in code: time) out", place: { file } });
}

async function readLean(content: Content, lean: LeanFile, options: BarForm): Promise<BarContent> {
  let picks: readonly Pick[] = [];
  const table = await readTable(content, (head) => {
    picks = leanPicks(lean, head, options.side, content.file);
    return picks;
  });
  return { columns: leanColumns(lean, table, picks), decimals: uncounted, firstLine: table.firstLine, source: null };
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

function isoTime(time: number | undefined): string {
  return time === undefined || !(Math.abs(time) <= 8.64e15) ? "the end" : new Date(time).toISOString();
}
