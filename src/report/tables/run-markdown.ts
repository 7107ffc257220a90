// The report of a run as Markdown, for a terminal, a pull request or a wiki. Text only; it must never compute.

import { isoText } from "../metrics/time-words.ts";
import { figureGroups } from "../metrics/definitions.ts";
import type { RunMetricsObject } from "../metrics/run-metrics.ts";
import type { StoredRun } from "../read-run.ts";
import type { GroupKey } from "./grouped.ts";
import { figureText, tableMarkdown, type ReportTable } from "./report-table.ts";
import type { RunTables } from "./run-tables.ts";

/** Rows of a long table that are shown; the CSV has them all. */
const rowsShown = 20;

/** Tables that are shown where they have a row, behind the figures. */
const listed = ["trades", "open", "funding", "liquidations"];

/** @param groups which groupings of the trades are shown */
export function runMarkdown(
  { manifest, result, facts }: StoredRun,
  metrics: RunMetricsObject,
  { tables, warnings }: RunTables,
  groups: readonly GroupKey[],
): string {
  const named = (name: string): ReportTable | undefined => tables.find((table) => table.name === name);
  const section = (name: string): string[] => {
    const table = named(name);
    return table === undefined || table.rows.length === 0 ? [] : [`## ${table.title}`, tableText(table)];
  };
  const markets = facts.markets.map(({ instrument, timeframe, bars }) => `${instrument.symbol} ${timeframe} (${bars} bars)`).join(", ");
  const head = [
    `# ${result.scenario}: ${result.status}`,
    [
      `${markets}, ${isoText(facts.from)} to ${isoText(facts.to)} UTC.`,
      `Strategy ${manifest.strategy.name}, seed ${manifest.seed}, venue ${manifest.venue}, run hash ${manifest.hashes.run.slice(0, 16)}, started ${manifest.startedAt}.`,
      ...(manifest.labels.length === 0 ? [] : [`Labels: ${manifest.labels.join("; ")}.`]),
      ...warnings.map((warning) => `Warning: ${warning}.`),
    ].join("\n"),
  ];
  const figures = figureGroups.flatMap(({ title, figures: keys }) => [
    `## ${title}`,
    tableText(
      figureTable(
        keys.map(({ key }) => key),
        metrics,
      ),
      null,
    ),
  ]);
  const tail = [...section("pnl"), ...groups.flatMap(section), ...listed.flatMap(section)];
  return `${[...head, ...figures, absentText(metrics), ...tail].filter((part) => part !== "").join("\n\n")}\n`;
}

/** Only what can be said: why the others cannot stands below. */
function figureTable(keys: readonly string[], { metrics }: RunMetricsObject): ReportTable {
  return {
    name: "figures",
    title: "",
    columns: [
      { key: "figure", unit: "text" },
      { key: "value", unit: "count" },
    ],
    rows: keys.flatMap((key) => {
      const value = metrics[key] ?? null;
      // A time and a duration have a twin for machines: once is enough for a person.
      const twin = metrics[key.replace(/_(?:ts|s)$/, "")];
      return value === null || (/_(?:ts|s)$/.test(key) && twin !== undefined) ? [] : [{ figure: key, value: figureText(key, value) }];
    }),
  };
}

/** Figures that say nothing here, by reason. */
function absentText({ notApplicable }: RunMetricsObject): string {
  const byReason = new Map<string, string[]>();
  for (const [key, reason] of Object.entries(notApplicable)) byReason.set(reason, [...(byReason.get(reason) ?? []), key]);
  const lines = [...byReason].map(([reason, keys]) => `- ${reason}: ${keys.join(", ")}`);
  return lines.length === 0 ? "" : ["## Not applicable", lines.join("\n")].join("\n\n");
}

function tableText(table: ReportTable, limit: number | null = rowsShown): string {
  const { rows } = table;
  if (limit === null || rows.length <= limit) return tableMarkdown(table);
  const text = tableMarkdown({ ...table, rows: rows.slice(-limit) });
  return `${text}\n\nThe last ${limit} of ${rows.length}; \`--format csv --table ${table.name}\` has them all.`;
}
