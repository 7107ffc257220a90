// Rows 004-TE-1 and 004-TE-2: calls and their answers, what the market said, the strategies' states, what was printed and attached;
// and fills that are more than their order can have. Facts are told by hand; order 256 asks for 1 at 99.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { Effect } from "../../../src/domain/index.ts";
import { patchOf, stateDiff, type Cause, type CommitNotes, type PatchStep, type StateChange } from "../../../src/journal/index.ts";
import { checkLiveFiles, writeLiveFiles } from "../../../src/journal/sqlite/live-files.ts";
import { openForRestart } from "../../../src/journal/sqlite/open.ts";
import { JournalReader } from "../../../src/journal/sqlite/reader.ts";
import { repairJournal } from "../../../src/journal/sqlite/repair.ts";
import { sessionFills } from "../../../src/journal/sqlite/session-fills.ts";
import { keepBeside } from "../../../src/journal/sqlite/side-rows.ts";
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
  store = createJournal(path, journalOf(smallPlan()), { ...origin, minOrderNotional: 12 }, { ...settings, durable: false });
});
afterEach(() => {
  store.close();
  remove();
});

function tell(cause: object, effects: readonly object[] = [], notes?: CommitNotes): void {
  store.append(store.epoch, { ...stormCause(store.last + 1), ...cause } as Cause, effects as readonly Effect[], notes);
}

function rows(sql: string): unknown[][] {
  const reader = new JournalReader(path);
  try {
    return reader.tables.all(sql).map((row) => Object.values(row));
  } finally {
    reader.close();
  }
}

function restart(): void {
  store.close();
  open();
}

function open(): void {
  ({ store } = openForRestart(path, journalOf(smallPlan()), origin, { ...settings, durable: false }));
}

const order = { order: 256, market: 0 };
const fill = (trade: number | string, price: number, quantity: number, cumulative: number) => {
  const cost = { fee: 0, feeCurrency: "USDC", liquidity: "maker" };
  return { type: "order_filled", ...order, sequence: 1, trade, price, quantity, cumulative, ...cost };
};
const synced = (quantity: number, reason: string) => ({ type: "position_synced", market: 0, leg: "LONG", status: "SYNCED", quantity, reason });

describe("a fill that is more than its order can have", () => {
  const held = () => rows("SELECT qty, entry_price FROM open_positions");
  const counted = () => rows("SELECT n_contracts, fill_price FROM fills ORDER BY seq, id");
  const filled = () => rows("SELECT filled_qty, status FROM orders")[0];

  beforeEach(() => {
    tell({ type: "instant_closed" }, [request(1)]);
    tell(fill(1, 9_900, 1_000, 1_000), [{ type: "order_settled", ...order, status: "FILLED", reason: "filled" }]);
    tell(fill(2, 9_700, 1_000, 1_000));
  });

  it("counts for nothing while it is in question", () => {
    expect([held(), counted(), filled()]).toEqual([[["1", "99"]], [["1", "99"]], ["1", "FILLED"]]);
    expect(rows("SELECT leg, change_units FROM held_fills")).toEqual([["LONG", 1_000]]);
  });

  it("was told twice: it never counts, also where another process hears of it", () => {
    restart();
    tell({ type: "instant_closed" }, [synced(1_000, "fill_told_twice")]);
    expect([held(), counted(), filled()]).toEqual([[["1", "99"]], [["1", "99"]], ["1", "FILLED"]]);
    expect(rows("SELECT * FROM held_fills")).toEqual([]);
    expect(verifyJournal(path).findings).toEqual([]);
  });

  it("is the position's: it counts from then on at its own price, also where another process hears of it", () => {
    restart();
    tell({ type: "instant_closed" }, [synced(2_000, "fill_beyond_order")]);
    expect([held(), filled()]).toEqual([[["2", "98"]], ["2", "FILLED"]]);
    expect(counted()).toEqual([
      ["1", "99"],
      ["1", "97"],
    ]);
    // It is explained: the cash is known.
    expect(rows("SELECT cash_units FROM heartbeat")).not.toEqual([[null]]);
    expect(verifyJournal(path).findings).toEqual([]);
  });

  it("is one of two: the position names which", () => {
    tell(fill(3, 9_600, 400, 1_000));
    tell({ type: "instant_closed" }, [synced(1_400, "fill_beyond_order"), synced(1_400, "fill_told_twice")]);
    expect([held()[0]?.[0], counted()]).toEqual([
      "1.4",
      [
        ["1", "99"],
        ["0.4", "96"],
      ],
    ]);
  });

  it("is none where an amendment made room for it", () => {
    tell({ type: "instant_closed" }, [request(2), { type: "amend_order", order: 512, market: 0, price: null, trigger: null, quantity: 3_000 }]);
    tell({ ...fill(4, 9_800, 3_000, 3_000), order: 512 });
    expect(held()[0]?.[0]).toBe("4");
  });

  it("is told from the next by what had filled, where the venue leaves out trade ids", () => {
    tell({ type: "instant_closed" }, [request(2)]);
    tell({ ...fill("", 9_800, 400, 400), order: 512 });
    tell({ ...fill("", 9_800, 600, 1_000), order: 512 });
    expect(rows("SELECT filled_qty FROM orders WHERE order_number = 512")).toEqual([["1"]]);
  });
});

