// Answers of the venue about orders: what became of them. Each fact is applied once, whatever the order and the number
// of times in which it is told; an unknown outcome is left only on evidence.

import {
  InvariantError, type Family, type Money, type OrderCanceled, type OrderExpired, type OrderFilled, type OrderNumber, type OrderRejected, type OrderUnknown, type Quantity,
  type QueryAnswered, type Reason,
} from "../domain/index.ts";
import type { Context, FillView } from "../strategy/index.ts";
import type { BackoffFamily } from "./backoff.ts";
import { strategyError, type Core } from "./core.ts";
import type { Intake } from "./intake.ts";
import type { RunnerDesk, RunnerOrder } from "./order.ts";

/** Reads that must agree before the absence of an order is believed (failures 1.1). */
const absenceReads = 2;
const cancelRetriesMax = 3;

export class Outcomes {
  private readonly core: Core;
  private readonly intake: Intake;
  private readonly contexts: readonly Context[];

  constructor(core: Core, intake: Intake, contexts: readonly Context[]) {
    this.core = core;
    this.intake = intake;
    this.contexts = contexts;
  }

  acknowledged(number: OrderNumber): void {
    const order = this.known(number, "an acknowledgement");
    if (order === undefined || !order.unknown || order.cancelCause !== "none") return;
    order.desk.setUnknown(order, false);
    this.core.settle(order, "SUBMITTED", order.reason);
  }

  rejected(event: OrderRejected): void {
    const order = this.known(event.order, "a rejection");
    if (order === undefined || order.ended) return;
    const { core, intake } = this;
    const { desk } = order;
    core.settle(order, "REJECTED", event.reason);
    core.retire(order);
    if (order.increases) desk.backoff.fail(backoffFamily(order.request.family, event.reason), core.now, event.reason, event.code);
    // Evidence about the position, not an order to retry: ask the venue what it holds (failures A13).
    if (event.reason === "reduce_only_rejected") core.effects.push({ type: "query_position", market: desk.market, leg: order.leg });
    if (intake.fallback(order, this.context(desk), "onReject")) return;
    this.fail(order, event.reason);
  }

  filled(event: OrderFilled): void {
    const order = this.known(event.order, "a fill");
    if (order === undefined || !order.takeTrade(event.trade)) return;
    const { core } = this;
    const { desk } = order;
    if (event.quantity <= 0 || event.quantity > order.remaining) {
      throw new InvariantError("I-07", `order ${order.order} was overfilled: ${event.quantity} of ${order.remaining}`);
    }
    order.filled = (order.filled + event.quantity) as Quantity;
    const ledger = desk.book.apply(order.request, event);
    desk.version += 1;
    if (ledger !== null) {
      core.netResult = (core.netResult + ledger.net) as Money;
      core.effects.push({ ...ledger, cumulative: core.netResult });
    }
    const complete = order.remaining === 0;
    if (complete) this.completed(order);
    else if (!order.ended) {
      if (order.unknown && order.cancelCause === "none") desk.setUnknown(order, false);
      if (!order.unknown) order.setStatus("PARTIAL");
    }
    if (order.increases) desk.backoff.succeed(order.request.family === "dca" ? "dca" : "entry");
    this.tellFill(order, event, complete);
    if (complete && order.request.family === "entry") this.checkSlip(order, event);
  }

  private completed(order: RunnerOrder): void {
    const late = order.cancelTime > 0 || order.unknown || order.ended;
    const reason: Reason = !late ? "filled" : order.request.family === "dca" ? "dca_limit_fill" : order.increases ? "first_limit_late_fill" : "fill_during_cancel";
    order.desk.setUnknown(order, false);
    this.core.settle(order, "FILLED", reason);
    this.core.retire(order);
  }

  canceled(event: OrderCanceled): void {
    const order = this.known(event.order, "a cancellation");
    if (order === undefined || order.ended) return;
    order.cumulative = event.cumulative;
    this.ended(order, "CANCELED", cancelReason(order));
  }

