// The runner: events in, effects out, the same in every mode. It does no I/O, reads no clock, awaits nothing, and
// invents no order (architecture, rule 7).

import {
  type BarIndex,
  type EffectQueue,
  type Event,
  type EventPlace,
  type MarketIndex,
  type Millis,
  type Money,
  type OrderFilled,
  type Quantity,
  type VenueEvent,
} from "../domain/index.ts";
import { RiskGate } from "../risk/index.ts";
import { missingHooks, type Context } from "../strategy/index.ts";
import { DeskContext } from "./context.ts";
import { Core } from "./core.ts";
import { Desk, isPositioned } from "./desk.ts";
import { askDecision } from "./decision.ts";
import { Intake } from "./intake.ts";
import { takeMissedBars } from "./recovery/missed-bars.ts";
import type { RunnerDesk, RunnerOrder } from "./order.ts";
import type { RunnerOptions } from "./options.ts";
import { Outcomes } from "./outcomes.ts";
import { checkPolicy } from "./policy-check.ts";
import { PositionCheck } from "./positions/position-check.ts";
import { Positions } from "./positions/positions.ts";
import type { RareEvent, VenueFact } from "./rare-events.ts";
import { Reconciliation, type SilenceEvent } from "./recovery/reconciliation.ts";
import type { Routes } from "./routing/routes.ts";
import { Settlements } from "./settlements.ts";
import { outlineOf, restoreFrom, snapshotOf, type RunnerOutline, type RunnerParts, type RunnerSnapshot } from "./recovery/snapshot.ts";
import { takeDataCheck } from "./stale-data.ts";
import { tampered } from "./strategy-error.ts";
import { contain, forgive, takeVerdict } from "./strategy-failures.ts";
import { liftWhereFlat } from "./recovery/until-flat.ts";

export class Runner {
  declare readonly effects: EffectQueue;
  declare private readonly core: Core;
  declare private readonly desks: readonly RunnerDesk[];
  declare private readonly contexts: readonly Context[];
  declare private readonly outcomes: Outcomes;
  declare private readonly routes: Routes;
  declare private readonly positions: Positions;
  declare private readonly settlements: Settlements;
  declare private readonly reconciliation: Reconciliation;
  declare private readonly positionCheck: PositionCheck;
  declare private readonly balance: Money;
  declare private readonly parts: RunnerParts;

  constructor(options: RunnerOptions) {
    const { settings, hedge } = options;
    this.core = new Core(settings, new RiskGate(settings.limits));
    this.effects = this.core.effects;
    this.balance = options.balance;
    this.desks = options.markets.map((market, at) => new Desk<RunnerOrder>({ ...market, market: at as MarketIndex, hedge }));
    this.core.desks.push(...this.desks);
    const intake = new Intake(this.core);
    this.contexts = this.desks.map((desk) => new DeskContext(this.core, desk, intake));
    this.core.contexts.push(...this.contexts);
    this.routes = intake.routes;
    this.outcomes = new Outcomes(this.core, intake, this.contexts);
    this.positions = new Positions(this.core, this.contexts);
    this.settlements = new Settlements(this.core, this.contexts);
    this.reconciliation = new Reconciliation(this.core, intake, this.outcomes, this.positions);
    this.positionCheck = new PositionCheck(this.core, this.reconciliation);
    const { core, positions, reconciliation, positionCheck } = this;
    this.parts = { core, brackets: intake.brackets, outcomes: this.outcomes, positions, reconciliation, positionCheck };
    for (const boot of options.positions ?? []) (this.desks[boot.market] as RunnerDesk).book.boot(boot.leg, boot.quantity, boot.price);
    core.cashAtStart = (options.balance + this.desks.reduce((sum, { book, instrument }) => sum + (instrument.spot ? book.costs : 0), 0)) as Money;
    for (const desk of this.desks) this.setUp(desk);
  }

