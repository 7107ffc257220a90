// A table of any columns out of CSV bytes, pushed piece by piece; numbers are read byte by byte. For bars in six columns there
// is a faster road in csv.ts. Never guesses a number.

import { SeatrialError } from "../domain/index.ts";
import { lineBytesMax } from "./csv.ts";
import { delimiterOf, fieldsOf, timeStyle } from "./csv-layout.ts";
import { NumberScan, numberOfText } from "./number-scan.ts";
import { LineFeed } from "./lines.ts";
import type { Choose, Pick, Table, TableHead } from "./table.ts";
import { badTime, epochUnit, isEpochText, millisOfText, scaleEpochs } from "./time-text.ts";

const [carriageReturn, quote] = [13, 34];

/** One wanted column while it grows. */
interface Growing {
  readonly pick: Pick;
  numbers: Float64Array;
  readonly words: string[];
  /** How the times are written; decided by the first row. */
  times: "epoch" | "text" | null;
}

/** Columns of text that share few values keep each once. */
const sharedWordsMax = 4_096;
/** So many bytes and a leading one fit an exact integer. */
const wordBytesMax = 6;

/** Reads one file; errors name file, line and column. */
export class CsvTableReader {
  declare private readonly file: string;
  declare private readonly choose: Choose;
  private readonly scan: NumberScan = new NumberScan();
  private readonly words: Map<number, string> = new Map();
  private delimiter = 0;
  /** By place in the file, up to the last one wanted; null to pass over a field. */
  private fields: (Growing | null)[] | null = null;
  private chosen: Growing[] = [];
  private rows = 0;
  private capacity = 0;
  private firstLine = 1;
  private blankAt = -1;

  constructor(file: string, choose: Choose) {
    this.file = file;
    this.choose = choose;
  }

  async read(first: Uint8Array, rest: AsyncIterable<Uint8Array>): Promise<Table> {
    const lines = new LineFeed((bytes, start, end, line) => this.line(bytes, start, end, line), this.file, lineBytesMax);
    lines.push(first);
    for await (const piece of rest) lines.push(piece);
    lines.finish();
    if (this.rows === 0) throw new SeatrialError({ code: "no_rows", reason: "the file has no row", place: { file: this.file } });
    const columns = this.chosen.map((column) => this.finished(column));
    return { columns, length: this.rows, firstLine: this.firstLine, source: null };
  }

  private finished({ pick, numbers, words, times }: Growing): Float64Array | readonly string[] {
    if (pick.kind === "word") return words;
    const column = numbers.slice(0, this.rows);
    if (times === "epoch") scaleEpochs(column, epochUnit(column[0] as number));
    return column;
  }

  private line(bytes: Uint8Array, start: number, end: number, line: number): void {
    const stop = end > start && bytes[end - 1] === carriageReturn ? end - 1 : end;
    if (stop === start) {
      if (this.blankAt < 0) this.blankAt = line;
      return;
    }
    if (this.blankAt >= 0) throw this.error("bad_row", "an empty line between rows", this.blankAt, null);
    if (this.fields === null && this.open(bytes, start, stop, line)) return;
    this.row(bytes, start, stop, line);
  }

  /** Reads the first line. @returns whether it was a header */
  private open(bytes: Uint8Array, start: number, stop: number, line: number): boolean {
    const text = new TextDecoder().decode(bytes.subarray(start, stop));
    const delimiter = delimiterOf(text);
    const sample = fieldsOf(text, delimiter);
    const header = sample.every((field) => timeStyle(field) === null && typeof numberOfText(field) !== "number");
    const head: TableHead = header ? { names: sample, sample: [] } : { names: null, sample };
    this.delimiter = delimiter.charCodeAt(0);
    this.chosen = this.choose(head).map((pick) => ({ pick, numbers: new Float64Array(0), words: [], times: null }));
    this.fields = Array.from({ length: Math.max(0, ...this.chosen.map(({ pick }) => pick.place + 1)) }, () => null);
    for (const column of this.chosen) this.fields[column.pick.place] = column;
    this.firstLine = header ? line + 1 : line;
    return header;
  }

