// A journal's contents in forms that other programs read: its records as JSON, one a line, and its tables as CSV or SQL. What is
// written is what is there, the hashes included, so that the chain can be checked without this program.

import type { SQLInputValue } from "node:sqlite";

import { canonicalJson } from "../../domain/index.ts";
import type { JournalReader } from "./reader.ts";
import { createSql, tablesOf } from "./schema.ts";
import type { Row } from "./tables.ts";

/** Tables that an export may name. */
export function exportedTables({ header }: JournalReader): readonly string[] {
  return Object.keys(tablesOf(header.format).all);
}

/**
 * One JSON object a line: first the header, then every record as it stands in its table. `payload` is text: the hash is taken over
 * it byte for byte.
 */
export function* jsonLines(reader: JournalReader): Generator<string> {
  yield canonicalJson({ header: reader.header });
  for (const { seq, epoch, time, kind, requests, payload, previous, hash } of reader.records())
    yield JSON.stringify({ seq, epoch, time, kind, requests, payload, previous, hash });
}

/** RFC 4180 with `\n`: columns first. Text that a spreadsheet would run as a formula is defused with a quote. */
export function* csvLines(reader: JournalReader, table: string): Generator<string> {
  const columns = columnsOf(reader, table);
  yield columns.join(",");
  for (const row of rowsOf(reader, table)) yield columns.map((column) => csvCell(row[column] ?? null)).join(",");
}

/** Statements that make the tables and fill them: `sqlite3 new.db < file`. */
export function* sqlLines(reader: JournalReader): Generator<string> {
  yield `-- Seatrial journal ${reader.header.journal}, format ${reader.header.format}`;
  yield "BEGIN;";
  yield `${createSql(tablesOf(reader.header.format).all)};`;
  for (const table of exportedTables(reader)) {
    const columns = columnsOf(reader, table);
    for (const row of rowsOf(reader, table))
      yield `INSERT INTO ${table} (${columns.join(", ")}) VALUES (${columns.map((column) => sqlLiteral(row[column] ?? null)).join(", ")});`;
  }
  yield "COMMIT;";
}

/** The last rows of a table as it stands, the oldest of them first. @param limit Infinity = all */
export function newestRows(reader: JournalReader, table: string, limit: number): { readonly rows: readonly Row[]; readonly total: number } {
  const total = Number(reader.tables.get(`SELECT count(*) AS total FROM ${table}`)?.["total"]);
  const skipped = Math.max(0, total - limit);
  return { rows: reader.tables.all(`SELECT * FROM ${table} ORDER BY 1, 2 LIMIT -1 OFFSET ?`, skipped), total };
}

function columnsOf(reader: JournalReader, table: string): string[] {
  return reader.tables.all("SELECT name FROM pragma_table_info(?)", table).map(({ name }) => name as string);
}

function rowsOf(reader: JournalReader, table: string): Iterable<Row> {
  return reader.tables.database.prepare(`SELECT * FROM ${table} ORDER BY 1, 2`).iterate() as Iterable<Row>;
}

function csvCell(value: SQLInputValue): string {
  if (value === null) return "";
  if (typeof value !== "string") return String(value as number);
  const text = /^[=+@\t\r]|^-(?![\d.])/.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function sqlLiteral(value: SQLInputValue): string {
  if (value === null) return "NULL";
  return typeof value === "string" ? `'${value.replaceAll("'", "''")}'` : String(value as number);
}
