// Names of a run: what orders and markets are called on its page, and how their numbers are printed. It reads rows and
// instruments only.

import { parseClientOrderId, printUnits, type Instrument } from "../../domain/index.ts";
import type { JournalMarket, OrderRow } from "../../journal/index.ts";

/** Decimals of a fee in another currency than those that the session keeps. */
const foreignFeeScale = 8;

export class RunNames {
  declare readonly markets: readonly JournalMarket[];
  /** Place of each order among the run's rows, by its number. */
  private readonly places = new Map<number, number>();
  private readonly labels: string[] = [];

  /** @param orders in the order of sending */
  constructor(markets: readonly JournalMarket[], orders: readonly OrderRow[]) {
    this.markets = markets;
    const counts = new Map<string, number>();
    for (const [at, { clientOrderId, symbol, leg, family }] of orders.entries()) {
      const number = parseClientOrderId(clientOrderId)?.order;
      if (number !== undefined) this.places.set(number, at);
      const key = `${symbol} ${leg} ${family}`;
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      this.labels.push(`${this.prefixOf(symbol, leg)}${family}#${count}`);
    }
  }

  /** As scenarios name orders: `entry#1` is the first of its family, per symbol and leg; 0 is no order. */
  label(order: number): string {
    const place = this.places.get(order);
    return place === undefined ? `order ${order}` : this.labelAt(place);
  }

  /** The same by an order's place among the rows. */
  labelAt(place: number): string {
    return this.labels[place] as string;
  }

  /** Index among the order rows; null for an order that the run has no row of. */
  place(order: number): number | null {
    return this.places.get(order) ?? null;
  }

  instrument(market: number): Instrument {
    return (this.markets[market] as JournalMarket).instrument;
  }

  symbol(market: number): string {
    return this.instrument(market).symbol;
  }

  fee(instrument: Instrument, units: number, currency: string): string {
    const { rules, spot, moneyScale, quantityScale } = instrument;
    if (currency === rules.settle) return printUnits(units, moneyScale);
    return printUnits(units, spot && currency === rules.base ? quantityScale : foreignFeeScale);
  }

  private prefixOf(symbol: string, leg: string): string {
    const named = [...(this.markets.length > 1 ? [symbol] : []), ...(leg === "SHORT" ? [leg] : [])];
    return named.map((word) => `${word} `).join("");
  }
}