describe("calls of the venue", () => {
  const calls = () => rows("SELECT method, status, result_json, error_text, elapsed_ms FROM exchange_api_log ORDER BY seq");

  it("stand under ccxt's names, with what they asked for", () => {
    tell({ type: "instant_closed" }, [request(1)]);
    const [[seq, source, scenario, method, args, params, name, id] = []] = rows(
      "SELECT seq, source, scenario_id, method, args_json, kwargs_json, exchange_name, exchange_id FROM exchange_api_log",
    );
    expect([seq, source, scenario, method, name, id]).toEqual([1, "virtual", "test-session", "createOrder", "generic", "generic"]);
    expect(JSON.parse(args as string)).toEqual(["TEST/USDC:USDC", "limit", "buy", "1", "99"]);
    expect(JSON.parse(params as string)).toMatchObject({
      timeInForce: "GTC",
      reduceOnly: false,
      leg: "LONG",
      clientOrderId: expect.any(String) as string,
    });
  });

  it("are answered one by one, in venue time: taken, refused, amended, canceled, lost", () => {
    tell({ type: "instant_closed" }, [request(1), request(2), request(3)]);
    tell({ type: "order_acknowledged", ...order, venueOrderId: "v-1", time: 60_250 });
    const refusal = { reason: "min_notional", code: "-1013", message: "Filter failure: NOTIONAL", ccxtClass: "InvalidOrder" };
    tell({ type: "order_rejected", order: 512, market: 0, time: 60_300, ...refusal });
    tell({ type: "order_unknown", order: 768, market: 0, request: "submit", time: 70_000 });
    tell({ type: "instant_closed", time: 120_000 }, [{ type: "amend_order", ...order, price: 9_800, trigger: null, quantity: null }]);
    tell({ type: "order_amended", ...order, price: 9_800, trigger: null, quantity: 1_000, time: 120_010 });
    tell({ type: "instant_closed", time: 180_000 }, [{ type: "cancel_order", ...order, reason: "scripted" }]);
    tell({ type: "order_canceled", ...order, cumulative: 0, time: 180_040 });
    expect(calls()).toEqual([
      ["createOrder", "ok", '{"id":"v-1"}', null, 250],
      ["createOrder", "error", null, "InvalidOrder -1013 Filter failure: NOTIONAL (min_notional)", 300],
      ["createOrder", "unknown", null, "nothing definite came back", 10_000],
      ["editOrder", "ok", '{"amount":"1","price":"98","triggerPrice":null}', null, 10],
      ["cancelOrder", "ok", '{"filled":"0"}', null, 40],
    ]);
    expect(JSON.parse(rows("SELECT args_json FROM exchange_api_log WHERE method = 'editOrder'")[0]?.[0] as string)).toEqual([
      "v-1",
      "TEST/USDC:USDC",
      "limit",
      "buy",
      null,
      "98",
    ]);
    expect(verifyJournal(path).findings).toEqual([]);
  });

  it("are answered in their order where two ask the same; a stream's word answers none", () => {
    tell({ type: "position_reported", market: 0, leg: "LONG", quantity: 5, entryPrice: null, external: true });
    tell({ type: "instant_closed", time: 60_000 }, [{ type: "query_position", market: 0, leg: "LONG" }]);
    tell({ type: "instant_closed", time: 61_000 }, [{ type: "query_position", market: 0, leg: "LONG" }]);
    tell({ type: "position_reported", market: 0, leg: "LONG", quantity: 0, entryPrice: null, external: false, time: 61_500 });
    expect(rows("SELECT status, elapsed_ms, answer_seq FROM exchange_api_log ORDER BY seq")).toEqual([
      ["ok", 1_500, 4],
      ["sent", null, null],
    ]);
  });

  it("that were open when the process ended are unknown: a later answer belongs to a later call", () => {
    tell({ type: "instant_closed", time: 60_000 }, [{ type: "query_open_orders", market: 0 }]);
    restart();
    tell({ type: "session_resumed", epoch: 2, since: 60_000, changed: null, time: 90_000 }, [{ type: "query_open_orders", market: 0 }]);
    tell({ type: "open_orders_reported", market: 0, orders: [], complete: true, time: 90_100 });
    expect(calls()).toEqual([
      ["fetchOpenOrders", "unknown", null, "the process ended before an answer came", null],
      ["fetchOpenOrders", "ok", '{"complete":true,"orders":[]}', null, 100],
    ]);
    expect(verifyJournal(path).findings).toEqual([]);
  });
});

