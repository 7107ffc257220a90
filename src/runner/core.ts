// What the parts of the runner share: the session's state, the queue of effects, and the border around strategy hooks.
// No trading decision is made here.

import {
  assertBounded,
  EffectQueue,
  InvariantError,
  OrderPool,
  OrderTable,
  type MarketIndex,
  type Millis,
  type Money,
  type OrderStatus,
  type Reason,
  wideZero,
} from "../domain/index.ts";
import type { RiskGate } from "../risk/index.ts";
import type { Context, IntentView } from "../strategy/index.ts";
import { Amendments } from "./amendments.ts";
import { CashCheck } from "./recovery/cash-check.ts";
import { Churn } from "./churn.ts";
import { Locks } from "./locks.ts";
import { RateLimits } from "./rate-limits.ts";
import { Rejections } from "./rejections.ts";
import { RunnerOrder, type RunnerDesk } from "./order.ts";
import type { RunnerSettings } from "./settings.ts";
import { strategyError, tampered } from "./strategy-error.ts";
import { contain, recovered } from "./strategy-failures.ts";
import { Timers } from "./timers.ts";

/** What a strategy must hear when the hook that is running has returned: an intent was refused, or a routed one has ended. */
interface Refusal {
  readonly desk: RunnerDesk;
  readonly view: IntentView;
  readonly reason: Reason;
  /** Put back first; undefined: nothing is. */
  readonly snapshot: unknown;
  readonly version: number;
  /** What had filled of an intent that was given up, for onCanceled; null: nothing, for onRejected. */
  readonly filled: number | null;
}

/** A strategy that answers each refusal with a new intent would never end. */
const refusalRounds = 8;

export class Core {
  readonly effects = new EffectQueue();
  readonly orders = new OrderTable<RunnerOrder>(256);
  readonly timers = new Timers();
  readonly amendments = new Amendments();
  readonly rateLimits: RateLimits = new RateLimits(this);
  readonly locks = new Locks(this.effects);
  declare readonly settings: RunnerSettings;
  readonly desks: RunnerDesk[] = [];
  /** By market. */
  readonly contexts: Context[] = [];
  declare readonly risk: RiskGate;
  /** Intents of one desk at one instant. */
  declare readonly intentsMax: number;
  /** Venue time of what is being handled. */
  now = wideZero as Millis;
  /** Entries and DCA are stopped by the operator; the text is the operator's. */
  stop: "stop_new_orders" | "kill" | null = null;
  halted = false;
  /** Bars are told that are over: what is asked for on them comes too late. */
  behind = false;
  /** Of this process: 1 for a session's first, more after each restart. */
  epoch = 1;
  intents = 0;
  /** Σ net of the P&L ledger. */
  netResult = wideZero as Money;
  /** The account's money when the session began, and what its coins of then had cost. */
  cashAtStart = wideZero as Money;
  readonly cash = new CashCheck(this);
  /** Σ of what came to the account or left it without a trade, in the settlement currency. */
  funds = wideZero as Money;
  declare readonly rejections: Rejections;
  /** null: nobody looks for loops. */
  declare readonly churn: Churn | null;
  /** Equity in the settlement currency as float64, at the last mark. */
  equity = wideZero;
  /** Row from which on equity is on the line, so that nobody has to mark it; -1 = it is marked. */
  lineFrom = -1;
  private lineBase = wideZero;
  private lineSlope = wideZero;
  private linePower = wideZero;
  /** Orders that ended are still recognised for a while: a fill may be on its way after the cancel's acknowledgement. */
  readonly pool = new OrderPool<RunnerOrder>(() => new RunnerOrder());
  /** Orders that were proven absent: whatever is told of one of them is recognised for ever (failures 1.1). */
  readonly givenUp = new Map<number, RunnerOrder>();
  private refusals: Refusal[] = [];

  constructor(settings: RunnerSettings, risk: RiskGate) {
    this.settings = settings;
    this.intentsMax = settings.intentsMax ?? 1_000;
    this.risk = risk;
    this.rejections = new Rejections(settings.queryIntervalMs);
    this.churn = settings.churn === null ? null : new Churn(this, settings.churn);
  }

  /** An order that is out, or that ended not long ago. */
  find(order: number): RunnerOrder | undefined {
    const home = this.orders.home(order);
    return home !== undefined && home.order === order ? home : this.search(order);
  }

  private search(order: number): RunnerOrder | undefined {
    return this.orders.get(order) ?? this.pool.find(order) ?? this.givenUp.get(order);
  }

  /** The runner's verdict on an order, with its reason, for the journal. */
  settle(order: RunnerOrder, status: OrderStatus, reason: Reason): void {
    order.setStatus(status);
    this.effects.settle(order.order, order.market, status, reason);
  }

  /** The one place from which an order leaves. @throws InvariantError I-13 for one that increases risk and must not */
  leave(order: RunnerOrder): void {
    if (order.increases) this.assertMayGrow(order);
    this.risk.orderSent(this.now);
    order.sentTime = this.now;
    this.effects.submit(order, order.reason);
    if (order.timeToLive !== null) this.setTimer({ kind: "time_to_live", order: order.order }, this.now + order.timeToLive);
  }

  /** Whatever road it came: what holds risk back is asked once more where it leaves (I-03, I-13, I-21). */
  private assertMayGrow({ order, desk }: RunnerOrder): void {
    const held = this.locks.held ? this.locks.reasonAt(desk.market) : null;
    const barred = held ?? this.stop ?? (this.behind ? "stale_data" : desk.unresolved > 0 ? "unresolved_outcome" : null);
    if (barred !== null) throw new InvariantError("I-13", `order ${order} increases risk and leaves under ${barred}`);
  }

