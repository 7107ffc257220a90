// What the market said when an order left and when it filled, beside the records that a journal prints: the bars are not in it,
// and without them nobody could say later what an order was to cost and what it did. Reads bars; decides nothing.

import { barAt } from "./bar-at.ts";
import type { Journal } from "./journal.ts";
import type { TapeRecord } from "./tape-read.ts";

/** Integers at the market's scales, as the record's own. */
export interface MarketFacts {
  /** Of an order that leaves: close of the last bar that had closed; absent before the first. */
  readonly lastClose?: number;
  /** Of a fill at the open of its bar: that open, before spread and slippage. */
  readonly arrival?: number;
  /** Of a fill that is told in a later bar: the one that filled it. */
  readonly filledBar?: number;
  /** Of a fill: range and volume of its bar. */
  readonly barLow?: number;
  readonly barHigh?: number;
  readonly barVolume?: number;
}

const none: MarketFacts = {};

export function marketFacts({ markets }: Journal, { bar: handled, time, record }: TapeRecord): MarketFacts {
  if (record.type === "submit_order") {
    const series = markets[record.request.market]?.series;
    if (series === undefined) return none;
    const closed = handled >= 0 && series.closeTimeAt(handled) <= time ? handled : handled - 1;
    return closed < 0 ? none : { lastClose: series.closeAt(closed) };
  }
  if (record.type !== "order_filled") return none;
  const series = markets[record.market]?.series;
  // As in the rows: a fill at a bar's very close has the time of the next one's open.
  const filled = series === undefined ? -1 : Math.min(barAt(series, record.time), handled);
  if (series === undefined || filled < 0) return none;
  const atOpen = series.timeAt(filled) === record.time;
  const bar = { barLow: series.lowAt(filled), barHigh: series.highAt(filled), barVolume: series.volumeAt(filled) };
  return { ...(filled === handled ? {} : { filledBar: filled }), ...(atOpen ? { arrival: series.openAt(filled) } : {}), ...bar };
}
