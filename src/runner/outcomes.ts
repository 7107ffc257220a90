// Answers of the venue about orders: what became of them. Each fact is applied once, whatever the order and the number
// of times in which it is told; an unknown outcome is left only on evidence.

import {
  InvariantError,
  type AmendRejected,
  type CancelRejected,
  type FillsReported,
  type OrderAmended,
  type OrderExpired,
  type OrderFilled,
  type OrderNumber,
  type OrderRejected,
  type OrderUnknown,
  type PositionReported,
  type Quantity,
  type QueryAnswered,
  type Reason,
  type Refusal,
} from "../domain/index.ts";
import type { Context } from "../strategy/index.ts";
import type { Core } from "./core.ts";
import { Doubts } from "./doubts/doubts.ts";
import { backoffFamily, cancelReason, completionReason, expiryReason, noReasonTold, timeoutReason } from "./end-reasons.ts";
import { ExcessFills } from "./doubts/excess-fills.ts";
import { fillView } from "./fill-view.ts";
import type { Intake } from "./intake.ts";
import type { RunnerDesk, RunnerOrder } from "./order.ts";
import { OrphanFills } from "./doubts/orphan-fills.ts";
import { SlipGuard } from "./slip-guard.ts";
import { tampered } from "./strategy-error.ts";
import { contain, recovered } from "./strategy-failures.ts";
import { VenueFacts } from "./venue-facts.ts";

export class Outcomes {
  declare private readonly core: Core;
  declare private readonly intake: Intake;
  declare private readonly contexts: readonly Context[];
  declare readonly slip: SlipGuard;
  declare readonly doubts: Doubts;
  declare readonly orphans: OrphanFills;
  declare readonly excess: ExcessFills;
  declare readonly facts: VenueFacts;

  constructor(core: Core, intake: Intake, contexts: readonly Context[]) {
    this.core = core;
    this.intake = intake;
    this.contexts = contexts;
    this.slip = new SlipGuard(core, intake);
    this.doubts = new Doubts(core, intake, this);
    this.facts = new VenueFacts(core, this.doubts);
    this.orphans = new OrphanFills(core, intake, this);
    this.excess = new ExcessFills(core, this);
  }

  /** The book may differ from the venue by what is still being asked about. */
  get verifying(): boolean {
    return this.doubts.verifying || this.orphans.waiting || this.excess.waiting;
  }

  /** The account's trades of a while. Of orders that are not known any more they tell what was heard long ago. */
  tradesTold(event: FillsReported): void {
    for (const fill of event.fills) if (this.core.find(fill.order) !== undefined) this.filled(fill);
    this.doubts.tradesTold(event);
  }

  /** A leg's position was told. @returns true: what the book does not have of it is an order's of ours, known or found by it */
  explains(event: PositionReported): boolean {
    return this.orphans.positionTold(event) || this.doubts.positionTold(event) || this.excess.positionTold(event);
  }

  acknowledged(number: OrderNumber): void {
    const order = this.known(number, "an acknowledgement");
    if (order === undefined) return;
    order.confirmed = true;
    if (this.core.locks.held || this.core.rejections.any) this.takenBy(order);
    if (order.ended && order.status === "NEVER_ARRIVED") return this.doubts.acceptedLate(order);
    if (!order.unknown || order.cancelCause !== "none") return;
    this.doubts.over(order);
    this.core.settle(order, order.filled > 0 ? "PARTIAL" : "SUBMITTED", order.reason);
  }

  /** The venue has taken something of ours: it knows us, and this family. */
  private takenBy({ desk, family, increases }: RunnerOrder): void {
    const { core } = this;
    core.unlock(null, "authentication_lost");
    core.rejections.taken(desk.market, family, increases);
    if (increases) core.churn?.taken(desk.market);
  }

  rejected(event: OrderRejected): void {
    this.core.rateLimits.refused("submit", event.market, event);
    const order = this.known(event.order, "a rejection");
    if (order === undefined || order.ended) return;
    if (event.reason === "parent_order_gone" && this.intake.brackets.keeps(order, event, this.doubts)) return;
    // The id is ours: the venue has the order already, and the refusal is of nothing new (failures A5).
    if (event.reason === "duplicate_client_order_id") return this.doubts.exists(order);
    this.turnedAway(order, event);
  }

