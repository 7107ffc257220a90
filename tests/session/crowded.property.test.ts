// Sessions in which the parts of the venue meet: what holds of each alone must hold of all together.

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { BarSeries, parseUnits } from "../../src/domain/index.ts";
import type { RunRecord } from "../../src/journal/index.ts";
import { runAudited, runPlan, simulate, type SimulationPlan } from "../../src/session/index.ts";
import { crowded, crowdedPlan, type Crowded } from "./crowded-sessions.ts";
import { everyWorld } from "./envelope/every-world.ts";
import { checkEnds, checkFills, checkLiveness, checkRoutes, linesOf } from "./random-sessions.ts";
import { impatient, type Answer } from "./request-windows.ts";

/** Sessions of the first property; `RUNS=5000` in the environment for a long hunt. */
const runs = Number(process.env["RUNS"] ?? 300);

/** Without what is inside the bars: there an envelope has nothing to ask. */
const onBars = crowded.map((drawn): Crowded => ({ ...drawn, inside: null, latency: null }));

function withFill(plan: SimulationPlan, fill: Partial<SimulationPlan["fill"]>): SimulationPlan {
  return { ...plan, fill: { ...plan.fill, ...fill } };
}

/** What happened, without the hash of the settings that led to it. */
const happened = ({ rows, final }: RunRecord) => ({ fills: rows.fills, orders: rows.orders, liquidations: rows.liquidations, final });

/** Equity of an envelope's ends in units. */
function endsOf({ record, session }: ReturnType<typeof runPlan>): { worst: number; own: number; best: number } {
  const { envelope, final } = record;
  if (envelope === undefined) throw new Error("the run has no envelope");
  const units = (text: string): number => parseUnits(text, session.venue.scaleOf("USDC"));
  return { worst: units(envelope.worst.equity), own: units(final.equity), best: units(envelope.best.equity) };
}

describe("sessions in which the parts of the venue meet", () => {
  it("I-07, I-12, I-15, I-26: books agree, money is conserved, nothing leaves too early, every intent ends once or is visibly open", () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(crowded, (drawn) => {
        const plan = crowdedPlan(drawn);
        const { record } = runAudited(plan);
        expect(record.audit?.findings).toEqual([]);
        expect(record.invariants.violated).toBe(0);
        expect(record.rows.halt).toBeNull();
        // Where a bar is missing, the time of a late answer is known to a bar of the other market only.
        if (drawn.session.gaps === null) expect(impatient(linesOf(record) as Answer[], plan)).toEqual([]);
        checkEnds(record);
        checkFills(record);
        checkRoutes(record);
        const open = drawn.windows === null && drawn.outside.every(({ kind }) => kind === "adl" || kind === "kill");
        if (open) checkLiveness(record, plan);
        for (const { type, status, reason } of record.rows.orders) seen.add(`${type} ${status}`).add(reason);
        if (record.rows.liquidations.length > 0) seen.add("liquidation");
      }),
      { numRuns: runs },
    );
    // The drawing is worth something only while the rare kinds live and die in it.
    const rare = ["trailing_stop FILLED", "stop_limit FILLED", "one_cancels_other", "parent_order_gone", "volume_cap", "rate_limited"];
    expect([...rare, "liquidation"].filter((one) => !seen.has(one))).toEqual([]);
  }, 120_000);

  it("I-35: a session is the same twice", () => {
    fc.assert(
      fc.property(crowded, (drawn) => {
        expect(simulate(crowdedPlan(drawn)).runHash).toBe(simulate(crowdedPlan(drawn)).runHash);
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it("a touch that fills with certainty is a touch, one that never does is none", () => {
    fc.assert(
      fc.property(crowded, fc.constantFrom(["1", "touch"] as const, ["0", "through"] as const), (drawn, [probability, limit]) => {
        const plan = crowdedPlan(drawn);
        expect(happened(simulate(withFill(plan, { limit: { probability } })))).toEqual(happened(simulate(withFill(plan, { limit }))));
      }),
      { numRuns: 100 },
    );
  }, 60_000);
});

/** Bars of the plans that are run in every world of theirs: four answers to each. */
const barsOfOracle = 4;

function firstBars({ symbol, timeframe, interval, priceScale, quantityScale, ...series }: BarSeries): BarSeries {
  const cut = (column: Float64Array): Float64Array => column.slice(0, barsOfOracle);
  const { time, open, high, low, close, volume } = series;
  return new BarSeries(
    { symbol, timeframe, interval, priceScale, quantityScale },
    { time: cut(time), open: cut(open), high: cut(high), low: cut(low), close: cut(close), volume: cut(volume) },
  );
}

function shortPlan({ session, ...drawn }: Crowded): SimulationPlan {
  const actions = session.actions.map((action) => ({ ...action, bar: action.bar % (barsOfOracle - 1) }));
  const faults = session.faults.map(({ bar, fault }) => ({ bar: bar % barsOfOracle, fault }));
  const outside = drawn.outside.map((one) => ({ ...one, bar: one.bar % barsOfOracle }));
  const plan = crowdedPlan({ ...drawn, outside, session: { ...session, gaps: null, actions, faults } });
  const markets = plan.markets.map((market) => ({
    ...market,
    series: market.series.map(firstBars),
    ...(market.marks === undefined ? {} : { marks: firstBars(market.marks) }),
  }));
  return { ...plan, markets };
}

describe("the envelope of such a session", () => {
  it("leaves its main world as it is, which ends between the worst and the best", () => {
    fc.assert(
      fc.property(onBars, (drawn) => {
        const plan = crowdedPlan(drawn);
        const run = runPlan({ ...plan, envelope: { budget: 2_000 } });
        expect(run.record.runHash).toBe(simulate(plan).runHash);
        const { worst, own, best } = endsOf(run);
        expect([worst <= own, own <= best]).toEqual([true, true]);
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it("is the least and the most of all its worlds where it is short", () => {
    fc.assert(
      fc.property(onBars, (drawn) => {
        const plan = shortPlan(drawn);
        const every = everyWorld(plan, 4);
        const run = runPlan({ ...plan, envelope: { budget: null } });
        expect(run.record.envelope).toMatchObject({ exact: true, unexplored: 0 });
        const { worst, best } = endsOf(run);
        expect([worst, best]).toEqual([every.worst, every.best]);
      }),
      { numRuns: 40 },
    );
  }, 120_000);
});
