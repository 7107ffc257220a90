// The view of a run: what a page about it shows, as plain JSON data. It is put together once, by `view-of`; the page draws it and
// computes no trading result a second time. Money, prices and quantities are exact minimal decimal strings, times epoch ms UTC,
// absent is null; chart columns are float64, because pixels are.

import type {
  AlertRow,
  Envelope,
  FillDetail,
  FinalState,
  FundingRow,
  InvariantCount,
  LedgerRow,
  LiquidationRow,
  OrderRow,
  RouteRow,
  RunAssumptions,
  RunMetrics,
  SkipRow,
  UnprotectedRow,
} from "../../journal/index.ts";
import type { Manifest } from "../manifest.ts";
import type { RunStatus } from "../outcome.ts";
import type { ErrorObject } from "../result.ts";

/** A JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Everything that the page of one run shows. */
export interface RunView {
  readonly format: 1;
  readonly scenario: string;
  /** Why the scenario exists, in its author's words; null where it does not say. */
  readonly why: string | null;
  readonly status: RunStatus;
  readonly error: ErrorObject | null;
  readonly seed: number;
  readonly runHash: string;
  /** Settlement currency of equity and of every cost. */
  readonly currency: string;
  readonly labels: readonly string[];
  readonly manifest: Omit<Manifest, "configuration">;
  readonly expectations: readonly { readonly text: string; readonly passed: boolean; readonly actual: Json }[];
  readonly metrics: RunMetrics;
  readonly final: FinalState;
  readonly invariants: InvariantCount;
  readonly markets: readonly MarketView[];
  readonly equity: EquityView;
  readonly orders: readonly OrderLife[];
  readonly fills: readonly FillDetail[];
  readonly skipped: readonly SkippedIntent[];
  readonly routes: readonly RouteRow[];
  readonly funding: readonly FundingRow[];
  readonly liquidations: readonly LiquidationRow[];
  readonly ledger: readonly LedgerRow[];
  readonly alerts: readonly AlertRow[];
  /** When the process did not hear the venue, in the order of their ends: where an incident began and what came of it. */
  readonly silences: readonly SilenceView[];
  readonly ambiguous: AmbiguityView;
  readonly unprotected: readonly UnprotectedRow[];
  /** Each assumption with what it is worth in this run; empty where the runs for it were not asked for. */
  readonly costs: readonly AssumptionCost[];
  readonly player: PlayerView;
  /** What the page leaves out for its size, in sentences: "orders beyond the first 1500". Absent or empty where nothing is. */
  readonly omitted?: readonly string[];
}

/** An intent that a gate refused: it never became an order. `gates`: those that it passed, in order, then the one that refused it. */
export interface SkippedIntent extends SkipRow {
  readonly gates?: readonly string[];
  /** In a sentence: what was asked for, which gate refused it, and why. */
  readonly text?: string;
  /** Index into the player's steps; null where it has none. */
  readonly step?: number | null;
}

/** A time in which the process was gone or slept, a stream was broken, or the data of a market stood still. */
export interface SilenceView {
  readonly kind: "restart" | "sleep" | "stream_gap" | "stale_data";
  /** null: all markets. */
  readonly symbol: string | null;
  readonly from: number;
  /** null: it lasted to the end of the run. */
  readonly until: number | null;
  /** Of its end; where it has none, of its beginning. */
  readonly time: number;
  readonly bar: number;
  /** In a sentence: what was not there, how long, and how the comparison with the venue ended. */
  readonly text: string;
  /** Index into the player's steps; null where it has none. */
  readonly step: number | null;
}

/** The candles of one market. */
export interface MarketView {
  readonly symbol: string;
  /** Of the candles: coarser than the run's own bars where those are more than a page can hold. */
  readonly timeframe: string;
  readonly interval: number;
  /** The run's own bars that one candle holds; 1 = the run's own bars. */
  readonly barsPerCandle: number;
  readonly priceDecimals: number;
  readonly quantityDecimals: number;
  /** Open times, ascending; a hole in the data is a hole here. */
  readonly time: readonly number[];
  readonly open: readonly number[];
  readonly high: readonly number[];
  readonly low: readonly number[];
  readonly close: readonly number[];
  readonly volume: readonly number[];
  /** Signed position per leg where it changed: from `time` on it stood at `quantity`. */
  readonly positions: readonly {
    readonly leg: string;
    readonly time: readonly number[];
    readonly quantity: readonly number[];
    readonly entryPrice: readonly number[];
  }[];
}

