// One market at the venue: requests and their arrival, and the bar that moves it all. What fills is decided in matching.ts,
// cancels and amendments in changes.ts, what goes wrong with either in disturbed.ts.

import {
  extremesOf,
  filtersOf,
  Queue,
  wideZero,
  type BarExtremes,
  type BarSeries,
  type Instrument,
  type MarketIndex,
  type Millis,
  type Money,
  type OrderNames,
  type OrderNumber,
  type OrderRequest,
  type Price,
  type Quantity,
  type Reason,
} from "../../domain/index.ts";
import { checkClosing, isTriggered } from "./arrival.ts";
import { AmendRequest, arrivalState, isActivation, type Arrival } from "./arrivals.ts";
import type { Amendment } from "./changes.ts";
import { Disturbed } from "./disturbed.ts";
import type { FeeSchedule } from "./fees.ts";
import { Offer } from "./offer.ts";
import { badState, orderOfState, orderState, type ArrivalState, type MarketState } from "./state.ts";
import { arrivesLater } from "./terms.ts";
import type { VenueOrder } from "./venue-order.ts";
import type { Venue } from "./venue.ts";

export class MarketVenue extends Disturbed {
  private readonly arrivals = new Queue<Arrival>();
  declare private readonly offer: Offer;
  /** Funds that the order being checked needs; computed once for check and hold. */
  private required = wideZero as Money;
  /** The price that arrivals meet. A field: as a parameter it would be boxed at each call that is not inlined. */
  private met = wideZero as Price;
  /** The highest number that an order here has had: beyond it no order can be a repetition. */
  private newest = 0;

  /** Asked for by the first bars that may be quiet. */
  private extremes: BarExtremes | null = null;

  /** The next bar's path is followed even when no order can fill in it: funding is due, or a margin in danger. */
  stirring = false;

  constructor(index: MarketIndex, instrument: Instrument, series: BarSeries, fees: FeeSchedule, venue: Venue) {
    super(index, instrument, series, fees, venue);
    this.offer = new Offer(venue.profile);
  }

  /** Opens bar `bar`, processes its arrivals and walks its path. An idle bar is two comparisons. */
  advance(bar: number): void {
    const { series } = this;
    this.bar = bar;
    const low = series.low[bar] as Price;
    const high = series.high[bar] as Price;
    this.low = low;
    this.high = high;
    if (this.arrivals.length === 0 && low > this.downs.best && high < this.ups.best && this.watched === 0 && !this.stirring) {
      this.own.last = series.close[bar] as Price;
      return;
    }
    this.openBar(bar);
    this.walk(bar);
    // Funding and margin are judged between the orders, at whatever price comes first.
    if (this.venue.perpetuals !== null && (this.stirring || this.venue.perpetuals.endangers(this.index, low, high))) this.choice.bar = bar;
    if (this.watched > 0) this.closeWatches(bar);
    if (this.denied.length > 0) this.forgetDenials();
    if (this.woken.length > 0) for (const order of this.woken.splice(0)) this.arrivals.push(order);
    this.own.last = series.close[bar] as Price;
  }

  /** Something is on its way here, or waits for an hour: the next bar is not quiet. */
  get expectant(): boolean {
    return this.arrivals.length > 0 || this.watched > 0 || this.holdsBack;
  }

  /**
   * The first bar from `from` on, `to` at the latest, in which a price is reached at which something happens here; prices
   * beyond the danger prices count. For a market that expects nothing.
   */
  quietUntil(from: number, to: number, dangerLow: number, dangerHigh: number): number {
    const { low, high } = this.series;
    const blocks = this.extremes ?? this.loadExtremes();
    const floor = Math.max(this.downs.best, dangerLow);
    const ceiling = Math.min(this.ups.best, dangerHigh);
    const { low: lows, high: highs } = blocks;
    const last = (to - 1) >> 4;
    if (last >= blocks.known) blocks.reach(last);
    // Sixteen bars at once; where a price is reached in one of them, each for itself.
    for (let block = from >> 4; block <= last; block += 1) {
      if ((lows[block] as number) > floor && (highs[block] as number) < ceiling) continue;
      const end = Math.min((block + 1) << 4, to);
      for (let bar = Math.max(block << 4, from); bar < end; bar += 1)
        if (!((low[bar] as number) > floor && (high[bar] as number) < ceiling)) return bar;
    }
    return to;
  }

