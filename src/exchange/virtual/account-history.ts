// What a venue still tells about an account after it has happened: its trades, and who sent an order. Kept only for
// sessions that may have to ask; it decides nothing.

import type { ForeignFill, MarketIndex, Millis, OrderFilled, OrderNumber } from "../../domain/index.ts";

export class AccountHistory {
  /** Trades of this session's orders, by market, in the order in which they happened. */
  declare private readonly own: readonly OrderFilled[][];
  /** Trades by hand, liquidations and deleveraging, by market. */
  declare private readonly foreign: readonly ForeignFill[][];
  /** [first order of a process, its epoch], ascending. */
  private readonly epochs: (readonly [order: number, epoch: number])[] = [];
  private epoch = 1;
  private highest = 0;

  constructor(markets: number) {
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

  traded(fill: OrderFilled): void {
    this.own[fill.market]?.push(fill);
  }

  tradedOutside(market: MarketIndex, fill: ForeignFill): void {
    this.foreign[market]?.push(fill);
  }

  /** Trades from `since` to `until`, both included. */
  fills(market: MarketIndex, since: Millis, until: Millis): OrderFilled[] {
    return (this.own[market] ?? []).filter(({ time }) => time >= since && time <= until);
  }

  foreignFills(market: MarketIndex, since: Millis, until: Millis): ForeignFill[] {
    return (this.foreign[market] ?? []).filter(({ time }) => time >= since && time <= until);
  }
}
