// What the strategies of a process decide: noted as they decide, and put in the place of what they say when they are told again of
// what is over. A strategy that thinks otherwise then changes nothing of what has happened. It must never decide anything itself.

import { allowed, canonicalJson, InvariantError, type MarketIndex, type OrderIntent } from "../../domain/index.ts";
import type { Commit, NotedDecision, NotedRequest, NotedThrow } from "../../journal/index.ts";
import type { Context, Strategy } from "../../strategy/index.ts";
import { ForwardedContext, type IntentVerb } from "../forwarded-context.ts";
import { hookedStrategy, type Hook, type HookName } from "../hooked-strategy.ts";
import { asHandedOver, asThrown, noted, notedThrow } from "./noted-values.ts";
import type { Difference } from "../strategy-check/mirror.ts";
import { wordsOf } from "../strategy-check/watch.ts";

/** What a strategy said of a commit that it was told of again. */
export interface DecisionDifference extends Difference {
  readonly market: MarketIndex;
  /** Number of the commit. */
  readonly commit: number;
}

/** A call of a hook that has not come back. */
interface Call {
  readonly market: MarketIndex;
  readonly hook: HookName;
  readonly ctx: Context;
  /** How many calls were made before it in its commit. */
  readonly at: number;
  readonly asked: NotedRequest[];
  /** It is told of something that is over. */
  readonly isAgain: boolean;
  /** What was noted of it when it was made first; null: nothing. */
  readonly script: NotedDecision | null;
}

/** How a call of a hook has ended. */
interface Result {
  readonly answer: unknown;
  readonly threw: NotedThrow | null;
  readonly error: unknown;
}

/** Hooks whose answer decides something, and the answer that is not noted. */
const usualAnswers: Readonly<Partial<Record<HookName, unknown>>> = { canSubmit: allowed, canClose: allowed, rank: undefined };

const noScript: ReadonlyMap<number, NotedDecision> = new Map();

export class Decisions {
  /** Where strategies said otherwise than the journal has it, in the order of the commits. */
  readonly differences: DecisionDifference[] = [];
  private said: NotedDecision[] = [];
  private calls = 0;
  /** What is said again in this commit; null: the strategies speak for themselves. */
  private script: ReadonlyMap<number, NotedDecision> | null = null;
  private commit = 0;
  private readonly contexts = new WeakMap<Context, DecidingContext>();

  /** The same strategy, its decisions noted or said again. */
  wrap(strategy: Strategy, market: MarketIndex): Strategy {
    return hookedStrategy(strategy, (hook, own, ctx, args) => {
      const at = this.calls;
      this.calls += 1;
      const call: Call = { market, hook, ctx, at, asked: [], isAgain: this.script !== null, script: this.script?.get(at) ?? null };
      return this.run(call, own, strategy, args);
    });
  }

  /** What has been said since this was asked last. */
  take(): NotedDecision[] {
    const { said } = this;
    this.said = [];
    this.calls = 0;
    return said.sort((a, b) => a.call - b.call);
  }

  /** The commit is told again: what was decided then stands. A journal that keeps no decisions leaves it to the strategies. */
  again({ seq, notes }: Commit): void {
    const { decisions } = notes ?? {};
    this.take();
    this.commit = seq;
    this.script = decisions === undefined ? noScript : new Map(decisions.map((decision) => [decision.call, decision]));
  }

  /** From here on the strategies speak for themselves. */
  live(): void {
    this.take();
    this.script = null;
  }

  private run(call: Call, own: Hook, strategy: Strategy, args: readonly unknown[]): unknown {
    const context = this.contextOf(call.ctx);
    const outer = context.call;
    context.call = call;
    let result: Result = { answer: undefined, threw: null, error: undefined };
    try {
      result = { ...result, answer: own.call(strategy, context, ...args) };
    } catch (error) {
      result = { ...result, threw: notedThrow(error), error };
    }
    if (this.script !== null) context.sayRest();
    // A permission hook runs inside of the one that asked.
    context.call = outer;
    return this.script === null ? this.note(call, result) : this.asThen(call, result, strategy);
  }

  /** What the hook did is kept, and goes on as it is. */
  private note({ at, market, hook, asked }: Call, { answer, threw, error }: Result): unknown {
    const given = answerOf(hook, answer);
    const isUsual = threw !== null || given === undefined || textOf([given]) === textOf([usualAnswers[hook]]);
    const kept = isUsual ? {} : { answer: given };
    if (asked.length > 0 || threw !== null || "answer" in kept)
      this.said.push({ call: at, market, hook, asked, ...kept, ...(threw === null ? {} : { threw }) });
    if (threw !== null) throw error;
    return answer;
  }

