// Answers of the venue about orders: what became of them. Each fact is applied once, whatever the order and the number
// of times in which it is told; an unknown outcome is left only on evidence.

import {
  InvariantError,
  type AmendRejected,
  type CancelRejected,
  type OrderAmended,
  type OrderExpired,
  type OrderFilled,
  type OrderNumber,
  type OrderRejected,
  type OrderUnknown,
  type Quantity,
  type QueryAnswered,
  type Reason,
} from "../domain/index.ts";
import type { Context } from "../strategy/index.ts";
import type { Core } from "./core.ts";
import { backoffFamily, cancelReason, timeoutReason } from "./end-reasons.ts";
import { fillView } from "./fill-view.ts";
import type { Intake } from "./intake.ts";
import type { RunnerDesk, RunnerOrder } from "./order.ts";
import { SlipGuard } from "./slip-guard.ts";
import { contain, recovered } from "./strategy-failures.ts";

const cancelRetriesMax = 3;

export class Outcomes {
  declare private readonly core: Core;
  declare private readonly intake: Intake;
  declare private readonly contexts: readonly Context[];
  declare readonly slip: SlipGuard;

  constructor(core: Core, intake: Intake, contexts: readonly Context[]) {
    this.core = core;
    this.intake = intake;
    this.contexts = contexts;
    this.slip = new SlipGuard(core, intake);
  }

  acknowledged(number: OrderNumber): void {
    const order = this.known(number, "an acknowledgement");
    if (order === undefined || !order.unknown || order.cancelCause !== "none") return;
    order.desk.setUnknown(order, false);
    this.core.settle(order, order.filled > 0 ? "PARTIAL" : "SUBMITTED", order.reason);
  }

  rejected(event: OrderRejected): void {
    this.core.rateLimits.refused("submit", event.market, event);
    const order = this.known(event.order, "a rejection");
    if (order === undefined || order.ended) return;
    if (event.reason === "parent_order_gone" && this.intake.brackets.keeps(order, event)) return;
    const { core, intake } = this;
    const { desk } = order;
    core.settle(order, "REJECTED", event.reason);
    core.retire(order);
    if (order.family === "sl") this.warnUnprotected(order, event.reason);
    if (order.increases) desk.backoff.fail(backoffFamily(order.family, event.reason), core.now, event.reason, event.code);
    // Evidence about the position, not an order to retry: ask the venue what it holds (failures A13).
    if (event.reason === "reduce_only_rejected") core.rateLimits.queryPosition(desk.market, order.leg);
    if (order.route !== null) return intake.routes.ended(order, order.route, event.reason);
    if (!intake.fallback(order, this.context(desk), "onReject")) this.fail(order, event.reason);
    this.endChildren(order);
  }

  filled(event: OrderFilled): void {
    const order = this.known(event.order, "a fill");
    if (order === undefined || !order.takeTrade(event.trade)) return;
    const { core } = this;
    const { desk } = order;
    if (event.quantity <= 0 || event.quantity > order.remaining) this.enlarge(order, event.quantity);
    order.filled = (order.filled + event.quantity) as Quantity;
    if (order.route !== null) this.intake.routes.filled(order, order.route, event.quantity);
    const ledger = desk.book.apply(order, event, core.netResult);
    desk.version += 1;
    desk.filled(event);
    desk.activityTime = core.now;
    const complete = this.isComplete(order);
    if (complete) this.completed(order);
    else if (!order.ended) {
      if (order.unknown && order.cancelCause === "none") {
        desk.setUnknown(order, false);
        core.settle(order, "PARTIAL", order.reason);
      } else if (!order.unknown) order.setStatus("PARTIAL");
    }
    // Behind the verdict, which is recorded with the fill.
    if (ledger !== null) {
      core.netResult = ledger.cumulative;
      core.effects.push(ledger);
    }
    if (order.increases) desk.backoff.succeed(order.family === "dca" ? "dca" : "entry");
    this.tellFill(order, event, complete);
    if (order.family === "entry" && order.ended) this.slip.check(order);
    if (complete && order.family === "revert") this.slip.revertFilled(order);
    if (complete && order.route !== null) this.intake.routes.ended(order, order.route, "filled");
  }

