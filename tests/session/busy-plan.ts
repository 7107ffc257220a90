// A session in which much happens: a dual DCA bot on synthetic minutes, with seeded delivery. It must never depend on the
// machine that runs it.

import type { BarSeries } from "../../src/domain/index.ts";
import { syntheticBars } from "../../src/market/index.ts";
import type { SimulationPlan } from "../../src/session/index.ts";
import { dualDca, type StrategyDefinition } from "../../src/strategy/index.ts";
import { plainRules } from "../domain/rules.ts";
import { planOf, type PlanOptions } from "./plans.ts";

export function syntheticSeries(count: number, seed: number): BarSeries {
  return syntheticBars({
    seed,
    symbol: plainRules.symbol,
    count,
    startPrice: "42",
    volatility: 0.002,
    tick: "0.01",
    step: "0.001",
    timeframe: "1m",
    start: 1_735_689_600_000,
  });
}

export const dcaParams = {
  sides: "both",
  firstQty: 2,
  minOrderQty: 0.5,
  equityForSizing: 1_000,
  firstSteps: [0.3, 0.4, 0.6, 0.8, 0.8],
  multipliers: [1.5, 1, 2, 3.5],
  tpPercent: 0.22,
  callbackPercent: 0.1,
  subSellTpPercent: 0.36,
  subSellMinFills: 2,
};

export function busyPlan(options: PlanOptions = {}, series = syntheticSeries(600, 3)): SimulationPlan {
  return planOf({
    strategy: dualDca as unknown as StrategyDefinition,
    params: dcaParams,
    markets: [{ rules: plainRules, series: [series] }],
    balance: "20000",
    leverage: 3,
    seed: 11,
    fill: { delivery: "seeded", deliveryWindow: 90_000 },
    ...options,
  });
}
