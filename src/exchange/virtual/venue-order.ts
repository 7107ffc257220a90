// An order as the venue holds it. Mutable, owned by the engine alone; what leaves is an event.

import type { Millis, Money, OrderFilled, OrderNumber, OrderRequest, OrderStatus, Price, Quantity } from "../../domain/index.ts";

export class VenueOrder {
  declare readonly order: OrderNumber;
  declare readonly request: OrderRequest;
  declare readonly venueOrderId: number;
  /** +1 buy, -1 sell. */
  declare readonly direction: 1 | -1;
  /** Bound by the position: reduce-only, or the closing side of a hedge leg. */
  declare readonly closing: boolean;
  /** Instant from which the order no longer fills inside a bar (its time to live); 0 = none. */
  declare readonly expiry: number;
  /** Exact limit price; 0 = none. */
  declare limit: Price;
  /** Exact trigger; 0 = none or already triggered. */
  declare trigger: Price;
  declare quantity: Quantity;
  filled = 0 as Quantity;
  /** Margin or spot funds held for it. */
  reserved = 0 as Money;
  /** Price at which the book wakes it: see TriggerBook. */
  threshold = 0;
  /** The book that holds it: 1 waits for a fall, -1 for a rise, 0 in none (suspended). */
  book: 1 | -1 | 0 = 0;
  /** Price-time priority: later arrivals and re-priced orders queue behind. */
  priority = 0;
  status: OrderStatus = "SUBMITTED";
  /** A triggered stop-limit whose limit arrives at the next open. */
  awaitsOpen = false;
  /** When `status` became final; -1 while the order is open. */
  endTime = -1;
  /** Executions so far, for queries; null before the first. */
  fills: OrderFilled[] | null = null;
  /** The last round of waking in which the order had its turn. */
  passedIn = 0;
  /** Share of the rest that the next fill may take, from an injected partial fill; null = all. */
  partialShare: { numerator: number; denominator: number } | null = null;

  constructor(request: OrderRequest, venueOrderId: number, arrival: Millis, closing: boolean) {
    this.order = request.order;
    this.request = request;
    this.venueOrderId = venueOrderId;
    this.direction = request.side === "buy" ? 1 : -1;
    this.closing = closing;
    this.expiry = request.timeToLive === null ? 0 : arrival + request.timeToLive;
    this.limit = (request.price ?? 0) as Price;
    this.trigger = (request.trigger ?? 0) as Price;
    this.quantity = request.quantity;
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
    if (this.trigger === 0) return this.direction;
    const takeProfit = this.request.type === "take_profit_market" || this.request.type === "take_profit_limit";
    // A sell stop waits for a fall, a buy stop for a rise; a take-profit is the other way round.
    return takeProfit === (this.direction === 1) ? 1 : -1;
  }
}
