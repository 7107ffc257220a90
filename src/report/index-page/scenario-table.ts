// The matrix of scenarios and results: one row a scenario, sorted and filtered in the browser by what stands in its cells.

import type { Outcome, RunFigures } from "../outcome.ts";
import { statusWords } from "../outcome.ts";
import { elapsedText, passedCount } from "../terminal/terminal.ts";
import { element, type Markup, type Part } from "./markup.ts";
import { inOrder, statusBadges, statusOrder, type IndexEntry } from "./view.ts";

interface ResultColumn {
  readonly title: string;
  readonly numeric: boolean;
  readonly cell: (outcome: Outcome<RunFigures>, entry: IndexEntry) => Part;
  /** What rows are sorted by: a number as text, or words; null sorts last. */
  readonly key: (outcome: Outcome<RunFigures>, entry: IndexEntry) => string | null;
}

/** Exact decimals as the run gave them. */
const figure = (title: string, of: (record: RunFigures) => string | number): ResultColumn => ({
  title,
  numeric: true,
  cell: ({ record }) => (record === null ? "–" : String(of(record))),
  key: ({ record }) => (record === null ? null : String(of(record))),
});

const columns: readonly ResultColumn[] = [
  {
    title: "Status",
    numeric: false,
    cell: ({ status }) => statusBadge(status),
    key: ({ status }) => String(statusOrder.indexOf(status)),
  },
  {
    title: "Scenario",
    numeric: false,
    cell: ({ scenario }, { link }) => (link === null ? element("span", { tabindex: "-1" }, scenario) : element("a", { href: link }, scenario)),
    key: ({ scenario }) => scenario,
  },
  figure("Orders", ({ metrics }) => metrics.orders),
  figure("Fills", ({ metrics }) => metrics.fills),
  figure("Rejected", ({ metrics }) => metrics.rejected),
  figure("Realized P&L", ({ metrics }) => metrics.realizedPnl),
  figure("Max drawdown", ({ metrics }) => metrics.maxDrawdown),
  figure("Equity", ({ equity }) => equity),
  {
    title: "Expectations",
    numeric: true,
    cell: (outcome) => (outcome.record === null ? "–" : `${passedCount(outcome)} of ${outcome.expectations.length}`),
    key: (outcome) => (outcome.record === null ? null : String(passedCount(outcome) - outcome.expectations.length)),
  },
  {
    title: "Invariants",
    numeric: true,
    cell: ({ record }) => (record === null ? "–" : invariantText(record)),
    key: ({ record }) => (record === null ? null : String(-record.invariants.violated)),
  },
  {
    title: "Time",
    numeric: true,
    cell: ({ record, elapsedMs }) => (record === null ? "–" : elapsedText(elapsedMs)),
    key: ({ record, elapsedMs }) => (record === null ? null : String(elapsedMs)),
  },
  {
    title: "Labels",
    numeric: false,
    cell: ({ labels }) => labels.join("; "),
    key: ({ labels }) => labels.join("; "),
  },
];

export function statusBadge(status: keyof typeof statusWords): Markup {
  const { sign, word } = statusWords[status];
  return element("span", { class: `badge ${statusBadges[status]}` }, `${sign} ${word}`);
}

export function scenarioTable(entries: readonly IndexEntry[]): Markup {
  const heads = columns.map(({ title, numeric }) => element("th", { scope: "col", class: numeric ? "number" : null }, title));
  const rows = inOrder(entries).map((entry) => {
    const { outcome } = entry;
    const cells = columns.map(({ numeric, cell, key }) =>
      element("td", { class: numeric ? "number" : null, "data-key": key(outcome, entry) }, cell(outcome, entry)),
    );
    return element("tr", { "data-status": outcome.status, title: entry.file }, ...cells);
  });
  const caption = element("caption", { class: "hidden" }, "Scenarios and results, failed ones first");
  const table = element("table", { id: "results" }, caption, element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...rows));
  return element("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": "Scenarios and results" }, table);
}

function invariantText({ invariants }: RunFigures): string {
  return invariants.violated === 0 ? `${invariants.checked} hold` : `${invariants.violated} violated`;
}
