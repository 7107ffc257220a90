// The sections under the chart, in their order, and the list of links to them. A section without content is left out, unless its
// absence is itself worth a sentence.

import { ambiguitySection } from "./ambiguity.ts";
import { costsSection } from "./costs.ts";
import type { Cursor } from "./cursor.ts";
import { badge, element } from "./element.ts";
import { jsonText, signedText } from "./format.ts";
import type { PageData } from "./page-data.ts";
import { fillTable, openOrderTable, optionalTables, orderTable, rowTable, type PickPlace } from "./run-tables.ts";
import { candleOf, stepOfCandle } from "./timeline.ts";

interface Section {
  readonly id: string;
  readonly title: string;
  /** Shorter than the title, in the list of links. */
  readonly link?: string;
  /** null: no number beside the title. */
  readonly count: number | null;
  readonly body: HTMLElement;
}

const actualLengthMax = 600;

/** @param shown called when the reader chose something that is drawn above */
export function sections(view: PageData, cursor: Cursor, shown: () => void): HTMLElement[] {
  const list = sectionList(view, cursor, shown);
  const links = [{ id: "chart", title: "Chart", count: null }, ...list].map(({ id, title, link, count }: Omit<Section, "body">) =>
    element("a", { href: `#${id}` }, link ?? title, ...(count === null ? [] : [" ", element("span", { class: "quiet" }, String(count))])),
  );
  return [
    element("nav", { "aria-label": "Sections" }, ...links),
    ...list.map(({ id, title, body }) =>
      element("section", { id, "aria-labelledby": `${id}-title` }, element("h2", { id: `${id}-title` }, title), body),
    ),
  ];
}

function sectionList(view: PageData, cursor: Cursor, shown: () => void): Section[] {
  const { ambiguous } = view;
  const goToBar: PickPlace = ({ symbol, bar, time, step }) => {
    const market = view.markets.find((candidate) => candidate.symbol === symbol) ?? view.markets[cursor.market];
    if (market === undefined) return;
    cursor.showMarket(view.markets.indexOf(market));
    cursor.goTo(step ?? stepOfCandle(view, market, candleOf(market, bar, time)));
    shown();
  };
  const optional = (id: keyof typeof optionalTables, title: string, count: number): Section[] =>
    count === 0 ? [] : [{ id, title, count, body: optionalTables[id](view, goToBar).element }];
  return [
    { id: "expectations", title: "Expectations", count: view.expectations.length, body: expectations(view) },
    { id: "orders", title: "Orders", count: view.orders.length, body: orders(view, cursor, shown) },
    ...(view.fills.length === 0 ? [] : [{ id: "fills", title: "Fills", count: view.fills.length, body: fills(view, cursor, shown) }]),
    ...optional("silences", "Restarts and gaps", view.silences.length),
    ...optional("skipped", "Skipped intents", view.skipped.length),
    {
      id: "assumptions",
      title: "Assumptions and their cost",
      link: "Assumptions",
      count: view.costs.length === 0 ? null : view.costs.length,
      body: costsSection(view),
    },
    {
      id: "ambiguous",
      title: "What the bars leave open",
      link: "Ambiguous bars",
      count: ambiguous.bars.length,
      body: ambiguitySection(view, goToBar),
    },
    ...optional("ledger", "Ledger", view.ledger.length),
    ...optional("funding", "Funding", view.funding.length),
    ...optional("liquidations", "Liquidations", view.liquidations.length),
    ...optional("routes", "Routes", view.routes.length),
    ...optional("alerts", "Alerts", view.alerts.length),
    { id: "final", title: "At the end", count: null, body: finalState(view) },
  ];
}

function expectations(view: PageData): HTMLElement {
  if (view.expectations.length === 0) return element("p", { class: "quiet" }, "The scenario expects nothing but that the invariants hold.");
  return rowTable("Expectations", view.expectations, [
    ["", (row) => (row.passed ? badge("good", "✔ holds") : badge("bad", "✖ fails"))],
    ["expected", (row) => row.text],
    ["found", (row) => jsonText(row.actual, actualLengthMax)],
  ]).element;
}

function orders(view: PageData, cursor: Cursor, shown: () => void): HTMLElement {
  if (view.orders.length === 0) return element("p", { class: "quiet" }, "This run sent no order.");
  const made = orderTable(view, (order) => {
    cursor.select(order);
    shown();
  });
  cursor.listen((changed) => {
    if (changed.has("order")) made.mark(cursor.order);
  });
  return made.element;
}

function fills(view: PageData, cursor: Cursor, shown: () => void): HTMLElement {
  const orderOf = new Map(view.orders.map((order, index) => [order.row.clientOrderId, index]));
  return fillTable(view, (fill) => {
    const row = view.fills[fill];
    const order = row === undefined ? undefined : orderOf.get(row.clientOrderId);
    if (row === undefined || order === undefined) return;
    // A fill that was told late has another time in the table than in the order's life, and the same place.
    const place = view.fills.slice(0, fill).filter(({ clientOrderId }) => clientOrderId === row.clientOrderId).length;
    const stage = view.orders[order]?.stages.filter((candidate) => candidate.stage === "fill")[place];
    cursor.select(order, stage?.step ?? null);
    shown();
  }).element;
}

function finalState(view: PageData): HTMLElement {
  const { balances, positions, openOrders } = view.final;
  const parts: Node[] = [
    rowTable("Balances", Object.entries(balances), [
      ["currency", ([currency]) => currency],
      ["total", ([, balance]) => balance.total, "number"],
      ["free", ([, balance]) => balance.free, "number"],
      ["used", ([, balance]) => balance.used, "number"],
    ]).element,
  ];
  if (positions.length === 0) parts.push(element("p", {}, "Flat: no position is open."));
  else {
    const shown = rowTable("Open positions", positions, [
      ["symbol", (row) => row.symbol],
      ["leg", (row) => row.leg],
      ["quantity", (row) => row.quantity, "number"],
      ["entry price", (row) => row.entryPrice, "number"],
      ["unrealized P&L", (row) => signedText(row.unrealizedPnl), "number"],
    ]);
    parts.push(shown.element);
  }
  parts.push(openOrders.length === 0 ? element("p", {}, "No order is open.") : openOrderTable(view).element);
  return element("div", {}, ...parts);
}
