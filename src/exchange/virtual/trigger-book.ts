// Resting orders that one direction of price wakes, behind a cached best threshold: an idle bar costs one comparison
// whatever the number of orders. They lie in no order: the next to wake is looked for when a price has reached one.

import { InvariantError } from "../../domain/index.ts";
import type { VenueOrder } from "./venue-order.ts";

/** `direction` 1: orders that a fall to ≤ threshold wakes, highest first. -1: a rise to ≥ threshold, lowest first. */
export class TriggerBook {
  declare readonly direction: 1 | -1;
  /** Threshold of the first order to wake; -Infinity (or Infinity) when empty. */
  declare best: number;
  private readonly orders: (VenueOrder | null)[] = [];
  private count = 0;

  constructor(direction: 1 | -1) {
    this.direction = direction;
    this.best = direction * Number.NEGATIVE_INFINITY;
  }

  get length(): number {
    return this.count;
  }

  add(order: VenueOrder): void {
    const { threshold } = order;
    this.orders[this.count] = order;
    order.bookPlace = this.count;
    this.count += 1;
    order.book = this.direction;
    if ((threshold - this.best) * this.direction > 0) this.best = threshold;
  }

  remove(order: VenueOrder): void {
    const { orders } = this;
    const place = order.bookPlace;
    if (orders[place] !== order) throw new InvariantError("I-37", `order ${order.order} is not in its book`);
    this.count -= 1;
    const last = orders[this.count] as VenueOrder;
    if (last !== order) {
      orders[place] = last;
      last.bookPlace = place;
    }
    orders[this.count] = null;
    order.book = 0;
    if (order.threshold === this.best) this.findBest();
  }

  /** The order that wakes first, of those that have not had their turn in a round; equal thresholds wake in arrival order. */
  next(round: number): VenueOrder | null {
    const { orders, direction } = this;
    let first: VenueOrder | null = null;
    for (let n = 0; n < this.count; n += 1) {
      const order = orders[n] as VenueOrder;
      if (order.passedIn === round) continue;
      if (first === null) {
        first = order;
        continue;
      }
      const ahead = (order.threshold - first.threshold) * direction;
      if (ahead > 0 || (ahead === 0 && order.priority < first.priority)) first = order;
    }
    return first;
  }

  private findBest(): void {
    const { orders, direction, count } = this;
    let best = direction * Number.NEGATIVE_INFINITY;
    for (let n = 0; n < count; n += 1) {
      const { threshold } = orders[n] as VenueOrder;
      if ((threshold - best) * direction > 0) best = threshold;
    }
    this.best = best;
  }
}
