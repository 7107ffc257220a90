// Intents become orders here, or SKIPPED records with a reason. The runner adds no policy of its own: it checks,
// normalises and sends what the strategy asked for.

import {
  clampFraction,
  isRiskIncrease,
  minimumNotional,
  type IntentNumber,
  type OrderIntent,
  type OrderNumber,
  type Price,
  type Quantity,
  type Reason,
} from "../domain/index.ts";
import type { Context } from "../strategy/index.ts";
import { Brackets } from "./brackets.ts";
import type { Core } from "./core.ts";
import { checkContract, checkIncrease, checkPosition, checkReduce } from "./gates.ts";
import type { OrderForms } from "./order-forms.ts";
import { choosePrices, increaseQuantity, reduceQuantity } from "./normalise.ts";
import type { RunnerDesk, RunnerOrder } from "./order.ts";
import { guaranteed, worstExposure } from "./doubts/exposure.ts";
import { Routes } from "./routing/routes.ts";
import { StrategyError } from "./strategy-error.ts";
import { chooseTerms, hasTerms } from "./terms.ts";
import { statusRefusal } from "./trading-status.ts";

export class Intake {
  declare private readonly core: Core;
  declare readonly brackets: Brackets;
  declare readonly routes: Routes;

  constructor(core: Core) {
    this.core = core;
    this.brackets = new Brackets(core);
    this.routes = new Routes(core, this);
  }

  /** The door of Context.open, add, reduce and close. @returns the intent's number */
  ask(desk: RunnerDesk, ctx: Context, forms: OrderForms, intent: OrderIntent): number {
    const { core } = this;
    core.catchUp(desk);
    if (desk.askedTime !== core.now) {
      desk.askedTime = core.now;
      desk.asked = 0;
    }
    desk.asked += 1;
    if (desk.asked > core.intentsMax) throw tooManyIntents(desk, core.intentsMax);
    core.intents += 1;
    const order = this.plan(desk, forms, intent, core.intents as IntentNumber);
    // The snapshot is of this moment: what the strategy changes after the call is undone when the order fails.
    if (order.increases || !order.protects) order.snapshot = core.snapshotOf(desk);
    const number = order.intent;
    const refusal = this.pass(ctx, order, intent);
    if (refusal === null) this.send(order, intent);
    else {
      if (refusal !== "synced") core.refuse(desk, order.askedView(intent), refusal, order.snapshot);
      core.pool.discard(order);
    }
    return number;
  }

  /** @throws StrategyError `strategy_nonsense` for what is no intent at all */
  private plan(desk: RunnerDesk, forms: OrderForms, intent: OrderIntent, number: IntentNumber): RunnerOrder {
    const side = (intent as OrderIntent | null | undefined)?.side;
    if (side !== "LONG" && side !== "SHORT") {
      throw nonsense(desk, forms, "an intent needs a side, LONG or SHORT");
    }
    if (isNoNumber(intent.quantity) || isNoNumber(intent.fraction) || isNoNumber(intent.notional))
      throw nonsense(desk, forms, "a size must be a number");
    if (isNoNumber(intent.price) || isNoNumber(intent.trigger)) throw nonsense(desk, forms, "a price must be a number");
    const order = this.core.pool.take();
    order.plan(desk, number, forms.of(side, intent.family, intent.orderType));
    if (intent.reason !== undefined) order.reason = intent.reason;
    if (intent.tag !== undefined) order.tag = intent.tag;
    if (intent.allowMarketFallback === true) {
      order.fallbackOnReject = intent.fallbackOnReject === true;
      order.fallbackOnTimeout = intent.fallbackOnTimeout === true;
    }
    return order;
  }

  // null: it is a request now. "synced": settled without an order (a close of what is not there).
  private pass(ctx: Context, order: RunnerOrder, intent: OrderIntent): Reason | "synced" | null {
    const { core } = this;
    const { desk, form } = order;
    if (core.halted) return "halted";
    if (core.behind) return "stale_data";
    if (desk.bars.index < desk.warmup) return "warm_up";
    const contract = checkContract(form, intent);
    if (contract !== null) return contract;
    const wanted = this.wantedQuantity(order, intent);
    if (wanted < 0) return "missing_explicit_qty";
    const held = desk.book.quantityOf(form.direction);
    const position = checkPosition(form, intent, desk, held);
    if (position !== null) return position;
    if (held === 0 && !order.increases && intent.parent === undefined) return this.syncAbsent(order);
    order.wanted = wanted;
    const guarded = order.increases ? checkIncrease(core, ctx, order, intent) : checkReduce(core, ctx, order, intent);
    return guarded ?? this.normalise(order, intent);
  }

