// The real ccxt client against a server on this machine: what is asked, what arrives, and how each failure is sorted. Nothing here
// touches the network.

import { readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";

import { afterEach, describe, expect, it } from "vitest";

import { rulesOfCcxtMarket, type SeatrialError } from "../../../src/domain/index.ts";
import { ccxtSource, type CcxtRequest } from "../../../src/session/fetch/ccxt.ts";
import { readableReason } from "../../../src/session/fetch/reason.ts";
import { TemporaryFailure, type FetchSource } from "../../../src/session/fetch/source.ts";
import { loopbackBinance, minute, newYear, type Loopback, type Mischief } from "./loopback-exchange.ts";

let server: Loopback | null = null;
let source: FetchSource | null = null;
afterEach(async () => {
  await source?.close();
  await server?.stop();
  [server, source] = [null, null];
});

async function sourceOf(mischief?: Mischief, more: Partial<CcxtRequest> = {}): Promise<FetchSource> {
  server = await loopbackBinance({ count: 700, now: newYear + 700 * minute, ...(mischief === undefined ? {} : { mischief }) });
  const settings = { ...server.settings, ...more.settings };
  source = await ccxtSource({ exchange: "binanceusdm", symbol: "BTC/USDT:USDT", timeframe: "1m", also: ["mark", "funding"], ...more, settings });
  return source;
}

const thrownBy = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (error: unknown) => error,
  );

