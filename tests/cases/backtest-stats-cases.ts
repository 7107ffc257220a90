// Kind backtest_stats: a peer's whole sheet of one run against the figures of the report room. What the sheet means otherwise is told
// with the convention behind it; nothing here computes a figure.

import { drawdownEpisodes } from "../../src/report/metrics/drawdown.ts";
import { equityFigures, type EquityFrame } from "../../src/report/metrics/equity-figures.ts";
import { Missing, type Figure } from "../../src/report/metrics/figure.ts";
import { profitFactor } from "../../src/report/metrics/statistics.ts";
import { Calendar } from "../../src/report/metrics/time-words.ts";
import { tradeFigures } from "../../src/report/metrics/trade-figures.ts";
import type { TradeLine } from "../../src/report/metrics/trade-line.ts";
import { asObject, listAt, NotApplicable, numberAt, objectAt, textAt, type Case, type Json, type SeriesReader } from "./case.ts";
import { Comparison } from "./compare.ts";
import { rowsOf } from "./market.ts";

/** Decimals of money: the peer counts in floats. */
const moneyScale = 8;
const day = 86_400_000;

/** Our figure for each name of the peer's; percentages as shares. */
const names: Readonly<Record<string, { readonly figure: string; readonly percent?: true }>> = {
  "Equity Final [$]": { figure: "equity_final" },
  "Equity Peak [$]": { figure: "equity_peak" },
  "Return [%]": { figure: "equity_return", percent: true },
  "Max. Drawdown [%]": { figure: "equity_max_drawdown", percent: true },
  "# Trades": { figure: "total_trades" },
  "Win Rate [%]": { figure: "winrate", percent: true },
  "Expectancy [%]": { figure: "profit_mean", percent: true },
  SQN: { figure: "sqn" },
};

/** Names behind which the peer has another figure. */
const otherwise = [
  "Volatility (Ann.) [%]: of a geometric mean",
  "CAGR [%]: over trading days",
  "Sharpe Ratio: yearly return ÷ that volatility",
  "Sortino Ratio: yearly return over the downside of a year of 252 days",
  "Calmar Ratio: yearly return by trading days",
  "Exposure Time [%]: bars, not time",
  "Avg. Trade [%]: geometric",
  "Profit Factor: of percentages, not of money",
  "Alpha, Beta and Kelly: not told here",
].join("; ");

export function backtestStats(given: Case, series: SeriesReader): Comparison {
  const inputs = objectAt(given.body, "inputs");
  const rows = rowsOf(series(textAt(given.body, "barsRef")));
  const equity = series(textAt(inputs, "equityRef"));
  if (!Array.isArray(equity) || equity.length !== rows.length) throw new NotApplicable("the curve has not one mark a bar");
  const values = equity.map(Number);
  const times = rows.map(([time]) => time);
  const trades = listAt(inputs, "trades").map((trade) => tradeOf(asObject(trade, "a trade"), times));
  const frame = frameOf(times, values);
  const figures = { ...tradeFigures(trades, frame), ...equityFigures({ time: times.map((time) => time + 1), value: values }, frame) };
  const expected = objectAt(given.body, "expected");
  const result = new Comparison(given.body, 0, otherwise);
  for (const [name, { figure, percent }] of Object.entries(names)) {
    const own = numberOf(figures[figure]);
    result.number(name, own === null ? null : own * (percent === true ? 100 : 1), expected[name]);
  }
  const longest = drawdownEpisodes(values).reduce(
    (most, { peak, last, recovered }) => Math.max(most, (times[recovered ?? last] as number) - (times[peak] as number)),
    0,
  );
  result.number("Max. Drawdown Duration", longest / 1_000, expected["Max. Drawdown Duration"]);
  result.number("Profit Factor of percentages", profitFactor(trades.map(({ profit, entryValue }) => profit / entryValue)), expected["Profit Factor"]);
  // Told even where all the rest agrees: a sheet is no agreement while a name on it means something else.
  result.number("Sharpe Ratio", numberOf(figures["equity_sharpe"]), expected["Sharpe Ratio"]);
  return result;
}

function numberOf(figure: Figure | undefined): number | null {
  return figure === undefined || figure instanceof Missing ? null : Number(figure);
}

function tradeOf(trade: Json, times: readonly number[]): TradeLine {
  const [size, entry, exit, profit] = [numberAt(trade, "size"), numberAt(trade, "entry"), numberAt(trade, "exit"), numberAt(trade, "pnl")];
  const units = (value: number): number => Math.round(value * 10 ** moneyScale);
  return {
    symbol: "CASE",
    leg: "NET",
    side: size > 0 ? "LONG" : "SHORT",
    quantity: Math.abs(size),
    entryTime: times[numberAt(trade, "entryBar")] ?? 0,
    exitTime: times[numberAt(trade, "exitBar")] ?? 0,
    entryPrice: entry,
    exitPrice: exit,
    entryValue: units(Math.abs(size) * entry),
    exitValue: units(Math.abs(size) * exit),
    gross: units(profit),
    fees: 0,
    funding: 0,
    profit: units(profit),
    complete: true,
    entries: 1,
    exits: 1,
    entryReason: "signal",
    exitReason: "signal",
    entryFamily: "entry",
    exitFamily: "close",
  };
}

function frameOf(times: readonly number[], values: readonly number[]): EquityFrame {
  const calendar = new Calendar("UTC");
  return {
    moneyScale,
    startingBalance: Math.round((values[0] ?? 0) * 10 ** moneyScale),
    startingEquity: values[0] ?? 0,
    from: times[0] ?? 0,
    to: (times.at(-1) ?? 0) + day,
    periods: 252,
    riskFree: 0,
    daysMin: 7,
    dayOf: (time) => calendar.dayOf(time),
    monthOf: (time) => calendar.month(time),
  };
}
