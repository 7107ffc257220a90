// What must never be found in a run. Each check reads rows, and where it must the bars and the scenario's own steps;
// none asks the runner or the exchange.

import { isRiskIncrease, parseDecimal, type BarSeries } from "../domain/index.ts";
import type { FillDetail, OrderRow, RunRecord } from "../journal/rows.ts";
import type { Step } from "../session/plan.ts";
import { compareDecimals, sumDecimals } from "./decimal-order.ts";
import type { ExpectationResult } from "./expect-match.ts";
import type { NeverName } from "./schema-expect.ts";
import { printFill, printLiquidation, printOrder, printRestart, recordsAround } from "./timeline.ts";

/** What a scenario knows about its run beside the rows. */
export interface RunContext {
  /** The finest series of each market, in the scenario's order. */
  readonly series: readonly BarSeries[];
  readonly steps: readonly Step[];
}

interface Violation {
  readonly bar: number;
  readonly text: string;
}

type Check = (record: RunRecord, context: RunContext) => Violation[];

const checks: Readonly<Record<NeverName, Check>> = {
  "duplicate-order": duplicateOrders,
  "order-after-halt": ordersAfterHalt,
  "risk-increase-while-stopped": risksWhileStopped,
  "fill-outside-bar": fillsOutsideBar,
  "fill-without-volume": fillsWithoutVolume,
  "fill-beyond-limit": fillsBeyondLimit,
  "fill-without-order": fillsWithoutOrder,
  overfill: overfills,
  "unresolved-outcome": unresolvedOutcomes,
  "unsettled-end": unsettledEnds,
  "strategy-differs": strategyDiffers,
  "invariant-violation": invariantViolations,
  halt: halts,
  liquidation: liquidations,
};

export function evaluateNever(name: NeverName, record: RunRecord, context: RunContext): ExpectationResult {
  const violations = checks[name](record, context);
  const first = violations[0];
  if (first === undefined) return { text: `never ${name}`, passed: true, actual: "never found", context: [], bar: null };
  const actual = `${violations.length} found, the first in bar ${first.bar}: ${first.text}`;
  return { text: `never ${name}`, passed: false, actual, context: recordsAround(record.rows, first.bar), bar: first.bar };
}

function duplicateOrders({ rows }: RunRecord): Violation[] {
  const seen = new Set<string>();
  return rows.orders.filter((row) => seen.size === seen.add(row.clientOrderId).size).map(orderViolation);
}

function ordersAfterHalt({ rows }: RunRecord): Violation[] {
  const { halt } = rows;
  return halt === null ? [] : rows.orders.filter((row) => row.time > halt.time).map(orderViolation);
}

function risksWhileStopped({ rows }: RunRecord, context: RunContext): Violation[] {
  return rows.orders.filter((row) => isRiskIncrease(row.family) && isStopped(row, context)).map(orderViolation);
}

/**
 * Whether a stop was in force when an order was made; the steps come in the order of time. A step holds from its bar's open on, so in its own market
 * it is before the order when its bar is not later; in another market only time compares.
 */
function isStopped(row: OrderRow, { series, steps }: RunContext): boolean {
  let stopped = false;
  for (const step of steps) {
    const { action } = step;
    if (action.do !== "stop_new_orders" && action.do !== "kill" && action.do !== "resume") continue;
    const bars = series.find((one) => one.symbol === step.symbol) ?? series[0];
    if (bars === undefined || step.bar >= bars.length) continue;
    const before = bars.symbol === row.symbol ? step.bar <= row.bar : bars.timeAt(step.bar) < row.time;
    if (before) stopped = action.do !== "resume";
  }
  return stopped;
}

function fillsOutsideBar({ rows }: RunRecord, { series }: RunContext): Violation[] {
  return rows.fills
    .filter((row) => {
      const bars = series.find((one) => one.symbol === row.symbol);
      if (bars === undefined || row.bar < 0 || row.bar >= bars.length) return true;
      const price = parseDecimal(row.price);
      const at = (units: number) => ({ units: BigInt(units), scale: bars.priceScale });
      return compareDecimals(price, at(bars.lowAt(row.bar))) < 0 || compareDecimals(price, at(bars.highAt(row.bar))) > 0;
    })
    .map(fillViolation);
}

