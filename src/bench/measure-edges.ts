// The edges of a run: bars out of files, the start of the program, a whole `simulate` from start to exit. Each beside the same work
// by hand, in turns. Prints nothing; returns figures.

import { spawnSync } from "node:child_process";
import { performance } from "node:perf_hooks";
import { join } from "node:path";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { SeatrialError, type BarSeries } from "../domain/index.ts";
import { inferTimeframe, readBars, toSeries, validateBars } from "../market/index.ts";
import { withBenchFiles, type BenchFiles } from "./bench-files.ts";
import { ownFile, ownModule, programFlags } from "../session/own-files.ts";
import { benchBars } from "./generator.ts";
import { readCsvByHand, readRawByHand, type HandColumns } from "./limit-files.ts";
import { limitW1 } from "./limits.ts";
import type { BenchSettings } from "./measure.ts";
import { floatColumns, median, rounded, roundRatios, Share } from "./rounds.ts";

/** Times are medians of rounds in ms; `ratioToLimit` is the limit's time ÷ ours of the same round, their median. */
export interface EdgeFigures {
  readonly name: EdgeName;
  /** Bars that are read; null for the start of the program. */
  readonly rows: number | null;
  readonly rowsPerSecond: number | null;
  readonly ms: number;
  /** The first time in a fresh process; null where each time is one. */
  readonly coldMs: number | null;
  readonly limitMs: number;
  readonly ratioToLimit: number;
  /** The ratio of each round. */
  readonly ratios: readonly number[];
  /** How much of the time the processor was ours; null for processes of their own, of which Node does not tell. */
  readonly cpuShare: number | null;
}

/**
 * `csv`, `arrow`: a file to a series that the core believes, checks included; the limit reads the same file by hand, and for Arrow raw
 * columns. `start-up`: `--help`; the limit is Node with an empty program. `process-csv`, `process-arrow`: `simulate` of W1 from start to
 * exit, without a report; the limit is a program that reads raw columns and runs W1 by hand.
 */
export const edgeNames = ["csv", "arrow", "start-up", "process-csv", "process-arrow"] as const;
export type EdgeName = (typeof edgeNames)[number];

const warmRounds = 4;
const readRounds = 15;
/** Calls of both in one round; the fastest counts, so that neither pays for the other's garbage or for other work of the machine. */
const roundCalls = 3;
/** A whole process takes seconds where a read takes a fraction of one. */
const processRounds = 7;

/** @throws SeatrialError `bench_wrong_result` when what was read or run is not what the work by hand gives */
export async function measureEdge(name: EdgeName, { bars, rounds = readRounds }: BenchSettings): Promise<EdgeFigures> {
  if (name === "start-up") return measureStart(rounds);
  const series = benchBars(bars);
  return withBenchFiles(series, (files) => {
    if (name === "csv" || name === "arrow") return measureRead(name, files, series, rounds);
    return Promise.resolve(measureProcess(name, files, series, Math.min(rounds, processRounds)));
  });
}

async function measureRead(name: "csv" | "arrow", files: BenchFiles, series: BarSeries, rounds: number): Promise<EdgeFigures> {
  const byHand = (): HandColumns => (name === "csv" ? readCsvByHand(files.csv, series.length) : readRawByHand(files.raw));
  const ours = async (): Promise<number> => {
    const start = performance.now();
    const read = await seriesOf(files[name], series.symbol);
    const ms = performance.now() - start;
    if (!isSame(read, series)) throw wrong(name, "the bars that were read are not those that were written");
    return ms;
  };
  const coldMs = await ours();
  checkByHand(name, byHand(), series);
  const times: number[] = [];
  const limits: number[] = [];
  let share = new Share();
  for (let round = 0; round < warmRounds + rounds; round += 1) {
    if (round === warmRounds) share = new Share();
    const limit = Math.min(...Array.from({ length: roundCalls }, () => timeOfCall(byHand)));
    let time = Infinity;
    for (let call = 0; call < roundCalls; call += 1) time = Math.min(time, await ours());
    if (round < warmRounds) continue;
    limits.push(limit);
    times.push(time);
  }
  return { ...figuresOf(name, series.length, times, limits), coldMs: rounded(coldMs, 1), cpuShare: share.sofar() };
}

