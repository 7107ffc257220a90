// Watches one run of a strategy: every hook that it is called with, every request that it makes, in order. It must never
// change what the strategy sees, asks for or is told.

import type { OrderIntent, RandomStream } from "../../domain/index.ts";
import {
  IndicatorSet,
  type Context,
  type Indicator,
  type IntentView,
  type OrderView,
  type Strategy,
  type StrategyDefinition,
} from "../../strategy/index.ts";
import { ForwardedContext, type IntentVerb } from "../forwarded-context.ts";

export type Verb = IntentVerb | "cancel" | "amend";

/** One request of a strategy, in words that are equal when the request is. */
export interface Request {
  /** Row of the last closed bar. */
  readonly bar: number;
  /** Venue time, ms. */
  readonly time: number;
  readonly hook: string;
  readonly verb: Verb;
  readonly text: string;
  readonly replaces: boolean;
}

/** What a hook's context answered, so that a second instance can be answered the same. */
interface Answer {
  readonly request: Request;
  readonly value: number | boolean;
  /** Permission hooks that ran inside the request. */
  readonly inside: readonly HookCall[];
}

/** One call of a hook, complete once it has returned. */
export interface HookCall {
  readonly hook: string;
  readonly bar: number;
  /** What it was called with beside the context. */
  readonly args: readonly unknown[];
  /** The context of the run; null for hooks that get none. */
  readonly ctx: Context | null;
  readonly answers: Answer[];
  readonly chances: number[];
  readonly ordersBefore: readonly OrderView[];
  /** The strategy's state before the hook, as JSON; "" unless it was asked for. */
  readonly stateBefore: string;
}

/** Hears of each outermost hook after it has returned. */
export interface Listener {
  heard(call: HookCall, strategy: Strategy): void;
  /** True for hooks before which the state is wanted. */
  wantsState(hook: string): boolean;
}

/** What is wrong with an intent's numbers. */
export interface BadNumber {
  readonly bar: number;
  readonly text: string;
}

const numericFields = ["quantity", "fraction", "notional", "price", "trigger", "timeToLive"] as const;
const wordFields = ["orderType", "family", "timeInForce", "postOnly", "reverse", "allowMarketFallback", "sizing", "route"] as const;

export class Watch {
  readonly requests: Request[] = [];
  readonly badNumbers: BadNumber[] = [];
  readonly indicators: Indicator[] = [];
  /** Indicators that were not ready at the first decision. */
  unready: { readonly bar: number; readonly names: readonly string[] } | null = null;
  /** The newest instance. */
  strategy: Strategy | null = null;
  bar = -1;
  hook = "create";
  /** Permission hooks of the request that is being made. */
  inside: HookCall[] = [];
  /** Throws of permission hooks: the runner takes each for a refusal and goes on. */
  readonly refusals: { readonly bar: number; readonly text: string }[] = [];
  declare private readonly listener: Listener | null;
  declare private readonly beat: (bar: number, hook: string) => void;
  private readonly calls: HookCall[] = [];
  private readonly contexts = new Map<Context, Context>();

  /** @param beat told before each hook, for a host that must say where a strategy got stuck */
  constructor(listener: Listener | null = null, beat: (bar: number, hook: string) => void = () => {}) {
    this.listener = listener;
    this.beat = beat;
  }

  /** The same strategy, watched. */
  watched(definition: StrategyDefinition): StrategyDefinition {
    return { ...definition, create: (params) => this.wrap(definition.create(params)) };
  }

  /** The call that is running. */
  get current(): HookCall | undefined {
    return this.calls.at(-1);
  }

  note(request: Request, intent: OrderIntent | null): void {
    this.requests.push(request);
    const numbers = (intent ?? {}) as Readonly<Record<string, unknown>>;
    if (numericFields.some((field) => typeof numbers[field] === "number" && !Number.isFinite(numbers[field]))) {
      this.badNumbers.push({ bar: request.bar, text: request.text });
    }
  }

  run<T>(hook: string, ctx: Context | null, args: readonly unknown[], call: (own: Context) => T): T {
    this.hook = hook;
    if (ctx !== null) this.bar = ctx.bar;
    this.beat(this.bar, hook);
    const outermost = this.calls.length === 0;
    const watching = outermost && this.listener !== null;
    const record: HookCall = {
      hook,
      bar: this.bar,
      args,
      ctx,
      answers: [],
      chances: [],
      ordersBefore: watching && ctx !== null ? ctx.orders().slice() : [],
      stateBefore: watching && this.listener?.wantsState(hook) === true ? JSON.stringify(this.strategy?.snapshot()) : "",
    };
    this.calls.push(record);
    let result: T;
    try {
      result = call(ctx === null ? (undefined as never) : this.contextOf(ctx));
    } catch (error) {
      if (hook === "canSubmit" || hook === "canClose") this.refusals.push({ bar: this.bar, text: `${hook}: ${String(error)}` });
      throw error;
    } finally {
      this.calls.pop();
      this.hook = this.current?.hook ?? hook;
    }
    if (!outermost) this.inside.push(record);
    else if (this.strategy !== null) this.listener?.heard(record, this.strategy);
    return result;
  }

  private contextOf(ctx: Context): Context {
    let own = this.contexts.get(ctx);
    if (own === undefined) this.contexts.set(ctx, (own = new WatchedContext(ctx, this)));
    return own;
  }

