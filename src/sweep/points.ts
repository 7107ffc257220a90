// The points of a sweep: every combination, a random sample, or a Latin hypercube. Equal seed and dimensions give equal points in
// any process.

import { randomStream, type RandomStream } from "../domain/index.ts";
import type { Dimension, Json } from "./space.ts";

/** One value a dimension, by its path, in the order of the dimensions. */
export type Point = Readonly<Record<string, Json>>;

export type Method = "grid" | { readonly random: { readonly count: number } } | { readonly latinHypercube: { readonly count: number } };

/** @param dimensions of a grid all with values */
export function pointsOf(dimensions: readonly Dimension[], method: Method, seed: number): Point[] {
  if (method === "grid") return gridOf(dimensions);
  const shares =
    "random" in method
      ? randomShares(dimensions.length, method.random.count, seed)
      : hypercubeShares(dimensions.length, method.latinHypercube.count, seed);
  return shares.map((row) => pointOf(dimensions, (at) => (dimensions[at] as Dimension).at(row[at] as number)));
}

/** The last dimension changes fastest. */
function gridOf(dimensions: readonly Dimension[]): Point[] {
  const sizes = dimensions.map(({ values }) => values?.length ?? 0);
  const total = sizes.reduce((product, size) => product * size, 1);
  return Array.from({ length: total }, (_, index) => {
    const digits: number[] = [];
    let rest = index;
    for (let at = sizes.length - 1; at >= 0; at -= 1) {
      const size = sizes[at] as number;
      digits[at] = rest % size;
      rest = Math.floor(rest / size);
    }
    return pointOf(dimensions, (at) => (dimensions[at]?.values ?? [])[digits[at] as number] as Json);
  });
}

function pointOf(dimensions: readonly Dimension[], valueAt: (at: number) => Json): Point {
  return Object.fromEntries(dimensions.map(({ path }, at) => [path, valueAt(at)]));
}

/** `count` rows of uniform shares, one a dimension. */
function randomShares(dimensions: number, count: number, seed: number): number[][] {
  const random = randomStream(seed, "sweep/random");
  return Array.from({ length: count }, () => Array.from({ length: dimensions }, () => random.next()));
}

/**
 * Latin hypercube (McKay, Beckman, Conover 1979): each dimension is cut into `count` strata of equal width, and each stratum has
 * exactly one row. @returns `count` rows of shares in [0, 1), one a dimension
 */
export function hypercubeShares(dimensions: number, count: number, seed: number): number[][] {
  const columns = Array.from({ length: dimensions }, (_, dimension) => {
    const random = randomStream(seed, `sweep/hypercube/${dimension}`);
    // The largest double below the stratum's end: rounding must not push a share into the next one.
    return shuffled(count, random).map((stratum) => Math.min((stratum + random.next()) / count, (stratum + 1) / count - 2 ** -50));
  });
  return Array.from({ length: count }, (_, row) => columns.map((column) => column[row] as number));
}

/** 0 … count - 1 in a random order (Fisher and Yates). */
function shuffled(count: number, random: RandomStream): number[] {
  const order = Array.from({ length: count }, (_, at) => at);
  for (let at = count - 1; at > 0; at -= 1) {
    const other = random.integer(at + 1);
    [order[at], order[other]] = [order[other] as number, order[at] as number];
  }
  return order;
}
