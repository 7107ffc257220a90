// What a venue did, in its own words and numbers, whatever it told of it: the vocabulary of its tape. Plain data; an auditor
// reads it who must not know the venue.

import type { MarketIndex, Millis, Money, OrderNumber, Price, Quantity } from "./brand.ts";
import type { Family, Leg, Liquidity, OrderType, PositionMode, Side } from "./order.ts";
import type { Reason } from "./reasons.ts";

export const venueTapeSchema = "venue_tape_v1";

/** `time` is the venue's; `bar` the row of the market's finest series that the venue stood at, -1 before the first. */
interface EntryStamp {
  readonly time: Millis;
  readonly bar: number;
  readonly market: MarketIndex;
}

/** Names an order: `venueOrderId` is the venue's own, `order` the number in the id that the client gave. */
interface OrderEntry extends EntryStamp {
  readonly order: OrderNumber;
  readonly venueOrderId: number;
}

/** What the account holds of the currencies that moved, afterwards: integers at the scales of the tape's head. */
type Balances = Readonly<Record<string, Money>>;

export interface OrderTaken extends OrderEntry {
  readonly type: "accepted";
  readonly side: Side;
  readonly leg: Leg;
  readonly family: Family;
  readonly orderType: OrderType;
  readonly quantity: Quantity;
  /** Bound by the position: reduce-only, or the closing side of a hedge leg. */
  readonly closing: boolean;
  /** In the client's id: of the process that sent it. 1 where nobody keeps it. */
  readonly epoch: number;
}

export interface OrderRefused extends EntryStamp {
  readonly type: "rejected";
  readonly order: OrderNumber;
  readonly reason: Reason;
}

export interface OrderTraded extends OrderEntry {
  readonly type: "filled";
  readonly trade: number;
  readonly side: Side;
  readonly leg: Leg;
  readonly price: Price;
  readonly quantity: Quantity;
  readonly fee: Money;
  readonly feeCurrency: string;
  readonly liquidity: Liquidity;
  readonly cumulative: Quantity;
  /** Of the order; 0: it is complete. */
  readonly left: Quantity;
  /** Of the leg, signed, afterwards. */
  readonly position: Quantity;
  readonly balances: Balances;
}

/** The order ended before it was complete. */
export interface OrderOver extends OrderEntry {
  readonly type: "ended";
  readonly status: "CANCELED" | "EXPIRED";
  readonly cumulative: Quantity;
}

export interface OrderChanged extends OrderEntry {
  readonly type: "amended";
  /** Its id before; venues that cancel and replace give another one. */
  readonly formerId: number;
  readonly quantity: Quantity;
}

export interface FundingSettled extends EntryStamp {
  readonly type: "funded";
  readonly leg: Leg;
  readonly quantity: Quantity;
  readonly rate: number;
  readonly rateScale: number;
  readonly mark: Price;
  readonly amount: Money;
  readonly balances: Balances;
}

/** The venue closed a leg, or a part of it, without an order: for want of margin, or against somebody else's. */
export interface LegClosed extends EntryStamp {
  readonly type: "liquidated" | "deleveraged";
  readonly leg: Leg;
  readonly side: Side;
  readonly quantity: Quantity;
  readonly price: Price;
  readonly fee: Money;
  readonly insurance: Money;
  readonly position: Quantity;
  readonly balances: Balances;
}

/** A trade on the account that no order of the session made. */
export interface TradedOutside extends EntryStamp {
  readonly type: "traded_outside";
  readonly leg: Leg;
  readonly side: Side;
  readonly quantity: Quantity;
  readonly price: Price;
  readonly fee: Money;
  readonly feeCurrency: string;
  readonly position: Quantity;
  readonly balances: Balances;
}

/** The venue took a trade back. */
export interface TradeVoided extends OrderEntry {
  readonly type: "voided";
  readonly trade: number;
  readonly position: Quantity;
  readonly balances: Balances;
}

/** Money came to the account or left it without a trade. */
export interface FundsFlowed {
  readonly type: "flowed";
  readonly time: Millis;
  readonly currency: string;
  /** Signed. */
  readonly amount: Money;
  readonly balances: Balances;
}

/** The venue came back from a restart and gives its ids anew, from the first on. */
export interface IdsBeganAgain {
  readonly type: "renumbered";
  readonly time: Millis;
}

export type VenueEntry =
  | OrderTaken
  | OrderRefused
  | OrderTraded
  | OrderOver
  | OrderChanged
  | FundingSettled
  | LegClosed
  | TradedOutside
  | TradeVoided
  | FundsFlowed
  | IdsBeganAgain;

/** How a tape begins: what stood at the account before the first entry, and the scales of all that follows. */
export interface VenueTapeHead {
  readonly schema: typeof venueTapeSchema;
  readonly mode: PositionMode;
  readonly settlement: string;
  /** Decimals of money and coins by currency. */
  readonly scales: Readonly<Record<string, number>>;
  readonly markets: readonly { readonly symbol: string; readonly priceScale: number; readonly quantityScale: number }[];
  /** Balances before the first entry. */
  readonly balances: Balances;
  /** Legs that were open then. */
  readonly positions: readonly { readonly market: MarketIndex; readonly leg: Leg; readonly quantity: Quantity; readonly cost: Money }[];
}

/** How a tape ends: what the session could not have heard of when it ended. */
export interface VenueTapeEnd {
  readonly type: "end";
  /** Trades whose telling was on its way. */
  readonly trades: readonly (number | string)[];
  /** Legs, as `market/leg`, whose funding or forced close was on its way. */
  readonly legs: readonly string[];
}
