// What a person sees of a sweep in a terminal: the best points with their neighbours, what the best is worth, and what failed. Words
// for the page come from here too. Text only.

import { tableText, type Column, type Paint } from "../report/index.ts";
import type { Json } from "./space.ts";
import { notRun, type CellSummary, type PointSummary, type SweepSummary } from "./summary.ts";

/** Scenarios under their fills that have a sentence of their own. */
const toldCells = 8;
/** Points in the table of the best. */
const shownPoints = 10;

export interface TextScreen {
  readonly width: number;
  readonly paint: Paint;
}

export function summaryText(summary: SweepSummary, { width, paint }: TextScreen): string {
  const parts = [
    `${paint("bold", headline(summary))}${summary.labels.length === 0 ? "" : ` [${summary.labels.join(", ")}]`}`,
    ...(summary.spread === null ? [] : [bestTable(summary, width)]),
    ...(summary.walkForward === null ? [] : [walkForwardTable(summary, width)]),
    verdict(summary).join("\n"),
    ...summary.errors.map(({ code, trials, first, reason }) =>
      paint("yellow", `${count(trials, "trial")} ${code}, first in trial ${first}: ${reason}`),
    ),
  ];
  return `${parts.filter((part) => part !== "").join("\n")}\n`;
}

/** "324 of 324 trials: 162 points (grid) × 1 scenario × 2 fills". */
export function headline({ sweep, trials, points, method, scenarios, fills, walkForward }: SweepSummary): string {
  const methods = { grid: "grid", random: "random", latinHypercube: "Latin hypercube" };
  const what = `${count(points.length, "point")} (${methods[method]}) × ${count(scenarios.length, "scenario")} × ${count(fills.length, "fill")}`;
  const windows = walkForward === null ? "" : ", walk-forward";
  return `${sweep}: ${trials.done} of ${count(trials.total, "trial")}, ${what}${windows}`;
}

/** What the best is worth, in sentences; the honest ones first. */
export function verdict(summary: SweepSummary): string[] {
  const { best, plateau, spread, cells, walkForward, objective, points } = summary;
  if (best === null || spread === null) {
    return [`No point may be chosen: ${refusals(points)}.`];
  }
  const { metric, across } = objective;
  const tried = count(points.filter(({ refusal }) => refusal !== notRun).length, "point");
  const over = walkForward === null ? "" : " over the train windows";
  const joined = summary.fills.length * summary.scenarios.length > 1 || walkForward !== null ? ` (${across}${over})` : "";
  const lines = [`Best of ${tried} tried: ${pointText(best)}, ${metric} ${figure(best.value)}${joined}.`];
  const ends = endsOf(summary, best);
  if (ends.length > 0) lines.push(`It lies at the end of what was tried for ${ends.join(" and ")}: there may be better outside.`);
  if (plateau !== null && plateau.point !== best.point) {
    lines.push(
      `Best with its neighbours: ${pointText(plateau)}, ${metric} ${figure(plateau.value)}, mean with neighbours ${figure(plateau.neighbours?.plateau ?? null)}.`,
    );
  }
  lines.push(
    `Of the points tried the median has ${metric} ${figure(spread.median)}, the worst ${figure(spread.worst)}; ${spread.aboveZero} of ${spread.points} are above 0.`,
  );
  const refused = points.filter(({ refusal }) => refusal !== null);
  if (refused.length > 0) lines.push(`Not to be chosen: ${refusals(points)}.`);
  lines.push(...cells.slice(0, toldCells).flatMap((cell) => chanceText(cell, cells.length > 1)));
  if (cells.length > toldCells) lines.push(`Of the other ${cells.length - toldCells} scenarios under their fills summary.json says the same.`);
  if (walkForward !== null) lines.push(walkForwardText(summary));
  else lines.push("All of this is in-sample: the best was chosen on the same bars that it is shown on.");
  return lines;
}

/** Parameters of which the best point has the first or the last of several values. */
function endsOf({ parameters }: SweepSummary, best: PointSummary): string[] {
  return parameters.flatMap(({ path, values, ordered }) => {
    if (!ordered || values === null || values.length < 3) return [];
    const value = JSON.stringify(best.parameters[path]);
    return value === JSON.stringify(values[0]) || value === JSON.stringify(values.at(-1)) ? [path] : [];
  });
}

