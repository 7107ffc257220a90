// Parameters of dual-dca: the documented defaults (requirements 004-DS) and the checks beyond key and type. Percentages are
// percent (0.22 is 0.22 %), quantities base units, notionals the settlement currency, times ms.

import type { Reason } from "../../domain/index.ts";

/** Which legs trade. Both need a hedge-mode account. */
export type DcaSides = "both" | "long" | "short";

export type DcaParams = {
  /** @defaultValue "both" */
  readonly sides: DcaSides;
  /** First entry: `base` = firstQty, `fixed` = fixedNotional ÷ price, `equity_pct` = equity × baseOrderPctEq % ÷ price. @defaultValue "base" */
  readonly sizing: "base" | "fixed" | "equity_pct";
  /** @defaultValue 0.09 */
  readonly firstQty: number;
  readonly fixedNotional: number;
  /** @defaultValue 1 */
  readonly baseOrderPctEq: number;
  /** Equity for sizing, and the budget of a leg: what its lots and resting rungs may cost together. 0 = the account's equity. @defaultValue 300 */
  readonly equityForSizing: number;
  /** Floors of one order, beside the instrument's and the venue's. @defaultValue 0.09 */
  readonly minOrderQty: number;
  readonly minOrderNotional: number;
  /** @defaultValue "market" */
  readonly entryOrderType: "market" | "limit";
  /** A limit entry stands this far on the passive side of the close, in basis points. */
  readonly entryOffsetBp: number;
  readonly entryPostOnly: boolean;
  /** Life of a limit entry, limit ADD or sub-sell, ms. @defaultValue 60000 */
  readonly limitTimeToLive: number;
  /** `close`: decided at the bar's close (touch and confirmation). `resting`: limit orders a rung and a resting take-profit. @defaultValue "close" */
  readonly ladder: "close" | "resting";
  /** Rungs that rest at once, at most maxFillsPerBar. @defaultValue 5 */
  readonly restingRungs: number;
  /** @defaultValue 0.22 */
  readonly tpPercent: number;
  /** Trailing take-profit: the price must fall back this far from its extreme; 0 = at once. `close` ladder only. @defaultValue 0.1 */
  readonly callbackPercent: number;
  /** ADDs of one cycle at most. @defaultValue 244 */
  readonly marginCallLimit: number;
  /** Distance of a rung from the one above it, where firstSteps has no entry. @defaultValue 0.16 */
  readonly stepPercent: number;
  /** Distances of rungs 1, 2 … @defaultValue [0.3, 0.4, 0.6, 0.8, 0.8] */
  readonly firstSteps: readonly number[];
  /** Quantity of fills 2, 3 … as multiples of the first. @defaultValue [1.5, 1, 2, 3.5] */
  readonly multipliers: readonly number[];
  /** The multiple after them. @defaultValue 1 */
  readonly restMultiplier: number;
  readonly maxFillsPerBar: number;
  readonly maxSubSellsPerBar: number;
  /** Entries and ADDs asked for within three minutes, a leg. @defaultValue 14 */
  readonly maxOrdersPer3Min: number;
  /** @defaultValue 0.36 */
  readonly subSellTpPercent: number;
  /** A leg sells single lots only while it has more than this many. @defaultValue 5 */
  readonly subSellMinFills: number;
  /** `close`: see closeBeyondTp and closeBeyondDca. `touch`: a touch is enough for both. @defaultValue "close" */
  readonly confirmMode: "close" | "touch";
  readonly closeBeyondTp: boolean;
  readonly closeBeyondDca: boolean;
  /** A touch counts by the bar's high and low; otherwise by its close. @defaultValue true */
  readonly touchHighLow: boolean;
  /** Decide at the close of bars with an even row only. @defaultValue true */
  readonly evenBarsOnly: boolean;
  /** Merge a lot too small to be sold alone into the one below it. @defaultValue false */
  readonly autoMerge: boolean;
  /** Exposure above this share of the budget sells its newest lots at breakeven plus fees; 0 = off. @defaultValue 50 */
  readonly hardBreakevenDeleveragePct: number;
  /** Fees of a round trip, percent; null = twice the instrument's taker fee. @defaultValue null */
  readonly feePercent: number | null;
  readonly trendSizing: TrendParams;
  /** Share of an ADD's quantity withheld against the trend, 0…1; 1 = no ADD. Needs trendSizing's series. @defaultValue 0 */
  readonly counterTrendDcaBlock: number;
  /** Adverse slip of a rung's fill that widens the next step, at most this percent of that step, 0…3. @defaultValue 0 */
  readonly slipLossCompensation: number;
  /** @defaultValue "market" */
  readonly dcaOrderType: "market" | "limit";
  readonly maxEntrySlipBp: number;
  readonly backoff: { readonly maxFailures: number; readonly cooldownMs: number };
};

