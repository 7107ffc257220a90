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

/** Neighbours of each point, as indices; null for points that were not looked at. */
export type Neighbourhood = readonly (readonly number[] | null)[];

/** With more ordered parameters than this, a step in one of them at a time makes a neighbour: all combinations would be thousands. */
const combinedSteps = 6;

/**
 * In a grid, the points that are one step away or none in every dimension whose values are ordered, and equal in the others (in two
 * dimensions the eight around); with more than six ordered dimensions, one step away in one of them. @param points of the grid of `dimensions`
 */
export function gridNeighbours(dimensions: readonly Dimension[], points: readonly Point[]): Neighbourhood {
  const sizes = dimensions.map(({ values }) => values?.length ?? 1);
  const strides = sizes.map((_, axis) => sizes.slice(axis + 1).reduce((product, size) => product * size, 1));
  const ordered = dimensions.flatMap((dimension, axis) => (dimension.ordered ? [axis] : []));
  return points.map((_, at) => {
    const digit = (axis: number): number => Math.floor(at / (strides[axis] as number)) % (sizes[axis] as number);
    const steps = ordered.map((axis) => [-1, 1].filter((step) => digit(axis) + step >= 0 && digit(axis) + step < (sizes[axis] as number)));
    const along = ordered.map((axis, place) => (steps[place] as number[]).map((step) => step * (strides[axis] as number)));
    if (ordered.length > combinedSteps) return along.flat().map((offset) => at + offset);
    const combined = along.reduce<number[]>((offsets, own) => offsets.flatMap((offset) => [offset, ...own.map((step) => offset + step)]), [0]);
    return combined.flatMap((offset) => (offset === 0 ? [] : [at + offset])).sort((a, b) => a - b);
  });
}

/**
 * Of sampled points, the `2 × dimensions` nearest of each, every ordered dimension measured from 0 to 1 and the others equal.
 * @param wanted points to look at; the others get null
 */
export function nearestNeighbours(dimensions: readonly Dimension[], points: readonly Point[], wanted: readonly number[]): Neighbourhood {
  const ordered = dimensions.filter((dimension) => dimension.ordered);
  const named = dimensions.filter((dimension) => !dimension.ordered);
  const columns = ordered.map((dimension) => Float64Array.from(points, (point) => dimension.placeOf(point[dimension.path] as Json)));
  const kinds = points.map((point) => JSON.stringify(named.map(({ path }) => point[path])));
  const found: (readonly number[] | null)[] = points.map(() => null);
  for (const at of wanted) found[at] = ordered.length === 0 ? [] : nearestTo(at, columns, kinds, 2 * ordered.length);
  return found;
}

/** The `count` nearest points of the same kind, nearest first; of equally near ones the first. */
function nearestTo(at: number, columns: readonly Float64Array[], kinds: readonly string[], count: number): number[] {
  const best: { index: number; distance: number }[] = [];
  for (let index = 0; index < kinds.length; index += 1) {
    if (index === at || kinds[index] !== kinds[at]) continue;
    let distance = 0;
    for (const column of columns) distance += ((column[index] as number) - (column[at] as number)) ** 2;
    if (best.length === count && distance >= (best[count - 1]?.distance as number)) continue;
    const place = best.findIndex((other) => distance < other.distance);
    best.splice(place < 0 ? best.length : place, 0, { index, distance });
    if (best.length > count) best.pop();
  }
  return best.map(({ index }) => index);
}

/** One entry a point; null for points without a score, and for those whose neighbours were not looked at. */
export function robustnessOf(scores: readonly (number | null)[], neighbourhood: Neighbourhood): (Robustness | null)[] {
  const known = scores.filter((score) => score !== null).sort((a, b) => a - b);
  if (known.length === 0) return scores.map(() => null);
  const median = medianOf(known);
  const worst = known[0] as number;
  return scores.map((score, at) => {
    const around = neighbourhood[at] ?? null;
    return score === null || around === null ? null : robustnessAt(score, around, scores, { median, worst });
  });
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