  /** The venue says so at once, in an update, or when it is asked. */
  private turnedAway(order: RunnerOrder, { reason, code, limit }: Refusal): void {
    const { core, intake } = this;
    const { desk } = order;
    this.doubts.over(order);
    core.settle(order, "REJECTED", reason);
    core.retire(order);
    if (order.family === "sl") this.warnUnprotected(order, reason);
    if (limit === null) core.rejections.rejected(desk.market, order.family, reason, core.now);
    if (limit === null && order.increases) core.churn?.refused(desk);
    this.facts.rejected(order, reason);
    if (order.increases) desk.backoff.fail(backoffFamily(order.family, reason), core.now, reason, code);
    // Evidence about the position, not an order to retry: ask the venue what it holds (failures A13).
    if (reason === "reduce_only_rejected") core.rateLimits.queryPosition(desk.market, order.leg);
    if (order.route !== null) return intake.routes.ended(order, order.route, reason);
    if (!intake.fallback(order, this.context(desk), "onReject")) this.fail(order, reason);
    this.endChildren(order);
  }

  filled(event: OrderFilled): void {
    const order = this.core.find(event.order);
    if (order === undefined) return this.orphans.take(event);
    if (!order.takeTrade(event.trade === "" ? nameOf(event) : event.trade)) return;
    if (order.ended && order.status === "NEVER_ARRIVED") this.doubts.acceptedLate(order);
    if (this.exceeds(order, event)) return this.excess.take(order, event);
    this.counted(order, event);
  }

  /** A fill goes into the book. */
  counted(order: RunnerOrder, event: OrderFilled): void {
    const { core } = this;
    const { desk } = order;
    // Nothing more was wanted of it, and its end has been told.
    const wasComplete = order.ended && order.status === "FILLED";
    order.filled = (order.filled + event.quantity) as Quantity;
    if (order.route !== null) this.intake.routes.filled(order, order.route, event.quantity);
    const ledger = desk.book.apply(order, event, core.netResult);
    desk.version += 1;
    desk.filled(event);
    desk.activityTime = core.now;
    const complete = !wasComplete && this.isComplete(order);
    if (complete) this.completed(order);
    else if (!order.ended) {
      if (order.unknown && order.cancelCause === "none") {
        this.doubts.over(order);
        core.settle(order, "PARTIAL", order.reason);
      } else if (!order.unknown) order.setStatus("PARTIAL");
    }
    // Behind the verdict, which is recorded with the fill.
    if (ledger !== null) {
      core.netResult = ledger.cumulative;
      core.effects.push(ledger);
    }
    core.churn?.filled(desk, order.leg, event.quantity, ledger);
    if (core.locks.held || core.rejections.any) this.takenBy(order);
    if (order.increases) desk.backoff.succeed(order.family === "dca" ? "dca" : "entry");
    this.tellFill(order, event, complete || wasComplete);
    if (order.family === "entry" && order.ended && !wasComplete) this.slip.check(order);
    if (complete && order.family === "revert") this.slip.revertFilled(order);
    if (complete && order.route !== null) this.intake.routes.ended(order, order.route, "filled");
  }

  /**
   * Whether a fill is more than its order can have: more than was asked for, an amendment on its way included, or more than the
   * venue itself has named as filled.
   */
  private exceeds(order: RunnerOrder, { quantity, cumulative }: OrderFilled): boolean {
    if (cumulative > order.named) order.named = cumulative;
    if (quantity <= 0) throw new InvariantError("I-07", `a fill of order ${order.order} has the quantity ${quantity}`);
    const filled = order.filled + quantity;
    if (filled > order.named) return true;
    if (filled <= order.quantity) return false;
    // A close-position order is sized by the venue when it is triggered, and its fill may overtake the word of it.
    const asked = order.terms?.closePosition === true ? filled : this.core.amendments.largest(order.order);
    if (filled > asked) return true;
    order.quantity = asked as Quantity;
    return false;
  }

  /** The venue confirms an amendment; an older confirmation that comes later changes nothing. */
  amended(event: OrderAmended): void {
    const { core } = this;
    const order = core.orders.get(event.order);
    if (order === undefined) return;
    if (!core.amendments.answered(event.order, event.sequence)) return;
    if (core.amendments.isNewest(event.order, event.sequence)) {
      order.price = event.price;
      order.trigger = event.trigger;
      order.quantity = Math.max(event.quantity, order.filled) as Quantity;
    }
    this.completeLate(order);
  }

  amendRejected(event: AmendRejected): void {
    const { core } = this;
    const order = core.orders.get(event.order);
    core.rateLimits.refused("amend", event.market, event);
    if (order !== undefined && core.amendments.answered(event.order, event.sequence)) this.completeLate(order);
  }

  /** Nothing is left, as far as an amendment that is on its way does not say otherwise. */
  private isComplete(order: RunnerOrder): boolean {
    const { terms } = order;
    if (order.remaining > 0 || (terms !== null && terms.closePosition && !this.core.amendments.knowsSize(order))) return false;
    return this.core.amendments.largest(order.order) <= order.filled;
  }

