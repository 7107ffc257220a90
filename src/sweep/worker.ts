// A thread that runs trials. It gets all scenarios once, over shared columns, and then one job after the other.

import { workerData } from "node:worker_threads";

import type { Job } from "./jobs.ts";
import type { SharedScenario, TrialBase } from "./share.ts";
import type { TrialResult } from "./trial.ts";

const { setEngineFlags } = await import("../session/engine-flags.ts");
setEngineFlags();
const [{ trialBaseOf }, { failedTrial, runJob }] = await Promise.all([import("./share.ts"), import("./trial.ts")]);

const shared = new Map((workerData as readonly SharedScenario[]).map((scenario) => [scenario.file, scenario]));
const bases = new Map<string, Promise<TrialBase>>();

/** Called by the pool. A strategy that this thread cannot load is the row's error, like every other. */
export async function runTrial(job: Job): Promise<TrialResult> {
  const scenario = shared.get(job.scenario);
  if (scenario === undefined) throw new Error(`no scenario ${job.scenario} in this thread`);
  const loading = bases.get(job.scenario) ?? trialBaseOf(scenario);
  bases.set(job.scenario, loading);
  try {
    return runJob(job, await loading);
  } catch (error) {
    return failedTrial(job, error);
  }
}
