// What the venue takes no more of for a while, and what waits for it: orders that reduce risk, cancels, questions. Nothing
// leaves before the time that the venue has named, and then what protects goes first. It never drops, doubles or invents a
// request.

import {
  assert,
  assertBounded,
  plainRequest,
  type CancelRejected,
  type EffectQueue,
  type Family,
  type Leg,
  type MarketIndex,
  type Millis,
  type OrderNumber,
  type OrderTable,
  type QueryRejected,
  type Reason,
  type Refusal,
} from "../domain/index.ts";
import type { Locks } from "./locks.ts";
import type { RunnerDesk, RunnerOrder } from "./order.ts";
import type { RunnerSettings } from "./settings.ts";
import type { TimerPurpose } from "./timers.ts";

/** What it uses of the session that it belongs to; `Core` is one. */
export interface RateLimitedSession {
  readonly now: Millis;
  readonly halted: boolean;
  readonly settings: RunnerSettings;
  readonly effects: EffectQueue;
  readonly orders: OrderTable<RunnerOrder>;
  readonly desks: readonly RunnerDesk[];
  readonly locks: Locks;
  lock(market: null, reason: Reason): void;
  alert(level: "warning" | "error", text: string): void;
  setTimer(purpose: TimerPurpose, due: number): void;
  leave(order: RunnerOrder): void;
}

/** Requests that a venue counts apart. */
type RequestClass = "submit" | "cancel" | "amend" | "query";

const classes: readonly RequestClass[] = ["submit", "cancel", "amend", "query"];
const named: Readonly<Record<RequestClass, string>> = { submit: "orders", cancel: "cancels", amend: "amendments", query: "questions" };

/** Who goes first when the venue listens again; entries and adds never wait: they are refused. */
const ranks: Readonly<Record<Family, number>> = { sl: 0, liquidation: 1, operator: 1, close: 1, revert: 1, partial: 2, tp: 2, entry: 3, dca: 3 };

/** A question about an order, about a leg, or for trades. */
type Question =
  | { readonly order: OrderNumber; readonly market: MarketIndex }
  | { readonly leg: Leg; readonly market: MarketIndex }
  | { readonly since: Millis; readonly market: MarketIndex };

interface Cancel {
  readonly order: OrderNumber;
  readonly reason: Reason;
  /** It makes room for an order that waits: it must not leave before that one. */
  readonly withOrders: boolean;
}

export interface RateLimitsState {
  readonly until: Readonly<Record<RequestClass, number>>;
  readonly orders: readonly OrderNumber[];
  readonly cancels: readonly Cancel[];
  readonly questions: readonly Question[];
  readonly wakeTime: number;
}

export class RateLimits {
  /** Until when at least one kind of request is closed; 0 = all are open. */
  shutUntil = 0;
  private readonly until: Record<RequestClass, number> = { submit: 0, cancel: 0, amend: 0, query: 0 };
  declare private readonly core: RateLimitedSession;
  private orders: OrderNumber[] = [];
  private cancels: Cancel[] = [];
  private questions: Question[] = [];
  /** When the next timer is due; 0 = none is armed. */
  private wakeTime = 0;
  /** Cancels that waited before the hook began that is running, or ran last. */
  private earlier = 0;

  constructor(core: RateLimitedSession) {
    this.core = core;
  }

  /** At least one kind of request is closed. The hot road asks this alone. */
  get isShut(): boolean {
    return this.shutUntil > 0 && this.shutUntil > this.core.now;
  }

  isClosed(kind: RequestClass): boolean {
    return this.until[kind] > this.core.now;
  }

  /** The venue has turned a request away; every other refusal is none of this. */
  refused(kind: RequestClass, market: MarketIndex, { reason, code, limit }: Refusal): void {
    const { core } = this;
    if (reason === "authentication_lost" && !core.locks.has(null, reason)) {
      core.lock(null, reason);
      core.alert("error", `${reason}: the venue no longer knows the key; what reduces goes on being tried`);
    }
    if (limit === null) return;
    if (kind !== "submit") (core.desks[market] as RunnerDesk).backoff.fail("exchange_error", core.now, reason, code);
    const closed = limit.banned ? classes : [kind];
    const news = closed.some((one) => this.until[one] < limit.until);
    for (const one of closed) this.until[one] = Math.max(this.until[one], limit.until);
    this.shutUntil = Math.max(this.shutUntil, limit.until);
    // An answer that came late may name a time that is over.
    if (!news || limit.until <= core.now) return;
    const answer = code === null ? `${limit.status}` : `${limit.status}, ${code}`;
    const seconds = (limit.until - core.now) / 1_000;
    core.alert("warning", `${reason}: the venue takes no ${limit.banned ? "requests" : named[kind]} for ${seconds} s (${answer})`);
  }

  /** Keeps an order that is about to leave, if it must wait. @returns false: it may go */
  holdsOrder(order: RunnerOrder): boolean {
    if (!this.isClosed("submit")) return false;
    assert(!order.increases, "I-15", () => `order ${order.order} increases risk and waits for the venue`);
    order.status = "NEW";
    this.orders.push(order.order);
    const until = this.until.submit as Millis;
    this.core.effects.push({ type: "order_held", request: plainRequest(order), reason: order.reason, until });
    this.wakeAt(until);
    return true;
  }

  /** Sends a cancel, or keeps it until the venue takes it: until then its silence means nothing. */
  cancel(order: RunnerOrder, reason: Reason, withOrders: boolean): void {
    if (this.isShut && this.isCancelClosed(withOrders)) {
      order.cancelTime = 0;
      return this.keepCancel(order, reason, withOrders);
    }
    this.core.effects.cancel(order.order, order.market, reason);
  }

