// The bars commands between the market room and the command line: which facts are told of a file. Loaded on use.

import type { Timeframe } from "../domain/index.ts";
import { formOf, type FormFlags } from "./bars-options.ts";
import { assertWritableBars, loadSeries, resample, toRaw, validateBars, writeBars, type LoadedSeries, type ValidBars } from "../market/index.ts";

/** Facts about checked bars: times in epoch ms, `to` is the close of the last bar; absent = null. */
export interface BarsFacts extends Readonly<Record<string, string | number | null>> {
  readonly file: string;
  readonly rows: number;
  readonly from: number;
  readonly to: number;
  readonly timeframe: Timeframe;
  readonly gaps: number;
  readonly missing: number;
  readonly longestGap: number;
  readonly zeroVolume: number;
  readonly priceDecimals: number;
  readonly volumeDecimals: number;
  readonly priceRepaired: number;
  readonly volumeRounded: number;
  /** `synthetic` for generated bars. */
  readonly source: string | null;
}

/** @throws SeatrialError for a file that is not there or holds a flawed bar; exit code 3 */
export async function describeBars(file: string, flags: FormFlags): Promise<BarsFacts> {
  const { series, ...valid } = await load(file, flags);
  return factsOf(file, valid, series.interval);
}

interface WriteFlags extends FormFlags {
  readonly force?: boolean;
}

/** Writes the bars of `source` to `target`. @returns the facts of what was written */
export async function convertBars(source: string, target: string, flags: WriteFlags): Promise<BarsFacts> {
  await assertWritableBars(target, flags);
  const { series, ...valid } = await load(source, flags);
  await writeBars(valid.bars, target, flags);
  return factsOf(target, valid, series.interval);
}

/** Writes the complete bars of a longer timeframe. @returns the facts of what was written */
export async function resampleBars(source: string, longer: Timeframe, target: string, flags: WriteFlags): Promise<BarsFacts> {
  await assertWritableBars(target, flags);
  const { series, bars } = await load(source, flags);
  const longerSeries = resample(series, longer);
  const raw = { ...toRaw(longerSeries), source: bars.source, priceRepaired: bars.priceRepaired, volumeRounded: bars.volumeRounded };
  const valid = validateBars(raw, { timeframe: longer });
  await writeBars(raw, target, flags);
  return factsOf(target, valid, longerSeries.interval);
}

// The symbol is not known of a bare file and is not written; the series is only the exact form of its bars.
function load(file: string, flags: FormFlags): Promise<LoadedSeries> {
  const { timeframe } = flags;
  return loadSeries(file, { symbol: file, form: formOf(flags), ...(timeframe === undefined ? {} : { timeframe }) });
}

function factsOf(file: string, valid: ValidBars, interval: number): BarsFacts {
  const { bars, timeframe, gaps, missing, longestGap, zeroVolume } = valid;
  return {
    file,
    rows: bars.length,
    from: bars.time[0] ?? 0,
    to: (bars.time[bars.length - 1] ?? 0) + interval,
    timeframe,
    gaps,
    missing,
    longestGap,
    zeroVolume,
    priceDecimals: bars.priceDecimals,
    volumeDecimals: bars.volumeDecimals,
    priceRepaired: bars.priceRepaired,
    volumeRounded: bars.volumeRounded,
    source: bars.source,
  };
}
