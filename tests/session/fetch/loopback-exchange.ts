// A server on 127.0.0.1 that answers the public requests of Binance USD-M as the real one does (shapes: its documentation, "Kline/Candlestick
// Data", "Mark Price Kline", "Get Funding Rate History", "Exchange Information"), and misbehaves on demand. Holds no expectation.

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** 2025-01-01T00:00:00Z. */
export const newYear = 1_735_689_600_000;
export const minute = 60_000;

/** Answers a request in another way than usual; false lets the usual answer go out. */
export type Mischief = (path: string, response: ServerResponse, request: IncomingMessage) => boolean;

export interface Loopback {
  readonly port: number;
  /** Paths with queries, in order. */
  readonly asked: readonly string[];
  /** Settings that lead ccxt here. */
  readonly settings: Readonly<Record<string, unknown>>;
  stop(): Promise<void>;
}

export interface LoopbackOptions {
  /** Bars that there are, one a minute of the year. */
  readonly count: number;
  /** Its clock, epoch ms. */
  readonly now: number;
  readonly mischief?: Mischief;
  /** Time before each answer, ms. */
  readonly delayMs?: number;
}

/** Bars of `count` minutes of the year; the clock of the exchange stands at `now`. */
export async function loopbackBinance(options: LoopbackOptions): Promise<Loopback> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    asked.push(path);
    if (options.mischief?.(path, response, request) === true) return;
    const url = new URL(path, "http://127.0.0.1");
    const answer = answers[url.pathname]?.(url.searchParams, options);
    setTimeout(() => {
      response.writeHead(answer === undefined ? 404 : 200, { "content-type": "application/json" });
      response.end(JSON.stringify(answer ?? { code: -1, msg: "unknown path" }));
    }, options.delayMs ?? 0);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const base = `http://127.0.0.1:${port}`;
  return {
    port,
    asked,
    // ccxt's own pauses between requests would only make the tests slow.
    settings: { rateLimit: 1, urls: { api: { fapiPublic: `${base}/fapi/v1`, fapiPublicV2: `${base}/fapi/v2`, fapiPublicV3: `${base}/fapi/v3` } } },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

type Answer = (query: URLSearchParams, options: { readonly count: number; readonly now: number }) => unknown;

const answers: Readonly<Record<string, Answer>> = {
  "/fapi/v1/time": (_query, { now }) => ({ serverTime: now }),
  "/fapi/v1/exchangeInfo": () => ({ timezone: "UTC", serverTime: newYear, rateLimits: [], exchangeFilters: [], symbols: [bitcoin] }),
  "/fapi/v1/klines": (query, { count }) => klines(query, count),
  "/fapi/v1/markPriceKlines": (query, { count }) => klines(query, count),
  "/fapi/v1/fundingRate": (query, { count }) => {
    const since = Number(query.get("startTime") ?? 0);
    const limit = Number(query.get("limit") ?? 100);
    return Array.from({ length: Math.ceil(count / 60) }, (_, hour) => ({
      symbol: "BTCUSDT",
      fundingTime: newYear + hour * 3_600_000 + 5,
      fundingRate: "0.00010000",
      markPrice: "100.0",
    }))
      .filter(({ fundingTime }) => fundingTime >= since)
      .slice(0, limit);
  },
};

function klines(query: URLSearchParams, count: number): unknown[] {
  const since = Number(query.get("startTime") ?? 0);
  const limit = Number(query.get("limit") ?? 500);
  const first = Math.max(0, Math.ceil((since - newYear) / minute));
  return Array.from({ length: Math.max(0, Math.min(limit, count - first)) }, (_, at) => {
    const k = first + at;
    const open = newYear + k * minute;
    return [open, `${100 + k}.10`, `${101 + k}.30`, `${99 + k}.70`, `${100 + k}.20`, `${k}.003`, open + minute - 1, "1.0", 1, "0.5", "0.5", "0"];
  });
}

const bitcoin = {
  symbol: "BTCUSDT",
  pair: "BTCUSDT",
  contractType: "PERPETUAL",
  deliveryDate: 4_133_404_800_000,
  onboardDate: 1_569_398_400_000,
  status: "TRADING",
  baseAsset: "BTC",
  quoteAsset: "USDT",
  marginAsset: "USDT",
  pricePrecision: 2,
  quantityPrecision: 3,
  underlyingType: "COIN",
  orderTypes: ["LIMIT", "MARKET"],
  timeInForce: ["GTC", "IOC", "FOK", "GTX"],
  filters: [
    { filterType: "PRICE_FILTER", minPrice: "556.80", maxPrice: "4529764", tickSize: "0.10" },
    { filterType: "LOT_SIZE", minQty: "0.001", maxQty: "1000", stepSize: "0.001" },
    { filterType: "MARKET_LOT_SIZE", minQty: "0.001", maxQty: "120", stepSize: "0.001" },
    { filterType: "MIN_NOTIONAL", notional: "100" },
  ],
};
