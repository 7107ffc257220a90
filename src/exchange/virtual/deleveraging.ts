// Auto-deleveraging: whose positions are reduced, and how far, when an insurance fund cannot bear a liquidation. It only picks;
// the reductions are closes at the bankruptcy price of the liquidated order, without an order of their own.

import { assert, type Money, type Quantity } from "../../domain/index.ts";
import { compare, over, times, whole, type Fraction } from "./fraction.ts";

/** A position on the other side of the liquidated one. */
export interface DeleverageCandidate {
  /** Above 0. */
  readonly quantity: Quantity;
  /** Value at entry, above 0. */
  readonly cost: Money;
  /** Value at the mark, above 0. */
  readonly value: Money;
  /** Unrealised P&L. */
  readonly gain: Money;
  /** Margin + unrealised P&L: value at the mark - value at bankruptcy. Above 0. */
  readonly equity: Money;
}

export interface Reduction {
  /** Place among the candidates. */
  readonly candidate: number;
  readonly quantity: Quantity;
}

/**
 * The rank of a position: P&L share × effective leverage when it wins, P&L share ÷ effective leverage when it loses, where the
 * leverage is value ÷ equity. Source: BitMEX support, "What is Auto-Deleveraging"; Bybit and Binance rank by the same two.
 */
export function deleverageRank({ cost, value, gain, equity }: DeleverageCandidate): Fraction {
  assert(cost > 0 && value > 0 && equity > 0, "I-37", () => "a position without value or margin has no place in the ADL queue");
  const share = over(whole(gain), whole(cost));
  const leverage = over(whole(value), whole(equity));
  return gain > 0 ? times(share, leverage) : over(share, leverage);
}

/**
 * Reduces the candidates from the highest rank on, of equal ranks the first, until the quantity is covered or nobody is left.
 * @returns in the order of reduction; their sum is the quantity, or less when all candidates together are smaller
 */
export function deleverage(candidates: readonly DeleverageCandidate[], quantity: Quantity): Reduction[] {
  const ranked = candidates.map((candidate, at) => ({ at, open: candidate.quantity, rank: deleverageRank(candidate) }));
  ranked.sort((a, b) => compare(b.rank, a.rank) || a.at - b.at);
  const reductions: Reduction[] = [];
  let left: number = quantity;
  for (const { at, open } of ranked) {
    if (left === 0) break;
    const taken = Math.min(open, left);
    if (taken > 0) reductions.push({ candidate: at, quantity: taken as Quantity });
    left -= taken;
  }
  return reductions;
}
