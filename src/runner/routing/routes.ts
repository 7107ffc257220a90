// Routes at work: which order of a routed intent is out, and what comes next. Every order traces to its intent, and none is
// sent before the end of the one before it is confirmed. It must never answer silence with an order.

import {
  orderNumber,
  predictedSlippage,
  type OrderIntent,
  type OrderNumber,
  type OrderStatus,
  type Price,
  type Quantity,
  type Reason,
  type Route,
  type WorkedRoute,
} from "../../domain/index.ts";
import type { Core } from "../core.ts";
import { timeoutReason } from "../end-reasons.ts";
import type { TimerPurpose } from "../timers.ts";
import { dayLiquidity, type DayLiquidity } from "./liquidity.ts";
import { belowMinimum, withMargin } from "../normalise.ts";
import type { RunnerDesk, RunnerOrder } from "../order.ts";
import { lastStage, routeIntentView, slicesOf, sliceWait, stagePrice, stageWaits, type RouteWork } from "./route.ts";

/** The roads that every order takes, and the gates before them. */
interface OrderDesk {
  dispatch(order: RunnerOrder): void;
  cancel(order: RunnerOrder, cause: RunnerOrder["cancelCause"], reason: Reason): boolean;
  move(order: RunnerOrder, price: Price): void;
  recheck(order: RunnerOrder, price: Price | null, isOut: boolean): Reason | null;
}

/** Ends that the strategy has brought about itself: it hears of a cancel, not of a failure. */
const ownEnds: ReadonlySet<Reason> = new Set<Reason>(["strategy_cancel", "replaced", "position_closed"]);

export class Routes {
  declare private readonly core: Core;
  declare private readonly intake: OrderDesk;

  constructor(core: Core, intake: OrderDesk) {
    this.core = core;
    this.intake = intake;
  }

  // ---- an intent becomes a route --------------------------------------------------------------------------------

  /** Plans the route of an order that has passed every gate. @returns why it cannot be worked so, or null */
  plan(order: RunnerOrder, intent: OrderIntent, policy: Route): Reason | null {
    const asked = intent.route ?? policy;
    if (asked === "plain") return null;
    const isWorkable = order.type === "market" && order.terms === null && intent.timeInForce === undefined;
    // The policy speaks of plain market intents; an intent that names a route itself contradicts its own terms.
    if (!isWorkable) return intent.route === undefined ? null : "bad_order_terms";
    const { desk, quantity } = order;
    const route = asked === "auto" ? this.byParticipation(desk, quantity) : asked;
    order.route = this.work(order, route, route === "twap" ? this.slices(order) : [quantity]);
    return null;
  }

  /** Row 002-OM-1: a large share of a day's volume takes its time. */
  private byParticipation(desk: RunnerDesk, quantity: Quantity): WorkedRoute {
    const { volume } = this.liquidity(desk);
    const participation = desk.instrument.quantityNumber(quantity) / Math.max(volume, 1);
    return participation >= desk.routing.participation ? "twap" : "limit-patience";
  }

  private liquidity({ bars, routing }: RunnerDesk): DayLiquidity {
    const today = dayLiquidity(bars.series, bars.index);
    return routing.adv === null ? today : { ...today, volume: routing.adv };
  }

  /** As many as the policy wants, as long as each is large enough at the lowest price that its stages can have. */
  private slices(order: RunnerOrder): Quantity[] {
    const { desk, side, quantity, increases } = order;
    const { instrument, routing, lastClose } = desk;
    const lowest = side === "buy" ? lastClose : stagePrice(instrument, side, lastClose, lastStage, routing.stepRate);
    const { minOrderNotional } = this.core.settings;
    const isTooSmall = (slice: Quantity) => belowMinimum(instrument, lowest, withMargin(slice), increases, minOrderNotional) !== null;
    return slicesOf(quantity, instrument.step, routing.slices, isTooSmall);
  }

  private work(order: RunnerOrder, route: WorkedRoute, slices: Quantity[]): RouteWork {
    const { desk, intent, kind, direction, family, reason, tag, quantity, snapshot, version } = order;
    const waits = stageWaits(desk.routing);
    // A stage that is shorter than a bar must be an order with a life of its own: what happens inside a bar is not seen.
    const amends = desk.amends && (waits[1] as number) >= desk.bars.series.interval;
    return {
      route,
      market: desk.market,
      intent,
      kind,
      direction,
      family,
      reason,
      tag,
      quantity,
      reference: desk.lastClose,
      snapshot,
      version,
      waits,
      amends,
      slices,
      slice: 0,
      stage: 0,
      left: slices[0] as Quantity,
      done: 0 as Quantity,
      told: 0 as Quantity,
      order: 0 as OrderNumber,
      attempts: 0,
      ending: null,
      shortfall: null,
    };
  }

