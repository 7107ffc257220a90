// A runner that is built again from its own snapshot goes on as if nothing had happened: the same answers to everything that
// it is told from there on, and the same state at the end.

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { strategyStateMax } from "../../../src/runner/recovery/snapshot.ts";
import type { RunnerSnapshot } from "../../../src/runner/index.ts";
import type { SimulationPlan } from "../../../src/session/index.ts";
import { dualDca, emaCross, grid, type Params, type StrategyDefinition } from "../../../src/strategy/index.ts";
import { Harness } from "../../runner/harness.ts";
import { crowded, crowdedPlan } from "../crowded-sessions.ts";
import { busyPlan, dcaParams, syntheticSeries } from "../busy-plan.ts";
import { freshRunner, repeat, tapeOf } from "../runner-tape.ts";

/** Strategies that are shipped, with parameters that make them trade on the synthetic minutes. */
const shipped: readonly [string, StrategyDefinition, Params][] = [
  ["dual-dca", dualDca as unknown as StrategyDefinition, dcaParams],
  ["dual-dca with a resting ladder", dualDca as unknown as StrategyDefinition, { ...dcaParams, ladder: "resting" }],
  ["ema-cross", emaCross as unknown as StrategyDefinition, { fast: 3, slow: 8, quantity: 2, stopLossPercent: 0.5, takeProfitPercent: 0.4 }],
  ["grid", grid as unknown as StrategyDefinition, { rangePercent: 1, direction: "neutral", outside: "pause", quantity: 1 }],
];

const throughJson = (state: RunnerSnapshot): RunnerSnapshot => JSON.parse(JSON.stringify(state)) as RunnerSnapshot;

/** Restarts a session's runner again and again, every few calls, and compares it with one that was never stopped. */
function restartsUnseen(plan: SimulationPlan, every: number): RunnerSnapshot[] {
  const steady = freshRunner(plan);
  let restarted = freshRunner(plan);
  const states: RunnerSnapshot[] = [];
  tapeOf(plan).forEach((call, at) => {
    if (at % every === 0) {
      const state = throughJson(restarted.snapshot());
      restarted = freshRunner(plan);
      restarted.restore(state);
      expect(JSON.stringify(restarted.snapshot())).toBe(JSON.stringify(state));
      states.push(state);
    }
    expect(repeat(restarted, call)).toEqual(repeat(steady, call));
  });
  expect(JSON.stringify(restarted.snapshot())).toBe(JSON.stringify(steady.snapshot()));
  return states;
}

/** What a snapshot has in it that a restart could lose. */
function contentsOf({ orders, timers, ended, markets, desks, rateLimits, amendments, positions }: RunnerSnapshot): string[] {
  const held: Readonly<Record<string, boolean>> = {
    orders: orders.length > 0,
    "ended orders": ended.length > 0,
    timers: timers.open.length > 0,
    unknown: orders.some(({ unknown }) => unknown),
    canceling: orders.some(({ cancelCause }) => cancelCause !== "none"),
    routes: markets.some(({ routes }) => routes.length > 0),
    "ended routes": desks.some(({ endedRoutes }) => endedRoutes.length > 0),
    "waiting for the venue": rateLimits.orders.length + rateLimits.cancels.length + rateLimits.questions.length > 0,
    amendments: amendments.length > 0,
    "position reads": positions.length > 0,
  };
  return Object.keys(held).filter((what) => held[what]);
}

describe("a runner that comes back from its snapshot", () => {
  it("I-22, I-23: answers everything as the one that was never stopped, wherever it was stopped", () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(crowded, fc.integer({ min: 2, max: 12 }), (drawn, every) => {
        for (const state of restartsUnseen(crowdedPlan(drawn), every)) for (const what of contentsOf(state)) seen.add(what);
      }),
      { numRuns: Number(process.env["RUNS"] ?? 80) },
    );
    // The drawing is worth something only while snapshots are taken with something in flight.
    const wanted = ["orders", "ended orders", "timers", "unknown", "canceling", "routes", "ended routes", "waiting for the venue"];
    expect(wanted.filter((one) => !seen.has(one))).toEqual([]);
  }, 60_000);

  it.each(shipped)("failures E8: %s keeps its whole state in its snapshot", (_name, strategy, params) => {
    let fills = 0;
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000 }), fc.integer({ min: 20, max: 80 }), fc.boolean(), (seed, every, seeded) => {
        const fill = seeded ? { delivery: "seeded" as const, deliveryWindow: 90_000 } : { delivery: "immediate" as const };
        const states = restartsUnseen(busyPlan({ strategy, params, fill }, syntheticSeries(300, seed)), every);
        fills += states.at(-1)?.ended.filter(({ filled }) => filled > 0).length ?? 0;
      }),
      { numRuns: 8 },
    );
    expect(fills).toBeGreaterThan(20);
  });

  it("failures E8: a state that has grown beyond its limit is an error with the strategy's name", () => {
    const harness = new Harness();
    harness.strategy.snapshot = () => ({ count: 1, seen: "x".repeat(strategyStateMax) }) as { count: number };
    expect(() => harness.runner.snapshot()).toThrow(expect.objectContaining({ code: "strategy_state_too_large", exitCode: 2 }) as Error);
  });

  it("refuses a snapshot of other markets, legs or of another version", () => {
    const hedged = new Harness().runner.snapshot();
    const oneWay = new Harness({ hedge: false });
    expect(() => oneWay.runner.restore(hedged)).toThrow("has the legs LONG SHORT, not NET");
    const two = new Harness({ markets: [{}, { market: { symbol: "ETH/USDC:USDC" } }] });
    expect(() => two.runner.restore(hedged)).toThrow("is of 1 markets");
    expect(() => new Harness().runner.restore({ ...hedged, format: 0 })).toThrow("has format 0; this version reads");
  });
});
