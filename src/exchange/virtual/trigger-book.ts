// Resting orders that one direction of price wakes, behind a cached best threshold: an idle bar costs one comparison
// whatever the number of orders.

import { InvariantError } from "../../domain/index.ts";
import type { VenueOrder } from "./venue-order.ts";

/** `direction` 1: orders that a fall to ≤ threshold wakes, highest first. -1: a rise to ≥ threshold, lowest first. */
export class TriggerBook {
  declare readonly direction: 1 | -1;
  /** Threshold of the first order to wake; -Infinity (or Infinity) when empty. */
  declare best: number;
  // Ascending priority: the first to wake is last, so that taking it moves nothing.
  private readonly orders: VenueOrder[] = [];

  constructor(direction: 1 | -1) {
    this.direction = direction;
    this.best = direction * Number.NEGATIVE_INFINITY;
  }

  get length(): number {
    return this.orders.length;
  }

  /** n = length - 1 is the first to wake. */
  at(n: number): VenueOrder {
    return this.orders[n] as VenueOrder;
  }

  add(order: VenueOrder): void {
    const at = this.position(order);
    const { orders } = this;
    for (let n = orders.length; n > at; n -= 1) orders[n] = orders[n - 1] as VenueOrder;
    orders[at] = order;
    order.book = this.direction;
    this.refresh();
  }

  remove(order: VenueOrder): void {
    const at = this.position(order);
    if (this.orders[at] !== order) throw new InvariantError("I-37", `order ${order.order} is not in its book`);
    for (let n = at + 1; n < this.orders.length; n += 1) this.orders[n - 1] = this.orders[n] as VenueOrder;
    this.orders.pop();
    order.book = 0;
    this.refresh();
  }

  // First index whose order does not wake before `order`; equal thresholds wake in arrival order.
  private position(order: VenueOrder): number {
    const key = order.threshold * this.direction;
    let low = 0;
    let high = this.orders.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.orders[middle] as VenueOrder;
      const otherKey = other.threshold * this.direction;
      if (otherKey < key || (otherKey === key && other.priority > order.priority)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  // An empty array is not asked for its element -1: that is a lookup by name, a hundred times as slow.
  private refresh(): void {
    const { length } = this.orders;
    this.best = length === 0 ? this.direction * Number.NEGATIVE_INFINITY : (this.orders[length - 1] as VenueOrder).threshold;
  }
}
