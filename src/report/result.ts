// The machine output of a run, with its keys in their fixed order: other tools read it. Never adds a figure of its own
// and never renames a key.

import type { ExitCode } from "../domain/index.ts";
import type {
  AuditReport,
  Envelope,
  FillDetail,
  FillRow,
  Finding,
  FinalState,
  FundingRow,
  InvariantCount,
  LiquidationRow,
  OrderRow,
  RejectionRow,
  RestartRow,
  RouteRow,
  RunMetrics,
  SkipRow,
  UnprotectedRow,
} from "../journal/index.ts";
import type { NotRun } from "../scenario/index.ts";
import type { Outcome, RunStatus } from "./outcome.ts";

/** An error as it is printed: absent parts are null, lines and columns 1-based. */
export interface ErrorObject {
  readonly code: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
  readonly reason: string;
  readonly hint: string | null;
}

/** What `simulate --json` prints for one scenario. Everything after `seed` is empty or null for a scenario that did not run. */
export interface ResultObject {
  readonly scenario: string;
  readonly status: RunStatus;
  /** Null unless it ran. */
  readonly passed: boolean | null;
  readonly seed: number | null;
  readonly runHash: string | null;
  readonly expectations: readonly { readonly text: string; readonly passed: boolean; readonly actual: unknown }[];
  readonly orders: readonly OrderRow[];
  readonly fills: readonly FillRow[];
  readonly skipped: readonly SkipRow[];
  /** Only where there were any. */
  readonly routes?: readonly RouteRow[];
  readonly funding?: readonly FundingRow[];
  readonly liquidations?: readonly LiquidationRow[];
  readonly unprotectedBars?: readonly UnprotectedRow[];
  readonly restarts?: readonly RestartRow[];
  readonly final: FinalState | null;
  readonly metrics: RunMetrics | null;
  readonly invariants: InvariantCount | null;
  /** What the independent auditor says of the run. */
  readonly audit?: AuditObject;
  /** What else the bars allow; only where that was asked for. */
  readonly envelope?: Envelope;
  /** Only beside `status: error`, and where a run failed for more than its expectations. */
  readonly error?: ErrorObject;
  /** Only beside `status: not_run`. */
  readonly notRun?: NotRun;
}

/** The fixed machine form of an outcome; see the README's section on machine output. */
export function resultObject(outcome: Outcome): ResultObject {
  const { record, error, notRun } = outcome;
  const ran = record !== null || outcome.status === "failed";
  return {
    scenario: outcome.scenario,
    status: outcome.status,
    passed: ran ? outcome.status === "passed" : null,
    seed: outcome.seed,
    runHash: record?.runHash ?? null,
    expectations: outcome.expectations.map(({ text, passed, actual }) => ({ text, passed, actual })),
    orders: record?.rows.orders.map(orderObject) ?? [],
    fills: record?.rows.fills.map(fillObject) ?? [],
    skipped: record?.rows.skipped.map(skipObject) ?? [],
    ...(record === null || record.rows.routes.length === 0 ? {} : { routes: record.rows.routes }),
    ...(record === null || record.rows.funding.length === 0 ? {} : { funding: record.rows.funding }),
    ...(record === null || record.rows.liquidations.length === 0 ? {} : { liquidations: record.rows.liquidations }),
    ...(record === null || record.rows.unprotected.length === 0 ? {} : { unprotectedBars: record.rows.unprotected }),
    ...(record === null || record.rows.restarts.length === 0 ? {} : { restarts: record.rows.restarts }),
    final: record === null ? null : finalObject(record.final),
    metrics: record === null ? null : metricsObject(record.metrics),
    invariants: record === null ? null : { checked: record.invariants.checked, violated: record.invariants.violated },
    ...(record?.audit === undefined ? {} : { audit: auditObject(record.audit) }),
    ...(record?.envelope === undefined ? {} : { envelope: record.envelope }),
    ...(error === null ? {} : { error: errorObject(error) }),
    ...(notRun === null ? {} : { notRun: { reason: notRun.reason, hint: notRun.hint } }),
  };
}

/** `findings`: the first ones of `count`. `venue`: entries of the venue's tape that were compared. */
export interface AuditObject {
  readonly records: number;
  readonly venue: number | null;
  readonly checks: number;
  readonly count: number;
  readonly findings: readonly Finding[];
}

export function auditObject({ records, entries, checks, count, findings }: AuditReport): AuditObject {
  const list = findings.map(({ invariant, source, record, text, expected, found }) => ({ invariant, source, record, text, expected, found }));
  return { records, venue: entries, checks, count, findings: list };
}

/** `{code, file, line, column, reason, hint}` of a typed error. */
export function errorObject(error: {
  readonly code: string;
  readonly place: { readonly file: string | null; readonly line: number | null; readonly column: number | null };
  readonly reason: string;
  readonly hint: string | null;
  readonly exitCode: ExitCode;
}): ErrorObject {
  const { file, line, column } = error.place;
  return { code: error.code, file, line, column, reason: error.reason, hint: error.hint };
}

function orderObject(row: OrderRow): OrderRow {
  return {
    id: row.id,
    clientOrderId: row.clientOrderId,
    symbol: row.symbol,
    side: row.side,
    leg: row.leg,
    family: row.family,
    type: row.type,
    quantity: row.quantity,
    price: row.price,
    trigger: row.trigger,
    timeInForce: row.timeInForce,
    reduceOnly: row.reduceOnly,
    status: row.status,
    reason: row.reason,
    time: row.time,
    bar: row.bar,
    ...(row.rejection === undefined ? {} : { rejection: rejectionObject(row.rejection) }),
    ...(row.predictedSlippage === undefined ? {} : { predictedSlippage: row.predictedSlippage }),
  };
}

function rejectionObject({ code, text, ccxtClass }: RejectionRow): RejectionRow {
  return { code, text, ccxtClass };
}

function fillObject(row: FillDetail): FillRow {
  return {
    orderId: row.orderId,
    symbol: row.symbol,
    side: row.side,
    leg: row.leg,
    quantity: row.quantity,
    price: row.price,
    fee: row.fee,
    feeCurrency: row.feeCurrency,
    liquidity: row.liquidity,
    time: row.time,
    bar: row.bar,
  };
}

function skipObject(row: SkipRow): SkipRow {
  return { symbol: row.symbol, family: row.family, reason: row.reason, time: row.time, bar: row.bar };
}

function finalObject(final: FinalState): FinalState {
  return {
    balances: Object.fromEntries(sortedEntries(final.balances).map(([currency, { total, free, used }]) => [currency, { total, free, used }])),
    positions: final.positions.map(({ symbol, leg, quantity, entryPrice, unrealizedPnl }) => ({ symbol, leg, quantity, entryPrice, unrealizedPnl })),
    openOrders: final.openOrders.map(orderObject),
    equity: final.equity,
  };
}

function metricsObject(metrics: RunMetrics): RunMetrics {
  return {
    orders: metrics.orders,
    fills: metrics.fills,
    rejected: metrics.rejected,
    canceled: metrics.canceled,
    skipped: metrics.skipped,
    unknown: metrics.unknown,
    feesByCurrency: Object.fromEntries(sortedEntries(metrics.feesByCurrency)),
    realizedPnl: metrics.realizedPnl,
    maxDrawdown: metrics.maxDrawdown,
    ...(metrics.funding === undefined ? {} : { funding: metrics.funding }),
    ...(metrics.unprotectedCost === undefined ? {} : { unprotectedCost: metrics.unprotectedCost }),
  };
}

/** Currencies in code-unit order, so that equal runs print equal bytes. */
function sortedEntries<T>(record: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
