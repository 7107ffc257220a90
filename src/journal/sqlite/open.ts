// Opens a journal for the process that goes on with it: its own alone, checked against its chain and its head, with a process
// number that is durable before anything else happens. What cannot be trusted is refused, never begun anew.

import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

import { canonicalJson, SeatrialError } from "../../domain/index.ts";
import type { Commit, StoredSnapshot } from "../commits.ts";
import { checkHead, firstLink, nextLink, type Link } from "./chain.ts";
import { isSqliteError, journalError, sqliteError, wordsOf } from "./errors.ts";
import { genesisHash, journalFiles, sha256, type JournalHeader, type NewJournal } from "./format.ts";
import { HeadFile, readHead, readHeadIfAny, type Head } from "./head-file.ts";
import { changeOf, manifestOf, type Manifest, type SessionOrigin } from "./origin.ts";
import { checkLiveFiles } from "./live-files.ts";
import { Ownership, refuseNetworkDisk } from "./ownership.ts";
import { Projector } from "./projector.ts";
import { JournalReader, lastSeq, readHeader, storedRecords, type StoredRecord } from "./reader.ts";
import { createSql, tablesOf } from "./schema.ts";
import { insertEpoch, openDatabase, SqliteCommits, type JournalSettings } from "./sqlite-commits.ts";
import { newestSnapshot } from "./stored-snapshots.ts";
import { Tables, textOf } from "./tables.ts";

/** Up to so many commits the whole chain is walked at each opening; a longer one from its snapshot on, `journal verify` walks the rest. */
const wholeChainMax = 50_000;

export interface Restart {
  readonly store: SqliteCommits;
  /** Of this process. */
  readonly epoch: number;
  /** The newest state that a runner may begin with; null: it begins with the first commit. */
  readonly snapshot: StoredSnapshot | null;
  /** What came after it, in order. */
  commits(): Iterable<Commit>;
  /** Venue time of the last commit, epoch ms; null: there is none. */
  readonly since: number | null;
  /** What the session is made of, against the process before. */
  readonly changed: "configuration" | "code" | null;
}

/**
 * @param of what the session is: another journal than its own is refused
 * @throws SeatrialError `journal_not_found`, `journal_foreign`, `journal_other_session`, `journal_network`, `journal_owned`, and the
 * refusals of a journal that has lost something: `journal_damaged`, `journal_behind`, `journal_head`; `live_file_broken`
 */
export function openForRestart(path: string, of: NewJournal, origin: SessionOrigin, settings: JournalSettings): Restart {
  refuseNetworkDisk(path);
  if (!existsSync(path)) new JournalReader(path);
  const ownership = new Ownership(journalFiles.lock(path), path, () => ownerOf(path));
  try {
    if (settings.liveFolder !== undefined) checkLiveFiles(settings.liveFolder);
    return restart(path, of, origin, settings, ownership);
  } catch (error) {
    ownership.release();
    throw sqliteError(error, path, "journal_damaged");
  }
}

