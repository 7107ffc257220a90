// What a strategy sees of bars: float64 getters over the columns, bound to the last closed row. Later rows do not exist.

import { timeframeOfMillis, type BarSeries, type Millis } from "../domain/index.ts";
import type { BarView } from "../strategy/index.ts";

export class SeriesView implements BarView {
  declare readonly series: BarSeries;
  declare readonly timeframe: string;
  index = -1;
  declare private readonly pricePower: number;
  declare private readonly quantityPower: number;

  constructor(series: BarSeries) {
    this.series = series;
    this.timeframe = timeframeOfMillis(series.interval);
    this.pricePower = series.pricePower;
    this.quantityPower = series.quantityPower;
  }

  get time(): Millis {
    return this.series.time[this.index] as Millis;
  }
  get open(): number {
    return (this.series.open[this.index] as number) / this.pricePower;
  }
  get high(): number {
    return (this.series.high[this.index] as number) / this.pricePower;
  }
  get low(): number {
    return (this.series.low[this.index] as number) / this.pricePower;
  }
  get close(): number {
    return (this.series.close[this.index] as number) / this.pricePower;
  }
  get volume(): number {
    return (this.series.volume[this.index] as number) / this.quantityPower;
  }

  closeAt(ago: number): number {
    return this.read(this.series.close, ago, this.pricePower);
  }
  openAt(ago: number): number {
    return this.read(this.series.open, ago, this.pricePower);
  }
  highAt(ago: number): number {
    return this.read(this.series.high, ago, this.pricePower);
  }
  lowAt(ago: number): number {
    return this.read(this.series.low, ago, this.pricePower);
  }
  volumeAt(ago: number): number {
    return this.read(this.series.volume, ago, this.quantityPower);
  }

  // A negative `ago` would be a bar of the future.
  private read(column: Float64Array, ago: number, power: number): number {
    if (!(ago >= 0) || ago > this.index) return Number.NaN;
    return (column[this.index - ago] as number) / power;
  }
}
