// Intents: what a strategy asks for. Prices and quantities are float64 here, the strategy's own numbers; the runner
// turns them into exact units on tick and step, or refuses them with a reason.

import type { SelfTradePrevention, TriggerSource } from "./order-terms.ts";
import type { Family, Leg, OrderType } from "./order.ts";
import type { Reason } from "./reasons.ts";
import type { Route } from "./route.ts";

/** Row 004-IN-1. HOLD and SYNC_STATE never become orders. */
export type IntentKind = "HOLD" | "OPEN" | "ADD" | "CLOSE" | "PARTIAL_CLOSE" | "SYNC_STATE";

/** The kinds that do. */
export type TradeKind = Exclude<IntentKind, "HOLD" | "SYNC_STATE">;

export type SizingPolicy = "explicit_qty" | "delegate_notional" | "runner_notional";

/** What a strategy may say about one order. Everything but the quantity has a default from its ExecutionPolicy. */
export interface OrderIntent {
  /** LONG or SHORT; in one-way mode it is the direction wanted and nets at the venue. */
  readonly side: "LONG" | "SHORT";
  /** In base units (or contracts). Omitted, zero, negative or NaN is refused with `missing_explicit_qty` unless sizing is delegated. */
  readonly quantity?: number | undefined;
  /** Share of the open position, 0…1, for PARTIAL_CLOSE. */
  readonly fraction?: number | undefined;
  /** Notional in the settlement currency, for `delegate_notional`. */
  readonly notional?: number | undefined;
  readonly sizing?: SizingPolicy | undefined;
  /** @defaultValue the policy's order type of the family */
  readonly orderType?: OrderType | undefined;
  /** Limit price. A limit without one takes the last close. */
  readonly price?: number | undefined;
  /** Trigger price of stop and take-profit types; of a trailing stop, where its stop stands at first: absent, behind the price at its arrival. */
  readonly trigger?: number | undefined;
  /** @defaultValue the policy's postOnly of the family */
  readonly postOnly?: boolean | undefined;
  /** GTD needs `goodTill`; DAY ends with the venue's trading day. */
  readonly timeInForce?: "GTC" | "IOC" | "FOK" | "GTD" | "DAY" | undefined;
  /** GTD: from this instant on it no longer fills, epoch ms; the venue ends it. */
  readonly goodTill?: number | undefined;
  /** It waits at the venue until this instant, epoch ms, and arrives at the first open from then on. */
  readonly goodAfter?: number | undefined;
  /** Trailing stop: distance from the best price as a share of it, 0.01 = 1 %. */
  readonly callbackRate?: number | undefined;
  /** Trailing stop: distance from the best price, in price; instead of the rate. */
  readonly callbackDistance?: number | undefined;
  /** Trailing stop: price from which on it follows. */
  readonly activation?: number | undefined;
  /** Number of an intent: this order lives at the venue as far as that one has filled. Needs an explicit quantity. */
  readonly parent?: number | undefined;
  /** Number of an intent: one cancels the other; what one fills, the other loses. */
  readonly oco?: number | undefined;
  /** Stop and take-profit at market: closes the whole position that is there when it is triggered. @defaultValue false */
  readonly closePosition?: boolean | undefined;
  /** @defaultValue "last" */
  readonly triggerBy?: TriggerSource | undefined;
  /** What the venue does when it would trade with a resting order of the same account. @defaultValue "none" */
  readonly selfTrade?: SelfTradePrevention | undefined;
  /** ms until the runner cancels a resting limit; null = never. @defaultValue the policy's timeToLiveMs of the family */
  readonly timeToLive?: number | null | undefined;
  /** The intent's own permission for a market fallback; the policy's is needed too (row 004-OP-4). @defaultValue false */
  readonly allowMarketFallback?: boolean | undefined;
  readonly fallbackOnReject?: boolean | undefined;
  readonly fallbackOnTimeout?: boolean | undefined;
  /** One order that also closes the opposite net position (one-way mode): `quantity` is what it closes and what it opens. @defaultValue false */
  readonly reverse?: boolean | undefined;
  /** CLOSE on a position that the venue no longer has: settle locally (row 004-IN-11). @defaultValue false */
  readonly syncIfAbsent?: boolean | undefined;
  /** Number of a resting intent that this one takes the place of: the runner cancels it and sends this one in its stead. */
  readonly replaces?: number | undefined;
  /** How a market intent is worked; with another type, terms or a time in force it is refused. @defaultValue the policy's route of the family */
  readonly route?: Route | undefined;
  /** @defaultValue by kind: entry, dca, close, partial */
  readonly family?: Family | undefined;
  readonly reason?: Reason | undefined;
  /** Free text of the strategy, kept with the intent: "rung 3". */
  readonly tag?: string | undefined;
}

export function isTrade(kind: IntentKind): kind is TradeKind {
  return kind === "OPEN" || kind === "ADD" || kind === "CLOSE" || kind === "PARTIAL_CLOSE";
}

/** Row 004-IN-6: the words of a manage step and the intent kind that each stands for. */
export const manageActions: Readonly<Record<string, IntentKind>> = {
  TP: "CLOSE",
  SL: "CLOSE",
  EXIT: "CLOSE",
  CLOSE: "CLOSE",
  TP_PARTIAL: "PARTIAL_CLOSE",
  PARTIAL: "PARTIAL_CLOSE",
  PARTIAL_CLOSE: "PARTIAL_CLOSE",
  ADD: "ADD",
  DCA: "ADD",
  OPEN_MORE: "ADD",
};

/** Row 004-IN-6: a fraction clamped to 0…1; NaN is 0. */
export function clampFraction(fraction: number): number {
  return fraction > 0 ? Math.min(fraction, 1) : 0;
}

/** The family that an intent has when the strategy names none. */
export function defaultFamily(kind: IntentKind): Family {
  if (kind === "OPEN") return "entry";
  if (kind === "ADD") return "dca";
  return kind === "PARTIAL_CLOSE" ? "partial" : "close";
}

/** The leg at the venue that an intent's side means in a position mode. */
export function legOf(side: "LONG" | "SHORT", hedge: boolean): Leg {
  return hedge ? side : "NET";
}
