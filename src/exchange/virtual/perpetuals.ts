// Perpetual swaps inside a bar: funding stamps are paid and margins judged at each point that the price reaches, between the
// orders that it wakes. It follows the path that matching walks; it never decides what an order fills at.

import {
  type BarSeries,
  type FundingSeries,
  type Leg,
  type MarketIndex,
  type Millis,
  type Money,
  type Position,
  type Price,
} from "../../domain/index.ts";
import { FundingCursor, fundingPayment, type FundingStamp } from "./funding.ts";
import { splitFunding } from "./isolated-margin.ts";
import { Party } from "./ledger.ts";
import { Liquidator, type LiquidationHost } from "./liquidator.ts";
import { MarginBook, type MarketMargin } from "./margin-book.ts";
import type { LiquidationRule } from "./margin-rules.ts";
import { MarkPath } from "./mark-path.ts";
import type { MarkPrices } from "./mark-prices.ts";
import type { Path } from "./path.ts";
import type { PerpetualState } from "./perpetual-state.ts";

/** One market of the session. */
export interface PerpetualMarket {
  /** What is walked. */
  readonly series: BarSeries;
  /** From here on funding is due. */
  readonly start: Millis;
  readonly funding: FundingSeries | null;
  readonly marks: MarkPrices | null;
  /** null = a spot market. */
  readonly margin: MarketMargin | null;
}

/** Where a market stands in its bar. */
interface Track {
  readonly market: PerpetualMarket;
  readonly cursor: FundingCursor | null;
  readonly marks: MarkPrices | null;
  /** The marks beside the path that is walked. */
  readonly way: MarkPath;
  /** The mark that has been judged last. */
  mark: Price;
  /** The path of this bar has liquidated something. */
  liquidated: boolean;
}

export class Perpetuals {
  /** null: no liquidation rule; equity alone is watched. */
  declare readonly book: MarginBook | null;
  /** Funding payments at the last traded price for want of a mark price. */
  lastPriceStamps = 0;
  declare private readonly host: LiquidationHost;
  declare private readonly liquidator: Liquidator | null;
  declare private readonly tracks: readonly Track[];

  constructor(host: LiquidationHost, markets: readonly PerpetualMarket[], rule: LiquidationRule | null) {
    this.host = host;
    const { account } = host;
    this.book =
      rule === null
        ? null
        : new MarginBook(
            account,
            markets.map(({ margin }) => margin),
            rule,
          );
    this.liquidator = rule === null || this.book === null ? null : new Liquidator(host, this.book, rule);
    this.tracks = markets.map((market) => ({
      market,
      cursor: market.funding === null ? null : new FundingCursor(market.funding, market.start),
      marks: market.marks,
      way: new MarkPath(market.marks),
      mark: 0 as Price,
      liquidated: false,
    }));
    account.margin = this.book;
  }

  /** To be called after every change of a position or of money, between bars or inside one. */
  refresh(): void {
    const { book } = this;
    if (book === null) return;
    this.tracks.forEach((track, at) => (book.marks[at] = this.markOf(track, at)));
    book.refresh();
  }

  /** False when all there is to watch of a market are its danger prices. */
  isPredictable(market: MarketIndex): boolean {
    const { book } = this;
    return book === null || !book.watching || (this.tracks[market] as Track).marks === null;
  }

  /** The first bar from `from` on, `to` at the latest, that a funding stamp belongs to. */
  stampBar(market: MarketIndex, from: number, to: number): number {
    const { cursor, market: own } = this.tracks[market] as Track;
    if (cursor === null || cursor.nextTime === Number.POSITIVE_INFINITY) return to;
    const { series } = own;
    if (to === from || series.closeTimeAt(to - 1) <= cursor.nextTime) return to;
    let bar = from;
    while (series.closeTimeAt(bar) <= cursor.nextTime) bar += 1;
    return bar;
  }

  // ---- the bar --------------------------------------------------------------------------------------------------

  /** Stamps of the time since the last bar. @returns true when the path of the bar has to be followed, whatever its orders do */
  begin(market: MarketIndex, bar: number): boolean {
    const track = this.tracks[market] as Track;
    const { series } = track.market;
    const open = series.timeAt(bar);
    const close = series.closeTimeAt(bar);
    const own = this.host.account.market(market);
    const stirs = track.cursor !== null && track.cursor.nextTime < close;
    if (stirs) {
      if (own.last === 0) own.last = series.open[bar] as Price;
      this.payUntil(track, market, (open - 1) as Millis);
    }
    const range = track.way.look(open, close);
    if (range !== null) track.mark = range.low;
    if (stirs) return true;
    const { book } = this;
    return book !== null && book.endangered(market, range?.low ?? (series.low[bar] as Price), range?.high ?? (series.high[bar] as Price));
  }

  /** The bar has opened; nothing has filled yet. */
  open(market: MarketIndex, bar: number, path: Readonly<Path>): void {
    const track = this.tracks[market] as Track;
    const { series } = track.market;
    track.way.draw(series.timeAt(bar), series.closeTimeAt(bar), path);
    track.mark = track.way.start;
    track.liquidated = false;
    if (track.cursor !== null) this.payUntil(track, market, series.timeAt(bar));
    this.reach(market, path[0], series.timeAt(bar));
  }

