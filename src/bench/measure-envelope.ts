// The cost of an envelope: a whole run with it against a whole run without, records included, in rounds of the same process.

import { performance } from "node:perf_hooks";

import { SeatrialError, type BarSeries } from "../domain/index.ts";
import type { Envelope } from "../journal/index.ts";
import { resample } from "../market/index.ts";
import { runPlan, type SimulationPlan } from "../session/index.ts";
import { benchBars } from "./generator.ts";
import { median } from "./rounds.ts";
import { benchDcaLadder } from "./strategies.ts";
import { benchPlan, honestFills } from "./workloads.ts";

/** Times are medians of whole runs in ms; `costRatio` is the median of envelope ÷ plain of the same round. */
export interface EnvelopeFigures {
  readonly name: EnvelopeName;
  readonly bars: number;
  readonly plainMs: number;
  readonly envelopeMs: number;
  readonly costRatio: number;
  /** Bars whose outcome depends on the path, worlds that were run, and choices that the default budget did not try. */
  readonly dependentBars: number;
  readonly worlds: number;
  readonly unexplored: number;
}

/** W3: the strategy and the bars of W2 under the honest fills. W3-5m: the same on bars five times as wide, which hold several orders. */
export const envelopeNames = ["W3", "W3-5m"] as const;
export type EnvelopeName = (typeof envelopeNames)[number];

const warmRounds = 1;
/** A round is two whole runs: some seconds for a million bars. */
const roundsMax = 3;

/** @throws SeatrialError `bench_wrong_result` when the main world is not the plain run */
export function measureEnvelope(name: EnvelopeName, settings: { readonly bars: number; readonly rounds?: number }): EnvelopeFigures {
  const minutes = benchBars(settings.bars);
  const series: BarSeries = name === "W3" ? minutes : resample(minutes, "5m");
  const plan = benchPlan(benchDcaLadder, series, honestFills);
  const plains: number[] = [];
  const envelopes: number[] = [];
  let found: Envelope | undefined;
  const rounds = Math.min(settings.rounds ?? roundsMax, roundsMax);
  for (let round = 0; round < warmRounds + rounds; round += 1) {
    const plain = timed(plan);
    const whole = timed({ ...plan, envelope: { budget: null } });
    if (plain.hash !== whole.hash) throw wrong(name);
    found = whole.envelope;
    if (round < warmRounds) continue;
    plains.push(plain.ms);
    envelopes.push(whole.ms);
  }
  if (found === undefined) throw wrong(name);
  return {
    name,
    bars: series.length,
    plainMs: Math.round(median(plains)),
    envelopeMs: Math.round(median(envelopes)),
    costRatio: Number(median(envelopes.map((ms, at) => ms / (plains[at] as number))).toFixed(2)),
    dependentBars: found.bars.length,
    worlds: found.worlds,
    unexplored: found.unexplored,
  };
}

function timed(plan: SimulationPlan): { readonly ms: number; readonly hash: string; readonly envelope: Envelope | undefined } {
  const start = performance.now();
  const { record } = runPlan(plan);
  const ms = performance.now() - start;
  record.release();
  return { ms, hash: record.runHash, envelope: record.envelope };
}

function wrong(name: string): SeatrialError {
  return new SeatrialError({
    code: "bench_wrong_result",
    exitCode: 2,
    reason: `${name}: the main world of the envelope is not the plain run`,
    hint: "the figures of a wrong run mean nothing; none are printed",
  });
}
