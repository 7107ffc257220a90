// Rows: what a run's journal says, in the shape that reports and expectations read. Money, prices and quantities are
// exact minimal decimal strings; times epoch ms; absent is null.

import type { Family, Leg, Liquidity, OrderType, Reason, RowStatus, Side, TimeInForce } from "../domain/index.ts";

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

export interface RunRows {
  readonly orders: readonly OrderRow[];
  readonly fills: readonly FillDetail[];
  readonly skipped: readonly SkipRow[];
  readonly ledger: readonly LedgerRow[];
  readonly synced: readonly SyncRow[];
  readonly funding: readonly FundingRow[];
  readonly liquidations: readonly LiquidationRow[];
  readonly alerts: readonly AlertRow[];
  /** Why the session stopped before the end of its bars; null when it did not. */
  readonly halt: { readonly reason: Reason; readonly text: string; readonly time: number; readonly bar: number } | null;
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
  /** Equity per instant, float64 of the exact money, with the close time of that instant. */
  readonly equity: { readonly time: Float64Array; readonly value: Float64Array };
  /** One JSON object a line: every journaled record in order. Lazy: reading it decodes the tape. */
  journalLines(): Iterable<string>;
  /** Gives the journal's memory back for the next run; `journalLines` throws from here on. */
  release(): void;
}