  /** The only door. Effects of this event are in `effects` when it returns. */
  handle(event: Event): void {
    const { core, outcomes } = this;
    if (event.time > core.now) core.now = event.time;
    switch (event.type) {
      case "bar_closed":
        return this.handleBar(event.market, event.series, event.bar, event.decide);
      case "order_acknowledged":
        return outcomes.acknowledged(event.order);
      case "order_filled":
        return outcomes.filled(event);
      case "order_canceled":
        return outcomes.canceled(event.order, event.cumulative);
      case "order_rejected":
        return outcomes.rejected(event);
      case "order_expired":
        return outcomes.expired(event);
      case "order_unknown":
        return outcomes.unknown(event);
      case "cancel_rejected":
        return outcomes.cancelRejected(event);
      case "query_answered":
        outcomes.answered(event);
        return this.reconciliation.advance();
      default:
        return this.handleRare(event);
    }
  }

  /** `handle` of a venue's answer, without making an event of it. */
  handleAnswer(answer: EventPlace): void {
    const { core, outcomes } = this;
    if (answer.time > core.now) core.now = answer.time;
    switch (answer.kind) {
      case 0:
        return outcomes.acknowledged(answer.order);
      case 1:
        return outcomes.canceled(answer.order, answer.cumulative);
      case 2:
        return outcomes.filled(answer.fill as OrderFilled);
      default:
        return this.handle(answer.rare as VenueEvent);
    }
  }

  /** `handle(bar_closed)` without building the event. `decide` is true on the last closing of an instant. */
  handleBar(market: MarketIndex, series: number, bar: BarIndex, decide: boolean): void {
    const desk = this.desks[market] as RunnerDesk;
    const view = desk.views[series] as RunnerDesk["bars"];
    view.index = bar;
    const closed = (view.series.time[bar] as number) + view.series.interval;
    if (closed > this.core.now) this.core.now = closed as Millis;
    if (series === 0) {
      desk.indicators.update(view);
      desk.due = true;
      if (desk.cancelWatch !== 0 && desk.cancelWatch <= this.core.now) this.outcomes.doubts.watchCancels(desk);
    }
    if (!decide) return;
    if (this.desks.length === 1) {
      if (desk.due) this.decide(desk);
    } else this.decideAll();
  }

  /**
   * `handleBar` of bars of a session of one series, one after the other, until something has been asked for. Equity is
   * (base + slope × close) ÷ power meanwhile.
   * @returns the bar behind the last one that was handled
   */
  handleBars(from: number, to: number, base: number, slope: number, power: number): number {
    const { core } = this;
    const { effects } = core;
    const desk = this.desks[0] as RunnerDesk;
    const { strategy, indicators, bars } = desk;
    const ctx = this.contexts[0] as Context;
    core.markLine(from, base, slope, power);
    let bar = from;
    if (core.halted || strategy.setBrokerMinimum !== undefined || from < desk.warmup || desk.failing !== null) {
      for (; bar < to && effects.length === 0; bar += 1) this.handleBar(0 as MarketIndex, 0, bar as BarIndex, true);
      return bar;
    }
    const watchBar = desk.watchBar(from, to);
    core.hookBegins();
    // As 32-bit integers: a parameter's kind is looked at anew at every bar.
    const end = to | 0;
    bar |= 0;
    try {
      for (; bar < end && effects.length === 0; bar += 1) {
        bars.index = bar;
        if (indicators.count > 0) indicators.update(bars);
        if (bar >= watchBar) {
          core.catchUp(desk);
          this.outcomes.doubts.watchCancels(desk);
        }
        strategy.onBar(ctx);
      }
      // Between two bars without effects it changes nothing: the loop says which bar it is.
      if (bars.index !== bar - 1) throw tampered(desk, --bar);
    } catch (error) {
      core.catchUp(desk);
      contain(core, desk, "onBar", error, 0);
      bar += 1;
    } finally {
      // The clock is of interest to those who ask for it: the context's doors, and whoever comes after the last bar.
      core.catchUp(desk);
    }
    if (core.hasRefusals) core.settleRefusals();
    return bar;
  }

