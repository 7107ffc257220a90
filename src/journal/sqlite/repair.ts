// Mends what of a journal can be made again: a torn end of the log that was never committed, projections, pages outside the
// records, one of the two places of the head. It drops nothing that was committed, invents nothing, and first puts a copy aside.

import { copyFileSync, existsSync, mkdirSync, openSync, closeSync, fsyncSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { firstLink, nextLink, type Link } from "./chain.ts";
import { journalError, sqliteError } from "./errors.ts";
import { applicationId, journalFiles } from "./format.ts";
import { HeadFile, readHead, syncFolder } from "./head-file.ts";
import { ownerOf } from "./open.ts";
import { Ownership, refuseNetworkDisk } from "./ownership.ts";
import { JournalReader } from "./reader.ts";
import { project } from "./verify.ts";
import { createSql, tablesOf } from "./schema.ts";
import { checkedSnapshot } from "./stored-snapshots.ts";
import { Tables } from "./tables.ts";
import { verifyJournal, type FindingPart, type JournalFacts } from "./verify.ts";

export interface Repair {
  readonly file: string;
  /** What was wrong. */
  readonly mended: readonly string[];
  /** Folder with all files as they were. */
  readonly copy: string;
  readonly commits: number;
}

/** What follows from the rest, and can be made of it once more. */
const derived: ReadonlySet<FindingPart> = new Set(["pages", "snapshot", "projection"]);

/**
 * @param now wall clock, for the name of the copy
 * @throws SeatrialError `nothing_to_repair`, `not_repairable`, `journal_owned`, and what opening it throws
 */
export function repairJournal(path: string, now: number): Repair {
  refuseNetworkDisk(path);
  // What is no journal is no business of a repair.
  const ownership = existsSync(path) ? new Ownership(journalFiles.lock(path), path, () => ownerOf(path)) : null;
  try {
    const facts = verifyJournal(path);
    const left = existsSync(journalFiles.wal(path)) && statSync(journalFiles.wal(path)).size > 0;
    const mended = facts.findings.map(({ text }) => text);
    if (facts.ok && !left) throw journalError("nothing_to_repair", path, "nothing is wrong with it");
    const lost = facts.findings.find(({ part }) => !derived.has(part));
    if (lost !== undefined) throw journalError("not_repairable", path, `what was committed cannot be made again: ${lost.text}`);
    if (facts.ok) mended.push("its log was left by a process that died: what was committed in it stands in the database now");
    return { file: path, mended, copy: rebuild(path, facts, now), commits: facts.commits };
  } catch (error) {
    throw sqliteError(error, path, "not_repairable");
  } finally {
    ownership?.release();
  }
}

function rebuild(path: string, facts: JournalFacts, now: number): string {
  const stamp = new Date(now).toISOString().replace(/[:.]/g, "-");
  const copy = join(dirname(path), `${basename(path)}-before-repair-${stamp}`);
  mkdirSync(copy);
  const present = [path, journalFiles.wal(path), journalFiles.head(path)].filter((file) => existsSync(file));
  for (const file of present) {
    copyFileSync(file, join(copy, basename(file)));
    syncFile(join(copy, basename(file)));
  }
  syncFolder(copy);
  syncFolder(dirname(path));
  const beside = `${path}-repaired`;
  for (const file of [beside, `${beside}-journal`]) rmSync(file, { force: true });
  const last = copyRecords(path, beside, facts);
  syncFile(beside);
  // The log goes first: beside another database it would be told to that one. A crash in between leaves a journal that is refused.
  for (const file of [journalFiles.wal(path), journalFiles.shm(path)]) rmSync(file, { force: true });
  renameSync(beside, path);
  syncFolder(dirname(path));
  mendHead(path, last);
  return copy;
}

/** Every record that is there, link by link, into a new database. */
function copyRecords(from: string, to: string, facts: JournalFacts): Link {
  const reader = new JournalReader(from);
  const database = new DatabaseSync(to);
  try {
    const pages = reader.tables.get("PRAGMA page_size")?.["page_size"];
    database.exec(`PRAGMA page_size = ${Number(pages)}; PRAGMA synchronous = FULL`);
    const tables = new Tables(database);
    project(tables, reader);
    tables.run("BEGIN");
    const { records } = tablesOf(reader.header.format);
    database.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${reader.header.format};\n${createSql(records)}`);
    let last = firstLink(reader.header);
    for (const record of reader.records()) {
      last = nextLink(last, record, from);
      tables.insert("commits", { ...record });
    }
    for (const table of Object.keys(records).filter((name) => name !== "commits" && name !== "snapshots"))
      for (const row of reader.tables.all(`SELECT * FROM ${table}`)) tables.insert(table, row);
    // A snapshot is a shortcut: one that is damaged is left out, and the records are told from further back.
    for (const row of reader.tables.all("SELECT * FROM snapshots"))
      if (facts.snapshots.includes(Number(row["seq"])) && checkedSnapshot(reader.tables, row, from).seq > 0) tables.insert("snapshots", row);
    tables.run("COMMIT");
    if (last.seq !== facts.commits) throw journalError("not_repairable", from, `of ${facts.commits} commits ${last.seq} could be read again`);
    return last;
  } finally {
    database.close();
    reader.close();
  }
}

/** Both places say the same again. */
function mendHead(path: string, last: Link): void {
  const file = journalFiles.head(path);
  // Of a journal that was never begun there may be none.
  if (!existsSync(file)) return;
  const next = { ...readHead(file), seq: last.seq, hash: last.hash };
  const whole = new HeadFile(file, null);
  whole.write(next, true);
  whole.write(next, true);
  whole.close();
}

function syncFile(path: string): void {
  const file = openSync(path, "r+");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
