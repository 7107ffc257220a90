// Where a fact of a commit stands: what every projection is told beside the fact itself.

import type { Millis } from "../../domain/index.ts";
import type { Commit } from "../commits.ts";

export interface At {
  readonly seq: number;
  readonly epoch: number;
  readonly time: Millis;
  readonly notes: Commit["notes"];
  /** Open of the last closed bar of a market, ISO; null before the first. */
  barTime(market: number): string | null;
}
