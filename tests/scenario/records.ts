// Hand-made run records: the worked scenario of the design, row by row, and room to change any of them.
import type { AlertRow, FillDetail, LedgerRow, OrderRow, RunRecord, RunRows, SkipRow, SyncRow } from "../../src/journal/rows.ts";

export const symbol = "HYPE/USDC:USDC";
export const start = 1_735_689_600_000;

/** Time at which bar `bar` of a 1m series opens. */
export function opens(bar: number): number {
  return start + bar * 60_000;
}

export function order(row: Partial<OrderRow>): OrderRow {
  return {
    id: "vex-00000001",
    clientOrderId: "c1",
    symbol,
    side: "buy",
    leg: "NET",
    family: "entry",
    type: "market",
    quantity: "1",
    price: null,
    trigger: null,
    timeInForce: "GTC",
    reduceOnly: false,
    status: "FILLED",
    reason: "signal",
    time: opens((row.bar ?? 0) + 1),
    bar: 0,
    ...row,
  };
}

export function fill(row: Partial<FillDetail>): FillDetail {
  return {
    orderId: "vex-00000001",
    clientOrderId: "c1",
    family: "entry",
    symbol,
    side: "buy",
    leg: "NET",
    quantity: "1",
    price: "100",
    fee: "0.05",
    feeCurrency: "USDC",
    liquidity: "taker",
    time: opens(row.bar ?? 1),
    bar: 1,
    ...row,
  };
}

export function skip(row: Partial<SkipRow>): SkipRow {
  return { symbol, family: "entry", reason: "strategy_execution_backoff", time: opens((row.bar ?? 0) + 1), bar: 0, ...row };
}

export function sync(row: Partial<SyncRow>): SyncRow {
  return { symbol, leg: "NET", status: "SYNCED", quantity: "0", reason: "externally_closed", time: opens(1), bar: 1, ...row };
}

export function alert(row: Partial<AlertRow>): AlertRow {
  return { level: "warning", text: "stop file found", time: opens(1), bar: 1, ...row };
}

export function ledger(row: Partial<LedgerRow>): LedgerRow {
  return {
    clientOrderId: "c2",
    symbol,
    leg: "NET",
    quantity: "1",
    gross: "2",
    entryFee: "0.05",
    exitFee: "0.0204",
    net: "1.9296",
    cumulative: "1.9296",
    time: opens(2),
    bar: 2,
    ...row,
  };
}

const emptyRows: RunRows = {
  orders: [],
  fills: [],
  skipped: [],
  ledger: [],
  synced: [],
  funding: [],
  liquidations: [],
  unprotected: [],
  routes: [],
  alerts: [],
  restarts: [],
  halt: null,
};

export function record(rows: Partial<RunRows>, rest: Partial<Omit<RunRecord, "rows">> = {}): RunRecord {
  return {
    rows: { ...emptyRows, ...rows },
    final: { balances: { USDC: { total: "1000", free: "1000", used: "0" } }, positions: [], openOrders: [], equity: "1000" },
    metrics: { orders: 0, fills: 0, rejected: 0, canceled: 0, skipped: 0, unknown: 0, feesByCurrency: {}, realizedPnl: "0", maxDrawdown: "0" },
    invariants: { checked: 10, violated: 0 },
    runHash: "0".repeat(64),
    equity: { time: new Float64Array(), value: new Float64Array() },
    assumptions: { ambiguousBars: 0, wholeBarLives: 0, lastPriceStamps: 0, unmarkedBars: 0 },
    journalLines: () => [],
    lifecycle: () => [],
    release: () => {},
    ...rest,
  };
}

/** Bought 1 at 100 in bar 1 (fee 0.05), sold at 102 in bar 2 (fee 0.0204): 1000 + 2 - 0.05 - 0.0204 = 1001.9296. */
export const worked: RunRecord = record(
  {
    orders: [
      order({}),
      order({
        id: "vex-00000002",
        clientOrderId: "c2",
        side: "sell",
        family: "tp",
        type: "limit",
        price: "102",
        reduceOnly: true,
        reason: "take_profit",
        time: opens(1),
        bar: 1,
      }),
    ],
    fills: [
      fill({}),
      fill({
        orderId: "vex-00000002",
        clientOrderId: "c2",
        family: "tp",
        side: "sell",
        price: "102",
        fee: "0.0204",
        liquidity: "maker",
        bar: 2,
        time: opens(2),
      }),
    ],
    ledger: [ledger({})],
  },
  {
    final: { balances: { USDC: { total: "1001.9296", free: "1001.9296", used: "0" } }, positions: [], openOrders: [], equity: "1001.9296" },
    metrics: {
      orders: 2,
      fills: 2,
      rejected: 0,
      canceled: 0,
      skipped: 0,
      unknown: 0,
      feesByCurrency: { USDC: "0.0704" },
      realizedPnl: "1.9296",
      maxDrawdown: "0.05",
    },
  },
);