  /** The fill that completes an order may have come before the word that nothing more is wanted. */
  private completeLate(order: RunnerOrder): void {
    if (!this.isComplete(order)) return;
    this.completed(order);
    if (order.family === "entry") this.slip.check(order);
    if (order.route !== null) this.intake.routes.ended(order, order.route, "filled");
  }

  private completed(order: RunnerOrder): void {
    const reason = completionReason(order);
    this.doubts.over(order);
    this.core.settle(order, "FILLED", reason);
    this.core.retire(order);
  }

  canceled(number: OrderNumber, cumulative: Quantity): void {
    const order = this.known(number, "a cancellation");
    if (order === undefined || order.ended) return;
    order.cumulative = cumulative;
    this.ended(order, "CANCELED", cancelReason(order));
  }

  expired(event: OrderExpired): void {
    const order = this.known(event.order, "an expiry");
    if (order === undefined || order.ended) return;
    if (event.reason === "parent_order_gone" && this.intake.brackets.keeps(order, event, this.doubts)) return;
    order.cumulative = event.cumulative;
    // A stop whose sibling has filled has done its work.
    if (order.family === "sl" && event.reason !== "one_cancels_other") this.warnUnprotected(order, event.reason);
    this.ended(order, "EXPIRED", event.reason);
  }

  /** A stop is gone and what it protected is not. A child comes to life by its parent's fill, which may be heard later. */
  private warnUnprotected({ desk, leg, terms }: RunnerOrder, reason: Reason): void {
    const waitsForFill = terms !== null && terms.parent !== null && reason === "trigger_already_crossed";
    if (desk.book.leg(leg).quantity === 0 && !waitsForFill) return;
    this.core.alert("warning", `unprotected: ${desk.instrument.symbol} ${leg} has no stop, ${reason}`);
  }

  /** The request left and nothing definite came back: ask, and keep the exposure open until there is evidence. */
  unknown(event: OrderUnknown): void {
    const order = this.known(event.order, "an unknown outcome");
    if (order === undefined || order.ended) return;
    this.doubts.doubt(order, event.request === "cancel" ? "cancel_unconfirmed" : "reply_lost");
  }

  cancelRejected(event: CancelRejected): void {
    if (event.limit !== null) return this.core.rateLimits.cancelRefused(event);
    this.core.rateLimits.refused("cancel", event.market, event);
    const order = this.known(event.order, "a refused cancel");
    // A refused cancel is not a state: usually the order has just filled (failures A11).
    if (order === undefined || order.ended) return;
    this.doubts.doubt(order, "cancel_unconfirmed");
  }

  answered(event: QueryAnswered): void {
    const order = this.known(event.order, "a query's answer");
    if (order === undefined) return;
    this.doubts.heard(order);
    for (const fill of event.fills) this.filled(fill);
    if (order.status === "NEVER_ARRIVED" && event.status !== null) this.doubts.acceptedLate(order);
    if (order.ended) return;
    // Absence proves something only of an order that is in doubt: what has shown itself since is there.
    if (event.status === null) return order.unknown ? this.doubts.absent(order, event.time) : undefined;
    this.doubts.found(order);
    order.cumulative = event.cumulative;
    if (event.status === "CANCELED") return this.ended(order, "CANCELED", cancelReason(order));
    if (event.status === "EXPIRED") return this.ended(order, "EXPIRED", expiryReason(order));
    if (event.status === "REJECTED") return this.turnedAway(order, event.refusal ?? noReasonTold);
    if (event.status === "FILLED" && order.remaining === 0) {
      this.completed(order);
      if (order.route !== null) this.intake.routes.ended(order, order.route, "filled");
      return;
    }
    if (event.status === "SUBMITTED" || event.status === "PARTIAL") this.doubts.confirmOpen(order);
    else if (order.unknown) this.doubts.askLater(order);
  }

  /** It is proven that the venue does not have the order: it never came there, or it is not there any more. */
  absent(order: RunnerOrder): void {
    const { core, doubts } = this;
    if (order.confirmed) return this.ended(order, "CANCELED", order.cancelCause === "none" ? "unknown_order_at_venue" : cancelReason(order));
    doubts.over(order);
    core.settle(order, "NEVER_ARRIVED", "never_arrived");
    core.retire(order);
    if (order.increases) order.desk.backoff.fail("exchange_error", core.now, "never_arrived", null);
    if (order.route !== null) return this.intake.routes.ended(order, order.route, "never_arrived");
    this.fail(order, "never_arrived");
    this.endChildren(order);
  }

