// ema-cross: always on the side of the faster average. A cross reverses the position, in one order where the account nets;
// optional stop-loss and take-profit rest at the venue. It must never act twice on one cross that was taken.

import {
  allowed,
  defaultExecutionPolicy,
  isRoute,
  type ExecutionPolicy,
  type Leg,
  type Permission,
  type Reason,
  type Route,
} from "../../domain/index.ts";
import type { Context, FillView, IntentView, Strategy, StrategyDefinition } from "../contract.ts";
import { Ema } from "../indicators.ts";

export type EmaCrossParams = {
  /** Periods in bars. @defaultValue 10 and 20 */
  readonly fast: number;
  readonly slow: number;
  /** Base units of a position. @defaultValue 1 */
  readonly quantity: number;
  /** Size in the settlement currency instead of `quantity`; 0 = off. @defaultValue 0 */
  readonly notional: number;
  /** The other side's cross then only closes. @defaultValue "both" */
  readonly sides: "both" | "long" | "short";
  /** One order closes and opens on a one-way account; otherwise the open waits for the close's fill. @defaultValue true */
  readonly reverse: boolean;
  /** Distance from the entry in percent; 0 = off. @defaultValue 0 */
  readonly stopLossPercent: number;
  readonly takeProfitPercent: number;
  /** Crosses before this bar are only noted; null = the slow period. @defaultValue null */
  readonly firstBar: number | null;
  /** How entries and closes are worked. @defaultValue "plain" */
  readonly route: Route;
};

/** Plain JSON. */
export interface EmaCrossState {
  /** 1 long, -1 short, 0 not known yet: the side of the last cross that was taken. */
  readonly side: number;
  /** Intents that rest; 0 = none. */
  readonly stop: number;
  readonly target: number;
  /** The opposite position's close is out, and its fill opens the other side. */
  readonly waiting: boolean;
  /** Intent that a route is working; 0 = none. Its end is awaited before the other side is taken. */
  readonly working: number;
}

export class EmaCross implements Strategy<EmaCrossState> {
  readonly name = "ema-cross";
  declare readonly policy: ExecutionPolicy;
  declare private readonly params: EmaCrossParams;
  declare private readonly firstBar: number;
  declare private readonly fast: Ema;
  declare private readonly slow: Ema;
  private brokerMinimum = 0;
  private side = 0;
  private stop = 0;
  private target = 0;
  private waiting = false;
  private working = 0;

  constructor(params: EmaCrossParams) {
    this.params = params;
    this.policy = { ...defaultExecutionPolicy, families: { tp: { orderType: "limit", postOnly: false } }, route: params.route };
    this.firstBar = params.firstBar ?? params.slow;
    this.fast = new Ema(params.fast);
    this.slow = new Ema(params.slow);
  }

  setup(ctx: Context): void {
    ctx.indicators.use(this.fast);
    ctx.indicators.use(this.slow);
  }

  onWarmup(): void {
    this.side = this.fast.value > this.slow.value ? 1 : -1;
  }

  onBar(ctx: Context): void {
    const side = this.fast.value > this.slow.value ? 1 : -1;
    if (side === this.side) return;
    if (ctx.bar < this.firstBar) this.side = side;
    else if (!this.waiting) this.cross(ctx, side);
  }

  onFill(ctx: Context, fill: FillView): void {
    if (fill.complete && fill.intent === this.working) this.working = 0;
    if (fill.family === "entry") {
      this.protect(ctx, fill.side);
      return;
    }
    if (fill.complete) this.forget(fill.intent);
    if (ctx.position(fill.side).quantity > 0) return;
    this.cancelProtection(ctx);
    if (!this.waiting) return;
    this.waiting = false;
    const side = this.fast.value > this.slow.value ? 1 : -1;
    if (this.wants(side)) this.enter(ctx, side, 0);
    else this.side = side;
  }

  onRejected(_ctx: Context, intent: IntentView, _reason: Reason, restored: boolean): void {
    this.forget(intent.intent);
    if (intent.family === "close") this.waiting = false;
    // What failed has not been taken: the next bar sees a cross again.
    if (!restored && (intent.family === "close" || intent.family === "entry")) this.side = 0;
  }

  onCanceled(ctx: Context, intent: IntentView): void {
    this.forget(intent.intent);
    // A close that was given up half way has not been taken either: without this, a turn would wait for its fill for ever.
    if (intent.family !== "close" || ctx.position(intent.side).quantity === 0) return;
    this.waiting = false;
    this.side = 0;
  }

  onExternalChange(ctx: Context, _leg: Leg, quantity: number): void {
    if (quantity === 0) this.cancelProtection(ctx);
  }

  canSubmit(): Permission {
    return allowed;
  }

  canClose(): Permission {
    return allowed;
  }

  setBrokerMinimum(_symbol: string, floor: number): void {
    this.brokerMinimum = floor;
  }

  snapshot(): EmaCrossState {
    return { side: this.side, stop: this.stop, target: this.target, waiting: this.waiting, working: this.working };
  }

