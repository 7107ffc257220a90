// How bars become fills: plain settings with the honest default. `docs/fill-model.md` explains each with its cost.

import type { Latency } from "./latency.ts";

/** An order of prices that is drawn from the bar alone. */
export type PathName = "adaptive" | "ohlc" | "olhc";

/** The order that leaves the account lower, or higher, at the bar's close. */
export type ExtremePath = "worst" | "best";

export interface FillModel {
  /** The order in which a bar's prices are assumed to have come. @defaultValue "adaptive": the nearer extreme first */
  readonly path: PathName | ExtremePath;
  /**
   * A resting limit needs the price to trade through it by one tick, or to touch it; with a probability, decimal text from "0" to "1", a
   * touch fills it in that share of the bars. @defaultValue "through"
   */
  readonly limit: "through" | "touch" | { readonly probability: string };
  /** Price of a resting limit that the open gaps past; null takes the venue profile's. @defaultValue null */
  readonly gap: "limit" | "open" | null;
  /** A trigger that is crossed on arrival; null takes the venue profile's. @defaultValue null */
  readonly crossedTrigger: "reject" | "fire" | null;
  /** A stop-limit whose trigger is reached becomes a live limit for the rest of the path, or from the next bar on. @defaultValue "rest-of-path" */
  readonly stopLimit: "rest-of-path" | "next-bar";
  /** Share of a bar's volume that our orders may take together, decimal text; null = no cap. @defaultValue "0.1" */
  readonly volumeCap: string | null;
  /** Distance of bid and ask from the bar's price, in basis points of it; null takes the venue profile's. @defaultValue null */
  readonly halfSpreadBp: string | null;
  readonly slippage:
    | { readonly kind: "none" }
    | { readonly kind: "bps"; readonly bps: string }
    | { readonly kind: "ticks"; readonly ticks: number }
    /** base + slope × participation, in bp; refused above `limit` when that is set. */
    | { readonly kind: "volume_share"; readonly baseBps: string; readonly slopeBps: string; readonly limit: string | null };
  /** A life shorter than the bar: fill only if marketable on arrival, or give it the whole bar (optimistic, counted). @defaultValue "exact" */
  readonly timeToLive: "exact" | "whole-bar";
  /** Market orders: at the next open, or at the close of the bar that produced them (optimistic). @defaultValue "next-open" */
  readonly market: "next-open" | "same-bar-close";
  /** Answers in venue order at once, or interleaved by a seed within `deliveryWindow` ms. @defaultValue "immediate" */
  readonly delivery: "immediate" | "seeded";
  /** @defaultValue 1000 */
  readonly deliveryWindow: number;
  /** How long requests and answers take; needs data finer than bars in every market. @defaultValue null: none */
  readonly latency: Latency | null;
  /** When a trading day ends, "HH:MM" UTC: DAY orders expire then, and market-on-close orders fill at the last close before. @defaultValue "00:00" */
  readonly tradingDayEnd: string;
}

/** The honest default. */
export const defaultFillModel: FillModel = {
  path: "adaptive",
  limit: "through",
  gap: null,
  crossedTrigger: null,
  stopLimit: "rest-of-path",
  volumeCap: "0.1",
  halfSpreadBp: null,
  slippage: { kind: "none" },
  timeToLive: "exact",
  market: "next-open",
  delivery: "immediate",
  deliveryWindow: 1_000,
  latency: null,
  tradingDayEnd: "00:00",
};

/** Rows 004-VX-1/2; printed as optimistic wherever it is used. */
export const optimisticFillModel: FillModel = {
  ...defaultFillModel,
  limit: "touch",
  timeToLive: "whole-bar",
  market: "same-bar-close",
  volumeCap: null,
  slippage: { kind: "volume_share", baseBps: "1", slopeBps: "35", limit: "0.15" },
};

/** The bench's conventions: touch, gap at the open, no cap, no slippage, triggers fire, buys before stops before sells (path O-L-H-C). */
export const benchFillModel: FillModel = {
  ...defaultFillModel,
  path: "olhc",
  limit: "touch",
  gap: "open",
  crossedTrigger: "fire",
  volumeCap: null,
  timeToLive: "whole-bar",
};

export const fillPresets: Readonly<Record<string, FillModel>> = { default: defaultFillModel, optimistic: optimisticFillModel, bench: benchFillModel };

/** How long a request and its answer are on their way at most. */
export function longestWay({ delivery, deliveryWindow, latency }: FillModel): number {
  const window = delivery === "seeded" ? deliveryWindow : 0;
  return latency === null ? window : window + Math.max(latency.submitMs, latency.cancelMs) + latency.dataMs + 2 * latency.jitterMs;
}
