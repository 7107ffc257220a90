// What the venue walks inside a market's bars, from a scenario's file to the plan: finer bars or trades. The bars are made of
// it or agree with it, so that a strategy hears of nothing that the venue has not seen.

import { parseDecimal, pow10, remainder, SeatrialError, timeframeMillis, type BarSeries, type TradeSeries } from "../domain/index.ts";
import type { FillModel } from "../exchange/virtual/index.ts";
import { readTrades, resample, seriesDigest, tradeSteps } from "../market/index.ts";
import { createSha256, type MarketPlan } from "../session/index.ts";
import { resolveDataPath, type NotRun } from "./data-path.ts";
import type { DocumentPath, SourceDocument } from "./document.ts";
import { insideRange, rangeProblem } from "./inside-range.ts";
import { baseBars, placed, rescaled, scalesFor, withTimeframes, type BarRequest, type BaseBars } from "./plan-bars.ts";
import { valueError } from "./problems.ts";
import type { InsideInput } from "./schema-market.ts";

/** What a market replays, and what its prices are. */
export interface MarketBars extends Omit<BaseBars, "series"> {
  readonly bars: Pick<MarketPlan, "series" | "inside">;
}

/** The bars of a market and what is inside them, or why the machine cannot have them. @throws SeatrialError for bars that are wrong */
export async function barsOfMarket(request: BarRequest): Promise<MarketBars | NotRun> {
  const { inside, bars } = request.input;
  if (inside === undefined) {
    const base = await baseBars(request);
    return "reason" in base ? base : { ...base, bars: { series: withTimeframes(request, base.series) } };
  }
  const steps = await stepsOf({ ...request, key: "inside" }, inside);
  if ("reason" in steps) return steps;
  const given = bars.script ?? bars.file ?? bars.synthetic;
  const base = given === undefined ? madeOf(request, steps) : await baseBars({ ...request, priceDecimals: steps.series.priceScale });
  if ("reason" in base) return base;
  const scales = { price: base.series.priceScale, quantity: commonScale(base.series, steps.series) };
  const [frames, fitting] = [rescaled(base.series, scales), rescaled(steps.series, scales)];
  const problem = rangeProblem(frames, fitting);
  if (problem !== null) throw valueError(request.document, [...request.path, "inside"], problem);
  return { bars: { series: withTimeframes(request, frames), inside: insideRange(frames, fitting) }, origin: base.origin, adjusted: base.adjusted };
}

/** The bars' own where it holds the smaller volumes of the steps, else the steps'. */
function commonScale(base: BarSeries, steps: BarSeries): number {
  if (steps.quantityScale <= base.quantityScale) return base.quantityScale;
  const power = pow10(steps.quantityScale - base.quantityScale);
  return steps.volume.every((units) => remainder(units, power) === 0) ? base.quantityScale : steps.quantityScale;
}

/** Latency is for data that says when its prices came. @param path of the latency in the document @throws SeatrialError `latency_without_steps`, `bad_latency` */
export function checkLatency(
  document: SourceDocument,
  { latency, market }: FillModel,
  markets: readonly MarketPlan[],
  path: DocumentPath = ["fill", "latency"],
): void {
  if (latency === null) return;
  if (market === "same-bar-close") {
    const reason = "stands beside market orders at the close that decided them";
    throw valueError(document, path, { code: "bad_latency", reason, hint: "an order that takes time cannot be there" });
  }
  const bare = markets.find(({ inside }) => inside === undefined);
  if (bare === undefined) return;
  throw valueError(document, path, {
    code: "latency_without_steps",
    reason: `the bars of ${bare.rules.symbol} do not say when their prices came`,
    hint: 'give each market finer data: "inside": {"file": …}, {"tradesFile": …}',
  });
}

/** What is inside a market's bars as plain data, for the run hash; null where nothing is. */
export function insideFact({ rules, inside }: MarketPlan): unknown {
  return inside === undefined ? null : { symbol: rules.symbol, timeframe: inside.timeframe, digest: seriesDigest(inside, createSha256) };
}

function madeOf(request: BarRequest, { series: steps, ...traits }: BaseBars): BaseBars {
  const timeframe = request.input.bars.timeframe ?? steps.timeframe;
  const place = () => request.document.placeOf([...request.path, "bars", "timeframe"]);
  if (timeframeMillis(timeframe) <= steps.interval) {
    const reason = `${timeframe} bars are not made of ${steps.timeframe} bars`;
    throw new SeatrialError({ code: "bad_timeframe", reason, hint: "what is inside a bar is shorter", place: place() });
  }
  try {
    return { ...traits, series: resample(steps, timeframe, steps.ofTrades ? "all" : "complete") };
  } catch (error) {
    throw error instanceof SeatrialError ? error.at(place()) : error;
  }
}

async function stepsOf(request: BarRequest, { trades, tradesFile, symbol, from, to }: InsideInput): Promise<BaseBars | NotRun> {
  if (trades !== undefined) {
    const series = placed(request, "trades", () => atTheirScales(request, scriptedTrades(request, trades)));
    return { series, origin: "scripted", adjusted: false };
  }
  if (tradesFile === undefined) return baseBars(request);
  const { document, path, baseDir, env } = request;
  const found = await resolveDataPath(document, [...path, "inside", "tradesFile"], tradesFile, baseDir, env);
  if (found.kind === "absent") return found.notRun;
  const range = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }), ...(symbol === undefined ? {} : { symbol }) };
  const read = await readTrades(found.file, range);
  return { series: placed(request, "tradesFile", () => atTheirScales(request, read)), origin: "recorded", adjusted: false };
}

function atTheirScales(request: BarRequest, trades: TradeSeries): BarSeries {
  const total = trades.quantity.reduce((sum, units) => sum + units, 0) / 10 ** trades.quantityScale;
  const scales = scalesFor(request, { price: trades.priceScale, volume: trades.quantityScale, largestVolume: total });
  return tradeSteps(trades, { symbol: request.rules.symbol, priceScale: scales.price, quantityScale: scales.quantity });
}

function scriptedTrades({ document, path, rules }: BarRequest, rows: NonNullable<InsideInput["trades"]>): TradeSeries {
  rows.forEach(([time], row) => {
    const before = rows[row - 1];
    if (before === undefined || before[0] <= time) return;
    throw valueError(document, [...path, "inside", "trades", row], { code: "bad_trades", reason: "is before the trade above it" });
  });
  const column = (at: 1 | 2) => {
    const values = rows.map((row) => parseDecimal(row[at]));
    const scale = Math.max(...values.map((value) => value.scale));
    return { scale, units: Float64Array.from(values, (value) => Number(value.units * 10n ** BigInt(scale - value.scale))) };
  };
  const [price, quantity] = [column(1), column(2)];
  return {
    symbol: rules.symbol,
    length: rows.length,
    time: Float64Array.from(rows, ([time]) => time),
    price: price.units,
    quantity: quantity.units,
    side: new Int8Array(rows.length),
    priceScale: price.scale,
    quantityScale: quantity.scale,
  };
}
