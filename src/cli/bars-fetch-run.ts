// Hosts a fetch: the process's clock, Ctrl-C and progress bar around the fetching of src/session. Loaded on use.

import type { EventEmitter } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { ExitCode, SeatrialError, type Timeframe } from "../domain/index.ts";
import { oneLine } from "../report/outcome.ts";
import { progressOn } from "../report/terminal/progress.ts";
import { tableText } from "../report/terminal/table.ts";
import { ccxtSource } from "../session/fetch/ccxt.ts";
import type { FetchManifest } from "../session/fetch/manifest.ts";
import type { FetchShell, FetchSource } from "../session/fetch/source.ts";
import { fetchBars, type FetchRequest, type FetchResult } from "../session/fetch/fetch.ts";
import { traitsOf, type Io } from "./io.ts";
import { ownVersion } from "./version.ts";

export interface FetchFlags {
  readonly json?: true;
  readonly timeframe: Timeframe;
  readonly from?: number;
  readonly to?: number;
  readonly sinceLast?: true;
  readonly out?: string;
  readonly mark?: true;
  readonly funding?: true;
  readonly force?: true;
  readonly ccxt?: string;
}

const interruptions = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Fetches and tells what came. @returns 0. @throws SeatrialError of the fetch; exit code 130 when interrupted */
export async function hostFetch(exchange: string, symbol: string, flags: FetchFlags, io: Io): Promise<ExitCode> {
  const also = [...(flags.mark === true ? (["mark"] as const) : []), ...(flags.funding === true ? (["funding"] as const) : [])];
  const { timeframe } = flags;
  const request: FetchRequest = {
    exchange,
    symbol,
    timeframe,
    from: flags.from ?? null,
    to: flags.to ?? null,
    also,
    folder: flags.out ?? defaultFolder(exchange, symbol, timeframe, io.env),
    force: flags.force === true,
    version: ownVersion(),
  };
  const settings = { ...proxyOf(io.env), ...(flags.ccxt === undefined ? {} : await settingsOf(flags.ccxt)) };
  const source = await ccxtSource({ exchange, symbol, timeframe, also, settings });
  const result = await hostSource(request, source, io, process);
  io.stdout.write(flags.json === true ? `${JSON.stringify(objectOf(request, result))}\n` : `${textOf(request, result, traitsOf(io.stdout).width)}\n`);
  return ExitCode.ok;
}

/** @param signals where SIGINT and its like are heard */
export async function hostSource(request: FetchRequest, source: FetchSource, io: Io, signals: EventEmitter): Promise<FetchResult> {
  const abort = new AbortController();
  const deafen = (): void => {
    for (const signal of interruptions) signals.off(signal, interrupt);
  };
  const interrupt = (): void => {
    // An impatient second Ctrl-C has its usual effect: the process dies at once, and the fetch is as resumable as before.
    deafen();
    abort.abort();
  };
  const progress = progressOn(io.stderr, Date.now);
  const shell: FetchShell = {
    signal: abort.signal,
    now: Date.now,
    sleep: (millis) => sleep(millis, abort.signal),
    onProgress: (kind, done, total) => progress.update(`${request.symbol} ${request.timeframe} ${kind}`, done, total),
    onWait: (reason, millis) => {
      progress.clear();
      io.stderr.write(`waiting ${Math.ceil(millis / 1_000)} s: ${oneLine(reason)}\n`);
    },
  };
  for (const signal of interruptions) signals.on(signal, interrupt);
  try {
    return await fetchBars(request, source, shell);
  } finally {
    deafen();
    progress.clear();
    await source.close();
  }
}

function sleep(millis: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", wake);
      resolve();
    };
    const timer = setTimeout(wake, millis);
    signal.addEventListener("abort", wake);
    if (signal.aborted) wake();
  });
}

/** `binanceusdm/BTC_USDT_USDT-1m` under SEATRIAL_DATA, where scenarios look, or under `bars` where it is not set. */
function defaultFolder(exchange: string, symbol: string, timeframe: string, env: Io["env"]): string {
  const data = env["SEATRIAL_DATA"];
  const name = `${symbol.replaceAll(/[^A-Za-z0-9.-]+/g, "_").replace(/^[._]+/, "")}-${timeframe}`;
  return join(data === undefined || data === "" ? "bars" : data, exchange.replaceAll(/[^A-Za-z0-9_-]+/g, "_"), name);
}

/** The proxy of the environment, as other programs take it. */
function proxyOf(env: Io["env"]): Readonly<Record<string, string>> {
  const proxy = env["HTTPS_PROXY"] ?? env["https_proxy"] ?? "";
  return proxy === "" ? {} : { httpsProxy: proxy };
}

async function settingsOf(file: string): Promise<Readonly<Record<string, unknown>>> {
  const problem = (reason: string, cause?: unknown): SeatrialError =>
    new SeatrialError({ code: "bad_ccxt_settings", reason, hint: 'an object such as {"options": {…}}', place: { file }, cause });
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, "utf8"));
  } catch (cause) {
    // The words of a parser quote the text, and the text may hold a key.
    throw problem(cause instanceof SyntaxError ? "it is no JSON" : "it cannot be read", cause);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Readonly<Record<string, unknown>>;
  throw problem("it holds no object");
}

// ---- how it is told -----------------------------------------------------------------------------------------------

const outcomes: Readonly<Record<FetchResult["outcome"], string>> = {
  fetched: "fetched",
  resumed: "resumed and finished",
  complete: "already complete",
  current: "nothing newer",
};

function objectOf(request: FetchRequest, { manifest, outcome }: FetchResult): FetchManifest & { readonly folder: string; readonly outcome: string } {
  return { folder: request.folder, outcome, ...manifest };
}

function textOf(request: FetchRequest, { manifest, outcome }: FetchResult, width: number): string {
  const { bars, mark, funding, market } = manifest;
  const findings = Object.entries(bars.findings).map(([kind, count]) => `${kind} ${count}`);
  const late = bars.from > manifest.asked.from ? ` (asked from ${isoTime(manifest.asked.from)})` : "";
  const rows: readonly (readonly [string, string])[] = [
    ["", outcomes[outcome]],
    ["bars", join(request.folder, bars.file)],
    ["rows", `${bars.rows} of ${manifest.timeframe}`],
    ["from", `${isoTime(bars.from)}${late}`],
    ["to", isoTime(bars.to)],
    ["gaps", bars.gaps === 0 ? "none" : `${bars.gaps}, ${bars.missing} bars missing`],
    ["findings", findings.length === 0 ? "none" : findings.join(", ")],
    ["sha256", bars.sha256],
    ...(mark === null ? [] : [["mark", `${join(request.folder, mark.file)}, ${mark.rows} rows`] as const]),
    ...(funding === null ? [] : [["funding", `${join(request.folder, funding.file)}, ${funding.rows} rows`] as const]),
    ...request.also.filter((kind) => manifest[kind] === null).map((kind) => [kind, "none in that range"] as const),
    ["market", join(request.folder, market.file)],
  ];
  return tableText([{ title: "" }, { title: "", flexible: true }], rows, width);
}

function isoTime(time: number): string {
  return new Date(time).toISOString();
}
