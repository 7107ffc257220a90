// Predicted against actual slippage over all fills of a source: in figures, by market and by family, judged, and turned into a
// fill model. Data in, data out; what it is printed as is reconcile-text's.

import type { FillFacts, FillSource, SlippageAssumption } from "./facts.ts";
import { calibrate, type Calibration, type CalibrationWindow } from "./calibration.ts";
import { slippageOf, tickBpOf, type LeftOut, type SlippedFill } from "./slippage.ts";
import { fillsMin, mean, percentile, slippageStatistics, verdictOf, type SlippageStatistics, type Verdict } from "./statistics.ts";

export type SlippageUnit = "bp" | "price";

export interface ReconcileOptions {
  /** What the verdict judges by. */
  readonly unit: SlippageUnit;
  readonly window: CalibrationWindow;
  /** What of a loss is spread, decimal text; null takes the assumption's. */
  readonly halfSpreadBp: string | null;
}

/** The figures of some of the fills. */
export interface ReconciledGroup {
  readonly fills: number;
  /** Basis points of the requested price. Null with too few fills. */
  readonly bp: SlippageStatistics | null;
  /** Price units. Null with too few fills, and for fills of several markets. */
  readonly price: SlippageStatistics | null;
}

/** Where a loss came from, of the fills whose market price at arrival is known. Means, bp. */
export interface LossParts {
  readonly fills: number;
  /** The market moved between the decision and the arrival. */
  readonly movedBp: number;
  /** Spread and slippage took it. */
  readonly takenBp: number;
}

export interface Reconciliation {
  readonly file: string;
  readonly scenario: string | null;
  /** Fills of the source, as far as they were asked for. */
  readonly fills: number;
  readonly reconciled: number;
  /** Fills by the reason for which they are held against nothing. */
  readonly leftOut: Readonly<Record<LeftOut, number>>;
  readonly unit: SlippageUnit;
  readonly all: ReconciledGroup;
  /** Null with too few fills. */
  readonly verdict: Verdict | null;
  /** Why there is no verdict; null when there is one. */
  readonly insufficient: string | null;
  /** Null where no price at arrival is known. */
  readonly parts: LossParts | null;
  readonly bySymbol: readonly (ReconciledGroup & { readonly symbol: string })[];
  readonly byFamily: readonly (ReconciledGroup & { readonly family: string })[];
  readonly calibration: Calibration;
}

/** @param assumption what predicts where nothing came with an order; null = nothing does */
export async function reconcile(source: FillSource, assumption: SlippageAssumption | null, options: ReconcileOptions): Promise<Reconciliation> {
  const { slipped, leftOut } = measured(source.fills, assumption);
  const groupsBy = await grouping(slipped);
  const all = groupOf(slipped);
  const judged = all[options.unit];
  return {
    file: source.file,
    scenario: source.scenario,
    fills: source.fills.length,
    reconciled: slipped.length,
    leftOut,
    unit: options.unit,
    all,
    verdict: judged === null ? null : verdictOf(judged),
    insufficient: judged === null ? insufficiency(slipped.length) : null,
    parts: partsOf(slipped),
    bySymbol: groupsBy("symbol").map(({ name, group }) => ({ symbol: name, ...group })),
    byFamily: groupsBy("family").map(({ name, group }) => ({ family: name, ...group })),
    calibration: calibrate(slipped, options.halfSpreadBp ?? assumption?.halfSpreadBp ?? "0", options.window),
  };
}

/** The fill model that fills come to, by themselves. @param fills in the order of time */
export function calibrationOf(fills: readonly FillFacts[], assumption: SlippageAssumption | null, window: CalibrationWindow): Calibration {
  return calibrate(measured(fills, assumption).slipped, assumption?.halfSpreadBp ?? "0", window);
}

function measured(fills: readonly FillFacts[], assumption: SlippageAssumption | null) {
  const leftOut: Record<LeftOut, number> = { requested: 0, limit: 0, prediction: 0 };
  const slipped: SlippedFill[] = [];
  const ticks = usualTicks(fills, assumption);
  for (const fill of fills) {
    const found = slippageOf(fill, assumption, ticks.get(fill.symbol));
    if (typeof found === "string") leftOut[found] += 1;
    else slipped.push(found);
  }
  return { slipped, leftOut };
}

/** The median tick of each market, in bp of its prices. */
function usualTicks(fills: readonly FillFacts[], assumption: SlippageAssumption | null): Map<string, number> {
  const found = new Map<string, number[]>();
  for (const fill of fills) {
    const tick = tickBpOf(fill, assumption);
    if (tick === null) continue;
    const ticks = found.get(fill.symbol);
    if (ticks === undefined) found.set(fill.symbol, [tick]);
    else ticks.push(tick);
  }
  return new Map([...found].map(([symbol, ticks]) => [symbol, percentile(ticks, 0.5)]));
}

/** Groups of fills by a word that they share, in the order of the words. */
async function grouping(slipped: readonly SlippedFill[]) {
  const { from } = await import("arquero");
  const table = from(slipped.map(({ fill }) => ({ symbol: fill.symbol, family: fill.family ?? "" })));
  return (key: "symbol" | "family"): { readonly name: string; readonly group: ReconciledGroup }[] => {
    if (slipped.length === 0) return [];
    const members = [...table.groupby(key).partitions()].map((rows) => Array.from(rows, (row) => slipped[row] as SlippedFill));
    const groups = members.map((fills) => ({ name: fills[0]?.fill[key] ?? "", group: groupOf(fills) }));
    return groups.sort((a, b) => (a.name < b.name ? -1 : 1));
  };
}

function partsOf(slipped: readonly SlippedFill[]): LossParts | null {
  const known = slipped.filter(({ fill }) => fill.arrival !== null);
  if (known.length === 0) return null;
  const takenBp = mean(known.map((one) => one.takenBp));
  return { fills: known.length, movedBp: mean(known.map(({ actualBp }) => actualBp)) - takenBp, takenBp };
}

function insufficiency(fills: number): string {
  return fills < fillsMin
    ? `insufficient data: ${fills} of at least ${fillsMin} fills`
    : "the prices of several markets have no unit in common: judge in bp, or one symbol";
}

function groupOf(slipped: readonly SlippedFill[]): ReconciledGroup {
  const oneMarket = new Set(slipped.map(({ fill }) => fill.symbol)).size === 1;
  const inPrice = slipped.map(({ actual, predicted }) => ({ actual: Number(actual), predicted }));
  return {
    fills: slipped.length,
    bp: slippageStatistics(slipped.map(({ actualBp, predictedBp }) => ({ actual: actualBp, predicted: predictedBp }))),
    price: oneMarket ? slippageStatistics(inPrice) : null,
  };
}
