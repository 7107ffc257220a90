// Schema of a scenario's steps: what happens to the venue, to the operator's desk and to the account, at which bar.

import * as z from "zod";

import { code, faultSteps } from "./schema-faults.ts";
import { feedSteps } from "./schema-feed-steps.ts";
import { processSteps } from "./schema-process-steps.ts";
import { at, decimal, leg, object, positiveDecimal, symbol } from "./schema-values.ts";
import { venueSteps } from "./schema-venue-steps.ts";

const millis = z.int().min(1).max(31_536_000_000);

const text = z.string().max(200).default("").describe("The operator's reason, kept in the journal.");

const probability = decimal.transform(Number).refine((share) => share >= 0 && share <= 1, { error: "is not between 0 and 1" });

export const stepSchema = z.discriminatedUnion("do", [
  ...faultSteps,
  object({
    do: z.literal("reject_probability").describe("From this bar on each arriving order is rejected with a probability, from the seed."),
    at,
    probability: probability.describe("0 to 1."),
    code,
  }),
  object({ do: z.literal("stop_new_orders").describe("The operator's stop file: nothing that increases risk."), at, text }),
  ...processSteps,
  object({ do: z.literal("resume").describe("Ends stop_new_orders and kill."), at, text }),
  object({ do: z.literal("halt").describe("The operator ends the session."), at, text }),
  object({
    do: z.literal("close_position").describe("A manual trade on the account, outside this session, before the bar's open at the last price."),
    at,
    symbol: symbol.optional().describe("The market. Default: the symbol in at, else the first market."),
    leg: leg.optional().describe("Default: NET in one-way mode; needed in hedge mode."),
    quantity: positiveDecimal.nullable().default(null).describe("How much of it; null closes all."),
    notify: z.boolean().default(true).describe("Whether the venue's stream tells the session."),
  }),
  object({
    do: z.literal("set_position_mode").describe("The position mode is changed on the account, outside this session."),
    at,
    mode: z.enum(["one_way", "hedge"]).describe("The new mode."),
  }),
  object({
    do: z.literal("rate_limit").describe("For a while the venue takes fewer requests than its profile says; on a venue without limits too."),
    at,
    limit: z.int().min(1).describe("Requests, of whatever kind, that it takes in each interval."),
    intervalMs: millis.default(60_000).describe("Length of an interval, in ms; intervals begin at multiples of it."),
    lengthMs: millis.describe("How long this holds, in ms."),
    forgiven: z
      .int()
      .min(0)
      .optional()
      .describe("Requests before the named time that are forgiven; the next one is a ban. Default: as the venue does; one without bans never bans."),
  }),
  object({
    do: z.literal("ban").describe("The venue turns every request away, as after too many of them."),
    at,
    lengthMs: millis.describe("How long, in ms."),
  }),
  object({
    do: z
      .literal("adl")
      .describe("Auto-deleveraging: the venue closes a position against a bankrupt counterparty, before the bar's open, without an order."),
    at,
    symbol: symbol.optional().describe("The market. Default: the symbol in at, else the first market."),
    leg: leg.optional().describe("Default: NET in one-way mode; needed in hedge mode."),
    quantity: positiveDecimal.optional().describe("How much of it. Default: all, or the share."),
    share: positiveDecimal
      .refine((value) => Number(value) <= 1, { error: 'is more than 1: a share is meant, "0.5" is half' })
      .optional()
      .describe("Share of what is open, instead of a quantity."),
    price: positiveDecimal.optional().describe("The counterparty's bankruptcy price. Default: the last price."),
  }).refine((step) => step.quantity === undefined || step.share === undefined, { error: "has a quantity and a share: one of them", path: ["share"] }),
  ...feedSteps,
  ...venueSteps,
]);
export type StepInput = z.output<typeof stepSchema>;
