// A fill, with what was asked for and what the market said: the one shape that every source of fills is read into. Prices and
// quantities are exact minimal decimal text, times epoch ms UTC, absent is null. It never works anything out.

import type { Leg, Liquidity, OrderType, Side } from "../../domain/index.ts";

export interface FillFacts {
  readonly time: number;
  /** Row of the bar that filled it; null outside of a run. */
  readonly bar: number | null;
  readonly symbol: string;
  readonly side: Side;
  readonly leg: Leg | null;
  readonly family: string | null;
  readonly type: OrderType | null;
  readonly quantity: string;
  readonly price: string;
  /** The price that the decision was made at: a limit, a trigger, or the last close before a market order left. */
  readonly requested: string | null;
  /** The market's price when the order got there, before spread and slippage. */
  readonly arrival: string | null;
  /** It filled at the far end of its bar: a fill model may have wanted more than the bar had. False where the bar is unknown. */
  readonly capped: boolean;
  /** Volume of the bar that filled it, in the unit of `quantity`. */
  readonly volume: string | null;
  /** What came with the order as its expected loss, in price units. */
  readonly predicted: number | null;
  readonly liquidity: Liquidity | null;
  readonly fee: string | null;
  readonly feeCurrency: string | null;
  /** From the sending of the order to the fill (row 002-FJ-2). */
  readonly latencyMs: number | null;
  readonly orderId: string | null;
}

/** What fills are expected to lose where nothing came with the order: a fill model. */
export interface SlippageAssumption {
  /** Basis points, decimal text. */
  readonly halfSpreadBp: string;
  readonly slippage: SlippageModel;
  /** By symbol; a market that is not there has none that is known. */
  readonly ticks: Readonly<Record<string, TickRule>>;
}

export interface TickRule {
  /** Decimal text. */
  readonly tick: string;
  /** Prices have at most so many, and the tick moves with them; null where it does not. */
  readonly significantDigits: number | null;
}

/** As `fill.slippage` of a scenario; numbers are decimal text. */
export type SlippageModel =
  | { readonly kind: "none" }
  | { readonly kind: "bps"; readonly bps: string }
  | { readonly kind: "ticks"; readonly ticks: number }
  | { readonly kind: "volume_share"; readonly baseBps: string; readonly slopeBps: string; readonly limit: string | null };

/** Fills of one source, in the order of their times. */
export interface FillSource {
  /** As it was named on the command line. */
  readonly file: string;
  /** Name of the scenario whose run it is; null for fills from elsewhere. */
  readonly scenario: string | null;
  readonly fills: readonly FillFacts[];
  /** The fill model of the run; null for fills from elsewhere. */
  readonly assumption: SlippageAssumption | null;
}
