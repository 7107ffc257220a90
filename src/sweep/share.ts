// Scenarios for many threads: their bars stand once in one shared buffer, everything else is plain data that can be sent. What
// comes out on the other side is the same plan over the same memory; nothing is copied a second time.

import { BarSeries, type BarColumns, type FundingSeries } from "../domain/index.ts";
import type { Scenario } from "../scenario/index.ts";
import { loadStrategy, type MarketPlan, type SimulationPlan } from "../session/index.ts";
import { resolveParams } from "../strategy/index.ts";

const columnNames = ["time", "open", "high", "low", "close", "volume"] as const;

type SeriesMeta = Pick<BarSeries, "symbol" | "timeframe" | "interval" | "priceScale" | "quantityScale">;

interface SharedSeries {
  readonly meta: SeriesMeta;
  readonly columns: BarColumns;
}

interface SharedMarket extends Omit<MarketPlan, "series" | "inside" | "marks"> {
  readonly series: readonly SharedSeries[];
  readonly inside: SharedSeries | null;
  readonly marks: SharedSeries | null;
}

/** A scenario as plain data over shared columns; a message to a worker thread keeps the columns shared. */
export interface SharedScenario {
  /** As the sweep file names it. */
  readonly file: string;
  readonly strategy: { readonly use: string; readonly baseDir: string };
  readonly params: SimulationPlan["strategy"]["params"];
  readonly plan: Omit<SimulationPlan, "markets" | "strategy">;
  readonly markets: readonly SharedMarket[];
}

/** A scenario that is ready to run trials. */
export interface TrialBase {
  readonly file: string;
  readonly plan: SimulationPlan;
}

/** A scenario with all its data, under the name by which jobs know it. */
export interface LoadedScenario {
  readonly file: string;
  readonly strategy: Scenario["strategy"];
  readonly plan: SimulationPlan;
}

/** Puts the columns of all scenarios into one buffer of shared memory. */
export function shareScenarios(scenarios: readonly LoadedScenario[]): SharedScenario[] {
  const columns = new Set<Float64Array>();
  for (const { plan } of scenarios) for (const market of plan.markets) for (const column of columnsOf(market)) columns.add(column);
  const total = [...columns].reduce((sum, column) => sum + column.length, 0);
  const memory = new Float64Array(new SharedArrayBuffer(total * Float64Array.BYTES_PER_ELEMENT));
  const shared = new Map<Float64Array, Float64Array>();
  let at = 0;
  for (const column of columns) {
    memory.set(column, at);
    shared.set(column, memory.subarray(at, at + column.length));
    at += column.length;
  }
  const place = (column: Float64Array): Float64Array => shared.get(column) as Float64Array;
  return scenarios.map((scenario) => sharedScenario(scenario, place));
}

function columnsOf({ series, inside, marks, funding }: MarketPlan): Float64Array[] {
  const all = [...series, ...(inside === undefined ? [] : [inside]), ...(marks === undefined ? [] : [marks])];
  return [...all.flatMap((bars) => columnNames.map((name) => bars[name])), ...(funding === undefined ? [] : [funding.time, funding.rate])];
}

function sharedScenario({ file, strategy, plan }: LoadedScenario, place: (column: Float64Array) => Float64Array): SharedScenario {
  const { markets, strategy: own, ...rest } = plan;
  return { file, strategy, params: own.params, plan: rest, markets: markets.map((market) => sharedMarket(market, place)) };
}

function sharedMarket({ series, inside, marks, funding, ...rest }: MarketPlan, place: (column: Float64Array) => Float64Array): SharedMarket {
  const shared = (bars: BarSeries): SharedSeries => {
    const { symbol, timeframe, interval, priceScale, quantityScale } = bars;
    const columns = Object.fromEntries(columnNames.map((name) => [name, place(bars[name])])) as unknown as BarColumns;
    return { meta: { symbol, timeframe, interval, priceScale, quantityScale }, columns };
  };
  return {
    ...rest,
    ...(funding === undefined ? {} : { funding: { ...funding, time: place(funding.time), rate: place(funding.rate) } satisfies FundingSeries }),
    series: series.map(shared),
    inside: inside === undefined ? null : shared(inside),
    marks: marks === undefined ? null : shared(marks),
  };
}

/** The plan of a shared scenario; its strategy is loaded anew. @throws SeatrialError as `loadStrategy` and `resolveParams` do */
export async function trialBaseOf({ file, strategy, params, plan, markets }: SharedScenario): Promise<TrialBase> {
  const definition = await loadStrategy(strategy.use, strategy.baseDir);
  // A message thaws what it carries: parameters that a strategy can write into would make another run of it.
  return { file, plan: { ...plan, strategy: { definition, params: resolveParams(definition, params) }, markets: markets.map(marketOf) } };
}

function marketOf({ series, inside, marks, ...rest }: SharedMarket): MarketPlan {
  const bars = ({ meta, columns }: SharedSeries): BarSeries => new BarSeries(meta, columns);
  return {
    ...rest,
    series: series.map(bars),
    ...(inside === null ? {} : { inside: bars(inside) }),
    ...(marks === null ? {} : { marks: bars(marks) }),
  };
}
