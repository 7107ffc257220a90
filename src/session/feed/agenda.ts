// The feed of one market as a scenario has it: which bars come when, and in what shape. It is the other side of the guard that
// listens to it; it knows the venue's bars, and must never tell one that has not come yet.

import type { BarSeries } from "../../domain/index.ts";
import type { FeedBar } from "./guard.ts";
import type { Absurdity, FeedStep, RevisedPrices } from "./steps.ts";

/** Something that happens to the feed at a time that is no close of it. */
export interface FeedNews {
  readonly time: number;
  /** A bar that comes; null: its numbers leap. */
  readonly bar: FeedBar | null;
}

/** What every price of an absurd bar is multiplied with. */
const factors = { zero: 0, not_a_number: Number.NaN, negative: -1, times_100: 100 } as const;

export class FeedAgenda {
  declare private readonly series: BarSeries;
  /** In the order of time. */
  declare readonly news: FeedNews[];
  /** Rows that do not come at their close. */
  private readonly skipped = new Set<number>();
  /** What comes instead of a row. */
  private readonly replaced = new Map<number, FeedBar>();
  /** What comes behind a row, at its close. */
  private readonly behind = new Map<number, FeedBar[]>();
  /** Until when nobody has a row. */
  private readonly hidden = new Map<number, number>();
  /** Rows inside a leap of the stream's numbers. */
  private readonly leapt = new Set<number>();

  constructor(series: BarSeries, steps: readonly { readonly bar: number; readonly step: FeedStep }[]) {
    this.series = series;
    const news: FeedNews[] = [];
    for (const { bar, step } of steps) this.plan(bar, step, news);
    // Stable: what comes at one instant comes in the order of the steps.
    this.news = news.sort((a, b) => a.time - b.time);
  }

  /** Open time of a row. */
  timeOf(row: number): number {
    return this.series.timeAt(row);
  }

  /** The bars that come at the close of a row, in their order. */
  at(row: number): readonly FeedBar[] {
    const own = this.skipped.has(row) ? [] : [this.replaced.get(row) ?? this.bar(row)];
    return [...own, ...(this.behind.get(row) ?? [])];
  }

  /** The stream's numbers are in disorder at the close of a row, and its bars mean nothing. */
  inLeap(row: number): boolean {
    return this.leapt.has(row);
  }

  /** Bars with open times from `from` to before `to` that the venue tells when it is asked. @param now data time */
  told(from: number, to: number, now: number): FeedBar[] {
    return this.rows(from, to)
      .filter((row) => (this.hidden.get(row) ?? 0) <= now && this.series.closeTimeAt(row) <= now)
      .map((row) => this.bar(row));
  }

  /** True when there is a bar in between that the venue does not tell. */
  hides(from: number, to: number, now: number): boolean {
    return this.rows(from, to).some((row) => (this.hidden.get(row) ?? 0) > now);
  }

  private rows(from: number, to: number): number[] {
    const { time, length } = this.series;
    const rows: number[] = [];
    for (let row = 0; row < length && (time[row] as number) < to; row += 1) if ((time[row] as number) >= from) rows.push(row);
    return rows;
  }

  private plan(row: number, step: FeedStep, news: FeedNews[]): void {
    const { series } = this;
    const open = series.timeAt(row) as number;
    switch (step.do) {
      case "bar_missing":
        return this.withhold(row, step.backfill ? 0 : Number.POSITIVE_INFINITY);
      case "bar_late": {
        const later = row + (step.bars ?? 0);
        const time =
          step.ms === null ? (later < series.length ? series.closeTimeAt(later) : Number.POSITIVE_INFINITY) : open + series.interval + step.ms;
        this.withhold(row, time);
        news.push({ time, bar: this.bar(row) });
        return;
      }
      case "bar_duplicate":
        return this.putBehind(row, this.bar(row));
      case "bar_revised":
        return this.putBehind(row, revised(this.bar(row - step.back), step.prices));
      case "bar_unfinished": {
        const price = series.openAt(row) as number;
        const bar = { time: open + step.ahead * series.interval, open: price, high: price, low: price, close: price, volume: 0 };
        news.push({ time: open + Math.floor(series.interval / 2), bar });
        return;
      }
      case "bar_out_of_order":
        this.withhold(row, row + 1 < series.length ? series.closeTimeAt(row + 1) + 1 : Number.POSITIVE_INFINITY);
        return this.putBehind(row + 1, this.bar(row));
      case "bar_absurd":
        this.replaced.set(row, absurd(this.bar(row), step.kind));
        if (!step.backfill) this.hidden.set(row, Number.POSITIVE_INFINITY);
        return;
      case "feed_gap":
        for (let lost = row; lost < row + step.bars - 1; lost += 1) {
          this.skipped.add(lost);
          this.leapt.add(lost);
        }
        news.push({ time: open, bar: null });
    }
  }

  private withhold(row: number, until: number): void {
    this.skipped.add(row);
    if (until > 0) this.hidden.set(row, until);
  }

  private putBehind(row: number, bar: FeedBar): void {
    this.behind.set(row, [...(this.behind.get(row) ?? []), bar]);
  }

  private bar(row: number): FeedBar {
    const { time, open, high, low, close, volume } = this.series;
    const value = (column: Float64Array) => column[row] as number;
    return { time: value(time), open: value(open), high: value(high), low: value(low), close: value(close), volume: value(volume) };
  }
}

function revised(bar: FeedBar, { open, high, low, close }: RevisedPrices): FeedBar {
  return { ...bar, open: open ?? bar.open, high: high ?? bar.high, low: low ?? bar.low, close: close ?? bar.close };
}

function absurd(bar: FeedBar, kind: Absurdity): FeedBar {
  if (kind === "high_below_low") return { ...bar, high: bar.low - 1 };
  const factor = factors[kind];
  return { ...bar, open: bar.open * factor, high: bar.high * factor, low: bar.low * factor, close: bar.close * factor };
}
