// The least that a venue takes in one order, by value. It moves with the price, and whoever shows it works it out as the runner does.

import type { Price } from "./brand.ts";
import type { Instrument } from "./instrument.ts";

/** The venue's floor for one order in the settlement currency, with the usual margin of a tenth (row 004-MO-1). */
export function minimumNotional(instrument: Instrument, price: Price, configured: number): number {
  if (instrument.minNotional === 0 && instrument.minQuantity === 0) return configured;
  const minCost = (instrument.minNotional / instrument.moneyPower) * 1.1;
  const size = instrument.contractSizeNumber;
  const minQuantity = (instrument.minQuantity / instrument.quantityPower) * (price / instrument.pricePower) * size * 1.1;
  return Math.max(configured, minCost, minQuantity);
}
