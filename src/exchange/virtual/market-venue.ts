// One market at the venue: requests and their arrival, faults, cancels and amendments, and the bar that moves it all.
// What fills is decided in matching.ts.

import {
  parseRatio, Queue, type BarSeries, type Instrument, type MarketIndex, type Millis, type Money, type OrderNumber, type OrderRequest, type Position, type Price,
  type Quantity, type Reason,
} from "../../domain/index.ts";
import { checkClosing, checkFilters, checkFunds, checkMode, isClosing, requiredFunds } from "./arrival.ts";
import type { FeeSchedule } from "./fees.ts";
import { isTriggered, Matching, type Venue } from "./matching.ts";
import { VenueOrder } from "./venue-order.ts";

/** A change of a resting order that has not arrived yet. null keeps a value. */
export interface Amendment {
  readonly price: Price | null;
  readonly trigger: Price | null;
  readonly quantity: Quantity | null;
}

export type Command =
  | { readonly do: "submit"; readonly request: OrderRequest }
  | { readonly do: "cancel"; readonly order: OrderNumber }
  | { readonly do: "amend"; readonly order: OrderNumber; readonly change: Amendment };

export class MarketVenue extends Matching {
  private readonly arrivals = new Queue<Command>();
  private readonly firesCrossed: boolean;
  private priority = 0;
  /** Funds that the order being checked needs; computed once for check and hold. */
  private required = 0 as Money;

  constructor(index: MarketIndex, instrument: Instrument, series: BarSeries, fees: FeeSchedule, venue: Venue) {
    super(index, instrument, series, fees, venue);
    this.firesCrossed = (venue.fill.crossedTrigger ?? venue.profile.crossedTrigger) === "fire";
  }

  /** Opens bar `bar`, processes its arrivals and walks its path. An idle bar is two comparisons. */
  advance(bar: number): void {
    const { series } = this;
    this.bar = bar;
    const low = series.low[bar] as Price;
    const high = series.high[bar] as Price;
    if (this.arrivals.length === 0 && low > this.downs.best && high < this.ups.best && this.timed === 0) {
      this.venue.account.lastPrice[this.index] = series.close[bar] as number;
      return;
    }
    this.low = low;
    this.high = high;
    this.openBar(bar);
    this.walk(bar);
    this.venue.account.lastPrice[this.index] = series.close[bar] as number;
  }

  private openBar(bar: number): void {
    const { series } = this;
    const open = series.open[bar] as Price;
    this.now = series.time[bar] as Millis;
    this.venue.account.lastPrice[this.index] = open;
    this.openCap();
    if (this.timed > 0) this.suspendExpired(series.closeTimeAt(bar));
    const crossed = open <= this.downs.best || open >= this.ups.best;
    if (crossed && this.arrivals.length > 0) this.arriveForResting();
    if (crossed) this.gapFills(open);
    for (let command = this.arrivals.shift(); command !== undefined; command = this.arrivals.shift()) this.execute(command, open);
  }

  /** Runs a request at this instant of the current bar, or leaves it for the next open. */
  request(command: Command, time: Millis): void {
    if (!this.runNow(command, time)) this.arrivals.push(command);
  }

  // Two kinds of request belong to the bar that is being handled: the end of an order whose life ended inside it (with
  // the market fallback that stands for it), and, in the optimistic preset, market orders at the close of their bar.
  private runNow(command: Command, time: Millis): boolean {
    if (this.bar < 0) return false;
    const inside = time < this.series.closeTimeAt(this.bar);
    if (command.do === "cancel" && inside) {
      const order = this.orders.get(command.order);
      if (order === undefined || order.book !== 0 || order.expiry > time) return false;
      this.now = time;
      this.cancel(command.order);
      return true;
    }
    if (command.do !== "submit") return false;
    const fallback = inside && command.request.replaces !== null && command.request.type === "market";
    const atClose = this.venue.fill.market === "same-bar-close" && command.request.type === "market";
    if (!fallback && !atClose) return false;
    this.low = this.series.low[this.bar] as Price;
    this.high = this.series.high[this.bar] as Price;
    this.openCap();
    this.now = time;
    // A fallback inside a bar whose path is spent takes the worst price that the bar had.
    const worst = command.request.side === "buy" ? this.high : this.low;
    this.submit(command.request, fallback && !atClose ? worst : (this.series.close[this.bar] as Price));
    return true;
  }

  private execute(command: Command, open: Price): void {
    if (command.do === "submit") this.submit(command.request, open);
    else if (command.do === "cancel") this.cancel(command.order);
    else this.amend(command.order, command.change, open);
  }

