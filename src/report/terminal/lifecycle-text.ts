// The coverage of the order state machine for a terminal: one row a step, with the errors under which it was taken and those that
// are left. Text only.

import type { CoveragePair, LifecycleCoverage } from "../lifecycle/lifecycle.ts";
import { tableText } from "./table.ts";
import type { Screen } from "./screen.ts";

const shownErrors = 4;

/** The table, then the totals, then what was done that was held to be impossible. Ends with a line break. */
export function coverageText(coverage: LifecycleCoverage, { width, paint }: Screen): string {
  const columns = [{ title: "step" }, { title: "taken under", flexible: true }, { title: "not taken under", flexible: true }];
  const rows = stepsOf(coverage)
    .filter((pairs) => pairs.some(({ state }) => state !== "impossible"))
    .map((pairs) => {
      const taken = pairs.filter(({ state }) => state === "exercised").map(({ error, count }) => `${error} ${count}`);
      const left = pairs.filter(({ state }) => state === "not_exercised").map(({ error }) => error);
      return [stepName(pairs[0] as CoveragePair), taken.length === 0 ? paint("yellow", "never") : taken.join(", "), leftText(left)];
    });
  const odd = coverage.pairs.filter(({ state, reason }) => state === "exercised" && reason !== null);
  const lines = [
    tableText(columns, rows, width),
    coverageTotals(coverage),
    ...odd.map(
      (pair) =>
        `${paint("red", "unforeseen")} ${stepName(pair)} under ${pair.error} (${pair.scenarios.join(", ")}); held to be impossible: ${pair.reason}`,
    ),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

/** The first few: coverage.json has them all. */
function leftText(errors: readonly string[]): string {
  if (errors.length <= shownErrors) return errors.join(", ");
  return `${errors.slice(0, shownErrors - 1).join(", ")} and ${errors.length - shownErrors + 1} more`;
}

/** "order states: 41 of 353 steps under an error were taken by 52 runs; 369 are impossible". */
export function coverageTotals({ runs, exercised, notExercised, impossible }: LifecycleCoverage): string {
  return `order states: ${exercised} of ${exercised + notExercised} steps under an error were taken by ${runs} ${runs === 1 ? "run" : "runs"}; ${impossible} are impossible`;
}

/** The pairs of each step, in the order of the state machine. */
export function stepsOf({ pairs }: LifecycleCoverage): CoveragePair[][] {
  return [...Map.groupBy(pairs, stepName).values()];
}

export function stepName({ from, to }: CoveragePair): string {
  return `${from} → ${to}`;
}
