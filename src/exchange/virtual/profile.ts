// A venue profile is data, not code: fees, modes, checks and the answers of its rejections. The engine reads it and has no
// branch that names a venue.

import type { OrderType, PositionMode, TimeInForce } from "../../domain/index.ts";
import type { Charge } from "./charges.ts";
import type { ClientIdGrammar, Idempotency } from "./client-ids.ts";
import type { LiquidationRuleName } from "./margin-rules.ts";
import type { Rejections } from "./rejections.ts";
import type { RequestLimits } from "./request-weights.ts";

/**
 * Orders that a venue has turned away and still tells of when it is asked for their id: none, those that it had acknowledged first
 * and turned away in their next update, or all.
 */
export type RejectionMemory = "none" | "acknowledged" | "all";

/** What the absence of an order is proven by, ms. */
export interface AbsenceFigures {
  /** How long after it was sent the venue still takes a request. */
  readonly validityWindowMs: number;
  /** How long its engine may work at one that it has taken. */
  readonly engineTimeoutMs: number;
  /** How far its answers may lag behind. */
  readonly lagMarginMs: number;
}

/** In which currency a fill's fee is taken. `received`: base on a buy, quote on a sell (spot venues). */
export type FeeCurrency = "quote" | "base" | "received" | "third";

/** Kinds of orders that hang on a position, on other orders or on a time. Children of one parent may cancel each other in a `bracket`. */
export type ContingentKind = "oco" | "bracket" | "close_position" | "self_trade" | "good_after";

export interface VenueProfile {
  readonly name: string;
  readonly market: "spot" | "swap" | "any";
  /** Decimal text, share of the notional; negative = rebate. */
  readonly makerFee: string;
  readonly takerFee: string;
  readonly feeCurrency: FeeCurrency;
  /** A fixed fee beside the rates, in the settlement currency: on an order's first fill, or on every fill; null = none. */
  readonly fixedFee: { readonly amount: string; readonly per: "order" | "fill" } | null;
  /** A stock broker's contract note beside the rates; empty at exchanges that take rates only. */
  readonly charges: readonly Charge[];
  /** For `third`: the currency, its price in the settlement currency, and the factor on the rate ("0.75" = 25 % off). */
  readonly thirdCurrency: { readonly currency: string; readonly price: string; readonly factor: string } | null;
  /** Distance of bid and ask from the bar's price, in basis points of it. */
  readonly halfSpreadBp: string;
  readonly positionModes: readonly PositionMode[];
  readonly defaultLeverage: number;
  readonly maxLeverage: number;
  /** Maintenance margin as a share of the position's value, where no tier table is given. */
  readonly maintenanceMarginRate: string;
  /** How the venue closes a position that its margin no longer covers; null: none is modelled, insolvency ends the run. */
  readonly liquidation: LiquidationRuleName | null;
  /** What a position costs to give up that is auto-deleveraged: nothing, or the fee of a maker. */
  readonly deleveragingFee: "none" | "maker";
  /** Orders of other types or times in force are refused as `unsupported_order_type`. */
  readonly orderTypes: readonly OrderType[];
  readonly timeInForce: readonly TimeInForce[];
  /** What else the venue does for an order; the rest is refused as `unsupported_order_type`. */
  readonly contingent: readonly ContingentKind[];
  /** Price of a resting limit that the open gaps past. */
  readonly gap: "limit" | "open";
  /** A stop or take-profit whose trigger is crossed on arrival. */
  readonly crossedTrigger: "reject" | "fire";
  /** Prices that can trigger an order, the venue's default first. */
  readonly triggerBy: readonly ("last" | "mark" | "index")[];
  /** Untriggered orders have ids of their own and are found under these only (Binance: algo orders). */
  readonly triggerIds: "shared" | "own";
  /** Binance hedge mode refuses `reduceOnly` (-1106): the position side bounds the order instead. */
  readonly reduceOnlyInHedge: "accepted" | "rejected";
  readonly amend: "keep_id" | "cancel_replace" | "none";
  readonly clientId: ClientIdGrammar;
  /** Until when a client order id must not come again. */
  readonly idempotency: Idempotency;
  /** How long I2 remembers an id, ms; null for the other classes. */
  readonly idempotencyWindowMs: number | null;
  readonly maxOpenOrders: number;
  /** null: the venue's limits are not known, or there are none. */
  readonly requests: RequestLimits | null;
  /** null: no time ends a request's life there, and an order that the venue does not find is never proven absent. */
  readonly absence: AbsenceFigures | null;
  readonly rejectionMemory: RejectionMemory;
  /** What the venue answers to each reason that it can refuse with. */
  readonly rejections: Rejections;
}
