// A run worked out by hand (the worked scenario of the virtual exchange): open 1 at market in bar 1 at 100, taker fee
// 100 × 0.0005 = 0.05; sell 1 at 102 in bar 2, maker fee 102 × 0.0002 = 0.0204; 1000 + 2 − 0.05 − 0.0204 = 1001.9296.

import type { RunRecord, OrderRow, FillDetail } from "../../src/journal/rows.ts";
import { judgeRun, type FinishedRun } from "../../src/report/judge-run.ts";
import type { Outcome } from "../../src/report/outcome.ts";
import type { ExpectationResult } from "../../src/scenario/index.ts";

export const entryOrder: OrderRow = {
  bar: 0,
  time: 60_000,
  reason: "filled",
  status: "FILLED",
  reduceOnly: false,
  timeInForce: "GTC",
  trigger: null,
  price: null,
  quantity: "1",
  type: "market",
  family: "entry",
  leg: "NET",
  side: "buy",
  symbol: "HYPE/USDC:USDC",
  clientOrderId: "st-1-0",
  id: "vex-00000001",
};

const targetOrder: OrderRow = {
  ...entryOrder,
  id: "vex-00000002",
  clientOrderId: "st-2-0",
  side: "sell",
  family: "tp",
  type: "limit",
  price: "102",
  reduceOnly: true,
  time: 60_000,
  bar: 1,
};

export const fills: readonly FillDetail[] = [
  {
    clientOrderId: "st-1-0",
    family: "entry",
    orderId: "vex-00000001",
    symbol: "HYPE/USDC:USDC",
    side: "buy",
    leg: "NET",
    quantity: "1",
    price: "100",
    fee: "0.05",
    feeCurrency: "USDC",
    liquidity: "taker",
    time: 60_000,
    bar: 1,
  },
  {
    clientOrderId: "st-2-0",
    family: "tp",
    orderId: "vex-00000002",
    symbol: "HYPE/USDC:USDC",
    side: "sell",
    leg: "NET",
    quantity: "1",
    price: "102",
    fee: "0.0204",
    feeCurrency: "USDC",
    liquidity: "maker",
    time: 120_000,
    bar: 2,
  },
];

export const record: RunRecord = {
  rows: {
    orders: [entryOrder, targetOrder],
    fills,
    skipped: [{ symbol: "HYPE/USDC:USDC", family: "dca", reason: "warm_up", time: 0, bar: -1 }],
    ledger: [],
    synced: [],
    routes: [],
    funding: [],
    liquidations: [],
    unprotected: [],
    alerts: [],
    restarts: [],
    halt: null,
  },
  final: {
    balances: { USDC: { total: "1001.9296", free: "1001.9296", used: "0" } },
    positions: [],
    openOrders: [],
    equity: "1001.9296",
  },
  metrics: {
    orders: 2,
    fills: 2,
    rejected: 0,
    canceled: 0,
    skipped: 1,
    unknown: 0,
    feesByCurrency: { USDC: "0.0704" },
    realizedPnl: "1.9296",
    maxDrawdown: "0.05",
  },
  invariants: { checked: 12, violated: 0 },
  runHash: "0123456789abcdef".repeat(4),
  equity: { time: Float64Array.of(60_000, 120_000, 180_000), value: Float64Array.of(1000, 999.95, 1001.9296) },
  assumptions: { ambiguousBars: 2, wholeBarLives: 0, lastPriceStamps: 0, unmarkedBars: 0 },
  journalLines: () => ['{"kind":"start"}', '{"kind":"end"}'],
  lifecycle: () => [],
  release: () => {},
};

export const holds: ExpectationResult = { text: "1 fill of family tp at 102", passed: true, actual: "1 fill", context: [], bar: null };
export const fails: ExpectationResult = {
  text: "final position is 1",
  passed: false,
  actual: "0",
  context: ["orders: tp sell 1 @ 102", "fill tp sell 1 @ 102"],
  bar: 2,
};

export function finishedRun(change: Partial<FinishedRun> = {}): FinishedRun {
  return {
    scenario: "worked-example",
    seed: 7,
    record,
    expectations: [holds],
    haltExpected: false,
    liquidationExpected: false,
    labels: [],
    elapsedMs: 12,
    ...change,
  };
}

export function outcomeOf(change: Partial<FinishedRun> = {}): Outcome {
  return judgeRun(finishedRun(change));
}
