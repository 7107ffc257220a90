// The walk-forward table: what was best on each train window, and what became of it on the bars behind. Reads results only.

import type { Cell } from "./jobs.ts";
import type { Sweep } from "./load.ts";
import type { MetricName } from "./metrics.ts";
import { scoreOf, shown } from "./objective.ts";
import type { Point } from "./points.ts";
import { chosenTrial } from "./run.ts";
import type { TrialResult } from "./trial.ts";
import type { Window } from "./windows.ts";

export interface WalkForwardRow {
  readonly scenario: string;
  readonly fill: string;
  readonly train: Pick<Window, "window" | "from" | "to">;
  readonly test: Pick<Window, "from" | "to">;
  /** Best trial of the train window; null where none may be chosen, and then nothing was tested. */
  readonly trial: number | null;
  readonly testTrial: number;
  readonly parameters: Point | null;
  readonly inSample: number | null;
  readonly outOfSample: number | null;
  /** Why the test has no value; null where it has one. A constraint is not applied to a test: it is what it is. */
  readonly refusal: string | null;
}

export interface WalkForwardSummary {
  readonly rows: readonly WalkForwardRow[];
  /** Rows with both values. */
  readonly judged: number;
  readonly inSampleMean: number | null;
  readonly outOfSampleMean: number | null;
  /** Tests whose metric is above 0. */
  readonly aboveZero: number;
  /**
   * Out-of-sample result per time as a share of the in-sample result per time (walk-forward efficiency: R. Pardo, The Evaluation and
   * Optimization of Trading Strategies, 2008). Null for metrics that do not grow with time, and where nothing was earned in sample.
   */
  readonly efficiency: number | null;
}

/** Metrics that grow with time, so that a quotient per time says something. */
const growing: readonly string[] = ["profit", "profitShare", "realizedPnl"];

export function walkForwardOf(sweep: Sweep, results: ReadonlyMap<number, TrialResult>): WalkForwardSummary {
  const rows = sweep.list.cells.flatMap((cell) => rowOf(sweep, cell, results) ?? []);
  const judged = rows.filter(({ inSample, outOfSample }) => inSample !== null && outOfSample !== null);
  const mean = (value: (row: WalkForwardRow) => number | null): number | null =>
    judged.length === 0 ? null : judged.reduce((sum, row) => sum + (value(row) ?? 0), 0) / judged.length;
  return {
    rows,
    judged: judged.length,
    inSampleMean: mean(({ inSample }) => inSample),
    outOfSampleMean: mean(({ outOfSample }) => outOfSample),
    aboveZero: judged.filter(({ outOfSample }) => (outOfSample ?? 0) > 0).length,
    efficiency: growing.includes(sweep.objective.metric) ? efficiencyOf(judged) : null,
  };
}

function rowOf(sweep: Sweep, { scenario, fill, split, first, test }: Cell, results: ReadonlyMap<number, TrialResult>): WalkForwardRow | null {
  const result = test === null ? undefined : results.get(test.trial);
  if (test === null || test.split === null || split === null || result === undefined) return null;
  const { objective } = sweep;
  const trial = chosenTrial(objective, { from: first, to: first + sweep.points.length }, results);
  const valueOf = ({ figures }: TrialResult): number | null => figures?.[objective.metric as MetricName] ?? null;
  const judged = scoreOf({ ...objective, constraints: [] }, result);
  return {
    scenario,
    fill: fill.name,
    train: { window: split.window, from: split.from, to: split.to },
    test: { from: test.split.from, to: test.split.to },
    trial,
    testTrial: test.trial,
    parameters: trial === null ? null : result.parameters,
    inSample: trial === null ? null : valueOf(results.get(trial) as TrialResult),
    outOfSample: judged.score === null ? null : shown(objective, judged.score),
    refusal: judged.refusal,
  };
}

function efficiencyOf(rows: readonly WalkForwardRow[]): number | null {
  const rate = (value: (row: WalkForwardRow) => number | null, span: (row: WalkForwardRow) => Pick<Window, "from" | "to">): number =>
    rows.reduce((sum, row) => sum + (value(row) ?? 0), 0) / rows.reduce((sum, row) => sum + span(row).to - span(row).from, 0);
  const inside = rate(
    ({ inSample }) => inSample,
    ({ train }) => train,
  );
  const outside = rate(
    ({ outOfSample }) => outOfSample,
    ({ test }) => test,
  );
  return inside > 0 ? outside / inside : null;
}
