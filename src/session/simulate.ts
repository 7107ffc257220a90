// The simulated session: recorded bars through the virtual exchange and the runner, in the order of the house. A shell:
// it moves time, hands over events, journals before it acts, and marks equity. It holds no trading policy.

import {
  EventPlace,
  type EffectPlace,
  pow10,
  type BarIndex,
  type BarSeries,
  type EffectQueue,
  type Event,
  type MarketIndex,
  type Millis,
  type OrderRequest,
  type RareEffect,
  type Sequence,
} from "../domain/index.ts";
import type { VirtualExchange } from "../exchange/virtual/index.ts";
import type { Journal, RunRecord, TapeRecord } from "../journal/index.ts";
import { StrategyError, type Runner } from "../runner/index.ts";
import { buildSession, type SessionParts } from "./build.ts";
import { CrossCheck } from "./cross-check.ts";
import { EquityCurve } from "./equity.ts";
import { Lanes } from "./lanes.ts";
import { livenessOf, type Liveness } from "./feed/liveness.ts";
import type { SimulationPlan, Step } from "./plan.ts";
import { Questions } from "./questions.ts";
import { request } from "./requests.ts";
import { runRecord } from "./run-record.ts";
import type { SimulationHooks } from "./simulation-hooks.ts";
import { StepList } from "./step-list.ts";
import { TimerQueue } from "./timer-queue.ts";
import { takeTold } from "./told-effects.ts";
import { applyToVenue, isCommand } from "./venue-steps.ts";
import { Verdicts } from "./verdicts.ts";

/** Bars between looks at progress and abort; also keeps each loop short enough to be optimised as a whole. */
const chunkBars = 1_024;
/** Bars that are looked over at once for the next in which something can happen. */
const coastBars = 64;

export class SimulatedSession {
  declare readonly venue: VirtualExchange;
  /** A process that comes back has a new one. */
  declare runner: Runner;
  declare readonly journal: Journal;
  declare readonly equity: EquityCurve;
  declare protected readonly plan: SimulationPlan;
  declare private readonly series: readonly BarSeries[];
  readonly timers: TimerQueue = new TimerQueue();
  declare private readonly steps: StepList;
  /** One market, one series, nothing scripted: bar after bar without a feed. */
  declare private readonly fast: boolean;
  declare private readonly lanes: Lanes;
  /** Instants that are behind us; on the fast road, bars. */
  done = 0;
  halted = false;
  /** First of the quiet bars whose strategy is being asked; -1 = none. */
  private coastingFrom = -1;
  /** Set when positions or money may have changed since the last cross-check. */
  protected touched = false;
  declare protected readonly check: CrossCheck;
  declare readonly questions: Questions;
  /** The event that the runner is at: uncommitted. */
  protected handling: Exclude<Event, { type: "bar_closed" }> | EventPlace | null = null;
  declare protected readonly moneyPower: number;
  declare protected readonly liveness: Liveness | null;
  protected readonly verdicts: Verdicts = new Verdicts();

  constructor(plan: SimulationPlan, { venue, runner, journal }: Omit<SessionParts, "instruments"> = buildSession(plan)) {
    this.plan = plan;
    this.venue = venue;
    this.runner = runner;
    this.journal = journal;
    this.series = plan.markets.map((market) => market.series[0] as BarSeries);
    this.steps = new StepList(plan.steps);
    const single = plan.markets.length === 1 && plan.markets.every(({ series, inside }) => series.length === 1 && inside === undefined);
    this.questions = new Questions(venue);
    this.liveness = livenessOf(plan, venue);
    this.fast = single && plan.steps.length === 0 && plan.crashes === undefined && this.liveness === null;
    this.lanes = new Lanes(plan.markets);
    this.equity = new EquityCurve(this.series[0] as BarSeries, single);
    this.check = new CrossCheck(venue, runner, plan);
    this.moneyPower = pow10(venue.scaleOf(venue.settlement));
    runner.markEquity(venue.equity() / this.moneyPower);
  }

  /** All bars that are left, in chunks. */
  run(hooks: SimulationHooks = {}): void {
    const total = (this.series[0] as BarSeries).length;
    while (this.advance(this.done + chunkBars)) {
      hooks.onProgress?.(Math.min(this.done, total), total);
      if (hooks.aborted?.() === true) break;
    }
    hooks.onProgress?.(this.equity.length, this.equity.length);
  }