/** First entry sized by a trend score: see trend.ts. */
export type TrendParams = {
  /** @defaultValue false: the session must feed the timeframe */
  readonly enabled: boolean;
  /** @defaultValue "1w" */
  readonly timeframe: string;
  readonly period: number;
  readonly slopeBars: number;
  readonly thresholdPercent: number;
  readonly scoreLow: number;
  readonly scoreHigh: number;
  readonly minPercent: number;
  readonly maxPercent: number;
};

export const dcaDefaults: DcaParams = {
  sides: "both",
  sizing: "base",
  firstQty: 0.09,
  fixedNotional: 0,
  baseOrderPctEq: 1,
  equityForSizing: 300,
  minOrderQty: 0.09,
  minOrderNotional: 0,
  entryOrderType: "market",
  entryOffsetBp: 0,
  entryPostOnly: true,
  limitTimeToLive: 60_000,
  ladder: "close",
  restingRungs: 5,
  tpPercent: 0.22,
  callbackPercent: 0.1,
  marginCallLimit: 244,
  stepPercent: 0.16,
  firstSteps: [0.3, 0.4, 0.6, 0.8, 0.8],
  multipliers: [1.5, 1, 2, 3.5],
  restMultiplier: 1,
  maxFillsPerBar: 6,
  maxSubSellsPerBar: 10,
  maxOrdersPer3Min: 14,
  subSellTpPercent: 0.36,
  subSellMinFills: 5,
  confirmMode: "close",
  closeBeyondTp: true,
  closeBeyondDca: true,
  touchHighLow: true,
  evenBarsOnly: true,
  autoMerge: false,
  hardBreakevenDeleveragePct: 50,
  feePercent: null,
  trendSizing: {
    enabled: false,
    timeframe: "1w",
    period: 20,
    slopeBars: 3,
    thresholdPercent: 1,
    scoreLow: 45,
    scoreHigh: 75,
    minPercent: 0.5,
    maxPercent: 2,
  },
  counterTrendDcaBlock: 0,
  slipLossCompensation: 0,
  dcaOrderType: "market",
  maxEntrySlipBp: 0,
  backoff: { maxFailures: 1, cooldownMs: 60_000 },
};

const words: Readonly<Partial<Record<keyof DcaParams, readonly string[]>>> = {
  sides: ["both", "long", "short"],
  sizing: ["base", "fixed", "equity_pct"],
  entryOrderType: ["market", "limit"],
  ladder: ["close", "resting"],
  confirmMode: ["close", "touch"],
  dcaOrderType: ["market", "limit"],
};

/** [least, most] of each number; both included. */
const ranges: Readonly<Partial<Record<keyof DcaParams, readonly [number, number]>>> = {
  firstQty: [0, 1e12],
  fixedNotional: [0, 1e12],
  baseOrderPctEq: [0, 100],
  equityForSizing: [0, 1e12],
  minOrderQty: [0, 1e12],
  minOrderNotional: [0, 1e12],
  entryOffsetBp: [0, 5_000],
  limitTimeToLive: [1, 31_536_000_000],
  restingRungs: [1, 100],
  tpPercent: [0, 100],
  callbackPercent: [0, 50],
  marginCallLimit: [0, 1_000],
  stepPercent: [0, 50],
  restMultiplier: [0, 1_000],
  maxFillsPerBar: [1, 100],
  maxSubSellsPerBar: [0, 100],
  maxOrdersPer3Min: [1, 1_000],
  subSellTpPercent: [0, 100],
  subSellMinFills: [0, 1_000],
  hardBreakevenDeleveragePct: [0, 100_000],
  counterTrendDcaBlock: [0, 1],
  slipLossCompensation: [0, 3],
  maxEntrySlipBp: [0, 10_000],
};

