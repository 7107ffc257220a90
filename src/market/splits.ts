// Splits of a share and redenominations of a coin: one old unit becomes several new ones overnight, and the price falls by as
// much. Puts the bars behind one into the units before it, so that a split is no crash. Never guesses a split from prices.

import { parseDecimal, SeatrialError } from "../domain/index.ts";
import type { RawBars } from "./columns.ts";

export interface Split {
  /** First instant in the new units, epoch ms UTC. */
  readonly at: number;
  /** New units for one old, decimal text: "7", or "0.1" where ten become one. */
  readonly ratio: string;
}

const decimalsMax = 10;

/**
 * The bars with prices × ratio and volumes ÷ ratio from each split on: prices exact, volumes rounded down to the decimals they
 * have. A split outside of the bars changes nothing, and then the bars come back as they are.
 * @param splits in order of time @throws SeatrialError `bad_split` when the prices no longer fit
 */
export function adjustSplits(bars: RawBars, splits: readonly Split[]): RawBars {
  const [first, last] = [bars.time[0] ?? Infinity, bars.time[bars.length - 1] ?? -Infinity];
  const inside = splits.filter(({ at }) => first < at && at <= last);
  return inside.reduce(adjustOne, bars);
}

function adjustOne(bars: RawBars, { at, ratio }: Split): RawBars {
  const { units, scale } = parseDecimal(ratio);
  const decimals = bars.priceDecimals + scale;
  const factor = Number(units);
  const start = bars.time.findIndex((time) => time >= at);
  const [before, after] = [10 ** bars.priceDecimals, 10 ** decimals];
  const price = (column: Float64Array): Float64Array =>
    column.map((value, row) => {
      if (row < start) return value;
      const moved = Math.round(value * before) * factor;
      if (Number.isSafeInteger(moved) && decimals <= decimalsMax) return moved / after;
      const reason = `a price of ${value} × ${ratio} has more digits than a price can have`;
      throw new SeatrialError({ code: "bad_split", reason, hint: "check the ratio: new units for one old", place: { file: bars.file } });
    });
  const power = 10 ** bars.volumeDecimals;
  const volume = bars.volume.map((value, row) => (row < start ? value : Math.floor((Math.round(value * power) * 10 ** scale) / factor) / power));
  return {
    ...bars,
    open: price(bars.open),
    high: price(bars.high),
    low: price(bars.low),
    close: price(bars.close),
    volume,
    priceDecimals: decimals,
  };
}
