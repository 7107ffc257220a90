// What stands beside the records of a journal for people: what the command printed, and which files went in and came out. Each row is
// sealed by its own hash. No order hangs on it, and it must never hold a secret.

import { DatabaseSync } from "node:sqlite";
import { basename } from "node:path";

import { canonicalJson } from "../../domain/index.ts";
import { sqliteError } from "./errors.ts";
import { journalFiles, sha256 } from "./format.ts";
import { ownerOf } from "./open.ts";
import { Ownership } from "./ownership.ts";
import { readHeader } from "./reader.ts";
import { Tables, type Row } from "./tables.ts";

export interface PrintedText {
  readonly stream: "stdout" | "stderr";
  readonly text: string;
  /** Wall clock, epoch ms. */
  readonly time: number;
}

/** A file by its contents, which the journal does not hold. */
export interface AttachedFile {
  /** What it was for the session: `data`, `report` … */
  readonly role: string;
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
  /** When it was changed last, epoch ms; null: unknown. */
  readonly changed: number | null;
}

/**
 * Puts them into a journal that nobody writes, in one transaction; a journal of format 1 has no place for them and stays as it is.
 * @param now wall clock, epoch ms
 * @throws SeatrialError `journal_owned`, `journal_failed`, `disk_full`
 */
export function keepBeside(path: string, printed: readonly PrintedText[], attached: readonly AttachedFile[], now: number): void {
  const ownership = new Ownership(journalFiles.lock(path), path, () => ownerOf(path));
  const database = new DatabaseSync(path, { timeout: 5_000 });
  try {
    const tables = new Tables(database);
    if (readHeader(tables, path).format === 1) return;
    const epoch = Number(tables.get("SELECT max(epoch) AS last FROM epochs")?.["last"] ?? 0);
    tables.run("BEGIN IMMEDIATE");
    for (const { stream, text, time } of printed) insertSealed(tables, "stdio_log", { epoch, ts_utc: iso(time), stream, text: withoutSecrets(text) });
    for (const { role, path: file, sha256: content, bytes, changed } of attached) {
      const named = { epoch, ts_utc: iso(now), role, path: file, basename: basename(file) };
      const facts = { content_sha256: content, size_bytes: bytes, mtime_utc: changed === null ? null : iso(changed) };
      insertSealed(tables, "attached_artifacts", { ...named, ...facts });
    }
    tables.run("COMMIT");
  } catch (error) {
    throw sqliteError(error, path, "journal_failed");
  } finally {
    database.close();
    ownership.release();
  }
}

/** Tables whose rows are sealed. */
export const sealedTables: readonly string[] = ["stdio_log", "attached_artifacts"];

function insertSealed(tables: Tables, table: string, row: Row): void {
  const id = Number(tables.get(`SELECT coalesce(max(id), 0) + 1 AS next FROM ${table}`)?.["next"]);
  const whole = { id, ...row };
  tables.insert(table, { ...whole, sha256: sealOf(whole) });
}

/** Of a row without its seal. */
export function sealOf(row: Row): string {
  return sha256(canonicalJson(row));
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

const secretNames = /key|secret|token|passw|passphrase|credential|private/i;
/** Shorter ones are words that would be blotted out everywhere. */
const secretLengthMin = 8;

/** Values of the environment whose names say that they are secret. */
function withoutSecrets(text: string): string {
  return Object.entries(process.env).reduce((left, [name, value = ""]) => {
    return secretNames.test(name) && value.length >= secretLengthMin ? left.replaceAll(value, `[${name}]`) : left;
  }, text);
}
