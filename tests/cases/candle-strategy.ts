// A strategy that follows the rules of the candle_strategy cases: entries and exits by given signals, a stop-loss, a table of
// returns to take, a trailing stop. It decides at closes alone and learns of fills from the runner, like any other.

import type { Context, FillView, Strategy } from "../../src/strategy/index.ts";
import { plainStrategy } from "./session-run.ts";

export interface CandleRules {
  /** Share of the entry, < 0. */
  readonly stopLoss: number;
  /** Return to take once a position is so many minutes old; by rising age. */
  readonly returns: readonly { readonly minutes: number; readonly share: number }[];
  /** null = the stop stays where it is. */
  readonly trailing: { readonly positive: number | null; readonly offset: number; readonly onlyBeyondOffset: boolean } | null;
  readonly useExitSignal: boolean;
  readonly entryPrice: number | null;
  readonly exitPrice: number | null;
  readonly adjustedEntry: number | null;
  /** Life of a limit order in minutes. */
  readonly timeout: number;
  /** The bar at whose open everything is closed. */
  readonly last: number;
  readonly signals: ReadonlyMap<number, Signal>;
}

export interface Signal {
  readonly enter: "LONG" | "SHORT" | null;
  readonly exit: { readonly long: boolean; readonly short: boolean };
  readonly tag: string | null;
}

/** Why a position ended, in the words of the cases. */
export type ExitReason = "stop_loss" | "trailing_stop_loss" | "roi" | "exit_signal" | "force_exit";

interface Holding {
  readonly side: "LONG" | "SHORT";
  readonly entry: number;
  readonly openTime: number;
  stop: number;
  raised: boolean;
  readonly stopIntent: number;
  targetIntent: number;
}

interface Working {
  readonly intent: number;
  readonly time: number;
}

const minute = 60_000;

export class CandleStrategy implements Strategy<null> {
  readonly name = plainStrategy.name;
  readonly policy = plainStrategy.policy;
  readonly canSubmit = plainStrategy.canSubmit;
  readonly canClose = plainStrategy.canClose;
  /** Of each position that has ended, in order. */
  readonly exits: ExitReason[] = [];
  declare private readonly rules: CandleRules;
  private held: Holding | null = null;
  private entering: Working | null = null;
  private leaving: Working | null = null;

  constructor(rules: CandleRules) {
    this.rules = rules;
  }

  snapshot(): null {
    return null;
  }
  restore(): void {}

  onBar(ctx: Context): void {
    if (this.held !== null) this.manage(ctx, this.held);
    else if (this.entering !== null) this.chase(ctx, this.entering);
    else this.enter(ctx);
  }

  onFill(ctx: Context, fill: FillView): void {
    if (fill.family === "entry") {
      this.entering = null;
      this.hold(ctx, fill);
      return;
    }
    const { held } = this;
    if (held === null) return;
    this.exits.push(fill.family === "sl" ? (held.raised ? "trailing_stop_loss" : "stop_loss") : ((fill.tag ?? "roi") as ExitReason));
    this.held = null;
    this.leaving = null;
    for (const order of ctx.orders()) if (order.intent !== fill.intent) ctx.cancel(order.intent);
  }

  private enter(ctx: Context): void {
    const { rules } = this;
    const side = rules.signals.get(ctx.bar)?.enter ?? null;
    if (side === null || ctx.bar >= rules.last - 1) return;
    const price = rules.entryPrice;
    const intent = ctx.open(price === null ? { side, quantity: 1 } : { side, quantity: 1, orderType: "limit", price });
    this.entering = { intent, time: ctx.now };
  }

  /** An entry that has not filled: it times out, or follows the adjusted price. */
  private chase(ctx: Context, { intent, time }: Working): void {
    const { timeout, adjustedEntry } = this.rules;
    if (ctx.now - time < timeout * minute) {
      if (adjustedEntry !== null) ctx.amend(intent, { price: adjustedEntry });
      return;
    }
    ctx.cancel(intent);
    this.entering = null;
  }

  private hold(ctx: Context, { side, price, quantity, time }: FillView): void {
    const direction = side === "LONG" ? 1 : -1;
    const stop = price * (1 + direction * this.rules.stopLoss);
    const stopIntent = ctx.reduce({ side, quantity, family: "sl", orderType: "stop_market", trigger: stop });
    this.held = { side, entry: price, openTime: time, stop, raised: false, stopIntent, targetIntent: 0 };
    this.target(ctx, this.held, quantity);
  }

  /** The return to take at the position's age, as a limit order. */
  private target(ctx: Context, held: Holding, quantity: number): void {
    const age = (ctx.now - held.openTime) / minute;
    const row = this.rules.returns.findLast(({ minutes }) => minutes <= age);
    if (row === undefined) return;
    const price = held.entry * (1 + (held.side === "LONG" ? row.share : -row.share));
    if (price <= 0) return;
    if (held.targetIntent === 0) held.targetIntent = ctx.reduce({ side: held.side, quantity, family: "tp", price, tag: "roi" });
    else if (this.rules.returns.length > 1) ctx.amend(held.targetIntent, { price });
  }

  private manage(ctx: Context, held: Holding): void {
    const { rules } = this;
    const { side } = held;
    const { quantity } = ctx.position(side);
    const exit = rules.signals.get(ctx.bar)?.exit;
    const signaled = rules.useExitSignal && (side === "LONG" ? exit?.long : exit?.short) === true;
    if (ctx.bar === rules.last - 1) {
      ctx.close({ side, quantity, tag: signaled && rules.exitPrice === null ? "exit_signal" : "force_exit" });
      return;
    }
    if (this.leaving !== null && ctx.now - this.leaving.time >= rules.timeout * minute) {
      ctx.cancel(this.leaving.intent);
      this.leaving = null;
    }
    if (signaled && this.leaving === null) this.leave(ctx, side, quantity);
    this.trail(ctx, held);
    this.target(ctx, held, quantity);
  }

  private leave(ctx: Context, side: "LONG" | "SHORT", quantity: number): void {
    const price = this.rules.exitPrice;
    const style = price === null ? {} : ({ orderType: "limit", price, postOnly: false } as const);
    this.leaving = { intent: ctx.close({ side, quantity, tag: "exit_signal", ...style }), time: ctx.now };
  }

  /** The bar's best price moves the stop, which is at work from the next bar on. */
  private trail(ctx: Context, held: Holding): void {
    const { trailing, stopLoss } = this.rules;
    if (trailing === null) return;
    const direction = held.side === "LONG" ? 1 : -1;
    const best = direction > 0 ? ctx.bars.high : ctx.bars.low;
    const gain = direction * (best / held.entry - 1);
    if (trailing.onlyBeyondOffset && gain < trailing.offset) return;
    const distance = trailing.positive !== null && gain > trailing.offset ? trailing.positive : -stopLoss;
    const stop = best * (1 - direction * distance);
    if (direction * (stop - held.stop) <= 0) return;
    held.stop = stop;
    held.raised = true;
    ctx.amend(held.stopIntent, { trigger: stop });
  }
}
