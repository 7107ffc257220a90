// A scenario that another strategy is put through. What it says about prices, sizes and orders is about its own strategy and is
// not judged; what must hold for every strategy is. Around its bars come generated ones, so that a strategy is warm when they begin.

import { BarSeries, printUnits, type BarColumns } from "../domain/index.ts";
import { syntheticBars } from "../market/index.ts";
import type { MarketPlan } from "../session/plan.ts";
import type { Expectation } from "./schema-expect.ts";
import type { ScenarioInput } from "./schema.ts";

/** Bars before the scenario's first and behind its last. */
export const rehearsalBars = 240;

/** What must hold whoever trades. */
const always = [
  "duplicate-order",
  "order-after-halt",
  "fill-outside-bar",
  "fill-beyond-limit",
  "fill-without-order",
  "overfill",
  "unsettled-end",
  "strategy-differs",
  "invariant-violation",
] as const;

/** The scenario without what speaks of its own strategy: parameters, and expectations but those of what must never be. */
export function rehearsalOf(input: ScenarioInput): ScenarioInput {
  const own = input.expect.flatMap(({ never }) => (never === undefined || never === "halt" || never === "unresolved-outcome" ? [] : [never]));
  const names = [...new Set([...own, ...always])];
  const lead = hasSurroundings(input) ? rehearsalBars : 0;
  const steps = input.steps.map((step) => {
    const later = step.at.bar === undefined ? step : { ...step, at: { ...step.at, bar: step.at.bar + lead } };
    if (later.do !== "restart" || later.params === undefined) return later;
    const { params: _params, ...restart } = later;
    return { ...restart, changed: restart.changed ?? "configuration" };
  });
  const expect: Expectation[] = names.map((never) => ({ never }));
  return { ...input, strategy: { ...input.strategy, params: {} }, steps: steps as ScenarioInput["steps"], expect };
}

/** Generated bars fit only around bars by hand of one timeframe that are made of nothing finer. */
function hasSurroundings({ markets }: ScenarioInput): boolean {
  return markets.every(({ inside, bars, timeframes = [] }) => inside === undefined && timeframes.length === 0 && bars.script !== undefined);
}

/** A market's bars with generated ones on both sides, which end and begin at its prices. */
export function surrounded(input: ScenarioInput, market: MarketPlan, seed: number): MarketPlan {
  const [series] = market.series;
  if (series === undefined || !hasSurroundings(input)) return market;
  const last = series.length - 1;
  const before = walkOf(series, market, `${seed}/before`, series.timeAt(0) - rehearsalBars * series.interval);
  const behind = walkOf(series, market, `${seed}/behind`, series.closeTimeAt(last));
  const parts = [
    moved(before, series.openAt(0) - (before.close[rehearsalBars - 1] as number)),
    columnsOf(series),
    moved(behind, series.closeAt(last) - (behind.open[0] as number)),
  ];
  return { ...market, series: [seriesOf(series, parts)] };
}

/** Generated columns at the scales of a series. */
function walkOf(like: BarSeries, { rules }: MarketPlan, seed: string, start: number): BarColumns {
  const { symbol, timeframe, priceScale, quantityScale } = like;
  const startPrice = printUnits(like.openAt(0), priceScale);
  const walk = syntheticBars({ seed, symbol, start, count: rehearsalBars, timeframe, startPrice, tick: rules.tick, step: rules.step });
  const columns = columnsOf(walk);
  const price = (column: Float64Array) => column.map((units) => units * 10 ** (priceScale - walk.priceScale));
  const volume = columns.volume.map((units) => units * 10 ** (quantityScale - walk.quantityScale));
  return { ...columns, open: price(columns.open), high: price(columns.high), low: price(columns.low), close: price(columns.close), volume };
}

function moved(columns: BarColumns, by: number): BarColumns {
  const move = (column: Float64Array) => column.map((units) => Math.max(1, units + by));
  return { ...columns, open: move(columns.open), high: move(columns.high), low: move(columns.low), close: move(columns.close) };
}

function columnsOf({ time, open, high, low, close, volume }: BarColumns): BarColumns {
  return { time, open, high, low, close, volume };
}

function seriesOf({ symbol, timeframe, interval, priceScale, quantityScale }: BarSeries, parts: readonly BarColumns[]): BarSeries {
  const joined = (key: keyof BarColumns) => Float64Array.from(parts.flatMap((part) => [...part[key]]));
  const columns = {
    time: joined("time"),
    open: joined("open"),
    high: joined("high"),
    low: joined("low"),
    close: joined("close"),
    volume: joined("volume"),
  };
  return new BarSeries({ symbol, timeframe, interval, priceScale, quantityScale }, columns);
}
