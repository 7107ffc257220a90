// Steps about the venue as the plan has them: faults that are counted, and what holds for a time or happens to the account.
// Lengths that the file gives in bars become milliseconds here; what a market's decimals cannot express is refused.

import { parseDecimal, type BarSeries, type Leg } from "../domain/index.ts";
import type { CountedFault, Disturbance } from "../exchange/virtual/index.ts";
import type { SourceDocument } from "./document.ts";
import { valueError } from "./problems.ts";
import { faultSteps } from "./schema-faults.ts";
import type { StepInput } from "./schema-steps.ts";
import { venueSteps } from "./schema-venue-steps.ts";

/** Where a step stands, and the market whose bars it counts. */
export interface StepPlace {
  readonly document: SourceDocument;
  readonly path: readonly PropertyKey[];
  readonly symbol: string;
  readonly series: BarSeries | undefined;
  legOf(given: Leg | undefined): Leg;
}

export type FaultInput = Extract<StepInput, { do: CountedFault["do"] }>;
export type DisturbanceInput = Extract<StepInput, { do: Disturbance["do"] }>;

const faultNames: ReadonlySet<string> = new Set(faultSteps.map(({ shape }) => shape.do.value));
const disturbanceNames: ReadonlySet<string> = new Set(venueSteps.map(({ shape }) => shape.do.value));

export function isFault(input: StepInput): input is FaultInput {
  return faultNames.has(input.do);
}

export function isDisturbance(input: StepInput): input is DisturbanceInput {
  return disturbanceNames.has(input.do);
}

// ---- faults ---------------------------------------------------------------------------------------------------------

export function faultOf(input: FaultInput, place: StepPlace): CountedFault {
  const armed = armedOf(input);
  switch (input.do) {
    case "reject":
    case "reject_cancel":
      return { do: input.do, ...armed, code: input.code ?? null };
    case "lose_cancel_reply":
      return { do: input.do, ...armed, applied: input.applied };
    case "fill_during_cancel":
      return { do: input.do, ...armed, ...(input.told === "fill" ? {} : { told: input.told }) };
    case "partial_fill":
      return { do: input.do, ...armed, share: input.share };
    case "delay_reply":
      return { do: input.do, ...armed, delayMs: lengthOf(place, input.delayMs, input.bars, "delayMs"), timeoutMs: input.timeoutMs };
    case "late_accept":
      return { do: input.do, ...armed, delayMs: lengthOf(place, input.delayMs, input.bars, "delayMs") };
    case "accept_fill_lose_reply":
      return { do: input.do, ...armed, fillTold: input.fillTold };
    case "late_fill":
      return { do: input.do, ...armed, share: input.share, delayMs: lengthOf(place, input.delayMs, input.bars, "delayMs") };
    case "fail_amend":
      return { do: input.do, ...armed, outcome: input.outcome };
    case "drop_message":
      return { do: input.do, ...armed, messages: input.messages ?? null };
    case "duplicate_message": {
      const { copies, newTradeIds, messages = null } = input;
      return { do: input.do, ...armed, messages, copies, delayMs: lengthOf(place, input.delayMs, input.bars, "delayMs", 0), newTradeIds };
    }
    case "delay_message":
      return { do: input.do, ...armed, messages: input.messages ?? null, delayMs: lengthOf(place, input.delayMs, input.bars, "delayMs") };
    case "reorder_messages":
      return { do: input.do, ...armed, messages: input.messages ?? null, withinMs: input.withinMs };
    default:
      return { do: input.do, ...armed };
  }
}

/** With a probability a fault stays for as long as the session lasts, unless its hits are counted. */
function armedOf(input: FaultInput) {
  const { next, probability, family, symbol, at } = input;
  const counted = next ?? (probability === undefined ? 1 : Number.MAX_SAFE_INTEGER);
  return { next: counted, family: family ?? null, symbol: symbol ?? at.symbol ?? null, ...(probability === undefined ? {} : { probability }) };
}

// ---- what holds for a time, and what happens to the account -----------------------------------------------------------

export function disturbanceOf(input: DisturbanceInput, place: StepPlace): Disturbance {
  switch (input.do) {
    case "stream_gap":
    case "venue_status":
    case "lose_authentication":
    case "unreachable":
    case "price_band":
    case "position_cap":
      return conditionOf(input, place);
    case "stale_reads":
      return { do: input.do, endpoint: input.endpoint, lagMs: input.lagMs, lengthMs: timeOf(input, place) };
    case "truncate_reads":
      return { do: input.do, endpoint: input.endpoint, keep: input.keep, admitted: input.admitted, lengthMs: timeOf(input, place) };
    case "fail_reads":
      return { do: input.do, endpoint: input.endpoint, lengthMs: timeOf(input, place) };
    case "venue_restart":
      return { do: input.do, orders: input.orders, ids: input.ids };
    case "change_filters":
      return filtersOf(input, place);
    default:
      return outsideOf(input, place);
  }
}

type ConditionInput = Extract<
  DisturbanceInput,
  { do: "stream_gap" | "venue_status" | "lose_authentication" | "unreachable" | "price_band" | "position_cap" }