  /** Quantity in the strategy's numbers: explicit, a share of the position, or a notional that it delegates (rows 004-IN-3, 004-IN-4); -1: none. */
  private wantedQuantity(order: RunnerOrder, intent: OrderIntent): number {
    const { desk } = order;
    const { quantity } = intent;
    if (order.increases) {
      if (quantity === undefined) return this.delegatedQuantity(desk, intent);
      return quantity > 0 && quantity < Number.POSITIVE_INFINITY ? quantity : -1;
    }
    if (intent.fraction === undefined && quantity !== undefined) return quantity > 0 ? quantity : -1;
    const held = desk.instrument.quantityNumber(desk.book.quantityOf(intent.side));
    if (intent.fraction !== undefined) return held * clampFraction(intent.fraction);
    return order.kind === "CLOSE" ? held : -1;
  }

  private delegatedQuantity(desk: RunnerDesk, intent: OrderIntent): number {
    const { policy } = desk.strategy;
    const sizing = intent.sizing ?? (policy.sizing === "delegate_notional" ? "delegate_notional" : "explicit_qty");
    if (sizing === "explicit_qty") return -1;
    const notional = sizing === "runner_notional" ? this.core.settings.runnerNotional : (intent.notional ?? policy.notional);
    const price = intent.price ?? desk.instrument.priceNumber(desk.lastClose);
    if (notional === null || !(notional > 0) || !(price > 0)) return -1;
    return notional / price / desk.instrumentView.contractSize;
  }

  /** A close of a position that the book does not have: the strategy asked to settle locally (row 004-IN-11). */
  private syncAbsent({ desk, market, leg }: RunnerOrder): "synced" {
    const reason = "exchange_no_position_before_close";
    // In one-way mode the leg may point the other way: what is recorded is what it holds.
    const { quantity } = desk.book.leg(leg);
    this.core.effects.push({ type: "position_synced", market, leg, status: "SYNCED", quantity, reason });
    return "synced";
  }

  /** Makes the order a request: prices, quantity and life. */
  private normalise(order: RunnerOrder, intent: OrderIntent): Reason | null {
    const { desk, form, type } = order;
    const { policy } = form;
    if (hasTerms(intent) || type === "trailing_stop" || intent.timeInForce === "GTD") {
      const refused = chooseTerms(this.core, order, intent);
      if (refused !== null) return refused;
    }
    const postOnly = type === "limit" && intent.timeInForce === undefined && (intent.postOnly ?? policy.postOnly);
    const priceless = choosePrices(order, intent, policy, postOnly);
    if (priceless !== null) return priceless;
    order.reference = order.price !== null ? order.price : order.trigger !== null ? order.trigger : desk.lastClose;
    const quantity = this.exactQuantity(order);
    if (typeof quantity === "string") return quantity;
    order.quantity = quantity;
    if (order.increases) {
      const capped = this.checkCaps(order, quantity, order.reference);
      if (capped !== null) return capped;
    }
    if (order.repriced) this.reportRepricing(order);
    if (postOnly || intent.timeInForce !== undefined) order.names = order.names.lasting(postOnly ? "PO" : (intent.timeInForce ?? "GTC"));
    if (type === "limit" && (order.timeInForce === "GTC" || postOnly)) {
      const life = intent.timeToLive === undefined ? policy.timeToLiveMs : intent.timeToLive;
      if (life !== null) order.timeToLive = life;
    }
    const refused = desk.limited ? statusRefusal(order) : null;
    if (refused !== null) return refused;
    return form.routed || intent.route !== undefined ? this.routes.plan(order, intent, policy.route) : null;
  }

  private exactQuantity({ desk, increases, wanted, direction, reference, terms }: RunnerOrder): Quantity | Reason {
    const { instrument } = desk;
    if (!increases && terms !== null && terms.parent !== null) {
      // It may close what its parent will have opened by then, and what is there already.
      const opening = this.core.orders.get(terms.parent)?.unfilled ?? 0;
      return reduceQuantity(wanted, instrument, (desk.book.quantityOf(direction) + opening) as Quantity, reference);
    }
    if (!increases) return this.reducible(desk, direction, wanted, reference);
    return increaseQuantity(wanted, instrument, reference, minimumNotional(instrument, reference, this.core.settings.minOrderNotional));
  }

  /**
   * What reduces is bound by the position: at the venue, by its position side or by reduce-only. Spot has no such bound, and an
   * order of unknown fate may have sold the coins already: only what is held in any case may be sold there (failures 1.3).
   */
  private reducible(desk: RunnerDesk, direction: "LONG" | "SHORT", wanted: number, reference: Price): Quantity | Reason {
    const { instrument, book } = desk;
    const held = book.quantityOf(direction);
    const sure = instrument.spot && desk.unresolved > 0 ? guaranteed(this.core, desk, direction) : held;
    if (held > 0 && sure <= 0) return "unresolved_outcome";
    return reduceQuantity(wanted, instrument, sure, reference);
  }

