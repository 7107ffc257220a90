// Expectations that filter rows and count them: orders, fills, refused intents, synced positions, alerts, ledger lines.

import type { AlertRow, OrderRow, RunRows } from "../journal/rows.ts";
import { printDecimal } from "../domain/index.ts";
import { sumDecimals } from "./decimal-order.ts";
import { barOf, matchesDecimal, matchesInteger, printMatch, type ExpectationResult } from "./expect-match.ts";
import type { Expectation } from "./schema-expect.ts";
import type { DecimalMatch, IntegerMatch } from "./schema-values.ts";
import {
  printFill,
  printFunding,
  printLedger,
  printLiquidation,
  printOrder,
  printRestart,
  printRoute,
  printSkip,
  printSync,
  printUnprotected,
  recordsAround,
} from "./timeline.ts";

type Row = Readonly<Record<string, unknown>> & { readonly bar: number };

/** How one row kind is called, found and shown. */
interface RowForm {
  readonly one: string;
  readonly many: string;
  rows(rows: RunRows): readonly Row[];
  print(row: Row): string;
}

export type RowFormName =
  | "order"
  | "fill"
  | "skipped"
  | "synced"
  | "alert"
  | "ledger"
  | "route"
  | "funding"
  | "liquidation"
  | "unprotected"
  | "restart";

// One cast a form: row interfaces have no index signature, and the filters below read them by key.
const forms: Readonly<Record<RowFormName, RowForm>> = {
  order: form("order", "orders", (rows) => rows.orders.map(withRefusal), printOrder),
  fill: form("fill", "fills", (rows) => rows.fills, printFill),
  skipped: form("skipped intent", "skipped intents", (rows) => rows.skipped, printSkip),
  synced: form("synced position", "synced positions", (rows) => rows.synced, printSync),
  alert: form(
    "alert",
    "alerts",
    (rows) => rows.alerts,
    (row: AlertRow) => `${row.level}: ${row.text}`,
  ),
  ledger: form("ledger line", "ledger lines", (rows) => rows.ledger, printLedger),
  route: form("route", "routes", (rows) => rows.routes, printRoute),
  funding: form("funding payment", "funding payments", (rows) => rows.funding, printFunding),
  unprotected: form("unprotected bar", "unprotected bars", (rows) => rows.unprotected, printUnprotected),
  restart: form("restart", "restarts", (rows) => rows.restarts, printRestart),
  liquidation: form("liquidation", "liquidations", (rows) => rows.liquidations, printLiquidation),
};

/** Keys of a filter that are not compared for equality. */
const comparisons: Readonly<Record<string, "decimal" | "integer" | "contains">> = {
  price: "decimal",
  trigger: "decimal",
  quantity: "decimal",
  filled: "decimal",
  fee: "decimal",
  rate: "decimal",
  mark: "decimal",
  insurance: "decimal",
  bar: "integer",
  endBar: "integer",
  slices: "integer",
  orders: "integer",
  missedBars: "integer",
  epoch: "integer",
  text: "contains",
};

/** Keys that judge the matching rows together instead of choosing them. */
const judgements: ReadonlySet<string> = new Set(["count", "gross", "net", "amount", "cost"]);

type Filter = Readonly<Record<string, unknown>> & { readonly count?: IntegerMatch | undefined; readonly bar?: IntegerMatch | undefined };

