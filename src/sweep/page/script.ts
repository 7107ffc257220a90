// The script of a sweep's page, as text: light and dark, and headings that sort their table. Without it the page shows the same, in
// the order in which it was written.

export const sweepScript = `"use strict";
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const theme = document.getElementById("theme");
  theme.hidden = false;
  theme.addEventListener("click", () => {
    const isDark = root.dataset.theme === undefined ? dark.matches : root.dataset.theme === "dark";
    root.dataset.theme = isDark ? "light" : "dark";
  });

  const keyOf = (cell) => {
    const sort = cell.dataset.sort;
    if (sort !== undefined) return sort === "" ? null : Number(sort);
    return cell.textContent;
  };
  // What has no value comes last, whichever way the others go.
  const compare = (a, b, sign) => {
    if (a === null || b === null) return (a === null) - (b === null);
    if (typeof a === "number" && typeof b === "number") return sign * (a - b);
    return sign * (String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0);
  };
  for (const table of document.querySelectorAll("table.sortable")) {
    const body = table.tBodies[0];
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      button.title = "Sort by " + head.textContent;
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const descends = head.getAttribute("aria-sort") === "descending" || (head.getAttribute("aria-sort") === null && !head.classList.contains("number"));
        for (const other of heads) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", descends ? "ascending" : "descending");
        const rows = [...body.rows].map((row, at) => ({ row, at, key: keyOf(row.cells[column]) }));
        rows.sort((a, b) => compare(a.key, b.key, descends ? 1 : -1) || a.at - b.at);
        body.append(...rows.map(({ row }) => row));
      });
    });
  }
})();
`;
