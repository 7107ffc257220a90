// Schema of a scenario file: the whole of it, put together from its parts. It checks shapes; what needs other files,
// the venue's profile or the strategy is checked by the loader.

import * as z from "zod";

import { venueProfiles } from "../exchange/virtual/index.ts";
import { builtinStrategies } from "../strategy/index.ts";
import { expectationSchema } from "./schema-expect.ts";
import { feedSchema } from "./schema-feed-steps.ts";
import { marketSchema } from "./schema-market.ts";
import { marginKeys } from "./schema-perpetual.ts";
import { stepSchema } from "./schema-steps.ts";
import { decimal, leg, notNegativeDecimal, object, positiveDecimal, symbol } from "./schema-values.ts";

const bps = notNegativeDecimal.refine((value) => Number(value) < 10_000, { error: "is 100 % or more: basis points are meant" });
const share = positiveDecimal.refine((value) => Number(value) <= 1, { error: 'is more than 1: a share is meant, "0.1" is 10 %' });
const chance = notNegativeDecimal.refine((value) => Number(value) <= 1, { error: 'is more than 1: a probability is meant, "0.3"' });

const slippageSchema = z.discriminatedUnion("kind", [
  object({ kind: z.literal("none").describe("No slippage.") }),
  object({ kind: z.literal("bps").describe("A fixed share of the price."), bps: bps.describe("Basis points of the price.") }),
  object({ kind: z.literal("ticks").describe("A fixed number of ticks."), ticks: z.int().min(0).max(1_000_000).describe("Ticks.") }),
  object({
    kind: z.literal("volume_share").describe("More for a larger share of the bar's volume."),
    baseBps: bps.describe("Basis points at no participation."),
    slopeBps: notNegativeDecimal.describe("Basis points more at full participation, in proportion below."),
    limit: share.nullable().default(null).describe("Refused above this participation; null never refuses."),
  }),
]);

const millis = z.int().min(0).max(600_000).default(0);

export const presetSchema = z.enum(["default", "optimistic", "bench"]);
export const notFillSettings = "is neither a preset (default, optimistic, bench) nor an object of settings";

/** Settings over a preset; an absent one keeps the preset's value. Names and meanings as in docs/fill-model.md. */
export const fillSettings = object({
  preset: presetSchema.optional().describe("What the settings start from. Default: default, the honest one."),
  path: z
    .enum(["adaptive", "ohlc", "olhc", "worst", "best", "envelope"])
    .optional()
    .describe(
      "Order of the prices inside a bar; worst, best: the order that leaves the account lower, higher at the bar's close; envelope: adaptive, and beside it the best and the worst that other orders allow.",
    ),
  envelopeBudget: z
    .int()
    .min(0)
    .optional()
    .describe("With envelope: bars that the other worlds may take together. Default: 100000, or 2.5 times the bars."),
  limit: z
    .union([z.enum(["through", "touch"]), object({ probability: chance.describe("Share of the bars in which a touch is enough.") })], {
      error: 'is neither "through", "touch" nor {"probability": "0.3"}',
    })
    .optional()
    .describe("A resting limit needs the price to trade through it by one tick, or to touch it; with a probability, a touch is enough in some bars."),
  gap: z.enum(["limit", "open"]).nullable().optional().describe("Price of a resting limit that the open gaps past; null: the venue's way."),
  crossedTrigger: z.enum(["reject", "fire"]).nullable().optional().describe("A trigger that is crossed on arrival; null: the venue's way."),
  stopLimit: z.enum(["rest-of-path", "next-bar"]).optional().describe("From when on a triggered stop-limit's limit lives."),
  volumeCap: share.nullable().optional().describe('Share of a bar\'s volume that our orders may take: "0.1"; null: no cap.'),
  halfSpreadBp: bps.nullable().optional().describe("Distance of bid and ask from the bar's price, in basis points; null: the venue's."),
  slippage: slippageSchema.optional().describe("How much worse than the touch a taker fills."),
  timeToLive: z
    .enum(["exact", "whole-bar"])
    .optional()
    .describe("A life shorter than the bar: only if marketable on arrival, or the whole bar (optimistic)."),
  market: z.enum(["next-open", "same-bar-close"]).optional().describe("When a market order fills; same-bar-close is optimistic."),
  delivery: z.enum(["immediate", "seeded"]).optional().describe("Answers at once, or interleaved by the seed."),
  deliveryWindow: z.int().min(0).max(3_600_000).optional().describe("Longest delay of a seeded answer, in ms."),
  latency: object({
    submitMs: millis.describe("From the sending of an order or an amendment to its arrival at the venue."),
    cancelMs: millis.describe("From the sending of a cancel to its arrival."),
    dataMs: millis.describe("From an event at the venue to its being heard."),
    jitterMs: millis.describe("Up to this much on top of each, drawn from the seed."),
  })
    .nullable()
    .optional()
    .describe("How long requests and answers take, in ms; needs finer data inside the bars of every market. null: no time."),
  tradingDayEnd: z
    .string()
    .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, { error: 'is no time of day: write "21:00"' })
    .optional()
    .describe("UTC time at which a trading day ends: DAY orders expire, market-on-close orders fill at the last close before."),
}).refine(({ path, envelopeBudget }) => envelopeBudget === undefined || path === "envelope", {
  error: 'says nothing without "path": "envelope"',
  path: ["envelopeBudget"],
});

