// The view of the worked example, put together by hand from docs/fill-model.md: 1 bought at the open of bar 1 for 100 (taker fee 0.05),
// sold by a take-profit at 102 in bar 2 (maker fee 0.0204); 1000 + 2 - 0.05 - 0.0204 = 1001.9296. Bars open at 2025-01-01 00:00 UTC.

import { defaultFillModel } from "../../../src/exchange/virtual/index.ts";
import type { FillDetail, OrderRow } from "../../../src/journal/index.ts";
import type { LifeStage, OrderLife, PlayerStep, RunView, StateChange } from "../../../src/report/view/run-view.ts";

export const SYMBOL = "HYPE/USDC:USDC";
export const START = Date.UTC(2025, 0, 1);
const MINUTE = 60_000;
const openOf = (bar: number): number => START + bar * MINUTE;

export const entryRow: OrderRow = {
  id: "vex-00000001",
  clientOrderId: "st-1-0",
  symbol: SYMBOL,
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
  reason: "filled",
  time: openOf(1),
  bar: 0,
};

export const targetRow: OrderRow = {
  ...entryRow,
  id: "vex-00000002",
  clientOrderId: "st-2-0",
  side: "sell",
  family: "tp",
  type: "limit",
  price: "102",
  reduceOnly: true,
  timeInForce: "PO",
  bar: 1,
};

const entryFill: FillDetail = {
  clientOrderId: "st-1-0",
  family: "entry",
  orderId: "vex-00000001",
  symbol: SYMBOL,
  side: "buy",
  leg: "NET",
  quantity: "1",
  price: "100",
  fee: "0.05",
  feeCurrency: "USDC",
  liquidity: "taker",
  time: openOf(1),
  bar: 1,
};

const targetFill: FillDetail = {
  ...entryFill,
  clientOrderId: "st-2-0",
  family: "tp",
  orderId: "vex-00000002",
  side: "sell",
  price: "102",
  fee: "0.0204",
  liquidity: "maker",
  time: openOf(2) + 15_000,
  bar: 2,
};

function stage(name: LifeStage["stage"], bar: number, time: number, step: number | null, text: string): LifeStage {
  return { stage: name, bar, time, step, text, data: step === null ? null : { type: name, bar } };
}

const entryLife: OrderLife = {
  row: entryRow,
  live: null,
  prices: [],
  stages: [
    stage("intent", 0, openOf(1), 0, "open 1 long at market"),
    stage("gate", 0, openOf(1), null, "risk: allowed"),
    stage("request", 0, openOf(1), 1, "buy 1 at market sent"),
    stage("acknowledged", 1, openOf(1), 2, "the venue took it as vex-00000001"),
    stage("fill", 1, openOf(1), 3, "buy 1 at 100 filled as taker, fee 0.05"),
    stage("ended", 1, openOf(1), 3, "FILLED"),
  ],
};

const targetLife: OrderLife = {
  row: targetRow,
  live: { from: openOf(1), until: openOf(2) + 15_000 },
  prices: [{ time: openOf(1), price: "102" }],
  stages: [
    stage("intent", 1, openOf(1), 4, "reduce 1 at 102, because the entry filled"),
    stage("request", 1, openOf(1), 4, "sell 1 at 102 sent"),
    stage("acknowledged", 1, openOf(1), 5, "the venue took it as vex-00000002"),
    stage("fill", 2, openOf(2) + 15_000, 7, "sell 1 at 102 filled as maker, fee 0.0204"),
    stage("ledger", 2, openOf(2) + 15_000, 8, "closed 1: gross 2, net 1.9296"),
    stage("ended", 2, openOf(2) + 15_000, 7, "FILLED"),
  ],
};

type Told = readonly [bar: number, time: number, type: string, text: string, order: number | null, changes: readonly StateChange[]];

function changed(path: string, before: StateChange["before"], after: StateChange["after"], kind: StateChange["kind"] = "changed"): StateChange {
  return { path, before, after, kind };
}

const told: readonly Told[] = [
  [0, openOf(1), "bar_closed", "bar 0 closed at 100", null, [changed("runner.now", 0, openOf(1)), changed("runner.bar", -1, 0)]],
  [0, openOf(1), "submit_order", "buy 1 at market sent", 0, [changed("runner.orders.0", null, { id: "st-1-0", status: "SUBMITTED" }, "added")]],
  [1, openOf(1), "order_acknowledged", "st-1-0 is vex-00000001", 0, []],
  [
    1,
    openOf(1),
    "order_filled",
    "buy 1 at 100 filled as taker, fee 0.05",
    0,
    [
      changed("runner.orders.0", { id: "st-1-0", status: "SUBMITTED" }, null, "removed"),
      changed("runner.positions.0.entry\\.price", null, "100", "added"),
      changed("runner.positions.0.quantity", "0", "1"),
      changed("strategy.fills", 0, 1),
    ],
  ],
  [1, openOf(1), "submit_order", "sell 1 at 102 sent", 1, [changed("runner.orders.0", null, { id: "st-2-0", status: "SUBMITTED" }, "added")]],
  [1, openOf(1), "order_acknowledged", "st-2-0 is vex-00000002", 1, [changed("runner.orders.0.status", "SUBMITTED", "OPEN")]],
  [1, openOf(2), "bar_closed", "bar 1 closed at 100", null, [changed("runner.bar", 0, 1), changed("runner.now", openOf(1), openOf(2))]],
  [
    2,
    openOf(2) + 15_000,
    "order_filled",
    "sell 1 at 102 filled as maker, fee 0.0204",
    1,
    [
      changed("runner.orders.0", { id: "st-2-0", status: "OPEN" }, null, "removed"),
      changed("runner.positions.0.entry\\.price", "100", null, "removed"),
      changed("runner.positions.0.quantity", "1", "0"),
      changed("strategy.fills", 1, 2),
    ],
  ],
  [2, openOf(2) + 15_000, "ledger_entry", "closed 1: gross 2, fees 0.0704, net 1.9296", 1, [changed("runner.result", "0", "1.9296")]],
  [2, openOf(3), "bar_closed", "bar 2 closed at 101.5", null, [changed("runner.bar", 1, 2), changed("runner.now", openOf(2), openOf(3))]],
];

