// A disk that is full or fails: what was committed stays, what reduces risk can still be written, and after a failure nothing is
// tried a second time.

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { canonicalJson, type Effect, type SubmitOrder } from "../../../src/domain/index.ts";
import type { Commit } from "../../../src/journal/index.ts";
import { HeadFile } from "../../../src/journal/sqlite/head-file.ts";
import { openForRestart } from "../../../src/journal/sqlite/open.ts";
import { createJournal, type SqliteCommits } from "../../../src/journal/sqlite/sqlite-commits.ts";
import { verifyJournal } from "../../../src/journal/sqlite/verify.ts";
import { buildSession } from "../../../src/session/build.ts";
import { keptSession } from "../../../src/session/process/kept-session.ts";
import { rebuild } from "../../../src/session/process/process-replay.ts";
import type { ScriptedAction } from "../../../src/strategy/index.ts";
import { planOf, type Row } from "../../session/plans.ts";
import { allOf, journalOf, keptJournal, origin, settings, smallPlan, temporaryFolder } from "./journals.ts";
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

/** An order that takes risk away. */
function reduction(n: number): Effect {
  const { request: entry, ...rest } = request(n) as SubmitOrder;
  return { ...rest, request: { ...entry, side: "sell", family: "close", reduceOnly: true } };
}

function reduce(store: SqliteCommits): number {
  return store.append(store.epoch, stormCause(store.last + 1), [reduction(store.last + 1)]);
}

/** Commits until it is refused. @returns commits that were taken, and the refusal */
function fill(store: SqliteCommits, commit: (to: SqliteCommits) => number): { taken: number; refusal: unknown } {
  for (;;) {
    try {
      commit(store);
    } catch (refusal) {
      return { taken: store.last, refusal };
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
      const entries = fill(store, append);
      // The entry that met the full disk is not kept, nor is any after it; the store goes on.
      expect([entries.refusal, store.lowWater]).toMatchObject([{ code: "disk_low", exitCode: 2 }, true]);
      expect(existsSync(`${path}-ballast`)).toBe(false);
      expect(() => append(store)).toThrow(expect.objectContaining({ code: "disk_low" }));
      expect([entries.taken, store.last]).toEqual([store.last, entries.taken]);
      expect(entries.taken).toBeGreaterThan(10);
      // What reduces risk has the room that was held back.
      const { taken, refusal } = fill(store, reduce);
      expect(taken).toBeGreaterThan(entries.taken + 10);
      expect(refusal).toMatchObject({ code: "disk_full", exitCode: 2 });
      expect(() => reduce(store)).toThrow(expect.objectContaining({ code: "disk_full" }));
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
      const { taken } = fill(store, append);
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
    const { taken, refusal } = fill(store, append);
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
      expect(() => append(store)).toThrow(expect.objectContaining({ code: "disk_low" }));
      expect(reduce(store)).toBe(1);
      store.close();
    } finally {
      small.leave();
    }
  });

  it("an amendment of a quantity that meets the full disk is not kept, and is taken when it is asked for again", ({ skip }) => {
    const small = smallDisk(2_048 * kilobyte);
    if (small === null) return skip("only root may make a disk");
    try {
      const store = createJournal(join(small.disk, "a.journal"), of, origin, { ...settings, ballastBytes: 512 * kilobyte });
      const amend = (to: SqliteCommits) =>
        to.append(to.epoch, stormCause(to.last + 1), [
          { type: "amend_order", order: 256, market: 0, price: null, trigger: null, quantity: 5 } as never,
        ]);
      const { refusal, taken } = fill(store, amend);
      expect(refusal).toMatchObject({ code: "disk_low" });
      expect(amend(store)).toBe(taken + 1);
      store.close();
    } finally {
      small.leave();
    }
  });

  it("D6: under a session: from the decision on that meets it nothing increases risk, what reduces goes on, and the runner is what its commits come to", ({
    skip,
  }) => {
    const small = smallDisk(3_200 * kilobyte);
    if (small === null) return skip("only root may make a disk");
    try {
      const rows = Array.from({ length: 42 }, (): Row => [100, 101, 99, 100, 1_000]);
      const turns = Array.from({ length: 40 }, (_, at): ScriptedAction[] => [
        { bar: at + 1, do: "add", leg: "LONG", quantity: 0.2, order: { type: "market" } },
        { bar: at + 1, do: "reduce", leg: "LONG", quantity: 0.1, order: { type: "market" } },
      ]);
      const actions: ScriptedAction[] = [{ bar: 0, do: "open", leg: "LONG", quantity: 1, order: { type: "market" } }, ...turns.flat()];
      // A loop that gains nothing it is, and meant to be.
      const plan = planOf({ rows, actions, runner: { churn: null } });
      const path = join(small.disk, "a.journal");
      const store = createJournal(path, journalOf(plan), origin, { ...settings, durable: false, ballastBytes: 1_536 * kilobyte });
      const session = keptSession(plan, store);
      session.run();
      const commits = allOf(store);
      const told = commits.findIndex(({ cause }) => cause.type === "operator_command" && cause.text.startsWith("disk_full"));
      const families = (some: readonly Commit[]) =>
        new Set(some.flatMap(({ effects }) => effects.flatMap((effect) => (effect.type === "submit_order" ? [effect.request.family] : []))));
      expect(told).toBeGreaterThan(20);
      expect(families(commits.slice(0, told))).toEqual(new Set(["entry", "dca", "partial"]));
      expect(families(commits.slice(told))).toEqual(new Set(["partial"]));
      const { rows: kept } = session.record();
      expect(kept.halt).toBeNull();
      expect(kept.skipped.every(({ reason }) => reason === "dca_stop_new_orders")).toBe(true);
      // Each of the 40 bars asked for both: an add was sent or refused, a reduction was always sent.
      const sent = (family: string) => kept.orders.filter((order) => order.family === family).length;
      expect([sent("dca") + kept.skipped.length, sent("partial")]).toEqual([40, 40]);
      const again = rebuild(buildSession(plan).newRunner(), store);
      // But for what was marked behind the last commit.
      const stateOf = (runner: typeof again) => canonicalJson({ ...runner.snapshot(), equity: null });
      expect(stateOf(again) === stateOf(session.runner)).toBe(true);
      store.close();
      expect(verifyJournal(path)).toMatchObject({ ok: true, commits: commits.length });
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
