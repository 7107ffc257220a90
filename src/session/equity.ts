// The equity curve: one exact mark an instant, kept as float64 columns, with the largest fall from its peak.

import { InvariantError, wideZero, type BarSeries, type Millis, type Money } from "../domain/index.ts";

/** Columns that nobody reads any more, the last one on top: fresh memory costs a page fault every 4 KiB, a fortieth of a run. */
const kept: Float64Array[] = [];
/** Columns that are kept: a process makes one run after the other. */
const keptMax = 4;

export class EquityCurve {
  declare private values: Float64Array;
  /** Close times, kept only where they are not the bars' own. */
  declare private times: Float64Array | null;
  declare private readonly series: BarSeries;
  private count = 0;
  /** Marks that fit. */
  declare private capacity: number;
  private peak = Number.NEGATIVE_INFINITY;
  private drawdown = wideZero;

  /** @param regular instants are exactly the bars of the series; else times are kept beside the values */
  constructor(series: BarSeries, regular: boolean) {
    this.series = series;
    this.values = takeColumn(series.length);
    this.times = regular ? null : new Float64Array(series.length);
    this.capacity = series.length;
  }

  get length(): number {
    return this.count;
  }

  /** Units of the settlement currency. */
  get maxDrawdown(): Money {
    return this.drawdown as Money;
  }

  add(time: Millis, equity: Money, value: number): void {
    const at = this.count;
    if (at === this.capacity) this.grow();
    this.values[at] = value;
    if (this.times !== null) this.times[at] = time;
    this.count = at + 1;
    if (equity > this.peak) this.peak = equity;
    else if (this.peak - equity > this.drawdown) this.drawdown = this.peak - equity;
  }

  /**
   * Marks of bars `from` to `to` - 1 of a regular curve that has one for each bar before, on the line (base + slope × close) ÷ power.
   * @returns the last value
   */
  addLine(closes: Float64Array, from: number, to: number, base: number, slope: number, power: number): number {
    const { values } = this;
    if (this.count !== from) throw new InvariantError("I-26", `bar ${from} is marked after ${this.count} marks`);
    if (slope === 0) return this.addFlat(to - from, base, power);
    let { peak, drawdown } = this;
    // Between the peak and its deepest fall a mark changes neither: those loops carry nothing but the bar.
    let lowest = peak - drawdown;
    let bar = from;
    while (bar < to) {
      let equity = 0;
      do {
        equity = base + slope * (closes[bar] as number);
        values[bar] = equity / power;
        bar += 1;
      } while (bar < to && equity <= peak && equity >= lowest);
      if (equity > peak) {
        peak = equity;
        lowest = peak - drawdown;
      } else if (equity < lowest) {
        lowest = equity;
        drawdown = peak - equity;
      }
    }
    this.count = to;
    this.peak = peak;
    this.drawdown = drawdown;
    return values[to - 1] as number;
  }

  // A flat account moves on no line: its marks are one value.
  private addFlat(bars: number, equity: number, power: number): number {
    const value = equity / power;
    const end = this.count + bars;
    for (let at = this.count; at < end; at += 1) this.values[at] = value;
    this.count = end;
    if (equity > this.peak) this.peak = equity;
    else if (this.peak - equity > this.drawdown) this.drawdown = this.peak - equity;
    return value;
  }

  columns(): { time: Float64Array; value: Float64Array } {
    const { series, count } = this;
    return { time: this.times === null ? closesOf(series, count) : this.times.subarray(0, count), value: this.values.subarray(0, count) };
  }

  /** Gives its memory back: neither the curve nor its columns may be read any more. */
  release(): void {
    if (kept.length < keptMax) kept.push(this.values);
    this.values = new Float64Array(0);
    this.capacity = 0;
    this.count = 0;
  }

  private grow(): void {
    this.values = larger(this.values);
    if (this.times !== null) this.times = larger(this.times);
    this.capacity = this.values.length;
  }
}

/** A column with anything in it: each mark is written before it is read. */
function takeColumn(length: number): Float64Array {
  const column = kept.pop();
  return column !== undefined && column.length === length ? column : new Float64Array(length);
}

function closesOf({ time, interval }: BarSeries, count: number): Float64Array {
  const closes = new Float64Array(count);
  for (let bar = 0; bar < count; bar += 1) closes[bar] = (time[bar] as number) + interval;
  return closes;
}

function larger(column: Float64Array): Float64Array {
  const next = new Float64Array(column.length * 2);
  next.set(column);
  return next;
}
