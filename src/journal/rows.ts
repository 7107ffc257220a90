// Rows: what a run's journal says, in the shape that reports and expectations read. Money, prices and quantities are
// exact minimal decimal strings; times epoch ms; absent is null.

import type { CcxtErrorClass, Family, Leg, Liquidity, OrderType, Reason, RowStatus, Side, TimeInForce, WorkedRoute } from "../domain/index.ts";
import type { AuditReport } from "./audit/report.ts";
import type { Envelope } from "./envelope-rows.ts";
import type { LifecycleStep } from "./lifecycle.ts";

/** An order that was sent. `id` is the venue's id, null until acknowledged. `bar` is the one whose close or fill was being handled; -1 before the first. */
export interface OrderRow {
  readonly id: string | null;
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly leg: Leg;
  readonly family: Family;
  readonly type: OrderType;
  readonly quantity: string;
  readonly price: string | null;
  readonly trigger: string | null;
  readonly timeInForce: TimeInForce;
  readonly reduceOnly: boolean;
  readonly status: RowStatus;
  readonly reason: Reason;
  readonly time: number;
  readonly bar: number;
  /** What the venue said; only on orders that it refused. */
  readonly rejection?: RejectionRow;
  /** Only of orders of a route: what it was expected to lose to the market, in price units as float64 (row 002-SM-1). */
  readonly predictedSlippage?: number;
}

/** A venue's refusal in its own words. */
export interface RejectionRow {
  readonly code: string | null;
  readonly text: string | null;
  /** Class of the error that ccxt throws for it; null where it throws nothing. */
  readonly ccxtClass: CcxtErrorClass | null;
}

/** One intent that was worked by a route. `bar` and `time` are those of its first order. */
export interface RouteRow {
  readonly symbol: string;
  readonly side: Side;
  readonly leg: Leg;
  readonly family: Family;
  readonly route: WorkedRoute;
  readonly quantity: string;
  readonly filled: string;
  readonly slices: number;
  /** Orders sent. */
  readonly orders: number;
  /** null while it is open. */
  readonly reason: Reason | null;
  readonly time: number;
  readonly bar: number;
  /** Bar of its end; null while it is open. */
  readonly endBar: number | null;
}

export interface FillRow {
  /** The venue's order id. */
  readonly orderId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly leg: Leg;
  readonly quantity: string;
  readonly price: string;
  readonly fee: string;
  readonly feeCurrency: string;
  readonly liquidity: Liquidity;
  readonly time: number;
  /** The bar that filled it. */
  readonly bar: number;
}

/** Not in the machine output's `fills`, but wanted beside them: which order of the run a fill belongs to. */
export interface FillDetail extends FillRow {
  readonly clientOrderId: string;
  readonly family: Family;
}

export interface SkipRow {
  readonly symbol: string;
  readonly family: Family;
  readonly reason: Reason;
  readonly time: number;
  readonly bar: number;
}

export interface LedgerRow {
  /** null for a close by the venue's liquidation. */
  readonly clientOrderId: string | null;
  readonly symbol: string;
  readonly leg: Leg;
  readonly quantity: string;
  readonly gross: string;
  readonly entryFee: string;
  readonly exitFee: string;
  readonly net: string;
  readonly cumulative: string;
  readonly time: number;
  readonly bar: number;
}

export interface SyncRow {
  readonly symbol: string;
  readonly leg: Leg;
  readonly status: "SYNCED" | "REVERTED";
  readonly quantity: string;
  readonly reason: Reason;
  readonly time: number;
  readonly bar: number;
}

/** One funding payment of a leg. */
export interface FundingRow {
  readonly symbol: string;
  readonly leg: Leg;
  /** Signed, at the stamp. */
  readonly quantity: string;
  readonly rate: string;
  readonly mark: string;
  /** `last`: the last traded price stood for a mark price that was not there. */
  readonly source: "mark" | "last";
  /** Positive = received, in the settlement currency. */
  readonly amount: string;
  readonly time: number;
  /** The bar that holds the stamp; in a gap of the bars the one before it. */
  readonly bar: number;
}

/** One close of a liquidation. */
export interface LiquidationRow {
  readonly symbol: string;
  readonly leg: Leg;
  /** Side of the close. */
  readonly side: Side;
  readonly quantity: string;
  readonly price: string;
  readonly fee: string;
  /** What the insurance fund took; negative: what it paid. */
  readonly insurance: string;
  /** What is open afterwards, signed. */
  readonly left: string;
  /** Of the pool of margin before it. */
  readonly equity: string;
  readonly maintenance: string;
  readonly takeover: boolean;
  readonly time: number;
  readonly bar: number;
}

/**
 * An exit that answered a fill, was live from the next bar on only, and would have been reached before. `price` is where it would
 * have closed, `reached` the farthest price from the fill on, `close` the last one before it was live.
 */