describe("the market and the strategies", () => {
  it("have a row for each order that leaves and each fill; what bars do not say is NULL", () => {
    tell({ type: "instant_closed" }, [request(1)], { market: [{ order: 256 as never, lastClose: 10_000 }] });
    const bar = { arrival: 9_950, barLow: 9_800, barHigh: 10_100, barVolume: 5_000 };
    tell(fill("t", 9_900, 1_000, 1_000), [], { market: [{ order: 256 as never, trade: "t", ...bar }] });
    expect(
      rows(
        "SELECT event, fill_id, bid, ask, spread, last_close, arrival_price, bar_low, bar_high, bar_volume FROM market_microstructure ORDER BY id",
      ),
    ).toEqual([
      ["sent", null, null, null, null, "100", null, null, null, null],
      ["filled", "0/256/t", null, null, null, null, "99.5", "98", "101", "5"],
    ]);
    const reader = new JournalReader(path);
    const [only] = sessionFills(reader.tables, reader.header);
    reader.close();
    expect(only).toMatchObject({ requested: "99", price: "99", arrival: "99.5", volume: "5", capped: false, type: "limit", side: "buy" });
  });

  it("have a row for each state that was noted, with what has changed", () => {
    const noted = (changes: readonly StateChange[]) => ({ states: [{ market: 0 as never, changes }] });
    tell({ type: "instant_closed" }, [], noted([{ path: "", after: { lots: [6, 7], armed: false } }]));
    const sold = stateDiff({ lots: [6, 7], armed: false }, { lots: [6], armed: true });
    tell({ type: "instant_closed" }, [], noted(sold));
    expect(rows("SELECT symbol, event, before, after, diff FROM strategy_state_events ORDER BY id")).toEqual([
      [
        "TEST/USDC:USDC",
        "instant_closed",
        "{}",
        '{"":{"armed":false,"lots":[6,7]}}',
        '[{"op":"add","path":"","value":{"armed":false,"lots":[6,7]}}]',
      ],
      [
        "TEST/USDC:USDC",
        "instant_closed",
        '{"/armed":false,"/lots/1":7}',
        '{"/armed":true}',
        '[{"op":"replace","path":"/armed","value":true},{"op":"remove","path":"/lots/1"}]',
      ],
    ]);
    expect(verifyJournal(path).findings).toEqual([]);
  });

  it("what has changed is named member by member, in the order of names", () => {
    const before = { a: 1, lots: Array.from({ length: 11 }, (_, at) => at), gone: null, same: { x: [1] }, kind: [1] };
    const after = { a: 2, lots: [0, 9, 2, 3, 4, 5, 6, 7, 8, 9, 0], new: {}, same: { x: [1] }, kind: { 0: 1 } };
    expect(stateDiff(before, after)).toEqual([
      { path: "/a", before: 1, after: 2 },
      { path: "/gone", before: null },
      { path: "/kind", before: [1], after: { 0: 1 } },
      { path: "/lots/1", before: 1, after: 9 },
      { path: "/lots/10", before: 10, after: 0 },
      { path: "/new", after: {} },
    ]);
    expect(stateDiff({ "a/b": 1, "c~d": [1, 2, 3] }, { "c~d": [1] })).toEqual([
      { path: "/a~1b", before: 1 },
      { path: "/c~0d/1", before: 2 },
      { path: "/c~0d/2", before: 3 },
    ]);
    expect(stateDiff({ a: 1 }, { a: undefined, b: undefined })).toEqual([{ path: "/a", before: 1 }]);
    expect(stateDiff(1, null)).toEqual([{ path: "", before: 1, after: null }]);
  });

  it("the patch of it makes the later state of the earlier one, whatever they are", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (before, after) => {
        const made = patchOf(stateDiff(before, after)).reduce(patched, JSON.parse(JSON.stringify(before)));
        expect(JSON.parse(JSON.stringify(made))).toEqual(JSON.parse(JSON.stringify(after)));
      }),
      { numRuns: 300 },
    );
  });
});

