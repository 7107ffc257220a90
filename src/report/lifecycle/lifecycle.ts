// The coverage of the order state machine over the runs of one command: which steps were taken under which error, by which
// scenarios, and which were not. It counts what the journals say; it must never call a step covered that no run has taken.

import type { RowStatus } from "../../domain/index.ts";
import type { LifecycleError, LifecycleStep } from "../../journal/index.ts";
import { lifecycleErrors, lifecyclePossibilities } from "./lifecycle-roads.ts";

/** What one run adds. */
export interface ScenarioSteps {
  readonly scenario: string;
  readonly steps: readonly LifecycleStep[];
}

/** One step of the state machine under one error. */
export interface CoveragePair {
  readonly from: RowStatus;
  readonly to: RowStatus;
  readonly error: LifecycleError;
  readonly state: "exercised" | "not_exercised" | "impossible";
  /** Times that it was taken, over all runs. */
  readonly count: number;
  /** Who took it, in the order of the runs. */
  readonly scenarios: readonly string[];
  /** Why it is impossible; of one that was not exercised, what it waits for; of one that was exercised, why that was held to be impossible. */
  readonly reason: string | null;
}

/** `coverage.json`. */
export interface LifecycleCoverage {
  readonly format: 1;
  /** Runs that were looked at: those that came to an end. */
  readonly runs: number;
  readonly exercised: number;
  readonly notExercised: number;
  readonly impossible: number;
  readonly errors: readonly { readonly name: LifecycleError; readonly meaning: string }[];
  readonly pairs: readonly CoveragePair[];
}

/** @param runs in the order of the command */
export function lifecycleCoverage(runs: readonly ScenarioSteps[]): LifecycleCoverage {
  const taken = new Map<string, { count: number; readonly scenarios: Set<string> }>();
  for (const { scenario, steps } of runs) {
    for (const step of steps) {
      const key = keyOf(step);
      const entry = taken.get(key) ?? { count: 0, scenarios: new Set() };
      taken.set(key, entry);
      entry.count += step.count;
      entry.scenarios.add(scenario);
    }
  }
  const pairs = lifecyclePossibilities().map(({ from, to, error, possible, reason }): CoveragePair => {
    const entry = taken.get(keyOf({ from, to, error }));
    const state = entry !== undefined ? "exercised" : possible ? "not_exercised" : "impossible";
    const told = entry !== undefined && possible ? null : reason;
    return { from, to, error, state, count: entry?.count ?? 0, scenarios: [...(entry?.scenarios ?? [])], reason: told };
  });
  const count = (state: CoveragePair["state"]): number => pairs.filter((pair) => pair.state === state).length;
  return {
    format: 1,
    runs: runs.length,
    exercised: count("exercised"),
    notExercised: count("not_exercised"),
    impossible: count("impossible"),
    errors: Object.entries(lifecycleErrors).map(([name, meaning]) => ({ name: name as LifecycleError, meaning })),
    pairs,
  };
}

function keyOf({ from, to, error }: Pick<LifecycleStep, "from" | "to" | "error">): string {
  return `${from} ${to} ${error}`;
}
