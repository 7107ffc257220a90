// The bench's two strategies, written against the public contract: nothing here knows that it is being measured.

import { defaultExecutionPolicy, type ExecutionPolicy, type OrderIntent } from "../domain/index.ts";
import { defineStrategy, type Context, type Ema, type FillView, type Strategy, type StrategyDefinition } from "../strategy/index.ts";

/** W1: always in the market, on the side of the faster EMA; a change of side is one market order. */
class EmaCross implements Strategy<number> {
  readonly name = "bench-ema-cross";
  readonly policy: ExecutionPolicy = defaultExecutionPolicy;
  private side = 0;
  private fast!: Ema;
  private slow!: Ema;

  setup(ctx: Context): void {
    this.fast = ctx.indicators.ema(10);
    this.slow = ctx.indicators.ema(20);
  }

  onBar(ctx: Context): void {
    const side = this.fast.value > this.slow.value ? 1 : -1;
    if (side === this.side) return;
    this.side = side;
    if (ctx.bar < 20) return;
    const against = ctx.position(side === 1 ? "SHORT" : "LONG").quantity;
    ctx.open({ side: side === 1 ? "LONG" : "SHORT", quantity: 1 + against, reverse: true });
  }

  snapshot(): number {
    return this.side;
  }
  restore(state: number): void {
    this.side = state;
  }
}

const floorToCent = (x: number): number => Math.floor(x * 100) / 100;
const ceilToCent = (x: number): number => Math.ceil(x * 100) / 100;

interface LadderState {
  readonly entry: number;
  readonly age: number;
}

/** An intent that its owner may change. */
type Wish = { -readonly [K in "side" | "quantity" | "orderType" | "family" | "price" | "trigger" | "postOnly" | "replaces"]: OrderIntent[K] };

/** W2: a limit entry re-priced every ten bars; five DCA rungs, a take-profit and a stop behind it, replaced at each fill. */
class DcaLadder implements Strategy<LadderState> {
  readonly name = "bench-dca-ladder";
  readonly policy: ExecutionPolicy = {
    ...defaultExecutionPolicy,
    dcaOrderType: "limit",
    maxPendingAdds: 5,
    families: { entry: { postOnly: false }, dca: { postOnly: false } },
  };
  private entry = 0;
  private age = 0;
  private takeProfit = 0;
  private stop = 0;
  private firstPrice = 0;
  private readonly rungs = [0, 0, 0, 0, 0];
  // One intent that is filled in anew for each order, as the contract allows: the runner keeps none.
  private readonly wish: Wish = {
    side: "LONG",
    quantity: 1,
    orderType: "limit",
    family: undefined,
    price: undefined,
    trigger: undefined,
    postOnly: undefined,
    replaces: undefined,
  };

  onBar(ctx: Context): void {
    if (ctx.position("LONG").quantity > 0) return;
    if (this.entry === 0) return this.ask(ctx, undefined);
    this.age += 1;
    if (this.age >= 10) this.ask(ctx, this.entry);
  }

  private ask(ctx: Context, replaces: number | undefined): void {
    const { wish } = this;
    wish.quantity = 1;
    wish.orderType = "limit";
    wish.family = undefined;
    wish.price = floorToCent(ctx.bars.close * (1 - 0.0005));
    wish.trigger = undefined;
    wish.postOnly = undefined;
    wish.replaces = replaces;
    this.entry = ctx.open(wish);
    this.age = 0;
  }

  onFill(ctx: Context, fill: FillView): void {
    if (fill.family === "entry") this.build(ctx, fill.price);
    else if (fill.family === "dca") this.protectAgain(ctx, fill.intent);
    else this.finish(ctx, fill.intent);
  }

  private build(ctx: Context, price: number): void {
    this.entry = 0;
    this.firstPrice = price;
    const { wish } = this;
    wish.quantity = 1;
    wish.orderType = "limit";
    wish.family = undefined;
    wish.trigger = undefined;
    wish.postOnly = undefined;
    wish.replaces = undefined;
    for (let rung = 0; rung < 5; rung += 1) {
      wish.price = floorToCent(price * (1 - 0.002 * (rung + 1)));
      this.rungs[rung] = ctx.add(wish);
    }
    this.protect(ctx);
  }

  private protectAgain(ctx: Context, intent: number): void {
    this.rungs[this.rungs.indexOf(intent)] = 0;
    ctx.cancel(this.takeProfit);
    ctx.cancel(this.stop);
    this.protect(ctx);
  }

  private protect(ctx: Context): void {
    const { quantity, entryPrice } = ctx.position("LONG");
    const { wish } = this;
    wish.quantity = quantity;
    wish.replaces = undefined;
    wish.family = "tp";
    wish.orderType = "limit";
    wish.price = ceilToCent(entryPrice * 1.003);
    wish.trigger = undefined;
    wish.postOnly = false;
    this.takeProfit = ctx.reduce(wish);
    wish.family = "sl";
    wish.orderType = "stop_market";
    wish.price = undefined;
    wish.trigger = floorToCent(this.firstPrice * (1 - 0.015));
    wish.postOnly = undefined;
    this.stop = ctx.reduce(wish);
  }

  private finish(ctx: Context, intent: number): void {
    ctx.cancel(intent === this.stop ? this.takeProfit : this.stop);
    for (let rung = 0; rung < 5; rung += 1) {
      if (this.rungs[rung] !== 0) ctx.cancel(this.rungs[rung] as number);
      this.rungs[rung] = 0;
    }
  }

  snapshot(): LadderState {
    return { entry: this.entry, age: this.age };
  }
  restore(state: LadderState): void {
    this.entry = state.entry;
    this.age = state.age;
  }
}

/** Holds one unit from the second bar on, rests `count` buy limits far below the market, and does nothing more. */
class Idle implements Strategy<null> {
  readonly name = "bench-idle";
  readonly policy: ExecutionPolicy = {
    ...defaultExecutionPolicy,
    dcaOrderType: "limit",
    maxPendingAdds: 1_000,
    families: { entry: { postOnly: false }, dca: { postOnly: false } },
  };
  private readonly count: number;

  constructor(count: number) {
    this.count = count;
  }

  onBar(ctx: Context): void {
    if (ctx.bar === 0) ctx.open({ side: "LONG", quantity: 1 });
  }

  onFill(ctx: Context): void {
    for (let rung = 0; rung < this.count; rung += 1) ctx.add({ side: "LONG", quantity: 1, orderType: "limit", price: 100 + rung });
  }

  snapshot(): null {
    return null;
  }
  restore(): void {
    // There is no state to restore.
  }
}

export function benchIdle(count: number): StrategyDefinition {
  return defineStrategy({ name: `bench-idle-${count}`, defaults: {}, create: () => new Idle(count) });
}

export const benchEmaCross = defineStrategy({ name: "bench-ema-cross", defaults: {}, create: () => new EmaCross() });
export const benchDcaLadder = defineStrategy({ name: "bench-dca-ladder", defaults: {}, create: () => new DcaLadder() });
