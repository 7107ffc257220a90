// After a silence the book is compared with the venue: open orders, trades, the account, then what is in doubt, then
// positions. Until that is done nothing increases risk. It never trades on its own, and it touches no order that is not ours.

import {
  intentOf,
  type AccountReported,
  type Event,
  type FillsReported,
  type ForeignFill,
  type ListedOrder,
  type MarketIndex,
  type Millis,
  type OpenOrdersReported,
  type PositionReported,
  type Reason,
  type Sequence,
  type SnapshotFailed,
} from "../../domain/index.ts";
import { adopt } from "./adoption.ts";
import type { CashCheck } from "./cash-check.ts";
import { countsOf, newRound, quarantinedOn, type Round } from "./comparison-round.ts";
import type { Core } from "../core.ts";
import { ForeignTrades } from "./foreign-trades.ts";
import type { Intake } from "../intake.ts";
import type { RunnerDesk, RunnerOrder } from "../order.ts";
import type { Outcomes } from "../outcomes.ts";
import type { Positions } from "../positions/positions.ts";
import { lockWhatWasChanged } from "./until-flat.ts";

type SilenceType =
  | "session_resumed"
  | "clock_checked"
  | "open_orders_reported"
  | "fills_reported"
  | "account_reported"
  | "cash_reported"
  | "snapshot_failed"
  | "stream_gap"
  | "stream_resynced";
/** What begins a comparison, and what the venue answers to it. */
export type SilenceEvent = Extract<Event, { type: SilenceType }>;

/** Rounds of unanswered questions after which the start counts as blocked; they go on being asked. */
const attemptsMax = 5;

export class Reconciliation {
  declare private readonly core: Core;
  declare private readonly intake: Intake;
  declare private readonly outcomes: Outcomes;
  declare private readonly positions: Positions;
  declare private readonly foreign: ForeignTrades;
  declare private readonly cash: CashCheck;
  private round: Round | null = null;
  /** When the stream broke off. */
  private gapTime = 0;
  /** Locks that the end of a comparison lifts, beside its own. */
  private lifted: [market: MarketIndex | null, reason: Reason][] = [];

  constructor(core: Core, intake: Intake, outcomes: Outcomes, positions: Positions) {
    this.core = core;
    this.intake = intake;
    this.outcomes = outcomes;
    this.positions = positions;
    this.foreign = new ForeignTrades(core);
    this.cash = core.cash;
  }

  get active(): boolean {
    return this.round !== null;
  }

  /** Why a start is not allowed; null: it is, or not known yet. */
  get blocked(): Reason | null {
    return this.round?.blocked ?? null;
  }

  told(event: SilenceEvent): void {
    const { core } = this;
    switch (event.type) {
      case "session_resumed":
        core.epoch = event.epoch;
        if (event.changed !== null) lockWhatWasChanged(core, event.changed);
        return this.begin("restarted", event.since);
      case "stream_gap":
        this.gapTime = core.now;
        return core.lock(event.market, "stream_gap");
      case "stream_resynced":
        if (!this.lifted.some(([market]) => market === event.market)) this.lifted.push([event.market, "stream_gap"]);
        return this.begin("stream_gap", this.gapTime);
      case "clock_checked":
        return this.clockChecked(event.offset, event.slept);
      case "open_orders_reported":
        return this.ordersTold(event);
      case "fills_reported":
        return this.fillsTold(event);
      case "account_reported":
        return this.accountTold(event);
      case "cash_reported":
        this.cash.told(event);
        if (this.round !== null) this.round.attempts = 0;
        return this.answered("cash", true);
      case "snapshot_failed":
        return this.failed(event);
    }
  }

  // ---- the beginning --------------------------------------------------------------------------------------------

  /** A second silence begins the comparison anew, and nothing of the first is taken as answered. */
  begin(reason: Reason, since: number): void {
    const { core } = this;
    if (core.halted) return;
    const earliest = this.round === null ? since : Math.min(since, this.round.since);
    this.round = newRound(reason, earliest, core.intents);
    this.positions.allTold = false;
    this.cash.begin();
    core.lock(null, "reconciling");
    core.effects.push({ type: "reconciled", phase: "begun", reason, ...countsOf(this.round) });
    this.askAll(this.round);
  }

  private askAll(round: Round): void {
    round.open = this.core.desks.flatMap(({ market }) => [`open_orders/${market}`, `fills/${market}`]);
    round.open.push("account");
    this.ask(round);
  }

  private ask(round: Round): void {
    const { core } = this;
    // Some answers take a while to show what has happened: the margin covers it.
    const since = Math.max(0, round.since - core.settings.queryIntervalMs) as Millis;
    for (const question of round.open) {
      const [kind, at] = question.split("/");
      const market = Number(at) as MarketIndex;
      if (kind === "open_orders") core.effects.push({ type: "query_open_orders", market });
      else if (kind === "fills") core.effects.push({ type: "query_fills", market, since });
      else if (kind === "cash") core.effects.push({ type: "query_cash", since });
      else core.effects.push({ type: "query_account" });
    }
    core.setTimer({ kind: "reconcile" }, core.now + core.settings.queryIntervalMs);
  }

