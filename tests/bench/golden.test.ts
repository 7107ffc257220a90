// The bench's workloads against the published golden results: the whole house must give them to the last printed digit.

import { createHash } from "node:crypto";

import { describe, expect, it } from "vitest";

import { benchBars } from "../../src/bench/generator.ts";
import { limitW1, limitW2, type FloatColumns } from "../../src/bench/limits.ts";
import { benchDcaLadder, benchEmaCross } from "../../src/bench/strategies.ts";
import { benchPlan } from "../../src/bench/workloads.ts";
import { roundText } from "../../src/domain/index.ts";
import { readTape } from "../../src/journal/index.ts";
import { SimulatedSession } from "../../src/session/index.ts";
import type { StrategyDefinition } from "../../src/strategy/index.ts";

const count = 1_000_000;
const series = benchBars(count);
// Exact, half away from zero: a float of 1338635.81255 would print as …8125.
const digits = (text: string): string => roundText(text, { rounding: "round", counting: "decimals", precision: "4", pad: true });

function run(definition: StrategyDefinition) {
  const session = new SimulatedSession(benchPlan(definition, series));
  session.run();
  let cancels = 0;
  readTape(session.journal.tape, ({ record }) => {
    if (record.type === "cancel_order") cancels += 1;
  });
  const { metrics, final, invariants } = session.record();
  return {
    orders: metrics.orders,
    fills: metrics.fills,
    cancels,
    equity: digits(final.equity),
    fees: digits(metrics.feesByCurrency["USDT"] ?? "0"),
    maxDrawdown: digits(metrics.maxDrawdown),
    violated: invariants.violated,
  };
}

function floats(): FloatColumns {
  const float = (column: Float64Array): Float64Array => column.map((units) => units / 100);
  return { open: float(series.open), high: float(series.high), low: float(series.low), close: float(series.close) };
}

describe("the bench", () => {
  it("generates the published bars, byte for byte", () => {
    const hash = createHash("sha256").update("timestamp,open,high,low,close,volume\n");
    const cents = (column: Float64Array, bar: number): string => ((column[bar] ?? 0) / 100).toFixed(2);
    for (let from = 0; from < count; from += 20_000) {
      const lines = Array.from({ length: 20_000 }, (_, n) => {
        const bar = from + n;
        const prices = [series.open, series.high, series.low, series.close].map((column) => cents(column, bar)).join(",");
        return `${series.time[bar]},${prices},${((series.volume[bar] ?? 0) / 1e4).toFixed(4)}\n`;
      });
      hash.update(lines.join(""));
    }
    expect(hash.digest("hex")).toBe("97dccb04f8cdc7d9e461c55988690dd0aa1930b638d5408882675368f48dc2a0");
  });

  it("W1 gives the golden result through runner, venue, account and journal", () => {
    const expected = {
      orders: 44_591,
      fills: 44_591,
      cancels: 0,
      equity: "98662502.8006",
      fees: "1368445.4494",
      maxDrawdown: "1338635.8126",
      violated: 0,
    };
    expect(run(benchEmaCross)).toEqual(expected);
  });

  it("W2 gives the golden result through runner, venue, account and journal", () => {
    const expected = {
      orders: 209_177,
      fills: 67_070,
      cancels: 142_102,
      equity: "98073374.7360",
      fees: "1524733.7340",
      maxDrawdown: "1928384.6109",
      violated: 0,
    };
    expect(run(benchDcaLadder)).toEqual(expected);
  });

  it("counts an order that was sent at the last close and has no bar to fill in, by hand as well as by the run", () => {
    // Falling, then one bar so high that the averages turn at the last close.
    const prices = Float64Array.from({ length: 40 }, (_, bar) => (bar === 39 ? 2_000 : 1_000 - bar));
    const { orders, fills } = limitW1({ open: prices, high: prices, low: prices, close: prices }, new Float64Array(40));
    expect([orders, fills]).toEqual([1, 0]);
  });

  it("is measured against hand-written loops that give the same results", () => {
    const curve = new Float64Array(count);
    const one = limitW1(floats(), curve);
    expect([one.fills, one.equity.toFixed(4), one.maxDrawdown.toFixed(4)]).toEqual([44_591, "98662502.8006", "1338635.8126"]);
    const two = limitW2(floats(), curve);
    expect([two.fills, two.orders, two.equity.toFixed(4), two.maxDrawdown.toFixed(4)]).toEqual([67_070, 209_177, "98073374.7360", "1928384.6109"]);
  });
});
