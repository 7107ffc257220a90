// Bars are columns: one typed array a field, integers at the instrument's scales. The hot loop passes an index.

import type { Price, Quantity, Millis } from "./brand.ts";
import { pow10 } from "./numbers.ts";
import type { Timeframe } from "./timeframe.ts";

/** The six columns, all of length `length`. Prices are integers of 10^-priceScale, volume of 10^-quantityScale. */
export interface BarColumns {
  /** Open time of each bar, epoch ms UTC, strictly increasing; of trades never descending. */
  readonly time: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

/** One market's bars of one timeframe. Immutable after construction; validated at the edge (market room). */
export class BarSeries implements BarColumns {
  declare readonly symbol: string;
  declare readonly timeframe: Timeframe;
  /** Length of one bar in ms. */
  declare readonly interval: number;
  declare readonly priceScale: number;
  declare readonly quantityScale: number;
  /** 10^priceScale: dividing by it is the exact border to float64. */
  declare readonly pricePower: number;
  declare readonly quantityPower: number;
  declare readonly length: number;
  declare readonly time: Float64Array;
  declare readonly open: Float64Array;
  declare readonly high: Float64Array;
  declare readonly low: Float64Array;
  declare readonly close: Float64Array;
  declare readonly volume: Float64Array;

  constructor(meta: { symbol: string; timeframe: Timeframe; interval: number; priceScale: number; quantityScale: number }, columns: BarColumns) {
    this.symbol = meta.symbol;
    this.timeframe = meta.timeframe;
    this.interval = meta.interval;
    this.priceScale = meta.priceScale;
    this.quantityScale = meta.quantityScale;
    this.pricePower = pow10(meta.priceScale);
    this.quantityPower = pow10(meta.quantityScale);
    this.length = columns.time.length;
    this.time = columns.time;
    this.open = columns.open;
    this.high = columns.high;
    this.low = columns.low;
    this.close = columns.close;
    this.volume = columns.volume;
  }

  timeAt(bar: number): Millis {
    return this.time[bar] as Millis;
  }
  openAt(bar: number): Price {
    return this.open[bar] as Price;
  }
  highAt(bar: number): Price {
    return this.high[bar] as Price;
  }
  lowAt(bar: number): Price {
    return this.low[bar] as Price;
  }
  closeAt(bar: number): Price {
    return this.close[bar] as Price;
  }
  volumeAt(bar: number): Quantity {
    return this.volume[bar] as Quantity;
  }
  /** Each row is one trade: one price and its quantity, at one millisecond that other rows may share. */
  get ofTrades(): boolean {
    return this.interval === 1;
  }
  /** First instant after the bar. */
  closeTimeAt(bar: number): Millis {
    return ((this.time[bar] as number) + this.interval) as Millis;
  }
}
