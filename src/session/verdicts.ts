// Strategies that have failed while the session goes on: that they did is told like any other fact, so that a replay hears of it
// too. It never judges; the runner does.

import type { Millis, Sequence, StrategyFailed, StrategyVerdict } from "../domain/index.ts";

export class Verdicts {
  /** Failures whose verdict has not been told; null: none. */
  pending: readonly StrategyFailed[] | null = null;

  failed(failure: StrategyFailed): void {
    this.pending = [...(this.pending ?? []), failure];
  }

  /** The process that saw them is gone. */
  forget(): void {
    this.pending = null;
  }

  tell(time: Millis, hear: (verdict: StrategyVerdict) => void): void {
    const { pending } = this;
    this.pending = null;
    for (const { market, verdict, text } of pending ?? []) hear({ type: "strategy_verdict", time, sequence: 0 as Sequence, market, verdict, text });
  }
}
