// Returns over equal periods, and the moments that say how much a Sharpe ratio is worth. Periods are days where there are enough of
// them, else hours, else bars: too few periods make no sample.

/** Moments of the period returns of one run. */
export interface ReturnSample {
  /** "1d", "1h" or "bar". */
  readonly period: string;
  readonly count: number;
  /** Mean ÷ standard deviation (n - 1) of one period's returns. */
  readonly sharpe: number;
  readonly yearlySharpe: number;
  readonly skewness: number;
  /** Not in excess: 3 for a normal distribution. */
  readonly kurtosis: number;
}

/** Fewer returns than this say nothing. */
const leastReturns = 30;
const year = 365 * 86_400_000;
const periods: readonly (readonly [name: string, length: number])[] = [
  ["1d", 86_400_000],
  ["1h", 3_600_000],
];

/**
 * The sample of an equity curve from the instant `from` on.
 * @param start equity before the first mark @returns null where there are fewer than 30 returns, none differs, or equity is not above 0
 */
export function returnsOf(equity: { readonly time: Float64Array; readonly value: Float64Array }, start: number, from: number): ReturnSample | null {
  const { time, value } = equity;
  let first = 0;
  while (first < time.length && (time[first] as number) <= from) first += 1;
  const last = time[time.length - 1] ?? from;
  const fitting = periods.find(([, length]) => Math.floor((last - from) / length) >= leastReturns);
  const base = first === 0 ? start : (value[first - 1] as number);
  const returns = fitting === undefined ? barReturns(value, first, base) : periodReturns(equity, first, base, from, fitting[1]);
  if (returns === null || returns.length < leastReturns) return null;
  const length = fitting?.[1] ?? (last - from) / returns.length;
  return momentsOf(returns, fitting?.[0] ?? "bar", year / length);
}

function barReturns(value: Float64Array, first: number, base: number): number[] | null {
  const returns: number[] = [];
  let before = base;
  for (let at = first; at < value.length; at += 1) {
    if (before <= 0) return null;
    const now = value[at] as number;
    returns.push(now / before - 1);
    before = now;
  }
  return returns;
}

/** From period's end to period's end; the last one counts only when it is whole. */
function periodReturns({ time, value }: { time: Float64Array; value: Float64Array }, first: number, base: number, from: number, length: number) {
  const returns: number[] = [];
  let before = base;
  let now = base;
  let end = from + length;
  for (let at = first; at < time.length; at += 1) {
    while ((time[at] as number) > end) {
      if (before <= 0) return null;
      returns.push(now / before - 1);
      before = now;
      end += length;
    }
    now = value[at] as number;
  }
  if ((time[time.length - 1] as number) === end && before > 0) returns.push(now / before - 1);
  return returns;
}

function momentsOf(returns: readonly number[], period: string, perYear: number): ReturnSample | null {
  const count = returns.length;
  const mean = returns.reduce((total, value) => total + value, 0) / count;
  const moment = (power: number): number => returns.reduce((total, value) => total + (value - mean) ** power, 0) / count;
  const variance = moment(2);
  // A standing curve has no returns to speak of, only the noise of its division.
  if (!(variance > 1e-24)) return null;
  const sharpe = mean / Math.sqrt((variance * count) / (count - 1));
  return {
    period,
    count,
    sharpe,
    yearlySharpe: sharpe * Math.sqrt(perYear),
    skewness: moment(3) / variance ** 1.5,
    kurtosis: moment(4) / variance ** 2,
  };
}
