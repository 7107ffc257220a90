// Plans for the tests of this folder: small scripted sessions on hand-made bars. It must never run anything.

import { BarSeries, type PositionMode } from "../../src/domain/index.ts";
import { defaultFillModel, venueProfiles, type FillModel, type VenueProfile } from "../../src/exchange/virtual/index.ts";
import { defaultRunnerSettings, type RunnerSettings } from "../../src/runner/index.ts";
import type { BootPosition, SimulationPlan, Step } from "../../src/session/index.ts";
import { resolveParams, scripted, type Params, type ScriptedAction, type ScriptedParams, type StrategyDefinition } from "../../src/strategy/index.ts";
import { plainRules } from "../domain/rules.ts";

export const generic = venueProfiles["generic"] as VenueProfile;

/** Open, high, low, close, volume. */
export type Row = readonly [number, number, number, number, number];

export function barsOf(rows: readonly Row[], options: { symbol?: string; interval?: number; start?: number } = {}): BarSeries {
  const { symbol = plainRules.symbol, interval = 60_000, start = 0 } = options;
  const column = (field: number, power: number) => Float64Array.from(rows, (row) => Math.round((row[field] as number) * power));
  return new BarSeries(
    { symbol, timeframe: `${interval / 60_000}m`, interval, priceScale: 2, quantityScale: 3 },
    {
      time: Float64Array.from(rows, (_, bar) => start + bar * interval),
      open: column(0, 100),
      high: column(1, 100),
      low: column(2, 100),
      close: column(3, 100),
      volume: column(4, 1_000),
    },
  );
}

export const quiet: Row = [100, 100, 100, 100, 1_000];

export interface PlanOptions {
  readonly actions?: readonly ScriptedAction[];
  readonly script?: Partial<ScriptedParams>;
  readonly rows?: readonly Row[];
  readonly markets?: SimulationPlan["markets"];
  readonly strategy?: StrategyDefinition;
  readonly params?: Params;
  readonly mode?: PositionMode;
  readonly fill?: Partial<FillModel>;
  readonly seed?: number;
  readonly steps?: readonly Step[];
  readonly balance?: string;
  readonly leverage?: number;
  readonly runner?: Partial<RunnerSettings>;
  readonly positions?: readonly BootPosition[];
  readonly configuration?: unknown;
}

/** A session of `generic` in hedge mode with 1000 USDC. */
export function planOf(options: PlanOptions): SimulationPlan {
  const definition = options.strategy ?? (scripted as unknown as StrategyDefinition);
  const params = options.params ?? { actions: options.actions ?? [], ...options.script };
  return {
    name: "test-session",
    seed: options.seed ?? 1,
    profile: generic,
    positionMode: options.mode ?? "hedge",
    leverage: options.leverage ?? 1,
    fill: { ...defaultFillModel, ...options.fill },
    markets: options.markets ?? [{ rules: plainRules, series: [barsOf(options.rows ?? [quiet, quiet, quiet])] }],
    balances: { USDC: options.balance ?? "1000" },
    positions: options.positions ?? [],
    strategy: { definition, params: resolveParams(definition, params) },
    runner: { ...defaultRunnerSettings, ...options.runner },
    steps: options.steps ?? [],
    configuration: options.configuration ?? { params },
  };
}

/** The worked scenario of the design: open 1 at market, a take-profit at 102 on its fill. */
export function workedPlan(high = 102.01): SimulationPlan {
  return planOf({
    mode: "one_way",
    rows: [
      [100, 101, 99, 100, 1_000],
      [100, 100.5, 99.5, 100, 1_000],
      [101, high, 100.8, 101.5, 1_000],
    ],
    actions: [
      { bar: 0, do: "open", leg: "LONG", quantity: 1, id: "in" },
      { onFill: { id: "in" }, do: "reduce", leg: "LONG", quantity: 1, order: { type: "limit", price: 102, family: "tp" } },
    ],
  });
}
