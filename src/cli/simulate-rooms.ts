// The real rooms behind the simulate command: how a scenario is found, loaded, run and judged. Wiring only; loaded in
// the worker, never for `--help`.

import { createHash } from "node:crypto";

import { moneyScaleOf } from "../domain/index.ts";
import type { FillModel } from "../exchange/virtual/index.ts";
import { seriesDigest, type Sha256 } from "../market/index.ts";
import type { BatchRooms, BatchScenario } from "../report/batch.ts";
import { evaluateExpectations, expectsHalt, listScenarios, loadScenario, runContextOf, type Scenario } from "../scenario/index.ts";
import type { SimulationPlan } from "../session/plan.ts";
import { simulate } from "../session/simulate.ts";
import type { SimulateOverrides } from "./simulate-run.ts";

/** @param env where `${SEATRIAL_…}` in scenario files comes from */
export function simulateRooms(overrides: SimulateOverrides, env: Readonly<Record<string, string | undefined>>): BatchRooms {
  return {
    list: (argument) => listScenarios([argument]),
    // The parser of the command line lets only these names in.
    load: async (file) =>
      batchScenarioOf(
        await loadScenario(file, env, {
          seed: overrides.seed,
          path: overrides.path as FillModel["path"] | undefined,
          delivery: overrides.delivery as FillModel["delivery"] | undefined,
          fill: overrides.fill,
          strategy: overrides.strategy,
        }),
      ),
    simulate,
    describe: (plan) => ({
      digests: plan.markets.flatMap((market) => market.series.map((series) => seriesDigest(series, createSha256))),
      moneyScales: Object.fromEntries(currenciesOf(plan).map((currency) => [currency, moneyScaleOf(plan.balances, currency)])),
    }),
  };
}

function batchScenarioOf(scenario: Scenario): BatchScenario {
  const { name, seed, plan, notRun, labels, expectations } = scenario;
  return {
    name,
    seed,
    plan,
    notRun,
    labels,
    expectsHalt: () => expectsHalt(expectations),
    evaluate: (record) => (plan === null ? [] : evaluateExpectations(expectations, record, runContextOf(plan))),
  };
}

function currenciesOf(plan: SimulationPlan): string[] {
  const names = new Set([...Object.keys(plan.balances), ...plan.markets.map((market) => market.rules.settle)]);
  return [...names].sort((a, b) => (a < b ? -1 : 1));
}

function createSha256(): Sha256 {
  const hash = createHash("sha256");
  return { update: (bytes) => hash.update(bytes), digest: () => hash.digest("hex") };
}
