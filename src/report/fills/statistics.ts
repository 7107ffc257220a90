// Predicted against actual slippage in figures (rows 002-SR-1 to 3): pure arithmetic over two columns of numbers of one unit.
// Float64, for people; it never touches money.

/** What one fill lost and was to lose, in one unit. */
export interface SlipPair {
  readonly actual: number;
  readonly predicted: number;
}

/** All in the unit of the pairs, but for the correlation and the multiplier. */
export interface SlippageStatistics {
  readonly meanActual: number;
  readonly meanPredicted: number;
  /** Mean actual − mean predicted: above 0, more was lost than was said. */
  readonly bias: number;
  /** Root of the mean square of actual − predicted. */
  readonly rmse: number;
  /** Pearson's; 0 where one of the columns does not vary. */
  readonly correlation: number;
  /** Mean actual ÷ mean predicted, of which at least 10^-10 is taken. */
  readonly multiplier: number;
  readonly medianActual: number;
  readonly medianPredicted: number;
  readonly p95Actual: number;
  readonly p95Predicted: number;
}

/** With fewer nothing is said. */
export const fillsMin = 10;
const predictedMin = 1e-10;

export interface Verdict {
  /** |bias| ≤ 0.5 and correlation ≥ 0.3. */
  readonly calibrated: boolean;
  /** Why it is not; empty when it is. */
  readonly reasons: readonly string[];
  /** By |bias|: below 0.1, below 0.5, from there on. */
  readonly level: "green" | "yellow" | "red";
  /** `optimistic`: multiplier above 1.5, paper fills are too good. `watch`: above 1.2. */
  readonly warning: "optimistic" | "watch" | null;
}

const biasMax = 0.5;
const biasGreen = 0.1;
const correlationMin = 0.3;
const optimisticFrom = 1.5;
const watchFrom = 1.2;

/** Null below ten pairs. */
export function slippageStatistics(pairs: readonly SlipPair[]): SlippageStatistics | null {
  if (pairs.length < fillsMin) return null;
  const actual = pairs.map((pair) => pair.actual);
  const predicted = pairs.map((pair) => pair.predicted);
  const [meanActual, meanPredicted] = [mean(actual), mean(predicted)];
  return {
    meanActual,
    meanPredicted,
    bias: meanActual - meanPredicted,
    rmse: Math.sqrt(mean(pairs.map((pair) => (pair.actual - pair.predicted) ** 2))),
    correlation: correlationOf(actual, predicted),
    multiplier: meanActual / Math.max(meanPredicted, predictedMin),
    medianActual: percentile(actual, 0.5),
    medianPredicted: percentile(predicted, 0.5),
    p95Actual: percentile(actual, 0.95),
    p95Predicted: percentile(predicted, 0.95),
  };
}

/** What the figures mean; the limits are in the unit of the figures. */
export function verdictOf({ bias, correlation, multiplier }: SlippageStatistics): Verdict {
  const size = Math.abs(bias);
  const reasons: string[] = [];
  if (size > biasMax) reasons.push(`the bias ${short(bias)} is beyond ±${biasMax}`);
  if (correlation < correlationMin) reasons.push(`the correlation ${short(correlation)} is below ${correlationMin}`);
  return {
    calibrated: reasons.length === 0,
    reasons,
    level: size < biasGreen ? "green" : size < biasMax ? "yellow" : "red",
    warning: multiplier > optimisticFrom ? "optimistic" : multiplier > watchFrom ? "watch" : null,
  };
}

/** At most three decimals. */
function short(value: number): string {
  return String(Number(value.toFixed(3)));
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Linear between the two nearest ranks: rank = share × (n − 1). @param share from 0 to 1 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = share * (sorted.length - 1);
  const below = Math.floor(rank);
  const low = sorted[below] as number;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return low + (high - low) * (rank - below);
}

/** A straight line through points, by least squares. */
export interface Line {
  readonly intercept: number;
  readonly slope: number;
  /** Share of the variance of y that the line explains. */
  readonly determination: number;
  /** Standard error of the slope. */
  readonly slopeError: number;
}

/** y = intercept + slope × x; null where x does not vary, or below three points. */
export function lineThrough(x: readonly number[], y: readonly number[]): Line | null {
  if (x.length < 3 || isConstant(x)) return null;
  const [meanX, meanY] = [mean(x), mean(y)];
  const spreadX = sumOf(x, (value) => (value - meanX) ** 2);
  const spreadY = sumOf(y, (value) => (value - meanY) ** 2);
  const slope = sumOf(x, (value, at) => (value - meanX) * ((y[at] as number) - meanY)) / spreadX;
  const intercept = meanY - slope * meanX;
  const residual = sumOf(x, (value, at) => ((y[at] as number) - intercept - slope * value) ** 2);
  const determination = isConstant(y) ? 0 : Math.max(0, 1 - residual / spreadY);
  return { intercept, slope, determination, slopeError: Math.sqrt(residual / (x.length - 2) / spreadX) };
}

function correlationOf(a: readonly number[], b: readonly number[]): number {
  if (isConstant(a) || isConstant(b)) return 0;
  const [meanA, meanB] = [mean(a), mean(b)];
  const together = sumOf(a, (value, at) => (value - meanA) * ((b[at] as number) - meanB));
  const apart = Math.sqrt(sumOf(a, (value) => (value - meanA) ** 2) * sumOf(b, (value) => (value - meanB) ** 2));
  const correlation = together / apart;
  return Number.isFinite(correlation) ? correlation : 0;
}

/** But for float noise: a constant that was multiplied and divided is one still. */
function isConstant(values: readonly number[]): boolean {
  const least = values.reduce((found, value) => Math.min(found, value), Number.POSITIVE_INFINITY);
  const most = values.reduce((found, value) => Math.max(found, value), Number.NEGATIVE_INFINITY);
  return most - least <= 1e-12 * Math.max(Math.abs(least), Math.abs(most));
}

function sumOf(values: readonly number[], of: (value: number, at: number) => number): number {
  return values.reduce((sum, value, at) => sum + of(value, at), 0);
}
