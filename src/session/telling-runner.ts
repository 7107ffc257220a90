// A runner that tells a journal of commits which closings it hears, bar by bar, the quiet ones too. For sessions whose commits
// are kept; it must never answer otherwise than the runner it is.

import type { BarIndex, BarSeries, MarketIndex, Millis } from "../domain/index.ts";
import { Runner, type RunnerOptions } from "../runner/index.ts";
import type { CommitJournal } from "./commit-journal.ts";

export class TellingRunner extends Runner {
  declare private readonly series: readonly (readonly BarSeries[])[];
  /** Told from the moment on in which it stands here. */
  journal: CommitJournal | null = null;

  constructor(options: RunnerOptions) {
    super(options);
    this.series = options.markets.map((market) => market.series);
  }

  override handleBar(market: MarketIndex, series: number, bar: BarIndex, decide: boolean): void {
    const { journal } = this;
    journal?.closing(market, series, bar);
    super.handleBar(market, series, bar, decide);
    // What was asked for the session commits itself, before it acts.
    if (decide && this.effects.length === 0) journal?.quiet(this.closeOf(market, series, bar));
  }

  override markEquity(equity: number): void {
    this.journal?.equityRead(equity);
    super.markEquity(equity);
  }

  // One bar at a time: each is a commit of its own.
  override handleBars(from: number, to: number, base: number, slope: number, power: number): number {
    const { journal } = this;
    if (journal === null || to === from) return super.handleBars(from, to, base, slope, power);
    journal.closing(0 as MarketIndex, 0, from as BarIndex);
    // On some bars it takes the other road, through `handleBar`: that must not tell a second time.
    this.journal = null;
    let next: number;
    try {
      next = super.handleBars(from, from + 1, base, slope, power);
    } finally {
      this.journal = journal;
    }
    if (this.effects.length === 0) journal.quiet(this.closeOf(0, 0, from));
    return next;
  }
  private closeOf(market: number, series: number, bar: number): Millis {
    const list = this.series[market] as readonly BarSeries[];
    return (list[series] as BarSeries).closeTimeAt(bar);
  }
}
