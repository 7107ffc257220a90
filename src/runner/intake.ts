// Intents become orders here, or SKIPPED records with a reason. The runner adds no policy of its own: it checks,
// normalises and sends what the strategy asked for.

import {
  clampFraction,
  defaultFamily,
  legOf,
  opposite,
  orderNumber,
  type IntentKind,
  type IntentNumber,
  type OrderIntent,
  type OrderNumber,
  type OrderRequest,
  type Price,
  type Quantity,
  type Reason,
  type TimeInForce,
} from "../domain/index.ts";
import type { Context } from "../strategy/index.ts";
import type { Core } from "./core.ts";
import { Draft } from "./draft.ts";
import { checkContract, checkIncrease, checkPosition, checkReduce } from "./gates.ts";
import { choosePrices, increaseQuantity, minimumNotional, reduceQuantity, type PriceChoice } from "./normalise.ts";
import { RunnerOrder, type RunnerDesk } from "./order.ts";
import { StrategyError } from "./strategy-error.ts";

export class Intake {
  declare private readonly core: Core;

  constructor(core: Core) {
    this.core = core;
  }

  /** The door of Context.open, add, reduce and close. @returns the intent's number */
  ask(desk: RunnerDesk, ctx: Context, kind: IntentKind, intent: OrderIntent): number {
    const { core } = this;
    core.intents += 1;
    const draft = draftOf(desk, kind, intent, core.intents as IntentNumber);
    // The snapshot is of this moment: what the strategy changes after the call is undone when the order fails.
    const snapshot = draft.increases || !draft.protects ? core.snapshotOf(desk) : undefined;
    const outcome = this.pass(desk, ctx, draft);
    if (typeof outcome === "string") core.refuse(desk, ctx, draft.intentView(), outcome, snapshot);
    else if (outcome !== null) this.send(desk, draft, outcome, snapshot);
    return draft.number;
  }

  // null: settled without an order (a close of what is not there).
  private pass(desk: RunnerDesk, ctx: Context, draft: Draft): OrderRequest | Reason | null {
    const { core } = this;
    const { kind, intent } = draft;
    if (core.halted) return "halted";
    if (desk.bars.index < desk.warmup) return "warm_up";
    const contract = checkContract(kind, intent, draft.type, draft.family, desk);
    if (contract !== null) return contract;
    const quantity = this.wantedQuantity(desk, draft);
    if (typeof quantity === "string") return quantity;
    const position = checkPosition(kind, intent, desk);
    if (position !== null) return position;
    if (!draft.increases && desk.book.quantityOf(intent.side) === 0) return this.syncAbsent(desk, intent);
    draft.wanted = quantity;
    const guarded = draft.increases ? checkIncrease(kind, draft.family, core, desk, ctx, draft) : checkReduce(core, desk, ctx, draft);
    if (guarded !== null) return guarded;
    return this.normalise(desk, draft, quantity);
  }

  /** Quantity in the strategy's numbers: explicit, a share of the position, or a notional that it delegates (rows 004-IN-3, 004-IN-4). */
  private wantedQuantity(desk: RunnerDesk, draft: Draft): number | Reason {
    const { intent, kind } = draft;
    if (!draft.increases) {
      const held = desk.instrument.quantityNumber(desk.book.quantityOf(intent.side));
      if (intent.fraction !== undefined) return held * clampFraction(intent.fraction);
      if (intent.quantity === undefined) return kind === "CLOSE" ? held : "missing_explicit_qty";
      return intent.quantity > 0 ? intent.quantity : "missing_explicit_qty";
    }
    if (intent.quantity !== undefined)
      return intent.quantity > 0 && intent.quantity < Number.POSITIVE_INFINITY ? intent.quantity : "missing_explicit_qty";
    const { policy } = desk.strategy;
    const sizing = intent.sizing ?? (policy.sizing === "delegate_notional" ? "delegate_notional" : "explicit_qty");
    if (sizing === "explicit_qty") return "missing_explicit_qty";
    const notional = sizing === "runner_notional" ? this.core.settings.runnerNotional : (intent.notional ?? policy.notional);
    const price = intent.price ?? desk.instrument.priceNumber(desk.lastClose);
    if (notional === null || !(notional > 0) || !(price > 0)) return "missing_explicit_qty";
    return notional / price / desk.instrumentView.contractSize;
  }

