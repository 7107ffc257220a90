// Matching of one market: the two trigger books and the walk of a bar's path through them. It decides what fills, when
// and at which price; the fill itself is fills.ts's, requests are market-venue's.

import { type BarSeries, type Instrument, type MarketIndex, type Millis, type OrderNumber, type Price, type Reason } from "../../domain/index.ts";
import type { FeeSchedule } from "./fees.ts";
import { Fills } from "./fills.ts";
import { pathOf, turnPath, type Path } from "./path.ts";
import { TakerPricing } from "./pricing.ts";
import { TriggerBook } from "./trigger-book.ts";
import type { VenueOrder } from "./venue-order.ts";
import type { Venue } from "./venue.ts";

export abstract class Matching extends Fills {
  /** How many fills relied on a whole-bar life of an order that should have lived shorter (optimistic). */
  optimisticLives = 0;
  protected readonly downs = new TriggerBook(1);
  protected readonly ups = new TriggerBook(-1);
  declare readonly pricing: TakerPricing;
  /** Orders that have filled or ended and have others hanging on them. */
  protected readonly linkWork: OrderNumber[] = [];
  declare private readonly gapAtOpen: boolean;
  /** A resting limit must be traded through by a tick; else a touch is enough, or may be. */
  declare private readonly through: boolean;
  protected readonly path: Path = [0 as Price, 0 as Price, 0 as Price, 0 as Price];
  /** Stop-limits that were triggered in this bar and live from the next one on. */
  protected readonly woken: VenueOrder[] = [];
  protected priority = 0;
  /** One round of turns: the gap at an open, or one leg of the path. */
  protected round = 0;

  constructor(index: MarketIndex, instrument: Instrument, series: BarSeries, fees: FeeSchedule, venue: Venue) {
    super(index, instrument, series, fees, venue);
    this.pricing = new TakerPricing(instrument, venue.fill.halfSpreadBp ?? venue.profile.halfSpreadBp, venue.fill.slippage);
    this.through = venue.fill.limit === "through";
    // One trade follows the other: there is no open that a maker could gain by.
    this.gapAtOpen = (venue.fill.gap ?? venue.profile.gap) === "open" && !series.ofTrades;
  }

  // Orders that hang on others are links.ts's, those that follow the price or wait for an hour watches.ts's.
  protected abstract settleLinks(price: Price): void;
  protected abstract triggerSpecial(order: VenueOrder, price: Price): boolean;
  protected abstract placeSpecial(order: VenueOrder, price: Price): boolean;
  protected abstract followTrails(price: Price): void;
  protected abstract pathMovesTrails(): boolean;
  protected abstract lifeEndsIn(bar: number): boolean;
  // What looks at the mark price is mark-triggers.ts's.
  protected abstract walkLeg(leg: number, from: Price, to: Price): void;
  protected abstract comesFirst(price: Price): boolean;
  protected abstract seen(order: VenueOrder, price: Price): Price;
  protected abstract marksWait(): boolean;
  protected abstract marksDecide(): boolean;

  /** Puts an accepted order where it belongs at a price: executes what is marketable, books what rests. */
  protected place(order: VenueOrder, price: Price, arriving: boolean): void {
    if (order.special && this.placeSpecial(order, price)) return;
    if (order.stop === 0) {
      if (!this.restsAt(order, price)) return;
    } else if (arriving && (this.seen(order, price) - order.stop) * order.wakesOn() <= 0) {
      // Its own trigger, not the request's: an amendment may have moved it.
      return this.trigger(order, price);
    }
    if (!this.endsInBar(order)) this.book(order);
  }

  /** Takes what an order without a trigger can take at a price, and ends it where it must not rest. @returns whether it rests */
  private restsAt(order: VenueOrder, price: Price): boolean {
    if (order.limit === 0) {
      this.executeMarket(order, price);
      return false;
    }
    const touch = this.pricing.touch(price, order.direction);
    if ((order.limit - touch) * order.direction >= 0) {
      const refusal = this.takeCrossed(order, price);
      if (refusal !== null) this.expire(order, refusal);
      if (refusal !== null || order.remaining === 0) return false;
    }
    if (order.names.fleeting === 0) return true;
    this.expire(order, order.timeInForce === "IOC" ? "immediate_or_cancel_unfilled" : "fill_or_kill_unfilled");
    return false;
  }

