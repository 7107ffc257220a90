// What a fill lost against the price that was asked for, and what it was expected to lose. Adverse is positive: a buy that pays
// more, a sell that gets less (row 004-SL-1). Differences of prices are exact; basis points and predictions are float64.

import { adverseSlipBp, parseDecimal, printDecimal, type OrderType } from "../../domain/index.ts";
import type { FillFacts, SlippageAssumption, SlippageModel } from "./facts.ts";

/** A fill that can be held against a prediction. */
export interface SlippedFill {
  readonly fill: FillFacts;
  /** Price units, exact. */
  readonly actual: string;
  readonly actualBp: number;
  /** Price units. */
  readonly predicted: number;
  readonly predictedBp: number;
  /** `order`: it came with the order, as a route's does. `model`: the fill model says it. */
  readonly basis: "order" | "model";
  /** What spread and slippage alone took, in bp: against the price at arrival where that is known, else as `actualBp`. */
  readonly takenBp: number;
  /** Its quantity as a share of its bar's volume; null where that is not known. */
  readonly participation: number | null;
  /** One tick of its market, in bp; 0 where that is not known. */
  readonly tickBp: number;
}

/** Why a fill is not held against anything. */
export const leftOutReasons = {
  requested: "nobody knows at which price it was asked for",
  limit: "a limit order pays its own price or a better one",
  prediction: "nothing says what it was to lose",
} as const;
export type LeftOut = keyof typeof leftOutReasons;

const limited: ReadonlySet<OrderType> = new Set<OrderType>(["limit", "stop_limit", "take_profit_limit"]);

/**
 * @param assumption what predicts where nothing came with the order; null = nothing does
 * @param usualTickBp a tick of this market for all of its fills, in bp: a model that says the same of each must not seem to vary
 * with the price. @defaultValue the tick at this price
 */
export function slippageOf(fill: FillFacts, assumption: SlippageAssumption | null, usualTickBp?: number): SlippedFill | LeftOut {
  const { side, requested, arrival, predicted } = fill;
  if (requested === null) return "requested";
  const asked = Number(requested);
  const participation = participationOf(fill);
  const actualBp = adverseSlipBp(side, asked, Number(fill.price));
  const takenBp = arrival === null ? actualBp : adverseSlipBp(side, Number(arrival), Number(fill.price));
  const tickBp = tickBpOf(fill, assumption) ?? 0;
  const facts = { tickBp, fill, actual: adverseDifference(fill, requested), actualBp, takenBp, participation };
  if (predicted !== null) return { ...facts, predicted, predictedBp: (predicted / asked) * 10_000, basis: "order" };
  if ((fill.type !== null && limited.has(fill.type)) || fill.liquidity === "maker") return "limit";
  const predictedBp = assumption === null ? null : modelBp(assumption, participation, tickBp, usualTickBp ?? tickBp);
  if (predictedBp === null) return "prediction";
  return { ...facts, predicted: (asked * predictedBp) / 10_000, predictedBp, basis: "model" };
}

/** Exact, in price units; negative for a better price than was asked for. @param requested decimal text */
export function adverseDifference({ side, price }: Pick<FillFacts, "side" | "price">, requested: string): string {
  const [asked, paid] = [parseDecimal(requested), parseDecimal(price)];
  const scale = Math.max(asked.scale, paid.scale);
  const units = paid.units * 10n ** BigInt(scale - paid.scale) - asked.units * 10n ** BigInt(scale - asked.scale);
  return printDecimal({ units: side === "buy" ? units : -units, scale });
}

function participationOf({ quantity, volume }: FillFacts): number | null {
  const total = volume === null ? 0 : Number(volume);
  return total > 0 ? Number(quantity) / total : null;
}

/** A tick at the requested price, in bp; null where either is not known. */
export function tickBpOf({ symbol, requested }: FillFacts, assumption: SlippageAssumption | null): number | null {
  const rule = assumption?.ticks[symbol];
  if (rule === undefined || requested === null) return null;
  const { tick, significantDigits } = rule;
  const price = Number(requested);
  const moving = significantDigits === null ? 0 : 10 ** (Math.floor(Math.log10(price)) + 1 - significantDigits);
  return (Math.max(Number(tick), moving) / price) * 10_000;
}

/**
 * Spread and slippage are each rounded to the tick against the order: that costs half a tick on average, where there is one.
 * @returns bp; null where the setting rests on what is not known
 */
function modelBp({ halfSpreadBp, slippage }: SlippageAssumption, participation: number | null, tickBp: number, usualTickBp: number): number | null {
  const slipped = slippageBp(slippage, participation, tickBp);
  if (slipped === null) return null;
  const roundings = Number(Number(halfSpreadBp) > 0) + Number(slipped > 0 && slippage.kind !== "ticks");
  return Number(halfSpreadBp) + slipped + roundings * roundingBp(usualTickBp);
}

/** What one rounding against the order costs on average. */
export function roundingBp(tickBp: number): number {
  return tickBp / 2;
}

/** What a slippage setting adds to the half spread. */
function slippageBp(model: SlippageModel, participation: number | null, tickBp: number): number | null {
  switch (model.kind) {
    case "none":
      return 0;
    case "bps":
      return Number(model.bps);
    case "ticks":
      return tickBp === 0 ? null : model.ticks * tickBp;
    case "volume_share":
      return participation === null ? null : Number(model.baseBps) + Number(model.slopeBps) * participation;
  }
}
