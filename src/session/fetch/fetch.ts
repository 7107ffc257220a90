// `bars fetch`: recorded bars of an exchange into a folder that scenarios read. Plans, walks the pages, keeps each on disk, and puts the
// files together at the end; a fetch that was killed goes on where it was and ends with the same bytes.

import { join } from "node:path";
import { ExitCode, SeatrialError, decimalOfNumber, printDecimal, timeframeMillis, type Timeframe } from "../../domain/index.ts";
import { readBars, writeArrow, type RawColumns } from "../../market/index.ts";
import { barsEntry, fileEntry, filesStand, readManifest, sha256OfFile, type FetchManifest, type FetchedBars, type FetchedFile } from "./manifest.ts";
import { walkPages, type FetchStream, type WalkStart } from "./pages.ts";
import { openPatiently, patiently } from "./retry.ts";
import type { FetchKind, FetchMarket, FetchShell, FetchSource } from "./source.ts";
import {
  asidePath,
  beginFetch,
  endFetch,
  fetchFiles,
  keepPage,
  keptPages,
  readPlan,
  removeFile,
  textOf,
  writeWhole,
  type FetchPlan,
} from "./store.ts";

export interface FetchRequest {
  readonly exchange: string;
  /** Unified symbol, `BTC/USDT:USDT`. */
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** First open time, epoch ms; null to go on from the last bar in the folder. */
  readonly from: number | null;
  /** Open times from here on are left out; null for as far as bars are finished. */
  readonly to: number | null;
  /** Besides the bars. */
  readonly also: readonly Exclude<FetchKind, "bars">[];
  readonly folder: string;
  /** Fetch anew although the folder holds a fetch. */
  readonly force: boolean;
  /** Of this program, for the manifest. */
  readonly version: string;
}

export interface FetchResult {
  readonly manifest: FetchManifest;
  /** `complete`: the folder already held what was asked; `current`: there is no newer finished bar. */
  readonly outcome: "fetched" | "resumed" | "complete" | "current";
}

/** A bar that closed less than this ago may still be corrected by its exchange: it is left for the next time. */
const settleMs = 10_000;

/**
 * Fetches, or goes on with a fetch that was begun with the same words.
 * @throws SeatrialError of `patiently` and `walkPages`; `folder_taken`, `fetch_unfinished`, `nothing_to_continue`, `files_changed`,
 * `bad_range`, `no_bars` (3)
 */
export async function fetchBars(request: FetchRequest, source: FetchSource, shell: FetchShell): Promise<FetchResult> {
  const begun = request.force ? null : await readPlan(request.folder);
  if (begun !== null) assertSame(begun, request);
  const manifest = request.force ? null : await readManifest(request.folder);
  if (begun === null && manifest !== null && (await holds(manifest, request))) return { manifest, outcome: "complete" };
  if (begun === null && manifest === null && request.from === null) throw nothingToContinue(request.folder);
  const market = await openPatiently(() => source.open(), shell);
  const plan = begun ?? (await planOf(request, manifest, source, shell));
  if (plan === null) return { manifest: manifest as FetchManifest, outcome: "current" };
  if (begun === null) await beginFetch(request.folder, plan, market.structure);
  for (const stream of plan.streams) await runStream(request.folder, stream, plan, source, market, shell);
  const written = await putTogether(request, plan, source);
  await endFetch(request.folder);
  return { manifest: written, outcome: begun === null ? "fetched" : "resumed" };
}

/** Whether the folder already holds the answer. @throws SeatrialError `folder_taken`, `files_changed` when it holds something else */
async function holds(manifest: FetchManifest, request: FetchRequest): Promise<boolean> {
  const { exchange, symbol, timeframe, from, to, also, folder } = request;
  const { asked } = manifest;
  const sameMarket = manifest.exchange === exchange && manifest.symbol === symbol && manifest.timeframe === timeframe;
  // Without an end the same words ask for more every minute.
  const sameWords = asked.from === from && asked.to === to && to !== null && kindsOf(asked.also) === kindsOf(also);
  if (!sameMarket || (from !== null && !sameWords)) {
    throw badInput(folder, {
      code: "folder_taken",
      reason: `the folder holds ${manifest.symbol} ${manifest.timeframe} of ${manifest.exchange}, fetched with other words`,
      hint: "go on from its last bar with --since-last, name another folder with --out, or replace it with --force",
    });
  }
  if (!(await filesStand(folder, manifest))) {
    throw badInput(folder, {
      code: "files_changed",
      reason: "its files are not those that its manifest.json names",
      hint: "fetch it anew with --force",
    });
  }
  return from !== null;
}

