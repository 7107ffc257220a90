// Auto-deleveraging of the session's own position: a counterparty was liquidated, its insurance fund could not bear the loss,
// and our side is closed at the price at which the other one was bankrupt. Whose turn it is depends on accounts that a
// simulation of one account does not have: it happens when a scenario says so, and never otherwise.

import {
  assert,
  mulDiv,
  parseRatio,
  parseUnits,
  type Leg,
  type MarketIndex,
  type Millis,
  type Money,
  type Price,
  type Quantity,
} from "../../domain/index.ts";
import { closingSide } from "./account.ts";
import type { FeeSchedule } from "./fees.ts";
import type { LiquidationHost } from "./liquidator.ts";
import type { VenueProfile } from "./profile.ts";

export interface DeleverageStep {
  readonly do: "adl";
  readonly leg: Leg;
  /** Decimal text; without it and a share, all of the leg. */
  readonly quantity: string | null;
  /** Of what is open, decimal text up to 1. */
  readonly share: string | null;
  /** Bankruptcy price of the other side; null = the last price. */
  readonly price: string | null;
}

/** Closes what the step says, at least one step of quantity; a flat leg is left alone. Open orders of the market go first. */
export function autoDeleverage(
  host: LiquidationHost & { readonly profile: VenueProfile },
  fees: FeeSchedule,
  market: MarketIndex,
  step: DeleverageStep,
  time: Millis,
): void {
  const { account } = host;
  const position = account.leg(market, step.leg);
  const side = position === undefined ? null : closingSide(position);
  if (position === undefined || side === null) return;
  const { instrument } = position;
  const open = Math.abs(position.quantity);
  const quantity = Math.min(open, Math.max(instrument.step, instrument.floorQuantity(wanted(step, open, instrument.quantityScale)))) as Quantity;
  const price = (step.price === null ? account.market(market).last : parseUnits(step.price, instrument.priceScale)) as Price;
  assert(price > 0, "I-37", () => `a position cannot be deleveraged at ${price}`);
  // binance.com FAQ 360033525471 and Bybit's "What is Auto-Deleveraging": open orders are cancelled.
  host.cancelOrders(market, null, time, "auto_deleveraged");
  const value = instrument.notional(price, quantity);
  const fee = host.profile.deleveragingFee === "maker" ? fees.amount(side, "maker", quantity, value, false) : (0 as Money);
  account.liquidate(market, position, quantity, price, fee);
  host.positionChanged();
  const { leg, quantity: left } = position;
  host.emit({ type: "auto_deleveraged", time, sequence: host.nextSequence(), market, leg, side, quantity, price, fee, left }, time);
}

function wanted({ quantity, share }: DeleverageStep, open: number, scale: number): number {
  if (quantity !== null) return parseUnits(quantity, scale);
  if (share === null) return open;
  const { numerator, denominator } = parseRatio(share);
  return mulDiv(open, numerator, denominator, "down");
}