  /** One instant, or a few quiet ones, at most to `to`: for whoever looks at each. @returns false when the session is over */
  step(to: number): boolean {
    if (!this.fast) return this.advance(this.done + 1);
    try {
      const end = Math.min(to, (this.series[0] as BarSeries).length);
      if (this.done < end) this.done = this.onward(this.done, end);
      return !this.halted && this.done < (this.series[0] as BarSeries).length;
    } catch (error) {
      this.strategyBroke(error);
      return false;
    }
  }

  /** Close of the last instant; -1 before the first. */
  get time(): number {
    return this.fast ? (this.done === 0 ? -1 : (this.series[0] as BarSeries).closeTimeAt(this.done - 1)) : this.lanes.feed.time;
  }

  /** Goes on until `to` instants are behind us. @returns false when the session is over */
  advance(to: number): boolean {
    try {
      if (!this.fast) return this.runFeed(to);
      const total = (this.series[0] as BarSeries).length;
      const end = Math.min(to, total);
      this.runChunk(this.done, end);
      this.done = end;
      return !this.halted && end < total;
    } catch (error) {
      this.strategyBroke(error);
      return false;
    }
  }

  // What the strategy did before it broke stays on the record, the fact that broke it too; what the broken hook asked for
  // was never committed and is dropped. Every other error is ours and goes on.
  private strategyBroke(error: unknown): void {
    if (!(error instanceof StrategyError)) throw error;
    if (this.coastingFrom >= 0) {
      const bar = this.runner.barOf(0);
      this.markCoasted(this.coastingFrom, bar);
      this.venue.coast(0 as MarketIndex, bar);
    }
    for (const { index, frame } of this.venue.markets) this.journal.barOpened(index, frame as BarIndex);
    const { now: time } = this.runner;
    this.recordBroken(takeTold(this.runner.effects), time);
    this.handling = null;
    this.handle({ type: "strategy_verdict", time, sequence: 0 as Sequence, market: error.market, verdict: "threw", text: error.reason }, time);
    this.touched = false;
    this.mark(time);
  }

  /** Commits what a hook that broke has told. */
  protected recordBroken(told: EffectQueue, time: Millis): void {
    if (this.handling === null) this.journal.commitEffects(told, time);
    else if (this.handling instanceof EventPlace) this.journal.commitAnswer(this.handling, told);
    else this.journal.commit(this.handling, told);
  }

  /** Bars `from` to `to` - 1 of the fast road, or up to the halt: the same calls as `instant`, without the feed. */
  runChunk(from: number, to: number): void {
    let bar = from;
    while (bar < to && !this.halted) bar = this.onward(bar, to);
  }

  /** One bar, or a few quiet ones. @returns the next */
  private onward(bar: number, to: number): number {
    const { venue, timers, runner } = this;
    // What `setup` has asked for or said waits for the first bar.
    const calm = to - bar > 1 && venue.events.length === 0 && timers.length === 0 && runner.effects.length === 0;
    const awake = calm ? venue.quietUntil(0 as MarketIndex, bar, Math.min(bar + coastBars, to)) : bar;
    if (awake > bar) return this.coast(bar, awake);
    this.stepSingle(bar);
    return bar + 1;
  }

  /** Bars in which nothing can happen at the venue: only the strategy is asked, until it acts. @returns the next bar */
  private coast(from: number, to: number): number {
    const { venue, runner, moneyPower } = this;
    const { equityBase, equitySlope } = venue.account;
    this.coastingFrom = from;
    const next = runner.handleBars(from, to, equityBase, equitySlope, moneyPower);
    this.coastingFrom = -1;
    if (runner.effects.length === 0) {
      venue.coast(0 as MarketIndex, next - 1);
      this.markCoasted(from, next);
      return next;
    }
    const bar = (next - 1) as BarIndex;
    this.markCoasted(from, bar);
    venue.coast(0 as MarketIndex, bar);
    this.journal.barOpened(0, bar);
    this.afterDecision(runner.now);
    this.mark(runner.now);
    return next;
  }

  /** Equity of quiet bars that are behind us, up to `to` - 1. */
  private markCoasted(from: number, to: number): void {
    if (to === from) return;
    const { venue, runner, moneyPower } = this;
    const { close } = this.series[0] as BarSeries;
    const { equityBase, equitySlope } = venue.account;
    runner.markEquity(this.equity.addLine(close, from, to, equityBase, equitySlope, moneyPower));
  }

