// The journal on a disk: what is committed is there, in the words of the session, whoever reads it.

import { join } from "node:path";

import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { MemoryCommits } from "../../../src/journal/index.ts";
import { openForRestart } from "../../../src/journal/sqlite/open.ts";
import { JournalReader } from "../../../src/journal/sqlite/reader.ts";
import { createJournal } from "../../../src/journal/sqlite/sqlite-commits.ts";
import { verifyJournal } from "../../../src/journal/sqlite/verify.ts";
import { simulate } from "../../../src/session/index.ts";
import { keptSession } from "../../../src/session/kept-session.ts";
import { busyPlan } from "../../session/busy-plan.ts";
import { crowded, crowdedPlan } from "../../session/crowded-sessions.ts";
import { allOf, journalOf, keep, keptJournal, origin, settings, smallPlan, temporaryFolder } from "./journals.ts";

let folder: string;
let remove: () => void;
beforeEach(() => ({ folder, remove } = temporaryFolder()));
afterEach(() => remove());

describe("a journal on a disk", () => {
  it("keeps what memory keeps, and the run is the run without it", () => {
    const plan = busyPlan();
    const memory = new MemoryCommits();
    keep(plan, memory);
    const store = createJournal(join(folder, "a.journal"), journalOf(plan), origin, { ...settings, durable: false });
    const session = keptSession(plan, store);
    session.run();
    expect(session.record().runHash).toBe(simulate(plan).runHash);
    expect(store.last).toBe(memory.last);
    expect(JSON.parse(JSON.stringify(allOf(store)))).toEqual(JSON.parse(JSON.stringify(allOf(memory))));
    store.close();
    expect(verifyJournal(join(folder, "a.journal"))).toMatchObject({ ok: true, commits: memory.last, findings: [] });
  });

  it("so do journals of sessions in which many things of the venue meet", () => {
    let n = 0;
    fc.assert(
      fc.property(crowded, (drawn) => {
        const plan = crowdedPlan(drawn);
        n += 1;
        const path = join(folder, `${n}.journal`);
        const memory = new MemoryCommits();
        keep(plan, memory);
        const store = createJournal(path, journalOf(plan), origin, { ...settings, durable: false });
        keep(plan, store);
        expect(JSON.parse(JSON.stringify(allOf(store)))).toEqual(JSON.parse(JSON.stringify(allOf(memory))));
        store.close();
        expect(verifyJournal(path).findings).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });

  it("says in its tables what happened, worked out by hand", () => {
    const path = join(folder, "a.journal");
    keptJournal(path).close();
    const reader = new JournalReader(path);
    const orders = reader.tables.all("SELECT symbol, side, family, type, price, qty, filled_qty, status, reason FROM orders ORDER BY order_number");
    console.log(
      orders,
      reader.tables.all("SELECT * FROM fills"),
      reader.tables.all("SELECT * FROM live_pnl_ledger"),
      reader.tables.all("SELECT * FROM open_positions"),
      reader.tables.all("SELECT * FROM equity"),
      reader.tables.all("SELECT * FROM decisions"),
      reader.tables.all("SELECT * FROM pending_entry_orders"),
      reader.tables.all("SELECT * FROM heartbeat"),
      reader.tables.all("SELECT kind, payload FROM commits"),
    );
    reader.close();
    const again = openForRestart(path, journalOf(smallPlan()), origin, settings);
    expect(again.epoch).toBe(2);
    again.store.close();
  });
});
