// The jobs of a sweep as plain JSON data, in their fixed order: a queue on other machines may take them as they are. A job's number
// and its seed never depend on what ran before.

import { randomStream } from "../domain/index.ts";
import type { FillInput } from "../scenario/index.ts";
import type { Point } from "./points.ts";
import type { Window, WindowPair } from "./windows.ts";

/** Fill assumptions of a job: a preset in place of the scenario's, or settings over the scenario's own. */
export interface JobFill {
  readonly name: string;
  readonly settings: FillInput | "default" | "optimistic" | "bench";
}

/** One trial. Everything that decides its result, but for the files that it names. */
export interface Job {
  /** Its number in the sweep, from 0. */
  readonly trial: number;
  /** As the sweep file names it. */
  readonly scenario: string;
  readonly parameters: Point;
  readonly fill: JobFill;
  /** Null: all bars. */
  readonly split: Window | null;
  readonly seed: number;
}

/** A trial whose parameters are those of the best of other trials, `from` to `to` - 1. */
export interface OpenJob extends Omit<Job, "parameters"> {
  readonly parameters: null;
  readonly bestOf: { readonly from: number; readonly to: number };
}

/** What jobs are made of. Cells are one scenario under one fill in one window: in each, every point is tried. */
export interface JobSpace {
  readonly seed: number;
  readonly points: readonly Point[];
  readonly fills: readonly JobFill[];
  /** With their windows; null without walk-forward. */
  readonly scenarios: readonly { readonly file: string; readonly windows: readonly WindowPair[] | null }[];
}

/** One scenario, fill and train window; `first` is the trial of its first point. */
export interface Cell {
  readonly scenario: string;
  readonly fill: JobFill;
  readonly split: Window | null;
  readonly first: number;
  /** Judges the best of the cell; null without walk-forward. */
  readonly test: OpenJob | null;
}

export interface JobList {
  readonly cells: readonly Cell[];
  /** Trials with given parameters: cell after cell, in each the points in their order. */
  readonly jobs: readonly Job[];
  /** Trials that wait for them: one a cell, in the cells' order. */
  readonly open: readonly OpenJob[];
}

export function jobsOf({ seed, points, fills, scenarios }: JobSpace): JobList {
  const places = scenarios.flatMap(({ file, windows }) =>
    fills.flatMap((fill) => (windows ?? [null]).map((pair) => ({ scenario: file, fill, train: pair?.train ?? null, test: pair?.test ?? null }))),
  );
  const tested = places.length * points.length;
  const cells = places.map(({ scenario, fill, train, test }, at): Cell => {
    const first = at * points.length;
    const bestOf = { from: first, to: first + points.length };
    const trial = tested + at;
    const open = test === null ? null : { trial, scenario, parameters: null, bestOf, fill, split: test, seed: trialSeed(seed, trial) };
    return { scenario, fill, split: train, first, test: open };
  });
  const jobs = cells.flatMap(({ scenario, fill, split, first }) =>
    points.map((parameters, at): Job => ({ trial: first + at, scenario, parameters, fill, split, seed: trialSeed(seed, first + at) })),
  );
  return { cells, jobs, open: cells.flatMap(({ test }) => test ?? []) };
}

/** Seed of one trial: a whole number below 2^32 that follows from the sweep's seed and the trial's number alone. */
export function trialSeed(seed: number, trial: number): number {
  return randomStream(seed, `sweep/trial/${trial}`).integer(2 ** 32);
}
