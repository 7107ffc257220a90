// What a report must say aloud about a run: where its bars come from, and which of its settings flatter the result.

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
  if (preset !== "default") labels.push(`${preset} fills`);
  const { market, timeToLive, limit, path } = plan.fill;
  if (preset === "default" && (market === "same-bar-close" || timeToLive === "whole-bar" || limit !== "through" || path === "best"))
    labels.push("optimistic fill settings");
  if (found.has("recorded") && plan.positionMode === "hedge" && plan.profile.name === "generic") labels.push("hedge mode under generic rules");
  return labels;
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
