// What each fill must have cost by the venue's terms, worked out anew from the fill alone and what of its order had been
// executed before.

import type { Liquidity, Side } from "../../domain/index.ts";
import { nearest, quotientOf, tenTo, unitsOf, type Quotient } from "./arithmetic.ts";
import type { AuditCharge, AuditFees, MarketFrame } from "./frame.ts";

/** What of an order has been executed: units of quantity, and what that was worth. */
export interface Done {
  readonly quantity: bigint;
  readonly value: bigint;
}

export interface CostedFill extends Done {
  readonly side: Side;
  readonly liquidity: Liquidity;
}

/** Decimals of a third currency. */
const thirdScale = 8;

export class FeeTerms {
  declare private readonly terms: AuditFees;
  declare private readonly market: MarketFrame;
  declare private readonly rates: Readonly<Record<Liquidity, Quotient>>;

  constructor(terms: AuditFees, market: MarketFrame) {
    this.terms = terms;
    this.market = market;
    this.rates = { maker: quotientOf(terms.makerFee), taker: quotientOf(terms.takerFee) };
  }

  currency(side: Side): string {
    const { feeCurrency, thirdCurrency } = this.terms;
    const { base, settle } = this.market.rules;
    if (feeCurrency === "third" && thirdCurrency !== null) return thirdCurrency.currency;
    return this.market.spot && (feeCurrency === "base" || (feeCurrency === "received" && side === "buy")) ? base : settle;
  }

  /** In units of `currency`. @param before of the same order */
  cost(fill: CostedFill, before: Done): bigint {
    const { side, liquidity, quantity, value } = fill;
    const { numerator, denominator } = this.rates[liquidity];
    const { rules, scales, spot } = this.market;
    const currency = this.currency(side);
    if (spot && currency === rules.base && rules.base !== rules.settle) return nearest(quantity * numerator, denominator);
    const { feeCurrency, thirdCurrency, fixedFee } = this.terms;
    if (feeCurrency === "third" && thirdCurrency !== null) {
      const price = quotientOf(thirdCurrency.price);
      const factor = quotientOf(thirdCurrency.factor);
      const up = value * numerator * factor.numerator * price.denominator * tenTo(thirdScale);
      return nearest(up, denominator * factor.denominator * price.numerator * tenTo(scales.money));
    }
    const isFirst = before.quantity === 0n;
    const fixed = fixedFee === null || (fixedFee.per === "order" && !isFirst) ? 0n : unitsOf(fixedFee.amount, scales.money);
    return nearest(value * numerator, denominator) + fixed + this.charged(side, add(before, fill)) - this.charged(side, before);
  }

  /** All charges of an order that has been executed so far. */
  private charged(side: Side, done: Done): bigint {
    const { charges } = this.terms;
    if (charges.length === 0 || done.quantity === 0n) return 0n;
    const amounts = new Map<string, bigint>();
    let total = 0n;
    for (const charge of charges) {
      const amount = charge.side === "both" || charge.side === side ? this.chargeOf(charge, done, amounts) : 0n;
      amounts.set(charge.name, amount);
      total += amount;
    }
    return total;
  }

  private chargeOf(charge: AuditCharge, { quantity, value }: Done, amounts: ReadonlyMap<string, bigint>): bigint {
    const { money, quantity: quantityScale } = this.market.scales;
    const { basis } = charge;
    const { numerator, denominator } = quotientOf(charge.rate);
    let amount: bigint;
    if (basis === "order") amount = unitsOf(charge.rate, money);
    else if (basis === "quantity") amount = nearest(quantity * numerator * tenTo(money), denominator * tenTo(quantityScale));
    else amount = nearest((basis === "value" ? value : (amounts.get(basis.charge) ?? 0n)) * numerator, denominator);
    if (charge.maximum !== undefined) amount = least(amount, unitsOf(charge.maximum, money));
    if (charge.minimum !== undefined) amount = most(amount, unitsOf(charge.minimum, money));
    else amount = most(amount, 0n);
    if (charge.maximumShare === undefined) return amount;
    const share = quotientOf(charge.maximumShare);
    return least(amount, nearest(value * share.numerator, share.denominator));
  }
}

export function add(a: Done, b: Done): Done {
  return { quantity: a.quantity + b.quantity, value: a.value + b.value };
}

export const nothingDone: Done = { quantity: 0n, value: 0n };

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function most(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
