// The tables of each format: the records, what the session was made of, and the projections, which are what the records come to and
// can be made of them again at any time. All strict; a table that is not named here is none of ours. What a format has never changes.

type Columns = Readonly<Record<string, string>>;

/** What cannot be made again: the chain and what stands beside it. */
const recordsOfOne = {
  run_meta: "key TEXT PRIMARY KEY, value TEXT NOT NULL",
  epochs: `epoch INTEGER PRIMARY KEY, first_seq INTEGER NOT NULL, pid INTEGER NOT NULL, opened_utc TEXT NOT NULL,
    manifest_sha256 TEXT NOT NULL, manifest TEXT NOT NULL`,
  commits: `seq INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, time INTEGER NOT NULL, kind TEXT NOT NULL, requests INTEGER NOT NULL,
    payload TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL`,
  snapshots: "seq INTEGER PRIMARY KEY, chain TEXT NOT NULL, sha256 TEXT NOT NULL, state TEXT NOT NULL",
  config_snapshots: "sha256 TEXT PRIMARY KEY, epoch INTEGER NOT NULL, text TEXT NOT NULL",
  code_snapshots: "sha256 TEXT PRIMARY KEY, epoch INTEGER NOT NULL, path TEXT NOT NULL, text TEXT NOT NULL",
} as const;

/** Times are ISO 8601 UTC of venue time, prices and quantities decimal text, `*_units` integers at the market's scales. */
const projectionsOfOne = {
  orders: `order_number INTEGER PRIMARY KEY, order_id TEXT NOT NULL UNIQUE, venue_order_id TEXT, intent INTEGER NOT NULL,
    run_id TEXT NOT NULL, mode TEXT NOT NULL, ts_utc TEXT NOT NULL, bar_time_utc TEXT, market INTEGER NOT NULL, symbol TEXT NOT NULL,
    side TEXT NOT NULL, leg TEXT NOT NULL, family TEXT NOT NULL, type TEXT NOT NULL, time_in_force TEXT NOT NULL,
    reduce_only INTEGER NOT NULL, price TEXT, trigger_price TEXT, qty TEXT NOT NULL, filled_qty TEXT NOT NULL, status TEXT NOT NULL,
    reason TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL, settled_seq INTEGER, sent_ms INTEGER, reference_units INTEGER,
    predicted_slippage REAL, price_units INTEGER, quantity_units INTEGER NOT NULL, filled_units INTEGER NOT NULL, extra TEXT NOT NULL`,
  pending_entry_orders: `id INTEGER PRIMARY KEY, entry_key TEXT NOT NULL, order_number INTEGER NOT NULL UNIQUE, run_id TEXT NOT NULL,
    symbol TEXT NOT NULL, side TEXT NOT NULL, exchange_order_id TEXT, created_bar_iso TEXT, limit_price TEXT, delta_qty TEXT NOT NULL,
    applied_filled_qty TEXT NOT NULL, status TEXT NOT NULL, last_order TEXT NOT NULL, strategy_snapshot TEXT, intent TEXT NOT NULL,
    created_utc TEXT NOT NULL, updated_utc TEXT NOT NULL, removed_utc TEXT, remove_reason TEXT`,
  fills: `id TEXT PRIMARY KEY, seq INTEGER NOT NULL, timestamp TEXT NOT NULL, symbol TEXT NOT NULL, leg TEXT NOT NULL, family TEXT NOT NULL,
    direction INTEGER NOT NULL, n_contracts TEXT NOT NULL, order_price TEXT, fill_price TEXT NOT NULL, predicted_slippage REAL,
    actual_slippage REAL, volume_at_fill TEXT, spread_at_fill TEXT, fill_latency_ms REAL, order_id TEXT NOT NULL,
    order_number INTEGER NOT NULL, fee TEXT NOT NULL, fee_currency TEXT NOT NULL, liquidity TEXT NOT NULL, voided INTEGER NOT NULL`,
  dedup_keys: "key TEXT PRIMARY KEY, seq INTEGER NOT NULL",
  slippage_observations: `fill_id TEXT PRIMARY KEY, ts_utc TEXT NOT NULL, symbol TEXT NOT NULL, side TEXT NOT NULL, family TEXT NOT NULL,
    order_type TEXT NOT NULL, requested_price TEXT NOT NULL, fill_price TEXT NOT NULL, slippage REAL NOT NULL, slippage_bp REAL NOT NULL`,
  live_pnl_ledger: `id INTEGER PRIMARY KEY, seq INTEGER NOT NULL, ts_utc TEXT NOT NULL, symbol TEXT NOT NULL, leg TEXT NOT NULL,
    order_id TEXT, qty TEXT NOT NULL, gross TEXT NOT NULL, entry_fee TEXT NOT NULL, exit_fee TEXT NOT NULL, net TEXT NOT NULL,
    cumulative TEXT NOT NULL, run_id TEXT NOT NULL`,
  open_positions: `market INTEGER NOT NULL, leg TEXT NOT NULL, symbol TEXT NOT NULL, qty TEXT NOT NULL, entry_price TEXT,
    quantity_units INTEGER NOT NULL, cost_units INTEGER NOT NULL, updated_utc TEXT NOT NULL, PRIMARY KEY (market, leg)`,
  position_syncs: `id INTEGER PRIMARY KEY, seq INTEGER NOT NULL, ts_utc TEXT NOT NULL, symbol TEXT NOT NULL, leg TEXT NOT NULL,
    status TEXT NOT NULL, qty TEXT NOT NULL, reason TEXT NOT NULL`,
  funding: `id INTEGER PRIMARY KEY, seq INTEGER NOT NULL, ts_utc TEXT NOT NULL, symbol TEXT NOT NULL, leg TEXT NOT NULL, qty TEXT NOT NULL,
    amount TEXT NOT NULL`,
  backoff: `market INTEGER NOT NULL, family TEXT NOT NULL, symbol TEXT NOT NULL, failures INTEGER NOT NULL, blocked_until_utc TEXT,
    last_event TEXT, last_details TEXT, PRIMARY KEY (market, family)`,
  decisions: `id INTEGER PRIMARY KEY, seq INTEGER NOT NULL, ts_utc TEXT NOT NULL, bar_time_utc TEXT, symbol TEXT NOT NULL,
    decision TEXT NOT NULL, family TEXT, reason TEXT, intent INTEGER, order_id TEXT`,
  equity: `seq INTEGER PRIMARY KEY, run_id TEXT NOT NULL, ts_utc TEXT NOT NULL, equity REAL NOT NULL, cash REAL NOT NULL,
    position_value REAL, realized_pnl_cum REAL NOT NULL, unrealized REAL NOT NULL`,
  debug_events: `id INTEGER PRIMARY KEY, seq INTEGER NOT NULL, ts_utc TEXT NOT NULL, level TEXT NOT NULL, event TEXT NOT NULL, text TEXT NOT NULL`,
  heartbeat: `id INTEGER PRIMARY KEY CHECK (id = 1), ts_utc TEXT NOT NULL, last_bar_ts TEXT, stop_new_orders INTEGER NOT NULL,
    stop_reason TEXT, halted INTEGER NOT NULL, rows TEXT NOT NULL, cash_units INTEGER, ledger_units INTEGER NOT NULL`,
} as const;

