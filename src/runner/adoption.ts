// What a leg has taken over from a report of the venue, as far as no fact has explained it yet. A report may overtake the fills and
// closes that it knows of: told later, they say what the difference was, and must never be counted a second time.

import { mulDiv, type Instrument, type Moment, type Price, type Quantity } from "../domain/index.ts";

/** A part of a position that was closed: what it had cost, and the fees that were paid for it. All ≥ 0, in units. */
export interface ClosedPart {
  readonly quantity: number;
  readonly cost: number;
  readonly entryFees: number;
}

/** What the report has done to the book. */
interface Change {
  /** Signed. */
  readonly change: number;
  /** At which the book has taken it over. */
  readonly price: Price;
  /** The position before was a long one. */
  readonly ofLong: boolean;
  /** What of it was closed. */
  readonly closed: ClosedPart;
}

export class Adoption {
  /** Of the report: what happened before it is in the book. */
  declare readonly moment: Moment;
  declare private readonly instrument: Instrument;
  declare private readonly price: Price;
  /** Not explained, signed: > 0 as if bought. */
  declare private open: number;
  /** Value of `open`, with its sign. */
  declare private value: number;
  declare readonly ofLong: boolean;
  /** Without what is explained. */
  declare private closed: ClosedPart;

  constructor(instrument: Instrument, moment: Moment, { change, price, ofLong, closed }: Change) {
    this.instrument = instrument;
    this.moment = moment;
    this.price = price;
    this.open = change;
    this.value = this.valueOf(change);
    this.ofLong = ofLong;
    this.closed = closed;
  }

  /**
   * A trade that the report knew of is told.
   * @param change of the leg, signed. @param value of the trade, with the same sign
   * @returns what the money of the book was wrong by
   */
  explain(change: number, value: number): number {
    const open = this.open - change;
    const rest = open === 0 ? 0 : this.valueOf(open);
    const gain = this.value - rest - value;
    this.open = open;
    this.value = rest;
    return this.instrument.inverse ? -gain : gain;
  }

  /** The share of what was closed that a trade of a signed quantity explains. */
  takeClosed(change: number): ClosedPart {
    const { quantity, cost, entryFees } = this.closed;
    if (quantity === 0 || change > 0 === this.ofLong) return nothing;
    const taken = Math.min(quantity, Math.abs(change));
    const part = { quantity: taken, cost: mulDiv(cost, taken, quantity), entryFees: mulDiv(entryFees, taken, quantity) };
    this.closed = { quantity: quantity - taken, cost: cost - part.cost, entryFees: entryFees - part.entryFees };
    return part;
  }

  private valueOf(signed: number): number {
    const value = this.instrument.notional(this.price, Math.abs(signed) as Quantity);
    return signed > 0 ? value : -value;
  }

  snapshot(): unknown {
    const { moment, price, open, value, ofLong, closed } = this;
    return { time: moment.time, sequence: moment.sequence, price, open, value, ofLong, closed };
  }
}

const nothing: ClosedPart = { quantity: 0, cost: 0, entryFees: 0 };
