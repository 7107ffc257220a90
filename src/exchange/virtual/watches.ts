// Orders that have to be looked at in every bar: those whose life the venue ends, those that wait for an hour or for the
// close, and those that follow the price. A trail sees the path's legs one after the other, never a bar's extreme beforehand.

import { mulDiv, type BarSeries, type Instrument, type MarketIndex, type Millis, type Price, type Quantity } from "../../domain/index.ts";
import type { FeeSchedule } from "./fees.ts";
import { isSpent, liveQuantity, spentReason } from "./linked-order.ts";
import { Links } from "./links.ts";
import type { VenueOrder } from "./venue-order.ts";
import type { Venue } from "./venue.ts";

const dayMillis = 86_400_000;

export abstract class Watches extends Links {
  declare protected readonly firesCrossed: boolean;
  /** End of the trading day, ms after midnight UTC. */
  declare private readonly dayEnd: number;

  constructor(index: MarketIndex, instrument: Instrument, series: BarSeries, fees: FeeSchedule, venue: Venue) {
    super(index, instrument, series, fees, venue);
    this.firesCrossed = (venue.fill.crossedTrigger ?? venue.profile.crossedTrigger) === "fire";
    this.dayEnd = dayEndOf(venue.fill.tradingDayEnd);
  }

  /** Completes an accepted order of a rarer kind: its life, its trail, its links. */
  protected equip(order: VenueOrder): void {
    const { terms, type } = order;
    if (order.timeInForce === "DAY" || type === "market_on_close") order.expiry = this.dayAfter(Math.max(this.now, terms?.goodAfter ?? 0));
    if (terms === null) return;
    if (terms.goodTill !== null) order.expiry = terms.goodTill;
    if (terms.trail !== null) {
      order.trailing = terms.trail.activation === null ? 2 : 1;
      order.stop = terms.trail.activation ?? order.stop;
    }
    if (terms.goodAfter !== null && terms.goodAfter > this.now)
      order.allowance = { granted: order.quantity, armed: order.quantity, waits: true, final: true };
    this.link(order);
  }

  /** The first end of a trading day after an instant. */
  private dayAfter(time: number): number {
    return Math.floor((time - this.dayEnd) / dayMillis) * dayMillis + this.dayEnd + dayMillis;
  }

  /** True when the order does not go where its prices say. */
  protected placeSpecial(order: VenueOrder, price: Price): boolean {
    if (order.allowance?.waits === true) return true;
    if (isSpent(order)) {
      this.expire(order, spentReason(order));
      return true;
    }
    if (order.type === "market_on_close") {
      // A child that came to life on a later day closes that day.
      order.expiry = this.dayAfter(this.now);
      return true;
    }
    if (order.trailing === 2 && order.stop === 0) order.stop = this.stopBehind(order, this.seen(order, price));
    return order.stop === 0 && this.preventSelfTrade(order, price);
  }

  /** A trigger was reached. True when that does not make it an order like any other. */
  protected triggerSpecial(order: VenueOrder, price: Price): boolean {
    if (order.trailing === 1) {
      order.trailing = 2;
      order.stop = this.stopBehind(order, this.seen(order, price));
      if (!this.endsInBar(order)) this.book(order);
      return true;
    }
    if (order.limit === 0 && liveQuantity(order) < order.remaining) {
      this.fireLivePart(order, price);
      return true;
    }
    if (order.terms?.closePosition === true) this.resizeToPosition(order);
    return order.limit === 0 && this.preventSelfTrade(order, price);
  }

  // A child's stop protects what its parent has filled by now; what the parent fills later needs it again.
  private fireLivePart(order: VenueOrder, price: Price): void {
    this.take(order, price);
    if (this.orders.get(order.order) !== order) return;
    if (order.allowance?.final === true) return this.expire(order, isSpent(order) ? spentReason(order) : this.unfilledReason(order));
    order.passedIn = this.round;
    if (!this.endsInBar(order)) this.book(order);
  }

  // Told even where nothing changes: whoever asked cannot know what was there, nor whether a fill was all of it.
  private resizeToPosition(order: VenueOrder): void {
    const { venue, instrument } = this;
    const open = Math.abs(this.legOf(order)?.quantity ?? 0);
    const quantity = (order.filled + instrument.floorQuantity(open)) as Quantity;
    if (open === 0) return;
    order.quantity = quantity;
    const trigger = order.stop === 0 ? null : order.stop;
    const head = { market: this.index, time: this.now, sequence: venue.nextSequence(), order: order.order };
    venue.emit({ type: "order_amended", ...head, quantity, price: null, trigger }, this.now);
  }

  // ---- self-trades ----------------------------------------------------------------------------------------------

  /** Ends what would trade with itself. @returns true when that is the arriving order */
  private preventSelfTrade(order: VenueOrder, price: Price): boolean {
    const mode = order.terms?.selfTrade ?? "none";
    if (mode === "none") return false;
    const reach = order.limit === 0 ? this.pricing.touch(price, order.direction) : order.limit;
    const makers = this.orders.sorted().filter((other) => {
      const resting = other.book !== 0 && other.stop === 0 && other.direction !== order.direction;
      return resting && (reach - other.limit) * order.direction >= 0;
    });
    if (makers.length === 0) return false;
    if (mode !== "expire_taker") for (const maker of makers) this.expire(maker, "self_trade_prevented");
    if (mode === "expire_maker") return false;
    this.expire(order, "self_trade_prevented");
    return true;
  }

