// Figures over the equity curve: what is open moves it, unlike the figures of closed trades. Float64. It must never touch money.

import { averageDrawdown, depthOf, drawdownEpisodes, recoveryFactor, type Depth, type DrawdownEpisode } from "./drawdown.ts";
import { known, Missing, type Figure } from "./figure.ts";
import { periodReturns, type EquityColumns, type PeriodReturn } from "./returns.ts";
import {
  excessKurtosis,
  expectedShortfall95,
  gainToPain,
  gaussianValueAtRisk95,
  mean,
  modifiedValueAtRisk95,
  omega,
  payoffRatio,
  perPeriod,
  profitFactor,
  quantile,
  quotient,
  shareBelow,
  sharpe,
  skewness,
  sortino,
  tailRatio,
  volatility,
  yearly,
} from "./statistics.ts";
import { isoText } from "./time-words.ts";
import { tooShort, type TradeFrame } from "./trade-figures.ts";

export interface EquityFrame extends TradeFrame {
  /** Equity before the first mark, float64. */
  readonly startingEquity: number;
  /** Yearly rate, 0.04 = 4 %. */
  readonly riskFree: number;
  monthOf(time: number): string;
}

const year = 365 * 86_400_000;
const noSpread = new Missing("the daily returns do not differ");
const noFall = new Missing("equity never fell");
const noMoney = new Missing("equity was not above 0");

export function equityFigures(equity: EquityColumns, frame: EquityFrame): Record<string, Figure> {
  const { startingEquity } = frame;
  const curve = curveOf(equity, startingEquity);
  const depth = depthOf(curve);
  const final = curve.at(-1) as number;
  const total = quotient(final - startingEquity, startingEquity);
  const days = periodReturns(equity, startingEquity, (time) => frame.dayOf(time));
  return {
    equity_start: startingEquity,
    equity_final: final,
    equity_peak: depth.highest,
    equity_low: depth.lowest,
    equity_return: known(total, noMoney.reason),
    ...fallFigures(curve, depth, total, equity, frame),
    ...dailyFigures(days, depth, total, frame),
    ...monthlyFigures(days, frame),
  };
}

/** The marks, with the equity before them in front. */
function curveOf({ value }: EquityColumns, start: number): Float64Array {
  const curve = new Float64Array(value.length + 1);
  curve[0] = start;
  curve.set(value, 1);
  return curve;
}

function fallFigures(
  curve: Float64Array,
  { deepest, ulcer }: Depth,
  total: number | null,
  { time }: EquityColumns,
  { from, to }: EquityFrame,
): Record<string, Figure> {
  const episodes = drawdownEpisodes(curve);
  const worst = episodes.reduce<DrawdownEpisode | null>((most, each) => (most === null || (each.depth ?? 0) < (most.depth ?? 0) ? each : most), null);
  const largest = episodes.reduce((most, { fall }) => Math.max(most, fall), 0);
  // Place 0 of the curve is the start, one before the first mark.
  const timeOf = (place: number): number => (place === 0 ? from : (time[place - 1] as number));
  const length = ({ peak, recovered }: DrawdownEpisode): number => ((recovered === null ? to : timeOf(recovered)) - timeOf(peak)) / 1_000;
  const longest = episodes.reduce((most, each) => Math.max(most, length(each)), 0);
  const dated = (figure: (of: DrawdownEpisode) => Figure): Figure => (worst === null ? noFall : figure(worst));
  return {
    equity_max_drawdown: known(deepest, noMoney.reason),
    equity_max_drawdown_abs: largest,
    equity_drawdown_start: dated(({ peak }) => isoText(timeOf(peak))),
    equity_drawdown_end: dated(({ trough }) => isoText(timeOf(trough))),
    equity_drawdown_recovered: dated(({ recovered }) => (recovered === null ? new Missing("equity has not recovered") : isoText(timeOf(recovered)))),
    equity_longest_drawdown_s: longest,
    equity_avg_drawdown: known(averageDrawdown(episodes), noFall.reason),
    ulcer_index: known(ulcer, noMoney.reason),
    recovery_factor: total === null ? noMoney : known(recoveryFactor(total, deepest), noFall.reason),
  };
}

/** Of returns by calendar day, and by year. */
function dailyFigures(
  days: readonly PeriodReturn<number>[],
  { deepest, ulcer }: Depth,
  total: number | null,
  { from, to, periods, riskFree, daysMin }: EquityFrame,
): Record<string, Figure> {
  const returns = days.flatMap(({ change }) => change ?? []);
  const short = (to - from) / 86_400_000 < daysMin ? tooShort({ daysMin }) : null;
  const each = (value: number | null, reason = noSpread): Figure => {
    if (returns.length < days.length) return noMoney;
    return returns.length < 2 ? new Missing("fewer than two days") : known(value, reason.reason);
  };
  const annual = (value: number | null, reason = noSpread): Figure => short ?? each(value, reason);
  const target = perPeriod(riskFree, periods);
  const grown = total === null ? null : yearly(total, (to - from) / year);
  const noLoss = new Missing("no day lost");
  return {
    equity_cagr: short ?? known(grown, noMoney.reason),
    equity_volatility: annual(volatility(returns, periods)),
    equity_sharpe: annual(sharpe(returns, { periods, target })),
    equity_sortino: annual(sortino(returns, { periods, target }), noLoss),
    equity_calmar: short ?? known(grown === null || deepest === null ? null : quotient(grown, -deepest), noFall.reason),
    ulcer_performance_index: short ?? known(grown === null || ulcer === null ? null : quotient(grown - riskFree, ulcer), noFall.reason),
    equity_omega: each(omega(returns, target), noLoss),
    equity_day_mean: each(mean(returns)),
    equity_best_day: each(quantile(returns, 1)),
    equity_worst_day: each(quantile(returns, 0)),
    equity_day_loss_share: each(shareBelow(returns)),
    equity_day_profit_factor: each(profitFactor(returns), noLoss),
    equity_day_payoff: each(payoffRatio(returns), new Missing("no day gained, or none lost")),
    equity_day_skew: each(skewness(returns)),
    equity_day_kurtosis: each(excessKurtosis(returns)),
    equity_tail_ratio: each(tailRatio(returns), new Missing("the 5th percentile is 0")),
    equity_var_95: each(quantile(returns, 0.05)),
    equity_var_95_gaussian: each(gaussianValueAtRisk95(returns)),
    equity_var_95_modified: each(modifiedValueAtRisk95(returns)),
    equity_shortfall_95: each(expectedShortfall95(returns)),
  };
}

function monthlyFigures(days: readonly PeriodReturn<number>[], frame: EquityFrame): Record<string, Figure> {
  // A day ends with its last mark, and so does a month.
  const ends = { time: days.map(({ time }) => time), value: days.map(({ value }) => value) };
  const months = periodReturns(ends, frame.startingEquity, (time) => frame.monthOf(time));
  const changes = months.flatMap(({ change }) => change ?? []);
  const none = changes.length < months.length ? noMoney : changes.length === 0 ? new Missing("there is no month") : null;
  return {
    equity_best_month: none ?? (quantile(changes, 1) as number),
    equity_worst_month: none ?? (quantile(changes, 0) as number),
    gain_to_pain: none ?? (changes.length < 2 ? new Missing("fewer than two months") : known(gainToPain(changes), "no month lost")),
    monthly_returns: none ?? Object.fromEntries(months.map(({ key, change }) => [key, change ?? 0])),
  };
}
