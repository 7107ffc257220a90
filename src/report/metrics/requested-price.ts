// What an order asked for, against which slippage is measured (row 004-SL-1). It must never guess: where nothing was asked for,
// there is no price.

import type { FillDetail, OrderRow } from "../../journal/index.ts";

/** A fill and the price that its order asked for; null where there was none, or none is known. */
export interface PricedFill extends FillDetail {
  readonly requestedPrice: string | null;
}

/** @param lastClose of the market when the order was sent, decimal text; null where that is not known */
export type LastClose = (order: OrderRow) => string | null;

/** The limit, else the trigger, else the last close when it was sent. A trailing stop asks for no price: its trigger moves. */
export function requestedPrice(order: OrderRow, lastClose: LastClose): string | null {
  if (order.type === "trailing_stop") return null;
  return order.price ?? order.trigger ?? lastClose(order);
}

/** Fills with what their orders asked for. */
export function pricedFills(fills: readonly FillDetail[], orders: readonly OrderRow[], lastClose: LastClose): PricedFill[] {
  const asked = new Map(orders.map((order) => [order.clientOrderId, order]));
  return fills.map((fill) => {
    const order = asked.get(fill.clientOrderId);
    return { ...fill, requestedPrice: order === undefined ? null : requestedPrice(order, lastClose) };
  });
}
