// What is told of a trade: closed, or open at the end. Shapes alone; trade-ledger.ts makes them.

import type { Family, Leg, Reason, Side } from "../../domain/index.ts";

/**
 * A closed trade. Money in units of the instrument's money, quantities in its units, times epoch ms. Averages are float64, for
 * people.
 */
export interface TradeLine {
  readonly symbol: string;
  readonly leg: Leg;
  readonly side: "LONG" | "SHORT";
  /** What was closed, > 0. */
  readonly quantity: number;
  readonly entryTime: number;
  readonly exitTime: number;
  readonly entryPrice: number;
  readonly exitPrice: number;
  /** Value of what was closed, at entry and at exit. */
  readonly entryValue: number;
  readonly exitValue: number;
  /** Before fees. */
  readonly gross: number;
  /** Of entry and exit; what a liquidation's insurance took is in it. */
  readonly fees: number;
  /** Positive = received. */
  readonly funding: number;
  /** gross − fees + funding. */
  readonly profit: number;
  /** False where a part was closed outside of the session: what that brought nobody has told. */
  readonly complete: boolean;
  readonly entries: number;
  readonly exits: number;
  /** Why the strategy wanted the first entry and the last exit; `boot` for a position that was there before. */
  readonly entryReason: Reason | "boot";
  readonly exitReason: Reason;
  readonly entryFamily: Family | null;
  /** null: closed outside, or deleveraged by the venue. */
  readonly exitFamily: Family | null;
}

/** Who asked for a fill. */
export interface Asked {
  readonly order: number;
  readonly side: Side;
  readonly leg: Leg;
  readonly family: Family;
  readonly reason: Reason;
}

export interface Execution {
  readonly price: number;
  readonly quantity: number;
  readonly time: number;
}

export interface LedgerFacts {
  readonly quantity: number;
  readonly gross: number;
  readonly entryFee: number;
  readonly exitFee: number;
}

/** What is open at the end. */
export interface OpenTrade {
  readonly symbol: string;
  readonly leg: Leg;
  readonly side: "LONG" | "SHORT";
  /** > 0. */
  readonly quantity: number;
  readonly entryTime: number;
  readonly entryReason: Reason | "boot";
  /** Of the part that is closed already. */
  readonly gross: number;
  readonly fees: number;
  readonly funding: number;
  readonly profit: number;
  /** Paid for what is still open; not in `fees`. */
  readonly entryFees: number;
}
