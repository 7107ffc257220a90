// Bars out of CSV bytes: finds delimiter, header and columns in the first line, then reads numbers byte by byte in slices.
// Never holds the text as a string, never splits a line, never guesses a number.

import { SeatrialError } from "../domain/index.ts";
import { ColumnBuilder, columnNames, type RawColumns } from "./columns.ts";
import { layoutOfLine, timeStyle, type CsvLayout } from "./csv-layout.ts";
import type { KnownDecimals } from "./decimals.ts";
import { NumberScan, numberOfText, trimmedDecimals } from "./number-scan.ts";
import { badTime, epochUnit, millisOfText, scaleEpochs } from "./time-text.ts";

/** Longest line in bytes: a longer one is not a line of bars. */
export const lineBytesMax = 65_536;
/** A call parses about this much: short calls run optimised code, one long call would not. */
const sliceBytes = 65_536;

/** Room for more rows than the first lines promise: later ones may be shorter. What is not used costs nothing. */
const spareRoom = 1.1;

const newline = 10;
const carriageReturn = 13;
const quote = 34;

/** In the order of `columnNames`. */
type SixColumns = [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];

export interface CsvResult {
  readonly columns: RawColumns;
  readonly decimals: KnownDecimals;
  readonly firstLine: number;
}

/** Takes the bytes of one file in pieces; errors name file, line and column. */
export class CsvReader {
  declare private readonly file: string;
  declare private readonly bytes: number | null;
  private readonly scan: NumberScan = new NumberScan();
  private builder: ColumnBuilder = new ColumnBuilder(0);
  private layout: CsvLayout | null = null;
  /** `text` when the times are calendar times; decided by the first row. */
  private times: "epoch" | "text" | null = null;
  private rows = 0;
  private firstLine = 1;
  /** The bytes after the last line end of the pieces so far. */
  private carry: Uint8Array = new Uint8Array(0);
  /** Byte that ends the file's last line when the file does not: set while the final line is read. */
  private final = false;
  private blankAt = -1;
  private priceDecimals = 0;
  private volumeDecimals = 0;
  private countedPrice = true;
  private countedVolume = true;

  /** @param bytes size of the whole file, where it is known: rows then need not be moved to where there is more room */
  constructor(file: string, bytes: number | null = null) {
    this.file = file;
    this.bytes = bytes;
  }

  /** Parses the whole lines of the piece; keeps the rest. The piece may be overwritten afterwards. */
  push(piece: Uint8Array): void {
    const last = piece.lastIndexOf(newline);
    const first = last < 0 ? -1 : piece.indexOf(newline);
    if (this.carry.length > 0 || last < 0) {
      this.carry = join(this.carry, last < 0 ? piece : piece.subarray(0, first + 1));
      if (this.carry.length > lineBytesMax + 1) throw this.lineTooLong(this.currentLine());
      if (last < 0) return;
      this.lines(this.carry, 0, this.carry.length);
      this.lines(piece, first + 1, last + 1);
    } else {
      this.lines(piece, 0, last + 1);
    }
    this.carry = Uint8Array.from(piece.subarray(last + 1));
    if (this.carry.length > lineBytesMax) throw this.lineTooLong(this.currentLine());
  }

  /** The file is over: reads a last line without its line end. @throws SeatrialError `no_bars` when there was only a header */
  finish(): CsvResult {
    if (this.carry.length > 0) {
      this.final = true;
      this.lines(join(this.carry, Uint8Array.of(newline)), 0, this.carry.length + 1);
    }
    if (this.rows === 0) {
      throw new SeatrialError({ code: "no_bars", reason: "the file has no row of bars", place: { file: this.file } });
    }
    const columns = this.builder.take(this.rows);
    if (this.times === "epoch") scaleEpochs(columns.time, epochUnit(columns.time[0] as number));
    const decimals = { price: this.countedPrice ? this.priceDecimals : null, volume: this.countedVolume ? this.volumeDecimals : null };
    return { columns, decimals, firstLine: this.firstLine };
  }

  private currentLine(): number {
    return this.firstLine + this.rows;
  }

  /** Whole lines from `start` to `end`, which follows a line end. */
  private lines(bytes: Uint8Array, start: number, end: number): void {
    let at = start;
    if (this.layout === null) {
      if (start === end) return;
      at = this.open(bytes, start, end);
    }
    while (at < end) {
      const limit = Math.min(end, at + sliceBytes);
      if (this.isPlain) at = this.plainRows(bytes, at, limit);
      // Whatever that road left: with one row of it, or with all.
      if (at < limit) at = this.slice(bytes, at, this.isPlain ? at + 1 : limit);
    }
  }

