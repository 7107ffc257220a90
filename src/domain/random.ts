// Seeded chance. Each component draws from its own named stream, so one more draw in one place does not shift the others.

import seedrandom from "seedrandom";

/** A resumable stream of uniform numbers in [0, 1). */
export interface RandomStream {
  next(): number;
  /** Uniform integer in [0, bound). */
  integer(bound: number): number;
  /** Plain JSON; `restoreRandom` continues from it. */
  snapshot(): unknown;
}

/** The stream `name` of a seed. Equal arguments give equal draws in every process and Node version. */
export function randomStream(seed: number | string, name: string): RandomStream {
  return wrap(seedrandom.alea(`${seed}/${name}`, { state: true }));
}

export function restoreRandom(snapshot: unknown): RandomStream {
  return wrap(seedrandom.alea("", { state: snapshot as seedrandom.State.Alea }));
}

function wrap(generator: seedrandom.StatefulPRNG<seedrandom.State.Alea>): RandomStream {
  return {
    next: () => generator(),
    integer: (bound) => Math.floor(generator() * bound),
    snapshot: () => generator.state(),
  };
}
