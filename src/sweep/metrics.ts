// The figures of one trial, from what its run left. Money is exact in the run and becomes a float64 here: these figures are for
// comparing and ranking, the run itself can be repeated for its books. It must never put a number where there is none: null.

import { parseDecimal, printDecimal } from "../domain/index.ts";
import type { RunRecord } from "../journal/index.ts";
import { returnsOf, type ReturnSample } from "./returns.ts";

/** What a metric is read from. */
interface TrialFacts {
  readonly record: RunRecord;
  /** Equity before the first bar. */
  readonly start: number;
  readonly profit: number;
  /** Settlement currency. */
  readonly currency: string;
  readonly sample: ReturnSample | null;
}

export interface Metric {
  /** One line for a reader. */
  readonly text: string;
  /** Null where the run does not have it. */
  readonly of: (facts: TrialFacts) => number | null;
}

const money = (text: string): number => Number(text);
const quotient = (value: number, by: number): number | null => (by > 0 ? value / by : null);
const nets = ({ record }: TrialFacts): number[] => record.rows.ledger.map(({ net }) => money(net));
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Every metric by its name, in the order in which results list them. */
export const metrics = {
  equity: { text: "equity at the last close", of: ({ record }) => money(record.final.equity) },
  profit: { text: "equity at the last close less equity before the first bar", of: ({ profit }) => profit },
  profitShare: { text: "profit as a share of equity before the first bar", of: ({ profit, start }) => quotient(profit, start) },
  maxDrawdown: { text: "largest fall of equity from its peak, marked at closes", of: ({ record }) => money(record.metrics.maxDrawdown) },
  maxDrawdownShare: { text: "largest fall of equity as a share of its peak", of: ({ record, start }) => drawdownShare(record.equity.value, start) },
  profitToDrawdown: { text: "profit divided by maxDrawdown", of: ({ profit, record }) => quotient(profit, money(record.metrics.maxDrawdown)) },
  sharpe: {
    text: "mean of period returns divided by their standard deviation, to a year of 365 days",
    of: ({ sample }) => sample?.yearlySharpe ?? null,
  },
  realizedPnl: { text: "realised profit and loss before fees", of: ({ record }) => money(record.metrics.realizedPnl) },
  fees: { text: "fees in the settlement currency", of: ({ record, currency }) => money(record.metrics.feesByCurrency[currency] ?? "0") },
  funding: { text: "funding payments, positive when received", of: ({ record }) => money(record.metrics.funding ?? "0") },
  closes: { text: "closes in the ledger: a position closed in three parts has three", of: ({ record }) => record.rows.ledger.length },
  winRate: { text: "share of closes that won after fees", of: (facts) => quotient(nets(facts).filter((net) => net > 0).length, nets(facts).length) },
  profitFactor: {
    text: "what closes won divided by what closes lost, after fees",
    of: (facts) => quotient(sum(nets(facts).filter((net) => net > 0)), -sum(nets(facts).filter((net) => net < 0))),
  },
  expectancy: { text: "mean result of a close after fees", of: (facts) => quotient(sum(nets(facts)), nets(facts).length) },
  orders: { text: "orders sent", of: ({ record }) => record.metrics.orders },
  fills: { text: "executions", of: ({ record }) => record.metrics.fills },
  rejected: { text: "orders that the venue refused", of: ({ record }) => record.metrics.rejected },
  skipped: { text: "intents that a guard refused", of: ({ record }) => record.metrics.skipped },
  liquidations: { text: "closes by the venue's liquidation", of: ({ record }) => record.rows.liquidations.length },
  ambiguousBars: { text: "bars in which the assumed path decided what came first", of: ({ record }) => record.assumptions.ambiguousBars },
  unprotectedCost: {
    text: "cost of exits that were reached before they were live",
    of: ({ record }) => money(record.metrics.unprotectedCost ?? "0"),
  },
  worstEquity: { text: "equity of the envelope's worst world; null without the path envelope", of: ({ record }) => end(record.envelope?.worst) },
  bestEquity: { text: "equity of the envelope's best world; null without the path envelope", of: ({ record }) => end(record.envelope?.best) },
} as const satisfies Readonly<Record<string, Metric>>;

export type MetricName = keyof typeof metrics;
export type Figures = Readonly<Record<MetricName, number | null>>;
export const metricNames: readonly string[] = Object.keys(metrics);

/** The figures of a run, and its sample of returns. @param from returns count from this instant, epoch ms @param start equity before the first bar, decimal text */
export function figuresOf(
  record: RunRecord,
  { start: startText, currency, from }: { readonly start: string; readonly currency: string; readonly from: number },
): { readonly figures: Figures; readonly sample: ReturnSample | null } {
  const start = money(startText);
  const sample = returnsOf(record.equity, start, from);
  const facts: TrialFacts = { record, start, profit: difference(record.final.equity, startText), currency, sample };
  const figures = Object.fromEntries(Object.entries(metrics).map(([name, metric]: [string, Metric]) => [name, finite(metric.of(facts))]));
  return { figures: figures as Figures, sample };
}

/** Exact, then rounded once: 1000.7 less 1000 is 0.7. */
function difference(a: string, b: string): number {
  const [left, right] = [parseDecimal(a), parseDecimal(b)];
  const scale = Math.max(left.scale, right.scale);
  const units = left.units * 10n ** BigInt(scale - left.scale) - right.units * 10n ** BigInt(scale - right.scale);
  return Number(printDecimal({ units, scale }));
}

function finite(value: number | null): number | null {
  return value === null || !Number.isFinite(value) ? null : value;
}

function end(envelopeEnd: { readonly equity: string } | undefined): number | null {
  return envelopeEnd === undefined ? null : money(envelopeEnd.equity);
}

function drawdownShare(equity: Float64Array, start: number): number | null {
  if (start <= 0) return null;
  let peak = start;
  let deepest = 0;
  for (const value of equity) {
    if (value > peak) peak = value;
    else if ((peak - value) / peak > deepest) deepest = (peak - value) / peak;
  }
  return deepest;
}
