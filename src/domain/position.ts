// A position holds a signed quantity and the exact cost of what is open. Average entry is a view, never a stored price.

import type { Money, Price, Quantity } from "./brand.ts";
import { parseDecimal, printDecimal } from "./decimal.ts";
import { assert, InvariantError } from "./errors.ts";
import type { Instrument } from "./instrument.ts";
import { mulDiv, wideZero } from "./numbers.ts";
import type { Leg } from "./order.ts";
import { divideDecimals, multiplyDecimals } from "./precision.ts";

/** Decimals that an average entry is printed with at most: it is a ratio, not a price. */
const entryDecimals = 12;

/** One lot of a leg, newest last. */
export interface Lot {
  readonly quantity: Quantity;
  readonly price: Price;
}

/**
 * Open lots, newest on top: gross reduction closes the newest lots first (LIFO). Two arrays, nothing allocated per fill: what lies
 * above `length` is of lots that are closed.
 */
export class LotStack {
  private readonly quantities: number[] = [];
  private readonly prices: number[] = [];
  private count = 0;
  private sum = 0;

  get length(): number {
    return this.count;
  }

  /** Σ quantity of the open lots. */
  get total(): Quantity {
    return this.sum as Quantity;
  }

  push(quantity: Quantity, price: Price): void {
    const { count, quantities, prices } = this;
    if (count === quantities.length) {
      quantities.push(quantity);
      prices.push(price);
    } else {
      quantities[count] = quantity;
      prices[count] = price;
    }
    this.count = count + 1;
    this.sum += quantity;
  }

  /** Adds to the newest lot at its own price. */
  enlarge(quantity: number): void {
    const top = this.count - 1;
    assert(top >= 0 && quantity >= 0, "I-09", () => `there is no lot to enlarge by ${quantity}`);
    this.quantities[top] = (this.quantities[top] as number) + quantity;
    this.sum += quantity;
  }

  /** Takes `quantity` from the newest lots. */
  reduce(quantity: number): void {
    if (quantity > this.sum) throw new InvariantError("I-09", `a reduction of ${quantity} is larger than the open lots of ${this.sum}`);
    this.sum -= quantity;
    let left = quantity;
    while (left > 0) {
      const top = this.count - 1;
      const lot = this.quantities[top] as number;
      if (lot > left) {
        this.quantities[top] = lot - left;
        return;
      }
      left -= lot;
      this.count = top;
    }
  }

  clear(): void {
    this.count = 0;
    this.sum = 0;
  }

  restore(lots: readonly Lot[]): void {
    this.clear();
    for (const { quantity, price } of lots) this.push(quantity, price);
  }

  /** Oldest first. */
  list(): Lot[] {
    return this.quantities.slice(0, this.count).map((quantity, at) => ({ quantity: quantity as Quantity, price: this.prices[at] as Price }));
  }
}

export interface PositionState {
  readonly leg: Leg;
  readonly quantity: Quantity;
  readonly cost: Money;
  readonly realized: Money;
  readonly lots: readonly Lot[];
}

/** One leg of one market. Quantity is signed: LONG ≥ 0, SHORT ≤ 0, NET any. */
export class Position {
  declare readonly instrument: Instrument;
  declare readonly leg: Leg;
  quantity = 0 as Quantity;
  /** Value at entry of what is open, ≥ 0, in the settlement currency. */
  cost = wideZero as Money;
  /** P&L of everything closed so far, before fees. */
  realized = wideZero as Money;
  readonly lots: LotStack = new LotStack();

  constructor(instrument: Instrument, leg: Leg) {
    this.instrument = instrument;
    this.leg = leg;
  }

