// I-02: whatever becomes of a journal's files, it is found, or it harms nothing; never are there silently fewer commits. By default
// a small sample of all bytes; SAMPLE=1000 in the environment takes so many of each file, SAMPLE=all every one.

import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { canonicalJson, SeatrialError } from "../../../src/domain/index.ts";
import { MemoryCommits } from "../../../src/journal/index.ts";
import { openForRestart } from "../../../src/journal/sqlite/open.ts";
import { createJournal, type SqliteCommits } from "../../../src/journal/sqlite/sqlite-commits.ts";
import { verifyJournal } from "../../../src/journal/sqlite/verify.ts";
import { allOf, journalOf, keep, keptJournal, origin, settings, smallPlan, temporaryFolder } from "./journals.ts";

const asked = process.env["SAMPLE"] ?? "24";
/** Bytes looked at of each file and kind of damage, spread over it. */
const sample = asked === "all" ? Number.POSITIVE_INFINITY : Number(asked);

const made = temporaryFolder();
const plan = smallPlan();
const of = journalOf(plan);
const parts = ["", "-wal", "-head"] as const;
type Part = (typeof parts)[number];
type Files = ReadonlyMap<Part, Buffer>;

let crashed: Files;
let closed: Files;
let earlier: Files;
let younger: Files;
let other: Files;
let reference: string;

function filesOf(path: string): Files {
  return new Map(parts.filter((part) => existsSync(path + part)).map((part) => [part, readFileSync(path + part)]));
}

beforeAll(() => {
  const path = join(made.folder, "made.journal");
  const quick = { ...settings, durable: false };
  const memory = new MemoryCommits();
  keep(plan, memory);
  const commits = allOf(memory);
  const told = (store: SqliteCommits, epoch: number, from: number, to: number) => {
    for (const { cause, effects, notes } of commits.slice(from, to)) store.append(epoch, cause, effects, notes);
  };
  // Two processes: what the first has left stands in the database, what the second writes in the log.
  const first = createJournal(path, of, origin, quick);
  told(first, 1, 0, 4);
  first.keepSnapshot({ seq: 3, state: { some: "state" } });
  first.close();
  earlier = filesOf(path);
  const { store } = openForRestart(path, of, origin, quick);
  told(store, 2, 4, 6);
  younger = filesOf(path);
  told(store, 2, 6, commits.length);
  reference = canonicalJson(allOf(store));
  // As a process leaves it that dies here.
  crashed = filesOf(path);
  store.close();
  closed = filesOf(path);
  const second = join(made.folder, "second.journal");
  const another = keptJournal(second, plan, quick);
  other = filesOf(second);
  another.close();
});
afterAll(() => made.remove());

const path = join(made.folder, "damaged.journal");

function lay(files: Files): void {
  for (const name of readdirSync(made.folder)) if (name.startsWith("damaged.journal")) rmSync(join(made.folder, name));
  for (const [part, bytes] of files) writeFileSync(path + part, bytes);
}

/** What a restart gets: all commits of the reference, or the code of a refusal. */
function restarted(): string {
  try {
    const { store } = openForRestart(path, of, origin, { ...settings, durable: false });
    const commits = canonicalJson(allOf(store));
    store.close();
    return commits === reference ? "whole" : "FEWER OR OTHER COMMITS";
  } catch (error) {
    if (error instanceof SeatrialError) return error.code;
    throw error;
  }
}

function verified(): string {
  try {
    const { ok, findings } = verifyJournal(path);
    return ok ? "ok" : (findings[0]?.code ?? "none");
  } catch (error) {
    if (error instanceof SeatrialError) return error.code;
    throw error;
  }
}

const refusals = new Set([
  "journal_damaged",
  "journal_behind",
  "journal_head",
  "journal_format",
  "journal_foreign",
  "journal_not_found",
  "journal_other_session",
]);

/** Judges one kind of damage. @returns how often it ended how */
function judge(files: Files): [string, string] {
  lay(files);
  const found = verified();
  // What `verify` calls whole must be whole; what it does not may still restart, but only with every commit.
  const restart = restarted();
  if (found === "ok") expect(restart).toBe("whole");
  else expect(refusals).toContain(found);
  if (restart !== "whole") expect(refusals).toContain(restart);
  return [found, restart];
}

function places(length: number): number[] {
  const step = Math.max(1, Math.floor(length / sample));
  return Array.from({ length: Math.ceil(length / step) }, (_, at) => at * step + ((at * 7) % step)).filter((at) => at < length);
}

