// A story that is told to one runner as a whole, and, at each of its steps anew, to one that dies there and to the one that goes
// on from what it has written down: the two must come to the same. It must never look into what is written.

import { expect } from "vitest";

import type { Restarted } from "./restarted.ts";

export type Step = (harness: Restarted) => unknown;

/** The next timer that is due goes off. */
export const wake: Step = (harness) => {
  const open = [...harness.runner.openTimers()].sort((a, b) => a.due - b.due || a.timer - b.timer);
  const next = open[0];
  if (next === undefined) throw new Error("no timer is armed");
  harness.timer(next.timer, next.due);
};

/** @param make a runner with its strategies, the same each time */
function goneOn(before: Restarted, text: string, make: () => Restarted): Restarted {
  const after = make();
  const { runner: _runner, instruments: _instruments, series: _series, strategy: _strategy, strategies: _strategies, ...heard } = before;
  Object.assign(after, structuredClone(heard));
  after.runner.restore(JSON.parse(text) as ReturnType<typeof after.runner.snapshot>);
  return after;
}

/** Every effect on a line of its own. */
function recordOf({ effects }: Restarted): string {
  return effects.map((effect) => JSON.stringify(effect)).join("\n");
}

/** @returns how many effects there have been behind each step */
function told(harness: Restarted, steps: readonly Step[]): number[] {
  return steps.map((step) => {
    step(harness);
    return harness.effects.length;
  });
}

/** @returns the runner to which all of it was told */
export function expectGoesOn(make: () => Restarted, steps: readonly Step[]): Restarted {
  const whole = make();
  const counts = told(whole, steps);
  for (let cut = 0; cut <= steps.length; cut += 1) {
    const first = make();
    for (const step of steps.slice(0, cut)) step(first);
    const saved = first.runner.snapshot();
    const text = JSON.stringify(saved);
    const second = goneOn(first, text, make);
    expect(JSON.stringify(second.runner.snapshot()), `what is written again at step ${cut}`).toBe(text);
    // Each at its own step, not only all in the same order.
    expect(told(second, steps.slice(cut))).toEqual(counts.slice(cut));
    expect(recordOf(second), `what follows from step ${cut}`).toBe(recordOf(whole));
    expect(JSON.stringify(second.runner.snapshot())).toBe(JSON.stringify(whole.runner.snapshot()));
    expect([second.runner.equity(), second.runner.divergent, second.runner.halted]).toEqual([
      whole.runner.equity(),
      whole.runner.divergent,
      whole.runner.halted,
    ]);
    // Whoever keeps what was written keeps it as it was, whatever that runner does.
    for (const step of steps.slice(cut)) step(first);
    expect(JSON.stringify(saved), `what is kept of step ${cut}`).toBe(text);
  }
  return whole;
}