const limit = z.number().positive().nullable().optional();

const runnerSchema = object({
  topN: z.int().min(1).nullable().optional().describe("Markets that may hold or seek an entry at the same instant; null: all."),
  fallback: object({
    onReject: z.boolean().optional().describe("After a rejected limit. Default: false."),
    onTimeout: z.boolean().optional().describe("After a limit's time to live. Default: false."),
  })
    .optional()
    .describe("The operator's permission for market fallbacks, needed beside the policy's and the intent's."),
  runnerNotional: limit.describe("Notional of one order for runner_notional sizing, in the settlement currency."),
  cancelConfirmMs: z.int().min(0).optional().describe("After a cancel request, ms until its silence counts as not confirmed."),
  queryIntervalMs: z.int().min(1).optional().describe("Between queries of an unknown outcome, ms."),
  absence: object({
    validityWindowMs: z.int().min(0).describe("How long after it was sent the venue still takes a request."),
    engineTimeoutMs: z.int().min(0).describe("How long its engine may work at one."),
    lagMarginMs: z.int().min(1).describe("How far its answers may lag behind."),
  })
    .nullable()
    .optional()
    .describe(
      "Times after which an order that the venue does not find can be proven absent, ms. Null: the venue names none, such an order is quarantined. Default: what the venue's profile says.",
    ),
  limits: object({
    maxOrderNotional: limit.describe("Largest value of one order."),
    maxPositionNotional: limit.describe("Largest value of one position."),
    maxOpenOrders: z.int().min(1).nullable().optional().describe("Most open orders."),
    maxOrdersPerMinute: z.int().min(1).nullable().optional().describe("Most orders a minute."),
  })
    .optional()
    .describe("The operator's caps; null or absent: none."),
  strategyErrors: z
    .enum(["halt", "lock"])
    .optional()
    .describe("What a strategy's hook that throws does: halt ends the session, lock drops that decision and goes on. Default: halt."),
  strategyErrorsMax: z
    .int()
    .min(1)
    .optional()
    .describe("With lock: failures of a hook in a row after which the strategy may increase no risk. Default: 3."),
  churn: object({
    roundTripsMax: z.int().min(2).describe("Round trips of a leg in a row of which none gained anything."),
    roundTripBars: z.number().positive().describe("They are a loop where they took no more bars each, on average."),
    refusalsMax: z.int().min(2).describe("Orders that increase risk on a market, turned away in a row."),
  })
    .nullable()
    .optional()
    .describe("Loops that gain nothing: they lock what increases risk on their market until 'resume'. Null: nobody looks. Default: 20, 3, 180."),
  intentsMax: z
    .int()
    .min(1)
    .optional()
    .describe("Intents that a strategy may ask for at one instant; one more is an error of the strategy. Default: 1000."),
  foreignOrders: z
    .enum(["block", "ignore"])
    .optional()
    .describe("Orders on the account that are not ours, found after a silence: whether they hold back what increases risk. Default: block."),
  clockOffsetMaxMs: z.int().min(0).optional().describe("How far the venue's clock may differ before data counts as stale, in ms. Default: 1000."),
  leverage: z
    .int()
    .min(1)
    .nullable()
    .optional()
    .describe("Leverage that the account is meant to have; another one holds back what increases risk. Default: null, whatever it has."),
  positionCheckMs: z
    .int()
    .min(1_000)
    .nullable()
    .optional()
    .describe("Between looks at the venue's positions, in ms: two that differ from the book alike call for a comparison. Default: null, none."),
  minOrderNotional: z.number().min(0).optional().describe("Floor of one order's value in the settlement currency, beside the venue's own."),
});

const openOrdersError = "must be empty in this version: no order stands at the venue before the first bar, the strategy places its own";