function timeOfCall(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

/** The road of a scenario's file. */
async function seriesOf(path: string, symbol: string): Promise<BarSeries> {
  const raw = await readBars(path);
  const timeframe = inferTimeframe(raw);
  validateBars(raw, { timeframe });
  return toSeries(raw, { symbol, timeframe, priceScale: raw.priceDecimals, quantityScale: raw.volumeDecimals }, { inPlace: true });
}

function measureStart(rounds: number): EdgeFigures {
  const help = [fileURLToPath(ownFile("bin/seatrial.mjs")), "--help"];
  return figuresOf(
    "start-up",
    null,
    ...inTurns(
      rounds,
      () => fastestProcess(help),
      () => fastestProcess(["--eval", ""]),
    ),
  );
}

function measureProcess(name: "process-csv" | "process-arrow", files: BenchFiles, series: BarSeries, rounds: number): EdgeFigures {
  const file = name === "process-csv" ? "bars.csv" : "bars.arrow";
  const { fills } = limitW1(floatColumns(series), new Float64Array(series.length));
  const scenario = join(files.folder, "w1.json");
  writeFileSync(scenario, JSON.stringify(scenarioW1(series, file, fills)));
  const simulate = [fileURLToPath(ownFile("bin/seatrial.mjs")), "simulate", scenario, "--no-report"];
  const limit = [fileURLToPath(ownModule("bench/limit-worker")), files.raw];
  const times = inTurns(
    rounds,
    () => timeOfProcess(simulate, files.folder),
    () => timeOfProcess(limit, files.folder),
  );
  return figuresOf(name, series.length, ...times);
}

/** W1 for `simulate`: the built-in EMA cross is the same strategy, and the generic venue takes the bench's fee for its market orders. */
function scenarioW1(series: BarSeries, file: string, fills: number): Readonly<Record<string, unknown>> {
  return {
    name: "bench-w1",
    why: "W1 of the bench, out of a file",
    seed: 7,
    venue: "generic",
    positionMode: "one_way",
    markets: [{ symbol: series.symbol, market: { tick: "0.01", step: "0.0001" }, bars: { file } }],
    boot: { balances: { USDT: "100000000" } },
    strategy: { use: "ema-cross" },
    fill: "bench",
    expect: [{ metric: { name: "fills", equals: String(fills) } }],
  };
}

/** Rounds of both, the limit first, after one that only fills the caches. @returns times of ours and of the limit */
function inTurns(rounds: number, ours: () => number, limit: () => number): [number[], number[]] {
  const times: number[] = [];
  const limits: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const limitTime = limit();
    const time = ours();
    if (round === 0) continue;
    limits.push(limitTime);
    times.push(time);
  }
  return [times, limits];
}

function fastestProcess(argv: readonly string[]): number {
  return Math.min(...Array.from({ length: roundCalls }, () => timeOfProcess(argv)));
}

/** Milliseconds of a Node process from its start to its end. @param cache folder of compiled code @defaultValue Node's own */
function timeOfProcess(argv: readonly string[], cache?: string): number {
  const env = cache === undefined ? process.env : { ...process.env, NODE_COMPILE_CACHE: join(cache, "compiled") };
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [...programFlags(), ...argv], { env, stdio: ["ignore", "ignore", "pipe"] });
  const ms = performance.now() - start;
  if (status === 0) return ms;
  throw wrong(argv.at(-1) ?? "", `the process ended with code ${status ?? "none"}: ${stderr.toString().trim().slice(-300)}`);
}

function figuresOf(name: EdgeName, rows: number | null, times: readonly number[], limits: readonly number[]): EdgeFigures {
  const ratios = roundRatios(limits, times);
  const ms = median(times);
  return {
    name,
    rows,
    rowsPerSecond: rows === null ? null : Math.round((rows / ms) * 1_000),
    ms: rounded(ms, 1),
    coldMs: null,
    limitMs: rounded(median(limits), 1),
    ratioToLimit: median(ratios),
    ratios,
    cpuShare: null,
  };
}

function isSame(read: BarSeries, series: BarSeries): boolean {
  const last = series.length - 1;
  const price = ({ close, pricePower }: BarSeries, bar: number): number => (close[bar] as number) / pricePower;
  const volume = (bars: BarSeries, bar: number): number => (bars.volume[bar] as number) / bars.quantityPower;
  const same = (bar: number): boolean =>
    read.time[bar] === series.time[bar] && price(read, bar) === price(series, bar) && volume(read, bar) === volume(series, bar);
  return read.length === series.length && [0, last >> 1, last].every(same);
}

function checkByHand(name: string, columns: HandColumns, series: BarSeries): void {
  const { pricePower, quantityPower } = series;
  const expected = [series.time, series.open, series.high, series.low, series.close, series.volume];
  const powers = [1, pricePower, pricePower, pricePower, pricePower, quantityPower];
  const same = expected.every((column, at) => column.every((units, bar) => units / (powers[at] as number) === columns[at]?.[bar]));
  if (!same) throw wrong(name, "the bars that were read by hand are not those that were written");
}

function wrong(name: string, reason: string): SeatrialError {
  return new SeatrialError({
    code: "bench_wrong_result",
    exitCode: 2,
    reason: `${name}: ${reason}`,
    hint: "the figures of a wrong run mean nothing; none are printed",
  });
}
