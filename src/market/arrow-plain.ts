// The fast road for the Arrow file that most programs write: takes the columns as they lie in the file's bytes, without the library.
// What is not plain it leaves to the library's road (null): it must never tell of an error, and never answer what that road would not.

import { isReadable, understood, type Column, type FileBytes, type Piece } from "./arrow-structure.ts";
import { firstRow } from "./blocks.ts";
import { isLittleEndian } from "./byte-order.ts";
import type { Choose, Table } from "./table.ts";
import { epochUnit, scaleEpochs, type EpochUnit } from "./time-text.ts";

/**
 * The chosen columns of a whole Arrow file, or null for the library's road. Columns may be views of `bytes`, which then belong to them:
 * nobody else may go on to read those. @throws only what `choose` throws
 */
export function plainArrowTable(bytes: Uint8Array, choose: Choose): Table | null {
  if (!isLittleEndian) return null;
  const file = understood(inMemory(bytes));
  if (file === null) return null;
  const picks = choose({ names: file.columns.map(({ name }) => name), sample: [] });
  if (!picks.every((pick) => isReadable(pick, file))) return null;
  const taken: Piece[] = [];
  const columns = picks.map((pick) => {
    const column = file.columns[pick.place] as Column;
    const pieces = file.pieces.map((batch) => batch[pick.place] as Piece);
    const values = valuesOf(bytes, pieces, file.rows, taken);
    if (pick.kind === "time") toMillis(values, column.holds, unitOf(values, column));
    return values;
  });
  return { columns, length: file.rows, firstLine: null, source: file.source };
}

function inMemory(bytes: Uint8Array): FileBytes {
  const part = (start: number, end: number): Uint8Array => {
    if (start < 0 || start > end || end > bytes.length) throw new RangeError(`no bytes from ${start} to ${end}`);
    return bytes.subarray(start, end);
  };
  return { length: bytes.length, place: bytes.byteOffset, part };
}

/** The column's values: where they lie, when that is one place of their own; else a copy. @param taken places that are given away */
function valuesOf(bytes: Uint8Array, pieces: readonly Piece[], rows: number, taken: Piece[]): Float64Array {
  const [only] = pieces;
  if (pieces.length === 1 && only !== undefined && !taken.some((other) => overlap(only, other))) {
    taken.push(only);
    return new Float64Array(bytes.buffer, bytes.byteOffset + only.start, rows);
  }
  const whole = new Uint8Array(rows * 8);
  let at = 0;
  for (const piece of pieces) {
    whole.set(bytes.subarray(piece.start, piece.start + piece.rows * 8), at);
    at += piece.rows * 8;
  }
  return new Float64Array(whole.buffer);
}

/** Two columns may share their values in a file; what is written into one must not change the other. */
function overlap(a: Piece, b: Piece): boolean {
  return a.start < b.start + b.rows * 8 && b.start < a.start + a.rows * 8;
}

/** Unit of a column's times; where the type does not say, its first value does. @param values as they lie in the file */
export function unitOf(values: Float64Array, { holds, unit }: Column): EpochUnit {
  if (unit !== null) return unit;
  const [first = 0] = values;
  return epochUnit(holds === "int64" ? Number(new BigInt64Array(values.buffer, values.byteOffset, 1)[0]) : first);
}

/** Times in ms, in place of what the file holds. */
export function toMillis(values: Float64Array, holds: Column["holds"], unit: EpochUnit): void {
  if (holds === "int64") firstRow(values.length, 0, (start, end) => integersIn(values, start, end));
  // Whole milliseconds are what they shall become.
  if (holds !== "int64" || unit !== "ms") scaleEpochs(values, unit);
}

/** 64-bit integers become float64 where they lie; beyond 2^53 the nearest. */
function integersIn(values: Float64Array, start: number, end: number): number {
  const words = new Int32Array(values.buffer, values.byteOffset + start * 8, (end - start) * 2);
  for (let row = 0; row < end - start; row += 1) {
    values[start + row] = (words[row * 2 + 1] as number) * 4_294_967_296 + ((words[row * 2] as number) >>> 0);
  }
  return end;
}
