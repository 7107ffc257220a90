// How the neighbours of a point fare: a plateau is worth more than a peak, because a peak is mostly luck. Scores only; larger is
// better. It must never call a point robust for want of neighbours.

import { medianOf } from "./objective.ts";
import type { Point } from "./points.ts";
import type { Dimension, Json } from "./space.ts";

export interface Robustness {
  /** Points beside this one, failed ones included. */
  readonly neighbours: number;
  readonly failed: number;
  /** Mean score of the neighbours that have one; null where none has. */
  readonly neighbourMean: number | null;
  readonly neighbourWorst: number | null;
  /** Mean of the point's own score and its neighbours', a failed one counted as the worst score of all points. */
  readonly plateau: number;
  /**
   * 1: every neighbour is as good as the point. 0: on average they have lost all that the point is above the median of all points,
   * or more; a failed neighbour has lost all of it. Null without neighbours.
   */
  readonly robustness: number | null;
}

/** Neighbours of each point, as indices. */
export type Neighbourhood = readonly (readonly number[])[];

/**
 * In a grid, the points that are one step away or none in every dimension whose values are ordered, and equal in the others (in two
 * dimensions the eight around). Of sampled points, the `2 × dimensions` nearest, each dimension measured from 0 to 1.
 */
export function neighbourhoodOf(dimensions: readonly Dimension[], points: readonly Point[], grid: boolean): Neighbourhood {
  const ordered = dimensions.filter((dimension) => dimension.ordered);
  const named = dimensions.filter((dimension) => !dimension.ordered);
  const places = points.map((point) => ordered.map(({ path, placeOf }) => placeOf(point[path] as Json)));
  const kinds = points.map((point) => JSON.stringify(named.map(({ path }) => point[path])));
  if (ordered.length === 0) return points.map(() => []);
  const steps = ordered.map(({ values }) => (values === null || values.length < 2 ? 1 : 1 / (values.length - 1)) * 1.5);
  return points.map((_, at) => {
    const others = points.flatMap((_other, index) => (index !== at && kinds[index] === kinds[at] ? [index] : []));
    const here = places[at] as readonly number[];
    if (grid)
      return others.filter((index) =>
        (places[index] as readonly number[]).every((place, axis) => Math.abs(place - (here[axis] as number)) < (steps[axis] as number)),
      );
    return nearest(here, places, others, 2 * ordered.length);
  });
}

function nearest(here: readonly number[], places: readonly (readonly number[])[], others: readonly number[], count: number): number[] {
  const distance = (index: number): number =>
    (places[index] as readonly number[]).reduce((sum, place, axis) => sum + (place - (here[axis] as number)) ** 2, 0);
  const measured = others.map((index) => ({ index, distance: distance(index) }));
  return measured
    .sort((a, b) => a.distance - b.distance || a.index - b.index)
    .slice(0, count)
    .map(({ index }) => index);
}

/** One entry a point; null for points without a score. */
export function robustnessOf(scores: readonly (number | null)[], neighbourhood: Neighbourhood): (Robustness | null)[] {
  const known = scores.filter((score) => score !== null).sort((a, b) => a - b);
  if (known.length === 0) return scores.map(() => null);
  const median = medianOf(known);
  const worst = known[0] as number;
  return scores.map((score, at) => (score === null ? null : robustnessAt(score, neighbourhood[at] ?? [], scores, { median, worst })));
}

function robustnessAt(
  score: number,
  around: readonly number[],
  scores: readonly (number | null)[],
  { median, worst }: { readonly median: number; readonly worst: number },
): Robustness {
  const values = around.map((index) => scores[index] ?? null);
  const known = values.filter((value) => value !== null);
  const failed = values.length - known.length;
  const height = score - median;
  const lost = (value: number | null): number => {
    if (value === null) return 1;
    if (value >= score) return 0;
    return height <= 0 ? 1 : Math.min(1, (score - value) / height);
  };
  const sum = known.reduce((total, value) => total + value, 0);
  return {
    neighbours: values.length,
    failed,
    neighbourMean: known.length === 0 ? null : sum / known.length,
    neighbourWorst: known.length === 0 ? null : Math.min(...known),
    plateau: (score + sum + failed * worst) / (values.length + 1),
    robustness: values.length === 0 ? null : 1 - values.reduce((total: number, value) => total + lost(value), 0) / values.length,
  };
}
