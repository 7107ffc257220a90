// Looks a whole journal through: pages, chain, head, processes, snapshots, and whether its projections are what its records come to.
// It goes on after a finding as far as it can, and changes nothing.

import { DatabaseSync } from "node:sqlite";

import { SeatrialError } from "../../domain/index.ts";
import { checkFields, firstLink, nextLink, type Link } from "./chain.ts";
import { isSqliteError, wordsOf } from "./errors.ts";
import { journalFiles, sha256 } from "./format.ts";
import { readHeadIfAny, type Head } from "./head-file.ts";
import { checkHeadOf, checkPages, headOf } from "./open.ts";
import { Projector } from "./projector.ts";
import { commitOf, JournalReader } from "./reader.ts";
import { createSql, tablesOf } from "./schema.ts";
import { sealedTables, sealOf } from "./side-rows.ts";
import { checkedSnapshot } from "./stored-snapshots.ts";
import { Tables, textOf, type Row } from "./tables.ts";

/** What a finding is about. */
export type FindingPart = "file" | "pages" | "chain" | "head" | "process" | "snapshot" | "document" | "projection";

export interface JournalFinding {
  readonly part: FindingPart;
  readonly code: string;
  readonly text: string;
}

export interface JournalFacts {
  readonly file: string;
  readonly ok: boolean;
  /** null where the file cannot be read at all. */
  readonly journal: string | null;
  readonly run: string | null;
  readonly mode: string | null;
  readonly format: number | null;
  readonly commits: number;
  readonly processes: number;
  /** Hash of the last commit of the chain that holds. */
  readonly hash: string | null;
  readonly head: Head | null;
  /** Commits that the newest snapshots stand behind. */
  readonly snapshots: readonly number[];
  readonly findings: readonly JournalFinding[];
}

/** Never throws for what is wrong with the journal: that is a finding. @throws SeatrialError `journal_not_found`, and `journal_foreign` */
export function verifyJournal(path: string): JournalFacts {
  const findings: JournalFinding[] = [];
  const attempt = (part: FindingPart, look: () => void): boolean => {
    try {
      look();
      return true;
    } catch (error) {
      findings.push(findingOf(part, error));
      return false;
    }
  };
  // Before the database: while it is being written, the head is never ahead of what is read afterwards.
  let head: Head | null = null;
  attempt("head", () => (head = readHeadIfAny(journalFiles.head(path))));
  let reader: JournalReader;
  try {
    reader = new JournalReader(path);
  } catch (error) {
    if (!(error instanceof SeatrialError) || error.exitCode === 3) throw error;
    return noFacts(path, [findingOf("file", error)]);
  }
  try {
    // One moment of it, whoever writes meanwhile.
    attempt("file", () => reader.tables.database.exec("BEGIN"));
    return new Verification(reader, head, findings, attempt).facts();
  } finally {
    reader.close();
  }
}

function noFacts(file: string, findings: readonly JournalFinding[]): JournalFacts {
  const nothing = { journal: null, run: null, mode: null, format: null, hash: null, head: null };
  return { file, ok: false, ...nothing, commits: 0, processes: 0, snapshots: [], findings };
}

function findingOf(part: FindingPart, error: unknown): JournalFinding {
  if (error instanceof SeatrialError) return { part, code: error.code, text: error.reason };
  if (isSqliteError(error)) return { part, code: "journal_damaged", text: `SQLite: ${error.message}` };
  if (error instanceof SyntaxError || error instanceof RangeError || error instanceof TypeError)
    return { part, code: "journal_damaged", text: wordsOf(error) };
  throw error;
}

class Verification {
  declare private readonly reader: JournalReader;
  declare private readonly tables: Tables;
  declare private readonly head: Head | null;
  declare private readonly findings: JournalFinding[];
  declare private readonly attempt: (part: FindingPart, look: () => void) => boolean;
  declare private last: Link;

  constructor(reader: JournalReader, head: Head | null, findings: JournalFinding[], attempt: Verification["attempt"]) {
    this.reader = reader;
    this.tables = reader.tables;
    this.head = head;
    this.findings = findings;
    this.attempt = attempt;
    this.last = firstLink(reader.header);
  }

  facts(): JournalFacts {
    const { reader, tables, findings, attempt } = this;
    const { path, header } = reader;
    attempt("pages", () => checkPages(tables, path));
    const whole = attempt("chain", () => this.walk());
    let processes = 0;
    attempt("process", () => (processes = this.processes()));
    const wrongHead = findings.some(({ part }) => part === "head");
    if (whole && !wrongHead) attempt("head", () => this.checkHead());
    const snapshots: number[] = [];
    attempt("snapshot", () => {
      for (const row of tables.all("SELECT * FROM snapshots ORDER BY seq DESC")) snapshots.push(checkedSnapshot(tables, row, path).seq);
    });
    for (const table of ["config_snapshots", "code_snapshots"]) attempt("document", () => this.documents(table));
    if (header.format > 1) for (const table of sealedTables) attempt("document", () => this.seals(table));
    if (whole) attempt("projection", () => this.projections());
    const { journal, run, mode, format } = header;
    const { seq: commits, hash } = this.last;
    return { file: path, ok: findings.length === 0, journal, run, mode, format, commits, processes, hash, head: this.head, snapshots, findings };
  }