describe("ccxt as a source", () => {
  it("finds the market, whose structure gives the rules of a scenario", async () => {
    const { structure, pageRows, listedAt } = await (await sourceOf()).open();
    expect(rulesOfCcxtMarket(JSON.parse(JSON.stringify(structure)))).toMatchObject({
      symbol: "BTC/USDT:USDT",
      kind: "swap",
      tick: "0.1",
      step: "0.001",
      minNotional: "100",
    });
    // Binance's onboardDate: 2019-09-25.
    expect([pageRows.bars, listedAt]).toEqual([500, 1_569_398_400_000]);
    expect(server?.asked).toEqual(["/fapi/v1/exchangeInfo"]);
  });

  it("names the version that package.json pins", async () => {
    const { dependencies } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8")) as {
      dependencies: Record<string, string>;
    };
    expect((await sourceOf()).client).toEqual({ name: "ccxt", version: dependencies["ccxt"] });
  });

  it("hands over bars, mark prices and funding as exact numbers", async () => {
    const exchange = await sourceOf();
    await exchange.open();
    const bars = await exchange.page("bars", newYear + 650 * minute);
    expect([bars.length, bars[0]]).toEqual([50, [newYear + 650 * minute, 750.1, 751.3, 749.7, 750.2, 650.003]]);
    expect(await exchange.page("bars", newYear + 700 * minute)).toEqual([]);
    expect((await exchange.page("mark", newYear))[1]).toEqual([newYear + minute, 101.1, 102.3, 100.7, 101.2, 0]);
    expect((await exchange.page("funding", newYear + 6))[0]).toEqual([newYear + 3_600_005, 0.0001]);
    expect(await exchange.time()).toBe(newYear + 700 * minute);
    expect(server?.asked.find((path) => path.startsWith("/fapi/v1/klines"))).toBe(
      `/fapi/v1/klines?interval=1m&limit=500&symbol=BTCUSDT&startTime=${newYear + 650 * minute}`,
    );
  });

  it.each([
    ["429 with a pause in seconds", { status: 429, headers: { "retry-after": "7" } }, 7_000],
    ["418 with a pause in seconds", { status: 418, headers: { "retry-after": "120" } }, 120_000],
    ["429 without one", { status: 429 }, null],
    ["503", { status: 503 }, null],
    ["504", { status: 504 }, null],
    ["a page of HTML with status 200", { status: 200, body: "<html>maintenance</html>" }, null],
    ["an empty answer", { status: 200, body: "" }, null],
    ["half an answer", { status: 200, body: '[[1735689600000,"1' }, null],
    ["-1001 (disconnected)", { status: 400, body: '{"code":-1001,"msg":"Internal error; unable to process your request."}' }, null],
  ])("takes %s for a failure that may be over when asked again", async (_what, answer, waitMs) => {
    const exchange = await sourceOf((path, response) => path.includes("klines") && answerWith(response, answer));
    await exchange.open();
    const error = await thrownBy(exchange.page("bars", newYear));
    expect(error).toBeInstanceOf(TemporaryFailure);
    expect((error as TemporaryFailure).waitMs).toBe(waitMs);
  });

  it("takes a broken connection for one too, and names its cause", async () => {
    const exchange = await sourceOf((path, response) => {
      if (!path.includes("klines")) return false;
      response.destroy();
      return true;
    });
    await exchange.open();
    const error = await thrownBy(exchange.page("bars", newYear));
    expect(error).toBeInstanceOf(TemporaryFailure);
    await server?.stop();
    expect(String(await thrownBy(exchange.page("bars", newYear)))).toContain("ECONNREFUSED");
  });

  it.each([
    ["403", { status: 403, body: "<html>Forbidden</html>" }, "exchange_refused", 1],
    ["451", { status: 451, body: '{"code":0,"msg":"Service unavailable from a restricted location"}' }, "exchange_refused", 1],
    ["-1121 (bad symbol)", { status: 400, body: '{"code":-1121,"msg":"Invalid symbol."}' }, "unknown_symbol", 3],
    ["an error that is none of the network", { status: 400, body: '{"code":-4144,"msg":"Invalid pair."}' }, "exchange_refused", 1],
  ])("takes %s for an answer", async (_what, answer, code, exitCode) => {
    const exchange = await sourceOf((path, response) => path.includes("klines") && answerWith(response, answer));
    await exchange.open();
    expect(await thrownBy(exchange.page("bars", newYear))).toMatchObject({ code, exitCode });
  });

  it.each([
    [{ exchange: "binanceusdmm" }, "unknown_exchange", 'did you mean "binanceusdm"?'],
    [{ exchange: "constructor" }, "unknown_exchange", "use an id of ccxt: binance, binanceusdm, bybit, okx, hyperliquid …"],
    [{ exchange: "hyperliquid", also: ["mark"] }, "not_offered", "leave out --mark"],
    [{ symbol: "BTC/USDT:UST" }, "unknown_symbol", 'did you mean "BTC/USDT:USDT"?'],
    [{ timeframe: "7m" }, "not_offered", null],
  ] as const)("refuses %j with a hint, exit code 3", async (wrong, code, hint) => {
    const error = await thrownBy(sourceOf(undefined, wrong).then((exchange) => exchange.open()));
    expect(error).toMatchObject({ code, exitCode: 3 });
    if (hint !== null) expect((error as SeatrialError).hint).toBe(hint);
  });

  it("asks without the keys that its settings hold", async () => {
    const keys: (string | undefined)[] = [];
    const mischief: Mischief = (_path, _response, request) => {
      keys.push(request.headers["x-mbx-apikey"] as string | undefined);
      return false;
    };
    const exchange = await sourceOf(mischief, { settings: { apiKey: "hunter2", secret: "sesame" } });
    await exchange.open();
    await exchange.page("bars", newYear);
    // With keys ccxt would ask for coins and margin pairs, signed.
    expect(server?.asked.map((path) => path.split("?")[0])).toEqual(["/fapi/v1/exchangeInfo", "/fapi/v1/klines"]);
    expect(keys).toEqual([undefined, undefined]);
  });

  it("never repeats a secret of its settings, and no proxy's password", async () => {
    const mischief: Mischief = (path, response, request) => {
      if (!path.includes("klines")) return false;
      return answerWith(response, { status: 400, body: JSON.stringify({ code: -4144, msg: `no: ${String(request.headers["x-note"])} sesame` }) });
    };
    const exchange = await sourceOf(mischief, { settings: { headers: { "x-note": "hunter2" }, password: "sesame" } });
    await exchange.open();
    const error = (await thrownBy(exchange.page("bars", newYear))) as SeatrialError;
    expect(error.reason).toContain("no: hunter2 ***");
    const unreachable = new Error("connect failed https://me:hunter2@proxy.example:1/x?signature=abc&x=1");
    expect(readableReason(unreachable, {})).toBe("connect failed https://***@proxy.example:1/x?signature=***&x=1");
    expect(readableReason(new Error("fetch failed", { cause: new Error("via topsecret") }), { options: { httpsProxy: "topsecret" } })).toBe(
      "fetch failed: via ***",
    );
  });
});

function answerWith(
  response: ServerResponse,
  { status, headers = {}, body = "" }: { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string },
): true {
  response.writeHead(status, headers);
  response.end(body);
  return true;
}
