// The envelope against every world of short random plans: each assignment of paths to all bars as a run of its own.

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { parseUnits } from "../../../src/domain/index.ts";
import type { Envelope } from "../../../src/journal/index.ts";
import { runPlan, type SimulationPlan } from "../../../src/session/index.ts";
import { extremeWay } from "../../../src/session/envelope/world-extremes.ts";
import { WorldSearch } from "../../../src/session/envelope/world-search.ts";
import { plainRules } from "../../domain/rules.ts";
import { everyWorld } from "./every-world.ts";
import { drawn, fundingOf, planFor, rows } from "./ladder-arbitraries.ts";
import { barsOf } from "../plans.ts";

function envelopeOf(plan: SimulationPlan): { envelope: Envelope; worst: number; best: number } {
  const { record, session } = runPlan({ ...plan, envelope: { budget: null } });
  const { envelope } = record;
  if (envelope === undefined) throw new Error("the run has no envelope");
  const scale = session.venue.scaleOf("USDC");
  return { envelope, worst: parseUnits(envelope.worst.equity, scale), best: parseUnits(envelope.best.equity, scale) };
}

function assertIsEveryWorld(plan: SimulationPlan, kinds: 2 | 4 = 2): void {
  const every = everyWorld(plan, kinds);
  const { envelope, worst, best } = envelopeOf(plan);
  expect({ exact: envelope.exact, unexplored: envelope.unexplored }).toEqual({ exact: true, unexplored: 0 });
  expect([worst, best]).toEqual([every.worst, every.best]);
  // Each end that differs is a world of its own; several worlds may share an end.
  expect(envelope.worlds).toBeGreaterThanOrEqual(every.ends.size);
  if (envelope.worlds === 1) expect(envelope.bars).toEqual([]);
  if (every.ends.size > 1) expect(envelope.bars).not.toEqual([]);
}

describe("the envelope of a short plan", () => {
  it("is the least and the most of all its worlds, where money decides too", () => {
    fc.assert(
      fc.property(drawn(7), (one) => assertIsEveryWorld(planFor(one))),
      { numRuns: 60 },
    );
  });

  it("is that of two markets on one account: bars of both may be turned at one instant", () => {
    fc.assert(
      fc.property(drawn(4), rows(4), (one, others) => {
        const second = { ...plainRules, symbol: "OTHER/USDC:USDC", base: "OTHER" };
        const series = [barsOf(one.rows), barsOf(others, { symbol: second.symbol })];
        assertIsEveryWorld(
          planFor(one, [
            { rules: plainRules, series: [series[0] as ReturnType<typeof barsOf>] },
            { rules: second, series: [series[1] as ReturnType<typeof barsOf>] },
          ]),
        );
      }),
      { numRuns: 30 },
    );
  });
});

describe("the envelope of a short plan with rarer things in it", () => {
  it("has lives that end inside bars: each may have met the path or not", () => {
    const lives = fc.record({ timeToLive: fc.constantFrom(20_000, 75_000), goodFor: fc.constantFrom(null, 50_000, 100_000) });
    fc.assert(
      fc.property(drawn(5), lives, (one, life) => assertIsEveryWorld(planFor({ ...one, settings: { ...one.settings, ...life } }), 4)),
      { numRuns: 30 },
    );
  });

  it("has funding and liquidation inside bars", () => {
    const rates = fc.array(fc.integer({ min: -9_000, max: 9_000 }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(drawn(6), rates, fc.constantFrom(20, 60), (one, stamps, leverage) => {
        const funding = fundingOf(stamps);
        const plan = planFor({ ...one, balance: "8" }, [{ rules: plainRules, series: [barsOf(one.rows)], funding }]);
        assertIsEveryWorld({ ...plan, leverage, liquidation: "generic" });
      }),
      { numRuns: 30 },
    );
  });

  it("has answers that come late", () => {
    fc.assert(
      fc.property(drawn(6), fc.integer({ min: 0, max: 99 }), fc.constantFrom(1_000, 90_000), (one, seed, deliveryWindow) => {
        assertIsEveryWorld({ ...planFor({ ...one, fill: { ...one.fill, delivery: "seeded", deliveryWindow } }), seed });
      }),
      { numRuns: 30 },
    );
  });
});

describe("differences that are added up", () => {
  it("have the least and the most of all worlds where money decides nothing", () => {
    fc.assert(
      fc.property(drawn(9), (one) => {
        const plan = planFor({ ...one, settings: { ...one.settings, byEquity: false }, balance: "100000" });
        const search = new WorldSearch(plan, { budget: 100_000, instants: 9, exact: false, lanesMax: 64 });
        search.run();
        const every = everyWorld(plan);
        expect({ unexplored: search.unexplored, moneyDecides: search.moneyDecides }).toEqual({ unexplored: 0, moneyDecides: false });
        expect([extremeWay(search.main, search.lines, -1).value, extremeWay(search.main, search.lines, 1).value]).toEqual([every.worst, every.best]);
      }),
      { numRuns: 30 },
    );
  });
});
