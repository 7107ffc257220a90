// The watch over what a session hears: bars that come late, twice, wrong or not at all, and the host's clock. It stands between
// the feed and the runner only in sessions that ask for it; it decides when data is stale, and nothing else.

import type { BarIndex, DataFinding, Event, MarketIndex, Millis, Sequence } from "../../domain/index.ts";
import type { Runner } from "../../runner/index.ts";
import { FeedAgenda, type FeedNews } from "./agenda.ts";
import { FeedGuard, type FeedBar } from "./guard.ts";
import { isClockStep, isFeedStep, isInside, isStrategyStep, type ClockStep } from "./steps.ts";
import { defaultFeedSettings } from "./guard.ts";
import { HostClock } from "./host-clock.ts";
import type { Lanes } from "../lanes.ts";
import type { SimulationPlan } from "../plan.ts";

/** What the watch needs of the session that it belongs to. */
export interface WatchedSession {
  readonly runner: Runner;
  isHalted(): boolean;
  /** Handles and commits an event. */
  tell(event: Exclude<Event, { type: "bar_closed" }>): void;
  /** Hands over answers and timers that are due before `until`. */
  drain(until: Millis): void;
  /** Commits and sends what has been decided at a close. */
  decided(time: Millis): void;
}

/** Why a market's data is stale. */
type Doubt = "missing" | "gap" | "clock";

interface Watched {
  readonly guard: FeedGuard;
  readonly agenda: FeedAgenda;
  readonly doubts: Set<Doubt>;
  /** The patience that was looked at last. */
  checked: number;
  /** Open time of the venue's newest closed bar. */
  latest: number;
  wasStale: boolean;
}

/** Something that is due between two closes. */
type Due =
  | { readonly kind: "news"; readonly time: number; readonly market: number; readonly news: FeedNews }
  | { readonly kind: "patience"; readonly time: number; readonly market: number }
  | { readonly kind: "clock"; readonly time: number; readonly step: ClockStep };

/** Null for a plan in which bars and clocks are what they are. */
export function feedWatchOf(plan: SimulationPlan): FeedWatch | null {
  return plan.steps.some(({ action }) => isInside(action) && !isStrategyStep(action)) ? new FeedWatch(plan) : null;
}

export class FeedWatch {
  declare private readonly markets: readonly Watched[];
  private readonly clock = new HostClock();
  /** Steps of the clock that have not happened, in the order of time. */
  declare private readonly clockSteps: { readonly time: number; readonly step: ClockStep }[];
  declare private readonly offsetMaxMs: number;
  private now = 0;

  constructor(plan: SimulationPlan) {
    const settings = { ...defaultFeedSettings, ...plan.feed };
    this.offsetMaxMs = plan.runner.clockOffsetMaxMs;
    this.markets = plan.markets.map(({ rules, series: [series] }) => {
      if (series === undefined) throw new RangeError(`${rules.symbol} has no bars`);
      const steps = plan.steps.flatMap(({ bar, symbol, action }) =>
        isFeedStep(action) && (symbol ?? rules.symbol) === rules.symbol ? [{ bar, step: action }] : [],
      );
      const agenda = new FeedAgenda(series, steps);
      const guard = new FeedGuard(series, settings, {
        ask: (from, to) => agenda.told(from, to, this.now),
        hides: (from, to) => agenda.hides(from, to, this.now),
      });
      return { guard, agenda, doubts: new Set<Doubt>(), checked: -1, latest: Number.NEGATIVE_INFINITY, wasStale: false };
    });
    const timeOf = (bar: number, symbol: string | null) =>
      plan.markets.find(({ rules }) => rules.symbol === symbol)?.series[0]?.timeAt(bar) ?? plan.markets[0]?.series[0]?.timeAt(bar) ?? 0;
    this.clockSteps = plan.steps
      .flatMap(({ bar, symbol, action }) => (isClockStep(action) ? [{ time: timeOf(bar, symbol) as number, step: action }] : []))
      .sort((a, b) => a.time - b.time);
  }

  /** What the runner's views of a market's finest bars look at. */
  heardOf(market: number): FeedGuard["heard"] {
    return this.watched(market).guard.heard;
  }

  /** Every market's newest bar has been heard. */
  get current(): boolean {
    return this.markets.every(({ guard, latest }) => guard.newest === latest);
  }

  /** What is due after the last close and before this one. */
  before(close: Millis, session: WatchedSession): void {
    for (let due = this.nextDue(close); due !== null && !session.isHalted(); due = this.nextDue(close)) {
      session.drain(due.time as Millis);
      if (session.isHalted()) return;
      this.now = due.time;
      this.happen(due, session);
    }
  }

  /** The bars that come at a close, and what the strategies decide on them. */
  hear(lanes: Lanes, close: Millis, session: WatchedSession): void {
    this.now = close;
    this.checkClock(close, session);
    const taken: { readonly market: MarketIndex; readonly series: number; readonly row: number }[] = [];
    const take = (market: number, row: number) => void taken.push({ market: market as MarketIndex, series: 0, row });
    this.lateBars(close, session, take);
    for (let k = 0; k < lanes.feed.count; k += 1) {
      const [market, series, bar] = [lanes.feed.marketAt(k), lanes.heardAs(k), lanes.feed.barAt(k)];
      if (series > 0) taken.push({ market: market as MarketIndex, series, row: bar });
      if (series === 0) this.closed(market, bar, session, take);
    }
    taken.forEach(({ market, series, row }, at) => session.runner.handleBar(market, series, row as BarIndex, at === taken.length - 1));
    session.decided(close);
  }

