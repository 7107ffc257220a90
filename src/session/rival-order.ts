// The order of a second process of the bot in a scenario: a market order under a number that our own process never comes to.

import {
  orderNumber,
  type EventPlace,
  type IntentNumber,
  type Leg,
  type ListedOrder,
  type MarketIndex,
  type OrderRequest,
  type Quantity,
  type VenueOrderId,
} from "../domain/index.ts";

export const rivalOrder = orderNumber(4_000_000_000 as IntentNumber, 0);

export function rivalRequest(market: MarketIndex, leg: Leg, quantity: Quantity): OrderRequest {
  const terms = { price: null, trigger: null, timeInForce: "GTC", reduceOnly: false, timeToLive: null, replaces: null, terms: null } as const;
  return { order: rivalOrder, market, side: leg === "SHORT" ? "sell" : "buy", leg, family: "entry", type: "market", quantity, ...terms };
}

/** As the account's stream shows it. @param known what the venue has of it; undefined: it is gone already */
export function rivalListed(known: OrderRequest | undefined, market: MarketIndex, epoch: number, venueOrderId: VenueOrderId): ListedOrder {
  const { side, leg, type, quantity } = known ?? rivalRequest(market, "NET", 0 as Quantity);
  const terms = { side, leg, type, price: null, trigger: null, quantity, filled: 0 as Quantity, reduceOnly: false, family: null };
  return { order: rivalOrder, epoch, venueOrderId, ...terms };
}

/** An answer about it. */
export function isRivals({ kind, order, fill, rare }: EventPlace): boolean {
  return kind < 2 ? order === rivalOrder : kind === 2 ? fill?.order === rivalOrder : rare !== null && "order" in rare && rare.order === rivalOrder;
}