export interface UnprotectedRow {
  readonly symbol: string;
  readonly leg: Leg;
  /** `take_profit`: a target of the size from before the fill was filled meanwhile, and this one is what it did not close. */
  readonly exit: "stop" | "take_profit";
  /** What stayed open for want of it. */
  readonly quantity: string;
  readonly price: string;
  readonly reached: string;
  readonly close: string;
  /** quantity × (price − close), from the position's side: positive = lost by that close, negative = the result is flattered by it. */
  readonly cost: string;
  /** Of the fill. */
  readonly time: number;
  /** The bar in which it would have been reached. */
  readonly bar: number;
}

/** A process that came back. `time` and `bar` are those of its return. */
export interface RestartRow {
  readonly epoch: number;
  /** Venue time of the last commit of the process before. */
  readonly since: number;
  /** What is not as it was when the session was started. */
  readonly changed: "configuration" | "code" | null;
  /** Bars of the first market's finest series that closed meanwhile. */
  readonly missedBars: number;
  /** How the comparison with the venue ended; null: it did not. */
  readonly reconciled: "done" | "blocked" | null;
  readonly time: number;
  readonly bar: number;
}

export interface AlertRow {
  readonly level: "info" | "warning" | "error";
  readonly text: string;
  readonly time: number;
  readonly bar: number;
}

export interface BalanceRow {
  readonly total: string;
  readonly free: string;
  readonly used: string;
}

export interface PositionRow {
  readonly symbol: string;
  readonly leg: Leg;
  /** Signed. */
  readonly quantity: string;
  readonly entryPrice: string;
  readonly unrealizedPnl: string;
}

export interface FinalState {
  readonly balances: Readonly<Record<string, BalanceRow>>;
  readonly positions: readonly PositionRow[];
  readonly openOrders: readonly OrderRow[];
  /** In the settlement currency at the last close. */
  readonly equity: string;
}

/** What the journal alone says. */
export interface JournalRows {
  readonly orders: readonly OrderRow[];
  readonly fills: readonly FillDetail[];
  readonly skipped: readonly SkipRow[];
  readonly ledger: readonly LedgerRow[];
  readonly synced: readonly SyncRow[];
  readonly routes: readonly RouteRow[];
  readonly funding: readonly FundingRow[];
  readonly liquidations: readonly LiquidationRow[];
  readonly alerts: readonly AlertRow[];
  readonly restarts: readonly RestartRow[];
  /** Why the session stopped before the end of its bars; null when it did not. */
  readonly halt: { readonly reason: Reason; readonly text: string; readonly time: number; readonly bar: number } | null;
}

/** The journal's rows, and those for which the bars have to be looked at as well. */
export interface RunRows extends JournalRows {
  readonly unprotected: readonly UnprotectedRow[];
}

/** Metrics of the machine output. */
export interface RunMetrics {
  readonly orders: number;
  readonly fills: number;
  readonly rejected: number;
  readonly canceled: number;
  readonly skipped: number;
  readonly unknown: number;
  readonly feesByCurrency: Readonly<Record<string, string>>;
  readonly realizedPnl: string;
  readonly maxDrawdown: string;
  /** Sum of the funding payments, positive = received; only where there were any. */
  readonly funding?: string;
  /** Sum of the costs of unprotected bars; only where there were any. */
  readonly unprotectedCost?: string;
}

export interface InvariantCount {
  readonly checked: number;
  readonly violated: number;
}

/** How often the run leaned on an assumption that bars cannot prove. */
export interface RunAssumptions {
  /** Bars that woke orders on both sides of their open: the assumed path decided which came first. */
  readonly ambiguousBars: number;
  /** Fills of orders whose time to live was shorter than their bar, under the optimistic whole-bar setting. */
  readonly wholeBarLives: number;
  /** Funding payments at the last traded price, for want of a mark price near the stamp. */
  readonly lastPriceStamps: number;
  /** Bars in which orders that wait for the mark price were judged by the trades, for want of marks that cover the bar. */
  readonly unmarkedBars: number;
}

/** What one run leaves: everything a report, an expectation or a test may read. */
export interface RunRecord {
  readonly rows: RunRows;
  readonly final: FinalState;
  readonly metrics: RunMetrics;
  readonly invariants: InvariantCount;
  readonly assumptions: RunAssumptions;
  /** sha-256 over bar digests, configuration, then every non-bar event and effect with its bar index. */
  readonly runHash: string;
  /** What else the bars allow; only where that was asked for. */
  readonly envelope?: Envelope;
  /** The independent auditor's word on the run; absent where nobody has asked for it. */
  readonly audit?: AuditReport;
  /** What the venue itself did, one JSON object a line; absent as `audit` is. */
  readonly venueLines?: () => Iterable<string>;
  /** Equity per instant, float64 of the exact money, with the close time of that instant. */
  readonly equity: { readonly time: Float64Array; readonly value: Float64Array };
  /** One JSON object a line: every journaled record in order. Lazy: reading it decodes the tape. */
  journalLines(): Iterable<string>;
  /** What its orders went through, for the coverage of their state machine. Lazy like `journalLines`. */
  lifecycle(): readonly LifecycleStep[];
  /** Gives the memory of journal and curve back for the next run: `journalLines` and `lifecycle` throw from here on, `equity` is not to be read. */
  release(): void;
}
