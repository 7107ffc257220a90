// The margin of isolated legs: how much of the wallet is set apart for a leg, and what a fill and a funding payment do to it.
// It is an earmark within the wallet: no money moves here, and the ledger does not know it.

import { assert, mulDiv, type Money, type Quantity } from "../../domain/index.ts";
import { initialMargin } from "./margin-tiers.ts";

export type MarginMode = "cross" | "isolated";

/**
 * The margin of an isolated leg after a fill. Opening adds value ÷ leverage, rounded up; closing gives its share back, half away
 * from zero, the last close all of it; crossing zero does both. Realised P&L goes to the wallet.
 * Source: Binance support, "What Are the Differences Between Isolated Margin and Cross Margin"; Bybit help centre, "Initial Margin".
 * @param before signed quantity before the fill
 * @param after signed quantity after it
 * @param openedValue value at the fill's price of what the fill opened; 0 when it opened nothing
 */
export function isolatedMarginAfter(margin: Money, before: Quantity, after: Quantity, openedValue: Money, leverage: number): Money {
  const crosses = before !== 0 && after !== 0 && before > 0 !== after > 0;
  const open = Math.abs(before);
  const left = crosses ? 0 : Math.min(open, Math.abs(after));
  assert(left === open || openedValue === 0 || crosses, "I-07", () => "a fill that reduces a leg opens nothing");
  const kept = left === open ? margin : left === 0 ? 0 : margin - mulDiv(margin, open - left, open);
  return (kept + initialMargin(openedValue, leverage)) as Money;
}

/**
 * Who pays a funding payment of an isolated leg: what is received goes to the wallet; what is due comes from the free balance,
 * and what that cannot pay from the leg's own margin, which brings its liquidation price closer.
 * Source: Bybit help centre, "Funding Fee Calculation".
 * @param payment positive = received
 * @param available free balance of the wallet beside all margins; below 0 counts as 0
 * @returns changes of the free balance and of the leg's margin; their sum is the payment
 */
export function splitFunding(payment: Money, available: Money): { readonly balance: Money; readonly margin: Money } {
  if (payment >= 0) return { balance: payment, margin: 0 as Money };
  const fromBalance = Math.min(-payment, Math.max(available, 0));
  // + 0 keeps -0 out of every total.
  return { balance: (0 - fromBalance) as Money, margin: (payment + fromBalance) as Money };
}