const wholeNumbers: ReadonlySet<keyof DcaParams> = new Set<keyof DcaParams>([
  "restingRungs",
  "marginCallLimit",
  "maxFillsPerBar",
  "maxSubSellsPerBar",
  "maxOrdersPer3Min",
  "subSellMinFills",
]);

interface Problem {
  readonly key: string;
  readonly problem: string;
}

/** The first bad parameter, or null. */
export function checkDcaParams(params: DcaParams): Problem | null {
  for (const key of Object.keys(dcaDefaults) as (keyof DcaParams)[]) {
    const value = params[key];
    const allowed = words[key];
    if (allowed !== undefined && !allowed.includes(value as string)) return { key, problem: `must be one of ${allowed.join(", ")}` };
    const range = ranges[key];
    if (range !== undefined && !within(value, range)) return { key, problem: `must be a number from ${range[0]} to ${range[1]}` };
    if (wholeNumbers.has(key) && !Number.isInteger(value)) return { key, problem: "must be a whole number" };
  }
  return checkLists(params) ?? checkSizing(params) ?? checkNested(params);
}

function checkLists(params: DcaParams): Problem | null {
  for (const key of ["firstSteps", "multipliers"] as const) {
    const at = params[key].findIndex((value: unknown) => !(typeof value === "number" && value > 0 && value <= 1_000));
    if (at >= 0) return { key: `${key}[${at}]`, problem: "must be a number above 0, at most 1000" };
  }
  return null;
}

function checkSizing(params: DcaParams): Problem | null {
  if (params.sizing === "base" && !(params.firstQty > 0)) return { key: "firstQty", problem: "must be above 0 with sizing base" };
  if (params.sizing === "fixed" && !(params.fixedNotional > 0)) return { key: "fixedNotional", problem: "must be above 0 with sizing fixed" };
  if (params.sizing === "equity_pct" && !(params.baseOrderPctEq > 0)) {
    return { key: "baseOrderPctEq", problem: "must be above 0 with sizing equity_pct" };
  }
  return null;
}

function checkNested(params: DcaParams): Problem | null {
  const { trendSizing: trend, backoff, feePercent } = params;
  if (feePercent !== null && !within(feePercent, [0, 10])) return { key: "feePercent", problem: "must be null or a number from 0 to 10" };
  if (!(Number.isInteger(backoff.maxFailures) && backoff.maxFailures >= 1)) {
    return { key: "backoff.maxFailures", problem: "must be a whole number of at least 1" };
  }
  if (!(backoff.cooldownMs >= 0)) return { key: "backoff.cooldownMs", problem: "must not be negative" };
  for (const key of ["period", "slopeBars"] as const) {
    if (!(Number.isInteger(trend[key]) && trend[key] >= 1 && trend[key] <= 10_000)) {
      return { key: `trendSizing.${key}`, problem: "must be a whole number of at least 1" };
    }
  }
  if (!(trend.thresholdPercent > 0)) return { key: "trendSizing.thresholdPercent", problem: "must be above 0" };
  if (!(trend.scoreHigh > trend.scoreLow)) return { key: "trendSizing.scoreHigh", problem: "must be above scoreLow" };
  if (!(trend.minPercent >= 0 && trend.maxPercent >= trend.minPercent)) {
    return { key: "trendSizing.maxPercent", problem: "must be at least minPercent, and neither negative" };
  }
  return null;
}

function within(value: unknown, [least, most]: readonly [number, number]): boolean {
  return typeof value === "number" && value >= least && value <= most;
}

/** Reasons that dual-dca gives its orders. */
export const dcaReasons = {
  entry: "signal",
  add: "dca_level",
  takeProfit: "take_profit",
  trailing: "trailing_take_profit",
  subSell: "sub_sell",
  deleverage: "hard_breakeven_deleverage",
  cancel: "strategy_cancel",
} as const satisfies Readonly<Record<string, Reason>>;
