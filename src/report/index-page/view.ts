// What the index page shows: the scenarios of one command in the order in which they matter, and the coverage of the order state
// machine. Plain data; it computes no figure.

import type { LifecycleCoverage } from "../lifecycle/lifecycle.ts";
import type { Outcome, RunFigures, RunStatus } from "../outcome.ts";

export interface IndexEntry {
  /** As it was named on the command line, or found in a folder. */
  readonly file: string;
  readonly outcome: Outcome<RunFigures>;
  /** Where its report lies, from the index page on, with forward slashes; null where there is none. */
  readonly link: string | null;
}

export interface IndexView {
  readonly entries: readonly IndexEntry[];
  readonly coverage: LifecycleCoverage;
  /** When the command ended. */
  readonly time: Date;
  readonly version: string;
}

/** What needs a look comes first, what there is nothing to say of last. */
export const statusOrder: readonly RunStatus[] = ["error", "failed", "passed", "not_run"];

/** The badge of a status, by the names of the pages' style. */
export const statusBadges: Readonly<Record<RunStatus, string>> = { error: "bad", failed: "bad", not_run: "doubt", passed: "good" };

/** Whether one of them failed, or broke. */
export function hasFailed(entries: readonly IndexEntry[]): boolean {
  return entries.some(({ outcome }) => outcome.status === "failed" || outcome.status === "error");
}

/** Failed ones first, in the order of the command among themselves. */
export function inOrder(entries: readonly IndexEntry[]): IndexEntry[] {
  return statusOrder.flatMap((status) => entries.filter(({ outcome }) => outcome.status === status));
}
