// One leg of dual-dca: entry, ladder, take-profit and sub-sells of the long or the short side (rows 004-DS-1…5). It holds
// the leg's trade state and asks for intents; it must never assume that an intent became an order.

import type { OrderIntent } from "../../domain/index.ts";
import type { BarView, Context, FillView, IntentView } from "../contract.ts";
import { Flight, rungOfTag, rungTag, type FlightState } from "./dca-flight.ts";
import {
  feeOf,
  levelAfter,
  levelBeyond,
  lotFloor,
  lotTarget,
  minimumQuantity,
  minimumSale,
  moved,
  multiplierOf,
  reaches,
  toStep,
  type Direction,
} from "./dca-ladder.ts";
import { dcaReasons, type DcaParams } from "./dca-params.ts";
import { Lots, type DcaLot } from "./lots.ts";
import { isCounterTrend, readTrend, trendPercent, trendScore } from "./trend.ts";

/** Plain JSON; trade fields only (row 004-DS-7). */
export interface LegState {
  readonly lots: readonly DcaLot[];
  /** Quantity of the first entry, the unit of the multipliers; 0 while flat. */
  readonly base: number;
  /** The take-profit was touched since the last fill, and the best price since then. */
  readonly armed: boolean;
  readonly extreme: number;
  /** Times of the entries and ADDs of the last three minutes. */
  readonly recent: readonly number[];
  readonly flight: FlightState;
}

const rateWindowMs = 180_000;

export class DcaLeg {
  declare readonly side: "LONG" | "SHORT";
  brokerMinimum = 0;
  declare private readonly params: DcaParams;
  declare private readonly direction: Direction;
  declare private readonly resting: boolean;
  private readonly lots = new Lots();
  private readonly flight = new Flight();
  private base = 0;
  private armed = false;
  private extreme = 0;
  private recent: number[] = [];

  constructor(side: "LONG" | "SHORT", params: DcaParams) {
    this.side = side;
    this.params = params;
    this.direction = side === "LONG" ? 1 : -1;
    this.resting = params.ladder === "resting";
  }

  /** @param decide false on bars that only move the trailing extreme */
  onBar(ctx: Context, decide: boolean): void {
    if (this.flight.unsure) this.resync(ctx);
    if (this.lots.count === 0) {
      if (decide && this.flight.idle) this.enter(ctx);
      return;
    }
    const due = this.takeProfitDue(ctx.bars);
    if (decide && this.flight.closing === 0) this.manage(ctx, due);
    if (this.resting) this.placeTarget(ctx);
  }

  onFill(ctx: Context, fill: FillView): void {
    if (fill.kind === "OPEN" || fill.kind === "ADD") this.bought(ctx, fill);
    else if (fill.kind === "CLOSE" || fill.kind === "PARTIAL_CLOSE") this.sold(ctx, fill);
  }

  /** An intent was refused, rejected, expired or cancelled. */
  onEnded(intent: number): void {
    this.flight.end(intent);
  }

  /** Takes the runner's open orders for what is out: after a rollback, or where an end may have gone unheard. */
  resync(ctx: Context): void {
    const newest = this.lots.newest;
    this.flight.resync(ctx.orders(), this.side, newest?.intent ?? 0);
    // A market ADD that a rollback forgot has no price to tell its level by: the ladder does.
    if (newest !== undefined) this.flight.setLevels((rung) => this.levelOf(newest, rung));
    if (this.lots.count === 0 && !this.flight.idle) this.flight.unsure = true;
  }

  /** The position is `quantity` now, whatever the lots say: the newest lots go first, more than known joins as a lot. */
  adopt(ctx: Context, quantity: number): void {
    const more = quantity - this.lots.quantity;
    if (Math.abs(more) < ctx.instrument.step / 2) return;
    if (quantity < ctx.instrument.step / 2) {
      this.finish(ctx);
      return;
    }
    if (more < 0) {
      this.lots.takeNewest(-more);
      return;
    }
    const price = ctx.position(this.side).entryPrice || ctx.bars.close;
    const newest = this.lots.newest;
    this.lots.add({ quantity: more, price, trigger: newest?.trigger ?? price, rung: newest?.rung ?? 0, intent: 0 });
    if (this.base === 0) this.base = quantity;
  }

  /** True while fewer than maxOrdersPer3Min entries and ADDs were asked for. */
  withinRate(now: number): boolean {
    while (this.recent.length > 0 && (this.recent[0] as number) <= now - rateWindowMs) this.recent.shift();
    return this.recent.length < this.params.maxOrdersPer3Min;
  }