  /** A cancel was turned away: the order stands as it stood, and the cancel goes again when it may. */
  cancelRefused(event: CancelRejected): void {
    this.refused("cancel", event.market, event);
    const order = this.core.orders.get(event.order);
    if (order === undefined || order.cancelCause === "none") return;
    // It was not confirmed at the first asking: whatever becomes of it, no market order stands in.
    order.cancelDoubted = true;
    order.cancelTime = 0;
    this.keepCancel(order, event.reason, false);
  }

  /** What is kept from here on is asked for by a hook of a strategy. */
  hookBegins(): void {
    this.earlier = this.cancels.length;
  }

  /** The hook has failed. @returns the orders whose cancels it asked for that wait, and will not leave */
  takeBackCancels(): OrderNumber[] {
    return this.cancels.splice(this.earlier).map(({ order }) => order);
  }

  query(order: RunnerOrder): void {
    this.ask({ order: order.order, market: order.market });
  }

  queryPosition(market: MarketIndex, leg: Leg): void {
    this.ask({ leg, market });
  }

  queryFills(market: MarketIndex, since: Millis): void {
    this.ask({ since, market });
  }

  queryRefused(event: QueryRejected): void {
    const { market, order, leg } = event;
    this.refused("query", market, event);
    // Turned away for another reason than the number of requests: not at once again.
    const due = event.limit === null ? this.core.now + this.core.settings.queryIntervalMs : this.until.query;
    if (order !== null) this.keepQuestion({ order, market }, due);
    else if (leg !== null) this.keepQuestion({ leg, market }, due);
  }

  /** The timer: what may go now goes, what protects before the rest. */
  reopened(): void {
    const { core } = this;
    this.wakeTime = 0;
    if (core.halted) return;
    if (!this.isClosed("submit")) this.sendOrders();
    this.sendCancels();
    if (!this.isClosed("query")) for (const question of this.questions.splice(0)) if (this.isOpen(question)) this.send(question);
    if (this.orders.length > 0) this.wakeAt(this.until.submit);
    for (const { withOrders } of this.cancels) this.wakeAt(this.cancelTime(withOrders));
    if (this.questions.length > 0) this.wakeAt(this.until.query);
  }

  snapshot(): RateLimitsState {
    const { until, orders, cancels, questions, wakeTime } = this;
    return {
      until: { ...until },
      orders: [...orders],
      cancels: cancels.map((waiting) => ({ ...waiting })),
      questions: questions.map((question) => ({ ...question })),
      wakeTime,
    };
  }

  restore({ until, orders, cancels, questions, wakeTime }: RateLimitsState): void {
    Object.assign(this.until, until);
    this.shutUntil = Math.max(...classes.map((kind) => until[kind]));
    this.orders = [...orders];
    this.cancels = [...cancels];
    this.questions = [...questions];
    this.wakeTime = wakeTime;
  }

  private sendOrders(): void {
    const { core } = this;
    const waiting = this.orders.splice(0).flatMap((number) => core.orders.get(number) ?? []);
    // A held order that has been cancelled meanwhile ends by a timer of its own.
    const wanted = waiting.filter(({ status, cancelCause }) => status === "NEW" && cancelCause === "none");
    for (const order of wanted.sort((a, b) => ranks[a.family] - ranks[b.family])) {
      order.setStatus("SUBMITTED");
      core.leave(order);
    }
  }

  private sendCancels(): void {
    const { core } = this;
    for (const waiting of this.cancels.splice(0)) {
      const order = core.orders.get(waiting.order);
      if (order === undefined || order.ended || order.cancelCause === "none") continue;
      if (this.isCancelClosed(waiting.withOrders)) {
        this.cancels.push(waiting);
        continue;
      }
      order.cancelTime = core.now;
      core.effects.cancel(order.order, order.market, waiting.reason);
      if (order.desk.cancelWatch === 0) order.desk.cancelWatch = core.now + core.settings.cancelConfirmMs;
    }
  }

  private keepCancel({ order }: RunnerOrder, reason: Reason, withOrders: boolean): void {
    if (!this.cancels.some((waiting) => waiting.order === order)) this.cancels.push({ order, reason, withOrders });
    this.wakeAt(this.cancelTime(withOrders));
  }

  private cancelTime(withOrders: boolean): number {
    return withOrders ? Math.max(this.until.cancel, this.until.submit) : this.until.cancel;
  }

  private isCancelClosed(withOrders: boolean): boolean {
    return this.cancelTime(withOrders) > this.core.now;
  }

  private ask(question: Question): void {
    if (this.isShut && this.isClosed("query")) this.keepQuestion(question);
    else this.send(question);
  }

  /** The answer is still wanted: what was in doubt may have shown itself meanwhile. */
  private isOpen(question: Question): boolean {
    return !("order" in question) || this.core.orders.get(question.order)?.unknown === true;
  }

  private send(question: Question): void {
    const { effects } = this.core;
    if ("order" in question) effects.push({ type: "query_order", ...question });
    else if ("leg" in question) effects.push({ type: "query_position", ...question });
    else effects.push({ type: "query_fills", ...question });
  }

  private keepQuestion(question: Question, due = this.until.query): void {
    const key = keyOf(question);
    if (!this.questions.some((waiting) => keyOf(waiting) === key)) this.questions.push(question);
    this.wakeAt(due);
  }

  private wakeAt(time: number): void {
    assertBounded("requests", this.orders.length + this.cancels.length + this.questions.length);
    if (this.wakeTime !== 0 && this.wakeTime <= time) return;
    this.wakeTime = time;
    this.core.setTimer({ kind: "venue_reopens" }, time);
  }
}

function keyOf(question: Question): string {
  return "order" in question ? `${question.order}` : `${question.market}/${"leg" in question ? question.leg : "fills"}`;
}
