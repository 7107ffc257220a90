// What the page reads of a run, in plain types of its own: the browser's code must not pull the house's rooms in, and the node side
// checks that a RunView still is one. Holds no code.

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export interface PageData {
  readonly format: 1;
  readonly scenario: string;
  readonly why: string | null;
  readonly status: "passed" | "failed" | "not_run" | "error";
  readonly error: {
    readonly code: string;
    readonly file: string | null;
    readonly line: number | null;
    readonly column: number | null;
    readonly reason: string;
    readonly hint: string | null;
  } | null;
  readonly seed: number;
  readonly runHash: string;
  readonly currency: string;
  readonly labels: readonly string[];
  readonly manifest: ManifestData;
  readonly expectations: readonly { readonly text: string; readonly passed: boolean; readonly actual: Json }[];
  readonly metrics: MetricsData;
  readonly final: FinalData;
  readonly invariants: { readonly checked: number; readonly violated: number };
  readonly markets: readonly MarketData[];
  readonly equity: EquityData;
  readonly orders: readonly OrderData[];
  readonly fills: readonly FillData[];
  readonly skipped: readonly SkipData[];
  readonly routes: readonly RouteData[];
  readonly funding: readonly FundingData[];
  readonly liquidations: readonly LiquidationData[];
  readonly ledger: readonly LedgerData[];
  readonly alerts: readonly { readonly level: string; readonly text: string; readonly time: number; readonly bar: number }[];
  readonly silences: readonly SilenceData[];
  readonly ambiguous: AmbiguityData;
  readonly unprotected: readonly UnprotectedData[];
  readonly costs: readonly CostData[];
  readonly player: PlayerData;
  readonly omitted?: readonly string[];
}

export interface ManifestData {
  readonly file: string;
  readonly startedAt: string;
  readonly versions: { readonly seatrial: string; readonly node: string; readonly ccxt: string | null };
  readonly hashes: {
    readonly scenarioFile: string;
    readonly bars: readonly {
      readonly symbol: string;
      readonly timeframe: string;
      readonly bars: number;
      readonly from: number | null;
      readonly to: number | null;
      readonly digest: string;
    }[];
  };
  readonly venue: string;
  readonly positionMode: string;
  readonly leverage: number;
  /** The fill model, whose settings are listed by name. */
  readonly fill: object;
  readonly strategy: { readonly name: string; readonly params: object };
}

export interface MetricsData {
  readonly orders: number;
  readonly fills: number;
  readonly rejected: number;
  readonly canceled: number;
  readonly skipped: number;
  readonly unknown: number;
  readonly feesByCurrency: Readonly<Record<string, string>>;
  readonly realizedPnl: string;
  readonly maxDrawdown: string;
  readonly funding?: string;
  readonly unprotectedCost?: string;
}

export interface FinalData {
  readonly balances: Readonly<Record<string, { readonly total: string; readonly free: string; readonly used: string }>>;
  readonly positions: readonly {
    readonly symbol: string;
    readonly leg: string;
    readonly quantity: string;
    readonly entryPrice: string;
    readonly unrealizedPnl: string;
  }[];
  readonly openOrders: readonly OrderRowData[];
  readonly equity: string;
}

export interface MarketData {
  readonly symbol: string;
  readonly timeframe: string;
  readonly interval: number;
  readonly barsPerCandle: number;
  readonly priceDecimals: number;
  readonly quantityDecimals: number;
  readonly time: readonly number[];
  readonly open: readonly number[];
  readonly high: readonly number[];
  readonly low: readonly number[];
  readonly close: readonly number[];
  readonly volume: readonly number[];
  readonly positions: readonly PositionData[];
}

export interface PositionData {
  readonly leg: string;
  readonly time: readonly number[];
  readonly quantity: readonly number[];
  readonly entryPrice: readonly number[];
}

export interface EquityData {
  readonly time: readonly number[];
  readonly value: readonly number[];
  readonly drawdown: readonly number[];
}

export interface OrderRowData {
  readonly id: string | null;
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly side: string;
  readonly leg: string;
  readonly family: string;
  readonly type: string;
  readonly quantity: string;
  readonly price: string | null;
  readonly trigger: string | null;
  readonly timeInForce: string;
  readonly reduceOnly: boolean;
  readonly status: string;
  readonly reason: string;
  readonly time: number;
  readonly bar: number;
  readonly rejection?: { readonly code: string | null; readonly text: string | null; readonly ccxtClass: string | null };
}

export interface OrderData {
  readonly row: OrderRowData;
  readonly live: { readonly from: number; readonly until: number | null } | null;
  readonly prices: readonly { readonly time: number; readonly price: string }[];
  readonly stages: readonly StageData[];
}

