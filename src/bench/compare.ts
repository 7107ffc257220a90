// Two benches compared: whether something became slower by more than noise explains. Only ratios to the limits of the same run are
// compared, never a rate: they depend less on the machine. Measures nothing.

import { randomStream, type RandomStream } from "../domain/index.ts";
import { median } from "./rounds.ts";

/** Ratios of one measurement, a round each; more is better. */
export interface RatioRounds {
  readonly name: string;
  readonly ratios: readonly number[];
  /** How much of the time the processor was ours; null where that is not known. */
  readonly cpuShare: number | null;
}

/** `unclear`: the rounds are too few or too uneven to tell, or other programs took the processor from them. */
export type Verdict = "regression" | "improvement" | "noise" | "unclear";

export interface ComparedFigure {
  readonly name: string;
  /** Medians of the rounds. */
  readonly before: number;
  readonly after: number;
  /** after ÷ before − 1. */
  readonly change: number;
  /** The change lies between these two with the confidence of the comparison, as far as the rounds can tell. */
  readonly low: number;
  readonly high: number;
  readonly verdict: Verdict;
}

export interface Comparison {
  /** A change up to this share is noise, whatever its interval: two processes of the same code differ by more than their rounds show. */
  readonly tolerance: number;
  readonly confidence: number;
  readonly figures: readonly ComparedFigure[];
  /** What only one of the two has measured. */
  readonly onlyBefore: readonly string[];
  readonly onlyAfter: readonly string[];
}

/** Share of change that is noise. Runs of the same code in processes of their own were seen to differ by up to ten percent. */
export const defaultTolerance = 0.1;

const confidence = 0.99;
/** Draws of a bootstrap; the same in every comparison, so that equal figures give equal verdicts. */
const draws = 2_000;
const seed = 7;
/** With fewer rounds a resampled median says nothing. */
const roundsMin = 5;
/** A loop by hand is over before other programs take their turn, a whole run is not: with less of the processor ratios mean nothing. */
const cpuShareMin = 0.9;
/** An interval that reaches further down than this says that a third of the speed may be gone unseen. */
const clearDown = -0.3;

/**
 * A regression is a change whose whole interval lies below −tolerance, an improvement one whose whole interval lies above +tolerance.
 * The interval is a percentile bootstrap of the ratio of the medians: both sides' rounds are drawn anew, with replacement, from a seeded
 * stream.
 */
export function compareRounds(before: readonly RatioRounds[], after: readonly RatioRounds[], tolerance = defaultTolerance): Comparison {
  const figures = after.flatMap((now): ComparedFigure[] => {
    const then = before.find(({ name }) => name === now.name);
    return then === undefined ? [] : [comparedFigure(then, now, tolerance)];
  });
  const without = (some: readonly RatioRounds[], others: readonly RatioRounds[]): string[] =>
    some.map(({ name }) => name).filter((name) => !others.some((other) => other.name === name));
  return { tolerance, confidence, figures, onlyBefore: without(before, after), onlyAfter: without(after, before) };
}

function comparedFigure(then: RatioRounds, now: RatioRounds, tolerance: number): ComparedFigure {
  const [before, after] = [median(then.ratios), median(now.ratios)];
  const changes = resampledChanges(then.ratios, now.ratios, randomStream(seed, now.name));
  const tail = Math.floor(((1 - confidence) / 2) * draws);
  const [low, high] = [changes[tail] as number, changes[draws - 1 - tail] as number];
  const judged = Math.min(then.ratios.length, now.ratios.length) >= roundsMin && Math.min(then.cpuShare ?? 1, now.cpuShare ?? 1) >= cpuShareMin;
  return {
    name: now.name,
    before,
    after,
    change: share(after / before - 1),
    low: share(low),
    high: share(high),
    verdict: judged ? verdictOf(low, high, tolerance) : "unclear",
  };
}

function verdictOf(low: number, high: number, tolerance: number): Verdict {
  if (high < -tolerance) return "regression";
  if (low > tolerance) return "improvement";
  return low < clearDown ? "unclear" : "noise";
}

/** Ascending. */
function resampledChanges(before: readonly number[], after: readonly number[], random: RandomStream): number[] {
  const changes: number[] = [];
  for (let draw = 0; draw < draws; draw += 1) changes.push(median(drawn(after, random)) / median(drawn(before, random)) - 1);
  return changes.sort((a, b) => a - b);
}

function drawn(values: readonly number[], random: RandomStream): number[] {
  return values.map(() => values[random.integer(values.length)] as number);
}

function share(value: number): number {
  return Number(value.toFixed(4));
}
