// Matching of one market: the two trigger books and the walk of a bar's path through them. It decides what fills, when
// and at which price; the account and the outbox are the engine's, requests are market-venue's.

import {
  InvariantError,
  mulDiv,
  OrderTable,
  parseRatio,
  wideZero,
  type BarSeries,
  type Instrument,
  type Liquidity,
  type MarketIndex,
  type Millis,
  type OrderFilled,
  type OrderNumber,
  type OrderStatus,
  type Price,
  type Quantity,
  type Ratio,
  type Reason,
} from "../../domain/index.ts";
import { executedOf } from "./charges.ts";
import type { FeeSchedule } from "./fees.ts";
import { Holds } from "./holds.ts";
import { liveQuantity } from "./linked-order.ts";
import { PathChoice } from "./path-choice.ts";
import { pathOf, turnPath, type Path } from "./path.ts";
import { TakerPricing } from "./pricing.ts";
import { TriggerBook } from "./trigger-book.ts";
import type { VenueOrder } from "./venue-order.ts";
import type { Venue } from "./venue.ts";

export abstract class Matching extends Holds {
  declare readonly fees: FeeSchedule;
  readonly orders: OrderTable<VenueOrder> = new OrderTable<VenueOrder>();
  /** How many fills relied on a whole-bar life of an order that should have lived shorter (optimistic). */
  optimisticLives = 0;
  /** What its bars leave open. */
  readonly choice: PathChoice = new PathChoice();
  protected readonly downs = new TriggerBook(1);
  protected readonly ups = new TriggerBook(-1);
  declare readonly pricing: TakerPricing;
  /** Orders that are looked at in every bar: with a life of their own, or a trail. */
  protected watched = 0;
  /** Orders that have filled or ended and have others hanging on them. */
  protected readonly linkWork: OrderNumber[] = [];
  /** Trailing stops. */
  protected readonly trails: VenueOrder[] = [];
  protected now = wideZero as Millis;
  /** Bounds of the step that is handled. */
  low = wideZero as Price;
  high = wideZero as Price;
  declare private readonly cap: Ratio | null;
  declare private readonly gapAtOpen: boolean;
  /** A resting limit must be traded through by a tick; else a touch is enough, or may be. */
  declare private readonly through: boolean;
  protected readonly path: Path = [0 as Price, 0 as Price, 0 as Price, 0 as Price];
  /** Stop-limits that were triggered in this bar and live from the next one on. */
  protected readonly woken: VenueOrder[] = [];
  protected priority = 0;
  /** One round of turns: the gap at an open, or one leg of the path. */
  protected round = 0;
  protected capLeft = Number.MAX_SAFE_INTEGER as Quantity;
  /** The bar that `capLeft` belongs to. */
  protected capBar = -1;

  constructor(index: MarketIndex, instrument: Instrument, series: BarSeries, fees: FeeSchedule, venue: Venue) {
    super(index, instrument, series, venue);
    this.fees = fees;
    this.pricing = new TakerPricing(instrument, venue.fill.halfSpreadBp ?? venue.profile.halfSpreadBp, venue.fill.slippage);
    this.cap = venue.fill.volumeCap === null ? null : parseRatio(venue.fill.volumeCap);
    this.through = venue.fill.limit === "through";
    // One trade follows the other: there is no open that a maker could gain by.
    this.gapAtOpen = (venue.fill.gap ?? venue.profile.gap) === "open" && !series.ofTrades;
  }

  // Orders that hang on others are links.ts's, those that follow the price or wait for an hour watches.ts's.
  protected abstract fillLinked(order: VenueOrder, quantity: Quantity): void;
  protected abstract endLinked(order: VenueOrder): void;
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
    if (order.stop !== 0) {
      // Its own trigger, not the request's: an amendment may have moved it.
      if (arriving && (this.seen(order, price) - order.stop) * order.wakesOn() <= 0) return this.trigger(order, price);
      return this.endsInBar(order) ? undefined : this.book(order);
    }
    if (order.limit === 0) return this.executeMarket(order, price);
    const touch = this.pricing.touch(price, order.direction);
    if ((order.limit - touch) * order.direction >= 0) {
      // On arrival it is refused; a stop that becomes a limit here must not take either.
      if (order.timeInForce === "PO") return this.expire(order, "post_only_would_cross");
      if (order.timeInForce === "FOK" && this.fillable(order) < order.remaining) return this.expire(order, "fill_or_kill_unfilled");
      this.take(order, price);
      if (order.remaining === 0) return;
      if (this.isStranded(order)) return this.expire(order, "reduce_only_position_gone");
    }
    if (order.names.fleeting === 1) return this.expire(order, order.timeInForce === "IOC" ? "immediate_or_cancel_unfilled" : "fill_or_kill_unfilled");
    if (this.endsInBar(order)) return;
    this.book(order);
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

  /** True while the path of a bar is walked, and not its open or close. */
  protected walking = false;

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

  // ---- fills ----------------------------------------------------------------------------------------------------