  /** The path goes on to its point `leg` (1 to 3), which it reaches at `time`. */
  leg(market: MarketIndex, leg: number, path: Readonly<Path>, time: Millis): void {
    const track = this.tracks[market] as Track;
    this.host.account.market(market).last = path[leg - 1] as Price;
    if (track.cursor !== null && track.cursor.nextTime <= time) this.payUntil(track, market, time);
    track.way.leg(leg, path);
    track.mark = track.way.start;
  }

  /**
   * The path has reached a price of its leg.
   * @param mark where the mark stands by then; a leg on which no trade moves does not tell
   * @returns true when a liquidation has changed positions and orders
   */
  reach(market: MarketIndex, price: Price, time: Millis, mark: Price | null = null): boolean {
    const { book, liquidator } = this;
    if (book === null || liquidator === null) return false;
    const track = this.tracks[market] as Track;
    const to = mark !== null && track.way.known ? mark : track.way.markAt(price);
    const low = Math.min(track.mark, to) as Price;
    const high = Math.max(track.mark, to) as Price;
    if (!book.endangered(market, low, high)) {
      track.mark = to;
      return false;
    }
    const own = this.host.account.market(market);
    own.last = price;
    this.refresh();
    let liquidated = false;
    for (let hit = book.firstHit(market, track.mark, to); hit !== null; hit = book.firstHit(market, track.mark, to)) {
      track.mark = hit.price;
      const traded = track.way.tradeAt(hit.price, price);
      own.last = traded;
      liquidator.liquidate(hit, market, traded, time);
      this.refresh();
      liquidated = true;
      track.liquidated = true;
    }
    track.mark = to;
    own.last = price;
    this.refresh();
    return liquidated;
  }

  /** The path has liquidated something, or with what is open after it a margin is in danger at some price of the bar. */
  endangers(market: MarketIndex, low: Price, high: Price): boolean {
    const { book } = this;
    const { way, liquidated } = this.tracks[market] as Track;
    if (book === null || liquidated) return liquidated;
    return way.known ? book.endangered(market, way.low, way.high) : book.endangered(market, low, high);
  }

  /** The bar's path has been walked; its last price is the close. */
  close(market: MarketIndex, bar: number): void {
    const track = this.tracks[market] as Track;
    const { series } = track.market;
    if (track.cursor !== null) this.payUntil(track, market, (series.closeTimeAt(bar) - 1) as Millis);
    this.refresh();
  }

  /** The mark that a market is judged at now. */
  private markOf(track: Track, at: number): Price {
    return track.way.known ? track.mark : this.host.account.market(at).last;
  }

  // ---- funding --------------------------------------------------------------------------------------------------

  private payUntil(track: Track, market: MarketIndex, until: Millis): void {
    const { cursor } = track;
    for (let stamp = cursor?.take(until) ?? null; stamp !== null; stamp = cursor?.take(until) ?? null) this.pay(track, market, stamp);
  }

  /** Every open leg pays or receives for itself, at one mark. */
  private pay(track: Track, market: MarketIndex, stamp: FundingStamp): void {
    const { account } = this.host;
    const { legs, last } = account.market(market);
    const { price, source } = track.marks?.at(stamp.time, last) ?? { price: last, source: "last" as const };
    legs.forEach((position, leg) => {
      if (position.quantity === 0) return;
      if (source === "last") this.lastPriceStamps += 1;
      this.settle(market, leg, position, price, source, stamp);
    });
    this.host.positionChanged();
  }

  private settle(market: MarketIndex, leg: number, position: Position, mark: Price, source: "mark" | "last", stamp: FundingStamp): void {
    const { host, book } = this;
    const { account } = host;
    const { settle } = account.markets[market] as (typeof account.markets)[number];
    const amount = fundingPayment(position.instrument, position.quantity, mark, stamp);
    if (book !== null && book.isIsolated) book.adjust(market, leg, splitFunding(amount, account.available(settle)).margin);
    account.pay(settle, Party.funding, (0 - amount) as Money);
    const { time, rate, rateScale } = stamp;
    const name: Leg = position.leg;
    const sequence = host.nextSequence();
    const { quantity } = position;
    host.emit({ type: "funding_paid", time, sequence, market, leg: name, quantity, rate, rateScale, mark, source, amount }, time);
  }

  // ---- saved state ----------------------------------------------------------------------------------------------

  snapshot(): PerpetualState {
    return {
      paidThrough: this.tracks.map(({ cursor }) => cursor?.paidThrough ?? null),
      marks: this.tracks.map(({ way, mark }) => (way.known ? mark : null)),
      lastPriceStamps: this.lastPriceStamps,
      shareTime: this.liquidator === null || !Number.isFinite(this.liquidator.shareTime) ? null : this.liquidator.shareTime,
      margin: this.book?.snapshot() ?? null,
    };
  }

  restore(saved: PerpetualState): void {
    this.tracks.forEach((track, at) => {
      const paidThrough = saved.paidThrough[at] ?? null;
      if (paidThrough !== null) track.cursor?.resume(paidThrough as Millis);
      const mark = saved.marks[at] ?? null;
      track.way.known = mark !== null;
      track.mark = (mark ?? 0) as Price;
    });
    this.lastPriceStamps = saved.lastPriceStamps;
    if (this.liquidator !== null && saved.shareTime !== null) this.liquidator.shareTime = saved.shareTime;
    if (saved.margin !== null) this.book?.restore(saved.margin);
  }
}
