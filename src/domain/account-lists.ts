// What a venue lists of an account when it is asked: its open orders, and trades that were not ours. Plain data.

import type { MarketIndex, Millis, Money, OrderNumber, Price, Quantity, VenueOrderId } from "./brand.ts";
import type { Family, Leg, OrderType, Side } from "./order.ts";

/** An open order in a venue's list. */
export interface ListedOrder {
  /** Number of an order of this session by its client order id; null: the order is not ours. */
  readonly order: OrderNumber | null;
  /** Epoch in our id; null for an order that is not ours. */
  readonly epoch: number | null;
  readonly venueOrderId: VenueOrderId;
  readonly side: Side;
  readonly leg: Leg;
  readonly type: OrderType;
  readonly price: Price | null;
  readonly trigger: Price | null;
  readonly quantity: Quantity;
  readonly filled: Quantity;
  readonly reduceOnly: boolean;
  /** As far as the venue's terms or our id tell; null: they do not. */
  readonly family: Family | null;
}

/** A trade of the account that no order of this session made. */
export interface ForeignFill {
  readonly trade: number | string;
  /** `trade`: by hand, or of another party. */
  readonly cause: "trade" | "liquidation" | "deleveraging";
  readonly time: Millis;
  readonly side: Side;
  readonly leg: Leg;
  readonly price: Price;
  readonly quantity: Quantity;
  /** Signed cost in the settlement currency. */
  readonly fee: Money;
}

/** Money that came to the account or left it without a trade. */
export interface CashFlow {
  /** `transfer`: a deposit, a withdrawal, a conversion, interest. */
  readonly cause: "funding" | "transfer";
  /** Of funding; null: of none. */
  readonly market: MarketIndex | null;
  readonly leg: Leg | null;
  readonly time: Millis;
  readonly currency: string;
  /** Signed, in units of the currency's scale: positive = received. */
  readonly amount: Money;
  readonly text: string;
}