  private loadExtremes(): BarExtremes {
    this.extremes = extremesOf(this.series);
    return this.extremes;
  }

  /** Closes bars of which `quietUntil` has said that nothing happens in them, up to `bar`. */
  coast(bar: number): void {
    this.bar = bar;
    this.own.last = this.series.close[bar] as Price;
  }

  private openBar(bar: number): void {
    const { series } = this;
    const open = series.open[bar] as Price;
    this.now = series.time[bar] as Millis;
    this.own.last = open;
    this.met = open;
    this.openCap();
    if (this.venue.perpetuals !== null) this.venue.perpetuals.open(this.index, bar, this.drawPath(bar));
    // Lives that ended before the open are over; lives that end inside the bar still see its open.
    if (this.watched > 0) {
      this.endLivesBefore(bar, open);
      this.suspendExpired((this.now + 1) as Millis);
    }
    this.round += 1;
    const marked = this.watched > 0 && this.marksCrossed(open);
    const crossed = marked || open <= this.downs.best || open >= this.ups.best;
    if (this.arrivals.length > 0 && (crossed || isActivation(this.arrivals.at(0)))) this.arriveForResting(open);
    if (crossed) this.gapFills(open);
    if (this.watched > 0) {
      this.suspendExpired(series.closeTimeAt(bar));
      if (this.capLeft > 0) this.followTrails(open);
    }
    for (let arrival = this.arrivals.shift(); arrival !== undefined; arrival = this.arrivals.shift()) this.execute(arrival);
  }

  // Two kinds of request belong to the bar that is being handled: the end of an order whose life ended inside it, with
  // the market fallback that stands for it, and, in the optimistic preset, market orders at the close of their bar.

  requestSubmit(request: OrderRequest, time: Millis): void {
    const order = this.venue.pool.take();
    order.load(request);
    // A type with a price is no market order, and needs no comparison of words.
    if (order.names.prices > 0 || order.type !== "market") {
      this.arrivals.push(order);
      return;
    }
    const atClose = this.venue.fill.market === "same-bar-close";
    const inside = order.replaces !== null && this.bar >= 0 && time < this.series.closeTimeAt(this.bar);
    if (this.bar < 0 || (!inside && !atClose)) this.arrivals.push(order);
    else this.submitInside(order, time, atClose);
  }

  /** An order has been sent, and waits for the next open to arrive. */
  isExpected(order: OrderNumber): boolean {
    for (let at = 0; at < this.arrivals.length; at += 1) {
      const arrival = this.arrivals.at(at);
      if (typeof arrival !== "number" && arrival.status === "NEW" && arrival.order === order) return true;
    }
    return false;
  }

  requestCancel(order: OrderNumber, time: Millis): void {
    if (this.watched > 0 && this.bar >= 0 && time < this.series.closeTimeAt(this.bar)) {
      const resting = this.orders.get(order);
      if (resting !== undefined && resting.book === 0 && !resting.awaitsOpen && resting.expiry !== 0 && resting.expiry <= time) {
        this.now = time;
        this.cancel(order);
        return this.settleLinks(this.own.last);
      }
    }
    this.arrivals.push(order);
  }

  requestAmend(order: OrderNumber, change: Amendment, _time: Millis): void {
    this.arrivals.push(new AmendRequest(order, change));
  }

  private submitInside(order: VenueOrder, time: Millis, atClose: boolean): void {
    this.low = this.series.low[this.bar] as Price;
    this.high = this.series.high[this.bar] as Price;
    this.openCap();
    this.now = time;
    // A fallback inside a bar whose path is spent takes the worst price that the bar had.
    const worst = order.direction === 1 ? this.high : this.low;
    const price = atClose ? (this.series.close[this.bar] as Price) : worst;
    this.met = price;
    this.submit(order);
    if (this.linkWork.length > 0) this.settleLinks(price);
  }

  private execute(arrival: Arrival): void {
    if (typeof arrival === "number") this.cancel(arrival);
    else if (arrival.status === "NEW") this.submit(arrival);
    else if (arrival.status === "AMENDMENT") this.amend(arrival.order, arrival.change, this.met);
    else this.activate(arrival);
    if (this.linkWork.length > 0) this.settleLinks(this.met);
  }

