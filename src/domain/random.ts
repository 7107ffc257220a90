// Seeded chance. Each component draws from its own named stream, so one more draw in one place does not shift the others.

import seedrandom from "seedrandom";

type Generator = seedrandom.StatefulPRNG<seedrandom.State.Alea>;

/** A resumable stream of uniform numbers in [0, 1). */
export interface RandomStream {
  next(): number;
  /** Uniform integer in [0, bound). */
  integer(bound: number): number;
  /** Plain JSON; `restoreRandom` continues from it. */
  snapshot(): unknown;
}

/** A stream that can be set back to where a snapshot of it stood, in whoever's hands it is. */
export interface ResumableRandom extends RandomStream {
  restore(snapshot: unknown): void;
}

/** The stream `name` of a seed. Equal arguments give equal draws in every process and Node version. */
export function randomStream(seed: number | string, name: string): ResumableRandom {
  return wrap(seedrandom.alea(`${seed}/${name}`, { state: true }));
}

export function restoreRandom(snapshot: unknown): ResumableRandom {
  return wrap(resumed(snapshot));
}

function resumed(snapshot: unknown): Generator {
  // A copy: the generator counts on in the object that it is given.
  return seedrandom.alea("", { state: { ...(snapshot as seedrandom.State.Alea) } });
}

function wrap(first: Generator): ResumableRandom {
  let generator = first;
  return {
    next: () => generator(),
    integer: (bound) => Math.floor(generator() * bound),
    snapshot: () => generator.state(),
    restore: (snapshot) => {
      generator = resumed(snapshot);
    },
  };
}
