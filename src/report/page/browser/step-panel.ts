// What the step did: its sentence, what it changed with the values before and after, the journal's own fields, the full state.

import { changesTable } from "./changes.ts";
import type { Cursor } from "./cursor.ts";
import { badge, element } from "./element.ts";
import { wordsOf } from "./format.ts";
import type { Json, PageData } from "./page-data.ts";
import { StateWalk } from "./state.ts";
import { StateTree } from "./state-tree.ts";

export class StepPanel {
  readonly element: HTMLElement;
  private readonly view: PageData;
  private readonly cursor: Cursor;
  private readonly walk: StateWalk;
  private readonly tree = new StateTree();
  private readonly full: HTMLDetailsElement;
  private readonly told: HTMLElement = element("div", { "aria-live": "polite" });
  private readonly changes: HTMLElement = element("div");

  constructor(view: PageData, cursor: Cursor) {
    this.view = view;
    this.cursor = cursor;
    this.walk = new StateWalk(view.player);
    this.full = element("details", {}, element("summary", {}, "Full state after this step"), this.tree.element);
    this.full.addEventListener("toggle", () => this.showTree());
    const omitted = view.player.omitted === null ? [] : [element("p", { class: "quiet" }, `Left out here: ${view.player.omitted}`)];
    this.element = element(
      "section",
      { class: "panel step", "aria-labelledby": "step-title" },
      element("h3", { id: "step-title" }, "This step"),
      this.told,
      this.changes,
      this.full,
      ...omitted,
    );
    cursor.listen((changed) => {
      if (changed.has("step")) this.show();
    });
    this.show();
  }

  private show(): void {
    const step = this.view.player.steps[this.cursor.step];
    if (step === undefined) {
      const isEmpty = this.view.player.steps.length === 0;
      const text = "Before the first step: nothing has happened yet. The right arrow key makes one step, with Shift a whole bar.";
      this.told.replaceChildren(element("p", {}, isEmpty ? "This page holds no steps." : text));
      this.changes.replaceChildren();
    } else {
      const where = step.symbol === null ? [] : [element("span", { class: "quiet" }, step.symbol)];
      this.told.replaceChildren(element("p", { class: "line" }, badge("plain", wordsOf(step.type)), ...where), element("p", {}, step.text));
      this.changes.replaceChildren(changesTable(step.changes), ...journalFields(step.data));
    }
    this.showTree();
  }

  private showTree(): void {
    if (!this.full.open) return;
    this.tree.show(this.walk.stateAt(this.cursor.step), this.view.player.steps[this.cursor.step]?.changes ?? []);
  }
}

function journalFields(data: Json): HTMLElement[] {
  if (data === null) return [];
  return [
    element("details", {}, element("summary", {}, "As it stands in the journal"), element("pre", { tabindex: "0" }, JSON.stringify(data, null, 2))),
  ];
}
