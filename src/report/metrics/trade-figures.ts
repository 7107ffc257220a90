// Figures over closed trades under the names of freqtrade's backtest statistics. Sums are exact; ratios are float64. It must
// never decide what a trade is: that is trade-line.ts.

import { printUnits } from "../../domain/index.ts";
import { tradeMetrics } from "../trade-metrics.ts";
import { accountDrawdown, balanceRange } from "./drawdown.ts";
import { known, Missing, noLosses, noTrades, noWins, type Figure } from "./figure.ts";
import { deviation, mean, median, quotient } from "./statistics.ts";
import { isoText, durationText } from "./time-words.ts";
import type { TradeLine } from "./trade-line.ts";

/** What trades are measured against. Money in units. */
export interface TradeFrame {
  readonly moneyScale: number;
  /** Balance of the settlement currency before the first bar. */
  readonly startingBalance: number;
  /** Start of the run and its end, epoch ms. */
  readonly from: number;
  readonly to: number;
  /** Periods a year of a daily figure. */
  readonly periods: number;
  /** Runs below so many days are not taken for a year. */
  readonly daysMin: number;
  /** Turns an instant into its calendar day, as epoch ms of that day's midnight written as if it were UTC. */
  dayOf(time: number): number;
}

const day = 86_400_000;

/** Whole days of a run, at least 1: freqtrade's `backtest_days`. */
export function wholeDays({ from, to }: Pick<TradeFrame, "from" | "to">): number {
  return Math.max(1, Math.floor((to - from) / day));
}

/** @param trades complete ones, in the order in which they closed */
export function tradeFigures(trades: readonly TradeLine[], frame: TradeFrame): Record<string, Figure> {
  return {
    ...profitFigures(trades, frame),
    ...qualityFigures(trades, frame),
    ...durationFigures(trades),
    ...drawdownFigures(trades, frame),
    ...dayFigures(trades, frame),
  };
}

/** Profit ÷ value at entry, without leverage: 0.01 = 1 %. */
export function profitRatio({ profit, entryValue }: TradeLine): number | null {
  return quotient(profit, entryValue);
}

function profitFigures(trades: readonly TradeLine[], { moneyScale, startingBalance, from, to }: TradeFrame): Record<string, Figure> {
  const money = (units: number): string => printUnits(units, moneyScale);
  const share = (units: number): Figure => known(quotient(units, startingBalance), "the account started with no money");
  const longs = trades.filter(({ side }) => side === "LONG");
  const shorts = trades.filter(({ side }) => side === "SHORT");
  const ratios = trades.flatMap((trade) => profitRatio(trade) ?? []);
  const [all, long, short] = [trades, longs, shorts].map(profitOf) as [number, number, number];
  const symbols = [...new Set(trades.map(({ symbol }) => symbol))].map((symbol) => ({
    symbol,
    profit: profitOf(trades.filter((trade) => trade.symbol === symbol)),
  }));
  symbols.sort((a, b) => b.profit - a.profit || (a.symbol < b.symbol ? -1 : 1));
  return {
    total_trades: trades.length,
    trade_count_long: longs.length,
    trade_count_short: shorts.length,
    trades_per_day: trades.length / wholeDays({ from, to }),
    profit_total_abs: money(all),
    profit_total_long_abs: money(long),
    profit_total_short_abs: money(short),
    profit_total: share(all),
    profit_total_long: share(long),
    profit_total_short: share(short),
    profit_mean: known(mean(ratios), noTrades.reason),
    profit_median: known(median(ratios), noTrades.reason),
    avg_stake_amount: known(scaled(mean(trades.map(({ entryValue }) => entryValue)), moneyScale), noTrades.reason),
    best_pair: symbols[0]?.symbol ?? noTrades,
    worst_pair: symbols.at(-1)?.symbol ?? noTrades,
  };
}

