// Files beside a session for whoever watches it: pending entries, positions, heartbeat, manifest, results, execution and what live-telemetry-files.ts adds. Each is made
// of the journal's projections, checked, and put in its place whole. The journal wins over them; one that is broken blocks a start.

import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

import { z } from "zod";

import { attemptOf, parseDecimal, printDecimal, printUnits, type Decimal, type OrderNumber } from "../../domain/index.ts";
import { journalError, wordsOf } from "./errors.ts";
import type { JournalHeader } from "./format.ts";
import type { LiveFile, LiveSource } from "./live-source.ts";
import { telemetryFiles } from "./live-telemetry-files.ts";
import type { Manifest } from "./origin.ts";
import { textOf, textOrNull, type Row, type Tables } from "./tables.ts";
import { Words } from "./words.ts";

const time = z.iso.datetime();
const decimal = z.string().regex(/^-?\d+(?:\.\d+)?$/);
const json = z.json();
const digest = z.string().regex(/^[0-9a-f]{64}$/);

/** Row 004-PE-1. */
const pendingEntries = z.strictObject({
  schema: z.literal("live_pending_entries_v1"),
  run_id: z.string(),
  ts_utc: time,
  entries: z.record(
    z.string(),
    z.strictObject({
      symbol: z.string(),
      side: z.enum(["LONG", "SHORT"]),
      exchange_order_id: z.string().nullable(),
      created_bar_iso: time.nullable(),
      limit_price: decimal.nullable(),
      delta_qty: decimal,
      applied_filled_qty: decimal,
      status: z.string(),
      last_order: json,
      strategy_snapshot: json,
      intent: json,
    }),
  ),
});

const positions = z.strictObject({
  schema: z.literal("live_positions_v1"),
  run_id: z.string(),
  ts_utc: time,
  positions: z.record(
    z.string(),
    z.strictObject({ symbol: z.string(), leg: z.string(), qty: decimal, entry_price: decimal.nullable(), updated_utc: time }),
  ),
});

/** Row 004-HB-1. */
const heartbeat = z.strictObject({
  schema: z.literal("live_dual_heartbeat_v1"),
  ts_utc: time,
  run_id: z.string(),
  session_db: z.string(),
  last_bar_ts: time.nullable(),
  positions_count: z.int().min(0),
  stop_new_orders: z.boolean(),
  stop_reason: z.string().nullable(),
});

const artifact = z.strictObject({ path: z.string(), basename: z.string(), sha256: digest, size_bytes: z.int().min(0), mtime_utc: time.nullable() });
const strategy = artifact.partial().extend({ class_path: z.string() });

/** Row 004-MF-1. */
const runManifest = z.strictObject({
  run_id: z.string(),
  artifacts: z.strictObject({ config: artifact, strategies: z.strictObject({ long: strategy, short: strategy }) }),
});

const pnlSummary = z.strictObject({
  schema: z.literal("live_pnl_summary_v1"),
  run_id: z.string(),
  ts_utc: time,
  closes: z.int().min(0),
  gross: decimal,
  entry_fees: decimal,
  exit_fees: decimal,
  net: decimal,
  by_symbol: z.record(z.string(), z.strictObject({ closes: z.int().min(0), net: decimal })),
});

/** Row 004-TE-3: by symbol|side|family|order type; of intents that were refused before they had a side and a type both are `none`. */
const executionMetrics = z.strictObject({
  schema: z.literal("live_execution_metrics_v1"),
  run_id: z.string(),
  ts_utc: time,
  metrics: z.record(
    z.string(),
    z.strictObject({
      /** Intents: a fallback or another attempt is no new one. */
      signals: z.int(),
      submitted: z.int(),
      filled: z.int(),
      rejected: z.int(),
      canceled_no_fill: z.int(),
      reverted: z.int(),
      unknown: z.int(),
      open: z.int(),
      qty_requested: decimal,
      qty_filled: decimal,
      /** Quantity × price asked for (a market order's: the last close), and × price paid; orders without either price are left out. */
      notional_requested: decimal,
      notional_filled: decimal,
      slippage_bp_sum: z.number(),
      slippage_observations: z.int(),
      /** Mean of the observations; null without any. */
      slippage_bp_mean: z.number().nullable(),
      /** Of what was submitted and has ended. */
      fill_rate: z.number().nullable(),
      reject_rate: z.number().nullable(),
    }),
  ),
});