  /** @param isOut the order that is asked about is among those in flight */
  private checkCaps(order: RunnerOrder, quantity: Quantity, price: Price, isOut = false): Reason | null {
    const { core } = this;
    if (!core.risk.active) return null;
    const { desk } = order;
    const { instrument } = desk;
    const notional = instrument.moneyNumber(instrument.notional(price, quantity));
    const exposure = worstExposure(core, desk, isOut ? null : { leg: order.leg, side: order.side, quantity });
    const exposureAfter = instrument.moneyNumber(instrument.notional(price, exposure));
    return core.risk.check({ notional, exposureAfter, openOrders: core.orders.size - (isOut ? 1 : 0), now: core.now });
  }

  private reportRepricing({ desk, price }: RunnerOrder): void {
    desk.retries += 1;
    const inside = desk.instrument.priceNumber(price ?? (0 as Price));
    this.core.alert("info", `post_only_repriced: ${desk.instrument.symbol} moved one tick inside, to ${inside}`);
  }

  private send(order: RunnerOrder, { replaces }: OrderIntent): void {
    const { desk } = order;
    // Where the order must wait for the venue, what it replaces stands until then.
    if (replaces !== undefined) this.cancelIntent(desk, replaces, "replaced", "replaced", true);
    if (order.form.leaves && (order.type === "market" || order.timeInForce === "IOC" || order.timeInForce === "FOK"))
      this.cancelPending(desk, order.direction);
    if (order.snapshot !== undefined) desk.version += 1;
    order.version = desk.version;
    if (order.route === null) this.dispatch(order);
    else this.routes.begin(order);
  }

  /** A position that is being left must not grow again: its entries and adds go first (row 004-MG-1). A close that only rests leaves them alone. */
  private cancelPending(desk: RunnerDesk, side: "LONG" | "SHORT"): void {
    if (desk.pendingOf(side, "entry") + desk.pendingOf(side, "dca") === 0) return;
    for (let order = desk.first; order !== null; order = order.later) {
      if (order.increases && order.direction === side && order.route === null) this.cancel(order, "runner", "position_closed");
    }
    const routes = desk.routes.filter(({ family, direction }) => isRiskIncrease(family) && direction === side);
    for (const route of routes) this.routes.end(desk, route, "position_closed");
  }

  /** An order is out from here on, whether it leaves at once or waits for the venue. */
  dispatch(order: RunnerOrder): void {
    const { core } = this;
    core.orders.add(order);
    order.desk.take(order);
    if (core.rateLimits.isShut && core.rateLimits.holdsOrder(order)) return;
    core.leave(order);
  }

  /** Asks the venue to cancel; false when a cancel is on its way already. */
  cancel(order: RunnerOrder, cause: RunnerOrder["cancelCause"], reason: Reason, withOrders = false): boolean {
    const { core } = this;
    const { desk } = order;
    if (order.cancelCause !== "none") return false;
    desk.cancelAsked(order);
    order.cancelCause = cause;
    if (order.status === "NEW") {
      core.setTimer({ kind: "never_sent", order: order.order }, core.now);
      return true;
    }
    order.cancelTime = core.now;
    core.rateLimits.cancel(order, reason, withOrders);
    if (desk.cancelWatch === 0) desk.cancelWatch = core.now + core.settings.cancelConfirmMs;
    return true;
  }

  /** Cancels what is still open of an intent; false when nothing is. */
  cancelIntent(desk: RunnerDesk, intent: number, cause: "strategy" | "replaced", reason: Reason, withOrders = false): boolean {
    const route = desk.routeOf(intent);
    if (route !== undefined) return this.routes.end(desk, route, reason);
    const order = desk.orderOfIntent(intent);
    return order !== undefined && this.cancel(order, cause, reason, withOrders);
  }

  /** The gates of an intent that was let in before, asked again for an order at a price. @param isOut it is out already */
  recheck(order: RunnerOrder, price: Price | null, isOut: boolean): Reason | null {
    const { core } = this;
    const { desk, increases } = order;
    const ctx = core.contexts[desk.market] as Context;
    if (core.halted) return "halted";
    if (!increases) return checkReduce(core, ctx, order, null);
    return checkIncrease(core, ctx, order, null) ?? statusRefusal(order) ?? this.checkCaps(order, order.remaining, price ?? desk.lastClose, isOut);
  }

  /** Moves a resting order to another price, whatever it has filled by then. */
  move({ order, market }: RunnerOrder, price: Price): void {
    this.core.amendments.asked(order, 0);
    this.core.effects.push({ type: "amend_order", order, market, price, trigger: null, quantity: null });
  }

