// The runner core: intents → orders → outcomes. The same code in simulation, paper and live.
// What it does not do: risk policy, journaling, I/O, any decision that is the strategy's.
export * from "./options.ts";
export * from "./runner.ts";
export * from "./settings.ts";
export type { RunnerParts, RunnerSnapshot } from "./recovery/snapshot.ts";
export type { BackoffSnapshot } from "./backoff.ts";
export { Backoff } from "./backoff.ts";
export { DecisionTimedOut, StrategyError } from "./strategy-error.ts";
export { Book } from "./book.ts";
