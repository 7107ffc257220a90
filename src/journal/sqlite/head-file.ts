// The head: how far a journal had come, kept outside its database, because SQLite drops damaged records of its log without a word.
// Two places are written in turn, so that one is whole at any moment. It must never be ahead of what the database has committed.

import { closeSync, fdatasyncSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";

import { journalError, wordsOf } from "./errors.ts";
import { sha256 } from "./format.ts";

export interface Head {
  /** Of the journal that it belongs to. */
  readonly journal: string;
  readonly epoch: number;
  /** Of the last commit; 0: none. */
  readonly seq: number;
  /** Of that commit; the genesis hash at 0. */
  readonly hash: string;
}

/** Bytes between the two places: a torn write of one never reaches the other. */
const placeBytes = 4_096;
const lineBytes = 256;
const magic = "seatrial-head-1";

/** @returns the newest whole one. @throws SeatrialError `journal_head` where none is */
export function readHead(path: string): Head {
  return newestHead(path, readBytes(path));
}

/** null where the file is not there. */
export function readHeadIfAny(path: string): Head | null {
  try {
    return readHead(path);
  } catch (error) {
    if (error instanceof Error && error.cause instanceof Error && (error.cause as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw journalError("journal_head", path, `the head file cannot be read: ${wordsOf(error)}`, error);
  }
}

function newestHead(path: string, bytes: Buffer): Head {
  const heads = [0, placeBytes].map((at) => parseLine(bytes.subarray(at, at + lineBytes).toString("latin1"))).filter((head) => head !== null);
  const [first, second] = heads;
  if (first === undefined) throw journalError("journal_head", path, "neither of its two places is whole");
  if (second === undefined) return first;
  if (first.journal !== second.journal) throw journalError("journal_head", path, "its two places speak of two journals");
  return isNewer(second, first) ? second : first;
}

function isNewer(a: Head, b: Head): boolean {
  return a.epoch > b.epoch || (a.epoch === b.epoch && a.seq > b.seq);
}

function lineOf({ journal, epoch, seq, hash }: Head): string {
  const words = `${magic} ${journal} ${epoch} ${seq} ${hash}`;
  return `${words} ${sha256(words)}\n`.padEnd(lineBytes - 1, " ") + "\n";
}

function parseLine(line: string): Head | null {
  const match = /^(seatrial-head-1 ([0-9a-f]{32}) (\d{1,5}) (\d{1,16}) ([0-9a-f]{64})) ([0-9a-f]{64})\n *\n$/.exec(line);
  if (match === null) return null;
  const [, words = "", journal = "", epoch = "", seq = "", hash = "", check = ""] = match;
  return sha256(words) === check ? { journal, epoch: Number(epoch), seq: Number(seq), hash } : null;
}

/** The head of a journal that is being written. */
export class HeadFile {
  declare readonly path: string;
  declare private readonly file: number;
  private readonly bytes = Buffer.alloc(lineBytes, " ");
  private place = 0;

  /** Opens it, or makes it where `first` is given. @throws SeatrialError `journal_head` */
  constructor(path: string, first: Head | null) {
    this.path = path;
    try {
      this.file = openSync(path, first === null ? "r+" : "wx+");
      if (first !== null) this.make(first);
    } catch (error) {
      throw journalError("journal_head", path, `the head file cannot be opened: ${wordsOf(error)}`, error);
    }
  }

  // Both places at their full size, so that a later write changes no length: only its bytes have to reach the disk.
  private make(first: Head): void {
    const blank = Buffer.alloc(2 * placeBytes, " ");
    blank.write(lineOf(first), 0, "latin1");
    blank.write(lineOf(first), placeBytes, "latin1");
    writeSync(this.file, blank, 0, blank.length, 0);
    fsyncSync(this.file);
    syncFolder(dirname(this.path));
  }

  /** @param sync returns when it is durable. @throws what the file system throws */
  write(head: Head, sync: boolean): void {
    this.bytes.write(lineOf(head), 0, "latin1");
    this.place = placeBytes - this.place;
    writeSync(this.file, this.bytes, 0, lineBytes, this.place);
    if (sync) fdatasyncSync(this.file);
  }

  close(): void {
    closeSync(this.file);
  }
}

/** A new name in a folder is durable only with the folder. */
export function syncFolder(folder: string): void {
  // Windows syncs no folders: its names are durable with the file.
  if (process.platform === "win32") return;
  const file = openSync(folder, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
