// What a market holds of the account for its open orders: margin for the part that enlarges a position, or spot funds. It
// must never hold less than nothing, nor keep anything of an order that has ended.

import {
  mulDiv,
  type BarSeries,
  type Instrument,
  type MarketIndex,
  type Money,
  type NamedRequest,
  type OrderNames,
  type Position,
  type Price,
  type Quantity,
  type Reason,
} from "../../domain/index.ts";
import type { AccountMarket, Purse } from "./account-market.ts";
import { Steps } from "./steps.ts";
import type { VenueOrder } from "./venue-order.ts";
import type { Venue } from "./venue.ts";

export abstract class Holds extends Steps {
  /** This market on the account. */
  declare protected readonly own: AccountMarket;

  constructor(index: MarketIndex, instrument: Instrument, series: BarSeries, venue: Venue) {
    super(index, instrument, series, venue);
    this.own = venue.account.market(index);
  }

  /** Orders that hang on each other hold what one of them needs. @param former what an amended order has held until now */
  protected abstract regroupedFunds(order: VenueOrder, required: Money, former: Money): Money;

  /** The leg that an order is for; undefined when the position mode has no such leg. */
  protected legOf({ names }: { readonly names: OrderNames }): Position | undefined {
    const { net } = this.own;
    return net !== null && names.hedges === 0 ? net : this.own.position(names.leg);
  }

  /** What an order is held for in. */
  protected purseOf(order: VenueOrder): Purse {
    return this.instrument.spot && order.direction === -1 ? this.own.basePurse : this.own.settlePurse;
  }

  /** Coins that no open order holds: selling those twice would make a spot account short. */
  protected freeCoins(): number {
    const { wallet, held } = this.own.basePurse;
    return Math.max(0, wallet - held);
  }

  /** What the venue holds for an order while it is open: margin for the part that enlarges the position, or spot funds. */
  protected requiredFunds({ names }: { readonly names: OrderNames }, remaining: Quantity, position: Position, price: Price): Money {
    const { instrument } = this;
    if (instrument.spot) return (names.direction === 1 ? instrument.notional(price, remaining, "up") : remaining) as Money;
    const opposite = position.quantity * names.direction < 0 ? Math.abs(position.quantity) : 0;
    if (remaining <= opposite) return 0 as Money;
    const value = instrument.notional(price, (remaining - opposite) as Quantity, "up");
    return this.venue.account.marginOf(value);
  }

  /** Funds: margin (or cash, or coins) and the fee must fit into what is available. */
  protected checkFunds({ names, quantity }: NamedRequest, required: Money, price: Price): Reason | null {
    if (required === 0 && names.increases === 0) return null;
    const { instrument, own } = this;
    const { fees } = own;
    if (instrument.spot && names.direction === -1) return own.basePurse.wallet - own.basePurse.held >= required ? null : "insufficient_funds";
    const free = this.venue.account.available(own.settle);
    if (required === 0 || (instrument.spot && fees.isInBase("buy"))) return free >= required ? null : "insufficient_funds";
    const value = instrument.notional(price, quantity);
    // No rate reaches the value itself: who has the whole value beside what is required can pay its fee.
    if (fees.isWithinValue && free - required >= value) return null;
    return free - required >= fees.estimate(names.side, quantity, value) ? null : "insufficient_funds";
  }

  /** An amended order holds anew. @param former what it has held until now */
  protected hold(order: VenueOrder, price: Price, former: Money): void {
    const position = this.legOf(order);
    if (position === undefined || order.closing) return;
    const reference = order.limit !== 0 ? order.limit : order.stop !== 0 ? order.stop : price;
    const required = this.requiredFunds(order, order.remaining, position, reference);
    this.reserve(order, order.linked ? this.regroupedFunds(order, required, former) : required);
  }

  protected reserve(order: VenueOrder, required: Money): void {
    if (required === 0) return;
    order.reserved = required;
    this.purseOf(order).hold(required);
  }

  /** Gives back the share of the hold that belongs to what filled, or all of it. */
  protected release(order: VenueOrder, restBefore: Quantity, all = false): void {
    if (order.reserved === 0) return;
    const kept = all || order.remaining === 0 ? 0 : mulDiv(order.reserved, order.remaining, restBefore, "down");
    this.purseOf(order).hold(kept - order.reserved);
    order.reserved = kept as Money;
  }
}
