// Questions about orders that have not come to the venue yet: the answer would deny what is still on its way. They wait
// for the market's next step, or for the order.

import type { BarSeries, MarketIndex, Millis, QueryOrder } from "../domain/index.ts";
import type { VirtualExchange } from "../exchange/virtual/index.ts";

export class Questions {
  private waiting: QueryOrder[] = [];
  /** Questions about orders that wait for the next open wait, too: a process that came back asks about everything that is out. */
  patient = false;
  declare private readonly venue: VirtualExchange;

  constructor(venue: VirtualExchange) {
    this.venue = venue;
  }

  get length(): number {
    return this.waiting.length;
  }

  /** Forgets what waits: nobody is there to ask it. */
  clear(): void {
    this.waiting = [];
  }

  list(): readonly QueryOrder[] {
    return this.waiting;
  }

  ask(question: QueryOrder, now: Millis): void {
    if (now > this.endOf(question.market) || this.isEarly(question)) this.waiting.push(question);
    else this.venue.query(question.order, question.market, now);
  }

  /** A market has taken its next step, which began at `time`. */
  askAgain(market: MarketIndex, time: Millis): void {
    const due = this.waiting.filter((question) => question.market === market && !this.isEarly(question));
    this.waiting = this.waiting.filter((question) => !due.includes(question));
    for (const question of due) this.venue.query(question.order, market, time);
  }

  private isEarly({ order, market }: QueryOrder): boolean {
    const place = this.venue.markets[market];
    return place?.isOnItsWay(order) === true || (this.patient && place?.isExpected(order) === true);
  }

  /** End of the step that a market is in; NaN before its first. */
  private endOf(market: MarketIndex): number {
    const { series, bar } = this.venue.markets[market] as { series: BarSeries; bar: number };
    return series.closeTimeAt(bar);
  }
}
