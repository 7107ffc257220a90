// Closed trades as rows of text and numbers: what trades.csv and the tables of a report show. It must never add anything up.

import { printUnits } from "../../domain/index.ts";
import type { RunFacts } from "./run-facts.ts";
import { profitRatio } from "./trade-figures.ts";
import type { TradeLine } from "./trade-line.ts";

/** Money and quantities exact decimal text, times epoch ms, prices and ratios float64. */
export interface TradeRow {
  readonly trade: number;
  readonly symbol: string;
  readonly leg: string;
  readonly side: string;
  readonly quantity: string;
  readonly entryTime: number;
  readonly exitTime: number;
  readonly seconds: number;
  readonly entryPrice: number;
  readonly exitPrice: number;
  readonly entryValue: string;
  readonly exitValue: string;
  readonly gross: string;
  readonly fees: string;
  readonly funding: string;
  /** Empty where a part was closed outside of the session. */
  readonly profit: string | null;
  readonly profitRatio: number | null;
  readonly entries: number;
  readonly exits: number;
  readonly tag: string;
  readonly reason: string;
  readonly family: string | null;
}

/** Decimals of the money, and of the quantities by symbol. */
export interface TradeScales {
  readonly moneyScale: number;
  readonly quantityScales: ReadonlyMap<string, number>;
}

export function tradeScales({ markets, moneyScale }: Pick<RunFacts, "markets" | "moneyScale">): TradeScales {
  return { moneyScale, quantityScales: new Map(markets.map(({ instrument }) => [instrument.symbol, instrument.quantityScale])) };
}

/** Numbered from 1, in the order given. */
export function tradeRows(trades: readonly TradeLine[], { moneyScale, quantityScales }: TradeScales): TradeRow[] {
  const money = (units: number): string => printUnits(units, moneyScale);
  return trades.map((trade, at) => ({
    trade: at + 1,
    symbol: trade.symbol,
    leg: trade.leg,
    side: trade.side,
    quantity: printUnits(trade.quantity, quantityScales.get(trade.symbol) ?? 0),
    entryTime: trade.entryTime,
    exitTime: trade.exitTime,
    seconds: (trade.exitTime - trade.entryTime) / 1_000,
    entryPrice: shortest(trade.entryPrice),
    exitPrice: shortest(trade.exitPrice),
    entryValue: money(trade.entryValue),
    exitValue: money(trade.exitValue),
    gross: money(trade.gross),
    fees: money(trade.fees),
    funding: money(trade.funding),
    profit: trade.complete ? money(trade.profit) : null,
    profitRatio: trade.complete ? shortest(profitRatio(trade) ?? 0) : null,
    entries: trade.entries,
    exits: trade.exits,
    tag: trade.entryReason,
    reason: trade.exitReason,
    family: trade.exitFamily,
  }));
}

// An average of exact prices has no more than these digits to say.
function shortest(value: number): number {
  return Number(value.toPrecision(12));
}
