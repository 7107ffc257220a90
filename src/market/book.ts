// Changes of an order book out of a file, joined so that they can be applied in order: a snapshot first where there is one,
// then the changes that belong behind it. Never makes up a level.

import type { BookSeries } from "../domain/index.ts";
import type { EventFacts, EventOptions } from "./event-rows.ts";
import { readEvents, symbolNames, timeNames, type EventKind, type Made, type TableEvents } from "./events.ts";
import { sideOf, type BookJoin, type MarketItem } from "./market-item.ts";
import { columnMissing, numbersOf, numbersOfWords, pickByName, plainName, wordsOf, type Pick, type Table, type Wish } from "./table.ts";

export interface BookFile extends BookSeries, EventFacts {
  /** Messages that are snapshots. Without one the changes start from an unknown book. */
  readonly snapshots: number;
  /** Messages of changes that a snapshot already held, left out; in a file of several markets those of all. */
  readonly stale: number;
  /** Places where the venue's numbering says that messages are missing: the book behind them is wrong until a snapshot. Of all markets. */
  readonly breaks: number;
}

interface Held {
  readonly item: MarketItem;
  readonly join: BookJoin;
  readonly time: number;
}

/** What is known of one market's book while its messages are read. */
interface Joined {
  /** Changes since the start, until a snapshot says which of them count; null behind it. */
  held: Held[] | null;
  /** Number of the last change in the book. */
  last: number | null;
}

const bareChange: BookJoin = { snapshot: false, first: null, last: null, previous: null };

/** Joins snapshots and changes as Binance's documentation of local order books says. */
class BookJoiner {
  private readonly markets: Map<string | null, Joined> = new Map();
  private symbol: string | null = null;
  private messages = 0;
  stale = 0;
  breaks = 0;

  take(item: MarketItem, time: number): readonly Made[] {
    // A snapshot that was asked for does not name its market: it is the one whose changes are being recorded.
    this.symbol = item.symbol ?? this.symbol;
    const join = item.join ?? bareChange;
    let market = this.markets.get(this.symbol);
    if (market === undefined) {
      market = { held: [], last: null };
      this.markets.set(this.symbol, market);
    }
    if (join.snapshot) return this.snapshot(market, item, join, time);
    if (market.held === null) return this.change(market, { item, join, time }, time);
    market.held.push({ item, join, time });
    return [];
  }

  /** The file is over: where no snapshot came, the changes stand for themselves. */
  finish(): readonly Made[] {
    const made: Made[] = [];
    for (const [symbol, market] of this.markets) {
      this.symbol = symbol;
      const held = market.held ?? [];
      market.held = null;
      for (const before of held) made.push(...this.change(market, before, before.time));
    }
    return made;
  }

  private snapshot(market: Joined, item: MarketItem, join: BookJoin, time: number): readonly Made[] {
    const held = market.held ?? [];
    market.held = null;
    market.last = join.last;
    const made = [this.made(item, join, time)];
    for (const before of held) {
      // Without numbers a change before the snapshot is in it.
      if (before.join.last === null || join.last === null) this.stale += 1;
      else made.push(...this.change(market, before, time));
    }
    return made;
  }

  private change(market: Joined, { item, join }: Held, time: number): readonly Made[] {
    const { first, last, previous } = join;
    const expected = market.last;
    if (expected !== null && last !== null && last <= expected) {
      this.stale += 1;
      return [];
    }
    if (expected !== null && (previous === null ? first !== null && first > expected + 1 : previous > expected)) this.breaks += 1;
    if (last !== null) market.last = last;
    return [this.made(item, join, time)];
  }

  private made(item: MarketItem, join: BookJoin, time: number): Made {
    const message = this.messages;
    this.messages += 1;
    return { symbol: this.symbol, time, rows: item.rows.map((level) => [message, join.snapshot ? 1 : 0, ...level]) };
  }
}

const levelName = /^(bids|asks)\[(\d+)\]\.(price|amount)$/;

/** A row a level: side, price, quantity and what tells snapshots and messages apart. */
const levelWishes: readonly Wish[] = [
  { role: "side", kind: "word", names: ["side"] },
  { role: "price", kind: "number", names: ["price", "px", "p"] },
  { role: "quantity", kind: "number", names: ["quantity", "qty", "amount", "size", "sz", "q"] },
  { role: "update type", kind: "word", names: ["update_type"], required: false },
  { role: "is snapshot", kind: "word", names: ["is_snapshot"], required: false },
  { role: "last change", kind: "number", names: ["last_update_id", "u"], required: false },
  { role: "received", kind: "number", names: timeNames.received, required: false },
];

