// What the account keeps of each of its markets and in each of its currencies. Bookkeeping alone: what moves it, and whether it
// is consistent, is account.ts's.

import { checked, InvariantError, Position, wideZero, type Instrument, type Leg, type PositionMode, type Price } from "../../domain/index.ts";
import type { FeeSchedule } from "./fees.ts";

/** The account's money in one currency, in units of the currency's scale. */
export class Purse {
  declare readonly currency: string;
  /** Boot + realised P&L - fees, for margin markets. */
  wallet = wideZero;
  /** Σ signed cost of open margin positions. */
  openCost = wideZero;
  /** Held for open orders. */
  held = wideZero;

  constructor(currency: string) {
    this.currency = currency;
  }

  hold(amount: number): void {
    const held = checked(this.held + amount);
    this.held = held;
    if (held < 0) throw new InvariantError("I-19", `holds of ${this.currency} fell below zero`);
  }
}

export class AccountMarket {
  declare readonly index: number;
  declare readonly instrument: Instrument;
  declare readonly fees: FeeSchedule;
  /** Ledger indices; base and quote matter for spot only. */
  declare readonly settle: number;
  declare readonly base: number;
  /** Ledger indices of the fee's currency. */
  declare readonly buyFee: number;
  declare readonly sellFee: number;
  declare readonly settlePurse: Purse;
  declare readonly basePurse: Purse;
  /** One NET leg, or LONG and SHORT. */
  declare legs: readonly Position[];
  /** The only leg; null in hedge mode. */
  declare net: Position | null;
  /** Last price: the last close, or the open that is being handled; 0 before the first bar. */
  last = wideZero as Price;

  constructor(index: number, instrument: Instrument, fees: FeeSchedule, mode: PositionMode, currencies: readonly string[], purses: readonly Purse[]) {
    const { settle, base } = instrument.rules;
    this.index = index;
    this.instrument = instrument;
    this.fees = fees;
    this.settle = currencies.indexOf(settle);
    this.base = currencies.indexOf(instrument.spot ? base : settle);
    this.buyFee = currencies.indexOf(fees.currencyOf("buy"));
    this.sellFee = currencies.indexOf(fees.currencyOf("sell"));
    this.settlePurse = purses[this.settle] as Purse;
    this.basePurse = purses[this.base] as Purse;
    this.open(mode, (leg) => new Position(instrument, leg));
  }

  /** Its legs in a position mode, in place of those that it had. */
  open(mode: PositionMode, positionOf: (leg: Leg, at: number) => Position): void {
    const names: readonly Leg[] = mode === "hedge" ? ["LONG", "SHORT"] : ["NET"];
    this.legs = names.map(positionOf);
    this.net = mode === "hedge" ? null : (this.legs[0] as Position);
  }

  /** undefined when the position mode has no such leg. */
  position(leg: Leg): Position | undefined {
    const [first, second] = this.legs;
    return first?.leg === leg ? first : second?.leg === leg ? second : undefined;
  }
}
