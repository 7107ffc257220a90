// What a strategy can do wrong at run time, as one typed error. It is neither masked nor retried: the session ends, and
// the shell journals the verdict.

import { InvariantError, SeatrialError, type MarketIndex, type StrategyFailed } from "../domain/index.ts";

/** Where it happened: what of a desk the message names. */
interface Scene {
  readonly market: MarketIndex;
  readonly strategy: { readonly name: string };
  readonly instrument: { readonly symbol: string };
  readonly bars: { readonly index: number };
}

/** What stands for a hook that never came back: the watchdog's verdict, at the place where it was found. */
export class DecisionTimedOut extends Error {}

/** The strategy broke: it threw, or handed over what is no intent. The session ends; the shell journals the verdict. */
export class StrategyError extends SeatrialError {
  declare readonly market: MarketIndex;
  declare readonly verdict: StrategyFailed["verdict"];

  constructor(desk: Scene, code: string, reason: string, hint: string, cause?: unknown) {
    super({ code, reason, hint, exitCode: 2, cause });
    this.name = "StrategyError";
    this.market = desk.market;
    this.verdict = cause instanceof DecisionTimedOut ? "timed_out" : "threw";
  }
}

/** What a hook threw, named by hook, market and bar. A broken invariant of ours stays what it is. */
export function strategyError(desk: Scene, hook: string, error: unknown): SeatrialError {
  if (error instanceof StrategyError || error instanceof InvariantError) return error;
  const where = `on ${desk.instrument.symbol}, bar ${desk.bars.index}`;
  if (error instanceof DecisionTimedOut) {
    const reason = `strategy ${desk.strategy.name} did not come back from ${hook} ${where}`;
    return new StrategyError(desk, "strategy_timed_out", reason, "look for a loop without an end in it", error);
  }
  if (error instanceof SeatrialError)
    return new StrategyError(desk, error.code, `${error.reason} (${desk.strategy.name}.${hook} ${where})`, error.hint ?? "fix the strategy", error);
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new StrategyError(
    desk,
    "strategy_threw",
    `strategy ${desk.strategy.name} threw in ${hook} ${where}: ${what}`,
    "fix the strategy; its orders so far are in the journal",
    error,
  );
}

/** The strategy has turned its view of the bars to another bar. The view is turned back. @param bar where it stood */
export function tampered(desk: { readonly bars: { index: number } } & Scene, bar: number): StrategyError {
  desk.bars.index = bar;
  const reason = `strategy ${desk.strategy.name} moved its view of the bars of ${desk.instrument.symbol} away from bar ${bar}`;
  return new StrategyError(desk, "strategy_tampered", reason, "read other bars with closeAt and its like");
}
