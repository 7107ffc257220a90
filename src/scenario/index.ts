// Scenarios: files that say what to replay, what to break, and what must be found afterwards. This room loads and
// judges; it runs nothing.
export { type NotRun } from "./data-path.ts";
export { evaluateExpectations, expectsHalt, expectsLiquidation } from "./expect.ts";
export { type ExpectationResult } from "./expect-match.ts";
export { type RunContext } from "./expect-never.ts";
export { readFillSettings, type FillSettings } from "./fill-settings.ts";
export { describeScenario, type ScenarioDescription } from "./input.ts";
export { listScenarios } from "./list.ts";
export { loadScenario, runContextOf, type LoadOptions, type Scenario } from "./load.ts";
export { type Expectation } from "./schema-expect.ts";
export { scenarioJsonSchema } from "./schema.ts";
