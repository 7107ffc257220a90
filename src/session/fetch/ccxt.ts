// Real exchanges as a source of bars, through ccxt and its rate limiter. Only public data is asked for; what ccxt says when it fails is
// sorted into "ask again" and "no", and never printed with a credential in it.

import { readFileSync } from "node:fs";
import { findPackageJSON } from "node:module";

import { ExitCode, SeatrialError, nearestKey, type Timeframe } from "../../domain/index.ts";
import { readableReason } from "./reason.ts";
import { TemporaryFailure, type FetchKind, type FetchMarket, type FetchRow, type FetchSource } from "./source.ts";

export interface CcxtRequest {
  /** ccxt's id, `binanceusdm`. */
  readonly exchange: string;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly also: readonly Exclude<FetchKind, "bars">[];
  /** Given to ccxt's constructor: proxies, options, addresses. Credentials in them are left out. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** The part of a ccxt exchange that is used here. */
interface Client {
  readonly has: Record<string, unknown>;
  readonly timeframes: Readonly<Record<string, unknown>> | undefined;
  readonly symbols: readonly string[] | undefined;
  onRestResponse(status: number, text: string, url: string, method: string, headers: Headers, body: string, ...rest: readonly unknown[]): unknown;
  loadMarkets(): Promise<unknown>;
  market(symbol: string): Readonly<Record<string, unknown>>;
  featureValue(symbol: string, method: string, parameter: string): unknown;
  fetchTime(): Promise<number | undefined>;
  fetchOHLCV(symbol: string, timeframe: string, since: number, limit: number): Promise<(number | undefined)[][]>;
  fetchMarkOHLCV(symbol: string, timeframe: string, since: number, limit: number): Promise<(number | undefined)[][]>;
  fetchFundingRateHistory(symbol: string, since: number, limit: number): Promise<{ timestamp?: number; fundingRate?: number }[]>;
  /** undici's pools of connections: one for direct requests, one for each proxy. */
  readonly fetchDispatcher?: Dispatcher;
  readonly proxyDictionaries?: Readonly<Record<string, unknown>>;
}

interface Dispatcher {
  destroy(): Promise<void>;
}

type Headers = Readonly<Record<string, string | undefined>>;
type ErrorClass = abstract new (...words: never[]) => Error;

interface Ccxt {
  readonly version: string;
  readonly exchanges: readonly string[];
  readonly [name: string]: unknown;
}

/** Time for one request with all its answer, ms: ccxt's own limit ends where the answer begins. */
const deadlineMs = 60_000;
const requestMs = 20_000;
const pageRowsDefault = 500;
const fundingRowsDefault = 100;

const methods: Readonly<Record<FetchKind, string>> = {
  bars: "fetchOHLCV",
  mark: "fetchMarkOHLCV",
  funding: "fetchFundingRateHistory",
};

/** A source over one ccxt exchange. ccxt is loaded here. @throws SeatrialError `unknown_exchange`, `bad_ccxt_settings`, `not_offered` (3) */
export async function ccxtSource(request: CcxtRequest): Promise<FetchSource> {
  const ccxt = (await import("ccxt")).default as unknown as Ccxt;
  const client = clientOf(ccxt, request);
  return new CcxtSource(ccxt, client, request);
}

function clientOf(ccxt: Ccxt, { exchange, settings }: CcxtRequest): Client {
  if (!ccxt.exchanges.includes(exchange)) {
    const near = nearestKey(exchange, ccxt.exchanges);
    throw new SeatrialError({
      code: "unknown_exchange",
      reason: `ccxt ${ccxt.version} knows no exchange "${exchange.slice(0, 60)}"`,
      hint: near === null ? "use an id of ccxt: binance, binanceusdm, bybit, okx, hyperliquid …" : `did you mean "${near}"?`,
    });
  }
  const Exchange = ccxt[exchange] as new (settings: object) => Client;
  try {
    // Our own patience stands in for ccxt's retries: it resumes, and it can be interrupted.
    return new Exchange({ timeout: requestMs, ...withoutCredentials(settings), enableRateLimit: true, maxRetriesOnFailure: 0 });
  } catch (cause) {
    const reason = `ccxt does not take the settings: ${readableReason(cause, settings)}`;
    throw new SeatrialError({ code: "bad_ccxt_settings", reason, hint: "they are given to its constructor" });
  }
}

/** What ccxt calls credentials (its `requiredCredentials`). */
const credentials: ReadonlySet<string> = new Set([
  "apiKey",
  "secret",
  "uid",
  "accountId",
  "login",
  "password",
  "twofa",
  "privateKey",
  "walletAddress",
  "token",
]);

/** With a key ccxt signs even where it only looks: on Hyperliquid `loadMarkets` approves a fee. Public data needs none. */
function withoutCredentials(settings: CcxtRequest["settings"]): CcxtRequest["settings"] {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !credentials.has(name)));
}

