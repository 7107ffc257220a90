// All tables of a run, by name. It must never add anything up: sums are those of grouped.ts and of the figures.

import { printUnits } from "../../domain/index.ts";
import type { Cell } from "../csv.ts";
import { figureGroups } from "../metrics/definitions.ts";
import { executionsOf } from "../metrics/order-execution.ts";
import type { RunFacts } from "../metrics/run-facts.ts";
import type { RunMetricsObject } from "../metrics/run-metrics.ts";
import { Calendar } from "../metrics/time-words.ts";
import { tradeRows, tradeScales, type TradeRow } from "../metrics/trade-table.ts";
import { groupedTable, groupKeys, type GroupKey } from "./grouped.ts";
import { figureText, type ReportTable, type TableColumn } from "./report-table.ts";
import { symbolProfits, symbolTable } from "./symbol-profit.ts";

/** Which lines groups are made of: trades from flat to flat, or what each closing order closed. */
export type TradeUnit = "flat" | "exit";

export interface RunTables {
  readonly tables: readonly ReportTable[];
  readonly warnings: readonly string[];
}

const tradeColumns: readonly TableColumn[] = [
  { key: "trade", unit: "count" },
  { key: "symbol", unit: "text" },
  { key: "side", unit: "text" },
  { key: "quantity", unit: "money" },
  { key: "entryTime", unit: "ms" },
  { key: "exitTime", unit: "ms" },
  { key: "seconds", unit: "s" },
  { key: "entryPrice", unit: "number" },
  { key: "exitPrice", unit: "number" },
  { key: "gross", unit: "money" },
  { key: "fees", unit: "money" },
  { key: "funding", unit: "money" },
  { key: "profit", unit: "money" },
  { key: "profitRatio", unit: "share" },
  { key: "tag", unit: "text" },
  { key: "reason", unit: "text" },
];

export async function runTables(facts: RunFacts, metrics: RunMetricsObject, unit: TradeUnit): Promise<RunTables> {
  const calendar = new Calendar(metrics.options.zone);
  const lines = unit === "flat" ? facts.trades : facts.exits;
  const profits = symbolProfits(facts);
  const tables = [
    figureTable(metrics),
    symbolTable(profits),
    ...(await Promise.all(groupKeys.map((key: GroupKey) => groupedTable(lines, key, facts, calendar)))),
    tradeTable("trades", "Trades from flat to flat", tradeRows(facts.trades, tradeScales(facts))),
    tradeTable("exits", "What each closing order closed", tradeRows(facts.exits, tradeScales(facts))),
    openTable(facts),
    orderTable(facts),
    fillTable(facts),
    plainTable("skipped", "Intents that never became orders", facts.skipped, [
      ["time", "ms"],
      ["symbol", "text"],
      ["family", "text"],
      ["reason", "text"],
      ["bar", "count"],
    ]),
    plainTable("funding", "Funding", facts.funding, [
      ["time", "ms"],
      ["symbol", "text"],
      ["leg", "text"],
      ["quantity", "money"],
      ["rate", "money"],
      ["mark", "money"],
      ["amount", "money"],
    ]),
    plainTable("liquidations", "Liquidations", facts.liquidations, [
      ["time", "ms"],
      ["symbol", "text"],
      ["leg", "text"],
      ["side", "text"],
      ["quantity", "money"],
      ["price", "money"],
      ["fee", "money"],
      ["insurance", "money"],
    ]),
  ];
  return { tables, warnings: profits.warnings };
}

function figureTable({ metrics, notApplicable }: RunMetricsObject): ReportTable {
  return {
    name: "metrics",
    title: "Metrics",
    columns: [
      { key: "group", unit: "text" },
      { key: "figure", unit: "text" },
      { key: "value", unit: "text" },
      { key: "note", unit: "text" },
    ],
    rows: figureGroups.flatMap(({ name, figures }) =>
      figures.map(({ key }) => {
        const value = metrics[key] ?? null;
        const cell = value !== null && typeof value === "object" ? figureText(key, value) : value;
        return { group: name, figure: key, value: cell, note: notApplicable[key] ?? null };
      }),
    ),
  };
}

function tradeTable(name: string, title: string, rows: readonly TradeRow[]): ReportTable {
  return { name, title, columns: tradeColumns, rows: rows.map((row) => ({ ...row })) };
}

function openTable({ open, moneyScale, markets }: RunFacts): ReportTable {
  const { quantityScales } = tradeScales({ markets, moneyScale });
  return {
    name: "open",
    title: "Still open",
    columns: [
      { key: "symbol", unit: "text" },
      { key: "side", unit: "text" },
      { key: "quantity", unit: "money" },
      { key: "entryTime", unit: "ms" },
      { key: "profit", unit: "money" },
      { key: "tag", unit: "text" },
    ],
    rows: open.map(({ symbol, side, quantity, entryTime, profit, entryReason }) => ({
      symbol,
      side,
      quantity: printUnits(quantity, quantityScales.get(symbol) ?? 0),
      entryTime,
      profit: printUnits(profit, moneyScale),
      tag: entryReason,
    })),
  };
}

function orderTable({ orders, fills, purposes }: RunFacts): ReportTable {
  const executions = executionsOf(fills);
  const rows = orders.map((order, at) => ({ ...order, ...executions.get(order.clientOrderId), purpose: purposes[at] ?? null }));
  return plainTable("orders", "Orders", rows, [
    ["time", "ms"],
    ["symbol", "text"],
    ["side", "text"],
    ["leg", "text"],
    ["family", "text"],
    ["type", "text"],
    ["quantity", "money"],
    ["price", "money"],
    ["trigger", "money"],
    ["filled", "money"],
    ["fees", "money"],
    ["status", "text"],
    ["reason", "text"],
    ["purpose", "text"],
    ["clientOrderId", "text"],
  ]);
}

function fillTable({ fills }: RunFacts): ReportTable {
  return plainTable("fills", "Fills", fills, [
    ["time", "ms"],
    ["symbol", "text"],
    ["side", "text"],
    ["leg", "text"],
    ["family", "text"],
    ["quantity", "money"],
    ["price", "money"],
    ["requestedPrice", "money"],
    ["fee", "money"],
    ["feeCurrency", "text"],
    ["liquidity", "text"],
    ["clientOrderId", "text"],
  ]);
}

/** The named columns of rows as they are. */
function plainTable(name: string, title: string, rows: readonly object[], columns: readonly (readonly [string, TableColumn["unit"]])[]): ReportTable {
  return {
    name,
    title,
    columns: columns.map(([key, unit]) => ({ key, unit })),
    rows: rows.map((row) => {
      const cells = row as Readonly<Record<string, Cell>>;
      return Object.fromEntries(columns.map(([key]) => [key, cells[key] ?? null]));
    }),
  };
}
