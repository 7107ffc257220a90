// The full state as a tree that opens branch by branch, with what the step changed marked on the way down to it. Branches that the
// reader has opened stay open from step to step.

import { element } from "./element.ts";
import { jsonText } from "./format.ts";
import type { ChangeData, Json } from "./page-data.ts";
import { pathBelow, pathParts } from "./state.ts";

const leafLengthMax = 200;

export class StateTree {
  readonly element: HTMLElement = element("div", { class: "tree" });
  private readonly opened = new Set<string>(["runner", "strategy"]);
  private changed: ReadonlySet<string> = new Set();
  /** Every path on the way to a changed one. */
  private touched: ReadonlySet<string> = new Set();

  show(state: Json, changes: readonly ChangeData[]): void {
    this.changed = new Set(changes.map((change) => change.path));
    this.touched = new Set(changes.flatMap((change) => prefixesOf(change.path)));
    this.element.replaceChildren(this.branch("", state));
  }

  private branch(path: string, value: Json): HTMLElement {
    const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
    return element("ul", {}, ...entries.map(([key, child]) => element("li", {}, this.node(pathBelow(path, key), key, child as Json))));
  }

  private node(path: string, key: string, value: Json): HTMLElement {
    const isChanged = this.changed.has(path);
    const name = element("span", { class: "key" }, key);
    if (typeof value !== "object" || value === null || Object.keys(value).length === 0) {
      const leaf = element("span", { class: "leaf" }, name, " ", element("code", {}, jsonText(value, leafLengthMax)));
      if (isChanged) leaf.append(" ", changedMark());
      return isChanged ? element("mark", {}, leaf) : leaf;
    }
    const size = Object.keys(value).length;
    const summary = element("summary", {}, name, element("span", { class: "quiet" }, Array.isArray(value) ? ` [${size}]` : ` {${size}}`));
    if (isChanged || this.touched.has(path)) summary.append(" ", changedMark());
    const made = element("details", {}, summary);
    const fill = (): void => {
      if (made.childElementCount === 1) made.append(this.branch(path, value));
    };
    if (this.opened.has(path)) {
      fill();
      made.open = true;
    }
    made.addEventListener("toggle", () => {
      if (made.open) {
        this.opened.add(path);
        fill();
      } else this.opened.delete(path);
    });
    return made;
  }
}

function prefixesOf(path: string): string[] {
  const found: string[] = [];
  let prefix = "";
  for (const part of pathParts(path)) {
    prefix = pathBelow(prefix, part);
    found.push(prefix);
  }
  return found;
}

function changedMark(): HTMLElement {
  return element("span", { class: "changed" }, "changed");
}