  /** A close of a position that the book does not have: the strategy asked to settle locally (row 004-IN-11). */
  private syncAbsent(desk: RunnerDesk, intent: OrderIntent): null {
    const leg = legOf(intent.side, desk.hedge);
    this.core.effects.push({
      type: "position_synced",
      market: desk.market,
      leg,
      status: "SYNCED",
      quantity: 0 as Quantity,
      reason: "exchange_no_position_before_close",
    });
    return null;
  }

  private normalise(desk: RunnerDesk, draft: Draft, wanted: number): OrderRequest | Reason {
    const { instrument } = desk;
    const { intent, side, type } = draft;
    const policy = desk.policy(draft.family);
    const postOnly = type === "limit" && intent.timeInForce === undefined && (intent.postOnly ?? policy.postOnly);
    const prices = choosePrices(intent, type, side, instrument, policy, postOnly, desk.lastClose);
    if (typeof prices === "string") return prices;
    const reference = prices.price ?? prices.trigger ?? desk.lastClose;
    const quantity = this.exactQuantity(desk, draft, wanted, reference);
    if (typeof quantity === "string") return quantity;
    if (draft.increases) {
      const capped = this.checkCaps(desk, quantity, reference);
      if (capped !== null) return capped;
    }
    if (prices.repriced) this.reportRepricing(desk, prices);
    const timeInForce: TimeInForce = postOnly ? "PO" : (intent.timeInForce ?? "GTC");
    const resting = type === "limit" && (timeInForce === "GTC" || timeInForce === "PO");
    return {
      order: orderNumber(draft.number, 0),
      market: desk.market,
      side,
      leg: legOf(intent.side, desk.hedge),
      family: draft.family,
      type,
      quantity,
      price: prices.price,
      trigger: prices.trigger,
      timeInForce,
      reduceOnly: !draft.increases && !desk.hedge && !desk.instrument.spot,
      timeToLive: resting ? (intent.timeToLive === undefined ? policy.timeToLiveMs : intent.timeToLive) : null,
      replaces: null,
    };
  }

  private exactQuantity(desk: RunnerDesk, draft: Draft, wanted: number, reference: Price): Quantity | Reason {
    const { instrument } = desk;
    if (!draft.increases) return reduceQuantity(wanted, instrument, desk.book.quantityOf(draft.intent.side), reference);
    return increaseQuantity(wanted, instrument, reference, minimumNotional(instrument, reference, this.core.settings.minOrderNotional));
  }

  private checkCaps(desk: RunnerDesk, quantity: Quantity, price: Price): Reason | null {
    const { core } = this;
    if (!core.risk.active) return null;
    const { instrument } = desk;
    const notional = instrument.moneyNumber(instrument.notional(price, quantity));
    let exposure: number = quantity;
    for (const leg of desk.book.legs) exposure += Math.abs(leg.quantity);
    for (const order of desk.orders) if (order.increases) exposure += order.remaining;
    const exposureAfter = instrument.moneyNumber(instrument.notional(price, exposure as Quantity));
    return core.risk.check({ notional, exposureAfter, openOrders: core.orders.size, now: core.now });
  }

  private reportRepricing(desk: RunnerDesk, prices: PriceChoice): void {
    desk.retries += 1;
    const price = desk.instrument.priceNumber(prices.price ?? (0 as Price));
    this.core.alert("info", `post_only_repriced: ${desk.instrument.symbol} moved one tick inside, to ${price}`);
  }

