// What one pot of margin has to cover: the cross wallet with all its legs, or one isolated leg with its own margin. The
// verdict is exact, in fractions; it rounds nothing, changes nothing and knows no venue.

import { assert, type Instrument, type Money, type Price, type Quantity, type Ratio } from "../../domain/index.ts";
import { compare, fractionOf, minus, over, plus, rounded, scaled, times, whole, zero, type Fraction } from "./fraction.ts";
import type { MarginRule } from "./margin-rules.ts";
import type { MarginTiers } from "./margin-tiers.ts";

/** A leg as margin sees it: a `Position` is one. */
export interface OpenLeg {
  /** Signed. */
  readonly quantity: Quantity;
  /** Value at entry, at least 0. */
  readonly cost: Money;
}

export interface PoolMarket {
  /** The market's place in the session. */
  readonly index: number;
  readonly instrument: Instrument;
  readonly tiers: MarginTiers;
  /** One NET leg, LONG and SHORT, or the one isolated leg. Each leg has the tier of its own value. */
  readonly legs: readonly OpenLeg[];
  readonly mark: Price;
}

export interface MarginPool {
  /** Cross: the wallet without the isolated margins. Isolated: the leg's margin. Without unrealised P&L. */
  readonly wallet: Money;
  readonly markets: readonly PoolMarket[];
}

/** All in units of money, exact. */
export interface Standing {
  /** Wallet + unrealised P&L. */
  readonly equity: Fraction;
  readonly maintenance: Fraction;
  /** What closing would cost, where the rule asks for it; else 0. */
  readonly closingFee: Fraction;
}

/** A market of a pool (its place in `markets`) at another price than its mark. */
export interface Moved {
  readonly market: number;
  readonly price: Price;
}

/**
 * Value of a quantity at a price in units of money, exact: quantity × contract size × price, or ÷ price for an inverse contract.
 * @param quantity its sign is ignored
 */
export function exactValue(instrument: Instrument, quantity: Quantity, price: Price): Fraction {
  assert(price > 0, "I-30", () => `a position has no value at a price of ${price}`);
  const { inverse, contractSize, moneyScale, priceScale, quantityScale } = instrument;
  const size: Fraction = { numerator: BigInt(Math.abs(quantity)) * BigInt(contractSize.numerator), denominator: BigInt(contractSize.denominator) };
  return inverse
    ? scaled({ numerator: size.numerator, denominator: size.denominator * BigInt(price) }, moneyScale + priceScale - quantityScale)
    : scaled({ numerator: size.numerator * BigInt(price), denominator: size.denominator }, moneyScale - priceScale - quantityScale);
}

/** 1 when a rising value is a gain (a linear long, an inverse short), else -1. */
export function gainSign({ inverse }: Instrument, { quantity }: OpenLeg): 1 | -1 {
  return quantity > 0 !== inverse ? 1 : -1;
}

/** Number of open legs. */
export function openLegs(pool: MarginPool): number {
  return pool.markets.reduce((sum, { legs }) => sum + legs.filter(isOpen).length, 0);
}

export function isOpen({ quantity }: OpenLeg): boolean {
  return quantity !== 0;
}

/** Equity and what is required, at the marks, or with one market moved to a price. */
export function standing(pool: MarginPool, rule: MarginRule, moved: Moved | null = null): Standing {
  let equity = whole(pool.wallet);
  let maintenance = zero;
  let closingFee = zero;
  const lone = openLegs(pool) === 1;
  assert(hasOneScale(pool), "I-30", () => "the markets of one pool of margin count money in different units");
  pool.markets.forEach(({ instrument, tiers, legs, mark }, at) => {
    const price = moved !== null && moved.market === at ? moved.price : mark;
    for (const leg of legs) {
      if (!isOpen(leg)) continue;
      const value = exactValue(instrument, leg.quantity, price);
      const cost = whole(leg.cost);
      equity = plus(equity, gainSign(instrument, leg) > 0 ? minus(value, cost) : minus(cost, value));
      maintenance = plus(maintenance, tiers.maintenance(rule.valuedAt === "entry" ? cost : value));
      if (rule.closingFee === null) continue;
      const { rate, at: feeAt } = rule.closingFee;
      const closed = feeAt === "bankruptcy" && lone ? bankruptcyValue(pool.wallet, gainSign(instrument, leg), cost, rate) : value;
      closingFee = plus(closingFee, times(closed, fractionOf(rate)));
    }
  });
  return { equity, maintenance, closingFee };
}

function hasOneScale({ markets }: MarginPool): boolean {
  return markets.every(({ instrument }) => instrument.moneyScale === markets[0]?.instrument.moneyScale);
}

/** What equity must exceed. */
export function required({ maintenance, closingFee }: Standing): Fraction {
  const sum = plus(maintenance, closingFee);
  return sum.numerator > 0n ? sum : zero;
}

// The value v at which gain × (v - cost) + wallet = fee × v: (cost - gain × wallet) ÷ (1 - gain × fee); never below 0.
function bankruptcyValue(wallet: Money, gain: 1 | -1, cost: Fraction, fee: Ratio): Fraction {
  const numerator = minus(cost, whole(gain * wallet));
  const denominator = minus(whole(1), { numerator: BigInt(gain * fee.numerator), denominator: BigInt(fee.denominator) });
  return numerator.numerator <= 0n ? zero : over(numerator, denominator);
}

/**
 * Whether the venue liquidates: something is open and equity no longer exceeds what is required. Equal counts (Binance: a
 * margin ratio of 100 %).
 */
export function isLiquidated(pool: MarginPool, rule: MarginRule, moved: Moved | null = null): boolean {
  if (openLegs(pool) === 0) return false;
  const now = standing(pool, rule, moved);
  return compare(now.equity, required(now)) <= 0;
}

/** A standing in whole units of money for records: equity rounded down, what is required up, so that they never contradict the verdict. */
export function moneyStanding(now: Standing): { readonly equity: Money; readonly maintenance: Money } {
  return { equity: rounded(now.equity, "floor") as Money, maintenance: rounded(required(now), "ceil") as Money };
}
