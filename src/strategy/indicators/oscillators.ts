// Momentum indicators on closes: RSI, MACD, momentum, rate of change and z-score.

import { Ema, Wilder } from "./averages.ts";
import { checkedPeriod, OfCloses } from "./indicator.ts";
import { Window } from "./window.ts";

/** Wilder's relative strength index, 0…100. Ready after `period` changes. A window without any change is 50. */
export class Rsi extends OfCloses {
  value = Number.NaN;
  ready = false;
  private last = Number.NaN;
  declare private readonly gain: Wilder;
  declare private readonly loss: Wilder;

  constructor(period: number) {
    super();
    this.gain = new Wilder(period);
    this.loss = new Wilder(period);
  }

  push(close: number): void {
    const change = close - this.last;
    const first = Number.isNaN(this.last);
    this.last = close;
    if (first) return;
    this.gain.push(change > 0 ? change : 0);
    this.loss.push(change < 0 ? -change : 0);
    if (!this.gain.ready) return;
    const both = this.gain.value + this.loss.value;
    this.ready = true;
    this.value = both === 0 ? 50 : (100 * this.gain.value) / both;
  }
}

/**
 * Fast EMA − slow EMA of closes (`value`), its EMA (`signal`) and their difference (`histogram`); every EMA seeded with
 * its first number. Ready after `slow` + `signalPeriod` − 1 bars, when the seeds have lost most of their weight.
 */
export class Macd extends OfCloses {
  value = Number.NaN;
  signal = Number.NaN;
  histogram = Number.NaN;
  ready = false;
  private seen = 0;
  declare private readonly needed: number;
  declare private readonly fast: Ema;
  declare private readonly slow: Ema;
  declare private readonly smoothed: Ema;

  constructor(fast: number, slow: number, signalPeriod: number) {
    super();
    this.fast = new Ema(fast);
    this.slow = new Ema(checkedPeriod(slow, fast + 1));
    this.smoothed = new Ema(signalPeriod);
    this.needed = slow + signalPeriod - 1;
  }

  push(close: number): void {
    this.fast.push(close);
    this.slow.push(close);
    const line = this.fast.value - this.slow.value;
    this.smoothed.push(line);
    this.seen += 1;
    if (this.seen < this.needed) return;
    this.ready = true;
    this.value = line;
    this.signal = this.smoothed.value;
    this.histogram = line - this.signal;
  }
}

/** Close less the close `period` bars before. Ready with bar `period` + 1. */
export class Momentum extends OfCloses {
  value = Number.NaN;
  ready = false;
  declare private readonly window: Window;

  constructor(period: number) {
    super();
    this.window = new Window(checkedPeriod(period) + 1);
  }

  push(close: number): void {
    const { window } = this;
    window.push(close);
    if (!window.full) return;
    this.ready = true;
    this.value = close - window.at(window.size - 1);
  }
}

/** Close ÷ the close `period` bars before: `ratio`, and as a change in percent (`value`). Ready with bar `period` + 1; not while that close was 0. */
export class RateOfChange extends OfCloses {
  value = Number.NaN;
  ratio = Number.NaN;
  ready = false;
  declare private readonly window: Window;

  constructor(period: number) {
    super();
    this.window = new Window(checkedPeriod(period) + 1);
  }

  push(close: number): void {
    const { window } = this;
    window.push(close);
    const before = window.full ? window.at(window.size - 1) : 0;
    this.ready = before !== 0;
    this.ratio = this.ready ? close / before : Number.NaN;
    this.value = 100 * (this.ratio - 1);
  }
}

/** Population standard deviations of the last `period` closes that the newest is away from their mean; 0 without any spread. */
export class ZScore extends OfCloses {
  value = Number.NaN;
  ready = false;
  declare private readonly window: Window;

  constructor(period: number) {
    super();
    this.window = new Window(checkedPeriod(period, 2));
  }

  push(close: number): void {
    const { window } = this;
    window.push(close);
    if (!window.full) return;
    const deviation = Math.sqrt(window.variance);
    this.ready = true;
    this.value = deviation === 0 ? 0 : (close - window.mean) / deviation;
  }
}
