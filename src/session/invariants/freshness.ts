// I-03 as an age: when an order that increases risk leaves, nothing may have happened for longer than is allowed of which its runner
// has not heard. The age of an input is the age of the oldest news that has not come: 0 where all of it has.

import { InvariantError, type BarSeries, type MarketIndex, type Millis } from "../../domain/index.ts";
import { longestWay, type FillModel, type VirtualExchange } from "../../exchange/virtual/index.ts";
import { barAt } from "../../journal/index.ts";
import type { Runner } from "../../runner/index.ts";
import { defaultFeedSettings } from "../feed/guard.ts";
import { defaultStreamSettings } from "../feed/liveness.ts";
import type { SimulationPlan } from "../plan.ts";

type Truth = Pick<VirtualExchange, "trouble">;
type Book = Pick<Runner, "inside">;

/** How old the news of each input may be, ms. */
interface Ages {
  /** Of a bar: how long it is waited for. */
  readonly bar: number;
  /** Of a stream that is alive as far as anybody has said. */
  readonly silence: number;
  /** Of the word that a stream has broken off. */
  readonly word: number;
}

export class Freshness {
  declare private readonly venue: Truth;
  /** By market: the bars that there are. */
  declare private readonly bars: readonly BarSeries[];
  declare private readonly most: Ages;
  /** The process was away, and its book has not been compared since. */
  unread = false;

  constructor(venue: Truth, plan: Pick<SimulationPlan, "markets" | "feed" | "streams"> & { readonly fill: FillModel }) {
    this.venue = venue;
    this.bars = plan.markets.map(({ series }) => series[0] as BarSeries);
    const interval = Math.max(...this.bars.map((series) => series.interval));
    const { waitMs } = { ...defaultFeedSettings, ...plan.feed };
    const { maxSilenceMs } = { ...defaultStreamSettings, ...plan.streams };
    // A session on bars looks at its streams when a bar has closed.
    this.most = { bar: waitMs, silence: maxSilenceMs + interval, word: longestWay(plan.fill) };
  }

  /** The process has not been there for so many ms. @param anew it died, and is another one */
  cameBack({ inside }: Book, pause: number, anew: boolean): void {
    if (anew || pause >= inside.core.settings.queryIntervalMs) this.unread = true;
  }

  /** @throws InvariantError I-03 for an order that increases risk on news that are too old */
  assertFresh(runner: Book, market: MarketIndex, order: number, now: Millis): void {
    const { most } = this;
    const wire = this.venue.trouble?.wire ?? null;
    const silent = wire?.silentSince(now) ?? now;
    const broken = wire?.brokenSince(market, now) ?? now;
    this.check(order, "a bar", this.unheardBar(runner, market, now), most.bar);
    this.check(order, "whatever its silent stream has not told", now - silent, most.silence);
    this.check(order, "a stream that has broken off", now - broken, most.word);
    if (this.unread) throw new InvariantError("I-03", `order ${order} increases risk and its process has not read what it slept through`);
  }

  private check(order: number, what: string, age: number, most: number): void {
    if (age > most) throw new InvariantError("I-03", `order ${order} increases risk without news of ${what}: ${age} ms old, ${most} are allowed`);
  }

  /** How long ago the first bar closed that the market's runner has not heard; 0: it has heard all. */
  private unheardBar({ inside }: Book, market: MarketIndex, now: Millis): number {
    const bars = this.bars[market] as BarSeries;
    const heard = inside.core.desks[market]?.bars;
    if (heard === undefined) return 0;
    const next = heard.index < 0 ? 0 : barAt(bars, heard.series.timeAt(heard.index)) + 1;
    return next >= bars.length ? 0 : Math.max(0, now - bars.closeTimeAt(next));
  }
}