  private send(desk: RunnerDesk, draft: Draft, request: OrderRequest, snapshot: unknown): void {
    const { replaces } = draft.intent;
    const replaced = replaces === undefined ? undefined : desk.orderOfIntent(replaces);
    if (replaced !== undefined) this.cancel(replaced, "replaced", "replaced");
    if (draft.kind === "CLOSE" && (request.type === "market" || request.timeInForce === "IOC" || request.timeInForce === "FOK"))
      this.cancelPending(desk, draft.direction);
    if (snapshot !== undefined) desk.version += 1;
    this.dispatch(new RunnerOrder(desk, draft, request, request.price ?? request.trigger ?? desk.lastClose, draft.reason, snapshot, desk.version));
  }

  /** A position that is being left must not grow again: its entries and adds go first (row 004-MG-1). A close that only rests leaves them alone. */
  private cancelPending(desk: RunnerDesk, side: "LONG" | "SHORT"): void {
    if (desk.pendingEntries + desk.pendingAdds === 0) return;
    for (const order of desk.orders) if (order.increases && order.side === side) this.cancel(order, "runner", "position_closed");
  }

  /** The one place from which an order leaves. */
  dispatch(order: RunnerOrder): void {
    const { core } = this;
    const { request, desk } = order;
    core.orders.add(order);
    desk.take(order);
    core.risk.orderSent(core.now);
    core.effects.push({ type: "submit_order", request, reason: order.reason });
    if (request.timeToLive !== null) core.setTimer({ kind: "time_to_live", order: order.order }, core.now + request.timeToLive);
  }

  /** Asks the venue to cancel; false when a cancel is on its way already. */
  cancel(order: RunnerOrder, cause: RunnerOrder["cancelCause"], reason: Reason): boolean {
    const { core } = this;
    const { desk } = order;
    if (order.cancelCause !== "none") return false;
    desk.count(order, -1);
    order.cancelCause = cause;
    order.cancelTime = core.now;
    core.effects.push({ type: "cancel_order", order: order.order, market: desk.market, reason });
    if (desk.cancelWatch === 0) desk.cancelWatch = core.now + core.settings.cancelConfirmMs;
    return true;
  }

  amend(desk: RunnerDesk, intent: number, change: { price?: number; trigger?: number; quantity?: number }): boolean {
    const order = desk.orderOfIntent(intent);
    if (order === undefined || order.cancelCause !== "none" || order.unknown || this.core.halted) return false;
    const { instrument } = desk;
    const { request } = order;
    const price = change.price === undefined ? null : instrument.priceFromNumber(change.price, request.side === "buy" ? "down" : "up");
    const trigger = change.trigger === undefined ? null : instrument.priceFromNumber(change.trigger, "nearest");
    const quantity = change.quantity === undefined ? null : instrument.quantityFromNumber(change.quantity, "down");
    if (price === null && trigger === null && quantity === null) return false;
    if (order.increases && quantity !== null && quantity > request.quantity && !this.mayGrow(order, (quantity - request.quantity) as Quantity))
      return false;
    this.core.amendments.asked(order.order, quantity ?? 0);
    this.core.effects.push({ type: "amend_order", order: order.order, market: desk.market, price, trigger, quantity });
    return true;
  }

  /** An amendment that enlarges an entry passes what a new one would have to pass. */
  private mayGrow(order: RunnerOrder, growth: Quantity): boolean {
    const { core } = this;
    const { desk, request } = order;
    if (core.stop !== null || desk.unresolved > 0 || desk.backoff.blocks(request.family, core.now)) return false;
    return this.checkCaps(desk, growth, request.price ?? desk.lastClose) === null;
  }

  /** All of them: the operator's, the policy's, and the intent's own general and special permission. */
  private permits(order: RunnerOrder, trigger: "onReject" | "onTimeout"): boolean {
    const own = trigger === "onReject" ? order.draft.fallbackOnReject : order.draft.fallbackOnTimeout;
    return own && order.desk.strategy.policy.fallback[trigger] && this.core.settings.fallback[trigger];
  }

