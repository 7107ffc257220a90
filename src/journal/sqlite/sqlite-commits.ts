// The journal on a disk: commits in SQLite, one transaction each with all projections, a head file beside it. What `append` has
// returned for is durable. After a failure it takes nothing more: what a disk did with a write that failed nobody knows.

import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { assert, canonicalJson, type Effect, type Millis, type SeatrialError } from "../../domain/index.ts";
import type { Cause, Commit, CommitNotes, CommitStore, StoredSnapshot } from "../commits.ts";
import { isRefusedOnLowWater, lowWaterCode } from "../low-water.ts";
import { Ballast, ballastBytesDefault, freeBytes } from "./ballast.ts";
import type { Link } from "./chain.ts";
import { isDiskFull, journalError, sqliteError, wordsOf } from "./errors.ts";
import {
  applicationId,
  encodePayload,
  genesisHash,
  journalFiles,
  journalFormat,
  recordHash,
  sha256,
  type JournalHeader,
  type NewJournal,
} from "./format.ts";
import { HeadFile, readHeadIfAny, syncFolder } from "./head-file.ts";
import { manifestOf, type SessionOrigin } from "./origin.ts";
import { Ownership, refuseNetworkDisk } from "./ownership.ts";
import { Projector } from "./projector.ts";
import { storedCommits } from "./reader.ts";
import { isRequest } from "./requests.ts";
import { createSql, tablesOf } from "./schema.ts";
import { keepSnapshot, newestSnapshot } from "./stored-snapshots.ts";
import { Tables } from "./tables.ts";

export interface JournalSettings {
  /** False: a simulation, which may lose its last commits with the machine, not with the process. @defaultValue true */
  readonly durable?: boolean;
  /** 0: none. @defaultValue 8 MiB, see ballast.ts */
  readonly ballastBytes?: number;
  /** The database takes no more than this; null: the disk is the limit. @defaultValue null */
  readonly bytesMax?: number | null;
  /** Of the database, fixed when it is made. @defaultValue 4096 */
  readonly pageBytes?: number;
  /** Of the files beside the session: a broken one there blocks a restart. @defaultValue none */
  readonly liveFolder?: string;
  /** Wall clock, epoch ms: for what people read, never for what is decided. */
  readonly now: () => number;
}

/** Commits between two looks at what is left of the disk. */
const lookEvery = 256;
/**
 * Pages in the log before it is written back: a write-back takes several syncs, and at SQLite's own thousand pages one in a hundred
 * commits would wait for it.
 */
const checkpointPages = 4_096;

/** The parts of a journal that is open for writing. */
export interface OpenedJournal {
  readonly path: string;
  readonly header: JournalHeader;
  readonly database: DatabaseSync;
  readonly ownership: Ownership;
  readonly head: HeadFile;
  readonly last: Link;
  /** Of this process. */
  readonly epoch: number;
  readonly origin: SessionOrigin;
  readonly settings: JournalSettings;
}

export class SqliteCommits implements CommitStore {
  declare readonly path: string;
  declare readonly header: JournalHeader;
  /** Of this process: its commits carry it. */
  epoch: number;
  declare private readonly ownership: Ownership;
  declare private readonly head: HeadFile;
  declare private readonly tables: Tables;
  declare private readonly projector: Projector;
  declare private readonly ballast: Ballast;
  declare private readonly settings: JournalSettings;
  declare private readonly origin: SessionOrigin;
  declare private hash: string;
  private seq = 0;
  private water = false;
  private failure: SeatrialError | null = null;

  constructor({ path, header, database, ownership, head, last, epoch, origin, settings }: OpenedJournal) {
    this.path = path;
    this.header = header;
    this.epoch = epoch;
    this.ownership = ownership;
    this.head = head;
    this.settings = settings;
    this.origin = origin;
    this.seq = last.seq;
    this.hash = last.hash;
    this.tables = new Tables(database);
    this.projector = new Projector(this.tables, header);
    this.projector.load();
    this.ballast = new Ballast(journalFiles.ballast(path), settings.ballastBytes ?? ballastBytesDefault);
    this.water = !this.ballast.lay();
  }

