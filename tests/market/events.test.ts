// Trades, quotes, funding rates and books: tables, JSON and captured feeds written by hand after the venues' documentation; sides,
// scales, clocks, order, several markets, and the place of every flaw.
import { tableFromArrays, tableToIPC } from "apache-arrow";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SeatrialError } from "../../src/domain/index.ts";
import { quotesOfBook, readBars, readBook, readFunding, readQuotes, readTrades, type EventOptions } from "../../src/market/index.ts";
import { errorOf, newYear, rowsOf, withFile } from "./bar-folder.ts";
import { zipOf } from "./zip-of.ts";

type Row = readonly unknown[];

async function tradesIn(name: string, content: string | Uint8Array, options: EventOptions = {}): Promise<Row[]> {
  let rows: Row[] = [];
  await withFile(name, content, async (path) => {
    const { time, price, quantity, side } = await readTrades(path, options);
    rows = Array.from(time, (at, row) => [at - newYear, price[row], quantity[row], side[row]]);
  });
  return rows;
}

async function flawOf(read: (path: string) => Promise<unknown>, content: string): Promise<object> {
  let found: object = {};
  await withFile("a.txt", content, async (path) => {
    const { code, exitCode, place } = await errorOf(() => read(path));
    expect([exitCode, place.file]).toEqual([3, path]);
    found = { code, line: place.line, column: place.column };
  });
  return found;
}

