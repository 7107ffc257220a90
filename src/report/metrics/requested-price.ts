// What an order asked for, against which slippage is measured (row 004-SL-1). It must never guess: where nothing was asked for,
// there is no price.

import { printUnits, type BarSeries } from "../../domain/index.ts";
import { barAt, type FillDetail, type OrderRow } from "../../journal/index.ts";

/** A fill and the price that its order asked for; null where there was none, or none is known. */
export interface PricedFill extends FillDetail {
  readonly requestedPrice: string | null;
}

/** The last close of a market at an instant, decimal text; null before the first. */
export type LastClose = (symbol: string, time: number) => string | null;

/** Last closes out of the finest series of each market. */
export function lastCloseOf(series: readonly BarSeries[]): LastClose {
  const bySymbol = new Map(series.map((bars) => [bars.symbol, bars]));
  return (symbol, time) => {
    const bars = bySymbol.get(symbol);
    if (bars === undefined) return null;
    // A bar is closed one interval after its open: the open that an instant less the interval belongs to.
    const row = barAt(bars, time - bars.interval);
    return row < 0 ? null : printUnits(bars.closeAt(row), bars.priceScale);
  };
}

/** The limit, else the trigger, else the last close when it was sent. A trailing stop asks for no price: its trigger moves. */
export function requestedPrice({ type, price, trigger, symbol, time }: OrderRow, lastClose: LastClose): string | null {
  if (type === "trailing_stop") return null;
  return price ?? trigger ?? lastClose(symbol, time);
}

/** Fills with what their orders asked for, by client order id. */
export function pricedFills(fills: readonly FillDetail[], orders: readonly OrderRow[], lastClose: LastClose): PricedFill[] {
  const asked = new Map(orders.map((order) => [order.clientOrderId, order]));
  return fills.map((fill) => {
    const order = asked.get(fill.clientOrderId);
    return { ...fill, requestedPrice: order === undefined ? null : requestedPrice(order, lastClose) };
  });
}
