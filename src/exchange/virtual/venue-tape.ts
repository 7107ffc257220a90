// The venue's tape: what it did, noted where it is done and before anything is told, lost, doubled or delayed. It exists only
// in sessions that are audited; it never changes what the venue does.

import {
  venueTapeSchema,
  type FundingPaid,
  type Leg,
  type LegClosed,
  type Liquidated,
  type MarketIndex,
  type Millis,
  type Money,
  type OrderFilled,
  type OrderStatus,
  type Position,
  type Reason,
  type Side,
  type VenueEntry,
  type VenueEvent,
  type VenueTapeHead,
} from "../../domain/index.ts";
import type { Account } from "./account.ts";
import { clientNumber, isForeign } from "./client-ids.ts";
import type { VenueOrder } from "./venue-order.ts";

/** What it reads of the exchange that it belongs to. */
export interface TapedVenue {
  readonly account: Account;
  readonly settlement: string;
  readonly history: { epochOf(order: VenueOrder["order"]): number } | null;
  /** `frame`: the row of the finest series that the market stands at. */
  readonly markets: readonly { readonly frame: number }[];
  scaleOf(currency: string): number;
}

/** A trade on the account that was not the session's. */
type OutsideTrade = Pick<OrderFilled, "quantity" | "price" | "fee" | "feeCurrency"> & { readonly side: Side };

export class VenueTape {
  declare readonly head: VenueTapeHead;
  readonly entries: VenueEntry[] = [];
  declare private readonly venue: TapedVenue;
  /** By market: the currencies that its trades move, but for a fee in another one. */
  declare private readonly moving: readonly (readonly string[])[];

  /** To be made when the account stands as it does before the first bar. */
  constructor(venue: TapedVenue) {
    this.venue = venue;
    const { account, settlement } = venue;
    const { currencies } = account.ledger;
    this.moving = account.markets.map(({ instrument: { rules, spot } }) => (spot ? [rules.settle, rules.base] : [rules.settle]));
    this.head = {
      schema: venueTapeSchema,
      mode: account.mode,
      settlement,
      scales: Object.fromEntries(currencies.map((currency) => [currency, venue.scaleOf(currency)])),
      markets: account.markets.map(({ instrument: { symbol, priceScale, quantityScale } }) => ({ symbol, priceScale, quantityScale })),
      balances: this.balances(currencies),
      positions: account.markets.flatMap(({ legs }, market) =>
        legs.flatMap(({ leg, quantity, cost }) => (quantity === 0 ? [] : [{ market: market as MarketIndex, leg, quantity, cost }])),
      ),
    };
  }

  accepted(order: VenueOrder, time: Millis): void {
    if (isForeign(order.order)) return;
    const { market, side, leg, family, type: orderType, quantity, closing, venueOrderId } = order;
    const number = clientNumber(order.order);
    const epoch = this.venue.history?.epochOf(number) ?? 1;
    const bar = this.barOf(market);
    // Each order has one of these and of the next: an object that is put together out of others costs ten times as much.
    const taken = {
      type: "accepted",
      time,
      bar,
      market,
      order: number,
      venueOrderId,
      side,
      leg,
      family,
      orderType,
      quantity,
      closing,
      epoch,
    } as const;
    this.entries.push(taken);
  }

  /** @param position the leg after the fill */
  filled(order: VenueOrder, { time, trade, price, quantity, fee, feeCurrency, liquidity, cumulative }: OrderFilled, position: Position): void {
    const { market, side, leg, remaining: left } = order;
    if (isForeign(order.order)) return this.tradedOutside(market, position, { side, quantity, price, fee, feeCurrency }, time);
    this.entries.push({
      type: "filled",
      time,
      bar: this.barOf(market),
      market,
      order: clientNumber(order.order),
      venueOrderId: order.venueOrderId,
      trade: trade as number,
      side,
      leg,
      price,
      quantity,
      fee,
      feeCurrency,
      liquidity,
      cumulative,
      left,
      position: position.quantity,
      balances: this.moved(market, feeCurrency),
    });
  }

