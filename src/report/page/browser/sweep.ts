// The script of a sweep's page: light and dark, and heads that sort. The page is whole without it.

import { button } from "./element.ts";
import { makeSortable, sortedRows } from "./sortable.ts";
import { isDark, onTheme, toggleTheme } from "./theme.ts";

for (const table of document.querySelectorAll<HTMLTableElement>("table.sortable")) makeSortable(table, sortedRows(table));

const theme = button("", "Light or dark", toggleTheme);
const showTheme = (): void => {
  theme.textContent = isDark() ? "Light" : "Dark";
};
onTheme(showTheme);
showTheme();
document.getElementById("controls")?.append(theme);
