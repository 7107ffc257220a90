// The strategy contract, its indicators and the built-in strategies: everything that a strategy file needs.
export type { DcaParams, DcaSides, TrendParams } from "./builtin/dca-params.ts";
export { DualDca, dualDca, type DualDcaState } from "./builtin/dual-dca.ts";
export { EmaCross, emaCross, type EmaCrossParams, type EmaCrossState } from "./builtin/ema-cross.ts";
export { Grid, grid, type GridState } from "./builtin/grid.ts";
export type { GridParams } from "./builtin/grid-params.ts";
export { actionsOfLegacySteps, type LegacyStep } from "./builtin/legacy-steps.ts";
export type { ScriptedAction, ScriptedCause, ScriptedOrder, ScriptedRefusal, ScriptedVerb } from "./builtin/scripted-actions.ts";
export { Scripted, scripted, type ScriptedParams, type ScriptedState } from "./builtin/scripted.ts";
export { builtinStrategies } from "./builtins.ts";
export * from "./contract.ts";
export * from "./indicators.ts";
export { createStrategy, missingHooks, ParameterError, resolveParams } from "./params.ts";

// What a strategy file says about its own orders, from the room below, so that one import is enough.
export { allowed, defaultBackoffPolicy, defaultExecutionPolicy, SeatrialError } from "../domain/index.ts";
export type {
  BackoffPolicy,
  ExecutionPolicy,
  Family,
  FamilyPolicy,
  IntentKind,
  Leg,
  Millis,
  OrderIntent,
  OrderType,
  Permission,
  Reason,
  Route,
  RoutePolicy,
} from "../domain/index.ts";
