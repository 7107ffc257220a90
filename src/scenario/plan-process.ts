// What a scenario does to the process of its session, as the plan says it: steps at bars, and places at which it dies. What
// the file gets wrong is told with its place.

import type { Leg, MarketIndex } from "../domain/index.ts";
import type { MarketPlan, SimulationPlan } from "../session/plan.ts";
import type { CommitPhase, CrashPlace, CrashPoint, OrderPhase, OrderPoint, ProcessStep } from "../session/process/process-plan.ts";
import type { SourceDocument } from "./document.ts";
import { paramsAt } from "./plan-params.ts";
import { valueError } from "./problems.ts";
import type { ScenarioInput } from "./schema.ts";
import type { StepInput } from "./schema-steps.ts";

type Kill = Extract<StepInput, { do: "kill" }>;
/** A step of the file that takes effect at a bar. */
export type BarStepInput = StepInput & { readonly at: { readonly bar: number } };
export type ProcessInput = Extract<StepInput, { do: ProcessStep["do"] }>;

/** False for a place of the process's own life: which bar that is in nobody knows before. */
export function isAtBar(step: StepInput): step is BarStepInput {
  return step.at.bar !== undefined;
}

export function isProcessInput(step: StepInput): step is ProcessInput {
  return step.do === "restart" || step.do === "freeze" || step.do === "second_runner" || step.do === "journal_fault";
}

/** Other worlds than the main one have no process that could die. */
export function checkOneWorld(document: SourceDocument, { steps }: ScenarioInput): void {
  const at = steps.findIndex((step) => isProcessInput(step) || !isAtBar(step));
  if (at < 0) return;
  const reason = `${steps[at]?.do} is done to one process, an envelope has many`;
  throw valueError(document, ["steps", at, "do"], { code: "bad_step", reason, hint: "leave out one of the two" });
}

/** Places at which the process dies; undefined: there are none. */
export function crashesOf(document: SourceDocument, input: ScenarioInput, markets: readonly MarketPlan[]): readonly CrashPoint[] | undefined {
  const crashes = input.steps.flatMap((step, at) => (step.do === "kill" && !isAtBar(step) ? [crashOf(document, step, at, markets)] : []));
  return crashes.length === 0 ? undefined : crashes;
}

function crashOf(document: SourceDocument, { at, downtime = 0, text }: Kill, step: number, markets: readonly MarketPlan[]): CrashPoint {
  if (text !== "") throw valueError(document, ["steps", step, "text"], { code: "bad_step", reason: "nobody gives a reason for a crash" });
  const phase = (at.phase ?? "sent") as OrderPhase;
  const commitPhase = phase as CommitPhase;
  const named = at.order ?? at.cancel;
  let place: CrashPlace;
  if (named !== undefined) {
    const market = markets.findIndex(({ rules }) => rules.symbol === at.symbol);
    const order: OrderPoint = { ...named, market: market < 0 ? null : (market as MarketIndex), leg: at.leg ?? null };
    place = at.order === undefined ? { kind: "cancel", order, phase: commitPhase } : { kind: "order", order, phase };
  } else if (at.timer !== undefined) place = { kind: "timer", number: at.timer, phase: commitPhase };
  else place = { kind: "commit", number: at.commit ?? 1, process: at.recovery ?? null, phase: commitPhase, effects: at.effects ?? null };
  return { at: place, downtimeMs: downtime };
}

/** @param leg as the position mode has it */
export function processActionOf(
  document: SourceDocument,
  step: ProcessInput,
  at: number,
  strategy: SimulationPlan["strategy"],
  leg: (given: Leg | undefined) => Leg,
): ProcessStep {
  switch (step.do) {
    case "restart": {
      const { params, changed } = step;
      const what = changed ?? (params === undefined ? null : "configuration");
      const over = { ...strategy.params, ...params };
      const resolved = params === undefined ? null : paramsAt(document, strategy.definition, over, ["steps", at, "params"]);
      return { do: "restart", downtimeMs: step.downtime, changed: what === null ? null : { what, params: resolved } };
    }
    case "freeze":
      return { do: "freeze", lengthMs: step.length };
    case "second_runner":
      return { do: "second_runner", leg: leg(step.leg), quantity: step.quantity };
    default:
      return { do: "journal_fault", fault: step.fault };
  }
}
