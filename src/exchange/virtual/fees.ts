// Fees of a fill: rates as exact ratios, fixed parts, a broker's charges, and the currency they are taken in.

import {
  divideBig,
  mulDiv,
  multiply,
  parseDecimal,
  parseRatio,
  parseUnits,
  type Instrument,
  type Liquidity,
  type Money,
  type Quantity,
  type Ratio,
  type Side,
} from "../../domain/index.ts";
import { ChargeSheet, type Executed } from "./charges.ts";
import type { VenueProfile } from "./profile.ts";

/** Decimals of a third fee currency. */
export const thirdCurrencyScale = 8;

const nothing: Executed = { quantity: 0 as Quantity, value: 0 as Money };

/** The fee rules of one market. `amount` units are of the currency that `currencyOf` names. */
export class FeeSchedule {
  declare readonly makerRate: Ratio;
  declare readonly takerRate: Ratio;
  declare private readonly instrument: Instrument;
  declare private readonly profile: VenueProfile;
  /** null where the venue takes rates only. */
  declare private readonly charges: ChargeSheet | null;
  declare private readonly fixedPerOrder: number;
  declare private readonly fixedPerFill: number;
  declare private readonly inBaseOnBuy: boolean;
  declare private readonly inBaseOnSell: boolean;
  /** Every fee is its rate of the value, in the settlement currency: the fast road. */
  declare private readonly isPlain: boolean;
  /** A fee is never more than the value of what was traded. */
  declare readonly isWithinValue: boolean;
  declare private readonly currencyOnBuy: string;
  declare private readonly currencyOnSell: string;

  constructor(instrument: Instrument, profile: VenueProfile) {
    this.instrument = instrument;
    this.profile = profile;
    this.makerRate = parseRatio(profile.makerFee);
    this.takerRate = parseRatio(profile.takerFee);
    this.charges = profile.charges.length === 0 ? null : new ChargeSheet(instrument, profile.charges);
    const fixed = profile.fixedFee === null ? 0 : parseUnits(profile.fixedFee.amount, instrument.moneyScale);
    this.fixedPerOrder = profile.fixedFee?.per === "order" ? fixed : 0;
    this.fixedPerFill = profile.fixedFee?.per === "fill" ? fixed : 0;
    this.isWithinValue = this.charges === null && fixed === 0 && this.takerRate.numerator < this.takerRate.denominator;
    const spot = instrument.spot;
    this.inBaseOnBuy = spot && (profile.feeCurrency === "base" || profile.feeCurrency === "received");
    this.inBaseOnSell = spot && profile.feeCurrency === "base";
    const isThird = profile.feeCurrency === "third" && profile.thirdCurrency !== null;
    this.isPlain = this.charges === null && fixed === 0 && !isThird && !this.inBaseOnBuy && !this.inBaseOnSell;
    this.currencyOnBuy = this.chosenCurrency("buy");
    this.currencyOnSell = this.chosenCurrency("sell");
  }

  currencyOf(side: Side): string {
    return side === "buy" ? this.currencyOnBuy : this.currencyOnSell;
  }

  private chosenCurrency(side: Side): string {
    if (this.profile.thirdCurrency !== null && this.profile.feeCurrency === "third") return this.profile.thirdCurrency.currency;
    return this.isInBase(side) ? this.instrument.rules.base : this.instrument.rules.settle;
  }

  isInBase(side: Side): boolean {
    return side === "buy" ? this.inBaseOnBuy : this.inBaseOnSell;
  }

  /**
   * Cost of one fill.
   * @param before what of the same order was executed earlier: charges have bounds per order
   */
  amount(side: Side, liquidity: Liquidity, quantity: Quantity, notional: Money, firstFill: boolean, before: Executed = nothing): Money {
    const rate = liquidity === "maker" ? this.makerRate : this.takerRate;
    if (this.isPlain) return mulDiv(notional, rate.numerator, rate.denominator) as Money;
    if (this.isInBase(side)) return mulDiv(quantity, rate.numerator, rate.denominator) as Money;
    const fixed = this.fixedPerFill + (firstFill ? this.fixedPerOrder : 0);
    if (this.profile.feeCurrency === "third" && this.profile.thirdCurrency !== null) return this.third(rate, notional);
    const charged = this.charges === null ? 0 : this.charges.ofFill(side, before, { quantity, value: notional });
    return (mulDiv(notional, rate.numerator, rate.denominator) + fixed + charged) as Money;
  }

  /** True where a whole order is charged: a fill then costs what it adds to that. */
  get chargesOrders(): boolean {
    return this.charges !== null;
  }

  /** Largest fee that an order of this value can cost, in the settlement currency: what a venue holds back. */
  estimate(side: Side, quantity: Quantity, notional: Money): Money {
    const charged = this.charges === null ? 0 : this.charges.total(side, { quantity, value: notional });
    return (mulDiv(notional, this.takerRate.numerator, this.takerRate.denominator, "up") + charged) as Money;
  }

  // notional × rate × factor ÷ price, in units of the third currency
  private third(rate: Ratio, notional: Money): Money {
    const { price, factor } = this.profile.thirdCurrency ?? { price: "1", factor: "1" };
    const priceDecimal = parseDecimal(price);
    const share = parseRatio(factor);
    const numerator = BigInt(notional) * BigInt(multiply(rate.numerator, share.numerator)) * 10n ** BigInt(thirdCurrencyScale + priceDecimal.scale);
    const denominator = BigInt(multiply(rate.denominator, share.denominator)) * priceDecimal.units * 10n ** BigInt(this.instrument.moneyScale);
    return Number(divideBig(numerator, denominator, "halfAway")) as Money;
  }
}

/** Every currency that a session of these markets holds or pays in, and further ones, in the order of their names. */
export function currenciesOf(instruments: readonly Instrument[], fees: readonly FeeSchedule[], extra: readonly string[]): string[] {
  const all = new Set<string>();
  instruments.forEach((instrument, at) => {
    all.add(instrument.rules.settle);
    if (instrument.spot) all.add(instrument.rules.base);
    for (const side of ["buy", "sell"] as const) all.add((fees[at] as FeeSchedule).currencyOf(side));
  });
  for (const currency of extra) all.add(currency);
  return [...all].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
