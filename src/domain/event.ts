// Everything that goes into the runner: a closed union of plain data. Answers of a venue are events, never return
// values; a reply and a stream message about the same thing are the same fact twice, and the second changes nothing.

import type { CashFlow, ForeignFill, ListedOrder } from "./account-lists.ts";
import type { BarIndex, MarketIndex, Millis, Money, OrderNumber, Price, Quantity, Sequence, VenueOrderId } from "./brand.ts";
import type { DataFinding } from "./data-finding.ts";
import type { InstrumentFilters } from "./instrument-filters.ts";
import type { Leg, Liquidity, OrderStatus, PositionMode, Side } from "./order.ts";
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
  /** Of REJECTED: why; absent: it does not say. */
  readonly refusal?: Refusal;
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

// ---- after a silence: a restart, a gap in the stream, a clock that jumped ------------------------------------------

/**
 * A process that came back: what it knew is rebuilt from the journal, the venue has gone on without it. The first event of
 * every process but a session's first.
 */
export interface SessionResumed extends Stamp {
  readonly type: "session_resumed";
  /** Of this process: larger than any that was seen before, in the journal or in an own id at the venue. */
  readonly epoch: number;
  /** Venue time of the last commit of the process before. */
  readonly since: Millis;
  /** What is not as it was when the session was started; null: nothing. */
  readonly changed: "configuration" | "code" | null;
}

/** Bars that closed while nobody listened: views and indicators take them, nobody decides on them. */
export interface BarsMissed extends Stamp {
  readonly type: "bars_missed";
  readonly market: MarketIndex;
  readonly series: number;
  /** First row that was missed, and the one behind the last. */
  readonly from: BarIndex;
  readonly to: BarIndex;
}

/** The stream of a market (or of all: null) broke off; from here on what it would have said is not known. */
export interface StreamGap extends Stamp {
  readonly type: "stream_gap";
  readonly market: MarketIndex | null;
}

/** It is back, from now on. What was said in between it does not repeat. */
export interface StreamResynced extends Stamp {
  readonly type: "stream_resynced";
  readonly market: MarketIndex | null;
}

/** The shell compared its clock with the venue's, or found that it had slept. */
export interface ClockChecked extends Stamp {
  readonly type: "clock_checked";
  /** Venue's minus ours, ms. */
  readonly offset: number;
  /** How long this process did not run, ms; 0: it did. */
  readonly slept: number;
}

/** Answer to a question for the open orders of a market, normal and trigger orders alike. */
export interface OpenOrdersReported extends Stamp {
  readonly type: "open_orders_reported";
  readonly market: MarketIndex;
  readonly orders: readonly ListedOrder[];
  /** False: pages are missing, and what is not in the list may be open all the same. */
  readonly complete: boolean;
}

/** Answer to a question for the account's trades of a market from an instant on, oldest first. */
export interface FillsReported extends Stamp {
  readonly type: "fills_reported";
  readonly market: MarketIndex;
  readonly fills: readonly OrderFilled[];
  readonly foreign: readonly ForeignFill[];
  readonly complete: boolean;
}

/** Answer to a question for the account: how it is set, and what it holds. */
export interface AccountReported extends Stamp {
  readonly type: "account_reported";
  readonly positionMode: PositionMode;
  /** By market. */
  readonly leverage: readonly number[];
  /** Decimal text by currency. */
  readonly balances: Readonly<Record<string, string>>;
}

/** Answer to a question for what has moved the account's money since an instant, trades aside; oldest first. */
export interface CashReported extends Stamp {
  readonly type: "cash_reported";
  /** In units of the settlement currency, everything told here included. */
  readonly balance: Money;
  readonly flows: readonly CashFlow[];
}

/** One of the questions above was turned away, or got no answer: it has told nothing. */
export interface SnapshotFailed extends Stamp, Refusal {
  readonly type: "snapshot_failed";
  readonly question: "open_orders" | "fills" | "account" | "cash" | "rules";
  /** null: the account's. */
  readonly market: MarketIndex | null;
}

/** Which orders a venue takes at a market. */
export type TradingStatus = "trading" | "post_only" | "limit_only" | "cancel_only" | "maintenance" | "delisted";

export interface VenueStatusChanged extends Stamp {
  readonly type: "venue_status_changed";
  /** null: all markets. */
  readonly market: MarketIndex | null;
  readonly status: TradingStatus;
}

/** The filters of a market as they are from now on. */
export interface RulesReported extends Stamp {
  readonly type: "rules_reported";
  readonly market: MarketIndex;
  readonly filters: InstrumentFilters;
}

/** The venue takes a trade back. */
export interface FillVoided extends OrderStamp {
  readonly type: "fill_voided";
  /** The trade that never was, as it was told. */
  readonly trade: number | string;
  readonly price: Price;
  readonly quantity: Quantity;
  readonly fee: Money;
  readonly feeCurrency: string;
}

/** Money came to the account or left it without a trade. */
export interface FundsMoved extends Stamp {
  readonly type: "funds_moved";
  readonly currency: string;
  /** Signed, in units of the currency's scale. */
  readonly amount: Money;
  readonly text: string;
}

/** The shell's watch over a market's data: a bar that is not taken as it came, data that became stale, or is fresh again. */
export interface DataChecked extends Stamp {
  readonly type: "data_checked";
  readonly market: MarketIndex;
  /** null: it only says whether the data is stale. */
  readonly finding: DataFinding | null;
  /** Nothing may increase risk on what is known of this market now. */
  readonly stale: boolean;
  readonly text: string;
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

/** The shell speaks about a strategy; journaled so that a replay takes the same verdict. `differed`: told again, it answered otherwise. */
export interface StrategyVerdict extends Stamp {
  readonly type: "strategy_verdict";
  readonly market: MarketIndex;
  readonly verdict: "threw" | "timed_out" | "differed";
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
  | AutoDeleveraged
  | OpenOrdersReported
  | FillsReported
  | AccountReported
  | CashReported
  | SnapshotFailed
  | VenueStatusChanged
  | RulesReported
  | FillVoided
  | FundsMoved
  | StreamGap
  | StreamResynced;

/** What a session tells the runner itself. */
export type ShellEvent = SessionResumed | BarsMissed | ClockChecked | DataChecked | TimerFired | OperatorCommand | StrategyVerdict;

export type Event = BarClosed | VenueEvent | ShellEvent;
