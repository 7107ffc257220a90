// The seam to a venue: the virtual exchange and the ccxt adapter alike. Nothing returns a value; every answer is an
// Event, delivered after the current handle() has returned and its effects are drained, never re-entrantly.

import type { MarketIndex, Millis, OrderNumber, Price, Quantity } from "./brand.ts";
import type { Leg, OrderRequest } from "./order.ts";

export interface ExchangePort {
  /** `time` is the session's time at the request; arrival is later by the venue's latency. */
  submit(request: OrderRequest, time: Millis): void;
  cancel(order: OrderNumber, market: MarketIndex, time: Millis): void;
  /** null keeps a value. */
  amend(
    order: OrderNumber,
    market: MarketIndex,
    change: { price: Price | null; trigger: Price | null; quantity: Quantity | null },
    time: Millis,
  ): void;
  query(order: OrderNumber, market: MarketIndex, time: Millis): void;
  queryPosition(market: MarketIndex, leg: Leg, time: Millis): void;
  /** Every open order of a market, whoever sent it. */
  queryOpenOrders(market: MarketIndex, time: Millis): void;
  /** The account's trades of a market from `since` on. */
  queryFills(market: MarketIndex, since: Millis, time: Millis): void;
  /** Position mode, leverage and balances. */
  queryAccount(time: Millis): void;
  /** What has moved the account's money without a trade, from `since` on. */
  queryCash(since: Millis, time: Millis): void;
  /** The filters of a market. */
  queryRules(market: MarketIndex, time: Millis): void;
}
