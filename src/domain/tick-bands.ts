// Tick sizes by price level, as stock exchanges publish them: from each price on a tick of its own. It must never make a
// grid on which a rounded price is off the grid again: that is why every level is a price of both ticks that meet there.

import type { Price } from "./brand.ts";
import { parseDecimal, parseUnits } from "./decimal.ts";
import { SeatrialError } from "./errors.ts";
import { compareDecimals, remainderOf } from "./precision.ts";

/** From `from` on, included, prices are multiples of `tick`; decimal text. Below the first level a market's own tick holds. */
export interface TickBand {
  readonly from: string;
  readonly tick: string;
}

/** The first thing that is wrong with bands, said of one key of one of them. */
export interface TickBandProblem {
  readonly band: number;
  readonly key: keyof TickBand;
  /** "is not above 1000" */
  readonly problem: string;
}

/** Checks the bands over a market's own tick, which is greater than zero. @returns null when they are sound */
export function tickBandProblem(tick: string, bands: readonly TickBand[]): TickBandProblem | null {
  let below: TickBand = { from: "0", tick };
  for (const [band, here] of bands.entries()) {
    const from = parseDecimal(here.from);
    if (parseDecimal(here.tick).units <= 0n) return { band, key: "tick", problem: "is not greater than zero" };
    if (compareDecimals(from, parseDecimal(below.from)) <= 0)
      return { band, key: "from", problem: `is not above ${below.from}, where the band before it begins` };
    const divisor = [below.tick, here.tick].find((one) => remainderOf(from, parseDecimal(one)).units !== 0n);
    if (divisor !== undefined) return { band, key: "from", problem: `is no multiple of ${divisor}: both ticks that meet there must divide it` };
    below = here;
  }
  return null;
}

/** The levels of one market as exact integers of its price scale, lowest first. */
export class TickBands {
  declare private readonly base: Price;
  declare private readonly levels: readonly number[];
  declare private readonly ticks: readonly Price[];

  /** @throws SeatrialError `bad_market_rules` for levels that do not rise, and for a level that is no price of both its ticks */
  constructor(symbol: string, tick: string, bands: readonly TickBand[], priceScale: number) {
    const found = tickBandProblem(tick, bands);
    if (found !== null) {
      const { band, key, problem } = found;
      throw new SeatrialError({ code: "bad_market_rules", reason: `${symbol}: tickBands[${band}].${key}, ${bands[band]?.[key]}, ${problem}` });
    }
    this.base = parseUnits(tick, priceScale) as Price;
    this.levels = bands.map((band) => parseUnits(band.from, priceScale));
    this.ticks = bands.map((band) => parseUnits(band.tick, priceScale) as Price);
  }

  /** The tick that holds at a price. */
  at(price: Price): Price {
    const { levels } = this;
    let at = levels.length - 1;
    while (at >= 0 && price < (levels[at] as number)) at -= 1;
    return at < 0 ? this.base : (this.ticks[at] as Price);
  }
}
