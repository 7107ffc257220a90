// Threads that run trials side by side over one copy of the bars. It knows no order of trials and keeps no result.

import { fileURLToPath } from "node:url";

import { Piscina } from "piscina";

import { ownModule, threadFlags } from "../session/own-files.ts";
import type { Job } from "./jobs.ts";
import { shareScenarios, type LoadedScenario } from "./share.ts";
import { diedError, failedTrial, type TrialResult } from "./trial.ts";

export interface TrialPool {
  /** The row of a job; a thread that dies under it is that row's error. @throws when the pool is closed meanwhile */
  run(job: Job): Promise<TrialResult>;
  /** Ends all threads at once, running trials included. */
  close(): Promise<void>;
}

/** @param onBroken told of a thread that broke between two trials: its results stand, and another takes its place */
export function openPool(scenarios: readonly LoadedScenario[], threads: number, onBroken: (error: Error) => void): TrialPool {
  const pool = new Piscina<Job, TrialResult>({
    filename: fileURLToPath(ownModule("sweep/worker")),
    name: "runTrial",
    minThreads: threads,
    maxThreads: threads,
    workerData: shareScenarios(scenarios),
    execArgv: threadFlags(),
  });
  pool.on("error", onBroken);
  let closed = false;
  return {
    run: async (job) => {
      try {
        return await pool.run(job);
      } catch (error) {
        if (closed) throw error;
        return failedTrial(job, diedError(error));
      }
    },
    close: async () => {
      closed = true;
      await pool.destroy();
    },
  };
}