/** "constraint x (10), bad_parameter (2)". */
function refusals(points: readonly PointSummary[]): string {
  const counts = new Map<string, number>();
  for (const { refusal } of points) if (refusal !== null) counts.set(refusal, (counts.get(refusal) ?? 0) + 1);
  return [...counts]
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .map(([reason, number]) => `${reason} (${number})`)
    .join(", ");
}

function chanceText({ scenario, fill, chance }: CellSummary, several: boolean): string[] {
  if (chance === null) return [];
  const where = several ? `${scenario}, ${fill}: ` : "";
  const { trials, period, returns, sharpe, expectedByChance, deflatedSharpe } = chance;
  const luck = `the luckiest of ${trials} trials without skill is expected to have ${figure(expectedByChance)}`;
  return [
    `${where}Sharpe ratio of the best ${figure(sharpe)} per ${period} over ${returns} returns; ${luck}: deflated Sharpe ${percent(deflatedSharpe)} (above 95 % would be evidence).`,
  ];
}

function walkForwardText({ walkForward, objective: { metric } }: SweepSummary): string {
  if (walkForward === null || walkForward.judged === 0) return "No window was judged.";
  const { judged, inSampleMean, outOfSampleMean, aboveZero, efficiency } = walkForward;
  const share = efficiency === null ? "" : `; walk-forward efficiency ${percent(efficiency)}`;
  return `Out of sample over ${count(judged, "window")}: mean ${metric} ${figure(outOfSampleMean)}, in sample ${figure(inSampleMean)}; ${aboveZero} of ${judged} above 0${share}.`;
}

function bestTable({ points, parameters, objective, best }: SweepSummary, width: number): string {
  const columns: Column[] = [
    { title: "point", align: "right" },
    ...parameters.map(({ path }): Column => ({ title: path, align: "right", flexible: true })),
    { title: objective.metric, align: "right" },
    { title: "neighbours, mean", align: "right", dispensable: true },
    { title: "worst", align: "right", dispensable: true },
    { title: "robustness", align: "right" },
  ];
  const direction = objective.goal === "maximise" ? -1 : 1;
  const ranked = points
    .filter(({ value }) => value !== null)
    .sort((a, b) => direction * ((a.value as number) - (b.value as number)) || Number(b === best) - Number(a === best) || a.point - b.point)
    .slice(0, shownPoints);
  const rows = ranked.map(({ point, parameters: values, value, neighbours }) => [
    String(point),
    ...parameters.map(({ path }) => valueText(values[path] as Json)),
    figure(value),
    figure(neighbours?.mean ?? null),
    figure(neighbours?.worst ?? null),
    percent(neighbours?.robustness ?? null),
  ]);
  return tableText(columns, rows, width);
}

function walkForwardTable({ walkForward, parameters, scenarios, fills }: SweepSummary, width: number): string {
  if (walkForward === null || walkForward.rows.length === 0) return "";
  const several = scenarios.length * fills.length > 1;
  const columns: Column[] = [
    ...(several
      ? [
          { title: "scenario", flexible: true },
          { title: "fill", flexible: true },
        ]
      : []),
    { title: "test from", dispensable: true },
    { title: "to" },
    ...parameters.map(({ path }): Column => ({ title: path, align: "right", flexible: true })),
    { title: "in sample", align: "right" },
    { title: "out of sample", align: "right" },
  ];
  const rows = walkForward.rows.map((row) => [
    ...(several ? [row.scenario, row.fill] : []),
    instant(row.test.from),
    instant(row.test.to),
    ...parameters.map(({ path }) => (row.parameters === null ? "" : valueText(row.parameters[path] as Json))),
    figure(row.inSample),
    row.outOfSample === null ? (row.refusal ?? "") : figure(row.outOfSample),
  ]);
  return tableText(columns, rows, width);
}

/** "fast 20, slow 200". */
export function pointText({ parameters }: Pick<PointSummary, "parameters">): string {
  return Object.entries(parameters)
    .map(([path, value]) => `${path} ${valueText(value)}`)
    .join(", ");
}

export function valueText(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** A float for people: six significant digits, no exponent for ordinary sizes; "n/a" for none. */
export function figure(value: number | null): string {
  return value === null ? "n/a" : String(Number(value.toPrecision(6)));
}

export function percent(share: number | null): string {
  return share === null ? "n/a" : `${Math.round(share * 100)} %`;
}

/** UTC to the minute: 2025-01-31 09:30. */
export function instant(millis: number): string {
  return new Date(millis).toISOString().slice(0, 16).replace("T", " ");
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
