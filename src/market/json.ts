// Bars out of ccxt JSON rows, `[[time, open, high, low, close, volume, …], …]`, numbers or quoted numbers. Reads bytes, makes
// no objects; knows no other JSON shape.

import { SeatrialError } from "../domain/index.ts";
import { ColumnBuilder, columnNames, type RawColumns } from "./columns.ts";
import type { KnownDecimals } from "./decimals.ts";
import { NumberScan, numberOfText, trimmedDecimals } from "./number-scan.ts";
import { epochUnit, scaleEpochs } from "./time-text.ts";

const [openBracket, closeBracket, comma, quote] = [91, 93, 44, 34];

/** One pass over the bytes of one file. */
class RowReader {
  declare private readonly bytes: Uint8Array;
  declare private readonly file: string;
  private readonly scan: NumberScan = new NumberScan();
  declare private readonly builder: ColumnBuilder;
  private at = 0;
  private rows = 0;
  private readonly most: number[] = [0, 0];
  private readonly counted: boolean[] = [true, true];

  constructor(bytes: Uint8Array, file: string) {
    this.bytes = bytes;
    this.file = file;
    this.builder = new ColumnBuilder(bytes.length / 40);
  }

  read(): { columns: RawColumns; decimals: KnownDecimals } {
    this.expect(openBracket, "[ at the start of the rows");
    if (this.peek() === closeBracket) throw this.error("no_bars", "the list of rows is empty");
    for (;;) {
      this.row();
      if (this.peek() !== comma) break;
      this.at += 1;
    }
    this.expect(closeBracket, ", or ] after a row");
    if (this.peek() !== -1) throw this.error("bad_json", "something follows the list of rows");
    const columns = this.builder.take(this.rows);
    scaleEpochs(columns.time, epochUnit(columns.time[0] as number));
    const [price, volume] = this.most as [number, number];
    return { columns, decimals: { price: this.counted[0] === true ? price : null, volume: this.counted[1] === true ? volume : null } };
  }

  private row(): void {
    if (this.rows === this.builder.capacity) this.builder.grow(this.rows);
    this.expect(openBracket, "[ at the start of a row");
    for (let column = 0; column < columnNames.length; column += 1) {
      if (column > 0) this.expect(comma, `a row of 6 numbers: ${columnNames[column] ?? ""} is missing`);
      (this.builder.columns[column] as Float64Array)[this.rows] = this.number(column);
    }
    this.rest();
    this.rows += 1;
  }

  /** Passes over what an exchange puts behind the volume, up to the end of the row. */
  private rest(): void {
    let quoted = false;
    for (;;) {
      const byte = this.bytes[this.at];
      if (byte === undefined) throw this.error("file_truncated", "the file ends inside a row");
      this.at += 1;
      if (byte === quote) quoted = !quoted;
      else if (byte === closeBracket && !quoted) return;
      else if (byte === openBracket && !quoted) throw this.error("bad_json", "a list inside a row");
    }
  }

  private number(column: number): number {
    const quoted = this.peek() === quote;
    if (quoted) this.at += 1;
    const start = this.at;
    const after = this.scan.read(this.bytes, start);
    if (after >= 0 && this.ends(after, quoted)) {
      this.at = after + (quoted ? 1 : 0);
      if (column > 0) this.note(column === 5 ? 1 : 0, after);
      return this.scan.value;
    }
    let end = start;
    while (end < this.bytes.length && !this.ends(end, quoted)) end += 1;
    if (end === this.bytes.length) throw this.error("file_truncated", "the file ends inside a number");
    const text = String.fromCharCode(...this.bytes.subarray(start, Math.min(end, start + 120)));
    const value = numberOfText(text);
    if (typeof value !== "number") throw this.error(value, `"${text.slice(0, 40)}" is not a ${value === "not_finite" ? "finite " : ""}number`);
    this.at = end + (quoted ? 1 : 0);
    if (column > 0) this.counted[column === 5 ? 1 : 0] = false;
    return value;
  }

  private note(kind: number, end: number): void {
    const most = this.most[kind] as number;
    if (this.scan.decimals <= most) return;
    this.most[kind] = Math.max(most, trimmedDecimals(this.bytes, end, this.scan.decimals));
  }

  /** Whether the byte at `at` ends a number. */
  private ends(at: number, quoted: boolean): boolean {
    const byte = this.bytes[at];
    return quoted ? byte === quote : byte === comma || byte === closeBracket || isBlank(byte);
  }

  /** The next byte that is not blank, -1 at the end; stays before it. */
  private peek(): number {
    while (isBlank(this.bytes[this.at])) this.at += 1;
    return this.bytes[this.at] ?? -1;
  }

  private expect(byte: number, what: string): void {
    const found = this.peek();
    if (found === byte) {
      this.at += 1;
      return;
    }
    if (found === -1) throw this.error("file_truncated", "the file ends before its list of rows does");
    throw this.error("bad_json", `found "${String.fromCharCode(found)}" instead of ${what}`);
  }

  private error(code: string, reason: string): SeatrialError {
    let line = 1;
    let lineStart = 0;
    for (let at = 0; at < this.at && at < this.bytes.length; at += 1) {
      if (this.bytes[at] !== 10) continue;
      line += 1;
      lineStart = at + 1;
    }
    const place = { file: this.file, line, column: this.at - lineStart + 1 };
    const hint = "the form is [[time, open, high, low, close, volume], …]";
    return new SeatrialError({ code, reason: `row ${this.rows}: ${reason}`, hint, place });
  }
}

function isBlank(byte: number | undefined): boolean {
  return byte === 32 || byte === 10 || byte === 13 || byte === 9;
}

/**
 * Columns of a whole file's bytes; times of any epoch unit, as ms.
 * @throws SeatrialError `bad_json`, `bad_number`, `not_finite`, `file_truncated`, `no_bars`, with line and column
 */
export function readJsonRows(bytes: Uint8Array, file: string): { columns: RawColumns; decimals: KnownDecimals } {
  return new RowReader(bytes, file).read();
}
