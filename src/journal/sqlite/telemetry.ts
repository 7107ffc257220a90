// How much stands in each table of a session's journal, and whether the files beside it say as much (row 004-TE-2). It counts, and
// makes nothing anew.

import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

import { journalError, wordsOf } from "./errors.ts";
import type { JournalReader } from "./reader.ts";
import { tablesOf } from "./schema.ts";

/** A file beside the journal, and what the tables have of the same. */
export interface CountedFile {
  readonly file: string;
  /** What is counted in it. */
  readonly what: string;
  /** null: there is no such file. */
  readonly counted: number | null;
  readonly expected: number;
  /** True also of a file that is not there: it may not have been written yet. */
  readonly agrees: boolean;
}

export interface Telemetry {
  readonly file: string;
  readonly run: string;
  readonly format: number;
  /** Rows by table. */
  readonly tables: Readonly<Record<string, number>>;
  readonly files: readonly CountedFile[];
  /** Every file that is there says what the tables say. */
  readonly agrees: boolean;
}

interface FileCount {
  readonly name: string;
  readonly what: string;
  /** Of the parsed file; of JSON lines, the list of them. */
  readonly counted: (content: never) => number;
  /** One number; absent: the markets. */
  readonly sql?: string;
}

const rows = (table: string, where = ""): string => `SELECT count(*) AS n FROM ${table}${where}`;

const fileCounts: readonly FileCount[] = [
  {
    name: "live_pending_entries.json",
    what: "pending entries",
    counted: ({ entries }: { entries: object }) => Object.keys(entries).length,
    sql: rows("pending_entry_orders", " WHERE removed_utc IS NULL"),
  },
  {
    name: "live_positions.json",
    what: "open positions",
    counted: ({ positions }: { positions: object }) => Object.keys(positions).length,
    sql: rows("open_positions"),
  },
  {
    name: "live_heartbeat.json",
    what: "open positions",
    counted: ({ positions_count }: { positions_count: number }) => positions_count,
    sql: rows("open_positions"),
  },
  { name: "live_pnl_summary.json", what: "closes", counted: ({ closes }: { closes: number }) => closes, sql: rows("live_pnl_ledger") },
  {
    name: "live_execution_metrics.json",
    what: "orders",
    counted: ({ metrics }: { metrics: Record<string, { submitted: number }> }) =>
      Object.values(metrics).reduce((sum, { submitted }) => sum + submitted, 0),
    sql: rows("orders"),
  },
  { name: "live_dynamic_min_order_floor.json", what: "markets", counted: ({ floors }: { floors: object }) => Object.keys(floors).length },
  {
    name: "strategy_state_events.jsonl",
    what: "state events",
    counted: ({ length }: readonly unknown[]) => length,
    sql: rows("strategy_state_events"),
  },
];

/** @throws SeatrialError `live_file_broken` */
export function telemetryOf(reader: JournalReader): Telemetry {
  const { path, header, tables } = reader;
  const { all } = tablesOf(header.format);
  const count = (sql: string): number => Number(tables.get(sql)?.["n"] ?? 0);
  const files = fileCounts
    .filter(({ sql = "" }) => header.format > 1 || !sql.includes("strategy_state_events"))
    .map(({ name, what, counted: countIn, sql }): CountedFile => {
      const expected = sql === undefined ? header.markets.length : count(sql);
      const counted = countedIn(join(dirname(path), name), countIn);
      return { file: name, what, counted, expected, agrees: counted === null || counted === expected };
    });
  const counts = Object.fromEntries(Object.keys(all).map((table) => [table, count(rows(table))]));
  return { file: path, run: header.run, format: header.format, tables: counts, files, agrees: files.every(({ agrees }) => agrees) };
}

function countedIn(file: string, count: FileCount["counted"]): number | null {
  if (!existsSync(file)) return null;
  try {
    const text = readFileSync(file, "utf8");
    const content: unknown = basename(file).endsWith(".jsonl") ? text.split("\n").slice(0, -1) : JSON.parse(text);
    return count(content as never);
  } catch (error) {
    throw journalError("live_file_broken", file, `it is not what this session writes there: ${wordsOf(error)}`, error);
  }
}
