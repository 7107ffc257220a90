// Figures over a list of closed trades. Sums are exact; averages and ratios are float64, for people. It must never decide
// what a trade is: that is trade-book's.

/** One closed trade, as far as the figures need it. Money in whole units of one scale. */
export interface TradeResult {
  readonly profit: number;
  readonly fees: number;
}

/** Money in the units that came in. Without trades every average and ratio is null: there is nothing to average. */
export interface TradeMetrics {
  readonly trades: number;
  /** Profit above 0, and below 0; a trade of exactly 0 is neither. */
  readonly wins: number;
  readonly losses: number;
  readonly profit: number;
  readonly grossProfit: number;
  /** ≤ 0. */
  readonly grossLoss: number;
  readonly fees: number;
  readonly largestProfit: number;
  readonly largestLoss: number;
  readonly averageResult: number | null;
  readonly averageProfit: number | null;
  readonly averageLoss: number | null;
  readonly winRate: number | null;
  readonly lossRate: number | null;
  readonly winsInARow: number;
  readonly lossesInARow: number;
  /** Largest fall of the running sum of results from its best so far, 0 included; ≤ 0. */
  readonly drawdown: number;
  /** Sample standard deviation (n − 1) of the results; null below two trades. */
  readonly deviation: number | null;
  /** Average result ÷ deviation, per trade, not annualised; null without a deviation. */
  readonly sharpe: number | null;
}

/** @param results in the order in which the trades closed */
export function tradeMetrics(results: readonly TradeResult[]): TradeMetrics {
  const profits = results.map(({ profit }) => profit);
  const won = profits.filter((profit) => profit > 0);
  const lost = profits.filter((profit) => profit < 0);
  const average = ratio(sum(profits), profits.length);
  const deviation = sampleDeviation(profits);
  return {
    trades: profits.length,
    wins: won.length,
    losses: lost.length,
    profit: sum(profits),
    grossProfit: sum(won),
    grossLoss: sum(lost),
    fees: results.reduce((total, { fees }) => total + fees, 0),
    largestProfit: won.reduce((largest, profit) => Math.max(largest, profit), 0),
    largestLoss: lost.reduce((largest, profit) => Math.min(largest, profit), 0),
    averageResult: average,
    averageProfit: ratio(sum(won), won.length),
    averageLoss: ratio(sum(lost), lost.length),
    winRate: ratio(won.length, profits.length),
    lossRate: ratio(lost.length, profits.length),
    winsInARow: longestRun(profits, (profit) => profit > 0),
    lossesInARow: longestRun(profits, (profit) => profit < 0),
    drawdown: drawdownOf(profits),
    deviation,
    sharpe: average === null || deviation === null ? null : ratio(average, deviation),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function ratio(value: number, by: number): number | null {
  return by === 0 ? null : value / by;
}

function longestRun(profits: readonly number[], counts: (profit: number) => boolean): number {
  let run = 0;
  let longest = 0;
  for (const profit of profits) {
    run = counts(profit) ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
}

function drawdownOf(profits: readonly number[]): number {
  let total = 0;
  let best = 0;
  let deepest = 0;
  for (const profit of profits) {
    total += profit;
    best = Math.max(best, total);
    deepest = Math.min(deepest, total - best);
  }
  return deepest;
}

function sampleDeviation(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  const mean = sum(values) / values.length;
  return Math.sqrt(values.reduce((squares, value) => squares + (value - mean) ** 2, 0) / (values.length - 1));
}