export function evaluateRows(name: RowFormName, filter: NonNullable<Expectation[RowFormName]>, rows: RunRows): ExpectationResult {
  const rowForm = forms[name];
  const wanted = filter as Filter;
  const criteria = Object.entries(wanted).filter(([key, value]) => value !== undefined && !judgements.has(key));
  const all = rowForm.rows(rows);
  const matching = all.filter((row) => criteria.every(([key, value]) => fits(key, value, row)));
  const problems: string[] = [];
  const counted = wanted.count === undefined ? matching.length > 0 : matchesInteger(wanted.count, matching.length);
  if (!counted) problems.push(describeCount(rowForm, all, matching, criteria));
  const sums = (["gross", "net", "amount", "cost"] as const).filter((key) => wanted[key] !== undefined);
  const sumTexts = sums.map((key) => {
    const sum = sumDecimals(matching.map((row) => String(row[key])));
    if (!matchesDecimal(wanted[key] as DecimalMatch, sum)) problems.push(`${key} ${printDecimal(sum)}`);
    return `${key} ${printDecimal(sum)}`;
  });
  const passed = problems.length === 0;
  const nearest = matching.at(-1) ?? closest(all, criteria)?.row;
  const bar = barOf(wanted.bar) ?? nearest?.bar ?? null;
  return {
    text: sentence(rowForm, wanted, criteria, sums),
    passed,
    actual: passed ? [`${matching.length} found`, ...sumTexts].join(", ") : problems.join(", "),
    context: passed || bar === null ? [] : recordsAround(rows, bar),
    bar: passed ? null : bar,
  };
}

function fits(key: string, wanted: unknown, row: Row): boolean {
  const actual = row[key];
  switch (comparisons[key]) {
    case "decimal":
      return matchesDecimal(wanted as DecimalMatch, typeof actual === "string" ? actual : null);
    case "integer":
      return typeof actual === "number" && matchesInteger(wanted as IntegerMatch, actual);
    case "contains":
      return String(actual).includes(String(wanted));
    default:
      return actual === wanted;
  }
}

function describeCount(rowForm: RowForm, all: readonly Row[], matching: readonly Row[], criteria: readonly [string, unknown][]): string {
  if (matching.length > 0) return `${matching.length} found`;
  if (all.length === 0) return `none found: the run has no ${rowForm.many}`;
  const near = closest(all, criteria);
  if (near === null) return "none found";
  const differs = near.differs.map((key) => `${key} ${String(near.row[key])}`).join(", ");
  return `none found; the nearest is bar ${near.row.bar}: ${rowForm.print(near.row)} (differs: ${differs})`;
}

/** The first of the rows with the fewest criteria unmet. */
function closest(all: readonly Row[], criteria: readonly [string, unknown][]): { row: Row; differs: string[] } | null {
  let best: { row: Row; differs: string[] } | null = null;
  for (const row of all) {
    const differs = criteria.filter(([key, value]) => !fits(key, value, row)).map(([key]) => key);
    if (best === null || differs.length < best.differs.length) best = { row, differs };
  }
  return best;
}

function sentence(
  rowForm: RowForm,
  wanted: Filter,
  criteria: readonly [string, unknown][],
  sums: readonly ("gross" | "net" | "amount" | "cost")[],
): string {
  const count = wanted.count ?? { min: 1 };
  const noun = count === 1 || (typeof count === "object" && count.max === undefined && count.min === 1) ? rowForm.one : rowForm.many;
  const filters = criteria.map(([key, value]) => `${key} ${key === "text" ? `"${String(value)}"` : printWanted(value)}`);
  const judged = sums.map((key) => `${key} ${printWanted(wanted[key])} in sum`);
  const rest = [...filters, ...judged].join(", ");
  return `${count === 0 ? "no" : printMatch(count)} ${noun}${rest === "" ? "" : `: ${rest}`}`;
}

function printWanted(value: unknown): string {
  return typeof value === "object" && value !== null ? printMatch(value as DecimalMatch) : String(value);
}

/** An order with what the venue said of it beside its own keys, so that a filter can name it. */
function withRefusal(row: OrderRow): OrderRow & { readonly code: string | null; readonly ccxtClass: string | null } {
  return { ...row, code: row.rejection?.code ?? null, ccxtClass: row.rejection?.ccxtClass ?? null };
}

function form<R extends { readonly bar: number }>(
  one: string,
  many: string,
  rows: (rows: RunRows) => readonly R[],
  print: (row: R) => string,
): RowForm {
  return { one, many, rows: rows as unknown as RowForm["rows"], print: print as unknown as RowForm["print"] };
}