  expired(event: OrderExpired): void {
    const order = this.known(event.order, "an expiry");
    if (order === undefined || order.ended) return;
    order.cumulative = event.cumulative;
    this.ended(order, "EXPIRED", event.reason);
  }

  /** The request left and nothing definite came back: ask, and keep the exposure open until there is evidence. */
  unknown(event: OrderUnknown): void {
    const order = this.known(event.order, "an unknown outcome");
    if (order === undefined || order.ended) return;
    this.doubt(order, event.request === "cancel" ? "cancel_unconfirmed" : "reply_lost");
  }

  cancelRejected(number: OrderNumber): void {
    const order = this.known(number, "a refused cancel");
    // A refused cancel is not a state: usually the order has just filled (failures A11).
    if (order === undefined || order.ended) return;
    this.doubt(order, "cancel_unconfirmed");
  }

  answered(event: QueryAnswered): void {
    const order = this.known(event.order, "a query's answer");
    if (order === undefined) return;
    for (const fill of event.fills) this.filled(fill);
    if (order.ended) return;
    if (event.status === null) return this.absent(order);
    order.absentReads = 0;
    order.cumulative = event.cumulative;
    if (event.status === "CANCELED") return this.ended(order, "CANCELED", cancelReason(order));
    if (event.status === "EXPIRED") return this.ended(order, "EXPIRED", order.reason);
    if (event.status === "REJECTED") return this.ended(order, "REJECTED", "injected_rejection");
    if (event.status === "SUBMITTED" || event.status === "PARTIAL") this.stillOpen(order);
  }

  private stillOpen(order: RunnerOrder): void {
    const { core } = this;
    const { desk } = order;
    if (!order.unknown) return;
    desk.setUnknown(order, false);
    core.settle(order, order.filled > 0 ? "PARTIAL" : "SUBMITTED", order.reason);
    if (order.cancelCause === "none" || order.cancelRetries >= cancelRetriesMax) return;
    // The cancel did not happen; what asked for it still holds.
    order.cancelRetries += 1;
    desk.retries += 1;
    order.cancelTime = core.now;
    core.effects.push({ type: "cancel_order", order: order.order, market: desk.market, reason: "cancel_unconfirmed" });
    this.watchCancels(desk);
  }

  private absent(order: RunnerOrder): void {
    const { core } = this;
    order.absentReads += 1;
    if (order.absentReads < absenceReads || order.filled > 0) return this.queryLater(order);
    order.desk.setUnknown(order, false);
    core.settle(order, "NEVER_ARRIVED", "never_arrived");
    core.retire(order);
    if (order.increases) order.desk.backoff.fail("exchange_error", core.now, "never_arrived", null);
    this.fail(order, "never_arrived");
  }

  private doubt(order: RunnerOrder, reason: Reason): void {
    const { core } = this;
    if (order.unknown) return;
    order.desk.setUnknown(order, true);
    core.settle(order, "UNKNOWN", reason);
    // Row 004-OP-8: the strategy goes back to where it was; the order stays pending and is chased.
    if (reason === "cancel_unconfirmed" && order.increases && order.filled === 0) core.restore(order.desk, order.snapshot, order.version);
    core.effects.push({ type: "query_order", order: order.order, market: order.desk.market });
  }

  private queryLater(order: RunnerOrder): void {
    this.core.setTimer({ kind: "query", order: order.order }, this.core.now + this.core.settings.queryIntervalMs);
  }

  /** A query timer: asks again while the outcome is open. */
  queryAgain(number: OrderNumber): void {
    const order = this.core.orders.get(number);
    if (order !== undefined && order.unknown) this.core.effects.push({ type: "query_order", order: number, market: order.desk.market });
  }

  /** A time to live has run out: the runner cancels what still rests. */
  lifeEnded(number: OrderNumber): void {
    const order = this.core.orders.get(number);
    if (order === undefined || order.ended || order.unknown) return;
    this.intake.cancel(order, "timeout", timeoutReason(order.request.family));
  }

