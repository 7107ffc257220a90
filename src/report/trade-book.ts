// Closed trades out of fills: which entry each exit closed, first in first out or last in first out, and how much of it
// makes one line. It must never move money: the account's own P&L is average-cost, in domain/position.

import { mulDiv, type Instrument, type Money, type Price, type Quantity, type Side } from "../domain/index.ts";

/** The entry that an exit closes first: the oldest or the newest. */
export type LotOrder = "fifo" | "lifo";

/**
 * What makes one trade: each pair of an entry and an exit (`pair`), everything that one exit closed (`reduction`), or
 * everything from flat to flat (`flat`).
 */
export type TradeGrouping = "pair" | "reduction" | "flat";

/** One execution in the units of the instrument; `fee` in units of its money. */
export interface TradeFill {
  /** Epoch ms. */
  readonly time: number;
  readonly side: Side;
  readonly price: Price;
  readonly quantity: Quantity;
  readonly fee: Money;
}

export interface ClosedTrade {
  readonly side: "LONG" | "SHORT";
  /** Units of the instrument, > 0. */
  readonly quantity: Quantity;
  /** First entry and last exit, epoch ms. */
  readonly entryTime: number;
  readonly exitTime: number;
  /** Averages by quantity, float64: for people, never for money. */
  readonly entryPrice: number;
  readonly exitPrice: number;
  /** Value at exit − value at entry (short: the other way round), before fees. */
  readonly gross: Money;
  /** Share of the entries' and exits' fees; a fill that two trades use is shared out by quantity. */
  readonly fees: Money;
}

/** What is left of a fill. Taking a part shares value and fee out once; the rest stays, so that all parts sum to the whole. */
class Remainder {
  declare readonly time: number;
  declare readonly price: Price;
  quantity: number;
  private value: number;
  private fee: number;

  constructor(fill: TradeFill, instrument: Instrument) {
    this.time = fill.time;
    this.price = fill.price;
    this.quantity = fill.quantity;
    this.value = instrument.notional(fill.price, fill.quantity);
    this.fee = fill.fee;
  }

  /** @param quantity at most what is left */
  take(quantity: number): { readonly value: number; readonly fee: number } {
    const whole = quantity === this.quantity;
    const value = whole ? this.value : mulDiv(this.value, quantity, this.quantity);
    const fee = whole ? this.fee : mulDiv(this.fee, quantity, this.quantity);
    this.quantity -= quantity;
    this.value -= value;
    this.fee -= fee;
    return { value, fee };
  }
}

/** Pairs that will be one trade. */
class Draft {
  private quantity = 0;
  private entryTime = Number.POSITIVE_INFINITY;
  private exitTime = Number.NEGATIVE_INFINITY;
  private entrySum = 0;
  private exitSum = 0;
  private gross = 0;
  private fees = 0;

  add(entry: Remainder, exit: Remainder, quantity: number, gains: 1 | -1): void {
    const opened = entry.take(quantity);
    const closed = exit.take(quantity);
    this.quantity += quantity;
    this.entryTime = Math.min(this.entryTime, entry.time);
    this.exitTime = Math.max(this.exitTime, exit.time);
    this.entrySum += entry.price * quantity;
    this.exitSum += exit.price * quantity;
    this.gross += gains * (closed.value - opened.value);
    this.fees += opened.fee + closed.fee;
  }

  trade(side: "LONG" | "SHORT", { pricePower }: Instrument): ClosedTrade {
    return {
      side,
      quantity: this.quantity as Quantity,
      entryTime: this.entryTime,
      exitTime: this.exitTime,
      entryPrice: this.entrySum / this.quantity / pricePower,
      exitPrice: this.exitSum / this.quantity / pricePower,
      gross: this.gross as Money,
      fees: this.fees as Money,
    };
  }
}

/** Matches the fills of one leg of one market. Give it every fill, in order; read `closed` at any time. */
export class TradeBook {
  /** In the order in which they closed. */
  readonly closed: ClosedTrade[] = [];
  declare private readonly instrument: Instrument;
  declare private readonly order: LotOrder;
  declare private readonly grouping: TradeGrouping;
  private readonly lots: Remainder[] = [];
  private long = true;
  private draft = new Draft();

  /** @defaultValue `fifo`, one trade a pair */
  constructor(instrument: Instrument, order: LotOrder = "fifo", grouping: TradeGrouping = "pair") {
    this.instrument = instrument;
    this.order = order;
    this.grouping = grouping;
  }

  apply(fill: TradeFill): void {
    const rest = new Remainder(fill, this.instrument);
    const buys = fill.side === "buy";
    if (this.lots.length > 0 && buys !== this.long) this.reduce(rest);
    if (rest.quantity === 0) return;
    // Flat before, or the fill was larger than the position and opens the other side.
    if (this.lots.length === 0) this.long = buys;
    this.lots.push(rest);
  }

  private reduce(exit: Remainder): void {
    const gains = this.long !== this.instrument.inverse ? 1 : -1;
    while (exit.quantity > 0 && this.lots.length > 0) {
      const at = this.order === "fifo" ? 0 : this.lots.length - 1;
      const lot = this.lots[at] as Remainder;
      this.draft.add(lot, exit, Math.min(lot.quantity, exit.quantity), gains);
      if (lot.quantity === 0) this.lots.splice(at, 1);
      if (this.grouping === "pair") this.close();
    }
    if (this.grouping === "reduction" || (this.grouping === "flat" && this.lots.length === 0)) this.close();
  }

  private close(): void {
    this.closed.push(this.draft.trade(this.long ? "LONG" : "SHORT", this.instrument));
    this.draft = new Draft();
  }
}
