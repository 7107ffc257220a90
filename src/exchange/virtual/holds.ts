// What a market holds of the account for its open orders: margin for the part that enlarges a position, or spot funds. It
// must never hold less than nothing, nor keep anything of an order that has ended.

import { mulDiv, type Money, type Price, type Quantity } from "../../domain/index.ts";
import type { Account } from "./account.ts";
import { requiredFunds } from "./arrival.ts";
import { Steps } from "./steps.ts";
import type { VenueOrder } from "./venue-order.ts";

export abstract class Holds extends Steps {
  /** Orders that hang on each other hold what one of them needs. */
  protected abstract sharedFunds(order: VenueOrder, required: Money): Money;

  protected heldCurrency(order: VenueOrder): number {
    const market = this.venue.account.markets[this.index] as Account["markets"][number];
    return this.instrument.spot && order.direction === -1 ? market.base : market.settle;
  }

  protected hold(order: VenueOrder, price: Price): void {
    const { account } = this.venue;
    const position = account.leg(this.index, order.leg);
    if (position === undefined || order.closing) return;
    const reference = order.limit !== 0 ? order.limit : order.stop !== 0 ? order.stop : price;
    const required = requiredFunds(order, order.remaining, position, this.instrument, reference, account.leverage);
    this.reserve(order, order.linked ? this.sharedFunds(order, required) : required);
  }

  protected reserve(order: VenueOrder, required: Money): void {
    if (required === 0) return;
    order.reserved = required;
    this.venue.account.hold(this.heldCurrency(order), required);
  }

  /** Gives back the share of the hold that belongs to what filled, or all of it. */
  protected release(order: VenueOrder, restBefore: Quantity, all = false): void {
    if (order.reserved === 0) return;
    const kept = all || order.remaining === 0 ? 0 : mulDiv(order.reserved, order.remaining, restBefore, "down");
    this.venue.account.hold(this.heldCurrency(order), kept - order.reserved);
    order.reserved = kept as Money;
  }
}
