// A thread that runs trials. It gets all scenarios once, over shared columns, and then one job after the other.

import { enableCompileCache } from "node:module";
import { workerData } from "node:worker_threads";

import type { Job } from "./jobs.ts";
import type { SharedScenario } from "./share.ts";
import type { TrialResult } from "./trial.ts";

// Before the heavy imports below, so that they come out of the cache.
enableCompileCache();
const { setEngineFlags } = await import("../session/engine-flags.ts");
setEngineFlags();
const [{ trialBaseOf }, { runJob }] = await Promise.all([import("./share.ts"), import("./trial.ts")]);

const shared = workerData as readonly SharedScenario[];
const bases = new Map(await Promise.all(shared.map(async (scenario) => [scenario.file, await trialBaseOf(scenario)] as const)));

/** Called by the pool. @throws where the job is of a scenario that this thread was not given */
export function runTrial(job: Job): TrialResult {
  const base = bases.get(job.scenario);
  if (base === undefined) throw new Error(`no scenario ${job.scenario} in this thread`);
  return runJob(job, base);
}