const steps: readonly PlayerStep[] = told.map(([bar, time, type, text, order, changes]) => ({
  bar,
  time,
  type,
  text,
  order,
  changes,
  symbol: SYMBOL,
  data: type === "bar_closed" ? null : { bar, time, type },
}));

export const workedView: RunView = {
  format: 1,
  scenario: "worked-example",
  why: "the example of docs/fill-model.md, worked by hand",
  status: "passed",
  error: null,
  seed: 1,
  runHash: "a1".repeat(32),
  currency: "USDC",
  labels: ["synthetic bars"],
  manifest: {
    scenario: "worked-example",
    file: "scenarios/worked-example.json",
    startedAt: "2026-11-21T12:00:00.000Z",
    versions: { seatrial: "0.1.0", node: "26.10.0", ccxt: null },
    hashes: {
      scenarioFile: "b2".repeat(32),
      run: "a1".repeat(32),
      bars: [{ symbol: SYMBOL, timeframe: "1m", bars: 3, from: START, to: openOf(3), digest: "c3".repeat(32) }],
    },
    seed: 1,
    labels: ["synthetic bars"],
    venue: "generic",
    positionMode: "one_way",
    leverage: 1,
    fill: defaultFillModel,
    scales: { money: { USDC: 8 }, price: { [SYMBOL]: 2 }, quantity: { [SYMBOL]: 2 } },
    assumptions: { ambiguousBars: 0, wholeBarLives: 0, lastPriceStamps: 0, unmarkedBars: 0 },
    strategy: { name: "scripted", params: { actions: [] } },
  },
  expectations: [
    { text: "1 fill: family entry, price 100", passed: true, actual: "1 found" },
    { text: "at the end: equity 1001.9296", passed: true, actual: "equity 1001.9296" },
  ],
  metrics: {
    orders: 2,
    fills: 2,
    rejected: 0,
    canceled: 0,
    skipped: 0,
    unknown: 0,
    feesByCurrency: { USDC: "0.0704" },
    realizedPnl: "2",
    maxDrawdown: "0.05",
  },
  final: { balances: { USDC: { total: "1001.9296", free: "1001.9296", used: "0" } }, positions: [], openOrders: [], equity: "1001.9296" },
  invariants: { checked: 12, violated: 0 },
  markets: [
    {
      symbol: SYMBOL,
      timeframe: "1m",
      interval: MINUTE,
      barsPerCandle: 1,
      priceDecimals: 2,
      quantityDecimals: 2,
      time: [openOf(0), openOf(1), openOf(2)],
      open: [100, 100, 101],
      high: [101, 100.5, 102.01],
      low: [99, 99.5, 100.8],
      close: [100, 100, 101.5],
      volume: [1000, 1000, 1000],
      positions: [{ leg: "NET", time: [openOf(1), openOf(2) + 15_000], quantity: [1, 0], entryPrice: [100, 0] }],
    },
  ],
  equity: { time: [openOf(1), openOf(2), openOf(3)], value: [1000, 999.95, 1001.9296], drawdown: [0, -0.05, 0] },
  orders: [entryLife, targetLife],
  fills: [entryFill, targetFill],
  skipped: [],
  routes: [],
  funding: [],
  liquidations: [],
  ledger: [
    {
      clientOrderId: "st-2-0",
      symbol: SYMBOL,
      leg: "NET",
      quantity: "1",
      gross: "2",
      entryFee: "0.05",
      exitFee: "0.0204",
      net: "1.9296",
      cumulative: "1.9296",
      time: openOf(2) + 15_000,
      bar: 2,
    },
  ],
  alerts: [],
  silences: [],
  ambiguous: { assumptions: { ambiguousBars: 0, wholeBarLives: 0, lastPriceStamps: 0, unmarkedBars: 0 }, bars: [], envelope: null },
  unprotected: [],
  costs: [],
  player: {
    initial: { runner: { now: 0, bar: -1, orders: [], positions: [{ quantity: "0" }], result: "0" }, strategy: { fills: 0 } },
    steps,
    omitted: null,
  },
};
