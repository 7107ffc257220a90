// A table of named columns out of CSV, Arrow or Parquet: which columns are wanted is chosen once the names are known. Knows
// no kind of market data.

import { SeatrialError } from "../domain/index.ts";

/** One wanted column. */
export interface Pick {
  /** What the column is for, in messages. */
  readonly role: string;
  /** Its 0-based place among the file's columns. */
  readonly place: number;
  /** `time` becomes epoch ms; `word` stays text (true and false for booleans). */
  readonly kind: "time" | "number" | "word";
  /** Whether an empty value of a number is NaN instead of an error. @defaultValue false */
  readonly mayBeEmpty?: boolean;
}

/** What is known of a table before its rows are read. */
export interface TableHead {
  /** Names of the columns; null for a CSV file without a header. */
  readonly names: readonly string[] | null;
  /** The fields of the first line of a CSV file without a header; else empty. */
  readonly sample: readonly string[];
}

/** @throws SeatrialError `column_missing` and the like */
export type Choose = (head: TableHead) => readonly Pick[];

export interface Table {
  /** In the order of the picks: float64 for times and numbers, strings for words. */
  readonly columns: readonly (Float64Array | readonly string[])[];
  readonly length: number;
  /** 1-based line of the first row in a text file; else null. */
  readonly firstLine: number | null;
  /** Where the rows come from when the file says so. */
  readonly source: string | null;
}

/** A wanted column by the names it is known under, best first. */
export interface Wish {
  readonly role: string;
  readonly kind: Pick["kind"];
  readonly names: readonly string[];
  /** @defaultValue true */
  readonly required?: boolean;
}

/**
 * The columns wished for that the file has, by name without case. @throws SeatrialError `column_missing` for a required one
 */
export function pickByName(names: readonly string[], wishes: readonly Wish[], file: string): Pick[] {
  const plain = names.map(plainName);
  const picks: Pick[] = [];
  for (const wish of wishes) {
    const place = wish.names.map((name) => plain.indexOf(name)).find((at) => at >= 0) ?? -1;
    if (place >= 0) picks.push({ role: wish.role, place, kind: wish.kind });
    else if (wish.required !== false) throw columnMissing(wish.role, wish.names, names, file);
  }
  return picks;
}

/** The column of a role, undefined where the file has none. */
export function columnOf(table: Table, picks: readonly Pick[], role: string): Float64Array | readonly string[] | undefined {
  const at = picks.findIndex((pick) => pick.role === role);
  return at < 0 ? undefined : table.columns[at];
}

export function numbersOf(table: Table, picks: readonly Pick[], role: string): Float64Array {
  const column = columnOf(table, picks, role);
  return column instanceof Float64Array ? column : new Float64Array(table.length).fill(Number.NaN);
}

export function wordsOf(table: Table, picks: readonly Pick[], role: string): readonly string[] | null {
  const column = columnOf(table, picks, role);
  return column === undefined || column instanceof Float64Array ? null : column;
}

/** Words as numbers; an error of `convert` gets the line. */
export function numbersOfWords(table: Table, words: readonly string[], convert: (word: string) => number): Float64Array {
  const numbers = new Float64Array(words.length);
  words.forEach((word, row) => {
    try {
      numbers[row] = convert(word);
    } catch (cause) {
      throw cause instanceof SeatrialError && table.firstLine !== null ? cause.at({ line: table.firstLine + row }) : cause;
    }
  });
  return numbers;
}

/** @param hint what to do where no column is to be named. @defaultValue which names are known */
export function columnMissing(role: string, wanted: readonly string[], names: readonly string[], file: string | null, hint?: string): SeatrialError {
  const shown = names.slice(0, 12).map((name) => `"${name}"`);
  const listed = shown.join(", ") + (names.length > shown.length ? ` and ${names.length - shown.length} more` : "");
  return new SeatrialError({
    code: "column_missing",
    reason: `no column for ${role} among ${listed}`,
    hint: hint ?? `name one of them ${wanted.slice(0, 3).join(", ")}`,
    place: { file },
  });
}

/** Lower case, `_` for blanks and hyphens. */
export function plainName(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, "_");
}