  private handleRare(event: RareEvent | SilenceEvent | VenueFact): void {
    const { core, positions } = this;
    switch (event.type) {
      case "position_reported":
        if (!this.outcomes.explains(event) && !this.reconciliation.explains(event) && !this.positionCheck.told(event)) positions.reported(event);
        return this.reconciliation.positionTold(event);
      case "open_orders_reported":
        this.reconciliation.told(event);
        return this.outcomes.orphans.ordersTold(event);
      case "fills_reported":
        this.reconciliation.told(event);
        this.outcomes.tradesTold(event);
        return this.reconciliation.advance();
      case "bars_missed":
        return takeMissedBars(core, event);
      case "data_checked":
        return takeDataCheck(core, event);
      case "funding_paid":
        return this.settlements.funded(event);
      case "liquidated":
        return this.settlements.liquidated(event);
      case "auto_deleveraged":
        return this.settlements.deleveraged(event);
      case "query_rejected":
        return core.rateLimits.queryRefused(event);
      case "timer_fired":
        return this.timerFired(event.timer);
      case "order_amended":
        return this.outcomes.amended(event);
      case "amend_rejected":
        core.alert("warning", `amend_rejected: order ${event.order}, ${event.reason}`);
        return this.outcomes.amendRejected(event);
      case "operator_command":
        return this.command(event.command, event.text);
      case "account_insolvent":
        return core.halt(
          "insolvent",
          `equity no longer covers the maintenance margin of ${(this.desks[event.market] as RunnerDesk).instrument.symbol}`,
        );
      case "strategy_verdict":
        return takeVerdict(core, event);
      case "venue_status_changed":
      case "rules_reported":
      case "fill_voided":
      case "funds_moved":
        return this.outcomes.facts.told(event);
      default:
        return this.reconciliation.told(event);
    }
  }

  private timerFired(timer: number): void {
    const purpose = this.core.timers.fire(timer, this.core.now);
    for (const desk of this.desks) if (desk.cancelWatch !== 0 && desk.cancelWatch <= this.core.now) this.outcomes.doubts.watchCancels(desk);
    switch (purpose.kind) {
      case "time_to_live":
        return this.outcomes.lifeEnded(purpose.order);
      case "query":
        return this.outcomes.doubts.askAgain(purpose.order);
      case "query_lost":
        return this.outcomes.doubts.answerLost(purpose.order);
      case "never_sent":
        return this.outcomes.canceled(purpose.order, 0 as Quantity);
      case "venue_reopens":
        return this.core.rateLimits.reopened();
      case "position_recheck":
        return this.positions.recheck(purpose.market, purpose.leg);
      case "excess_fills":
        return this.outcomes.excess.due(purpose.market as MarketIndex, purpose.leg);
      case "reconcile":
        return this.reconciliation.due();
      case "position_check":
        return this.positionCheck.due();
      default:
        return this.routes.due(purpose);
    }
  }

  private command(command: "stop_new_orders" | "kill" | "resume" | "halt", text: string): void {
    const { core } = this;
    if (command === "halt") return core.halt("operator_halt", text);
    core.stop = command === "resume" ? null : command;
    if (command === "resume") forgive(core);
    core.alert("warning", command === "resume" ? "new orders are allowed again" : `${command}: ${text}`);
  }

  // ---- decisions ------------------------------------------------------------------------------------------------

  private setUp(desk: RunnerDesk): void {
    const { strategy } = desk;
    checkPolicy(strategy);
    const ctx = this.contexts[desk.market] as Context;
    if (strategy.setup !== undefined) this.core.demand(desk, "setup", () => strategy.setup?.(ctx));
    this.core.settleRefusals();
    // One strategy runs on many markets: say it once (row 004-ST-1).
    if (this.desks.find((other) => other.strategy.name === strategy.name) !== desk) return;
    const missing = missingHooks(strategy);
    if (missing.length > 0) this.core.alert("warning", `${strategy.name} has no ${missing.join(", ")}: a live session would refuse it`);
  }

