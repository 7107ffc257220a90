// Files beside a session: made of the journal, checked, whole; a broken one blocks a start, and the journal wins over them.

import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { Effect } from "../../../src/domain/index.ts";
import type { Cause, CommitNotes } from "../../../src/journal/index.ts";
import { checkLiveFiles, writeLiveFiles, type LivePendingEntries } from "../../../src/journal/sqlite/live-files.ts";
import { openForRestart } from "../../../src/journal/sqlite/open.ts";
import { JournalReader } from "../../../src/journal/sqlite/reader.ts";
import { createJournal, type SqliteCommits } from "../../../src/journal/sqlite/sqlite-commits.ts";
import { verifyJournal } from "../../../src/journal/sqlite/verify.ts";
import { journalOf, origin, settings, smallPlan, temporaryFolder } from "./journals.ts";
import { request, stormCause } from "./storm.ts";

let folder: string;
let remove: () => void;
let path: string;
let store: SqliteCommits;
beforeEach(() => {
  ({ folder, remove } = temporaryFolder());
  path = join(folder, "session.sqlite");
  store = createJournal(path, journalOf(smallPlan()), origin, { ...settings, durable: false });
});
afterEach(() => {
  store.close();
  remove();
});

function write(): void {
  const reader = new JournalReader(path);
  writeLiveFiles(folder, path, reader.tables, reader.header);
  reader.close();
}

const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), "utf8"));

function tell(cause: Partial<Cause> & { type: Cause["type"] }, effects: readonly Effect[] = [], notes?: CommitNotes): void {
  store.append(1, { ...stormCause(store.last + 1), ...cause } as Cause, effects, notes);
}

