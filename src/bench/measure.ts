// One workload, measured in a fresh process: the first run of others, then warmed rounds paired with the hand-written limit, then the
// latency of single bars and the memory of a run. Prints nothing; returns figures.

import { spawnSync } from "node:child_process";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";

import { SeatrialError, type BarSeries } from "../domain/index.ts";
import { releaseMemory, SimulatedSession, type SimulationPlan } from "../session/index.ts";
import type { StrategyDefinition } from "../strategy/index.ts";
import { ownModule } from "../session/own-files.ts";
import { benchBars } from "./generator.ts";
import { limitW1, limitW2, type FloatColumns, type LimitResult } from "./limits.ts";
import { floatColumns, median, rounded, roundRatios, Share } from "./rounds.ts";
import { benchDcaLadder, benchEmaCross, benchIdle } from "./strategies.ts";
import { benchPlan } from "./workloads.ts";

/** The figures of one workload. Rates are bars a second; `ratioToLimit` is ours ÷ limit of the same run, medians of paired rounds. */
export interface WorkloadFigures {
  readonly name: string;
  readonly bars: number;
  readonly fills: number;
  readonly orders: number;
  readonly equity: number;
  readonly barsPerSecond: number;
  readonly coldBarsPerSecond: number;
  readonly limitBarsPerSecond: number;
  readonly ratioToLimit: number;
  /** The ratio of each round: what a later bench is compared with. */
  readonly ratios: readonly number[];
  /** How much of the time the processor was ours while these rounds ran: below 0.9 they tell of other programs. */
  readonly cpuShare: number;
  readonly p50Ns: number;
  readonly p99Ns: number;
  readonly p999Ns: number;
  readonly bytesPerBar: number;
}

export const workloadNames = ["W1", "W2", "idle-1000"] as const;
export type WorkloadName = (typeof workloadNames)[number];

/** Rounds that only warm up, of the limit alone and then of both, and rounds that count. It takes some forty rounds until V8 has compiled the last of ours. */
const limitWarmRounds = 40;
const warmRounds = 40;
const pairedRounds = 15;
/**
 * Calls of each in one round; the fastest counts. For the limit, so that our own garbage is not billed to it; for ours too,
 * because a neighbour's burst would otherwise be billed to the side that is called once.
 */
const roundCalls = 3;
/** Processes whose first run is timed. */
const coldProcesses = 3;
/** Bars of one call, as in a run. */
const chunkBars = 1_024;

export interface BenchSettings {
  readonly bars: number;
  readonly rounds?: number;
}

/** @throws SeatrialError `bench_wrong_result` when ours and the limit's results part */
export function measureWorkload(name: WorkloadName, { bars, rounds = pairedRounds }: BenchSettings): WorkloadFigures {
  const series = benchBars(bars);
  const plan = benchPlan(strategyOf(name), series);
  const time = (): number => timeOf(new SimulatedSession(plan), bars, settleBars(name));
  const cold = median(Array.from({ length: coldProcesses }, () => timeOfFirst(name, bars)));
  const columns = floatColumns(series);
  const curve = new Float64Array(bars);
  const limit = (): LimitResult | null => limitOf(name, columns, curve);
  for (let round = 0; round < limitWarmRounds; round += 1) limit();
  for (let round = 0; round < warmRounds; round += 1) {
    limitRound(name, limit, series);
    time();
  }
  const limits: number[] = [];
  const ours: number[] = [];
  const share = new Share();
  for (let round = 0; round < rounds; round += 1) {
    limits.push(limitRound(name, limit, series));
    ours.push(fastest(time));
  }
  const cpuShare = share.sofar();
  const result = resultOf(plan);
  checkAgainst(name, result, limit());
  const rate = (ms: number): number => Math.round((bars / ms) * 1000);
  const latency = latencies(plan);
  return {
    name,
    bars,
    fills: result.fills,
    orders: result.orders,
    equity: result.equity,
    barsPerSecond: rate(median(ours)),
    coldBarsPerSecond: rate(cold),
    limitBarsPerSecond: rate(median(limits)),
    ratioToLimit: rounded(median(limits) / median(ours), 4),
    ratios: roundRatios(limits, ours),
    cpuShare,
    p50Ns: latency(0.5),
    p99Ns: latency(0.99),
    p999Ns: latency(0.999),
    bytesPerBar: bytesPerBar(plan),
  };
}

export function strategyOf(name: WorkloadName | "idle-0"): StrategyDefinition {
  if (name === "W1") return benchEmaCross;
  return name === "W2" ? benchDcaLadder : benchIdle(name === "idle-0" ? 0 : 1_000);
}

/** Milliseconds of a run in a process that has run nothing before. */
export function coldTimeOf(name: WorkloadName, series: BarSeries): number {
  return timeOf(new SimulatedSession(benchPlan(strategyOf(name), series)), series.length, settleBars(name));
}