function kindsOf(kinds: readonly FetchKind[]): string {
  return [...kinds].sort().join();
}

function assertSame(plan: FetchPlan, request: FetchRequest): void {
  const same =
    plan.exchange === request.exchange &&
    plan.symbol === request.symbol &&
    plan.timeframe === request.timeframe &&
    plan.asked.from === request.from &&
    plan.asked.to === request.to &&
    // What is continued was chosen by the first fetch of the folder.
    (request.from === null || kindsOf(plan.also) === kindsOf(request.also));
  if (same) return;
  throw badInput(request.folder, {
    code: "fetch_unfinished",
    reason: `the folder holds an unfinished fetch of ${plan.symbol} ${plan.timeframe} of ${plan.exchange}, begun with other words`,
    hint: "the same command finishes it; --force drops it and fetches anew",
  });
}

/** Null when there is nothing newer than what the folder holds. */
async function planOf(request: FetchRequest, manifest: FetchManifest | null, source: FetchSource, shell: FetchShell): Promise<FetchPlan | null> {
  const interval = timeframeMillis(request.timeframe);
  const finishedBy = Math.min(await patiently(() => source.time(), shell), shell.now()) - settleMs;
  // A bar is finished when it closes by then: the first open time that is too late.
  const barsTo = Math.min(request.to ?? Infinity, finishedBy - interval + 1);
  const ends = { bars: barsTo, mark: barsTo, funding: Math.min(request.to ?? Infinity, finishedBy) };
  const also = request.from === null ? (manifest?.asked.also ?? []) : request.also;
  const streams = (["bars", ...also] as const).map((kind) => ({ kind, from: request.from ?? startAfter(kind, manifest), to: ends[kind] }));
  const bars = streams[0] as FetchStream;
  if (bars.from >= bars.to) {
    if (request.from === null) return null;
    throw badInput(request.folder, {
      code: "bad_range",
      reason: `no ${request.timeframe} bar that opens from ${isoTime(bars.from)} on is finished by ${isoTime(Math.min(request.to ?? Infinity, finishedBy))}`,
      hint: "--from is the first open time, --to the first that is left out",
    });
  }
  const { exchange, symbol, timeframe, from, to } = request;
  const startedAt = new Date(shell.now()).toISOString();
  const continues = from === null ? streams.map(({ kind }) => kind).filter((kind) => (manifest?.[kind] ?? null) !== null) : [];
  return {
    exchange,
    symbol,
    timeframe,
    asked: { from, to },
    since: from ?? manifest?.asked.from ?? bars.from,
    also,
    startedAt,
    streams,
    continues,
  };
}

function startAfter(kind: FetchKind, manifest: FetchManifest | null): number {
  const last = manifest?.[kind]?.to;
  // A kind of which there was none at first is looked for from the start.
  if (last === undefined) return manifest?.asked.from ?? 0;
  return kind === "funding" ? last + 1 : last;
}

async function runStream(
  folder: string,
  stream: FetchStream,
  plan: FetchPlan,
  source: FetchSource,
  market: FetchMarket,
  shell: FetchShell,
): Promise<void> {
  let start: WalkStart = { cursor: stream.from, among: plan.continues.includes(stream.kind) };
  for await (const { next, rows } of keptPages(folder, stream)) start = { cursor: next, among: start.among || rows.length > 0 };
  const pages = walkPages(stream, start, timeframeMillis(plan.timeframe), source, market, shell);
  for await (const page of pages) await keepPage(folder, stream.kind, page);
}

