// A comparison of two runs as Markdown. Text only; it must never compute.

import { isoText } from "../metrics/time-words.ts";
import { figureText, tableMarkdown, type ReportTable } from "../tables/report-table.ts";
import { figureDefinitions } from "../metrics/definitions.ts";
import type { RunComparison, ToldParting, ToldRecord } from "./compare-runs.ts";

const settingsShown = 40;

export function comparisonMarkdown(comparison: RunComparison): string {
  const { a, b, same, firstDifference, firstDecision } = comparison;
  const parts = [
    `# ${same ? "The runs are the same" : "The runs differ"}`,
    [a, b]
      .map(({ folder, runHash, startedAt }, at) => `${at === 0 ? "A" : "B"}: ${folder}, run hash ${runHash.slice(0, 16)}, started ${startedAt}`)
      .join("\n"),
  ];
  if (firstDifference !== null) {
    parts.push("## First record that differs", partingText(firstDifference, "records"), stateText(comparison));
    parts.push(
      "## First decision that differs",
      firstDecision === null ? "None: both runs decided the same." : decisionText(firstDecision, firstDifference),
    );
  }
  parts.push("## Configuration", settingsText(comparison), "## Metrics", metricsText(comparison), "## Equity", equityText(comparison));
  return `${parts.join("\n\n")}\n`;
}

function decisionText(decision: ToldParting, first: ToldParting): string {
  const same = decision.a[0]?.line === first.a[0]?.line && decision.b[0]?.line === first.b[0]?.line;
  return same ? "The same one." : partingText(decision, "decisions");
}

function partingText({ common, before, a, b }: ToldParting, what: string): string {
  const block = (sign: string, records: readonly ToldRecord[]): string[] =>
    records.length === 0 ? [`${sign} (the journal has ended)`] : records.map((record) => `${sign} ${recordText(record)}`);
  const [first] = [...a, ...b];
  const where = first === undefined ? "" : `, at bar ${first.bar}, ${isoText(first.time)} UTC`;
  const lines = [...before.map((record) => `  ${recordText(record)}`), ...block("A", a), ...block("B", b)];
  return `After ${common} ${what} that both have${where}:\n\n\`\`\`\n${lines.join("\n")}\n\`\`\``;
}

function recordText({ line, bar, time, text }: ToldRecord): string {
  return `${String(line).padStart(6)}  bar ${String(bar).padStart(4)}  ${isoText(time)}  ${text}`;
}

function stateText({ state }: RunComparison): string {
  if (state === null) return "";
  const positions = state.positions.map(({ symbol, side, quantity, since }) => `${side} ${quantity} ${symbol} since ${isoText(since)}`);
  const orders = state.openOrders.length === 0 ? "no open order" : `open orders: ${state.openOrders.join("; ")}`;
  return `Until then: ${positions.length === 0 ? "flat" : positions.join(", ")}; ${orders}.`;
}

function settingsText({ configuration }: RunComparison): string {
  if (configuration.length === 0) return "No difference.";
  const table = tableOf(
    ["setting", "A", "B"],
    configuration.slice(0, settingsShown).map(({ path, a, b }) => [path, valueText(a), valueText(b)]),
  );
  const more = configuration.length - settingsShown;
  return more > 0 ? `${table}\n\nand ${more} more; --json has them all.` : table;
}

function metricsText({ metrics }: RunComparison): string {
  if (metrics.length === 0) return "No difference.";
  return tableOf(
    ["figure", "A", "B", "B − A"],
    metrics.map(({ figure, a, b, delta }) => [
      figure,
      figureText(figure, a),
      figureText(figure, b),
      delta === null || figureDefinitions.get(figure)?.unit === "ms" ? "–" : figureText(figure, delta),
    ]),
  );
}

function equityText({ equity }: RunComparison): string {
  const { marks, differing, firstTime, largest, largestTime, last } = equity;
  if (marks === 0) return "The runs have no mark in common.";
  if (firstTime === null || largestTime === null) return `No difference in ${marks} marks.`;
  const signed = (value: number): string => `${value > 0 ? "+" : ""}${Number(value.toPrecision(8))}`;
  return [
    `${differing} of ${marks} common marks differ, from ${isoText(firstTime)} UTC on.`,
    `B − A: ${signed(largest)} at most, at ${isoText(largestTime)} UTC; ${signed(last ?? 0)} at the last mark.`,
  ].join("\n");
}

function tableOf(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const table: ReportTable = {
    name: "",
    title: "",
    columns: heads.map((key, at) => ({ key, unit: at === 0 ? "text" : "count" })),
    rows: rows.map((row) => Object.fromEntries(heads.map((head, at) => [head, row[at] ?? ""]))),
  };
  return tableMarkdown(table);
}

function valueText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
