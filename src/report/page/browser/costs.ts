// Assumptions and what each is worth: the same run with one of them changed, as numbers and as bars from a common zero.

import { element } from "./element.ts";
import { orDash, signedText, wordsOf } from "./format.ts";
import type { CostData, PageData } from "./page-data.ts";
import { rowTable } from "./run-tables.ts";

export function costsSection(view: PageData): HTMLElement {
  if (view.costs.length === 0) return element("p", { class: "quiet" }, "The runs that price each assumption were not asked for.");
  const widest = Math.max(...view.costs.map((cost) => Math.abs(Number(cost.difference ?? 0))));
  const intro = `Each row is the same scenario run again with one assumption changed. A positive difference: with what stands under “instead” the run would have ended higher, in ${view.currency}.`;
  const shown = rowTable("Assumptions and their cost", view.costs, [
    ["assumption", (cost) => element("strong", {}, wordsOf(cost.assumption))],
    ["in this run", (cost) => cost.here],
    ["instead", (cost) => cost.instead],
    ["difference", (cost) => (cost.difference === null ? "–" : signedText(cost.difference)), "number"],
    ["", (cost) => differenceBar(cost, widest)],
    ["equity", (cost) => orDash(cost.equity), "number"],
    ["fills", (cost) => orDash(cost.fills), "number"],
    ["realized P&L", (cost) => (cost.realizedPnl === null ? "–" : signedText(cost.realizedPnl)), "number"],
    ["max drawdown", (cost) => orDash(cost.maxDrawdown), "number"],
    ["note", (cost) => cost.note ?? ""],
  ]);
  return element("div", {}, element("p", { class: "quiet" }, intro), shown.element);
}

/** To the left: lower; to the right: higher. The number stands beside it. */
function differenceBar({ difference }: CostData, widest: number): HTMLElement {
  const value = Number(difference ?? 0);
  const bar = element("span", { class: "difference", "aria-hidden": "true" });
  if (value === 0 || widest === 0) return bar;
  const fill = element("span", { class: value > 0 ? "higher" : "lower" });
  fill.style.width = `${(Math.abs(value) / widest) * 50}%`;
  bar.append(fill);
  return bar;
}