/** RFC 6902, as far as it is needed here, by another hand. */
function patched(document: unknown, { op, path, value }: PatchStep): unknown {
  if (path === "") return value;
  const names = path
    .split("/")
    .slice(1)
    .map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"));
  const last = names.pop() as string;
  const parent = names.reduce((branch, name) => (branch as Record<string, unknown>)[name], document) as Record<string, unknown>;
  if (Array.isArray(parent)) parent.splice(Number(last), op === "add" ? 0 : 1, ...(op === "remove" ? [] : [value]));
  else if (op === "remove") delete parent[last];
  else Object.defineProperty(parent, last, { value, enumerable: true, configurable: true, writable: true });
  return document;
}

describe("the files of it", () => {
  const read = (name: string): string => readFileSync(join(folder, name), "utf8");
  function write(calibrate: (() => unknown) | null): string[] {
    const reader = new JournalReader(path);
    try {
      return writeLiveFiles(folder, path, reader.tables, reader.header, calibrate);
    } finally {
      reader.close();
    }
  }

  it("004-MO-1: the floor is the largest of the operator's and the venue's with a tenth more; without a price there is none", () => {
    write(null);
    const floors = (): unknown => (JSON.parse(read("live_dynamic_min_order_floor.json")) as { configured: number; floors: unknown }).floors;
    expect(floors()).toMatchObject({ "TEST/USDC:USDC": { price: null, floor: null } });
    tell({ type: "instant_closed" }, [request(1)]);
    write(null);
    // Its market asks for no least value or quantity but what its rules say: the operator's 12 is more, at a price of 99.
    expect(JSON.parse(read("live_dynamic_min_order_floor.json"))).toMatchObject({ configured: 12, run_id: "test-session" });
    expect(floors()).toMatchObject({ "TEST/USDC:USDC": { price: "99", price_utc: "1970-01-01T00:01:00.000Z", floor: 12 } });
  });

  it("states stand one a line, a calibration where one can be made; a broken line blocks a start", () => {
    tell({ type: "instant_closed" }, [], { states: [{ market: 0 as never, changes: [{ path: "", after: { n: 1 } }] }] });
    tell({ type: "instant_closed" }, [], { states: [{ market: 0 as never, changes: [{ path: "/n", before: 1, after: 2 }] }] });
    expect(write(null).some((file) => file.endsWith("calibration.json"))).toBe(false);
    const made = { fills: 0, p90Bp: null, p95Bp: null, volumeRatio: null, refusal: "0 of at least 30 fills" };
    expect(write(() => made).some((file) => file.endsWith("live_slippage_calibration.json"))).toBe(true);
    expect(JSON.parse(read("live_slippage_calibration.json"))).toMatchObject({ schema: "live_slippage_calibration_v1", ...made });
    const lines = read("strategy_state_events.jsonl").trimEnd().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as { diff: unknown }).diff)).toEqual([
      [{ op: "add", path: "", value: { n: 1 } }],
      [{ op: "replace", path: "/n", value: 2 }],
    ]);
    checkLiveFiles(folder);
    writeFileSync(join(folder, "strategy_state_events.jsonl"), `${lines[0]}\n{"seq":\n`);
    expect(() => checkLiveFiles(folder)).toThrow(expect.objectContaining({ code: "live_file_broken" }));
  });
});

