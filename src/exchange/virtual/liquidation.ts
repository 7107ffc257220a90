// What a liquidation does to a pool of margin: which legs are closed, in which order and how far, what it costs, what the
// insurance fund gets or pays, and what remains. It plans; the account applies the plan. It decides nothing that the exact
// verdict has not said.

import { assert, mulDiv, parseDecimal, type Instrument, type Money, type Price, type Quantity } from "../../domain/index.ts";
import { lonePrice } from "./liquidation-price.ts";
import { compare, fractionOf, fractionOfDecimal, over, plus, rounded, times, whole, type Fraction } from "./fraction.ts";
import {
  exactValue,
  gainSign,
  isLiquidated,
  isOpen,
  openLegs,
  required,
  standing,
  type MarginPool,
  type OpenLeg,
  type PoolMarket,
} from "./margin-pool.ts";
import type { LiquidationPortion, LiquidationRule } from "./margin-rules.ts";

/** One close of a liquidation, to be applied as a fill of the closing side. */
export interface LiquidationStep {
  /** Places in the pool. */
  readonly market: number;
  readonly leg: number;
  /** Above 0. */
  readonly quantity: Quantity;
  readonly price: Price;
  /** Realised P&L, as `Position.apply` computes it. */
  readonly gain: Money;
  /** The clearance fee. */
  readonly fee: Money;
}

export interface LiquidationPlan {
  readonly steps: readonly LiquidationStep[];
  /**
   * The pool's wallet afterwards: below 0 only while unrealised profit of what is still open carries it.
   * wallet before + Σ gain - Σ fee = wallet + insurance.
   */
  readonly wallet: Money;
  /** What the insurance fund gets; negative: what it pays, or ADL takes from others. */
  readonly insurance: Money;
  /** The venue took over what was open at last: nothing of the pool's margin is left. */
  readonly takeover: boolean;
  /** What the fund has won or lost once it has closed at the mark what it took over: a loss that it cannot bear is ADL's. */
  readonly fundResult: Money;
}

interface Work {
  wallet: number;
  markets: { readonly market: PoolMarket; readonly legs: OpenLeg[] }[];
  readonly steps: LiquidationStep[];
}

/**
 * Plans the liquidation of a pool that `isLiquidated` at its marks. Its open orders must have been cancelled before. Volume caps
 * do not bind it.
 *
 * Order: the leg with the largest unrealised loss first (ties: market, then leg), until the margin suffices again or nothing
 * is open. A close at the market pays the clearance fee as far as there is money, and the fund pays what the account cannot.
 * Where the rule is a takeover the last leg goes to the venue at its bankruptcy price; in a backstop all legs go at their marks.
 * What then remains of the wallet is the insurance fund's.
 * @param executions where given, the price at which each market of the pool closes at the market; else its mark
 * @param sinceShareMs time since a `share` of the pool was closed
 */
export function planLiquidation(
  pool: MarginPool,
  rule: LiquidationRule,
  executions?: readonly Price[],
  sinceShareMs = Number.POSITIVE_INFINITY,
): LiquidationPlan {
  assert(isLiquidated(pool, rule), "I-37", () => "a pool that covers its margin cannot be liquidated");
  const work: Work = { wallet: pool.wallet, markets: pool.markets.map((market) => ({ market, legs: [...market.legs] })), steps: [] };
  if (isBackstop(pool, rule)) return takeOver(work, rule);
  for (let now = pool; isLiquidated(now, rule); now = poolOf(work)) {
    const next = largestLoss(work);
    const { market, legs } = work.markets[next.market] as Work["markets"][number];
    const open = Math.abs((legs[next.leg] as OpenLeg).quantity);
    const part = portion(rule.portion, market, legs[next.leg] as OpenLeg, sinceShareMs);
    if (rule.close === "takeover" && part === open && openLegs(now) === 1) return takeOver(work, rule);
    close(work, next, part, executions?.[next.market] ?? market.mark, rule);
    // The rest of a share waits for the venue's next look.
    if (rule.portion.kind === "share" && part < open) break;
  }
  // While a leg is open its unrealised profit may carry a wallet below 0; a flat pool owes nothing to anybody.
  const wallet = openLegs(poolOf(work)) > 0 ? work.wallet : Math.max(work.wallet, 0);
  const insurance = (work.wallet - wallet) as Money;
  return { steps: work.steps, wallet: wallet as Money, insurance, takeover: false, fundResult: insurance };
}

function isBackstop(pool: MarginPool, rule: LiquidationRule): boolean {
  if (rule.backstop === null) return false;
  const now = standing(pool, rule);
  return compare(now.equity, times(required(now), fractionOf(rule.backstop))) < 0;
}

