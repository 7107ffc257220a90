// The page of a sweep: one HTML file that asks for nothing from anywhere and is whole without its script, which sorts. It draws a
// summary and computes no result.

import { element, pageScript, pageShell, pageStyle, type Markup } from "../../report/index.ts";
import { metrics, type Metric } from "../metrics.ts";
import type { Json } from "../space.ts";
import type { SweepSummary } from "../summary.ts";
import { figure, headline, instant, percent, pointText, verdict } from "../text.ts";
import { mapsSection } from "./maps.ts";
import { sweepStyle } from "./style.ts";
import { number, table, valueCell, word, type PageCell, type PageColumn } from "./tables.ts";

/** Points in the table; a longer one is for results.arrow. */
const listedPoints = 1_000;

/** @returns HTML, UTF-8. @throws SeatrialError `page_part_missing`, `page_script` (exit code 1) where this installation is damaged */
export function renderSweepPage(summary: SweepSummary): string {
  const sections = [
    verdictSection(summary),
    mapsSection(summary),
    ...walkForwardSection(summary),
    pointsSection(summary),
    ...cellsSection(summary),
    ...errorsSection(summary),
  ];
  const body = element("div", { id: "page" }, masthead(summary), element("main", {}, ...sections), footer(summary));
  return pageShell({ title: `${summary.sweep}, a sweep`, style: `${pageStyle}${sweepStyle}`, scripts: [pageScript("sweep")], body: body.html });
}

function masthead(summary: SweepSummary): Markup {
  const { sweep, why, labels } = summary;
  return element(
    "header",
    {},
    element(
      "div",
      { class: "masthead" },
      element("p", { class: "quiet" }, "Seatrial · sweep"),
      element("div", { class: "controls", id: "controls" }),
    ),
    element("h1", {}, sweep),
    ...(why === "" ? [] : [element("p", { class: "why" }, why)]),
    element("p", { class: "line" }, headline(summary), ...labels.map((label) => element("span", { class: "badge warn" }, label))),
    figures(summary),
  );
}

function figures({ best, plateau, spread, objective, walkForward }: SweepSummary): Markup {
  const facts: (readonly [name: string, value: string, note: string])[] = [
    [`best ${objective.metric}`, figure(best?.value ?? null), best === null ? "no point may be chosen" : pointText(best)],
    ["its neighbours' mean", figure(best?.neighbours?.mean ?? null), `robustness ${percent(best?.neighbours?.robustness ?? null)}`],
    ["best with its neighbours", figure(plateau?.value ?? null), plateau === null ? "" : pointText(plateau)],
    ["median of all points", figure(spread?.median ?? null), spread === null ? "" : `${spread.aboveZero} of ${spread.points} above 0`],
    ...(walkForward === null
      ? []
      : [["out of sample, mean", figure(walkForward.outOfSampleMean), `in sample ${figure(walkForward.inSampleMean)}`] as const]),
  ];
  const entries = facts.map(([name, value, note]) =>
    element("div", {}, element("dt", {}, name), element("dd", {}, element("strong", {}, value), note)),
  );
  return element("dl", { class: "figures" }, ...entries);
}

function verdictSection(summary: SweepSummary): Markup {
  const sentences = verdict(summary).map((sentence) => element("li", {}, sentence));
  return element("section", { id: "verdict" }, element("h2", {}, "What it is worth"), element("ul", {}, ...sentences));
}

function walkForwardSection({ walkForward, parameters, scenarios, fills, objective }: SweepSummary): Markup[] {
  if (walkForward === null) return [];
  const several = scenarios.length * fills.length > 1;
  const refused = walkForward.rows.some(({ refusal }) => refusal !== null);
  const columns: PageColumn[] = [
    ...(several ? [{ title: "scenario" }, { title: "fill" }] : []),
    { title: "trained from" },
    { title: "tested from" },
    { title: "to" },
    ...parameters.map(({ path }) => ({ title: path, numeric: true })),
    { title: `${objective.metric} in sample`, numeric: true },
    { title: "out of sample", numeric: true },
    ...(refused ? [{ title: "why not" }] : []),
  ];
  const rows = walkForward.rows.map((row): PageCell[] => [
    ...(several ? [word(row.scenario), word(row.fill)] : []),
    word(instant(row.train.from)),
    word(instant(row.test.from)),
    word(instant(row.test.to)),
    ...parameters.map(({ path }) => (row.parameters === null ? number(null) : valueCell(row.parameters[path] as Json))),
    number(row.inSample),
    number(row.outOfSample),
    ...(refused ? [word(row.refusal ?? "")] : []),
  ]);
  return [
    element(
      "section",
      { id: "walk-forward" },
      element("h2", {}, "Walk-forward"),
      element("p", { class: "quiet" }, "The best of each train window, judged on the bars directly behind it, which it has not seen. Times are UTC."),
      table("The best of each train window on its test window", columns, rows, true),
    ),
  ];
}