  get last(): number {
    return this.seq;
  }

  get lowWater(): boolean {
    return this.water;
  }

  /** Hash of the last commit: a report or a venue's tape names the journal by it. */
  get lastHash(): string {
    return this.hash;
  }

  /**
   * @throws SeatrialError `journal_failed`, `disk_full`, exit code 2: nothing may leave, and no further commit is taken; `disk_low`:
   * nothing may leave, and only what reduces risk is taken from here on
   */
  append(epoch: number, cause: Cause, effects: readonly Effect[], notes?: CommitNotes): number {
    if (this.failure !== null) throw this.failure;
    if (epoch !== this.epoch) this.signIn(epoch);
    const payload = encodePayload(notes === undefined ? { cause, effects } : { cause, effects, notes });
    const commit: Commit = { seq: this.seq + 1, epoch, cause, effects, ...(notes === undefined ? {} : { notes }) };
    if (this.water && isRefusedOnLowWater(effects, true)) throw this.lowWaterError();
    let kept = false;
    this.guard(() => (kept = this.commitWithBallast(commit, payload)));
    if (!kept) throw this.lowWaterError();
    this.seq = commit.seq;
    if (this.seq % lookEvery === 0) this.look();
    return this.seq;
  }

  /** @returns false: the ballast is given up, and not for this */
  private commitWithBallast(commit: Commit, payload: string): boolean {
    try {
      this.commit(commit, payload);
    } catch (error) {
      // A statement that found no room was undone as a whole and synced nothing: with the ballast gone it may be said again.
      if (!isDiskFull(error) || !this.ballast.free()) throw error;
      this.water = true;
      this.projector.load();
      if (isRefusedOnLowWater(commit.effects, false)) return false;
      this.commit(commit, payload);
    }
    return true;
  }

  private lowWaterError(): SeatrialError {
    return journalError(lowWaterCode, this.path, "its disk is full: a commit that increases risk is not kept");
  }

  private commit(commit: Commit, payload: string): void {
    const { tables, hash: previous } = this;
    const { seq, epoch, cause, effects } = commit;
    const requests = effects.filter(isRequest).length;
    const record = { seq, epoch, time: cause.time, kind: cause.type, requests, payload };
    const hash = recordHash(previous, record);
    this.transact(() => {
      tables.insert("commits", { ...record, previous, hash });
      this.projector.take(commit);
    });
    this.hash = hash;
    this.head.write({ journal: this.header.journal, epoch, seq, hash }, this.isDurable && requests > 0);
  }

  // A simulated process dies and comes back in this one: it signs in as a real one does when it opens the journal.
  private signIn(epoch: number): void {
    const next = !this.isDurable && epoch > this.epoch;
    assert(next, "I-34", () => `process ${epoch} writes through the handle of process ${this.epoch}`);
    this.guard(() => this.transact(() => insertEpoch(this.tables, epoch, this.seq + 1, this.origin, this.settings.now())));
    this.epoch = epoch;
  }

  /** Commits from `seq` on, in order. */
  read(seq: number): Iterable<Commit> {
    assert(seq >= 1, "I-02", () => `commit ${seq} is before the first`);
    return storedCommits(this.tables, this.path, seq, Number.MAX_SAFE_INTEGER);
  }

  /** Of a commit that is kept here. The two newest stay. */
  keepSnapshot(snapshot: StoredSnapshot): void {
    if (this.failure !== null) throw this.failure;
    assert(snapshot.seq >= 1 && snapshot.seq <= this.seq, "I-02", () => `a snapshot of commit ${snapshot.seq}, of ${this.seq}`);
    this.guard(() => this.transact(() => keepSnapshot(this.tables, snapshot)));
  }

  /** @throws SeatrialError `journal_damaged` for one that is not what was kept, or that no commit of the chain belongs to */
  snapshot(): StoredSnapshot | null {
    return newestSnapshot(this.tables, this.path);
  }

