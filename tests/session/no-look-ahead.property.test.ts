// Failures I-24, row 004-VX-6: nothing that happens after a bar changes what was decided and recorded up to it.

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { BarSeries } from "../../src/domain/index.ts";
import { simulate } from "../../src/session/index.ts";
import { emaCross, type Params, type StrategyDefinition, dualDca, scripted } from "../../src/strategy/index.ts";
import { dcaParams, syntheticSeries } from "./busy-plan.ts";
import { plainRules } from "../domain/rules.ts";
import { planOf, type PlanOptions } from "./plans.ts";

const length = 240;
const base = syntheticSeries(length, 5);

/** The same bars up to `last`, others after it. */
function withOtherFuture(last: number, seed: number): BarSeries {
  const other = syntheticSeries(length, seed);
  const splice = (column: "open" | "high" | "low" | "close" | "volume") =>
    base[column].map((value, bar) => (bar <= last ? value : (other[column][bar] as number)));
  const { symbol, timeframe, interval, priceScale, quantityScale, time } = base;
  return new BarSeries(
    { symbol, timeframe, interval, priceScale, quantityScale },
    { time, open: splice("open"), high: splice("high"), low: splice("low"), close: splice("close"), volume: splice("volume") },
  );
}

const every: readonly [string, StrategyDefinition, Params][] = [
  ["dual-dca", dualDca as unknown as StrategyDefinition, dcaParams],
  ["dual-dca with a resting ladder", dualDca as unknown as StrategyDefinition, { ...dcaParams, ladder: "resting" }],
  ["ema-cross", emaCross as unknown as StrategyDefinition, { fast: 3, slow: 8, quantity: 2, stopLossPercent: 0.5, takeProfitPercent: 0.4 }],
  [
    "scripted",
    scripted as unknown as StrategyDefinition,
    {
      actions: [
        { bar: 5, do: "open", leg: "LONG", quantity: 1, order: { type: "limit", pricePercent: -0.05, timeToLive: 600_000 }, id: "a" },
        { onFill: { id: "a" }, do: "reduce", leg: "LONG", quantity: 1, order: { type: "limit", pricePercent: 0.2, family: "tp" } },
        { bar: 120, do: "open", leg: "SHORT", quantity: 2 },
      ],
    },
  ],
];

/** Records of bars up to `last`, as they stand in the journal. */
function past(series: BarSeries, last: number, options: PlanOptions): string[] {
  const record = simulate(planOf({ markets: [{ rules: plainRules, series: [series] }], balance: "20000", leverage: 3, ...options }));
  return [...record.journalLines()].filter((line) => (JSON.parse(line) as { bar: number }).bar <= last);
}

describe("the future", () => {
  it.each(every)("I-24: %s decides the same up to a bar, whatever comes after it", (_name, strategy, params) => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: length - 2 }), fc.integer({ min: 1_000, max: 9_000 }), fc.boolean(), (last, seed, seeded) => {
        const options: PlanOptions = { strategy, params, fill: seeded ? { delivery: "seeded", deliveryWindow: 30_000 } : {} };
        expect(past(withOtherFuture(last, seed), last, options)).toEqual(past(base, last, options));
      }),
      { numRuns: 20 },
    );
  });

  it("there is something to compare: each strategy has traded by the end", () => {
    for (const [, strategy, params] of every)
      expect(past(base, length, { strategy, params }).some((line) => line.includes('"order_filled"'))).toBe(true);
  });
});
