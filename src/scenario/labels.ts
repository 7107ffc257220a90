// What a report must say aloud about a run: where its bars come from, and which of its settings flatter the result.

import type { FillModel } from "../exchange/virtual/index.ts";
import type { MarketPlan, SimulationPlan } from "../session/plan.ts";
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
  labels.push(...insideLabels(plan.markets));
  labels.push(...fillLabels(preset, plan.fill));
  if (found.has("recorded") && plan.positionMode === "hedge" && plan.profile.name === "generic") labels.push("hedge mode under generic rules");
  return labels;
}

/** What flatters the result in fill settings over a preset. */
export function fillLabels(preset: string, { market, timeToLive, limit, path }: FillModel): string[] {
  if (preset !== "default") return [`${preset} fills`];
  const flatters = market === "same-bar-close" || timeToLive === "whole-bar" || limit !== "through" || path === "best";
  return flatters ? ["optimistic fill settings"] : [];
}

function insideLabels(markets: readonly MarketPlan[]): string[] {
  const inside = new Set(
    markets.flatMap((market) => (market.inside === undefined ? [] : [market.inside.ofTrades ? "trades" : `${market.inside.timeframe} bars`])),
  );
  const labels = [...inside].map((what) => `${what} inside the bars`);
  if (markets.some((market) => market.marks !== undefined && market.inside !== undefined && market.marks.interval > market.inside.interval))
    labels.push("marks too coarse for what is inside: trades stand for them");
  return labels;
}
