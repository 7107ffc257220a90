// The page of a sweep: one HTML file that asks for nothing from anywhere and shows everything without a script; the script sorts. It
// draws a summary and computes no result.

import { createHash } from "node:crypto";

import { heatMapsOf, type HeatCell, type HeatMap } from "../heat.ts";
import { metrics, type Metric } from "../metrics.ts";
import type { Json } from "../space.ts";
import type { PointSummary, SweepSummary } from "../summary.ts";
import { figure, headline, instant, percent, pointText, valueText, verdict } from "../text.ts";
import { markup, table, type Html, type PageCell, type PageColumn } from "./markup.ts";
import { sweepScript } from "./script.ts";
import { heatLevels, sweepStyle } from "./style.ts";

/** Points in the table; a longer one is for results.arrow. */
const listedPoints = 1_000;

export function renderSweepPage(summary: SweepSummary): string {
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(sweepScript)}`,
    `style-src ${hashOf(sweepStyle)}`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ];
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${{ html: policy.join("; ") }}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${summary.sweep} · Seatrial sweep</title>
<style>${{ html: sweepStyle }}</style>
</head>
<body>
<div id="page">
${masthead(summary)}
<main>
${[verdictSection(summary), mapsSection(summary), walkForwardSection(summary), pointsSection(summary), cellsSection(summary), errorsSection(summary)]}
</main>
${footer(summary)}
</div>
<script>${{ html: sweepScript }}</script>
</body>
</html>
`;
  return page.html;
}

function masthead(summary: SweepSummary): Html {
  const { sweep, why, best, plateau, spread, objective, walkForward, scenarios } = summary;
  const labels = [...new Set(scenarios.flatMap((scenario) => scenario.labels))];
  const facts: (readonly [string, string, string])[] = [
    [`best ${objective.metric}`, figure(best?.value ?? null), best === null ? "no point may be chosen" : pointText(best)],
    ["its neighbours' mean", figure(best?.neighbours?.mean ?? null), `robustness ${percent(best?.neighbours?.robustness ?? null)}`],
    ["best with its neighbours", figure(plateau?.value ?? null), plateau === null ? "" : pointText(plateau)],
    ["median of all points", figure(spread?.median ?? null), spread === null ? "" : `${spread.aboveZero} of ${spread.points} above 0`],
    ...(walkForward === null
      ? []
      : [["out of sample, mean", figure(walkForward.outOfSampleMean), `in sample ${figure(walkForward.inSampleMean)}`] as const]),
  ];
  return markup`<header>
<div class="masthead"><p>Seatrial · sweep</p><button type="button" id="theme" hidden>Light or dark</button></div>
<h1>${sweep}</h1>
${why === "" ? "" : markup`<p class="why">${why}</p>`}
<p class="line">${headline({ ...summary, scenarios: scenarios.map((scenario) => ({ ...scenario, labels: [] })) })}${labels.map((label) => markup` <span class="badge">${label}</span>`)}</p>
<dl class="figures">${facts.map(([name, value, note]) => markup`<div><dt>${name}</dt><dd><strong>${value}</strong>${note}</dd></div>`)}</dl>
</header>`;
}

function verdictSection(summary: SweepSummary): Html {
  return markup`<section id="verdict"><h2>What it is worth</h2><ul>${verdict(summary).map((sentence) => markup`<li>${sentence}</li>`)}</ul></section>`;
}

function mapsSection(summary: SweepSummary): Html {
  const { objective, walkForward } = summary;
  const bars = walkForward === null ? "" : ", over the train windows";
  return markup`<section id="maps"><h2>Two parameters at a time</h2>
<p class="quiet">Each cell is the mean ${objective.metric} of the points that have these two values${bars}. Stronger is better; the numbers say it too.</p>
<p class="scale"><span>solid frame: the best point is here</span><span>dashed frame: the best point with its neighbours is here</span><span>×: points, but none that may be chosen</span></p>
<div class="maps">${heatMapsOf(summary).map((map) => mapFigure(map, summary))}</div></section>`;
}

