// A simulated session whose process can die, sleep and come back: every commit is kept before anything of it leaves, and a new
// runner goes on from there. The venue walks on meanwhile. It holds no trading policy, and decides nothing about an order.

import {
  canonicalJson,
  parseUnits,
  SeatrialError,
  type BarIndex,
  type BarSeries,
  type Effect,
  type EffectQueue,
  type Event,
  type EventPlace,
  type MarketIndex,
  type Millis,
  type Quantity,
  type RareEffect,
  type Sequence,
  type VenueEvent,
} from "../../domain/index.ts";
import { lowWaterCode, MemoryCommits, type Cause, type CommitStore, type InstantClosed } from "../../journal/index.ts";
import type { Runner } from "../../runner/index.ts";
import { buildSession, type SessionParts } from "../build.ts";
import { CommitJournal, plainEffects, type Telling } from "./commit-journal.ts";
import { CrashPoints } from "./crash-points.ts";
import { FaultyCommits, isJournalEnd } from "./faulty-commits.ts";
import { HeardBars } from "./heard-bars.ts";
import type { Lanes } from "../lanes.ts";
import type { SimulationPlan, Step } from "../plan.ts";
import { isProcessStep, type ProcessChange, type ProcessStep } from "./process-plan.ts";
import { assertSameState, revive, takeOver, timersOf, verdictsOn, type Absence, type LastWords, type Revived } from "./process-replay.ts";
import { isRivals, rivalReport, rivalRequest, signInRival } from "./rival-order.ts";
import { SimulatedSession } from "../simulate.ts";
import { isCommand } from "../venue-steps.ts";
import { WatchedJournal } from "../watched-journal.ts";

/** From one snapshot to the next. */
const snapshotCommits = 1_024;

export class FragileSession extends SimulatedSession {
  declare readonly commits: FaultyCommits;
  declare readonly journal: CommitJournal;
  declare private readonly parts: SessionParts;
  declare private readonly points: CrashPoints;
  /** Equity as the runner was told last. */
  private marked = 0;
  private absence: Absence | null = null;
  /** Processes that have come back. */
  private process = 0;
  /** Commits of this process. */
  private own = 0;
  /** Venue time of the last commit. */
  private committed = 0 as Millis;
  /** Since when this process runs without a break: what fell due before is late. */
  private awake = 0;
  declare private readonly heard: HeardBars;
  /** Whoever looks over the session's shoulder. */
  declare private readonly watcher: WatchedJournal | null;
  /** Commands of the operator that nobody has read yet. */
  private commands: Step["action"][] = [];
  /** As it was when the session was started, or with what was edited since. */
  declare private strategy: SimulationPlan["strategy"];
  /** Epoch of another process that has signed in; 0: there is none. */
  private rival = 0;
  /** The runner has been told that there is hardly any room for commits, and nobody has said otherwise since. */
  private warned = false;
  /** It is being told again of what was not kept. */
  private retelling = false;

  constructor(plan: SimulationPlan, parts: SessionParts = buildSession(plan), store: CommitStore = new MemoryCommits()) {
    const commits = new FaultyCommits(store);
    const journal = new CommitJournal(parts.journal, commits, 1);
    super(plan, { ...parts, journal });
    this.parts = parts;
    this.watcher = parts.journal instanceof WatchedJournal ? parts.journal : null;
    this.commits = commits;
    this.strategy = plan.strategy;
    journal.decisions = parts.decisions;
    this.points = new CrashPoints(plan.crashes ?? []);
    this.questions.patient = true;
    this.heard = new HeardBars(plan.markets);
    const start = Math.min(...plan.markets.map(({ series }) => (series[0] as BarSeries).timeAt(0))) as Millis;
    this.markAccount();
    journal.started(this.runner.effects, start);
    this.committed = start;
  }

  // ---- what the process is told -----------------------------------------------------------------------------------

  protected override get isExpectant(): boolean {
    return super.isExpectant || this.absence !== null;
  }

  protected override drain(until: Millis): void {
    const { timers, venue } = this;
    const { events } = venue;
    while (!this.halted) {
      const answer = events.nextDue;
      const { absence } = this;
      if (absence !== null) {
        if (absence.died !== null && answer < Math.min(until, absence.until)) this.lose(events.take());
        else if (absence.until < until) this.comeBack(absence, absence.until, absence.until);
        else return;
        continue;
      }
      const timer = timers.nextDue;
      if (Math.min(answer, timer) >= until) return;
      const now = Math.max(Math.min(answer, timer), this.awake) as Millis;
      if (timer <= answer) this.handle({ type: "timer_fired", time: now, sequence: 0 as Sequence, timer: timers.take() }, now);
      else this.handleAnswer(events.take(), now);
    }
  }