  /**
   * Applies a fill of a signed quantity with its value in money. Increasing adds cost; reducing takes its share of the
   * cost once, half away from zero, and the remainder stays; crossing zero closes and re-opens at the fill's price.
   * @returns the realised P&L of this fill before fees
   */
  apply(signed: Quantity, price: Price, value: Money): Money {
    const before = this.quantity;
    if (signed === 0 || value < 0) throw new InvariantError("I-07", `a fill of ${signed} with value ${value} is no fill`);
    if (before === 0 || signed > 0 === before > 0) {
      this.quantity = (before + signed) as Quantity;
      this.cost = (this.cost + value) as Money;
      this.lots.push(Math.abs(signed) as Quantity, price);
      return 0 as Money;
    }
    const open = Math.abs(before);
    const size = Math.abs(signed);
    const closing = Math.min(open, size);
    const closedCost = closing === open ? this.cost : mulDiv(this.cost, closing, open);
    const closedValue = closing === size ? value : mulDiv(value, closing, size);
    const gain = (before > 0 !== this.instrument.inverse ? closedValue - closedCost : closedCost - closedValue) as Money;
    this.quantity = (before + signed) as Quantity;
    this.cost = (this.cost - closedCost) as Money;
    this.realized = (this.realized + gain) as Money;
    this.lots.reduce(closing);
    if (size > open) {
      this.cost = (value - closedValue) as Money;
      this.lots.push((size - open) as Quantity, price);
    }
    if (this.quantity === 0 && this.cost !== 0)
      throw new InvariantError("I-06", `a flat ${this.leg} position of ${this.instrument.symbol} keeps a cost of ${this.cost}`);
    return gain;
  }

  /**
   * Takes base-currency fees out of a spot holding: quantity falls, cost stays (the coin became dearer); a rebate is
   * the other way round. A fee never turns a holding into a short: what exceeds it is paid with other coins, and the
   * cost of a holding that a fee used up is a loss.
   * @param fee signed, in units of the quantity
   */
  takeBaseFee(fee: Quantity): void {
    if (this.quantity <= 0) return;
    const taken = Math.min(fee, this.quantity);
    this.quantity = (this.quantity - taken) as Quantity;
    if (taken > 0) this.lots.reduce(taken);
    else this.lots.enlarge(-taken);
    if (this.quantity !== 0) return;
    this.realized = (this.realized - this.cost) as Money;
    this.cost = 0 as Money;
  }

  /** Forgets the position without a trade: it was closed outside. */
  clear(): void {
    this.quantity = 0 as Quantity;
    this.cost = 0 as Money;
    this.lots.clear();
  }

  /** Plain data. */
  snapshot(): PositionState {
    const { leg, quantity, cost, realized } = this;
    return { leg, quantity, cost, realized, lots: this.lots.list() };
  }

  restore({ leg, quantity, cost, realized, lots }: PositionState): void {
    assert(leg === this.leg, "I-23", () => `the state of a ${leg} leg is no ${this.leg} leg's`);
    this.quantity = quantity;
    this.cost = cost;
    this.realized = realized;
    this.lots.restore(lots);
  }

  /** P&L of the open quantity at a price, in the settlement currency. */
  unrealized(price: Price): Money {
    if (this.quantity === 0) return 0 as Money;
    const long = this.quantity > 0;
    const value = this.instrument.notional(price, Math.abs(this.quantity) as Quantity);
    return (long !== this.instrument.inverse ? value - this.cost : this.cost - value) as Money;
  }

  /** Average entry, exact cost ÷ quantity (inverse: quantity ÷ cost), as decimal text; null when flat. */
  entryText(): string | null {
    if (this.quantity === 0) return null;
    const { instrument } = this;
    const cost = { units: BigInt(this.cost), scale: instrument.moneyScale };
    const quantity = { units: BigInt(Math.abs(this.quantity)), scale: instrument.quantityScale };
    const size = multiplyDecimals(quantity, parseDecimal(instrument.rules.contractSize));
    return printDecimal(instrument.inverse ? divideDecimals(size, cost, entryDecimals) : divideDecimals(cost, size, entryDecimals));
  }

  /** Average entry as a float64, 0 when flat: for strategies and reports, never for money. */
  averageEntry(): number {
    if (this.quantity === 0) return 0;
    const quantity = Math.abs(this.quantity) / this.instrument.quantityPower;
    const cost = this.cost / this.instrument.moneyPower;
    const size = this.instrument.contractSizeNumber;
    return this.instrument.inverse ? (quantity * size) / cost : cost / (quantity * size);
  }
}
