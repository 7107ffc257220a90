// Resting orders that one direction of price wakes, behind a cached best threshold: an idle bar costs one comparison
// whatever the number of orders. They lie in no order: the next to wake is looked for when a price has reached one.

import { InvariantError } from "../../domain/index.ts";
import type { VenueOrder } from "./venue-order.ts";

/** `direction` 1: orders that a fall to ≤ threshold wakes, highest first. -1: a rise to ≥ threshold, lowest first. */
export class TriggerBook {
  declare readonly direction: 1 | -1;
  /** Threshold of the first order to wake; -Infinity (or Infinity) when empty. */
  declare best: number;
  /** The orders form a chain, the one that came last first: to join and to leave it costs half of what an array does. */
  private first: VenueOrder | null = null;

  constructor(direction: 1 | -1) {
    this.direction = direction;
    this.best = direction * Number.NEGATIVE_INFINITY;
  }

  get isEmpty(): boolean {
    return this.first === null;
  }

  add(order: VenueOrder): void {
    const { first, direction } = this;
    const { threshold } = order;
    order.holder = this;
    order.book = direction;
    order.before = null;
    order.after = first;
    if (first !== null) first.before = order;
    this.first = order;
    if ((threshold - this.best) * direction > 0) this.best = threshold;
  }

  remove(order: VenueOrder): void {
    if (order.holder !== this) throw new InvariantError("I-37", `order ${order.order} is not in its book`);
    const { before, after } = order;
    if (before === null) this.first = after;
    else before.after = after;
    if (after !== null) after.before = before;
    order.holder = null;
    order.book = 0;
    if (order.threshold === this.best) this.findBest();
  }

  /** The order that wakes first, of those that have not had their turn in a round; equal thresholds wake in arrival order. */
  next(round: number): VenueOrder | null {
    const { direction } = this;
    let first: VenueOrder | null = null;
    for (let order = this.first; order !== null; order = order.after) {
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
    const { direction } = this;
    let best = direction * Number.NEGATIVE_INFINITY;
    for (let order = this.first; order !== null; order = order.after) if ((order.threshold - best) * direction > 0) best = order.threshold;
    this.best = best;
  }
}