/** Equity at closes, thinned where the run has more than a page can hold; the extremes of each thinned stretch are kept. */
export interface EquityView {
  readonly time: readonly number[];
  readonly value: readonly number[];
  /** Below the running peak, ≤ 0, in the currency. */
  readonly drawdown: readonly number[];
}

/** One order from the wish to its end. */
export interface OrderLife {
  /** As in the machine output. */
  readonly row: OrderRow;
  /** When it was live at the venue, for price lines: null where it never was; `until` null = still open. */
  readonly live: { readonly from: number; readonly until: number | null } | null;
  /** Price or trigger over its life where amended or trailing: from `time` on `price`. Empty for market orders. */
  readonly prices: readonly { readonly time: number; readonly price: string }[];
  /** In time order; the first is the intent. */
  readonly stages: readonly LifeStage[];
}

/** `stage` says what happened, `text` tells it in a sentence, `data` has the journal's own fields. `step`: index into the player's steps, null where it has none. */
export interface LifeStage {
  readonly stage:
    | "intent"
    | "gate"
    | "normalised"
    | "request"
    | "acknowledged"
    | "rejected"
    | "unknown"
    | "amended"
    | "triggered"
    | "fill"
    | "cancel_requested"
    | "cancel_refused"
    | "voided"
    | "silence"
    | "ended"
    | "ledger";
  readonly time: number;
  readonly bar: number;
  readonly text: string;
  readonly step: number | null;
  readonly data: Json;
}

/** What the bars do not say, and where it mattered. */
export interface AmbiguityView {
  readonly assumptions: RunAssumptions;
  /** Bars with orders on both sides of their open: the path decided what came first. */
  readonly bars: readonly { readonly symbol: string; readonly bar: number; readonly time: number; readonly path: string; readonly why: string }[];
  /** Only where the run had an envelope. */
  readonly envelope: Envelope | null;
}

/** The same scenario with one assumption changed. */
export interface AssumptionCost {
  readonly assumption: "fees" | "slippage" | "spread" | "funding" | "path" | "volume" | "limit" | "latency";
  /** As it stands in this run: "maker 0.0002, taker 0.0005". */
  readonly here: string;
  /** As it was changed: "no fees". */
  readonly instead: string;
  /** Final equity of the other run; null where it broke off, and `note` says why. */
  readonly equity: string | null;
  /** The other run's final equity less this one's. */
  readonly difference: string | null;
  readonly fills: number | null;
  readonly realizedPnl: string | null;
  readonly maxDrawdown: string | null;
  readonly note: string | null;
}

/**
 * The run, step by step: one step is one committed record, or the close of a bar. The records of one commit (an event and what the
 * runner answers to it) are one act: each change stands at the record that tells it, what none tells at the first of them. All changes,
 * applied in order to `initial`, give the state behind the last step.
 */
export interface PlayerView {
  /** Runner and strategy before the first step. */
  readonly initial: { readonly runner: Json; readonly strategy: Json };
  readonly steps: readonly PlayerStep[];
  /** What is left out and why, in a sentence: "quiet bars hold no state beyond bar 5000". Null where every bar is a step. */
  readonly omitted: string | null;
}

export interface PlayerStep {
  readonly bar: number;
  readonly time: number;
  /** null: of no market. */
  readonly symbol: string | null;
  /** `bar_closed`, or the type of the journal's record. */
  readonly type: string;
  /** In a sentence: "sell 36.01 at 42.017 filled as taker, fee 0.7565". */
  readonly text: string;
  /** Index into `orders`; null where it is about none. */
  readonly order: number | null;
  /** The journal's own fields; null for a bar. */
  readonly data: Json;
  /** What it changed, in the order of the paths. */
  readonly changes: readonly StateChange[];
}

/**
 * `path` as in "runner.positions.0.quantity"; a dot inside a key stands as "\.". `before` undefined in JSON terms is null together with
 * `added`. Lists grow and shrink at their ends: items are added in ascending order and removed in descending order.
 */
export interface StateChange {
  readonly path: string;
  readonly before: Json;
  readonly after: Json;
  readonly kind: "added" | "removed" | "changed";
}