  close(): void {
    this.tables.database.close();
    this.head.close();
    this.ownership.release();
  }

  private get isDurable(): boolean {
    return this.settings.durable !== false;
  }

  private transact(work: () => void): void {
    const { tables } = this;
    tables.run("BEGIN IMMEDIATE");
    try {
      work();
      tables.run("COMMIT");
    } catch (error) {
      if (tables.database.isTransaction) tables.run("ROLLBACK");
      throw error;
    }
  }

  private guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      const known = sqliteError(error, this.path, "journal_failed");
      this.failure = (known === error ? journalError("journal_failed", this.path, wordsOf(error), error) : known) as SeatrialError;
      throw this.failure;
    }
  }

  // A disk that is nearly full is heard of before a commit fails on it.
  private look(): void {
    const { ballastBytes = ballastBytesDefault } = this.settings;
    if (ballastBytes > 0 && !this.water) this.water = freeBytes(dirname(this.path)) < ballastBytes;
  }
}

/** Opens the database of a journal for writing, with what a journal asks of SQLite. */
export function openDatabase(path: string, { durable, bytesMax, pageBytes }: JournalSettings): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: 5_000 });
  database.exec(`PRAGMA page_size = ${pageBytes ?? 4_096}; PRAGMA journal_mode = WAL`);
  database.exec(`PRAGMA synchronous = ${durable === false ? "OFF" : "FULL"}; PRAGMA wal_autocheckpoint = ${checkpointPages}`);
  if (bytesMax !== undefined && bytesMax !== null) database.exec(`PRAGMA max_page_count = ${Math.floor(bytesMax / (pageBytes ?? 4_096))}`);
  return database;
}

/**
 * A new journal, and its first process.
 * @throws SeatrialError `journal_exists`, `journal_network`, `journal_owned`, `journal_failed`
 */
export function createJournal(path: string, of: NewJournal, origin: SessionOrigin, settings: JournalSettings): SqliteCommits {
  refuseNetworkDisk(path);
  const ownership = new Ownership(journalFiles.lock(path), path, () => null);
  try {
    if (existsSync(path) || readHeadIfAny(journalFiles.head(path)) !== null) throw journalError("journal_exists", path, "there is a journal already");
    const now = settings.now();
    const header = { ...of, format: journalFormat, journal: randomBytes(16).toString("hex"), created: new Date(now).toISOString() };
    const database = openDatabase(path, settings);
    const tables = new Tables(database);
    tables.run("BEGIN IMMEDIATE");
    database.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${journalFormat};\n${createSql(tablesOf(journalFormat).all)}`);
    tables.insert("run_meta", { key: "header", value: canonicalJson(header) });
    insertEpoch(tables, 1, 1, origin, now);
    new Projector(tables, header).begin(0 as Millis);
    tables.run("COMMIT");
    syncFolder(dirname(path));
    const last = { seq: 0, epoch: 1, hash: genesisHash(header) };
    const head = new HeadFile(journalFiles.head(path), { journal: header.journal, ...last });
    return new SqliteCommits({ path, header, database, ownership, head, last, epoch: 1, origin, settings });
  } catch (error) {
    ownership.release();
    throw sqliteError(error, path, "journal_failed");
  }
}

/** A process signs in, with what it is made of. */
export function insertEpoch(tables: Tables, epoch: number, first: number, origin: SessionOrigin, now: number): void {
  const manifest = canonicalJson(manifestOf(origin));
  const row = { epoch, first_seq: first, pid: process.pid, opened_utc: new Date(now).toISOString() };
  tables.insert("epochs", { ...row, manifest_sha256: sha256(manifest), manifest });
  tables.insert("config_snapshots", { sha256: sha256(origin.config.text), epoch, text: origin.config.text }, "IGNORE");
  for (const { path, text } of origin.code) tables.insert("code_snapshots", { sha256: sha256(text), epoch, path, text }, "IGNORE");
}
