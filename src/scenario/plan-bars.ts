// Bars of a scenario's markets: scripted, read from a file, or synthetic, and the longer timeframes made from them.
// All series of a market share one pair of scales.

import { BarSeries, checked, pow10, SeatrialError, timeframeMillis, type MarketRules } from "../domain/index.ts";
import {
  adjustSplits,
  inferTimeframe,
  largestVolume,
  readBars,
  resample,
  sliceBars,
  syntheticBars,
  syntheticSource,
  toSeries,
  validateBars,
  type BarForm,
} from "../market/index.ts";
import type { DocumentPath, SourceDocument } from "./document.ts";
import { resolveDataPath, type Environment, type NotRun } from "./data-path.ts";
import { valueError } from "./problems.ts";
import { scalesOf, type SeriesScales } from "./scales.ts";
import type { BarsInput, MarketInput } from "./schema-market.ts";
import { scriptBars, scriptColumns, scriptDecimals } from "./script-bars.ts";

/** 2025-01-01T00:00:00Z. */
export const defaultStart = 1_735_689_600_000;
export const defaultTimeframe = "1m";
const defaultVolume = "1000";

/** What the bars of a market are: written in the scenario, taken from a market, or made by the generator. */
export type BarOrigin = "scripted" | "recorded" | "synthetic";

export interface BaseBars {
  readonly series: BarSeries;
  readonly origin: BarOrigin;
  /** Splits were taken out of them. */
  readonly adjusted: boolean;
}

/** Where the bars of one market come from, as far as the machine has them. */
export interface BarRequest {
  readonly document: SourceDocument;
  /** Path of the market in the document. */
  readonly path: DocumentPath;
  readonly input: MarketInput;
  readonly rules: MarketRules;
  readonly seed: number;
  readonly baseDir: string;
  readonly env: Environment;
  /** Where the bars stand in the market. @defaultValue "bars" */
  readonly key?: "inside";
  /** Decimals that prices need beside those of rules and bars. @defaultValue none */
  readonly priceDecimals?: number;
}

/** The keys of the bars that are asked for. */
function keysOf({ input, key }: BarRequest): BarsInput {
  return key === "inside" && input.inside !== undefined ? input.inside : input.bars;
}

function pathTo({ path, key }: BarRequest, ...rest: readonly PropertyKey[]): DocumentPath {
  return [...path, key ?? "bars", ...rest];
}

/** The bars alone, without longer timeframes, or why the machine cannot have them. @throws SeatrialError for bad bars */
export async function baseBars(request: BarRequest): Promise<BaseBars | NotRun> {
  const bars = keysOf(request);
  if (bars.script !== undefined) return { series: scriptSeries(request, bars.script), origin: "scripted", adjusted: false };
  if (bars.file !== undefined) return fileBars(request, bars.file);
  return { series: syntheticSeries(request), origin: "synthetic", adjusted: false };
}

function scriptSeries(request: BarRequest, script: NonNullable<BarsInput["script"]>): BarSeries {
  const { document, rules } = request;
  const bars = keysOf(request);
  const timeframe = bars.timeframe ?? defaultTimeframe;
  const interval = timeframeMillis(timeframe);
  const options = { tick: rules.tick, startPrice: bars.startPrice ?? null, volume: bars.volume ?? defaultVolume };
  const made = scriptBars(script, options, (row) => document.placeOf(pathTo(request, "script", row)));
  return placed(request, "script", () => {
    const scales = scalesFor(request, { ...scriptDecimals(made), largestVolume: 0 });
    const columns = scriptColumns(made, startOf(request), interval, scales);
    return new BarSeries({ symbol: rules.symbol, timeframe, interval, priceScale: scales.price, quantityScale: scales.quantity }, columns);
  });
}

async function fileBars(request: BarRequest, text: string): Promise<BaseBars | NotRun> {
  const { rules } = request;
  const bars = keysOf(request);
  const found = await resolveDataPath(request.document, pathTo(request, "file"), text, request.baseDir, request.env);
  if (found.kind === "absent") return found.notRun;
  const whole = await readBars(found.file, formOf(bars));
  // A range of a market with holes may show no two bars that stand side by side: only the whole file tells.
  const timeframe = bars.timeframe ?? inferTimeframe(whole);
  const read = bars.from === undefined && bars.to === undefined ? whole : sliceBars(whole, given({ from: bars.from, to: bars.to }));
  const part = read.length < whole.length && (bars.timeframe === undefined || inferTimeframe(whole) === timeframe);
  validateBars(read, { timeframe, part });
  const raw = placed(request, "splits", () => adjustSplits(read, bars.splits ?? []));
  const data = { price: raw.priceDecimals, volume: raw.volumeDecimals, largestVolume: largestVolume(raw) };
  const scales = placed(request, "file", () => scalesFor(request, data));
  const meta = { symbol: rules.symbol, timeframe, priceScale: scales.price, quantityScale: scales.quantity };
  // Nobody else holds the raw bars.
  const series = toSeries(raw, meta, { inPlace: true });
  // A file of generated bars says so itself; being a file does not make them a market's history.
  return { series, origin: raw.source === syntheticSource ? "synthetic" : "recorded", adjusted: raw !== read };
}

