// Mark prices beside the trades of a market: the mark of a funding stamp, and how far the mark went during a bar. It never
// looks ahead of the asked time, and says where it has no mark price rather than making one up.

import { multiply, pow10, SeatrialError, type BarSeries, type Instrument, type Millis, type Price } from "../../domain/index.ts";

/** How old the mark price of a payment may be. */
const markAgeMaxMs = 60_000;

/** The price that a payment is computed at. */
export interface StampPrice {
  readonly price: Price;
  /** `last`: no mark price is near the stamp, and the market's last traded price stands for it. */
  readonly source: "mark" | "last";
}

export interface MarkRange {
  readonly low: Price;
  readonly high: Price;
}

export class MarkPrices {
  declare private readonly bars: BarSeries;
  /** Units of the instrument's price scale a unit of the series'. */
  declare private readonly factor: number;

  /**
   * @param bars mark price bars of any timeframe, with gaps or without
   * @throws SeatrialError `bad_mark_prices` when their decimals do not fit the instrument; exit code 3
   */
  constructor(bars: BarSeries, instrument: Instrument) {
    if (bars.priceScale > instrument.priceScale) {
      throw new SeatrialError({
        code: "bad_mark_prices",
        reason: `mark prices of ${instrument.symbol} have ${bars.priceScale} decimals, its prices have ${instrument.priceScale} in this session`,
        hint: "the price scale of a session is at least that of all its data",
      });
    }
    this.bars = bars;
    this.factor = pow10(instrument.priceScale - bars.priceScale);
  }

  /**
   * The mark at a stamp: the open of the mark bar that began at most a minute before it, or the close of one that ended as short
   * a time ago. A stamp that is further from any known mark takes the last traded price.
   * @param last the market's last traded price at the stamp: the open of its bar, or the last point of its path
   */
  at(stamp: Millis, last: Price): StampPrice {
    const { bars } = this;
    const at = this.barAt(stamp);
    if (at < 0) return { price: last, source: "last" };
    if (stamp - bars.timeAt(at) <= markAgeMaxMs) return { price: this.price(bars.openAt(at)), source: "mark" };
    const age = stamp - bars.closeTimeAt(at);
    if (age >= 0 && age <= markAgeMaxMs) return { price: this.price(bars.closeAt(at)), source: "mark" };
    return { price: last, source: "last" };
  }

  /**
   * Lowest and highest mark of [from, to), or null unless mark bars cover exactly that time: of a coarser or broken series nobody
   * knows what belongs to the bar, and the trades' own range has to stand for it.
   */
  range(from: Millis, to: Millis): MarkRange | null {
    const { bars } = this;
    let low = Number.POSITIVE_INFINITY;
    let high = 0;
    let reached: number = from;
    for (let at = this.barAt(from); at >= 0 && at < bars.length && reached < to; at += 1) {
      if (bars.timeAt(at) !== reached) return null;
      low = Math.min(low, bars.lowAt(at));
      high = Math.max(high, bars.highAt(at));
      reached = bars.closeTimeAt(at);
    }
    return reached === to && high > 0 ? { low: this.price(low), high: this.price(high) } : null;
  }

  /** First and last mark of a time that `range` knows. */
  ends(from: Millis, to: Millis): { readonly open: Price; readonly close: Price } {
    const { bars } = this;
    return { open: this.price(bars.openAt(this.barAt(from))), close: this.price(bars.closeAt(this.barAt(to - 1))) };
  }

  /** The last bar that began at or before a time, -1 when there is none. */
  private barAt(time: number): number {
    const { bars } = this;
    let [first, end] = [0, bars.length];
    while (first < end) {
      const middle = (first + end) >>> 1;
      if ((bars.time[middle] as number) <= time) first = middle + 1;
      else end = middle;
    }
    return first - 1;
  }

  private price(units: number): Price {
    return multiply(units, this.factor) as Price;
  }
}
