// What a day's trades say (row 000-AN-1): rates, averages, profit factor, drawdown, equity curve, distribution. Zero trades are a day
// like others: sums are 0, averages null. Sums are exact; it must never print.

import { printUnits } from "../../domain/index.ts";
import { tradeMetrics } from "../trade-metrics.ts";
import { accountDrawdown } from "../metrics/drawdown.ts";
import { quantile, quotient } from "../metrics/statistics.ts";
import type { TradeLine } from "../metrics/trade-line.ts";

/** Money is exact decimal text; averages are float64. */
export interface TradeAnalytics {
  /** Net of fees; of a strategy with the funding of the day. */
  readonly realized_pnl: string;
  readonly fees: string;
  readonly num_trades: number;
  readonly wins: number;
  readonly losses: number;
  readonly win_rate: number | null;
  readonly loss_rate: number | null;
  readonly avg_win: number | null;
  readonly avg_loss: number | null;
  /** null without a loss. */
  readonly profit_factor: number | null;
  /** Largest fall of the day's running result, 0 at its start. */
  readonly max_drawdown: string;
  /** The running result after each trade, epoch ms. */
  readonly equity_curve: readonly { readonly time: number; readonly realized: string }[];
  readonly distribution: Distribution;
}

/** How the results spread. Bins hold `from` and exclude `to`; their width is 1, 2 or 5 times a power of ten. */
export interface Distribution {
  readonly min: number | null;
  readonly p25: number | null;
  readonly median: number | null;
  readonly p75: number | null;
  readonly max: number | null;
  readonly bins: readonly { readonly from: number; readonly to: number; readonly count: number }[];
}

/** At most so many bins, and one more for the edge. */
const binsMax = 10;

/** @param trades in the order in which they closed @param extra money that belongs to none of them, in units */
export function tradeAnalytics(trades: readonly TradeLine[], moneyScale: number, extra = 0): TradeAnalytics {
  const profits = trades.map(({ profit }) => profit);
  const money = (units: number): string => printUnits(units, moneyScale);
  const inMoney = (units: number | null): number | null => (units === null ? null : units / 10 ** moneyScale);
  const metrics = tradeMetrics(trades.map(({ profit, fees }) => ({ profit, fees })));
  let running = 0;
  return {
    realized_pnl: money(metrics.profit + extra),
    fees: money(metrics.fees),
    num_trades: metrics.trades,
    wins: metrics.wins,
    losses: metrics.losses,
    win_rate: metrics.winRate,
    loss_rate: metrics.lossRate,
    avg_win: inMoney(metrics.averageProfit),
    avg_loss: inMoney(metrics.averageLoss),
    profit_factor: quotient(metrics.grossProfit, -metrics.grossLoss),
    max_drawdown: money(accountDrawdown(profits, 0, "money")?.fall ?? 0),
    equity_curve: trades.map(({ exitTime, profit }) => ({ time: exitTime, realized: money((running += profit)) })),
    distribution: distributionOf(profits.map((profit) => profit / 10 ** moneyScale)),
  };
}

function distributionOf(values: readonly number[]): Distribution {
  const [min, p25, median, p75, max] = [0, 0.25, 0.5, 0.75, 1].map((share) => quantile(values, share)) as (number | null)[];
  const known = { min: min ?? null, p25: p25 ?? null, median: median ?? null, p75: p75 ?? null, max: max ?? null };
  if (known.min === null || known.max === null) return { ...known, bins: [] };
  const width = binWidth((known.max - known.min) / binsMax || Math.abs(known.max) / binsMax || 1);
  const first = Math.floor(known.min / width);
  const count = Math.floor(known.max / width) - first + 1;
  const edge = (at: number): number => Number(((first + at) * width).toPrecision(12));
  const bins = Array.from({ length: count }, (_, at) => ({
    from: edge(at),
    to: edge(at + 1),
    count: values.filter((value) => Math.floor(value / width) - first === at).length,
  }));
  return { ...known, bins };
}

/** The next 1, 2 or 5 times a power of ten. */
function binWidth(atLeast: number): number {
  const power = 10 ** Math.floor(Math.log10(atLeast));
  const factor = [1, 2, 5, 10].find((each) => each * power >= atLeast * (1 - 1e-12)) ?? 10;
  return factor * power;
}