  /** A fill beyond the known quantity: an amendment that has not been confirmed yet explains it, or nothing does. */
  private enlarge(order: RunnerOrder, quantity: Quantity): void {
    // A close-position order is sized by the venue when it is triggered, and its fill may overtake the word of it.
    const asked = order.terms?.closePosition === true ? order.filled + quantity : this.core.amendments.largest(order.order);
    if (quantity <= 0 || order.filled + quantity > asked) {
      throw new InvariantError("I-07", `order ${order.order} was overfilled: ${quantity} of ${order.remaining}`);
    }
    order.quantity = asked as Quantity;
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
    const late = order.cancelCause !== "none" || order.unknown || order.ended;
    const reason: Reason =
      !late || order.type === "market"
        ? "filled"
        : order.family === "dca"
          ? "dca_limit_fill"
          : order.increases
            ? "first_limit_late_fill"
            : "fill_during_cancel";
    order.desk.setUnknown(order, false);
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
    if (event.reason === "parent_order_gone" && this.intake.brackets.keeps(order, event)) return;
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
    this.doubt(order, event.request === "cancel" ? "cancel_unconfirmed" : "reply_lost");
  }

  cancelRejected(event: CancelRejected): void {
    if (event.limit !== null) return this.core.rateLimits.cancelRefused(event);
    const order = this.known(event.order, "a refused cancel");
    // A refused cancel is not a state: usually the order has just filled (failures A11).
    if (order === undefined || order.ended) return;
    this.doubt(order, "cancel_unconfirmed");
  }

  answered(event: QueryAnswered): void {
    const order = this.known(event.order, "a query's answer");
    if (order === undefined) return;
    for (const fill of event.fills) this.filled(fill);
    if (order.ended) return;
    // Absence proves something only of an order that is in doubt: what has shown itself since is there.
    if (event.status === null) return order.unknown ? this.absent(order, event.time) : undefined;
    order.absentTime = -1;
    order.cumulative = event.cumulative;
    if (event.status === "CANCELED") return this.ended(order, "CANCELED", cancelReason(order));
    if (event.status === "EXPIRED") return this.ended(order, "EXPIRED", order.reason);
    if (event.status === "REJECTED") return this.ended(order, "REJECTED", "injected_rejection");
    if (event.status === "FILLED" && order.remaining === 0) {
      this.completed(order);
      if (order.route !== null) this.intake.routes.ended(order, order.route, "filled");
      return;
    }
    if (event.status === "SUBMITTED" || event.status === "PARTIAL") this.confirmOpen(order);
    else if (order.unknown) this.queryLater(order);
  }

  /** The venue holds the order: a doubt about it is over, and a cancel that did not happen goes again. */
  confirmOpen(order: RunnerOrder): void {
    const { core } = this;
    const { desk } = order;
    if (!order.unknown) return;
    desk.setUnknown(order, false);
    core.settle(order, order.filled > 0 ? "PARTIAL" : "SUBMITTED", order.reason);
    if (order.cancelCause === "none") return;
    if (order.cancelRetries >= cancelRetriesMax) return this.giveUpCancel(order);
    // The cancel did not happen; what asked for it still holds.
    order.cancelRetries += 1;
    desk.retries += 1;
    order.cancelTime = core.now;
    core.rateLimits.cancel(order, "cancel_unconfirmed", false);
    this.watchCancels(desk);
  }

  /** The venue keeps an order that it was asked to cancel again and again: it counts as out, and a new cancel may be asked for. */
  private giveUpCancel(order: RunnerOrder): void {
    order.cancelCause = "none";
    order.cancelTime = 0;
    order.cancelRetries = 0;
    order.desk.count(order, 1);
    order.desk.cancelDone();
    this.core.alert("error", `cancel_unconfirmed: order ${order.order} is still open at the venue after ${cancelRetriesMax + 1} cancels`);
  }

  /** Two reads must agree, an interval apart, before absence is believed (failures 1.1); the same answer told twice is one read. */
  private absent(order: RunnerOrder, time: number): void {
    const { core } = this;
    if (order.absentTime < 0) {
      order.absentTime = time;
      return this.queryLater(order);
    }
    if (time < order.absentTime + core.settings.queryIntervalMs) return;
    if (order.filled > 0) return this.quarantine(order);
    order.desk.setUnknown(order, false);
    core.settle(order, "NEVER_ARRIVED", "never_arrived");
    core.retire(order);
    if (order.increases) order.desk.backoff.fail("exchange_error", core.now, "never_arrived", null);
    if (order.route !== null) return this.intake.routes.ended(order, order.route, "never_arrived");
    this.fail(order, "never_arrived");
    this.endChildren(order);
  }

  /** The venue filled the order and does not know it: no proof of anything. Risk increase waits for a human or for evidence. */
  private quarantine(order: RunnerOrder): void {
    if (order.status === "QUARANTINED") return;
    this.core.settle(order, "QUARANTINED", "quarantined");
    this.core.alert("error", `quarantined: the venue no longer knows order ${order.order}, of which it has filled a part`);
  }