  protected override handleAnswer(answer: EventPlace, now: Millis): void {
    if (this.rival > 0 && isRivals(answer)) return this.tellRival(answer.plain(), now);
    this.handling = answer;
    this.runner.handleAnswer(answer);
    this.touched = true;
    const event = answer.plain();
    const keep = (effects: EffectQueue): void => this.journal.commitAnswer(answer, effects);
    this.conclude({ cause: event, keep, again: () => this.handle(event, now) }, now);
  }

  protected override handle(event: Exclude<Event, { type: "bar_closed" }>, now: Millis): void {
    this.handling = event;
    this.runner.handle(event);
    this.touched = true;
    this.conclude({ cause: event, keep: (effects) => this.journal.commit(event, effects), again: () => this.handle(event, now) }, now);
  }

  protected override close(lanes: Lanes, last: number, close: Millis): void {
    const { absence } = this;
    // Back in time for what closes at this very instant: it is no bar that was missed.
    if (absence !== null && absence.until <= close) {
      this.comeBack(absence, close, (close - 1) as Millis);
      // What waited was told before this close, and what is asked now is answered at once.
      this.drain((close + 1) as Millis);
    }
    const asked = this.absence === null && !this.halted && this.hear(lanes, last, close);
    // As in any session what is due at this instant waits for the next one, unless it answers what was asked for.
    const answered = (asked || absence !== null) && this.venue.events.nextDue <= close;
    if (answered || this.absence !== null) this.drain((close + 1) as Millis);
  }

  /** @returns true when something was asked for */
  private hear(lanes: Lanes, last: number, close: Millis): boolean {
    if (this.liveness !== null) this.liveness.look(close, (event) => this.handle(event, close));
    if (this.absence !== null || this.halted) return false;
    const { feed } = lanes;
    const closings: { market: MarketIndex; series: number; bar: BarIndex }[] = [];
    for (let k = 0; k <= last; k += 1) {
      const series = lanes.heardAs(k);
      if (series >= 0) closings.push({ market: feed.marketAt(k) as MarketIndex, series, bar: feed.barAt(k) as BarIndex });
    }
    return this.tellClosings(closings, close);
  }

  /** @returns true when something was asked for */
  private tellClosings(closings: InstantClosed["closings"], close: Millis): boolean {
    const { journal, runner } = this;
    const say = (): void => closings.forEach(({ market, series, bar }) => journal.closing(market, series, bar));
    try {
      closings.forEach(({ market, series, bar }, at) => runner.handleBar(market, series, bar, at === closings.length - 1));
    } catch (error) {
      say();
      throw error;
    }
    const asked = runner.effects.length > 0;
    const keep = (effects: EffectQueue): void => {
      say();
      if (asked) journal.commitEffects(effects, close);
      else journal.quiet(close);
    };
    const again = (): void => void this.tellClosings(closings, close);
    this.conclude({ cause: { type: "instant_closed", time: close, closings }, keep, again }, close);
    return asked;
  }

  // ---- one commit -------------------------------------------------------------------------------------------------

  /** The runner has answered: that is kept, and then sent, as far as the process lives to do it. */
  private conclude({ cause, keep, again }: Telling, now: Millis): void {
    const { runner } = this;
    const effects = plainEffects(runner.effects);
    const death = this.points.judge({ seq: this.commits.last + 1, process: this.process, own: this.own + 1, cause, effects });
    if (death?.phase === "planned") return this.die(now, death.downtimeMs, cause);
    const kept = this.tryToKeep(keep, now, cause.type === "instant_closed");
    if (kept === "no room") return this.retell(again, now);
    if (kept === "broken") return;
    this.handling = null;
    this.check.oracle?.leaving(runner.effects);
    runner.effects.clear();
    this.keepTrack(cause, effects, now);
    const sent = death === null ? effects.length : death.phase === "journaled" ? 0 : death.sent;
    for (const effect of effects.slice(0, sent)) this.send(effect, now);
    if (death !== null) return this.die(now, death.downtimeMs, null);
    if (this.verdicts.pending !== null) this.verdicts.tell(now, (verdict) => this.handle(verdict, now));
    if (this.commits.lowWater && !this.warned) this.tellLowWater(now);
    else if (this.commits.last % snapshotCommits === 0) this.keepState(runner);
  }