  private wrap(inner: Strategy): Strategy {
    // What is no strategy is refused by who asked for it.
    if (typeof inner !== "object" || inner === null || typeof inner.onBar !== "function") return inner;
    this.strategy = inner;
    const asks = (hook: "canSubmit" | "canClose") => (ctx: Context, view: IntentView) => {
      return this.run(hook, ctx, [view], (own) => inner[hook]?.(own, view) as never);
    };
    const tells = (hook: "onFill" | "onRejected" | "onCanceled" | "onExternalChange") => {
      const told = inner[hook] as ((ctx: Context, ...args: readonly unknown[]) => void) | undefined;
      return told === undefined
        ? {}
        : { [hook]: (ctx: Context, ...args: readonly unknown[]) => this.run(hook, ctx, args, (own) => told.call(inner, own, ...args)) };
    };
    return {
      name: inner.name,
      get policy() {
        return inner.policy;
      },
      ...(inner.backoff === undefined ? {} : { backoff: inner.backoff }),
      ...(inner.warmup === undefined ? {} : { warmup: inner.warmup }),
      setup: (ctx) => this.run("setup", ctx, [], (own) => inner.setup?.(own)),
      onWarmup: (ctx) => this.run("onWarmup", ctx, [], (own) => inner.onWarmup?.(own)),
      onBar: (ctx) => {
        this.lookAtIndicators(ctx);
        this.run("onBar", ctx, [], (own) => inner.onBar(own));
      },
      ...tells("onFill"),
      ...tells("onRejected"),
      ...tells("onCanceled"),
      ...tells("onExternalChange"),
      ...(inner.canSubmit === undefined ? {} : { canSubmit: asks("canSubmit") }),
      ...(inner.canClose === undefined ? {} : { canClose: asks("canClose") }),
      ...(inner.rank === undefined ? {} : { rank: (ctx: Context) => this.run("rank", ctx, [], (own) => inner.rank?.(own) as number) }),
      setBrokerMinimum: (symbol, floor) => this.run("setBrokerMinimum", null, [symbol, floor], () => inner.setBrokerMinimum?.(symbol, floor)),
      snapshot: () => inner.snapshot(),
      // The runner puts a snapshot back in the middle of things: to a second instance that is a hook like any other.
      restore: (state) => this.run("restore", null, [structuredClone(state)], () => inner.restore(state)),
    };
  }

  private lookAtIndicators(ctx: Context): void {
    if (this.unready !== null) return;
    const names = this.indicators.filter((indicator) => !indicator.ready).map((indicator) => indicator.constructor.name);
    this.unready = { bar: ctx.bar, names };
  }
}

/** The run's own context with every request written down. */
class WatchedContext extends ForwardedContext {
  readonly indicators: IndicatorSet;
  readonly random: RandomStream;
  declare private readonly watch: Watch;

  constructor(inner: Context, watch: Watch) {
    super(inner);
    this.watch = watch;
    this.indicators = new NotingSet(inner.indicators, watch.indicators);
    const drawn = (value: number): number => {
      watch.current?.chances.push(value);
      return value;
    };
    this.random = {
      next: () => drawn(inner.random.next()),
      integer: (bound) => drawn(inner.random.integer(bound)),
      snapshot: () => inner.random.snapshot(),
    };
  }

  get bars(): Context["bars"] {
    return this.inner.bars;
  }
  override cancel(intent: number): boolean {
    const done = this.inner.cancel(intent);
    this.answer("cancel", `cancel ${intent}`, null, done, []);
    return done;
  }
  override amend(intent: number, change: { price?: number; trigger?: number; quantity?: number }): boolean {
    const done = this.inner.amend(intent, change);
    this.answer("amend", wordsOf(`amend ${intent}`, change), change as OrderIntent, done, []);
    return done;
  }

  protected ask(verb: IntentVerb, intent: OrderIntent): number {
    const { watch } = this;
    const outer = watch.inside;
    watch.inside = [];
    // In words before the call: a strategy may use one object again.
    const text = wordsOf(verb, intent);
    const number = this.inner[verb](intent);
    this.answer(verb, text, intent, number, watch.inside);
    watch.inside = outer;
    return number;
  }

  private answer(verb: Verb, text: string, intent: OrderIntent | null, value: number | boolean, inside: readonly HookCall[]): void {
    const { watch } = this;
    const request: Request = { bar: watch.bar, time: this.inner.now, hook: watch.hook, verb, text, replaces: intent?.replaces !== undefined };
    watch.note(request, intent);
    watch.current?.answers.push({ request, value, inside });
  }
}

/** Registers with the run's own set, and notes what was registered. */
class NotingSet extends IndicatorSet {
  declare private readonly inner: IndicatorSet;
  declare private readonly noted: Indicator[];

  constructor(inner: IndicatorSet, noted: Indicator[]) {
    super();
    this.inner = inner;
    this.noted = noted;
  }

  override use<T extends Indicator>(indicator: T): T {
    this.noted.push(indicator);
    return this.inner.use(indicator);
  }
}

/** "open LONG, quantity 1, price 99, family dca". Free text (tag, reason) is no part of a decision. */
export function wordsOf(verb: string, intent: object): string {
  const fields = intent as Readonly<Record<string, unknown>>;
  const parts = [...numericFields, ...wordFields, "replaces"].flatMap((field) =>
    fields[field] === undefined ? [] : [`${field} ${wordOf(fields[field])}`],
  );
  const side = fields["side"] === undefined ? "" : ` ${wordOf(fields["side"])}`;
  return [`${verb}${side}`, ...parts].join(", ");
}

// A strategy in JavaScript may hand over anything: NaN must not look like null.
function wordOf(value: unknown): string {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value as string);
}
