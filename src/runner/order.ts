// An order as the runner holds it, from the intent on: what was asked for, the request that leaves, what is known of its
// fate, and what must happen when it ends. Its objects are used again long after their order has ended: whoever keeps
// one beyond that keeps the number instead.

import {
  assertBounded,
  assertTransition,
  isOpenStatus,
  orderNumber,
  RequestFields,
  wideZero,
  type IntentNumber,
  type Millis,
  type OrderIntent,
  type OrderStatus,
  type Price,
  type Quantity,
  type Reason,
  type TradeKind,
} from "../domain/index.ts";
import type { IntentView, OrderView } from "../strategy/index.ts";
import type { CancelCause, Desk, DeskOrder } from "./desk.ts";
import type { OrderForm } from "./order-forms.ts";
import { routeOrderView, type RouteWork } from "./routing/route.ts";

/** A desk with the runner's own orders on it. */
export type RunnerDesk = Desk<RunnerOrder>;

export class RunnerOrder extends RequestFields implements DeskOrder {
  // ---- the intent; copies of what outlives the call: a strategy may use one intent object again for the next order
  // Desk and form come with `plan`, and nobody asks before. They stand here all the same: an order that got them later would
  // have another shape.
  desk: RunnerDesk = null as never;
  form: OrderForm = null as never;
  intent = 0 as IntentNumber;
  /** Of the form, nearer at hand. */
  private growth: 0 | 1 = 1;
  /** Why it was sent: the strategy's reason, or the runner's for a fallback or a revert. */
  reason: Reason = "signal";
  tag: string | null = null;
  fallbackOnReject = false;
  fallbackOnTimeout = false;
  /** Quantity in the strategy's numbers, once sizing has been settled. */
  wanted = wideZero;
  /** A post-only price that would have crossed was moved inside. */
  repriced = false;
  /** Price that the decision was made at: the limit, or the last close for a market order. Slip is measured from it. */
  reference = wideZero as Price;
  /** The strategy's state at the moment of the intent, and the desk's state version then; undefined for protective orders that rest. */
  snapshot: unknown = undefined;
  version = 0;
  /** The route that it is an order of; null for most. */
  route: RouteWork | null = null;

  // ---- its fate
  status: OrderStatus = "SUBMITTED";
  /** The status is a final one: kept beside it, because it is asked for at each answer. */
  ended = false;
  filled = 0 as Quantity;
  /** Filled according to the venue's terminal word; larger than `filled` while fills are still on their way. */
  cumulative = 0 as Quantity;
  /** The most that a fill has named as filled so far: what is counted beyond it was told twice, or is another order's. */
  named = 0 as Quantity;
  cancelCause: CancelCause = "none";
  /** When the cancel was asked for; 0 = not. */
  cancelTime = wideZero;
  /** The outcome of the cancel is open, or the order's own. */
  unknown = false;
  /** Cancels that were sent again after an open outcome. */
  cancelRetries = 0;
  /** The cancel went unconfirmed once: whatever becomes of it, no market order stands in (row 004-OP-8). */
  cancelDoubted = false;
  /** When it left. */
  sentTime = wideZero as Millis;
  /** The venue has spoken of it as one that it has, or had. */
  confirmed = false;
  // Most orders fill once: the first trade needs no list.
  private firstTrade: number | string | null = null;
  private moreTrades: (number | string)[] | null = null;

  // ---- its place on the desk
  earlier: RunnerOrder | null = null;
  later: RunnerOrder | null = null;

  /** Starts the life of an order on this object: nothing of an earlier one stays. */
  plan(desk: RunnerDesk, intent: IntentNumber, form: OrderForm): void {
    this.order = orderNumber(intent, 0);
    this.market = desk.market;
    this.growth = form.growth;
    this.names = form.names;
    this.price = null;
    this.trigger = null;
    this.timeToLive = null;
    this.replaces = null;
    this.terms = null;
    this.desk = desk;
    this.form = form;
    this.intent = intent;
    this.reason = "signal";
    this.tag = null;
    this.fallbackOnReject = false;
    this.fallbackOnTimeout = false;
    this.wanted = 0;
    this.repriced = false;
    this.snapshot = undefined;
    this.route = null;
    this.status = "SUBMITTED";
    this.ended = false;
    this.filled = 0 as Quantity;
    this.cumulative = 0 as Quantity;
    this.named = 0 as Quantity;
    this.cancelCause = "none";
    this.cancelTime = 0;
    this.unknown = false;
    this.cancelRetries = 0;
    this.cancelDoubted = false;
    this.sentTime = 0 as Millis;
    this.confirmed = false;
    this.firstTrade = null;
    this.moreTrades = null;
  }

