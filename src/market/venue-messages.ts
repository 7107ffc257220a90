// What the messages of venues mean, one decoder a shape: Binance, Bybit (v2), Hyperliquid, OKX, ccxt, freqtrade, barter. Shapes
// are those of the venues' documentation and of recorded feeds. A message of no known shape carries no market data: it yields
// nothing. A known one with a wrong value is an error.

import {
  badMessage,
  isFields,
  listOf,
  numberIn,
  optionalNumberIn,
  optionalTimeIn,
  sideOf,
  takerOf,
  textIn,
  timeIn,
  type BookJoin,
  type Fields,
  type MarketItem,
} from "./market-item.ts";

interface Decoder {
  /** Whether the message has the shape; looks at a few fields only. */
  readonly fits: (message: Fields) => boolean;
  readonly decode: (message: Fields) => readonly MarketItem[];
}

const snapshotWithoutNumbers: BookJoin = { snapshot: true, first: null, last: null, previous: null };

/** Levels [price, quantity, …] of both sides as rows [side, price, quantity]. */
function levels(bids: readonly unknown[], asks: readonly unknown[]): number[][] {
  const rows = (side: number, list: readonly unknown[]): number[][] =>
    list.map((level) => {
      if (!Array.isArray(level)) throw badMessage("a price level is no list");
      return [side, numberIn(level, 0), numberIn(level, 1)];
    });
  return [...rows(1, bids), ...rows(-1, asks)];
}

/** Hyperliquid's `levels`: [bids, asks], each a list of {px, sz, n}. */
function hyperliquidBook(book: Fields): MarketItem {
  const [bids, asks] = listOf(book, "levels");
  const rows = (side: number, list: unknown): number[][] => {
    if (!Array.isArray(list)) throw badMessage("levels are no two lists");
    return (list as readonly Fields[]).map((level) => [side, numberIn(level, "px"), numberIn(level, "sz")]);
  };
  const all = [...rows(1, bids), ...rows(-1, asks)];
  return { kind: "book", symbol: textIn(book, "coin"), time: optionalTimeIn(book, "time"), rows: all, join: snapshotWithoutNumbers };
}

function hyperliquidTrade(trade: Fields): MarketItem {
  const row = [numberIn(trade, "px"), numberIn(trade, "sz"), sideOf(trade["side"])];
  return { kind: "trade", symbol: textIn(trade, "coin"), time: timeIn(trade, "time"), rows: [row] };
}

function binanceBar(kline: Fields): MarketItem {
  const row = ["o", "h", "l", "c", "v"].map((name) => numberIn(kline, name));
  return { kind: "bar", symbol: textIn(kline, "s"), time: timeIn(kline, "t"), rows: [row] };
}

function bybitLevels(list: unknown, removed = false): number[][] {
  if (!Array.isArray(list)) throw badMessage("levels are no list");
  return (list as readonly Fields[]).map((level) => [sideOf(level["side"]), numberIn(level, "price"), removed ? 0 : numberIn(level, "size")]);
}

function bybitBook(message: Fields): MarketItem {
  const data = message["data"];
  const symbol = textIn(message, "topic").split(".")[1] ?? "";
  const micros = optionalNumberIn(message, "timestamp_e6");
  const time = micros === null ? null : Math.round(micros / 1_000);
  if (message["type"] === "snapshot") {
    const all = isFields(data) ? data["order_book"] : data;
    return { kind: "book", symbol, time, rows: bybitLevels(all), join: snapshotWithoutNumbers };
  }
  if (!isFields(data)) throw badMessage("data is no object");
  const rows = [...bybitLevels(data["delete"], true), ...bybitLevels(data["update"]), ...bybitLevels(data["insert"])];
  return { kind: "book", symbol, time, rows, join: { ...snapshotWithoutNumbers, snapshot: false } };
}

