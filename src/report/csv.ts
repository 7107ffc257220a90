// Orders and fills as CSV for spreadsheets (RFC 4180). A cell that a spreadsheet would run as a formula is defused;
// numbers stay numbers.

import type { FillDetail, OrderRow } from "../journal/index.ts";

type Cell = string | number | boolean | null;

const orderColumns = [
  "id",
  "clientOrderId",
  "symbol",
  "side",
  "leg",
  "family",
  "type",
  "quantity",
  "price",
  "trigger",
  "timeInForce",
  "reduceOnly",
  "status",
  "reason",
  "time",
  "bar",
] as const satisfies readonly (keyof OrderRow)[];

/** What the venue said to orders that it refused, empty for the others. */
const rejectionColumns = ["rejectionCode", "rejectionText", "rejectionClass"] as const;

const fillColumns = [
  "orderId",
  "clientOrderId",
  "symbol",
  "side",
  "leg",
  "family",
  "quantity",
  "price",
  "fee",
  "feeCurrency",
  "liquidity",
  "time",
  "bar",
] as const satisfies readonly (keyof FillDetail)[];

/** One line an order, times in epoch ms, absent cells empty. */
export function ordersCsv(orders: readonly OrderRow[]): string {
  return csvText(
    [...orderColumns, ...rejectionColumns],
    orders.map((row) => [...orderColumns.map((column) => row[column]), ...rejectionCells(row)]),
  );
}

function rejectionCells({ rejection }: OrderRow): Cell[] {
  return [rejection?.code ?? null, rejection?.text ?? null, rejection?.ccxtClass ?? null];
}

/** One line a fill, with the client order id and family of its order. */
export function fillsCsv(fills: readonly FillDetail[]): string {
  return csvText(
    fillColumns,
    fills.map((row) => fillColumns.map((column) => row[column])),
  );
}

/** Header and rows, each ended by CRLF as RFC 4180 asks. */
export function csvText(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [header, ...rows].map((cells) => `${cells.map(cellText).join(",")}\r\n`).join("");
}

const decimal = /^[+-]?\d+(\.\d+)?$/;
// What spreadsheets take as the start of a formula; a tab or a line break before it is skipped by some of them.
const formulaStart = /^[=+\-@\t\r\n]/;

function cellText(cell: Cell): string {
  if (cell === null) return "";
  const raw = String(cell);
  const text = formulaStart.test(raw) && !decimal.test(raw) ? `'${raw}` : raw;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