  /** Sends the first order of a planned route. */
  begin(order: RunnerOrder): void {
    const route = order.route as RouteWork;
    const { desk } = order;
    const { instrument, routing } = desk;
    route.version = order.version;
    desk.routes.push(route);
    desk.tally(route, 1);
    const { intent, market, quantity, slices } = route;
    this.core.effects.push({ type: "route_planned", intent, market, route: route.route, quantity, slices: slices.length });
    order.names = desk.forms[order.kind].of(order.direction, order.family, "limit").names.lasting(order.timeInForce);
    order.price = stagePrice(instrument, order.side, desk.lastClose, 0, routing.stepRate);
    order.quantity = route.left;
    this.launch(order, route, 0);
  }

  // ---- orders of a route ----------------------------------------------------------------------------------------

  /** One more order, for what the slice has left; every gate is asked again (row 002-OM-3). */
  private submit(desk: RunnerDesk, route: RouteWork, stage: number): void {
    const { core } = this;
    const { instrument, routing, lastClose } = desk;
    const order = core.pool.take();
    order.plan(desk, route.intent, desk.forms[route.kind].of(route.direction, route.family, "limit"));
    order.order = orderNumber(route.intent, route.attempts);
    order.route = route;
    order.reason = route.reason;
    order.tag = route.tag;
    order.reference = route.reference;
    order.snapshot = route.snapshot;
    order.version = route.version;
    order.quantity = this.quantityLeft(order, route);
    order.price = stagePrice(instrument, order.side, lastClose, stage, routing.stepRate);
    const { price, quantity, increases } = order;
    const tooSmall = quantity === 0 ? "rounds_to_zero" : belowMinimum(instrument, price, quantity, increases, core.settings.minOrderNotional);
    const isGone = !increases && desk.book.quantityOf(route.direction) === 0;
    const refusal = isGone ? "position_closed" : tooSmall === null ? this.intake.recheck(order, price, false) : null;
    if (refusal === null && tooSmall === null) return this.launch(order, route, stage);
    core.pool.discard(order);
    if (refusal !== null) this.finish(desk, route, refusal);
    else if (tooSmall !== null) this.passOn(desk, route, tooSmall);
  }

  /** Never more than the intent still wants, or than there is to reduce; in whole steps. */
  private quantityLeft({ desk, increases, direction }: RunnerOrder, route: RouteWork): Quantity {
    const wanted = Math.min(route.left, route.quantity - route.done);
    const most = increases ? wanted : Math.min(wanted, desk.book.quantityOf(direction));
    return desk.instrument.floorQuantity(Math.max(0, most));
  }

  private launch(order: RunnerOrder, route: RouteWork, stage: number): void {
    const { core } = this;
    const { desk, quantity } = order;
    const { instrument } = desk;
    const { waits, slice, amends } = route;
    route.stage = stage;
    route.order = order.order;
    route.attempts += 1;
    // The venue is told the life, so that what it could fill after its end is not counted on.
    order.timeToLive = amends ? waits.slice(stage).reduce((sum, wait) => sum + wait, 0) : (waits[stage] as number);
    const { volume, volatility } = this.liquidity(desk);
    const price = instrument.priceNumber(desk.lastClose);
    // Bars have no spread: one tick is the least that a book can show.
    const spread = instrument.priceNumber(instrument.tickAt(desk.lastClose));
    const slippage = predictedSlippage(spread, volatility * price, instrument.quantityNumber(quantity), volume);
    const { market } = desk;
    core.effects.push({
      type: "order_routed",
      order: order.order,
      market,
      slice: slice + 1,
      stage: stage + 1,
      predictedSlippage: slippage,
    });
    this.intake.dispatch(order);
    if (amends && stage < lastStage) core.setTimer({ kind: "route_stage", order: order.order }, core.now + (waits[stage] as number));
  }

  // ---- time -----------------------------------------------------------------------------------------------------

  /** A wait is over. */
  due(purpose: Extract<TimerPurpose, { kind: "route_stage" | "route_slice" }>): void {
    if (purpose.kind === "route_stage") return this.stageOver(purpose.order);
    const desk = this.core.desks[purpose.market] as RunnerDesk;
    const route = desk.routeOf(purpose.intent);
    if (route !== undefined) this.submit(desk, route, 0);
    this.core.settleRefusals();
  }

  /** The order stays out and is moved to the price of the next stage. */
  private stageOver(number: OrderNumber): void {
    const { core } = this;
    const order = core.orders.get(number);
    if (order === undefined || order.route === null || order.cancelCause !== "none") return;
    const { route, desk } = order;
    // Nothing is asked of an order of which nothing is known, or that waits for the venue itself, or while that takes no requests.
    const { rateLimits } = core;
    if (order.unknown || order.status === "NEW" || rateLimits.isClosed("amend") || rateLimits.isClosed("submit"))
      return core.setTimer({ kind: "route_stage", order: number }, core.now + core.settings.queryIntervalMs);
    const price = stagePrice(desk.instrument, order.side, desk.lastClose, route.stage + 1, desk.routing.stepRate);
    const refusal = this.intake.recheck(order, price, true);
    if (refusal !== null) {
      this.end(desk, route, refusal);
      return;
    }
    route.stage += 1;
    if (price !== order.price) this.intake.move(order, price);
    if (route.stage < lastStage) core.setTimer({ kind: "route_stage", order: number }, core.now + (route.waits[route.stage] as number));
  }

