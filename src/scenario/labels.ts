// What a report must say aloud about a run: where its bars come from, and which of its settings flatter the result.

import type { SimulationPlan } from "../session/plan.ts";
import { barSourceOf } from "./plan-bars.ts";
import type { ScenarioInput } from "./schema.ts";

export function scenarioLabels(input: ScenarioInput, plan: SimulationPlan, preset: string): string[] {
  const sources = new Set(input.markets.map(barSourceOf));
  const labels: string[] = [];
  if (sources.has("synthetic")) labels.push("synthetic bars");
  if (sources.has("script")) labels.push("scripted bars");
  if (sources.has("file")) labels.push("recorded bars");
  const inside = new Set(
    plan.markets.flatMap((market) => (market.inside === undefined ? [] : [market.inside.ofTrades ? "trades" : `${market.inside.timeframe} bars`])),
  );
  for (const what of inside) labels.push(`${what} inside the bars`);
  if (plan.markets.some(({ marks, inside }) => marks !== undefined && inside !== undefined && marks.interval > inside.interval))
    labels.push("marks too coarse for what is inside: trades stand for them");
  if (preset !== "default") labels.push(`${preset} fills`);
  const { market, timeToLive, limit } = plan.fill;
  if (preset === "default" && (market === "same-bar-close" || timeToLive === "whole-bar" || limit !== "through"))
    labels.push("optimistic fill settings");
  if (sources.has("file") && plan.positionMode === "hedge" && plan.profile.name === "generic") labels.push("hedge mode under generic rules");
  return labels;
}
