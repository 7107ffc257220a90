// What a session believes of one market's feed. A bar goes to the strategies when it has closed, can be a bar, follows the one
// before and is not too old; everything else is recorded and changes nothing. It must never change a bar, or decide for a strategy.

import { BarSeries, type DataFinding } from "../../domain/index.ts";
import { flawOfBar } from "../../market/index.ts";
import { createSha256 } from "../sha256.ts";

export interface FeedSettings {
  /** How long after its close a bar may come and still be decided on; then it is asked for, and without it the data is stale. @defaultValue 10000 */
  readonly waitMs: number;
  /** How far a close may be from the one before, as a share; a farther one is believed when the next bar agrees. @defaultValue 0.5 */
  readonly priceBand: number;
}

export const defaultFeedSettings: FeedSettings = { waitMs: 10_000, priceBand: 0.5 };

/** One bar as a feed tells it, in units of the market's scales; its numbers may be anything. */
export interface FeedBar {
  readonly time: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** What is done with a bar that came. */
export type FeedAnswer =
  /** It is the newest: the strategies decide on it. `missed`: rows from here on that were taken before it without a decision. */
  | { readonly kind: "decide"; readonly row: number; readonly missed: number }
  /** It is the newest and too old to be decided on. */
  | { readonly kind: "late"; readonly row: number; readonly missed: number }
  | { readonly kind: "refused"; readonly finding: DataFinding; readonly text: string };

const fields = ["open", "high", "low", "close", "volume"] as const;

export class FeedGuard {
  /** What was heard so far, row after row; rows that were not heard are zeros, and nobody is told of them. */
  declare readonly heard: BarSeries;
  rows = 0;
  /** A bar is missing that nobody has: until two bars follow each other again. */
  holed = false;
  declare private readonly settings: FeedSettings;
  /** Bars that the venue would tell if it were asked, by open time. */
  declare private readonly ask: (from: number, to: number) => readonly FeedBar[];
  /** Whether the venue has bars in between that it does not tell. */
  declare private readonly hides: (from: number, to: number) => boolean;
  /** A bar that is too far from the one before; the next one says whether it was right. */
  private suspect: FeedBar | null = null;

  constructor(series: BarSeries, settings: FeedSettings, venue: { ask: FeedGuard["ask"]; hides: FeedGuard["hides"] }) {
    const { symbol, timeframe, interval, priceScale, quantityScale, length } = series;
    const column = () => new Float64Array(length);
    const columns = { time: column(), open: column(), high: column(), low: column(), close: column(), volume: column() };
    this.heard = new BarSeries({ symbol, timeframe, interval, priceScale, quantityScale }, columns);
    this.settings = settings;
    this.ask = venue.ask;
    this.hides = venue.hides;
  }

  /** Open time of the newest bar that was taken; -Infinity before the first. */
  get newest(): number {
    return this.rows === 0 ? Number.NEGATIVE_INFINITY : (this.heard.time[this.rows - 1] as number);
  }

  /** A bar has come. @param now data time */
  arrive(bar: FeedBar, now: number): FeedAnswer {
    const { interval } = this.heard;
    const flaw = this.flawOf(bar);
    if (flaw !== null) return refused("absurd", `${flaw.kind}: ${flaw.detail}`);
    if (bar.time + interval > now) return refused("unfinished", `the bar of ${instantText(bar.time)} closes at ${instantText(bar.time + interval)}`);
    if (bar.time <= this.newest) return this.known(bar);
    const first = this.rows;
    if (this.isFar(bar) && !this.confirms(bar)) {
      this.suspect = bar;
      return refused("absurd", `price_band: the close of the bar of ${instantText(bar.time)} is too far from the one before`);
    }
    this.closeHole(bar, now);
    this.suspect = null;
    const row = this.take(bar);
    const tooOld = now - (bar.time + interval) > this.settings.waitMs;
    return { kind: tooOld ? "late" : "decide", row, missed: first };
  }

  /** Time up to which the next bar is waited for. */
  get patience(): number {
    return this.rows === 0 ? Number.POSITIVE_INFINITY : this.newest + 2 * this.heard.interval + this.settings.waitMs;
  }

  /** Bars between two others come first, as far as anybody has them. */
  private closeHole(bar: FeedBar, now: number): void {
    const { interval } = this.heard;
    if (this.rows === 0) return;
    const from = this.newest + interval;
    this.holed = bar.time > from && this.hides(from, bar.time);
    if (bar.time === from) return;
    for (const missed of this.ask(from, bar.time)) {
      if (missed.time + interval <= now && this.flawOf(missed) === null) this.take(missed);
    }
  }

  private take(bar: FeedBar): number {
    const { heard, rows } = this;
    heard.time[rows] = bar.time;
    for (const field of fields) heard[field][rows] = bar[field];
    this.rows += 1;
    return rows;
  }

  /** A bar that is not newer than what was heard: the same fact twice, other prices for it, or one that comes too late. */
  private known(bar: FeedBar): FeedAnswer {
    const { heard, rows } = this;
    const row = heard.time.subarray(0, rows).indexOf(bar.time);
    const name = `the bar of ${instantText(bar.time)}`;
    if (row < 0) return refused("out_of_order", `${name} comes behind a newer one and is not taken`);
    if (fields.every((field) => heard[field][row] === bar[field])) return refused("duplicate", `${name} was told again`);
    const before = digestOf({ time: bar.time, ...rowOf(heard, row) });
    return refused("revised", `${name} was ${before} and is ${digestOf(bar)}; what was decided on it stays`);
  }

  /** Told in the market's own numbers. */
  private flawOf(bar: FeedBar): ReturnType<typeof flawOfBar> {
    const { pricePower, quantityPower } = this.heard;
    const column = (value: number, power: number) => Float64Array.of(value / power);
    const price = (field: "open" | "high" | "low" | "close") => column(bar[field], pricePower);
    const prices = { open: price("open"), high: price("high"), low: price("low"), close: price("close") };
    return flawOfBar({ time: column(bar.time, 1), ...prices, volume: column(bar.volume, quantityPower) }, 0);
  }

  private isFar(bar: FeedBar): boolean {
    if (this.rows === 0) return false;
    return apart(bar.close, this.heard.close[this.rows - 1] as number) > this.settings.priceBand;
  }

  private confirms(bar: FeedBar): boolean {
    const { suspect } = this;
    return suspect !== null && bar.time > suspect.time && apart(bar.close, suspect.close) <= this.settings.priceBand;
  }
}

function apart(price: number, before: number): number {
  return Math.abs(price - before) / before;
}

function refused(finding: DataFinding, text: string): FeedAnswer {
  return { kind: "refused", finding, text };
}

function rowOf(series: BarSeries, row: number) {
  const value = (field: (typeof fields)[number]) => series[field][row] as number;
  return { open: value("open"), high: value("high"), low: value("low"), close: value("close"), volume: value("volume") };
}

/** The first digits of the bar's sha-256: enough to tell what a decision was made on. */
function digestOf({ time, open, high, low, close, volume }: FeedBar): string {
  const hash = createSha256();
  hash.update(new TextEncoder().encode(JSON.stringify([time, open, high, low, close, volume])));
  return hash.digest().slice(0, 12);
}

function instantText(time: number): string {
  return new Date(time).toISOString();
}