  // ---- trails ---------------------------------------------------------------------------------------------------

  /** The stop behind a best price: on the tick, on the far side, so that the rounding is never in the order's favour. */
  private stopBehind(order: VenueOrder, best: Price): Price {
    const trail = order.terms?.trail ?? null;
    const { direction, stop } = order;
    if (trail === null) return stop;
    const rounding = direction === 1 ? "up" : "down";
    const behind =
      trail.rate === null
        ? best + direction * (trail.distance ?? 0)
        : mulDiv(best, trail.rate.denominator + direction * trail.rate.numerator, trail.rate.denominator, rounding);
    return behind <= 0 ? this.instrument.tickAt(1 as Price) : this.instrument.roundPrice(behind, rounding);
  }

  private isBetter(order: VenueOrder, stop: Price): boolean {
    return (order.stop - stop) * order.direction > 0;
  }

  /** The price has come to an end of a leg: stops that are behind it follow, and never go back. */
  protected followTrails(price: Price): void {
    for (const order of this.trails) {
      if (order.trailing !== 2 || order.book === 0) continue;
      const stop = this.stopBehind(order, this.seen(order, price));
      if (!this.isBetter(order, stop)) continue;
      this.unbook(order);
      order.stop = stop;
      this.book(order);
    }
  }

  /** True when this bar both moves a stop and reaches the moved one: in which order is the path's assumption. */
  protected pathMovesTrails(): boolean {
    return this.trails.some((order) => {
      if (order.book === 0) return false;
      const selling = order.direction === -1;
      const best = selling ? this.highOf(order) : this.lowOf(order);
      if (order.trailing === 1 && (best - order.stop) * order.direction > 0) return false;
      const stop = this.stopBehind(order, best);
      const moves = order.trailing === 1 || this.isBetter(order, stop);
      return moves && (selling ? this.lowOf(order) <= stop : this.highOf(order) >= stop);
    });
  }

  // ---- lives and hours ------------------------------------------------------------------------------------------

  /** At a bar's open, before anything fills: ends the lives that were over by then. */
  protected endLivesBefore(bar: number, open: Price): void {
    const { series } = this;
    const now = series.time[bar] as number;
    const since = bar === 0 ? now : series.closeTimeAt(bar - 1);
    this.endLives(now, since);
    this.now = now as Millis;
    for (const order of this.orders.sorted()) {
      const waits = order.terms !== null && order.terms.goodAfter !== null && order.allowance?.waits === true;
      if (!waits || (order.terms?.goodAfter ?? 0) > now) continue;
      order.allowance = null;
      order.priority = this.nextPriority();
      if (this.isRefusedCrossed(order, open)) this.expire(order, "trigger_already_crossed");
      else this.place(order, open, true);
    }
  }

  /** When a bar has been walked: fills what waits for the close, and ends the lives that end by then. */
  protected closeWatches(bar: number): void {
    const { series } = this;
    const close = series.closeTimeAt(bar);
    const price = series.close[bar] as Price;
    // Lives that ended before the close are told before it.
    this.endLives(close - 1, 0);
    if (this.linkWork.length > 0) this.settleLinks(price);
    this.now = (close - 1) as Millis;
    for (const order of this.orders.sorted()) {
      if (order.type !== "market_on_close" || order.allowance?.waits === true || !this.isLastOfDay(bar, order.expiry)) continue;
      if (order.terms === null || !this.preventSelfTrade(order, price)) this.executeMarket(order, price);
    }
    if (this.linkWork.length > 0) this.settleLinks(price);
    this.endLives(close, 0);
    if (this.linkWork.length > 0) this.settleLinks(price);
  }

  // The venue knows its own hours: a day that ends between two bars ends with the first of them.
  private isLastOfDay(bar: number, dayEnd: number): boolean {
    const { series } = this;
    return series.closeTimeAt(bar) >= dayEnd || (bar + 1 < series.length && (series.time[bar + 1] as number) >= dayEnd);
  }

  /** The life of an open order ends on the path of a bar: whether it fills before that, the path says. */
  protected override lifeEndsIn(bar: number): boolean {
    const { series } = this;
    const open = series.timeAt(bar);
    const close = series.closeTimeAt(bar);
    return this.orders.sorted().some(({ expiry }) => expiry > open && expiry < close);
  }

  protected override endLivesOnPath(time: Millis, price: Price): void {
    this.endLives(time, 0);
    if (this.linkWork.length > 0) this.settleLinks(price);
    this.now = time;
  }

  /** In the order of their ends. */
  private endLives(until: number, since: number): void {
    // The runner ends a time to live itself; an order for the close ends with its fill.
    const due = this.orders
      .sorted()
      .filter(({ expiry, timeToLive, type }) => expiry !== 0 && expiry <= until && timeToLive === null && type !== "market_on_close");
    for (const order of due.sort((a, b) => a.expiry - b.expiry || a.order - b.order)) {
      this.now = Math.max(order.expiry, since) as Millis;
      this.expire(order, order.timeInForce === "DAY" ? "day_ended" : "good_till_date");
    }
  }
}

/** "HH:MM" as ms after midnight. */
function dayEndOf(text: string): number {
  const [hours = "0", minutes = "0"] = text.split(":");
  return (Number(hours) * 60 + Number(minutes)) * 60_000;
}
