// Steps that are done to the session itself, as the plan has them: prices in the market's units, bars that exist.

import { parseDecimal, parseUnits, type BarSeries } from "../domain/index.ts";
import type { SimulationPlan, Step } from "../session/plan.ts";
import type { SourceDocument } from "./document.ts";
import { valueError } from "./problems.ts";
import type { feedSteps } from "./schema-feed-steps.ts";
import type { ScenarioInput } from "./schema.ts";
import type { StepInput } from "./schema-steps.ts";

export type FeedInput = Extract<StepInput, { do: (typeof feedSteps)[number]["_zod"]["output"]["do"] }>;

const feedInputs: ReadonlySet<string> = new Set<FeedInput["do"]>([
  "bar_missing",
  "bar_late",
  "bar_duplicate",
  "bar_revised",
  "bar_unfinished",
  "bar_out_of_order",
  "bar_absurd",
  "feed_gap",
  "clock_step",
  "clock_skew",
  "clock_drift",
  "strategy_throws",
  "strategy_timed_out",
]);

export function isFeedInput(step: StepInput): step is FeedInput {
  return feedInputs.has(step.do);
}

/** @param at its place in the scenario's steps. @param series whose bars it counts */
export function feedActionOf(document: SourceDocument, input: FeedInput, at: number, series: BarSeries | undefined): Step["action"] {
  switch (input.do) {
    case "bar_missing":
      return { do: input.do, backfill: input.backfill };
    case "bar_late":
      return { do: input.do, ms: input.ms ?? null, bars: input.bars ?? null };
    case "bar_revised": {
      const { back, prices } = input;
      if (back > input.at.bar)
        throw valueError(document, ["steps", at, "back"], { code: "step_beyond_bars", reason: `there is no bar ${back} before bar ${input.at.bar}` });
      const { open, high, low, close } = prices;
      const units = (key: string, text: string | undefined) =>
        text === undefined ? null : unitsOf(document, ["steps", at, "prices", key], text, series);
      const revised = { open: units("open", open), high: units("high", high), low: units("low", low), close: units("close", close) };
      return { do: input.do, back, prices: revised };
    }
    case "bar_unfinished":
      return { do: input.do, ahead: input.ahead };
    case "bar_absurd":
      return { do: input.do, kind: input.kind, backfill: input.backfill };
    case "feed_gap":
      return { do: input.do, bars: input.bars };
    case "clock_step":
    case "clock_skew":
      return { do: input.do, ms: input.ms };
    case "clock_drift":
      return { do: input.do, ppm: input.ppm };
    case "strategy_throws":
      return { do: input.do, hook: input.hook, times: input.times };
    case "strategy_timed_out":
      return { do: input.do, hook: input.hook, call: input.call };
    default:
      return { do: input.do };
  }
}

/** Only what the scenario says: a session without it is the same as before there was anything to say. */
export function feedSettingsOf({ feed }: Pick<ScenarioInput, "feed">): Pick<SimulationPlan, "feed"> {
  if (feed === undefined) return {};
  const { waitMs, priceBand } = feed;
  return { feed: { ...(waitMs === undefined ? {} : { waitMs }), ...(priceBand === undefined ? {} : { priceBand }) } };
}

function unitsOf(document: SourceDocument, path: readonly PropertyKey[], text: string, series: BarSeries | undefined): number {
  const scale = series?.priceScale ?? 0;
  if (parseDecimal(text).scale <= scale) return parseUnits(text, scale);
  const reason = `${text} has more decimals than ${series?.symbol ?? "its market"}`;
  throw valueError(document, path, { code: "too_many_decimals", reason, hint: `at most ${scale}` });
}
