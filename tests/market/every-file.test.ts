// Every file of the recorded data, none passed over: series are read and compared with what the index says of them and with counts
// of this test's own; the rest is named with the reason why it is no series. Not run where the data is absent.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import {
  quotesOfBook,
  readBars,
  readBook,
  readFunding,
  readMark,
  readQuotes,
  readTrades,
  validateBars,
  type RawBars,
  type ReadOptions,
} from "../../src/market/index.ts";
import { dataFolder } from "./bar-folder.ts";
import { indexFacts, type IndexFacts } from "./index-facts.ts";

const present = dataFolder !== "";
const facts = present ? indexFacts(dataFolder) : [];
const at = (file: string): string => join(dataFolder, file);

type Check = (facts: IndexFacts) => Promise<void>;
type Rule = readonly [pattern: RegExp, what: Check | string];

/** The first that fits says what a file is: how it is checked, or why it is no series. */
const rules: readonly Rule[] = [
  [/^wire_samples\//, "shapes of messages, partly from documentation: no recorded market"],
  [/^ccxt_(?:static|derived)\//, "market structures"],
  [/^passivbot\//, "market structures"],
  [/^lean\/symbol-properties/, "market structures"],
  [/^lean\/equity\/usa\/factor_files\//, "factors of splits and dividends"],
  [/^freqtrade\/binance_leverage_tiers/, "tiers of leverage"],
  [/^cryptofeed\/\w+\.0\.txt/, "answers that list instruments"],
  [/^bitget_private_ws\//, "messages of one account"],
  [/^hyperliquid_rest\/test_(?:get_user_(?:fills|state)|historical_orders|get_open_orders|get_frontend_open_orders)/, "answers about one account"],
  [/^hyperliquid_rest\/test_get_info/, "answer that lists instruments"],
  [/^hyperliquid\/ws_all_dexs_asset_ctxs/, "one snapshot of all contexts, without a time"],
  [/^hyperliquid_rest\/test_get_candles_snapshot/, checkCandles],
  [/^hyperliquid_rest\/test_get_funding_history/, checkFundingAnswer],
  [/^hyperliquid_rest\/test_get_l2_snapshot/, checkBookAnswer],
  [/funding_rate|margin_interest/, checkFunding],
  [/-mark\./, checkMark],
  [/trades|^barter\//, checkTrades],
  [/quotes\.parquet$/, checkQuotes],
  [/^binance\/btcusdt-depth|^tardis\//, checkBook],
  [/^hftbacktest\/|^cryptofeed\//, checkCapture],
  [/./, checkBars],
];

describe("every file of the index (needs SEATRIAL_DATA)", () => {
  it.runIf(present)("the index names every file of the folder, and each has its hash", () => {
    const files = readdirSync(dataFolder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(dataFolder.length + 1));
    expect(files.filter((file) => file !== "INDEX.md").toSorted()).toEqual(facts.map(({ file }) => file).toSorted());
    for (const { file, sha256 } of facts)
      expect([
        file,
        createHash("sha256")
          .update(readFileSync(at(file)))
          .digest("hex"),
      ]).toEqual([file, sha256]);
  });

  const series = facts.flatMap((fact): readonly (readonly [file: string, fact: IndexFacts, expectSeries: Check])[] => {
    const what = rules.find(([pattern]) => pattern.test(fact.file))?.[1];
    return typeof what === "function" ? [[fact.file, fact, what]] : [];
  });
  it.each(series)("reads %s", async (_file, fact, expectSeries) => {
    await expectSeries(fact);
  });

  it.runIf(present)("a file that is no series has a reason", () => {
    const reasons = facts.filter(({ file }) => typeof rules.find(([pattern]) => pattern.test(file))?.[1] === "string");
    expect(reasons.length + series.length).toBe(facts.length);
    // 219 files in the index: 93 wire samples, 32 others that are no series.
    expect([facts.length, series.length]).toEqual([219, 94]);
  });
});

/** Hours by which LEAN's local times are behind UTC; daily bars have dates. */
function hoursBehind(file: string): number {
  if (/equity\/usa\/minute/.test(file)) return 4;
  return /forex\/fxcm/.test(file) ? 5 : 0;
}

function expectEnds(fact: IndexFacts, time: Float64Array, to = fact.to): void {
  const shown = (stamp: number | undefined, length: number): string =>
    new Date((stamp ?? Number.NaN) - hoursBehind(fact.file) * 3_600_000).toISOString().replace("T", " ").slice(0, length);
  expect([shown(time[0], fact.from.length), shown(time.at(-1), to.length)]).toEqual([fact.from, to]);
}

/** "538 gaps / 717 missing", "17 zero-volume bars" and the like, where the index has them. */
function countIn(quirks: string, pattern: RegExp): number | undefined {
  const found = pattern.exec(quirks)?.[1];
  return found === undefined ? undefined : Number(found);
}

function expectQuirks(fact: IndexFacts, bars: RawBars): void {
  const { quirks } = fact;
  const where = (is: (row: number) => boolean): number => bars.time.reduce((count, _, row) => count + (is(row) ? 1 : 0), 0);
  const flat = countIn(quirks, /(\d+) flat bars/);
  if (flat !== undefined) expect(where((row) => bars.high[row] === bars.low[row])).toBe(flat);
  const apart = countIn(quirks, /(\d+) bars open != previous close/);
  if (apart !== undefined) expect(where((row) => row > 0 && bars.open[row] !== bars.close[row - 1])).toBe(apart);
  const timeframe = fact.timeframe.split(" ")[0] ?? "";
  if (!/^\d+[smhd]$/.test(timeframe)) return;
  const valid = validateBars(bars, { timeframe });
  const gaps = /no gaps/.test(quirks) ? 0 : countIn(quirks, /(\d+) gaps/);
  const missing = /no gaps/.test(quirks) ? 0 : countIn(quirks, /(\d+) missing/);
  if (gaps !== undefined) expect([valid.gaps, valid.missing]).toEqual([gaps, missing]);
  const silent = countIn(quirks, /(\d+) zero-volume bars/);
  if (silent !== undefined) expect(valid.zeroVolume).toBe(silent);
}

async function checkBars(fact: IndexFacts): Promise<void> {
  const both: readonly ReadOptions[] = /bid\/ask/.test(fact.market) ? [{ side: "bid" }, { side: "ask" }] : [{}];
  for (const form of both) {
    // Month ends are closes; the index tells the stamps of the file.
    const bars = await readBars(at(fact.file), {
      ...form,
      ...(fact.file.startsWith("fxcm") ? { volume: "absent" } : {}),
      ...(fact.timeframe === "1M" ? { time: "open" } : {}),
    });
    expect(bars.length).toBe(fact.rows);
    expectEnds(fact, bars.time);
    expectQuirks(fact, bars);
  }
}

async function checkMark(fact: IndexFacts): Promise<void> {
  const bars = await readMark(at(fact.file));
  expect(bars.length).toBe(fact.rows);
  expectEnds(fact, bars.time);
  expectQuirks(fact, bars);
}

async function checkFunding(fact: IndexFacts): Promise<void> {
  const funding = await readFunding(at(fact.file));
  if (!Number.isNaN(fact.rows)) {
    expect(funding.length).toBe(fact.rows);
    expectEnds(fact, funding.time);
  }
  const spacing = countIn(fact.quirks, /max spacing (\d+) s/);
  if (spacing !== undefined) {
    const distances = Array.from(funding.time.subarray(1), (time, row) => time - (funding.time[row] as number));
    expect(Math.round(Math.max(...distances) / 1_000)).toBe(spacing);
  }
  // The archive's own text, field by field.
  if (fact.file.includes("margin_interest")) {
    const lines = readFileSync(at(fact.file), "utf8").trim().split("\n");
    const power = 10 ** funding.rateScale;
    expect(Array.from(funding.rate, (rate) => rate / power)).toEqual(lines.map((line) => Number(line.split(",")[1])));
  }
}

async function checkTrades(fact: IndexFacts): Promise<void> {
  if (fact.file.startsWith("barter/")) {
    // 21 trades of two markets and 3 disconnects.
    const [a, b] = [await readTrades(at(fact.file), { symbol: "0" }), await readTrades(at(fact.file), { symbol: "2" })];
    expect([a.length, b.length, new Date(a.time[0] ?? 0).toISOString()]).toEqual([9, 12, "2024-12-20T19:05:18.175Z"]);
    return;
  }
  const trades = await readTrades(at(fact.file));
  expect([trades.length, trades.rounded, trades.reordered]).toEqual([fact.rows, 0, 0]);
  expectEnds(fact, trades.time);
  if (!fact.file.startsWith("freqtrade/XRP")) return;
  // Three forms of the same trades.
  const twin = await readTrades(at("freqtrade/XRP_OLD-trades.json.gz"));
  for (const column of ["time", "price", "quantity", "side"] as const) expect(trades[column]).toEqual(twin[column]);
}

async function checkQuotes(fact: IndexFacts): Promise<void> {
  const quotes = await readQuotes(at(fact.file));
  expect([quotes.length, quotes.symbol, quotes.priceScale]).toEqual([fact.rows, "BTC/USDT", 2]);
  expectEnds(fact, quotes.time);
  expect(quotes.bid.every((bid, row) => bid < (quotes.ask[row] as number))).toBe(true);
}

async function checkBook(fact: IndexFacts): Promise<void> {
  const book = await readBook(at(fact.file));
  expectEnds(fact, book.time, fact.from);
  if (!fact.file.startsWith("tardis/")) {
    expect([book.length, book.snapshots]).toEqual([fact.rows, fact.timeframe === "snapshot" ? 1 : 0]);
    return;
  }
  // Five levels of both sides a row; the best of them are the first.
  expect([book.length, book.snapshots]).toEqual([fact.rows * 10, fact.rows]);
  const [quotes, best] = [await readQuotes(at(fact.file)), quotesOfBook(book)];
  expect([quotes.length, quotes.bid[0], quotes.ask[0]]).toEqual([fact.rows, 1_165_707, 1_165_708]);
  expect([best.bid.at(-1), best.bidSize.at(-1), best.ask.at(-1), best.askSize.at(-1)]).toEqual([
    quotes.bid.at(-1),
    quotes.bidSize.at(-1),
    quotes.ask.at(-1),
    quotes.askSize.at(-1),
  ]);
}

/** Per capture: its markets, and how its raw lines show a trade, a quote and a book message of one. */
const captures: readonly {
  readonly file: RegExp;
  readonly markets: readonly string[];
  readonly lines: (symbol: string) => Readonly<Record<"trade" | "quote" | "book", RegExp>>;
}[] = [
  {
    file: /hyperliquid_btcusd/,
    markets: ["BTC"],
    lines: () => ({ trade: /"tid":/g, quote: /^never$/g, book: /"channel":"l2Book"/g }),
  },
  {
    file: /spot_ethusdt/,
    markets: ["ETHUSDT"],
    lines: () => ({ trade: /"e":"trade"/g, quote: /@bookTicker"/g, book: /"depthUpdate"|"lastUpdateId"/g }),
  },
  {
    file: /BINANCE/,
    markets: ["NKNUSDT", "BLZETH", "LRCBTC", "RUNEEUR", "SUSHIUSDT", "AKROUSDT", "KEEPUSDT", "CTKUSDT"],
    lines: (symbol) => ({
      trade: new RegExp(`"e":"(?:aggTrade|trade)","E":\\d+,(?:"a":\\d+,)?"s":"${symbol}"`, "g"),
      quote: new RegExp(`"u":\\d+,"s":"${symbol}","b":`, "g"),
      book: new RegExp(`"depthUpdate","E":\\d+,(?:"T":\\d+,)?"s":"${symbol}"|symbol=${symbol}`, "g"),
    }),
  },
  {
    file: /BYBIT/,
    markets: ["BCHUSDT", "XTZUSDT", "UNIUSDT", "LTCUSDT", "DOTUSDT", "LINKUSDT", "ADAUSDT", "ETHUSDT"],
    lines: (symbol) => ({
      trade: new RegExp(`"symbol":"${symbol}","tick_direction"`, "g"),
      quote: /^never$/g,
      book: new RegExp(`"topic":"orderBookL2_25.${symbol}"`, "g"),
    }),
  },
  {
    file: /OKX/,
    markets: ["BTC-USD-220527", "UNI-USD-SWAP", "BTC-USDT"],
    lines: (symbol) => ({
      trade: new RegExp(`"instId":"${symbol}","tradeId"`, "g"),
      quote: new RegExp(`"instId":"${symbol}","last"`, "g"),
      book: new RegExp(`"books","instId":"${symbol}"\\},"action"`, "g"),
    }),
  },
];

async function checkCapture(fact: IndexFacts): Promise<void> {
  const raw = readFileSync(at(fact.file));
  const text = (fact.file.endsWith(".gz") ? gunzipSync(raw) : raw).toString();
  expect(text.split("\n").length + (text.endsWith("\n") ? -1 : 0)).toBe(fact.rows);
  const capture = captures.find(({ file }) => file.test(fact.file));
  let series = 0;
  for (const symbol of capture?.markets ?? []) {
    const shapes = capture?.lines(symbol) ?? { trade: /^never$/g, quote: /^never$/g, book: /^never$/g };
    const counts = {
      trade: text.match(shapes.trade)?.length ?? 0,
      quote: text.match(shapes.quote)?.length ?? 0,
      book: text.match(shapes.book)?.length ?? 0,
    };
    const options = { symbol, clock: "received" } as const;
    if (counts.trade > 0) expect([symbol, (await readTrades(at(fact.file), options)).length]).toEqual([symbol, counts.trade]);
    if (counts.quote > 0) expect([symbol, (await readQuotes(at(fact.file), options)).length]).toEqual([symbol, counts.quote]);
    if (counts.book > 0) {
      const { message, stale, breaks } = await readBook(at(fact.file), options);
      // A message without levels has no row; a numbered feed has no hole.
      expect([symbol, new Set(message).size + stale <= counts.book, new Set(message).size > counts.book * 0.9, breaks]).toEqual([
        symbol,
        true,
        true,
        0,
      ]);
    }
    series += Number(counts.trade > 0) + Number(counts.quote > 0) + Number(counts.book > 0);
  }
  expect(series).toBeGreaterThan(0);
  if (fact.file.includes("spot_ethusdt")) await checkBestPrices(fact.file, text);
  if (fact.file.includes("BINANCE_FUTURES.ws")) await checkClosedBars(fact.file);
}

/** The book that is followed change by change has the best prices that the venue sent beside it, read here by JSON alone. */
async function checkBestPrices(file: string, text: string): Promise<void> {
  const book = quotesOfBook(await readBook(at(file), { clock: "received" }));
  const ours = new Map(Array.from(book.time, (time, row) => [time, [(book.bid[row] as number) / 100, (book.ask[row] as number) / 100]]));
  const quoted: { u: number; b: number; a: number }[] = [];
  const changes: { time: number; u: number }[] = [];
  for (const line of text.split("\n")) {
    const [stamp = "", ...rest] = line.split(" ");
    if (!rest.join(" ").startsWith("{")) continue;
    const { data } = JSON.parse(rest.join(" ")) as { data?: { e?: string; u: number; b: unknown; a: unknown } };
    if (data?.e === "depthUpdate") changes.push({ time: Math.round(Number(stamp) / 1e6), u: data.u });
    else if (data !== undefined && data.e === undefined) quoted.push({ u: data.u, b: Number(data.b), a: Number(data.a) });
  }
  let compared = 0;
  let next = 0;
  for (const { time, u } of changes) {
    while (next < quoted.length && (quoted[next]?.u ?? 0) <= u) next += 1;
    const quote = quoted[next - 1];
    const followed = ours.get(time);
    if (quote === undefined || followed === undefined) continue;
    expect([time, ...followed]).toEqual([time, quote.b, quote.a]);
    compared += 1;
  }
  expect(compared).toBeGreaterThan(2_000);
}

/** 4 of the 67 kline events are closed, one a market; these are their prices as the file's text has them. */
async function checkClosedBars(file: string): Promise<void> {
  const closes = { SUSHIUSDT: 7.617, CTKUSDT: 1.012, AKROUSDT: 0.01733, KEEPUSDT: 0.2466 };
  for (const [symbol, close] of Object.entries(closes)) {
    const bars = await readBars(at(file), { symbol });
    expect([bars.length, bars.time[0], bars.close[0]]).toEqual([1, 1_626_992_700_000, close]);
  }
}

async function checkCandles({ file }: IndexFacts): Promise<void> {
  const bars = await readBars(at(file));
  // From the first and last candle of the answer: 1684699200000 and 23 hours later.
  expect([bars.length, bars.time[0], bars.time.at(-1), bars.open[0], bars.volume[0]]).toEqual([
    24, 1_684_699_200_000, 1_684_782_000_000, 0.001601, 520_665_683,
  ]);
  expect(validateBars(bars, { timeframe: "1h" })).toMatchObject({ gaps: 0, zeroVolume: 0 });
}

async function checkFundingAnswer({ file }: IndexFacts): Promise<void> {
  const funding = await readFunding(at(file));
  expect([funding.symbol, funding.length, funding.time[0], funding.rate[0], funding.rateScale]).toEqual([
    "BTC",
    1_038,
    1_683_849_600_048,
    -61_334,
    8,
  ]);
}

async function checkBookAnswer({ file }: IndexFacts): Promise<void> {
  const book = await readBook(at(file));
  const best = quotesOfBook(book);
  // 20 levels a side; 2.1110 is the first bid of the answer.
  expect([book.symbol, book.length, best.bid[0], best.bidSize[0]]).toEqual(["DYDX", 40, 21_110, 1_344]);
}
