// What only orders of the rarer kinds say: until when they live, what they trail, which orders they hang on. Plain data
// that never changes once it is made, so that requests share it; an order without any of it carries null.

import type { Millis, OrderNumber, Price } from "./brand.ts";
import type { Ratio } from "./numbers.ts";

/** How a trailing stop follows the price: exactly one of rate and distance is there. */
export interface Trail {
  /** Distance from the best price, as a share of it. */
  readonly rate: Ratio | null;
  /** Distance from the best price, in units of price. */
  readonly distance: Price | null;
  /** It follows nothing before the price has been here; null = from its arrival on. */
  readonly activation: Price | null;
}

/** The price that sets off a trigger. */
export type TriggerSource = "last" | "mark";
/** Which order goes when an arriving one would trade with a resting one of the same account. */
export type SelfTradePrevention = "none" | "expire_maker" | "expire_taker" | "expire_both";

export interface OrderTerms {
  /** GTD: the instant from which on it no longer fills, epoch ms. */
  readonly goodTill: Millis | null;
  /** It waits at the venue until this instant and arrives then. */
  readonly goodAfter: Millis | null;
  readonly trail: Trail | null;
  /** It lives as far as this order has filled, in proportion. */
  readonly parent: OrderNumber | null;
  /** One cancels the other: the number of the group's first order. What one fills, the others lose in proportion. */
  readonly group: OrderNumber | null;
  /** Its quantity is the whole position at the moment in which it is triggered. */
  readonly closePosition: boolean;
  readonly triggerBy: TriggerSource;
  readonly selfTrade: SelfTradePrevention;
}

/** Terms that say nothing: to be laid under those that say something. */
export const noTerms: OrderTerms = {
  goodTill: null,
  goodAfter: null,
  trail: null,
  parent: null,
  group: null,
  closePosition: false,
  triggerBy: "last",
  selfTrade: "none",
};
