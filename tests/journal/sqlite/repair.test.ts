// Repair makes again what follows from the records, keeps every commit, and leaves alone what it cannot make again.

import { copyFileSync, existsSync, readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { canonicalJson } from "../../../src/domain/index.ts";
import { openForRestart } from "../../../src/journal/sqlite/open.ts";
import { JournalReader } from "../../../src/journal/sqlite/reader.ts";
import { repairJournal } from "../../../src/journal/sqlite/repair.ts";
import { verifyJournal } from "../../../src/journal/sqlite/verify.ts";
import { allOf, journalOf, keptJournal, origin, settings, smallPlan, temporaryFolder } from "./journals.ts";

let folder: string;
let remove: () => void;
let path: string;
beforeEach(() => {
  ({ folder, remove } = temporaryFolder());
  path = join(folder, "a.journal");
});
afterEach(() => remove());

const now = Date.parse("2025-06-02T08:00:00Z");
const quick = { ...settings, durable: false };

/** A closed journal with a snapshot. @returns its commits as text */
function made(): string {
  const store = keptJournal(path, smallPlan(), quick);
  store.keepSnapshot({ seq: 4, state: { some: "state" } });
  const commits = canonicalJson(allOf(store));
  store.close();
  return commits;
}

function change(sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

function commitsNow(): string {
  const reader = new JournalReader(path);
  const text = canonicalJson([...reader.commits()]);
  reader.close();
  return text;
}

describe("a repair", () => {
  it("has nothing to do where nothing is wrong, and says so with exit code 0", () => {
    made();
    expect(() => repairJournal(path, now)).toThrow(expect.objectContaining({ code: "nothing_to_repair", exitCode: 0 }));
    expect(readdirSync(folder).some((name) => name.includes("repair"))).toBe(false);
  });

  it("brings the log of a process that died into the database", () => {
    const store = keptJournal(path, smallPlan(), quick);
    const commits = canonicalJson(allOf(store));
    // As it lies there while its process lives.
    const other = join(folder, "dead.journal");
    for (const part of ["", "-wal", "-head"]) copyFileSync(path + part, other + part);
    store.close();
    path = other;
    const { copy, mended, commits: count } = repairJournal(path, now);
    expect(mended).toEqual(["its log was left by a process that died: what was committed in it stands in the database now"]);
    expect(basename(copy)).toBe("dead.journal-before-repair-2025-06-02T08-00-00-000Z");
    expect(readdirSync(copy).sort()).toEqual(["dead.journal", "dead.journal-head", "dead.journal-wal"]);
    expect(existsSync(`${path}-wal`)).toBe(false);
    expect(commitsNow()).toBe(commits);
    expect(verifyJournal(path)).toMatchObject({ ok: true, commits: count });
  });

  it.each([
    [
      "an order that says another thing than its records",
      "UPDATE orders SET status = 'FILLED', filled_qty = '7' WHERE order_number = 256",
      "table orders",
    ],
    [
      "a position that nothing explains",
      "INSERT INTO open_positions VALUES (0, 'LONG', 'TEST/USDC:USDC', '5', '1', 5000, 5, '2025-01-01T00:00:00.000Z')",
      "table open_positions",
    ],
    ["a fill that is gone", "DELETE FROM fills", "table fills"],
    ["a stop that nobody gave", "UPDATE heartbeat SET stop_new_orders = 1", "table heartbeat"],
    ["a snapshot that was written over", "UPDATE snapshots SET state = '{}'", "the snapshot of commit 4"],
  ])("mends %s", (_, sql, found) => {
    const commits = made();
    change(sql);
    expect(verifyJournal(path).findings).toEqual([expect.objectContaining({ text: expect.stringContaining(found) as string })]);
    expect(repairJournal(path, now).mended).toEqual([expect.stringContaining(found)]);
    expect(verifyJournal(path).findings).toEqual([]);
    expect(commitsNow()).toBe(commits);
    const { store, snapshot } = openForRestart(path, journalOf(smallPlan()), origin, quick);
    expect(snapshot?.seq ?? null).toBe(sql.includes("snapshots") ? null : 4);
    store.close();
  });

  it.each([
    [
      "a commit that was changed",
      "UPDATE commits SET payload = replace(payload, '9900', '9800') WHERE seq = 2",
      "commit 2 is not what was committed",
    ],
    ["a commit that is missing", "DELETE FROM commits WHERE seq = 5", "commit 5 is missing"],
    ["commits that are missing at the end", "DELETE FROM commits WHERE seq > 6", "commits have been lost"],
    [
      "two that were exchanged",
      "UPDATE commits SET seq = CASE seq WHEN 3 THEN 103 ELSE 3 END WHERE seq IN (3, 4); UPDATE commits SET seq = 4 WHERE seq = 103",
      "commit 3 does not follow commit 2",
    ],
    ["a process that nobody knows", "DELETE FROM epochs", "commit 1 is of a process"],
    ["a configuration that was changed afterwards", "UPDATE config_snapshots SET text = '{}'", "a text in config_snapshots"],
    ["a header that was changed", "UPDATE run_meta SET value = replace(value, 'test-session', 'best-session')", "commit 1 does not follow commit 0"],
  ])("refuses %s, and touches nothing", (_, sql, found) => {
    made();
    change(sql);
    const before = readFileSync(path);
    expect(() => repairJournal(path, now)).toThrow(
      expect.objectContaining({ code: "not_repairable", exitCode: 1, reason: expect.stringContaining(found) as string }),
    );
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(readdirSync(folder).some((name) => name.includes("before-repair"))).toBe(false);
  });

  it("is refused while the journal is being written", () => {
    const store = keptJournal(path, smallPlan(), quick);
    expect(() => repairJournal(path, now)).toThrow(expect.objectContaining({ code: "journal_owned" }));
    store.close();
  });
});
