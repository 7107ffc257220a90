// An order as the runner holds it: what it asked for, what it knows, and what must happen when it ends.

import { assertTransition, isOpenStatus, type IntentKind, type Leg, type OrderNumber, type OrderRequest, type OrderStatus, type Price, type Quantity, type Reason } from "../domain/index.ts";
import type { IntentView, OrderView } from "../strategy/index.ts";
import type { CancelCause, Desk, DeskOrder } from "./desk.ts";

/** A desk with the runner's own orders on it. */
export type RunnerDesk = Desk<RunnerOrder>;

/** What a permitted market fallback needs when a limit fails. */
export interface FallbackPermission {
  readonly onReject: boolean;
  readonly onTimeout: boolean;
}

export class RunnerOrder implements DeskOrder {
  readonly order: OrderNumber;
  readonly desk: RunnerDesk;
  readonly intent: number;
  readonly kind: IntentKind;
  readonly side: "LONG" | "SHORT";
  readonly reason: Reason;
  readonly tag: string | null;
  readonly fallback: FallbackPermission;
  /** Price that the decision was made at: the limit, or the last close for a market order. Slip is measured from it. */
  readonly reference: Price;
  /** The strategy's state at the moment of the intent, and the desk's state version then; undefined for reducing orders. */
  readonly snapshot: unknown;
  readonly version: number;
  request: OrderRequest;
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
  /** Reads in a row in which the venue did not know the order. */
  absentReads = 0;
  // Most orders fill once: the first trade needs no list.
  private firstTrade: number | string | null = null;
  private moreTrades: (number | string)[] | null = null;

  constructor(fields: {
    desk: RunnerDesk; kind: IntentKind; side: "LONG" | "SHORT"; reason: Reason; tag: string | null; fallback: FallbackPermission; reference: Price;
    snapshot: unknown; version: number; request: OrderRequest; intent: number;
  }) {
    this.order = fields.request.order;
    this.desk = fields.desk;
    this.intent = fields.intent;
    this.kind = fields.kind;
    this.side = fields.side;
    this.reason = fields.reason;
    this.tag = fields.tag;
    this.fallback = fields.fallback;
    this.reference = fields.reference;
    this.snapshot = fields.snapshot;
    this.version = fields.version;
    this.request = fields.request;
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
      intent: this.intent, kind: this.kind, family: request.family, side: this.side, tag: this.tag,
      quantity: instrument.quantityNumber(request.quantity),
      price: request.price === null ? null : instrument.priceNumber(request.price),
      trigger: request.trigger === null ? null : instrument.priceNumber(request.trigger),
    };
  }

  orderView(): OrderView {
    const { intent, family, side, tag, quantity, price, trigger } = this.intentView();
    return { intent, family, side, tag, quantity, price, trigger, type: this.request.type, status: this.status, filled: this.desk.instrument.quantityNumber(this.filled) };
  }
}