export type LivePendingEntries = z.infer<typeof pendingEntries>;

const files: readonly LiveFile[] = [
  { name: "live_pending_entries.json", schema: pendingEntries, make: makePending },
  { name: "live_positions.json", schema: positions, make: makePositions },
  { name: "live_heartbeat.json", schema: heartbeat, make: makeHeartbeat },
  { name: "live_run_manifest.json", schema: runManifest, make: makeManifest },
  { name: "live_pnl_summary.json", schema: pnlSummary, make: makeSummary },
  { name: "live_execution_metrics.json", schema: executionMetrics, make: makeExecution },
  ...telemetryFiles,
];

/**
 * @param folder that of the results, not necessarily the journal's. @param calibrate see `LiveSource`
 * @throws what the file system throws: a sink that fails blocks no trading (failures D12)
 */
export function writeLiveFiles(
  folder: string,
  path: string,
  tables: Tables,
  header: JournalHeader,
  calibrate: LiveSource["calibrate"] = null,
): string[] {
  const now = textOf(tables.get("SELECT ts_utc FROM heartbeat WHERE id = 1"), "ts_utc");
  return files.flatMap((live) => {
    const text = textOfFile(live, { tables, header, path, now, calibrate });
    if (text === null) return [];
    const file = join(folder, live.name);
    replaceFile(file, text);
    return [file];
  });
}

function textOfFile({ schema, make, lines }: LiveFile, source: LiveSource): string | null {
  if (lines !== undefined)
    return lines(source)
      .map((line) => `${JSON.stringify(schema.parse(line))}\n`)
      .join("");
  const made = make?.(source) ?? null;
  return made === null ? null : `${JSON.stringify(schema.parse(made), null, 2)}\n`;
}

/**
 * Before a start: the files that are there can be read, whatever they say; what they say the journal knows better.
 * @throws SeatrialError `live_file_broken`, exit code 1: who broke one may have broken more
 */
export function checkLiveFiles(folder: string): void {
  for (const { name, schema, lines } of files) {
    const file = join(folder, name);
    if (!existsSync(file)) continue;
    try {
      const text = readFileSync(file, "utf8");
      const parts = lines === undefined ? [text] : text.split("\n").slice(0, -1);
      for (const part of parts) schema.parse(JSON.parse(part));
    } catch (error) {
      throw journalError("live_file_broken", file, `it is not what this session writes there: ${firstLine(wordsOf(error))}`, error);
    }
  }
}

function firstLine(text: string): string {
  return text.replace(/\s+/g, " ").slice(0, 160);
}

function makePending({ tables, header, now }: LiveSource): LivePendingEntries {
  const rows = tables.all("SELECT * FROM pending_entry_orders WHERE removed_utc IS NULL ORDER BY id");
  const entries = rows.map((row) => [
    textOf(row, "entry_key"),
    {
      symbol: textOf(row, "symbol"),
      side: textOf(row, "side") as "LONG" | "SHORT",
      exchange_order_id: textOrNull(row, "exchange_order_id"),
      created_bar_iso: textOrNull(row, "created_bar_iso"),
      limit_price: textOrNull(row, "limit_price"),
      delta_qty: textOf(row, "delta_qty"),
      applied_filled_qty: textOf(row, "applied_filled_qty"),
      status: textOf(row, "status"),
      last_order: parsed(row, "last_order"),
      strategy_snapshot: parsed(row, "strategy_snapshot"),
      intent: parsed(row, "intent"),
    },
  ]);
  return { schema: "live_pending_entries_v1", run_id: header.run, ts_utc: now, entries: Object.fromEntries(entries) as never };
}