  /** A permitted market fallback: a new attempt of the same intent, for what the limit left open (rows 004-OP-4, 004-OP-7). */
  fallback(order: RunnerOrder, ctx: Context, trigger: "onReject" | "onTimeout"): boolean {
    const { core } = this;
    const { desk } = order;
    if (order.request.type === "market" || order.unfilled <= 0 || !this.permits(order, trigger)) return false;
    // Stop file, permission and backoff are asked again directly before the market order (row 004-OP-9).
    const blocked = order.increases ? checkIncrease(order.kind, order.request.family, core, desk, ctx, order) : checkReduce(core, desk, ctx, order);
    if (blocked !== null || core.halted) {
      const { kind, side } = order;
      core.effects.push({
        type: "intent_skipped",
        intent: order.intent as IntentNumber,
        market: desk.market,
        kind,
        side,
        family: order.request.family,
        reason: "fallback_blocked",
      });
      return false;
    }
    desk.retries += 1;
    const request: OrderRequest = {
      ...order.request,
      order: (order.order + 1) as OrderNumber,
      type: "market",
      quantity: order.unfilled,
      price: null,
      trigger: null,
      timeInForce: "GTC",
      timeToLive: null,
      replaces: order.order,
    };
    this.dispatch(new RunnerOrder(desk, order.draft, request, order.reference, "market_fallback", order.snapshot, order.version));
    return true;
  }

  /** The policy's own answer to an entry that slipped too far: reduce it at once (row 004-OP-12). @returns the order that does it */
  revert(order: RunnerOrder, quantity: Quantity): OrderNumber {
    const { desk } = order;
    this.core.intents += 1;
    const number = this.core.intents as IntentNumber;
    const request: OrderRequest = {
      ...order.request,
      order: orderNumber(number, 0),
      side: opposite(order.request.side),
      family: "revert",
      type: "market",
      quantity,
      price: null,
      trigger: null,
      timeInForce: "GTC",
      reduceOnly: !desk.hedge && !desk.instrument.spot,
      timeToLive: null,
      replaces: null,
    };
    const draft = new Draft(number, "CLOSE", { side: order.side, tag: order.tag ?? undefined }, "revert", "market", false, "max_entry_slip");
    this.dispatch(new RunnerOrder(desk, draft, request, desk.lastClose, "max_entry_slip", undefined, -1));
    return request.order;
  }
}

/** @throws StrategyError `strategy_nonsense` for what is no intent at all */
function draftOf(desk: RunnerDesk, kind: IntentKind, intent: OrderIntent, number: IntentNumber): Draft {
  if (typeof intent !== "object" || intent === null || (intent.side !== "LONG" && intent.side !== "SHORT")) {
    throw nonsense(desk, kind, "an intent needs a side, LONG or SHORT");
  }
  if (isNoNumber(intent.quantity) || isNoNumber(intent.fraction) || isNoNumber(intent.notional))
    throw nonsense(desk, kind, "a size must be a number");
  if (isNoNumber(intent.price) || isNoNumber(intent.trigger)) throw nonsense(desk, kind, "a price must be a number");
  const family = intent.family ?? defaultFamily(kind);
  const style = kind === "ADD" ? desk.strategy.policy.dcaOrderType : null;
  const type = intent.orderType ?? style ?? desk.policy(family).orderType;
  return new Draft(number, kind, intent, family, type, kind === "OPEN" || kind === "ADD", intent.reason ?? "signal");
}

function isNoNumber(value: unknown): boolean {
  return value !== undefined && typeof value !== "number";
}

function nonsense(desk: RunnerDesk, kind: IntentKind, what: string): StrategyError {
  const where = `on ${desk.instrument.symbol}, bar ${desk.bars.index}`;
  return new StrategyError(
    desk,
    "strategy_nonsense",
    `strategy ${desk.strategy.name} asked for a senseless ${kind} ${where}: ${what}`,
    "see OrderIntent in seatrial/strategy",
  );
}