function restart(path: string, of: NewJournal, origin: SessionOrigin, settings: JournalSettings, ownership: Ownership): Restart {
  // Looked at first: a file that is no journal of ours must not be touched at all.
  const reader = new JournalReader(path);
  try {
    assertOwnHeader(reader, path);
    assertSameSession(reader.header, of, path);
  } finally {
    reader.close();
  }
  const database = openDatabase(path, settings);
  try {
    const tables = new Tables(database);
    const header = readHeader(tables, path);
    const { last, snapshot, epoch: before } = checkJournal(tables, header, path);
    const manifest = manifestBefore(tables, path);
    assertLoads(tables, header, path);
    // From here on it is ours: nothing that is read below can be wrong any more.
    const epoch = before + 1;
    const head = openHead(path, header, last);
    tables.run("BEGIN IMMEDIATE");
    insertEpoch(tables, epoch, last.seq + 1, origin, settings.now());
    tables.run("COMMIT");
    head.write({ journal: header.journal, epoch, seq: last.seq, hash: last.hash }, settings.durable !== false);
    const store = new SqliteCommits({ path, header, database, ownership, head, last, epoch, origin, settings });
    const time = tables.get("SELECT time FROM commits WHERE seq = ?", last.seq)?.["time"];
    return {
      store,
      epoch,
      snapshot,
      commits: () => store.read((snapshot?.seq ?? 0) + 1),
      since: time === undefined ? null : Number(time),
      changed: changeOf(manifest, manifestOf(origin)),
    };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** What the process before was made of. @throws SeatrialError `journal_damaged` */
function manifestBefore(tables: Tables, path: string): Manifest {
  const row = tables.get("SELECT epoch, manifest, manifest_sha256 FROM epochs ORDER BY epoch DESC LIMIT 1");
  const text = textOf(row, "manifest");
  if (sha256(text) !== row?.["manifest_sha256"])
    throw journalError("journal_damaged", path, `the manifest of process ${Number(row?.["epoch"])} is not what was kept`);
  return JSON.parse(text) as Manifest;
}

/** The projections can be gone on with. @throws SeatrialError `journal_damaged` */
function assertLoads(tables: Tables, header: JournalHeader, path: string): void {
  try {
    new Projector(tables, header).load();
  } catch (error) {
    throw isSqliteError(error) ? error : journalError("journal_damaged", path, `its tables cannot be read: ${wordsOf(error)}`, error);
  }
}

/** The head of a journal that is whole; one of a journal that was never begun is made. */
function openHead(path: string, { journal }: JournalHeader, last: Link): HeadFile {
  const file = journalFiles.head(path);
  return existsSync(file) ? new HeadFile(file, null) : new HeadFile(file, { journal, epoch: 1, seq: last.seq, hash: last.hash });
}

/** The process that writes a journal, as far as it says; null: it says nothing. */
export function ownerOf(path: string): number | null {
  try {
    const reader = new JournalReader(path);
    try {
      return Number(reader.tables.get("SELECT pid FROM epochs ORDER BY epoch DESC LIMIT 1")?.["pid"] ?? 0) || null;
    } finally {
      reader.close();
    }
  } catch (error) {
    // That it is taken is the news; what else is wrong with it its owner hears.
    if (error instanceof SeatrialError || isSqliteError(error)) return null;
    throw error;
  }
}

/** A header that was changed is no other session's. */
function assertOwnHeader({ tables, header }: JournalReader, path: string): void {
  const first = tables.get("SELECT previous FROM commits WHERE seq = 1");
  if (first !== undefined && first["previous"] !== genesisHash(header))
    throw journalError("journal_damaged", path, "its header is not the one that its first commit follows");
}

function assertSameSession(header: JournalHeader, of: NewJournal, path: string): void {
  const { format: _format, journal: _journal, created: _created, ...kept } = header;
  // An older format does not say all of it.
  const said = (Object.keys(of) as (keyof NewJournal)[]).filter((key) => key in kept);
  const differs = said.find((key) => canonicalJson(kept[key]) !== canonicalJson(of[key]));
  if (differs !== undefined) throw journalError("journal_other_session", path, `it is of another session: its ${differs} are not these`);
}

interface CheckedJournal {
  readonly last: Link;
  readonly snapshot: StoredSnapshot | null;
  /** The process that signed in last. */
  readonly epoch: number;
}

/** @throws SeatrialError `journal_damaged`, `journal_behind`, `journal_head` */
function checkJournal(tables: Tables, header: JournalHeader, path: string): CheckedJournal {
  const snapshot = newestSnapshot(tables, path);
  const end = lastSeq(tables);
  const whole = snapshot === null || end <= wholeChainMax;
  if (whole) checkPages(tables, path);
  let last = whole ? firstLink(header) : linkAt(tables, snapshot.seq, path);
  for (const record of storedRecords(tables, last.seq + 1, Number.MAX_SAFE_INTEGER)) last = nextLink(last, record, path);
  const epoch = Number(tables.get("SELECT max(epoch) AS last FROM epochs")?.["last"] ?? 0);
  if (epoch < Math.max(last.epoch, 1)) throw journalError("journal_damaged", path, `process ${last.epoch} has written and never signed in`);
  const head = headOf(path, last);
  if (head !== null) checkHeadOf(tables, head, { journal: header.journal, last, epoch }, path);
  return { last, snapshot, epoch };
}

/** @throws SeatrialError `journal_head` where it is missing, and there are commits */
export function headOf(path: string, last: Link): Head | null {
  const file = journalFiles.head(path);
  // Between the making of the database and of its head nothing can have left.
  if (last.seq === 0 && readHeadIfAny(file) === null) return null;
  return readHead(file);
}

export function checkHeadOf(tables: Tables, head: Head, end: { journal: string; last: Link; epoch: number }, path: string): void {
  const genesis = end.last.seq === 0 ? end.last.hash : null;
  const at = (seq: number): string | null => {
    if (seq === 0) return genesis ?? (tables.get("SELECT previous FROM commits WHERE seq = 1")?.["previous"] as string);
    return (tables.get("SELECT hash FROM commits WHERE seq = ?", seq)?.["hash"] as string | undefined) ?? null;
  };
  const requestsAfter = (seq: number): number[] =>
    tables.all("SELECT seq FROM commits WHERE seq > ? AND requests > 0 ORDER BY seq LIMIT 2", seq).map((row) => Number(row["seq"]));
  checkHead(head, end, at, requestsAfter, path);
}

function linkAt(tables: Tables, seq: number, path: string): Link {
  const [record] = [...storedRecords(tables, seq, seq)] as (StoredRecord | undefined)[];
  if (record === undefined) throw journalError("journal_damaged", path, `commit ${seq} is missing`);
  return { seq, epoch: record.epoch, hash: record.hash };
}

/** SQLite's own look at its pages, and whether the tables are as they were made. */
export function checkPages(tables: Tables, path: string): void {
  const format = Number(tables.get("PRAGMA user_version")?.["user_version"] ?? 0);
  if (schemaOf(tables) !== ownSchema(format)) throw journalError("journal_damaged", path, "its tables are not as they were made");
  const found = tables.all("PRAGMA integrity_check(5)").map((row) => textOf(row, "integrity_check"));
  if (found.length !== 1 || found[0] !== "ok") throw journalError("journal_damaged", path, `SQLite finds its pages damaged: ${found.join("; ")}`);
}

function schemaOf(tables: Tables): string {
  return canonicalJson(tables.all("SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%' ORDER BY type, name"));
}

/** As a journal of this format has it, by SQLite's own word. */
function ownSchema(format: number): string {
  const database = new DatabaseSync(":memory:");
  try {
    database.exec(createSql(tablesOf(format).all));
    return schemaOf(new Tables(database));
  } finally {
    database.close();
  }
}
