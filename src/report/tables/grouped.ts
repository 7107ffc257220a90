// Closed trades by day, month, symbol, leg, family, reason or tag: one line a group with exact sums, and their total. It must never
// decide what a trade is, or load its table library before it is needed.

import { printUnits } from "../../domain/index.ts";
import { accountDrawdown } from "../metrics/drawdown.ts";
import type { RunFacts } from "../metrics/run-facts.ts";
import { mean, quotient } from "../metrics/statistics.ts";
import type { Calendar } from "../metrics/time-words.ts";
import { profitRatio } from "../metrics/trade-figures.ts";
import type { TradeLine } from "../metrics/trade-line.ts";
import type { Cell } from "../csv.ts";
import type { ReportTable, TableColumn } from "./report-table.ts";

/** What trades can be grouped by, and the group of one. */
const keys = {
  day: (trade: TradeLine, calendar: Calendar): string => calendar.date(trade.exitTime),
  month: (trade: TradeLine, calendar: Calendar): string => calendar.month(trade.exitTime),
  symbol: ({ symbol }: TradeLine): string => symbol,
  leg: ({ side }: TradeLine): string => side,
  family: ({ exitFamily }: TradeLine): string => exitFamily ?? "none",
  reason: ({ exitReason }: TradeLine): string => exitReason,
  tag: ({ entryReason }: TradeLine): string => entryReason,
} as const;

export type GroupKey = keyof typeof keys;

export const groupKeys: readonly GroupKey[] = Object.keys(keys) as GroupKey[];

const titles: Readonly<Record<GroupKey, string>> = {
  day: "By day of the exit",
  month: "By month of the exit",
  symbol: "By symbol",
  leg: "By side",
  family: "By family of the exit",
  reason: "By exit reason",
  tag: "By entry reason",
};

/** The unit of each column behind the key. */
const columns: readonly TableColumn[] = [
  { key: "trades", unit: "count" },
  { key: "wins", unit: "count" },
  { key: "draws", unit: "count" },
  { key: "losses", unit: "count" },
  { key: "winrate", unit: "share" },
  { key: "profit_mean", unit: "share" },
  { key: "profit_total_abs", unit: "money" },
  { key: "profit_total", unit: "share" },
  { key: "profit_factor", unit: "ratio" },
  { key: "max_drawdown_abs", unit: "money" },
  { key: "fees", unit: "money" },
  { key: "holding_avg_s", unit: "s" },
];

/** Calendar groups in their own order, others by profit, the largest first; the last row is the total of all. */
export async function groupedTable(trades: readonly TradeLine[], by: GroupKey, facts: RunFacts, calendar: Calendar): Promise<ReportTable> {
  const { desc, op, table } = await import("arquero");
  const complete = trades.filter(({ complete: whole }) => whole);
  const grouped = table({
    key: complete.map((trade) => keys[by](trade, calendar)),
    at: complete.map((_, at) => at),
    profit: complete.map(({ profit }) => profit),
  })
    .groupby("key")
    .rollup({ places: op.array_agg("at"), profit: op.sum("profit") })
    .orderby(...(by === "day" || by === "month" ? ["key"] : [desc("profit"), "key"]));
  const groups = grouped.objects() as { readonly key: string; readonly places: readonly number[] }[];
  const rows = groups.map(({ key, places }) =>
    groupRow(
      by,
      key,
      places.map((at) => complete[at] as TradeLine),
      facts,
    ),
  );
  if (groups.length > 0) rows.push(groupRow(by, "TOTAL", complete, facts));
  return { name: by, title: titles[by], columns: [{ key: by, unit: "text" }, ...columns], rows };
}

function groupRow(by: GroupKey, key: string, trades: readonly TradeLine[], { moneyScale, startingBalance }: RunFacts): Record<string, Cell> {
  const profits = trades.map(({ profit }) => profit);
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const [won, lost] = [profits.filter((profit) => profit > 0), profits.filter((profit) => profit < 0)];
  const total = sum(profits);
  return {
    [by]: key,
    trades: trades.length,
    wins: won.length,
    draws: trades.length - won.length - lost.length,
    losses: lost.length,
    winrate: won.length / trades.length,
    profit_mean: mean(trades.flatMap((trade) => profitRatio(trade) ?? [])),
    profit_total_abs: printUnits(total, moneyScale),
    profit_total: quotient(total, startingBalance),
    profit_factor: quotient(sum(won), -sum(lost)),
    max_drawdown_abs: printUnits(accountDrawdown(profits, startingBalance, "money")?.fall ?? 0, moneyScale),
    fees: printUnits(sum(trades.map(({ fees }) => fees)), moneyScale),
    holding_avg_s: mean(trades.map(({ entryTime, exitTime }) => (exitTime - entryTime) / 1_000)),
  };
}
