// Moving averages of closes: simple, exponential, weighted, and the rolling volume-weighted price. Each also takes plain numbers
// through `push`, to build other indicators on it.

import { checkedPeriod, OfCloses, type Indicator, type IndicatorBar } from "./indicator.ts";
import { Window } from "./window.ts";

/** Simple moving average of the last `period` closes. Ready with the period's last bar. */
export class Sma extends OfCloses {
  value = Number.NaN;
  ready = false;
  declare private readonly window: Window;

  constructor(period: number) {
    super();
    this.window = new Window(checkedPeriod(period));
  }

  push(x: number): void {
    this.window.push(x);
    if (!this.window.full) return;
    this.ready = true;
    this.value = this.window.mean;
  }
}

/** Exponential moving average of closes, seeded with the first one; α = 2 / (period + 1). Ready from the first bar on. */
export class Ema extends OfCloses {
  value = Number.NaN;
  ready = false;
  declare private readonly alpha: number;

  constructor(period: number) {
    super();
    this.alpha = 2 / (checkedPeriod(period) + 1);
  }

  push(x: number): void {
    const { value } = this;
    // The number alone is looked at: this is asked at every bar.
    if (value === value) this.value = value + this.alpha * (x - value);
    else {
      this.value = x;
      this.ready = true;
    }
  }
}

/** Exponential moving average seeded with the simple average of the first `period` closes, as charts draw it. */
export class SeededEma extends OfCloses {
  value = Number.NaN;
  ready = false;
  declare private readonly alpha: number;
  declare private readonly seed: Sma;

  constructor(period: number) {
    super();
    this.alpha = 2 / (checkedPeriod(period) + 1);
    this.seed = new Sma(period);
  }

  push(x: number): void {
    if (this.ready) {
      this.value += this.alpha * (x - this.value);
      return;
    }
    this.seed.push(x);
    this.value = this.seed.value;
    this.ready = this.seed.ready;
  }
}

/** Linearly weighted average of the last `period` closes: the newest weighs `period`, the oldest 1. Ready with the period's last bar. */
export class Wma extends OfCloses {
  value = Number.NaN;
  ready = false;
  declare private readonly window: Window;
  /** Σ weight × close. */
  private weighted = 0;
  /** Steps until the sum is taken anew, so that rounding errors never pile up. */
  private left: number;

  constructor(period: number) {
    super();
    this.window = new Window(checkedPeriod(period));
    this.left = period;
  }

  push(x: number): void {
    const { window } = this;
    const full = window.full;
    // One step makes every number that stays weigh one less.
    this.weighted += full ? window.size * x - window.sum : (window.count + 1) * x;
    window.push(x);
    this.left -= 1;
    if (this.left === 0) this.resum();
    if (!window.full) return;
    this.ready = true;
    this.value = this.weighted / ((window.size * (window.size + 1)) / 2);
  }

  private resum(): void {
    const { window } = this;
    this.left = window.size;
    this.weighted = 0;
    for (let ago = 0; ago < window.count; ago += 1) this.weighted += (window.count - ago) * window.at(ago);
  }
}

/** Wilder's smoothing: the mean of the first `period` numbers, then a step of 1 / period towards each further one. */
export class Wilder {
  value = Number.NaN;
  ready = false;
  declare private readonly period: number;
  private seen = 0;
  private sum = 0;

  constructor(period: number) {
    this.period = checkedPeriod(period);
  }

  push(x: number): void {
    if (this.ready) {
      this.value += (x - this.value) / this.period;
      return;
    }
    this.seen += 1;
    this.sum += x;
    if (this.seen < this.period) return;
    this.ready = true;
    this.value = this.sum / this.period;
  }
}

/** Volume-weighted (high + low + close) / 3 of the last `period` bars. Not ready while they have no volume at all. */
export class Vwap implements Indicator {
  value = Number.NaN;
  ready = false;
  declare private readonly turnover: Window;
  declare private readonly volume: Window;
  /** Bars of the window with volume: a rounding rest of the sums must not pass for trading. */
  private traded = 0;

  constructor(period: number) {
    this.turnover = new Window(checkedPeriod(period));
    this.volume = new Window(period);
  }

  update(bar: IndicatorBar): void {
    if (this.volume.full && this.volume.at(this.volume.size - 1) > 0) this.traded -= 1;
    if (bar.volume > 0) this.traded += 1;
    this.turnover.push(((bar.high + bar.low + bar.close) / 3) * bar.volume);
    this.volume.push(bar.volume);
    this.ready = this.volume.full && this.traded > 0;
    this.value = this.ready ? this.turnover.sum / this.volume.sum : Number.NaN;
  }
}