function timeOfFirst(name: WorkloadName, bars: number): number {
  const worker = fileURLToPath(ownModule("bench/cold-worker"));
  const { status, stdout, stderr } = spawnSync(process.execPath, [...process.execArgv, worker, name, String(bars)], { encoding: "utf8" });
  if (status === 0) return Number(stdout);
  const reason = `the first run of ${name} ended with code ${status ?? "none"}: ${stderr.trim().slice(-300)}`;
  throw new SeatrialError({ code: "bench_died", exitCode: 2, reason });
}

function limitOf(name: WorkloadName, columns: FloatColumns, curve: Float64Array): LimitResult | null {
  if (name === "W1") return limitW1(columns, curve);
  return name === "W2" ? limitW2(columns, curve) : null;
}

/** Milliseconds of one round of the limit. An idle bar's limit is the same session without resting orders. */
function limitRound(name: WorkloadName, limit: () => LimitResult | null, series: BarSeries): number {
  if (name === "idle-1000")
    return fastest(() => timeOf(new SimulatedSession(benchPlan(strategyOf("idle-0"), series)), series.length, settleBars(name)));
  return fastest(() => {
    const start = performance.now();
    limit();
    return performance.now() - start;
  });
}

function fastest(time: () => number): number {
  let best = Number.POSITIVE_INFINITY;
  for (let call = 0; call < roundCalls; call += 1) best = Math.min(best, time());
  return best;
}

/** Bars that are run before the clock starts: sending a thousand orders is no idle bar. */
function settleBars(name: WorkloadName): number {
  return name === "idle-1000" ? 16 : 0;
}

function timeOf(session: SimulatedSession, bars: number, settle: number): number {
  session.runChunk(0, settle);
  const start = performance.now();
  for (let from = settle; from < bars; from += chunkBars) session.runChunk(from, Math.min(from + chunkBars, bars));
  const time = performance.now() - start;
  releaseMemory(session);
  return time;
}

function resultOf(plan: SimulationPlan): LimitResult {
  const session = new SimulatedSession(plan);
  session.run();
  const { metrics, final } = session.record();
  return { fills: metrics.fills, orders: metrics.orders, equity: Number(final.equity), maxDrawdown: Number(metrics.maxDrawdown) };
}

/** The limit counts in floats, ours in exact money: equal counts, equity within 10^-9. */
function checkAgainst(name: string, ours: LimitResult, limit: LimitResult | null): void {
  if (limit === null) return;
  const near = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-9 * Math.abs(b);
  if (ours.fills === limit.fills && ours.orders === limit.orders && near(ours.equity, limit.equity) && near(ours.maxDrawdown, limit.maxDrawdown))
    return;
  throw new SeatrialError({
    code: "bench_wrong_result",
    exitCode: 2,
    reason: `${name}: ours ${JSON.stringify(ours)}, by hand ${JSON.stringify(limit)}`,
    hint: "the figures of a wrong run mean nothing; none are printed",
  });
}

/**
 * Time of each single bar of a warmed run, timer included: quantiles in whole ns. The timer is the cheapest that Node has: 20 ns
 * between two readings, where `performance.now` takes 40.
 */
function latencies(plan: SimulationPlan): (quantile: number) => number {
  const count = barsOf(plan).length;
  const times = new Float64Array(count);
  // The first walk is the one in which V8 learns this way of calling: whole runs have taught it another.
  for (let walk = 0; walk < 2; walk += 1) {
    const session = new SimulatedSession(plan);
    for (let from = 0; from < count; from += chunkBars) timeBars(session, times, from, Math.min(from + chunkBars, count));
    releaseMemory(session);
  }
  times.sort();
  return (quantile) => times[Math.min(count - 1, Math.floor(quantile * count))] as number;
}

function timeBars(session: SimulatedSession, times: Float64Array, from: number, to: number): void {
  for (let bar = from; bar < to; bar += 1) {
    const start = process.hrtime.bigint();
    session.runChunk(bar, bar + 1);
    times[bar] = Number(process.hrtime.bigint() - start);
  }
}

/** Bytes that a run keeps for each bar: the bars themselves, the equity curve, and the tape. */
function bytesPerBar(plan: SimulationPlan): number {
  const series = barsOf(plan);
  const session = new SimulatedSession(plan);
  session.run();
  const columns = 6 * series.time.byteLength;
  return rounded((columns + session.equity.length * 8 + session.journal.tape.bytes) / series.length, 1);
}

function barsOf(plan: SimulationPlan): BarSeries {
  const series = plan.markets[0]?.series[0];
  if (series === undefined) throw new SeatrialError({ code: "no_bars", reason: `${plan.name} has no bars` });
  return series;
}
