// A venue profile is data, not code: fees, modes, checks and the codes of its rejections. The engine reads it and has no
// branch that names a venue.

import type { PositionMode, Reason } from "../../domain/index.ts";

/** In which currency a fill's fee is taken. `received`: base on a buy, quote on a sell (spot venues). */
export type FeeCurrency = "quote" | "base" | "received" | "third";

export interface VenueProfile {
  readonly name: string;
  readonly market: "spot" | "swap" | "any";
  /** Decimal text, share of the notional; negative = rebate. */
  readonly makerFee: string;
  readonly takerFee: string;
  readonly feeCurrency: FeeCurrency;
  /** A fixed fee beside the rates, in the settlement currency: on an order's first fill, or on every fill; null = none. */
  readonly fixedFee: { readonly amount: string; readonly per: "order" | "fill" } | null;
  /** For `third`: the currency, its price in the settlement currency, and the factor on the rate ("0.75" = 25 % off). */
  readonly thirdCurrency: { readonly currency: string; readonly price: string; readonly factor: string } | null;
  /** Distance of bid and ask from the bar's price, in basis points of it. */
  readonly halfSpreadBp: string;
  readonly positionModes: readonly PositionMode[];
  readonly defaultLeverage: number;
  readonly maxLeverage: number;
  /** Share of the notional below which equity ends the run, until tiers exist. */
  readonly maintenanceMarginRate: string;
  /** Price of a resting limit that the open gaps past. */
  readonly gap: "limit" | "open";
  /** A stop or take-profit whose trigger is crossed on arrival. */
  readonly crossedTrigger: "reject" | "fire";
  /** Binance hedge mode refuses `reduceOnly` (-1106): the position side bounds the order instead. */
  readonly reduceOnlyInHedge: "accepted" | "rejected";
  readonly amend: "keep_id" | "cancel_replace" | "none";
  /** A client order id must be unique: never checked, among open orders, or for ever. */
  readonly idempotency: "I0" | "I1" | "I3";
  readonly maxOpenOrders: number;
  /** The venue's code for each reason it can reject with; a reason without a code is rejected with null. */
  readonly codes: Readonly<Partial<Record<Reason, string>>>;
}
