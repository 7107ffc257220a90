// What an auditor must be told beside the records: the markets with their scales, what the account held at first, what
// trades cost, and where it has them the bars. Plain data that a manifest holds as well as a plan.

import type { BarSeries, InstrumentScales, Leg, MarketRules, PositionMode, Side } from "../../domain/index.ts";
import { Valuation } from "./arithmetic.ts";

/** What a fill costs, as a venue's profile says it; decimal text throughout. */
export interface AuditFees {
  readonly makerFee: string;
  readonly takerFee: string;
  readonly feeCurrency: "quote" | "base" | "received" | "third";
  readonly fixedFee: { readonly amount: string; readonly per: "order" | "fill" } | null;
  readonly charges: readonly AuditCharge[];
  readonly thirdCurrency: { readonly currency: string; readonly price: string; readonly factor: string } | null;
}

export interface AuditCharge {
  readonly name: string;
  readonly side: "both" | Side;
  readonly basis: "order" | "quantity" | "value" | { readonly charge: string };
  readonly rate: string;
  readonly minimum?: string;
  readonly maximum?: string;
  readonly maximumShare?: string;
}

export interface AuditMarket {
  readonly rules: MarketRules;
  readonly scales: InstrumentScales;
  /** The finest series that the strategy sees; null where the bars are not at hand. */
  readonly bars: BarSeries | null;
  /** What the venue walks: the bars, or what lies inside them. */
  readonly walked: BarSeries | null;
}

export interface AuditFrame {
  readonly mode: PositionMode;
  readonly settlement: string;
  /** Decimals by currency. */
  readonly moneyScales: Readonly<Record<string, number>>;
  readonly markets: readonly AuditMarket[];
  /** null: nothing says what trades cost, and what they cost is taken as told. */
  readonly fees: AuditFees | null;
  /** What the account held before the first bar, decimal text. */
  readonly balances: Readonly<Record<string, string>>;
  readonly positions: readonly { readonly symbol: string; readonly leg: Leg; readonly quantity: string; readonly entryPrice: string }[];
  /** How long what the venue tells may be on its way, ms. */
  readonly tellingMs: number;
}

/** A market as its checks need it. */
export interface MarketFrame extends AuditMarket {
  readonly symbol: string;
  readonly spot: boolean;
  readonly valuation: Valuation;
}

export function marketFrames({ markets }: AuditFrame): MarketFrame[] {
  return markets.map((market) => {
    const { rules, scales } = market;
    return { ...market, symbol: rules.symbol, spot: rules.kind === "spot", valuation: new Valuation(rules, scales) };
  });
}

/** Names of a market's legs. */
export function legNames(mode: PositionMode): readonly Leg[] {
  return mode === "hedge" ? ["LONG", "SHORT"] : ["NET"];
}
