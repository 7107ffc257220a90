// The one look of all tables: cli-table3 without its own colours, numbers to the right, no wider than the terminal.

import Table from "cli-table3";

export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
  /** The column that gives way when the table is wider than the terminal. */
  readonly flexible?: boolean;
  /** A column that is left out before the flexible ones become too narrow to read, the last such column first. */
  readonly dispensable?: boolean;
}

/** Smallest width that a flexible column shrinks to. */
const narrowest = 12;
/** Width that a flexible column wants: dispensable columns go before it shrinks further. */
const readable = 20;

/**
 * Text of a table, without a line break at its end. A table that does not fit into `width` columns wraps its flexible
 * columns and leaves out dispensable ones; without a flexible column it is as wide as it must be.
 */
export function tableText(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): string {
  const kept = keptColumns(columns, rows, width);
  if (kept.length === columns.length) return fullTable(columns, rows, width);
  const pick = <T>(cells: readonly T[]): T[] => kept.flatMap((at) => cells.slice(at, at + 1));
  return fullTable(pick(columns), rows.map(pick), width);
}

/** Indices of the columns that are shown. */
function keptColumns(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): number[] {
  const kept = columns.map((_column, index) => index);
  for (let at = columns.length - 1; at >= 0; at -= 1) {
    if (columns[at]?.dispensable !== true) continue;
    const left = widthLeft(
      kept.map((index) => columns[index] as Column),
      rows.map((row) => kept.map((index) => row[index] ?? "")),
      width,
    );
    if (left === null || left >= readable) break;
    kept.splice(kept.indexOf(at), 1);
  }
  return kept;
}

function fullTable(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): string {
  const titled = columns.some((column) => column.title !== "");
  const flexibleWidth = widthLeft(columns, rows, width);
  const table = new Table({
    head: titled ? columns.map((column) => column.title) : [],
    colAligns: columns.map((column) => column.align ?? "left"),
    colWidths: columns.map((column) => (column.flexible === true ? flexibleWidth : null)),
    style: { head: [], border: [], compact: true },
    wordWrap: true,
    wrapOnWordBoundary: false,
  });
  table.push(...rows.map((row) => row.map((cell, index) => (columns[index]?.flexible === true ? folded(cell, flexibleWidth) : cell))));
  return table.toString();
}

// Width of each flexible column, padding included, or null when all cells fit as they are.
function widthLeft(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): number | null {
  const widths = columns.map((column, index) => Math.max(textWidth(column.title), ...rows.map((row) => textWidth(row[index] ?? ""))) + 2);
  const borders = columns.length + 1;
  const total = widths.reduce((sum, each) => sum + each, borders);
  const flexible = columns.filter((column) => column.flexible === true).length;
  if (total <= width || flexible === 0) return null;
  const rigid = widths.reduce((sum, each, index) => (columns[index]?.flexible === true ? sum : sum + each), borders);
  return Math.max(narrowest, Math.floor((width - rigid) / flexible));
}

/** Breaks what is too long after a space, dash, slash or comma, so that names stay readable; the table itself breaks longer words. */
function folded(cell: string, width: number | null): string {
  if (width === null || textWidth(cell) <= width - 2) return cell;
  const lines: string[] = [];
  for (const part of cell.split(/(?<=[\s\-/,])/)) {
    const last = lines.at(-1);
    if (last !== undefined && !last.endsWith("\n") && textWidth(last + part) <= width - 2) lines[lines.length - 1] = last + part;
    else lines.push(part);
  }
  return lines.map((line) => line.trimEnd()).join("\n");
}

// Escape codes take no room on the screen.
function textWidth(text: string): number {
  const lines = text.replaceAll(/\u001b\[[0-9;]*m/g, "").split("\n");
  return Math.max(...lines.map((line) => line.length));
}
