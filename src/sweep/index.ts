// Sweeps: many trials of scenarios, what was best, and what that is worth. A trial runs like every simulation; this room chooses
// trials and compares what they left.
export { type Job, type JobFill, type JobList, type OpenJob } from "./jobs.ts";
export { loadSweep, type Sweep, type SweepOverrides, type SweepScenario } from "./load.ts";
export { metricNames } from "./metrics.ts";
export { logName, runSweep, type RunOptions, type SweepResults } from "./run.ts";
export { openPool, type TrialPool } from "./pool.ts";
export { maxTrials, sweepJsonSchema, type Objective } from "./schema.ts";
export { shareScenarios, trialBaseOf, type LoadedScenario, type SharedScenario, type TrialBase } from "./share.ts";
export { summaryOf, type SweepSummary } from "./summary.ts";
export { summaryText } from "./text.ts";
export { runJob, type TrialResult } from "./trial.ts";
export { writeResults } from "./write.ts";
