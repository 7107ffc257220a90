// The index page of a folder run: what became of every scenario, what went wrong, and what happened to orders. It is whole without
// its script, which only filters, sorts and moves by the keyboard.

import { statusWords, type RunStatus } from "../outcome.ts";
import { pageScript } from "../page/page-script.ts";
import { pageShell } from "../page/shell.ts";
import { pageStyle } from "../page/style/index.ts";
import { elapsedText } from "../terminal/terminal.ts";
import { coverageSection } from "./coverage-matrix.ts";
import { element, joined, type Markup } from "./markup.ts";
import { problemList, problemTitle } from "./problems.ts";
import { scenarioTable } from "./scenario-table.ts";
import { indexStyle } from "./style.ts";
import { hasFailed, statusBadges, statusOrder, type IndexView } from "./view.ts";

/** @returns HTML, UTF-8. @throws SeatrialError `page_part_missing`, `page_script` (exit code 1) where this installation is damaged */
export function renderIndexPage(view: IndexView): string {
  const problems = problemList(view.entries);
  const results = resultSection(view);
  // What went wrong comes first; that data is absent can wait.
  const failed = hasFailed(view.entries);
  const parts = failed ? [...problems, results] : [results, ...problems];
  const body = element(
    "div",
    { id: "page" },
    header(view),
    navigation(problems.length > 0 ? problemTitle(view.entries) : null, failed),
    element("main", {}, ...parts, coverageSection(view.coverage)),
    element(
      "footer",
      {},
      element("p", { class: "quiet" }, `Made by Seatrial ${view.version}. The page holds all of its data and asks for nothing from anywhere.`),
    ),
  );
  return pageShell({ title: titleOf(view), style: `${pageStyle}${indexStyle}`, scripts: [pageScript("overview")], body: joined([body]) });
}

/** @param problems title of that part; null where there is none @param first it stands before the scenarios */
function navigation(problems: string | null, first: boolean): Markup {
  const link = (id: string, text: string): Markup => element("a", { href: `#${id}` }, text);
  const wrong = problems === null ? [] : [link("problems", problems)];
  const results = link("scenarios", "Scenarios");
  const parts = first ? [...wrong, results] : [results, ...wrong];
  return element("nav", { "aria-label": "Parts of this page" }, ...parts, link("coverage", "What happened to orders"));
}

function titleOf({ entries }: IndexView): string {
  const bad = entries.filter(({ outcome }) => outcome.status === "failed" || outcome.status === "error").length;
  const scenarios = `${entries.length} ${entries.length === 1 ? "scenario" : "scenarios"}`;
  return bad === 0 ? scenarios : `${bad} of ${scenarios} failed`;
}

function header(view: IndexView): Markup {
  const elapsed = view.entries.reduce((sum, { outcome }) => sum + outcome.elapsedMs, 0);
  const made = `${view.time.toISOString().slice(0, 19).replace("T", " ")} UTC · ${elapsedText(elapsed)} of simulation`;
  const badges = statusOrder.flatMap((status) => {
    const count = view.entries.filter(({ outcome }) => outcome.status === status).length;
    return count === 0
      ? []
      : [element("span", { class: `badge ${statusBadges[status]}` }, `${statusWords[status].sign} ${count} ${statusWords[status].word}`)];
  });
  return element(
    "header",
    {},
    element(
      "div",
      { class: "masthead" },
      element("p", { class: "quiet" }, "Seatrial · scenarios"),
      element("div", { class: "controls", id: "controls" }),
    ),
    element("h1", {}, titleOf(view)),
    element("p", { class: "tally" }, ...badges),
    element("p", { class: "quiet" }, made),
  );
}

function resultSection({ entries }: IndexView): Markup {
  const present = statusOrder.filter((status: RunStatus) => entries.some(({ outcome }) => outcome.status === status));
  const choices = present.map((status) =>
    element("button", { type: "button", "data-show": status, "aria-pressed": "false" }, `${statusWords[status].sign} ${statusWords[status].word}`),
  );
  const field = element("input", {
    type: "search",
    id: "filter",
    placeholder: "Filter scenarios  /",
    "aria-label": "Filter scenarios by their text",
  });
  const filter = element(
    "div",
    { class: "filter", id: "filters", hidden: "" },
    field,
    element("div", { class: "controls", role: "group", "aria-label": "Only scenarios that" }, ...choices),
    element("span", { class: "quiet", id: "shown", role: "status" }, ""),
  );
  const title = element("h2", { id: "results-title" }, "Scenarios");
  const note = element(
    "p",
    { class: "quiet note" },
    "Failed ones first. Money is in the settlement currency of each scenario, before fees where it is realized.",
  );
  return element("section", { id: "scenarios", "aria-labelledby": "results-title" }, title, filter, scenarioTable(entries), note);
}