function choose(names: readonly string[], file: string, received: boolean): readonly Pick[] {
  const plain = names.map(plainName);
  const wide = plain.filter((name) => levelName.test(name));
  const wishes: Wish[] = [
    { role: "time", kind: "time", names: timeNames[received ? "received" : "exchange"] },
    { role: "symbol", kind: "word", names: symbolNames, required: false },
  ];
  if (wide.length === 0) return pickByName(names, [...wishes, ...levelWishes], file);
  const levels = wide.map((name): Pick => ({ role: name, place: plain.indexOf(name), kind: "number", mayBeEmpty: true }));
  return [...pickByName(names, wishes, file), ...levels];
}

/** Tardis' snapshots: a row a snapshot, a column a level. */
function wideRows(table: Table, picks: readonly Pick[], levels: readonly Pick[]): TableEvents {
  const sources: number[] = [];
  const rows: number[][] = [];
  const prices = levels.filter(({ role }) => role.endsWith(".price"));
  for (let row = 0; row < table.length; row += 1) {
    for (const { role } of prices) {
      const price = numbersOf(table, picks, role)[row] as number;
      const amount = numbersOf(table, picks, role.replace(/price$/, "amount"))[row] as number;
      if (Number.isNaN(price)) continue;
      sources.push(row);
      rows.push([row, 1, role.startsWith("bids") ? 1 : -1, price, amount]);
    }
  }
  return { columns: [0, 1, 2, 3, 4].map((at) => Float64Array.from(rows, (row) => row[at] as number)), sourceRows: Uint32Array.from(sources) };
}

function levelRows(table: Table, picks: readonly Pick[]): TableEvents {
  const words = (role: string): readonly string[] | null => wordsOf(table, picks, role);
  const [types, flags, sides] = [words("update type"), words("is snapshot"), words("side")];
  const snapshot = Float64Array.from({ length: table.length }, (_, row) => (types?.[row] === "snap" || /^true$/i.test(flags?.[row] ?? "") ? 1 : 0));
  // A message is a run of rows that agree in all of these.
  const keys = [snapshot, ...["time", "last change", "received"].map((role) => numbersOf(table, picks, role))];
  const message = new Float64Array(table.length);
  for (let row = 1; row < table.length; row += 1) {
    const same = keys.every((key) => Object.is(key[row], key[row - 1]));
    message[row] = (message[row - 1] as number) + (same ? 0 : 1);
  }
  const side = numbersOfWords(table, sides ?? [], sideOf);
  return { columns: [message, snapshot, side, numbersOf(table, picks, "price"), numbersOf(table, picks, "quantity")] };
}

function bookKind(joiner: BookJoiner): EventKind {
  return {
    item: "book",
    noun: "book change",
    columns: [
      { name: "message", rule: "not_negative", scale: null },
      { name: "snapshot", rule: "not_negative", scale: null },
      { name: "side", rule: "finite", scale: null },
      { name: "price", rule: "above_zero", scale: "price" },
      { name: "quantity", rule: "not_negative", scale: "quantity" },
    ],
    choose: ({ names, sample }, file, received) => {
      if (names === null) throw columnMissing("side", ["side", "bids[0].price"], sample, file);
      return choose(names, file, received);
    },
    fromTable: (table, picks) => {
      const levels = picks.filter(({ role }) => levelName.test(role));
      return levels.length > 0 ? wideRows(table, picks, levels) : levelRows(table, picks);
    },
    maker: () => joiner,
  };
}

/**
 * Snapshots and changes of one market's book, in the order in which they apply: Tardis' snapshots and incremental books, depth
 * tables with a side a row, captures of Binance, Bybit, Hyperliquid and OKX feeds, Hyperliquid's REST answers. Changes that
 * were recorded before the first snapshot follow it at its time, without those that it holds already.
 * @throws SeatrialError with file, line or row; exit code 3
 */
export async function readBook(path: string, options: EventOptions = {}): Promise<BookFile> {
  const joiner = new BookJoiner();
  const { columns, scales, ...rest } = await readEvents(path, bookKind(joiner), options);
  const [message, snapshot, side, price, quantity] = columns as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
  return {
    ...rest,
    message,
    snapshot: Uint8Array.from(snapshot),
    side: Int8Array.from(side),
    price,
    quantity,
    priceScale: scales.price,
    quantityScale: scales.quantity,
    snapshots: snapshotsOf(message, snapshot),
    stale: joiner.stale,
    breaks: joiner.breaks,
  };
}

function snapshotsOf(message: Float64Array, snapshot: Float64Array): number {
  let count = 0;
  for (let row = 0; row < message.length; row += 1) {
    if (snapshot[row] === 1 && (row === 0 || message[row] !== message[row - 1])) count += 1;
  }
  return count;
}