  /** Strict LIFO (row 004-DS-5): false for a sub-sell priced below what its lot cost with fees. */
  keepsFloor(ctx: Context, intent: IntentView): boolean {
    if (intent.family !== "partial" || intent.price === null) return true;
    const lot = this.lots.ofRung(rungOfTag(intent.tag));
    if (lot === undefined) return true;
    const floor = moved(lot.price, feeOf(this.params, ctx.instrument), this.direction);
    return reaches(intent.price + (this.direction * ctx.instrument.tick) / 2, floor, this.direction);
  }

  snapshot(): LegState {
    const { base, armed, extreme } = this;
    return { lots: this.lots.list(), base, armed, extreme, recent: this.recent.slice(), flight: this.flight.snapshot() };
  }

  restore(state: LegState): void {
    this.lots.restore(state.lots);
    this.base = state.base;
    this.armed = state.armed;
    this.extreme = state.extreme;
    this.recent = state.recent.slice();
    this.flight.restore(state.flight);
  }

  private manage(ctx: Context, due: boolean): void {
    if (due && !this.resting) {
      this.closeAll(ctx);
      return;
    }
    this.sellLots(ctx);
    if (this.resting) this.placeRungs(ctx);
    else this.fireRungs(ctx);
  }

  // Row 004-DS-1.
  private enter(ctx: Context): void {
    const { params } = this;
    const limit = params.entryOrderType === "limit";
    const price = limit ? moved(ctx.bars.close, -params.entryOffsetBp / 100, this.direction) : ctx.bars.close;
    const minimum = minimumQuantity(params, ctx.instrument, this.brokerMinimum, price);
    const quantity = Math.max(toStep(this.firstQuantity(ctx, price), ctx.instrument.step, "up"), minimum);
    if (!(quantity > 0) || !this.affords(ctx, quantity, price) || !this.withinRate(ctx.now)) return;
    const common: OrderIntent = { side: this.side, quantity, family: "entry", reason: dcaReasons.entry };
    const style: Partial<OrderIntent> = limit
      ? { orderType: "limit", price, postOnly: params.entryPostOnly, timeToLive: params.limitTimeToLive }
      : { orderType: "market" };
    this.flight.entry = ctx.open({ ...common, ...style });
    this.base = quantity;
    this.recent.push(ctx.now);
  }

  private firstQuantity(ctx: Context, price: number): number {
    const { params } = this;
    const unit = price * ctx.instrument.contractSize;
    if (params.sizing === "base") return params.firstQty;
    if (params.sizing === "fixed") return params.fixedNotional / unit;
    return (this.budget(ctx) * this.orderPercent(ctx)) / 100 / unit;
  }

  private orderPercent(ctx: Context): number {
    const { trendSizing, baseOrderPctEq } = this.params;
    if (!trendSizing.enabled) return baseOrderPctEq;
    const trend = readTrend(ctx.series(trendSizing.timeframe), trendSizing);
    return trend === null ? baseOrderPctEq : trendPercent(trendScore(trend, trendSizing, this.direction), trendSizing);
  }

  private budget(ctx: Context): number {
    return this.params.equityForSizing > 0 ? this.params.equityForSizing : ctx.equity;
  }

  private affords(ctx: Context, quantity: number, price: number): boolean {
    let cost = this.lots.cost + quantity * price;
    for (const rung of this.flight.rungs) cost += rung.left * rung.level;
    return cost * ctx.instrument.contractSize <= this.budget(ctx);
  }

  // Row 004-DS-2: levels that the bar touched and its close confirms, nearest first.
  private fireRungs(ctx: Context): void {
    const { params, direction } = this;
    if (this.flight.entry !== 0) return;
    const bars = ctx.bars;
    const touch = params.touchHighLow ? (direction > 0 ? bars.low : bars.high) : bars.close;
    const confirmed = params.confirmMode === "close" && params.closeBeyondDca;
    const last = this.flight.rungs[this.flight.rungs.length - 1];
    const newest = this.lots.newest as DcaLot;
    let rung = (last?.rung ?? newest.rung) + 1;
    let level = last === undefined ? levelAfter(params, newest, direction) : levelBeyond(params, last.level, rung, direction);
    for (let asked = 0; asked < params.maxFillsPerBar && rung <= params.marginCallLimit; asked += 1) {
      if (!reaches(level, touch, direction) || (confirmed && !reaches(level, bars.close, direction))) return;
      if (!this.addRung(ctx, rung, level, bars.close, params.dcaOrderType)) return;
      rung += 1;
      level = levelBeyond(params, level, rung, direction);
    }
  }

