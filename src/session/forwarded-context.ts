// A strategy's context that stands before another one: what is read comes from behind it, and every intent goes through one
// door. What the door does is its subclass's; it must never change what the strategy sees.

import type { OrderIntent, RandomStream } from "../domain/index.ts";
import type { Context } from "../strategy/index.ts";

/** Requests that make an intent. */
export type IntentVerb = "open" | "add" | "reduce" | "close";

export abstract class ForwardedContext implements Context {
  declare protected readonly inner: Context;

  constructor(inner: Context) {
    this.inner = inner;
  }

  abstract readonly bars: Context["bars"];
  abstract readonly indicators: Context["indicators"];
  abstract readonly random: RandomStream;
  /** @returns the intent's number */
  protected abstract ask(verb: IntentVerb, intent: OrderIntent): number;

  get symbol(): string {
    return this.inner.symbol;
  }
  get instrument(): Context["instrument"] {
    return this.inner.instrument;
  }
  get hedge(): boolean {
    return this.inner.hedge;
  }
  get now(): Context["now"] {
    return this.inner.now;
  }
  get bar(): Context["bar"] {
    return this.inner.bar;
  }
  get equity(): number {
    return this.inner.equity;
  }
  series(timeframe: string, symbol?: string): Context["bars"] {
    return symbol === undefined ? this.inner.series(timeframe) : this.inner.series(timeframe, symbol);
  }
  position(side: "LONG" | "SHORT"): ReturnType<Context["position"]> {
    return this.inner.position(side);
  }
  orders(): ReturnType<Context["orders"]> {
    return this.inner.orders();
  }
  open(intent: OrderIntent): number {
    return this.ask("open", intent);
  }
  add(intent: OrderIntent): number {
    return this.ask("add", intent);
  }
  reduce(intent: OrderIntent): number {
    return this.ask("reduce", intent);
  }
  close(intent: OrderIntent): number {
    return this.ask("close", intent);
  }
  cancel(intent: number): boolean {
    return this.inner.cancel(intent);
  }
  amend(intent: number, change: Parameters<Context["amend"]>[1]): boolean {
    return this.inner.amend(intent, change);
  }
}