export interface StageData {
  readonly stage: string;
  readonly time: number;
  readonly bar: number;
  readonly text: string;
  readonly step: number | null;
  readonly data: Json;
}

export interface FillData {
  readonly orderId: string;
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly side: string;
  readonly leg: string;
  readonly family: string;
  readonly quantity: string;
  readonly price: string;
  readonly fee: string;
  readonly feeCurrency: string;
  readonly liquidity: string;
  readonly time: number;
  readonly bar: number;
}

export interface SkipData {
  readonly symbol: string;
  readonly family: string;
  readonly reason: string;
  readonly time: number;
  readonly bar: number;
  readonly gates?: readonly string[];
  readonly text?: string;
  readonly step?: number | null;
}

export interface SilenceData {
  readonly kind: string;
  readonly symbol: string | null;
  readonly from: number;
  readonly until: number | null;
  readonly time: number;
  readonly bar: number;
  readonly text: string;
  readonly step: number | null;
}

export interface RouteData {
  readonly symbol: string;
  readonly side: string;
  readonly leg: string;
  readonly family: string;
  readonly route: string;
  readonly quantity: string;
  readonly filled: string;
  readonly slices: number;
  readonly orders: number;
  readonly reason: string | null;
  readonly time: number;
  readonly bar: number;
  readonly endBar: number | null;
}

export interface FundingData {
  readonly symbol: string;
  readonly leg: string;
  readonly quantity: string;
  readonly rate: string;
  readonly mark: string;
  readonly source: string;
  readonly amount: string;
  readonly time: number;
  readonly bar: number;
}

export interface LiquidationData {
  readonly symbol: string;
  readonly leg: string;
  readonly side: string;
  readonly quantity: string;
  readonly price: string;
  readonly fee: string;
  readonly insurance: string;
  readonly left: string;
  readonly equity: string;
  readonly maintenance: string;
  readonly takeover: boolean;
  readonly time: number;
  readonly bar: number;
}

export interface LedgerData {
  readonly clientOrderId: string | null;
  readonly symbol: string;
  readonly leg: string;
  readonly quantity: string;
  readonly gross: string;
  readonly entryFee: string;
  readonly exitFee: string;
  readonly net: string;
  readonly cumulative: string;
  readonly time: number;
  readonly bar: number;
}

export interface UnprotectedData {
  readonly symbol: string;
  readonly leg: string;
  readonly exit: string;
  readonly quantity: string;
  readonly price: string;
  readonly reached: string;
  readonly close: string;
  readonly cost: string;
  readonly time: number;
  readonly bar: number;
}

export interface AmbiguityData {
  readonly assumptions: {
    readonly ambiguousBars: number;
    readonly wholeBarLives: number;
    readonly lastPriceStamps: number;
    readonly unmarkedBars: number;
  };
  readonly bars: readonly { readonly symbol: string; readonly bar: number; readonly time: number; readonly path: string; readonly why: string }[];
  readonly envelope: EnvelopeData | null;
}

export interface EnvelopeData {
  readonly best: EnvelopeEndData;
  readonly worst: EnvelopeEndData;
  readonly bars: readonly {
    readonly symbol: string;
    readonly bar: number;
    readonly time: number;
    readonly paths: readonly { readonly path: string; readonly timeToLive?: string; readonly equityDelta: string | null }[];
    readonly reconvergedAt: number | null;
    readonly decisions: readonly { readonly path: string; readonly type: string | null; readonly family: string }[];
  }[];
  readonly worlds: number;
  readonly unexplored: number;
  readonly exact: boolean;
}

interface EnvelopeEndData {
  readonly equity: string;
  readonly confirmed: boolean;
  readonly halt: string | null;
}

export interface CostData {
  readonly assumption: string;
  readonly here: string;
  readonly instead: string;
  readonly equity: string | null;
  readonly difference: string | null;
  readonly fills: number | null;
  readonly realizedPnl: string | null;
  readonly maxDrawdown: string | null;
  readonly note: string | null;
}

export interface PlayerData {
  readonly initial: { readonly runner: Json; readonly strategy: Json };
  readonly steps: readonly StepData[];
  readonly omitted: string | null;
}

export interface StepData {
  readonly bar: number;
  readonly time: number;
  readonly symbol: string | null;
  readonly type: string;
  readonly text: string;
  readonly order: number | null;
  readonly data: Json;
  readonly changes: readonly ChangeData[];
}

export interface ChangeData {
  readonly path: string;
  readonly before: Json;
  readonly after: Json;
  readonly kind: "added" | "removed" | "changed";
}

/** What stands beside the run: who made the chart library, in its own words. */
export interface NoticeData {
  /** Lines of the library's own header: name and version, copyright, licence. */
  readonly attribution: readonly string[];
  readonly licence: string;
}
