// P&L per symbol (row 003-P1-1): realized, unrealized and total, what is held and at what price. Closed symbols are in it. It must
// never pass a price that is not known for one that is: the average entry stands in, with a warning.

import { addDecimals, parseDecimal, parseUnits, printDecimal, printUnits, type Price, type Quantity } from "../../domain/index.ts";
import type { PositionRow } from "../../journal/index.ts";
import type { RunFacts } from "../metrics/run-facts.ts";
import type { ReportTable } from "./report-table.ts";

/** Money, prices and quantities exact decimal text. */
export interface SymbolProfit {
  readonly symbol: string;
  /** Net of fees, funding included. */
  readonly realized: string;
  readonly unrealized: string;
  readonly total: string;
  /** Signed; legs of a hedge added up. */
  readonly quantity: string;
  /** Of each open leg: "LONG 101.5"; empty when closed. */
  readonly averageEntry: string;
  /** Last close; the average entry where that is not known, null where nothing is held either. */
  readonly price: string | null;
  /** Value of what is held, legs added up, at that price. */
  readonly notional: string;
  readonly status: "open" | "closed";
}

export interface SymbolProfits {
  readonly symbols: readonly SymbolProfit[];
  readonly warnings: readonly string[];
}

/** In the order of the run's markets. */
export function symbolProfits(facts: RunFacts): SymbolProfits {
  const warnings: string[] = [];
  const symbols = facts.markets.map(({ instrument, lastClose }): SymbolProfit => {
    const { symbol, moneyScale, priceScale, quantityScale } = instrument;
    const held = facts.final.positions.filter((position) => position.symbol === symbol);
    const realized =
      facts.exits.reduce((sum, exit) => sum + (exit.symbol === symbol ? exit.profit : 0), 0) +
      facts.funding.reduce((sum, paid) => sum + (paid.symbol === symbol ? parseUnits(paid.amount, moneyScale) : 0), 0);
    const unrealized = held.reduce((sum, { unrealizedPnl }) => sum + parseUnits(unrealizedPnl, moneyScale), 0);
    if (lastClose === null && held.length > 0) warnings.push(`${symbol}: the last close is not known, the average entry stands for it`);
    const value = (position: PositionRow): number => {
      const price = lastClose === null ? Math.round(Number(position.entryPrice) * instrument.pricePower) : parseUnits(lastClose, priceScale);
      return instrument.notional(price as Price, Math.abs(parseUnits(position.quantity, quantityScale)) as Quantity);
    };
    return {
      symbol,
      realized: printUnits(realized, moneyScale),
      unrealized: printUnits(unrealized, moneyScale),
      total: printUnits(realized + unrealized, moneyScale),
      quantity: printDecimal(held.reduce((sum, { quantity }) => addDecimals(sum, parseDecimal(quantity)), { units: 0n, scale: 0 })),
      averageEntry: held.map(({ leg, entryPrice }) => (held.length === 1 ? entryPrice : `${leg} ${entryPrice}`)).join(", "),
      price: lastClose ?? held[0]?.entryPrice ?? null,
      notional: printUnits(
        held.reduce((sum, position) => sum + value(position), 0),
        moneyScale,
      ),
      status: held.length === 0 ? "closed" : "open",
    };
  });
  return { symbols, warnings };
}

export function symbolTable({ symbols }: SymbolProfits): ReportTable {
  return {
    name: "pnl",
    title: "P&L per symbol",
    columns: [
      { key: "symbol", unit: "text" },
      { key: "realized", unit: "money" },
      { key: "unrealized", unit: "money" },
      { key: "total", unit: "money" },
      { key: "quantity", unit: "money" },
      { key: "averageEntry", unit: "text" },
      { key: "price", unit: "money" },
      { key: "notional", unit: "money" },
      { key: "status", unit: "text" },
    ],
    rows: symbols.map((each) => ({ ...each })),
  };
}
