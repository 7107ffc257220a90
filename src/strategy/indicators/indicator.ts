// What every streaming indicator is: float64 in, float64 out, one update a closed bar. It must never look at a clock, keep
// a reference to the bar, or allocate in `update`.

import { SeatrialError } from "../../domain/index.ts";

/** What an indicator reads from a bar. */
export interface IndicatorBar {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

export interface Indicator {
  /** Last value; NaN until `ready`. */
  readonly value: number;
  readonly ready: boolean;
  update(bar: IndicatorBar): void;
}

/** An indicator of closes alone: whoever has many of them reads the close once for all. */
export abstract class OfCloses implements Indicator {
  abstract readonly value: number;
  abstract readonly ready: boolean;

  update(bar: IndicatorBar): void {
    this.push(bar.close);
  }

  /** `update` of a bar with this close; also for numbers of your own, to build other indicators on it. */
  abstract push(close: number): void;
}

/** The period itself. @throws SeatrialError `bad_period` unless it is a whole number of bars, `least`…100 000 */
export function checkedPeriod(period: number, least = 1): number {
  if (Number.isInteger(period) && period >= least && period <= 100_000) return period;
  throw new SeatrialError({ code: "bad_period", reason: `${period} is not a period`, hint: `a whole number of bars, ${least} to 100000` });
}
