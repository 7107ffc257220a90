// From a file's path to a series the core may believe: read, validate, convert. Holds no rule of its own.

import { timeframeMillis, type BarSeries, type Timeframe } from "../domain/index.ts";
import { readBars, sliceBars, type BarForm, type ReadOptions } from "./read.ts";
import { toSeries } from "./series.ts";
import { inferTimeframe, validateBars, type ValidBars } from "./validate.ts";

export interface LoadOptions extends Pick<ReadOptions, "from" | "to"> {
  readonly symbol: string;
  /** @defaultValue inferred from the whole file, before `from` and `to` */
  readonly timeframe?: Timeframe;
  /** How the file is to be understood where it does not say: times at close, no volume, one market of several. */
  readonly form?: BarForm;
  /** @defaultValue the data's decimals; an instrument's scale has to be at least that */
  readonly priceScale?: number;
  /** @defaultValue the data's decimals */
  readonly quantityScale?: number;
  /** The present, epoch ms: a last bar that closes after it is an error. @defaultValue no check */
  readonly now?: number;
}

export interface LoadedSeries extends Omit<ValidBars, "bars"> {
  readonly series: BarSeries;
  /** The bars in decimal numbers, with their decimals and what was repaired or rounded. */
  readonly bars: ValidBars["bars"];
}

/** @throws SeatrialError of `readBars`, `validateBars` and `toSeries`; exit code 3 */
export async function loadSeries(path: string, options: LoadOptions): Promise<LoadedSeries> {
  const whole = await readBars(path, { ...(options.timeframe === undefined ? {} : { timeframe: options.timeframe }), ...options.form });
  const timeframe = options.timeframe ?? inferTimeframe(whole);
  timeframeMillis(timeframe);
  const ranged = options.from !== undefined || options.to !== undefined;
  const valid = validateBars(ranged ? sliceBars(whole, options) : whole, {
    timeframe,
    ...(options.now === undefined ? {} : { now: options.now }),
  });
  const series = toSeries(valid.bars, {
    symbol: options.symbol,
    timeframe,
    priceScale: options.priceScale ?? valid.bars.priceDecimals,
    quantityScale: options.quantityScale ?? valid.bars.volumeDecimals,
  });
  return { ...valid, series };
}