  /** What became of an order is not known: it is asked about until there is evidence. */
  doubt(order: RunnerOrder, reason: Reason): void {
    const { core } = this;
    if (reason === "cancel_unconfirmed") order.cancelDoubted = true;
    if (order.unknown) return;
    order.absentTime = -1;
    order.desk.setUnknown(order, true);
    core.settle(order, "UNKNOWN", reason);
    core.alert(
      "warning",
      `${reason}: the outcome of ${order.family} order ${order.order} on ${order.desk.instrument.symbol} is open until there is evidence`,
    );
    // Row 004-OP-8: the strategy goes back to where it was; the order stays pending and is chased.
    // An intent that is still being worked has not failed.
    if (reason === "cancel_unconfirmed" && order.increases && order.filled === 0 && order.route === null)
      core.restore(order.desk, order.snapshot, order.version);
    core.rateLimits.query(order);
  }

  private queryLater(order: RunnerOrder): void {
    this.core.setTimer({ kind: "query", order: order.order }, this.core.now + this.core.settings.queryIntervalMs);
  }

  /** A query timer: asks again while the outcome is open. */
  queryAgain(number: OrderNumber): void {
    const order = this.core.orders.get(number);
    if (order !== undefined && order.unknown) this.core.rateLimits.query(order);
  }

  /** A time to live has run out: the runner cancels what still rests. */
  lifeEnded(number: OrderNumber): void {
    const order = this.core.orders.get(number);
    // Of an unknown order too: wherever it is, its life is over.
    if (order === undefined || order.ended) return;
    if (order.route !== null) this.intake.routes.lifeEnded(order, order.route);
    else this.intake.cancel(order, "timeout", timeoutReason(order.family));
  }

  /** Cancels without an answer for too long are unconfirmed; younger ones are looked at again later. */
  watchCancels(desk: RunnerDesk): void {
    const { core } = this;
    let next = Number.POSITIVE_INFINITY;
    for (let order = desk.first; order !== null; order = order.later) {
      if (order.cancelTime === 0 || order.unknown) continue;
      const due = order.cancelTime + core.settings.cancelConfirmMs;
      if (due <= core.now) this.doubt(order, "cancel_unconfirmed");
      else next = Math.min(next, due);
    }
    desk.cancelWatch = next === Number.POSITIVE_INFINITY ? 0 : next;
  }

  private ended(order: RunnerOrder, status: "CANCELED" | "EXPIRED" | "REJECTED", reason: Reason): void {
    const { core } = this;
    const { desk } = order;
    const ctx = this.context(desk);
    const asked = core.amendments.largest(order.order);
    desk.setUnknown(order, false);
    core.settle(order, status, reason);
    core.retire(order);
    if (order.cumulative > order.filled) desk.activityTime = core.now;
    if (status === "REJECTED" && order.increases) desk.backoff.fail(backoffFamily(order.family, reason), core.now, reason, null);
    if (order.filled > 0 && order.family === "entry") this.slip.check(order);
    if (order.route !== null) return this.intake.routes.ended(order, order.route, reason);
    // Only a cancel that was confirmed at the first asking lets a market order stand in (row 004-OP-8).
    const mayFallBack = order.cancelCause === "timeout" && status === "CANCELED" && !order.cancelDoubted;
    const fellBack = mayFallBack && this.intake.fallback(order, ctx, "onTimeout");
    // It may have ended larger than the runner knows: then fills that are on their way do not complete it.
    if (asked > order.quantity) order.quantity = asked as Quantity;
    if (!fellBack) this.tellEnd(order, ctx, reason);
    this.endChildren(order);
  }

  private tellEnd(order: RunnerOrder, ctx: Context, reason: Reason): void {
    const touched = order.filled > 0 || order.cumulative > 0;
    if (!touched && (order.cancelCause === "none" || order.cancelCause === "timeout")) return this.fail(order, reason);
    if (order.desk.strategy.onCanceled !== undefined) this.tellCanceled(order, ctx);
  }

  /** Ends of children that were told before this one. */
  private endChildren(parent: RunnerOrder): void {
    for (const event of this.intake.brackets.takeEarly(parent.order)) {
      if (event.type === "order_expired") this.expired(event);
      else this.rejected(event);
    }
  }

  private tellCanceled(order: RunnerOrder, ctx: Context): void {
    const { desk } = order;
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
    const mark = core.effects.length;
    try {
      strategy.onFill(ctx, fillView(order, event, complete));
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