  /** The life of an order is over. Its end is awaited before anything takes its place. */
  lifeEnded(order: RunnerOrder, route: RouteWork): void {
    const { intake } = this;
    if (route.amends || route.stage === lastStage) {
      intake.cancel(order, "timeout", timeoutReason(order.family));
      return;
    }
    // Of an order in doubt nothing is known but that its life is over; the gates come before what may follow it. A venue that
    // takes no orders for a while may take that one.
    const refusal = order.unknown || this.core.rateLimits.isClosed("submit") ? null : intake.recheck(order, order.price, true);
    if (refusal === null) intake.cancel(order, "replaced", "replaced");
    else this.end(order.desk, route, refusal);
  }

  // ---- fills and ends -----------------------------------------------------------------------------------------------------

  /** One of its orders has filled. A fill that the order's last word had not told of may leave too little for the one that is out. */
  filled(order: RunnerOrder, route: RouteWork, quantity: Quantity): void {
    route.told = (route.told + quantity) as Quantity;
    if (order.order === route.order) return;
    const live = this.core.orders.get(route.order);
    route.done = Math.max(route.done, route.told - (live?.filled ?? 0)) as Quantity;
    if (live !== undefined && route.done + live.quantity > route.quantity) this.intake.cancel(live, "replaced", "replaced");
  }

  /** An order of a route has ended, with its reason; said once more, or of an earlier order, it changes nothing. */
  ended(order: RunnerOrder, route: RouteWork, reason: Reason): void {
    if (route.order !== order.order) return;
    const { desk, status, cancelCause } = order;
    const filled = Math.max(order.filled, order.cumulative);
    route.order = 0 as OrderNumber;
    route.done = (route.done + filled) as Quantity;
    route.left = Math.max(0, route.left - filled) as Quantity;
    if (route.done >= route.quantity) this.finish(desk, route, "filled");
    else if (route.ending !== null) this.finish(desk, route, route.ending);
    else if (route.left === 0) this.nextSlice(desk, route);
    // It took all that there was of the position, or all the whole steps of a rest.
    else if (status === "FILLED") this.submit(desk, route, route.stage);
    // Whose end is on its way has ended as it was to, also when the venue ends it first.
    else if (cancelCause === "replaced" && hasGone(status)) this.submit(desk, route, Math.min(route.stage + 1, lastStage));
    else if (cancelCause === "timeout" && hasGone(status)) {
      route.shortfall ??= reason;
      this.nextSlice(desk, route);
    } else this.finish(desk, route, reason);
    this.core.settleRefusals();
  }

  /** What is too small for an order of its own goes to the next slice; behind the last one it stays undone. */
  private passOn(desk: RunnerDesk, route: RouteWork, reason: Reason): void {
    const next = route.slice + 1;
    if (next < route.slices.length) route.slices[next] = ((route.slices[next] as number) + route.left) as Quantity;
    else route.shortfall ??= reason;
    this.nextSlice(desk, route);
  }

  private nextSlice(desk: RunnerDesk, route: RouteWork): void {
    route.slice += 1;
    if (route.slice >= route.slices.length) return this.finish(desk, route, route.shortfall ?? timeoutReason(route.family));
    route.left = route.slices[route.slice] as Quantity;
    const wait = sliceWait(desk.routing, desk.routeRandom);
    this.core.setTimer({ kind: "route_slice", market: desk.market, intent: route.intent }, this.core.now + wait);
  }

  /** Gives a route up: what is out is cancelled, what is not yet out never goes. @returns false when that is so already */
  end(desk: RunnerDesk, route: RouteWork, reason: Reason): boolean {
    // A late fill of one of its orders may speak of it when it is long over.
    if (!desk.routes.includes(route)) return false;
    const isFirst = route.ending === null;
    if (isFirst) {
      route.ending = reason;
      desk.tally(route, -1);
    }
    const live = this.core.orders.get(route.order);
    if (live !== undefined) return this.intake.cancel(live, reason === "strategy_cancel" ? "strategy" : "runner", reason) || isFirst;
    // An order that has just ended is still being told about; `ended` comes next and sees the reason.
    if (isFirst && route.order === 0) this.finish(desk, route, reason);
    return isFirst;
  }

  private finish(desk: RunnerDesk, route: RouteWork, cause: Reason): void {
    const { core } = this;
    const { intent, market, done, quantity, snapshot, version } = route;
    const reason = done >= quantity ? "filled" : cause;
    if (route.ending === null) desk.tally(route, -1);
    desk.routes.splice(desk.routes.indexOf(route), 1);
    core.effects.push({ type: "route_ended", intent, market, filled: done, reason });
    // The fill that completed it has told the strategy.
    if (reason === "filled") return;
    const view = routeIntentView(desk.instrument, route);
    const failed = done === 0 && !ownEnds.has(reason);
    core.tell({ desk, view, reason, snapshot: failed ? snapshot : undefined, version, filled: failed ? null : desk.instrument.quantityNumber(done) });
  }
}

/** The venue had the order, and has it no more. */
function hasGone(status: OrderStatus): boolean {
  return status === "CANCELED" || status === "EXPIRED";
}
