// Orders, fills and trades as CSV for spreadsheets (RFC 4180). A cell that a spreadsheet would run as a formula is defused;
// numbers stay numbers.

import type { FillDetail, OrderRow } from "../journal/index.ts";
import type { PricedFill } from "./metrics/requested-price.ts";
import { executionsOf, type OrderExecution } from "./metrics/order-execution.ts";
import type { TradeRow } from "./metrics/trade-table.ts";

export type Cell = string | number | boolean | null;

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

/** What became of the order: enough for a trade list without fills.csv. */
const executionColumns = ["filled", "cost", "fees", "feeCurrency", "filledTime"] as const satisfies readonly (keyof OrderExecution)[];

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

/**
 * One line an order, times in epoch ms, absent cells empty.
 * @param fills of these orders @param purposes why each order was sent, in the order of the rows; null where nobody knows
 */
export function ordersCsv(orders: readonly OrderRow[], fills: readonly FillDetail[], purposes: readonly (string | null)[]): string {
  const executions = executionsOf(fills);
  return csvText(
    [...orderColumns, ...rejectionColumns, ...executionColumns, "purpose"],
    orders.map((row, at) => {
      const execution = executions.get(row.clientOrderId);
      return [
        ...orderColumns.map((column) => row[column]),
        ...rejectionCells(row),
        ...executionColumns.map((column) => execution?.[column] ?? null),
        purposes[at] ?? null,
      ];
    }),
  );
}

function rejectionCells({ rejection }: OrderRow): Cell[] {
  return [rejection?.code ?? null, rejection?.text ?? null, rejection?.ccxtClass ?? null];
}

/** One line a fill, with the client order id and family of its order, and the price that it asked for. */
export function fillsCsv(fills: readonly PricedFill[]): string {
  const columns = [...fillColumns, "requestedPrice"] as const;
  return csvText(
    columns,
    fills.map((row) => columns.map((column) => row[column])),
  );
}

const tradeColumns = [
  "trade",
  "symbol",
  "leg",
  "side",
  "quantity",
  "entryTime",
  "exitTime",
  "seconds",
  "entryPrice",
  "exitPrice",
  "entryValue",
  "exitValue",
  "gross",
  "fees",
  "funding",
  "profit",
  "profitRatio",
  "entries",
  "exits",
  "tag",
  "reason",
  "family",
] as const satisfies readonly (keyof TradeRow)[];

/** One line a trade from flat to flat, in the order in which they closed. */
export function tradesCsv(trades: readonly TradeRow[]): string {
  return csvText(
    tradeColumns,
    trades.map((row) => tradeColumns.map((column) => row[column])),
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