function qualityFigures(trades: readonly TradeLine[], frame: TradeFrame): Record<string, Figure> {
  const { moneyScale, startingBalance } = frame;
  const results = trades.map(({ profit, fees }) => ({ profit, fees }));
  const metrics = tradeMetrics(results);
  const { wins, losses, grossProfit, grossLoss, winRate, lossRate, averageProfit, averageLoss } = metrics;
  // A side that never happened adds nothing to what a trade may be expected to bring.
  const expectancy = winRate === null || lossRate === null ? null : winRate * (averageProfit ?? 0) + lossRate * (averageLoss ?? 0);
  const reward = averageLoss === null ? null : (averageProfit ?? 0) / -averageLoss;
  return {
    wins,
    draws: trades.length - wins - losses,
    losses,
    winrate: known(winRate, noTrades.reason),
    avg_win_abs: known(scaled(averageProfit, moneyScale), trades.length === 0 ? noTrades.reason : noWins.reason),
    avg_loss_abs: known(scaled(averageLoss, moneyScale), trades.length === 0 ? noTrades.reason : noLosses.reason),
    profit_factor: losses === 0 ? (trades.length === 0 ? noTrades : noLosses) : grossProfit / -grossLoss,
    payoff_ratio: trades.length === 0 ? noTrades : known(wins === 0 ? null : reward, wins === 0 ? noWins.reason : noLosses.reason),
    expectancy: known(scaled(expectancy, moneyScale), noTrades.reason),
    expectancy_ratio: trades.length === 0 ? noTrades : known(reward === null ? null : (1 + reward) * (winRate ?? 0) - 1, noLosses.reason),
    sqn: spreadFigure(trades, (average, spread) => (average / spread) * Math.sqrt(trades.length)),
    max_consecutive_wins: metrics.winsInARow,
    max_consecutive_losses: metrics.lossesInARow,
    ...yearlyFigures(
      results.map(({ profit }) => profit / startingBalance),
      trades,
      frame,
    ),
  };
}

/** Freqtrade's own Sharpe, Sortino and Calmar: profit a day over the spread of the trades, not of the days. */
function yearlyFigures(shares: readonly number[], trades: readonly TradeLine[], frame: TradeFrame): Record<string, Figure> {
  const days = wholeDays(frame);
  const why =
    trades.length === 0
      ? noTrades
      : frame.startingBalance <= 0
        ? new Missing("the account started with no money")
        : days < frame.daysMin
          ? tooShort(frame)
          : null;
  if (why !== null) return { sharpe: why, sortino: why, calmar: why };
  const daily = shares.reduce((total, share) => total + share, 0) / days;
  const yearly = (risk: number | null, reason: string): Figure =>
    risk === null || risk === 0 ? new Missing(reason) : known((daily / risk) * Math.sqrt(frame.periods), reason);
  const deepest = accountDrawdown(
    trades.map(({ profit }) => profit),
    frame.startingBalance,
    "money",
  );
  const lost = shares.filter((share) => share < 0);
  return {
    sharpe: yearly(spreadOf(shares), "the trades do not differ"),
    sortino: yearly(spreadOf(lost), lost.length < 2 ? "fewer than two trades lost" : "the losing trades do not differ"),
    calmar: yearly(deepest === null || deepest.share === null ? null : deepest.share / 100, "the account never fell"),
  };
}

/** Why a yearly figure is not given. */
export function tooShort({ daysMin }: Pick<TradeFrame, "daysMin">): Missing {
  return new Missing(`the run is shorter than ${daysMin} days`);
}

function spreadOf(values: readonly number[]): number | null {
  return values.length < 2 ? null : deviation(values, 0);
}

function spreadFigure(trades: readonly TradeLine[], figure: (average: number, spread: number) => number): Figure {
  const profits = trades.map(({ profit }) => profit);
  const [average, spread] = [mean(profits), deviation(profits, 1)];
  if (average === null) return noTrades;
  if (spread === null) return new Missing("one trade has no spread");
  return spread === 0 ? new Missing("the trades do not differ") : known(figure(average, spread), "beyond what a float holds");
}

function durationFigures(trades: readonly TradeLine[]): Record<string, Figure> {
  const seconds = (of: readonly TradeLine[]): number[] => of.map(({ entryTime, exitTime }) => (exitTime - entryTime) / 1_000);
  const figures = (name: string, of: readonly TradeLine[], reason: string): Record<string, Figure> => {
    const held = seconds(of);
    const missing = new Missing(trades.length === 0 ? noTrades.reason : reason);
    if (held.length === 0) return { [`${name}_min_s`]: missing, [`${name}_max_s`]: missing, [`${name}_avg_s`]: missing, [`${name}_avg`]: missing };
    const average = held.reduce((total, each) => total + each, 0) / held.length;
    return {
      [`${name}_min_s`]: held.reduce((least, each) => Math.min(least, each)),
      [`${name}_max_s`]: held.reduce((most, each) => Math.max(most, each)),
      [`${name}_avg_s`]: average,
      [`${name}_avg`]: durationText(average * 1_000),
    };
  };
  const all = figures("holding", trades, noTrades.reason);
  return {
    holding_avg: all["holding_avg"] as Figure,
    holding_avg_s: all["holding_avg_s"] as Figure,
    ...figures(
      "winner_holding",
      trades.filter(({ profit }) => profit > 0),
      noWins.reason,
    ),
    ...figures(
      "loser_holding",
      trades.filter(({ profit }) => profit < 0),
      noLosses.reason,
    ),
  };
}