/** Everything that is open goes to the venue: a lone leg at its bankruptcy price, several at their marks. */
function takeOver(work: Work, rule: LiquidationRule): LiquidationPlan {
  const pool = poolOf(work);
  const lone = openLegs(pool) === 1;
  let fundGain = 0;
  work.markets.forEach(({ market, legs }, at) => {
    legs.forEach((leg, n) => {
      if (!isOpen(leg)) return;
      const { instrument, mark } = market;
      const quantity = Math.abs(leg.quantity) as Quantity;
      const price = (lone && rule.close === "takeover" ? lonePrice(instrument, leg, pool.wallet) : null) ?? mark;
      fundGain += gainSign(instrument, leg) * (instrument.notional(mark, quantity) - instrument.notional(price, quantity));
      close(work, { market: at, leg: n }, quantity, price, null);
    });
  });
  const insurance = work.wallet as Money;
  return { steps: work.steps, wallet: 0 as Money, insurance, takeover: true, fundResult: (insurance + fundGain) as Money };
}

function poolOf({ wallet, markets }: Work): MarginPool {
  return { wallet: wallet as Money, markets: markets.map(({ market, legs }) => ({ ...market, legs })) };
}

function largestLoss({ markets }: Work): { market: number; leg: number } {
  let found: { market: number; leg: number } | null = null;
  let least: Fraction | null = null;
  for (const [at, { market, legs }] of markets.entries()) {
    for (const [n, leg] of legs.entries()) {
      if (!isOpen(leg)) continue;
      const gain = unrealized(market, leg);
      if (least !== null && compare(gain, least) >= 0) continue;
      least = gain;
      found = { market: at, leg: n };
    }
  }
  assert(found !== null, "I-37", () => "a pool without an open leg cannot be liquidated");
  return found;
}

function unrealized({ instrument, mark }: PoolMarket, leg: OpenLeg): Fraction {
  const sign = whole(gainSign(instrument, leg));
  return times(sign, plus(exactValue(instrument, leg.quantity, mark), whole(-leg.cost)));
}

/** Closes a part of a leg in the plan: the arithmetic of `Position.apply`, and the fee as far as money is left. */
function close(work: Work, at: { market: number; leg: number }, quantity: number, price: Price, rule: LiquidationRule | null): void {
  const { market, legs } = work.markets[at.market] as Work["markets"][number];
  const leg = legs[at.leg] as OpenLeg;
  const open = Math.abs(leg.quantity);
  assert(quantity > 0 && quantity <= open, "I-09", () => `a liquidation closes ${quantity} of ${open}`);
  const cost = quantity === open ? leg.cost : mulDiv(leg.cost, quantity, open);
  const value = market.instrument.notional(price, quantity as Quantity);
  const gain = gainSign(market.instrument, leg) > 0 ? value - cost : cost - value;
  work.wallet += gain;
  const wanted = rule === null ? 0 : mulDiv(value, rule.clearanceFee.numerator, rule.clearanceFee.denominator);
  const fee = Math.max(0, Math.min(wanted, work.wallet));
  work.wallet -= fee;
  legs[at.leg] = { quantity: (leg.quantity > 0 ? open - quantity : quantity - open) as Quantity, cost: (leg.cost - cost) as Money };
  work.steps.push({ ...at, quantity: quantity as Quantity, price, gain: gain as Money, fee: fee as Money });
}

/** How much of a leg is closed, at least one step and at most the whole. */
function portion(rule: LiquidationPortion, market: PoolMarket, leg: OpenLeg, sinceShareMs: number): number {
  const open = Math.abs(leg.quantity);
  switch (rule.kind) {
    case "whole":
      return open;
    case "tier_down":
      return open - keptBelowTier(market, leg);
    case "share": {
      const { instrument, mark } = market;
      const above = fractionOfDecimal(parseDecimal(rule.above), instrument.moneyScale);
      if (sinceShareMs < rule.cooldownMs || compare(exactValue(instrument, leg.quantity, mark), above) <= 0) return open;
      return atLeastOneStep(instrument, mulDiv(open, rule.share.numerator, rule.share.denominator), open);
    }
  }
}

// The largest quantity whose value at the mark is below the leg's tier: value falls with quantity in proportion.
function keptBelowTier({ instrument, tiers, mark }: PoolMarket, leg: OpenLeg): number {
  const open = Math.abs(leg.quantity);
  const value = exactValue(instrument, leg.quantity, mark);
  const { floor } = tiers.tierOf(value);
  if (floor.numerator === 0n) return 0;
  const limit = times(whole(open), over(floor, value));
  const most = instrument.floorQuantity(rounded(limit, "floor"));
  const below = compare(exactValue(instrument, most, mark), floor) < 0 ? most : most - instrument.step;
  return Math.max(0, below);
}

function atLeastOneStep(instrument: Instrument, quantity: number, open: number): number {
  return Math.min(open, Math.max(instrument.step, instrument.floorQuantity(quantity)));
}
