// The public entry: what a program that uses Seatrial as a library may import. Adds nothing of its own.
export * from "./domain/index.ts";
export * from "./exchange/virtual/index.ts";
export * from "./strategy/index.ts";
export {
  loadSeries,
  readBars,
  resample,
  seriesDigest,
  syntheticBars,
  toSeries,
  validateBars,
  writeArrow,
  type LoadedSeries,
  type RawBars,
  type SeriesMeta,
  type SyntheticOptions,
  type ValidBars,
} from "./market/index.ts";
export type {
  FillDetail,
  FillRow,
  FinalState,
  InvariantCount,
  OrderRow,
  PositionRow,
  RejectionRow,
  RouteRow,
  RunMetrics,
  RunRecord,
  RunRows,
  SkipRow,
} from "./journal/index.ts";
export { simulate, type MarketPlan, type SimulationHooks, type SimulationPlan, type Step } from "./session/index.ts";
export {
  evaluateExpectations,
  listScenarios,
  loadScenario,
  runContextOf,
  scenarioJsonSchema,
  type Expectation,
  type ExpectationResult,
  type Scenario,
} from "./scenario/index.ts";
export {
  findRun,
  judgeRun,
  readRun,
  resultObject,
  runMetricsObject,
  worstExitCode,
  writeRunFolder,
  type Manifest,
  type MetricOptions,
  type Outcome,
  type ResultObject,
  type RunMetricsObject,
  type RunStatus,
  type StoredRun,
} from "./report/index.ts";