  /** A limit that the price is within. @returns why it ends, or why the rest of it does; null when neither */
  private takeCrossed(order: VenueOrder, price: Price): Reason | null {
    // On arrival it is refused; a stop that becomes a limit here must not take either.
    if (order.timeInForce === "PO") return "post_only_would_cross";
    if (order.timeInForce === "FOK" && this.fillable(order) < order.remaining) return "fill_or_kill_unfilled";
    this.take(order, price);
    return order.remaining > 0 && this.isStranded(order) ? "reduce_only_position_gone" : null;
  }

  /** Its life ends inside this bar: what the path does before and after that is not knowable, so it is no longer booked. */
  protected endsInBar(order: VenueOrder): boolean {
    if (order.expiry === 0 || this.venue.fill.timeToLive !== "exact" || order.expiry >= this.series.closeTimeAt(this.bar)) return false;
    return !this.choice.livesOn(order, this.bar, this.low, this.high);
  }

  protected executeMarket(order: VenueOrder, price: Price): void {
    if (order.timeInForce === "FOK" && this.fillable(order) < order.remaining) return this.expire(order, "fill_or_kill_unfilled");
    this.take(order, price);
    if (order.remaining === 0 || this.orders.get(order.order) !== order) return;
    this.expire(order, this.unfilledReason(order));
  }

  /** Why the rest of an order that takes at any price ends. */
  protected unfilledReason(order: VenueOrder): Reason {
    if (this.isStranded(order)) return "reduce_only_position_gone";
    return order.filled > 0 ? "volume_cap" : "no_liquidity";
  }

  /** Takes liquidity at a price of the bar, as far as volume and position allow. */
  protected take(order: VenueOrder, price: Price): void {
    const quantity = this.fillable(order);
    if (quantity === 0) return;
    const { pricing } = this;
    let execution = price;
    if (!pricing.frictionless) execution = pricing.execution(price, order.direction, quantity, this.turnover(), this.floor(), this.ceiling());
    if (order.limit !== 0 && (execution - order.limit) * order.direction > 0) execution = order.limit;
    this.fill(order, quantity, execution, "taker");
  }

  // ---- the path -------------------------------------------------------------------------------------------------

  protected walk(bar: number): void {
    const { series, path } = this;
    const { perpetuals } = this.venue;
    const trailing = this.trails.length > 0;
    const idle = this.low > this.downs.best && this.high < this.ups.best && !trailing && !this.marksWait();
    const thin = this.isThin();
    // Margin is judged at every price, whether somebody trades or not.
    if ((idle || thin) && perpetuals === null) return;
    const both = this.low <= this.downs.best && this.high >= this.ups.best;
    this.drawPath(bar);
    if (!thin && (both || (trailing && this.pathMovesTrails()) || this.marksDecide())) this.choice.count(bar);
    if (this.watched > 0 && !thin && this.lifeEndsIn(bar)) this.choice.bar = bar;
    // What the open has passed and left (a part of it, by an injected fault) fills where the path turns towards it.
    if (!thin && (this.downs.best >= path[0] || this.ups.best <= path[0])) this.choice.bar = bar;
    this.walking = true;
    // Nothing but the two books is to be looked at: a leg that reaches neither is over at once.
    const bare = perpetuals === null && !trailing && this.watched === 0 && !this.marksWait();
    const quarter = Math.floor(series.interval / 4);
    for (let leg = 1; leg < 4; leg += 1) {
      const from = path[leg - 1] as Price;
      const to = path[leg] as Price;
      if (bare && (to < from ? to > this.downs.best : to < this.ups.best)) continue;
      this.now = ((series.time[bar] as number) + leg * quarter) as Millis;
      if (this.watched > 0) this.endLivesOnPath(this.now, from);
      this.round += 1;
      if (perpetuals !== null) perpetuals.leg(this.index, leg, path, this.now);
      if (!thin) this.walkLeg(leg, from, to);
      if (!thin && trailing) this.followTrails(to);
      if (perpetuals !== null) perpetuals.reach(this.index, to, this.now);
    }
    this.walking = false;
  }

