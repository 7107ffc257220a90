// What the best of many trials is worth, when the luckiest of many worthless ones looks good as well. Formulas of Bailey and López de
// Prado, "The Deflated Sharpe Ratio", Journal of Portfolio Management 40 (5), 2014. Trials that resemble each other count as fewer
// than they are: the figures are on the strict side then. Statistics for people; nothing is decided by them.

import type { ReturnSample } from "./returns.ts";

export interface Deflation {
  /** Trials that the best is the best of. */
  readonly trials: number;
  readonly period: string;
  readonly returns: number;
  /** Of the best, per period. */
  readonly sharpe: number;
  /** What the luckiest of so many trials without any skill is expected to have, per period. */
  readonly expectedByChance: number;
  /** Probability that the best has a Sharpe ratio above what chance alone is expected to give, with its length, skew and tails. */
  readonly deflatedSharpe: number;
}

const eulerMascheroni = 0.577_215_664_901_532_9;

/**
 * @param best sample of the chosen trial @param all samples of every trial among which it was chosen, itself included
 * @returns null where fewer than two trials have a sample
 */
export function deflatedSharpe(best: ReturnSample, all: readonly ReturnSample[]): Deflation | null {
  const trials = all.length;
  if (trials < 2) return null;
  const mean = all.reduce((sum, { sharpe }) => sum + sharpe, 0) / trials;
  const variance = all.reduce((sum, { sharpe }) => sum + (sharpe - mean) ** 2, 0) / (trials - 1);
  const expectedByChance = Math.sqrt(variance) * expectedMaximum(trials);
  const { sharpe, count, skewness, kurtosis } = best;
  const spread = 1 - skewness * sharpe + ((kurtosis - 1) / 4) * sharpe ** 2;
  if (!(spread > 0)) return null;
  const deflated = normalCdf(((sharpe - expectedByChance) * Math.sqrt(count - 1)) / Math.sqrt(spread));
  return { trials, period: best.period, returns: count, sharpe, expectedByChance, deflatedSharpe: deflated };
}

/** Expected largest of `count` independent standard normal draws, by the paper's approximation; count ≥ 2. */
export function expectedMaximum(count: number): number {
  return (1 - eulerMascheroni) * normalQuantile(1 - 1 / count) + eulerMascheroni * normalQuantile(1 - 1 / (count * Math.E));
}

/** Standard normal distribution function; its tails are right to 1.2e-7 of themselves (Chebyshev fit of erfc: Press et al., Numerical Recipes). */
export function normalCdf(x: number): number {
  const z = Math.abs(x) / Math.SQRT2;
  const t = 1 / (1 + z / 2);
  const series = [1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223, 0.17087277];
  const polynomial = series.reduceRight((sum, coefficient) => coefficient + t * sum, 0);
  const tail = (t * Math.exp(-z * z - 1.26551223 + t * polynomial)) / 2;
  return x >= 0 ? 1 - tail : tail;
}

/** Its inverse, by bisection: 0 < p < 1. */
export function normalQuantile(p: number): number {
  let low = -40;
  let high = 40;
  for (let step = 0; step < 200; step += 1) {
    const middle = (low + high) / 2;
    if (normalCdf(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
