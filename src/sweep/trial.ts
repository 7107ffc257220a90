// One trial: a job over its scenario becomes a plan, the plan runs, and what it left becomes a row. Pure: equal job and equal
// scenario give an equal row. Whatever goes wrong is the row's error; nothing is thrown at the sweep.

import { BarSeries, ExitCode, printUnits, SeatrialError } from "../domain/index.ts";
import { fillPresets, type FillModel } from "../exchange/virtual/index.ts";
import type { RunRecord } from "../journal/index.ts";
import { fillModelOver } from "../scenario/index.ts";
import { openSession, runPlan, type MarketPlan, type SimulationPlan } from "../session/index.ts";
import { resolveParams } from "../strategy/index.ts";
import type { Job, JobFill } from "./jobs.ts";
import { figuresOf, type Figures } from "./metrics.ts";
import { withParameters } from "./parameters.ts";
import type { Point } from "./points.ts";
import type { ReturnSample } from "./returns.ts";
import type { TrialBase } from "./share.ts";
import type { Window } from "./windows.ts";

/** finished: ran to its end. halted: insolvent, or its strategy broke. error: could not be built, or broke off. */
export type TrialStatus = "finished" | "halted" | "error";

/** What a trial leaves; plain JSON, without anything that another machine or another time would make different. */
export interface TrialResult {
  readonly trial: number;
  readonly parameters: Point;
  readonly status: TrialStatus;
  readonly error: { readonly code: string; readonly reason: string } | null;
  readonly runHash: string | null;
  /** Final equity as exact decimal text. */
  readonly equity: string | null;
  readonly figures: Figures | null;
  readonly sample: ReturnSample | null;
}

/** Halts that are the trial's own failure; any other was asked for by the scenario. */
const failures: readonly string[] = ["insolvent", "strategy_error"];

/** Runs one job to its row. */
export function runJob(job: Job, base: TrialBase): TrialResult {
  try {
    const plan = trialPlan(job, base);
    const { record, start } = runWithStart(plan);
    const row = rowOf(job, plan, record, start);
    record.release();
    return row;
  } catch (error) {
    return failedTrial(job, error);
  }
}

/** The row of a job that did not come to an end. */
export function failedTrial({ trial, parameters }: Job, error: unknown): TrialResult {
  const { code, reason } = error instanceof SeatrialError ? error : { code: "unexpected_error", reason: firstLine(error) };
  return { trial, parameters, status: "error", error: { code, reason }, runHash: null, equity: null, figures: null, sample: null };
}

/** The plan that a job stands for. @throws SeatrialError for parameters that the strategy refuses, and a window without bars */
export function trialPlan({ parameters, fill, split, seed }: Job, { plan }: TrialBase): SimulationPlan {
  const { definition } = plan.strategy;
  const params = resolveParams(definition, withParameters(plan.strategy.params, parameters));
  const { model, envelope } = fillOf(plan, fill);
  const markets = split === null ? plan.markets : windowMarkets(plan, split);
  const { envelope: _written, ...rest } = plan;
  return {
    ...rest,
    seed,
    fill: model,
    markets,
    strategy: { definition, params },
    ...(envelope === null ? {} : { envelope }),
    configuration: {
      ...(plan.configuration as object),
      seed,
      fill: model,
      strategy: { name: definition.name, params },
      ...(split === null ? {} : { window: { warmFrom: split.warmFrom, from: split.from, to: split.to } }),
    },
  };
}

/** The fill settings of a job. With a preset or a path of its own it decides on the envelope too; else the scenario's stays. */
export function fillOf({ fill, envelope: written }: SimulationPlan, { settings }: JobFill): ReturnType<typeof fillModelOver> {
  if (typeof settings === "string") return { model: fillPresets[settings] as FillModel, envelope: null };
  const made = fillModelOver(settings.preset === undefined ? fill : (fillPresets[settings.preset] as FillModel), settings);
  return settings.preset === undefined && settings.path === undefined ? { ...made, envelope: written ?? null } : made;
}

/** Windows of one plan that were cut already: a thread runs many trials of each, and its bars are hashed once. */
const cut = new WeakMap<SimulationPlan, Map<string, readonly MarketPlan[]>>();

function windowMarkets(plan: SimulationPlan, split: Window): readonly MarketPlan[] {
  const known = cut.get(plan) ?? new Map<string, readonly MarketPlan[]>();
  cut.set(plan, known);
  const key = `${split.warmFrom}/${split.from}/${split.to}`;
  const made = known.get(key) ?? plan.markets.map((market) => windowMarket(market, split));
  known.set(key, made);
  return made;
}

// Funding and marks stay whole: they are only looked at up to the present bar.
function windowMarket(market: MarketPlan, split: Window): MarketPlan {
  const series = market.series.map((bars) => windowBars(bars, split));
  const [finest] = series;
  if (finest === undefined || finest.length === 0) {
    throw new SeatrialError({ code: "empty_window", reason: `${market.rules.symbol} has no bars in the ${split.part} window ${split.window}` });
  }
  const leadIn = firstAtOrAfter(finest.time, split.from);
  return { ...market, series, leadIn, ...(market.inside === undefined ? {} : { inside: windowBars(market.inside, split) }) };
}

/** The bars that open and close within the window, over the same memory. */
export function windowBars(bars: BarSeries, { warmFrom, to }: Pick<Window, "warmFrom" | "to">): BarSeries {
  const start = firstAtOrAfter(bars.time, warmFrom);
  const end = Math.max(start, firstAtOrAfter(bars.time, to - bars.interval + 1));
  const { symbol, timeframe, interval, priceScale, quantityScale } = bars;
  const part = (column: Float64Array): Float64Array => column.subarray(start, end);
  return new BarSeries(
    { symbol, timeframe, interval, priceScale, quantityScale },
    {
      time: part(bars.time),
      open: part(bars.open),
      high: part(bars.high),
      low: part(bars.low),
      close: part(bars.close),
      volume: part(bars.volume),
    },
  );
}

function firstAtOrAfter(time: Float64Array, instant: number): number {
  let low = 0;
  let high = time.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((time[middle] as number) < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** @returns what the run left, and equity before its first bar as exact decimal text */
function runWithStart(plan: SimulationPlan): { readonly record: RunRecord; readonly start: string } {
  const session = openSession(plan);
  const { venue } = session;
  const start = printUnits(venue.equity(), venue.scaleOf(venue.settlement));
  if (plan.envelope !== undefined) return { record: runPlan(plan).record, start };
  session.run();
  return { record: session.record(), start };
}

function rowOf({ trial, parameters, split }: Job, plan: SimulationPlan, record: RunRecord, start: string): TrialResult {
  const { halt } = record.rows;
  const failed = halt !== null && failures.includes(halt.reason);
  const market = plan.markets[0] as MarketPlan;
  const from = split?.from ?? market.series[0]?.timeAt(0) ?? 0;
  const { figures, sample } = figuresOf(record, { start, currency: market.rules.settle, from });
  return {
    trial,
    parameters,
    status: failed ? "halted" : "finished",
    error: failed ? { code: halt.reason, reason: `${halt.text} (bar ${halt.bar})` } : null,
    runHash: record.runHash,
    equity: record.final.equity,
    figures,
    sample,
  };
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n", 1)[0] ?? "";
}

/** A trial whose thread died under it. */
export function diedError(error: unknown): SeatrialError {
  return new SeatrialError({
    code: "trial_died",
    reason: `its thread ended before the trial did: ${firstLine(error)}`,
    hint: "a strategy must not call process.exit; a run that needs too much memory dies too",
    exitCode: ExitCode.run,
  });
}
