// A table of a report as data: what each column holds and how a person reads it. It must never format for a machine: there the
// cells stay as they are.

import { csvText, type Cell } from "../csv.ts";
import { figureDefinitions, type FigureUnit } from "../metrics/definitions.ts";
import type { FigureValue } from "../metrics/figure.ts";
import { durationText, isoText } from "../metrics/time-words.ts";

export interface TableColumn {
  readonly key: string;
  readonly unit: FigureUnit;
}

export interface ReportTable {
  readonly name: string;
  readonly title: string;
  readonly columns: readonly TableColumn[];
  readonly rows: readonly Readonly<Record<string, Cell>>[];
}

const shown: Readonly<Record<FigureUnit, (value: number) => string>> = {
  money: (value) => String(value),
  number: (value) => rounded(value, 8),
  share: (value) => `${percent(value * 100)} %`,
  ratio: (value) => rounded(value, 4),
  count: (value) => String(value),
  bp: (value) => value.toFixed(2),
  s: (value) => durationText(value * 1_000),
  ms: (value) => isoText(value),
  time: (value) => isoText(value),
  text: (value) => String(value),
  breakdown: (value) => String(value),
};

/** Units whose cells stand to the left. */
const words: ReadonlySet<FigureUnit> = new Set(["text", "time", "ms", "breakdown"]);

/** A cell for a person; "–" for nothing. */
export function cellText(value: Cell | undefined, unit: FigureUnit): string {
  if (value === null || value === undefined) return "–";
  return typeof value === "number" ? shown[unit](value) : String(value);
}

/** A figure for a person. */
export function figureText(key: string, value: FigureValue | null): string {
  if (value === null || typeof value !== "object") return cellText(value, figureDefinitions.get(key)?.unit ?? "text");
  const unit = key === "monthly_returns" ? "share" : "text";
  const parts = Object.entries(value).map(([word, each]) => `${word} ${cellText(each, unit)}`);
  return parts.length === 0 ? "none" : parts.join(", ");
}

/** RFC 4180, cells as they are. */
export function tableCsv({ columns, rows }: ReportTable): string {
  return csvText(
    columns.map(({ key }) => key),
    rows.map((row) => columns.map(({ key }) => row[key] ?? null)),
  );
}

/** A table of GitHub's Markdown whose source is readable too: cells are padded, numbers stand to the right. */
export function tableMarkdown({ columns, rows }: ReportTable): string {
  const cells = rows.map((row) => columns.map(({ key, unit }) => escaped(cellText(row[key], unit))));
  const heads = columns.map(({ key }) => key);
  const widths = heads.map((head, at) => Math.max(3, head.length, ...cells.map((row) => (row[at] ?? "").length)));
  const line = (parts: readonly string[]): string => `| ${parts.join(" | ")} |`;
  const padded = (row: readonly string[]): string =>
    line(row.map((cell, at) => (isWord(columns[at]) ? cell.padEnd(widths[at] as number) : cell.padStart(widths[at] as number))));
  const rule = line(widths.map((width, at) => (isWord(columns[at]) ? "-".repeat(width) : `${"-".repeat(width - 1)}:`)));
  return [padded(heads), rule, ...cells.map(padded)].join("\n");
}

function isWord(column: TableColumn | undefined): boolean {
  return column !== undefined && words.has(column.unit);
}

function escaped(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll(/\s*[\r\n]+\s*/g, " ");
}

/** At most so many digits that say something, without an exponent where that is readable. */
function rounded(value: number, digits: number): string {
  const text = String(Number(value.toPrecision(digits)));
  return Math.abs(value) >= 10 ** digits ? String(Math.round(value)) : text;
}

/** Two decimals, and for what they would hide two digits. */
function percent(value: number): string {
  return value !== 0 && Math.abs(value) < 0.01 ? String(Number(value.toPrecision(2))) : value.toFixed(2);
}