  /** Whether most rows can be read without asking what each field is. */
  private get isPlain(): boolean {
    const { roles } = this.layout as CsvLayout;
    return this.times === "epoch" && roles.length === columnNames.length && roles.every((role, at) => role === at);
  }

  /**
   * The hot loop: rows of six plain numbers in the usual order. @returns where the first row starts that is anything else: that has a
   * sign, a quote, a blank, another decimal than the rows before it, more fields, or no room
   */
  private plainRows(bytes: Uint8Array, start: number, limit: number): number {
    const { delimiter } = this.layout as CsvLayout;
    const { scan, priceDecimals, volumeDecimals } = this;
    const { capacity, columns } = this.builder;
    const [time, open, high, low, close, volume] = columns as SixColumns;
    // An empty line before this one is an error that the other road tells.
    let row = this.blankAt < 0 ? this.rows : capacity;
    let lineStart = start;
    for (; row < capacity && lineStart < limit; row += 1) {
      let end = scan.read(bytes, lineStart);
      if (end < 0 || bytes[end] !== delimiter) break;
      time[row] = scan.value;
      end = scan.read(bytes, end + 1);
      if (end < 0 || bytes[end] !== delimiter || scan.decimals > priceDecimals) break;
      open[row] = scan.value;
      end = scan.read(bytes, end + 1);
      if (end < 0 || bytes[end] !== delimiter || scan.decimals > priceDecimals) break;
      high[row] = scan.value;
      end = scan.read(bytes, end + 1);
      if (end < 0 || bytes[end] !== delimiter || scan.decimals > priceDecimals) break;
      low[row] = scan.value;
      end = scan.read(bytes, end + 1);
      if (end < 0 || bytes[end] !== delimiter || scan.decimals > priceDecimals) break;
      close[row] = scan.value;
      end = scan.read(bytes, end + 1);
      if (end < 0 || scan.decimals > volumeDecimals) break;
      if (bytes[end] === carriageReturn) end += 1;
      if (bytes[end] !== newline || end - lineStart > lineBytesMax) break;
      volume[row] = scan.value;
      lineStart = end + 1;
    }
    if (this.blankAt < 0) this.rows = row;
    return lineStart;
  }

  /** Reads the file's first line. @returns where the first row of bars starts */
  private open(bytes: Uint8Array, start: number, end: number): number {
    const lineEnd = bytes.indexOf(newline, start);
    if (lineEnd - start > lineBytesMax) throw this.lineTooLong(1);
    const layout = layoutOfLine(bytes.subarray(start, lineEnd), this.file);
    this.layout = layout;
    this.builder = new ColumnBuilder(this.rowsToCome(bytes, start, end));
    if (!layout.header) return start + layout.skip;
    this.firstLine = 2;
    return lineEnd + 1;
  }

  /** Rows that the file may have, by its size and the length of its first lines. */
  private rowsToCome(bytes: Uint8Array, start: number, end: number): number {
    const sampleEnd = Math.min(end, start + sliceBytes);
    let lines = 0;
    for (let at = start; at < sampleEnd; at += 1) if (bytes[at] === newline) lines += 1;
    const lineBytes = (sampleEnd - start) / Math.max(lines, 1);
    return ((this.bytes ?? end - start) / lineBytes) * spareRoom;
  }

  /** Rows of any kind that start before `limit`. @returns where the next row starts */
  private slice(bytes: Uint8Array, start: number, limit: number): number {
    const { roles, delimiter } = this.layout as CsvLayout;
    const fields = roles.length;
    const scan = this.scan;
    let columns = this.builder.columns;
    let at = start;
    while (at < limit) {
      const lineStart = at;
      const row = this.rows;
      if (this.isBlank(bytes, at)) {
        at = this.blank(bytes, at);
        continue;
      }
      if (row === this.builder.capacity) {
        this.builder.grow(row);
        columns = this.builder.columns;
      }
      if (this.times === null) this.times = this.styleOfTimes(bytes, at);
      for (let field = 0; field < fields; field += 1) {
        const role = roles[field] as number;
        if (field > 0) {
          if (bytes[at] !== delimiter) throw this.tooFewFields(lineStart, at, field);
          at += 1;
        }
        if (role < 0) {
          at = this.skip(bytes, at);
          continue;
        }
        const column = columns[role] as Float64Array;
        const end = role === 0 && this.times === "text" ? -1 : scan.read(bytes, at);
        const after = end < 0 ? -1 : (bytes[end] as number);
        if (after === delimiter || after === newline || after === carriageReturn) {
          column[row] = scan.value;
          at = end;
          if (role > 0 && scan.decimals > (role === 5 ? this.volumeDecimals : this.priceDecimals)) this.note(bytes, end, role);
        } else {
          column[row] = this.slowField(bytes, lineStart, at, role);
          at = this.skip(bytes, at);
        }
      }
      while (bytes[at] !== newline) at += 1;
      at += 1;
      if (at - lineStart > lineBytesMax + 1) throw this.lineTooLong(this.currentLine());
      this.rows = row + 1;
    }
    return at;
  }