  // A cancel or an amendment left before this open printed, so it reaches a resting order before the gap does.
  private arriveForResting(): void {
    const open = this.series.open[this.bar] as Price;
    for (let left = this.arrivals.length; left > 0; left -= 1) {
      const command = this.arrivals.shift() as Command;
      if (command.do !== "submit" && this.orders.get(command.order) !== undefined) this.execute(command, open);
      else this.arrivals.push(command);
    }
  }

  private suspendExpired(barEnd: Millis): void {
    if (this.venue.fill.timeToLive === "whole-bar") return;
    for (const order of this.orders.sorted()) {
      // The rest of its life is shorter than the bar: what the bar's path did after it ended is not knowable.
      if (order.book !== 0 && order.expiry < barEnd) this.unbook(order);
    }
  }

  // ---- arrivals -------------------------------------------------------------------------------------------------

  private submit(request: OrderRequest, price: Price): void {
    const { venue } = this;
    if (!venue.faults.idle && this.faultOnArrival(request)) return;
    const position = venue.account.leg(this.index, request.leg);
    const reason = checkMode(request, position, venue.profile, this.instrument.spot);
    if (reason !== null || position === undefined) return this.reject(request, reason ?? "position_side_mismatch");
    const closing = isClosing(request);
    const refusal = this.checkArrival(request, position, price, closing);
    if (refusal !== null) return this.reject(request, refusal);
    const order = new VenueOrder(request, venue.nextOrderId(), this.now, closing);
    order.priority = ++this.priority;
    this.orders.add(order);
    if (order.expiry !== Number.POSITIVE_INFINITY) this.timed += 1;
    this.reserve(order, this.required);
    this.acknowledge(order);
    this.place(order, price, true);
  }

  private checkArrival(request: OrderRequest, position: Position, price: Price, closing: boolean): Reason | null {
    const { account, profile } = this.venue;
    const filters = checkFilters(request, this.instrument, request.price ?? request.trigger ?? price, closing);
    if (filters !== null) return filters;
    if (closing) {
      const refused = checkClosing(request, position);
      if (refused !== null) return refused;
    }
    if (this.orders.size >= profile.maxOpenOrders) return "max_orders_filter";
    if (profile.idempotency !== "I0" && this.orders.get(request.order) !== undefined) return "duplicate_client_order_id";
    if (this.pricing.refuses(request.quantity, this.series.volume[this.bar] as Quantity) && request.type === "market") return "participation_too_high";
    const direction = request.side === "buy" ? 1 : -1;
    if (request.trigger !== null && !this.firesCrossed && isTriggered(request, price)) return "trigger_already_crossed";
    if (request.timeInForce === "PO" && request.price !== null && request.trigger === null && (this.pricing.touch(price, direction) - request.price) * direction <= 0) {
      return "post_only_would_cross";
    }
    const reference = request.price ?? request.trigger ?? price;
    this.required = closing ? (0 as Money) : requiredFunds(request, request.quantity, position, this.instrument, reference, account.leverage);
    return checkFunds(request, this.required, account, this.index, this.fees, reference);
  }

  /** True when an armed fault has dealt with the request. */
  private faultOnArrival(request: OrderRequest): boolean {
    const { faults } = this.venue;
    const rejection = faults.take("reject", request.family, this.instrument.symbol) ?? faults.takeRandomRejection();
    if (rejection !== null) {
      this.reject(request, "injected_rejection", rejection.code);
      return true;
    }
    if (faults.take("lose_request", request.family, this.instrument.symbol) === null) return false;
    this.venue.emit({ type: "order_unknown", market: this.index, time: this.now, sequence: this.venue.nextSequence(), order: request.order, request: "submit" }, this.now);
    return true;
  }

  private reject(request: OrderRequest, reason: Reason, code: string | null = null): void {
    const { venue } = this;
    venue.emit({
      type: "order_rejected", market: this.index, time: this.now, sequence: venue.nextSequence(), order: request.order, reason, code: code ?? venue.profile.codes[reason] ?? null,
    }, this.now);
  }

  private acknowledge(order: VenueOrder): void {
    const { venue } = this;
    const { faults } = venue;
    const { family } = order.request;
    if (!faults.idle) {
      const partial = faults.take("partial_fill", family, this.instrument.symbol);
      if (partial !== null) order.partialShare = parseRatio(partial.share);
      if (faults.take("lose_reply", family, this.instrument.symbol) !== null) {
        venue.emit({ type: "order_unknown", market: this.index, time: this.now, sequence: venue.nextSequence(), order: order.order, request: "submit" }, this.now);
        return;
      }
    }
    venue.emit({ type: "order_acknowledged", market: this.index, time: this.now, sequence: venue.nextSequence(), order: order.order, venueOrderId: order.venueOrderId }, this.now);
  }