  /** One bar of the fast road. */
  private stepSingle(bar: number): void {
    const { venue, runner, journal } = this;
    const series = this.series[0] as BarSeries;
    const market = 0 as MarketIndex;
    const open = series.time[bar] as Millis;
    const close = (open + series.interval) as Millis;
    // What fell due in a hole before this bar; where bars stand side by side nothing is left of the one before.
    if (this.timers.nextDue < open || venue.events.nextDue < open) {
      this.drain(open);
      if (this.halted) return;
    }
    venue.advanceBar(market, bar);
    if (this.questions.length > 0) this.questions.askAgain(market, open);
    if (venue.events.length > 0 || this.timers.length > 0) {
      journal.barOpened(market, bar as BarIndex);
      this.drain(close);
      if (this.halted) return this.markHalted(close);
    }
    runner.handleBar(market, 0, bar as BarIndex, true);
    if (runner.effects.length > 0) {
      journal.barOpened(market, bar as BarIndex);
      this.afterDecision(close);
    }
    this.mark(close);
  }

  private runFeed(to: number): boolean {
    while (this.done < to) {
      if (this.halted || !this.lanes.feed.advance()) return false;
      this.instant(this.lanes);
      this.done += 1;
    }
    return !this.halted;
  }

  /** One instant of several markets or timeframes: all venues, all answers, all closed bars, one decision, one mark. */
  private instant(lanes: Lanes): void {
    const { feed } = lanes;
    const close = feed.time as Millis;
    if (feed.open < close && this.isExpectant) this.drain(feed.open);
    if (this.halted) return;
    for (let k = 0; k < feed.count; k += 1) {
      const market = feed.marketAt(k) as MarketIndex;
      if (lanes.isStep(k)) this.walkStep(lanes, market, feed.barAt(k));
      else if (lanes.heardAs(k) === 0) this.endBar(market, feed.barAt(k) as BarIndex, close);
    }
    this.drain(close);
    if (this.halted) return this.markHalted(close);
    const last = lanes.lastHeard();
    if (last >= 0) this.close(lanes, last, close);
    if (last >= 0) this.mark(close);
  }

  /** Something may fall due before the next bar opens. */
  protected get isExpectant(): boolean {
    return this.timers.length > 0 || this.venue.events.length > 0;
  }

  /** The runner hears of the closings of an instant, up to the `last` one that it hears of, and decides. */
  protected close(lanes: Lanes, last: number, close: Millis): void {
    if (this.liveness !== null) this.liveness.look(close, (event) => this.handle(event, close));
    const { runner } = this;
    const { feed } = lanes;
    for (let k = 0; k <= last; k += 1) {
      const series = lanes.heardAs(k);
      if (series >= 0) runner.handleBar(feed.marketAt(k) as MarketIndex, series, feed.barAt(k) as BarIndex, k === last);
    }
    if (runner.effects.length > 0) this.afterDecision(close);
  }

  /** A venue walks its next bar, or its next step inside one. */
  private walkStep(lanes: Lanes, market: MarketIndex, step: number): void {
    const { venue } = this;
    const bar = (venue.markets[market] as VirtualExchange["markets"][number]).frameOf(step) as BarIndex;
    const open = lanes.seriesOf(market).timeAt(step);
    this.journal.barOpened(market, bar);
    if (this.steps.length > 0) this.applySteps(market, bar);
    // Inside a bar it is known what came first: what was answered and due before this step is sent before it.
    if (lanes.hasInside(market)) this.drain(open);
    if (this.halted) return;
    venue.advanceBar(market, step);
    if (this.questions.length > 0) this.questions.askAgain(market, open);
  }

  /** A bar ends that the venue has walked in steps, or in which there was none. */
  private endBar(market: MarketIndex, bar: BarIndex, close: Millis): void {
    this.journal.barOpened(market, bar);
    if (this.steps.length > 0) this.applySteps(market, bar);
    this.venue.markets[market]?.elapse(close);
  }

  protected afterDecision(close: Millis): void {
    this.journal.commitEffects(this.runner.effects, close);
    this.dispatch(close);
    // Answers of this very instant: queries, and in the optimistic preset market orders at the close.
    if (this.venue.events.nextDue <= close) this.drain((close + 1) as Millis);
  }

