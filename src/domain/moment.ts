// When something was so at a venue. It must never be read off a clock of ours.

import type { Millis, Sequence } from "./brand.ts";

/** Venue time, epoch ms; `sequence` orders what has one time. */
export interface Moment {
  readonly time: Millis;
  readonly sequence: Sequence;
}

export function isBefore(one: Moment, other: Moment): boolean {
  return one.time < other.time || (one.time === other.time && one.sequence < other.sequence);
}
