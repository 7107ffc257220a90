// One market at the venue: arrivals, the two trigger books, and the walk of a bar's path through them. It decides what
// fills, when and at which price; the account and the outbox are the engine's.

import {
  InvariantError, mulDiv, OrderTable, parseRatio, Queue, type BarSeries, type Instrument, type Leg, type Liquidity, type MarketIndex, type Millis, type Money, type OrderFilled, type OrderNumber,
  type OrderRequest, type OrderStatus, type Position, type Price, type Quantity, type Ratio, type Reason, type Sequence, type VenueEvent,
} from "../../domain/index.ts";
import type { Account } from "./account.ts";
import { checkClosing, checkFilters, checkFunds, checkMode, isClosing, requiredFunds } from "./arrival.ts";
import type { FaultBox } from "./fault-box.ts";
import type { FeeSchedule } from "./fees.ts";
import type { FillModel } from "./fill-model.ts";
import { pathOf, type Path } from "./path.ts";
import { TakerPricing } from "./pricing.ts";
import type { VenueProfile } from "./profile.ts";
import { TriggerBook } from "./trigger-book.ts";
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

/** What the markets of one engine share. */
export interface Venue {
  readonly account: Account;
  readonly profile: VenueProfile;
  readonly fill: FillModel;
  readonly faults: FaultBox;
  emit(event: VenueEvent, time: Millis): void;
  /** To be called after each fill. */
  positionChanged(): void;
  nextSequence(): Sequence;
  nextOrderId(): number;
  nextTrade(): number;
  /** Keeps a closed order for queries. */
  remember(order: VenueOrder): void;
}

export class MarketVenue {
  readonly index: MarketIndex;
  readonly instrument: Instrument;
  readonly series: BarSeries;
  readonly fees: FeeSchedule;
  readonly orders: OrderTable<VenueOrder> = new OrderTable<VenueOrder>();
  readonly arrivals = new Queue<Command>();
  /** Last bar that was opened; -1 before the first. */
  bar = -1;
  /** How many fills relied on a whole-bar life of an order that should have lived shorter (optimistic). */
  optimisticLives = 0;
  /** Bars that woke orders below and above their open: the path decided which came first. */
  ambiguousBars = 0;
  private readonly venue: Venue;
  private readonly downs = new TriggerBook(1);
  private readonly ups = new TriggerBook(-1);
  private readonly pricing: TakerPricing;
  private readonly cap: Ratio | null;
  private readonly gapAtOpen: boolean;
  private readonly firesCrossed: boolean;
  private readonly path: Path = [0 as Price, 0 as Price, 0 as Price, 0 as Price];
  /** Orders with a time to live: they are looked at when a bar opens. */
  private timed = 0;
  private priority = 0;
  private round = 0;
  /** Funds that the order being checked needs; computed once for check and hold. */
  private required = 0 as Money;
  /** The bar that `capLeft` belongs to. */
  private capBar = -1;
  private capLeft = 0 as Quantity;
  private now = 0 as Millis;
  private low = 0 as Price;
  private high = 0 as Price;