/** The keys of a scenario's bars that say how their file is read; an absent key keeps the reader's default. */
function formOf({ timeframe, time, volume, symbol, side, zone, leanSecurity }: BarsInput): BarForm {
  return given({ timeframe, time, volume, symbol, side, zone, leanSecurity }) as BarForm;
}

/** Without the keys that are undefined. */
function given(keys: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(keys).filter(([, value]) => value !== undefined));
}

function syntheticSeries(request: BarRequest): BarSeries {
  const { rules } = request;
  const bars = keysOf(request);
  const { synthetic } = bars;
  if (synthetic === undefined) throw valueError(request.document, pathTo(request), { code: "bad_value", reason: "has no bars" });
  return placed(request, "synthetic", () => {
    const scales = scalesFor(request, { price: 0, volume: 0, largestVolume: 0 });
    const series = syntheticBars({
      seed: synthetic.seed ?? request.seed,
      symbol: rules.symbol,
      start: startOf(request),
      count: synthetic.count,
      timeframe: bars.timeframe ?? defaultTimeframe,
      startPrice: synthetic.startPrice,
      tick: rules.tick,
      step: rules.step,
      ...(synthetic.volatility === undefined ? {} : { volatility: synthetic.volatility }),
      ...(synthetic.volume === undefined ? {} : { volume: synthetic.volume }),
    });
    return rescaled(series, scales);
  });
}

/** Open time of the first bar that is not read from a file. */
export function startOf(request: BarRequest): number {
  return keysOf(request).start ?? request.input.bars.start ?? defaultStart;
}

/** A market's bars and the longer ones that are made of them. */
export function withTimeframes(request: BarRequest, base: BarSeries): readonly BarSeries[] {
  const wanted = [...new Set(request.input.timeframes ?? [])].map((timeframe, at) => ({ timeframe, at, length: timeframeMillis(timeframe) }));
  const longer = wanted
    .sort((a, b) => a.length - b.length)
    .map(({ timeframe, at, length }) => {
      const path = [...request.path, "timeframes", at];
      if (length <= base.interval || length % base.interval !== 0) {
        const reason = `${timeframe} cannot be made from ${base.timeframe} bars`;
        throw valueError(request.document, path, { code: "bad_timeframe", reason, hint: "it must be a multiple of theirs" });
      }
      return resample(base, timeframe);
    });
  return [base, ...longer];
}

export function scalesFor({ rules, priceDecimals = 0 }: BarRequest, data: Parameters<typeof scalesOf>[1]): SeriesScales {
  return scalesOf(rules, { ...data, price: Math.max(data.price, priceDecimals) });
}

/** The same bars at other scales, never smaller than they need. */
export function rescaled(series: BarSeries, scales: { price: number; quantity: number }): BarSeries {
  if (series.priceScale === scales.price && series.quantityScale === scales.quantity) return series;
  const price = (column: Float64Array) => atScale(column, scales.price - series.priceScale);
  const meta = {
    symbol: series.symbol,
    timeframe: series.timeframe,
    interval: series.interval,
    priceScale: scales.price,
    quantityScale: scales.quantity,
  };
  return new BarSeries(meta, {
    time: series.time,
    open: price(series.open),
    high: price(series.high),
    low: price(series.low),
    close: price(series.close),
    volume: atScale(series.volume, scales.quantity - series.quantityScale),
  });
}

/** Exact: fewer decimals only where they are zeros. */
function atScale(column: Float64Array, more: number): Float64Array {
  const power = pow10(Math.abs(more));
  return column.map((units) => checked(more < 0 ? units / power : units * power));
}

/** Errors about bars that come without a place get that of the scenario's own key. */
export function placed<T>(request: BarRequest, source: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw error instanceof SeatrialError ? error.at(request.document.placeOf(pathTo(request, source))) : error;
  }
}