  restore(state: EmaCrossState): void {
    this.side = state.side;
    this.stop = state.stop;
    this.target = state.target;
    this.waiting = state.waiting;
    this.working = state.working;
  }

  private cross(ctx: Context, side: 1 | -1): void {
    if (this.working !== 0) {
      ctx.cancel(this.working);
      return;
    }
    const opposite = side > 0 ? "SHORT" : "LONG";
    const open = ctx.position(opposite).quantity;
    const wanted = this.wants(side);
    const inOne = this.params.reverse && !ctx.hedge;
    this.cancelProtection(ctx);
    if (open > 0 && !(wanted && inOne)) {
      this.work(ctx.close({ side: opposite, quantity: open, reason: "reversal", syncIfAbsent: true }));
      // On a hedge account the other leg is free already; on a one-way account the open has to wait.
      this.waiting = wanted && !ctx.hedge;
      if (this.waiting) return;
    }
    if (wanted) this.enter(ctx, side, inOne ? open : 0);
    else this.side = side;
  }

  private wants(side: number): boolean {
    return this.params.sides === "both" || (this.params.sides === "long") === side > 0;
  }

  // The side is noted after the call: an order that fails is rolled back, and the next bar asks again.
  /** @param against what the same order has to close first: an order nets, so its size is both */
  private enter(ctx: Context, side: number, against: number): void {
    const direction = side > 0 ? "LONG" : "SHORT";
    if (ctx.position(direction).quantity > 0) {
      // A thin bar cut off the turn away from it: it is on the right side again.
      this.side = side;
      this.protect(ctx, direction);
      return;
    }
    const price = ctx.bars.close * ctx.instrument.contractSize;
    const asked = this.params.notional > 0 ? this.params.notional / price : this.params.quantity;
    const quantity = Math.max(asked, this.brokerMinimum / price) + against;
    const reverse = against > 0;
    this.work(ctx.open({ side: direction, quantity, orderType: "market", reverse, reason: reverse ? "reversal" : "signal" }));
    this.side = side;
  }

  private protect(ctx: Context, side: "LONG" | "SHORT"): void {
    const { stopLossPercent, takeProfitPercent } = this.params;
    const { quantity, entryPrice } = ctx.position(side);
    if (quantity === 0) return;
    const direction = side === "LONG" ? 1 : -1;
    if (stopLossPercent > 0) {
      const trigger = entryPrice * (1 - (direction * stopLossPercent) / 100);
      const replaces = this.stop === 0 ? undefined : this.stop;
      this.stop = ctx.reduce({ side, quantity, orderType: "stop_market", trigger, family: "sl", reason: "stop_loss", replaces });
    }
    if (takeProfitPercent > 0) {
      const price = entryPrice * (1 + (direction * takeProfitPercent) / 100);
      const replaces = this.target === 0 ? undefined : this.target;
      this.target = ctx.reduce({ side, quantity, orderType: "limit", price, family: "tp", reason: "take_profit", timeToLive: null, replaces });
    }
  }

  private cancelProtection(ctx: Context): void {
    const { stop, target } = this;
    this.stop = 0;
    this.target = 0;
    if (stop !== 0) ctx.cancel(stop);
    if (target !== 0) ctx.cancel(target);
  }

  private work(intent: number): void {
    if (this.params.route !== "plain") this.working = intent;
  }

  private forget(intent: number): void {
    if (this.working === intent) this.working = 0;
    if (this.stop === intent) this.stop = 0;
    if (this.target === intent) this.target = 0;
  }
}

function checkEmaCross(params: EmaCrossParams): { key: string; problem: string } | null {
  for (const key of ["fast", "slow"] as const) {
    const least = key === "fast" ? 1 : params.fast + 1;
    if (!(Number.isInteger(params[key]) && params[key] >= least && params[key] <= 100_000)) {
      return { key, problem: `must be a whole number from ${least} to 100000` };
    }
  }
  if (!(params.notional >= 0)) return { key: "notional", problem: "must not be negative" };
  if (params.notional === 0 && !(params.quantity > 0)) return { key: "quantity", problem: "must be above 0 where notional is 0" };
  if (!["both", "long", "short"].includes(params.sides)) return { key: "sides", problem: "must be one of both, long, short" };
  for (const key of ["stopLossPercent", "takeProfitPercent"] as const) {
    if (!(params[key] >= 0 && params[key] < 100)) return { key, problem: "must be at least 0 and below 100" };
  }
  if (!isRoute(params.route)) return { key: "route", problem: "must be one of plain, limit-patience, twap, auto" };
  const { firstBar } = params;
  if (firstBar !== null && !(Number.isInteger(firstBar) && firstBar >= 0)) return { key: "firstBar", problem: "must be null or a bar number" };
  return null;
}

export const emaCross: StrategyDefinition<EmaCrossParams> = {
  name: "ema-cross",
  defaults: {
    fast: 10,
    slow: 20,
    quantity: 1,
    notional: 0,
    sides: "both",
    reverse: true,
    stopLossPercent: 0,
    takeProfitPercent: 0,
    firstBar: null,
    route: "plain",
  },
  check: checkEmaCross,
  create: (params) => new EmaCross(params),
};
