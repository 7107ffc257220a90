// Scenarios: files that say what to replay, what to break, and what must be found afterwards. This room loads and
// judges; it runs nothing.
export { type Environment, type NotRun } from "./data-path.ts";
export { parseDocument, type DocumentPath, type SourceDocument } from "./document.ts";
export { evaluateExpectations, expectsHalt, expectsLiquidation, expectsRows } from "./expect.ts";
export { type ExpectationResult } from "./expect-match.ts";
export { type RunContext } from "./expect-never.ts";
export { readFillSettings, type FillSettings } from "./fill-settings.ts";
export { describeScenario, type ScenarioDescription } from "./input.ts";
export { fillLabels } from "./labels.ts";
export { listScenarios } from "./list.ts";
export { loadScenario, runContextOf, type LoadOptions, type Scenario } from "./load.ts";
export { checkLatency } from "./plan-inside.ts";
export { fillModelOver } from "./plan-venue.ts";
export { schemaError, valueError } from "./problems.ts";
export { type Expectation } from "./schema-expect.ts";
export { fillSettings, notFillSettings, presetSchema, scenarioJsonSchema, type FillInput } from "./schema.ts";
export { object } from "./schema-values.ts";
export { readSource } from "./source-text.ts";
