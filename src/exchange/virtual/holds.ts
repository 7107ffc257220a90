// What a market holds of the account for its open orders: margin for the part that enlarges a position, or spot funds. It
// must never hold less than nothing, nor keep anything of an order that has ended.

import {
  mulDiv,
  type BarSeries,
  type Instrument,
  type MarketIndex,
  type Money,
  type OrderNames,
  type Position,
  type Price,
  type Quantity,
} from "../../domain/index.ts";
import type { AccountMarket, Purse } from "./account-market.ts";
import { requiredFunds } from "./arrival.ts";
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

  /** An amended order holds anew. @param former what it has held until now */
  protected hold(order: VenueOrder, price: Price, former: Money): void {
    const { account } = this.venue;
    const position = this.legOf(order);
    if (position === undefined || order.closing) return;
    const reference = order.limit !== 0 ? order.limit : order.stop !== 0 ? order.stop : price;
    const required = requiredFunds(order, order.remaining, position, this.instrument, reference, account.leverage);
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
