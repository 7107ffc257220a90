// The table of kinds: which file answers a kind, and why every other kind is not applicable in this version. One case in,
// one verdict out; an error of ours is a difference, never an excuse.

import { SeatrialError } from "../../src/domain/index.ts";
import { NotApplicable, type Case, type SeriesReader } from "./case.ts";
import { backtest } from "./backtest-cases.ts";
import { backtestStats } from "./backtest-stats-cases.ts";
import { candleStrategy } from "./candle-cases.ts";
import type { Comparison } from "./compare.ts";
import { barSequence, divergent, marginAccount, slippage, slippedFills, splitCandle, spotFee } from "./convention-cases.ts";
import { decimalOperation } from "./decimal-cases.ts";
import { funding, fundingWindow, tradeProfit } from "./funding-cases.ts";
import { indicator, indicatorCheckpoints, indicatorPoint } from "./indicator-cases.ts";
import { liquidationPrice, maintenanceAmountOf, maintenanceAmountTable, margin, marginTier } from "./margin-cases.ts";
import { orderFill } from "./order-fill-cases.ts";
import { accountBalance, averageEntry, positionSteps, unrealized } from "./position-cases.ts";
import { precisionContract, precisionNumber, precisionText } from "./precision-cases.ts";
import { quoteFill } from "./quote-cases.ts";
import { reconciliation } from "./reconciliation-cases.ts";
import { drawdownDetail, episodes, stat, statPath } from "./stat-cases.ts";
import { sizing } from "./sizing-cases.ts";
import { tradeExcursion, tradeMatching, tradeStats } from "./trade-cases.ts";
import { commission, marginCheck, positionMode, tradeValue } from "./venue-cases.ts";

type Handler = (given: Case, series: SeriesReader) => Comparison;

const handlers: Readonly<Record<string, Handler>> = {
  order_fill: orderFill,
  position_pnl: positionSteps,
  average_entry: averageEntry,
  position_mode: positionMode,
  commission,
  precision: precisionText,
  precision_number: precisionNumber,
  precision_contract: precisionContract,
  decimal_op: decimalOperation,
  unrealized,
  trade_value: tradeValue,
  margin_check: marginCheck,
  account_balance: accountBalance,
  trade_profit: tradeProfit,
  liquidation_price: liquidationPrice,
  maintenance_amount: maintenanceAmountOf,
  maintenance_amount_table: maintenanceAmountTable,
  margin_tier: marginTier,
  margin,
  funding,
  funding_window: fundingWindow,
  trade_matching: tradeMatching,
  trade_stats: tradeStats,
  trade_excursion: tradeExcursion,
  e2e_backtest: backtest,
  quote_fill: quoteFill,
  reconciliation,
  order_fill_divergent: divergent,
  order_fill_slippage: slippedFills,
  slippage,
  bar_sequence: barSequence,
  split_candle: splitCandle,
  margin_account: marginAccount,
  position_spot_fee: spotFee,
  sizing,
  candle_strategy: candleStrategy,
  backtest_stats: backtestStats,
  stat,
  stat_path: statPath,
  drawdown_detail: drawdownDetail,
  drawdown_episodes: episodes,
  indicator,
  indicator_point: indicatorPoint,
  indicator_checkpoints: indicatorCheckpoints,
};

/** Kinds without a counterpart, and why. */
const absent: Readonly<Record<string, string>> = {
  drawdown_series_episodes: "a drawdown here is found in a curve: a series of drawdowns that begins below its peak has no curve",
  interest: "borrowed money and its interest are not simulated",
};

export type Verdict =
  | { readonly verdict: "agree" }
  | { readonly verdict: "differ"; readonly why: string }
  | { readonly verdict: "notApplicable"; readonly reason: string };

export function judge(given: Case, series: SeriesReader): Verdict {
  const handler = Object.hasOwn(handlers, given.kind) ? handlers[given.kind] : undefined;
  if (handler === undefined)
    return { verdict: "notApplicable", reason: absent[given.kind] ?? `kind ${given.kind} has no counterpart in this version` };
  try {
    const { why } = handler(given, series);
    return why === null ? { verdict: "agree" } : { verdict: "differ", why };
  } catch (error) {
    if (error instanceof NotApplicable) return { verdict: "notApplicable", reason: error.message };
    if (error instanceof SeatrialError && error.code !== "missing_series") return { verdict: "differ", why: `${error.code}: ${error.message}` };
    throw error;
  }
}
