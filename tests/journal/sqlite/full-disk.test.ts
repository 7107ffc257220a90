// A disk that is full or fails: what was committed stays, what reduces risk can still be written, and after a failure nothing is
// tried a second time.

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { HeadFile } from "../../../src/journal/sqlite/head-file.ts";
import { openForRestart } from "../../../src/journal/sqlite/open.ts";
import { createJournal, type SqliteCommits } from "../../../src/journal/sqlite/sqlite-commits.ts";
import { verifyJournal } from "../../../src/journal/sqlite/verify.ts";
import { journalOf, keptJournal, origin, settings, smallPlan, temporaryFolder } from "./journals.ts";
import { request, stormCause } from "./storm.ts";

let folder: string;
let remove: () => void;
beforeEach(() => ({ folder, remove } = temporaryFolder()));
afterEach(() => {
  vi.restoreAllMocks();
  remove();
});

const of = journalOf(smallPlan());
const kilobyte = 1_024;

function append(store: SqliteCommits): number {
  return store.append(store.epoch, stormCause(store.last + 1), [request(store.last + 1)]);
}

/** Commits until it is refused. @returns commits that were taken, those before low water, and the refusal */
function fill(store: SqliteCommits): { taken: number; dry: number; refusal: unknown } {
  let dry = 0;
  for (;;) {
    try {
      append(store);
      if (!store.lowWater) dry = store.last;
    } catch (refusal) {
      return { taken: store.last, dry, refusal };
    }
  }
}

/** A disk of its own of so many bytes; null where this may not be made. */
function smallDisk(bytes: number): { disk: string; leave: () => void } | null {
  const disk = join(folder, "disk");
  mkdirSync(disk);
  if (process.platform !== "linux" || process.getuid?.() !== 0) return null;
  const made = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", disk]);
  return made.status === 0 ? { disk, leave: () => execFileSync("umount", ["-l", disk]) } : null;
}

describe("a journal whose disk", () => {
  it("is full: its ballast is given up for what reduces risk, then nothing more is taken, and nothing was lost", ({ skip }) => {
    const small = smallDisk(2_048 * kilobyte);
    if (small === null) return skip("only root may make a disk");
    try {
      const path = join(small.disk, "a.journal");
      const store = createJournal(path, of, origin, { ...settings, ballastBytes: 512 * kilobyte });
      expect(store.lowWater).toBe(false);
      expect(existsSync(`${path}-ballast`)).toBe(true);
      const { taken, dry, refusal } = fill(store);
      expect(existsSync(`${path}-ballast`)).toBe(false);
      // It took commits after it had said that the water was low, and many.
      expect(dry).toBeGreaterThan(10);
      expect(taken).toBeGreaterThan(dry + 10);
      expect(refusal).toMatchObject({ code: "disk_full", exitCode: 2 });
      expect(() => append(store)).toThrow(expect.objectContaining({ code: "disk_full" }));
      store.close();
      expect(verifyJournal(path)).toMatchObject({ ok: true, commits: taken });
    } finally {
      small.leave();
    }
  });

  it("was full and has room again: the session goes on from its last commit, with a new ballast", ({ skip }) => {
    const small = smallDisk(2_048 * kilobyte);
    if (small === null) return skip("only root may make a disk");
    try {
      const path = join(small.disk, "a.journal");
      const other = join(small.disk, "somebody-elses");
      writeFileSync(other, Buffer.alloc(600 * kilobyte));
      const store = createJournal(path, of, origin, { ...settings, ballastBytes: 256 * kilobyte });
      const { taken } = fill(store);
      store.close();
      rmSync(other);
      const again = openForRestart(path, of, origin, { ...settings, ballastBytes: 128 * kilobyte });
      expect(again.store.lowWater).toBe(false);
      expect(existsSync(`${path}-ballast`)).toBe(true);
      expect(append(again.store)).toBe(taken + 1);
      again.store.close();
    } finally {
      small.leave();
    }
  });

  it("may take no more than was allowed: the same refusal", () => {
    const path = join(folder, "a.journal");
    const store = createJournal(path, of, origin, { ...settings, durable: false, bytesMax: 80 * kilobyte });
    const { taken, refusal } = fill(store);
    expect(refusal).toMatchObject({ code: "disk_full" });
    store.close();
    expect(verifyJournal(path)).toMatchObject({ ok: true, commits: taken });
  });

  it("has no room for a ballast: it says from its first commit on that the water is low", ({ skip }) => {
    const small = smallDisk(2_048 * kilobyte);
    if (small === null) return skip("only root may make a disk");
    try {
      const store = createJournal(join(small.disk, "a.journal"), of, origin, { ...settings, ballastBytes: 4_096 * kilobyte });
      expect(store.lowWater).toBe(true);
      expect(append(store)).toBe(1);
      store.close();
    } finally {
      small.leave();
    }
  });

  it("I-01: fails when the head is synced: the commit is kept, its effects must not leave, and nothing is written any more", () => {
    const path = join(folder, "a.journal");
    const store = keptJournal(path);
    const { last } = store;
    const write = vi.spyOn(HeadFile.prototype, "write").mockImplementation(() => {
      throw Object.assign(new Error("EIO: i/o error, fdatasync"), { code: "EIO", syscall: "fdatasync" });
    });
    const failed = expect.objectContaining({ code: "journal_failed", exitCode: 2, reason: "EIO: i/o error, fdatasync" });
    expect(() => append(store)).toThrow(failed);
    write.mockRestore();
    expect(() => append(store)).toThrow(failed);
    expect(() => store.keepSnapshot({ seq: 1, state: null })).toThrow(failed);
    store.close();
    // The disk is well again: the database is ahead of its head by the one commit whose effects never left.
    expect(verifyJournal(path)).toMatchObject({ ok: true, commits: last + 1 });
    openForRestart(path, of, origin, settings).store.close();
  });

  it("fails when the database is written: a file may not grow any more", ({ skip }) => {
    if (process.platform !== "linux") return skip("the limit is Linux's");
    const path = join(folder, "a.journal");
    const main = fileURLToPath(new URL("full-main.ts", import.meta.url));
    // In blocks of 1,024 bytes: the log grows beyond it after some commits.
    const limited = `ulimit -f 600; exec "$0" --conditions=seatrial-source "$1" "$2"`;
    const child = spawnSync("bash", ["-c", limited, process.execPath, main, path], { encoding: "utf8" });
    const [taken, code, again] = child.stdout.trim().split(" ");
    expect([code, again]).toEqual([expect.stringMatching(/journal_failed|disk_full/), code]);
    expect(Number(taken)).toBeGreaterThan(5);
    expect(verifyJournal(path)).toMatchObject({ ok: true, commits: Number(taken) });
  });
});
