// Everything that goes into the runner: a closed union of plain data. Answers of a venue are events, never return
// values; a reply and a stream message about the same thing are the same fact twice, and the second changes nothing.

import type { BarIndex, MarketIndex, Millis, Money, OrderNumber, Price, Quantity, Sequence, VenueOrderId } from "./brand.ts";
import type { Leg, Liquidity, OrderStatus, Side } from "./order.ts";
import type { Reason } from "./reasons.ts";
import type { Refusal } from "./refusal.ts";

/** `time` is venue time; `sequence` orders events of equal time. Shell events (bars, timers, commands) have sequence 0. */
interface Stamp {
  readonly time: Millis;
  readonly sequence: Sequence;
}

/** Facts about one order. */
interface OrderStamp extends Stamp {
  readonly market: MarketIndex;
  readonly order: OrderNumber;
}

export interface BarClosed extends Stamp {
  readonly type: "bar_closed";
  readonly market: MarketIndex;
  /** Index of the series among the market's series; 0 is the finest. */
  readonly series: number;
  readonly bar: BarIndex;
  /** True on the last closing of an instant: all markets and timeframes are up to date, strategies decide now. */
  readonly decide: boolean;
}

export interface OrderAcknowledged extends OrderStamp {
  readonly type: "order_acknowledged";
  readonly venueOrderId: VenueOrderId;
}

export interface OrderRejected extends OrderStamp, Refusal {
  readonly type: "order_rejected";
}

/** The request left, and nothing definite came back (rule 5). Only positive evidence or a proof of absence ends it. */
export interface OrderUnknown extends OrderStamp {
  readonly type: "order_unknown";
  readonly request: "submit" | "cancel" | "amend";
}

export interface OrderFilled extends OrderStamp {
  readonly type: "order_filled";
  /** Unique at the venue; the runner applies each trade once. */
  readonly trade: number | string;
  readonly price: Price;
  readonly quantity: Quantity;
  /** Signed cost in units of `feeCurrency`; a rebate is negative. */
  readonly fee: Money;
  readonly feeCurrency: string;
  readonly liquidity: Liquidity;
  /** Filled so far, this fill included. */
  readonly cumulative: Quantity;
}

export interface OrderCanceled extends OrderStamp {
  readonly type: "order_canceled";
  readonly cumulative: Quantity;
}

export interface OrderExpired extends OrderStamp {
  readonly type: "order_expired";
  readonly cumulative: Quantity;
  readonly reason: Reason;
}

export interface CancelRejected extends OrderStamp, Refusal {
  readonly type: "cancel_rejected";
}

export interface OrderAmended extends OrderStamp {
  readonly type: "order_amended";
  readonly price: Price | null;
  readonly trigger: Price | null;
  readonly quantity: Quantity;
}

export interface AmendRejected extends OrderStamp, Refusal {
  readonly type: "amend_rejected";
}

/** A question was turned away: it has told nothing. About an order, or about the position of a leg. */
export interface QueryRejected extends Stamp, Refusal {
  readonly type: "query_rejected";
  readonly market: MarketIndex;
  /** null: the question was about a position. */
  readonly order: OrderNumber | null;
  /** null: the question was about an order. */
  readonly leg: Leg | null;
}

/** Answer to a query by client order id. `status: null` = the venue does not know the id (no proof of absence by itself). */
export interface QueryAnswered extends OrderStamp {
  readonly type: "query_answered";
  readonly status: OrderStatus | null;
  readonly venueOrderId: VenueOrderId | null;
  readonly cumulative: Quantity;
  /** Fills of the order that the venue knows, oldest first. */
  readonly fills: readonly OrderFilled[];
}

/** Answer to a position query, or a stream notice: the venue's truth about one leg. */
export interface PositionReported extends Stamp {
  readonly type: "position_reported";
  readonly market: MarketIndex;
  readonly leg: Leg;
  /** Signed. */
  readonly quantity: Quantity;
  /** Average entry as the venue states it, decimal text; null when flat, or not told. */
  readonly entryPrice: string | null;
  /** The venue says that the change came from outside this session (manual trade, liquidation elsewhere). */
  readonly external: boolean;
}

/** The venue has reduced a leg, against a liquidation that its insurance fund could not bear (auto-deleveraging). */
export interface AutoDeleveraged extends Stamp {
  readonly type: "auto_deleveraged";
  readonly market: MarketIndex;
  readonly leg: Leg;
  /** Of the close. */
  readonly side: Side;
  /** What was closed, above 0. */
  readonly quantity: Quantity;
  /** The bankruptcy price of the position on the other side. */
  readonly price: Price;
  readonly fee: Money;
  /** What is open afterwards, signed. */
  readonly left: Quantity;
}

/** Equity no longer covers the maintenance margin. The session ends; it never trades on. */
export interface AccountInsolvent extends Stamp {
  readonly type: "account_insolvent";
  readonly market: MarketIndex;
  readonly equity: Money;
  readonly maintenance: Money;
}

/** A leg has paid or received funding; `time` is the stamp's own. */
export interface FundingPaid extends Stamp {
  readonly type: "funding_paid";
  readonly market: MarketIndex;
  readonly leg: Leg;
  /** Signed, at the stamp. */
  readonly quantity: Quantity;
  /** Integer of 10^-rateScale: out of a long while it is positive. */
  readonly rate: number;
  readonly rateScale: number;
  readonly mark: Price;
  /** `last`: no mark price was near, the last traded price stands for it. */
  readonly source: "mark" | "last";
  /** Positive = received. */
  readonly amount: Money;
}

/** The venue has closed a leg, or a part of it, because its margin no longer covered it. */
export interface Liquidated extends Stamp {
  readonly type: "liquidated";
  readonly market: MarketIndex;
  readonly leg: Leg;
  /** Of the close. */
  readonly side: Side;
  /** What was closed, above 0. */
  readonly quantity: Quantity;
  readonly price: Price;
  /** The clearance fee. */
  readonly fee: Money;
  /** What the insurance fund took of the rest; negative: what it paid. On the last close of a liquidation, 0 on the others. */
  readonly insurance: Money;
  /** What is open afterwards, signed. */
  readonly left: Quantity;
  /** Of the pool of margin at its marks before the first close: equity rounded down, what it had to exceed rounded up. */
  readonly equity: Money;
  readonly maintenance: Money;
  /** The venue took the position over instead of closing it at the market. */
  readonly takeover: boolean;
}

export interface TimerFired extends Stamp {
  readonly type: "timer_fired";
  readonly timer: number;
}

/** Operator and stop-file commands. `text` is the operator's reason. */
export interface OperatorCommand extends Stamp {
  readonly type: "operator_command";
  readonly command: "stop_new_orders" | "kill" | "resume" | "halt";
  readonly text: string;
}

/** The shell's watchdog or error boundary speaks about the strategy; journaled so that replay takes the same verdict. */
export interface StrategyVerdict extends Stamp {
  readonly type: "strategy_verdict";
  readonly market: MarketIndex;
  readonly verdict: "threw";
  readonly text: string;
}

export type VenueEvent =
  | OrderAcknowledged
  | OrderRejected
  | OrderUnknown
  | OrderFilled
  | OrderCanceled
  | OrderExpired
  | CancelRejected
  | OrderAmended
  | AmendRejected
  | QueryRejected
  | QueryAnswered
  | PositionReported
  | AccountInsolvent
  | FundingPaid
  | Liquidated
  | AutoDeleveraged;

export type Event = BarClosed | VenueEvent | TimerFired | OperatorCommand | StrategyVerdict;
