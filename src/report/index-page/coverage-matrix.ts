// The coverage of the order state machine as a matrix: a row a step, a column an error. A cell says by a sign and in words what it
// is, and the lists below say by whom a step was taken and why others cannot be.

import { stepName, stepsOf } from "../terminal/lifecycle-text.ts";
import type { CoveragePair, LifecycleCoverage } from "../lifecycle/lifecycle.ts";
import { element, hidden, type Markup } from "./markup.ts";

export function coverageSection(coverage: LifecycleCoverage): Markup {
  const { runs, exercised, notExercised, impossible } = coverage;
  const steps = stepsOf(coverage);
  return element(
    "section",
    { id: "coverage", "aria-labelledby": "coverage-title" },
    element("h2", { id: "coverage-title" }, "What happened to orders"),
    element(
      "p",
      {},
      `Each row is a step that an order's status can take, each column what was wrong when it was taken. ${runs} ${runs === 1 ? "run" : "runs"} took `,
      element("strong", {}, `${exercised} of ${exercised + notExercised}`),
      ` possible pairs; ${impossible} are impossible.`,
    ),
    legend(),
    matrix(coverage, steps),
    takenList(coverage),
    leftList(steps),
    meaningList(coverage),
  );
}

function legend(): Markup {
  const entry = (kind: string, sign: string, text: string): Markup =>
    element("span", {}, element("span", { class: `cell ${kind}`, "aria-hidden": "true" }, sign), ` ${text}`);
  return element(
    "p",
    { class: "legend" },
    entry("taken", "3", "taken, so often"),
    entry("left", "○", "possible, not taken"),
    entry("waits", "…", "waits for a later version"),
    entry("never", "", "impossible"),
  );
}

function matrix({ errors }: LifecycleCoverage, steps: readonly CoveragePair[][]): Markup {
  const heads = errors.map(({ name, meaning }) => element("th", { scope: "col", title: meaning }, element("span", {}, name)));
  const rows = steps.map((pairs) =>
    element("tr", {}, element("th", { scope: "row" }, stepName(pairs[0] as CoveragePair)), ...pairs.map((pair) => cellOf(pair))),
  );
  const table = element(
    "table",
    { id: "matrix" },
    element("caption", { class: "hidden" }, "Steps of order states and the errors under which they were taken"),
    element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "Step"), ...heads)),
    element("tbody", {}, ...rows),
  );
  return element("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": "Coverage of order states" }, table);
}

function cellOf({ state, count, scenarios, reason }: CoveragePair): Markup {
  switch (state) {
    case "exercised":
      return element("td", { class: reason === null ? "taken" : "taken odd", title: scenarios.join(", ") }, String(count), hidden(" times"));
    case "not_exercised":
      return reason === null
        ? element("td", { class: "left" }, element("span", { "aria-hidden": "true" }, "○"), hidden("not taken"))
        : element(
            "td",
            { class: "waits", title: `waits for ${reason}` },
            element("span", { "aria-hidden": "true" }, "…"),
            hidden(`waits for ${reason}`),
          );
    case "impossible":
      return element("td", { class: "never", title: reason }, hidden("impossible"));
  }
}

function takenList({ pairs }: LifecycleCoverage): Markup {
  const taken = pairs.filter(({ state }) => state === "exercised");
  const rows = taken.map((pair) =>
    element(
      "tr",
      {},
      element("td", {}, stepName(pair)),
      element("td", {}, pair.error),
      element("td", { class: "number" }, String(pair.count)),
      element("td", { class: "names" }, `${pair.scenarios.join(", ")}${pair.reason === null ? "" : ` (held to be impossible: ${pair.reason})`}`),
    ),
  );
  return listTable("Taken, by whom", ["Step", "Under", "Times", "Scenarios"], rows);
}

function leftList(steps: readonly CoveragePair[][]): Markup {
  const rows = steps.map((pairs) => {
    const left = pairs.filter(({ state }) => state === "not_exercised");
    const reasons = [...new Set(pairs.filter(({ state }) => state === "impossible").map(({ reason }) => reason ?? ""))];
    const waits = [...new Set(left.flatMap(({ reason }) => (reason === null ? [] : [`waits for ${reason}`])))];
    const names = left.map(({ error }) => error);
    return element(
      "tr",
      {},
      element("td", {}, stepName(pairs[0] as CoveragePair)),
      element("td", { class: "names" }, [...names, ...waits].join(", ")),
      element("td", { class: "names" }, reasons.join("; ")),
    );
  });
  return listTable("Not taken, and why the rest is impossible", ["Step", "Possible, not taken under", "Impossible otherwise, because"], rows);
}

function listTable(title: string, heads: readonly string[], rows: readonly Markup[]): Markup {
  const head = element("tr", {}, ...heads.map((text) => element("th", { scope: "col", class: text === "Times" ? "number" : null }, text)));
  const table = element("table", {}, element("caption", { class: "hidden" }, title), element("thead", {}, head), element("tbody", {}, ...rows));
  const region = element("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": title }, table);
  return element("details", {}, element("summary", {}, title), region);
}

function meaningList({ errors }: LifecycleCoverage): Markup {
  const pairs = errors.map(({ name, meaning }) => element("div", {}, element("dt", {}, element("code", {}, name)), element("dd", {}, meaning)));
  return element("details", {}, element("summary", {}, "What the errors mean"), element("dl", { class: "facts" }, ...pairs));
}
