// The workloads as plans: the same runner, guards, virtual exchange and asserts as `simulate`, under the bench preset.

import type { BarSeries, MarketRules } from "../domain/index.ts";
import { fillPresets, venueProfiles, type FillModel, type VenueProfile } from "../exchange/virtual/index.ts";
import { defaultRunnerSettings } from "../runner/index.ts";
import type { SimulationPlan } from "../session/index.ts";
import type { StrategyDefinition } from "../strategy/index.ts";

const rules: MarketRules = {
  symbol: "BENCH/USDT:USDT",
  base: "BENCH",
  quote: "USDT",
  settle: "USDT",
  kind: "swap",
  inverse: false,
  contractSize: "1",
  tick: "0.01",
  significantDigits: null,
  step: "0.0001",
  minQuantity: null,
  maxQuantity: null,
  maxMarketQuantity: null,
  minPrice: null,
  maxPrice: null,
  minNotional: null,
  maxLeverage: null,
};

const profile: VenueProfile = { ...(venueProfiles["generic"] as VenueProfile), makerFee: "0.0005", takerFee: "0.0005" };

/** The default of every scenario, without the volume cap: one unit is more than a tenth of many of these bars, and a stop's rest would expire. */
export const honestFills: FillModel = { ...(fillPresets["default"] as FillModel), volumeCap: null };

/** A plan of one strategy on the bench's bars: 100 million of cash, one-way, leverage 1. */
export function benchPlan(definition: StrategyDefinition, series: BarSeries, fill: FillModel = fillPresets["bench"] as FillModel): SimulationPlan {
  return {
    name: definition.name,
    seed: 7,
    profile,
    positionMode: "one_way",
    leverage: 1,
    fill,
    markets: [{ rules, series: [series] }],
    balances: { USDT: "100000000" },
    positions: [],
    strategy: { definition, params: {} },
    // The idle strategy puts a thousand orders down at once, and what it opens with.
    runner: { ...defaultRunnerSettings, intentsMax: 10_000 },
    steps: [],
    configuration: { workload: definition.name },
  };
}