  amend(desk: RunnerDesk, intent: number, change: { price?: number; trigger?: number; quantity?: number }): boolean {
    const order = desk.orderOfIntent(intent);
    if (order === undefined || order.cancelCause !== "none" || order.unknown || order.route !== null || this.core.halted) return false;
    if (order.status === "NEW" || this.core.rateLimits.isClosed("amend")) return false;
    const { instrument } = desk;
    const price = change.price === undefined ? null : instrument.priceFromNumber(change.price, order.side === "buy" ? "down" : "up");
    const trigger = change.trigger === undefined ? null : instrument.priceFromNumber(change.trigger, "nearest");
    const quantity = change.quantity === undefined ? null : instrument.quantityFromNumber(change.quantity, "down");
    if (price === null && trigger === null && quantity === null) return false;
    if (order.increases && quantity !== null && quantity > order.quantity && !this.mayGrow(order, (quantity - order.quantity) as Quantity))
      return false;
    this.core.amendments.asked(order.order, quantity ?? 0);
    this.core.effects.push({ type: "amend_order", order: order.order, market: desk.market, price, trigger, quantity });
    return true;
  }

  /** An amendment that enlarges an entry passes what a new one would have to pass. */
  private mayGrow(order: RunnerOrder, growth: Quantity): boolean {
    const { core } = this;
    const { desk, family, price } = order;
    if (core.stop !== null || core.isLocked(desk.market) || desk.unresolved > 0 || desk.backoff.blocks(family, core.now)) return false;
    return this.checkCaps(order, growth, price ?? desk.lastClose) === null;
  }

  /** All of them: the operator's, the policy's, and the intent's own general and special permission. */
  private permits(order: RunnerOrder, trigger: "onReject" | "onTimeout"): boolean {
    const own = trigger === "onReject" ? order.fallbackOnReject : order.fallbackOnTimeout;
    return own && order.desk.strategy.policy.fallback[trigger] && this.core.settings.fallback[trigger];
  }

  /** A permitted market fallback: a new attempt of the same intent, for what the limit left open (rows 004-OP-4, 004-OP-7). */
  fallback(order: RunnerOrder, ctx: Context, trigger: "onReject" | "onTimeout"): boolean {
    const { core } = this;
    const { desk, market, intent, kind, direction, family } = order;
    if (order.type === "market" || order.unfilled <= 0 || !this.permits(order, trigger)) return false;
    // Stop file, permission and backoff are asked again directly before the market order (row 004-OP-9), and caps at its price (I-10).
    const blocked = order.increases
      ? (checkIncrease(core, ctx, order, null) ?? this.checkCaps(order, order.unfilled, desk.lastClose))
      : checkReduce(core, ctx, order, null);
    if (blocked !== null || core.halted) {
      core.effects.push({ type: "intent_skipped", intent, market, kind, side: direction, family, reason: "fallback_blocked" });
      return false;
    }
    desk.retries += 1;
    const attempt = core.pool.take();
    attempt.plan(desk, intent, desk.forms[kind].of(direction, family, "market"));
    attempt.order = (order.order + 1) as OrderNumber;
    attempt.replaces = order.order;
    attempt.quantity = order.unfilled;
    attempt.reason = "market_fallback";
    attempt.tag = order.tag;
    attempt.reference = order.reference;
    attempt.snapshot = order.snapshot;
    attempt.version = order.version;
    const followers = this.brackets.followersOf(order, attempt);
    this.dispatch(attempt);
    for (const follower of followers) this.dispatch(follower);
    return true;
  }

  /** The policy's own answer to an entry that slipped too far: reduce it at once (row 004-OP-12). @returns the order that does it */
  revert(entry: RunnerOrder, quantity: Quantity): OrderNumber {
    const { core } = this;
    const { desk } = entry;
    core.intents += 1;
    const order = core.pool.take();
    order.plan(desk, core.intents as IntentNumber, desk.forms.CLOSE.of(entry.direction, "revert", "market"));
    order.quantity = quantity;
    order.reason = "max_entry_slip";
    order.tag = entry.tag;
    order.reference = desk.lastClose;
    order.version = -1;
    this.dispatch(order);
    return order.order;
  }
}

function isNoNumber(value: unknown): boolean {
  return value !== undefined && typeof value !== "number";
}

function tooManyIntents(desk: RunnerDesk, most: number): StrategyError {
  const reason = `strategy ${desk.strategy.name} asked for more than ${most} intents at one instant on ${desk.instrument.symbol}, bar ${desk.bars.index}`;
  return new StrategyError(desk, "too_many_intents", reason, "ask once for what is wanted, or raise runner.intentsMax");
}

function nonsense(desk: RunnerDesk, { kind }: OrderForms, what: string): StrategyError {
  const where = `on ${desk.instrument.symbol}, bar ${desk.bars.index}`;
  return new StrategyError(
    desk,
    "strategy_nonsense",
    `strategy ${desk.strategy.name} asked for a senseless ${kind} ${where}: ${what}`,
    "see OrderIntent in seatrial/strategy",
  );
}
