// Orders whose trigger is judged by the mark price: they wait in books of their own, and are set off where the mark
// reaches them while the trades' path is walked. It costs nothing where no order waits for the mark; what fills is matching's.

import type { BarSeries, Instrument, MarketIndex, OrderTerms, Price } from "../../domain/index.ts";
import type { FeeSchedule } from "./fees.ts";
import { MarkPath } from "./mark-path.ts";
import { Touches } from "./touches.ts";
import { TriggerBook } from "./trigger-book.ts";
import type { VenueOrder } from "./venue-order.ts";
import type { Venue } from "./venue.ts";

export abstract class MarkTriggers extends Touches {
  /** Bars in which orders waited for a mark that nobody knows: the trades stood for it. */
  unmarkedBars = 0;
  private readonly falls = new TriggerBook(1);
  private readonly rises = new TriggerBook(-1);
  declare private readonly way: MarkPath;
  /** The market has mark prices. */
  declare private readonly marked: boolean;
  /** The bar that the marks were drawn for. */
  private drawnBar = -1;
  /** The mark that has just set an order off; null between such orders. */
  private firedAt: Price | null = null;

  constructor(index: MarketIndex, instrument: Instrument, series: BarSeries, fees: FeeSchedule, venue: Venue) {
    super(index, instrument, series, fees, venue);
    const marks = venue.marks[index] ?? null;
    this.marked = marks !== null;
    this.way = new MarkPath(marks);
  }

  protected override marksWait(): boolean {
    return this.marked && !(this.falls.isEmpty && this.rises.isEmpty);
  }

  /** The price that an order's trigger looks at, when the trades are at a price. */
  protected override seen({ terms }: { readonly terms: OrderTerms | null }, price: Price): Price {
    if (terms === null || terms.triggerBy === "last" || !this.marked) return price;
    this.drawMarks();
    return this.firedAt ?? this.way.markAt(price);
  }

  /** Lowest of this bar in the eyes of an order's trigger. */
  protected lowOf({ terms }: VenueOrder): Price {
    return terms !== null && terms.triggerBy === "mark" && this.way.known ? this.way.low : this.low;
  }

  /** Highest of this bar in the eyes of an order's trigger. */
  protected highOf({ terms }: VenueOrder): Price {
    return terms !== null && terms.triggerBy === "mark" && this.way.known ? this.way.high : this.high;
  }

  /** Whether the mark of this bar is known. */
  protected knowsMark(): boolean {
    if (!this.marked) return false;
    this.drawMarks();
    return this.way.known;
  }

  private drawMarks(): void {
    if (this.drawnBar === this.bar) return;
    this.drawnBar = this.bar;
    this.way.draw(this.series.timeAt(this.bar), this.series.closeTimeAt(this.bar), this.drawPath(this.bar));
    if (!this.way.known && this.marksWait()) this.unmarkedBars += 1;
  }

  // ---- books ----------------------------------------------------------------------------------------------------

  protected override book(order: VenueOrder): void {
    if (!order.special || !waitsForMark(order)) return super.book(order);
    order.threshold = order.stop;
    (order.wakesOn() === 1 ? this.falls : this.rises).add(order);
  }

  protected override unbook(order: VenueOrder): void {
    if (!order.special || order.book === 0 || !waitsForMark(order)) return super.unbook(order);
    (order.book === 1 ? this.falls : this.rises).remove(order);
  }

  // ---- the path -------------------------------------------------------------------------------------------------

  /** Whether the open's mark has passed a trigger. */
  protected marksCrossed(open: Price): boolean {
    if (!this.marksWait()) return false;
    this.drawMarks();
    const mark = this.way.markAt(open);
    return mark <= this.falls.best || mark >= this.rises.best;
  }

  /** The path decides which comes first: triggers by the mark on both sides, or one by the mark and another order on the other side. */
  protected override marksDecide(): boolean {
    if (!this.marksWait()) return false;
    const falls = this.way.low <= this.falls.best;
    const rises = this.way.high >= this.rises.best;
    return (falls && (rises || this.high >= this.ups.best)) || (rises && this.low <= this.downs.best);
  }

  protected override gapFills(open: Price): void {
    super.gapFills(open);
    if (!this.marked || this.isThin()) return;
    while (this.fireNext(open)) if (this.linkWork.length > 0) this.settleLinks(open);
  }

  protected override walkLeg(leg: number, from: Price, to: Price): void {
    if (this.marked) {
      this.drawMarks();
      this.way.leg(leg, this.path);
    }
    do {
      if (to < from) this.wake(this.downs, from, to);
      else if (to > from) this.wake(this.ups, from, to);
      // What the mark sets off may leave orders that the rest of the leg reaches.
    } while (this.marked && this.fireNext(to));
  }

  /** What happens on the way to a price may take the orders there away. @returns whether anything has */
  protected override comesFirst(price: Price): boolean {
    return this.liquidates(price) || (this.marked && this.fireNext(price));
  }

  private liquidates(price: Price, mark: Price | null = null): boolean {
    const { perpetuals } = this.venue;
    return perpetuals !== null && perpetuals.reach(this.index, price, this.now, mark);
  }

  /** Sets off the first order whose trigger the mark reaches by a price of the leg. @returns false when there is none */
  private fireNext(price: Price): boolean {
    if (!this.marksWait()) return false;
    const { way } = this;
    const mark = way.markAt(price);
    const order = this.reachedBy(this.falls, mark) ?? this.reachedBy(this.rises, mark);
    if (order === null) return false;
    const here = Math.min(Math.max(order.threshold, Math.min(way.start, mark)), Math.max(way.start, mark)) as Price;
    const traded = this.onTick(order, way.tradeAt(here, price, order.direction === 1 ? "ceil" : "floor"));
    if (this.liquidates(traded, here)) return true;
    this.unbook(order);
    order.passedIn = 0;
    this.firedAt = here;
    this.trigger(order, traded);
    if (this.linkWork.length > 0) this.settleLinks(traded);
    this.firedAt = null;
    return true;
  }

  private reachedBy(book: TriggerBook, mark: Price): VenueOrder | null {
    if ((book.best - mark) * book.direction < 0) return null;
    const order = book.next(this.round);
    return order === null || (order.threshold - mark) * book.direction < 0 ? null : order;
  }

  /** The trade price beside a mark lies between ticks: the next one against the order, inside the bar. */
  private onTick(order: VenueOrder, price: Price): Price {
    const tick = this.instrument.roundPrice(price, order.direction === 1 ? "up" : "down");
    return Math.min(Math.max(tick, this.low), this.high) as Price;
  }
}

function waitsForMark({ stop, terms }: VenueOrder): boolean {
  return stop !== 0 && terms !== null && terms.triggerBy === "mark";
}
