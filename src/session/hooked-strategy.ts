// A strategy whose hooks are called through one door: who stands there may hand it another context, note what it does, or answer
// in its place. Hooks that it does not have stay absent: the runner tells by them what it is.

import type { Context, Strategy } from "../strategy/index.ts";

/** Hooks that get a context. */
const hooks = ["setup", "onWarmup", "onBar", "onFill", "onRejected", "onCanceled", "onExternalChange", "canSubmit", "canClose", "rank"] as const;
export type HookName = (typeof hooks)[number];
export type Hook = (ctx: Context, ...args: readonly unknown[]) => unknown;

/** Calls a hook of the strategy, or does something else in its stead. */
export type HookDoor = (hook: HookName, own: Hook, ctx: Context, args: readonly unknown[]) => unknown;

export function hookedStrategy(inner: Strategy, door: HookDoor): Strategy {
  if (typeof inner !== "object" || inner === null) return inner;
  const told: Record<string, unknown> = {};
  for (const hook of hooks) {
    const own = inner[hook] as Hook | undefined;
    if (typeof own === "function") told[hook] = (ctx: Context, ...args: readonly unknown[]) => door(hook, own, ctx, args);
  }
  return {
    ...(told as Pick<Strategy, "onBar">),
    name: inner.name,
    get policy() {
      return inner.policy;
    },
    ...(inner.backoff === undefined ? {} : { backoff: inner.backoff }),
    ...(inner.warmup === undefined ? {} : { warmup: inner.warmup }),
    ...(hasHook(inner, "setBrokerMinimum") ? { setBrokerMinimum: (symbol: string, floor: number) => inner.setBrokerMinimum?.(symbol, floor) } : {}),
    ...(hasHook(inner, "snapshot") ? { snapshot: () => inner.snapshot() } : {}),
    ...(hasHook(inner, "restore") ? { restore: (state: unknown) => inner.restore(state) } : {}),
  } as Strategy;
}

export function hasHook(strategy: Strategy, hook: keyof Strategy): boolean {
  return strategy[hook] !== undefined;
}