  // The resting ladder: the next few levels below the newest lot, each a limit order of its own.
  private placeRungs(ctx: Context): void {
    const { params, direction, flight } = this;
    if (flight.entry !== 0) return;
    const wanted = Math.min(params.restingRungs, params.maxFillsPerBar);
    const newest = this.lots.newest as DcaLot;
    let level = levelAfter(params, newest, direction);
    for (let rung = newest.rung + 1; rung <= newest.rung + wanted && rung <= params.marginCallLimit; rung += 1) {
      const known = flight.rungAt(rung);
      if (known === undefined) {
        const deepest = flight.rungs[flight.rungs.length - 1];
        if (deepest !== undefined && flight.rungs.length >= wanted) {
          // A sold lot has freed a rung above the ladder: the deepest one makes room for it.
          if (deepest.rung > rung) this.cancel(ctx, deepest.intent);
          return;
        }
        if (!this.addRung(ctx, rung, level, level, "limit")) return;
      }
      level = levelBeyond(params, known?.level ?? level, rung + 1, direction);
    }
  }

  private levelOf(from: DcaLot, rung: number): number {
    let level = levelAfter(this.params, from, this.direction);
    for (let at = from.rung + 2; at <= rung; at += 1) level = levelBeyond(this.params, level, at, this.direction);
    return level;
  }

  private addRung(ctx: Context, rung: number, level: number, price: number, orderType: "market" | "limit"): boolean {
    const share = this.trendShare(ctx);
    const minimum = minimumQuantity(this.params, ctx.instrument, this.brokerMinimum, price);
    const wanted = toStep(this.base * multiplierOf(this.params, rung) * share, ctx.instrument.step, "up");
    const quantity = Math.max(wanted, minimum);
    if (share === 0 || !this.affords(ctx, quantity, price) || !this.withinRate(ctx.now)) return false;
    const common: OrderIntent = { side: this.side, quantity, orderType, family: "dca", reason: dcaReasons.add, tag: rungTag(rung) };
    const life = this.resting ? null : this.params.limitTimeToLive;
    const intent = ctx.add(orderType === "limit" ? { ...common, price, postOnly: this.resting, timeToLive: life } : common);
    this.flight.addRung({ intent, rung, level, left: quantity });
    this.recent.push(ctx.now);
    return true;
  }

  /** Share of an ADD's quantity that the trend leaves, 0…1. */
  private trendShare(ctx: Context): number {
    const { counterTrendDcaBlock, trendSizing } = this.params;
    if (counterTrendDcaBlock === 0) return 1;
    const trend = readTrend(ctx.series(trendSizing.timeframe), trendSizing);
    return trend !== null && isCounterTrend(trend, trendSizing, this.direction) ? 1 - counterTrendDcaBlock : 1;
  }

  // Row 004-DS-3: touch, callback from the extreme, close still beyond the target.
  private takeProfitDue(bars: BarView): boolean {
    const { params, direction } = this;
    const target = moved(this.lots.average, params.tpPercent, direction);
    const best = params.touchHighLow ? (direction > 0 ? bars.high : bars.low) : bars.close;
    if (!this.armed && !reaches(best, target, direction)) return false;
    if (!this.armed || reaches(best, this.extreme, direction)) this.extreme = best;
    this.armed = true;
    const callback = moved(this.extreme, -params.callbackPercent, direction);
    const beyond = params.confirmMode === "touch" || !params.closeBeyondTp || reaches(bars.close, target, direction);
    return beyond && reaches(callback, bars.close, direction);
  }

  private closeAll(ctx: Context): void {
    for (const rung of this.flight.rungs.slice()) this.cancel(ctx, rung.intent);
    for (const sale of this.flight.sales.slice()) this.cancel(ctx, sale.intent);
    const reason = this.params.callbackPercent > 0 ? dcaReasons.trailing : dcaReasons.takeProfit;
    const present = ctx.position(this.side).quantity > 0;
    this.flight.closing = ctx.close({ side: this.side, quantity: this.held(ctx), orderType: "market", family: "tp", reason, syncIfAbsent: true });
    // The runner settles a close of what is not there without an order: nobody would tell of its end.
    if (!present) this.finish(ctx);
  }

  /** The resting take-profit: placed once, replaced when the position or its average has changed. */
  private placeTarget(ctx: Context): void {
    const { target } = this.flight;
    const price = moved(this.lots.average, this.params.tpPercent, this.direction);
    const quantity = this.held(ctx);
    const same = Math.abs(target.left - quantity) < ctx.instrument.step / 2 && Math.abs(target.price - price) < ctx.instrument.tick / 1_000;
    if (target.intent !== 0 && same) return;
    const replaces = target.intent === 0 ? undefined : target.intent;
    const common: OrderIntent = { side: this.side, quantity, orderType: "limit", price, postOnly: false, timeToLive: null };
    const intent = ctx.reduce({ ...common, family: "tp", reason: dcaReasons.takeProfit, replaces });
    this.flight.target = { intent, price, left: quantity };
  }

