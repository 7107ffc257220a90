// Best bid and offer out of a file: which columns of a table they are, and the series they become. Also the best prices of a
// book that is followed change by change.

import { SeatrialError, type BookSeries, type QuoteSeries } from "../domain/index.ts";
import type { EventColumn, EventFacts, EventOptions } from "./event-rows.ts";
import { plainMaker, readEvents, symbolNames, timeNames, type EventKind } from "./events.ts";
import { columnMissing, numbersOf, pickByName } from "./table.ts";

export interface QuoteFile extends QuoteSeries, EventFacts {}

const columnsInOrder = ["bid", "bidSize", "ask", "askSize"] as const;

/** By column, best first; the brackets are Tardis' names of the levels of a snapshot. */
const names: Readonly<Record<(typeof columnsInOrder)[number], readonly string[]>> = {
  bid: ["bid_price", "bid", "best_bid_price", "best_bid", "bids[0].price", "bidpx", "b"],
  bidSize: ["bid_size", "bid_amount", "best_bid_qty", "bid_qty", "bids[0].amount", "bidsz"],
  ask: ["ask_price", "ask", "best_ask_price", "best_ask", "asks[0].price", "askpx", "a"],
  askSize: ["ask_size", "ask_amount", "best_ask_qty", "ask_qty", "asks[0].amount", "asksz"],
};

const quotes: EventKind = {
  item: "quote",
  noun: "quote",
  columns: columnsInOrder.map((name): EventColumn =>
    name.endsWith("Size") ? { name, rule: "not_negative", scale: "quantity" } : { name, rule: "above_zero", scale: "price" },
  ),
  choose: (head, file, received) => {
    if (head.names === null) throw columnMissing("bid", names.bid, head.sample, file);
    const wishes = columnsInOrder.map((role) => ({ role, kind: "number" as const, names: names[role] }));
    return pickByName(
      head.names,
      [
        { role: "time", kind: "time", names: timeNames[received ? "received" : "exchange"] },
        { role: "symbol", kind: "word", names: symbolNames, required: false },
        ...wishes,
      ],
      file,
    );
  },
  fromTable: (table, picks) => ({ columns: columnsInOrder.map((role) => numbersOf(table, picks, role)) }),
  maker: plainMaker,
};

/**
 * Best bid and offer of one market, in order of time: CSV, Parquet and Arrow by the names of their columns (Binance's book
 * ticker, Tardis' quotes and snapshots), captures of Binance and OKX feeds. A bid above the ask stays as the file has it.
 * @throws SeatrialError with file, line or row; exit code 3. Binance spot quotes have no venue time: `no_exchange_time`
 */
export async function readQuotes(path: string, options: EventOptions = {}): Promise<QuoteFile> {
  const { columns, scales, ...rest } = await readEvents(path, quotes, options);
  const [bid, bidSize, ask, askSize] = columns as [Float64Array, Float64Array, Float64Array, Float64Array];
  return { ...rest, bid, bidSize, ask, askSize, priceScale: scales.price, quantityScale: scales.quantity };
}

/** One side of a book: levels by price, and the best of them. */
class BookSide {
  private readonly levels: Map<number, number> = new Map();
  /** 1 when a higher price is better. */
  declare private readonly direction: number;
  best: number | null = null;

  constructor(direction: number) {
    this.direction = direction;
  }

  clear(): void {
    this.levels.clear();
    this.best = null;
  }

  get bestQuantity(): number {
    return this.best === null ? 0 : (this.levels.get(this.best) ?? 0);
  }

  set(price: number, quantity: number): void {
    if (quantity > 0) {
      this.levels.set(price, quantity);
      if (this.best === null || (price - this.best) * this.direction > 0) this.best = price;
      return;
    }
    this.levels.delete(price);
    if (price !== this.best) return;
    this.best = null;
    for (const left of this.levels.keys()) if (this.best === null || (left - this.best) * this.direction > 0) this.best = left;
  }
}

/**
 * The best prices of a book, a row whenever one of the four changed and both sides are there.
 * @throws SeatrialError `book_without_snapshot`: changes alone do not tell what stood before them
 */
export function quotesOfBook(book: BookSeries): QuoteSeries {
  if (book.snapshot[0] !== 1) {
    throw new SeatrialError({
      code: "book_without_snapshot",
      reason: "the book starts with changes, not with a snapshot",
      hint: "read a file that holds a snapshot too",
    });
  }
  const [bids, asks] = [new BookSide(1), new BookSide(-1)];
  const rows: number[][] = [];
  for (let row = 0; row < book.length; row += 1) {
    const opens = row === 0 || book.message[row] !== book.message[row - 1];
    if (opens && book.snapshot[row] === 1) {
      bids.clear();
      asks.clear();
    }
    (book.side[row] === 1 ? bids : asks).set(book.price[row] as number, book.quantity[row] as number);
    const closes = row === book.length - 1 || book.message[row] !== book.message[row + 1];
    if (!closes || bids.best === null || asks.best === null) continue;
    const now = [bids.best, bids.bestQuantity, asks.best, asks.bestQuantity];
    const last = rows.at(-1);
    if (last === undefined || now.some((value, at) => value !== last[at + 1])) rows.push([book.time[row] as number, ...now]);
  }
  const column = (at: number): Float64Array => Float64Array.from(rows, (row) => row[at] as number);
  const { symbol, priceScale, quantityScale } = book;
  return {
    symbol,
    length: rows.length,
    time: column(0),
    bid: column(1),
    bidSize: column(2),
    ask: column(3),
    askSize: column(4),
    priceScale,
    quantityScale,
  };
}
