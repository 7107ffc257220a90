// CSV back into rows of text by column name (RFC 4180), for the files that a run leaves. It must never turn text into numbers.

import { SeatrialError } from "../domain/index.ts";

/** One line: text by column; `line` is 1-based. */
export interface CsvRow {
  readonly line: number;
  readonly cells: Readonly<Record<string, string>>;
}

/** @param file named in errors @throws SeatrialError `bad_csv` for a torn quote or a row of another length */
export function readCsv(text: string, file: string): CsvRow[] {
  const [header, ...rows] = linesOf(text, file);
  if (header === undefined) throw badCsv(file, 1, "the file is empty");
  return rows.map(({ line, cells }) => {
    if (cells.length !== header.cells.length) throw badCsv(file, line, `the row has ${cells.length} fields, the header ${header.cells.length}`);
    return { line, cells: Object.fromEntries(header.cells.map((name, at) => [name, cells[at] as string])) };
  });
}

interface Line {
  readonly line: number;
  readonly cells: string[];
}

const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;

function linesOf(text: string, file: string): Line[] {
  const lines: Line[] = [];
  let [at, line, start] = [text.startsWith("\uFEFF") ? 1 : 0, 1, 1];
  let cells: string[] = [];
  while (at < text.length) {
    field.lastIndex = at;
    const match = field.exec(text);
    if (match === null) throw badCsv(file, line, "a quote does not end");
    const [whole, quoted, plain = "", ending] = match;
    cells.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    at += whole.length;
    line += whole.split("\n").length - 1;
    if (ending === "," && at < text.length) continue;
    if (ending === ",") cells.push("");
    lines.push({ line: start, cells });
    cells = [];
    start = line;
  }
  return lines;
}

function badCsv(file: string, line: number, reason: string): SeatrialError {
  return new SeatrialError({ code: "bad_csv", reason, hint: "a file that Seatrial has written needs no editing", place: { file, line } });
}