  private activate(order: VenueOrder): void {
    // A cancel or an amendment of this order came first.
    if (!order.awaitsOpen || this.orders.get(order.order) !== order) return;
    order.awaitsOpen = false;
    this.place(order, this.met, false);
  }

  // A cancel or an amendment left before this open printed, so it reaches an order that the open jumps over (or wakes)
  // before the open does. Everything else keeps the order in which it was sent.
  private arriveForResting(open: Price): void {
    for (let left = this.arrivals.length; left > 0; left -= 1) {
      const arrival = this.arrivals.shift() as Arrival;
      const target = typeof arrival === "number" ? arrival : arrival instanceof AmendRequest ? arrival.order : null;
      if (target !== null && this.isUrgent(target, open)) this.execute(arrival);
      else this.arrivals.push(arrival);
    }
  }

  private isUrgent(target: OrderNumber, open: Price): boolean {
    const order = this.orders.get(target);
    if (order === undefined) return false;
    return order.awaitsOpen || (order.book !== 0 && (this.turnOf(order) - this.seen(order, open)) * order.book >= 0);
  }

  private suspendExpired(barEnd: Millis): void {
    if (this.venue.fill.timeToLive === "whole-bar") return;
    for (const order of this.orders.sorted()) {
      // The rest of its life is shorter than the bar: what the bar's path did after it ended is not knowable.
      const ends = order.book !== 0 && order.expiry !== 0 && order.expiry < barEnd;
      const livesOn = ends && order.expiry > this.now && this.choice.livesOn(order, this.bar, this.low, this.high);
      if (ends && !livesOn) this.unbook(order);
    }
  }

  // ---- arrivals -------------------------------------------------------------------------------------------------

  private submit(order: VenueOrder): void {
    const { venue, met: price } = this;
    if (venue.trouble !== null && this.meetsTrouble(order, price)) return;
    const unoffered = this.offer.refusal(order, this.now);
    if (unoffered !== null) return this.reject(order, unoffered);
    const refusal = this.checkArrival(order, price);
    if (refusal !== null) return this.reject(order, refusal);
    order.accept(venue.nextOrderId(), this.now);
    order.priority = this.nextPriority();
    if (venue.tape !== null) venue.tape.accepted(order, this.now);
    if (venue.clientIds !== null) venue.clientIds.remember(order.order, this.now);
    if (this.repeats) this.renumber(order);
    this.orders.add(order);
    if (order.order > this.newest) this.newest = order.order;
    if (order.rare) {
      this.equip(order);
      if (order.watched) this.watch(order);
    }
    // What takes at any price is over before anything could be held for it.
    if (order.names.prices > 0 || order.special) this.reserve(order, this.required);
    this.acknowledge(order);
    this.place(order, price, true);
    if (venue.trouble !== null) this.placed(order, price);
  }

  protected override arrive(order: VenueOrder): void {
    this.arrivals.push(order);
  }

  /** Modes and sides. */
  private checkMode({ reduceOnly, hedges }: OrderNames): Reason | null {
    if (!reduceOnly) return null;
    const { profile } = this.venue;
    if (this.instrument.spot && profile.market === "spot") return "reduce_only_not_accepted";
    return hedges === 1 && profile.reduceOnlyInHedge === "rejected" ? "reduce_only_not_accepted" : null;
  }

