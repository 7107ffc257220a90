// The chart in words: the same columns as tables, a page of rows at a time. They are filled when they are opened.

import { details, element } from "./element.ts";
import { momentText } from "./format.ts";
import type { MarketData, PageData, PositionData } from "./page-data.ts";
import { table } from "./table.ts";

/** The tables of the market that is shown; made anew with every market. */
export function chartTables(view: PageData, market: MarketData): HTMLElement {
  return element(
    "div",
    { class: "alternatives" },
    details(`Candles of ${market.symbol} as a table`, () => candleTable(market)),
    ...market.positions.map((position) => details(`Position ${position.leg} as a table`, () => positionTable(market, position))),
    details("Equity and drawdown as a table", () => equityTable(view)),
  );
}

function candleTable(market: MarketData): HTMLElement {
  const price = (value: number | undefined): string => value?.toFixed(market.priceDecimals) ?? "";
  return table({
    caption: `Candles of ${market.symbol}, ${market.timeframe}`,
    columns: [{ title: "open time (UTC)" }, ...["open", "high", "low", "close", "volume"].map((title) => ({ title, numeric: true }))],
    count: market.time.length,
    cells: (row) => [
      momentText(market.time[row] ?? 0),
      price(market.open[row]),
      price(market.high[row]),
      price(market.low[row]),
      price(market.close[row]),
      String(market.volume[row] ?? ""),
    ],
  }).element;
}

function positionTable(market: MarketData, position: PositionData): HTMLElement {
  return table({
    caption: `Position ${position.leg} of ${market.symbol} where it changed`,
    columns: [{ title: "time (UTC)" }, { title: "quantity", numeric: true }, { title: "entry price", numeric: true }],
    count: position.time.length,
    cells: (row) => [momentText(position.time[row] ?? 0), String(position.quantity[row] ?? ""), String(position.entryPrice[row] ?? "")],
  }).element;
}

function equityTable({ equity, currency }: PageData): HTMLElement {
  return table({
    caption: `Equity and drawdown at closes, in ${currency}`,
    columns: [{ title: "close (UTC)" }, { title: "equity", numeric: true }, { title: "drawdown", numeric: true }],
    count: equity.time.length,
    cells: (row) => [momentText(equity.time[row] ?? 0), String(equity.value[row] ?? ""), String(equity.drawdown[row] ?? "")],
  }).element;
}
