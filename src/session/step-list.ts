// The steps of a scenario that have not taken effect yet, in the order of their bars. It only hands them out: what a step
// does is the session's.

import type { Step } from "./plan.ts";

export class StepList {
  declare private readonly steps: Step[];

  constructor(steps: readonly Step[]) {
    // Stable: steps of one bar keep the plan's order.
    this.steps = [...steps].sort((a, b) => a.bar - b.bar);
  }

  get length(): number {
    return this.steps.length;
  }

  /** Takes out the next step that a bar of a market is due for; undefined when there is none. */
  take(symbol: string, bar: number): Step | undefined {
    const { steps } = this;
    for (let at = 0; at < steps.length && (steps[at] as Step).bar <= bar; at += 1) {
      const step = steps[at] as Step;
      if (step.symbol === null || step.symbol === symbol) return steps.splice(at, 1)[0];
    }
    return undefined;
  }
}
