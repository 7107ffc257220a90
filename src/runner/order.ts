// An order as the runner holds it: what it asked for, what it knows, and what must happen when it ends.

import {
  assertTransition,
  isOpenStatus,
  type IntentKind,
  type Leg,
  type OrderNumber,
  type OrderRequest,
  type OrderStatus,
  type Price,
  type Quantity,
  type Reason,
} from "../domain/index.ts";
import type { IntentView, OrderView } from "../strategy/index.ts";
import type { CancelCause, Desk, DeskOrder } from "./desk.ts";
import type { Draft, Viewable } from "./draft.ts";

/** A desk with the runner's own orders on it. */
export type RunnerDesk = Desk<RunnerOrder>;

export class RunnerOrder implements DeskOrder, Viewable {
  declare readonly order: OrderNumber;
  declare readonly desk: RunnerDesk;
  declare readonly draft: Draft;
  /** Why it was sent: the strategy's reason, or the runner's for a fallback or a revert. */
  declare readonly reason: Reason;
  /** Price that the decision was made at: the limit, or the last close for a market order. Slip is measured from it. */
  declare readonly reference: Price;
  /** The strategy's state at the moment of the intent, and the desk's state version then; undefined for protective orders that rest. */
  declare readonly snapshot: unknown;
  declare readonly version: number;
  declare request: OrderRequest;
  status: OrderStatus = "SUBMITTED";
  filled = 0 as Quantity;
  /** Filled according to the venue's terminal word; larger than `filled` while fills are still on their way. */
  cumulative = 0 as Quantity;
  cancelCause: CancelCause = "none";
  /** When the cancel was asked for; 0 = not. */
  cancelTime = 0;
  /** The outcome of the cancel is open, or the order's own. */
  unknown = false;
  /** Cancels that were sent again after an open outcome. */
  cancelRetries = 0;
  /** The cancel went unconfirmed once: whatever becomes of it, no market order stands in (row 004-OP-8). */
  cancelDoubted = false;
  /** Time of the first read in a row in which the venue did not know the order; -1 = it was known, or not asked about. */
  absentTime = -1;
  // Most orders fill once: the first trade needs no list.
  private firstTrade: number | string | null = null;
  private moreTrades: (number | string)[] | null = null;

  constructor(desk: RunnerDesk, draft: Draft, request: OrderRequest, reference: Price, reason: Reason, snapshot: unknown, version: number) {
    this.order = request.order;
    this.desk = desk;
    this.draft = draft;
    this.reason = reason;
    this.reference = reference;
    this.snapshot = snapshot;
    this.version = version;
    this.request = request;
  }

  get intent(): number {
    return this.draft.number;
  }

  get kind(): IntentKind {
    return this.draft.kind;
  }

  get side(): "LONG" | "SHORT" {
    return this.draft.direction;
  }

  get tag(): string | null {
    return this.draft.tag;
  }

  get leg(): Leg {
    return this.request.leg;
  }

  /** What may still fill as far as the runner has seen fills. */
  get remaining(): Quantity {
    return (this.request.quantity - this.filled) as Quantity;
  }

  /** What the venue has left open, fills that are still on their way counted as done. */
  get unfilled(): Quantity {
    return (this.request.quantity - Math.max(this.filled, this.cumulative)) as Quantity;
  }

  get ended(): boolean {
    return !isOpenStatus(this.status) && this.status !== "PARTIAL";
  }

  get increases(): boolean {
    return this.request.family === "entry" || this.request.family === "dca";
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
    return true;
  }

  setStatus(status: OrderStatus): void {
    assertTransition(this.status, status);
    this.status = status;
  }

  intentView(): IntentView {
    const { instrument } = this.desk;
    const { request } = this;
    return {
      intent: this.intent,
      kind: this.kind,
      family: request.family,
      side: this.side,
      tag: this.tag,
      quantity: instrument.quantityNumber(request.quantity),
      price: request.price === null ? null : instrument.priceNumber(request.price),
      trigger: request.trigger === null ? null : instrument.priceNumber(request.trigger),
    };
  }

  orderView(): OrderView {
    const { intent, family, side, tag, quantity, price, trigger } = this.intentView();
    return {
      intent,
      family,
      side,
      tag,
      quantity,
      price,
      trigger,
      type: this.request.type,
      status: this.status,
      filled: this.desk.instrument.quantityNumber(this.filled),
    };
  }
}
