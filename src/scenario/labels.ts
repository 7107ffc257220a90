// What a report must say aloud about a run: where its bars come from, and which of its settings flatter the result.

import type { SimulationPlan } from "../session/plan.ts";
import type { BarOrigin } from "./plan-bars.ts";

const origins: readonly BarOrigin[] = ["synthetic", "scripted", "recorded"];

/** What the bars of all markets are. */
export interface BarTraits {
  readonly origins: ReadonlySet<BarOrigin>;
  /** Splits were taken out of some. */
  readonly adjusted: boolean;
}

/** @param preset name of the fill settings' preset */
export function scenarioLabels({ origins: found, adjusted }: BarTraits, plan: SimulationPlan, preset: string): string[] {
  const labels = origins.filter((origin) => found.has(origin)).map((origin) => `${origin} bars`);
  if (adjusted) labels.push("adjusted for splits");
  if (preset !== "default") labels.push(`${preset} fills`);
  const { market, timeToLive, limit } = plan.fill;
  if (preset === "default" && (market === "same-bar-close" || timeToLive === "whole-bar" || limit === "touch"))
    labels.push("optimistic fill settings");
  if (found.has("recorded") && plan.positionMode === "hedge" && plan.profile.name === "generic") labels.push("hedge mode under generic rules");
  return labels;
}
