// The prices at which a pool of margin is liquidated or bankrupt, found with the exact verdict itself: tiers that change on
// the way, hedged legs and inverse contracts need no formula of their own.

import { maxExact, type Instrument, type Money, type Price } from "../../domain/index.ts";
import { compare, minus, over, rounded, whole } from "./fraction.ts";
import { exactValue, gainSign, isLiquidated, openLegs, standing, type MarginPool, type OpenLeg, type PoolMarket } from "./margin-pool.ts";
import type { MarginRule } from "./margin-rules.ts";

/** null where no price on that side does it. */
export interface PricePair {
  /** Falling to it, or below. */
  readonly low: Price | null;
  /** Rising to it, or above. */
  readonly high: Price | null;
}

/**
 * The nearest prices on the tick grid at which the pool is liquidated, by one market, the others standing at their marks: the
 * largest one at or below its mark and the smallest one at or above it. Both are at the mark when it is liquidated there.
 *
 * Exact: equity is linear in the value (in 1 ÷ price for an inverse contract), what is required is convex in it, so the safe
 * prices are one interval, and its ends are found by halving.
 */
export function liquidationPrices(pool: MarginPool, rule: MarginRule, market: number): PricePair {
  const { instrument, mark } = pool.markets[market] as PoolMarket;
  const { low, high } = ends(mark, (price) => isLiquidated(pool, rule, { market, price }));
  return { low: onGrid(instrument, low, "down"), high: onGrid(instrument, high, "up") };
}

/**
 * The first price on the way of one market from a price to another at which the pool is liquidated, in units of the price scale,
 * as a mark may stand between two ticks; `from` itself when it is liquidated there; null when the way is safe, and it is safe when
 * both of its ends are.
 */
export function liquidationBetween(pool: MarginPool, rule: MarginRule, market: number, from: Price, to: Price): Price | null {
  const isBad = (price: Price): boolean => isLiquidated(pool, rule, { market, price });
  if (isBad(from)) return from;
  return isBad(to) ? lastBad(to, from, isBad) : null;
}

/**
 * The last prices on the tick grid at which the pool can still pay: its equity covers the fee of closing, if the rule has one,
 * and nothing more. null where every price of that side can be paid, and on both sides when not even the mark can. Source: Bybit help centre, "Bankruptcy Price".
 */
export function bankruptcyPrices(pool: MarginPool, rule: MarginRule, market: number): PricePair {
  const { instrument, mark } = pool.markets[market] as PoolMarket;
  if (openLegs(pool) === 0) return { low: null, high: null };
  const broke = (price: Price): boolean => {
    const { equity, closingFee } = standing(pool, rule, { market, price });
    return compare(equity, closingFee) < 0;
  };
  if (broke(mark)) return { low: null, high: null };
  const { low, high } = ends(mark, broke);
  return {
    low: low === null ? null : onGrid(instrument, (low + 1) as Price, "up"),
    high: high === null ? null : onGrid(instrument, (high - 1) as Price, "down"),
  };
}

/**
 * The bankruptcy price of a lone leg, wherever the mark is: its loss there is not more than its margin and less than a tick
 * from it. null when no price takes all of the margin.
 */
export function lonePrice(instrument: Instrument, leg: OpenLeg, margin: Money): Price | null {
  const value = minus(whole(leg.cost), whole(gainSign(instrument, leg) * margin));
  if (value.numerator <= 0n) return null;
  const valueAtOne = exactValue(instrument, leg.quantity, 1 as Price);
  const exact = instrument.inverse ? over(valueAtOne, value) : over(value, valueAtOne);
  const long = leg.quantity > 0;
  return onGrid(instrument, rounded(exact, long ? "ceil" : "floor") as Price, long ? "up" : "down");
}

/** The ends of the bad prices around the mark: the largest at or below it, the smallest at or above it. */
function ends(mark: Price, isBad: (price: Price) => boolean): PricePair {
  if (isBad(mark)) return { low: mark, high: mark };
  const smallest = 1 as Price;
  const largest = maxExact as Price;
  return {
    low: isBad(smallest) ? lastBad(smallest, mark, isBad) : null,
    high: isBad(largest) ? lastBad(largest, mark, isBad) : null,
  };
}

/** The bad price nearest to the good one. @param bad a bad price, every price beyond it is bad too */
function lastBad(bad: Price, good: Price, isBad: (price: Price) => boolean): Price {
  let [outer, inner] = [bad as number, good as number];
  while (Math.abs(inner - outer) > 1) {
    const middle = outer + Math.trunc((inner - outer) / 2);
    if (isBad(middle as Price)) outer = middle;
    else inner = middle;
  }
  return outer as Price;
}

function onGrid(instrument: Instrument, price: Price | null, direction: "down" | "up"): Price | null {
  if (price === null) return null;
  const grid = instrument.roundPrice(price, direction);
  return grid > 0 && grid <= maxExact ? grid : null;
}
