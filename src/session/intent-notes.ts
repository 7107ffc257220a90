// What a strategy asked for, in its own numbers, before the runner made exact orders of it: the journal holds the orders.
// It must never change what the strategy sees, asks for or is told: the run stays the same to the last byte.

import type { IntentKind, OrderIntent } from "../domain/index.ts";
import type { Context, Strategy, StrategyDefinition } from "../strategy/index.ts";
import { ForwardedContext, type IntentVerb } from "./forwarded-context.ts";
import { hasHook, hookedStrategy, type Hook } from "./hooked-strategy.ts";

export interface IntentNote {
  readonly kind: IntentKind;
  readonly symbol: string;
  /** The hook that asked: "onBar". */
  readonly hook: string;
  /** As it was handed over, copied. */
  readonly intent: OrderIntent;
  /** Whether the strategy has a permission hook of its own for intents of this kind. */
  readonly asksPermission: boolean;
}

const kinds: Readonly<Record<IntentVerb, IntentKind>> = { open: "OPEN", add: "ADD", reduce: "PARTIAL_CLOSE", close: "CLOSE" };
export class IntentNotes {
  /** By number of the intent. */
  readonly notes = new Map<number, IntentNote>();
  declare private readonly most: number;
  private readonly contexts = new WeakMap<Context, NotingContext>();

  /** @param most notes that are kept: the first ones */
  constructor(most: number) {
    this.most = most;
  }

  /** The same strategy, noted down. */
  noting(definition: StrategyDefinition): StrategyDefinition {
    return {
      ...definition,
      create: (params) => {
        const strategy = definition.create(params);
        return hookedStrategy(strategy, (hook, own, ctx, args) => this.run(hook, strategy, own, ctx, args));
      },
    };
  }

  private run(hook: string, inner: Strategy, call: Hook, ctx: Context, args: readonly unknown[]): unknown {
    const own = this.contextOf(ctx, inner);
    const { hook: outer } = own;
    own.hook = hook;
    try {
      return call.call(inner, own, ...args);
    } finally {
      // A permission hook runs inside of the one that asked.
      own.hook = outer;
    }
  }

  /** One context a market, as the strategy itself would have. */
  private contextOf(ctx: Context, strategy: Strategy): NotingContext {
    let own = this.contexts.get(ctx);
    if (own === undefined) this.contexts.set(ctx, (own = new NotingContext(ctx, strategy, this)));
    return own;
  }

  note(number: number, note: IntentNote): void {
    if (this.notes.size < this.most) this.notes.set(number, note);
  }
}

class NotingContext extends ForwardedContext {
  declare private readonly strategy: Strategy;
  declare private readonly notes: IntentNotes;
  #hook = "";

  constructor(inner: Context, strategy: Strategy, notes: IntentNotes) {
    super(inner);
    this.strategy = strategy;
    this.notes = notes;
    // As the context that it stands for: nobody writes into it.
    Object.freeze(this);
  }

  /** The hook that is running. */
  get hook(): string {
    return this.#hook;
  }
  set hook(hook: string) {
    this.#hook = hook;
  }
  get bars(): Context["bars"] {
    return this.inner.bars;
  }
  get indicators(): Context["indicators"] {
    return this.inner.indicators;
  }
  get random(): Context["random"] {
    return this.inner.random;
  }

  protected ask(verb: IntentVerb, intent: OrderIntent): number {
    const { inner, strategy, notes, hook } = this;
    // Copied before the call: a strategy may use one object again, from within the permission hooks too.
    const copy = { ...intent };
    const number = inner[verb](intent);
    const increases = verb === "open" || verb === "add";
    const asksPermission = hasHook(strategy, increases ? "canSubmit" : "canClose");
    notes.note(number, { kind: kinds[verb], symbol: inner.symbol, hook, intent: copy, asksPermission });
    return number;
  }
}