/** Of the account that gains and loses with each closed trade: what is open does not move it. */
function drawdownFigures(trades: readonly TradeLine[], { moneyScale, startingBalance, from }: TradeFrame): Record<string, Figure> {
  const profits = trades.map(({ profit }) => profit);
  const money = (units: number): string => printUnits(units, moneyScale);
  const deepest = accountDrawdown(profits, startingBalance, "money");
  const relative = accountDrawdown(profits, startingBalance, "share");
  const range = balanceRange(profits, startingBalance);
  const none = trades.length === 0 ? noTrades : new Missing("the account never fell");
  const noShare = new Missing("the account had no money at its peak");
  const time = (at: number): number => (at < 0 ? from : (trades[at]?.exitTime ?? from));
  const common = {
    max_drawdown_abs: money(deepest?.fall ?? 0),
    max_drawdown_account: deepest === null ? 0 : (deepest.share ?? noShare),
    max_relative_drawdown: relative === null ? 0 : (relative.share ?? noShare),
    csum_min: money(range.lowest),
    csum_max: money(range.highest),
  };
  if (deepest === null) {
    const names = [
      "max_drawdown_high",
      "max_drawdown_low",
      "drawdown_start",
      "drawdown_start_ts",
      "drawdown_end",
      "drawdown_end_ts",
      "drawdown_duration_s",
    ];
    return { ...common, ...Object.fromEntries(names.map((name) => [name, none])) };
  }
  const [start, end] = [time(deepest.high), time(deepest.low)];
  return {
    ...common,
    max_drawdown_high: money(deepest.highValue),
    max_drawdown_low: money(deepest.lowValue),
    drawdown_start: isoText(start),
    drawdown_start_ts: start,
    drawdown_end: isoText(end),
    drawdown_end_ts: end,
    drawdown_duration_s: (end - start) / 1_000,
  };
}

/** Days from that of the first close to that of the last; days without a close count as draws. */
function dayFigures(trades: readonly TradeLine[], frame: TradeFrame): Record<string, Figure> {
  const { moneyScale } = frame;
  const days = new Map<number, { profit: number; ratio: number }>();
  for (const trade of trades) {
    const key = frame.dayOf(trade.exitTime);
    const { profit, ratio } = days.get(key) ?? { profit: 0, ratio: 0 };
    days.set(key, { profit: profit + trade.profit, ratio: ratio + (profitRatio(trade) ?? 0) });
  }
  const keys = [...days.keys()];
  if (keys.length === 0) {
    const names = ["backtest_best_day", "backtest_worst_day", "backtest_best_day_abs", "backtest_worst_day_abs"];
    return { ...Object.fromEntries(names.map((name) => [name, noTrades])), winning_days: 0, draw_days: 0, losing_days: 0 };
  }
  const first = keys.reduce((least, key) => Math.min(least, key));
  const span = Math.round((keys.reduce((most, key) => Math.max(most, key)) - first) / day) + 1;
  const sums = [...days.values()];
  const count = (holds: (profit: number) => boolean): number => sums.filter(({ profit }) => holds(profit)).length;
  // A day without a close has made nothing, and may be the best one.
  const idle = span > sums.length ? [{ profit: 0, ratio: 0 }] : [];
  const extreme = (of: "profit" | "ratio", pick: (a: number, b: number) => number): number =>
    [...sums, ...idle].map((each) => each[of]).reduce((a, b) => pick(a, b));
  const [winning, losing] = [count((profit) => profit > 0), count((profit) => profit < 0)];
  return {
    backtest_best_day: extreme("ratio", Math.max),
    backtest_worst_day: extreme("ratio", Math.min),
    backtest_best_day_abs: printUnits(extreme("profit", Math.max), moneyScale),
    backtest_worst_day_abs: printUnits(extreme("profit", Math.min), moneyScale),
    winning_days: winning,
    draw_days: span - winning - losing,
    losing_days: losing,
  };
}

function profitOf(trades: readonly TradeLine[]): number {
  return trades.reduce((total, { profit }) => total + profit, 0);
}

function scaled(units: number | null, moneyScale: number): number | null {
  return units === null ? null : units / 10 ** moneyScale;
}
