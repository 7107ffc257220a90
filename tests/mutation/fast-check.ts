// fast-check as the mutation runs see it: every property draws from one seed, few times, and reports its first failure as it is.
// A mutant must meet the same cases as the run without it. It must never stand in for fast-check anywhere else.

import real from "fast-check";

/** Draws of a property at most: a mutant that needs more than this is missing a test by hand. */
const runsMost = 60;
const seed = 20_261;

type Assert = typeof real.assert;

const assert = ((property: Parameters<Assert>[0], parameters: Parameters<Assert>[1] = {}) =>
  real.assert(property, {
    ...parameters,
    seed: parameters.seed ?? seed,
    numRuns: Math.min(parameters.numRuns ?? 100, runsMost),
    endOnFailure: true,
  })) as Assert;

// Only seeded: a test that looks at what its cases contain means all of them.
const sample = ((arbitrary: Parameters<typeof real.sample>[0], parameters?: Parameters<typeof real.sample>[1]) =>
  real.sample(arbitrary, { seed, ...(typeof parameters === "number" ? { numRuns: parameters } : parameters) })) as typeof real.sample;

export default { ...real, assert, sample };