function withPart(files: Files, part: Part, bytes: Buffer): Files {
  return new Map([...files, [part, bytes]]);
}

function tally(ends: readonly [string, string][]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [found, restart] of ends) counts[`${found}/${restart}`] = (counts[`${found}/${restart}`] ?? 0) + 1;
  return counts;
}

describe("a journal whose files are damaged", () => {
  it("is whole while they are not, whether it was closed or its process died", () => {
    for (const files of [crashed, closed]) expect(judge(files)).toEqual(["ok", "whole"]);
    expect(crashed.get("-wal")?.length).toBeGreaterThan(0);
  });

  for (const [name, files] of [
    ["closed", () => closed],
    ["crashed", () => crashed],
  ] as const) {
    for (const part of parts) {
      if (name === "closed" && part === "-wal") continue;
      it(`${name}: cut short at any byte of ${part === "" ? "the database" : part}`, () => {
        const bytes = files().get(part) as Buffer;
        const ends = places(bytes.length).map((length) => judge(withPart(files(), part, bytes.subarray(0, length))));
        if (sample > 24) console.log(name, part, "cut", tally(ends));
        // In the middle of the database or of the log a cut is never harmless.
        const middle = withPart(files(), part, bytes.subarray(0, bytes.length >> 1));
        if (part !== "-head") expect(judge(middle)[1]).not.toBe("whole");
        expect(ends.length).toBeGreaterThan(0);
      }, 600_000);

      it(`${name}: one bit turned in any byte of ${part === "" ? "the database" : part}`, () => {
        const bytes = files().get(part) as Buffer;
        const ends = places(bytes.length).map((at) => {
          const turned = Buffer.from(bytes);
          turned[at] = (turned[at] as number) ^ (1 << (at % 8));
          return judge(withPart(files(), part, turned));
        });
        if (sample > 24) console.log(name, part, "bit", tally(ends));
        expect(ends.some(([found]) => found !== "ok") || part === "-head").toBe(true);
      }, 600_000);
    }
  }

  const without = (files: Files, part: Part): Files => new Map([...files].filter(([name]) => name !== part));
  const kinds: readonly [string, () => Files, string][] = [
    ["its log is deleted", () => without(crashed, "-wal"), "journal_behind"],
    ["its database is deleted", () => without(closed, ""), "journal_behind"],
    ["its head is deleted", () => without(closed, "-head"), "journal_head"],
    [
      "an older copy of the database is put back",
      () => withPart(without(earlier, "-head"), "-head", crashed.get("-head") as Buffer),
      "journal_behind",
    ],
    ["an older copy of the log is put back", () => withPart(crashed, "-wal", younger.get("-wal") as Buffer), "journal_behind"],
    ["an older copy of the head is put back", () => withPart(crashed, "-head", earlier.get("-head") as Buffer), "journal_head"],
    ["another journal's head is put beside it", () => withPart(closed, "-head", other.get("-head") as Buffer), "journal_head"],
    ["another journal's log is put beside it", () => withPart(crashed, "-wal", other.get("-wal") as Buffer), "journal_head"],
    ["it is emptied", () => withPart(closed, "", Buffer.alloc(0)), "journal_damaged"],
    ["it is another file altogether", () => withPart(closed, "", Buffer.alloc(4_096, "a")), "journal_damaged"],
  ];
  for (const [what, files, code] of kinds) it(`${what}: ${code}`, () => expect(judge(files())[1]).toBe(code));

  it("its database stands there twice, one copy behind the other: SQLite reads the first, and all of it", () => {
    const bytes = closed.get("") as Buffer;
    expect(judge(withPart(closed, "", Buffer.concat([bytes, bytes])))[1]).toMatch(/whole|journal_damaged/);
  });

  it("a journal that was never begun is begun, a file that is none is refused and not touched", () => {
    lay(new Map([["", Buffer.from("time,open,high,low,close\n")]]));
    expect(restarted()).toBe("journal_foreign");
    expect(readFileSync(path, "utf8")).toBe("time,open,high,low,close\n");
    expect(readdirSync(made.folder).filter((name) => /^damaged.*-(wal|shm|head)$/.test(name))).toEqual([]);
    lay(new Map());
    expect(restarted()).toBe("journal_not_found");
    expect(existsSync(path)).toBe(false);
    copyFileSync(join(made.folder, "made.journal"), path);
    copyFileSync(join(made.folder, "made.journal-head"), `${path}-head`);
    expect(restarted()).toBe("whole");
  });
});
