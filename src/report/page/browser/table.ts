// Tables that can be long: a page of rows at a time, with a filter where there are many, in a region that scrolls by itself.
// A table never rounds and never sorts what it is given.

import { button, element } from "./element.ts";

export interface TableColumn {
  readonly title: string;
  /** Numbers stand to the right. */
  readonly numeric?: boolean;
}

export interface TableOptions {
  /** Names the table for everybody who cannot see where it stands. */
  readonly caption: string;
  readonly columns: readonly TableColumn[];
  readonly count: number;
  readonly cells: (row: number) => readonly (Node | string)[];
  /** Makes a button of the first cell. */
  readonly pick?: (row: number) => void;
  /** Whether there is a filter over the rows' text; only for tables whose every row may be written out. */
  readonly filter?: boolean;
}

const rowsPerPage = 100;
const filteredFrom = 12;

export interface ShownTable {
  readonly element: HTMLElement;
  /** Turns to the row and marks it as the current one; null marks none. */
  readonly mark: (row: number | null) => void;
}

export function table(options: TableOptions): ShownTable {
  return new PagedTable(options);
}

class PagedTable implements ShownTable {
  readonly element: HTMLElement;
  private readonly options: TableOptions;
  private readonly body: HTMLTableSectionElement = element("tbody");
  private readonly pager: HTMLElement = element("div", { class: "pager" });
  /** Rows that the filter lets through; null: all. */
  private kept: readonly number[] | null = null;
  private page = 0;
  private marked: number | null = null;

  constructor(options: TableOptions) {
    this.options = options;
    const heads = options.columns.map((column) =>
      element("th", { scope: "col", ...(column.numeric === true ? { class: "number" } : {}) }, column.title),
    );
    const shown = element("table", {}, element("caption", {}, options.caption), element("thead", {}, element("tr", {}, ...heads)), this.body);
    const region = element("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": options.caption }, shown);
    this.element = element("div", { class: "table" }, region, this.pager);
    if (options.filter === true && options.count >= filteredFrom) this.element.prepend(this.filterField());
    this.draw();
  }

  mark(row: number | null): void {
    if (row === this.marked) return;
    this.marked = row;
    const at = row === null ? -1 : (this.kept?.indexOf(row) ?? row);
    if (at !== -1) this.page = Math.floor(at / rowsPerPage);
    this.draw();
  }

  private get length(): number {
    return this.kept?.length ?? this.options.count;
  }

  private draw(): void {
    const from = this.page * rowsPerPage;
    const until = Math.min(from + rowsPerPage, this.length);
    const rows: Node[] = [];
    for (let at = from; at < until; at += 1) rows.push(this.row(this.kept?.[at] ?? at));
    this.body.replaceChildren(...rows);
    this.pager.replaceChildren(...this.pagerParts(from, until));
  }

  private row(row: number): HTMLTableRowElement {
    const { cells, columns, pick } = this.options;
    const made = element("tr", row === this.marked ? { "aria-current": "true" } : {});
    for (const [index, cell] of cells(row).entries()) {
      const isButton = index === 0 && pick !== undefined && typeof cell === "string";
      const held = isButton ? button(cell, `${this.options.caption}: show ${cell}`, () => pick(row)) : cell;
      made.append(element("td", columns[index]?.numeric === true ? { class: "number" } : {}, held));
    }
    if (pick !== undefined) made.classList.add("picks");
    return made;
  }

  private pagerParts(from: number, until: number): Node[] {
    if (this.length === 0) return [element("p", { class: "quiet" }, "No row has this text.")];
    if (this.length <= rowsPerPage) return [];
    const last = Math.ceil(this.length / rowsPerPage) - 1;
    const turn = (text: string, title: string, page: number): HTMLButtonElement => {
      const made = button(text, `${this.options.caption}: ${title}`, () => {
        this.page = page;
        this.draw();
      });
      made.disabled = page < 0 || page > last || page === this.page;
      return made;
    };
    return [
      turn("« First", "first page", 0),
      turn("‹ Previous", "previous page", this.page - 1),
      element("span", { role: "status" }, `rows ${from + 1}–${until} of ${this.length}`),
      turn("Next ›", "next page", this.page + 1),
      turn("Last »", "last page", last),
    ];
  }

  private filterField(): HTMLElement {
    const field = element("input", {
      type: "search",
      placeholder: "Filter rows",
      "aria-label": `${this.options.caption}: filter rows by their text`,
    });
    field.addEventListener("input", () => {
      const wanted = field.value.trim().toLowerCase();
      this.kept = wanted === "" ? null : this.rowsWith(wanted);
      this.page = 0;
      this.draw();
    });
    return field;
  }

  private rowsWith(wanted: string): number[] {
    const found: number[] = [];
    for (let row = 0; row < this.options.count; row += 1) {
      const text = this.options.cells(row).map((cell) => (typeof cell === "string" ? cell : (cell.textContent ?? "")));
      if (text.join(" ").toLowerCase().includes(wanted)) found.push(row);
    }
    return found;
  }
}
