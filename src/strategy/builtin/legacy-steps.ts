// The import of the older step form (row 004-SC-2): strategy_steps become actions of the scripted strategy. Pure; it must
// never guess a step that it cannot read.

import { clampFraction, isReason, manageActions, nearestKey, type Family, type Reason } from "../../domain/index.ts";
import { ParameterError } from "../params.ts";
import { checkRecord, type ScriptedAction, type ScriptedOrder } from "./scripted-actions.ts";

/** One step. `entry` opens; `manage` adds, reduces or closes. */
export interface LegacyStep {
  readonly bar_index: number;
  readonly kind: "entry" | "manage";
  readonly symbol?: string;
  readonly side: "LONG" | "SHORT";
  readonly qty?: number | null;
  /** Prices of a take-profit and a stop-loss that rest after the entry's fill; one's fill cancels the other. */
  readonly tp?: number | null;
  readonly sl?: number | null;
  readonly reason?: string | null;
  readonly action?: string | null;
  readonly delta_qty?: number | null;
  readonly qty_frac?: number | null;
}

const optionalNumber = (value: unknown) =>
  value === null || (typeof value === "number" && Number.isFinite(value)) ? null : "must be a number or null";
const optionalText = (value: unknown) => (value === null || typeof value === "string" ? null : "must be a text or null");

const stepKeys: Readonly<Record<keyof LegacyStep, (value: unknown) => string | null>> = {
  bar_index: (value) => (Number.isInteger(value) && (value as number) >= 0 ? null : "must be a bar number, 0 or more"),
  kind: (value) => (value === "entry" || value === "manage" ? null : "must be one of entry, manage"),
  symbol: (value) => (typeof value === "string" && value !== "" ? null : "must be a text"),
  side: (value) => (value === "LONG" || value === "SHORT" ? null : "must be one of LONG, SHORT"),
  qty: optionalNumber,
  tp: optionalNumber,
  sl: optionalNumber,
  reason: optionalText,
  action: optionalText,
  delta_qty: optionalNumber,
  qty_frac: optionalNumber,
};

/** Actions that do what the steps say, in their order. @throws ParameterError `bad_parameter` with the step and the key */
export function actionsOfLegacySteps(steps: readonly unknown[]): ScriptedAction[] {
  return steps.flatMap((step, at) => {
    const problem = checkRecord(step, `strategy_steps[${at}]`, stepKeys, ["bar_index", "kind", "side"]);
    if (problem !== null) throw badStep(at, problem.key, problem.problem);
    const known = step as LegacyStep;
    return known.kind === "entry" ? entryActions(known, at) : [manageAction(known, at)];
  });
}

function entryActions(step: LegacyStep, at: number): ScriptedAction[] {
  const id = `step ${at}`;
  const target = `${id} tp`;
  const stop = `${id} sl`;
  const hasTarget = isGiven(step.tp);
  const hasStop = isGiven(step.sl);
  const actions: ScriptedAction[] = [
    { ...placeOf(step), bar: step.bar_index, do: "open", ...quantityOf(step.qty), order: { type: "market", ...whyOf(step) }, id },
  ];
  const protect = (name: string, order: ScriptedOrder) =>
    actions.push({ ...placeOf(step), onFill: { id, complete: true }, do: "reduce", fraction: 1, order, id: name });
  const cancelOther = (filled: string, other: string) =>
    actions.push({ ...symbolOf(step), onFill: { id: filled, complete: true }, do: "cancel", target: other });
  if (isGiven(step.tp)) protect(target, { type: "limit", price: step.tp, postOnly: false, family: "tp", reason: "take_profit" });
  if (isGiven(step.sl)) protect(stop, { type: "stop_market", trigger: step.sl, family: "sl", reason: "stop_loss" });
  if (hasTarget && hasStop) {
    cancelOther(target, stop);
    cancelOther(stop, target);
  }
  return actions;
}

const closeFamilies: Readonly<Record<string, Family>> = { TP: "tp", SL: "sl", EXIT: "close", CLOSE: "close" };
const closeReasons: Readonly<Record<string, Reason>> = { TP: "take_profit", SL: "stop_loss" };

function manageAction(step: LegacyStep, at: number): ScriptedAction {
  const word = (step.action ?? "").toUpperCase();
  const kind = Object.hasOwn(manageActions, word) ? manageActions[word] : undefined;
  const when = { ...placeOf(step), bar: step.bar_index };
  if (kind === "ADD") return { ...when, do: "add", ...quantityOf(step.delta_qty ?? step.qty), order: { type: "market", ...whyOf(step) } };
  if (kind === "PARTIAL_CLOSE") {
    const order: ScriptedOrder = { type: "market", family: "partial", ...whyOf(step) };
    return isGiven(step.qty_frac)
      ? { ...when, do: "reduce", fraction: clampFraction(step.qty_frac), order }
      : { ...when, do: "reduce", ...quantityOf(step.qty), order };
  }
  if (kind === "CLOSE") {
    const family = closeFamilies[word] ?? "close";
    const reason = closeReasons[word];
    return { ...when, do: "close", order: { type: "market", family, ...(reason === undefined ? {} : { reason }), ...whyOf(step) } };
  }
  const near = nearestKey(word, Object.keys(manageActions));
  throw badStep(
    at,
    `strategy_steps[${at}].action`,
    near === null ? `must be one of ${Object.keys(manageActions).join(", ")}` : `is unknown, did you mean "${near}"?`,
  );
}

function placeOf(step: LegacyStep): Pick<ScriptedAction, "symbol" | "leg"> {
  return { ...symbolOf(step), leg: step.side };
}

function symbolOf(step: LegacyStep): Pick<ScriptedAction, "symbol"> {
  return step.symbol === undefined ? {} : { symbol: step.symbol };
}

// A quantity that is missing stays missing: the runner refuses it with missing_explicit_qty (row 004-IN-3).
function quantityOf(quantity: number | null | undefined): Pick<ScriptedAction, "quantity"> {
  return isGiven(quantity) ? { quantity } : {};
}

// The old reasons are free text; one that is no reason of ours is kept as the order's tag.
function whyOf(step: LegacyStep): Pick<ScriptedOrder, "reason" | "tag"> {
  if (!isGiven(step.reason) || step.reason === "") return {};
  return isReason(step.reason) ? { reason: step.reason } : { tag: step.reason };
}

function isGiven<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}

function badStep(at: number, key: string, problem: string): ParameterError {
  const rest = key
    .slice(`strategy_steps[${at}]`.length)
    .split(".")
    .filter((part) => part !== "");
  return new ParameterError("bad_parameter", ["strategy_steps", at, ...rest], `${key} ${problem}`);
}
