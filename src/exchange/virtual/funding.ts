// Funding: what a position pays or receives at a stamp of its market's funding series, and which stamps are due. Stamps keep
// their real times, jitter and changes of the interval included; none is ever paid twice.

import { SeatrialError, type FundingSeries, type Instrument, type Millis, type Money, type Price, type Quantity } from "../../domain/index.ts";
import { rounded, scaled, times } from "./fraction.ts";
import { exactValue } from "./margin-pool.ts";

/** A payment that is due. */
export interface FundingStamp {
  readonly time: Millis;
  /** Integer of 10^-rateScale, a share of the value for this one payment. */
  readonly rate: number;
  readonly rateScale: number;
}

/**
 * What a leg gets at a stamp: quantity × mark × rate, out of a long and into a short while the rate is positive. One rounding,
 * half away from zero, from the exact product; every leg of a hedged pair pays for itself.
 * Sources: Binance support, "Introduction to Binance Futures Funding Rates" (funding amount = nominal value of positions × funding
 * rate, at the mark price); Bybit help centre, "Funding Fee Calculation"; Hyperliquid docs, "Funding", whose price is the oracle's:
 * with a mark series the result is off by the basis of mark and oracle.
 * @param quantity signed
 * @returns positive = received, in units of the settlement currency
 */
export function fundingPayment(instrument: Instrument, quantity: Quantity, mark: Price, { rate, rateScale }: Omit<FundingStamp, "time">): Money {
  if (quantity === 0 || rate === 0) return 0 as Money;
  const factor = scaled({ numerator: BigInt(quantity > 0 ? -rate : rate), denominator: 1n }, -rateScale);
  return rounded(times(exactValue(instrument, quantity, mark), factor), "halfAway") as Money;
}

/**
 * The stamps of one market, handed out once each, in order of time. A bar takes the stamps up to its open before it fills
 * anything, then those up to each point of its path before the orders of that point; what lies in a gap between two bars is due
 * before the open of the later one. `paidThrough` is all that a restart has to keep.
 */
export class FundingCursor {
  /** Time of the next stamp; +∞ when there is none. A bar without one costs this one comparison. */
  nextTime: number = Number.POSITIVE_INFINITY;
  /** Every stamp up to here has been handed out. */
  paidThrough: Millis;
  declare private readonly series: FundingSeries;
  private at = 0;

  /**
   * @param from stamps before it are not due: the open of the first bar
   * @throws SeatrialError `bad_funding` when times descend, or one time has two rates; exit code 3
   */
  constructor(series: FundingSeries, from: Millis) {
    checkSeries(series);
    this.series = series;
    this.paidThrough = (from - 1) as Millis;
    this.resume(this.paidThrough);
  }

  /** Goes on after a restart: stamps up to `paidThrough` are not handed out again. */
  resume(paidThrough: Millis): void {
    const { time, length } = this.series;
    this.paidThrough = paidThrough;
    let [first, end] = [0, length];
    while (first < end) {
      const middle = (first + end) >>> 1;
      if ((time[middle] as number) <= paidThrough) first = middle + 1;
      else end = middle;
    }
    this.at = first;
    this.nextTime = first < length ? (time[first] as number) : Number.POSITIVE_INFINITY;
  }

  /** The next stamp at or before `until`, or null; to be called until it is null. */
  take(until: number): FundingStamp | null {
    if (this.nextTime > until) return null;
    const { rate, rateScale } = this.series;
    const stamp: FundingStamp = { time: this.nextTime as Millis, rate: rate[this.at] as number, rateScale };
    // A row that a file has twice is one payment.
    this.resume(stamp.time);
    return stamp;
  }
}

function checkSeries({ symbol, time, rate, length }: FundingSeries): void {
  for (let row = 1; row < length; row += 1) {
    const [before, now] = [time[row - 1] as number, time[row] as number];
    if (now < before) throw badFunding(symbol, `row ${row} is earlier than the row before it`);
    if (now === before && rate[row] !== rate[row - 1]) throw badFunding(symbol, `rows ${row - 1} and ${row} have one time and two rates`);
  }
}

function badFunding(symbol: string | null, reason: string): SeatrialError {
  return new SeatrialError({
    code: "bad_funding",
    reason: `funding of ${symbol ?? "a market"}: ${reason}`,
    hint: "a funding series has one rate a payment, in order of time",
  });
}
