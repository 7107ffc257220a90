// The auditor's own exact numbers: BigInt and nothing else. It shares no code with those whose sums it checks, so that one
// mistake cannot hide the other.

import { SeatrialError, type InstrumentScales, type MarketRules } from "../../domain/index.ts";

/** numerator ÷ denominator, the denominator above 0. */
export interface Quotient {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** @throws SeatrialError `bad_number` for anything but plain decimal text */
export function quotientOf(text: string): Quotient {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (match === null) throw new SeatrialError({ code: "bad_number", reason: `"${text}" is no plain decimal`, hint: 'write it as "12.34"' });
  const [, sign = "", whole = "", fraction = ""] = match;
  const digits = BigInt(whole + fraction);
  return { numerator: sign === "-" ? -digits : digits, denominator: tenTo(fraction.length) };
}

export function tenTo(exponent: number): bigint {
  return 10n ** BigInt(exponent);
}

/** The nearest integer; a half goes away from zero. @param denominator above 0 */
export function nearest(numerator: bigint, denominator: bigint): bigint {
  const twice = 2n * (numerator < 0n ? -numerator : numerator) + denominator;
  const size = twice / (2n * denominator);
  return numerator < 0n ? -size : size;
}

/** Decimal text → integer of 10^-scale, rounded where it has more decimals. */
export function unitsOf(text: string, scale: number): bigint {
  const { numerator, denominator } = quotientOf(text);
  return nearest(numerator * tenTo(scale), denominator);
}

/** Integer of 10^-scale → decimal text without trailing zeros. */
export function textOf(units: bigint | number, scale: number): string {
  const value = BigInt(units);
  if (value === 0n) return "0";
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, "");
  return `${value < 0n ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}

export function size(value: bigint): bigint {
  return value < 0n ? -value : value;
}

/** What a market's quantities are worth, in units of its settlement currency. */
export class Valuation {
  declare readonly inverse: boolean;
  /** value = price × quantity × up ÷ down, or of an inverse contract quantity × up ÷ (price × down). */
  declare private readonly up: bigint;
  declare private readonly down: bigint;
  /** Value of one unit of quantity at one unit of price where that is a whole number of units of money; else null. */
  declare readonly whole: bigint | null;

  constructor({ contractSize, inverse }: Pick<MarketRules, "contractSize" | "inverse">, { price, quantity, money }: InstrumentScales) {
    const contract = quotientOf(contractSize);
    this.inverse = inverse;
    const up = contract.numerator * tenTo(inverse ? money + price : money);
    const down = contract.denominator * tenTo(inverse ? quantity : price + quantity);
    this.up = up;
    this.down = down;
    this.whole = !inverse && up % down === 0n ? up / down : null;
  }

  /** @param quantity above 0 */
  value(price: bigint, quantity: bigint): bigint {
    if (this.whole !== null) return price * quantity * this.whole;
    return this.inverse ? nearest(quantity * this.up, price * this.down) : nearest(price * quantity * this.up, this.down);
  }

  /** P&L of a signed quantity with its value at entry, at a price. */
  unrealised(price: bigint, quantity: bigint, cost: bigint): bigint {
    if (quantity === 0n) return 0n;
    const value = this.value(price, size(quantity));
    return quantity > 0n !== this.inverse ? value - cost : cost - value;
  }

  /** value × rate of a payment, rounded once. @param quantity signed. @param rate integer of 10^-rateScale. @returns positive = received */
  payment(mark: bigint, quantity: bigint, rate: bigint, rateScale: number): bigint {
    const share = quantity > 0n ? -rate : rate;
    const open = size(quantity);
    return this.inverse
      ? nearest(open * this.up * share, mark * this.down * tenTo(rateScale))
      : nearest(mark * open * this.up * share, this.down * tenTo(rateScale));
  }
}