describe("trades", () => {
  // 42.5 and 42.25 need two decimals, 1.5 and 0.125 three.
  const wanted = [
    [0, 4_250, 1_500, 1],
    [0, 4_225, 125, -1],
  ];

  it("reads tables by the names of their columns and keeps the order of one millisecond", async () => {
    expect(await tradesIn("t.csv", `timestamp,id,side,price,amount\n${newYear},7,buy,42.5,1.5\n${newYear},8,sell,42.25,0.125\n`)).toEqual(wanted);
    expect(await tradesIn("t.csv", `id;qty;price;time;is_buyer_maker\r\n7;1.5;42.50;${newYear};false\r\n8;0.125;42.25;${newYear};true\r\n`)).toEqual(
      wanted,
    );
  });

  it("reads Binance's published trades and aggregate trades without a header, zipped and in microseconds", async () => {
    const [a, b] = [`${newYear}000`, `${newYear}000`];
    const trades = `4359,42.5,1.5,63.75,${a},False,True\n4360,42.25,0.125,5.28125,${b},True,True\n`;
    expect(await tradesIn("BTCUSDT-trades-2025-01-01.zip", zipOf("BTCUSDT-trades-2025-01-01.csv", trades))).toEqual(wanted);
    const aggregates = `26129,42.5,1.5,27781,27782,${newYear},false,true\n26130,42.25,0.125,27783,27783,${newYear},true,true\n`;
    expect(await tradesIn("a.csv", aggregates)).toEqual(wanted);
  });

  it("reads Arrow files, as freqtrade keeps trades", async () => {
    const columns = {
      timestamp: Float64Array.of(newYear, newYear),
      side: ["buy", "sell"],
      price: Float64Array.of(42.5, 42.25),
      amount: Float64Array.of(1.5, 0.125),
    };
    expect(await tradesIn("t.feather", tableToIPC(tableFromArrays(columns), "file"))).toEqual(wanted);
    const makers = { time: columns.timestamp, price: columns.price, qty: columns.amount, is_buyer_maker: [false, true] };
    expect(await tradesIn("t.feather", tableToIPC(tableFromArrays(makers), "stream"))).toEqual(wanted);
  });

  it("reads the JSON of freqtrade and of ccxt", async () => {
    const rows = `[[${newYear},"7",null,"buy",42.5,1.5,63.75],[${newYear},"8",null,"sell",42.25,0.125,5.28]]`;
    expect(await tradesIn("t.json", rows)).toEqual(wanted);
    const unified = [
      { timestamp: newYear, symbol: "A/B", side: "buy", price: 42.5, amount: 1.5 },
      { timestamp: newYear, symbol: "A/B", side: "sell", price: 42.25, amount: 0.125 },
    ];
    expect(await tradesIn("t.json", JSON.stringify(unified))).toEqual(wanted);
  });

  const capture = [
    "wss://stream.example/ws <-> 1735689600.5",
    `1735689600.5: {"stream":"a@trade","data":{"e":"trade","E":${newYear + 3},"s":"AAA","t":1,"p":"42.50","q":"1.500","T":${newYear + 2},"m":false}}`,
    `1735689600.6: {"result":null,"id":1}`,
    `1735689600.7: {"stream":"b@aggTrade","data":{"e":"aggTrade","E":1,"s":"BBB","a":1,"p":"7","q":"1","T":${newYear + 1},"m":true}}`,
    `1735689600.8: {"stream":"a@trade","data":{"e":"trade","E":1,"s":"AAA","t":2,"p":"42.25","q":"0.125","T":${newYear + 1},"m":true}}`,
    "",
  ].join("\n");

  it("reads one market of a capture, by the venue's clock in order of time, or by the recorder's", async () => {
    expect(await tradesIn("c.txt", capture, { symbol: "aaa" })).toEqual([
      [1, 4_225, 125, -1],
      [2, 4_250, 1_500, 1],
    ]);
    expect(await tradesIn("c.txt", capture, { symbol: "AAA", clock: "received" })).toEqual([
      [500, 4_250, 1_500, 1],
      [800, 4_225, 125, -1],
    ]);
    await withFile("c.txt", capture, async (path) => {
      expect(await readTrades(path, { symbol: "AAA" })).toMatchObject({ symbol: "AAA", length: 2, reordered: 1 });
      expect(await errorOf(() => readTrades(path))).toMatchObject({ code: "symbol_needed", hint: "name one of AAA, BBB" });
      expect(await errorOf(() => readTrades(path, { symbol: "CCC" }))).toMatchObject({ code: "symbol_unknown", hint: "it holds AAA, BBB" });
      expect(await errorOf(() => readQuotes(path))).toMatchObject({ code: "no_rows", hint: "its messages are 3 of trade" });
    });
  });

  it("reads the feeds of Bybit, Hyperliquid and OKX", async () => {
    const bybit = { topic: "trade.AAA", data: [{ symbol: "AAA", price: "42.5", size: 1.5, trade_time_ms: String(newYear), side: "Buy" }] };
    const hyperliquid = { channel: "trades", data: [{ coin: "AAA", px: "42.25", sz: "0.125", side: "A", time: newYear }] };
    const okx = { arg: { channel: "trades", instId: "AAA" }, data: [{ px: "42.5", sz: "1.5", side: "buy", ts: String(newYear) }] };
    const lines = [bybit, hyperliquid, okx].map((message) => `1735689600000000000 ${JSON.stringify(message)}\n`);
    expect(await tradesIn("c.txt", lines.join(""))).toEqual([...wanted, wanted[0]]);
  });

  it("cuts to a range and says when it is empty", async () => {
    const text = `timestamp,price,amount\n${newYear},1,1\n${newYear + 5},2,1\n${newYear + 9},3,1\n`;
    expect(await tradesIn("t.csv", text, { from: newYear + 5, to: newYear + 9 })).toEqual([[5, 2, 1, 0]]);
    await withFile("t.csv", text, async (path) => {
      expect(await errorOf(() => readTrades(path, { from: newYear + 10 }))).toMatchObject({ code: "range_empty" });
    });
  });

  it("counts a price with float noise as repaired and refuses one with too many decimals", async () => {
    await withFile("t.csv", `timestamp,price,amount\n${newYear},0.30000000000000004,0.1\n`, async (path) => {
      expect(await readTrades(path)).toMatchObject({ price: Float64Array.of(3), priceScale: 1, repaired: 1, rounded: 0 });
    });
    expect(await flawOf(readTrades, `timestamp,price,amount\n${newYear},0.123456789012,1\n`)).toMatchObject({ code: "too_many_decimals" });
  });

  const flaws: readonly (readonly [what: string, text: string, flaw: object])[] = [
    ["a missing column", "timestamp,amount\n1,1\n", { code: "column_missing", line: null, column: null }],
    ["a price that is no number", "time,price,qty\n1735689600000,1,1\n1735689600000,x,1\n", { code: "bad_number", line: 3, column: 15 }],
    ["a price of 0", "time,price,qty\n1735689600000,0,1\n", { code: "not_positive", line: 2, column: null }],
    ["a side that is none", "time,price,qty,side\n1735689600000,1,1,long\n", { code: "bad_side", line: 2, column: null }],
    ["a short line", "time,price,qty\n1735689600000,1\n", { code: "bad_row", line: 2, column: 16 }],
    ["a time that is none", "time,price,qty\nsoon,1,1\n", { code: "bad_time", line: 2, column: 1 }],
    ["a header alone", "time,price,qty\n", { code: "no_rows", line: null, column: null }],
    ["an empty line between rows", "time,price,qty\n1735689600000,1,1\n\n1735689600000,1,1\n", { code: "bad_row", line: 3, column: null }],
    ["a message that is cut", `1735689600.5: {"e":"trade"`, { code: "bad_json", line: 1, column: null }],
    ["a message without a price", `1735689600.5: {"e":"trade","s":"A","T":1,"q":"1","m":true}`, { code: "bad_number", line: 1, column: null }],
    ["a line that is no message", `1735689600.5: {"id":1}\nhello\n`, { code: "bad_capture", line: 2, column: null }],
    ["JSON that is cut", `[[1735689600000,"7",null,"buy"`, { code: "bad_json", line: null, column: null }],
  ];
  for (const [what, text, flaw] of flaws) {
    it(`names the place of ${what}`, async () => expect(await flawOf(readTrades, text)).toEqual(flaw));
  }
});