describe("what was printed and attached", () => {
  const secret = "k3y-that-nobody-may-read";
  afterEach(() => {
    delete process.env["TEST_VENUE_API_KEY"];
  });
  const printed = [{ stream: "stdout" as const, text: `fine\nkey ${secret}\n`, time: 1_000 }];
  const attached = [{ role: "data", path: "/data/bars.csv", sha256: "0".repeat(64), bytes: 12, changed: 2_000 }];

  it("is kept beside the chain, without secrets of the environment, and a change of it is found", () => {
    process.env["TEST_VENUE_API_KEY"] = secret;
    tell({ type: "instant_closed" });
    store.close();
    keepBeside(path, printed, attached, 3_000);
    keepBeside(path, printed, [], 4_000);
    expect(rows("SELECT id, epoch, ts_utc, stream, text FROM stdio_log")).toEqual([
      [1, 1, "1970-01-01T00:00:01.000Z", "stdout", "fine\nkey [TEST_VENUE_API_KEY]\n"],
      [2, 1, "1970-01-01T00:00:01.000Z", "stdout", "fine\nkey [TEST_VENUE_API_KEY]\n"],
    ]);
    expect(rows("SELECT role, basename, size_bytes, mtime_utc FROM attached_artifacts")).toEqual([
      ["data", "bars.csv", 12, "1970-01-01T00:00:02.000Z"],
    ]);
    expect(verifyJournal(path)).toMatchObject({ ok: true, commits: 1 });
    const database = new DatabaseSync(path);
    database.exec("UPDATE stdio_log SET text = 'finer' WHERE id = 2");
    database.close();
    expect(verifyJournal(path).findings).toMatchObject([{ part: "document", text: "row 2 of stdio_log is not what was kept" }]);
    open();
  });

  it("survives a repair, and is refused while somebody writes", () => {
    tell({ type: "instant_closed" }, [request(1)]);
    expect(() => keepBeside(path, printed, attached, 3_000)).toThrow(expect.objectContaining({ code: "journal_owned" }));
    store.close();
    keepBeside(path, printed, attached, 3_000);
    const database = new DatabaseSync(path);
    database.exec("DELETE FROM exchange_api_log");
    database.close();
    repairJournal(path, 0);
    expect([rows("SELECT count(*) FROM stdio_log"), rows("SELECT count(*) FROM exchange_api_log")]).toEqual([[[1]], [[1]]]);
    expect(verifyJournal(path).findings).toEqual([]);
    open();
  });
});