  private walk(): void {
    const { reader } = this;
    for (const record of reader.records()) {
      this.last = nextLink(this.last, record, reader.path);
      checkFields(record, reader.path);
    }
  }

  /** @returns how many have signed in */
  private processes(): number {
    const rows = this.tables.all("SELECT * FROM epochs ORDER BY epoch");
    let first = 1;
    for (const row of rows) {
      const process = `process ${Number(row["epoch"])}`;
      if (Number(row["first_seq"]) < first) throw new RangeError(`${process} begins before the one before it`);
      first = Number(row["first_seq"]);
      if (sha256(textOf(row, "manifest")) !== row["manifest_sha256"]) throw new RangeError(`the manifest of ${process} is not what was kept`);
    }
    const strays = this.tables.get(
      `SELECT c.seq AS seq FROM commits c LEFT JOIN epochs e ON e.epoch = c.epoch
       WHERE e.epoch IS NULL OR c.seq < e.first_seq OR c.seq >= (SELECT coalesce(min(n.first_seq), 9e15) FROM epochs n WHERE n.epoch > c.epoch) LIMIT 1`,
    );
    if (strays !== undefined) throw new RangeError(`commit ${Number(strays["seq"])} is of a process that could not write it`);
    return rows.length;
  }

  private checkHead(): void {
    const { reader, last } = this;
    const epoch = Number(this.tables.get("SELECT max(epoch) AS last FROM epochs")?.["last"] ?? 0);
    const head = this.head ?? headOf(reader.path, last);
    if (head === null) return;
    // Whoever is writing may have gone on between the two looks: then the head is beyond what was read by now.
    const now = readHeadIfAny(journalFiles.head(reader.path));
    if (head.seq < last.seq && now !== null && now.seq > head.seq && now.seq >= last.seq) return;
    checkHeadOf(this.tables, head, { journal: reader.header.journal, last, epoch }, reader.path);
  }

  private documents(table: string): void {
    for (const row of this.tables.all(`SELECT * FROM ${table}`)) {
      if (sha256(textOf(row, "text")) !== row["sha256"]) throw new RangeError(`a text in ${table} is not what was kept`);
    }
  }

  private seals(table: string): void {
    let next = 1;
    for (const { sha256: seal, ...row } of this.tables.all(`SELECT * FROM ${table} ORDER BY id`)) {
      if (Number(row["id"]) !== next) throw new RangeError(`row ${next} of ${table} is missing`);
      if (sealOf(row) !== seal) throw new RangeError(`row ${next} of ${table} is not what was kept`);
      next += 1;
    }
  }

  /** Makes all projections of the records once more, elsewhere, and holds the two against each other. */
  private projections(): void {
    const { reader } = this;
    const fresh = new Tables(new DatabaseSync(":memory:"));
    try {
      project(fresh, reader);
      for (const table of Object.keys(tablesOf(reader.header.format).projections)) {
        const [kept, made] = [rowsOf(this.tables, table), rowsOf(fresh, table)];
        for (;;) {
          const [a, b] = [kept.next(), made.next()];
          if (a.done === true && b.done === true) break;
          if (JSON.stringify(a.value) === JSON.stringify(b.value)) continue;
          throw new RangeError(
            `table ${table} is not what the records come to: ${differenceOf((a.value ?? null) as Row | null, (b.value ?? null) as Row | null)}`,
          );
        }
      }
    } finally {
      fresh.database.close();
    }
  }
}

/** All projections of a journal's records, in an empty database. */
export function project(tables: Tables, reader: JournalReader): void {
  tables.database.exec(createSql(tablesOf(reader.header.format).projections));
  tables.run("BEGIN");
  const projector = new Projector(tables, reader.header);
  projector.begin(0 as never);
  for (const record of reader.records()) projector.take(commitOf(record, reader.path));
  tables.run("COMMIT");
}

/** The first row and column in which a kept table is not what the records come to. */
function differenceOf(kept: Row | null, made: Row | null): string {
  const of = (row: Row) => {
    const [key = "", value = null] = Object.entries(row)[0] ?? [];
    return `${key} ${String(value as string | number)}`;
  };
  if (made === null) return kept === null ? "" : `it has ${of(kept)}, which they do not tell of`;
  if (kept === null || of(kept) !== of(made)) return `${of(made)} is missing`;
  const column = Object.keys(made).find((name) => kept[name] !== made[name]) ?? "";
  return `${of(made)}: ${column} is ${JSON.stringify(kept[column] ?? null)}, by the records ${JSON.stringify(made[column] ?? null)}`;
}

function rowsOf(tables: Tables, table: string): Iterator<unknown> {
  return tables.database.prepare(`SELECT * FROM ${table} ORDER BY 1, 2`).iterate() as Iterator<unknown>;
}