  /** Hands over answers and timers that are due before `until`, merged by time; a timer goes before an answer of its instant. */
  protected drain(until: Millis): void {
    const { venue, timers } = this;
    const { events } = venue;
    while (!this.halted) {
      const answer = events.nextDue;
      if (timers.length === 0) {
        if (answer >= until) return;
        this.handleAnswer(events.take(), answer as Millis);
        continue;
      }
      const timer = timers.nextDue;
      if (Math.min(answer, timer) >= until) return;
      if (timer <= answer)
        this.handle({ type: "timer_fired", time: timer as Millis, sequence: 0 as Sequence, timer: timers.take() }, timer as Millis);
      else this.handleAnswer(events.take(), answer as Millis);
    }
  }

  /** `handle` of a venue's answer, without making an event of it. */
  protected handleAnswer(answer: EventPlace, now: Millis): void {
    const { runner } = this;
    this.handling = answer;
    runner.handleAnswer(answer);
    this.journal.commitAnswer(answer, runner.effects);
    this.handling = null;
    // An acknowledgement or the end of an order moves neither a position nor money.
    if (answer.kind >= 2) this.touched = true;
    if (runner.effects.length > 0) this.dispatch(now);
  }

  /** One event: handle, commit with its effects, and only then act. */
  protected handle(event: Exclude<Event, { type: "bar_closed" }>, now: Millis): void {
    this.handling = event;
    this.runner.handle(event);
    this.journal.commit(event, this.runner.effects);
    this.handling = null;
    this.touched = true;
    if (this.runner.effects.length > 0) this.dispatch(now);
  }

  private dispatch(now: Millis): void {
    const { venue, check } = this;
    const { effects } = this.runner;
    if (check.oracle !== null) check.oracle.leaving(effects);
    // Nothing that a request does at the venue comes back before this loop has ended.
    let effect = effects.first;
    for (let left = effects.placed; left > 0; left -= 1, effect = effect.next as EffectPlace) {
      if (effect.kind === 0) venue.submit(effect.request as OrderRequest, now);
      else if (effect.kind === 1) venue.cancel(effect.order, effect.market, now);
      else if (effect.kind === 3) this.act(effect.rare as RareEffect, now);
    }
    effects.clear();
    if (this.verdicts.pending !== null) this.verdicts.tell(now, (verdict) => this.handle(verdict, now));
  }

  protected act(effect: RareEffect, now: Millis): void {
    if (effect.type === "set_timer") this.timers.arm(effect.timer, effect.due);
    else if (effect.type === "halt") this.halted = true;
    else if (effect.type === "strategy_failed") this.verdicts.failed(effect);
    else request(effect, now, this.venue, this.questions);
  }

  /** What the scenario does to the venue, the account or the operator's desk before the open of a bar. */
  private applySteps(market: MarketIndex, bar: BarIndex): void {
    const { symbol } = (this.plan.markets[market] as SimulationPlan["markets"][number]).rules;
    const { time, length } = this.series[market] as BarSeries;
    for (let step = this.steps.take(symbol, bar); step !== undefined; step = this.steps.take(symbol, bar))
      this.applyStep(step.action, market, (time[Math.min(step.bar, length - 1)] ?? 0) as Millis);
  }

  protected applyStep(action: Step["action"], market: MarketIndex, time: Millis): void {
    if (isCommand(action))
      return this.handle({ type: "operator_command", time, sequence: 0 as Sequence, command: action.do, text: action.text }, time);
    applyToVenue(this.venue, market, action, time);
  }

  // Halted inside a bar: the runner never heard its close, so the two ledgers stand at different prices.
  private markHalted(close: Millis): void {
    this.touched = false;
    this.mark(close);
  }

  protected mark(close: Millis): void {
    const equity = this.venue.equity();
    const value = equity / this.moneyPower;
    this.equity.add(close, equity, value);
    this.runner.markEquity(value);
    if (this.check.oracle !== null) this.check.oracle.at(close, this.timers.length);
    if (!this.touched) return;
    this.touched = false;
    this.check.look(equity, !this.halted);
  }

  record(hear: ((entry: TapeRecord) => void) | null = null): RunRecord {
    const { plan, venue, journal, equity, check } = this;
    return runRecord({ plan, venue, journal, equity, compared: check.concluded(this.timers.length) }, hear);
  }
}