describe("funding rates", () => {
  async function ratesIn(content: string): Promise<[rates: number[], scale: number, times: number[]]> {
    let found: [number[], number, number[]] = [[], 0, []];
    await withFile("f.txt", content, async (path) => {
      const { rate, rateScale, time } = await readFunding(path);
      found = [[...rate], rateScale, [...time]];
    });
    return found;
  }
  const hours = 3_600_000;

  it("reads tables, Binance's published rates, LEAN's margin interest and Hyperliquid's answer", async () => {
    const times = [newYear + 4, newYear + 8 * hours];
    const wanted = [[12_500, -600], 8, times];
    expect(await ratesIn(`timestamp,fundingRate\n${times[0]},0.000125\n${times[1]},-0.000006\n`)).toEqual(
      wanted.map((part, at) => (at === 0 ? [125, -6] : at === 1 ? 6 : part)),
    );
    expect(await ratesIn(`calc_time,funding_interval_hours,last_funding_rate\n${times[0]},8,0.000125\n${times[1]},8,-0.00000612\n`)).toEqual([
      [12_500, -612],
      8,
      times,
    ]);
    expect(await ratesIn("20250101 00:00:00,0.00010000\n20250101 08:00:00,0.00020030\n")).toEqual([
      [1_000, 2_003],
      7,
      [newYear, newYear + 8 * hours],
    ]);
    const answer = times.map((time, at) => ({ coin: "A", fundingRate: at === 0 ? "0.000125" : "-0.00000612", premium: "0", time }));
    expect(await ratesIn(JSON.stringify(answer))).toEqual([[12_500, -612], 8, times]);
  });

  it("finds freqtrade's rate in the column open, and tells its files from bars", async () => {
    const head = "date,open,high,low,close,volume\n";
    expect(await ratesIn(`${head}${newYear},-0.0001,0,0,0,0\n`)).toEqual([[-1], 4, [newYear]]);
    expect(await ratesIn(`[[${newYear}, -0.0001, 0.0, 0.0, 0.0, 0.0]]`)).toEqual([[-1], 4, [newYear]]);
    expect(await flawOf(readFunding, `${head}${newYear},42,43,41,42,7\n`)).toMatchObject({ code: "not_funding" });
    expect(await flawOf(readFunding, `[[${newYear},42,43,41,42,7]]`)).toMatchObject({ code: "no_rows" });
  });
});

describe("quotes", () => {
  it("reads Binance's book ticker and Tardis' snapshots, and leaves crossed prices as they are", async () => {
    const ticker = `update_id,best_bid_price,best_bid_qty,best_ask_price,best_ask_qty,transaction_time,event_time\n1,42.5,3,42.25,0.5,${newYear},${newYear + 2}\n`;
    await withFile("q.csv", ticker, async (path) => {
      const quotes = await readQuotes(path);
      expect([quotes.time[0], quotes.bid[0], quotes.bidSize[0], quotes.ask[0], quotes.askSize[0]]).toEqual([newYear, 4_250, 30, 4_225, 5]);
    });
    const tardis = `symbol,timestamp,local_timestamp,asks[0].price,asks[0].amount,bids[0].price,bids[0].amount\nA,${newYear}000,${newYear + 900}000,42.5,1,42.25,2\n`;
    await withFile("q.csv", tardis, async (path) => {
      expect(await readQuotes(path)).toMatchObject({
        symbol: "A",
        time: Float64Array.of(newYear),
        bid: Float64Array.of(4_225),
        askSize: Float64Array.of(1),
      });
      expect((await readQuotes(path, { clock: "received" })).time[0]).toBe(newYear + 900);
    });
  });

  it("does not take the recorder's clock for the venue's", async () => {
    const spot = `1735689600.5: {"stream":"a@bookTicker","data":{"u":1,"s":"AAA","b":"1","B":"1","a":"2","A":"1"}}\n`;
    await withFile("c.txt", spot, async (path) => {
      expect(await errorOf(() => readQuotes(path))).toMatchObject({
        code: "no_exchange_time",
        hint: 'read it with clock: "received"',
        place: { line: 1 },
      });
      expect((await readQuotes(path, { clock: "received" })).time[0]).toBe(newYear + 500);
    });
  });
});

