// What becomes of a strategy that fails: its half-made decision is dropped, and failure after failure locks what increases
// risk. What protects a position stays. It must never ask a strategy again that did not come back.

import type { MarketIndex, Reason, StrategyVerdict } from "../domain/index.ts";
import { dropHalfMade, type HookSession } from "./half-made.ts";
import type { RunnerDesk } from "./order.ts";
import type { RunnerSettings } from "./settings.ts";
import { StrategyError, strategyError } from "./strategy-error.ts";

/** What it uses of the session that it belongs to; `Core` is one. */
interface JudgedSession extends HookSession {
  readonly settings: RunnerSettings;
  readonly desks: readonly RunnerDesk[];
  alert(level: "warning" | "error", text: string): void;
  halt(reason: Reason, text: string): void;
  lock(market: MarketIndex, reason: Reason): void;
  unlock(market: MarketIndex | null, reason: Reason): void;
  readonly churn: { forget(): void } | null;
}

/** Failures of one hook in a row that lock a strategy, unless the settings say otherwise. */
const strategyErrorsMost = 3;

/**
 * A hook has failed. Where the settings say so the session goes on without what it asked for, and the shell is to journal the
 * verdict; else the error ends it.
 * @param mark effects that waited before the hook began. @throws StrategyError where a failure ends the session
 */
export function contain(core: JudgedSession, desk: RunnerDesk, hook: string, error: unknown, mark: number): void {
  const failure = strategyError(desk, hook, error);
  if (!(failure instanceof StrategyError)) throw failure;
  const { verdict, reason } = failure;
  if (verdict === "threw" && core.settings.strategyErrors !== "lock") throw failure;
  if (verdict === "timed_out") desk.mute();
  dropHalfMade(core, desk, mark);
  desk.failing = hook;
  core.effects.push({ type: "strategy_failed", market: desk.market, verdict, hook, text: reason });
}

/** The hook that failed last has come back: what counts is failures in a row. */
export function recovered(desk: RunnerDesk, hook: string): void {
  if (desk.failing !== hook) return;
  desk.failing = null;
  desk.failures = 0;
}

/** What the shell says about a strategy, in a session and in each of its replays. */
export function takeVerdict(core: JudgedSession, { market, verdict, text }: StrategyVerdict): void {
  const desk = core.desks[market] as RunnerDesk;
  // The book is what happened, whatever it thinks of that now.
  if (verdict === "differed") return core.alert("warning", `strategy_differs: ${text}`);
  if (verdict === "timed_out") {
    desk.mute();
    core.alert("error", text);
    return core.lock(market, "strategy_timed_out");
  }
  const { strategyErrors, strategyErrorsMax = strategyErrorsMost } = core.settings;
  if (strategyErrors !== "lock") return core.halt("strategy_error", text);
  desk.failures += 1;
  core.alert("error", `${text} (${desk.failures} in a row)`);
  if (desk.failures >= strategyErrorsMax) core.lock(market, "strategy_locked");
}

/** The operator trusts strategies again that had failed or gone in circles; one that did not come back needs a new process. */
export function forgive(core: JudgedSession): void {
  for (const desk of core.desks) {
    desk.failing = null;
    desk.failures = 0;
    core.unlock(desk.market as MarketIndex, "strategy_locked");
    core.unlock(desk.market as MarketIndex, "churn");
  }
  core.churn?.forget();
  core.unlock(null, "unexplained_divergence");
}
