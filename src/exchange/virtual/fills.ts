// How much of an order of one market fills, what a fill does to it, and its end. Which order fills, when and at which price is
// matching.ts's; the account and the outbox are the engine's.

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
import type { VenueOrder } from "./venue-order.ts";
import type { Venue } from "./venue.ts";

export abstract class Fills extends Holds {
  declare readonly fees: FeeSchedule;
  readonly orders: OrderTable<VenueOrder> = new OrderTable<VenueOrder>();
  /** What its bars leave open. */
  readonly choice: PathChoice = new PathChoice();
  /** Orders that are looked at in every bar: with a life of their own, or a trail. */
  protected watched = 0;
  /** Trailing stops. */
  protected readonly trails: VenueOrder[] = [];
  protected now = wideZero as Millis;
  /** Bounds of the step that is handled. */
  low = wideZero as Price;
  high = wideZero as Price;
  declare protected readonly cap: Ratio | null;
  protected capLeft = Number.MAX_SAFE_INTEGER as Quantity;
  /** The bar that `capLeft` belongs to. */
  protected capBar = -1;
  /** True while the path of a bar is walked, and not its open or close. */
  protected walking = false;

  constructor(index: MarketIndex, instrument: Instrument, series: BarSeries, fees: FeeSchedule, venue: Venue) {
    super(index, instrument, series, venue);
    this.fees = fees;
    this.cap = venue.fill.volumeCap === null ? null : parseRatio(venue.fill.volumeCap);
  }

  // Orders that hang on others are links.ts's, the books matching.ts's.
  protected abstract fillLinked(order: VenueOrder, quantity: Quantity): void;
  protected abstract endLinked(order: VenueOrder): void;
  protected abstract unbook(order: VenueOrder): void;

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
  protected isStranded(order: VenueOrder): boolean {
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
