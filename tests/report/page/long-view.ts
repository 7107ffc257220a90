// A long made-up run for the page: any number of bars in two markets, orders spread over them, and everything that most runs do not
// have. Its figures are those of no account; it is the same on every machine.

import type { AssumptionCost, OrderLife, PlayerStep, RunView } from "../../../src/report/view/run-view.ts";
import { START, workedView, SYMBOL, targetRow } from "./worked-view.ts";

const MINUTE = 60_000;

export interface LongRun {
  readonly bars: number;
  readonly orders: number;
  /** One step for each of the first bars, and three for each order. */
  readonly quietSteps: number;
}

/** A generator with a fixed beginning: the usual 32-bit linear congruence. */
function randomNumbers(): () => number {
  let state = 20_250_101;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const cents = (value: number): number => Math.round(value * 100) / 100;

function market(symbol: string, bars: number, start: number, random: () => number): RunView["markets"][number] {
  const column = (): number[] => [];
  const [time, open, high, low, close, volume] = [column(), column(), column(), column(), column(), column()];
  let price = start;
  for (let bar = 0; bar < bars; bar += 1) {
    const next = cents(Math.max(price * (1 + (random() - 0.5) * 0.004), 1));
    time.push(START + bar * MINUTE);
    open.push(price);
    high.push(cents(Math.max(price, next) + random() * 0.2));
    low.push(cents(Math.min(price, next) - random() * 0.2));
    close.push(next);
    volume.push(Math.round(random() * 1e7) / 1e4);
    price = next;
  }
  return {
    symbol,
    timeframe: "1m",
    interval: MINUTE,
    barsPerCandle: 1,
    priceDecimals: 2,
    quantityDecimals: 2,
    time,
    open,
    high,
    low,
    close,
    volume,
    positions: [],
  };
}

export function longView({ bars, orders, quietSteps }: LongRun): RunView {
  const random = randomNumbers();
  const first = market(SYMBOL, bars, 100, random);
  const second = market("ADA/USDC:USDC", bars, 20, random);
  const made = orderLives(first, bars, orders);
  const equity = first.close.map((price, bar) => cents(1000 + (price - 100) * 2 + bar / 1000));
  let peak = 0;
  const drawdown = equity.map((value) => cents(value - (peak = Math.max(peak, value))));
  const steps = stepsOf(first, made, quietSteps);
  const changes = made.map((_life, index) => [index, stepBar(index, bars, orders)] as const);
  const withPosition = {
    ...first,
    positions: [
      {
        leg: "LONG",
        time: changes.map(([, bar]) => START + bar * MINUTE),
        quantity: changes.map(([index]) => (index % 5) * 0.5),
        entryPrice: changes.map(() => 100),
      },
      {
        leg: "SHORT",
        time: changes.map(([, bar]) => START + bar * MINUTE),
        quantity: changes.map(([index]) => 0 - (index % 3)),
        entryPrice: changes.map(() => 101),
      },
    ],
  };
  return {
    ...workedView,
    scenario: "long-run",
    why: "a made-up run that has something of everything, long enough to be slow if the page were careless",
    status: "failed",
    labels: ["synthetic bars", "optimistic fills"],
    expectations: [...workedView.expectations, { text: "at the end: position 0", passed: false, actual: { position: "2.5", leg: "LONG" } }],
    markets: [withPosition, second],
    equity: { time: first.time.map((time) => time + MINUTE), value: equity, drawdown },
    orders: linkSteps(made, steps),
    fills: made.flatMap((life, index) => (life.row.status === "FILLED" ? [fillOf(life, index)] : [])),
    ...rareRows(first),
    costs: COSTS,
    player: { initial: workedView.player.initial, steps, omitted: quietSteps < bars ? `quiet bars beyond bar ${quietSteps}` : null },
    final: {
      ...workedView.final,
      openOrders: made.slice(-2).map((life) => life.row),
      positions: [{ symbol: SYMBOL, leg: "LONG", quantity: "2.5", entryPrice: "100.1234567", unrealizedPnl: "-3.25" }],
    },
  };
}

function stepBar(index: number, bars: number, orders: number): number {
  return Math.floor(((index + 0.5) * bars) / orders);
}

function orderLives(columns: RunView["markets"][number], bars: number, orders: number): OrderLife[] {
  return Array.from({ length: orders }, (_, index) => {
    const bar = stepBar(index, bars, orders);
    const time = START + bar * MINUTE;
    const side = index % 2 === 0 ? "buy" : "sell";
    const price = (side === "buy" ? (columns.low[bar] ?? 0) : (columns.high[bar] ?? 0)).toFixed(2);
    const status = index % 11 === 3 ? "REJECTED" : index % 7 === 2 ? "SUBMITTED" : "FILLED";
    const row = { ...targetRow, clientOrderId: `st-${index}`, side, price, status, time, bar, family: side === "buy" ? "dca" : "sl" } as const;
    const text = `${side} 1 at ${price}`;
    const at = (stage: OrderLife["stages"][number]["stage"], told: string): OrderLife["stages"][number] => ({
      stage,
      time,
      bar,
      step: null,
      text: told,
      data: null,
    });
    const end =
      status === "FILLED"
        ? [at("fill", `${text} filled as maker, fee 0.02`)]
        : status === "REJECTED"
          ? [at("rejected", "the venue refused it: would cross")]
          : [];
    return {
      row,
      live: status === "REJECTED" ? null : { from: time, until: status === "FILLED" ? time + 40 * MINUTE : null },
      prices: [{ time, price }],
      stages: [at("intent", text), at("request", `${text} sent`), at("acknowledged", "the venue took it"), ...end],
    };
  });
}

function fillOf({ row }: OrderLife, index: number): RunView["fills"][number] {
  const { clientOrderId, symbol, side, leg, family, quantity, price } = row;
  return {
    clientOrderId,
    symbol,
    side,
    leg,
    family,
    quantity,
    price: price ?? "0",
    orderId: `vex-${index}`,
    fee: "0.02",
    feeCurrency: "USDC",
    liquidity: "maker",
    time: row.time,
    bar: row.bar,
  };
}

function stepsOf(columns: RunView["markets"][number], lives: readonly OrderLife[], quietSteps: number): PlayerStep[] {
  const quiet = columns.time
    .slice(0, quietSteps)
    .map((time, bar) => ({ bar, time: time + MINUTE, type: "bar_closed", order: null, text: `bar ${bar} closed at ${columns.close[bar]}` }));
  const busy = lives.flatMap(({ row, stages }, order) =>
    stages.slice(1).map((stage) => ({ bar: row.bar, time: row.time, type: stage.stage, order, text: stage.text })),
  );
  let [bar, fills] = [-1, 0];
  return [...quiet, ...busy]
    .sort((a, b) => a.time - b.time)
    .map((step) => {
      const changes: PlayerStep["changes"][number][] = [];
      if (step.bar !== bar) changes.push({ path: "runner.bar", before: bar, after: step.bar, kind: "changed" });
      if (step.type === "fill") changes.push({ path: "strategy.fills", before: fills, after: fills + 1, kind: "changed" });
      bar = step.bar;
      if (step.type === "fill") fills += 1;
      return { ...step, symbol: SYMBOL, data: step.order === null ? null : { order: step.order, type: step.type, bar: step.bar }, changes };
    });
}

/** Each stage of an order's life finds its step. */
function linkSteps(lives: readonly OrderLife[], steps: readonly PlayerStep[]): OrderLife[] {
  const found = new Map<string, number>();
  for (const [index, step] of steps.entries()) found.set(`${step.order} ${step.type}`, index);
  return lives.map((life, order) => ({
    ...life,
    stages: life.stages.map((stage) => ({ ...stage, step: found.get(`${order} ${stage.stage === "intent" ? "request" : stage.stage}`) ?? null })),
  }));
}

function rareRows(
  columns: RunView["markets"][number],
): Pick<RunView, "skipped" | "funding" | "liquidations" | "unprotected" | "ambiguous" | "alerts" | "routes" | "error"> {
  const at = (bar: number): { bar: number; time: number; symbol: string } => ({ bar, time: START + bar * MINUTE, symbol: SYMBOL });
  const low = (bar: number): string => (columns.low[bar] ?? 0).toFixed(2);
  const counts = { ambiguousBars: 3, wholeBarLives: 1, lastPriceStamps: 2, unmarkedBars: 0 };
  return {
    error: {
      code: "liquidated",
      file: null,
      line: null,
      column: null,
      reason: `the venue closed 1 of ${SYMBOL} LONG at ${low(30)} for want of margin (bar 30)`,
      hint: 'a scenario that means it expects it: { "liquidation": {} }',
    },
    skipped: Array.from(
      { length: 30 },
      (_, index) =>
        ({
          ...at(index),
          family: "dca",
          reason: "warm_up",
          gates: ["contract", "freshness"],
          text: "add 1 long refused: not enough bars yet",
          step: index,
        }) as const,
    ),
    funding: [{ ...at(10), leg: "LONG", quantity: "2", rate: "0.0001", mark: "100.5", source: "last", amount: "-0.0201" }],
    liquidations: [
      {
        ...at(30),
        leg: "LONG",
        side: "sell",
        quantity: "1",
        price: low(30),
        fee: "0.1",
        insurance: "0.4",
        left: "1.5",
        equity: "1.2",
        maintenance: "1.3",
        takeover: false,
      },
    ],
    unprotected: [{ ...at(20), leg: "LONG", exit: "stop", quantity: "1", price: low(20), reached: low(20), close: low(20), cost: "0.42" }],
    ambiguous: {
      assumptions: counts,
      bars: [5, 15, 25].map((bar) => ({ ...at(bar), path: "olhc", why: "a buy limit below and a sell limit above the open were both reached" })),
      envelope: null,
    },
    alerts: [{ level: "warning", text: "stop_new_orders: five hours are enough", time: START, bar: 0 }],
    routes: [],
  };
}

const COSTS: readonly AssumptionCost[] = [
  {
    assumption: "fees",
    here: "maker 0.0002, taker 0.0005",
    instead: "no fees",
    equity: "1042.5",
    difference: "40.5704",
    fills: 40,
    realizedPnl: "2",
    maxDrawdown: "0.05",
    note: null,
  },
  {
    assumption: "path",
    here: "adaptive",
    instead: "low first",
    equity: "990.1",
    difference: "-11.8296",
    fills: 38,
    realizedPnl: "-9.8",
    maxDrawdown: "14.2",
    note: null,
  },
  {
    assumption: "limit",
    here: "through",
    instead: "touch",
    equity: "1003.9296",
    difference: "2",
    fills: 41,
    realizedPnl: "4",
    maxDrawdown: "0.05",
    note: null,
  },
  {
    assumption: "funding",
    here: "as recorded",
    instead: "none",
    equity: "1001.9296",
    difference: "0",
    fills: 40,
    realizedPnl: "2",
    maxDrawdown: "0.05",
    note: null,
  },
  {
    assumption: "volume",
    here: "0.1 of the bar",
    instead: "no cap",
    equity: null,
    difference: null,
    fills: null,
    realizedPnl: null,
    maxDrawdown: null,
    note: "broke off: insolvent at bar 77",
  },
];
