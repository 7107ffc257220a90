// A journal that is only looked at: opened without a lock, also while it is being written, and never changed. It must never repair
// what it finds.

import { existsSync, statSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";

import { SeatrialError } from "../../domain/index.ts";
import type { Commit } from "../commits.ts";
import { openAsItLies, openReadOnly } from "../read-only.ts";
import { isSqliteError, journalError, sqliteError, wordsOf } from "./errors.ts";
import { applicationId, decodePayload, journalFiles, journalFormat, type ChainedRecord, type JournalHeader } from "./format.ts";
import { Tables, textOf } from "./tables.ts";

/** A record as it stands in its table. */
export interface StoredRecord extends ChainedRecord {
  readonly previous: string;
  readonly hash: string;
}

/** Records that are read at once: few enough to hold, many enough that asking costs nothing. */
const chunkRecords = 1_000;

export class JournalReader {
  declare readonly path: string;
  declare readonly tables: Tables;
  declare readonly header: JournalHeader;

  /** @throws SeatrialError `journal_not_found`, `journal_foreign`, `journal_format`, `journal_damaged` */
  constructor(path: string) {
    this.path = path;
    this.tables = new Tables(openForReading(path));
    try {
      this.header = readHeader(this.tables, path);
    } catch (error) {
      this.close();
      throw lostOrForeign(sqliteError(error, path, "journal_damaged"), path);
    }
  }

  /** Number of the last commit; 0: none. */
  get last(): number {
    return lastSeq(this.tables);
  }

  records(from = 1, to: number = Number.MAX_SAFE_INTEGER): Iterable<StoredRecord> {
    return storedRecords(this.tables, from, to);
  }

  commits(from = 1, to: number = Number.MAX_SAFE_INTEGER): Iterable<Commit> {
    return storedCommits(this.tables, this.path, from, to);
  }

  close(): void {
    this.tables.database.close();
  }
}

function openForReading(path: string): DatabaseSync {
  if (!existsSync(path)) throw missing(path);
  if (!statSync(path).isFile()) throw journalError("journal_foreign", path, "it is no file");
  try {
    return probed(openReadOnly(path));
  } catch (error) {
    // On a disk that cannot be written a journal that was closed whole is read as it lies.
    if (isSqliteError(error) && [8, 14].includes(error.errcode & 0xff) && !existsSync(journalFiles.wal(path))) return openAsItLies(path);
    throw lostOrForeign(sqliteError(error, path, "journal_damaged"), path);
  }
}

/** Beside a head file a database that is no journal is one that has been lost. */
function lostOrForeign(error: unknown, path: string): unknown {
  const lost = error instanceof SeatrialError && error.code === "journal_foreign" && existsSync(journalFiles.head(path));
  return lost ? journalError("journal_damaged", path, `its head file is here, but of the database is left: ${error.reason}`, error) : error;
}

/** An open that fails, fails with the first question. */
function probed(database: DatabaseSync): DatabaseSync {
  try {
    database.prepare("PRAGMA schema_version").get();
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function missing(path: string): SeatrialError {
  if (!existsSync(journalFiles.head(path))) return journalError("journal_not_found", path, "there is no such file");
  return journalError("journal_behind", path, "its head file is here, its database is not");
}

/** @throws SeatrialError `journal_foreign`, `journal_format`, `journal_damaged` */
export function readHeader(tables: Tables, path: string): JournalHeader {
  const id = Number(tables.get("PRAGMA application_id")?.["application_id"] ?? 0);
  if (id !== applicationId) throw journalError("journal_foreign", path, "it is no journal of Seatrial");
  const format = Number(tables.get("PRAGMA user_version")?.["user_version"] ?? 0);
  if (format > journalFormat)
    throw journalError("journal_format", path, `it is of format ${format}, this version of Seatrial reads up to ${journalFormat}`);
  try {
    const header = JSON.parse(textOf(tables.get("SELECT value FROM run_meta WHERE key = 'header'"), "value")) as JournalHeader;
    if (header.format === format && /^[0-9a-f]{32}$/.test(header.journal) && Array.isArray(header.markets)) return header;
  } catch (error) {
    throw journalError("journal_damaged", path, `its header cannot be read: ${wordsOf(error)}`, error);
  }
  throw journalError("journal_damaged", path, "its header is not what a header is");
}

export function lastSeq(tables: Tables): number {
  return Number(tables.get("SELECT max(seq) AS last FROM commits")?.["last"] ?? 0);
}

export function* storedRecords(tables: Tables, from: number, to: number): Generator<StoredRecord> {
  const statement = tables.statement("SELECT * FROM commits WHERE seq >= ? AND seq <= ? ORDER BY seq LIMIT ?");
  for (let next = from; ;) {
    const rows = statement.all(next, to, chunkRecords) as unknown as StoredRecord[];
    yield* rows;
    if (rows.length < chunkRecords) return;
    next = (rows.at(-1) as StoredRecord).seq + 1;
  }
}

/** @throws SeatrialError `journal_damaged` for a payload that is none */
export function* storedCommits(tables: Tables, path: string, from: number, to: number): Generator<Commit> {
  const statement = tables.statement("SELECT seq, epoch, payload FROM commits WHERE seq >= ? AND seq <= ? ORDER BY seq LIMIT ?");
  for (let next = from; ; next += chunkRecords) {
    const rows = statement.all(next, to, chunkRecords) as unknown as Pick<StoredRecord, "seq" | "epoch" | "payload">[];
    for (const row of rows) yield commitOf(row, path);
    if (rows.length < chunkRecords) return;
  }
}

export function commitOf({ seq, epoch, payload }: Pick<StoredRecord, "seq" | "epoch" | "payload">, path: string): Commit {
  try {
    return { seq, epoch, ...decodePayload(payload) };
  } catch (error) {
    throw journalError("journal_damaged", path, `commit ${seq} cannot be read: ${wordsOf(error)}`, error);
  }
}