function okxItems(message: Fields): readonly MarketItem[] {
  const { channel, instId } = message["arg"] as Fields;
  const symbol = typeof instId === "string" ? instId : null;
  return listOf(message, "data")
    .filter(isFields)
    .flatMap((data): readonly MarketItem[] => {
      const time = timeIn(data, "ts");
      switch (channel) {
        case "trades":
          return [{ kind: "trade", symbol, time, rows: [[numberIn(data, "px"), numberIn(data, "sz"), sideOf(data["side"])]] }];
        case "tickers":
          return [{ kind: "quote", symbol, time, rows: [["bidPx", "bidSz", "askPx", "askSz"].map((name) => numberIn(data, name))] }];
        case "books":
        case "books5":
          return [
            {
              kind: "book",
              symbol,
              time,
              rows: levels(listOf(data, "bids"), listOf(data, "asks")),
              join: { ...snapshotWithoutNumbers, snapshot: channel === "books5" || message["action"] === "snapshot" },
            },
          ];
        default:
          return [];
      }
    });
}

/** In order: the first that fits decides. */
const decoders: readonly Decoder[] = [
  // Binance streams wrap: {stream, data}.
  { fits: ({ stream, data }) => typeof stream === "string" && isFields(data), decode: (message) => itemsOf(message["data"]) },
  {
    fits: ({ e }) => e === "trade" || e === "aggTrade",
    decode: (trade) => [
      {
        kind: "trade",
        symbol: textIn(trade, "s"),
        time: timeIn(trade, "T"),
        rows: [[numberIn(trade, "p"), numberIn(trade, "q"), takerOf(trade["m"])]],
      },
    ],
  },
  {
    // Spot quotes have no event type and no time.
    fits: ({ e, u, b, B, a, A }) => e === "bookTicker" || (e === undefined && [u, b, B, a, A].every((field) => field !== undefined)),
    decode: (quote) => [
      {
        kind: "quote",
        symbol: textIn(quote, "s"),
        time: optionalTimeIn(quote, "T"),
        rows: [["b", "B", "a", "A"].map((name) => numberIn(quote, name))],
      },
    ],
  },
  {
    fits: ({ e }) => e === "depthUpdate",
    decode: (depth) => [
      {
        kind: "book",
        symbol: textIn(depth, "s"),
        time: optionalTimeIn(depth, "T") ?? timeIn(depth, "E"),
        rows: levels(listOf(depth, "b"), listOf(depth, "a")),
        join: { snapshot: false, first: numberIn(depth, "U"), last: numberIn(depth, "u"), previous: optionalNumberIn(depth, "pu") },
      },
    ],
  },
  {
    fits: ({ lastUpdateId }) => lastUpdateId !== undefined,
    decode: (depth) => [
      {
        kind: "book",
        symbol: null,
        time: optionalTimeIn(depth, "T"),
        rows: levels(listOf(depth, "bids"), listOf(depth, "asks")),
        join: { snapshot: true, first: null, last: numberIn(depth, "lastUpdateId"), previous: null },
      },
    ],
  },
  // An unfinished bar comes again and again with other numbers: only the closed one is a bar.
  { fits: ({ e, k }) => e === "kline" && isFields(k), decode: ({ k }) => (isFields(k) && k["x"] === true ? [binanceBar(k)] : []) },
  { fits: ({ channel, data }) => channel === "l2Book" && isFields(data), decode: ({ data }) => [hyperliquidBook(data as Fields)] },
  { fits: ({ channel }) => channel === "trades", decode: (message) => listOf(message, "data").filter(isFields).map(hyperliquidTrade) },
  { fits: ({ coin, levels: both }) => typeof coin === "string" && Array.isArray(both), decode: (book) => [hyperliquidBook(book)] },
  {
    fits: ({ coin, fundingRate, time }) => typeof coin === "string" && fundingRate !== undefined && time !== undefined,
    decode: (paid) => [{ kind: "funding", symbol: textIn(paid, "coin"), time: timeIn(paid, "time"), rows: [[numberIn(paid, "fundingRate")]] }],
  },
  {
    fits: ({ t, T, s, i, o, n }) => [t, T, s, i, o, n].every((field) => field !== undefined),
    decode: (candle) => [binanceBar(candle)],
  },
  {
    fits: ({ topic, data }) => typeof topic === "string" && topic.startsWith("trade.") && Array.isArray(data),
    decode: (message) =>
      listOf(message, "data")
        .filter(isFields)
        .map((trade) => ({
          kind: "trade",
          symbol: textIn(trade, "symbol"),
          time: timeIn(trade, "trade_time_ms"),
          rows: [[numberIn(trade, "price"), numberIn(trade, "size"), sideOf(trade["side"])]],
        })),
  },
  { fits: ({ topic }) => typeof topic === "string" && /^orderBook(?:L2_25|_200)\./.test(topic), decode: (message) => [bybitBook(message)] },
  { fits: ({ arg, data }) => isFields(arg) && Array.isArray(data), decode: okxItems },
  // barter: {Item: {Ok: {time_exchange, instrument, kind: {Trade}}}}
  { fits: ({ Item }) => isFields(Item) && isFields(Item["Ok"]), decode: ({ Item }) => barterItems((Item as Fields)["Ok"] as Fields) },
  {
    // ccxt's unified trade.
    fits: ({ timestamp, price, amount, side }) => [timestamp, price, amount, side].every((field) => field !== undefined),
    decode: (trade) => [
      {
        kind: "trade",
        symbol: typeof trade["symbol"] === "string" ? trade["symbol"] : null,
        time: timeIn(trade, "timestamp"),
        rows: [[numberIn(trade, "price"), numberIn(trade, "amount"), sideOf(trade["side"])]],
      },
    ],
  },
  {
    // ccxt's unified funding rate history.
    fits: ({ timestamp, fundingRate }) => timestamp !== undefined && fundingRate !== undefined,
    decode: (paid) => [
      {
        kind: "funding",
        symbol: typeof paid["symbol"] === "string" ? paid["symbol"] : null,
        time: timeIn(paid, "timestamp"),
        rows: [[numberIn(paid, "fundingRate")]],
      },
    ],
  },
  // A recorded call: the answer counts.
  { fits: ({ request, response }) => request !== undefined && response !== undefined, decode: ({ response }) => documentItems(response) },
];

