// The scenarios of the repository, loaded for a test, and one run of one of them. It must not judge: that is the test's.
import { relative, resolve } from "node:path";

import type { RunRecord } from "../../src/journal/index.ts";
import { evaluateExpectations, listScenarios, loadScenario, runContextOf, type LoadOptions, type Scenario } from "../../src/scenario/index.ts";
import { simulate, type SimulationPlan } from "../../src/session/index.ts";

export const folder = resolve(import.meta.dirname, "../../scenarios");

/** Every scenario file that is shipped, sorted, relative to the folder. */
export async function shippedFiles(): Promise<string[]> {
  const files = await listScenarios([folder]);
  return files.map((file) => relative(folder, file));
}

/** A shipped scenario with the recorded bars of this machine, if it has them. */
export function load(file: string, options: LoadOptions = {}): Promise<Scenario> {
  const { SEATRIAL_DATA, SEATRIAL_REQUIRE_DATA } = process.env;
  return loadScenario(resolve(folder, file), { SEATRIAL_DATA, SEATRIAL_REQUIRE_DATA }, options);
}

/** The plan of a scenario that needs nothing but the clone. */
export async function planOf(file: string, options: LoadOptions = {}): Promise<SimulationPlan> {
  const { plan } = await load(file, options);
  if (plan === null) throw new Error(`${file} has no plan`);
  return plan;
}

/** Runs a plan and says which expectations it did not meet, one line each with what was found instead. */
export function unmet(scenario: Scenario, plan: SimulationPlan): string[] {
  return unmetOf(scenario, plan, simulate(plan)).map(({ text, actual }) => `${text}; found: ${actual}`);
}

/** The failed expectations of a run, with their place in the scenario's list. */
export function unmetOf(scenario: Scenario, plan: SimulationPlan, record: RunRecord): { at: number; text: string; actual: string }[] {
  const results = evaluateExpectations(scenario.expectations, record, runContextOf(plan));
  return results.map(({ text, actual, passed }, at) => ({ at, text, actual, passed })).filter(({ passed }) => !passed);
}
