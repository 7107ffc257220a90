// Changes of resting orders: cancels with their faults, and amendments with the same checks as an arrival. It must never
// decide what fills: an amended order is placed like one that arrives.

import {
  plainRequest,
  type Instrument,
  type Leg,
  type Millis,
  type Money,
  type NamedRequest,
  type OrderNumber,
  type Position,
  type Price,
  type Quantity,
  type Reason,
} from "../../domain/index.ts";
import { isTriggered } from "./arrival.ts";
import { copyNumber } from "./client-ids.ts";
import type { PositionLimit } from "./position-limit.ts";
import { refusalOf } from "./rejections.ts";
import type { VenueOrder } from "./venue-order.ts";
import { Watches } from "./watches.ts";

/** A change of a resting order that has not arrived yet. null keeps a value. */
export interface Amendment {
  readonly price: Price | null;
  readonly trigger: Price | null;
  readonly quantity: Quantity | null;
}

export abstract class Changes extends Watches {
  /** null: no tier bounds the position at the session's leverage. */
  positionLimit: PositionLimit | null = null;
  /** The filters that hold now. */
  filters: Instrument = this.instrument;
  /** The venue tells no ids apart (I0): one that is open may come again, as another order. */
  protected readonly repeats: boolean = this.venue.profile.idempotency === "I0";
  /** Further orders with the id of an open one, so far. */
  protected copies = 0;

