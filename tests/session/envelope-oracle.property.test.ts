// The envelope against every world of short random plans: each assignment of paths to all bars as a run of its own.

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { parseUnits, type FundingSeries } from "../../src/domain/index.ts";
import type { FillModel } from "../../src/exchange/virtual/index.ts";
import type { Envelope } from "../../src/journal/index.ts";
import { runPlan, type SimulationPlan } from "../../src/session/index.ts";
import { extremeWay } from "../../src/session/world-extremes.ts";
import { WorldSearch } from "../../src/session/world-search.ts";
import { plainRules } from "../domain/rules.ts";
import { ladder, type LadderSettings } from "./envelope-ladder.ts";
import { everyWorld } from "./every-world.ts";
import { barsOf, planOf, type Row } from "./plans.ts";

const cents = (value: number) => Math.round(value * 100) / 100;

/** Bars that go on where the last one closed, with ranges of some units around 100. */
const rows = (count: number): fc.Arbitrary<Row[]> => {
  const spread = fc.integer({ min: 0, max: 250 });
  const step = fc.tuple(fc.integer({ min: -120, max: 120 }), spread, spread, fc.integer({ min: 4, max: 60 }));
  return fc.array(step, { minLength: count, maxLength: count }).map((steps) => {
    let price = 100;
    return steps.map(([move, up, down, volume]): Row => {
      const open = price;
      price = cents(price + move / 100);
      return [open, cents(Math.max(open, price) + up / 100), cents(Math.min(open, price) - down / 100), price, volume];
    });
  });
};

const settings: fc.Arbitrary<LadderSettings> = fc.record({
  entryOffset: fc.constantFrom(0.2, 0.5, 1),
  rungs: fc.constantFrom([], [0.5], [0.4, 0.9]),
  target: fc.constantFrom(0.3, 0.6, 1.2),
  stop: fc.constantFrom(0.6, 1.1, 2),
  stopType: fc.constantFrom("stop_market", "stop_limit", "trailing_stop", "none"),
  quantity: fc.constantFrom(1, 3, 4),
  byEquity: fc.boolean(),
  timeToLive: fc.constant(null),
  links: fc.constantFrom("none", "oco", "bracket"),
  goodFor: fc.constant(null),
});

const fill: fc.Arbitrary<Partial<FillModel>> = fc.record({
  volumeCap: fc.constantFrom(null, "0.1"),
  limit: fc.constantFrom("through" as const, "touch" as const),
  path: fc.constantFrom("adaptive" as const, "olhc" as const),
});

interface Drawn {
  readonly rows: readonly Row[];
  readonly settings: LadderSettings;
  readonly fill: Partial<FillModel>;
  readonly balance: string;
}

/** Balances that sometimes do not pay for the next rung: then money decides. */
const drawn = (count: number): fc.Arbitrary<Drawn> =>
  fc.record({ rows: rows(count), settings, fill, balance: fc.constantFrom("320", "500", "1000") });

function planFor(one: Drawn, markets?: SimulationPlan["markets"]): SimulationPlan {
  const { balance } = one;
  return planOf({
    mode: "one_way",
    rows: one.rows,
    strategy: ladder(one.settings),
    params: {},
    balance,
    fill: one.fill,
    ...(markets === undefined ? {} : { markets }),
  });
}

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

/** Rates in millionths, one stamp in each second minute. */
function fundingOf(rates: readonly number[]): FundingSeries {
  const time = Float64Array.from(rates, (_, at) => at * 120_000 + 40_000);
  return { symbol: null, length: rates.length, time, rate: Float64Array.from(rates), rateScale: 6 };
}

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
