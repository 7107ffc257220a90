// One comparison of the book with the venue as plain data: what has been asked, what has been answered. A journal keeps it; it
// asks nothing itself.

import type { Reason } from "../../domain/index.ts";
import type { RunnerDesk } from "../order.ts";

export interface Round {
  readonly reason: Reason;
  /** What happened before it is in the book already. */
  readonly since: number;
  /** Intents so far: the orders of later ones this process has sent itself. */
  readonly intents: number;
  /** Questions without an answer: `fills/0`. */
  open: string[];
  /** Orders of ours that the venue lists, with what it says has filled. */
  readonly listed: [order: number, filled: number][];
  /** The orders that the lists do not explain have been asked about. */
  doubted: boolean;
  /** Legs whose position has been asked for and not told: `0/LONG`; null: not asked yet. */
  positions: string[] | null;
  attempts: number;
  /** Why it will not end by itself. */
  blocked: Reason | null;
  /** The last of those reasons that was told: the account is looked at again and again, and nobody wants to hear the same each time. */
  said: Reason | null;
  /** Orders that are not ours: `0/77`. */
  readonly strangers: string[];
  adopted: number;
  fills: number;
  synced: number;
  foreign: number;
}

export function newRound(reason: Reason, since: number, intents: number): Round {
  const questions = { open: [], listed: [], doubted: false, positions: null, attempts: 0, blocked: null, said: null, strangers: [] };
  return { reason, since, intents, ...questions, adopted: 0, fills: 0, synced: 0, foreign: 0 };
}

/** What it has found so far. */
export function countsOf({ adopted, fills, synced, foreign }: Round): Pick<Round, "adopted" | "fills" | "synced" | "foreign"> {
  return { adopted, fills, synced, foreign };
}

export function quarantinedOn(desk: RunnerDesk): number {
  let count = 0;
  for (let order = desk.first; order !== null; order = order.later) if (order.status === "QUARANTINED") count += 1;
  return count;
}