  /** Cancels without an answer for too long are unconfirmed; younger ones are looked at again later. */
  watchCancels(desk: RunnerDesk): void {
    const { core } = this;
    let next = Number.POSITIVE_INFINITY;
    for (const order of desk.orders) {
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
    desk.setUnknown(order, false);
    core.settle(order, status, reason);
    core.retire(order);
    if (order.cancelCause === "timeout" && status === "CANCELED" && this.intake.fallback(order, ctx, "onTimeout")) return;
    const touched = order.filled > 0 || order.cumulative > 0;
    if (!touched && order.cancelCause !== "strategy" && order.cancelCause !== "replaced") return this.fail(order, reason);
    if (desk.strategy.onCanceled === undefined) return;
    const filled = desk.instrument.quantityNumber(Math.max(order.filled, order.cumulative) as Quantity);
    core.guard(desk, "onCanceled", () => desk.strategy.onCanceled?.(ctx, order.intentView(), filled));
    core.settleRefusals(desk, ctx);
  }

  /** An intent came to nothing: the strategy's state goes back, and it is told. */
  private fail(order: RunnerOrder, reason: Reason): void {
    const { core } = this;
    const { desk } = order;
    const ctx = this.context(desk);
    const restored = order.increases && order.filled === 0 && core.restore(desk, order.snapshot, order.version);
    if (desk.strategy.onRejected === undefined) return;
    core.guard(desk, "onRejected", () => desk.strategy.onRejected?.(ctx, order.intentView(), reason, restored));
    core.settleRefusals(desk, ctx);
  }

  private tellFill(order: RunnerOrder, event: OrderFilled, complete: boolean): void {
    const { core } = this;
    const { desk } = order;
    const { strategy, instrument } = desk;
    if (strategy.onFill === undefined) return;
    const ctx = this.context(desk);
    const feeScale = event.feeCurrency === instrument.rules.settle ? instrument.moneyPower : instrument.quantityPower;
    const fill: FillView = {
      intent: order.intent, family: order.request.family, kind: order.kind, side: order.side, price: instrument.priceNumber(event.price),
      quantity: instrument.quantityNumber(event.quantity), fee: event.fee / feeScale, liquidity: event.liquidity, time: event.time, complete,
      cumulative: instrument.quantityNumber(order.filled), tag: order.tag,
    };
    try {
      strategy.onFill(ctx, fill);
    } catch (error) {
      throw strategyError(desk, "onFill", error);
    }
    if (core.hasRefusals) core.settleRefusals(desk, ctx);
  }

  /** Row 004-OP-12: an entry that slipped further than the policy allows is reduced at once. */
  private checkSlip(order: RunnerOrder, event: OrderFilled): void {
    const { maxEntrySlipBp } = order.desk.strategy.policy;
    if (maxEntrySlipBp <= 0 || order.reference <= 0) return;
    const adverse = (event.price - order.reference) * (order.request.side === "buy" ? 1 : -1);
    if (adverse * 10_000 <= maxEntrySlipBp * order.reference) return;
    this.core.alert("warning", `max_entry_slip: ${order.desk.instrument.symbol} entered ${((adverse / order.reference) * 10_000).toFixed(2)} bp away, reverting`);
    this.intake.revert(order, order.filled);
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

function backoffFamily(family: Family, reason: Reason): BackoffFamily {
  if (reason === "post_only_would_cross") return "reprice";
  if (reason === "rate_limited") return "exchange_error";
  return family === "dca" ? "dca" : "entry";
}

function timeoutReason(family: Family): Reason {
  return family === "dca" ? "dca_limit_timeout" : family === "entry" ? "entry_limit_timeout" : "limit_timeout";
}

function cancelReason(order: RunnerOrder): Reason {
  switch (order.cancelCause) {
    case "strategy":
      return "strategy_cancel";
    case "replaced":
      return "replaced";
    case "timeout":
      return timeoutReason(order.request.family);
    case "runner":
    case "none":
      return "operator_request";
  }
}
