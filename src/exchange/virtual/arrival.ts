// Checks of an order at its arrival: the venue's own rules, in the order in which venues apply them. Pure: a reason to
// reject, or null.

import {
  mulDiv,
  type Instrument,
  type Money,
  type NamedRequest,
  type OrderRequest,
  type Position,
  type Price,
  type Quantity,
  type Reason,
} from "../../domain/index.ts";
import type { Account } from "./account.ts";
import type { FeeSchedule } from "./fees.ts";
import type { Offer } from "./offer.ts";
import type { VenueProfile } from "./profile.ts";
import { checkTerms } from "./terms.ts";

/** What the venue takes at all: shapes, types, lives, and terms of the rarer kinds. */
export function checkOffer(request: NamedRequest, offer: Offer, profile: VenueProfile, now: number): Reason | null {
  const { names, price, trigger } = request;
  const given = (price === null ? 0 : 1) | (trigger === null ? 0 : 2);
  if (given !== names.prices) {
    const misshapen = checkShape(request);
    if (misshapen !== null) return misshapen;
  }
  if (!offer.has(names)) return "unsupported_order_type";
  return request.terms === null && names.needsTerms === 0 ? null : checkTerms(request, profile, now);
}

/** Modes and sides. */
export function checkMode({ names }: NamedRequest, position: Position | undefined, profile: VenueProfile, spot: boolean): Reason | null {
  if (position === undefined) return "position_side_mismatch";
  if (spot && names.reduceOnly && profile.market === "spot") return "reduce_only_not_accepted";
  if (names.hedges === 1 && names.reduceOnly && profile.reduceOnlyInHedge === "rejected") return "reduce_only_not_accepted";
  return null;
}

/** Each type has the prices that it needs, and no others. */
function checkShape({ type, price, trigger, timeInForce }: OrderRequest): Reason | null {
  const limited = type === "limit" || type === "stop_limit" || type === "take_profit_limit";
  const triggered = type !== "limit" && type !== "market" && type !== "market_on_close";
  if (limited && price === null) return "missing_price";
  // A trailing stop may come without a first stop.
  if (triggered && trigger === null && type !== "trailing_stop") return "missing_trigger";
  if (type === "market_on_close" && timeInForce !== "GTC" && timeInForce !== "DAY") return "unsupported_order_type";
  const surplus = (!limited && (price !== null || timeInForce === "PO")) || (!triggered && trigger !== null);
  return surplus ? "unsupported_order_type" : null;
}

/** Price, lot and notional filters. `price` is the order's own price, or the market's for a market order. */
export function checkFilters(request: NamedRequest, instrument: Instrument, price: Price, closing: boolean): Reason | null {
  if (isOffGrid(request.price, instrument) || isOffGrid(request.trigger, instrument)) return "price_filter";
  const { quantity } = request;
  if (quantity <= 0 || !instrument.isOnStep(quantity) || quantity < instrument.minQuantity) return "lot_size_filter";
  if (instrument.maxQuantity > 0 && quantity > instrument.maxQuantity) return "lot_size_filter";
  if (instrument.maxMarketQuantity > 0 && quantity > instrument.maxMarketQuantity && (request.names.prices & 1) === 0)
    return "market_lot_size_filter";
  // Closing orders are exempt from the notional floor: otherwise dust could never be sold.
  const exempt = closing && !instrument.spot;
  if (!exempt && instrument.minNotional > 0 && instrument.notional(price, quantity) < instrument.minNotional) return "min_notional_filter";
  return null;
}

function isOffGrid(price: Price | null, instrument: Instrument): boolean {
  if (price === null) return false;
  if (price <= 0 || !instrument.isOnTick(price)) return true;
  return (instrument.minPrice > 0 && price < instrument.minPrice) || (instrument.maxPrice > 0 && price > instrument.maxPrice);
}

/** An order that may only shrink a position needs one to shrink. */
export function checkClosing({ names }: NamedRequest, position: Position): Reason | null {
  const opposes = position.quantity * names.direction < 0;
  return opposes ? null : "reduce_only_rejected";
}

/** True when the order can only shrink its position: reduce-only, or the closing side of a hedge leg. */
export function isClosing({ names, terms }: NamedRequest): boolean {
  return names.closes === 1 || (terms !== null && terms.closePosition);
}

/** What the venue holds for an order while it is open: margin for the part that enlarges the position, or spot funds. */
export function requiredFunds(
  { names }: NamedRequest,
  remaining: Quantity,
  position: Position,
  instrument: Instrument,
  price: Price,
  leverage: number,
): Money {
  if (instrument.spot) return (names.direction === 1 ? instrument.notional(price, remaining, "up") : remaining) as Money;
  const opposite = position.quantity * names.direction < 0 ? Math.abs(position.quantity) : 0;
  const increase = Math.max(0, remaining - opposite) as Quantity;
  if (increase === 0) return 0 as Money;
  return mulDiv(instrument.notional(price, increase, "up"), 1, leverage, "up") as Money;
}

/** Funds: margin (or cash, or coins) and the fee must fit into what is available. */
export function checkFunds(request: NamedRequest, required: Money, account: Account, market: number, fees: FeeSchedule, price: Price): Reason | null {
  const { instrument, settle, base } = account.markets[market] as (typeof account.markets)[number];
  if (required === 0 && request.names.increases === 0) return null;
  if (instrument.spot && request.side === "sell") {
    return account.wallet(base) - account.heldFor(base) >= required ? null : "insufficient_funds";
  }
  const free = account.available(settle);
  if (required === 0 || (instrument.spot && fees.isInBase(request.side))) return free >= required ? null : "insufficient_funds";
  const value = instrument.notional(price, request.quantity);
  // No rate reaches the value itself: who has the whole value beside what is required can pay its fee.
  if (fees.isWithinValue && free - required >= value) return null;
  return free - required >= fees.estimate(request.side, request.quantity, value) ? null : "insufficient_funds";
}

/** True when a price has reached the trigger of a request. */
export function isTriggered({ names, trigger }: NamedRequest, price: Price): boolean {
  return trigger !== null && (price - trigger) * names.wakesOn <= 0;
}