function mapFigure({ across, down, cells }: HeatMap, { best, plateau, objective }: SweepSummary): Html {
  const title = down === null ? across.path : `${down.path} and ${across.path}`;
  const isAt = (point: PointSummary | null, row: number, column: number): boolean =>
    point !== null &&
    across.placeOf(point.parameters[across.path] as Json) === column &&
    (down === null || down.placeOf(point.parameters[down.path] as Json) === row);
  const cellOf = (cell: HeatCell, row: number, column: number): Html => {
    const classes = [
      ...(cell.level === null ? [] : [`level-${Math.round(cell.level * (heatLevels - 1))}`]),
      ...(isAt(best, row, column) ? ["best"] : isAt(plateau, row, column) ? ["plateau"] : []),
    ];
    const refused = cell.refused === 0 ? "" : `, ${cell.refused} may not be chosen`;
    return markup`<td class="${classes.join(" ")}" title="${`${cell.points} ${cell.points === 1 ? "point" : "points"}${refused}`}">${cell.mean !== null ? short(cell.mean) : cell.points > 0 ? "×" : ""}</td>`;
  };
  const heads = across.labels.map((label) => markup`<th scope="col">${label}</th>`);
  const rows = cells.map(
    (row, y) =>
      markup`<tr><th scope="row">${down === null ? objective.metric : (down.labels[y] ?? "")}</th>${row.map((cell, x) => cellOf(cell, y, x))}</tr>\n`,
  );
  const corner = down === null ? across.path : `${down.path} ↓ ${across.path} →`;
  return markup`<figure><div class="scroll" role="region" tabindex="0" aria-label="${`Map of ${title}`}"><table class="heat"><caption>${title}</caption>
<thead><tr><th scope="col">${corner}</th>${heads}</tr></thead><tbody>
${rows}</tbody></table></div></figure>`;
}

function walkForwardSection({ walkForward, parameters, scenarios, fills, objective }: SweepSummary): Html {
  if (walkForward === null) return markup``;
  const several = scenarios.length * fills.length > 1;
  const columns: PageColumn[] = [
    ...(several ? [{ title: "scenario" }, { title: "fill" }] : []),
    { title: "trained from" },
    { title: "tested from" },
    { title: "to" },
    ...parameters.map(({ path }) => ({ title: path, numeric: true })),
    { title: `${objective.metric} in sample`, numeric: true },
    { title: "out of sample", numeric: true },
    ...(walkForward.rows.some(({ refusal }) => refusal !== null) ? [{ title: "why not" }] : []),
  ];
  const rows = walkForward.rows.map((row): PageCell[] => [
    ...(several ? [{ text: row.scenario }, { text: row.fill }] : []),
    { text: instant(row.train.from) },
    { text: instant(row.test.from) },
    { text: instant(row.test.to) },
    ...parameters.map(({ path }) => (row.parameters === null ? { text: "" } : valueCell(row.parameters[path] as Json))),
    number(row.inSample),
    number(row.outOfSample),
    ...(columns.at(-1)?.title === "why not" ? [{ text: row.refusal ?? "" }] : []),
  ]);
  return markup`<section id="walk-forward"><h2>Walk-forward</h2>
<p class="quiet">The best of each train window, judged on the bars directly behind it, which it has not seen. Times are UTC.</p>
${table("The best of each train window on its test window", columns, rows, true)}</section>`;
}

