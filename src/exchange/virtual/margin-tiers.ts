// Maintenance tiers of one market: which share of a position's value its margin must not fall below, and the leverage that a
// value allows. Exact and without rounding; a verdict may compare what comes out of here. It reads no file.

import { assert, mulDiv, type Money } from "../../domain/index.ts";
import { approximate, compare, minus, plus, reduced, rounded, times, whole, zero, type Fraction } from "./fraction.ts";

/** From `floor` of position value on, both in units of the settlement currency. */
export interface MarginTierRule {
  readonly floor: Fraction;
  /** Share of the value, above 0 and at most 1. */
  readonly rate: Fraction;
  /** At least 1. */
  readonly maxLeverage: Fraction;
}

export interface MarginTier extends MarginTierRule {
  /** Taken off value × rate, so that the margin goes on from the tier below without a jump; in units of money. */
  readonly amount: Fraction;
}

/**
 * The maintenance amount of a tier that starts at `floor`: floor × (rate - rate below) + amount below.
 * Source: Binance, "Leverage and Margin of COIN-M Futures Contracts"; Hyperliquid, "Margin tiers" (maintenance deduction).
 */
export function maintenanceAmount(floor: Fraction, rate: Fraction, below: Pick<MarginTier, "rate" | "amount">): Fraction {
  return plus(times(floor, minus(rate, below.rate)), below.amount);
}

export class MarginTiers {
  /** Ascending floors and rates; the first floor is 0. */
  declare readonly tiers: readonly MarginTier[];
  /** Above this value no position is allowed, in units of money; null = no limit. */
  declare readonly cap: Fraction | null;
  declare private readonly floors: readonly number[];
  declare private readonly rates: readonly number[];
  declare private readonly amounts: readonly number[];

  /** @param firstAmount amount of the lowest tier: 0 in every table of a venue; a tier taken out of a table keeps its own */
  constructor(rules: readonly MarginTierRule[], cap: Fraction | null = null, firstAmount: Fraction = zero) {
    const tiers: MarginTier[] = [];
    for (const rule of rules) {
      const below = tiers.at(-1);
      tiers.push({ ...rule, amount: below === undefined ? firstAmount : reduced(maintenanceAmount(rule.floor, rule.rate, below)) });
    }
    assert(tiers[0]?.floor.numerator === 0n, "I-37", () => "the first margin tier must start at 0");
    for (const [at, tier] of tiers.entries()) {
      const below = tiers[at - 1];
      const rises = below === undefined || (compare(tier.floor, below.floor) > 0 && compare(tier.rate, below.rate) >= 0);
      assert(rises, "I-37", () => `margin tier ${at + 1} does not rise above the one below it`);
    }
    this.tiers = tiers;
    this.cap = cap;
    this.floors = tiers.map((tier) => approximate(tier.floor));
    this.rates = tiers.map((tier) => approximate(tier.rate));
    this.amounts = tiers.map((tier) => approximate(tier.amount));
  }

  /** One rate for every value: a venue or a test without a table. */
  static flat(rate: Fraction, maxLeverage: Fraction): MarginTiers {
    return new MarginTiers([{ floor: zero, rate, maxLeverage }]);
  }

  /** The last tier whose floor is not above the value; beyond the cap the last tier goes on. */
  tierOf(value: Fraction): MarginTier {
    let found = this.tiers[0] as MarginTier;
    for (const tier of this.tiers) if (compare(tier.floor, value) <= 0) found = tier;
    return found;
  }

  /** Value × rate - amount of the value's tier, exact, in units of money. Continuous and convex in the value. */
  maintenance(value: Fraction): Fraction {
    const { rate, amount } = this.tierOf(value);
    return minus(times(value, rate), amount);
  }

  /** The maintenance margin of a whole number of money, rounded up: the account must cover all of it. */
  maintenanceMargin(value: Money): Money {
    return rounded(this.maintenance(whole(value)), "up") as Money;
  }

  /** The highest leverage that a position of this value may have. */
  maxLeverage(value: Fraction): Fraction {
    return this.tierOf(value).maxLeverage;
  }

  /** Whether a position of this value may be held at this leverage. */
  allows(value: Money, leverage: number): boolean {
    const exact = whole(value);
    return compare(this.maxLeverage(exact), whole(leverage)) >= 0 && (this.cap === null || compare(exact, this.cap) <= 0);
  }

  /** The value from which on this leverage is not allowed any more; null = no limit, zero when no tier allows it. */
  valueLimit(leverage: number): Fraction | null {
    const refusing = this.tiers.find((tier) => compare(tier.maxLeverage, whole(leverage)) < 0);
    return refusing?.floor ?? this.cap;
  }

  /** The largest value that a position may have at this leverage, in whole units of money; null = there is no limit. */
  largestValue(leverage: number): Money | null {
    const limit = this.valueLimit(leverage);
    if (limit === null) return null;
    // A tier begins at its floor, the last one ends with its cap.
    const value = rounded(limit, "floor");
    return (this.allows(value as Money, leverage) ? value : Math.max(0, value - 1)) as Money;
  }

  /** float64 of `maintenance`, off by rounding noise: to find out where a verdict is worth asking for. */
  estimate(value: number): number {
    let at = this.floors.length - 1;
    while (at > 0 && (this.floors[at] as number) > value) at -= 1;
    return value * (this.rates[at] as number) - (this.amounts[at] as number);
  }

  /** float64 of the highest rate. */
  get steepest(): number {
    return this.rates.at(-1) as number;
  }
}

/** Margin that a position of a value needs at a leverage, rounded up. Source: Binance, "Initial margin = notional ÷ leverage". */
export function initialMargin(value: Money, leverage: number): Money {
  return mulDiv(value, 1, leverage, "up") as Money;
}