  get kind(): TradeKind {
    return this.form.kind;
  }

  get direction(): "LONG" | "SHORT" {
    return this.form.direction;
  }

  /** OPEN and ADD: what backoff, stops and unknown outcomes hold back. */
  get increases(): boolean {
    return this.growth === 1;
  }

  /** What may still fill as far as the runner has seen fills. */
  get remaining(): Quantity {
    return (this.quantity - this.filled) as Quantity;
  }

  /** What the venue has left open, fills that are still on their way counted as done. */
  get unfilled(): Quantity {
    return (this.quantity - Math.max(this.filled, this.cumulative)) as Quantity;
  }

  /** A take-profit or stop that rests at the venue is no decision of this moment: its end undoes nothing. */
  get protects(): boolean {
    return this.names.protects === 1;
  }

  /** False for a trade that has been applied already: a reply and a stream message are the same fact twice. */
  takeTrade(trade: number | string): boolean {
    if (this.firstTrade === null) {
      this.firstTrade = trade;
      return true;
    }
    if (this.firstTrade === trade || this.moreTrades?.includes(trade) === true) return false;
    if (this.moreTrades === null) this.moreTrades = [trade];
    else this.moreTrades.push(trade);
    assertBounded("trades", this.moreTrades.length);
    return true;
  }

  /** Trades that have been applied, in that order. */
  trades(): (number | string)[] {
    return this.firstTrade === null ? [] : [this.firstTrade, ...(this.moreTrades ?? [])];
  }

  restoreTrades([first, ...more]: readonly (number | string)[]): void {
    this.firstTrade = first ?? null;
    this.moreTrades = more.length === 0 ? null : more;
  }

  /** Out again, as an order by itself: nothing of what it was for a strategy's state or a route is left. */
  revive(): void {
    this.restoreStatus("SUBMITTED");
    this.confirmed = true;
    this.reason = "late_acceptance";
    this.fallbackOnReject = false;
    this.fallbackOnTimeout = false;
    this.snapshot = undefined;
    this.version = -1;
    this.route = null;
    this.cancelCause = "none";
    this.cancelTime = 0;
    this.cancelRetries = 0;
  }

  setStatus(status: OrderStatus): void {
    assertTransition(this.status, status);
    this.restoreStatus(status);
  }

  /** Whatever it was before. */
  restoreStatus(status: OrderStatus): void {
    this.status = status;
    this.ended = status === "FILLED" || status === "CANCELED" || !isOpenStatus(status);
  }

  /** What the strategy asked for, before it has become a request. */
  askedView(asked: OrderIntent): IntentView {
    const { intent, kind, family, direction, wanted } = this;
    return {
      intent,
      kind,
      family,
      side: direction,
      tag: asked.tag ?? null,
      quantity: wanted > 0 ? wanted : (asked.quantity ?? 0),
      price: asked.price ?? null,
      trigger: asked.trigger ?? null,
    };
  }

  intentView(): IntentView {
    const { instrument } = this.desk;
    const { intent, kind, family, direction, tag, quantity, price, trigger } = this;
    return {
      intent,
      kind,
      family,
      side: direction,
      tag,
      quantity: instrument.quantityNumber(quantity),
      price: price === null ? null : instrument.priceNumber(price),
      trigger: trigger === null ? null : instrument.priceNumber(trigger),
    };
  }

  orderView(): OrderView {
    if (this.route !== null) return routeOrderView(this.desk.instrument, this.route, this.price, this.unknown);
    const { intent, family, side, tag, quantity, price, trigger } = this.intentView();
    const { type, status } = this;
    return { intent, family, side, tag, quantity, price, trigger, type, status, filled: this.desk.instrument.quantityNumber(this.filled) };
  }
}
