// The top of the page: which run this is, whether it passed, what it came to, and what it was made of.

import { badge, code, details, element, facts } from "./element.ts";
import { jsonText, momentText, orDash, signedText, wordsOf } from "./format.ts";
import type { Json, PageData } from "./page-data.ts";
import { table } from "./table.ts";

const statuses: Readonly<Record<PageData["status"], { readonly kind: string; readonly text: string }>> = {
  passed: { kind: "good", text: "✔ passed" },
  failed: { kind: "bad", text: "✖ failed" },
  not_run: { kind: "doubt", text: "○ not run" },
  error: { kind: "bad", text: "✖ error" },
};

const valueLengthMax = 400;

export function header(view: PageData, controls: HTMLElement): HTMLElement {
  const { kind, text } = statuses[view.status];
  const labels = view.labels.map((label) => badge("doubt", label));
  const told: Node[] = [element("h1", {}, view.scenario), element("p", { class: "line verdict" }, badge(kind, text), ...labels)];
  told.push(identity(view));
  if (view.why !== null) told.push(element("p", { class: "why" }, view.why));
  if (view.error !== null) told.push(errorNote(view.error));
  told.push(
    ...failedExpectations(view),
    ...leftOut(view),
    details("What this run was made of", () => madeOf(view)),
  );
  return element(
    "header",
    {},
    element("div", { class: "masthead" }, element("p", { class: "quiet" }, "Seatrial · one run"), controls),
    element("div", { class: "summary" }, element("div", {}, ...told), keyFigures(view)),
  );
}

/** Enough to tell this run from another at a glance; the whole hashes are among what it was made of. */
function identity({ seed, runHash, manifest: { versions } }: PageData): HTMLElement {
  const parts = [`seed ${seed}`, `run hash ${runHash.slice(0, 16)}`, `Seatrial ${versions.seatrial}`, `Node ${versions.node}`];
  if (versions.ccxt !== null) parts.push(`ccxt ${versions.ccxt}`);
  return element("p", { class: "quiet note" }, parts.join(" · "));
}

/** What the page has no room for is said before anything is read. */
function leftOut({ omitted = [] }: PageData): HTMLElement[] {
  return omitted.length === 0 ? [] : [element("p", { class: "quiet" }, `Left out of this page for its size: ${omitted.join("; ")}.`)];
}

function errorNote(error: NonNullable<PageData["error"]>): HTMLElement {
  const place = [error.file, error.line, error.column].filter((part) => part !== null).join(":");
  const hint = error.hint === null ? [] : [element("p", {}, `Hint: ${error.hint}`)];
  const where = place === "" ? [] : [element("p", { class: "quiet" }, place)];
  return element("div", { class: "alarm", role: "note" }, element("p", {}, code(error.code), ` ${error.reason}`), ...hint, ...where);
}

function failedExpectations(view: PageData): HTMLElement[] {
  const failed = view.expectations.filter((expectation) => !expectation.passed);
  if (failed.length === 0) return [];
  const items = failed.map(({ text, actual }) =>
    element("li", {}, `${text} `, element("span", { class: "quiet" }, `found: ${jsonText(actual, valueLengthMax)}`)),
  );
  return [
    element(
      "div",
      { class: "alarm", role: "note" },
      element("p", {}, `${failed.length} of ${view.expectations.length} expectations fail:`),
      element("ul", {}, ...items),
    ),
  ];
}

function keyFigures(view: PageData): HTMLElement {
  const { metrics, final, expectations } = view;
  const fees = Object.entries(metrics.feesByCurrency);
  const holding = expectations.filter((expectation) => expectation.passed).length;
  const figures: (readonly [string, string, string])[] = [
    ["Final equity", final.equity, view.currency],
    ["Realized P&L", signedText(metrics.realizedPnl), `${view.currency}, before fees`],
    ["Fees", fees.length === 0 ? "0" : fees.map(([, amount]) => amount).join(" + "), fees.map(([currency]) => currency).join(", ")],
    ["Max drawdown", metrics.maxDrawdown, view.currency],
    ["Orders", String(metrics.orders), `${metrics.rejected} rejected, ${metrics.canceled} canceled, ${metrics.unknown} unknown`],
    ["Fills", String(metrics.fills), `${metrics.skipped} intents skipped`],
    [
      "Expectations",
      expectations.length === 0 ? "none" : `${holding} of ${expectations.length}`,
      expectations.length === 0 ? "nothing was asked" : "hold",
    ],
    ["Invariants", String(view.invariants.checked), `checked, ${view.invariants.violated} violated`],
  ];
  if (metrics.funding !== undefined) figures.splice(3, 0, ["Funding", signedText(metrics.funding), view.currency]);
  if (metrics.unprotectedCost !== undefined) figures.push(["Unprotected bars", metrics.unprotectedCost, `${view.currency}, what they cost`]);
  return element(
    "dl",
    { class: "figures" },
    ...figures.map(([name, value, note]) =>
      element("div", {}, element("dt", {}, name), element("dd", {}, element("strong", {}, value), " ", element("span", { class: "quiet" }, note))),
    ),
  );
}

function madeOf({ manifest, seed, runHash }: PageData): HTMLElement {
  const { versions, hashes } = manifest;
  const settings = (values: object): (readonly [string, HTMLElement])[] =>
    Object.entries(values).map(([name, value]) => [name, code(jsonText(value as Json, valueLengthMax))]);
  const bars = table({
    caption: "Bars of the run",
    columns: [{ title: "symbol" }, { title: "timeframe" }, { title: "bars", numeric: true }, { title: "from" }, { title: "to" }, { title: "digest" }],
    count: hashes.bars.length,
    cells: (row) => {
      const entry = hashes.bars[row];
      if (entry === undefined) return [];
      const moment = (time: number | null): string => orDash(time === null ? null : momentText(time));
      return [entry.symbol, entry.timeframe, String(entry.bars), moment(entry.from), moment(entry.to), code(entry.digest)];
    },
  });
  const run = facts([
    ["seed", code(String(seed))],
    ["run hash", code(runHash)],
    ["scenario file", manifest.file],
    ["hash of the file", code(hashes.scenarioFile)],
    ["started", `${momentText(Date.parse(manifest.startedAt))} UTC`],
    ["venue", `${manifest.venue}, ${wordsOf(manifest.positionMode)}, leverage ${manifest.leverage}`],
    ["versions", `Seatrial ${versions.seatrial}, Node ${versions.node}${versions.ccxt === null ? "" : `, ccxt ${versions.ccxt}`}`],
    ["strategy", manifest.strategy.name],
  ]);
  const titled = (title: string, body: HTMLElement): HTMLElement => element("div", {}, element("h3", {}, title), body);
  return element(
    "div",
    { class: "made-of" },
    run,
    titled("Fill model", facts(settings(manifest.fill))),
    titled("Strategy's parameters", facts(settings(manifest.strategy.params))),
    bars.element,
  );
}