  private endsField(byte: number): boolean {
    return byte === (this.layout as CsvLayout).delimiter || byte === newline || byte === carriageReturn;
  }

  private isBlank(bytes: Uint8Array, at: number): boolean {
    const byte = bytes[at];
    if (byte === newline || (byte === carriageReturn && bytes[at + 1] === newline)) return true;
    if (this.blankAt < 0) return false;
    throw this.error("bad_row", "an empty line between rows", this.blankAt, null);
  }

  /** Empty lines may end a file; where they stand is kept in case a row follows. */
  private blank(bytes: Uint8Array, at: number): number {
    if (this.blankAt < 0) this.blankAt = this.currentLine();
    return bytes.indexOf(newline, at) + 1;
  }

  /** Keeps the count of decimals of the number in `scan`, which ends before `end`; zeros at its end do not count. */
  private note(bytes: Uint8Array, end: number, role: number): void {
    const decimals = trimmedDecimals(bytes, end, this.scan.decimals);
    if (role === 5) this.volumeDecimals = Math.max(this.volumeDecimals, decimals);
    else this.priceDecimals = Math.max(this.priceDecimals, decimals);
  }

  /** A time in words, a quoted or signed number, an exponent: read as text. */
  private slowField(bytes: Uint8Array, lineStart: number, at: number, role: number): number {
    const text = this.fieldText(bytes, at);
    const column = at - lineStart + 1;
    if (role === 0 && this.times === "text") {
      const millis = millisOfText(text);
      if (Number.isNaN(millis)) throw badTime(text).at({ file: this.file, line: this.currentLine(), column });
      return millis;
    }
    const value = numberOfText(text);
    if (typeof value === "number") {
      if (role === 5) this.countedVolume = false;
      else if (role > 0) this.countedPrice = false;
      return value;
    }
    const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
    const code = this.final && text === "" ? "file_truncated" : value;
    throw this.error(code, code === "not_finite" ? `${shown} is not a finite number` : `"${shown}" is not a number`, this.currentLine(), column);
  }

  /** How the time of the row at `lineStart` is written. */
  private styleOfTimes(bytes: Uint8Array, lineStart: number): "epoch" | "text" {
    let at = lineStart;
    for (const role of (this.layout as CsvLayout).roles) {
      if (role === 0) break;
      at = this.skip(bytes, at);
      if (bytes[at] === (this.layout as CsvLayout).delimiter) at += 1;
    }
    const text = this.fieldText(bytes, at);
    const style = timeStyle(text);
    if (style !== null) return style;
    throw badTime(text).at({ file: this.file, line: this.currentLine(), column: at - lineStart + 1 });
  }

  /** The field's text without blanks around it and without quotes. */
  private fieldText(bytes: Uint8Array, at: number): string {
    const end = Math.min(this.skip(bytes, at), at + 120);
    const text = String.fromCharCode(...bytes.subarray(at, end)).trim();
    return text.length >= 2 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1).trim() : text;
  }

  /** Where the field that starts at `at` ends: its delimiter or line end. A quoted field may hold delimiters. */
  private skip(bytes: Uint8Array, at: number): number {
    let end = at;
    if (bytes[end] === quote) {
      end += 1;
      while (bytes[end] !== quote && bytes[end] !== newline) end += 1;
    }
    while (!this.endsField(bytes[end] as number)) end += 1;
    return end;
  }

  private tooFewFields(lineStart: number, at: number, field: number): SeatrialError {
    const code = this.final ? "file_truncated" : "bad_row";
    const expected = (this.layout as CsvLayout).roles.length;
    const reason = `the line ends after ${field} of at least ${expected} fields${this.final ? ", at the end of the file" : ""}`;
    return this.error(code, reason, this.currentLine(), at - lineStart + 1);
  }

  private lineTooLong(line: number): SeatrialError {
    return this.error("line_too_long", `the line has more than ${lineBytesMax} bytes`, line, null, "one bar a line");
  }

  private error(code: string, reason: string, line: number, column: number | null, hint?: string): SeatrialError {
    return new SeatrialError({ code, reason, ...(hint === undefined ? {} : { hint }), place: { file: this.file, line, column } });
  }
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
