// The data of a page as text: columns of numbers as deltas in few bytes, the rest as JSON, all of it deflated and in base64. Lossless:
// a column that cannot be written as scaled integers is written as float64 (but for the sign of a zero). The browser's side is browser/unpack.ts.

import { deflateRawSync } from "node:zlib";
import { columnsOf, withColumns } from "./browser/columns.ts";
import type { NoticeData, PageData } from "./browser/page-data.ts";

/** More decimals than any venue's prices have; beyond them a column is float64. */
const decimalsMax = 12;

/**
 * Layout before deflating: length of the JSON in bytes (uint32, little-endian), the JSON `{ view, notice }` with empty columns, then each
 * column: one byte with its decimals (255: float64), its length, then zigzag varints of the deltas, or the float64 values.
 */
export function packPage(view: PageData, notice: NoticeData): string {
  const json = Buffer.from(JSON.stringify({ view: withColumns(view, () => []), notice }), "utf8");
  const head = Buffer.alloc(4);
  head.writeUInt32LE(json.length);
  return deflateRawSync(Buffer.concat([head, json, ...columnsOf(view).map(packColumn)]), { level: 9 }).toString("base64");
}

function packColumn(values: readonly number[]): Uint8Array {
  const decimals = decimalsOf(values);
  const bytes = new ByteWriter(values.length * 4 + 16);
  bytes.push(decimals ?? 255);
  bytes.varint(values.length);
  if (decimals === null) {
    const floats = Buffer.alloc(values.length * 8);
    values.forEach((value, index) => floats.writeDoubleLE(value, index * 8));
    return Buffer.concat([bytes.done(), floats]);
  }
  const scale = 10 ** decimals;
  let previous = 0;
  for (const value of values) {
    const scaled = Math.round(value * scale);
    const delta = scaled - previous;
    bytes.varint(delta < 0 ? -2 * delta - 1 : 2 * delta);
    previous = scaled;
  }
  return bytes.done();
}

/** The fewest decimals with which every value comes back bit by bit; null where there are none. */
function decimalsOf(values: readonly number[]): number | null {
  let decimals = 0;
  for (const value of values) {
    while (!comesBack(value, 10 ** decimals)) {
      decimals += 1;
      if (decimals > decimalsMax) return null;
    }
  }
  // A value that comes back with few decimals may not with more: its scaled form may be too long.
  return values.every((value) => comesBack(value, 10 ** decimals)) ? decimals : null;
}

function comesBack(value: number, scale: number): boolean {
  const scaled = Math.round(value * scale);
  // A quarter of the safe range, so that the doubled delta of two of them is safe as well.
  return Math.abs(scaled) <= Number.MAX_SAFE_INTEGER / 4 && scaled / scale === value;
}

class ByteWriter {
  private bytes: Uint8Array;
  private length = 0;

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity);
  }

  push(byte: number): void {
    if (this.length === this.bytes.length) {
      const wider = new Uint8Array(this.bytes.length * 2);
      wider.set(this.bytes);
      this.bytes = wider;
    }
    this.bytes[this.length] = byte;
    this.length += 1;
  }

  /** Seven bits a byte, the lowest first; arithmetic instead of shifts, because deltas are wider than 32 bits. */
  varint(value: number): void {
    let rest = value;
    while (rest >= 128) {
      this.push((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    this.push(rest);
  }

  done(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }
}
