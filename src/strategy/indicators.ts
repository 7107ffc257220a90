// Streaming indicators: one `update` a closed bar, O(1), float64. The set is fed by the runner before the strategy sees
// the bar, warm-up bars included, so an indicator has no state of its own to save: it is rebuilt by warm-up.

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

/** The indicators of one market's strategy, on its finest series. */
export class IndicatorSet {
  private readonly indicators: Indicator[] = [];

  /** Registers an indicator of your own. */
  use<T extends Indicator>(indicator: T): T {
    this.indicators.push(indicator);
    return indicator;
  }

  /** Exponential moving average of closes, seeded with the first close (α = 2 / (period + 1)). */
  ema(period: number): Ema {
    return this.use(new Ema(period));
  }

  /** Called by the runner once a closed bar. */
  update(bar: IndicatorBar): void {
    for (let at = 0; at < this.indicators.length; at += 1) (this.indicators[at] as Indicator).update(bar);
  }
}

/** Exponential moving average of closes. Ready from the first bar on. */
export class Ema implements Indicator {
  value = Number.NaN;
  ready = false;
  private readonly alpha: number;

  constructor(period: number) {
    this.alpha = 2 / (period + 1);
  }

  update(bar: IndicatorBar): void {
    if (!this.ready) {
      this.value = bar.close;
      this.ready = true;
    }
    this.value += this.alpha * (bar.close - this.value);
  }
}
