// Which closings of a session's feed are steps of a venue, and which are bars that the runner hears of: where a market has
// finer data inside its bars, the venue walks that and the strategies hear of their bars alone. Knows no event.

import type { BarSeries, MarketIndex } from "../domain/index.ts";
import { Feed } from "../market/index.ts";
import type { MarketPlan } from "./plan.ts";

export class Lanes {
  declare readonly feed: Feed;
  /** What the venue walks of each market. */
  declare private readonly walked: readonly BarSeries[];
  /** By market: 1 where the venue walks a series of its own, which comes before the strategy's. */
  declare private readonly own: Int8Array;

  constructor(markets: readonly MarketPlan[]) {
    this.own = Int8Array.from(markets, ({ inside }) => (inside === undefined ? 0 : 1));
    this.walked = markets.map(({ inside, series }) => inside ?? (series[0] as BarSeries));
    this.feed = new Feed(markets.map(({ inside, series }) => (inside === undefined ? series : [inside, ...series])));
  }

  /** Whether the k-th closing of this instant is a step of the venue. */
  isStep(k: number): boolean {
    return this.feed.seriesAt(k) === 0;
  }

  /** Series of the k-th closing among those that the runner has; -1 for one that only the venue walks. */
  heardAs(k: number): number {
    return this.feed.seriesAt(k) - (this.own[this.feed.marketAt(k)] as number);
  }

  /** The last closing of this instant that the runner hears of; -1 when there is none. */
  lastHeard(): number {
    let last = this.feed.count - 1;
    while (last >= 0 && this.heardAs(last) < 0) last -= 1;
    return last;
  }

  /** A market's bars are not what the venue walks. */
  hasInside(market: MarketIndex): boolean {
    return this.own[market] === 1;
  }

  /** What the venue walks of a market. */
  seriesOf(market: MarketIndex): BarSeries {
    return this.walked[market] as BarSeries;
  }
}
