// Plans for the crash explorer: shipped scenarios with a calm after their last bar, so that whatever a crash has left open can
// settle, and what two runs of one plan are compared by. It must never judge a run.

import { BarSeries, type Reason } from "../../../src/domain/index.ts";
import type { RunRecord } from "../../../src/journal/index.ts";
import type { CommitPhase, CrashPoint } from "../../../src/session/process/process-plan.ts";
import type { SimulationPlan } from "../../../src/session/index.ts";
import { buildSession } from "../../../src/session/build.ts";
import { FragileSession } from "../../../src/session/process/fragile-session.ts";
import { planOf } from "../../scenarios/shipped-files.ts";

const calmBars = 6;

/** A shipped scenario whose last close goes on for a few bars in which nothing moves. */
export async function calmPlan(file: string, options: { seed?: number; delivery?: "seeded" } = {}): Promise<SimulationPlan> {
  const plan = await planOf(file, options);
  return { ...plan, markets: plan.markets.map((market) => ({ ...market, series: market.series.map(withCalm) })) };
}

function withCalm(series: BarSeries): BarSeries {
  const { symbol, timeframe, interval, priceScale, quantityScale, length } = series;
  const close = series.closeAt(length - 1);
  const longer = (column: Float64Array, value: (bar: number) => number) =>
    Float64Array.from({ length: length + calmBars }, (_, bar) => (bar < length ? (column[bar] as number) : value(bar)));
  const flat = (column: Float64Array) => longer(column, () => close);
  const last = series.timeAt(length - 1);
  return new BarSeries(
    { symbol, timeframe, interval, priceScale, quantityScale },
    {
      time: longer(series.time, (bar) => last + (bar - length + 1) * interval),
      open: flat(series.open),
      high: flat(series.high),
      low: flat(series.low),
      close: flat(series.close),
      volume: longer(series.volume, () => series.volumeAt(length - 1)),
    },
  );
}

export interface Ended {
  readonly session: FragileSession;
  readonly record: RunRecord;
}

export function runWith(plan: SimulationPlan, crashes: readonly CrashPoint[]): Ended {
  const fragile = { ...plan, crashes };
  // Watched by the oracle.
  const session = new FragileSession(fragile, buildSession(fragile, true));
  session.run();
  return { session, record: session.record() };
}

/** Dies of the n-th commit, of the session or of the process that came back as the `process`-th, and is back at once. */
export function atCommit(number: number, phase: CommitPhase, process: number | null = null): CrashPoint {
  return { at: { kind: "commit", number, process, phase, effects: null }, downtimeMs: 0 };
}

/** What the venue holds in the end. */
export function venueEnd({ final }: RunRecord): unknown {
  const open = final.openOrders.map(({ side, leg, type, quantity, price, trigger }) => [side, leg, type, quantity, price, trigger]);
  return { equity: final.equity, balances: final.balances, positions: final.positions, open };
}

const lockReasons: ReadonlySet<Reason> = new Set(["reconciling", "unresolved_outcome", "fallback_blocked"]);

/** What stands on the record that may make a crashed run end otherwise than the other: what a crash has cost is never unsaid. */
export function recordedReasons({ rows }: RunRecord): string[] {
  return [
    ...rows.skipped.filter(({ reason }) => lockReasons.has(reason)).map(({ reason }) => reason),
    ...rows.routes.filter(({ reason }) => reason !== null && lockReasons.has(reason)).map(({ route }) => route),
    ...rows.orders.filter(({ status }) => status === "NEVER_ARRIVED" || status === "QUARANTINED").map(({ reason }) => reason),
    ...rows.orders.filter(({ reason }) => reason === "limit_timeout" || reason === "cancel_unconfirmed").map(({ reason }) => reason),
    ...rows.restarts.filter(({ missedBars }) => missedBars > 0).map(() => "missed bars"),
    ...rows.synced.map(({ reason }) => reason),
  ];
}