/** What was printed and what files there were: for people. Each row is sealed by its own hash; the chain knows nothing of them. */
const recordsOfTwo = {
  ...recordsOfOne,
  stdio_log: `id INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, ts_utc TEXT NOT NULL, stream TEXT NOT NULL, text TEXT NOT NULL, sha256 TEXT NOT NULL`,
  attached_artifacts: `id INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, ts_utc TEXT NOT NULL, role TEXT NOT NULL, path TEXT NOT NULL,
    basename TEXT NOT NULL, content_sha256 TEXT NOT NULL, size_bytes INTEGER NOT NULL, mtime_utc TEXT, sha256 TEXT NOT NULL`,
} as const;

/** `asked_units` is NULL for an order that closes what is there; `open_key` until a call is answered. */
const projectionsOfTwo = {
  ...projectionsOfOne,
  orders: `${projectionsOfOne.orders}, named_units INTEGER NOT NULL, asked_units INTEGER`,
  held_fills: `id INTEGER PRIMARY KEY, seq INTEGER NOT NULL, market INTEGER NOT NULL, leg TEXT NOT NULL, change_units INTEGER NOT NULL, fill TEXT NOT NULL`,
  strategy_state_events: `id INTEGER PRIMARY KEY, seq INTEGER NOT NULL, ts_utc TEXT NOT NULL, bar_time_utc TEXT, symbol TEXT NOT NULL,
    event TEXT NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL, diff TEXT NOT NULL, run_id TEXT NOT NULL`,
  market_microstructure: `id INTEGER PRIMARY KEY, seq INTEGER NOT NULL, ts_utc TEXT NOT NULL, bar_time_utc TEXT, market INTEGER NOT NULL,
    symbol TEXT NOT NULL, event TEXT NOT NULL, order_id TEXT, fill_id TEXT, bid TEXT, ask TEXT, spread TEXT, last_close TEXT, arrival_price TEXT,
    bar_low TEXT, bar_high TEXT, bar_volume TEXT, run_id TEXT NOT NULL`,
  exchange_api_log: `seq INTEGER PRIMARY KEY, commit_seq INTEGER NOT NULL, ts_utc TEXT NOT NULL, source TEXT NOT NULL, scenario_id TEXT NOT NULL,
    method TEXT NOT NULL, args_json TEXT NOT NULL, kwargs_json TEXT NOT NULL, status TEXT NOT NULL, result_json TEXT, error_text TEXT,
    elapsed_ms REAL, exchange_name TEXT, exchange_id TEXT, answer_seq INTEGER, sent_ms INTEGER NOT NULL, open_key TEXT`,
} as const;

export interface JournalTables {
  readonly records: Columns;
  readonly projections: Columns;
  /** Both, in the order in which they are made. */
  readonly all: Columns;
}

const formats: Readonly<Record<number, JournalTables>> = {
  1: { records: recordsOfOne, projections: projectionsOfOne, all: { ...recordsOfOne, ...projectionsOfOne } },
  2: { records: recordsOfTwo, projections: projectionsOfTwo, all: { ...recordsOfTwo, ...projectionsOfTwo } },
};

/** @param format one that this version reads */
export function tablesOf(format: number): JournalTables {
  return formats[format] as JournalTables;
}

/** What a live session asks of its orders by, and what an answer of the venue finds its call by. */
const indexes = [
  "CREATE INDEX fills_by_time ON fills (symbol, timestamp)",
  "CREATE UNIQUE INDEX pending_by_key ON pending_entry_orders (entry_key) WHERE removed_utc IS NULL",
  "CREATE INDEX calls_by_key ON exchange_api_log (open_key) WHERE open_key IS NOT NULL",
];

export function createSql(tables: Columns): string {
  const texts = Object.entries(tables).map(([name, columns]) => `CREATE TABLE ${name} (${columns}) STRICT`);
  return [...texts, ...indexes.filter((index) => Object.keys(tables).some((name) => index.includes(`ON ${name} `)))].join(";\n");
}
