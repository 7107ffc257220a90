// The slow road for a CSV file that its reader refuses: every line by itself, so that one broken line does not hide what is in the
// others. Only for telling what is wrong; bars that are replayed never come from here.

import { SeatrialError } from "../domain/index.ts";
import { ColumnBuilder, columnNames, type RawColumns } from "./columns.ts";
import { layoutOfLine, timeStyle, type CsvLayout } from "./csv-layout.ts";
import { numberOfText } from "./number-scan.ts";
import { withSource } from "./source.ts";
import { epochUnit, millisOfText, scaleEpochs } from "./time-text.ts";

/** A line that holds no bar. */
export interface BadLine {
  /** 0-based row. */
  readonly row: number;
  /** 1-based. */
  readonly line: number;
  readonly reason: string;
}

export interface LenientLines {
  /** A row for every line after the header; the rows of bad lines mean nothing. */
  readonly columns: RawColumns;
  readonly firstLine: number;
  /** 1 for the row of a bad line. */
  readonly unread: Uint8Array;
  readonly badLines: readonly BadLine[];
}

/** @throws SeatrialError when not even the first line can be understood, or the file not be read to its end */
export async function readLinesLeniently(path: string): Promise<LenientLines> {
  return withSource(path, async ({ pieces }) => {
    const reader = new LineReader(path);
    const decoder = new TextDecoder("latin1");
    let carry = "";
    for await (const piece of pieces) {
      const lines = (carry + decoder.decode(piece)).split("\n");
      carry = lines.pop() ?? "";
      for (const line of lines) reader.push(line);
    }
    if (carry !== "") reader.push(carry);
    return reader.finish();
  });
}

class LineReader {
  declare private readonly file: string;
  private layout: CsvLayout | null = null;
  private builder: ColumnBuilder = new ColumnBuilder(0);
  private rows = 0;
  private times: "epoch" | "text" | null = null;
  private readonly bad: BadLine[] = [];
  /** Blank lines since the last line with text: at the end of a file they are no flaw. */
  private blanks = 0;

  constructor(file: string) {
    this.file = file;
  }

  push(line: string): void {
    const text = line.endsWith("\r") ? line.slice(0, -1) : line;
    if (this.layout === null) {
      this.layout = layoutOfLine(
        Uint8Array.from(line, (letter) => letter.charCodeAt(0)),
        this.file,
      );
      if (!this.layout.header) this.row(text.slice(this.layout.skip));
      return;
    }
    if (text === "") {
      this.blanks += 1;
      return;
    }
    for (; this.blanks > 0; this.blanks -= 1) this.refuse("an empty line between rows");
    this.row(text);
  }

  finish(): LenientLines {
    if (this.rows === 0) throw new SeatrialError({ code: "no_bars", reason: "the file has no row of bars", place: { file: this.file } });
    const columns = this.builder.take(this.rows);
    const unread = new Uint8Array(this.rows);
    for (const { row } of this.bad) unread[row] = 1;
    const first = columns.time.find((_, row) => unread[row] === 0);
    if (this.times === "epoch" && first !== undefined) scaleEpochs(columns.time, epochUnit(first));
    return { columns, firstLine: this.firstLine, unread, badLines: this.bad };
  }

  private get firstLine(): number {
    return this.layout?.header === true ? 2 : 1;
  }

  private row(text: string): void {
    const { roles, delimiter } = this.layout as CsvLayout;
    const fields = splitFields(text, String.fromCharCode(delimiter));
    if (fields.length < roles.length) {
      this.refuse(`the line ends after ${fields.length} of at least ${roles.length} fields`);
      return;
    }
    const values: number[] = [];
    for (const [field, role] of roles.entries()) {
      if (role < 0) continue;
      const value = this.valueOf(fields[field] ?? "", role);
      if (typeof value === "string") {
        this.refuse(value);
        return;
      }
      values[role] = value;
    }
    this.keep(values);
  }

  /** The number of a field, or why it holds none. A value that is a number but not finite is kept: the rules tell it. */
  private valueOf(text: string, role: number): number | string {
    if (role === 0) this.times ??= timeStyle(text);
    const value = role === 0 && this.times === "text" ? millisOfText(text) : numberOfText(text);
    if (value === "not_finite") return Number.NaN;
    if (typeof value === "number" && !(role === 0 && Number.isNaN(value))) return value;
    return `${columnNames[role] ?? ""} "${text.length > 40 ? `${text.slice(0, 40)}…` : text}" is not a ${role === 0 ? "time" : "number"}`;
  }

  private refuse(reason: string): void {
    this.bad.push({ row: this.rows, line: this.firstLine + this.rows, reason });
    this.keep([]);
  }

  private keep(values: readonly number[]): void {
    if (this.rows === this.builder.capacity) this.builder.grow(this.rows);
    for (const [role, column] of this.builder.columns.entries()) column[this.rows] = values[role] ?? Number.NaN;
    this.rows += 1;
  }
}

/** Fields without blanks and quotes around them; a quoted field may hold delimiters. */
function splitFields(text: string, delimiter: string): string[] {
  const parts = text.includes('"') ? text.split(new RegExp(`\\${delimiter}(?=(?:[^"]*"[^"]*")*[^"]*$)`)) : text.split(delimiter);
  return parts.map((part) =>
    part
      .trim()
      .replace(/^"(.*)"$/, "$1")
      .trim(),
  );
}