  /** @returns `no room`: for this, and nothing of it may leave; `broken`: nothing may leave any more, and the session ends */
  private tryToKeep(keep: (effects: EffectQueue) => void, now: Millis, decision: boolean): "kept" | "no room" | "broken" {
    const { effects } = this.runner;
    const from = this.journal.tape.length;
    try {
      keep(effects);
      if (this.watcher !== null && this.journal.tape.length > from) this.watcher.told(decision ? "decision" : "event", from);
      return "kept";
    } catch (error) {
      if (!(error instanceof SeatrialError)) throw error;
      const isLow = error.code === lowWaterCode;
      if (isLow && !this.retelling) return "no room";
      const reason = isLow ? "disk_full" : error.code;
      if (!isJournalEnd(reason)) throw error;
      effects.clear();
      effects.push({ type: "halt", reason, text: error.reason });
      this.journal.lastWords(effects, now);
      this.watcher?.told("event", from);
      effects.clear();
      this.handling = null;
      this.halted = true;
      return "broken";
    }
  }

  /**
   * The disk is full, and what was decided would increase risk: it is not kept, so it has not been decided. The runner goes back to its
   * last commit, hears why, and is told once more; what reduces it asks for again, and that is kept.
   */
  private retell(again: () => void, now: Millis): void {
    const waiting = plainEffects(this.runner.effects).slice(0, this.journal.waiting);
    const { runner, decisions } = this.revived();
    this.journal.decisions = decisions;
    for (const effect of waiting) runner.effects.push(effect);
    runner.markEquity(this.marked);
    this.runner = runner;
    this.check.watch(runner);
    this.handling = null;
    this.retelling = true;
    this.tellLowWater(now);
    if (!this.halted) again();
    this.retelling = false;
  }

  /** Reducing goes on in the room that was held back for it. */
  private tellLowWater(time: Millis): void {
    this.warned = true;
    const text = "disk_full: the journal keeps only what reduces risk";
    this.handle({ type: "operator_command", time, sequence: 0 as Sequence, command: "stop_new_orders", text }, time);
  }

  private keepTrack(cause: Cause, effects: readonly Effect[], now: Millis): void {
    this.own += 1;
    if (now > this.committed) this.committed = now;
    this.points.committed(cause, effects);
    if (cause.type === "operator_command" && cause.command === "resume") this.warned = false;
    this.heard.heard(cause);
  }

  private send(effect: Effect, now: Millis): void {
    if (effect.type === "submit_order") {
      this.venue.history?.sent(effect.request.order);
      this.venue.submit(effect.request, now);
    } else if (effect.type === "cancel_order") this.venue.cancel(effect.order, effect.market, now);
    else if (effect.type !== "order_settled") this.act(effect as RareEffect, now);
  }

  // ---- the process goes and comes ---------------------------------------------------------------------------------

  /** @param uncommitted what it had handled and not made durable; null: nothing */
  private die(now: Millis, downtimeMs: number, uncommitted: Cause | null, changed: ProcessChange | null = null): void {
    const { runner } = this;
    runner.effects.clear();
    const words = uncommitted === null ? null : { cause: uncommitted, notes: { decisions: this.journal.decisions?.take() ?? [] } };
    const died: LastWords = { state: canonicalJson(runner.snapshot()), uncommitted: words, marked: this.marked };
    this.handling = null;
    this.timers.clear();
    this.questions.clear();
    this.verdicts.forget();
    this.check.oracle?.wentAway();
    if (uncommitted !== null && uncommitted.type !== "instant_closed" && uncommitted.type !== "session_started") this.check.lost(uncommitted);
    this.absence = { since: now, until: (now + downtimeMs) as Millis, died, changed };
  }

  /** @param missed bars that closed up to here were missed */
  private comeBack({ since, died, changed }: Absence, time: Millis, missed: Millis): void {
    this.absence = null;
    this.awake = time;
    // A journal that has lost something ends it here: what stands at the venue stays.
    if (died !== null && this.tryToKeep(() => this.commits.reopen(), time, false) !== "kept") return;
    if (died === null) {
      this.check.cameBack(this.runner, time, time - since);
      this.handle({ type: "clock_checked", time, sequence: 0 as Sequence, offset: 0, slept: time - since }, time);
    } else this.resume(died, time, changed);
    for (const rows of this.heard.missed(missed)) {
      if (this.absence !== null || this.halted) break;
      this.handle({ type: "bars_missed", time, sequence: 0 as Sequence, ...rows }, time);
    }
    for (const command of this.commands.splice(0)) if (this.absence === null) super.applyStep(command, 0 as MarketIndex, time);
  }

