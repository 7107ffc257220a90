// Heat maps of a sweep as data: two parameters at a time, the mean of the objective over every point that has these two values. It
// draws nothing.

import type { Objective } from "./schema.ts";
import type { Json } from "./space.ts";
import type { PointSummary, SweepSummary } from "./summary.ts";
import { figure, valueText } from "./text.ts";

export interface HeatCell {
  /** Mean of the objective's metric; null where no point with a value falls here. */
  readonly mean: number | null;
  /** From 0, the worst cell of the map, to 1, the best; null without a mean. */
  readonly level: number | null;
  readonly points: number;
  /** Points that may not be chosen. */
  readonly refused: number;
}

export interface HeatMap {
  readonly across: Axis;
  /** Null for a sweep of one parameter: the map then has one row. */
  readonly down: Axis | null;
  /** Rows of `down`, in each the columns of `across`. */
  readonly cells: readonly (readonly HeatCell[])[];
}

export interface Axis {
  readonly path: string;
  readonly labels: readonly string[];
  /** Column of a value; -1 for none. */
  readonly placeOf: (value: Json) => number;
}

/** Maps of more parameters than this are too many to look at. */
const mappedParameters = 6;
/** A range without steps, or with more values than a screen has room for, is cut into equal parts: no more than the points can fill. */
const partsOf = (points: number): number => Math.min(10, Math.max(4, Math.floor(Math.sqrt(points))));
const mostValues = 24;

/** One map a pair, in the order of the parameters; of a single parameter one row. */
export function heatMapsOf({ parameters, points, objective }: SweepSummary): HeatMap[] {
  const axes = parameters.slice(0, mappedParameters).map((parameter) => axisOf(parameter, points));
  const [only] = axes;
  if (axes.length === 1 && only !== undefined) return [mapOf(only, null, points, objective)];
  return axes.flatMap((down, at) => axes.slice(at + 1).map((across) => mapOf(across, down, points, objective)));
}

function axisOf({ path, values, ordered }: SweepSummary["parameters"][number], points: readonly PointSummary[]): Axis {
  if (values !== null && (values.length <= mostValues || !ordered)) {
    const texts = values.map((value) => JSON.stringify(value));
    return { path, labels: values.map(valueText), placeOf: (value) => texts.indexOf(JSON.stringify(value)) };
  }
  const numbers = points.map(({ parameters }) => parameters[path]).filter((value) => typeof value === "number");
  const low = Math.min(...numbers);
  const parts = partsOf(points.length);
  const width = (Math.max(...numbers) - low) / parts || 1;
  const edge = (at: number): string => figure(Number((low + at * width).toPrecision(3)));
  return {
    path,
    labels: Array.from({ length: parts }, (_, at) => `${edge(at)} – ${edge(at + 1)}`),
    placeOf: (value) => (typeof value === "number" ? Math.min(parts - 1, Math.floor((value - low) / width)) : -1),
  };
}

function mapOf(across: Axis, down: Axis | null, points: readonly PointSummary[], { goal }: Objective): HeatMap {
  const sums = Array.from({ length: down?.labels.length ?? 1 }, () => across.labels.map(() => ({ sum: 0, known: 0, points: 0 })));
  for (const { parameters, value } of points) {
    const row = down === null ? 0 : down.placeOf(parameters[down.path] as Json);
    const cell = sums[row]?.[across.placeOf(parameters[across.path] as Json)];
    if (cell === undefined) continue;
    cell.points += 1;
    if (value === null) continue;
    cell.known += 1;
    cell.sum += value;
  }
  const means = sums.map((row) => row.map(({ sum, known }) => (known === 0 ? null : sum / known)));
  const known = means.flat().filter((mean) => mean !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const level = (mean: number): number => (high === low ? 1 : goal === "maximise" ? (mean - low) / (high - low) : (high - mean) / (high - low));
  const cells = sums.map((row, y) =>
    row.map(({ points: count, known: valued }, x): HeatCell => {
      const mean = means[y]?.[x] ?? null;
      return { mean, level: mean === null ? null : level(mean), points: count, refused: count - valued };
    }),
  );
  return { across, down, cells };
}
