// The heat maps of a sweep's page: tables whose cells say their number and are stronger the better it is.

import { element, type Markup } from "../../report/index.ts";
import { heatMapsOf, type HeatCell, type HeatMap } from "../heat.ts";
import type { Json } from "../space.ts";
import type { PointSummary, SweepSummary } from "../summary.ts";
import { heatLevels } from "./style.ts";
import { region } from "./tables.ts";

export function mapsSection(summary: SweepSummary): Markup {
  const { objective, walkForward } = summary;
  const bars = walkForward === null ? "" : ", over the train windows";
  const keys = [
    "solid frame: the best point is here",
    "dashed frame: the best point with its neighbours is here",
    "×: points, but none that may be chosen",
  ];
  return element(
    "section",
    { id: "maps" },
    element("h2", {}, "Two parameters at a time"),
    element(
      "p",
      { class: "quiet" },
      `Each cell is the mean ${objective.metric} of the points that have these two values${bars}. Stronger is better; the numbers say it too.`,
    ),
    element("p", { class: "scale" }, ...keys.map((key) => element("span", {}, key))),
    element("div", { class: "maps" }, ...heatMapsOf(summary).map((map) => mapFigure(map, summary))),
  );
}

function mapFigure(map: HeatMap, summary: SweepSummary): Markup {
  const { across, down, cells } = map;
  const title = down === null ? across.path : `${down.path} and ${across.path}`;
  const corner = down === null ? across.path : `${down.path} ↓ ${across.path} →`;
  const heads = [corner, ...across.labels].map((label) => element("th", { scope: "col" }, label));
  const rows = cells.map((row, y) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, down === null ? summary.objective.metric : (down.labels[y] ?? "")),
      ...row.map((cell, x) => mapCell(cell, frameAt(map, summary, y, x))),
    ),
  );
  const made = element(
    "table",
    { class: "heat" },
    element("caption", {}, title),
    element("thead", {}, element("tr", {}, ...heads)),
    element("tbody", {}, ...rows),
  );
  return element("figure", {}, region(`Map of ${title}`, made));
}

function mapCell({ mean, level, points, refused }: HeatCell, frame: string): Markup {
  const strength = level === null ? "" : `level-${Math.round(level * (heatLevels - 1))}`;
  const title = `${points} ${points === 1 ? "point" : "points"}${refused === 0 ? "" : `, ${refused} may not be chosen`}`;
  return element("td", { class: `${strength} ${frame}`.trim(), title }, mean !== null ? short(mean) : points > 0 ? "×" : "");
}

/** "best" or "plateau" where that point stands in a cell. */
function frameAt({ across, down }: HeatMap, { best, plateau }: SweepSummary, row: number, column: number): string {
  const isAt = (point: PointSummary | null): boolean =>
    point !== null &&
    across.placeOf(point.parameters[across.path] as Json) === column &&
    (down === null || down.placeOf(point.parameters[down.path] as Json) === row);
  return isAt(best) ? "best" : isAt(plateau) ? "plateau" : "";
}

/** Four significant digits: a cell of a map is small. */
function short(value: number): string {
  return String(Number(value.toPrecision(Math.abs(value) >= 1_000 ? 5 : 4)));
}
