// Figures of execution: what filling cost against what was asked for, and how the way to the venue went. It must never judge
// whether a fill was good: it counts.

import {
  adverseSlipBp,
  isRiskIncrease,
  parseUnits,
  printDecimal,
  printUnits,
  type Instrument,
  type Price,
  type Quantity,
} from "../../domain/index.ts";
import type { Envelope, OrderRow, RunAssumptions, SkipRow, UnprotectedRow } from "../../journal/index.ts";
import { known, Missing, type Figure } from "./figure.ts";
import type { WayFacts } from "./journal-reader.ts";
import type { PricedFill } from "./requested-price.ts";
import { quotient } from "./statistics.ts";

export interface ExecutionFacts {
  readonly orders: readonly OrderRow[];
  readonly fills: readonly PricedFill[];
  readonly skipped: readonly SkipRow[];
  readonly unprotected: readonly UnprotectedRow[];
  readonly assumptions: RunAssumptions;
  /** Only where it was asked for. */
  readonly envelope: Envelope | null;
  readonly way: WayFacts;
  readonly instruments: ReadonlyMap<string, Instrument>;
  readonly moneyScale: number;
}

/** Orders that their time to live ended. */
const timeouts: ReadonlySet<string> = new Set(["limit_timeout", "dca_limit_timeout", "entry_limit_timeout"]);
const noFills = new Missing("nothing was filled");

export function executionFigures(facts: ExecutionFacts): Record<string, Figure> {
  const { orders, fills, skipped, unprotected, way, moneyScale } = facts;
  const timedOut = orders.filter(({ reason }) => timeouts.has(reason));
  const entry = ({ family }: OrderRow): boolean => isRiskIncrease(family);
  const refused = orders.filter(({ status }) => status === "REJECTED");
  return {
    ...volumeFigures(facts),
    ...slipFigures(facts),
    rejects: refused.length,
    rejects_by_class: counted(refused.map(({ rejection, reason }) => rejection?.ccxtClass ?? reason)),
    rejects_by_reason: counted(refused.map(({ reason }) => reason)),
    rejected_signals: skipped.length,
    skips_by_reason: counted(skipped.map(({ reason }) => reason)),
    timedout_entry_orders: timedOut.filter(entry).length,
    timedout_exit_orders: timedOut.filter((order) => !entry(order)).length,
    canceled_orders: orders.filter(({ status }) => status === "CANCELED").length,
    retries: way.fallbacks + way.cancelRetries,
    market_fallbacks: way.fallbacks,
    cancel_retries: way.cancelRetries,
    unknown_outcomes: way.unknownOutcomes,
    held_requests: way.held,
    requests: way.requests,
    queries: way.queries,
    backoff_skips: skipped.filter(({ reason }) => reason === "strategy_execution_backoff").length,
    backoff_time_s: way.backoffMs / 1_000,
    ambiguous_bars: facts.assumptions.ambiguousBars,
    ambiguous_fills: facts.envelope === null ? new Missing("only a run with --path envelope knows them") : ambiguousFills(fills, facts.envelope),
    unprotected_bars: unprotected.length,
    unprotected_cost_abs: printUnits(
      unprotected.reduce((sum, { cost }) => sum + parseUnits(cost, moneyScale), 0),
      moneyScale,
    ),
  };
}

/** Of one fill: its value in units of money, and what it was worse by than asked for. */
interface Valued {
  readonly fill: PricedFill;
  readonly value: number;
  /** null where nothing was asked for. */
  readonly slipBp: number | null;
  /** Value at the asked price, in units, and what the fill was worse by. */
  readonly asked: number;
  readonly cost: number;
}

function valued({ fills, instruments }: ExecutionFacts): Valued[] {
  return fills.flatMap((fill): Valued[] => {
    const instrument = instruments.get(fill.symbol);
    if (instrument === undefined) return [];
    const value = notional(instrument, fill.price, fill.quantity);
    const { requestedPrice } = fill;
    if (requestedPrice === null || Number(requestedPrice) <= 0) return [{ fill, value, slipBp: null, asked: 0, cost: 0 }];
    const asked = notional(instrument, requestedPrice, fill.quantity);
    // An inverse contract is worth fewer coins the dearer it is.
    const worse = (fill.side === "buy") !== instrument.inverse ? value - asked : asked - value;
    return [{ fill, value, slipBp: adverseSlipBp(fill.side, Number(requestedPrice), Number(fill.price)), asked, cost: worse }];
  });
}

function notional(instrument: Instrument, price: string, quantity: string): number {
  return instrument.notional(parseUnits(price, instrument.priceScale) as Price, parseUnits(quantity, instrument.quantityScale) as Quantity);
}

function volumeFigures(facts: ExecutionFacts): Record<string, Figure> {
  const each = valued(facts);
  // Turnover may leave what a number holds exactly.
  const total = (of: readonly Valued[]): bigint => of.reduce((sum, { value }) => sum + BigInt(value), 0n);
  const maker = each.filter(({ fill }) => fill.liquidity === "maker");
  const [all, made] = [total(each), total(maker)];
  return {
    total_volume: printDecimal({ units: all, scale: facts.moneyScale }),
    maker_share: all === 0n ? noFills : Number(made) / Number(all),
    maker_fills: maker.length,
    taker_fills: each.length - maker.length,
  };
}

/** Row 004-SL-1: adverse positive, in bp of the requested price; weighted by value. */
function slipFigures(facts: ExecutionFacts): Record<string, Figure> {
  const priced = valued(facts).filter(({ slipBp }) => slipBp !== null);
  const none = facts.fills.length === 0 ? noFills : new Missing("no such fill has a requested price");
  const average = (of: readonly Valued[]): Figure => {
    const asked = of.reduce((sum, each) => sum + each.asked, 0);
    const cost = of.reduce((sum, each) => sum + each.cost, 0);
    const share = quotient(cost, asked);
    return known(share === null ? null : share * 10_000, none.reason);
  };
  const slips = priced.map(({ slipBp }) => slipBp as number);
  return {
    slippage_bp: average(priced),
    slippage_taker_bp: average(priced.filter(({ fill }) => fill.liquidity === "taker")),
    slippage_maker_bp: average(priced.filter(({ fill }) => fill.liquidity === "maker")),
    slippage_worst_bp: slips.length === 0 ? none : slips.reduce((worst, slip) => Math.max(worst, slip)),
    slippage_cost_abs: printUnits(
      priced.reduce((sum, { cost }) => sum + cost, 0),
      facts.moneyScale,
    ),
    slippage_unpriced_fills: facts.fills.length - priced.length,
  };
}

/** Fills in bars whose outcome depends on their path. */
function ambiguousFills(fills: readonly PricedFill[], { bars }: Envelope): number {
  const places = new Set(bars.map(({ symbol, bar }) => `${symbol}/${bar}`));
  return fills.filter(({ symbol, bar }) => places.has(`${symbol}/${bar}`)).length;
}

/** How often each word occurs, most frequent first. */
export function counted(words: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)));
}
