// The report of a day as Markdown: money signed with two decimals, rates with one. Text only; it must never compute.

import { divideBig, parseDecimal } from "../../domain/index.ts";
import type { Calendar } from "../metrics/time-words.ts";
import type { TradeRow } from "../metrics/trade-table.ts";
import { tableMarkdown, type ReportTable } from "../tables/report-table.ts";
import type { TradeAnalytics } from "./analytics.ts";
import type { DailyReport } from "./daily-report.ts";

export function dailyMarkdown(report: DailyReport, calendar: Calendar): string {
  const { date, mode, config, generated_at: generated, zone, currency, summary, strategies, notes } = report;
  const trades = strategies.flatMap((strategy) => strategy.trades);
  const parts = [
    `# Daily report ${date}`,
    `Mode ${mode}, config ${config}, time zone ${zone}, generated ${generated}.`,
    [
      `- Realized P&L: ${signed(summary.realized_pnl)} ${currency}`,
      `- Trades: ${summary.num_trades}`,
      `- Win rate: ${rate(summary.win_rate)}`,
      `- Funding: ${signed(summary.funding)} ${currency}`,
      `- Biggest winner: ${extremeText(trades, 1)}`,
      `- Biggest loser: ${extremeText(trades, -1)}`,
    ].join("\n"),
    "## Strategies",
    analyticsTable(
      "strategy",
      strategies.map((strategy) => [strategy.name, strategy]),
    ),
  ];
  const symbols = strategies.flatMap((strategy) => strategy.symbols.map((symbol): [string, TradeAnalytics] => [symbol.symbol, symbol]));
  if (symbols.length > 0) parts.push("## Symbols", analyticsTable("symbol", symbols));
  if (trades.length > 0) parts.push("## Trades", tradeTable(trades, calendar));
  parts.push("## Notes", notes.length === 0 ? "None." : notes.map((note) => `- ${note}`).join("\n"));
  return `${parts.join("\n\n")}\n`;
}

/** "+1234.50": half a cent goes away from zero. */
export function signed(money: string): string {
  const { units, scale } = parseDecimal(money);
  const cents = divideBig(units * 100n, 10n ** BigInt(scale), "halfAway");
  const digits = (cents < 0n ? -cents : cents).toString().padStart(3, "0");
  return `${cents < 0n ? "-" : cents > 0n ? "+" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

function rate(share: number | null): string {
  return share === null ? "–" : `${(share * 100).toFixed(1)} %`;
}

function average(value: number | null): string {
  return value === null ? "–" : `${value > 0 ? "+" : ""}${value.toFixed(2)}`;
}

/** The trade with the largest profit, or the largest loss; a day of losses has no winner. */
function extremeText(trades: readonly TradeRow[], sign: 1 | -1): string {
  const better = (a: TradeRow, b: TradeRow): TradeRow => (sign * Number(b.profit) > sign * Number(a.profit) ? b : a);
  const best = trades.length === 0 ? null : trades.reduce(better);
  if (best === null || sign * Number(best.profit) <= 0) return "none";
  return `${best.symbol} ${best.side} ${signed(best.profit ?? "0")} (${best.family ?? best.reason})`;
}

function analyticsTable(title: string, rows: readonly (readonly [string, TradeAnalytics])[]): string {
  return textTable(
    [title, "trades", "wins", "losses", "win rate", "avg win", "avg loss", "profit factor", "realized", "max drawdown"],
    rows.map(([name, each]) => [
      name,
      String(each.num_trades),
      String(each.wins),
      String(each.losses),
      rate(each.win_rate),
      average(each.avg_win),
      average(each.avg_loss),
      each.profit_factor === null ? "–" : each.profit_factor.toFixed(2),
      signed(each.realized_pnl),
      signed(each.max_drawdown).replace("+", ""),
    ]),
  );
}

function tradeTable(trades: readonly TradeRow[], calendar: Calendar): string {
  return textTable(
    ["time", "symbol", "side", "quantity", "entry", "exit", "profit", "family"],
    trades.map((trade) => [
      calendar.time(trade.exitTime),
      trade.symbol,
      trade.side,
      trade.quantity,
      String(Number(trade.entryPrice.toPrecision(8))),
      String(Number(trade.exitPrice.toPrecision(8))),
      signed(trade.profit ?? "0"),
      trade.family ?? trade.reason,
    ]),
  );
}

const left = new Set(["strategy", "symbol", "time", "side", "family"]);

function textTable(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const table: ReportTable = {
    name: "",
    title: "",
    columns: heads.map((key) => ({ key, unit: left.has(key) ? "text" : "count" })),
    rows: rows.map((row) => Object.fromEntries(heads.map((head, at) => [head, row[at] ?? ""]))),
  };
  return tableMarkdown(table);
}
