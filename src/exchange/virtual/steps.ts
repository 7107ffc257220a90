// What is walked of a market, and which bar of the strategy a step of that belongs to. Without finer data a step is that
// bar; inside-venue.ts knows the other case. It must never know an order.

import type { BarSeries, Instrument, MarketIndex, Millis, OrderNumber, Price, Quantity } from "../../domain/index.ts";
import type { Venue } from "./venue.ts";

export abstract class Steps {
  declare readonly index: MarketIndex;
  declare readonly instrument: Instrument;
  declare readonly series: BarSeries;
  declare protected readonly venue: Venue;
  /** Last bar of the series that was opened; -1 before the first. */
  bar = -1;

  constructor(index: MarketIndex, instrument: Instrument, series: BarSeries, venue: Venue) {
    this.index = index;
    this.instrument = instrument;
    this.series = series;
    this.venue = venue;
  }

  /** The bar of the strategy that was handled last. */
  get frame(): number {
    return this.bar;
  }

  /** The bar of the strategy that a step belongs to; asked in order. */
  frameOf(step: number): number {
    return step;
  }

  // Where a taker's price may lie, and the volume that an order is a share of.

  /** No execution lies below. */
  floor(): Price {
    return this.series.lowAt(this.bar);
  }

  /** No execution lies above. */
  ceiling(): Price {
    return this.series.highAt(this.bar);
  }

  turnover(): Quantity {
    return this.series.volumeAt(this.bar);
  }

  // Between two steps.

  /** Time passes. */
  elapse(_until: Millis): void {}

  /** True while a request about an order has not arrived. On bars all of them are there at the next open. */
  isOnItsWay(_order: OrderNumber): boolean {
    return false;
  }
}
