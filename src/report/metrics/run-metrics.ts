// All figures of a run, in the order of their definitions: what metrics.json holds. It must never read a file or print.

import { parseUnits, printUnits } from "../../domain/index.ts";
import { figureGroups } from "./definitions.ts";
import { equityFigures, type EquityFrame } from "./equity-figures.ts";
import { executionFigures } from "./execution-figures.ts";
import { known, Missing, type Figure, type FigureValue } from "./figure.ts";
import type { RunFacts } from "./run-facts.ts";
import { mean, quotient, yearly } from "./statistics.ts";
import { Calendar, isoText } from "./time-words.ts";
import { tooShort, tradeFigures, wholeDays } from "./trade-figures.ts";
import type { TradeLine } from "./trade-line.ts";

/** What yearly figures and calendar days mean. */
export interface MetricOptions {
  /** Days of trading a year: 365 where a market never closes, 252 on most stock exchanges. */
  readonly periods: number;
  /** Yearly rate, 0.04 = 4 %. */
  readonly riskFree: number;
  /** Yearly figures of shorter runs are not given: they would be mostly chance. */
  readonly daysMin: number;
  /** IANA name of the zone whose calendar days and months count. */
  readonly zone: string;
}

export const defaultMetricOptions: MetricOptions = { periods: 365, riskFree: 0, daysMin: 7, zone: "UTC" };

export interface RunMetricsObject {
  readonly format: 1;
  readonly scenario: string;
  readonly runHash: string;
  readonly options: MetricOptions;
  /** null where `notApplicable` says why. */
  readonly metrics: Readonly<Record<string, FigureValue | null>>;
  readonly notApplicable: Readonly<Record<string, string>>;
}

export function runMetricsObject(facts: RunFacts, options: MetricOptions = defaultMetricOptions): RunMetricsObject {
  const figures = runFigures(facts, options);
  const metrics: Record<string, FigureValue | null> = {};
  const notApplicable: Record<string, string> = {};
  for (const { key } of figureGroups.flatMap((group) => group.figures)) {
    const figure = figures[key] ?? new Missing("not known");
    if (figure instanceof Missing) notApplicable[key] = figure.reason;
    metrics[key] = figure instanceof Missing ? null : figure;
  }
  const { scenario, hashes } = facts.manifest;
  return { format: 1, scenario, runHash: hashes.run, options, metrics, notApplicable };
}

function runFigures(facts: RunFacts, options: MetricOptions): Record<string, Figure> {
  const { moneyScale, startingBalance, from, to, equity, final } = facts;
  const calendar = new Calendar(options.zone);
  const frame: EquityFrame = {
    ...options,
    moneyScale,
    startingBalance,
    from,
    to,
    // What the account held beside money had a worth that only the first mark knows.
    startingEquity: facts.holdings ? (equity.value[0] ?? 0) : startingBalance / 10 ** moneyScale,
    dayOf: (time) => calendar.dayOf(time),
    monthOf: (time) => calendar.month(time),
  };
  const execution = executionFigures({
    ...facts,
    assumptions: facts.manifest.assumptions,
    instruments: new Map(facts.markets.map(({ instrument }) => [instrument.symbol, instrument])),
  });
  const cagr = yearly(Number(final.equity) / frame.startingEquity - 1, wholeDays(frame) / 365);
  return {
    ...settingFigures(facts),
    ...tradeFigures(
      facts.trades.filter(({ complete }) => complete),
      frame,
    ),
    ...equityFigures(equity, frame),
    cagr: wholeDays(frame) < options.daysMin ? tooShort(options) : known(cagr, "equity was not above 0"),
    ...execution,
    turnover: known(quotient(Number(execution["total_volume"]), meanOf(equity.value)), "mean equity is 0"),
    orders: facts.orders.length,
    fills: facts.fills.length,
  };
}

function settingFigures(facts: RunFacts): Record<string, Figure> {
  const { settlement, moneyScale, startingBalance, final, metrics, from, to, markets, trades, exits, open, funding } = facts;
  const money = (units: number): string => printUnits(units, moneyScale);
  const paid = funding.reduce((sum, { amount }) => sum + parseUnits(amount, moneyScale), 0);
  const changes = markets.flatMap(({ firstClose, lastClose }) =>
    firstClose === null || lastClose === null ? [] : (quotient(Number(lastClose) - Number(firstClose), Number(firstClose)) ?? []),
  );
  return {
    stake_currency: settlement,
    starting_balance: money(startingBalance),
    final_balance: final.equity,
    backtest_start: isoText(from),
    backtest_start_ts: from,
    backtest_end: isoText(to),
    backtest_end_ts: to,
    backtest_days: wholeDays({ from, to }),
    market_change: known(changes.length < markets.length ? null : mean(changes), "the ends of the series are not known"),
    exposure: known(quotient(timeInMarket(trades, facts), to - from), "the run has no length"),
    fees: metrics.feesByCurrency,
    funding_abs: money(paid),
    profit_realized_abs: money(exits.reduce((sum, { profit }) => sum + profit, 0) + paid),
    profit_unrealized_abs: money(final.positions.reduce((sum, { unrealizedPnl }) => sum + parseUnits(unrealizedPnl, moneyScale), 0)),
    open_entry_fees_abs: money(open.reduce((sum, { entryFees }) => sum + entryFees, 0)),
    left_open_trades: open.length,
    externally_closed_trades: trades.filter(({ complete }) => !complete).length,
  };
}

/** ms with any position open: spans that overlap count once. */
function timeInMarket(trades: readonly TradeLine[], { open, to }: Pick<RunFacts, "open" | "to">): number {
  const spans = [
    ...trades.map(({ entryTime, exitTime }) => ({ start: entryTime, end: exitTime })),
    ...open.map(({ entryTime }) => ({ start: entryTime, end: to })),
  ].sort((a, b) => a.start - b.start);
  let [time, until] = [0, Number.NEGATIVE_INFINITY];
  for (const { start, end } of spans) {
    time += Math.max(0, end - Math.max(start, until));
    until = Math.max(until, end);
  }
  return time;
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < values.length; at += 1) sum += values[at] as number;
  return values.length === 0 ? 0 : sum / values.length;
}
