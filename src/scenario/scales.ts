// The scales of one market in one session: how many decimals its prices and quantities keep. Chosen from the rules and
// the data, so that no number that either of them holds is ever rounded.

import { maxExact, ruleDecimals, SeatrialError, type MarketRules } from "../domain/index.ts";

/** Fees of a spot market are taken in coins, whose ledgers have eight decimals. */
const spotQuantityScale = 8;

/** Largest power of ten that exact numbers work with. */
const maxScale = 15;

export interface SeriesScales {
  readonly price: number;
  readonly quantity: number;
}

/**
 * @param data decimals that the bars need, and their largest volume where it is known (0 where not). The quantity
 * scale gives way to a volume that would not fit, never below the rules' and the volume's own decimals.
 * @throws SeatrialError `too_many_decimals`
 */
export function scalesOf(rules: MarketRules, data: { price: number; volume: number; largestVolume: number }): SeriesScales {
  const needed = ruleDecimals(rules);
  const price = Math.max(needed.price, data.price);
  const least = Math.max(needed.quantity, data.volume);
  let quantity = rules.kind === "spot" ? Math.max(least, spotQuantityScale) : least;
  while (quantity > least && data.largestVolume * Number(`1e${quantity}`) > maxExact) quantity -= 1;
  if (price <= maxScale && quantity <= maxScale) return { price, quantity };
  const what = price > maxScale ? `prices of ${price} decimals` : `quantities of ${quantity} decimals`;
  throw new SeatrialError({
    code: "too_many_decimals",
    reason: `${rules.symbol} needs ${what}, ${maxScale} are possible`,
    hint: "round the rules or the bars",
  });
}