>;

function conditionOf(input: ConditionInput, place: StepPlace): Disturbance {
  const symbol = "symbol" in input ? (input.symbol ?? null) : null;
  switch (input.do) {
    case "stream_gap":
      return { do: input.do, symbol, lengthMs: timeOf(input, place), notify: input.notify, pings: input.pings };
    case "venue_status": {
      const open = input.lengthMs === undefined && input.bars === undefined;
      return { do: input.do, symbol, status: input.status, lengthMs: open ? null : timeOf(input, place), notify: input.notify };
    }
    case "lose_authentication":
      return { do: input.do, symbol, lengthMs: timeOf(input, place) };
    case "unreachable":
      return { do: input.do, symbol, arrives: input.arrives, lengthMs: timeOf(input, place) };
    case "price_band":
      return { do: input.do, symbol, share: input.share, lengthMs: timeOf(input, place) };
    default:
      checkDecimals(place, { quantity: input.quantity });
      return { do: input.do, symbol, quantity: input.quantity, lengthMs: timeOf(input, place) };
  }
}

function filtersOf(input: Extract<DisturbanceInput, { do: "change_filters" }>, place: StepPlace): Disturbance {
  const { tick, step, minQuantity, maxQuantity, minNotional } = input;
  checkDecimals(place, { tick, step, minQuantity: minQuantity ?? undefined, maxQuantity: maxQuantity ?? undefined });
  const filters = {
    ...(tick === undefined ? {} : { tick }),
    ...(step === undefined ? {} : { step }),
    ...(minQuantity === undefined ? {} : { minQuantity }),
    ...(maxQuantity === undefined ? {} : { maxQuantity }),
    ...(minNotional === undefined ? {} : { minNotional }),
  };
  return { do: input.do, filters, notify: input.notify };
}

type OutsideInput = Exclude<
  DisturbanceInput,
  ConditionInput | { do: "stale_reads" | "truncate_reads" | "fail_reads" | "venue_restart" | "change_filters" }
>;

function outsideOf(input: OutsideInput, place: StepPlace): Disturbance {
  switch (input.do) {
    case "trade": {
      const { side, quantity, price = null, notify } = input;
      checkDecimals(place, { quantity, price: price ?? undefined });
      return { do: input.do, leg: place.legOf(input.leg), side, quantity, price, notify };
    }
    case "foreign_order": {
      const { side, quantity, price = null, trigger = null, reduceOnly, notify } = input;
      checkDecimals(place, { quantity, price: price ?? undefined, trigger: trigger ?? undefined });
      return { do: input.do, leg: place.legOf(input.leg), side, quantity, price, trigger, reduceOnly, notify };
    }
    case "liquidate":
      checkDecimals(place, { price: input.price });
      return { do: input.do, leg: place.legOf(input.leg), share: input.share ?? null, price: input.price ?? null };
    case "delist":
      checkDecimals(place, { price: input.price });
      return { do: input.do, price: input.price ?? null, notify: input.notify };
    case "void_fill":
      return { do: input.do, family: input.family ?? null };
    case "move_funds":
      return { do: input.do, currency: input.currency, amount: input.amount, text: input.text, notify: input.notify };
    case "freeze_funds":
      return { do: input.do, currency: input.currency, amount: input.amount };
    default:
      return { do: input.do, leverage: input.leverage };
  }
}

// ---- lengths and decimals -------------------------------------------------------------------------------------------

function timeOf({ lengthMs, bars }: { readonly lengthMs?: number | undefined; readonly bars?: number | undefined }, place: StepPlace): number {
  return lengthOf(place, lengthMs, bars, "lengthMs");
}

/** A length in ms, written as such or in bars of the market that the step counts. */
function lengthOf(
  { document, path, series }: StepPlace,
  millis: number | undefined,
  bars: number | undefined,
  key: "lengthMs" | "delayMs",
  fallback?: number,
): number {
  if (millis !== undefined && bars !== undefined)
    throw valueError(document, [...path, "bars"], { code: "bad_length", reason: `has ${key} and bars: one of them` });
  const length = millis ?? (bars === undefined ? fallback : bars * (series?.interval ?? 0));
  if (length === undefined) throw valueError(document, [...path, "do"], { code: "bad_length", reason: `needs ${key} or bars` });
  return length;
}

const priceKeys: ReadonlySet<string> = new Set(["price", "trigger", "tick"]);

/** What the market's decimals cannot express is no price, and no quantity, there. */
function checkDecimals({ document, path, symbol, series }: StepPlace, values: Readonly<Record<string, string | undefined>>): void {
  if (series === undefined) return;
  for (const [key, text] of Object.entries(values)) {
    const scale = priceKeys.has(key) ? series.priceScale : series.quantityScale;
    if (text === undefined || parseDecimal(text).scale <= scale) continue;
    const hint = `at most ${scale}`;
    throw valueError(document, [...path, key], { code: "too_many_decimals", reason: `${text} has more decimals than ${symbol}`, hint });
  }
}
