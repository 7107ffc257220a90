// Questions about orders of markets whose next bar has not come yet. While a market has no bars its orders and cancels are
// on their way to the next open: so is a question about them, or the answer would deny what has not arrived yet.

import type { MarketIndex, QueryOrder } from "../domain/index.ts";

export class WaitingQueries {
  private waiting: QueryOrder[] = [];

  get length(): number {
    return this.waiting.length;
  }

  add(query: QueryOrder): void {
    this.waiting.push(query);
  }

  list(): readonly QueryOrder[] {
    return this.waiting;
  }

  /** Takes out the questions to a market, in the order in which they were asked. */
  take(market: MarketIndex): QueryOrder[] {
    const due = this.waiting.filter((query) => query.market === market);
    this.waiting = this.waiting.filter((query) => query.market !== market);
    return due;
  }
}
