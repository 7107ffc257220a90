// Statistics of a series of returns, 0.01 = 1 %, float64. Where a figure is undefined the answer is null, never NaN or Infinity.
// It must never decide what a return is: that is returns.ts.

/** What one period is in a year, and what a return is measured against. */
export interface Annualisation {
  /** Periods a year; null does not annualise. */
  readonly periods: number | null;
  /** Per period: the risk-free rate of `sharpe`, the least acceptable return of `sortino`. @defaultValue 0 */
  readonly target?: number;
}

/** Spread below this share of the largest value is float noise of equal values: no spread at all. */
const noise = 1e-13;

/** Standard normal quantile of 95 %. */
const normal95 = 1.6448536269514722;

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** a ÷ b; null where that is no finite number. */
export function quotient(a: number, b: number): number | null {
  const value = a / b;
  return b !== 0 && Number.isFinite(value) ? value : null;
}

export function mean(values: readonly number[]): number | null {
  return quotient(sum(values), values.length);
}

export function median(values: readonly number[]): number | null {
  return quantile(values, 0.5);
}

/** Standard deviation around the mean. @param less 1 for a sample (n − 1), 0 for the population */
export function deviation(values: readonly number[], less: 0 | 1 = 1): number | null {
  const centre = mean(values);
  if (centre === null || values.length <= less) return null;
  const spread = Math.sqrt(sum(values.map((value) => (value - centre) ** 2)) / (values.length - less));
  return spread <= noise * values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) ? 0 : spread;
}

/** Root of the mean square of what lies below the target, all values counted (n). */
export function downsideDeviation(values: readonly number[], target = 0): number | null {
  return values.length === 0 ? null : Math.sqrt(sum(values.map((value) => Math.min(0, value - target) ** 2)) / values.length);
}

/** The return of all periods together: Π (1 + r) − 1. */
export function compounded(values: readonly number[]): number {
  return values.reduce((wealth, value) => wealth * (1 + value), 1) - 1;
}

/** Wealth after each period, from 1 at the start, which is the first value. */
export function wealthOf(values: readonly number[]): number[] {
  let wealth = 1;
  return [1, ...values.map((value) => (wealth *= 1 + value))];
}

/** A whole return as one a year, geometric. Null below −100 %, and where it leaves what a float holds. @param years > 0 */
export function yearly(total: number, years: number): number | null {
  if (total < -1 || years <= 0) return null;
  const value = (1 + total) ** (1 / years) - 1;
  return Number.isFinite(value) ? value : null;
}

/** A yearly rate as one a period, geometric: (1 + R)^(1 ÷ periods) − 1. */
export function perPeriod(rate: number, periods: number): number {
  return (1 + rate) ** (1 / periods) - 1;
}

/** Mean return a year, arithmetic. */
export function annualMean(values: readonly number[], periods: number): number | null {
  const each = mean(values);
  return each === null ? null : each * periods;
}

/** Sample deviation a year: × √periods. */
export function volatility(values: readonly number[], periods: number): number | null {
  const each = deviation(values);
  return each === null ? null : each * Math.sqrt(periods);
}

/** Mean excess return ÷ its sample deviation × √periods (Sharpe 1994). Null without spread. */
export function sharpe(values: readonly number[], { periods, target = 0 }: Annualisation): number | null {
  return scaled(mean(values.map((value) => value - target)), deviation(values.map((value) => value - target)), periods);
}

/** Mean excess return ÷ downside deviation × √periods (Sortino and Price 1994). Null where nothing lies below the target. */
export function sortino(values: readonly number[], { periods, target = 0 }: Annualisation): number | null {
  return scaled(mean(values.map((value) => value - target)), downsideDeviation(values, target), periods);
}

function scaled(excess: number | null, risk: number | null, periods: number | null): number | null {
  if (excess === null || risk === null) return null;
  const each = quotient(excess, risk);
  return each === null ? null : each * Math.sqrt(periods ?? 1);
}

/** Sum of what lies above the threshold ÷ sum of what lies below it (Keating and Shadwick 2002). */
export function omega(values: readonly number[], threshold = 0): number | null {
  return profitFactor(values.map((value) => value - threshold));
}

/** Sum of gains ÷ |sum of losses|. Null without a loss. */
export function profitFactor(values: readonly number[]): number | null {
  return quotient(sum(values.filter((value) => value > 0)), -sum(values.filter((value) => value < 0)));
}

/** Average gain ÷ |average loss|. Null without a gain or a loss. */
export function payoffRatio(values: readonly number[]): number | null {
  const gain = mean(values.filter((value) => value > 0));
  const loss = mean(values.filter((value) => value < 0));
  return gain === null || loss === null ? null : quotient(gain, -loss);
}

/** Sum of returns ÷ |sum of losses| (Schwager). Null without a loss. */
export function gainToPain(values: readonly number[]): number | null {
  return quotient(sum(values), -sum(values.filter((value) => value < 0)));
}

/** Share of the values that lie below the target. */
export function shareBelow(values: readonly number[], target = 0): number | null {
  return quotient(values.filter((value) => value < target).length, values.length);
}

/** Value below which a share of the values lies, linear between neighbours. @param share 0…1 */
export function quantile(values: readonly number[], share: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const low = sorted[Math.floor(place)];
  const high = sorted[Math.ceil(place)];
  if (low === undefined || high === undefined) return null;
  return low + (high - low) * (place - Math.floor(place));
}

/** 95th percentile ÷ |5th percentile|. */
export function tailRatio(values: readonly number[]): number | null {
  const [high, low] = [quantile(values, 0.95), quantile(values, 0.05)];
  return high === null || low === null ? null : quotient(Math.abs(high), Math.abs(low));
}

/** Mean of the returns at or below the 5 % quantile (expected shortfall). */
export function expectedShortfall95(values: readonly number[]): number | null {
  const bound = quantile(values, 0.05);
  return bound === null ? null : mean(values.filter((value) => value <= bound));
}

/** 5 % quantile of the normal distribution with the values' mean and deviation. @param less 1 for the sample's, 0 for the population's */
export function gaussianValueAtRisk95(values: readonly number[], less: 0 | 1 = 0): number | null {
  const [centre, spread] = [mean(values), deviation(values, less)];
  return centre === null || spread === null ? null : centre - normal95 * spread;
}

/** The same with skewness and excess kurtosis taken in (Cornish and Fisher 1938), moments of the population. */
export function modifiedValueAtRisk95(values: readonly number[]): number | null {
  const [centre, spread] = [mean(values), deviation(values, 0)];
  const [skew, excess] = [skewness(values), excessKurtosis(values)];
  if (centre === null || spread === null || skew === null || excess === null) return null;
  const z = -normal95;
  const bent = z + ((z ** 2 - 1) * skew) / 6 + ((z ** 3 - 3 * z) * excess) / 24 - ((2 * z ** 3 - 5 * z) * skew ** 2) / 36;
  return centre + bent * spread;
}

/** Third standardised moment of the population. Null without spread. */
export function skewness(values: readonly number[]): number | null {
  return standardMoment(values, 3);
}

/** Fourth standardised moment of the population, less the 3 of a normal distribution. */
export function excessKurtosis(values: readonly number[]): number | null {
  const fourth = standardMoment(values, 4);
  return fourth === null ? null : fourth - 3;
}

function standardMoment(values: readonly number[], power: number): number | null {
  const [centre, spread] = [mean(values), deviation(values, 0)];
  if (centre === null || spread === null || spread === 0) return null;
  return mean(values.map((value) => ((value - centre) / spread) ** power));
}
