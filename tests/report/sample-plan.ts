// A plan of two bars for reports: reports read a plan's settings and series, never run it.

import { BarSeries } from "../../src/domain/index.ts";
import { defaultFillModel, venueProfiles } from "../../src/exchange/virtual/index.ts";
import { defaultRunnerSettings } from "../../src/runner/settings.ts";
import type { SimulationPlan } from "../../src/session/plan.ts";
import { plainRules } from "../domain/rules.ts";

export function samplePlan(): SimulationPlan {
  const column = (...values: number[]): Float64Array => Float64Array.of(...values);
  const series = new BarSeries(
    { symbol: "HYPE/USDC:USDC", timeframe: "1m", interval: 60_000, priceScale: 2, quantityScale: 3 },
    { time: column(0, 60_000), open: column(1, 1), high: column(1, 1), low: column(1, 1), close: column(1, 1), volume: column(1, 1) },
  );
  const profile = venueProfiles["generic"];
  if (profile === undefined) throw new Error("the generic profile is missing");
  return {
    name: "worked-example",
    seed: 7,
    profile,
    positionMode: "hedge",
    leverage: 1,
    fill: defaultFillModel,
    markets: [{ rules: { ...plainRules, symbol: "HYPE/USDC:USDC", base: "HYPE" }, series: [series] }],
    balances: { USDC: "1000" },
    positions: [],
    strategy: { definition: { name: "scripted", defaults: {}, create: () => Object.create(null) as never }, params: { actions: [] } },
    runner: defaultRunnerSettings,
    steps: [],
    configuration: { name: "worked-example" },
  };
}