function fillsWithoutVolume({ rows }: RunRecord, { series }: RunContext): Violation[] {
  const isEmpty = (row: FillDetail) => series.find((one) => one.symbol === row.symbol)?.volume[row.bar] === 0;
  return rows.fills.filter(isEmpty).map(fillViolation);
}

function fillsBeyondLimit({ rows }: RunRecord): Violation[] {
  const limits = new Map(rows.orders.map((row) => [row.clientOrderId, row.price]));
  return rows.fills
    .filter((row) => {
      const limit = limits.get(row.clientOrderId);
      if (limit === undefined || limit === null) return false;
      const order = compareDecimals(parseDecimal(row.price), parseDecimal(limit));
      return row.side === "buy" ? order > 0 : order < 0;
    })
    .map(fillViolation);
}

function fillsWithoutOrder({ rows }: RunRecord): Violation[] {
  const sent = new Set(rows.orders.map((row) => row.clientOrderId));
  return rows.fills.filter((row) => !sent.has(row.clientOrderId)).map(fillViolation);
}

function overfills({ rows }: RunRecord): Violation[] {
  const filled = new Map<string, string[]>();
  for (const row of rows.fills) filled.set(row.clientOrderId, [...(filled.get(row.clientOrderId) ?? []), row.quantity]);
  // The venue's position has shown that it made more of the request: then that is what has happened.
  const confirmed = (order: OrderRow) =>
    rows.synced.some(({ symbol, leg, reason }) => reason === "fill_beyond_order" && symbol === order.symbol && leg === order.leg);
  return rows.orders
    .filter((row) => !confirmed(row) && compareDecimals(sumDecimals(filled.get(row.clientOrderId) ?? []), parseDecimal(row.quantity)) > 0)
    .map(orderViolation);
}

function unresolvedOutcomes({ rows }: RunRecord): Violation[] {
  return rows.orders.filter((row) => row.status === "UNKNOWN" || row.status === "QUARANTINED").map(orderViolation);
}

/** What is still in doubt when the bars end; a session that has stopped has said why it leaves it so. */
function unsettledEnds(record: RunRecord): Violation[] {
  const { restarts, halt } = record.rows;
  if (halt !== null) return [];
  const last = restarts.at(-1);
  const open = last === undefined || last.reconciled !== null ? [] : [{ bar: last.bar, text: printRestart(last) }];
  // A quarantine locks its market, and says why.
  const isStopped = ({ status, symbol }: OrderRow) =>
    status === "QUARANTINED" && record.rows.alerts.some(({ text }) => text.startsWith("quarantined: ") && text.includes(symbol));
  const doubtful = record.rows.orders.filter((row) => row.status === "UNKNOWN" || (row.status === "QUARANTINED" && !isStopped(row)));
  return [...doubtful.map(orderViolation), ...open];
}

/** What it had answered was taken; what it thinks of its position now is another matter. */
function strategyDiffers({ rows }: RunRecord): Violation[] {
  return rows.alerts.filter(({ text }) => text.startsWith("strategy_differs: ")).map(({ bar, text }) => ({ bar, text }));
}

function invariantViolations({ invariants }: RunRecord): Violation[] {
  if (invariants.violated === 0) return [];
  return [{ bar: -1, text: `${invariants.violated} of ${invariants.checked} invariant checks failed` }];
}

function halts({ rows }: RunRecord): Violation[] {
  return rows.halt === null ? [] : [{ bar: rows.halt.bar, text: `${rows.halt.reason}, ${rows.halt.text}` }];
}

function liquidations({ rows }: RunRecord): Violation[] {
  return rows.liquidations.map((row) => ({ bar: row.bar, text: printLiquidation(row) }));
}

function orderViolation(row: OrderRow): Violation {
  return { bar: row.bar, text: printOrder(row) };
}

function fillViolation(row: FillDetail): Violation {
  return { bar: row.bar, text: printFill(row) };
}