  private decide(desk: RunnerDesk): void {
    const { core } = this;
    desk.due = false;
    if (core.halted) return;
    if (core.locks.held) liftWhereFlat(core, desk);
    askDecision(core, desk, this.contexts[desk.market] as Context);
  }

  /** Markets with a position first, then the others by rank: the entry slots go to the best (row 004-LP-1). */
  private decideAll(): void {
    for (const desk of this.desks) if (desk.due && isPositioned(desk)) this.decide(desk);
    const rest = this.desks.filter((desk) => desk.due);
    if (rest.some((desk) => desk.strategy.rank !== undefined)) {
      const score = new Map(rest.map((desk) => [desk, this.rank(desk)]));
      rest.sort((a, b) => (score.get(b) ?? 0) - (score.get(a) ?? 0) || a.market - b.market);
    }
    for (const desk of rest) this.decide(desk);
  }

  private rank(desk: RunnerDesk): number {
    const ctx = this.contexts[desk.market] as Context;
    const score = this.core.guard(desk, "rank", () => desk.strategy.rank?.(ctx)) ?? 0;
    return Number.isFinite(score) ? score : 0;
  }

  // ---- reads ----------------------------------------------------------------------------------------------------

  /** Equity of the runner's own book at last closes: balance + results + unrealised. */
  equity(): Money {
    let sum: number = this.balance + this.core.funds;
    for (let at = 0; at < this.desks.length; at += 1) {
      const { book, bars, lastClose } = this.desks[at] as RunnerDesk;
      sum += bars.index < 0 ? book.result : book.worth(lastClose);
    }
    return sum as Money;
  }

  /** The shell marks equity once an instant; strategies read it as float64. */
  markEquity(equity: number): void {
    this.core.equity = equity;
    this.core.lineFrom = -1;
  }

  /** Row of a market's finest series that was closed last. */
  barOf(market: number): number {
    return (this.desks[market] as RunnerDesk).bars.index;
  }

  /** Signed quantity of a leg in the book, for cross-checks. */
  positionOf(market: number, leg: "LONG" | "SHORT" | "NET"): number {
    return (this.desks[market] as RunnerDesk).book.signedOf(leg);
  }

  /** True while the book knowingly differs from the venue: an outcome is open, or a reported position is being verified. */
  get divergent(): boolean {
    if (this.positions.verifying || this.outcomes.verifying || this.positionCheck.verifying) return true;
    for (let at = 0; at < this.desks.length; at += 1) if ((this.desks[at] as RunnerDesk).unresolved > 0) return true;
    return false;
  }

  /** Venue time of what was handled last. */
  get now(): Millis {
    return this.core.now;
  }

  get halted(): boolean {
    return this.core.halted;
  }

  /** What an oracle looks at; it is to change none of it. */
  get inside(): RunnerParts {
    return this.parts;
  }

  /** Orders that are out. */
  get openOrders(): number {
    return this.core.orders.size;
  }

  get retries(): number {
    return this.desks.reduce((sum, desk) => sum + desk.retries, 0);
  }

  /** The whole state as plain data: equal input gives equal bytes. To be taken between two events. */
  snapshot(): RunnerSnapshot {
    return snapshotOf(this.parts);
  }

  /** The snapshot without what has ended: for who looks at what may still happen. */
  outline(): RunnerOutline {
    return outlineOf(this.core);
  }

  /**
   * Makes a runner that was built a moment ago the one that a snapshot was taken of. Effects of its set-up are forgotten; whoever keeps
   * its timers arms them again.
   * @param saved what `snapshot` gave, also after a way through JSON
   * @throws SeatrialError `snapshot_mismatch`, exit code 3, for other markets, legs or timeframes
   */
  restore(saved: RunnerSnapshot): void {
    restoreFrom(this.parts, saved);
  }

  /** Timers that have not fired, by number: what a shell that comes back must arm again. */
  openTimers(): { readonly timer: number; readonly due: Millis }[] {
    return this.core.timers.snapshot().open.map(([timer, , due]) => ({ timer, due }));
  }
}