  /** Takes an ended order off the desk. */
  retire(order: RunnerOrder): void {
    if (!this.orders.removeEntry(order.order, order)) return;
    order.desk.drop(order);
    this.amendments.forget(order.order);
    if (order.status !== "NEVER_ARRIVED") return this.pool.remember(order);
    this.givenUp.set(order.order, order);
    assertBounded("absences", this.givenUp.size);
  }

  /** Puts an order that was given up back on the desk. */
  revive(order: RunnerOrder): void {
    this.givenUp.delete(order.order);
    this.orders.add(order);
    order.desk.take(order);
  }

  alert(level: "info" | "warning" | "error", text: string): void {
    this.effects.push({ type: "alert", level, text });
  }

  /** From row `from` on, equity is (base + slope × close) ÷ power, until it is marked again. */
  markLine(from: number, base: number, slope: number, power: number): void {
    this.lineFrom = from;
    this.lineBase = base;
    this.lineSlope = slope;
    this.linePower = power;
  }

  /** The line as plain data. */
  line(): readonly [from: number, base: number, slope: number, power: number] {
    // Of a line that is over nothing is left.
    return this.lineFrom < 0 ? [-1, 0, 0, 1] : [this.lineFrom, this.lineBase, this.lineSlope, this.linePower];
  }

  restoreLine([from, base, slope, power]: readonly [number, number, number, number]): void {
    this.markLine(from, base, slope, power);
  }

  /** Sets the clock to the close that a strategy is deciding on: on the line nobody else does (see `Runner.handleBars`). */
  catchUp({ bars }: RunnerDesk): void {
    if (this.lineFrom < 0) return;
    const closed = (bars.series.time[bars.index] as number) + bars.series.interval;
    if (closed > this.now) this.now = closed as Millis;
  }

  equityOnLine(close: number): number {
    return (this.lineBase + this.lineSlope * close) / this.linePower;
  }

  halt(reason: Reason, text: string): void {
    this.halted = true;
    this.effects.push({ type: "halt", reason, text });
  }

  /** From here on nothing increases risk on a market (null: on any) until the same lock is taken away again. */
  lock(market: MarketIndex | null, reason: Reason): void {
    this.locks.lock(market, reason);
  }

  unlock(market: MarketIndex | null, reason: Reason): void {
    this.locks.unlock(market, reason);
  }

  isLocked(market: MarketIndex): boolean {
    return this.locks.held && this.locks.reasonAt(market) !== null;
  }

  setTimer(purpose: Parameters<Timers["arm"]>[0], due: number): void {
    this.effects.push({ type: "set_timer", timer: this.timers.arm(purpose, due as Millis, this.now), due: due as Millis });
  }

  refuse(desk: RunnerDesk, view: IntentView, reason: Reason, snapshot: unknown): void {
    const { kind, side, family } = view;
    this.effects.push({ type: "intent_skipped", intent: view.intent as never, market: desk.market, kind, side, family, reason });
    this.tell({ desk, view, reason, snapshot: kind === "OPEN" ? snapshot : undefined, version: desk.version, filled: null });
  }

  /** To be told to its strategy by `settleRefusals`. */
  tell(refusal: Refusal): void {
    this.refusals.push(refusal);
  }

  get hasRefusals(): boolean {
    return this.refusals.length > 0;
  }

  /** Puts a snapshot back when the strategy has moved on in no other way since it was taken. */
  restore(desk: RunnerDesk, snapshot: unknown, version: number): boolean {
    if (snapshot === undefined || desk.version !== version) return false;
    this.guard(desk, "restore", () => desk.strategy.restore(snapshot));
    return true;
  }

  /** Tells each strategy about the intents of its own that were refused while the last hook ran. */
  settleRefusals(): void {
    for (let round = 0; this.refusals.length > 0; round += 1) {
      const refusals = this.refusals;
      this.refusals = [];
      for (const { desk, view, reason, snapshot, version, filled } of refusals) {
        const { strategy } = desk;
        const ctx = this.contexts[desk.market] as Context;
        const restored = this.restore(desk, snapshot, version);
        if (round === refusalRounds) continue;
        if (filled !== null) this.guard(desk, "onCanceled", () => strategy.onCanceled?.(ctx, view, filled));
        else this.guard(desk, "onRejected", () => strategy.onRejected?.(ctx, view, reason, restored));
      }
      if (round === refusalRounds)
        this.alert("error", `${refusals[0]?.desk.strategy.name} answers every refusal with a new intent; it is no longer asked`);
    }
  }

  snapshotOf(desk: RunnerDesk): unknown {
    try {
      return desk.strategy.snapshot();
    } catch (error) {
      throw strategyError(desk, "snapshot", error);
    }
  }

  /** A strategy's hook is about to run. @returns effects that wait before it: what comes behind them is its own */
  hookBegins(): number {
    this.rateLimits.hookBegins();
    return this.effects.length;
  }

  /** Runs a strategy hook. What it throws is neither masked nor retried; see `contain`. @returns undefined for a hook that failed */
  guard<T>(desk: RunnerDesk, hook: string, call: () => T): T | undefined {
    const mark = this.hookBegins();
    const { index } = desk.bars;
    try {
      const answer = call();
      if (desk.bars.index !== index) throw tampered(desk, index);
      if (desk.failing !== null) recovered(desk, hook);
      return answer;
    } catch (error) {
      contain(this, desk, hook, error, mark);
      return undefined;
    }
  }

  /** Runs a hook without which there is no session. */
  demand(desk: RunnerDesk, hook: string, call: () => void): void {
    try {
      call();
    } catch (error) {
      throw strategyError(desk, hook, error);
    }
  }
}
