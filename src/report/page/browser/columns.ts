// Where a page keeps its long columns of numbers, in the one order in which they are packed and unpacked. It must know nothing of
// bytes: packing is the node side's, unpacking the browser's.

import type { PageData } from "./page-data.ts";

type NumberColumn = readonly number[];

/** Every long column of the view, in the order in which they lie in the packed bytes. */
export function columnsOf(view: PageData): NumberColumn[] {
  const markets = view.markets.flatMap((market) => [
    market.time,
    market.open,
    market.high,
    market.low,
    market.close,
    market.volume,
    ...market.positions.flatMap((position) => [position.time, position.quantity, position.entryPrice]),
  ]);
  return [...markets, view.equity.time, view.equity.value, view.equity.drawdown];
}

/** The view with other columns, taken from `next` in the same order. */
export function withColumns(view: PageData, next: () => NumberColumn): PageData {
  const markets = view.markets.map((market) => ({
    ...market,
    time: next(),
    open: next(),
    high: next(),
    low: next(),
    close: next(),
    volume: next(),
    positions: market.positions.map((position) => ({ ...position, time: next(), quantity: next(), entryPrice: next() })),
  }));
  return { ...view, markets, equity: { time: next(), value: next(), drawdown: next() } };
}