  /** Bars of before that come with this close, ahead of its own. What begins with the next bar is due behind its decision. */
  private lateBars(close: Millis, session: WatchedSession, take: (market: number, row: number) => void): void {
    this.markets.forEach(({ agenda }, market) => {
      for (let [news] = agenda.news; news !== undefined && news.time <= close && news.bar !== null; [news] = agenda.news) {
        agenda.news.shift();
        this.deliver(market, news.bar, session, take);
      }
    });
  }

  // ---- what is due ------------------------------------------------------------------------------------------------

  private nextDue(before: number): Due | null {
    let next: Due | null = null;
    const [step] = this.clockSteps;
    if (step !== undefined && step.time < before) next = { kind: "clock", ...step };
    this.markets.forEach(({ guard, agenda, checked, doubts }, market) => {
      const [news] = agenda.news;
      if (news !== undefined && news.time < (next?.time ?? before)) next = { kind: "news", time: news.time, market, news };
      const { patience } = guard;
      if (patience !== checked && !doubts.has("gap") && patience < (next?.time ?? before)) next = { kind: "patience", time: patience, market };
    });
    return next;
  }

  private happen(due: Due, session: WatchedSession): void {
    if (due.kind === "clock") {
      this.clockSteps.shift();
      return this.stepClock(due.step, session);
    }
    const watched = this.watched(due.market);
    const now = due.time as Millis;
    const hear = (market: number, row: number) => {
      session.runner.handleBar(market as MarketIndex, 0, row as BarIndex, true);
      session.decided(now);
    };
    if (due.kind === "patience") return this.outOfPatience(due.market, session, hear);
    watched.agenda.news.shift();
    if (due.news.bar !== null) return this.deliver(due.market, due.news.bar, session, hear);
    watched.doubts.add("gap");
    this.say(due.market, "sequence_gap", "the stream's numbers leap: nothing is taken from it until it is in order again", session);
  }

  /** A bar has not come in time: it is asked for, and without it nothing increases risk. */
  private outOfPatience(market: number, session: WatchedSession, hear: (market: number, row: number) => void): void {
    const { guard, agenda, doubts } = this.watched(market);
    const { newest, heard } = guard;
    this.watched(market).checked = guard.patience;
    const from = newest + heard.interval;
    const [found] = agenda.told(from, from + heard.interval, this.now);
    const name = `the bar of ${new Date(from).toISOString()}`;
    if (found !== undefined) {
      this.say(market, "missing", `${name} has not come and was asked for`, session);
      return this.deliver(market, found, session, hear);
    }
    doubts.add("missing");
    this.say(market, "missing", `${name} has not come, and nobody has it`, session);
  }

  // ---- bars -------------------------------------------------------------------------------------------------------

  private closed(market: number, row: number, session: WatchedSession, take: (market: number, row: number) => void): void {
    const watched = this.watched(market);
    const { agenda, doubts } = watched;
    watched.latest = this.seriesTime(market, row);
    if (agenda.inLeap(row)) return;
    doubts.delete("gap");
    for (const bar of agenda.at(row)) this.deliver(market, bar, session, take);
  }

  private deliver(market: number, bar: FeedBar, session: WatchedSession, hear: (market: number, row: number) => void): void {
    const { guard, doubts } = this.watched(market);
    const answer = guard.arrive(bar, this.now);
    if (answer.kind === "refused") return this.say(market, answer.finding, answer.text, session);
    const { row, missed, kind } = answer;
    if (guard.holed) doubts.add("missing");
    else doubts.delete("missing");
    const to = kind === "late" ? row + 1 : row;
    if (to > missed) this.tellMissed(market, missed, to, session);
    if (kind === "late") return this.say(market, "late", `the bar of ${new Date(bar.time).toISOString()} came too late to be decided on`, session);
    if (doubts.size > 0 !== this.watched(market).wasStale) this.say(market, null, "bars follow each other again", session);
    hear(market, row);
  }

  private tellMissed(market: number, from: number, to: number, session: WatchedSession): void {
    const rows = { from: from as BarIndex, to: to as BarIndex };
    session.tell({ type: "bars_missed", ...this.stamp(), market: market as MarketIndex, series: 0, ...rows });
  }

  // ---- the clock --------------------------------------------------------------------------------------------------

  private stepClock(step: ClockStep, session: WatchedSession): void {
    const jumped = this.clock.apply(step, this.now);
    if (!jumped || step.do === "clock_drift" || Math.abs(step.ms) <= this.offsetMaxMs) return;
    this.markets.forEach(({ doubts }, market) => {
      doubts.add("clock");
      this.say(market, "clock_step", `the host's clock jumped by ${step.ms} ms`, session);
    });
  }

  private checkClock(now: Millis, session: WatchedSession): void {
    const offset = this.clock.check(now, this.offsetMaxMs);
    if (offset === null) return;
    session.tell({ type: "clock_checked", ...this.stamp(), offset, slept: 0 });
    this.markets.forEach(({ doubts }, market) => {
      if (doubts.delete("clock")) this.say(market, null, "the clock was compared with the venue's", session);
    });
  }

  // ---- words ------------------------------------------------------------------------------------------------------

  private say(market: number, finding: DataFinding | null, text: string, session: WatchedSession): void {
    const watched = this.watched(market);
    watched.wasStale = watched.doubts.size > 0;
    session.tell({ type: "data_checked", ...this.stamp(), market: market as MarketIndex, finding, stale: watched.wasStale, text });
  }

  private stamp(): { time: Millis; sequence: Sequence } {
    return { time: this.now as Millis, sequence: 0 as Sequence };
  }

  private seriesTime(market: number, row: number): number {
    return this.watched(market).agenda.timeOf(row);
  }

  private watched(market: number): Watched {
    return this.markets[market] as Watched;
  }
}
