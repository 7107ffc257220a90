// Range and spread indicators: ATR, Bollinger bands, Donchian channel, Williams %R.

import { Wilder } from "./averages.ts";
import { checkedPeriod, OfCloses, type Indicator, type IndicatorBar } from "./indicator.ts";
import { Window } from "./window.ts";

/** What the first bar's true range is, which has no close before it: its high − low, or nothing: the average begins a bar later. */
export type FirstRange = "bar" | "none";

/** Wilder's average true range. Ready with bar `period`, or with the first range `none`, as TA-Lib has it, one later. */
export class Atr implements Indicator {
  value = Number.NaN;
  ready = false;
  private last = Number.NaN;
  declare private readonly average: Wilder;
  declare private readonly firstCounts: boolean;

  constructor(period: number, first: FirstRange = "bar") {
    this.average = new Wilder(period);
    this.firstCounts = first === "bar";
  }

  update(bar: IndicatorBar): void {
    const first = Number.isNaN(this.last);
    const high = first || bar.high > this.last ? bar.high : this.last;
    const low = first || bar.low < this.last ? bar.low : this.last;
    this.last = bar.close;
    if (first && !this.firstCounts) return;
    this.average.push(high - low);
    this.ready = this.average.ready;
    this.value = this.average.value;
  }
}

/** Simple average of closes (`value`) and bands at `deviations` population standard deviations from it. */
export class Bollinger extends OfCloses {
  value = Number.NaN;
  upper = Number.NaN;
  lower = Number.NaN;
  /** Population standard deviation of the window. */
  deviation = Number.NaN;
  ready = false;
  declare private readonly width: number;
  declare private readonly window: Window;

  constructor(period: number, deviations: number) {
    super();
    this.window = new Window(checkedPeriod(period));
    this.width = deviations;
  }

  push(close: number): void {
    this.window.push(close);
    if (!this.window.full) return;
    this.ready = true;
    this.value = this.window.mean;
    this.deviation = Math.sqrt(this.window.variance);
    this.upper = this.value + this.width * this.deviation;
    this.lower = this.value - this.width * this.deviation;
  }
}

/**
 * Highest high and lowest low of the last `period` bars; `value` is their middle. `previousHighest` and
 * `previousLowest` are the channel before the last bar, the one that it could break out of.
 */
export class Donchian implements Indicator {
  value = Number.NaN;
  highest = Number.NaN;
  lowest = Number.NaN;
  previousHighest = Number.NaN;
  previousLowest = Number.NaN;
  ready = false;
  private seen = 0;
  declare private readonly period: number;
  declare private readonly highs: Extreme;
  declare private readonly lows: Extreme;

  constructor(period: number) {
    this.period = checkedPeriod(period);
    this.highs = new Extreme(period);
    this.lows = new Extreme(period);
  }

  update(bar: IndicatorBar): void {
    this.previousHighest = this.highest;
    this.previousLowest = this.lowest;
    // The lowest low is the highest of the negated ones: one deque serves both.
    const highest = this.highs.push(this.seen, bar.high);
    const lowest = -this.lows.push(this.seen, -bar.low);
    this.seen += 1;
    if (this.seen < this.period) return;
    this.ready = true;
    this.highest = highest;
    this.lowest = lowest;
    this.value = (highest + lowest) / 2;
  }
}

/** Where the close stands in the range of the last `period` bars: 0 at its highest high, −100 at its lowest low; −50 without any range. */
export class WilliamsR implements Indicator {
  value = Number.NaN;
  ready = false;
  private seen = 0;
  declare private readonly period: number;
  declare private readonly highs: Extreme;
  declare private readonly lows: Extreme;

  constructor(period: number) {
    this.period = checkedPeriod(period);
    this.highs = new Extreme(period);
    this.lows = new Extreme(period);
  }

  update(bar: IndicatorBar): void {
    const highest = this.highs.push(this.seen, bar.high);
    const lowest = -this.lows.push(this.seen, -bar.low);
    this.seen += 1;
    if (this.seen < this.period) return;
    this.ready = true;
    this.value = highest === lowest ? -50 : (-100 * (highest - bar.close)) / (highest - lowest);
  }
}

/** Sliding maximum: a deque of falling candidates in a ring. Each number enters and leaves once, so a push is O(1) on average. */
class Extreme {
  declare private readonly size: number;
  declare private readonly values: Float64Array;
  declare private readonly births: Float64Array;
  private head = 0;
  private count = 0;

  constructor(size: number) {
    this.size = size;
    this.values = new Float64Array(size);
    this.births = new Float64Array(size);
  }

  /** Takes the number of bar `now` and returns the maximum of the last `size` bars. */
  push(now: number, x: number): number {
    if (this.count > 0 && (this.births[this.head] as number) <= now - this.size) {
      this.head = this.slot(1);
      this.count -= 1;
    }
    while (this.count > 0 && (this.values[this.slot(this.count - 1)] as number) <= x) this.count -= 1;
    const tail = this.slot(this.count);
    this.values[tail] = x;
    this.births[tail] = now;
    this.count += 1;
    return this.values[this.head] as number;
  }

  private slot(offset: number): number {
    const slot = this.head + offset;
    return slot < this.size ? slot : slot - this.size;
  }
}
