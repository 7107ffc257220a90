// The tables of a run, each a list of columns with what stands in them. Values are shown as they were given.

import { momentText, orDash, sideText, signedText, wordsOf } from "./format.ts";
import { badge, code } from "./element.ts";
import { statusBadge } from "./order-panel.ts";
import type {
  FillData,
  FundingData,
  LedgerData,
  LiquidationData,
  OrderRowData,
  PageData,
  RouteData,
  SilenceData,
  SkipData,
  UnprotectedData,
} from "./page-data.ts";
import { table, type ShownTable } from "./table.ts";

/** One column: its head, what a row says there, and whether that is a number. */
export type Field<Row> = readonly [title: string, cell: (row: Row, index: number) => Node | string, kind?: "number"];

export function rowTable<Row>(caption: string, rows: readonly Row[], fields: readonly Field<Row>[], pick?: (row: number) => void): ShownTable {
  return table({
    caption,
    columns: fields.map(([title, , kind]) => ({ title, numeric: kind === "number" })),
    count: rows.length,
    cells: (index) => {
      const row = rows[index];
      return row === undefined ? [] : fields.map(([, cell]) => cell(row, index));
    },
    filter: true,
    ...(pick === undefined ? {} : { pick }),
  });
}

interface Dated {
  readonly time: number;
  readonly bar: number;
}

/** Where a row happened; a row of no market has no symbol, and few know their step. */
interface Place extends Dated {
  readonly symbol?: string | null;
  readonly step?: number | null;
}

/** Goes to where a row happened. */
export type PickPlace = (place: Place) => void;

/** For the first cell of each row. */
export function pickRow(rows: readonly Place[], goTo: PickPlace): (row: number) => void {
  return (row) => {
    const place = rows[row];
    if (place !== undefined) goTo(place);
  };
}

const when: readonly Field<Dated>[] = [
  ["bar", (row) => String(row.bar), "number"],
  ["time (UTC)", (row) => momentText(row.time)],
];

const orderFields: readonly Field<OrderRowData>[] = [
  ["order", (_row, index) => String(index + 1)],
  ...when,
  ["symbol", (row) => row.symbol],
  ["side", (row) => sideText(row.side)],
  ["leg", (row) => row.leg],
  ["family", (row) => row.family],
  ["type", (row) => wordsOf(row.type)],
  ["quantity", (row) => row.quantity, "number"],
  ["price", (row) => orDash(row.price), "number"],
  ["trigger", (row) => orDash(row.trigger), "number"],
  ["in force", (row) => row.timeInForce],
  ["status", (row) => statusBadge(row.status)],
  ["reason", (row) => code(row.reason)],
];

const fillFields: readonly Field<FillData>[] = [
  ["fill", (_row, index) => String(index + 1)],
  ...when,
  ["symbol", (row) => row.symbol],
  ["side", (row) => sideText(row.side)],
  ["leg", (row) => row.leg],
  ["family", (row) => row.family],
  ["quantity", (row) => row.quantity, "number"],
  ["price", (row) => row.price, "number"],
  ["fee", (row) => `${row.fee} ${row.feeCurrency}`, "number"],
  ["liquidity", (row) => row.liquidity],
];

const skipFields: readonly Field<SkipData>[] = [
  ...when,
  ["symbol", (row) => row.symbol],
  ["family", (row) => row.family],
  ["reason", (row) => code(row.reason)],
  ["gates passed, then the one that refused", (row) => row.gates?.map(wordsOf).join(" → ") ?? "–"],
  ["in words", (row) => row.text ?? "–"],
];

const ledgerFields: readonly Field<LedgerData>[] = [
  ...when,
  ["symbol", (row) => row.symbol],
  ["leg", (row) => row.leg],
  ["quantity", (row) => row.quantity, "number"],
  ["gross", (row) => signedText(row.gross), "number"],
  ["entry fee", (row) => row.entryFee, "number"],
  ["exit fee", (row) => row.exitFee, "number"],
  ["net", (row) => signedText(row.net), "number"],
  ["cumulative", (row) => signedText(row.cumulative), "number"],
  ["order", (row) => orDash(row.clientOrderId ?? "liquidation")],
];

const fundingFields: readonly Field<FundingData>[] = [
  ...when,
  ["symbol", (row) => row.symbol],
  ["leg", (row) => row.leg],
  ["quantity", (row) => row.quantity, "number"],
  ["rate", (row) => row.rate, "number"],
  ["mark", (row) => row.mark, "number"],
  ["mark is", (row) => (row.source === "mark" ? "mark price" : "last trade, for want of a mark")],
  ["amount", (row) => signedText(row.amount), "number"],
];

