// Schema of the steps that hit requests and messages and are counted as they do: what becomes of an order, a cancel, an
// amendment, or of what the venue says.

import * as z from "zod";

import { messageKinds } from "../exchange/virtual/index.ts";
import { at, decimal, family, object, positiveDecimal, symbol } from "./schema-values.ts";

export const probability = decimal.transform(Number).refine((chance) => chance >= 0 && chance <= 1, { error: "is not between 0 and 1" });

export const code = z
  .union([z.string().min(1), z.int()], { error: 'is no venue code: write "-2010"' })
  .transform(String)
  .nullable()
  .optional()
  .describe("The venue's error code. Default: the profile's.");

/** What every armed fault has: how often, and which orders. */
const armed = {
  at,
  next: z.int().min(1).optional().describe("How many it hits, counted from its bar on. Default: 1; with a probability, no end."),
  probability: probability.optional().describe("Each that matches is hit with this probability only, from the seed."),
  family: family.optional().describe("Only orders of this family. Default: every one."),
  symbol: symbol.optional().describe("Only this market. Default: the symbol in at, else any."),
};

const share = positiveDecimal.refine((value) => Number(value) < 1, { error: "is not a share between 0 and 1" });

const length = z.int().min(0).max(31_536_000_000);
/** How long: in ms, or in bars of the market whose bars are counted. */
const delay = {
  delayMs: length.optional().describe("How long, in ms."),
  bars: z.int().min(0).max(1_000_000).optional().describe("How long, in bars, in the place of delayMs."),
};

const messages = z
  .array(z.enum(messageKinds))
  .min(1)
  .optional()
  .describe(
    "Which messages: ack, rejection, fill, cancel, expiry, amendment, position, liquidation, funding, funds, status, void. Default: every one.",
  );

export const faultSteps = [
  object({ do: z.literal("reject").describe("Arriving orders are rejected."), ...armed, code }),
  object({ do: z.literal("lose_reply").describe("The order is accepted and its reply is lost."), ...armed }),
  object({ do: z.literal("lose_request").describe("The order never arrives, and nobody says so."), ...armed }),
  object({ do: z.literal("reject_cancel").describe("A cancel is answered with an error and the order stays."), ...armed, code }),
  object({
    do: z.literal("lose_cancel_reply").describe("A cancel's answer is lost."),
    ...armed,
    applied: z.boolean().default(true).describe("Whether the cancel happened all the same."),
  }),
  object({
    do: z.literal("fill_during_cancel").describe("The order fills completely just before its cancel arrives."),
    ...armed,
    told: z.enum(["fill", "refusal"]).default("fill").describe("What is told first: the fill, or that the cancel came too late."),
  }),
  object({
    do: z.literal("partial_fill").describe("The next fill of an order takes only a share of what is left."),
    ...armed,
    share: share.describe('Share of what is left, more than 0 and less than 1: "0.4".'),
  }),
  object({
    do: z.literal("delay_reply").describe("The order is accepted, and its acknowledgement comes late."),
    ...armed,
    ...delay,
    timeoutMs: length.default(10_000).describe("How long the client waits before the outcome is unknown to it."),
  }),
  object({
    do: z.literal("late_accept").describe("The client gives up, and later the venue takes the order up that it had held back."),
    ...armed,
    ...delay,
  }),
  object({
    do: z
      .literal("accept_fill_lose_reply")
      .describe("The order is accepted and filled whole at once, at its limit or the market, and the reply is lost."),
    ...armed,
    fillTold: z.boolean().default(false).describe("Whether the stream tells the fill."),
  }),
  object({ do: z.literal("fill_before_ack").describe("The acknowledgement is told behind the order's first fill, or its end."), ...armed }),
  object({ do: z.literal("repeat_request").describe("The request arrives twice, as when a proxy or a client library sends it again."), ...armed }),
  object({ do: z.literal("keep_after_cancel").describe("The cancel is confirmed, and the order stays in the book."), ...armed }),
  object({
    do: z.literal("late_fill").describe("The cancel is confirmed as if nothing more had filled; a fill from just before it is told later."),
    ...armed,
    share: positiveDecimal
      .refine((value) => Number(value) <= 1, { error: "is more than 1: a share is meant" })
      .default("1")
      .describe("Share of what is left that had filled."),
    ...delay,
  }),
  object({
    do: z.literal("fail_amend").describe("An amendment goes wrong."),
    ...armed,
    outcome: z
      .enum(["rejected", "half", "lost", "lost_applied"])
      .describe(
        "rejected: the order stands; half: it was canceled, and what should take its place refused; lost, lost_applied: no answer, and it was not, was, applied.",
      ),
  }),
  object({ do: z.literal("renumber_on_trigger").describe("A stop that is triggered goes on under another id at the venue."), ...armed }),
  object({ do: z.literal("drop_message").describe("Messages are lost."), ...armed, messages }),
  object({
    do: z.literal("duplicate_message").describe("Messages are told again."),
    ...armed,
    messages,
    copies: z.int().min(1).max(100).default(1).describe("How often again."),
    ...delay,
    newTradeIds: z.boolean().default(false).describe("Whether each copy of a fill comes with another trade id."),
  }),
  object({ do: z.literal("delay_message").describe("Messages come late."), ...armed, messages, ...delay }),
  object({
    do: z.literal("reorder_messages").describe("Each message is held for a time drawn from the seed: they overtake each other."),
    ...armed,
    messages,
    withinMs: length.describe("The longest that one is held, in ms."),
  }),
  object({ do: z.literal("blank_trade_id").describe("Fills come without a trade id."), ...armed }),
] as const;