describe("books", () => {
  const depth = (first: number, last: number, bids: unknown[], asks: unknown[]): string =>
    JSON.stringify({ stream: "a@depth", data: { e: "depthUpdate", E: newYear, s: "AAA", U: first, u: last, b: bids, a: asks } });
  const lines = (...messages: readonly string[]): string => messages.map((message, at) => `173568960${at}.0: ${message}\n`).join("");
  const snapshot = JSON.stringify({
    lastUpdateId: 10,
    bids: [
      ["9", "1"],
      ["8", "5"],
    ],
    asks: [["11", "2"]],
  });

  it("joins a snapshot and the changes around it by their numbers", async () => {
    const text = lines(
      // In the snapshot already; partly behind it; then it; then one behind it, and one after a missing message.
      depth(5, 7, [["9", "7"]], []),
      depth(8, 12, [["9.5", "3"]], []),
      snapshot,
      depth(
        13,
        14,
        [["9.5", "0"]],
        [
          ["11", "0"],
          ["12", "4"],
        ],
      ),
      depth(17, 18, [["9", "0"]], []),
    );
    await withFile("c.txt", text, async (path) => {
      const book = await readBook(path, { clock: "received" });
      expect(book).toMatchObject({ symbol: "AAA", snapshots: 1, stale: 1, breaks: 1, priceScale: 1, quantityScale: 0 });
      const quotes = quotesOfBook(book);
      const rows = Array.from(quotes.time, (time, row) => [
        time - newYear,
        quotes.bid[row],
        quotes.bidSize[row],
        quotes.ask[row],
        quotes.askSize[row],
      ]);
      expect(rows).toEqual([
        [2_000, 90, 1, 110, 2],
        [2_000, 95, 3, 110, 2],
        [3_000, 90, 1, 120, 4],
        [4_000, 80, 5, 120, 4],
      ]);
    });
  });

  it("gives changes alone where no snapshot came, and no best prices of them", async () => {
    await withFile("c.txt", lines(depth(1, 2, [["9", "1"]], [["10", "1"]]), depth(3, 3, [["9", "0"]], [])), async (path) => {
      const book = await readBook(path);
      expect(book).toMatchObject({ length: 3, snapshots: 0, stale: 0, breaks: 0, side: Int8Array.of(1, -1, 1), message: Float64Array.of(0, 0, 1) });
      expect(await errorOf(() => quotesOfBook(book))).toMatchObject({ code: "book_without_snapshot" });
    });
  });

  it("follows Bybit's and OKX' snapshots and deltas", async () => {
    const order = (side: string, price: string, size?: number): object => ({ price, symbol: "AAA", side, ...(size === undefined ? {} : { size }) });
    const bybit = [
      {
        topic: "orderBookL2_25.AAA",
        type: "snapshot",
        data: { order_book: [order("Buy", "9", 1), order("Sell", "11", 2)] },
        timestamp_e6: `${newYear}000`,
      },
      {
        topic: "orderBookL2_25.AAA",
        type: "delta",
        data: { delete: [order("Sell", "11")], update: [order("Buy", "9", 4)], insert: [order("Sell", "12", 3)] },
        timestamp_e6: `${newYear + 1}000`,
      },
    ];
    const okx = [
      {
        arg: { channel: "books", instId: "AAA" },
        action: "snapshot",
        data: [{ asks: [["11", "2", "0", "1"]], bids: [["9", "1", "0", "1"]], ts: String(newYear) }],
      },
      {
        arg: { channel: "books", instId: "AAA" },
        action: "update",
        data: [
          {
            asks: [
              ["11", "0", "0", "0"],
              ["12", "3", "0", "1"],
            ],
            bids: [["9", "4", "0", "1"]],
            ts: String(newYear + 1),
          },
        ],
      },
    ];
    for (const messages of [bybit, okx]) {
      await withFile("c.txt", lines(...messages.map((message) => JSON.stringify(message))), async (path) => {
        const quotes = quotesOfBook(await readBook(path));
        expect([...quotes.time, ...quotes.bidSize, ...quotes.ask]).toEqual([newYear, newYear + 1, 1, 4, 11, 12]);
      });
    }
  });

  it("reads depth tables, a side a row, and Tardis' snapshots with empty levels", async () => {
    const table =
      "symbol,timestamp,last_update_id,side,update_type,price,qty\nA,1735689600000,5,b,snap,9,1\nA,1735689600000,5,a,snap,10,2\nA,1735689600001,6,b,set,9,0\n";
    await withFile("d.csv", table, async (path) => {
      expect(await readBook(path)).toMatchObject({
        snapshots: 1,
        message: Float64Array.of(0, 0, 1),
        snapshot: Uint8Array.of(1, 1, 0),
        side: Int8Array.of(1, -1, 1),
      });
    });
    const wide = `timestamp,asks[0].price,asks[0].amount,bids[0].price,bids[0].amount,asks[1].price,asks[1].amount\n${newYear},10,1,9,2,11,3\n${newYear},10,1,9,2,,\n`;
    await withFile("d.csv", wide, async (path) => {
      const book = await readBook(path);
      expect([book.snapshots, [...book.price], [...book.message]]).toEqual([2, [10, 9, 11, 10, 9], [0, 0, 0, 1, 1]]);
    });
  });
});

