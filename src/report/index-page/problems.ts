// What went wrong: each scenario that failed, broke or did not run, with what was expected and found, and the line of the file that
// its error names.

import { excerptLines } from "../terminal/excerpt.ts";
import type { Outcome, RunFigures } from "../outcome.ts";
import { paintOf } from "../terminal/paint.ts";
import { causeOf } from "../terminal/terminal.ts";
import { element, type Markup } from "./markup.ts";
import { statusBadge } from "./scenario-table.ts";
import { hasFailed, inOrder, type IndexEntry } from "./view.ts";

/** Columns of an excerpt on the page. */
const excerptWidth = 100;

/** Empty where nothing went wrong. Scenarios that did not run for the same reason share one entry. */
export function problemList(entries: readonly IndexEntry[]): Markup[] {
  const told = new Set<string>();
  const items = inOrder(entries).flatMap(({ outcome }) => {
    const cause = causeOf(outcome);
    if (cause === null) return problemItem(outcome);
    if (told.has(cause)) return [];
    told.add(cause);
    return notRunItem(entries.map((entry) => entry.outcome).filter((other) => causeOf(other) === cause));
  });
  if (items.length === 0) return [];
  const title = element("h2", { id: "problems-title" }, problemTitle(entries));
  return [element("section", { id: "problems", "aria-labelledby": "problems-title" }, title, element("ul", { class: "problems" }, ...items))];
}

export function problemTitle(entries: readonly IndexEntry[]): string {
  return hasFailed(entries) ? "What went wrong" : "What did not run";
}

function problemItem(outcome: Outcome<RunFigures>): Markup[] {
  const parts = [...expectationParts(outcome), ...errorParts(outcome)];
  return parts.length === 0 ? [] : [element("li", {}, headline(outcome, outcome.scenario), ...parts)];
}

function notRunItem(alike: readonly Outcome<RunFigures>[]): Markup[] {
  const [first] = alike;
  if (first === undefined || first.notRun === null) return [];
  const { reason, hint } = first.notRun;
  const several = alike.length > 1;
  const names = several ? [element("p", { class: "quiet" }, alike.map(({ scenario }) => scenario).join(", "))] : [];
  const head = headline(first, several ? `${alike.length} scenarios` : first.scenario);
  return [element("li", {}, head, element("p", {}, reason), element("p", {}, `To run ${several ? "them" : "it"}: ${hint}`), ...names)];
}

function headline({ status }: Outcome<RunFigures>, name: string): Markup {
  return element("p", {}, statusBadge(status), " ", element("strong", {}, name));
}

function expectationParts({ expectations, record }: Outcome<RunFigures>): Markup[] {
  const failed = expectations.filter(({ passed }) => !passed);
  const rows = failed.flatMap(({ text, actual, bar, context }) => [
    element("dt", {}, "expected"),
    element("dd", {}, text),
    element("dt", {}, "found"),
    element("dd", {}, `${actual}${bar === null ? "" : ` (bar ${bar})`}`, ...context.map((line) => element("span", { class: "quiet context" }, line))),
  ]);
  const violated = record?.invariants.violated ?? 0;
  const broken = violated === 0 ? [] : [element("p", {}, `${violated} invariant checks were violated`)];
  return [...(rows.length === 0 ? [] : [element("dl", {}, ...rows)]), ...broken];
}

function errorParts({ error, excerpt }: Outcome<RunFigures>): Markup[] {
  if (error === null) return [];
  const message = element("p", {}, element("code", {}, error.code), ` ${error.message}`);
  if (excerpt === null) return [message];
  const lines = excerptLines(excerpt, { width: excerptWidth, paint: paintOf(false) });
  return [message, element("pre", { tabindex: "0" }, lines.join("\n"))];
}
