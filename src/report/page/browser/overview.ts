// The script of the index page: filters and sorts the rows that stand in it, and moves between them by the keyboard. The page is
// whole without it.

import { button, element } from "./element.ts";
import { makeSortable, type SortedRow } from "./sortable.ts";
import { isDark, onTheme, toggleTheme } from "./theme.ts";

interface Row extends SortedRow {
  readonly status: string;
  /** Lower case. */
  readonly text: string;
}

const keys: readonly (readonly [name: string, does: string])[] = [
  ["/", "filter by text"],
  ["J", "next scenario"],
  ["K", "previous scenario"],
  ["Enter", "open its report"],
  ["F", "only what went wrong, or all"],
  ["Tab", "to the heads of the columns: Enter sorts"],
  ["T", "light or dark"],
  ["?", "these keys"],
  ["Esc", "show all again"],
];

function startOverview(table: HTMLTableElement): void {
  const rows = rowsOf(table);
  const field = document.getElementById("filter") as HTMLInputElement;
  const choices = [...document.querySelectorAll<HTMLButtonElement>("[data-show]")];
  const shown = document.getElementById("shown");
  const show = (): void => {
    const wanted = field.value.trim().toLowerCase();
    const statuses = new Set(
      choices.filter((choice) => choice.getAttribute("aria-pressed") === "true").map((choice) => choice.dataset["show"] ?? ""),
    );
    let count = 0;
    for (const row of rows) {
      row.element.hidden = !row.text.includes(wanted) || (statuses.size > 0 && !statuses.has(row.status));
      if (!row.element.hidden) count += 1;
    }
    if (shown !== null) shown.textContent = count === rows.length ? `${count} scenarios` : `${count} of ${rows.length} scenarios`;
  };
  const press = (choice: HTMLButtonElement, pressed: boolean): void => choice.setAttribute("aria-pressed", String(pressed));
  const showAll = (): void => {
    field.value = "";
    for (const choice of choices) press(choice, false);
    show();
  };
  const toggleBad = (): void => {
    const bad = choices.filter(({ dataset }) => dataset["show"] === "failed" || dataset["show"] === "error");
    const on = bad.some((choice) => choice.getAttribute("aria-pressed") !== "true");
    for (const choice of choices) press(choice, on && bad.includes(choice));
    show();
  };
  field.addEventListener("input", show);
  for (const choice of choices) {
    choice.addEventListener("click", () => {
      press(choice, choice.getAttribute("aria-pressed") !== "true");
      show();
    });
  }
  makeSortable(table, rows);
  show();
  const filters = document.getElementById("filters");
  if (filters !== null) filters.hidden = false;
  const help = helpDialog();
  addControls(help);
  listen({ rows, field, help, showAll, toggleBad });
}

function rowsOf(table: HTMLTableElement): Row[] {
  return [...(table.tBodies[0]?.rows ?? [])].map((row) => ({
    element: row,
    status: row.dataset["status"] ?? "",
    text: `${row.textContent ?? ""} ${row.title}`.toLowerCase(),
    keys: [...row.cells].map((cell) => cell.dataset["key"] ?? null),
  }));
}

interface Targets {
  readonly rows: readonly Row[];
  readonly field: HTMLInputElement;
  readonly help: HTMLDialogElement;
  readonly showAll: () => void;
  readonly toggleBad: () => void;
}

function listen({ rows, field, help, showAll, toggleBad }: Targets): void {
  const does: Readonly<Record<string, () => void>> = {
    "/": () => field.focus(),
    j: () => move(rows, 1),
    k: () => move(rows, -1),
    f: toggleBad,
    t: toggleTheme,
    "?": () => help.showModal(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    if (event.key === "Escape") {
      field.blur();
      return showAll();
    }
    if (event.target === field) {
      if (event.key !== "Enter") return;
      field.blur();
      return move(rows, 1);
    }
    const run = does[event.key.toLowerCase()];
    if (run === undefined) return;
    event.preventDefault();
    run();
  });
}

/** The focus to the next shown row's name, in the order on the page. */
function move(rows: readonly Row[], by: 1 | -1): void {
  const shown = rows.map((row) => row.element).filter((row) => !row.hidden);
  const ordered = shown.sort((a, b) => a.rowIndex - b.rowIndex);
  const at = ordered.findIndex((row) => row.contains(document.activeElement));
  const next = ordered[at < 0 ? (by > 0 ? 0 : ordered.length - 1) : Math.min(ordered.length - 1, Math.max(0, at + by))];
  next?.querySelector<HTMLElement>("a, [tabindex]")?.focus();
}

function addControls(help: HTMLDialogElement): void {
  const theme = button("", "Light or dark", toggleTheme);
  const show = (): void => {
    theme.textContent = isDark() ? "Light" : "Dark";
  };
  onTheme(show);
  show();
  document.getElementById("controls")?.append(
    theme,
    button("Keys ?", "Keys of this page", () => help.showModal()),
  );
  document.body.append(help);
}

function helpDialog(): HTMLDialogElement {
  const pairs = keys.map(([name, does]) => element("div", {}, element("dt", {}, element("kbd", {}, name)), element("dd", {}, does)));
  const close = element("form", { method: "dialog" }, element("button", { type: "submit" }, "Close"));
  return element(
    "dialog",
    { "aria-labelledby": "help-title" },
    element("h2", { id: "help-title" }, "Keys"),
    element("dl", { class: "keys" }, ...pairs),
    close,
  );
}

const results = document.getElementById("results");
if (results instanceof HTMLTableElement) startOverview(results);
