// What a sweep has found, as plain data: the points with their values, the best and the best plateau, what they are worth against
// chance, and the walk-forward table. Equal results give an equal summary: no clock and no machine is in it.

import { fillLabels } from "../scenario/index.ts";
import { deflatedSharpe, type Deflation } from "./chance.ts";
import type { Cell } from "./jobs.ts";
import type { Sweep } from "./load.ts";
import type { Figures, MetricName } from "./metrics.ts";
import { bestFirst, bestOf, medianOf, scoreAcross, scoreOf, shown } from "./objective.ts";
import type { Point } from "./points.ts";
import { gridNeighbours, nearestNeighbours, robustnessOf, type Robustness } from "./robustness.ts";
import { chosenTrial } from "./run.ts";
import type { ReturnSample } from "./returns.ts";
import type { Json } from "./space.ts";
import { fillOf, type TrialResult } from "./trial.ts";
import { walkForwardOf, type WalkForwardSummary } from "./walk-forward.ts";

/** Of sampled points, the best so many are compared with their nearest: each is measured against all. */
const comparedPoints = 1_000;

/** Refusal of a point that has not had all its trials. */
export const notRun = "not run yet";

/** One point over all its trials. */
export interface PointSummary {
  readonly point: number;
  readonly parameters: Point;
  /** The objective's metric over its trials; null where it may not be chosen. */
  readonly value: number | null;
  /** Why not: the first trial's reason; null where it may. */
  readonly refusal: string | null;
  /** In the metric's own direction; null where there is no value, and for sampled points beyond the best 1,000. */
  readonly neighbours: Neighbours | null;
}

/** A point's neighbours in terms of the metric; see `Robustness`. */
export interface Neighbours extends Pick<Robustness, "neighbours" | "failed" | "robustness"> {
  readonly mean: number | null;
  readonly worst: number | null;
  readonly plateau: number;
}

export interface CellSummary {
  readonly scenario: string;
  readonly fill: string;
  /** Trial that was best in it, and its metric; null where none may be chosen. */
  readonly trial: number | null;
  readonly parameters: Point | null;
  readonly value: number | null;
  readonly figures: Figures | null;
  /** Null where too few trials have a sample of returns. */
  readonly chance: Deflation | null;
}

export interface SweepSummary {
  readonly sweep: string;
  readonly why: string;
  readonly hash: string;
  readonly seed: number;
  /** What must be said beside every result: "synthetic bars", "kind: optimistic fills", … */
  readonly labels: readonly string[];
  readonly method: "grid" | "random" | "latinHypercube";
  readonly objective: Sweep["objective"];
  readonly parameters: readonly { readonly path: string; readonly values: readonly Json[] | null; readonly ordered: boolean }[];
  readonly scenarios: readonly { readonly file: string; readonly name: string; readonly labels: readonly string[]; readonly bars: number }[];
  readonly fills: readonly string[];
  readonly trials: { readonly total: number; readonly done: number; readonly finished: number; readonly halted: number; readonly failed: number };
  /** Errors by code, most frequent first, each with the first that was seen. */
  readonly errors: readonly { readonly code: string; readonly trials: number; readonly first: number; readonly reason: string }[];
  readonly best: PointSummary | null;
  /** The point whose value and neighbours are best together. */
  readonly plateau: PointSummary | null;
  /** Over the points that have a value. */
  readonly spread: { readonly points: number; readonly median: number; readonly worst: number; readonly aboveZero: number } | null;
  /** Best of each scenario under each fill; empty with walk-forward. */
  readonly cells: readonly CellSummary[];
  readonly walkForward: WalkForwardSummary | null;
  readonly points: readonly PointSummary[];
}

/** @param results by trial; a sweep that is not over has fewer, and its points without all their trials have no value */
export function summaryOf(sweep: Sweep, results: ReadonlyMap<number, TrialResult>): SweepSummary {
  const { objective, dimensions, points, scenarios, fills, list, method } = sweep;
  const scores = points.map((_, at) => pointScore(sweep, at, results));
  const values = scores.map(({ score }) => score);
  const neighbourhood =
    method === "grid" ? gridNeighbours(dimensions, points) : nearestNeighbours(dimensions, points, bestFirst(values).slice(0, comparedPoints));
  const around = robustnessOf(values, neighbourhood);
  const summaries = points.map((parameters, at): PointSummary => {
    const { score, refusal } = scores[at] as PointScore;
    const value = score === null ? null : shown(objective, score);
    return { point: at, parameters, value, refusal, neighbours: neighboursOf(sweep, around[at] ?? null) };
  });
  const all = [...results.values()];
  const count = (status: TrialResult["status"]): number => all.filter((result) => result.status === status).length;
  return {
    sweep: sweep.name,
    why: sweep.why,
    hash: sweep.hash,
    seed: sweep.seed,
    labels: labelsOf(sweep),
    method: method === "grid" ? "grid" : "random" in method ? "random" : "latinHypercube",
    objective,
    parameters: dimensions.map(({ path, values: listed, ordered }) => ({ path, values: listed, ordered })),
    scenarios: scenarios.map(({ file, name, labels, plan }) => ({ file, name, labels, bars: plan.markets[0]?.series[0]?.length ?? 0 })),
    fills: fills.map(({ name }) => name),
    trials: {
      total: list.jobs.length + list.open.length,
      done: all.length,
      finished: count("finished"),
      halted: count("halted"),
      failed: count("error"),
    },
    errors: errorsOf(all),
    best: at(summaries, bestOf(values)),
    plateau: at(summaries, bestOf(around.map((one) => one?.plateau ?? null))),
    spread: spreadOf(sweep, values),
    cells: sweep.walkForward === null ? list.cells.map((cell) => cellSummary(sweep, cell, results)) : [],
    walkForward: sweep.walkForward === null ? null : walkForwardOf(sweep, results),
    points: summaries,
  };
}

