// What can be wrong with a journal on a disk, each with what its operator can do. A journal that may have lost something is never
// replaced by an empty one: that is how orders are forgotten.

import { ExitCode, SeatrialError } from "../../domain/index.ts";

interface JournalProblem {
  readonly exitCode: ExitCode;
  readonly hint: string;
}

const keepIt = "start nothing on this account, keep a copy of all files of the journal";
const guide =
  "`seatrial journal verify` says what is wrong; bring back the newest backup of all its files together, or see docs/journal.md, Quarantine";

/** 3: the file or the command is wrong. 1: what is here cannot be trusted, or is not ours to take. 2: it failed while it ran. */
const problems = {
  journal_not_found: { exitCode: ExitCode.input, hint: "name the journal's database file" },
  journal_exists: { exitCode: ExitCode.input, hint: "a journal is never written over: name another file, or restart from this one" },
  journal_foreign: { exitCode: ExitCode.input, hint: "name the database file of a journal" },
  journal_format: { exitCode: ExitCode.input, hint: "read it with the version of Seatrial that wrote it, or a newer one" },
  journal_other_session: { exitCode: ExitCode.input, hint: "name the journal of this session, or a new file" },
  journal_network: { exitCode: ExitCode.dependency, hint: "keep journals on a disk of this machine: locks and syncs of network disks do not hold" },
  live_file_broken: {
    exitCode: ExitCode.dependency,
    hint: "keep a copy of it, see what else was changed there, then delete it: it is made of the journal again",
  },
  journal_no_order: { exitCode: ExitCode.input, hint: "`seatrial journal export --format csv --table orders` lists its orders" },
  journal_owned: { exitCode: ExitCode.dependency, hint: "end that process first; readers (`journal show`, `journal verify`) may look while it runs" },
  journal_damaged: { exitCode: ExitCode.dependency, hint: `${keepIt}; ${guide}` },
  journal_behind: { exitCode: ExitCode.dependency, hint: `${keepIt}; ${guide}` },
  journal_head: { exitCode: ExitCode.dependency, hint: `${keepIt}; ${guide}` },
  journal_failed: {
    exitCode: ExitCode.run,
    hint: "nothing more is written through this handle: mend the disk, then restart; what was committed is kept",
  },
  disk_low: {
    exitCode: ExitCode.run,
    hint: "free space on the journal's disk, then restart: until then only what reduces risk is kept, and sent",
  },
  disk_full: { exitCode: ExitCode.run, hint: "free space on the journal's disk, then restart; what was committed is kept" },
  nothing_to_repair: { exitCode: ExitCode.ok, hint: "use the journal as it is" },
  not_repairable: { exitCode: ExitCode.dependency, hint: `${keepIt}; ${guide}` },
} as const satisfies Record<string, JournalProblem>;

export type JournalCode = keyof typeof problems;

export function journalError(code: JournalCode, file: string, reason: string, cause?: unknown): SeatrialError {
  return new SeatrialError({ code, reason, ...problems[code], place: { file }, ...(cause === undefined ? {} : { cause }) });
}

/** The text of whatever was thrown. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** SQLite's primary result codes that say what is wrong with a file. */
const sqliteCodes: Readonly<Record<number, JournalCode>> = { 11: "journal_damaged", 13: "disk_full", 26: "journal_foreign" };

/** A `SQLITE_…` error in the journal's words; any other is a defect, or the journal's own, and keeps its name. */
export function sqliteError(error: unknown, file: string, otherwise: JournalCode): unknown {
  if (!isSqliteError(error)) return error;
  return journalError(sqliteCodes[error.errcode & 0xff] ?? otherwise, file, `SQLite: ${error.message}`, error);
}

export function isSqliteError(error: unknown): error is Error & { readonly errcode: number } {
  return error instanceof Error && "code" in error && error.code === "ERR_SQLITE_ERROR" && "errcode" in error;
}

/** The disk is full: the statement was undone as a whole, before anything was synced. */
export function isDiskFull(error: unknown): boolean {
  return isSqliteError(error) && (error.errcode & 0xff) === 13;
}

/** Somebody else has what was asked for. */
export function isBusy(error: unknown): boolean {
  return isSqliteError(error) && ((error.errcode & 0xff) === 5 || (error.errcode & 0xff) === 6);
}
