// An order as the venue holds it, from its request on. Mutable, owned by the engine alone; what leaves is an event. Its
// objects are used again once the venue no longer remembers their order.

import {
  RequestFields,
  wideZero,
  type Millis,
  type Money,
  type OrderFilled,
  type OrderNames,
  type OrderRequest,
  type OrderStatus,
  type Price,
  type Quantity,
} from "../../domain/index.ts";
import type { Allowance } from "./linked-order.ts";

/** Of the request only the quantity changes: an amendment sets it. */
export class VenueOrder extends RequestFields {
  // ---- what the venue makes of it
  venueOrderId = 0;
  /** +1 buy, -1 sell. */
  direction: 1 | -1 = 1;
  /** It can only shrink its position: reduce-only, or the closing side of a hedge leg. */
  closing = false;
  /** Instant from which the order no longer fills inside a bar (its time to live); 0 = none. */
  expiry = 0;
  /** Limit price that holds now; 0 = none. */
  limit = 0 as Price;
  /** Trigger that holds now; 0 = none or already triggered. */
  stop = 0 as Price;
  filled = 0 as Quantity;
  /** Margin or spot funds held for it. */
  reserved = wideZero as Money;
  /** Price at which the book wakes it: see TriggerBook. */
  threshold = 0;
  /** The book that holds it: 1 waits for a fall, -1 for a rise, 0 in none (suspended). */
  book: 1 | -1 | 0 = 0;
  /** That book itself, and the orders that lie beside it there. */
  holder: object | null = null;
  before: VenueOrder | null = null;
  after: VenueOrder | null = null;
  /** Price-time priority: later arrivals and re-priced orders queue behind. */
  priority = 0;
  /** NEW until it has been accepted. */
  status: OrderStatus = "NEW";
  /** A triggered stop-limit whose limit arrives at the next open. */
  awaitsOpen = false;
  /** When the venue accepted it. */
  startTime = wideZero;
  /** A fault has had its turn: it was held back, or sent again. */
  heldBack = false;
  /** When `status` became final; -1 while the order is open. */
  endTime = wideZero;
  /** Executions, for queries: nearly every order has one at the most. */
  private firstFill: OrderFilled | null = null;
  private laterFills: OrderFilled[] | null = null;
  /** The last round of waking in which the order had its turn. */
  passedIn = 0;
  /** A trailing stop: 1 waits for its activation price, 2 follows; 0 for every other order. */
  trailing: 0 | 1 | 2 = 0;
  /** It has a life, a day or terms: nobody else is to be equipped, or watched. */
  rare = false;
  /** Of a rarer kind: its prices alone do not say where it goes. */
  special = false;
  /** Other orders hang on it, or it hangs on others. */
  linked = false;
  /** What its links leave of it to fill; null = all of it. */
  allowance: Allowance | null = null;
  /** Share of the rest that the next fill may take, from an injected partial fill; null = all. */
  partialShare: { numerator: number; denominator: number } | null = null;

  /** Takes over a request; nothing of an earlier order stays. */
  load(request: OrderRequest): void {
    this.copy(request);
    const { names } = this;
    this.direction = names.direction;
    this.closing = names.closes === 1;
    this.rare = false;
    this.special = false;
    if (this.terms !== null || this.timeToLive !== null || names.daily === 1) this.mark(names);
    this.limit = (request.price ?? 0) as Price;
    this.stop = (request.trigger ?? 0) as Price;
    this.filled = 0 as Quantity;
    this.reserved = 0 as Money;
    this.book = 0;
    this.status = "NEW";
    this.awaitsOpen = false;
    this.endTime = -1;
    this.heldBack = false;
    this.firstFill = null;
    this.laterFills = null;
    this.passedIn = 0;
    this.trailing = 0;
    this.linked = false;
    this.allowance = null;
    this.partialShare = null;
  }

  /** What a life, a day or terms make of it. */
  private mark({ type }: OrderNames): void {
    this.rare = true;
    this.special = this.terms !== null || type === "market_on_close";
    if (this.terms !== null && this.terms.closePosition) this.closing = true;
  }

  /** From here on it is an order of the venue's. */
  accept(venueOrderId: number, arrival: Millis): void {
    this.venueOrderId = venueOrderId;
    // The venue ends the lives of GTD and DAY orders itself: watches.ts sets theirs.
    this.expiry = this.timeToLive === null ? 0 : arrival + this.timeToLive;
    this.startTime = arrival;
    this.status = "SUBMITTED";
  }

  /** Executions so far, in their order. */
  get fills(): readonly OrderFilled[] {
    return this.firstFill === null ? [] : [this.firstFill, ...(this.laterFills ?? [])];
  }

  set fills(fills: readonly OrderFilled[]) {
    this.firstFill = fills[0] ?? null;
    this.laterFills = fills.length > 1 ? fills.slice(1) : null;
  }

  keepFill(fill: OrderFilled): void {
    if (this.firstFill === null) this.firstFill = fill;
    else (this.laterFills ??= []).push(fill);
  }

  /** It has to be looked at in every bar: it has a life, waits for an hour or for the mark, or follows the price. */
  get watched(): boolean {
    if (this.expiry !== 0 || this.trailing !== 0) return true;
    return this.terms !== null && (this.terms.goodAfter !== null || this.terms.triggerBy === "mark");
  }

  get remaining(): Quantity {
    return (this.quantity - this.filled) as Quantity;
  }

  /** What the venue would have said at an instant, when `filled` of it had executed. */
  statusAt(time: Millis, filled: Quantity): OrderStatus {
    if (this.endTime >= 0 && this.endTime <= time) return this.status;
    return filled > 0 ? "PARTIAL" : "SUBMITTED";
  }

  /** +1 when a falling price wakes it, -1 when a rising one does. */
  wakesOn(): 1 | -1 {
    if (this.stop === 0) return this.direction;
    // A trailing stop is activated on the side on which a take-profit waits.
    return this.trailing === 1 ? this.direction : this.names.wakesOn;
  }
}
