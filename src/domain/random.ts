// Seeded chance. Each component draws from its own named stream, so one more draw in one place does not shift the others.

// This one file of it: the package's front loads six more generators, and Node's cryptography for seeds that nobody asks for.
import type seedrandom from "seedrandom";
import alea from "seedrandom/lib/alea.js";

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
  return wrap(alea(`${seed}/${name}`, { state: true }));
}

export function restoreRandom(snapshot: unknown): ResumableRandom {
  return wrap(resumed(snapshot));
}

function resumed(snapshot: unknown): Generator {
  // A copy: the generator counts on in the object that it is given.
  return alea("", { state: { ...(snapshot as seedrandom.State.Alea) } });
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
