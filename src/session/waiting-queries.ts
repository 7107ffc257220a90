// Questions to markets that have no bars for a while. Orders and cancels are on their way to the next open then: so is a question
// about them, or the answer would deny what has not arrived yet.

import type { MarketIndex, Millis, QueryOrder } from "../domain/index.ts";
import type { VirtualExchange } from "../exchange/virtual/index.ts";

export class WaitingQueries {
  private queries: QueryOrder[] = [];

  get length(): number {
    return this.queries.length;
  }

  push(query: QueryOrder): void {
    this.queries.push(query);
  }

  list(): readonly QueryOrder[] {
    return this.queries;
  }

  /** Asks those of a market whose bar has opened. */
  ask(venue: VirtualExchange, market: MarketIndex, time: Millis): void {
    const due = this.queries.filter((query) => query.market === market);
    this.queries = this.queries.filter((query) => query.market !== market);
    for (const query of due) venue.query(query.order, market, time);
  }
}
