// The order of a second process of the bot in a scenario: a market order under a number that our own process never comes to, and
// what the account's stream shows of it.

import {
  orderNumber,
  type EventPlace,
  type IntentNumber,
  type Leg,
  type ListedOrder,
  type MarketIndex,
  type Millis,
  type OpenOrdersReported,
  type OrderAcknowledged,
  type OrderRequest,
  type Quantity,
  type VenueOrderId,
} from "../../domain/index.ts";
import type { VirtualExchange } from "../../exchange/virtual/index.ts";

export const rivalOrder = orderNumber(4_000_000_000 as IntentNumber, 0);

export function rivalRequest(market: MarketIndex, leg: Leg, quantity: Quantity): OrderRequest {
  const terms = { price: null, trigger: null, timeInForce: "GTC", reduceOnly: false, timeToLive: null, replaces: null, terms: null } as const;
  return { order: rivalOrder, market, side: leg === "SHORT" ? "sell" : "buy", leg, family: "entry", type: "market", quantity, ...terms };
}

export function isRivals({ kind, order, fill, rare }: EventPlace): boolean {
  return kind < 2 ? order === rivalOrder : kind === 2 ? fill?.order === rivalOrder : rare !== null && "order" in rare && rare.order === rivalOrder;
}

/** As a list of the venue's has it: its id names the epoch of who sent it. */
function listedRival(
  { side, leg, type, quantity }: Pick<OrderRequest, "side" | "leg" | "type" | "quantity">,
  epoch: number,
  venueOrderId: VenueOrderId,
): ListedOrder {
  const unfilled = { price: null, trigger: null, filled: 0 as Quantity, reduceOnly: false, family: null };
  return { order: rivalOrder, epoch, venueOrderId, side, leg, type, quantity, ...unfilled };
}

/** Another process signs in on the account and sends its order. @param own epoch of ours @returns its epoch */
export function signInRival(venue: VirtualExchange, own: number, request: OrderRequest, time: Millis): number {
  const { history } = venue;
  const epoch = own + 1;
  history?.signedIn(epoch);
  history?.sent(rivalOrder);
  history?.signedIn(own);
  venue.submit(request, time);
  return epoch;
}

/** Its order as the account's stream shows it to us. */
export function rivalReport(venue: VirtualExchange, epoch: number, told: OrderAcknowledged, time: Millis): OpenOrdersReported {
  const { market, sequence, venueOrderId } = told;
  const known = venue.find(market, rivalOrder) ?? rivalRequest(market, "NET", 0 as Quantity);
  const orders = [listedRival(known, epoch, venueOrderId)];
  return { type: "open_orders_reported", time, sequence, market, orders, complete: false };
}
