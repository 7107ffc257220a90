// Puts the page together out of the data that it carries. Whatever goes wrong here is shown on the page, never swallowed.

import { RunChart } from "./chart.ts";
import { chartTables } from "./chart-tables.ts";
import { Cursor } from "./cursor.ts";
import { button, element } from "./element.ts";
import { footer } from "./footer.ts";
import { header } from "./header.ts";
import { helpDialog, listenToKeys } from "./keys.ts";
import { OrderPanel } from "./order-panel.ts";
import type { PageData } from "./page-data.ts";
import { PlayerBar } from "./player-bar.ts";
import { sections } from "./sections.ts";
import { StepPanel } from "./step-panel.ts";
import { isDark, onTheme, toggleTheme } from "./theme.ts";
import { unpackPage } from "./unpack.ts";

async function start(page: HTMLElement): Promise<void> {
  const { view, notice } = await unpackPage(JSON.parse(document.getElementById("run")?.textContent ?? "") as string);
  const cursor = new Cursor(view);
  const help = helpDialog();
  const player = new PlayerBar(view, cursor);
  const order = new OrderPanel(view, cursor);
  const step = new StepPanel(view, cursor);
  const bench = workbench(view, cursor, player, element("div", { class: "inspector" }, step.element, order.element));
  const [links, ...below] = sections(view, cursor, () => order.focus());
  page.append(
    header(view, pageControls(help)),
    ...(links === undefined ? [] : [links]),
    element("main", {}, bench, ...below),
    footer(view, notice),
    help,
  );
  listenToKeys({ cursor, player, last: view.player.steps.length - 1, help, stage: bench });
}

function workbench(view: PageData, cursor: Cursor, player: PlayerBar, inspector: HTMLElement): HTMLElement {
  const [first] = view.markets;
  const title = element("h2", { id: "chart-title" }, "Chart and player");
  const column = element("div", { class: "stage" });
  if (first === undefined) column.append(element("p", { class: "quiet" }, "This run had no market."), player.element);
  else {
    const alternatives = element("div");
    const showTables = (): void => alternatives.replaceChildren(chartTables(view, view.markets[cursor.market] ?? first));
    cursor.listen((changed) => {
      if (changed.has("market")) showTables();
    });
    showTables();
    column.append(...marketSwitch(view, cursor), new RunChart(view, cursor, first, player.element).element, alternatives);
  }
  return element("section", { id: "chart", "aria-labelledby": "chart-title" }, title, element("div", { class: "bench" }, column, inspector));
}

/** Nothing for a run of one market. */
function marketSwitch(view: PageData, cursor: Cursor): HTMLElement[] {
  if (view.markets.length < 2) return [];
  const choices = view.markets.map(({ symbol }, index) => {
    const choice = element("button", { type: "button", class: "text" }, symbol);
    choice.addEventListener("click", () => cursor.showMarket(index));
    return choice;
  });
  const show = (): void => choices.forEach((choice, index) => choice.setAttribute("aria-pressed", String(index === cursor.market)));
  cursor.listen(show);
  show();
  return [element("div", { class: "controls markets", role: "group", "aria-label": "Market" }, ...choices)];
}

function pageControls(help: HTMLDialogElement): HTMLElement {
  const theme = button("", "Light or dark", toggleTheme);
  const show = (): void => {
    theme.textContent = isDark() ? "Light" : "Dark";
  };
  onTheme(show);
  show();
  const keys = button("Keys ?", "Keys of this page", () => help.showModal());
  return element("div", { class: "controls" }, theme, keys);
}

function showFailure(page: HTMLElement, failure: unknown): void {
  page.replaceChildren(element("p", { class: "alarm", role: "alert" }, `This page cannot be shown: ${String(failure)}`));
  throw failure;
}

const page = document.getElementById("page");
if (page !== null) {
  start(page)
    .catch((failure: unknown) => showFailure(page, failure))
    .finally(() => page.removeAttribute("aria-busy"));
}
