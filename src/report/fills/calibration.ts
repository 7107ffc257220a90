// A fill model out of fills (row 004-SL-2): what of the newest of them is enough to say what the next ones will lose, in the
// words of a scenario's `fill`. It offers nothing where too little was seen, or where the market is no longer the one that was.

import { printDecimal, decimalOfNumber } from "../../domain/index.ts";
import type { SlippageModel } from "./facts.ts";
import { roundingBp, type SlippedFill } from "./slippage.ts";
import { lineThrough, mean, percentile, type Line } from "./statistics.ts";

/** Which fills count: the newest ones, none older than so many hours before the newest. */
export interface CalibrationWindow {
  /** @defaultValue 500 */
  readonly fillsMax: number;
  /** @defaultValue 72 */
  readonly hours: number;
  /** With fewer nothing is offered. @defaultValue 30 */
  readonly fillsMin: number;
}

export const defaultCalibrationWindow: CalibrationWindow = { fillsMax: 500, hours: 72, fillsMin: 30 };

/** Keys of a scenario's `fill`. */
export interface FillBlock {
  readonly halfSpreadBp: string;
  readonly slippage: Extract<SlippageModel, { kind: "none" | "bps" | "volume_share" }>;
}

export interface Calibration {
  readonly window: CalibrationWindow;
  /** In the window. */
  readonly fills: number;
  /** Times of the oldest and the newest of them, epoch ms. */
  readonly from: number | null;
  readonly to: number | null;
  /** Actual on predicted, bp; null where the predictions do not vary. */
  readonly line: Line | null;
  /** What one fill in ten, in twenty loses at least, bp; null without fills. */
  readonly p90Bp: number | null;
  readonly p95Bp: number | null;
  /** Bar volume in the newer half of the window against the older, medians, each market measured by its own; null where volumes are unknown. */
  readonly volumeRatio: number | null;
  /** Fills of market orders in the window that had room in their bar: the model is fitted to these. */
  readonly fitted: number;
  /** Fills of market orders in the window at the far end of their bar: what the bar cut off nobody knows. */
  readonly capped: number;
  /** How far what was seen stands from the model: root of the mean square, bp; null where none is offered. */
  readonly errorBp: number | null;
  readonly fill: FillBlock | null;
  /** Why no model is offered; null when one is. */
  readonly refusal: string | null;
}

const hour = 3_600_000;
/** The market has become another one. */
const volumeRatioMax = 2;
/** A slope counts when it is this many of its standard errors above 0. */
const slopeErrorsMin = 3;

/** @param slipped in the order of time. @param halfSpreadBp what of the loss is spread, decimal text: fills do not tell it from slippage */
export function calibrate(slipped: readonly SlippedFill[], halfSpreadBp: string, window: CalibrationWindow): Calibration {
  const newest = slipped.at(-1)?.fill.time ?? 0;
  const seen = slipped.filter(({ fill }) => fill.time > newest - window.hours * hour).slice(-window.fillsMax);
  const actual = seen.map(({ actualBp }) => actualBp);
  const market = seen.filter(({ fill }) => fill.type === null || fill.type === "market");
  const fitted = market.filter(({ fill }) => !fill.capped);
  const volumeRatio = volumeRatioOf(seen);
  const refusal = refusalOf(seen.length, fitted.length, volumeRatio, window);
  const model = refusal === null ? modelOf(fitted, halfSpreadBp) : null;
  const predicted = seen.map(({ predictedBp }) => predictedBp);
  return {
    window,
    fills: seen.length,
    from: seen[0]?.fill.time ?? null,
    to: seen.at(-1)?.fill.time ?? null,
    line: lineThrough(predicted, actual),
    p90Bp: seen.length === 0 ? null : percentile(actual, 0.9),
    p95Bp: seen.length === 0 ? null : percentile(actual, 0.95),
    volumeRatio,
    fitted: fitted.length,
    capped: market.length - fitted.length,
    errorBp: model?.errorBp ?? null,
    fill: model?.fill ?? null,
    refusal,
  };
}

