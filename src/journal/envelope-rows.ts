// Rows of an envelope: what else the bars allow a run to be. Money, prices and quantities are exact minimal decimal
// strings; times epoch ms; absent is null.

import type { Reason } from "../domain/index.ts";
import type { WindowDecision, WindowFill } from "./windows.ts";

/** The order of a bar's prices: `ohlc` has the high first, `olhc` the low. */
export type PathWord = "ohlc" | "olhc";

/** An answer to what one bar leaves open. */
export interface EnvelopeChoice {
  readonly symbol: string;
  readonly bar: number;
  readonly path: PathWord;
  /** Only where lives that end inside the bar were given the whole of it. */
  readonly timeToLive?: "whole-bar";
}

export type EnvelopeFill = Omit<WindowFill, "symbol" | "bar">;

export interface EnvelopePath {
  readonly path: PathWord;
  readonly timeToLive?: "whole-bar";
  /** What the account has more at the end of it; the first path's is "0". null: not run to its end. */
  readonly equityDelta: string | null;
  /** In this bar. */
  readonly fills: readonly EnvelopeFill[];
}

/** An order, or an intent that became none (`type` null), that exists on one path only. */
export type EnvelopeDecision = { readonly path: PathWord } & WindowDecision;

/** A bar whose outcome depends on what it leaves open. */
export interface EnvelopeBar {
  readonly symbol: string;
  readonly bar: number;
  /** Open of the bar. */
  readonly time: number;
  /** Ways to this bar on which it makes a difference; the rows are of the one with the fewest other answers. */
  readonly ways: number;
  /** The other answers that lead there; empty for a bar that the main world meets. */
  readonly within: readonly EnvelopeChoice[];
  /** The path that this world takes first. */
  readonly paths: readonly EnvelopePath[];
  /** Bar with whose close the paths are the same again but for money; null: they never are. */
  readonly reconvergedAt: number | null;
  /** The first of them. */
  readonly decisions: readonly EnvelopeDecision[];
  /** There may be more decisions than those. */
  readonly decisionsCut: boolean;
}

/** The end of the best or the worst world that was found. */
export interface EnvelopeEnd {
  readonly equity: string;
  /** Its answers where they differ from the main world's, in order. */
  readonly choices: readonly EnvelopeChoice[];
  /** A whole run had these choices and this end; else the differences of its bars are added up. */
  readonly confirmed: boolean;
  /** Why it stopped before its last bar. */
  readonly halt: Reason | null;
}

export interface Envelope {
  readonly best: EnvelopeEnd;
  readonly worst: EnvelopeEnd;
  readonly bars: readonly EnvelopeBar[];
  /** Worlds that were run to their end, or until they were the same as another one. */
  readonly worlds: number;
  /** Choices that were met and not tried, or not to their end, for want of budget. */
  readonly unexplored: number;
  /** Money was seen to decide something in a search that adds differences up: single differences hold, sums are estimates until confirmed. */
  readonly moneyDecides: boolean;
  /** Every choice of every world was tried, and nothing was assumed of what money decides: best and worst are the extremes. */
  readonly exact: boolean;
}