  /** A new process: its runner is made of what is durable, its timers of what the runner waits for. */
  private resume(died: LastWords, time: Millis, changed: ProcessChange | null): void {
    const parting = assertSameState(died, this.revived());
    const revived = this.revived();
    const { runner, decisions } = this.edited(revived, changed);
    this.runner = runner;
    this.journal.decisions = decisions;
    this.check.cameBack(runner, time, time - this.committed);
    this.process += 1;
    this.own = 0;
    this.halted = runner.halted;
    for (const { timer, due } of timersOf(runner, time)) this.timers.arm(timer, due);
    this.journal.epoch += 1;
    const { epoch } = this.journal;
    this.venue.history?.signedIn(epoch);
    this.markAccount();
    this.handle({ type: "session_resumed", time, sequence: 0 as Sequence, epoch, since: this.committed, changed: changed?.what ?? null }, time);
    this.tellDifferences(verdictsOn(revived.decisions, parting), time);
  }

  /** Strategies that answered otherwise than they had: what they had answered has been taken, and no replay asks them again. */
  private tellDifferences(verdicts: ReturnType<typeof verdictsOn>, time: Millis): void {
    const verdict = { type: "strategy_verdict", time, sequence: 0 as Sequence, verdict: "differed" } as const;
    for (const told of verdicts) if (this.absence === null && !this.halted) this.handle({ ...verdict, ...told }, time);
    if (verdicts.length > 0 && this.absence === null) this.keepState(this.runner);
  }

  /** The rebuilt runner with what was edited meanwhile: it takes over the state as it stands. */
  private edited(revived: Revived, changed: ProcessChange | null): Revived {
    if (changed === null || changed.params === null) return revived;
    this.strategy = { definition: this.strategy.definition, params: changed.params };
    const next = takeOver((decisions) => this.parts.newRunner(this.strategy, decisions), revived.runner);
    // What was committed before can be told to the strategy of then only.
    this.keepState(next.runner);
    return next;
  }

  private revived(): Revived {
    return revive((decisions) => this.parts.newRunner(this.strategy, decisions), this.commits);
  }

  private keepState(runner: Runner): void {
    this.commits.keepSnapshot({ seq: this.commits.last, state: runner.snapshot() });
  }

  /** An answer that comes to a process that is not there. */
  private lose({ rare, kind }: EventPlace): void {
    this.touched = true;
    // Fills are found again by a question for them; what else moves money is not.
    if (kind === 3 && rare !== null) this.check.lost(rare);
  }

  // ---- steps ------------------------------------------------------------------------------------------------------

  protected override applyStep(action: Step["action"], market: MarketIndex, time: Millis): void {
    if (isProcessStep(action)) this.applyToProcess(action, market, time);
    else if (isCommand(action) && this.absence !== null) this.commands.push(action);
    else super.applyStep(action, market, time);
  }

  private applyToProcess(step: ProcessStep, market: MarketIndex, time: Millis): void {
    if (step.do === "second_runner") {
      const units = parseUnits(step.quantity, this.parts.instruments[market]?.quantityScale ?? 0) as Quantity;
      this.rival = signInRival(this.venue, this.journal.epoch, rivalRequest(market, step.leg, units), time);
    }
    if (step.do === "journal_fault") return this.commits.fail(step.fault);
    // Nothing more can happen to a process that is not there.
    if (this.absence !== null) return;
    if (step.do === "restart") {
      this.die(time, step.downtimeMs, null, step.changed);
      const { absence } = this;
      // At once: before the venue goes on.
      if (step.downtimeMs === 0 && absence !== null) this.comeBack(absence, time, time);
    } else if (step.do === "freeze") this.absence = { since: time, until: (time + step.lengthMs) as Millis, died: null, changed: null };
  }

  /** The account's stream shows an order of ours that this process has not sent: its id names the epoch of who did. */
  private tellRival(event: VenueEvent, time: Millis): void {
    if (!this.halted && event.type === "order_acknowledged") this.handle(rivalReport(this.venue, this.rival, event, time), time);
  }

  protected override mark(close: Millis): void {
    const equity = this.venue.equity();
    this.equity.add(close, equity, equity / this.moneyPower);
    if (this.absence !== null) return;
    this.markAccount();
    this.check.oracle?.at(close, this.timers.length);
    if (!this.touched) return;
    this.touched = false;
    this.check.look(equity, !this.halted);
  }

  /** What the strategies read as equity from here on; the next commit carries it. */
  private markAccount(): void {
    this.runner.markEquity((this.marked = this.venue.equity() / this.moneyPower));
    this.journal.equityRead(this.marked);
  }
}
