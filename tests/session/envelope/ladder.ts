// A ladder for the tests of the envelope: an entry, rungs, a target and a stop, all of them near each other, so that one bar
// reaches several. Its settings switch on what makes worlds differ: size by equity, stop-limits, trails, short lives.

import { defaultExecutionPolicy, type ExecutionPolicy } from "../../../src/domain/index.ts";
import { defineStrategy, type Context, type FillView, type IntentView, type Strategy, type StrategyDefinition } from "../../../src/strategy/index.ts";

export interface LadderSettings {
  readonly entryOffset: number;
  readonly rungs: readonly number[];
  readonly target: number;
  readonly stop: number;
  readonly stopType: "stop_market" | "stop_limit" | "trailing_stop" | "none";
  /** Quantity; with `byEquity` units a thousand of equity. */
  readonly quantity: number;
  readonly byEquity: boolean;
  readonly timeToLive: number | null;
  /** `oco`: target and stop cancel each other. `bracket`: they are children of the entry, and live as far as it has filled. */
  readonly links: "none" | "oco" | "bracket";
  /** Of a bracket: it only exists between these opens of the day, ms; null = until it is cancelled. */
  readonly goodFor: number | null;
}

interface LadderState {
  entry: number;
  base: number;
  open: number[];
  target: number;
  stop: number;
}

const empty = (): LadderState => ({ entry: 0, base: 0, open: [], target: 0, stop: 0 });

class Ladder implements Strategy<LadderState> {
  readonly name = "envelope-ladder";
  readonly policy: ExecutionPolicy = {
    ...defaultExecutionPolicy,
    dcaOrderType: "limit",
    maxPendingAdds: 9,
    families: { entry: { postOnly: false }, dca: { postOnly: false }, tp: { postOnly: false } },
  };
  private state = empty();
  declare private readonly settings: LadderSettings;

  constructor(settings: LadderSettings) {
    this.settings = settings;
  }

  onBar(ctx: Context): void {
    const { state, settings } = this;
    if (ctx.position("LONG").quantity > 0) return;
    if (state.entry !== 0) return;
    const price = ctx.bars.close - settings.entryOffset;
    const life =
      settings.goodFor === null ? { timeToLive: settings.timeToLive } : { timeInForce: "GTD" as const, goodTill: ctx.now + settings.goodFor };
    const quantity = this.size(ctx);
    state.entry = ctx.open({ side: "LONG", quantity, orderType: "limit", price, postOnly: false, ...life });
    if (settings.links === "bracket") this.bracket(ctx, quantity, price);
  }

  private bracket(ctx: Context, quantity: number, price: number): void {
    const { state, settings } = this;
    const target = Math.round((price + settings.target) * 100) / 100;
    const parent = state.entry;
    state.target = ctx.reduce({ side: "LONG", quantity, family: "tp", orderType: "limit", price: target, timeToLive: null, parent });
    const trigger = price - settings.stop;
    state.stop = ctx.reduce({ side: "LONG", quantity, family: "sl", orderType: "stop_market", trigger, parent, oco: state.target });
  }

  private size(ctx: Context): number {
    const { quantity, byEquity } = this.settings;
    return byEquity ? Math.floor(ctx.equity * quantity) / 1000 : quantity;
  }

  onFill(ctx: Context, fill: FillView): void {
    const { state, settings } = this;
    if (fill.family === "entry" && settings.links === "bracket") {
      if (fill.complete) state.entry = 0;
    } else if (fill.family === "entry" && fill.complete) {
      state.entry = 0;
      state.base = fill.price;
      state.open = settings.rungs.map((step) =>
        ctx.add({ side: "LONG", quantity: this.size(ctx), orderType: "limit", price: fill.price - step, timeToLive: null }),
      );
      this.protect(ctx);
    } else if (fill.family === "dca" && fill.complete) {
      state.open = state.open.filter((intent) => intent !== fill.intent);
      if (state.target !== 0) ctx.cancel(state.target);
      if (state.stop !== 0) ctx.cancel(state.stop);
      this.protect(ctx);
    } else if (ctx.position("LONG").quantity === 0) this.clear(ctx);
  }

  private protect(ctx: Context): void {
    const { state, settings } = this;
    const { quantity, entryPrice } = ctx.position("LONG");
    if (quantity === 0) return this.clear(ctx);
    const target = Math.round((entryPrice + settings.target) * 100) / 100;
    state.target = ctx.reduce({ side: "LONG", quantity, family: "tp", orderType: "limit", price: target, timeToLive: null });
    state.stop = this.stop(ctx, quantity);
  }

  private stop(ctx: Context, quantity: number): number {
    const { stopType, stop } = this.settings;
    const trigger = this.state.base - stop;
    if (stopType === "none") return 0;
    if (stopType === "trailing_stop") return ctx.reduce({ side: "LONG", quantity, family: "sl", orderType: stopType, callbackDistance: stop });
    const oco = this.settings.links === "oco" ? { oco: this.state.target } : {};
    if (stopType === "stop_market") return ctx.reduce({ side: "LONG", quantity, family: "sl", orderType: stopType, trigger, ...oco });
    return ctx.reduce({ side: "LONG", quantity, family: "sl", orderType: stopType, trigger, price: trigger + 0.3 });
  }

  private clear(ctx: Context): void {
    const { state } = this;
    for (const intent of [...state.open, state.entry, state.target, state.stop]) if (intent !== 0) ctx.cancel(intent);
    this.state = empty();
  }

  onRejected(_ctx: Context, intent: IntentView): void {
    if (intent.intent === this.state.entry) this.state.entry = 0;
  }

  onCanceled(_ctx: Context, intent: IntentView): void {
    if (intent.intent === this.state.entry) this.state.entry = 0;
  }

  onExternalChange(ctx: Context): void {
    if (ctx.position("LONG").quantity === 0) this.clear(ctx);
  }

  snapshot(): LadderState {
    return structuredClone(this.state);
  }
  restore(state: LadderState): void {
    this.state = structuredClone(state);
  }
}

export function ladder(settings: LadderSettings): StrategyDefinition {
  return defineStrategy({ name: "envelope-ladder", defaults: {}, create: () => new Ladder(settings) });
}