  /** How much of an order can fill now: its rest, bound by volume, position and step. */
  protected fillable(order: VenueOrder): Quantity {
    let quantity: number = order.allowance === null ? order.remaining : liveQuantity(order);
    if (order.partialShare !== null) {
      // Its rest has another turn on the next leg that comes this way.
      if (this.walking) this.choice.bar = this.bar;
      const share = this.instrument.floorQuantity(mulDiv(quantity, order.partialShare.numerator, order.partialShare.denominator, "down"));
      // A share of less than one step would leave the order for ever without a fill.
      quantity = Math.min(quantity, Math.max(share, this.instrument.step));
    }
    if (order.closing) quantity = Math.min(quantity, this.closable(order));
    if (this.cap !== null && quantity > this.capLeft) quantity = this.instrument.floorQuantity(this.capLeft);
    return quantity as Quantity;
  }

  /** Nothing is left to close, and no parent is still opening something. */
  private isStranded(order: VenueOrder): boolean {
    return order.closing && (order.allowance === null || order.allowance.final) && this.closable(order) === 0;
  }

  /** What the position leaves to close; its own rest where no position binds it. */
  protected closable(order: VenueOrder): Quantity {
    if (!order.closing) return order.remaining;
    const position = this.legOf(order);
    if (position === undefined || position.quantity === 0 || position.quantity > 0 !== (order.direction === -1)) return 0 as Quantity;
    return Math.min(Math.abs(position.quantity), order.remaining, this.instrument.spot ? this.freeCoins() : order.remaining) as Quantity;
  }

  protected fill(order: VenueOrder, quantity: Quantity, price: Price, liquidity: Liquidity): void {
    const { venue, index } = this;
    const position = this.legOf(order);
    if (position === undefined || quantity <= 0 || quantity > order.remaining) throw unlawful(order, `cannot fill ${quantity}`);
    if (order.limit !== 0 && (price - order.limit) * order.direction > 0) throw unlawful(order, `would fill beyond its limit, at ${price}`);
    if ((price < this.low || price > this.high) && this.isOutside(price) && price !== order.limit)
      throw unlawful(order, `would fill outside its bar, at ${price}`);
    const before = Math.abs(position.quantity);
    const executed = this.fees.chargesOrders ? executedOf(order, this.instrument) : undefined;
    const fee = venue.account.fill(index, position, order.side, quantity, price, liquidity, order.filled === 0, executed);
    if (order.closing && Math.abs(position.quantity) > before) throw new InvariantError("I-09", `closing order ${order.order} enlarged its position`);
    if (this.cap !== null) this.capLeft = Math.max(0, this.capLeft - quantity) as Quantity;
    order.partialShare = null;
    const rest = order.remaining;
    order.filled = (order.filled + quantity) as Quantity;
    this.release(order, rest);
    if (order.linked) this.fillLinked(order, quantity);
    if (order.remaining === 0) this.retire(order, "FILLED");
    const event: OrderFilled = {
      type: "order_filled",
      market: this.index,
      time: this.now,
      sequence: venue.nextSequence(),
      order: order.order,
      trade: venue.nextTrade(),
      price,
      quantity,
      fee,
      feeCurrency: this.fees.currencyOf(order.side),
      liquidity,
      cumulative: order.filled,
    };
    order.keepFill(event);
    if (venue.tape !== null) venue.tape.filled(order, event, position);
    venue.positionChanged();
    venue.emit(event, this.now);
  }

  /** No trade of the bar had a price. What lies in the step that is walked lies in its bar. */
  private isOutside(price: Price): boolean {
    return price < this.floor() || price > this.ceiling();
  }

  protected expire(order: VenueOrder, reason: Reason): void {
    this.retire(order, "EXPIRED");
    const { index: market, now: time, venue } = this;
    const { order: number, filled: cumulative } = order;
    venue.emit({ type: "order_expired", market, time, sequence: venue.nextSequence(), order: number, cumulative, reason }, time);
  }

  // ---- books and holds ------------------------------------------------------------------------------------------

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

  protected retire(order: VenueOrder, status: OrderStatus): void {
    order.status = status;
    order.endTime = this.now;
    if (this.venue.tape !== null) this.venue.tape.ended(order, status, this.now);
    this.venue.pool.remember(order);
    this.unbook(order);
    if (order.linked) this.endLinked(order);
    this.release(order, order.remaining, true);
    if (!this.orders.removeEntry(order.order, order)) throw unlawful(order, "was not open");
    if (order.rare && order.watched) this.unwatch(order);
  }

  protected watch(order: VenueOrder): void {
    this.watched += 1;
    if (order.trailing !== 0) this.trails.push(order);
  }

  private unwatch(order: VenueOrder): void {
    this.watched -= 1;
    if (order.trailing !== 0) this.trails.splice(this.trails.indexOf(order), 1);
  }

  /** The volume that orders may still take in this bar starts anew with each bar. */
  protected openCap(): void {
    const { cap } = this;
    if (cap === null || this.capBar === this.bar) return;
    this.capBar = this.bar;
    this.capLeft = mulDiv(this.series.volume[this.bar] as Quantity, cap.numerator, cap.denominator, "down") as Quantity;
  }
}

function unlawful(order: VenueOrder, what: string): InvariantError {
  return new InvariantError("I-37", `order ${order.order} ${what}`);
}
