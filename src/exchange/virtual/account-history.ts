// What a venue still tells about an account after it has happened: its trades, and who sent an order. Kept only for
// sessions that may have to ask; it decides nothing.

import {
  assert,
  type CashFlow,
  type ForeignFill,
  type Leg,
  type MarketIndex,
  type Millis,
  type Money,
  type OrderFilled,
  type OrderNumber,
  type Refusal,
  type Side,
  type VenueEvent,
} from "../../domain/index.ts";
import { isForeign } from "./client-ids.ts";
import type { RejectionMemory } from "./profile.ts";

/** A trade of this session, and what it was on. */
interface OwnTrade {
  readonly fill: OrderFilled;
  readonly leg: Leg;
  /** +1 buy, -1 sell. */
  readonly direction: 1 | -1;
}

/** An order that the venue has turned away. */
interface TurnedAway {
  readonly order: OrderNumber;
  readonly time: Millis;
  readonly refusal: Refusal;
}

export interface AccountHistoryState {
  readonly turnedAway: readonly TurnedAway[];
  readonly flows: readonly CashFlow[];
  /** By market. */
  readonly own: readonly (readonly OwnTrade[])[];
  readonly foreign: readonly (readonly ForeignFill[])[];
  readonly epochs: readonly (readonly [order: number, epoch: number])[];
  readonly epoch: number;
  readonly highest: number;
}

export class AccountHistory {
  /** Trades of this session's orders, by market, in the order in which they happened. */
  declare private readonly own: readonly OwnTrade[][];
  /** Trades by hand, liquidations and deleveraging, by market. */
  declare private readonly foreign: readonly ForeignFill[][];
  /** [first order of a process, its epoch], ascending. */
  private readonly epochs: (readonly [order: number, epoch: number])[] = [];
  private epoch = 1;
  private highest = 0;
  /** Orders that were turned away, those alone that the venue still tells of. */
  private readonly turnedAway: TurnedAway[] = [];
  /** Money that moved without a trade. */
  private readonly flows: CashFlow[] = [];
  declare private readonly memory: RejectionMemory;

  constructor(markets: number, memory: RejectionMemory) {
    this.memory = memory;
    this.own = Array.from({ length: markets }, () => []);
    this.foreign = Array.from({ length: markets }, () => []);
  }

  /** A process signs in: the orders that it sends from here on carry its epoch. */
  signedIn(epoch: number): void {
    this.epoch = epoch;
  }

  sent(order: OrderNumber): void {
    if (order <= this.highest) return;
    this.highest = order;
    if (this.epochs.at(-1)?.[1] !== this.epoch) this.epochs.push([order, this.epoch]);
  }

  epochOf(order: OrderNumber): number {
    return this.epochs.findLast(([first]) => first <= order)?.[1] ?? 1;
  }

  traded(fill: OrderFilled, leg: Leg, direction: 1 | -1): void {
    this.own[fill.market]?.push({ fill, leg, direction });
  }

  tradedOutside(market: MarketIndex, fill: ForeignFill): void {
    this.foreign[market]?.push(fill);
  }

  flowed(flow: CashFlow): void {
    this.flows.push(flow);
  }

  flowsSince(since: Millis): CashFlow[] {
    return this.flows.filter(({ time }) => time >= since);
  }

  /** The venue has turned an order away. */
  refused(order: OrderNumber, time: Millis, refusal: Refusal): void {
    // What ccxt throws nothing for has come as an update of an order that was acknowledged.
    if (this.memory === "none" || (this.memory === "acknowledged" && refusal.ccxtClass !== null)) return;
    this.turnedAway.push({ order, time, refusal });
  }

  /** Why an order was turned away, as of an instant; undefined: the venue knows nothing of it. */
  refusalOf(order: OrderNumber, until: Millis): Refusal | undefined {
    return this.turnedAway.find((one) => one.order === order && one.time <= until)?.refusal;
  }

  /** The venue takes a trade back. */
  voided(market: MarketIndex, trade: number | string): void {
    const trades = this.own[market] ?? [];
    const at = trades.findIndex(({ fill }) => fill.trade === trade);
    if (at >= 0) trades.splice(at, 1);
  }

  /** Trades from `since` to `until`, both included. */
  fills(market: MarketIndex, since: Millis, until: Millis): OrderFilled[] {
    const within = (this.own[market] ?? []).filter(({ fill: { time } }) => time >= since && time <= until);
    return within.map(({ fill }) => fill);
  }

  foreignFills(market: MarketIndex, since: Millis, until: Millis): ForeignFill[] {
    return (this.foreign[market] ?? []).filter(({ time }) => time >= since && time <= until);
  }

  /** By how much a leg has changed after an instant. */
  changedSince(market: MarketIndex, leg: Leg, since: Millis): number {
    let changed = 0;
    for (const { fill, leg: whose, direction } of this.own[market] ?? [])
      if (fill.time > since && whose === leg) changed += direction * fill.quantity;
    for (const { time, leg: whose, side, quantity } of this.foreign[market] ?? [])
      if (time > since && whose === leg) changed += side === "buy" ? quantity : -quantity;
    return changed;
  }

  snapshot(): AccountHistoryState {
    const { epochs, epoch, highest } = this;
    const own = this.own.map((trades) => [...trades]);
    const foreign = this.foreign.map((trades) => [...trades]);
    return { own, foreign, epochs: [...epochs], epoch, highest, turnedAway: [...this.turnedAway], flows: [...this.flows] };
  }

  restore({ own, foreign, epochs, epoch, highest, turnedAway, flows }: AccountHistoryState): void {
    this.flows.push(...flows);
    this.turnedAway.push(...turnedAway);
    own.forEach((trades, market) => this.own[market]?.push(...trades));
    foreign.forEach((trades, market) => this.foreign[market]?.push(...trades));
    this.epochs.push(...epochs);
    this.epoch = epoch;
    this.highest = highest;
  }
}

interface Traders {
  find(market: MarketIndex, order: OrderNumber): { readonly leg: Leg; readonly side: Side; readonly direction: 1 | -1 } | undefined;
  nextTrade(): number;
  readonly settlement: string;
}

/** Keeps what an event says of a trade on the account. */
export function recordTrade(history: AccountHistory, venue: Traders, event: VenueEvent): void {
  if (event.type === "liquidated" || event.type === "auto_deleveraged") {
    const { market, time, side, leg, price, quantity } = event;
    const closed = event.type === "liquidated";
    // What the insurance fund takes is lost to the account like a fee.
    const fee = (closed ? event.fee + event.insurance : event.fee) as Money;
    history.tradedOutside(market, {
      trade: venue.nextTrade(),
      cause: closed ? "liquidation" : "deleveraging",
      time,
      side,
      leg,
      price,
      quantity,
      fee,
    });
  }
  if (event.type === "funding_paid") {
    const { market, leg, time, amount } = event;
    history.flowed({ cause: "funding", market, leg, time, currency: venue.settlement, amount, text: "" });
  }
  if (event.type !== "order_filled") return;
  const order = venue.find(event.market, event.order);
  assert(order !== undefined, "I-37", () => `trade ${event.trade} is on no order`);
  const { trade, time, price, quantity, fee } = event;
  const { side, leg, direction } = order;
  if (isForeign(event.order)) history.tradedOutside(event.market, { trade, cause: "trade", time, side, leg, price, quantity, fee });
  else history.traded(event, leg, direction);
}