class CcxtSource implements FetchSource {
  declare readonly client: { readonly name: string; readonly version: string };
  declare private readonly ccxt: Ccxt;
  declare private readonly exchange: Client;
  declare private readonly request: CcxtRequest;
  /** Of the last answer; errors of ccxt carry neither. */
  private status: number | null = null;
  private headers: Headers = {};
  private pageRows: FetchMarket["pageRows"] = { bars: pageRowsDefault, mark: pageRowsDefault, funding: fundingRowsDefault };

  constructor(ccxt: Ccxt, exchange: Client, request: CcxtRequest) {
    this.client = { name: "ccxt", version: installedVersion(ccxt) };
    this.ccxt = ccxt;
    this.exchange = exchange;
    this.request = request;
    for (const kind of ["bars", ...request.also] as const) this.assertOffered(kind);
    // Coins and their networks are of no use here, and a request more.
    exchange.has["fetchCurrencies"] = false;
    const listen = exchange.onRestResponse.bind(exchange);
    exchange.onRestResponse = (status, text, url, method, headers, body, ...rest) => {
      this.status = status;
      this.headers = headers;
      if (status < 300) assertJson(body);
      return listen(status, text, url, method, headers, body, ...rest);
    };
  }

  async open(): Promise<FetchMarket> {
    const { symbol, timeframe, exchange: name } = this.request;
    await this.ask(() => this.exchange.loadMarkets());
    const symbols = this.exchange.symbols ?? [];
    if (!symbols.includes(symbol)) {
      const near = nearestKey(symbol, symbols);
      throw refused(
        "unknown_symbol",
        `${name} has no market "${symbol.slice(0, 60)}"`,
        near === null ? "a symbol of ccxt: BTC/USDT:USDT" : `did you mean "${near}"?`,
      );
    }
    const timeframes = Object.keys(this.exchange.timeframes ?? {});
    if (!timeframes.includes(timeframe)) {
      throw refused(
        "not_offered",
        `${name} has no bars of ${timeframe}`,
        `it has ${timeframes.join(", ")}; \`seatrial bars resample\` makes longer ones`,
      );
    }
    const structure = this.exchange.market(symbol);
    const created = structure["created"];
    const bars = this.limit(symbol, "fetchOHLCV", "limit") ?? pageRowsDefault;
    this.pageRows = {
      bars,
      mark: this.limit(symbol, "fetchOHLCV", "mark") ?? bars,
      funding: this.limit(symbol, "fetchFundingRateHistory", "limit") ?? fundingRowsDefault,
    };
    return { structure, pageRows: this.pageRows, listedAt: typeof created === "number" ? created : null };
  }

  async time(): Promise<number> {
    if (this.exchange.has["fetchTime"] !== true) return Date.now();
    return (await this.ask(() => this.exchange.fetchTime())) ?? Date.now();
  }

  async page(kind: FetchKind, since: number): Promise<readonly FetchRow[]> {
    const { symbol, timeframe } = this.request;
    const limit = this.pageRows[kind];
    if (kind === "funding") {
      const rates = await this.ask(() => this.exchange.fetchFundingRateHistory(symbol, since, limit));
      return rates.map(({ timestamp, fundingRate }) => [timestamp ?? Number.NaN, fundingRate ?? Number.NaN]);
    }
    if (kind === "bars") {
      const rows = await this.ask(() => this.exchange.fetchOHLCV(symbol, timeframe, since, limit));
      return rows.map((row) => row.map((value) => value ?? Number.NaN));
    }
    const rows = await this.ask(() => this.exchange.fetchMarkOHLCV(symbol, timeframe, since, limit));
    // Nothing is traded at a mark price.
    return rows.map(([time, open, high, low, close]) => [time, open, high, low, close, 0].map((value) => value ?? Number.NaN));
  }

  async close(): Promise<void> {
    const pools = [this.exchange.fetchDispatcher, ...Object.values(this.exchange.proxyDictionaries ?? {})];
    // A request that nobody waits for any more would keep the process alive until its time is up.
    for (const pool of pools) if (isDispatcher(pool)) await pool.destroy();
  }

  private limit(symbol: string, method: string, parameter: string): number | null {
    const value = this.exchange.featureValue(symbol, method, parameter);
    return typeof value === "number" && value >= 1 ? Math.floor(value) : null;
  }