describe("damaged files of events", () => {
  const texts = [
    `timestamp,side,price,amount\n${newYear},buy,42.5,1.5\n${newYear},sell,42.25,0.125\n`,
    `1735689600.5: {"channel":"l2Book","data":{"coin":"A","time":${newYear},"levels":[[{"px":"9","sz":"1"}],[{"px":"10","sz":"2"}]]}}\n`,
    `1735689600.5: {"topic":"orderBookL2_25.A","type":"delta","data":{"delete":[],"update":[{"price":"9","side":"Buy","size":4}],"insert":[]}}\n`,
    `[{"coin":"A","fundingRate":"0.0001","premium":"0","time":${newYear}}]`,
  ];
  const readers = [readTrades, readBook, readBook, readFunding] as const;

  it("end in rows or a typed error, whatever byte is changed or cut", async () => {
    const change = fc.tuple(fc.nat(texts.length - 1), fc.nat(999), fc.constantFrom("", "x", "{", "null", ",", '"', "9", "-", "\n", "1e999"));
    await fc.assert(
      fc.asyncProperty(change, async ([which, place, instead]) => {
        const text = texts[which] ?? "";
        const at = place % text.length;
        await withFile("a.txt", text.slice(0, at) + instead + text.slice(at + 1), async (path) => {
          const ended: unknown = await readers[which]?.(path, { clock: "received" }).catch((error: unknown) => error);
          expect(ended instanceof SeatrialError || (ended as { length: number }).length > 0).toBe(true);
        });
      }),
      { numRuns: 400 },
    );
  });
});

describe("bars of messages", () => {
  it("takes the closed bars of a capture, not the unfinished ones", async () => {
    const kline = (symbol: string, close: string, closed: boolean): string =>
      JSON.stringify({
        e: "kline",
        E: 1,
        s: symbol,
        k: { t: newYear, T: newYear + 59_999, s: symbol, i: "1m", o: "10", c: close, h: "12", l: "9", v: "3.5", x: closed },
      });
    const text = [kline("AAA", "11", false), kline("AAA", "10.5", true), kline("BBB", "10", true)]
      .map((message) => `1735689600.5: ${message}\n`)
      .join("");
    await withFile("c.txt", text, async (path) => {
      expect(rowsOf(await readBars(path, { symbol: "AAA" }))).toEqual([[newYear, 10, 12, 9, 10.5, 3.5]]);
      expect(await errorOf(() => readBars(path))).toMatchObject({ code: "symbol_needed" });
    });
  });

  it("reads Hyperliquid's candles, bare or as the answer of a recorded call", async () => {
    const candles = [{ t: newYear, T: newYear + 59_999, s: "AAA", i: "1m", o: "10", c: "10.5", h: "12", l: "9", v: "3.5", n: 4 }];
    const call = [{ request: { type: "candleSnapshot" }, status: 200, response: candles }];
    for (const value of [candles, call]) {
      await withFile("c.json", JSON.stringify(value), async (path) =>
        expect(rowsOf(await readBars(path))).toEqual([[newYear, 10, 12, 9, 10.5, 3.5]]),
      );
    }
  });
});