  constructor(index: MarketIndex, instrument: Instrument, series: BarSeries, fees: FeeSchedule, venue: Venue) {
    this.index = index;
    this.instrument = instrument;
    this.series = series;
    this.fees = fees;
    this.venue = venue;
    this.pricing = new TakerPricing(instrument, venue.profile.halfSpreadBp, venue.fill.slippage);
    this.cap = venue.fill.volumeCap === null ? null : parseRatio(venue.fill.volumeCap);
    this.gapAtOpen = (venue.fill.gap ?? venue.profile.gap) === "open";
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
    this.resetCap();
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
    if (this.capBar !== this.bar) this.resetCap();
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

  /** Puts an accepted order where it belongs at a price: executes what is marketable, books what rests. */
  private place(order: VenueOrder, price: Price, arriving: boolean): void {
    if (order.trigger !== 0) {
      if (arriving && isTriggered(order.request, price)) return this.trigger(order, price);
      return this.book(order);
    }
    if (order.limit === 0) return this.executeMarket(order, price);
    const touch = this.pricing.touch(price, order.direction);
    if ((order.limit - touch) * order.direction >= 0) {
      if (order.request.timeInForce === "FOK" && this.fillable(order) < order.remaining) return this.expire(order, "fill_or_kill_unfilled");
      this.take(order, price);
      if (order.remaining === 0) return;
    }
    if (order.request.timeInForce === "IOC") return this.expire(order, "immediate_or_cancel_unfilled");
    if (order.request.timeInForce === "FOK") return this.expire(order, "fill_or_kill_unfilled");
    if (this.venue.fill.timeToLive === "exact" && order.expiry < this.series.closeTimeAt(this.bar)) return;
    this.book(order);
  }

  private executeMarket(order: VenueOrder, price: Price): void {
    this.take(order, price);
    if (order.remaining === 0 || this.orders.get(order.order) !== order) return;
    const gone = order.closing && this.closable(order) === 0;
    this.expire(order, gone ? "reduce_only_position_gone" : order.filled > 0 ? "volume_cap" : "no_liquidity");
  }

  /** Takes liquidity at a price of the bar, as far as volume and position allow. */
  private take(order: VenueOrder, price: Price): void {
    const quantity = this.fillable(order);
    if (quantity === 0) return;
    let execution = this.pricing.execution(price, order.direction, quantity, this.series.volume[this.bar] as Quantity, this.low, this.high);
    if (order.limit !== 0 && (execution - order.limit) * order.direction > 0) execution = order.limit;
    this.fill(order, quantity, execution, "taker");
  }

  // ---- the path -------------------------------------------------------------------------------------------------

  private walk(bar: number): void {
    const { series, path } = this;
    if (this.low > this.downs.best && this.high < this.ups.best) return;
    if (this.cap !== null && series.volume[bar] === 0) return;
    const both = this.low <= this.downs.best && this.high >= this.ups.best;
    if (both) this.ambiguousBars += 1;
    pathOf(this.venue.fill.path, series.open[bar] as Price, this.high, this.low, series.close[bar] as Price, path);
    const quarter = Math.floor(series.interval / 4);
    for (let leg = 1; leg < 4; leg += 1) {
      this.now = ((series.time[bar] as number) + leg * quarter) as Millis;
      const from = path[leg - 1] as Price;
      const to = path[leg] as Price;
      if (to < from) this.wake(this.downs, to, null);
      else if (to > from) this.wake(this.ups, to, null);
    }
  }

  // At the open everything that it has passed fires at once: a gap.
  private gapFills(open: Price): void {
    if (this.cap !== null && this.capLeft === 0 && (this.series.volume[this.bar] as number) === 0) return;
    this.wake(this.downs, open, open);
    this.wake(this.ups, open, open);
  }

  /** Wakes every order of a book up to a price, first to wake first. `gap` is the open that jumped over them, or null. */
  private wake(book: TriggerBook, to: Price, gap: Price | null): void {
    this.round += 1;
    for (;;) {
      let at = book.length - 1;
      while (at >= 0 && book.at(at).passedIn === this.round) at -= 1;
      if (at < 0) return;
      const order = book.at(at);
      if ((order.threshold - to) * book.direction < 0) return;
      // Whatever stays after its turn (no volume left, a partial fill) is passed over for the rest of this round.
      order.passedIn = this.round;
      if (order.trigger === 0) this.fillResting(order, gap);
      else {
        this.unbook(order);
        this.trigger(order, gap ?? order.trigger);
      }
    }
  }

  /** Fills a resting limit as maker, as far as it can fill now. */
  private fillResting(order: VenueOrder, gap: Price | null): void {
    if (order.closing && this.closable(order) === 0) return this.expire(order, "reduce_only_position_gone");
    const quantity = this.fillable(order);
    if (quantity === 0) return;
    const price = gap !== null && this.gapAtOpen ? gap : order.limit;
    if (order.expiry < this.series.closeTimeAt(this.bar)) this.optimisticLives += 1;
    this.fill(order, quantity, price, "maker");
  }

  /** A trigger was reached at a price: the order becomes a market order or a live limit there. */
  private trigger(order: VenueOrder, price: Price): void {
    order.trigger = 0 as Price;
    if (order.limit === 0) return this.executeMarket(order, price);
    if (this.venue.fill.stopLimit === "next-bar") return this.book(order);
    this.place(order, price, false);
  }

  // ---- fills ----------------------------------------------------------------------------------------------------

  /** How much of an order can fill now: its rest, bound by volume, position and step. */
  private fillable(order: VenueOrder): Quantity {
    let quantity: number = order.remaining;
    if (order.partialShare !== null) {
      quantity = this.instrument.floorQuantity(mulDiv(quantity, order.partialShare.numerator, order.partialShare.denominator, "down"));
    }
    if (order.closing) quantity = Math.min(quantity, this.closable(order));
    if (this.cap !== null && quantity > this.capLeft) quantity = this.instrument.floorQuantity(this.capLeft);
    return quantity as Quantity;
  }

  /** What the position leaves to close; the order's own rest when it is not bound by one. */
  private closable(order: VenueOrder): Quantity {
    if (!order.closing) return order.remaining;
    const position = this.venue.account.leg(this.index, order.request.leg);
    if (position === undefined || position.quantity === 0 || position.quantity > 0 !== (order.direction === -1)) return 0 as Quantity;
    return Math.min(Math.abs(position.quantity), order.remaining) as Quantity;
  }

  private fill(order: VenueOrder, quantity: Quantity, price: Price, liquidity: Liquidity): void {
    const { venue, index } = this;
    const position = venue.account.leg(index, order.request.leg);
    if (position === undefined || quantity <= 0 || quantity > order.remaining) throw unlawful(order, `cannot fill ${quantity}`);
    if (order.limit !== 0 && (price - order.limit) * order.direction > 0) throw unlawful(order, `would fill beyond its limit, at ${price}`);
    if ((price < this.low || price > this.high) && price !== order.limit) throw unlawful(order, `would fill outside its bar, at ${price}`);
    const before = Math.abs(position.quantity);
    const fee = venue.account.fill(index, position, order.request.side, quantity, price, liquidity, order.filled === 0);
    if (order.closing && Math.abs(position.quantity) > before) throw new InvariantError("I-09", `closing order ${order.order} enlarged its position`);
    this.capLeft = (this.capLeft - quantity) as Quantity;
    order.partialShare = null;
    const rest = order.remaining;
    order.filled = (order.filled + quantity) as Quantity;
    this.release(order, rest);
    if (order.remaining === 0) this.retire(order, "FILLED");
    const event: OrderFilled = {
      type: "order_filled", market: this.index, time: this.now, sequence: venue.nextSequence(), order: order.order, trade: venue.nextTrade(), price, quantity, fee,
      feeCurrency: this.fees.currencyOf(order.request.side), liquidity, cumulative: order.filled,
    };
    if (order.fills === null) order.fills = [event];
    else order.fills.push(event);
    venue.positionChanged();
    venue.emit(event, this.now);
  }

  private expire(order: VenueOrder, reason: Reason): void {
    this.retire(order, "EXPIRED");
    this.venue.emit({ type: "order_expired", market: this.index, time: this.now, sequence: this.venue.nextSequence(), order: order.order, cumulative: order.filled, reason }, this.now);
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

  // ---- books and holds ------------------------------------------------------------------------------------------

  private book(order: VenueOrder): void {
    const direction = order.wakesOn();
    const rests = order.trigger === 0;
    // A resting limit must be traded through by a tick, unless a touch is enough.
    const through = rests && this.venue.fill.limit === "through" ? this.instrument.tickAt(order.limit) : 0;
    order.threshold = (rests ? order.limit : order.trigger) - direction * through;
    (direction === 1 ? this.downs : this.ups).add(order);
  }

  private unbook(order: VenueOrder): void {
    if (order.book === 1) this.downs.remove(order);
    else if (order.book === -1) this.ups.remove(order);
  }

  private retire(order: VenueOrder, status: OrderStatus): void {
    order.status = status;
    this.venue.remember(order);
    this.unbook(order);
    this.release(order, order.remaining, true);
    if (this.orders.remove(order.order) !== order) throw unlawful(order, "was not open");
    if (order.expiry !== Number.POSITIVE_INFINITY) this.timed -= 1;
  }

  private heldCurrency(order: VenueOrder): number {
    const market = this.venue.account.markets[this.index] as Account["markets"][number];
    return this.instrument.spot && order.direction === -1 ? market.base : market.settle;
  }

  private hold(order: VenueOrder, price: Price): void {
    const { account } = this.venue;
    const position = account.leg(this.index, order.request.leg);
    if (position === undefined || order.closing) return;
    const reference = order.limit !== 0 ? order.limit : order.trigger !== 0 ? order.trigger : price;
    this.reserve(order, requiredFunds(order.request, order.remaining, position, this.instrument, reference, account.leverage));
  }

  private reserve(order: VenueOrder, required: Money): void {
    if (required === 0) return;
    order.reserved = required;
    this.venue.account.hold(this.heldCurrency(order), required);
  }

  /** Gives back the share of the hold that belongs to what filled, or all of it. */
  private release(order: VenueOrder, restBefore: Quantity, all = false): void {
    if (order.reserved === 0) return;
    const kept = all || order.remaining === 0 ? 0 : mulDiv(order.reserved, order.remaining, restBefore, "down");
    this.venue.account.hold(this.heldCurrency(order), kept - order.reserved);
    order.reserved = kept as Money;
  }

  private resetCap(): void {
    this.capBar = this.bar;
    this.capLeft = this.capOf(this.series.volume[this.bar] as Quantity);
  }

  private capOf(volume: Quantity): Quantity {
    if (this.cap === null) return Number.MAX_SAFE_INTEGER as Quantity;
    return mulDiv(volume, this.cap.numerator, this.cap.denominator, "down") as Quantity;
  }

  /** Open orders of a leg, for a snapshot or a forced close. */
  openOrders(leg: Leg | null = null): VenueOrder[] {
    return this.orders.sorted().filter((order) => leg === null || order.request.leg === leg);
  }
}

/** True when a price has reached the trigger of a request. */
function isTriggered(request: { readonly trigger: Price | null; readonly type: string; readonly side: string }, price: Price): boolean {
  if (request.trigger === null) return false;
  const takeProfit = request.type === "take_profit_market" || request.type === "take_profit_limit";
  const rising = (request.side === "buy") !== takeProfit;
  return rising ? price >= request.trigger : price <= request.trigger;
}

function unlawful(order: VenueOrder, what: string): InvariantError {
  return new InvariantError("I-37", `order ${order.order} ${what}`);
}

function amended(order: VenueOrder, change: Amendment): OrderRequest {
  return {
    ...order.request,
    quantity: change.quantity ?? order.quantity,
    price: change.price ?? (order.limit === 0 ? null : order.limit),
    trigger: change.trigger ?? (order.trigger === 0 ? null : order.trigger),
  };
}
