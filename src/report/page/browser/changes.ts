// What a step changed in the state, value by value: the path, and under it what was there before and what is there now. It must show
// both sides of every change.

import { code, details, element } from "./element.ts";
import { jsonText } from "./format.ts";
import type { ChangeData, Json } from "./page-data.ts";

/** A step that changes more paths than these shows the rest on demand. */
const shownAtOnce = 40;
const lengthMax = 160;

export function changesTable(changes: readonly ChangeData[]): HTMLElement {
  if (changes.length === 0) {
    const text =
      "No change of the state stands at this step. Records of one act change it together: each change stands at the record that tells it, the rest at the first.";
    return element("p", { class: "quiet" }, text);
  }
  const head = element("tr", {}, ...["before", "after"].map((title) => element("th", { scope: "col" }, title)));
  const caption = element("caption", {}, "What this step changed");
  const shown = element("table", { class: "changes" }, caption, element("thead", {}, head), ...changes.slice(0, shownAtOnce).map(changeRows));
  const rest = changes.slice(shownAtOnce);
  return rest.length === 0
    ? shown
    : element(
        "div",
        {},
        shown,
        details(`${rest.length} more changes`, () => changesTable(rest)),
      );
}

function changeRows({ path, kind, before, after }: ChangeData): HTMLElement {
  // Dots are where a long path may break.
  const name = element("th", { scope: "rowgroup", colspan: "2" }, path.replaceAll(".", ".\u200b"));
  const left = kind === "added" ? element("span", { class: "quiet" }, "absent") : valueOf(before);
  const right = kind === "removed" ? element("span", { class: "quiet" }, "removed") : element("mark", {}, valueOf(after));
  return element("tbody", {}, element("tr", {}, name), element("tr", {}, element("td", {}, left), element("td", {}, right)));
}

/** A record as its names and values, everything else as JSON. */
function valueOf(value: Json): HTMLElement {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return code(jsonText(value, lengthMax));
  const pairs = Object.entries(value).map(([name, held]) =>
    element("span", {}, element("span", { class: "key" }, name), " ", code(jsonText(held as Json, lengthMax))),
  );
  return element("span", { class: "record" }, ...pairs.flatMap((pair, index) => (index === 0 ? [pair] : [" ", pair])));
}