  /** In a bar without volume nothing fills, unless there is no cap. */
  protected isThin(): boolean {
    return this.cap !== null && this.series.volume[this.bar] === 0;
  }

  /** Lives that have ended by an instant of the path are told before what happens then. They filled at the open or not at all. */
  protected abstract endLivesOnPath(time: Millis, price: Price): void;

  /** The four points of a bar's path. */
  protected drawPath(bar: number): Path {
    const { series, path } = this;
    pathOf(this.venue.fill.path, series.open[bar] as Price, this.high, this.low, series.close[bar] as Price, path);
    if (this.choice.turned === bar) turnPath(path);
    return path;
  }

  // At the open everything that it has passed fires at once: a gap.
  protected gapFills(open: Price): void {
    if (this.isThin()) return;
    this.wake(this.downs, open, open);
    this.wake(this.ups, open, open);
  }

  /** Wakes every order of a book between two prices, first to wake first; those that `from` has jumped over wake there. */
  protected wake(book: TriggerBook, from: Price, to: Price): void {
    for (;;) {
      if ((book.best - to) * book.direction < 0) return;
      const order = book.next(this.round);
      if (order === null) return;
      if ((order.threshold - to) * book.direction < 0) return;
      const jumped = (order.threshold - from) * book.direction >= 0;
      if (this.comesFirst(jumped ? from : (order.threshold as Price))) continue;
      // Whatever stays after its turn (no volume left, a partial fill) is passed over for the rest of this round.
      order.passedIn = this.round;
      const gap = jumped ? from : null;
      const reached = gap ?? (order.threshold as Price);
      if (order.stop === 0) this.fillResting(order, gap);
      else {
        this.unbook(order);
        // The limit that it may become has a turn of its own in this round.
        order.passedIn = 0;
        this.trigger(order, gap ?? order.stop);
      }
      if (this.linkWork.length > 0) this.settleLinks(reached);
    }
  }

  /** Fills a resting limit as maker, as far as it can fill now. */
  protected fillResting(order: VenueOrder, gap: Price | null): void {
    if (this.isStranded(order)) return this.expire(order, "reduce_only_position_gone");
    const quantity = this.fillable(order);
    if (quantity === 0) return;
    const price = gap !== null && this.gapAtOpen ? gap : order.limit;
    if (order.expiry !== 0 && order.expiry < this.series.closeTimeAt(this.bar)) this.optimisticLives += 1;
    this.fill(order, quantity, price, "maker");
    if (order.remaining > 0 && this.isStranded(order)) this.expire(order, "reduce_only_position_gone");
  }

  /** A trigger was reached at a price: the order becomes a market order or a live limit there. */
  protected trigger(order: VenueOrder, price: Price): void {
    if (order.special && this.triggerSpecial(order, price)) return;
    order.stop = 0 as Price;
    if (order.limit === 0) return this.executeMarket(order, price);
    // What is left of the path may reach its limit.
    if (this.walking) this.choice.bar = this.bar;
    // Its limit enters the book now, behind what rests there.
    order.priority = this.nextPriority();
    if (this.venue.fill.stopLimit === "rest-of-path") return this.place(order, price, false);
    order.awaitsOpen = true;
    this.woken.push(order);
  }

  // ---- books ----------------------------------------------------------------------------------------------------

  protected book(order: VenueOrder): void {
    const resting = order.stop === 0;
    if (!resting) order.threshold = order.stop;
    else order.threshold = this.through ? this.beyond(order) : order.limit;
    const direction = resting ? order.direction : order.wakesOn();
    (direction === 1 ? this.downs : this.ups).add(order);
  }

  /** The first price that trades through a limit. A buy's lies below it, where a tick that moves with the price may be a finer one. */
  protected beyond({ limit, direction }: VenueOrder): Price {
    return (limit - direction * this.instrument.tickAt((direction === 1 ? limit - 1 : limit) as Price)) as Price;
  }

  /** Price-time priority: the next to queue. */
  protected nextPriority(): number {
    this.priority += 1;
    return this.priority;
  }

  protected unbook(order: VenueOrder): void {
    if (order.book === 1) this.downs.remove(order);
    else if (order.book === -1) this.ups.remove(order);
  }
}
