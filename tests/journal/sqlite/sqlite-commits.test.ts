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
import { keptSession } from "../../../src/session/process/kept-session.ts";
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
    const rows = (sql: string) => reader.tables.all(sql).map((row) => Object.values(row));
    // Bought at the limit of 99, fee 2 bp; a second entry of the side is refused; sold at the open of 103, fee 5 bp.
    expect(rows("SELECT side, leg, family, type, price, qty, filled_qty, status, reason FROM orders ORDER BY order_number")).toEqual([
      ["buy", "LONG", "entry", "limit", "99", "1", "1", "FILLED", "filled"],
      ["sell", "LONG", "close", "market", null, "1", "1", "FILLED", "filled"],
    ]);
    expect(rows("SELECT decision, family, bar_time_utc FROM decisions ORDER BY id")).toEqual([
      ["submit", "entry", "1970-01-01T00:00:00.000Z"],
      ["skip", "entry", "1970-01-01T00:02:00.000Z"],
      ["submit", "close", "1970-01-01T00:03:00.000Z"],
    ]);
    expect(rows("SELECT direction, n_contracts, order_price, fill_price, fee, liquidity, fill_latency_ms FROM fills ORDER BY timestamp")).toEqual([
      [1, "1", "99", "99", "0.0198", "maker", 30_000],
      [-1, "1", "103", "103", "0.0515", "taker", 0],
    ]);
    // (103 - 99) × 1, less both fees.
    expect(rows("SELECT qty, gross, entry_fee, exit_fee, net, cumulative FROM live_pnl_ledger")).toEqual([
      ["1", "4", "0.0198", "0.0515", "3.9287", "3.9287"],
    ]);
    expect(rows("SELECT * FROM open_positions")).toEqual([]);
    // At the closes of 99 (as it was bought), 98 and 103.
    expect(rows("SELECT equity, cash, position_value, unrealized FROM equity ORDER BY seq")).toEqual([
      [1_000, 1_000, 0, 0],
      [999.9802, 999.9802, 99, 0],
      [998.9802, 999.9802, 98, -1],
      [1_003.9802, 999.9802, 103, 4],
    ]);
    expect(rows("SELECT entry_key, status, applied_filled_qty, remove_reason FROM pending_entry_orders")).toEqual([
      ["TEST/USDC:USDC|LONG", "FILLED", "1", "filled"],
    ]);
    reader.close();
    const again = openForRestart(path, journalOf(smallPlan()), origin, settings);
    expect(again.epoch).toBe(2);
    again.store.close();
  });
});
