// Public trades out of a file: which columns of a table they are, and the series they become.

import type { TradeSeries } from "../domain/index.ts";
import type { EventFacts, EventOptions } from "./event-rows.ts";
import { plainMaker, readEvents, symbolNames, timeNames, type EventKind } from "./events.ts";
import { isEpochText } from "./time-text.ts";
import { sideOf, takerOf } from "./market-item.ts";
import { columnMissing, numbersOf, numbersOfWords, pickByName, wordsOf, type Pick, type TableHead } from "./table.ts";

export interface TradeFile extends TradeSeries, EventFacts {}

const trades: EventKind = {
  item: "trade",
  noun: "trade",
  columns: [
    { name: "price", rule: "above_zero", scale: "price" },
    { name: "quantity", rule: "above_zero", scale: "quantity" },
    { name: "side", rule: "finite", scale: null },
  ],
  choose: (head, file, received) => (head.names === null ? binancePicks(head, file) : namedPicks(head.names, file, received)),
  fromTable: (table, picks) => {
    const sides = wordsOf(table, picks, "side");
    const makers = wordsOf(table, picks, "buyer is maker");
    const words = sides ?? makers;
    const side = words === null ? new Float64Array(table.length) : numbersOfWords(table, words, sides === null ? takerOf : sideOf);
    return { columns: [numbersOf(table, picks, "price"), numbersOf(table, picks, "quantity"), side] };
  },
  maker: plainMaker,
};

function namedPicks(names: readonly string[], file: string, received: boolean): Pick[] {
  return pickByName(
    names,
    [
      { role: "time", kind: "time", names: timeNames[received ? "received" : "exchange"] },
      { role: "price", kind: "number", names: ["price", "p", "px"] },
      { role: "quantity", kind: "number", names: ["quantity", "amount", "qty", "size", "q", "sz", "volume"] },
      { role: "side", kind: "word", names: ["side", "taker_side", "aggressor_side"], required: false },
      { role: "buyer is maker", kind: "word", names: ["is_buyer_maker", "isbuyermaker", "buyer_maker", "m"], required: false },
      { role: "symbol", kind: "word", names: symbolNames, required: false },
    ],
    file,
  );
}

/** Binance's published trades without a header, by where the time stands: its epoch has at least 13 digits, an id fewer. */
const binanceLayouts = [
  // id, price, quantity, quote quantity, time, buyer is maker, …
  { time: 4, price: 1, quantity: 2, maker: 5 },
  // id, price, quantity, first id, last id, time, buyer is maker, …
  { time: 5, price: 1, quantity: 2, maker: 6 },
] as const;

function binancePicks({ sample }: TableHead, file: string): Pick[] {
  const isTime = (text: string | undefined): boolean => text !== undefined && isEpochText(text) && Number(text) >= 1e12;
  const layout = binanceLayouts.find(({ time, maker }) => isTime(sample[time]) && /^(?:true|false)$/i.test(sample[maker] ?? ""));
  if (layout === undefined) throw columnMissing("time", ["timestamp", "time", "transact_time"], sample, file);
  return [
    { role: "time", place: layout.time, kind: "time" },
    { role: "price", place: layout.price, kind: "number" },
    { role: "quantity", place: layout.quantity, kind: "number" },
    { role: "buyer is maker", place: layout.maker, kind: "word" },
  ];
}

/**
 * Public trades of one market, in order of time: CSV, Parquet and Arrow by the names of their columns, Binance's published
 * trades and aggregate trades with or without header, freqtrade's and ccxt's JSON, captures of Binance, Bybit, Hyperliquid and
 * OKX feeds; plain, gzipped or zipped. Prices and quantities are exact integers at the scales found in the file.
 * @throws SeatrialError with file, line or row; exit code 3
 */
export async function readTrades(path: string, options: EventOptions = {}): Promise<TradeFile> {
  const { columns, scales, ...rest } = await readEvents(path, trades, options);
  const [price, quantity, side] = columns as [Float64Array, Float64Array, Float64Array];
  return { ...rest, price, quantity, side: Int8Array.from(side), priceScale: scales.price, quantityScale: scales.quantity };
}