  private row(bytes: Uint8Array, start: number, stop: number, line: number): void {
    if (this.rows === this.capacity) this.grow();
    const fields = this.fields as readonly (Growing | null)[];
    let at = start;
    for (let place = 0; place < fields.length; place += 1) {
      if (at > stop) throw this.error("bad_row", `the line ends after ${place} of at least ${fields.length} fields`, line, stop - start + 1);
      const column = fields[place] as Growing | null;
      const end = this.endOfField(bytes, at, stop);
      if (column !== null) this.cell(column, bytes, at, end, line, at - start + 1);
      at = end + 1;
    }
    this.rows += 1;
  }

  private cell(column: Growing, bytes: Uint8Array, start: number, end: number, line: number, place: number): void {
    if (column.pick.kind === "word") {
      column.words.push(this.word(bytes, start, end));
      return;
    }
    // The scan stops at the field's delimiter or line end, whatever comes behind.
    if (column.times !== "text" && this.scan.read(bytes, start) === end && (column.pick.kind === "number" || column.times !== null)) {
      column.numbers[this.rows] = this.scan.value;
      return;
    }
    column.numbers[this.rows] = this.slowCell(column, fieldText(bytes, start, end), line, place);
  }

  /** A time in words, the first time of a file, an empty, quoted or signed number, an exponent. */
  private slowCell(column: Growing, text: string, line: number, place: number): number {
    if (column.pick.kind === "time") {
      column.times ??= isEpochText(text) ? "epoch" : "text";
      const time = column.times === "text" ? millisOfText(text) : Number(isEpochText(text) ? text : Number.NaN);
      if (Number.isNaN(time)) throw badTime(text).at({ file: this.file, line, column: place });
      return time;
    }
    if (text === "" && column.pick.mayBeEmpty === true) return Number.NaN;
    const value = numberOfText(text);
    if (typeof value === "number") return value;
    const reason = value === "not_finite" ? `${text} is not a finite number` : `"${text.slice(0, 40)}" is not a number`;
    throw this.error(value, `${column.pick.role}: ${reason}`, line, place);
  }

  private endOfField(bytes: Uint8Array, start: number, stop: number): number {
    let at = start;
    if (bytes[at] === quote) {
      at += 1;
      while (at < stop && bytes[at] !== quote) at += 1;
    }
    while (at < stop && bytes[at] !== this.delimiter) at += 1;
    return at;
  }

  /** The word, decoded once for each different one: short words are looked up by their bytes as a number. */
  private word(bytes: Uint8Array, start: number, end: number): string {
    if (end - start > wordBytesMax) return fieldText(bytes, start, end);
    let key = 1;
    for (let at = start; at < end; at += 1) key = key * 256 + (bytes[at] as number);
    let word = this.words.get(key);
    if (word === undefined) {
      word = fieldText(bytes, start, end);
      if (this.words.size < sharedWordsMax) this.words.set(key, word);
    }
    return word;
  }

  private grow(): void {
    this.capacity = Math.floor(this.capacity * 1.5) + 1_024;
    for (const column of this.chosen) {
      if (column.pick.kind === "word") continue;
      const wider = new Float64Array(this.capacity);
      wider.set(column.numbers);
      column.numbers = wider;
    }
  }

  private error(code: string, reason: string, line: number, column: number | null): SeatrialError {
    return new SeatrialError({ code, reason, place: { file: this.file, line, column } });
  }
}

/** The field without blanks around it and without quotes. */
function fieldText(bytes: Uint8Array, start: number, end: number): string {
  const text = new TextDecoder().decode(bytes.subarray(start, end)).trim();
  return text.length >= 2 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1).trim() : text;
}