  private assertOffered(kind: FetchKind): void {
    // "emulated" would be bars that ccxt makes of a few trades.
    if (this.exchange.has[methods[kind]] === true) return;
    const words = { bars: "bars", mark: "mark prices", funding: "past funding rates" }[kind];
    throw refused(
      "not_offered",
      `${this.request.exchange} gives no ${words} through ccxt`,
      kind === "bars" ? "choose another exchange" : `leave out --${kind}`,
    );
  }

  private async ask<T>(work: () => Promise<T>): Promise<T> {
    this.status = null;
    this.headers = {};
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new TemporaryFailure(`no whole answer within ${deadlineMs / 1_000} s`, null)), deadlineMs);
    });
    try {
      return await Promise.race([work(), late]);
    } catch (error) {
      throw this.sorted(error);
    } finally {
      clearTimeout(timer);
    }
  }

  /** What an error of ccxt, or of the network under it, means for us. */
  private sorted(error: unknown): Error {
    if (error instanceof TemporaryFailure || error instanceof SeatrialError) return error;
    const reason = readableReason(error, this.request.settings);
    const no = final.find(({ status, className }) => status === this.status || (className !== undefined && this.isA(error, className)));
    if (no !== undefined) {
      return new SeatrialError({ code: no.code, reason, hint: no.hint, exitCode: no.exitCode, cause: error });
    }
    // Outside ccxt's own classes there are broken connections and answers that are no JSON.
    if (this.isA(error, "OperationFailed") || !this.isA(error, "BaseError")) return new TemporaryFailure(reason, this.waitAsked(), error);
    return new SeatrialError({
      code: "exchange_refused",
      reason,
      hint: "what was fetched is kept",
      exitCode: ExitCode.dependency,
      cause: error,
    });
  }

  private isA(error: unknown, className: string): boolean {
    const Class = this.ccxt[className] as ErrorClass | undefined;
    return Class !== undefined && error instanceof Class;
  }

  /** Retry-After in ms: seconds or a date (RFC 9110, 10.2.3). */
  private waitAsked(): number | null {
    const text = this.headers["Retry-After"];
    if (text === undefined) return null;
    const millis = /^\d+$/.test(text.trim()) ? Number(text) * 1_000 : Date.parse(text) - Date.now();
    return Number.isFinite(millis) ? Math.max(0, millis) : null;
  }
}

/** ccxt takes a page of HTML, or half an answer, for a market without bars: a hole where there is none. @throws TemporaryFailure */
function assertJson(body: string): void {
  try {
    JSON.parse(body);
  } catch (cause) {
    throw new TemporaryFailure(`the answer is no JSON: "${body.trim().replaceAll(/\s+/g, " ").slice(0, 60)}"`, null, cause);
  }
}

interface FinalRefusal {
  readonly status?: number;
  readonly className?: string;
  readonly code: string;
  readonly hint: string;
  readonly exitCode: ExitCode;
}

/** Refusals that no patience mends, by what tells them: the status of the answer or ccxt's class. ccxt itself takes 403 and 451 for an outage. */
const final: readonly FinalRefusal[] = [
  { status: 451, code: "exchange_refused", hint: "the exchange does not serve this place", exitCode: ExitCode.dependency },
  { status: 403, code: "exchange_refused", hint: "the exchange, or a proxy before it, does not let this machine in", exitCode: ExitCode.dependency },
  { className: "BadSymbol", code: "unknown_symbol", hint: "a symbol of ccxt: BTC/USDT:USDT", exitCode: ExitCode.input },
  { className: "NotSupported", code: "not_offered", hint: "choose another exchange or timeframe", exitCode: ExitCode.input },
  {
    className: "AuthenticationError",
    code: "exchange_refused",
    hint: "check the keys in the settings, or leave them out",
    exitCode: ExitCode.dependency,
  },
  { className: "InvalidProxySettings", code: "bad_ccxt_settings", hint: "set one proxy only", exitCode: ExitCode.input },
];

/** Of the package: what ccxt calls its own version lags behind it by one release. */
function installedVersion(ccxt: Ccxt): string {
  const file = findPackageJSON("ccxt", import.meta.url);
  if (file === undefined) return ccxt.version;
  return (JSON.parse(readFileSync(file, "utf8")) as { readonly version: string }).version;
}

function isDispatcher(value: unknown): value is Dispatcher {
  return typeof value === "object" && value !== null && "destroy" in value && typeof value.destroy === "function";
}

function refused(code: string, reason: string, hint: string): SeatrialError {
  return new SeatrialError({ code, reason, hint, exitCode: ExitCode.input });
}
