// Streaming indicators: one `update` a closed bar, O(1), float64. The set is fed by the runner before the strategy sees
// the bar, warm-up bars included, so an indicator has no state of its own to save: it is rebuilt by warm-up.

import { Ema, SeededEma, Sma, Vwap, Wma } from "./indicators/averages.ts";
import { OfCloses, type Indicator, type IndicatorBar } from "./indicators/indicator.ts";
import { Macd, Momentum, RateOfChange, Rsi, ZScore } from "./indicators/oscillators.ts";
import { Atr, Bollinger, Donchian, WilliamsR, type FirstRange } from "./indicators/ranges.ts";

export { Ema, SeededEma, Sma, Vwap, Wma } from "./indicators/averages.ts";
export type { Indicator, IndicatorBar } from "./indicators/indicator.ts";
export { Macd, Momentum, RateOfChange, Rsi, ZScore } from "./indicators/oscillators.ts";
export { Atr, Bollinger, Donchian, WilliamsR, type FirstRange } from "./indicators/ranges.ts";

/** The indicators of one market's strategy, on its finest series. Periods are bars. @throws SeatrialError `bad_period` */
export class IndicatorSet {
  /** The first ones, as long as they are of closes alone; each may read those that were registered before it. */
  private readonly ofCloses: OfCloses[] = [];
  /** All that were registered after those. */
  private readonly others: Indicator[] = [];
  /** Registered indicators. */
  count = 0;
  /** There are others than those of closes alone. */
  private isMixed = false;

  /** Registers an indicator of your own. */
  use<T extends Indicator>(indicator: T): T {
    if (this.others.length === 0 && isOfCloses(indicator)) this.ofCloses.push(indicator);
    else {
      this.others.push(indicator);
      this.isMixed = true;
    }
    this.count += 1;
    return indicator;
  }

  /** Simple moving average of closes. */
  sma(period: number): Sma {
    return this.use(new Sma(period));
  }

  /** Exponential moving average of closes, seeded with the first close (α = 2 / (period + 1)). */
  ema(period: number): Ema {
    return this.use(new Ema(period));
  }

  /** The same average seeded with the simple average of the first `period` closes. */
  seededEma(period: number): SeededEma {
    return this.use(new SeededEma(period));
  }

  /** Linearly weighted moving average of closes. */
  wma(period: number): Wma {
    return this.use(new Wma(period));
  }

  /** Close less the close `period` bars before. */
  momentum(period = 10): Momentum {
    return this.use(new Momentum(period));
  }

  /** Change over `period` bars in percent, and as a ratio. */
  rateOfChange(period = 10): RateOfChange {
    return this.use(new RateOfChange(period));
  }

  /** Distance from the mean of `period` closes, in their standard deviations. */
  zScore(period = 20): ZScore {
    return this.use(new ZScore(period));
  }

  /** Williams %R. */
  williamsR(period = 14): WilliamsR {
    return this.use(new WilliamsR(period));
  }

  /** Wilder's relative strength index. */
  rsi(period = 14): Rsi {
    return this.use(new Rsi(period));
  }

  /** Wilder's average true range. @param first the true range of the first bar, which has no close before it */
  atr(period = 14, first: FirstRange = "bar"): Atr {
    return this.use(new Atr(period, first));
  }

  /** Bollinger bands: simple average, population standard deviation. */
  bollinger(period = 20, deviations = 2): Bollinger {
    return this.use(new Bollinger(period, deviations));
  }

  /** Highest high and lowest low. */
  donchian(period = 20): Donchian {
    return this.use(new Donchian(period));
  }

  /** Moving average convergence divergence. */
  macd(fast = 12, slow = 26, signal = 9): Macd {
    return this.use(new Macd(fast, slow, signal));
  }

  /** Rolling volume-weighted average price. */
  vwap(period: number): Vwap {
    return this.use(new Vwap(period));
  }

  /** Called by the runner once a closed bar; while `count` is 0 there is nothing to call it for. */
  update(bar: IndicatorBar): void {
    const { ofCloses, others } = this;
    const { close } = bar;
    for (let at = 0; at < ofCloses.length; at += 1) (ofCloses[at] as OfCloses).push(close);
    if (this.isMixed) for (let at = 0; at < others.length; at += 1) (others[at] as Indicator).update(bar);
  }
}

/** Whose `update` somebody has written anew is asked by it. */
function isOfCloses(indicator: Indicator): indicator is OfCloses {
  return indicator instanceof OfCloses && indicator.update === OfCloses.prototype.update;
}
