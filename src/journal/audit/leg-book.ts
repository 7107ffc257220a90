// What the auditor keeps of one leg of the runner's books while it works them out: plain data, no sums of its own.

import type { ForeignFill, Leg, PositionReported, Side } from "../../domain/index.ts";
import type { Closing, LegSum, Taken } from "./leg.ts";

export interface Expected extends Closing {
  readonly order: number;
  readonly market: number;
  readonly leg: Leg;
  readonly at: number;
}

/** What was said of a leg before all that had made it so. */
export interface EarlyWord {
  readonly book: LegBook;
  readonly at: number;
  readonly text: string;
  readonly told: bigint;
  readonly found: bigint;
  readonly sequence: number;
}

/** A word of the venue for a leg: trades that happened before it are in the leg already. */
export interface AdoptedReport {
  readonly time: number;
  readonly sequence: number;
  readonly taken: Taken;
}

/** A fill, or a close without an order. `fee` in the settlement currency. */
export interface BookedTrade {
  readonly market: number;
  readonly side: Side;
  readonly price: number;
  readonly quantity: number;
  readonly fee: bigint;
  readonly order: number;
  readonly time: number;
  readonly sequence: number;
}

export interface LegBook {
  readonly leg: Leg;
  readonly sum: LegSum;
  /** The records do not say at which price it changed outside: its P&L is taken as told until it is flat. */
  told: boolean;
  reported: PositionReported | null;
  /** Trades of others that the venue has told of and that no sync has used yet. */
  readonly foreign: ForeignFill[];
  /** Reports that it has taken over, oldest first. */
  readonly adopted: AdoptedReport[];
  /** The last fills, in the order in which they were told. */
  readonly recent: { readonly sequence: number; readonly signed: bigint }[];
  /** Funding payments and closes without an order that it has heard of. */
  settlements: number;
  /** Venue sequence of the last close without an order. */
  closed: number;
  /** Venue time of the word that it was brought in line with last; 0: never. */
  synced: number;
}
