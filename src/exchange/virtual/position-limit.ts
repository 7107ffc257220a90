// How large a position may be at the session's leverage: above a tier's value a venue takes no order that enlarges it. It
// counts what is open and what rests, as the venues do; it never judges a position that has grown by its price alone.

import type { Instrument, Money, Position, Price, Quantity } from "../../domain/index.ts";
import type { MarginTiers } from "./margin-tiers.ts";

/** An order that enlarges a position. */
export interface EnlargingOrder {
  readonly remaining: Quantity;
  readonly price: Price;
}

export class PositionLimit {
  declare private readonly instrument: Instrument;
  declare private readonly largest: Money;

  private constructor(instrument: Instrument, largest: Money) {
    this.instrument = instrument;
    this.largest = largest;
  }

  /** null: the tiers allow every value at this leverage. */
  static of(instrument: Instrument, tiers: MarginTiers | undefined, leverage: number): PositionLimit | null {
    const largest = tiers?.largestValue(leverage) ?? null;
    return largest === null ? null : new PositionLimit(instrument, largest);
  }

  /**
   * True when position and orders of one direction, all filled, were worth more than the tier allows. What closes the other
   * side of a net position counts against it.
   * @param price of what is open now. @param orders the new one and those that rest, of one leg and one direction
   */
  exceeded(position: Position, price: Price, direction: 1 | -1, orders: readonly EnlargingOrder[]): boolean {
    const open = this.instrument.notional(price, Math.abs(position.quantity) as Quantity);
    let value: number = position.quantity > 0 === (direction === 1) ? open : -open;
    for (const order of orders) value += this.instrument.notional(order.price, order.remaining);
    return value > this.largest;
  }
}
