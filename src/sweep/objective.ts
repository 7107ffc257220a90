// What counts as good: one number a trial, one a point over its trials, and who may be chosen at all. Larger is better in here
// whatever the goal is; `shown` turns a score back into the metric.

import type { MetricName } from "./metrics.ts";
import type { Objective } from "./schema.ts";
import type { TrialResult } from "./trial.ts";

/** What one trial says for its point: a score, or why it has none. */
export type TrialScore = { readonly score: number; readonly refusal: null } | { readonly score: null; readonly refusal: string };

export function scoreOf({ metric, goal, constraints }: Objective, { status, error, figures }: TrialResult): TrialScore {
  if (figures === null || status !== "finished") return { score: null, refusal: error?.code ?? status };
  for (const { metric: name, min, max } of constraints) {
    const value = figures[name as MetricName];
    if (value === null) return { score: null, refusal: `${name} is not known` };
    if (min !== undefined && value < min) return { score: null, refusal: `${name} below ${min}` };
    if (max !== undefined && value > max) return { score: null, refusal: `${name} above ${max}` };
  }
  const value = figures[metric as MetricName];
  return value === null ? { score: null, refusal: `${metric} is not known` } : { score: goal === "maximise" ? value : -value, refusal: null };
}

/** Several scores of one point as one; null when one of them has none. */
export function scoreAcross(across: Objective["across"], scores: readonly TrialScore[]): number | null {
  const values = scores.map(({ score }) => score);
  if (values.length === 0 || values.some((value) => value === null)) return null;
  const sorted = (values as number[]).sort((a, b) => a - b);
  if (across === "worst") return sorted[0] as number;
  if (across === "median") return medianOf(sorted);
  return sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
}

/** The metric that a score stands for. */
export function shown({ goal }: Objective, score: number): number {
  return goal === "maximise" || score === 0 ? score : -score;
}

/** Index of the best score, the first of equal ones; null where there is none. */
export function bestOf(scores: readonly (number | null)[]): number | null {
  let best: number | null = null;
  scores.forEach((score, at) => {
    if (score !== null && (best === null || score > (scores[best] as number))) best = at;
  });
  return best;
}

/** Indices of the scores that are there, the best first, equal ones in their order. */
export function bestFirst(scores: readonly (number | null)[]): number[] {
  const known = scores.flatMap((score, at) => (score === null ? [] : [{ score, at }]));
  return known.sort((a, b) => b.score - a.score || a.at - b.at).map(({ at }) => at);
}

/** @param sorted ascending, not empty */
export function medianOf(sorted: readonly number[]): number {
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] as number) : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}
