// The arithmetic of the DCA ladder: levels, quantities, targets. Pure functions in float64; `direction` is +1 for a long
// leg and -1 for a short one.

import type { InstrumentView } from "../contract.ts";
import type { DcaParams } from "./dca-params.ts";
import type { DcaLot } from "./lots.ts";

export type Direction = 1 | -1;

/** A price moved by percent in favour of the leg (against it when negative). */
export function moved(price: number, percent: number, direction: Direction): number {
  return price * (1 + (direction * percent) / 100);
}

/** True when `price` is at least as good for the leg as `level`: at or above it for a long one. */
export function reaches(price: number, level: number, direction: Direction): boolean {
  return direction * (price - level) >= 0;
}

/** Distance of rung n (1 = the first ADD) from the one above it, percent. */
export function stepOf(params: DcaParams, rung: number): number {
  return params.firstSteps[rung - 1] ?? params.stepPercent;
}

/** Quantity of rung n as a multiple of the first entry. */
export function multiplierOf(params: DcaParams, rung: number): number {
  return params.multipliers[rung - 1] ?? params.restMultiplier;
}

/** The next level below a lot (above it for a short leg): last trigger × (1 ∓ step %), widened by a compensated slip. */
export function levelAfter(params: DcaParams, lot: DcaLot, direction: Direction): number {
  const step = stepOf(params, lot.rung + 1);
  return moved(lot.trigger, -(step + compensation(params, lot, step, direction)), direction);
}

/** The level one rung beyond another level, for rungs that rest before the one above them has filled. */
export function levelBeyond(params: DcaParams, level: number, rung: number, direction: Direction): number {
  return moved(level, -stepOf(params, rung), direction);
}

// A rung that filled worse than its level costs the average; the next one waits that much longer, within the cap.
function compensation(params: DcaParams, lot: DcaLot, step: number, direction: Direction): number {
  if (params.slipLossCompensation === 0) return 0;
  const slip = (100 * direction * (lot.price - lot.trigger)) / lot.trigger;
  return slip > 0 ? Math.min(slip, (step * params.slipLossCompensation) / 100) : 0;
}

/** Round-trip fees, percent. */
export function feeOf(params: DcaParams, instrument: InstrumentView): number {
  return params.feePercent ?? 200 * instrument.takerFee;
}

/** No lot is sold below this price (above it for a short leg): lot × (1 ± (fee + tp)), or lot × (1 ± fee) when deleverage is forced. */
export function lotFloor(params: DcaParams, lot: DcaLot, instrument: InstrumentView, direction: Direction, forced: boolean): number {
  return moved(lot.price, feeOf(params, instrument) + (forced ? 0 : params.tpPercent), direction);
}

/** Price that a lot's sale waits for: its sub-sell target, never below its floor. */
export function lotTarget(params: DcaParams, lot: DcaLot, instrument: InstrumentView, direction: Direction, forced: boolean): number {
  const floor = lotFloor(params, lot, instrument, direction, forced);
  if (forced) return floor;
  const target = moved(lot.price, params.subSellTpPercent, direction);
  return reaches(target, floor, direction) ? target : floor;
}

/** The smallest order that the strategy, the instrument and the venue take at a price, in base units on the step. */
export function minimumQuantity(params: DcaParams, instrument: InstrumentView, brokerMinimum: number, price: number): number {
  return Math.max(toStep(params.minOrderQty, instrument.step, "up"), minimumSale(params, instrument, brokerMinimum, price));
}

/** The same without the strategy's own quantity floor: a lot that was bought may be sold, if its value is an order's. */
export function minimumSale(params: DcaParams, instrument: InstrumentView, brokerMinimum: number, price: number): number {
  const notional = Math.max(params.minOrderNotional, instrument.minNotional, brokerMinimum);
  return toStep(Math.max(instrument.minQuantity, notional / (price * instrument.contractSize)), instrument.step, "up");
}

/** A quantity on the step grid, as the nearest float64 of its decimal. Float noise of a step is forgiven. */
export function toStep(quantity: number, step: number, direction: "up" | "down"): number {
  const steps = quantity / step;
  const near = Math.round(steps);
  const whole = Math.abs(steps - near) < 1e-9 * Math.max(1, near) ? near : direction === "up" ? Math.ceil(steps) : Math.floor(steps);
  const perUnit = Math.round(1 / step);
  return perUnit > 0 && Math.abs(perUnit * step - 1) < 1e-12 ? whole / perUnit : whole * step;
}
