// Schema of the steps that are done to the session itself: what it hears of bars, what its host's clock shows, and how its
// strategy fails. The venue goes on as its bars say.

import * as z from "zod";

import { absurdities, failingHooks } from "../session/index.ts";
import { at, object, positiveDecimal } from "./schema-values.ts";

const backfill = z.boolean().default(true).describe("Whether the venue tells the bar when it is asked for it.");

const hook = z.enum(failingHooks).default("onBar").describe("The hook that fails.");

const offset = z
  .int()
  .refine((ms) => ms !== 0, { error: "is 0: nothing would change" })
  .refine((ms) => Math.abs(ms) <= 31_536_000_000, { error: "is more than a year" })
  .describe("Milliseconds that the host's clock is ahead from here on, on top of what it was; negative: behind.");

export const feedSteps = [
  object({ do: z.literal("bar_missing").describe("The bar does not come."), at, backfill }),
  object({
    do: z.literal("bar_late").describe("The bar comes late, and nobody has it until then."),
    at,
    ms: z.int().min(1).max(31_536_000_000).optional().describe("How long after its close, ms."),
    bars: z.int().min(1).max(100_000).optional().describe("With the close of the bar so many bars later."),
  }).refine(({ ms, bars }) => (ms === undefined) !== (bars === undefined), { error: "needs ms or bars, one of them", path: ["ms"] }),
  object({ do: z.literal("bar_duplicate").describe("The bar comes twice."), at }),
  object({
    do: z.literal("bar_revised").describe("Behind the bar an earlier one comes again, with other prices."),
    at,
    back: z.int().min(1).max(100_000).default(1).describe("How many bars before it."),
    prices: object({
      open: positiveDecimal.optional().describe("Open."),
      high: positiveDecimal.optional().describe("High."),
      low: positiveDecimal.optional().describe("Low."),
      close: positiveDecimal.optional().describe("Close."),
    })
      .refine((prices) => Object.values(prices).some((price) => price !== undefined), { error: "is empty: one price must change" })
      .describe("The prices that are others now."),
  }),
  object({
    do: z.literal("bar_unfinished").describe("In the middle of the bar a bar is told as if it had closed."),
    at,
    ahead: z.int().min(0).max(100_000).default(0).describe("Which one: 0 the bar itself, 1 the one after it."),
  }),
  object({ do: z.literal("bar_out_of_order").describe("The bar comes behind the next one."), at }),
  object({
    do: z.literal("bar_absurd").describe("The bar comes with numbers that no bar can have."),
    at,
    kind: z.enum(absurdities).describe("Which."),
    backfill,
  }),
  object({
    do: z.literal("feed_gap").describe("At the bar's open the sequence numbers of the feed leap; it is in order again for the last of the bars."),
    at,
    bars: z.int().min(1).max(100_000).default(1).describe("For how many bars."),
  }),
  object({ do: z.literal("clock_step").describe("The host's clock jumps, which is noticed at once."), at, ms: offset }),
  object({ do: z.literal("clock_skew").describe("The host's clock is wrong, which only a comparison with the venue's shows."), at, ms: offset }),
  object({
    do: z.literal("clock_drift").describe("The host's clock runs too fast or too slow from here on."),
    at,
    ppm: z.int().min(-500_000).max(500_000).describe("Millionths that it gains; negative: loses; 0: it runs right again."),
  }),
  object({
    do: z.literal("strategy_throws").describe("A hook of the strategy throws behind its work."),
    at,
    hook,
    times: z.int().min(1).max(100_000).default(1).describe("In how many of its calls, from the bar on."),
  }),
  object({
    do: z.literal("strategy_timed_out").describe("A hook of the strategy does not come back; the watchdog's verdict."),
    at,
    hook,
    call: z.int().min(1).default(1).describe("Which of its calls from the bar on."),
  }),
] as const;

/** What is believed of the feed. */
export const feedSchema = object({
  waitMs: z
    .int()
    .min(0)
    .max(31_536_000_000)
    .optional()
    .describe("How long after its close a bar may come and still be decided on, ms. Default: 10000."),
  priceBand: z
    .number()
    .positive()
    .optional()
    .describe("How far a close may be from the one before, as a share, before the next must confirm it. Default: 0.5."),
}).describe("What the session believes of its feed; it matters only where steps are done to it.");
