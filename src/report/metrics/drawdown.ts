// Falls from a peak: of a curve of values, and of an account that gains and loses in steps. It must never smooth, fill or date
// anything: places are indices of what came in.

import { mean, quotient } from "./statistics.ts";

/** One stretch below a peak. Places are indices of the curve. */
export interface DrawdownEpisode {
  /** The last place at the peak. */
  readonly peak: number;
  /** The lowest place. */
  readonly trough: number;
  /** The last place below the peak. */
  readonly last: number;
  /** First place at or above the peak again; null while it is open. */
  readonly recovered: number | null;
  /** Trough ÷ peak − 1, ≤ 0; null where the peak is not above 0. */
  readonly depth: number | null;
  /** Peak − trough, > 0. */
  readonly fall: number;
}

/** In order. A curve that never falls has none. */
export function drawdownEpisodes(values: ArrayLike<number>): DrawdownEpisode[] {
  const episodes: DrawdownEpisode[] = [];
  let peak = 0;
  let trough = -1;
  const close = (last: number, recovered: number | null): void => {
    const [high, low] = [values[peak] as number, values[trough] as number];
    episodes.push({ peak, trough, last, recovered, depth: high > 0 ? low / high - 1 : null, fall: high - low });
  };
  for (let at = 1; at < values.length; at += 1) {
    const value = values[at] as number;
    if (value < (values[peak] as number)) {
      if (trough < 0 || value < (values[trough] as number)) trough = at;
      continue;
    }
    if (trough >= 0) close(at - 1, at);
    trough = -1;
    peak = at;
  }
  if (trough >= 0) close(values.length - 1, null);
  return episodes;
}

/** Value ÷ peak so far − 1 at each place, ≤ 0; null where a peak is not above 0. */
export function underwater(values: ArrayLike<number>): Float64Array | null {
  const depths = new Float64Array(values.length);
  let peak = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < values.length; at += 1) {
    peak = Math.max(peak, values[at] as number);
    if (peak <= 0) return null;
    depths[at] = (values[at] as number) / peak - 1;
  }
  return depths;
}

/** What a curve is under its peaks, in one pass: curves have a mark a bar. */
export interface Depth {
  readonly highest: number;
  readonly lowest: number;
  /** Deepest relative fall, ≤ 0, 0 where there is none; null where a peak is not above 0. */
  readonly deepest: number | null;
  /** Root of the mean square of the depths (Martin and McCann 1989), as a share: 0.05 = 5 %. */
  readonly ulcer: number | null;
}

export function depthOf(values: ArrayLike<number>): Depth {
  let [highest, lowest, deepest, squares, owned] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 0, 0, true];
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at] as number;
    if (value > highest) highest = value;
    if (value < lowest) lowest = value;
    if (highest <= 0) owned = false;
    const depth = value / highest - 1;
    if (depth < deepest) deepest = depth;
    squares += depth * depth;
  }
  return { highest, lowest, deepest: owned ? deepest : null, ulcer: owned && values.length > 0 ? Math.sqrt(squares / values.length) : null };
}

/** Mean of the episodes' depths, ≤ 0; null without one. */
export function averageDrawdown(episodes: readonly DrawdownEpisode[]): number | null {
  return mean(episodes.map(({ depth }) => depth ?? 0));
}

// ---- an account that gains and loses in steps ---------------------------------------------------------------------

/** A fall of an account. Places are indices of its steps; −1 is the start. */
export interface AccountDrawdown {
  /** In the unit of the steps, ≥ 0. */
  readonly fall: number;
  /** Fall ÷ balance at the peak; null where that is not above 0. */
  readonly share: number | null;
  readonly high: number;
  readonly low: number;
  /** Σ of the steps up to the peak, and up to the trough. */
  readonly highValue: number;
  readonly lowValue: number;
}

/**
 * The largest fall of an account: in money, or relative to its balance at the peak.
 * @param start balance before the first step, in the unit of the steps
 * @returns null where it never falls
 */
export function accountDrawdown(steps: readonly number[], start: number, by: "money" | "share"): AccountDrawdown | null {
  let total = 0;
  let best = { at: -1, total: 0 };
  let worst: AccountDrawdown | null = null;
  steps.forEach((step, at) => {
    total += step;
    // The last place at the peak: a fall begins when it begins, not when the peak was first seen.
    if (total >= best.total) best = { at, total };
    const fall = best.total - total;
    if (fall <= 0) return;
    const balance = start + best.total;
    const share = balance > 0 ? fall / balance : null;
    const size = by === "money" ? fall : (share ?? 0);
    const known = worst === null ? 0 : by === "money" ? worst.fall : (worst.share ?? 0);
    if (size > known) worst = { fall, share, high: best.at, low: at, highValue: best.total, lowValue: total };
  });
  return worst;
}

/** Σ of gains ÷ deepest fall: what the account earned for each unit of its worst drawdown. */
export function recoveryFactor(total: number, deepest: number | null): number | null {
  return deepest === null ? null : quotient(total, Math.abs(deepest));
}

/** Lowest and highest balance that the steps lead to, the start included. */
export function balanceRange(steps: readonly number[], start: number): { readonly lowest: number; readonly highest: number } {
  let balance = start;
  let [lowest, highest] = [start, start];
  for (const step of steps) {
    balance += step;
    lowest = Math.min(lowest, balance);
    highest = Math.max(highest, balance);
  }
  return { lowest, highest };
}
