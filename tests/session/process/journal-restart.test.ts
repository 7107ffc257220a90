// Processes that die and come back on a journal that stands on a disk: the same as on one in memory, to the last byte.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { MemoryCommits } from "../../../src/journal/index.ts";
import { createJournal } from "../../../src/journal/sqlite/sqlite-commits.ts";
import { verifyJournal } from "../../../src/journal/sqlite/verify.ts";
import { buildSession } from "../../../src/session/build.ts";
import type { SimulationPlan } from "../../../src/session/index.ts";
import { keptSession, newJournalOf } from "../../../src/session/process/kept-session.ts";
import type { CrashPoint } from "../../../src/session/process/process-plan.ts";
import { origin, settings } from "../../journal/sqlite/journals.ts";
import { busyPlan } from "../busy-plan.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "seatrial-restart-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function crash(number: number, phase: "planned" | "journaled" | "sent"): CrashPoint {
  return { at: { kind: "commit", number, phase, process: null, sent: null } as never, downtimeMs: 0 };
}

describe("a session on a disk whose process dies", () => {
  it.each([
    ["once", [crash(40, "journaled")]],
    ["before it has written, after it has sent, and far behind a snapshot", [crash(71, "planned"), crash(150, "sent"), crash(300, "journaled")]],
  ])("%s: ends as on a journal in memory, and each process has signed in", (_, crashes) => {
    const plan: SimulationPlan = { ...busyPlan(), crashes };
    const memory = keptSession(plan, new MemoryCommits());
    memory.run();
    const path = join(folder, "a.journal");
    const parts = buildSession(plan);
    const store = createJournal(path, newJournalOf(plan, parts), origin, { ...settings, durable: false });
    const disk = keptSession(plan, store, parts);
    disk.run();
    expect(disk.record().runHash).toBe(memory.record().runHash);
    store.close();
    expect(verifyJournal(path)).toMatchObject({ ok: true, processes: crashes.length + 1, findings: [] });
  });
});
