// How far a runner has heard each series, by its durable commits, and what it has missed while its process was not there. It reads
// closing times and tells nobody anything.

import type { BarIndex, BarsMissed, MarketIndex, Millis } from "../../domain/index.ts";
import type { Cause } from "../../journal/index.ts";
import type { MarketPlan } from "../plan.ts";

export class HeardBars {
  declare private readonly markets: readonly MarketPlan[];
  /** Row of each market's series that was heard last; -1 before the first. */
  declare private readonly rows: number[][];

  constructor(markets: readonly MarketPlan[]) {
    this.markets = markets;
    this.rows = markets.map(({ series }) => series.map(() => -1));
  }

  /** A cause is durable. */
  heard(cause: Cause): void {
    if (cause.type === "instant_closed") for (const { market, series, bar } of cause.closings) this.upTo(market, series, bar);
    if (cause.type === "bars_missed") this.upTo(cause.market, cause.series, cause.to - 1);
  }

  /** What closed up to an instant and was not heard; each is looked up when it is asked for. */
  *missed(until: Millis): Generator<Pick<BarsMissed, "market" | "series" | "from" | "to">> {
    for (const [market, { series }] of this.markets.entries()) {
      for (const [at, bars] of series.entries()) {
        const from = ((this.rows[market] as number[])[at] as number) + 1;
        let to = from;
        while (to < bars.length && bars.closeTimeAt(to) <= until) to += 1;
        if (to > from) yield { market: market as MarketIndex, series: at, from: from as BarIndex, to: to as BarIndex };
      }
    }
  }

  private upTo(market: MarketIndex, series: number, bar: number): void {
    (this.rows[market] as number[])[series] = bar;
  }
}