const liquidationFields: readonly Field<LiquidationData>[] = [
  ...when,
  ["symbol", (row) => row.symbol],
  ["leg", (row) => row.leg],
  ["side", (row) => sideText(row.side)],
  ["quantity", (row) => row.quantity, "number"],
  ["price", (row) => row.price, "number"],
  ["fee", (row) => row.fee, "number"],
  ["insurance fund", (row) => signedText(row.insurance), "number"],
  ["left open", (row) => row.left, "number"],
  ["equity before", (row) => row.equity, "number"],
  ["maintenance", (row) => row.maintenance, "number"],
  ["takeover", (row) => (row.takeover ? "yes" : "no")],
];

const unprotectedFields: readonly Field<UnprotectedData>[] = [
  ...when,
  ["symbol", (row) => row.symbol],
  ["leg", (row) => row.leg],
  ["exit", (row) => wordsOf(row.exit)],
  ["quantity", (row) => row.quantity, "number"],
  ["would close at", (row) => row.price, "number"],
  ["reached", (row) => row.reached, "number"],
  ["close", (row) => row.close, "number"],
  ["cost", (row) => signedText(row.cost), "number"],
];

const routeFields: readonly Field<RouteData>[] = [
  ...when,
  ["symbol", (row) => row.symbol],
  ["side", (row) => sideText(row.side)],
  ["leg", (row) => row.leg],
  ["family", (row) => row.family],
  ["route", (row) => wordsOf(row.route)],
  ["quantity", (row) => row.quantity, "number"],
  ["filled", (row) => row.filled, "number"],
  ["slices", (row) => String(row.slices), "number"],
  ["orders", (row) => String(row.orders), "number"],
  ["ended", (row) => (row.endBar === null ? "still open" : `bar ${row.endBar}`)],
  ["reason", (row) => orDash(row.reason)],
];

const silenceFields: readonly Field<SilenceData>[] = [
  ["bar", (row) => String(row.bar), "number"],
  ["what", (row) => wordsOf(row.kind)],
  ["from (UTC)", (row) => momentText(row.from)],
  ["until (UTC)", (row) => (row.until === null ? "the end" : momentText(row.until))],
  ["symbol", (row) => row.symbol ?? "all"],
  ["in words", (row) => row.text],
];

const alertFields: readonly Field<PageData["alerts"][number]>[] = [
  ...when,
  ["level", (row) => badge(row.level === "error" ? "bad" : row.level === "warning" ? "warn" : "plain", row.level)],
  ["text", (row) => row.text],
];

export const orderTable = (view: PageData, pick: (order: number) => void): ShownTable =>
  rowTable(
    "Orders",
    view.orders.map((order) => order.row),
    orderFields,
    pick,
  );
export const fillTable = (view: PageData, pick: (fill: number) => void): ShownTable => rowTable("Fills", view.fills, fillFields, pick);
export const openOrderTable = (view: PageData): ShownTable => rowTable("Open orders at the end", view.final.openOrders, orderFields.slice(1));

const placed = <Row extends Place>(caption: string, rows: readonly Row[], fields: readonly Field<Row>[], goTo: PickPlace): ShownTable =>
  rowTable(caption, rows, fields, pickRow(rows, goTo));

/** Tables that stand on the page only where they have a row. */
export const optionalTables = {
  skipped: (view: PageData, goTo: PickPlace) => placed("Skipped intents", view.skipped, skipFields, goTo),
  ledger: (view: PageData, goTo: PickPlace) => placed(`Closes, in ${view.currency}`, view.ledger, ledgerFields, goTo),
  funding: (view: PageData, goTo: PickPlace) =>
    placed(`Funding payments, in ${view.currency}; positive is received`, view.funding, fundingFields, goTo),
  liquidations: (view: PageData, goTo: PickPlace) => placed("Liquidations", view.liquidations, liquidationFields, goTo),
  unprotected: (view: PageData, goTo: PickPlace) =>
    placed(`Unprotected bars, cost in ${view.currency}; positive is lost`, view.unprotected, unprotectedFields, goTo),
  routes: (view: PageData, goTo: PickPlace) => placed("Intents worked by a route", view.routes, routeFields, goTo),
  silences: (view: PageData, goTo: PickPlace) => placed("Restarts and gaps", view.silences, silenceFields, goTo),
  alerts: (view: PageData, goTo: PickPlace) => placed("Alerts", view.alerts, alertFields, goTo),
} as const;
