// Heads of a table that sort it. A cell sorts by its `data-key` where it has one, and has no value where that is absent.

import { element } from "./element.ts";

export interface SortedRow {
  readonly element: HTMLTableRowElement;
  readonly keys: readonly (string | null)[];
}

export function sortedRows(table: HTMLTableElement): SortedRow[] {
  return [...(table.tBodies[0]?.rows ?? [])].map((row) => ({ element: row, keys: [...row.cells].map((cell) => cell.dataset["key"] ?? null) }));
}

/** Buttons into the heads: the first press sorts numbers down and words up, the next the other way. */
export function makeSortable(table: HTMLTableElement, rows: readonly SortedRow[]): void {
  const heads = [...(table.tHead?.rows[0]?.cells ?? [])];
  heads.forEach((head, column) => {
    const isNumber = head.classList.contains("number");
    const title = head.textContent ?? "";
    const press = element("button", { type: "button", title: `Sort by ${title}` }, title);
    press.addEventListener("click", () => {
      const before = head.getAttribute("aria-sort");
      const down = before === null ? isNumber : before === "ascending";
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const sorted = [...rows].sort((a, b) => compare(a.keys[column] ?? null, b.keys[column] ?? null, isNumber, down));
      table.tBodies[0]?.append(...sorted.map((row) => row.element));
    });
    head.replaceChildren(press);
  });
}

/** What has no value stands last, whichever way. */
function compare(a: string | null, b: string | null, isNumber: boolean, down: boolean): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  const order = isNumber ? Number(a) - Number(b) : a < b ? -1 : a > b ? 1 : 0;
  return down ? -order : order;
}
