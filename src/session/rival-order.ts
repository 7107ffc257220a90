// The order of a second process of the bot in a scenario: a market order under a number that our own process never comes to.

import { orderNumber, type IntentNumber, type Leg, type MarketIndex, type OrderRequest, type Quantity } from "../domain/index.ts";

export const rivalOrder = orderNumber(4_000_000_000 as IntentNumber, 0);

export function rivalRequest(market: MarketIndex, leg: Leg, quantity: Quantity): OrderRequest {
  const terms = { price: null, trigger: null, timeInForce: "GTC", reduceOnly: false, timeToLive: null, replaces: null, terms: null } as const;
  return { order: rivalOrder, market, side: leg === "SHORT" ? "sell" : "buy", leg, family: "entry", type: "market", quantity, ...terms };
}