  // ---- cancel and amend -----------------------------------------------------------------------------------------

  private cancel(number: OrderNumber): void {
    const { venue } = this;
    const order = this.orders.get(number);
    if (order === undefined) return this.refuseCancel(number, "unknown_order_at_venue", null);
    if (!venue.faults.idle) {
      const { family } = order.request;
      const refused = venue.faults.take("reject_cancel", family, this.instrument.symbol);
      if (refused !== null) return this.refuseCancel(number, "injected_cancel_failure", refused.code);
      if (venue.faults.take("fill_during_cancel", family, this.instrument.symbol) !== null) return this.fillDuringCancel(order);
      const lost = venue.faults.take("lose_cancel_reply", family, this.instrument.symbol);
      if (lost !== null) {
        if (lost.applied) this.retire(order, "CANCELED");
        venue.emit({ type: "order_unknown", market: this.index, time: this.now, sequence: venue.nextSequence(), order: number, request: "cancel" }, this.now);
        return;
      }
    }
    this.retire(order, "CANCELED");
    venue.emit({ type: "order_canceled", market: this.index, time: this.now, sequence: venue.nextSequence(), order: number, cumulative: order.filled }, this.now);
  }

  private fillDuringCancel(order: VenueOrder): void {
    const price = order.limit !== 0 ? order.limit : (this.venue.account.lastPrice[this.index] as Price);
    const quantity = this.closable(order);
    this.low = Math.min(this.low, price) as Price;
    this.high = Math.max(this.high, price) as Price;
    if (quantity > 0) this.fill(order, quantity, price, "maker");
    this.refuseCancel(order.order, "order_already_filled", null);
  }

  private refuseCancel(order: OrderNumber, reason: Reason, code: string | null): void {
    const { venue } = this;
    venue.emit({ type: "cancel_rejected", market: this.index, time: this.now, sequence: venue.nextSequence(), order, reason, code: code ?? venue.profile.codes[reason] ?? null }, this.now);
  }

  private amend(number: OrderNumber, change: Amendment, price: Price): void {
    const { venue } = this;
    const order = this.orders.get(number);
    const refusal = order === undefined ? "unknown_order_at_venue" : this.checkAmendment(order, change, price);
    if (order === undefined || refusal !== null) {
      const reason = refusal ?? "unknown_order_at_venue";
      venue.emit({ type: "amend_rejected", market: this.index, time: this.now, sequence: venue.nextSequence(), order: number, reason, code: venue.profile.codes[reason] ?? null }, this.now);
      return;
    }
    this.unbook(order);
    this.release(order, order.remaining, true);
    order.limit = change.price ?? order.limit;
    order.trigger = change.trigger ?? order.trigger;
    order.quantity = change.quantity ?? order.quantity;
    order.priority = ++this.priority;
    this.hold(order, price);
    venue.emit({
      type: "order_amended", market: this.index, time: this.now, sequence: venue.nextSequence(), order: number, quantity: order.quantity,
      price: order.limit === 0 ? null : order.limit, trigger: order.trigger === 0 ? null : order.trigger,
    }, this.now);
    this.place(order, price, true);
  }

  private checkAmendment(order: VenueOrder, change: Amendment, price: Price): Reason | null {
    if (this.venue.profile.amend === "none") return "amend_rejected";
    if (change.quantity !== null && change.quantity <= order.filled) return "amend_rejected";
    const request = amended(order, change);
    const filters = checkFilters(request, this.instrument, request.price ?? request.trigger ?? price, order.closing);
    if (filters !== null) return filters;
    if (change.trigger !== null && !this.firesCrossed && isTriggered(request, price)) return "trigger_already_crossed";
    const crosses = request.price !== null && (this.pricing.touch(price, order.direction) - request.price) * order.direction <= 0;
    return request.timeInForce === "PO" && crosses ? "post_only_would_cross" : null;
  }
}

function amended(order: VenueOrder, change: Amendment): OrderRequest {
  return {
    ...order.request,
    quantity: change.quantity ?? order.quantity,
    price: change.price ?? (order.limit === 0 ? null : order.limit),
    trigger: change.trigger ?? (order.trigger === 0 ? null : order.trigger),
  };
}
