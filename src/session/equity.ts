// The equity curve: one exact mark an instant, kept as float64 columns, with the largest fall from its peak.

import type { Millis, Money } from "../domain/index.ts";

export class EquityCurve {
  private times: Float64Array;
  private values: Float64Array;
  private count = 0;
  private peak = Number.NEGATIVE_INFINITY;
  private drawdown = 0;

  /** @param capacity most instants that can come */
  constructor(capacity: number, exact: boolean) {
    const size = exact ? capacity : Math.min(capacity, 4_096);
    this.times = new Float64Array(size);
    this.values = new Float64Array(size);
  }

  get length(): number {
    return this.count;
  }

  /** Units of the settlement currency. */
  get maxDrawdown(): Money {
    return this.drawdown as Money;
  }

  add(time: Millis, equity: Money, value: number): void {
    if (this.count === this.times.length) this.grow();
    this.times[this.count] = time;
    this.values[this.count] = value;
    this.count += 1;
    if (equity > this.peak) this.peak = equity;
    else if (this.peak - equity > this.drawdown) this.drawdown = this.peak - equity;
  }

  columns(): { time: Float64Array; value: Float64Array } {
    return { time: this.times.subarray(0, this.count), value: this.values.subarray(0, this.count) };
  }

  private grow(): void {
    const larger = (column: Float64Array) => {
      const next = new Float64Array(column.length * 2);
      next.set(column);
      return next;
    };
    this.times = larger(this.times);
    this.values = larger(this.values);
  }
}
