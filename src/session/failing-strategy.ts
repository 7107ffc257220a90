// A strategy that fails where a scenario says so, in a hook that is its own otherwise: what the runner does then can be tried on
// every strategy. It must never change what the strategy asks for in the calls that do not fail.

import { DecisionTimedOut } from "../runner/index.ts";
import type { Context, Strategy } from "../strategy/index.ts";
import { isStrategyStep, type FailingHook, type StrategyStep } from "./feed/steps.ts";
import type { SimulationPlan } from "./plan.ts";

type Call = (ctx: Context, ...rest: readonly unknown[]) => unknown;

/** A step with how often it has still to happen. */
interface Planned {
  readonly bar: number;
  readonly step: StrategyStep;
  left: number;
  /** Calls in its bar so far. */
  calls: number;
}

/** The strategy of a market as the plan's steps have it: itself, where none is about it. */
export function failingAsPlanned(strategy: Strategy, symbol: string, plan: SimulationPlan): Strategy {
  const planned = plan.steps.flatMap(({ bar, symbol: own, action }) =>
    isStrategyStep(action) && (own ?? symbol) === symbol
      ? [{ bar, step: action, left: action.do === "strategy_throws" ? action.times : 1, calls: 0 }]
      : [],
  );
  return planned.length === 0 ? strategy : failing(strategy, planned);
}

function failing(strategy: Strategy, planned: readonly Planned[]): Strategy {
  const calls = new Map<FailingHook, Call>();
  for (const { hook } of planned.map(({ step }) => step)) {
    // Bound: the strategy may keep its state in private fields.
    const own = (strategy[hook] as Call | undefined)?.bind(strategy) ?? (() => undefined);
    const faults = planned.filter(({ step }) => step.hook === hook);
    calls.set(hook, (ctx, ...rest) => call(own, hook, faults, ctx, rest));
  }
  return new Proxy(strategy, {
    get: (target, key) => {
      const replaced = calls.get(key as FailingHook);
      if (replaced !== undefined) return replaced;
      const value: unknown = Reflect.get(target, key);
      return typeof value === "function" ? (value as Call).bind(target) : value;
    },
  });
}

/** Decisions are counted by their bars: a process that came back has forgotten its calls. */
function isOver({ bar: first, step }: Planned, hook: FailingHook, bar: number): boolean {
  return hook === "onBar" && step.do === "strategy_throws" && bar >= first + step.times;
}

function call(own: Call, hook: FailingHook, faults: readonly Planned[], ctx: Context, rest: readonly unknown[]): unknown {
  // Between two closes the bar that is under way is the one behind the last closed one.
  const bar = hook === "onBar" ? ctx.bar : ctx.bar + 1;
  const due = faults.find((fault) => fault.left > 0 && bar >= fault.bar && !isOver(fault, hook, bar));
  if (due === undefined) return own(ctx, ...rest);
  due.calls += 1;
  if (due.step.do === "strategy_timed_out") {
    if (due.calls < due.step.call) return own(ctx, ...rest);
    due.left = 0;
    throw new DecisionTimedOut();
  }
  due.left -= 1;
  own(ctx, ...rest);
  throw new Error("planned by the scenario");
}
