// What a person sees of an envelope: the two ends, how sure they are, and the bars that matter most. Text only.

import type { Envelope, EnvelopeBar, EnvelopeEnd } from "../../journal/index.ts";
import { tableText } from "./table.ts";

/** Bars that are shown: those with the widest difference. */
const shownBars = 5;

/** Rows of the summary table. */
export function envelopeRows(envelope: Envelope): string[][] {
  const { best, worst, bars, worlds, unexplored, moneyDecides, exact } = envelope;
  const ways = `${worlds} ${worlds === 1 ? "world" : "worlds"}${exact ? ", all there are" : ""}`;
  const left = unexplored === 0 ? "" : `, ${unexplored} ${unexplored === 1 ? "choice" : "choices"} not tried: more with --envelope-budget`;
  return [
    ["worst equity", endText(worst)],
    ["best equity", endText(best)],
    ["bars that matter", bars.length === 0 ? `none (${ways}${left})` : `${bars.length} (${ways}${left})`],
    ...(moneyDecides ? [["money decides", "what is left after one bar changes later orders: sums of bars are estimates"]] : []),
  ];
}

/** The bars with the widest difference, as a table; empty without one. No line break at its end. */
export function envelopeBarsText({ bars }: Envelope, width: number): string {
  if (bars.length === 0) return "";
  const widest = [...bars].sort((a, b) => widthOf(b) - widthOf(a) || a.time - b.time).slice(0, shownBars);
  const columns = [
    { title: "bar", align: "right" as const },
    { title: "symbol", dispensable: true },
    { title: "path" },
    { title: "equity", align: "right" as const },
    { title: "fills in the bar", flexible: true },
    { title: "same again", align: "right" as const },
  ];
  // A row a path: long lists of fills wrap, and each must stay beside its own path.
  const rows = widest.flatMap(({ bar, symbol, paths, reconvergedAt }) =>
    paths.map(({ path, timeToLive, equityDelta, fills }, at) => [
      at === 0 ? String(bar) : "",
      at === 0 ? symbol : "",
      timeToLive === undefined ? path : `${path}, whole life`,
      equityDelta === null ? "?" : signed(equityDelta),
      fillsText(fills),
      at > 0 ? "" : reconvergedAt === null ? "never" : String(reconvergedAt),
    ]),
  );
  const more = bars.length > shownBars ? `\nthe ${shownBars} widest of ${bars.length} bars; result.json has all of them` : "";
  return `${tableText(columns, rows, width)}${more}`;
}

function endText({ equity, choices, confirmed, halt }: EnvelopeEnd): string {
  const where = choices.length === 0 ? "the main world" : `${choices.length} ${choices.length === 1 ? "bar" : "bars"} the other way`;
  return `${equity} (${where}${confirmed ? "" : "; added up, not confirmed by a run"}${halt === null ? "" : `; stops: ${halt}`})`;
}

function fillsText(fills: EnvelopeBar["paths"][number]["fills"]): string {
  return fills.length === 0 ? "none" : fills.map(({ family, side, quantity, price }) => `${family} ${side} ${quantity} @ ${price}`).join(", ");
}

function signed(amount: string): string {
  return amount === "0" || amount.startsWith("-") ? amount : `+${amount}`;
}

/** Only to sort by: a float. */
function widthOf({ paths }: EnvelopeBar): number {
  return Math.max(...paths.map(({ equityDelta }) => Math.abs(Number(equityDelta ?? 0))));
}
