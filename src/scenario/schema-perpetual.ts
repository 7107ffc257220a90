// Schema of what only swaps have: funding rates, mark prices, leverage tiers, and how margin is kept. Shapes only.

import * as z from "zod";

import { liquidationRuleNames, type LiquidationRuleName } from "../exchange/virtual/index.ts";
import { decimal, instant, object, positiveDecimal, timeframe } from "./schema-values.ts";

const fromFile = (what: string) =>
  z.string().min(1).optional().describe(`${what} from a file, relative to the scenario file or \${SEATRIAL_DATA}/…; absent data means not run.`);

const stamp = z.tuple([instant, decimal], { error: "is no funding payment: write [time, rate]" });

const fundingSchema = object({
  script: z.array(stamp).min(1).optional().describe('By hand: [time, rate], in order of time: ["2025-01-01T08:00:00Z", "0.0001"].'),
  file: fromFile("Rates (freqtrade, ccxt, Binance, Hyperliquid, LEAN)"),
}).check(oneSource);

const markRow = z.tuple([positiveDecimal, positiveDecimal, positiveDecimal, positiveDecimal], {
  error: "is no mark price bar: write [open, high, low, close]",
});

const markSchema = object({
  script: z.array(markRow).min(1).optional().describe("By hand: [open, high, low, close], from the first bar of the market on."),
  file: fromFile("Mark price bars"),
  timeframe: timeframe.optional().describe("Length of a mark price bar. Default: that of the market's bars; for a file, what its times say."),
}).check(oneSource);

function oneSource(ctx: z.core.ParsePayload<{ script?: unknown; file?: unknown }>): void {
  if ((ctx.value.script === undefined) !== (ctx.value.file === undefined)) return;
  ctx.issues.push({ code: "custom", message: "needs either script or file", input: ctx.value });
}

/** Keys of a market. */
export const perpetualKeys = {
  funding: fundingSchema.optional().describe("Funding payments of a swap. Default: none."),
  mark: markSchema
    .optional()
    .describe(
      "Mark prices of a swap: margin is judged by them, funding computed at them, triggers by the mark set off by them. Default: the prices of the bars.",
    ),
  tiersFile: z
    .string()
    .min(1)
    .optional()
    .describe(
      "JSON file of leverage tiers as ccxt's fetchLeverageTiers gives them: by symbol, or this market's rows. Default: the venue's one rate.",
    ),
} as const;
export type FundingInput = z.output<typeof fundingSchema>;
export type MarkInput = z.output<typeof markSchema>;

/** Keys of a scenario. */
export const marginKeys = {
  marginMode: z
    .enum(["cross", "isolated"])
    .optional()
    .describe("All legs of a currency share the wallet, or each leg has a margin of its own. Default: cross."),
  liquidation: z
    .enum(liquidationRuleNames as unknown as [LiquidationRuleName, ...LiquidationRuleName[]])
    .nullable()
    .optional()
    .describe("How a position is closed that its margin no longer covers; null: the run ends as insolvent. Default: the venue's way."),
} as const;
