// The report of a calendar day (row 000-RP-1) as data. It must never ask for the time: whoever writes it says when.

import { SeatrialError, parseUnits } from "../../domain/index.ts";
import type { Calendar } from "../metrics/time-words.ts";
import { tradeRows, type TradeRow } from "../metrics/trade-table.ts";
import type { TradeLine } from "../metrics/trade-line.ts";
import { tradeAnalytics, type TradeAnalytics } from "./analytics.ts";
import type { DaySource } from "./day-source.ts";

export interface DailyReport {
  /** Of the market's time zone: 2025-01-31. */
  readonly date: string;
  readonly mode: DaySource["mode"];
  readonly config: string;
  /** ISO 8601 UTC. */
  readonly generated_at: string;
  readonly zone: string;
  readonly currency: string;
  readonly summary: {
    /** Net of fees, with funding, exact. */
    readonly realized_pnl: string;
    readonly funding: string;
    /** Closing orders: what each closed is one trade, at the average entry. */
    readonly num_trades: number;
    readonly win_rate: number | null;
  };
  readonly strategies: readonly StrategyDay[];
  readonly notes: readonly string[];
}

export interface StrategyDay extends TradeAnalytics {
  readonly name: string;
  readonly symbols: readonly (TradeAnalytics & { readonly symbol: string })[];
  readonly trades: readonly TradeRow[];
}

const dayMs = 86_400_000;

/** Every date that the source covers, in order. */
export function datesOf({ from, to }: DaySource, calendar: Calendar): string[] {
  const [first, last] = [calendar.dayOf(from), calendar.dayOf(to - 1)];
  return Array.from({ length: Math.round((last - first) / dayMs) + 1 }, (_, at) => new Date(first + at * dayMs).toISOString().slice(0, 10));
}

/** @throws SeatrialError `date_outside_run` */
export function dailyReport(source: DaySource, date: string, calendar: Calendar, generatedAt: string): DailyReport {
  const dates = datesOf(source, calendar);
  if (!dates.includes(date)) {
    throw new SeatrialError({
      code: "date_outside_run",
      reason: `the run has no ${date} in ${calendar.zone}`,
      hint: `it goes from ${dates[0] ?? ""} to ${dates.at(-1) ?? ""}`,
    });
  }
  const { moneyScale } = source;
  const onDay = (time: number): boolean => calendar.date(time) === date;
  const exits = source.exits.filter(({ exitTime }) => onDay(exitTime));
  const paid = source.funding.filter(({ time }) => onDay(time));
  const funding = (symbol: string | null): number =>
    paid.reduce((sum, each) => sum + (symbol === null || each.symbol === symbol ? parseUnits(each.amount, moneyScale) : 0), 0);
  const all = tradeAnalytics(exits, moneyScale, funding(null));
  return {
    date,
    mode: source.mode,
    config: source.config,
    generated_at: generatedAt,
    zone: calendar.zone,
    currency: source.currency,
    summary: {
      realized_pnl: all.realized_pnl,
      funding: tradeAnalytics([], moneyScale, funding(null)).realized_pnl,
      num_trades: all.num_trades,
      win_rate: all.win_rate,
    },
    strategies: [{ name: source.strategy, ...all, symbols: symbolDays(source, exits, funding), trades: tradeRows(exits, source) }],
    notes: source.notes.filter(({ time }) => time === null || onDay(time)).map(({ text }) => text),
  };
}

/** Symbols with a trade or a payment on the day, in the order of the run's markets. */
function symbolDays(
  { moneyScale, quantityScales }: DaySource,
  exits: readonly TradeLine[],
  funding: (symbol: string) => number,
): StrategyDay["symbols"] {
  return [...quantityScales.keys()].flatMap((symbol) => {
    const own = exits.filter((exit) => exit.symbol === symbol);
    return own.length === 0 && funding(symbol) === 0 ? [] : [{ symbol, ...tradeAnalytics(own, moneyScale, funding(symbol)) }];
  });
}
