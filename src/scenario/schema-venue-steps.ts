// Schema of what a venue does wrong for a time, and of what happens to the account from outside: conditions, streams, reads,
// trades and transfers by others.

import * as z from "zod";

import { endpoints } from "../exchange/virtual/index.ts";
import { at, decimal, family, leg, notNegativeDecimal, object, positiveDecimal, side, symbol } from "./schema-values.ts";

const length = z.int().min(1).max(31_536_000_000);
const lengthMs = length.optional().describe("How long, in ms.");
const bars = z.int().min(1).max(1_000_000).optional().describe("How long, in bars, in the place of lengthMs.");
const timed = { lengthMs, bars };
const everywhere = symbol.optional().describe("Only this market. Default: every one.");
const market = symbol.optional().describe("The market. Default: the symbol in at, else the first market.");
const legOf = leg.optional().describe("Default: NET in one-way mode; needed in hedge mode.");
const share = positiveDecimal.refine((value) => Number(value) <= 1, { error: 'is more than 1: a share is meant, "0.5" is half' });
const notify = z.boolean().default(true).describe("Whether the venue's stream tells the session.");

export const venueSteps = [
  object({
    do: z.literal("stream_gap").describe("A stream says nothing for a while; what happens meanwhile it never tells."),
    at,
    ...timed,
    symbol: everywhere,
    notify: z.boolean().default(true).describe("Whether the session is told when it breaks off and when it is back. false: it only hears nothing."),
    pings: z.boolean().default(false).describe("Without notify: pings go on, so that the silence cannot be heard."),
  }),
  object({
    do: z.literal("venue_status").describe("The venue takes only some requests."),
    at,
    status: z.enum(["trading", "post_only", "limit_only", "cancel_only", "maintenance"]).describe("Which orders it takes."),
    ...timed,
    symbol: everywhere,
    notify,
  }),
  object({ do: z.literal("lose_authentication").describe("The key is not accepted any more, for whatever request."), at, ...timed }),
  object({
    do: z.literal("unreachable").describe("A firewall, a proxy or nobody answers the session's requests."),
    at,
    ...timed,
    arrives: z.boolean().default(false).describe("Whether orders, cancels and amendments arrive all the same."),
  }),
  object({
    do: z.literal("price_band").describe("Limits too far from the last price are refused."),
    at,
    share: share.describe("How far, as a share of the last price."),
    ...timed,
    symbol: everywhere,
  }),
  object({
    do: z.literal("position_cap").describe("Orders that could take a position beyond a quantity are refused."),
    at,
    quantity: positiveDecimal.describe("The largest position."),
    ...timed,
    symbol: everywhere,
  }),
  object({
    do: z.literal("stale_reads").describe("Answers to questions are of the venue as it stood before."),
    at,
    endpoint: z.enum(endpoints).describe("Which questions."),
    lagMs: length.describe("How long before, in ms."),
    ...timed,
  }),
  object({
    do: z.literal("truncate_reads").describe("A list is told with rows missing."),
    at,
    endpoint: z.enum(["open_orders", "fills"]).describe("Which list."),
    keep: z.int().min(0).describe("Rows that it has."),
    admitted: z.boolean().default(true).describe("Whether the venue says that there are more."),
    ...timed,
  }),
  object({ do: z.literal("fail_reads").describe("Questions get no answer."), at, endpoint: z.enum(endpoints).describe("Which ones."), ...timed }),
  object({
    do: z.literal("venue_restart").describe("The matching engine starts anew; the streams break off for that moment."),
    at,
    orders: z.enum(["kept", "wiped"]).default("kept").describe("What became of the open orders."),
    ids: z.enum(["kept", "reset"]).default("kept").describe("Whether the venue's own order ids begin at the first again."),
  }),
  object({
    do: z.literal("change_filters").describe("The market's filters are others from now on."),
    at,
    symbol: market,
    tick: positiveDecimal.optional().describe("A multiple of the smallest price unit of the bars."),
    step: positiveDecimal.optional().describe("A multiple of the smallest quantity unit of the bars."),
    minQuantity: positiveDecimal.nullable().optional().describe("null: none."),
    maxQuantity: positiveDecimal.nullable().optional().describe("null: none."),
    minNotional: positiveDecimal.nullable().optional().describe("null: none."),
    notify: z.boolean().default(false).describe("Whether the venue tells them unasked."),
  }),
  object({
    do: z.literal("trade").describe("A trade by hand on the account, before the bar's open: opens, closes or turns a position."),
    at,
    symbol: market,
    leg: legOf,
    side: side.describe("buy or sell."),
    quantity: positiveDecimal.describe("How much."),
    price: positiveDecimal.optional().describe("Default: the last price."),
    notify,
  }),
  object({
    do: z.literal("foreign_order").describe("Somebody else places an order on the account. It lives and fills like every other one."),
    at,
    symbol: market,
    leg: legOf,
    side: side.describe("buy or sell."),
    quantity: positiveDecimal.describe("How much."),
    price: positiveDecimal.optional().describe("Its limit; without one a market order."),
    trigger: positiveDecimal.optional().describe("Its trigger, if it waits for one."),
    reduceOnly: z.boolean().default(false).describe("Whether it may only shrink the position."),
    notify,
  }),
  object({
    do: z.literal("liquidate").describe("The venue liquidates a position at a price, whatever its margin."),
    at,
    symbol: market,
    leg: legOf,
    share: share.optional().describe("Share of what is open. Default: all."),
    price: positiveDecimal.optional().describe("Default: the last price."),
  }),
  object({
    do: z.literal("delist").describe("The market is taken off the venue: its orders end, positions are settled at a price."),
    at,
    symbol: market,
    price: positiveDecimal.optional().describe("Of the settlement. Default: the last price."),
    notify,
  }),
  object({
    do: z.literal("void_fill").describe("The venue takes back the newest trade of this session's orders on the market."),
    at,
    symbol: market,
    family: family.optional().describe("Only of orders of this family."),
  }),
  object({
    do: z.literal("move_funds").describe("Money comes to the account or leaves it: a transfer, interest, a conversion of dust."),
    at,
    currency: z.string().min(1).describe("Of the amount."),
    amount: decimal.describe("Negative: it leaves."),
    text: z.string().max(200).default("transfer").describe("What for."),
    notify,
  }),
  object({
    do: z.literal("freeze_funds").describe("The venue freezes a part of the balance."),
    at,
    currency: z.string().min(1).describe("Of the amount."),
    amount: notNegativeDecimal.describe('So much from now on; "0" frees it.'),
  }),
  object({
    do: z.literal("set_leverage").describe("The account's leverage is changed, outside this session."),
    at,
    leverage: z.int().min(1).max(1_000).describe("The new leverage."),
  }),
] as const;
