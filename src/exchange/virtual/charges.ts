// Costs beside the maker and taker rate: brokerage by order or by share with its bounds, exchange and regulatory fees,
// taxes on one side. They are defined on an order as a whole, whatever the number of its fills. It must never see money
// move: it says what an order costs.

import {
  assert,
  divideBig,
  mulDiv,
  parseRatio,
  parseUnits,
  type Instrument,
  type Money,
  type OrderFilled,
  type Quantity,
  type Ratio,
  type Side,
} from "../../domain/index.ts";

/** One line of a contract note. */
export interface Charge {
  readonly name: string;
  /** On which orders. */
  readonly side: "both" | Side;
  /** What `rate` is multiplied with: nothing (a sum per order), the quantity, the value, or another charge of the list. */
  readonly basis: "order" | "quantity" | "value" | { readonly charge: string };
  /** Decimal text: a sum in the settlement currency, or a share. */
  readonly rate: string;
  /** Bounds of the charge of one order, sums in the settlement currency. */
  readonly minimum?: string;
  readonly maximum?: string;
  /** At most this share of the order's value; it goes before the minimum. */
  readonly maximumShare?: string;
}

/** How much of an order has been executed: its quantity and what it was worth. */
export interface Executed {
  readonly quantity: Quantity;
  readonly value: Money;
}

export function executedOf(
  { fills, filled }: { readonly fills: readonly OrderFilled[]; readonly filled: Quantity },
  instrument: Instrument,
): Executed {
  let value = 0;
  for (const fill of fills) value += instrument.notional(fill.price, fill.quantity);
  return { quantity: filled, value: value as Money };
}

interface Line {
  readonly applies: Readonly<Record<Side, boolean>>;
  readonly basis: "order" | "quantity" | "value" | number;
  readonly rate: Ratio;
  readonly sum: number;
  readonly minimum: number;
  readonly maximum: number | null;
  readonly maximumShare: Ratio | null;
}

/** The charges of one market. All money is in units of its settlement currency. */
export class ChargeSheet {
  declare private readonly lines: readonly Line[];
  declare private readonly moneyPower: number;
  declare private readonly quantityPower: number;
  /** The charge of each line, worked out from the first to the last. */
  declare private readonly amounts: number[];

  constructor(instrument: Instrument, charges: readonly Charge[]) {
    this.moneyPower = instrument.moneyPower;
    this.quantityPower = instrument.quantityPower;
    this.lines = charges.map((charge, at) => lineOf(charge, charges.slice(0, at), instrument.moneyScale));
    this.amounts = this.lines.map(() => 0);
  }

  /** Each charge is rounded half away from zero to the smallest unit of money, then they are added. Nothing executed costs nothing. */
  total(side: Side, { quantity, value }: Executed): Money {
    if (quantity === 0) return 0 as Money;
    let total = 0;
    for (const [at, line] of this.lines.entries()) {
      const amount = line.applies[side] ? this.amountOf(line, quantity, value) : 0;
      this.amounts[at] = amount;
      total += amount;
    }
    return total as Money;
  }

  /** What one more fill adds: the bounds of an order hold over all its fills together. */
  ofFill(side: Side, before: Executed, fill: Executed): Money {
    const after = { quantity: (before.quantity + fill.quantity) as Quantity, value: (before.value + fill.value) as Money };
    return (this.total(side, after) - this.total(side, before)) as Money;
  }

  private amountOf(line: Line, quantity: Quantity, value: Money): number {
    let amount = this.basisAmount(line, quantity, value);
    if (line.maximum !== null) amount = Math.min(amount, line.maximum);
    amount = Math.max(amount, line.minimum);
    // The share of the value goes before the minimum: one share at 20 cents does not cost a dollar.
    return line.maximumShare === null ? amount : Math.min(amount, mulDiv(value, line.maximumShare.numerator, line.maximumShare.denominator));
  }

  private basisAmount({ basis, rate, sum }: Line, quantity: Quantity, value: Money): number {
    if (basis === "order") return sum;
    if (basis === "value") return mulDiv(value, rate.numerator, rate.denominator);
    if (typeof basis === "number") return mulDiv(this.amounts[basis] as number, rate.numerator, rate.denominator);
    const numerator = BigInt(quantity) * BigInt(rate.numerator) * BigInt(this.moneyPower);
    return Number(divideBig(numerator, BigInt(rate.denominator) * BigInt(this.quantityPower), "halfAway"));
  }
}

function lineOf(charge: Charge, before: readonly Charge[], moneyScale: number): Line {
  const { basis, side } = charge;
  const named = typeof basis === "string" ? basis : before.findIndex(({ name }) => name === basis.charge);
  assert(named !== -1, "I-30", () => `the charge ${charge.name} is a share of one that does not stand before it`);
  return {
    applies: { buy: side !== "sell", sell: side !== "buy" },
    basis: named,
    rate: parseRatio(charge.rate),
    sum: basis === "order" ? parseUnits(charge.rate, moneyScale) : 0,
    minimum: charge.minimum === undefined ? 0 : parseUnits(charge.minimum, moneyScale),
    maximum: charge.maximum === undefined ? null : parseUnits(charge.maximum, moneyScale),
    maximumShare: charge.maximumShare === undefined ? null : parseRatio(charge.maximumShare),
  };
}