function refusalOf(seen: number, fitted: number, volumeRatio: number | null, { fillsMin, hours }: CalibrationWindow): string | null {
  if (seen < fillsMin) return `${seen} of at least ${fillsMin} fills within ${hours} h of the newest`;
  if (fitted < fillsMin) return `${fitted} of at least ${fillsMin} fills of market orders with room in their bar`;
  if (volumeRatio === null || (volumeRatio < volumeRatioMax && volumeRatio > 1 / volumeRatioMax)) return null;
  return `the volume has become ${volumeRatio.toFixed(2)} times what it was: the market is not the one that was measured`;
}

/** Null where a fill's bar is unknown, or half of the bars traded nothing. */
function volumeRatioOf(seen: readonly SlippedFill[]): number | null {
  const volumes = seen.map(({ fill }) => ({ symbol: fill.symbol, volume: Number(fill.volume ?? Number.NaN) }));
  if (volumes.length < 2 || volumes.some(({ volume }) => Number.isNaN(volume))) return null;
  const usual = new Map<string, number>();
  for (const { symbol } of volumes) {
    if (usual.has(symbol)) continue;
    const own = volumes.filter((other) => other.symbol === symbol).map(({ volume }) => volume);
    usual.set(symbol, percentile(own, 0.5));
  }
  const relative = volumes.map(({ symbol, volume }) => volume / (usual.get(symbol) as number));
  const half = Math.floor(relative.length / 2);
  const ratio = percentile(relative.slice(half), 0.5) / percentile(relative.slice(0, half), 0.5);
  return Number.isFinite(ratio) ? ratio : null;
}

/** What takers lose, without the half spread. */
interface Fit {
  /** At no participation, bp. */
  readonly base: number;
  /** bp more at full participation; 0 where the fills show none. */
  readonly slope: number;
  readonly errorBp: number;
}

/**
 * More for a larger share of the bar where the fills show it, else the same for all. Where less is lost than the half spread, the
 * half spread is that little. What the ticks of the scenario will add by rounding is left out.
 */
function modelOf(fitted: readonly SlippedFill[], halfSpreadBp: string): { fill: FillBlock; errorBp: number } {
  const spread = Number(halfSpreadBp);
  const roundedOnce = fitOf(fitted, spread > 0 ? 1 : 0);
  const roundedAgain = fitOf(fitted, spread > 0 ? 2 : 1);
  const slips = roundedAgain.slope > 0 || roundedAgain.base > spread;
  const { base, slope, errorBp } = slips ? roundedAgain : roundedOnce;
  const half = Math.min(spread, Math.max(0, base));
  const rest = hundredths(Math.max(0, base - half));
  const slippage: FillBlock["slippage"] =
    slope > 0
      ? { kind: "volume_share", baseBps: rest, slopeBps: hundredths(slope), limit: null }
      : rest === "0"
        ? { kind: "none" }
        : { kind: "bps", bps: rest };
  return { fill: { halfSpreadBp: hundredths(half), slippage }, errorBp };
}

/** @param roundings how often the scenario will round against the order */
function fitOf(fitted: readonly SlippedFill[], roundings: number): Fit {
  const taken = fitted.map(({ takenBp, tickBp }) => takenBp - roundings * roundingBp(tickBp));
  const shares = fitted.map(({ participation }) => participation ?? Number.NaN);
  const line = shares.some((share) => Number.isNaN(share)) ? null : lineThrough(shares, taken);
  const grows = line !== null && line.slope > slopeErrorsMin * line.slopeError;
  const [base, slope] = grows ? [line.intercept, line.slope] : [mean(taken), 0];
  const misses = taken.map((value, at) => (value - base - (grows ? slope * (shares[at] as number) : 0)) ** 2);
  return { base, slope, errorBp: Math.sqrt(mean(misses)) };
}

/** Rounded to hundredths of a basis point, as minimal decimal text. */
function hundredths(value: number): string {
  return printDecimal(decimalOfNumber(Math.round(value * 100) / 100));
}