function pointsSection({ points, parameters, objective }: SweepSummary): Html {
  const direction = objective.goal === "maximise" ? -1 : 1;
  const worst = objective.goal === "maximise" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const ranked = [...points].sort((a, b) => direction * ((a.value ?? worst) - (b.value ?? worst)) || a.point - b.point).slice(0, listedPoints);
  const columns: PageColumn[] = [
    { title: "point", numeric: true },
    ...parameters.map(({ path }) => ({ title: path, numeric: true })),
    { title: objective.metric, numeric: true },
    { title: "neighbours' mean", numeric: true },
    { title: "their worst", numeric: true },
    { title: "with neighbours", numeric: true },
    { title: "robustness", numeric: true },
    ...(points.some(({ refusal }) => refusal !== null) ? [{ title: "why not" }] : []),
  ];
  const rows = ranked.map(({ point, parameters: values, value, neighbours, refusal }): PageCell[] => [
    number(point),
    ...parameters.map(({ path }) => valueCell(values[path] as Json)),
    number(value),
    number(neighbours?.mean ?? null),
    number(neighbours?.worst ?? null),
    number(neighbours?.plateau ?? null),
    { text: percent(neighbours?.robustness ?? null), sort: neighbours?.robustness ?? null },
    ...(columns.at(-1)?.title === "why not" ? [{ text: refusal ?? "" }] : []),
  ]);
  const cut =
    points.length > listedPoints
      ? `The best ${listedPoints} of ${points.length} points; results.arrow has all of them.`
      : "Every point that was tried.";
  return markup`<section id="points"><h2>Points</h2>
<p class="quiet">${cut} Robustness is 100 % where every neighbour is as good as the point, 0 % where the neighbours have lost all that it is above the median.</p>
${table("Points, the best first", columns, rows, true)}</section>`;
}

function cellsSection({ cells }: SweepSummary): Html {
  const known = cells.filter(({ figures }) => figures !== null);
  if (known.length === 0) return markup``;
  const columns: PageColumn[] = [
    { title: "metric" },
    ...known.map(({ scenario, fill }) => ({ title: known.length === 1 ? "value" : `${scenario}, ${fill}`, numeric: true })),
    { title: "meaning" },
  ];
  const rows = Object.entries(metrics).map(([name, metric]: [string, Metric]): PageCell[] => [
    { text: name },
    ...known.map(({ figures }) => number((figures as Readonly<Record<string, number | null>>)[name] ?? null)),
    { text: metric.text },
  ]);
  const trials = known.map(
    ({ scenario, fill, trial, parameters }) =>
      markup`<li>${scenario}, ${fill}: trial ${trial ?? 0}, ${pointText({ parameters: parameters ?? {} })}</li>`,
  );
  return markup`<section id="best"><h2>The best of each scenario and fill</h2><ul>${trials}</ul>
${table("Figures of the best trials", columns, rows, false)}</section>`;
}

function errorsSection({ errors }: SweepSummary): Html {
  if (errors.length === 0) return markup``;
  const rows = errors.map(({ code, trials, first, reason }): PageCell[] => [{ text: code }, number(trials), number(first), { text: reason }]);
  const columns: PageColumn[] = [
    { title: "error" },
    { title: "trials", numeric: true },
    { title: "first in trial", numeric: true },
    { title: "what it said" },
  ];
  return markup`<section id="errors"><h2>Trials that did not come to their end</h2>${table("Errors of trials", columns, rows, true)}</section>`;
}

function footer({ seed, hash, method }: SweepSummary): Html {
  return markup`<footer>
<p>A sweep looks for what was best on bars of the past. The more it tries, the better its best looks, whether or not there is anything to find; bars do not
say what happened inside of them, and no fill was a real one.</p>
<p>Seed ${seed}, ${method}, sweep ${hash.slice(0, 16)}. Every trial is in results.arrow, one row each; equal inputs give an equal file.</p>
</footer>`;
}

function number(value: number | null): PageCell {
  return { text: value === null ? "" : figure(value), sort: value };
}

function valueCell(value: Json): PageCell {
  return typeof value === "number" ? { text: valueText(value), sort: value } : { text: valueText(value) };
}

/** Four significant digits: a cell of a map is small. */
function short(value: number): string {
  return String(Number(value.toPrecision(Math.abs(value) >= 1_000 ? 5 : 4)));
}

/** A source of a content security policy: only the element with exactly this text. */
function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text, "utf8").digest("base64")}'`;
}