function barterItems(item: Fields): readonly MarketItem[] {
  const kind = item["kind"];
  const trade = isFields(kind) ? kind["Trade"] : undefined;
  if (!isFields(trade)) return [];
  const row = [numberIn(trade, "price"), numberIn(trade, "amount"), sideOf(trade["side"])];
  return [{ kind: "trade", symbol: String(item["instrument"]), time: timeIn(item, "time_exchange"), rows: [row] }];
}

/** The market data in one message; none for anything else. @throws SeatrialError for a known message with a wrong value */
export function itemsOf(message: unknown): readonly MarketItem[] {
  if (!isFields(message)) return [];
  return decoders.find(({ fits }) => fits(message))?.decode(message) ?? [];
}

/** The market data in a whole document: a message, or a list of messages or of freqtrade's rows. */
export function documentItems(value: unknown): readonly MarketItem[] {
  if (!Array.isArray(value)) return itemsOf(value);
  return value.flatMap((entry: unknown) => (Array.isArray(entry) ? [...freqtradeTrade(entry), ...freqtradeFunding(entry)] : itemsOf(entry)));
}

/** freqtrade's trade files: [time, id, type, side, price, amount, cost]. */
function freqtradeTrade(row: readonly unknown[]): readonly MarketItem[] {
  if (row.length !== 7 || typeof row[3] !== "string") return [];
  return [{ kind: "trade", symbol: null, time: timeIn(row, 0), rows: [[numberIn(row, 4), numberIn(row, 5), sideOf(row[3])]] }];
}

/** freqtrade's funding files as JSON: rows of bars with the rate in the place of the open and nothing else. */
function freqtradeFunding(row: readonly unknown[]): readonly MarketItem[] {
  if (row.length !== 6 || row.slice(2).some((value) => value !== 0 && value !== null)) return [];
  return [{ kind: "funding", symbol: null, time: timeIn(row, 0), rows: [[numberIn(row, 1)]] }];
}
