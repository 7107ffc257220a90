// The words that every part of a scenario's schema is made of: exact decimals, instants, counts, enumerations and
// strict objects whose complaint names the nearest known key. Nothing here knows a scenario's fields.

import * as z from "zod";

import {
  nearestKey,
  parseDecimal,
  printDecimal,
  type Family,
  type Leg,
  type Liquidity,
  type OrderType,
  type RowStatus,
  type Side,
} from "../domain/index.ts";
import { parseInstant } from "./instant.ts";

/** A strict object: an unknown key is refused, and the issue's message is the hint for it. */
export function object<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => (issue.code === "unrecognized_keys" ? keyHint(String((issue["keys"] as string[])[0]), known) : undefined),
  });
}

/** "did you mean …?", or the whole list when nothing is near. */
export function keyHint(word: string, known: readonly string[]): string {
  const near = nearestKey(word, known);
  if (near !== null) return `did you mean "${near}"?`;
  const shown = known.slice(0, 20).join(", ");
  return `known here: ${shown}${known.length > 20 ? ", …" : ""}`;
}

const decimalText = /^[+-]?(?:\d{1,16}(?:\.\d{0,18})?|\.\d{1,18})$/;
/** What people write for a decimal, and what to write instead. */
function decimalError({ input }: { readonly input?: unknown }): string {
  const text = typeof input === "string" ? input : "";
  if (/^[+-]?[\d.]+\s*%$/.test(text)) return 'is a percentage: write a share, 10 % as "0.1"';
  return text.includes(",") ? 'has a comma: write it as "1234.56"' : 'is not a decimal number: write it as "12.34"';
}

const decimalInput = z.union([z.string().regex(decimalText, { error: decimalError }), z.number().min(-1e16).max(1e16)], { error: decimalError });

/** A decimal as text, or as a number short enough to be exact; out comes the minimal text. */
export const decimal = decimalInput.transform((value) => printDecimal(parseDecimal(String(value)))).meta({ id: "decimal" });

export const positiveDecimal = decimal
  .refine((text) => parseDecimal(text).units > 0n, { error: "must be greater than zero" })
  .meta({ id: "positiveDecimal" });

export const notNegativeDecimal = decimal
  .refine((text) => parseDecimal(text).units >= 0n, { error: "must not be negative" })
  .meta({ id: "notNegativeDecimal" });

const decimalBounds = object({
  min: decimal.optional().describe("Smallest value that passes."),
  max: decimal.optional().describe("Largest value that passes."),
}).refine((range) => range.min !== undefined || range.max !== undefined, { error: "needs min, max or both" });

/** An exact decimal to equal, or bounds to lie within (both included). */
export const decimalMatch = z
  .union([decimal, decimalBounds], { error: 'is neither a decimal number ("12.34") nor bounds {"min": …, "max": …}' })
  .meta({ id: "decimalMatch" });
export type DecimalMatch = z.output<typeof decimalMatch>;

const wholeBounds = object({
  min: z.int().min(-1).optional().describe("Smallest number that passes."),
  max: z.int().min(-1).optional().describe("Largest number that passes."),
}).refine((range) => range.min !== undefined || range.max !== undefined, { error: "needs min, max or both" });

/** A whole number from -1 (the bar before the first) to equal, or bounds to lie within (both included). */
export const integerMatch = z
  .union([z.int().min(-1), wholeBounds], { error: 'is neither a whole number nor bounds {"min": …, "max": …}' })
  .meta({ id: "integerMatch" });
export type IntegerMatch = z.output<typeof integerMatch>;

/** ISO 8601 in UTC or with an offset, or epoch milliseconds; out come epoch milliseconds. */
export const instant = z
  .union([z.string(), z.int().min(0)], { error: "is neither an ISO time nor epoch milliseconds" })
  .transform((value, ctx) => {
    const millis = typeof value === "number" ? value : parseInstant(value);
    if (millis !== null) return millis;
    ctx.issues.push({ code: "custom", message: 'is not a time: write "2025-01-01T00:00:00Z"', input: value });
    return z.NEVER;
  })
  .meta({ id: "instant" });

export const timeframe = z
  .string()
  .regex(/^[1-9]\d{0,3}[smhdw]$/, { error: "is not a timeframe: write 1m, 5m, 1h or 1d" })
  .meta({ id: "timeframe" });

/** A ccxt unified symbol: BASE/QUOTE of a spot market, BASE/QUOTE:SETTLE of a swap. */
export const symbol = z
  .string()
  .regex(/^[^\s/:]{1,20}\/[^\s/:]{1,20}(?::[^\s/:]{1,20})?$/, { error: 'is not a symbol: write "BTC/USDT" or "BTC/USDT:USDT"' })
  .meta({ id: "symbol" });

// Records force each list to be complete: a new word of the domain is a compile error here.
const familyWords: Record<Family, true> = {
  entry: true,
  dca: true,
  tp: true,
  sl: true,
  partial: true,
  close: true,
  revert: true,
  liquidation: true,
  operator: true,
};
const orderTypeWords: Record<OrderType, true> = {
  market: true,
  limit: true,
  stop_market: true,
  stop_limit: true,
  take_profit_market: true,
  take_profit_limit: true,
  trailing_stop: true,
  market_on_close: true,
};
const statusWords: Record<RowStatus, true> = {
  NEW: true,
  SUBMITTED: true,
  PARTIAL: true,
  FILLED: true,
  CANCELED: true,
  EXPIRED: true,
  REJECTED: true,
  UNKNOWN: true,
  NEVER_ARRIVED: true,
  QUARANTINED: true,
  SKIPPED: true,
  SYNCED: true,
  REVERTED: true,
};
const legWords: Record<Leg, true> = { LONG: true, SHORT: true, NET: true };
const sideWords: Record<Side, true> = { buy: true, sell: true };
const liquidityWords: Record<Liquidity, true> = { maker: true, taker: true };

function words<Word extends string>(id: string, record: Record<Word, true>) {
  return z.enum(Object.keys(record) as [Word, ...Word[]]).meta({ id });
}

export const family = words("family", familyWords);
export const orderType = words("orderType", orderTypeWords);
export const rowStatus = words("rowStatus", statusWords);
export const leg = words("leg", legWords);
export const side = words("side", sideWords);
export const liquidity = words("liquidity", liquidityWords);

/** When a step is done. */
export const at = object({
  bar: z.int().min(0).describe("0-based row in the symbol's finest series; the step takes effect before that bar's open."),
  symbol: symbol.optional().describe("Whose bars are counted. Default: the step's symbol, else the first market."),
}).describe("When.");