  /** A time to live has run out: the runner cancels what still rests. */
  lifeEnded(number: OrderNumber): void {
    const order = this.core.orders.get(number);
    // Of an unknown order too: wherever it is, its life is over.
    if (order === undefined || order.ended) return;
    if (order.route !== null) this.intake.routes.lifeEnded(order, order.route);
    else this.intake.cancel(order, "timeout", timeoutReason(order.family));
  }

  private ended(order: RunnerOrder, status: "CANCELED" | "EXPIRED", reason: Reason): void {
    const { core } = this;
    const { desk } = order;
    const asked = core.amendments.largest(order.order);
    this.doubts.over(order);
    core.settle(order, status, reason);
    core.retire(order);
    if (order.cumulative > order.filled) desk.activityTime = core.now;
    if (order.filled > 0 && order.family === "entry") this.slip.check(order);
    if (order.route !== null) return this.intake.routes.ended(order, order.route, reason);
    // Only a cancel that was confirmed at the first asking lets a market order stand in (row 004-OP-8).
    const mayFallBack = order.cancelCause === "timeout" && status === "CANCELED" && !order.cancelDoubted;
    const fellBack = mayFallBack && this.intake.fallback(order, this.context(desk), "onTimeout");
    // It may have ended larger than the runner knows: then fills that are on their way do not complete it.
    if (asked > order.quantity) order.quantity = asked as Quantity;
    if (!fellBack) this.tellEnd(order, reason);
    this.endChildren(order);
  }

  private tellEnd(order: RunnerOrder, reason: Reason): void {
    const touched = order.filled > 0 || order.cumulative > 0;
    if (!touched && (order.cancelCause === "none" || order.cancelCause === "timeout")) return this.fail(order, reason);
    if (order.desk.strategy.onCanceled !== undefined) this.tellCanceled(order);
  }

  /** Ends of children that were told before this one. */
  private endChildren(parent: RunnerOrder): void {
    if (!this.intake.brackets.hasEarly) return;
    for (const event of this.intake.brackets.takeEarly(parent.order)) {
      if (event.type === "order_expired") this.expired(event);
      else this.rejected(event);
    }
  }

  private tellCanceled(order: RunnerOrder): void {
    const { desk } = order;
    const ctx = this.context(desk);
    const filled = desk.instrument.quantityNumber(Math.max(order.filled, order.cumulative) as Quantity);
    this.core.guard(desk, "onCanceled", () => desk.strategy.onCanceled?.(ctx, order.intentView(), filled));
    // What it learned here no rollback of another order may undo.
    desk.version += 1;
    this.core.settleRefusals();
  }

  /** An intent came to nothing: the strategy's state goes back, and it is told. */
  private fail(order: RunnerOrder, reason: Reason): void {
    const { core } = this;
    const { desk } = order;
    const ctx = this.context(desk);
    if (order.family === "revert") core.alert("error", `the revert of a slipped entry of ${desk.instrument.symbol} failed: ${reason}`);
    const restored = order.filled === 0 && core.restore(desk, order.snapshot, order.version);
    if (desk.strategy.onRejected === undefined) return;
    core.guard(desk, "onRejected", () => desk.strategy.onRejected?.(ctx, order.intentView(), reason, restored));
    core.settleRefusals();
  }

  private tellFill(order: RunnerOrder, event: OrderFilled, complete: boolean): void {
    const { core } = this;
    const { desk } = order;
    const { strategy } = desk;
    if (strategy.onFill === undefined) return;
    const ctx = this.context(desk);
    const mark = core.hookBegins();
    const { index } = desk.bars;
    try {
      strategy.onFill(ctx, fillView(order, event, complete));
      if (desk.bars.index !== index) throw tampered(desk, index);
      if (desk.failing !== null) recovered(desk, "onFill");
    } catch (error) {
      contain(core, desk, "onFill", error, mark);
    }
    if (core.hasRefusals) core.settleRefusals();
  }

  private context(desk: RunnerDesk): Context {
    return this.contexts[desk.market] as Context;
  }

  private known(number: OrderNumber, what: string): RunnerOrder | undefined {
    const order = this.core.find(number);
    if (order === undefined) this.core.alert("error", `${what} names order ${number}, which this session does not know`);
    return order;
  }
}

/** A trade that the venue gives no id has one all the same: what it says of itself, the same each time that it is told (failures A8). */
function nameOf({ cumulative, price, quantity, time }: OrderFilled): string {
  return `${cumulative}/${price}/${quantity}/${time}`;
}