  // Rows 004-DS-4/5: newest lot first, one partial a lot, as a limit at its floor so that no fill can be below it.
  private sellLots(ctx: Context): void {
    const { params, direction, flight } = this;
    const best = params.touchHighLow ? (direction > 0 ? ctx.bars.high : ctx.bars.low) : ctx.bars.close;
    for (let sold = 0; sold < params.maxSubSellsPerBar; sold += 1) {
      const lot = this.lots.fromTop(flight.sales.length);
      if (lot === undefined) return;
      const forced = this.overExposed(ctx);
      if (!forced && this.lots.count - flight.sales.length <= params.subSellMinFills) return;
      const target = lotTarget(params, lot, ctx.instrument, direction, forced);
      if (!reaches(best, target, direction) || !reaches(ctx.bars.close, target, direction)) return;
      if (lot.quantity < minimumSale(params, ctx.instrument, this.brokerMinimum, ctx.bars.close)) {
        if (!params.autoMerge || flight.sales.length > 0 || this.lots.count < 2) return;
        this.lots.mergeNewest();
      } else this.sellLot(ctx, lot, forced);
    }
  }

  private sellLot(ctx: Context, lot: DcaLot, forced: boolean): void {
    const price = lotFloor(this.params, lot, ctx.instrument, this.direction, forced);
    const size: OrderIntent = { side: this.side, quantity: lot.quantity, fraction: lot.quantity / this.lots.quantity };
    const style: Partial<OrderIntent> = { orderType: "limit", price, postOnly: false, timeToLive: this.params.limitTimeToLive };
    const reason = forced ? dcaReasons.deleverage : dcaReasons.subSell;
    const intent = ctx.reduce({ ...size, ...style, family: "partial", reason, tag: rungTag(lot.rung) });
    this.flight.sales.push({ intent, lot: lot.intent, left: lot.quantity });
  }

  // What is being sold already counts as gone.
  private overExposed(ctx: Context): boolean {
    const { hardBreakevenDeleveragePct } = this.params;
    if (hardBreakevenDeleveragePct === 0) return false;
    let cost = this.lots.cost;
    for (let below = 0; below < this.flight.sales.length; below += 1) {
      const lot = this.lots.fromTop(below);
      if (lot !== undefined) cost -= lot.quantity * lot.price;
    }
    return cost * ctx.instrument.contractSize > (this.budget(ctx) * hardBreakevenDeleveragePct) / 100;
  }

  private bought(ctx: Context, fill: FillView): void {
    const { intent, quantity, price } = fill;
    const known = this.flight.rungOf(intent);
    const newest = this.lots.newest;
    const rung = known?.rung ?? (newest === undefined ? 0 : newest.intent === intent ? newest.rung : newest.rung + 1);
    // A rung that filled while it was being cancelled is the first lot of a new cycle.
    const first = newest === undefined;
    this.lots.add({ quantity, price, trigger: first ? price : (known?.level ?? price), rung: first ? 0 : rung, intent });
    this.settle(fill);
    this.armed = false;
    this.extreme = 0;
    if (this.base === 0) this.base = quantity;
    if (!this.resting) return;
    this.placeTarget(ctx);
    this.placeRungs(ctx);
  }

  private sold(ctx: Context, fill: FillView): void {
    const sale = this.flight.saleOf(fill.intent);
    if (sale === undefined) this.lots.takeEvenly(fill.quantity);
    else this.lots.take(sale.lot, fill.quantity, ctx.instrument.step);
    this.settle(fill);
    const held = ctx.position(this.side).quantity;
    if (held < ctx.instrument.step / 2) this.finish(ctx);
    else if (this.lots.count === 0) this.adopt(ctx, held);
    if (this.resting && this.lots.count > 0) this.placeTarget(ctx);
  }

  private settle(fill: FillView): void {
    if (fill.complete) this.flight.end(fill.intent);
    else this.flight.fill(fill.intent, fill.quantity);
  }

  /** The cycle is over: what still rests is cancelled, and the next entry waits for the last of it. */
  private finish(ctx: Context): void {
    this.lots.clear();
    this.base = 0;
    this.armed = false;
    this.extreme = 0;
    for (const intent of this.flight.intents()) this.cancel(ctx, intent);
    this.flight.unsure = !this.flight.idle;
  }

  private cancel(ctx: Context, intent: number): void {
    ctx.cancel(intent);
    // Its end comes by onCanceled, or by a fill; an order that had ended already is forgotten at the next look.
    this.flight.unsure = true;
  }

  /** The book's quantity; the lots' own when the book has none, so that a close of a vanished position can be synced. */
  private held(ctx: Context): number {
    return ctx.position(this.side).quantity || this.lots.quantity;
  }
}