  /** The timer: what has not been answered is asked again. */
  due(): void {
    const { round, core } = this;
    if (round === null || core.halted) return;
    if (round.open.length === 0 && round.blocked !== null) {
      // What blocked it may be gone: look again.
      round.blocked = null;
      round.listed.length = 0;
      round.doubted = false;
      round.positions = null;
      return this.askAll(round);
    }
    round.attempts += 1;
    if (round.attempts === attemptsMax && round.open.length > 0) this.block(round, "restart_guard_no_answer");
    if (round.open.length > 0) this.ask(round);
    else {
      for (const key of round.positions ?? []) this.askPosition(key);
      core.setTimer({ kind: "reconcile" }, core.now + core.settings.queryIntervalMs);
    }
    this.advance();
  }

  private clockChecked(offset: number, slept: number): void {
    const { core } = this;
    if (Math.abs(offset) > core.settings.clockOffsetMaxMs) core.lock(null, "clock_gap");
    else core.unlock(null, "clock_gap");
    if (slept >= core.settings.queryIntervalMs) this.begin("clock_gap", core.now - slept);
  }

  // ---- answers --------------------------------------------------------------------------------------------------

  private answered(question: string, complete: boolean): void {
    const { round } = this;
    if (round !== null && complete) round.open = round.open.filter((one) => one !== question);
    this.advance();
  }

  private failed(event: SnapshotFailed): void {
    // The question stays open; the timer asks it again.
    this.core.rateLimits.refused("query", event.market ?? (0 as MarketIndex), event);
  }

  private ordersTold(event: OpenOrdersReported): void {
    const { round, core } = this;
    // Also where nothing was asked: a stream may show it.
    const newer = event.orders.find(({ epoch }) => epoch !== null && epoch > core.epoch);
    if (newer !== undefined) return this.secondRunner(newer.epoch ?? 0);
    if (round === null) return;
    const desk = core.desks[event.market] as RunnerDesk;
    for (const listed of event.orders) {
      if (listed.order === null) this.foreignOrder(round, desk, listed);
      else this.ownOrder(round, desk, listed);
    }
    this.answered(`open_orders/${event.market}`, event.complete);
  }

  private foreignOrder(round: Round, desk: RunnerDesk, { venueOrderId }: ListedOrder): void {
    const { core } = this;
    const name = `${desk.market}/${venueOrderId}`;
    if (!round.strangers.includes(name)) {
      round.strangers.push(name);
      round.foreign += 1;
      core.effects.push({ type: "foreign_seen", market: desk.market, what: "order", id: String(venueOrderId), reason: "foreign_order" });
    }
    if (core.settings.foreignOrders === "block") this.block(round, "restart_guard_foreign_orders");
  }

  private ownOrder(round: Round, desk: RunnerDesk, listed: ListedOrder): void {
    const { core } = this;
    const number = listed.order as RunnerOrder["order"];
    const order = core.find(number);
    // A list that is asked for again tells the same orders again.
    const told = round.listed.find(([other]) => other === number);
    if (told === undefined) round.listed.push([number, listed.filled]);
    else told[1] = listed.filled;
    if (order === undefined && intentOf(number) > core.intents) return this.block(round, "order_beyond_journal");
    if (order === undefined) {
      round.adopted += 1;
      const adopted = adopt(core, desk, { ...listed, order: number }, "own_order_adopted");
      core.rateLimits.query(adopted);
      if (desk.strategy.policy.lateAcceptance !== "adopt") this.intake.cancel(adopted, "runner", "late_acceptance");
      return;
    }
    if (order.status === "NEVER_ARRIVED") return this.outcomes.doubts.acceptedLate(order);
    // The list may be older than the book; where it is not, the order must go: nobody counts on it any more.
    if (order.ended) {
      if (order.status !== "FILLED") core.effects.cancel(number, desk.market, "late_acceptance");
      return;
    }
    if (order.unknown) return this.outcomes.doubts.confirmOpen(order);
    if (order.cancelCause === "none") return;
    // Its cancel may never have left.
    order.cancelTime = core.now;
    core.rateLimits.cancel(order, "cancel_unconfirmed", false);
  }

  /** Another process of this bot is at work with a higher epoch: from here on this one sends nothing. */
  private secondRunner(epoch: number): void {
    this.core.halt("higher_epoch_seen", `the venue has orders of epoch ${epoch}, this process is epoch ${this.core.epoch}`);
  }

