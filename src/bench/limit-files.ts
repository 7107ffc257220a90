// The limits of reading: the same bars out of the same bytes by hand, for exactly this file and without any check. They say how fast
// this machine's JavaScript could be, and they are an independent check of what was read.

import { readFileSync } from "node:fs";

/** Six columns in decimal numbers, in the order time, open, high, low, close, volume. */
export type HandColumns = readonly Float64Array[];

const columnCount = 6;
const comma = 44;
const newline = 10;
const point = 46;

/** Columns as they lie in the file: reading it is all there is to do. */
export function readRawByHand(path: string): HandColumns {
  const bytes = readFileSync(path);
  const rows = bytes.length / 8 / columnCount;
  return Array.from({ length: columnCount }, (_, at) => new Float64Array(bytes.buffer, bytes.byteOffset + at * rows * 8, rows));
}

/** A CSV file of non-negative numbers with a header. @param rows how many bars it has */
export function readCsvByHand(path: string, rows: number): HandColumns {
  const bytes = readFileSync(path);
  const columns = Array.from({ length: columnCount }, () => new Float64Array(rows));
  let at = bytes.indexOf(newline) + 1;
  for (let from = 0; from < rows; from += 1_024) at = readLines(bytes, at, columns, from, Math.min(from + 1_024, rows));
  return columns;
}

function readLines(bytes: Uint8Array, start: number, columns: HandColumns, from: number, to: number): number {
  let at = start;
  for (let row = from; row < to; row += 1) {
    for (let column = 0; column < columnCount; column += 1) {
      let digits = 0;
      let power = 1;
      let scale = 1;
      for (let byte = bytes[at] as number; byte !== comma && byte !== newline; byte = bytes[at] as number) {
        if (byte === point) power = 10;
        else {
          digits = digits * 10 + (byte - 48);
          scale *= power;
        }
        at += 1;
      }
      at += 1;
      (columns[column] as Float64Array)[row] = digits / scale;
    }
  }
  return at;
}