  /** A fill that completes an order says so itself. */
  ended(order: VenueOrder, status: OrderStatus, time: Millis): void {
    if ((status !== "CANCELED" && status !== "EXPIRED") || isForeign(order.order)) return;
    const { market, filled: cumulative } = order;
    this.entries.push({ type: "ended", time, bar: this.barOf(market), market, ...named(order), status, cumulative });
  }

  amended(order: VenueOrder, formerId: number, time: Millis): void {
    const { market, quantity } = order;
    this.entries.push({ type: "amended", time, bar: this.barOf(market), market, ...named(order), formerId, quantity });
  }

  /** What is done to orders and positions in one act with its telling. */
  told(event: VenueEvent): void {
    if (event.type === "order_rejected" && !isForeign(event.order)) this.refused(event.market, clientNumber(event.order), event.time, event.reason);
    else if (event.type === "funding_paid") this.funded(event);
    else if (event.type === "liquidated") this.closed("liquidated", event, event.insurance);
    else if (event.type === "auto_deleveraged") this.closed("deleveraged", event, 0 as Money);
  }

  /** A trade that no order of the session made. @param position the leg after it */
  tradedOutside(market: MarketIndex, position: Position, trade: OutsideTrade, time: Millis): void {
    const { side, quantity, price, fee, feeCurrency } = trade;
    const { leg, quantity: left } = position;
    const bar = this.barOf(market);
    const terms = { leg, side, quantity, price, fee, feeCurrency };
    this.entries.push({ type: "traded_outside", time, bar, market, ...terms, position: left, balances: this.moved(market, feeCurrency) });
  }

  /** A trade is taken back. @param position the leg after that */
  voided(order: VenueOrder, { trade, feeCurrency }: OrderFilled, position: Position, time: Millis): void {
    const { market } = order;
    const bar = this.barOf(market);
    const balances = this.moved(market, feeCurrency);
    this.entries.push({ type: "voided", time, bar, market, ...named(order), trade: trade as number, position: position.quantity, balances });
  }

  /** @param amount signed */
  flowed(currency: string, amount: Money, time: Millis): void {
    this.entries.push({ type: "flowed", time, currency, amount, balances: this.balances([currency]) });
  }

  renumbered(time: Millis): void {
    this.entries.push({ type: "renumbered", time });
  }

  private refused(market: MarketIndex, order: VenueOrder["order"], time: Millis, reason: Reason): void {
    this.entries.push({ type: "rejected", time, bar: this.barOf(market), market, order, reason });
  }

  private funded({ market, time, leg, quantity, rate, rateScale, mark, amount }: FundingPaid): void {
    const balances = this.moved(market, this.venue.settlement);
    this.entries.push({ type: "funded", time, bar: this.barOf(market), market, leg, quantity, rate, rateScale, mark, amount, balances });
  }

  private closed(
    type: LegClosed["type"],
    event: Omit<Liquidated, "type" | "insurance" | "equity" | "maintenance" | "takeover">,
    insurance: Money,
  ): void {
    const { market, time, leg, side, quantity, price, fee, left: position } = event;
    const balances = this.moved(market, this.venue.settlement);
    const bar = this.barOf(market);
    this.entries.push({ type, time, bar, market, leg: leg satisfies Leg, side, quantity, price, fee, insurance, position, balances });
  }

  private barOf(market: MarketIndex): number {
    return this.venue.markets[market]?.frame ?? -1;
  }

  /** Balances of what a trade of a market moves. */
  private moved(market: MarketIndex, feeCurrency: string): Record<string, Money> {
    const currencies = this.moving[market] as readonly string[];
    return this.balances(currencies.includes(feeCurrency) ? currencies : [...currencies, feeCurrency]);
  }

  private balances(currencies: readonly string[]): Record<string, Money> {
    const { account } = this.venue;
    const held: Record<string, Money> = {};
    for (const currency of currencies) held[currency] = account.wallet(account.ledger.index(currency));
    return held;
  }
}

function named(order: VenueOrder): { order: VenueOrder["order"]; venueOrderId: number } {
  return { order: clientNumber(order.order), venueOrderId: order.venueOrderId };
}

/** One JSON object a line: the head, then the entries in order. */
export function* venueTapeLines({ head, entries }: VenueTape): Generator<string> {
  yield JSON.stringify(head);
  for (const entry of entries) yield JSON.stringify(entry);
}
