// The bars that left something open, by name: which orders stood on both sides of the open, and which way the run took. Words
// only; what the other way is worth is the envelope's and the costs' to say.

import { printUnits, type BarSeries } from "../../domain/index.ts";
import { pathOf, turnPath, type Path } from "../../exchange/virtual/index.ts";
import type { AmbiguousBar, SimulationPlan } from "../../session/index.ts";
import type { AmbiguityView, OrderLife } from "./run-view.ts";
import type { RunNames } from "./names.ts";

/** Orders named in one sentence at most. */
const namedMax = 3;

interface Level {
  readonly label: string;
  readonly side: string;
  readonly price: string;
  readonly trails: boolean;
}

/** @param lives in the order of the run's orders: those that nobody kept are not named */
export function ambiguousBars(
  bars: readonly AmbiguousBar[],
  lives: readonly OrderLife[],
  plan: SimulationPlan,
  names: RunNames,
): AmbiguityView["bars"] {
  return bars.map((ambiguous) => {
    const { market, bar } = ambiguous;
    const { series, instrument } = names.markets[market] as RunNames["markets"][number];
    const levels = lives.flatMap((life, place) => (life.row.symbol === instrument.symbol ? levelIn(life, place, series, bar, names) : []));
    const path = pathIn(series, ambiguous, plan);
    return { symbol: instrument.symbol, bar, time: series.timeAt(bar), path, why: reasonOf(levels, series, bar, instrument.priceScale) };
  });
}

function pathIn(series: BarSeries, { market, bar, turned }: AmbiguousBar, { fill, markets }: SimulationPlan): string {
  // What came inside is known; the path is that of each step.
  if (markets[market]?.inside !== undefined) return `as the finer data came, ${fill.path} inside its steps`;
  const path: Path = [0, 0, 0, 0] as unknown as Path;
  pathOf(fill.path, series.openAt(bar), series.highAt(bar), series.lowAt(bar), series.closeAt(bar), path);
  if (turned) turnPath(path);
  const lowFirst = path[1] === series.lowAt(bar) && series.lowAt(bar) !== series.highAt(bar);
  return lowFirst ? "open, low, high, close" : "open, high, low, close";
}

/** The price that an order waited at when a bar opened, where the bar came to it. */
function levelIn({ row, live, prices }: OrderLife, place: number, series: BarSeries, bar: number, names: RunNames): Level[] {
  const open = series.timeAt(bar);
  const close = series.closeTimeAt(bar);
  if (live === null || live.from >= close || (live.until !== null && live.until < open)) return [];
  const trails = row.type === "trailing_stop";
  const price = (prices.findLast(({ time }) => time <= open) ?? prices[0])?.price;
  if (price === undefined) return trails ? [{ label: names.labelAt(place), side: row.side, price: "", trails }] : [];
  const { priceScale } = series;
  const [low, high] = [series.lowAt(bar), series.highAt(bar)].map((units) => Number(printUnits(units, priceScale))) as [number, number];
  return trails || (Number(price) >= low && Number(price) <= high) ? [{ label: names.labelAt(place), side: row.side, price, trails }] : [];
}

function reasonOf(levels: readonly Level[], series: BarSeries, bar: number, priceScale: number): string {
  const open = printUnits(series.openAt(bar), priceScale);
  const fixed = levels.filter(({ trails }) => !trails);
  const below = fixed.filter(({ price }) => Number(price) <= Number(open));
  const above = fixed.filter(({ price }) => Number(price) > Number(open));
  if (below.length > 0 && above.length > 0)
    return `${listOf(below)} below and ${listOf(above)} above the open of ${open} were both in reach: which came first, the path decided`;
  const trailing = levels.filter(({ trails }) => trails);
  if (trailing.length > 0) return `${listOf(trailing)} follows the price: whether it moved before it was reached, the path decided`;
  const range = [series.lowAt(bar), series.highAt(bar)].map((units) => printUnits(units, priceScale)).join(" and ");
  const named = levels.length === 0 ? "an order" : listOf(levels);
  return `${named}: something else inside the bar, between ${range}, made it live or moved it; which came first, the path decided`;
}

function listOf(levels: readonly Level[]): string {
  const named = levels.slice(0, namedMax).map(({ label, side, price }) => `${label} (${side}${price === "" ? "" : ` at ${price}`})`);
  return [...named, ...(levels.length > namedMax ? [`${levels.length - namedMax} more`] : [])].join(", ");
}