  private fillsTold(event: FillsReported): void {
    const { round, core } = this;
    if (round === null) return;
    for (const fill of event.fills) {
      const order = core.find(fill.order);
      // An order that ended long ago: before the silence its fills were heard.
      if (order === undefined && fill.time < round.since) continue;
      const before = order?.filled ?? 0;
      this.outcomes.filled(fill);
      if ((core.find(fill.order)?.filled ?? 0) !== before) round.fills += 1;
    }
    for (const fill of event.foreign) if (this.isNews(round, event.market, fill) && this.foreign.take(event.market, fill)) round.foreign += 1;
    this.answered(`fills/${event.market}`, event.complete);
  }

  /**
   * Of the very last instant before the silence it may be in the book already, or not: the position will tell. One of before may have
   * been on its way when the silence began: it is news where the book has heard of nothing as late.
   */
  private isNews(round: Round, market: MarketIndex, { time, leg }: ForeignFill): boolean {
    return time >= round.since || !(this.core.desks[market] as RunnerDesk).isStale(leg, { time, sequence: 0 as Sequence });
  }

  private accountTold(event: AccountReported): void {
    const { core } = this;
    const hedge = event.positionMode === "hedge";
    for (const desk of core.desks) {
      if (desk.hedge === hedge) core.unlock(desk.market, "account_mode_changed");
      else core.lock(desk.market, "account_mode_changed");
      const leverage = event.leverage[desk.market];
      const expected = core.settings.leverage;
      if (leverage === undefined || expected === null || leverage === expected) core.unlock(desk.market, "leverage_changed");
      else core.lock(desk.market, "leverage_changed");
    }
    this.cash.accountTold(event);
    this.answered("account", true);
  }

  /** @returns true: the trades that were not ours explain the difference, and the book has them now */
  explains(event: PositionReported): boolean {
    const { round } = this;
    if (round === null) return false;
    const explained = this.foreign.explain(event);
    if (explained) round.synced += 1;
    return explained;
  }

  positionTold({ market, leg }: PositionReported): void {
    const { round } = this;
    if (round === null) return;
    if (round.positions !== null) round.positions = round.positions.filter((key) => key !== `${market}/${leg}`);
    this.advance();
  }

  // ---- the end --------------------------------------------------------------------------------------------------

  /** Goes on as far as the answers allow. To be called after whatever may have settled a doubt. */
  advance(): void {
    const { round, core } = this;
    if (round === null || core.halted || round.open.length > 0 || round.blocked !== null) return;
    if (!round.doubted) this.doubt(round);
    for (const desk of core.desks) if (desk.unresolved > quarantinedOn(desk)) return;
    if (round.positions === null) {
      this.positions.allTold = true;
      round.positions = core.desks.flatMap(({ market, book }) => book.legs.map(({ leg }) => `${market}/${leg}`));
      for (const key of round.positions) this.askPosition(key);
    }
    if (round.positions.length > 0 || this.positions.verifying || this.outcomes.verifying) return;
    const question = this.cash.question();
    if (question !== null) return this.askOfMoney(round, question);
    this.round = null;
    this.positions.allTold = false;
    this.foreign.forget();
    for (const [market, lock] of this.lifted.splice(0)) core.unlock(market, lock);
    core.unlock(null, "reconciling");
    core.effects.push({ type: "reconciled", phase: "done", reason: round.reason, ...countsOf(round) });
  }

  /** What is left over is asked about at once; the same once more, when the timer goes off. */
  private askOfMoney(round: Round, question: string): void {
    round.open = [question];
    if (!this.cash.isWaiting) this.ask(round);
  }

  /** Orders that the lists do not explain are asked about one by one: absence from a list proves nothing. */
  private doubt(round: Round): void {
    round.doubted = true;
    const listed = new Map(round.listed);
    for (const order of this.core.orders.sorted()) {
      if (order.status === "NEW" || order.intent > round.intents || listed.get(order.order) === order.filled) continue;
      if (order.unknown) this.core.rateLimits.query(order);
      else this.outcomes.doubts.doubt(order, "restarted");
    }
  }

  private askPosition(key: string): void {
    const [market, leg] = key.split("/") as [string, PositionReported["leg"]];
    this.core.rateLimits.queryPosition(Number(market) as MarketIndex, leg);
  }

  private block(round: Round, reason: Reason): void {
    const { core } = this;
    round.blocked = reason;
    if (round.said === reason) return;
    round.said = reason;
    core.effects.push({ type: "reconciled", phase: "blocked", reason, ...countsOf(round) });
    core.alert("error", `${reason}: nothing that increases risk until this is settled`);
  }

  snapshot(): unknown {
    return structuredClone({ round: this.round, lifted: this.lifted, gapTime: this.gapTime, foreign: this.foreign.snapshot() });
  }

  restore(saved: unknown): void {
    const state = structuredClone(saved) as { round: Round | null; lifted: [MarketIndex | null, Reason][]; gapTime: number; foreign: unknown };
    this.round = state.round;
    this.lifted = state.lifted;
    this.gapTime = state.gapTime;
    this.foreign.restore(state.foreign);
    this.positions.allTold = this.round !== null && this.round.positions !== null;
  }
}