/** Pages to files. Every step may be repeated: until the plan is gone, a killed process does it again from the pages. */
async function putTogether(request: FetchRequest, plan: FetchPlan, source: FetchSource): Promise<FetchManifest> {
  const { folder, version } = request;
  const columns = new Map<FetchKind, Float64Array[]>();
  for (const stream of plan.streams) columns.set(stream.kind, await columnsOf(folder, plan, stream));
  const bars = await writeBarsOf(folder, "bars", columns.get("bars"), plan);
  if (bars === null) {
    await endFetch(folder);
    throw badInput(null, {
      code: "no_bars",
      reason: `${plan.exchange} has no ${plan.timeframe} bar of ${plan.symbol} in that range`,
      hint: "ask for a later --from: the market may not have been listed",
    });
  }
  const mark = await writeBarsOf(folder, "mark", columns.get("mark"), plan);
  const funding = await writeFunding(folder, columns.get("funding"));
  const structure = (await textOf(asidePath(folder, fetchFiles.market))) ?? "null\n";
  await writeWhole(folder, fetchFiles.market, structure);
  const manifest: FetchManifest = {
    exchange: plan.exchange,
    symbol: plan.symbol,
    timeframe: plan.timeframe,
    asked: { from: plan.since, to: plan.asked.to, also: plan.also },
    startedAt: plan.startedAt,
    bars,
    mark,
    funding,
    market: { file: fetchFiles.market, sha256: (await sha256OfFile(join(folder, fetchFiles.market))) ?? "" },
    versions: { seatrial: version, client: `${source.client.name} ${source.client.version}`, node: process.versions.node },
  };
  // Last of all: a manifest always speaks of files that are there.
  const replaced = await readManifest(folder);
  await writeWhole(folder, fetchFiles.manifest, `${JSON.stringify(manifest, null, 2)}\n`);
  for (const kind of ["mark", "funding"] as const)
    if (manifest[kind] === null && (replaced?.[kind] ?? null) !== null) await removeFile(folder, fetchFiles[kind]);
  return manifest;
}

/** Columns of a stream: those of the file that is continued, then the pages up to its end. @throws SeatrialError `fetch_folder_unusable` */
async function columnsOf(folder: string, plan: FetchPlan, stream: FetchStream): Promise<Float64Array[]> {
  const { kind } = stream;
  const columns: number[][] = Array.from({ length: kind === "funding" ? 2 : 6 }, () => []);
  const before = plan.continues.includes(kind) ? await columnsOfFile(asidePath(folder, fetchFiles[kind]), kind) : [];
  let reached = stream.from;
  for await (const page of keptPages(folder, stream)) {
    reached = page.next;
    for (const row of page.rows) for (const [at, column] of columns.entries()) column.push(row[at] as number);
  }
  if (reached < stream.to) {
    throw badInput(folder, {
      code: "fetch_folder_unusable",
      reason: `pages of ${kind} from ${isoTime(reached)} on are no longer there`,
      hint: "the same command fetches them again; use the folder for nothing else meanwhile",
    });
  }
  return columns.map((column, at) => Float64Array.from([...(before[at] ?? []), ...column]));
}

async function columnsOfFile(path: string, kind: FetchKind): Promise<Float64Array[]> {
  if (kind === "funding") {
    const rows = ((await textOf(path)) ?? "").trimEnd().split("\n").slice(1);
    return [0, 1].map((at) => Float64Array.from(rows, (row) => Number(row.split(",")[at])));
  }
  const { time, open, high, low, close, volume } = await readBars(path);
  return [time, open, high, low, close, volume];
}

async function writeBarsOf(
  folder: string,
  kind: "bars" | "mark",
  columns: readonly Float64Array[] | undefined,
  plan: FetchPlan,
): Promise<FetchedBars | null> {
  const [time, open, high, low, close, volume] = columns ?? [];
  if (time === undefined || open === undefined || high === undefined || low === undefined || close === undefined || volume === undefined) return null;
  if (time.length === 0) return null;
  const bars: RawColumns = { time, open, high, low, close, volume };
  await writeArrow(bars, join(folder, fetchFiles[kind]));
  return barsEntry(folder, kind, bars, plan);
}

async function writeFunding(folder: string, columns: readonly Float64Array[] | undefined): Promise<FetchedFile | null> {
  const [times, rates] = columns ?? [];
  const [first, last] = [times?.[0], times?.at(-1)];
  if (times === undefined || rates === undefined || first === undefined || last === undefined) return null;
  const lines = Array.from(times, (time, row) => `${time},${printDecimal(decimalOfNumber(rates[row] as number))}\n`);
  await writeWhole(folder, fetchFiles.funding, `timestamp,fundingRate\n${lines.join("")}`);
  return fileEntry(folder, "funding", times.length, first, last);
}

function nothingToContinue(folder: string): SeatrialError {
  return badInput(folder, { code: "nothing_to_continue", reason: "there is no finished fetch in this folder", hint: "begin one with --from" });
}

function isoTime(time: number): string {
  return Number.isFinite(time) ? new Date(time).toISOString() : "now";
}

function badInput(file: string | null, details: { readonly code: string; readonly reason: string; readonly hint: string }): SeatrialError {
  return new SeatrialError({ ...details, exitCode: ExitCode.input, place: { file } });
}