  private checkArrival(request: VenueOrder, price: Price): Reason | null {
    const { closing } = request;
    const position = this.legOf(request);
    if (position === undefined) return "position_side_mismatch";
    const mode = this.checkMode(request.names);
    if (mode !== null) return mode;
    const reference = request.limit !== 0 ? request.limit : request.stop !== 0 ? request.stop : price;
    const filters = this.checkFilters(request, reference, closing);
    if (filters !== null) return filters;
    if (request.terms !== null && request.terms.triggerBy === "mark" && !this.knowsMark()) return "no_mark_price";
    const later = request.terms !== null && arrivesLater(request, this.now);
    if (later) {
      const orphaned = this.checkParent(request);
      if (orphaned !== null) return orphaned;
    } else if (closing) {
      const refused = checkClosing(request, position);
      if (refused !== null) return refused;
    }
    if (this.orders.size >= this.venue.profile.maxOpenOrders) return "max_orders_filter";
    if (!this.repeats && request.order <= this.newest && this.orders.get(request.order) !== undefined) return "duplicate_client_order_id";
    if (this.venue.clientIds?.refuses(request.order, this.now, false) === true) return "duplicate_client_order_id";
    if (this.pricing.limited && request.type === "market" && this.pricing.refuses(request.quantity, this.turnover())) return "participation_too_high";
    if (request.trigger !== null && !later && !this.firesCrossed && isTriggered(request, this.seen(request, price))) return "trigger_already_crossed";
    if (
      request.names.passive === 1 &&
      !later &&
      request.price !== null &&
      request.trigger === null &&
      (this.pricing.touch(price, request.direction) - request.price) * request.direction <= 0
    ) {
      return "post_only_would_cross";
    }
    const free = closing || (request.terms !== null && request.terms.parent !== null);
    this.required = free ? (0 as Money) : this.requiredFunds(request, request.quantity, position, reference);
    if (!closing && this.isTooLarge(request, request.quantity, position, reference, price)) return "leverage_tier_exceeded";
    if (free && !closing) return null;
    if (request.terms !== null) this.required = this.sharedFunds(request, this.required);
    return this.checkFunds(request, this.required, reference);
  }

  /** Orders of this market that it still knows. */
  remembered(): VenueOrder[] {
    return [...this.orders.sorted(), ...this.venue.pool.snapshot().filter(({ market }) => market === this.index)];
  }

  // ---- saved state ----------------------------------------------------------------------------------------------

  exportState(): MarketState {
    const arrivals: ArrivalState[] = [];
    for (let at = 0; at < this.arrivals.length; at += 1) {
      const arrival = this.arrivals.at(at);
      if (!isActivation(arrival) || this.known(arrival.order) === arrival) arrivals.push(arrivalState(arrival));
    }
    return {
      symbol: this.instrument.symbol,
      bar: this.bar,
      now: this.now,
      priority: this.priority,
      capBar: this.capBar,
      capLeft: this.capLeft,
      optimisticLives: this.optimisticLives,
      ambiguousBars: this.choice.ambiguousBars,
      unmarkedBars: this.unmarkedBars,
      orders: this.orders.sorted().map(orderState),
      arrivals,
      travelling: [],
      late: this.lateState(),
      filters: this.filters === this.instrument ? null : filtersOf(this.filters.rules),
      copies: this.copies,
    };
  }

  /** To be called on a market that has not handled anything yet. */
  importState(state: MarketState): void {
    this.bar = state.bar;
    this.now = state.now as Millis;
    this.priority = state.priority;
    this.capBar = state.capBar;
    this.capLeft = state.capLeft as Quantity;
    this.optimisticLives = state.optimisticLives;
    this.unmarkedBars = state.unmarkedBars;
    this.copies = state.copies;
    this.choice.ambiguousBars = state.ambiguousBars;
    for (const saved of state.orders) {
      const order = orderOfState(saved);
      this.orders.add(order);
      this.newest = Math.max(this.newest, order.order);
      if (order.watched) this.watch(order);
      if (saved.resting) this.book(order);
    }
    for (const arrival of state.arrivals) this.arrivals.push(this.arrivalOf(arrival));
    this.restoreLate(state.late);
    if (state.filters !== null) this.changeFilters(state.filters);
  }

  /** An order that waits for the open to come to life, or that a sibling has ended meanwhile: the open is handled either way. */
  private known(order: OrderNumber): VenueOrder | undefined {
    return this.orders.get(order) ?? this.venue.pool.find(order);
  }

  private arrivalOf(state: ArrivalState): Arrival {
    if (state.do === "submit") {
      const order = this.venue.pool.take();
      order.load(state.request);
      return order;
    }
    if (state.do === "cancel") return state.order as OrderNumber;
    if (state.do === "amend") return new AmendRequest(state.order as OrderNumber, state.change);
    const woken = this.known(state.order as OrderNumber);
    if (woken === undefined) throw badState(`order ${state.order} awaits the open and is not there`);
    return woken;
  }
}