function makePositions({ tables, header, now }: LiveSource): unknown {
  const rows = tables.all("SELECT symbol, leg, qty, entry_price, updated_utc FROM open_positions ORDER BY market, leg");
  const open = Object.fromEntries(rows.map((row) => [`${textOf(row, "symbol")}|${textOf(row, "leg")}`, { ...row }]));
  return { schema: "live_positions_v1", run_id: header.run, ts_utc: now, positions: open };
}

function makeHeartbeat({ tables, header, path, now }: LiveSource): unknown {
  const beat = tables.get("SELECT * FROM heartbeat WHERE id = 1");
  return {
    schema: "live_dual_heartbeat_v1",
    ts_utc: now,
    run_id: header.run,
    session_db: basename(path),
    last_bar_ts: textOrNull(beat, "last_bar_ts"),
    positions_count: Number(tables.get("SELECT count(*) AS open FROM open_positions")?.["open"]),
    stop_new_orders: beat?.["stop_new_orders"] === 1,
    stop_reason: textOrNull(beat, "stop_reason"),
  };
}

function makeManifest({ tables, header }: LiveSource): unknown {
  const {
    config,
    strategy: name,
    code,
  } = JSON.parse(textOf(tables.get("SELECT manifest FROM epochs ORDER BY epoch DESC LIMIT 1"), "manifest")) as Manifest;
  // One strategy trades both sides.
  const both = { class_path: name, ...code[0] };
  return { run_id: header.run, artifacts: { config, strategies: { long: both, short: both } } };
}

function makeSummary({ tables, header, now }: LiveSource): unknown {
  const rows = tables.all("SELECT symbol, gross, entry_fee, exit_fee, net FROM live_pnl_ledger ORDER BY id");
  const symbols = [...new Set(rows.map((row) => textOf(row, "symbol")))];
  const of = (symbol: string) => rows.filter((row) => row["symbol"] === symbol);
  return {
    schema: "live_pnl_summary_v1",
    run_id: header.run,
    ts_utc: now,
    closes: rows.length,
    gross: sumOf(rows, "gross"),
    entry_fees: sumOf(rows, "entry_fee"),
    exit_fees: sumOf(rows, "exit_fee"),
    net: sumOf(rows, "net"),
    by_symbol: Object.fromEntries(symbols.map((symbol) => [symbol, { closes: of(symbol).length, net: sumOf(of(symbol), "net") }])),
  };
}

/** What of an order's status counts as what. */
const fates: Readonly<Record<string, "filled" | "rejected" | "canceled_no_fill" | "reverted" | "unknown" | "open">> = {
  NEW: "open",
  SUBMITTED: "open",
  PARTIAL: "open",
  FILLED: "filled",
  REJECTED: "rejected",
  NEVER_ARRIVED: "rejected",
  REVERTED: "reverted",
  UNKNOWN: "unknown",
  QUARANTINED: "unknown",
};