function pointsSection({ points, parameters, objective }: SweepSummary): Markup {
  const direction = objective.goal === "maximise" ? -1 : 1;
  const worst = objective.goal === "maximise" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const score = (value: number | null): number => value ?? worst;
  const ranked = [...points].sort((a, b) => (a.value === b.value ? 0 : direction * (score(a.value) - score(b.value))) || a.point - b.point);
  const refused = points.some(({ refusal }) => refusal !== null);
  const columns: PageColumn[] = [
    { title: "point", numeric: true },
    ...parameters.map(({ path, values }) => ({ title: path, numeric: values === null || values.every((value) => typeof value === "number") })),
    { title: objective.metric, numeric: true },
    { title: "neighbours' mean", numeric: true },
    { title: "their worst", numeric: true },
    { title: "with neighbours", numeric: true },
    { title: "robustness", numeric: true },
    ...(refused ? [{ title: "why not" }] : []),
  ];
  const rows = ranked
    .slice(0, listedPoints)
    .map(({ point, parameters: values, value, neighbours, refusal }): PageCell[] => [
      number(point),
      ...parameters.map(({ path }) => valueCell(values[path] as Json)),
      number(value),
      number(neighbours?.mean ?? null),
      number(neighbours?.worst ?? null),
      number(neighbours?.plateau ?? null),
      { text: percent(neighbours?.robustness ?? null), key: number(neighbours?.robustness ?? null).key },
      ...(refused ? [word(refusal ?? "")] : []),
    ]);
  const cut =
    points.length > listedPoints ? `The best ${listedPoints} of ${points.length} points; results.arrow has all.` : "Every point that was tried.";
  const meaning =
    "Robustness is 100 % where every neighbour is as good as the point, 0 % where the neighbours have lost all that it is above the median.";
  return element(
    "section",
    { id: "points" },
    element("h2", {}, "Points"),
    element("p", { class: "quiet" }, `${cut} ${meaning}`),
    table("Points, the best first", columns, rows, true),
  );
}

function cellsSection({ cells }: SweepSummary): Markup[] {
  const known = cells.filter(({ figures: found }) => found !== null);
  if (known.length === 0) return [];
  const columns: PageColumn[] = [
    { title: "metric" },
    ...known.map(({ scenario, fill }) => ({ title: known.length === 1 ? "value" : `${scenario}, ${fill}`, numeric: true })),
    { title: "meaning" },
  ];
  const rows = Object.entries(metrics).map(([name, metric]: [string, Metric]): PageCell[] => [
    word(name),
    ...known.map(({ figures: found }) => number((found as Readonly<Record<string, number | null>>)[name] ?? null)),
    word(metric.text),
  ]);
  const trials = known.map(({ scenario, fill, trial, parameters }) =>
    element("li", {}, `${scenario}, ${fill}: trial ${trial ?? 0}, ${pointText({ parameters: parameters ?? {} })}`),
  );
  const title = element("h2", {}, "The best of each scenario and fill");
  return [element("section", { id: "best" }, title, element("ul", {}, ...trials), table("Figures of the best trials", columns, rows, false))];
}

function errorsSection({ errors }: SweepSummary): Markup[] {
  if (errors.length === 0) return [];
  const rows = errors.map(({ code, trials, first, reason }): PageCell[] => [word(code), number(trials), number(first), word(reason)]);
  const columns: PageColumn[] = [
    { title: "error" },
    { title: "trials", numeric: true },
    { title: "first in trial", numeric: true },
    { title: "what it said" },
  ];
  const title = element("h2", {}, "Trials that did not come to their end");
  return [element("section", { id: "errors" }, title, table("Errors of trials", columns, rows, true))];
}

function footer({ seed, hash, method }: SweepSummary): Markup {
  return element(
    "footer",
    {},
    element(
      "p",
      { class: "quiet" },
      "A sweep looks for what was best on bars of the past. The more it tries, the better its best looks, whether or not there is anything to find; bars do not say what happened inside of them, and no fill was a real one.",
    ),
    element(
      "p",
      { class: "quiet" },
      `Seed ${seed}, ${method}, sweep ${hash.slice(0, 16)}. Every trial is in results.arrow, one row each; equal inputs give an equal file.`,
    ),
  );
}