/** Of the scenarios, and of fills that flatter the result, each by its name. */
function labelsOf({ scenarios, fills }: Sweep): string[] {
  const ofFills = fills.flatMap(({ name, settings }) => {
    const preset = typeof settings === "string" ? settings : settings.preset;
    if (preset === undefined && Object.keys(settings).length === 0) return [];
    const models = scenarios.map(({ plan }) => fillOf(plan, { name, settings }).model);
    return models.flatMap((model) => fillLabels(preset ?? "default", model).map((label) => `${name}: ${label}`));
  });
  return [...new Set([...scenarios.flatMap((scenario) => scenario.labels), ...ofFills])];
}

interface PointScore {
  readonly score: number | null;
  readonly refusal: string | null;
}

/** Over the point's trial in every cell. */
function pointScore({ objective, list }: Sweep, point: number, results: ReadonlyMap<number, TrialResult>): PointScore {
  const trials = list.cells.map(({ first }) => results.get(first + point));
  if (trials.some((trial) => trial === undefined)) return { score: null, refusal: notRun };
  const scores = (trials as TrialResult[]).map((trial) => scoreOf(objective, trial));
  return { score: scoreAcross(objective.across, scores), refusal: scores.find(({ refusal }) => refusal !== null)?.refusal ?? null };
}

function neighboursOf({ objective }: Sweep, around: Robustness | null): Neighbours | null {
  if (around === null) return null;
  const { neighbours, failed, robustness, neighbourMean, neighbourWorst, plateau } = around;
  const metric = (score: number | null): number | null => (score === null ? null : shown(objective, score));
  return { neighbours, failed, robustness, mean: metric(neighbourMean), worst: metric(neighbourWorst), plateau: shown(objective, plateau) };
}

function spreadOf({ objective }: Sweep, scores: readonly (number | null)[]): SweepSummary["spread"] {
  const known = scores.filter((score) => score !== null).sort((a, b) => a - b);
  if (known.length === 0) return null;
  const aboveZero = known.filter((score) => shown(objective, score) > 0).length;
  return { points: known.length, median: shown(objective, medianOf(known)), worst: shown(objective, known[0] as number), aboveZero };
}

function cellSummary(sweep: Sweep, cell: Cell, results: ReadonlyMap<number, TrialResult>): CellSummary {
  const { scenario, fill, first } = cell;
  const range = { from: first, to: first + sweep.points.length };
  const rows = Array.from({ length: sweep.points.length }, (_, place) => results.get(first + place));
  const empty = { scenario, fill: fill.name, trial: null, parameters: null, value: null, figures: null, chance: null };
  if (rows.some((row) => row === undefined)) return empty;
  const trial = chosenTrial(sweep.objective, range, results);
  if (trial === null) return empty;
  const { parameters, figures, sample } = results.get(trial) as TrialResult;
  const samples = (rows as TrialResult[]).flatMap((row): ReturnSample[] => (row.sample === null ? [] : [row.sample]));
  const value = figures?.[sweep.objective.metric as MetricName] ?? null;
  return { scenario, fill: fill.name, trial, parameters, value, figures, chance: sample === null ? null : deflatedSharpe(sample, samples) };
}

function errorsOf(results: readonly TrialResult[]): SweepSummary["errors"] {
  const byCode = new Map<string, { code: string; trials: number; first: number; reason: string }>();
  for (const { trial, error } of [...results].sort((a, b) => a.trial - b.trial)) {
    if (error === null) continue;
    const known = byCode.get(error.code) ?? { code: error.code, trials: 0, first: trial, reason: error.reason };
    known.trials += 1;
    byCode.set(error.code, known);
  }
  return [...byCode.values()].sort((a, b) => b.trials - a.trials || a.first - b.first);
}

function at<T>(list: readonly T[], index: number | null): T | null {
  return index === null ? null : (list[index] ?? null);
}