  /** What the hook did then stands for what it did now. */
  private asThen(call: Call, now: Result, strategy: Strategy): unknown {
    const { market, hook, ctx, script } = call;
    const then = { answer: script?.answer ?? usualAnswers[hook], threw: script?.threw ?? null };
    const answer = answerOf(hook, now.answer);
    const isSame =
      then.threw === null && now.threw === null ? textOf([then.answer]) === textOf([answer]) : textOf([then.threw]) === textOf([now.threw]);
    if (!isSame) this.differs(call, endOf(then.answer, then.threw), endOf(answer, now.threw));
    if (then.threw !== null) throw isSame ? now.error : asThrown(then.threw, market, strategy.name, ctx.symbol, ctx.bar);
    return isSame ? now.answer : asHandedOver(then.answer);
  }

  differs({ market, hook, ctx }: Call, wanted: string, got: string): void {
    if (wanted !== got) this.differences.push({ market, commit: this.commit, bar: ctx.bar, hook, wanted, got });
  }

  /** One context a market, as the strategy itself would have. */
  private contextOf(ctx: Context): DecidingContext {
    let own = this.contexts.get(ctx);
    if (own === undefined) this.contexts.set(ctx, (own = new DecidingContext(ctx, this)));
    return own;
  }
}

/** Notes each request; of a call that is made again it makes those of then. */
class DecidingContext extends ForwardedContext {
  declare private readonly decisions: Decisions;
  #call: Call | null = null;

  constructor(inner: Context, decisions: Decisions) {
    super(inner);
    this.decisions = decisions;
    // As the context that it stands for: nobody writes into it.
    Object.freeze(this);
  }

  get call(): Call | null {
    return this.#call;
  }
  set call(call: Call | null) {
    this.#call = call;
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

  override cancel(intent: number): boolean {
    return this.request({ verb: "cancel", of: noted(intent) }, () => this.inner.cancel(intent)) === true;
  }
  override amend(intent: number, change: Parameters<Context["amend"]>[1]): boolean {
    return this.request({ verb: "amend", of: noted(intent), terms: noted(change) }, () => this.inner.amend(intent, change)) === true;
  }
  protected ask(verb: IntentVerb, intent: OrderIntent): number {
    const number = this.request({ verb, terms: noted(intent) }, () => this.inner[verb](intent));
    return typeof number === "number" ? number : 0;
  }

  /** Requests of then that were not made again. */
  sayRest(): void {
    const call = this.#call;
    const asked = call?.script?.asked ?? [];
    while (call !== null && call.asked.length < asked.length) {
      const then = asked[call.asked.length] as NotedRequest;
      call.asked.push(then);
      this.decisions.differs(call, requestWords(then), "nothing");
      try {
        this.perform(then);
      } catch (error) {
        // What the runner says to it was the strategy's to take, and how the hook ended is noted.
        if (error instanceof InvariantError) throw error;
      }
    }
  }

  private request(request: NotedRequest, own: () => number | boolean): number | boolean {
    const call = this.#call;
    // Outside of its hooks a strategy has no say; the context behind this one answers as it always does.
    if (call === null) return own();
    const at = call.asked.length;
    call.asked.push(request);
    if (!call.isAgain) return own();
    const then = call.script?.asked[at];
    if (then !== undefined && textOf(then) === textOf(request)) return own();
    this.decisions.differs(call, then === undefined ? "nothing" : requestWords(then), requestWords(request));
    return then === undefined ? false : this.perform(then);
  }

  private perform({ verb, of, terms }: NotedRequest): number | boolean {
    const { inner } = this;
    const [intent, given] = [asHandedOver(of) as number, asHandedOver(terms)];
    if (verb === "cancel") return inner.cancel(intent);
    if (verb === "amend") return inner.amend(intent, given as Parameters<Context["amend"]>[1]);
    return inner[verb](given as OrderIntent);
  }
}

/** undefined: no hook that is asked for an answer. */
function answerOf(hook: HookName, answer: unknown): unknown {
  return hook in usualAnswers ? noted(answer) : undefined;
}

// Equal texts are equal values: what has no JSON stands as text already.
function textOf(value: object): string {
  return canonicalJson(value);
}

function requestWords({ verb, of, terms }: NotedRequest): string {
  const start = of === undefined ? verb : `${verb} ${JSON.stringify(of)}`;
  return typeof terms === "object" && terms !== null ? wordsOf(start, terms) : terms === undefined ? start : `${start}, ${JSON.stringify(terms)}`;
}

function endOf(answer: unknown, threw: NotedThrow | null): string {
  if (threw !== null) return `a throw: ${threw.kind === "timed_out" ? "it did not come back" : threw.message}`;
  return answer === undefined ? "nothing" : JSON.stringify(answer);
}
