// Second instances of a strategy beside a run: one that was restarted from a snapshot, one that was started later. Each is
// called as the first one is and answered the same, and must ask for the same. They must never reach the runner.

import type { OrderIntent, RandomStream } from "../../domain/index.ts";
import { IndicatorSet, type BarView, type Context, type OrderView, type Strategy } from "../../strategy/index.ts";
import { ForwardedContext, type IntentVerb } from "../forwarded-context.ts";
import { wordsOf, type HookCall } from "./watch.ts";

/** What the second instance asked for where it should have asked for something else. */
export interface Difference {
  readonly bar: number;
  readonly hook: string;
  readonly wanted: string;
  readonly got: string;
}

export class Mirror {
  declare readonly strategy: Strategy;
  declare private readonly first: number;
  private readonly indicators = new IndicatorSet();
  private context: MirrorContext | null = null;
  private fed = 0;

  /** @param first row of the first bar that it knows */
  constructor(strategy: Strategy, first: number) {
    this.strategy = strategy;
    this.first = first;
    this.fed = first;
  }

  /** Gives its indicators every bar up to the one that has closed. */
  feed({ bars }: Context): void {
    for (; this.fed <= bars.index; this.fed += 1) {
      const ago = bars.index - this.fed;
      this.indicators.update({
        open: bars.openAt(ago),
        high: bars.highAt(ago),
        low: bars.lowAt(ago),
        close: bars.closeAt(ago),
        volume: bars.volumeAt(ago),
      });
    }
  }

  /** Calls the same hook as in `call`. @returns what it asked for, in words */
  follow(call: HookCall): string[] {
    const hook = this.strategy[call.hook as "onFill"] as ((...args: readonly unknown[]) => unknown) | undefined;
    if (hook === undefined) return [];
    if (call.ctx === null) {
      hook.apply(this.strategy, structuredClone(call.args) as unknown[]);
      return [];
    }
    this.context ??= new MirrorContext(call.ctx, this.first, this.indicators);
    const asked = this.context.begin(call, (inside) => this.follow(inside));
    hook.call(this.strategy, this.context, ...call.args);
    return asked;
  }
}

/** The first difference between what was asked for and what the run's own instance asked for in that call; null when there is none. */
export function differenceOf(call: HookCall, asked: readonly string[], rough: boolean): Difference | null {
  const form = rough ? rounded : (text: string) => text;
  const own = call.answers.map(({ request }) => request.text);
  const length = Math.max(own.length, asked.length);
  for (let at = 0; at < length; at += 1) {
    const [wanted, got] = [own[at] ?? "nothing", asked[at] ?? "nothing"];
    if (form(wanted) !== form(got)) return { bar: call.bar, hook: call.hook, wanted, got };
  }
  return null;
}

// An average that began elsewhere agrees to many digits long before it agrees to all.
function rounded(text: string): string {
  return text.replaceAll(/-?\d+\.\d+(?:e-?\d+)?/g, (number) => Number(number).toPrecision(6));
}

/** Answers a second instance with what the first one was answered. */
class MirrorContext extends ForwardedContext {
  declare readonly indicators: IndicatorSet;
  declare readonly bars: BarView;
  readonly random: RandomStream;
  private call: HookCall | null = null;
  private inside: (call: HookCall) => unknown = () => undefined;
  private asked: string[] = [];
  private chances = 0;

  constructor(inner: Context, first: number, indicators: IndicatorSet) {
    super(inner);
    this.indicators = indicators;
    this.bars = new LaterView(inner.bars, first);
    this.random = {
      next: () => this.chance(),
      integer: () => this.chance(),
      snapshot: () => inner.random.snapshot(),
    };
  }

  /** @returns the list that the requests of this call will be in */
  begin(call: HookCall, inside: (call: HookCall) => unknown): string[] {
    this.call = call;
    this.inside = inside;
    this.chances = 0;
    this.asked = [];
    return this.asked;
  }

  /** As the run's own instance saw them at this point of the hook: those from before it, and those that it has asked for since. */
  override orders(): readonly OrderView[] {
    const { call, asked } = this;
    if (call === null) return this.inner.orders();
    const since = new Set(call.answers.slice(0, asked.length).map(({ value }) => value));
    const added = this.inner.orders().filter(({ intent }) => since.has(intent) && !call.ordersBefore.some((before) => before.intent === intent));
    return [...call.ordersBefore, ...added];
  }

  override cancel(intent: number): boolean {
    return this.answered(`cancel ${intent}`) === true;
  }
  override amend(intent: number, change: { price?: number; trigger?: number; quantity?: number }): boolean {
    return this.answered(wordsOf(`amend ${intent}`, change)) === true;
  }

  protected ask(verb: IntentVerb, intent: OrderIntent): number {
    const value = this.answered(wordsOf(verb, intent));
    return typeof value === "number" ? value : 0;
  }

  private answered(text: string): number | boolean {
    const { call, asked } = this;
    const answer = call?.answers[asked.length];
    asked.push(text);
    if (answer === undefined) return false;
    const { inside } = this;
    for (const nested of answer.inside) inside(nested);
    // A permission hook has a record of its own; afterwards the outer one goes on.
    this.call = call;
    this.asked = asked;
    return answer.value;
  }

  private chance(): number {
    const value = this.call?.chances[this.chances] ?? 0;
    this.chances += 1;
    return value;
  }
}

/** The same bars, of which those before a row are not known. */
class LaterView implements BarView {
  declare private readonly inner: BarView;
  declare private readonly first: number;

  constructor(inner: BarView, first: number) {
    this.inner = inner;
    this.first = first;
  }

  get index(): number {
    return this.inner.index;
  }
  get time(): BarView["time"] {
    return this.inner.time;
  }
  get open(): number {
    return this.inner.open;
  }
  get high(): number {
    return this.inner.high;
  }
  get low(): number {
    return this.inner.low;
  }
  get close(): number {
    return this.inner.close;
  }
  get volume(): number {
    return this.inner.volume;
  }
  openAt(ago: number): number {
    return this.knows(ago) ? this.inner.openAt(ago) : Number.NaN;
  }
  highAt(ago: number): number {
    return this.knows(ago) ? this.inner.highAt(ago) : Number.NaN;
  }
  lowAt(ago: number): number {
    return this.knows(ago) ? this.inner.lowAt(ago) : Number.NaN;
  }
  closeAt(ago: number): number {
    return this.knows(ago) ? this.inner.closeAt(ago) : Number.NaN;
  }
  volumeAt(ago: number): number {
    return this.knows(ago) ? this.inner.volumeAt(ago) : Number.NaN;
  }

  private knows(ago: number): boolean {
    return this.inner.index - ago >= this.first;
  }
}
