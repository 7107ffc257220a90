// Journals for tests: a folder of their own, and sessions whose commits are kept in one.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Commit, CommitStore } from "../../../src/journal/index.ts";
import type { NewJournal } from "../../../src/journal/sqlite/format.ts";
import type { SessionOrigin } from "../../../src/journal/sqlite/origin.ts";
import { createJournal, type JournalSettings, type SqliteCommits } from "../../../src/journal/sqlite/sqlite-commits.ts";
import { buildSession } from "../../../src/session/build.ts";
import { keptSession, newJournalOf } from "../../../src/session/process/kept-session.ts";
import type { SimulationPlan } from "../../../src/session/index.ts";
import { planOf, type Row } from "../../session/plans.ts";

export const settings: JournalSettings = { ballastBytes: 0, pageBytes: 512, now: () => Date.parse("2025-06-01T12:00:00Z") };
export const origin: SessionOrigin = {
  config: { path: "/bots/dca.json", text: '{"symbol":"X"}', changed: Date.parse("2025-05-01T00:00:00Z") },
  code: [{ path: "/bots/dca.ts", text: "export default 1;\n", changed: null }],
  strategy: "dca",
  lockfile: null,
  versions: { seatrial: "0.1.0" },
};

/** A new folder, removed with `remove`. */
export function temporaryFolder(): { folder: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), "seatrial-journal-"));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** A short session with an entry that fills in two parts, a stop and a take-profit, one of which is reached. */
export function smallPlan(): SimulationPlan {
  const rows: Row[] = [
    [100, 101, 99, 100, 1_000],
    [100, 101, 98, 99, 1_000],
    [99, 100, 97, 98, 1_000],
    [98, 104, 98, 103, 1_000],
    [103, 104, 102, 103, 1_000],
  ];
  return planOf({
    rows,
    actions: [
      { bar: 0, do: "open", leg: "LONG", quantity: 1, order: { type: "limit", price: 99, postOnly: false, timeToLive: null } },
      { bar: 2, do: "open", leg: "LONG", quantity: 1 },
      { bar: 3, do: "close", leg: "LONG", quantity: 1 },
    ],
  });
}

export function journalOf(plan: SimulationPlan): NewJournal {
  return newJournalOf(plan, buildSession(plan));
}

/** A session to its end, in a store. */
export function keep(plan: SimulationPlan, store: CommitStore): void {
  keptSession(plan, store).run();
}

export function keptJournal(path: string, plan = smallPlan(), more: Partial<JournalSettings> = {}): SqliteCommits {
  const store = createJournal(path, journalOf(plan), origin, { ...settings, ...more });
  keep(plan, store);
  return store;
}

export function allOf(store: CommitStore): Commit[] {
  return [...store.read(1)];
}
