// Shells around the runner core. What they do not do: contain trading policy.
export * from "./assumption-costs.ts";
export type { ToldOfRun } from "./audit-run.ts";
export * from "./engine-flags.ts";
export { absurdities, failingHooks } from "./feed/steps.ts";
export { defaultEnvelopeBudget } from "./envelope/envelope.ts";
export type { IntentNote } from "./intent-notes.ts";
export { openSession } from "./open-session.ts";
export * from "./plan.ts";
export { journalDamages } from "./process/process-plan.ts";
export * from "./run-hash.ts";
export * from "./run-plan.ts";
export { releaseMemory } from "./run-record.ts";
export { instantsOf, surveyRun, type AmbiguousBar, type PositionPoint, type RunSurvey, type StopPoint, type TrailingOrder } from "./run-survey.ts";
export { walkRun, type Act, type RunWalk } from "./run-walk.ts";
export * from "./sha256.ts";
export * from "./simulate.ts";
export type * from "./simulation-hooks.ts";
export {
  checkStrategy,
  findingKinds,
  regimeBars,
  strategyRequests,
  truncated,
  type CheckBars,
  type CheckOptions,
  type CheckRun,
  type Finding,
  type FindingKind,
  type Severity,
  type StrategyCheck,
} from "./strategy-check/strategy-check.ts";
export * from "./strategy-loader.ts";
