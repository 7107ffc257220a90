// A watch over strategies from another thread: each hook leaves a mark when it begins and when it has come back, and who looks at
// the marks sees one that does not. It never ends a thread itself; it says where the strategy is, so that a run without it can be made.

import type { Strategy } from "../strategy/index.ts";
import { failingHooks, type FailingHook } from "./feed/steps.ts";
import type { SimulationPlan, Step } from "./plan.ts";

/** Hooks that are watched; the first are those that a run can do without. */
const hooks = [
  ...failingHooks,
  "setup",
  "onWarmup",
  "onExternalChange",
  "canSubmit",
  "canClose",
  "setBrokerMinimum",
  "rank",
  "snapshot",
  "restore",
] as const;
type Hook = (typeof hooks)[number];

/** A hook that has not come back. */
export interface Whereabouts {
  /** Number of its market in the plan. */
  readonly market: number;
  readonly hook: Hook;
  /** The bar that was decided on, or was under way. */
  readonly bar: number;
  /** Which call of this hook in this bar. */
  readonly call: number;
}

/** Marks of one run, shared by two threads. */
const count = 0;
const inside = 1;
const hookAt = 2;
const marketAt = 3;
const barAt = 4;
const callAt = 5;
const words = 6;

export function newMarks(): SharedArrayBuffer {
  return new SharedArrayBuffer(4 * words);
}

/** What a watched run is given: where to leave its marks, and what was found in earlier runs of the same plan. */
export interface WatchedRun {
  readonly marks: SharedArrayBuffer;
  readonly verdicts: readonly Whereabouts[];
}

/** Whether a run can go on without the hook: it is then told of the verdict where the hook was called. */
export function isDispensable({ hook }: Whereabouts): boolean {
  return (failingHooks as readonly Hook[]).includes(hook);
}

/** The plan with marks, and with the verdicts of before as steps. */
export function watchedPlan(plan: SimulationPlan, { marks, verdicts }: WatchedRun): SimulationPlan {
  const { definition, params } = plan.strategy;
  const symbols = plan.markets.map(({ rules }) => rules.symbol);
  const create = (own: typeof params): Strategy => marking(definition.create(own), new Int32Array(marks), symbols);
  const steps = verdicts.map(({ market, hook, bar, call }): Step => {
    const action = { do: "strategy_timed_out" as const, hook: hook as FailingHook, call };
    return { bar, symbol: symbols[market] ?? null, action };
  });
  return { ...plan, steps: [...plan.steps, ...steps], strategy: { definition: { ...definition, create }, params } };
}

type Call = (...args: readonly unknown[]) => unknown;

/** The same strategy; each of its hooks says when it begins and when it is back. */
function marking(strategy: Strategy, marks: Int32Array, symbols: readonly string[]): Strategy {
  const known = new Map<string | symbol, unknown>();
  const wrap = (key: string | symbol): unknown => {
    const value: unknown = Reflect.get(strategy, key);
    if (typeof value !== "function") return value;
    const own = (value as Call).bind(strategy);
    const hook = hooks.indexOf(key as Hook);
    const wrapped = hook < 0 ? own : marked(own, hook, marks, symbols);
    known.set(key, wrapped);
    return wrapped;
  };
  return new Proxy(strategy, { get: (_, key) => known.get(key) ?? wrap(key) });
}

function marked(own: Call, hook: number, marks: Int32Array, symbols: readonly string[]): Call {
  let last = -2;
  let calls = 0;
  return (...args) => {
    // A hook may ask for something that asks another hook: when that is back, this one still runs.
    const outer = marks[inside] === 1 ? marks.slice(hookAt) : null;
    const ctx = args[0] as { readonly symbol?: string; readonly bar?: number } | undefined;
    const bar = (ctx?.bar ?? -1) + (hooks[hook] === "onBar" ? 0 : 1);
    calls = bar === last ? calls + 1 : 1;
    last = bar;
    marks.set([hook, Math.max(0, symbols.indexOf(ctx?.symbol ?? "")), bar, calls], hookAt);
    marks[inside] = 1;
    Atomics.add(marks, count, 1);
    try {
      return own(...args);
    } finally {
      if (outer === null) marks[inside] = 0;
      else marks.set(outer, hookAt);
      Atomics.add(marks, count, 1);
    }
  };
}

/** Looks at the marks of a run now and then. */
export class Watchdog {
  declare private readonly marks: Int32Array;
  declare private readonly timeoutMs: number;
  private seen = -1;
  private since = 0;

  /** @param timeoutMs how long a hook may take, in real time */
  constructor(marks: SharedArrayBuffer, timeoutMs: number) {
    this.marks = new Int32Array(marks);
    this.timeoutMs = timeoutMs;
  }

  /** @param now ms of any clock that never goes back. @returns null while all is well */
  look(now: number): Whereabouts | null {
    const { marks } = this;
    const turns = Atomics.load(marks, count);
    if (turns !== this.seen || marks[inside] !== 1) {
      this.seen = turns;
      this.since = now;
      return null;
    }
    if (now - this.since < this.timeoutMs) return null;
    const hook = hooks[marks[hookAt] as number] as Hook;
    return { market: marks[marketAt] as number, hook, bar: marks[barAt] as number, call: marks[callAt] as number };
  }
}