  /** The open order that a client means by its id: of several the one that came first. */
  protected openOrder(number: OrderNumber): VenueOrder | undefined {
    const home = this.orders.home(number);
    if (home !== undefined && home.order === number) return home;
    const order = this.orders.get(number);
    if (order !== undefined || this.copies === 0) return order;
    for (let copy = 1; copy <= this.copies; copy += 1) {
      const found = this.orders.get(copyNumber(number, copy));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** An id that is open already: this is another order, which only its own number tells apart. */
  protected renumber(order: VenueOrder): void {
    if (this.orders.get(order.order) === undefined) return;
    this.copies += 1;
    order.order = copyNumber(order.order, this.copies);
  }

  /** True when something else became of a cancel than its order's end. */
  protected abstract troublesCancel(order: VenueOrder): boolean;
  /** The same of an amendment. */
  protected abstract troublesAmendment(order: VenueOrder): boolean;

  protected cancel(number: OrderNumber): void {
    const order = this.openOrder(number);
    if (order === undefined) return this.refuseCancel(number, "unknown_order_at_venue", null);
    if (this.troublesCancel(order)) return;
    this.confirmCancel(order);
  }

  /** The venue takes open orders away before it liquidates or deleverages: those of a leg, or all. */
  takeAway(leg: Leg | null, time: Millis, reason: Reason): void {
    this.now = time;
    for (const order of this.orders.sorted()) {
      const isOpen = this.orders.get(order.order) === order;
      if (isOpen && (leg === null || order.leg === leg)) this.expire(order, reason);
    }
  }

  protected confirmCancel(order: VenueOrder): void {
    const { venue } = this;
    this.retire(order, "CANCELED");
    venue.events.canceled(this.index, this.now, venue.nextSequence(), order.order, order.filled);
  }

  protected refuseCancel(order: OrderNumber, reason: Reason, code: string | null): void {
    const { venue } = this;
    venue.emit(
      {
        type: "cancel_rejected",
        market: this.index,
        time: this.now,
        sequence: venue.nextSequence(),
        order,
        ...refusalOf(venue.profile.rejections, reason, code),
      },
      this.now,
    );
  }

  protected refuseAmendment(order: OrderNumber, reason: Reason): void {
    const { venue } = this;
    const refusal = refusalOf(venue.profile.rejections, reason);
    venue.emit({ type: "amend_rejected", market: this.index, time: this.now, sequence: venue.nextSequence(), order, ...refusal }, this.now);
  }

  protected amend(number: OrderNumber, change: Amendment, price: Price): void {
    const { venue } = this;
    const order = this.openOrder(number);
    const refusal = order === undefined ? "unknown_order_at_venue" : this.checkAmendment(order, change, price);
    if (order === undefined || refusal !== null) return this.refuseAmendment(number, refusal ?? "unknown_order_at_venue");
    if (this.troublesAmendment(order)) return;
    this.unbook(order);
    const { reserved } = order;
    this.release(order, order.remaining, true);
    order.limit = change.price ?? order.limit;
    order.stop = change.trigger ?? order.stop;
    const before = order.quantity;
    order.quantity = change.quantity ?? order.quantity;
    if (order.allowance !== null) this.resizeLinked(order, order.allowance, before);
    order.priority = this.nextPriority();
    order.awaitsOpen = false;
    // It arrives at this open anew: the open does not jump over it as well.
    order.passedIn = this.round;
    if (!isWaitingChild(order)) this.hold(order, price, reserved);
    const formerId = order.venueOrderId;
    if (venue.profile.amend === "cancel_replace") {
      // Another order at the venue, under the client's old id.
      order.venueOrderId = venue.nextOrderId();
      venue.events.acknowledged(this.index, this.now, venue.nextSequence(), number, order.venueOrderId);
    }
    if (venue.tape !== null) venue.tape.amended(order, formerId, this.now);
    venue.emit(
      {
        type: "order_amended",
        market: this.index,
        time: this.now,
        sequence: venue.nextSequence(),
        order: number,
        quantity: order.quantity,
        price: order.limit === 0 ? null : order.limit,
        trigger: order.stop === 0 ? null : order.stop,
      },
      this.now,
    );
    this.place(order, price, true);
  }

  /** Price, lot and notional filters. `price` is the order's own price, or the market's for a market order. */
  protected checkFilters({ names, price: limit, trigger, quantity }: NamedRequest, price: Price, closing: boolean): Reason | null {
    const { filters } = this;
    if ((limit !== null && !filters.takesPrice(limit)) || (trigger !== null && !filters.takesPrice(trigger))) return "price_filter";
    if (!filters.takesQuantity(quantity)) return "lot_size_filter";
    if (filters.maxMarketQuantity > 0 && quantity > filters.maxMarketQuantity && (names.prices & 1) === 0) return "market_lot_size_filter";
    // Closing orders are exempt from the notional floor: otherwise dust could never be sold.
    if (filters.minNotional === 0 || (closing && !filters.spot)) return null;
    return filters.notional(price, quantity) < filters.minNotional ? "min_notional_filter" : null;
  }

  private checkAmendment(order: VenueOrder, change: Amendment, price: Price): Reason | null {
    if (this.venue.profile.amend === "none") return "amend_rejected";
    if (change.quantity !== null && change.quantity <= order.filled) return "amend_rejected";
    // A value that the order does not have (any more) cannot be changed.
    if ((change.trigger !== null && order.stop === 0) || (change.price !== null && order.limit === 0)) return "amend_rejected";
    const request = amended(order, change);
    const filters = this.checkFilters(request, request.price ?? request.trigger ?? price, order.closing);
    if (filters !== null) return filters;
    // A child meets the price when it comes to life.
    if (isWaitingChild(order)) return null;
    if (change.trigger !== null && !this.firesCrossed && isTriggered(request, this.seen(request, price))) return "trigger_already_crossed";
    const crosses =
      request.price !== null && request.trigger === null && (this.pricing.touch(price, order.direction) - request.price) * order.direction <= 0;
    if (request.timeInForce === "PO" && crosses) return "post_only_would_cross";
    return order.closing ? null : this.checkExtraFunds(order, request, price);
  }

  /** Whether an order that enlarges a position would take it beyond what its leverage allows. @param price the market's */
  protected isTooLarge(order: VenueOrder, quantity: Quantity, position: Position, reference: Price, price: Price): boolean {
    if (this.positionLimit === null) return false;
    const { direction, leg } = order;
    const orders = [{ remaining: (quantity - order.filled) as Quantity, price: reference }];
    for (const other of this.orders.sorted()) {
      if (other === order || other.closing || other.leg !== leg || other.direction !== direction) continue;
      const own = other.limit !== 0 ? other.limit : other.stop !== 0 ? other.stop : price;
      orders.push({ remaining: other.remaining, price: own });
    }
    return this.positionLimit.exceeded(position, price, direction, orders);
  }

  /** What an amended order needs beyond what is held for it already. */
  private checkExtraFunds(order: VenueOrder, request: NamedRequest, price: Price): Reason | null {
    const position = this.legOf(request);
    if (position === undefined) return "position_side_mismatch";
    const reference = request.price ?? request.trigger ?? price;
    if (this.isTooLarge(order, request.quantity, position, reference, price)) return "leverage_tier_exceeded";
    const rest = (request.quantity - order.filled) as Quantity;
    const required = this.requiredFunds(request, rest, position, reference);
    const extra = order.linked ? this.sharedFunds(order, required) : required - order.reserved;
    return extra <= 0 ? null : this.checkFunds(request, extra as Money, reference);
  }
}

function isWaitingChild(order: VenueOrder): boolean {
  return order.allowance !== null && order.allowance.waits && order.terms !== null && order.terms.parent !== null;
}

function amended(order: VenueOrder, change: Amendment): NamedRequest {
  return {
    ...plainRequest(order),
    names: order.names,
    quantity: change.quantity ?? order.quantity,
    price: change.price ?? (order.limit === 0 ? null : order.limit),
    trigger: change.trigger ?? (order.stop === 0 ? null : order.stop),
  };
}