function makeExecution({ tables, header, now }: LiveSource): unknown {
  const groups = new Map<string, ExecutionSums>();
  const { instruments } = new Words(header);
  const columns = "o.order_number, o.symbol, o.side, o.family, o.type, o.market, o.status, o.qty, o.filled_qty, o.filled_units, o.reference_units";
  for (const row of tables.all(`SELECT ${columns} FROM orders o ORDER BY o.order_number`)) {
    const sums = sumsOf(groups, ["symbol", "side", "family", "type"].map((column) => textOf(row, column)).join("|"));
    // Ended in another way, it was filled as far as it goes, or not at all.
    const fate = fates[textOf(row, "status")] ?? (Number(row["filled_units"]) > 0 ? "filled" : "canceled_no_fill");
    if (attemptOf(Number(row["order_number"]) as OrderNumber) === 0) sums.signals += 1;
    sums.submitted += 1;
    sums[fate] += 1;
    sums.qty_requested = plus(sums.qty_requested, textOf(row, "qty"));
    sums.qty_filled = plus(sums.qty_filled, textOf(row, "filled_qty"));
    const units = row["reference_units"];
    if (typeof units !== "number") continue;
    const asked = printUnits(units, instruments[Number(row["market"])]?.priceScale ?? 0);
    sums.notional_requested = plus(sums.notional_requested, times(asked, textOf(row, "qty")));
  }
  const refused = `SELECT symbol, family, COUNT(DISTINCT intent) AS signals FROM decisions
     WHERE decision = 'skip' AND intent NOT IN (SELECT order_number / 256 FROM orders) GROUP BY symbol, family ORDER BY symbol, family`;
  for (const row of tables.all(refused))
    sumsOf(groups, [textOf(row, "symbol"), "none", textOf(row, "family"), "none"].join("|")).signals += Number(row["signals"]);
  const traded = `SELECT o.symbol, o.side, o.family, o.type, f.n_contracts, f.fill_price, s.slippage_bp FROM fills f JOIN orders o USING (order_number)
     LEFT JOIN slippage_observations s ON s.fill_id = f.id WHERE f.voided = 0 ORDER BY f.seq, f.id`;
  for (const row of tables.all(traded)) {
    const sums = sumsOf(groups, ["symbol", "side", "family", "type"].map((column) => textOf(row, column)).join("|"));
    sums.notional_filled = plus(sums.notional_filled, times(textOf(row, "n_contracts"), textOf(row, "fill_price")));
    if (row["slippage_bp"] === null) continue;
    sums.slippage_bp_sum += Number(row["slippage_bp"]);
    sums.slippage_observations += 1;
  }
  const metrics = Object.fromEntries([...groups].map(([key, sums]) => [key, { ...sums, ...ratesOf(sums) }]));
  return { schema: "live_execution_metrics_v1", run_id: header.run, ts_utc: now, metrics };
}

type ExecutionSums = ReturnType<typeof noOrders>;

function noOrders() {
  const fatesOf = { signals: 0, submitted: 0, filled: 0, rejected: 0, canceled_no_fill: 0, reverted: 0, unknown: 0, open: 0 };
  const amounts = { qty_requested: "0", qty_filled: "0", notional_requested: "0", notional_filled: "0" };
  return { ...fatesOf, ...amounts, slippage_bp_sum: 0, slippage_observations: 0 };
}

function sumsOf(groups: Map<string, ExecutionSums>, key: string): ExecutionSums {
  const known = groups.get(key);
  if (known !== undefined) return known;
  const made = noOrders();
  groups.set(key, made);
  return made;
}

function ratesOf({ submitted, open, filled, rejected, slippage_bp_sum: sum, slippage_observations: seen }: ExecutionSums) {
  const ended = submitted - open;
  const share = (count: number): number | null => (ended === 0 ? null : count / ended);
  return { slippage_bp_mean: seen === 0 ? null : sum / seen, fill_rate: share(filled), reject_rate: share(rejected) };
}

function parsed(row: Row, column: string): unknown {
  const text = textOrNull(row, column);
  return text === null ? null : (JSON.parse(text) as unknown);
}

function sumOf(rows: readonly Row[], column: string): string {
  return rows.reduce((sum, row) => plus(sum, textOf(row, column)), "0");
}

/** Sum of decimal texts, exact. */
function plus(a: string, b: string): string {
  const [one, other] = [parseDecimal(a), parseDecimal(b)];
  const scale = Math.max(one.scale, other.scale);
  const at = ({ units, scale: own }: Decimal): bigint => units * 10n ** BigInt(scale - own);
  return printDecimal({ units: at(one) + at(other), scale });
}

/** Product of decimal texts, exact. */
function times(a: string, b: string): string {
  const [one, other] = [parseDecimal(a), parseDecimal(b)];
  return printDecimal({ units: one.units * other.units, scale: one.scale + other.scale });
}

/** Whole, or as it was. */
function replaceFile(path: string, text: string): void {
  const beside = `${path}.part`;
  const file = openSync(beside, "w");
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(beside, path);
}
