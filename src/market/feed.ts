// Many markets and timeframes as one stream of closed bars in time order. A bar appears when it has closed, never before;
// nothing is allocated per step.

import { SeatrialError, type BarSeries, type Millis } from "../domain/index.ts";

/**
 * A k-way merge by close time. `advance` moves to the next instant at which any bar closes; `count` closings of that instant
 * are then readable at 0 … count-1: first the finest series of every market in market order, then the longer timeframes,
 * shorter ones first and within one timeframe in market order.
 */
export class Feed {
  /** The instant of the closings, epoch ms; -1 before the first `advance`. */
  time = -1 as Millis;
  /** Closings at this instant. */
  count = 0;
  /** All closings of the whole feed. */
  declare readonly length: number;

  /** Lanes (one series of one market) in the order in which closings of one instant appear. */
  declare private readonly laneTimes: readonly Float64Array[];
  declare private readonly laneInterval: Float64Array;
  declare private readonly laneMarket: Int32Array;
  declare private readonly laneSeries: Int32Array;
  /** Next bar of each lane and when it closes; Infinity at its end. */
  declare private readonly cursor: Int32Array;
  declare private readonly nextClose: Float64Array;
  /** Lane of each closing of this instant. */
  declare private readonly closing: Int32Array;
  private soonest = Infinity;

  /** @param markets for each market its series, finest first. @throws SeatrialError `bad_feed` */
  constructor(markets: readonly (readonly BarSeries[])[]) {
    assertMarkets(markets);
    const order = markets
      .flatMap((list, market) => list.map((series, at) => ({ series, market, at, rank: at === 0 ? 0 : series.interval })))
      .sort((a, b) => a.rank - b.rank || a.market - b.market || a.at - b.at);
    this.laneTimes = order.map((lane) => lane.series.time);
    this.laneInterval = Float64Array.from(order, (lane) => lane.series.interval);
    this.laneMarket = Int32Array.from(order, (lane) => lane.market);
    this.laneSeries = Int32Array.from(order, (lane) => lane.at);
    this.cursor = new Int32Array(order.length);
    this.closing = new Int32Array(order.length);
    this.nextClose = Float64Array.from(order, (lane) => (lane.series.length === 0 ? Infinity : lane.series.closeTimeAt(0)));
    this.length = order.reduce((sum, lane) => sum + lane.series.length, 0);
    for (const close of this.nextClose) this.soonest = Math.min(this.soonest, close);
  }

  /** Moves to the next instant with a closing; false when the feed is over, and then nothing changes any more. */
  advance(): boolean {
    const now = this.soonest;
    if (now === Infinity) {
      this.count = 0;
      return false;
    }
    const { nextClose, cursor, closing, laneTimes, laneInterval } = this;
    let soonest = Infinity;
    let count = 0;
    for (let lane = 0; lane < nextClose.length; lane += 1) {
      let close = nextClose[lane] as number;
      if (close === now) {
        closing[count] = lane;
        count += 1;
        const next = (cursor[lane] as number) + 1;
        const times = laneTimes[lane] as Float64Array;
        cursor[lane] = next;
        close = next < times.length ? (times[next] as number) + (laneInterval[lane] as number) : Infinity;
        nextClose[lane] = close;
      }
      if (close < soonest) soonest = close;
    }
    this.soonest = soonest;
    this.time = now as Millis;
    this.count = count;
    return true;
  }

  /** Earliest open of the finest bars that close at this instant; the instant itself where none does. */
  get open(): Millis {
    let open: number = this.time;
    for (let k = 0; k < this.count; k += 1) {
      const lane = this.closing[k] as number;
      if (this.laneSeries[lane] === 0) open = Math.min(open, (this.laneTimes[lane] as Float64Array)[(this.cursor[lane] as number) - 1] as number);
    }
    return open as Millis;
  }

  /** Market of the k-th closing of this instant. */
  marketAt(k: number): number {
    return this.laneMarket[this.closing[k] as number] as number;
  }

  /** Series of the k-th closing: its place in the market's list, 0 is the finest. */
  seriesAt(k: number): number {
    return this.laneSeries[this.closing[k] as number] as number;
  }

  /** Row of the k-th closing in its series. */
  barAt(k: number): number {
    return (this.cursor[this.closing[k] as number] as number) - 1;
  }
}

function assertMarkets(markets: readonly (readonly BarSeries[])[]): void {
  if (markets.length === 0) throw badFeed("there is no market");
  markets.forEach((list, market) => {
    const finest = list[0];
    if (finest === undefined) throw badFeed(`market ${market} has no series`);
    list.forEach((series, at) => {
      const before = list[at - 1];
      if (series.symbol !== finest.symbol) throw badFeed(`market ${market} mixes ${finest.symbol} and ${series.symbol}`);
      if (before !== undefined && series.interval <= before.interval) {
        throw badFeed(`${series.symbol}: ${series.timeframe} does not follow ${before.timeframe}`);
      }
      if (series.interval % finest.interval !== 0) throw badFeed(`${series.symbol}: ${series.timeframe} is no multiple of ${finest.timeframe}`);
    });
  });
}

function badFeed(reason: string): SeatrialError {
  return new SeatrialError({ code: "bad_feed", reason, hint: "each market has one series a timeframe, finest first" });
}
