// What a leg has taken over from a report of the venue, as far as no trade has explained it yet. A report may overtake the fills
// and closes that it knows of: told later, they say what the difference was, and must never be counted a second time.

import { mulDiv, type Instrument, type Moment, type Price, type Quantity } from "../../domain/index.ts";

/** A part of a position that was closed: what it had cost, and the fees that were paid for it. All ≥ 0, in units. */
interface ClosedPart {
  readonly quantity: number;
  readonly cost: number;
  readonly entryFees: number;
}

/** What a report has done to the book; its moment is the report's: what happened before it is in the book. */
export interface PositionAdoptionState extends Moment {
  /** At which the book has taken it over. */
  readonly price: Price;
  /** Not explained, signed: > 0 as if bought. */
  readonly open: number;
  /** Value of `open`, with its sign. */
  readonly value: number;
  /** That was booked for `open`. */
  readonly fee: number;
  /** The position before was a long one. */
  readonly ofLong: boolean;
  /** What of it was closed, without what is explained. */
  readonly closed: ClosedPart;
}

const nothing: ClosedPart = { quantity: 0, cost: 0, entryFees: 0 };

export class PositionAdoption {
  declare private readonly instrument: Instrument;
  declare private state: PositionAdoptionState;

  constructor(instrument: Instrument, state: PositionAdoptionState) {
    this.instrument = instrument;
    this.state = state;
  }

  get moment(): Moment {
    return this.state;
  }

  /** Not all of it has been explained. */
  get isOpen(): boolean {
    return this.state.open !== 0;
  }

  get ofLong(): boolean {
    return this.state.ofLong;
  }

  /**
   * A trade that the report knew of is told.
   * @param change of the leg, signed. @param paid value of the trade, with the same sign
   * @returns what the book has by now beyond what it had: the price and the fee at which it was taken over give way
   */
  explain(change: number, paid: number): number {
    const { price, open, value, fee } = this.state;
    const rest = open - change;
    const restValue = rest === 0 ? 0 : signedValue(this.instrument, price, rest);
    const share = Math.abs(change) >= Math.abs(open) ? fee : mulDiv(fee, Math.abs(change), Math.abs(open));
    this.state = { ...this.state, open: rest, value: restValue, fee: fee - share };
    const gain = value - restValue - paid;
    return (this.instrument.inverse ? -gain : gain) + share;
  }

  /** The share of what was closed that a trade of a signed quantity explains. */
  takeClosed(change: number): ClosedPart {
    const { quantity, cost, entryFees } = this.state.closed;
    if (quantity === 0 || change > 0 === this.ofLong) return nothing;
    const taken = Math.min(quantity, Math.abs(change));
    const part = { quantity: taken, cost: mulDiv(cost, taken, quantity), entryFees: mulDiv(entryFees, taken, quantity) };
    const closed = { quantity: quantity - taken, cost: cost - part.cost, entryFees: entryFees - part.entryFees };
    this.state = { ...this.state, closed };
    return part;
  }

  snapshot(): PositionAdoptionState {
    return this.state;
  }
}

/** Value of a quantity at a price, with the quantity's sign. */
export function signedValue(instrument: Instrument, price: Price, quantity: number): number {
  const value = instrument.notional(price, Math.abs(quantity) as Quantity);
  return quantity > 0 ? value : -value;
}
