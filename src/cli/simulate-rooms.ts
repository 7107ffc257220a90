// The real rooms behind the simulate command: how a scenario is found, loaded, run and judged. Wiring only; loaded in
// the worker, never for `--help`.

import { seriesDigest } from "../market/index.ts";
import type { BatchRooms, BatchScenario } from "../report/run-file.ts";
import {
  evaluateExpectations,
  expectsHalt,
  expectsLiquidation,
  expectsRows,
  listScenarios,
  loadScenario,
  runContextOf,
  type Scenario,
} from "../scenario/index.ts";
import { watchedPlan, type WatchedRun } from "../session/watchdog.ts";
import { createSha256, instantsOf, runAudited, setEngineFlags } from "../session/index.ts";
import type { SimulateOverrides } from "./simulate-request.ts";

/**
 * Instants from which on a run is worth V8's settings for warm code. Compiling under them takes half a second of processor time more,
 * and in a million bars none of it comes back.
 */
const longRun = 5_000_000;

/** @param env where `${SEATRIAL_…}` in scenario files comes from */
export function simulateRooms(overrides: SimulateOverrides, env: Readonly<Record<string, string | undefined>>, watched?: WatchedRun): BatchRooms {
  return {
    list: (argument) => listScenarios([argument]),
    load: async (file) => {
      const scenario = await loadScenario(file, env, overrides);
      if (watched === undefined || scenario.plan === null) return batchScenarioOf(scenario);
      const timedOut = watched.verdicts.length > 0;
      return { ...batchScenarioOf({ ...scenario, plan: watchedPlan(scenario.plan, watched) }), timedOut };
    },
    simulate: (plan, hooks, told) => {
      if (instantsOf(plan) >= longRun) setEngineFlags();
      const { record, session } = runAudited(plan, hooks, told);
      const currencies = Object.keys(record.final.balances).sort();
      return { record, moneyScales: Object.fromEntries(currencies.map((currency) => [currency, session.venue.scaleOf(currency)])) };
    },
    digests: (plan) => plan.markets.flatMap((market) => market.series.map((series) => seriesDigest(series, createSha256))),
  };
}

function batchScenarioOf(scenario: Scenario): BatchScenario {
  const { name, why, seed, plan, notRun, labels, expectations } = scenario;
  return {
    name,
    why,
    seed,
    plan,
    notRun,
    labels,
    expectsHalt: () => expectsHalt(expectations),
    expectsLiquidation: () => expectsLiquidation(expectations),
    expectsRows: expectsRows(expectations),
    evaluate: (record) => (plan === null ? [] : evaluateExpectations(expectations, record, runContextOf(plan))),
  };
}