const bootSchema = object({
  balances: z
    .record(z.string().regex(/^[^\s/:]{1,20}$/, { error: "is no currency" }), notNegativeDecimal)
    .refine((balances) => Object.keys(balances).length > 0, { error: 'is empty: write {"USDC": "1000"}' })
    .describe('Free balances before the first bar: {"USDC": "1000"}.'),
  positions: z
    .array(
      object({
        symbol: symbol.describe("The market."),
        leg: leg.optional().describe("Default: NET in one-way mode; needed in hedge mode."),
        quantity: decimal.refine((text) => text !== "0", { error: "is zero" }).describe("Signed: negative on a SHORT leg."),
        entryPrice: positiveDecimal.describe("Average entry."),
      }),
    )
    .default([])
    .describe("Positions held before the first bar."),
  openOrders: z
    .array(z.unknown())
    .refine((list) => list.length === 0, { error: openOrdersError })
    .default([])
    .meta({ maxItems: 0 })
    .describe("Only the empty list: a session starts without orders at the venue, the strategy places them."),
});

const venueRulesSchema = object({
  idempotency: z
    .enum(["I0", "I1", "I2", "I3"])
    .optional()
    .describe("Until when a client order id must not come again: I0 it may at once, I1 while an order with it is open, I2 for a while, I3 for ever."),
  idempotencyWindowMs: z.int().min(1).optional().describe("How long I2 remembers, in ms. Default: 600000."),
  amend: z
    .enum(["keep_id", "cancel_replace", "none"])
    .optional()
    .describe("How an amendment is done: in place, by a new order under the old id, or not."),
});

const streamsSchema = object({
  maxSilenceMs: z
    .int()
    .min(1)
    .optional()
    .describe("A stream that has said nothing for so long, pings included, is dead and opened anew. Default: 180000."),
  renewEveryMs: z.int().min(1).nullable().optional().describe("Streams are opened anew this often, whatever they say. Default: null, never."),
});

export const scenarioSchema = object({
  $schema: z.string().optional().describe("Path of this schema, for editors."),
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,79}$/, { error: "is no name: letters, digits, space, dot, dash and underscore, at most 80" })
    .describe("Name of the scenario; reports are filed under it."),
  why: z.string().max(2_000).default("").describe("What the scenario proves, in a sentence."),
  seed: z.int().min(0).default(1).describe("Everything random in the run follows from it."),
  venue: z
    .string()
    .default("generic")
    .describe(`Venue profile: ${Object.keys(venueProfiles).join(", ")}.`),
  venueRules: venueRulesSchema.optional().describe("Where the venue differs from its profile."),
  streams: streamsSchema.optional().describe("How the session watches its streams."),
  positionMode: z.enum(["one_way", "one-way", "hedge"]).default("one_way").describe("One net position a market, or a LONG and a SHORT leg."),
  leverage: z.int().min(1).max(1_000).optional().describe("Leverage of margin markets. Default: the venue's."),
  ...marginKeys,
  requestLimits: z
    .boolean()
    .optional()
    .describe("Whether the venue's limits on requests are watched: weights, 429, bans. Default: true; a profile without limits has none."),
  markets: z.array(marketSchema).min(1).max(64).describe("The markets of the session, finest bars first in each."),
  boot: bootSchema.describe("The account before the first bar."),
  strategy: object({
    use: z
      .string()
      .min(1)
      .describe(`A built-in (${Object.keys(builtinStrategies).join(", ")}) or a path to a .ts or .js file, relative to the scenario file.`),
    params: z.record(z.string(), z.unknown()).default({}).describe("The strategy's parameters; its defaults say which there are."),
  }).describe("Who trades."),
  fill: z
    .union([presetSchema, fillSettings], { error: notFillSettings })
    .default("default")
    .describe("How bars become fills: a preset, or settings over one."),
  runner: runnerSchema.default({}).describe("Settings of the runner that are not the strategy's."),
  feed: feedSchema.optional(),
  steps: z.array(stepSchema).default([]).describe("Faults, operator commands and changes from outside."),
  expect: z.array(expectationSchema).default([]).describe("What must be found in the journal afterwards."),
});
export type ScenarioInput = z.output<typeof scenarioSchema>;
export type FillInput = z.output<typeof fillSettings>;

/** The JSON Schema (draft 2020-12) of scenario files, as published in scenarios/scenario.schema.json. */
export function scenarioJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(scenarioSchema, { io: "input", target: "draft-2020-12" });
  return { ...schema, title: "Seatrial scenario", description: "A scenario that seatrial simulate runs and judges. docs/scenarios.md explains it." };
}
