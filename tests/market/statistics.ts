// What makes a series look like a market: a few numbers over raw bars, worked out plainly. Holds no expectation.
import type { RawBars } from "../../src/market/index.ts";

export interface MarketStatistics {
  /** Standard deviation of close-to-close returns. */
  readonly deviation: number;
  /** Fourth moment over the squared second: 3 for a normal law. */
  readonly kurtosis: number;
  /** Autocorrelation of absolute returns: volatility that stays. */
  readonly memory1: number;
  readonly memory10: number;
  readonly memory60: number;
  /** Autocorrelation of returns: near 0. */
  readonly returnMemory: number;
  readonly zeroVolumeShare: number;
  /** Mean of high - low over mean of |close - open|. */
  readonly rangeToBody: number;
  /** Share of bars that open beside the last close. */
  readonly openGapShare: number;
  /** Correlation of volume and range. */
  readonly volumeRange: number;
}

export function statisticsOf(bars: RawBars): MarketStatistics {
  const rows = Array.from(bars.time, (_, row) => row);
  const at = (column: Float64Array, row: number): number => column[row] as number;
  const returns = rows.slice(1).map((row) => at(bars.close, row) / at(bars.close, row - 1) - 1);
  const sizes = returns.map(Math.abs);
  const ranges = rows.map((row) => (at(bars.high, row) - at(bars.low, row)) / at(bars.open, row));
  const bodies = rows.map((row) => Math.abs(at(bars.close, row) - at(bars.open, row)) / at(bars.open, row));
  const variance = moment(returns, 2);
  return {
    deviation: Math.sqrt(variance),
    kurtosis: moment(returns, 4) / variance ** 2,
    memory1: autocorrelation(sizes, 1),
    memory10: autocorrelation(sizes, 10),
    memory60: autocorrelation(sizes, 60),
    returnMemory: autocorrelation(returns, 1),
    zeroVolumeShare: rows.filter((row) => bars.volume[row] === 0).length / rows.length,
    rangeToBody: mean(ranges) / mean(bodies),
    openGapShare: rows.slice(1).filter((row) => bars.open[row] !== bars.close[row - 1]).length / returns.length,
    volumeRange: correlation(Array.from(bars.volume), ranges),
  };
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function moment(values: readonly number[], power: number): number {
  const centre = mean(values);
  return mean(values.map((value) => (value - centre) ** power));
}

function autocorrelation(values: readonly number[], lag: number): number {
  const centre = mean(values);
  const products = values.slice(lag).map((value, at) => (value - centre) * ((values[at] as number) - centre));
  return products.reduce((sum, value) => sum + value, 0) / values.length / moment(values, 2);
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  return mean(a.map((value, at) => (value - meanA) * ((b[at] as number) - meanB))) / Math.sqrt(moment(a, 2) * moment(b, 2));
}
