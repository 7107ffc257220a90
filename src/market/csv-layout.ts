// What the first line of a CSV file tells: delimiter, header or not, which field is which column. Reads one line only.

import { SeatrialError } from "../domain/index.ts";
import { columnNames, findColumns, hasColumnName } from "./columns.ts";
import { isEpochText, millisOfText } from "./time-text.ts";

export interface CsvLayout {
  /** The byte between fields. */
  readonly delimiter: number;
  /** For each field up to the last one needed: its place in `columnNames`, or -1 to pass over it. */
  readonly roles: readonly number[];
  /** Whether the first line holds names. */
  readonly header: boolean;
  /** Bytes before the first field: a byte order mark. */
  readonly skip: number;
}

const delimiters = [",", ";", "\t", "|"] as const;

/**
 * Layout of a file by its first line (without line end). Without a header the first six fields are time, open, high, low,
 * close, volume. @throws SeatrialError `file_not_text`, `column_missing`, `header_unknown`, `file_truncated`
 */
export function layoutOfLine(line: Uint8Array, file: string): CsvLayout {
  assertText(line, file);
  const skip = line[0] === 0xef && line[1] === 0xbb && line[2] === 0xbf ? 3 : 0;
  const text = new TextDecoder().decode(line.subarray(skip)).replace(/\r$/, "");
  const delimiter = delimiterOf(text);
  const fields = fieldsOf(text, delimiter);
  const code = delimiter.charCodeAt(0);
  if (hasColumnName(fields)) return { delimiter: code, roles: rolesOf(findColumns(fields, file)), header: true, skip };
  if (timeStyle(fields[0] ?? "") === null) {
    throw new SeatrialError({
      code: "header_unknown",
      reason: `the first line is neither a row of bars nor names of columns: "${text.slice(0, 60)}"`,
      hint: "start with the line timestamp,open,high,low,close,volume",
      place: { file, line: 1 },
    });
  }
  if (fields.length < columnNames.length) {
    throw new SeatrialError({
      code: "column_missing",
      reason: `the first line has ${fields.length} fields and no header; 6 are needed`,
      hint: "without a header the order is timestamp,open,high,low,close,volume",
      place: { file, line: 1 },
    });
  }
  return { delimiter: code, roles: columnNames.map((_, at) => at), header: false, skip };
}

/** How a field tells the time, null when it does not. */
export function timeStyle(field: string): "epoch" | "text" | null {
  if (isEpochText(field)) return "epoch";
  return Number.isNaN(millisOfText(field)) ? null : "text";
}

/** @throws SeatrialError `file_not_text` for control bytes, as in binary files and UTF-16 */
export function assertText(bytes: Uint8Array, file: string): void {
  const end = Math.min(bytes.length, 4_096);
  for (let at = 0; at < end; at += 1) {
    const byte = bytes[at] as number;
    if (byte >= 32 || (byte >= 9 && byte <= 13)) continue;
    throw new SeatrialError({
      code: "file_not_text",
      reason: `byte ${byte} at offset ${at} is not text`,
      hint: "CSV has to be plain UTF-8; Arrow files are found by their first bytes",
      place: { file },
    });
  }
}

/** The fields of a line without blanks and quotes around them; delimiters inside quotes do not count. */
export function fieldsOf(text: string, delimiter: string): string[] {
  const fields: string[] = [];
  let start = 0;
  let quoted = false;
  for (let at = 0; at <= text.length; at += 1) {
    if (text[at] === '"') quoted = !quoted;
    if (at < text.length && (quoted || text[at] !== delimiter)) continue;
    const field = text.slice(start, at).trim();
    fields.push(field.replace(/^"(.*)"$/, "$1"));
    start = at + 1;
  }
  return fields;
}

/** The delimiter that parts the line into the most fields. */
export function delimiterOf(text: string): string {
  let best: string = delimiters[0];
  let most = 0;
  for (const delimiter of delimiters) {
    const count = fieldsOf(text, delimiter).length - 1;
    if (count > most) {
      best = delimiter;
      most = count;
    }
  }
  return best;
}

function rolesOf(places: readonly number[]): number[] {
  const roles = Array.from({ length: Math.max(...places) + 1 }, () => -1);
  places.forEach((place, column) => {
    roles[place] = column;
  });
  return roles;
}
