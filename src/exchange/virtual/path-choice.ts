// What a bar leaves open: the order of its extremes, and whether a life that ends inside it still saw a price. It marks the
// bars in which that may matter and lets a world take the other answer; it must never decide a fill itself.

import type { Price } from "../../domain/index.ts";
import type { VenueOrder } from "./venue-order.ts";

/** The open choices of one market. Marks err on the side of a choice: that nothing depends on it is found by comparing. */
export class PathChoice {
  /** The last bar whose outcome may depend on the order of its extremes; -1 before the first. */
  bar = -1;
  /** Bars that woke orders below and above their open, or moved a stop and reached it: each counts once. */
  ambiguousBars = 0;
  private ambiguousBar = -1;
  /** The last bar that may have reached an order whose life ended inside it; -1 before the first. */
  livesBar = -1;
  /** The bar whose extremes come in the other order than the fill model says; -1 = none. */
  turned = -1;
  /** The bar in which such orders live to its close; -1 = none. */
  whole = -1;
  /** Bars that the path `worst` or `best` has turned. */
  readonly turnedBars: Set<number> = new Set<number>();

  /** The path `worst` or `best` takes the other order in a bar. */
  turn(bar: number): void {
    this.turned = bar;
    this.turnedBars.add(bar);
  }

  /** The assumed path decides something in a bar. */
  count(bar: number): void {
    this.bar = bar;
    if (this.ambiguousBar === bar) return;
    this.ambiguousBar = bar;
    this.ambiguousBars += 1;
  }

  /** An order's life ends inside a bar. @returns true in the world in which it still meets the path */
  livesOn({ direction, limit, stop }: VenueOrder, bar: number, low: Price, high: Price): boolean {
    // A stop becomes something else on the way: only a limit's own price says that it is out of reach.
    const reached = stop !== 0 || (direction === 1 ? low <= limit : high >= limit);
    if (!reached) return false;
    this.livesBar = bar;
    return this.whole === bar;
  }
}
