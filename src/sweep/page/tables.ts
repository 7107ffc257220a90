// Tables of a sweep's page: every cell says in its text what it holds, and in its key what it is sorted by.

import { element, type Markup } from "../../report/index.ts";
import { figure, valueText } from "../text.ts";
import type { Json } from "../space.ts";

export interface PageColumn {
  readonly title: string;
  readonly numeric?: boolean;
}

export interface PageCell {
  readonly text: string;
  /** What it is sorted by; null: no value, it stands last. */
  readonly key: string | null;
}

/** A table in a region that scrolls by itself. @param sortable its heads sort it, where scripts may run */
export function table(caption: string, columns: readonly PageColumn[], rows: readonly (readonly PageCell[])[], sortable: boolean): Markup {
  const kind = (column: PageColumn | undefined): string | null => (column?.numeric === true ? "number" : null);
  const heads = columns.map((column) => element("th", { scope: "col", class: kind(column) }, column.title));
  const body = rows.map((row) =>
    element("tr", {}, ...row.map(({ text, key }, at) => element("td", { class: kind(columns[at]), "data-key": sortable ? key : null }, text))),
  );
  const made = element(
    "table",
    { class: sortable ? "sortable" : null },
    element("caption", {}, caption),
    element("thead", {}, element("tr", {}, ...heads)),
    element("tbody", {}, ...body),
  );
  return region(caption, made);
}

export function region(name: string, content: Markup): Markup {
  return element("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": name }, content);
}

export function number(value: number | null): PageCell {
  return value === null ? { text: "", key: null } : { text: figure(value), key: String(value) };
}

export function word(text: string): PageCell {
  return { text, key: text };
}

export function valueCell(value: Json): PageCell {
  return { text: valueText(value), key: valueText(value) };
}
