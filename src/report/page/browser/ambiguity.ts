// What the bars do not say and where it mattered: assumed orders of prices, other worlds that the same bars allow, exits that came late.

import { badge, code, element, facts } from "./element.ts";
import { countText, momentText, orDash, signedText } from "./format.ts";
import type { EnvelopeData, PageData } from "./page-data.ts";
import { optionalTables, pickRow, rowTable, type Field, type PickPlace } from "./run-tables.ts";

type EnvelopeBar = EnvelopeData["bars"][number];

/** How often each assumption was leaned on, in the order of the page. */
const counted: readonly (readonly [keyof PageData["ambiguous"]["assumptions"], string])[] = [
  ["ambiguousBars", "Bars that woke orders on both sides of their open; the assumed path decided which came first"],
  ["wholeBarLives", "Fills of orders that lived shorter than their bar and were given the whole of it, which is optimistic"],
  ["lastPriceStamps", "Funding payments at the last traded price, for want of a mark price"],
  ["unmarkedBars", "Bars whose orders wait for the mark price and were judged by the trades, for want of marks"],
];

export function ambiguitySection(view: PageData, goTo: PickPlace): HTMLElement {
  const { assumptions, bars, envelope } = view.ambiguous;
  const leaned = counted.filter(([name]) => assumptions[name] > 0);
  const parts: Node[] = [];
  if (leaned.length === 0 && view.unprotected.length === 0 && envelope === null) {
    parts.push(element("p", {}, "This run leaned on no assumption that its bars cannot prove."));
  }
  if (leaned.length > 0)
    parts.push(
      element(
        "ul",
        { class: "counts" },
        ...leaned.map(([name, text]) => element("li", {}, `${text}: `, element("strong", {}, String(assumptions[name])))),
      ),
    );
  if (bars.length > 0) {
    const shown = rowTable(
      "Ambiguous bars",
      bars,
      [
        ["bar", (bar) => String(bar.bar)],
        ["time (UTC)", (bar) => momentText(bar.time)],
        ["symbol", (bar) => bar.symbol],
        ["path taken", (bar) => code(bar.path)],
        ["why", (bar) => bar.why],
      ],
      pickRow(bars, goTo),
    );
    parts.push(shown.element);
  }
  if (view.unprotected.length > 0) parts.push(element("h3", {}, "Exits that were not live yet"), optionalTables.unprotected(view, goTo).element);
  if (envelope !== null) parts.push(...envelopeParts(envelope, view.currency, goTo));
  return element("div", {}, ...parts);
}

function envelopeParts(envelope: EnvelopeData, currency: string, goTo: PickPlace): Node[] {
  const end = ({ equity, confirmed, halt }: EnvelopeData["best"]): string =>
    `${equity} ${currency}${confirmed ? "" : " (sum of single differences)"}${halt === null ? "" : `, stopped: ${halt}`}`;
  const told = facts([
    ["worst equity that the bars allow", end(envelope.worst)],
    ["best equity that the bars allow", end(envelope.best)],
    ["searched", `${countText(envelope.worlds, "world")}, ${countText(envelope.unexplored, "choice")} left out`],
    ["these are", envelope.exact ? "the extremes: every choice was tried" : "what was found; there may be more"],
  ]);
  const shown = rowTable("Bars whose outcome depends on what they leave open", envelope.bars, envelopeFields, pickRow(envelope.bars, goTo));
  const heading = element("h3", {}, "What else the same bars allow ", badge("doubt", "envelope"));
  return [heading, told, ...(envelope.bars.length === 0 ? [] : [shown.element])];
}

const envelopeFields: readonly Field<EnvelopeBar>[] = [
  ["bar", (bar) => String(bar.bar), "number"],
  ["time (UTC)", (bar) => momentText(bar.time)],
  ["symbol", (bar) => bar.symbol],
  ["equity by path", (bar) => bar.paths.map(pathText).join(", ")],
  ["decisions on one path only", (bar) => bar.decisions.map(({ path, family, type }) => `${path}: ${family} ${type ?? "skipped"}`).join(", ")],
  ["the same again from bar", (bar) => orDash(bar.reconvergedAt), "number"],
];

function pathText({ path, timeToLive, equityDelta }: EnvelopeBar["paths"][number]): string {
  const name = timeToLive === undefined ? path : `${path} ${timeToLive}`;
  return `${name} ${equityDelta === null ? "–" : signedText(equityDelta)}`;
}
