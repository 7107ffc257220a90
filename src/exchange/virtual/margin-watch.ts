// Which prices of a market are far from every liquidation, so that a quiet bar costs two comparisons, for any number of
// markets, legs and pools. An estimate that errs towards looking; the verdict itself is the exact one of the pool.

import type { Price } from "../../domain/index.ts";
import { gainSign, isOpen, type MarginPool, type OpenLeg, type PoolMarket } from "./margin-pool.ts";
import type { MarginRule } from "./margin-rules.ts";

/** Units of money by which each leg's estimate may be off, beside the relative error of float64. */
const moneySlack = 4;
const relativeSlack = 1e-9;

/** Of one market of a pool, in float64: per unit of price, or of 1 ÷ price for an inverse contract. */
interface Slopes {
  /** Value of all open legs together. */
  gross: number;
  /** Value of the legs that gain from a rising value - value of those that lose. */
  net: number;
}

/**
 * Between two calls of `guard` no pool can be liquidated while every market stays strictly between its two danger prices. The
 * cushion of each pool, its equity beyond what is required, is divided equally among its markets; how far a price may go on one
 * share is bounded with the highest rate of the tiers.
 */
export class MarginWatch {
  /** False while nothing is open. */
  watching = false;
  declare private readonly lows: Float64Array;
  declare private readonly highs: Float64Array;

  constructor(marketCount: number) {
    this.lows = new Float64Array(marketCount).fill(Number.NEGATIVE_INFINITY);
    this.highs = new Float64Array(marketCount).fill(Number.POSITIVE_INFINITY);
  }

  /** To be called after every change of a position, a wallet or a margin, and when a price has left its bounds without harm. */
  guard(pools: readonly MarginPool[], rule: MarginRule): void {
    this.lows.fill(Number.NEGATIVE_INFINITY);
    this.highs.fill(Number.POSITIVE_INFINITY);
    this.watching = false;
    for (const pool of pools) this.guardPool(pool, rule);
  }

  /** False when no price from low to high can liquidate a pool that holds this market. */
  endangered(market: number, low: Price, high: Price): boolean {
    return this.watching && (low <= (this.lows[market] as number) || high >= (this.highs[market] as number));
  }

  /** At or below this price of a market there is danger. */
  dangerLow(market: number): number {
    return this.watching ? (this.lows[market] as number) : Number.NEGATIVE_INFINITY;
  }

  /** At or above this price of a market there is danger. */
  dangerHigh(market: number): number {
    return this.watching ? (this.highs[market] as number) : Number.POSITIVE_INFINITY;
  }

  private guardPool(pool: MarginPool, rule: MarginRule): void {
    const open = pool.markets.filter(({ legs }) => legs.some(isOpen));
    if (open.length === 0) return;
    this.watching = true;
    const share = (cushion(pool, rule) / open.length) * (1 - relativeSlack);
    for (const market of open) this.bound(market, rule, share);
  }

  private bound(market: PoolMarket, rule: MarginRule, share: number): void {
    const { index, instrument, mark } = market;
    const { gross, net } = slopes(market);
    const rate = (rule.valuedAt === "mark" ? market.tiers.steepest : 0) + feeRateOf(rule);
    // What falls is at most the equity; what rises with the value is also the margin that it needs.
    const fallingLoss = Math.max(0, net);
    const risingLoss = Math.max(0, gross * rate - net);
    const position = instrument.inverse ? 1 / mark : mark;
    const least = position - share / fallingLoss;
    const most = position + share / risingLoss;
    const low = instrument.inverse ? 1 / most : least;
    const high = instrument.inverse ? (least > 0 ? 1 / least : Number.POSITIVE_INFINITY) : most;
    const inward = mark * relativeSlack;
    // Without a cushion every price is worth a look.
    this.lows[index] = Math.max(this.lows[index] as number, share > 0 ? low + inward : Number.POSITIVE_INFINITY);
    this.highs[index] = Math.min(this.highs[index] as number, share > 0 ? high - inward : Number.NEGATIVE_INFINITY);
  }
}

/** float64 of equity - what is required, at most what it exactly is. */
function cushion(pool: MarginPool, rule: MarginRule): number {
  let sum: number = pool.wallet;
  let size: number = Math.abs(pool.wallet);
  const feeRate = feeRateOf(rule);
  for (const market of pool.markets) {
    for (const leg of market.legs) {
      if (!isOpen(leg)) continue;
      const value = legSlope(market, leg) * (market.instrument.inverse ? 1 / market.mark : market.mark);
      const gain = gainSign(market.instrument, leg) * (value - leg.cost);
      // No value at bankruptcy is beyond (cost + wallet) ÷ (1 - fee).
      const fee = feeRate * Math.max(value, (leg.cost + Math.abs(pool.wallet)) / (1 - feeRate));
      sum += gain - market.tiers.estimate(rule.valuedAt === "entry" ? leg.cost : value) - fee - moneySlack;
      size += value + leg.cost;
    }
  }
  return sum - size * relativeSlack;
}

function feeRateOf({ closingFee }: MarginRule): number {
  return closingFee === null ? 0 : closingFee.rate.numerator / closingFee.rate.denominator;
}

function slopes(market: PoolMarket): Slopes {
  const sum: Slopes = { gross: 0, net: 0 };
  for (const leg of market.legs) {
    const slope = legSlope(market, leg);
    sum.gross += slope;
    sum.net += gainSign(market.instrument, leg) * slope;
  }
  return sum;
}

/** Units of money a unit of price (or of 1 ÷ price). */
function legSlope({ instrument }: PoolMarket, { quantity }: OpenLeg): number {
  const { contractSize, moneyPower, pricePower, quantityPower, inverse } = instrument;
  const size = (Math.abs(quantity) * contractSize.numerator) / contractSize.denominator / quantityPower;
  return size * (inverse ? moneyPower * pricePower : moneyPower / pricePower);
}
