// Bars out of messages: Hyperliquid's candles, the closed bars of a captured feed. Unfinished bars never get here.

import { pow10 } from "../domain/index.ts";
import type { RawColumns } from "./columns.ts";
import type { Content } from "./content.ts";
import type { KnownDecimals } from "./decimals.ts";
import { settleRows } from "./event-rows.ts";
import { plainMaker, readItems, type ItemEvents } from "./events.ts";

const bars: ItemEvents = {
  item: "bar",
  noun: "closed bar",
  columns: [
    { name: "open", rule: "above_zero", scale: "price" },
    { name: "high", rule: "above_zero", scale: "price" },
    { name: "low", rule: "above_zero", scale: "price" },
    { name: "close", rule: "above_zero", scale: "price" },
    { name: "volume", rule: "not_negative", scale: "quantity" },
  ],
  maker: plainMaker,
};

/** @throws SeatrialError of the form's reader and of `settleRows` */
export async function readBarItems(content: Content, symbol: string | undefined) {
  const options = symbol === undefined ? {} : { symbol };
  const settled = settleRows(await readItems(content, bars, options), bars.columns, bars.noun, options);
  const { price, quantity } = settled.scales;
  const decimal = (at: number): Float64Array => (settled.columns[at] as Float64Array).map((units) => units / pow10(at === 4 ? quantity : price));
  const columns: RawColumns = { time: settled.time, open: decimal(0), high: decimal(1), low: decimal(2), close: decimal(3), volume: decimal(4) };
  const decimals: KnownDecimals = { price, volume: quantity };
  return { columns, decimals, firstLine: null, source: null };
}