describe("files beside a session", () => {
  it("004-PE-1, 004-PE-2: a pending entry stands there with its strategy's state of 120 lots, whole", () => {
    const lots = Array.from({ length: 120 }, (_, at) => ({ price: `${100 - at / 7}`, quantity: "0.125", note: "lot ".repeat(20) }));
    const state = { lots, next: 121, ladder: { b: 1, a: [1, null, { z: true }] } };
    tell({ type: "instant_closed" }, [request(1)], { strategies: [{ order: 256 as never, state }] });
    tell({ type: "order_acknowledged", order: 256 as never, market: 0 as never, venueOrderId: "abc-1" });
    write();
    const { entries, schema, run_id } = read("live_pending_entries.json") as LivePendingEntries;
    expect([schema, run_id]).toEqual(["live_pending_entries_v1", "test-session"]);
    expect(Object.keys(entries)).toEqual(["TEST/USDC:USDC|LONG"]);
    expect(entries["TEST/USDC:USDC|LONG"]).toMatchObject({
      symbol: "TEST/USDC:USDC",
      side: "LONG",
      exchange_order_id: "abc-1",
      limit_price: "99",
      delta_qty: "1",
      applied_filled_qty: "0",
      status: "SUBMITTED",
      strategy_snapshot: state,
    });
  });

  it("004-PE-3: a second entry of a side gets a name of its own; one that has ended keeps its row with when and why", () => {
    tell({ type: "instant_closed" }, [request(1), request(2)]);
    write();
    expect(Object.keys((read("live_pending_entries.json") as LivePendingEntries).entries)).toEqual([
      "TEST/USDC:USDC|LONG",
      "TEST/USDC:USDC|LONG#512",
    ]);
    tell({ type: "order_canceled", order: 256 as never, market: 0 as never, cumulative: 0 as never }, [
      { type: "order_settled", order: 256 as never, market: 0 as never, status: "CANCELED", reason: "dca_limit_timeout" as never },
    ]);
    write();
    expect(Object.keys((read("live_pending_entries.json") as LivePendingEntries).entries)).toEqual(["TEST/USDC:USDC|LONG#512"]);
    const reader = new JournalReader(path);
    const row = reader.tables.get(
      "SELECT run_id, status, created_utc, updated_utc, removed_utc, remove_reason FROM pending_entry_orders WHERE order_number = 256",
    );
    reader.close();
    const [created, removed] = ["1970-01-01T00:01:00.000Z", "1970-01-01T00:02:00.000Z"];
    expect({ ...row }).toEqual({
      run_id: "test-session",
      status: "CANCELED",
      created_utc: created,
      updated_utc: removed,
      removed_utc: removed,
      remove_reason: "dca_limit_timeout",
    });
  });

  it("004-PE-3: a broken file blocks the start and names itself; what a whole one says wrong the journal says better", () => {
    tell({ type: "instant_closed" }, [request(1)]);
    write();
    checkLiveFiles(folder);
    const file = join(folder, "live_pending_entries.json");
    const whole = readFileSync(file, "utf8");
    for (const broken of [whole.slice(0, -20), "", "{}", whole.replace('"LONG"', '"LONGISH"'), whole.replace('"schema"', '"Schema"')]) {
      writeFileSync(file, broken);
      expect(() => checkLiveFiles(folder)).toThrow(
        expect.objectContaining({ code: "live_file_broken", exitCode: 1, place: expect.objectContaining({ file }) as object }),
      );
    }
    writeFileSync(file, whole.replace('"limit_price": "99"', '"limit_price": "1"'));
    checkLiveFiles(folder);
    write();
    expect(readFileSync(file, "utf8")).toBe(whole);
    store.close();
    writeFileSync(file, "not json");
    const start = () => openForRestart(path, journalOf(smallPlan()), origin, { ...settings, liveFolder: folder });
    expect(start).toThrow(expect.objectContaining({ code: "live_file_broken" }));
    writeFileSync(file, whole);
    ({ store } = start());
    expect(readdirSync(folder).some((name) => name.endsWith(".part"))).toBe(false);
  });

  it("004-HB-1, 004-SG-1: the heartbeat says when it was, what is open, and who has stopped new orders", () => {
    tell({ type: "instant_closed" }, [request(1)]);
    const fill = { trade: "t1", price: 9_900, quantity: 400, fee: 1_000_000, feeCurrency: "USDC", liquidity: "maker", cumulative: 400 };
    tell({ type: "order_filled", order: 256, market: 0, sequence: 1, ...fill } as never);
    tell({ type: "operator_command", command: "stop_new_orders", text: "STOP_NEW_ORDERS: maintenance at noon" } as never);
    write();
    expect(read("live_heartbeat.json")).toEqual({
      schema: "live_dual_heartbeat_v1",
      ts_utc: "1970-01-01T00:03:00.000Z",
      run_id: "test-session",
      session_db: "session.sqlite",
      last_bar_ts: "1970-01-01T00:01:00.000Z",
      positions_count: 1,
      stop_new_orders: true,
      stop_reason: "stop_new_orders: STOP_NEW_ORDERS: maintenance at noon",
    });
    expect(read("live_positions.json")).toMatchObject({ positions: { "TEST/USDC:USDC|LONG": { qty: "0.4", entry_price: "99" } } });
    tell({ type: "operator_command", command: "resume", text: "" } as never);
    write();
    expect(read("live_heartbeat.json")).toMatchObject({ stop_new_orders: false, stop_reason: null });
  });

  it("004-MF-1: the manifest's hashes are those of the files", () => {
    write();
    const of = (text: string) => createHash("sha256").update(text).digest("hex");
    const long = { class_path: "dca", path: "/bots/dca.ts", basename: "dca.ts", sha256: of("export default 1;\n"), size_bytes: 18, mtime_utc: null };
    const config = {
      path: "/bots/dca.json",
      basename: "dca.json",
      sha256: of('{"symbol":"X"}'),
      size_bytes: 14,
      mtime_utc: "2025-05-01T00:00:00.000Z",
    };
    expect(read("live_run_manifest.json")).toEqual({ run_id: "test-session", artifacts: { config, strategies: { long, short: long } } });
  });

  it("002-FJ-1, 004-TE-3: fills stand once with their loss and latency; submitted is the sum of all fates", () => {
    const skip = (intent: number) =>
      ({ type: "intent_skipped", intent, market: 0, kind: "ADD", side: "LONG", family: "dca", reason: "strategy_execution_backoff" }) as never;
    tell({ type: "instant_closed" }, [request(1), request(2), request(3), skip(4), skip(5)]);
    const fill = (order: number, trade: string, price: number, quantity: number, cumulative: number, time: number) =>
      ({
        type: "order_filled",
        order,
        market: 0,
        sequence: 1,
        time,
        trade,
        price,
        quantity,
        fee: 0,
        feeCurrency: "USDC",
        liquidity: "taker",
        cumulative,
      }) as never;
    // Asked for at 99: two parts, the second a quarter of a dollar better, told twice.
    tell(fill(256, "a", 9_900, 600, 600, 60_250));
    tell(fill(256, "b", 9_875, 400, 1_000, 61_000), [{ type: "order_settled", order: 256, market: 0, status: "FILLED", reason: "filled" } as never]);
    tell(fill(256, "b", 9_875, 400, 1_000, 61_000));
    tell(
      {
        type: "order_rejected",
        order: 512,
        market: 0,
        reason: "min_notional",
        code: "-1013",
        message: "Filter failure",
        ccxtClass: null,
        limit: null,
      } as never,
      [{ type: "order_settled", order: 512, market: 0, status: "REJECTED", reason: "min_notional" } as never],
    );
    const reader = new JournalReader(path);
    const rows = reader.tables.all(
      "SELECT symbol, direction, n_contracts, order_price, fill_price, actual_slippage, fill_latency_ms FROM fills WHERE symbol = ? AND timestamp >= ? ORDER BY timestamp DESC LIMIT 5",
      "TEST/USDC:USDC",
      "1970-01-01T00:01:00.000Z",
    );
    reader.close();
    const both = { symbol: "TEST/USDC:USDC", direction: 1, order_price: "99" };
    expect(rows.map((row) => ({ ...row }))).toEqual([
      { ...both, n_contracts: "0.4", fill_price: "98.75", actual_slippage: 0.25, fill_latency_ms: 1_000 },
      { ...both, n_contracts: "0.6", fill_price: "99", actual_slippage: 0, fill_latency_ms: 250 },
    ]);
    write();
    expect(read("live_execution_metrics.json")).toMatchObject({
      metrics: {
        "TEST/USDC:USDC|none|dca|none": { signals: 2, submitted: 0, fill_rate: null },
        "TEST/USDC:USDC|buy|entry|limit": {
          signals: 3,
          submitted: 3,
          filled: 1,
          rejected: 1,
          canceled_no_fill: 0,
          reverted: 0,
          unknown: 0,
          open: 1,
          qty_requested: "3",
          qty_filled: "1",
          // 3 × 99; 0.6 × 99 + 0.4 × 98.75; a quarter of 99 better on one of two fills; one of the two that ended was filled.
          notional_requested: "297",
          notional_filled: "98.9",
          slippage_bp_mean: expect.closeTo((-0.25 / 99) * 5_000, 9) as number,
          fill_rate: 0.5,
          reject_rate: 0.5,
        },
      },
    });
    // (0.6 × 99 + 0.4 × 98.75) ÷ 1
    expect(read("live_positions.json")).toMatchObject({ positions: { "TEST/USDC:USDC|LONG": { qty: "1", entry_price: "98.9" } } });
    expect(verifyJournal(path).findings).toEqual([]);
  });
});
