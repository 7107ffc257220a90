// Bars out of a plain Arrow file, while it is being read: some rows become units and are checked while the next ones are on their way. What is
// not plain, and every bar that is not sound, it leaves to the general road (null): it must never tell of an error.

import { batchHeads, footerStart, isReadable, understood, type Column, type FileBytes, type Piece, type PlainFile } from "./arrow-structure.ts";
import { toMillis, unitOf } from "./arrow-plain.ts";
import { isLittleEndian } from "./byte-order.ts";
import { columnNames, type RawBars, type RawColumns } from "./columns.ts";
import type { Content } from "./content.ts";
import type { Choose, Pick } from "./table.ts";
import type { EpochUnit } from "./time-text.ts";
import { barsOfUnits } from "./unit-bars.ts";
import { UnitColumns } from "./unit-columns.ts";

/** Rows that are read at once: half a megabyte of each column. */
const rangeRows = 1 << 16;
/** Ranges that are on their way while one is taken. */
const rangesAhead = 4;
/** Below so many rows a batch, reading them one by one takes longer than the file as a whole. */
const batchRowsLeast = 1 << 13;
/** More than most footers have. */
const tailBytes = 1 << 16;

type ReadAt = NonNullable<Content["readAt"]>;

/** Rows of the file, and where their values of each column lie. */
interface Range {
  readonly from: number;
  readonly to: number;
  readonly places: readonly number[];
}

/** @param choose has to pick the columns in the order of `columnNames` @returns null for the general road */
export async function readArrowBars({ file, bytes, first, readAt }: Content, choose: Choose): Promise<RawBars | null> {
  if (readAt === null || bytes === null || !isLittleEndian) return null;
  const plain = await structureOf(bytes, first, readAt);
  if (plain === null) return null;
  const picks = choose({ names: plain.columns.map(({ name }) => name), sample: [] });
  if (picks.length !== columnNames.length || !picks.every((pick) => isReadable(pick, plain))) return null;
  const units = await readUnits(plain, picks, readAt);
  return units === null ? null : barsOfUnits(units, { file, source: plain.source, firstLine: null, firstRow: 0 });
}

/** The file's structure out of its metadata alone. */
async function structureOf(bytes: number, first: Uint8Array, readAt: ReadAt): Promise<PlainFile | null> {
  if (bytes < 16 || first.length > bytes) return null;
  // The first piece is valid until the next is asked for, which nobody does before this is over.
  const known: { readonly start: number; readonly bytes: Uint8Array }[] = [{ start: 0, bytes: first }];
  const holderOf = (start: number, end: number) => known.find((one) => one.start <= start && end <= one.start + one.bytes.length);
  const part = (start: number, end: number): Uint8Array => {
    const holder = holderOf(start, end);
    if (holder === undefined || start < 0 || start > end) throw new RangeError(`the bytes from ${start} to ${end} are not read`);
    return holder.bytes.subarray(start - holder.start, end - holder.start);
  };
  const read = async (start: number, end: number): Promise<boolean> => {
    if (!(start >= 0 && start <= end && end <= bytes)) return false;
    if (holderOf(start, end) !== undefined) return true;
    const room = new Uint8Array(end - start);
    known.push({ start, bytes: room });
    return (await readAt(room, start)) === room.length;
  };
  const file: FileBytes = { length: bytes, place: 0, part };
  const tail = Math.max(0, bytes - tailBytes);
  if (!(await read(tail, bytes)) || String.fromCharCode(...part(bytes - 6, bytes)) !== "ARROW1") return null;
  const footer = footerStart(file);
  if (footer === null || !(await read(footer, bytes))) return null;
  const heads = batchHeads(file);
  if (heads === null || (heads.length > 1 && bytes / heads.length < batchRowsLeast * 8 * columnNames.length)) return null;
  for (const { start, length } of heads) if (!(await read(start, start + length))) return null;
  return understood(file);
}

async function readUnits(plain: PlainFile, picks: readonly Pick[], readAt: ReadAt): Promise<UnitColumns | null> {
  const rooms = picks.map(() => unwritten(plain.rows * 8));
  const columns = rooms.map(({ buffer }) => new Float64Array(buffer));
  const ranges = rangesOf(plain, picks);
  const reading: Promise<boolean>[] = [];
  let asked = 0;
  const ask = (): void => {
    const range = ranges[asked];
    asked += 1;
    if (range !== undefined) reading.push(readRange(range, rooms, readAt));
  };
  while (asked < rangesAhead) ask();
  const [time, open, high, low, close, volume] = columns as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
  const units = new UnitColumns({ time, open, high, low, close, volume } satisfies RawColumns);
  const stamps = plain.columns[picks[0]?.place ?? 0] as Column;
  let unit: EpochUnit | null = null;
  let sound = true;
  for (const { from, to } of ranges) {
    sound &&= (await reading.shift()) === true;
    if (!sound) break;
    ask();
    const times = time.subarray(from, to);
    unit ??= unitOf(times, stamps);
    toMillis(times, stamps.holds, unit);
    sound = units.take(from, to);
  }
  // Nobody may close the file under a reading.
  await Promise.all(reading);
  return sound ? units : null;
}

/** Memory that the system has not given out yet: it is written once, by the reading. */
function unwritten(bytes: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.allocUnsafeSlow(bytes).buffer);
}

/** The rows of each batch in order, a part of it at a time. */
function rangesOf({ pieces }: PlainFile, picks: readonly Pick[]): readonly Range[] {
  const ranges: Range[] = [];
  let first = 0;
  for (const batch of pieces) {
    const chosen = picks.map(({ place }) => batch[place] as Piece);
    const rows = chosen[0]?.rows ?? 0;
    for (let from = 0; from < rows; from += rangeRows) {
      const places = chosen.map(({ start }) => start + from * 8);
      ranges.push({ from: first + from, to: first + Math.min(from + rangeRows, rows), places });
    }
    first += rows;
  }
  return ranges;
}

/** @returns whether all of it was there. What went wrong is told on the general road, which meets it again. */
async function readRange({ from, to, places }: Range, rooms: readonly Uint8Array[], readAt: ReadAt): Promise<boolean> {
  const lengths = await Promise.allSettled(rooms.map((room, at) => readAt(room.subarray(from * 8, to * 8), places[at] as number)));
  return lengths.every((length) => length.status === "fulfilled" && length.value === (to - from) * 8);
}
