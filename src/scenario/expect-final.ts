// Expectations about the end of a run: the account after the last bar, a metric, and whether the session stopped early.

import { printDecimal, type Decimal } from "../domain/index.ts";
import type { FinalState, RunMetrics, RunRecord } from "../journal/rows.ts";
import { sumDecimals } from "./decimal-order.ts";
import { barOf, matchesDecimal, matchesInteger, printMatch, type ExpectationResult } from "./expect-match.ts";
import type { Expectation } from "./schema-expect.ts";
import type { DecimalMatch } from "./schema-values.ts";
import { recordsAround } from "./timeline.ts";

/** One key of an expectation: what was wanted, what was found. */
export interface Check {
  readonly wanted: string;
  readonly found: string;
  readonly passed: boolean;
}

export function evaluateFinal(wanted: NonNullable<Expectation["final"]>, record: RunRecord): ExpectationResult {
  const { final } = record;
  const checks: Check[] = [...positionChecks(wanted.position, final)];
  if (wanted.openOrders !== undefined) {
    const count = final.openOrders.length;
    checks.push({
      wanted: `open orders ${printMatch(wanted.openOrders)}`,
      found: `open orders ${count}`,
      passed: matchesInteger(wanted.openOrders, count),
    });
  }
  if (wanted.equity !== undefined) checks.push(decimalCheck("equity", wanted.equity, final.equity));
  for (const [currency, amount] of Object.entries(wanted.balance ?? {})) {
    checks.push(decimalCheck(`balance ${currency}`, amount, balanceOf(final, currency)));
  }
  return result("at the end", checks, record, lastBar(record));
}

export function evaluateMetric(wanted: NonNullable<Expectation["metric"]>, record: RunRecord): ExpectationResult {
  const value = metricValue(record.metrics, wanted.name, wanted.currency);
  const name = wanted.currency === undefined ? wanted.name : `${wanted.name} ${wanted.currency}`;
  const checks: Check[] = [];
  if (wanted.equals !== undefined) checks.push(decimalCheck(name, wanted.equals, value));
  if (wanted.min !== undefined) checks.push(decimalCheck(name, { min: wanted.min, max: undefined }, value));
  if (wanted.max !== undefined) checks.push(decimalCheck(name, { min: undefined, max: wanted.max }, value));
  const { text, passed } = result("metric", checks, record, null);
  return { text, passed, actual: `${name} ${value}`, context: [], bar: null };
}

export function evaluateHalt(wanted: NonNullable<Expectation["halt"]>, record: RunRecord): ExpectationResult {
  const { halt } = record.rows;
  const parts = [wanted.reason ?? "", wanted.bar === undefined ? "" : `bar ${printMatch(wanted.bar)}`].filter((part) => part !== "");
  const text = `the session stops${parts.length === 0 ? "" : `: ${parts.join(", ")}`}`;
  if (halt === null)
    return {
      text,
      passed: false,
      actual: "it ran to its last bar",
      context: recordsAround(record.rows, barOf(wanted.bar) ?? lastBar(record)),
      bar: null,
    };
  const passed = (wanted.reason === undefined || wanted.reason === halt.reason) && (wanted.bar === undefined || matchesInteger(wanted.bar, halt.bar));
  const actual = `stopped in bar ${halt.bar}: ${halt.reason}, ${halt.text}`;
  return { text, passed, actual, context: passed ? [] : recordsAround(record.rows, halt.bar), bar: passed ? null : halt.bar };
}

function positionChecks(wanted: NonNullable<Expectation["final"]>["position"], final: FinalState): Check[] {
  if (wanted === undefined) return [];
  if (Array.isArray(wanted)) return wanted.map((one) => legCheck(one, final));
  if (typeof wanted === "object" && "symbol" in wanted) return [legCheck(wanted, final)];
  return [decimalCheck("position", wanted as DecimalMatch, sumDecimals(final.positions.map((row) => row.quantity)))];
}

interface LegPosition {
  readonly symbol: string;
  readonly leg?: string | undefined;
  readonly position: DecimalMatch;
}

function legCheck(wanted: LegPosition, final: FinalState): Check {
  const rows = final.positions.filter((row) => row.symbol === wanted.symbol && (wanted.leg === undefined || row.leg === wanted.leg));
  const name = wanted.leg === undefined ? `position ${wanted.symbol}` : `position ${wanted.symbol} ${wanted.leg}`;
  return decimalCheck(name, wanted.position, sumDecimals(rows.map((row) => row.quantity)));
}

export function decimalCheck(name: string, wanted: DecimalMatch, found: string | Decimal): Check {
  const text = typeof found === "string" ? found : printDecimal(found);
  return { wanted: `${name} ${printMatch(wanted)}`, found: `${name} ${text}`, passed: matchesDecimal(wanted, found) };
}

/** A currency that the account never held has a balance of 0. */
function balanceOf(final: FinalState, currency: string): string {
  return Object.hasOwn(final.balances, currency) ? (final.balances[currency]?.total ?? "0") : "0";
}

function metricValue(metrics: RunMetrics, name: NonNullable<Expectation["metric"]>["name"], currency: string | undefined): string {
  if (name !== "fees") return String(metrics[name]);
  const key = currency ?? "";
  return Object.hasOwn(metrics.feesByCurrency, key) ? (metrics.feesByCurrency[key] ?? "0") : "0";
}

function result(subject: string, checks: readonly Check[], record: RunRecord, bar: number | null): ExpectationResult {
  const passed = checks.every((check) => check.passed);
  return {
    text: `${subject}: ${checks.map((check) => check.wanted).join(", ")}`,
    passed,
    actual: checks.map((check) => check.found).join(", "),
    context: passed || bar === null ? [] : recordsAround(record.rows, bar),
    bar: passed ? null : bar,
  };
}

/** The last bar in which anything happened. */
function lastBar(record: RunRecord): number {
  const { orders, fills, skipped, synced } = record.rows;
  return Math.max(-1, ...[orders, fills, skipped, synced].map((rows) => rows.reduce((last, row) => Math.max(last, row.bar), -1)));
}
