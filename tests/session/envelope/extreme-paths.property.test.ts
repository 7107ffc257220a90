// The paths `worst` and `best` against the slow way: each bar is answered by running two whole sessions up to it, one with
// the bar as it is and one with it turned. The slow way shares the session with them, and neither copies nor states.

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { parseUnits } from "../../../src/domain/index.ts";
import type { ExtremePath } from "../../../src/exchange/virtual/index.ts";
import { resample } from "../../../src/market/index.ts";
import { runPlan, SimulatedSession, type SimulationPlan } from "../../../src/session/index.ts";
import { plainRules } from "../../domain/rules.ts";
import { drawn, fundingOf, planFor, rows, type Drawn } from "./ladder-arbitraries.ts";
import { barsOf, type Row } from "../plans.ts";

/** A bar that a venue has walked: equity right after it, other markets at the price that they had last. */
interface Walked {
  readonly market: number;
  readonly bar: number;
  readonly equity: number;
  readonly insolvent: boolean;
}

const nameOf = ({ market, bar }: Pick<Walked, "market" | "bar">) => `${market} ${bar}`;

function watch(session: SimulatedSession, before: (market: number, bar: number) => void): Walked[] {
  const { venue } = session;
  const walked: Walked[] = [];
  const advance = venue.advanceBar.bind(venue);
  venue.advanceBar = (market, bar) => {
    before(market, bar);
    advance(market, bar);
    const insolvent = venue.events.list().some(({ event }) => event.type === "account_insolvent");
    walked.push({ market, bar, equity: venue.equity(), insolvent });
  };
  session.run();
  return walked;
}

function withTurns(plan: SimulationPlan, turns: ReadonlySet<string>) {
  const session = new SimulatedSession({ ...plan, fill: { ...plan.fill, path: "adaptive" } });
  const walked = watch(session, (market, bar) => {
    const choice = session.venue.markets[market]?.choice;
    if (choice !== undefined) choice.turned = turns.has(nameOf({ market, bar })) ? bar : -1;
  });
  return { session, walked };
}

/** Which of the two ends a user would call worse: an account that is gone, then one with less money. */
function isLower(a: Walked, b: Walked): boolean {
  return a.insolvent === b.insolvent ? a.equity < b.equity : a.insolvent;
}

/** Bar after bar the answer with the lower (higher) end; equal ends leave the bar as it is. */
function slowWay(plan: SimulationPlan, path: ExtremePath) {
  const turns = new Set<string>();
  let chosen = withTurns(plan, turns);
  for (let at = 0; at < chosen.walked.length; at += 1) {
    const own = chosen.walked[at] as Walked;
    const other = withTurns(plan, new Set([...turns, nameOf(own)]));
    const turned = other.walked[at] as Walked;
    if (path === "worst" ? !isLower(turned, own) : !isLower(own, turned)) continue;
    turns.add(nameOf(own));
    chosen = other;
  }
  return { ...chosen, turns };
}

/** @returns how many bars were turned */
function assertIsSlowWay(plan: SimulationPlan, path: ExtremePath): number {
  const slow = slowWay(plan, path);
  const session = new SimulatedSession({ ...plan, fill: { ...plan.fill, path } });
  const walked = watch(session, () => {});
  const turned = session.venue.markets.flatMap(({ choice }, market) => [...choice.turnedBars].map((bar) => nameOf({ market, bar })));
  expect([...turned].sort()).toEqual([...slow.turns].sort());
  expect(walked).toEqual(slow.walked);
  const [own, expected] = [session.record(), slow.session.record()];
  expect([own.rows.orders, own.rows.fills, own.final]).toEqual([expected.rows.orders, expected.rows.fills, expected.final]);
  return turned.length;
}

const extremes = fc.constantFrom<ExtremePath>("worst", "best");

function twoMarkets(one: Drawn, others: readonly Row[]): SimulationPlan {
  const second = { ...plainRules, symbol: "OTHER/USDC:USDC", base: "OTHER" };
  return planFor(one, [
    { rules: plainRules, series: [barsOf(one.rows)] },
    { rules: second, series: [barsOf(others, { symbol: second.symbol })] },
  ]);
}

describe("the paths worst and best take, bar after bar, the order of extremes that ends lower or higher", () => {
  it("in one market, and turn some bars", () => {
    let turned = 0;
    fc.assert(
      fc.property(drawn(9), extremes, (one, path) => void (turned += assertIsSlowWay(planFor(one), path))),
      { numRuns: 80 },
    );
    expect(turned).toBeGreaterThan(0);
  });

  it("in two markets on one account, one after the other", () => {
    fc.assert(
      fc.property(drawn(6), rows(6), extremes, (one, others, path) => void assertIsSlowWay(twoMarkets(one, others), path)),
      { numRuns: 40 },
    );
  });

  it("when answers come late", () => {
    fc.assert(
      fc.property(drawn(7), fc.integer({ min: 0, max: 99 }), fc.constantFrom(1_000, 90_000), extremes, (one, seed, deliveryWindow, path) => {
        assertIsSlowWay({ ...planFor({ ...one, fill: { ...one.fill, delivery: "seeded", deliveryWindow } }), seed }, path);
      }),
      { numRuns: 40 },
    );
  });

  it("when touches fill by chance, lives end inside bars and an order closes at the bar that decided it", () => {
    const life = fc.record({ timeToLive: fc.constantFrom(20_000, 75_000), goodFor: fc.constantFrom(null, 50_000, 100_000) });
    fc.assert(
      fc.property(drawn(7), life, extremes, (one, lives, path) => {
        const fill = { ...one.fill, limit: { probability: "0.5" } } as const;
        assertIsSlowWay(planFor({ ...one, fill, settings: { ...one.settings, ...lives } }), path);
      }),
      { numRuns: 40 },
    );
  });

  it("in the finer bars inside the bars, and with requests that take their time there", () => {
    const latency = fc.constantFrom(null, { submitMs: 300, cancelMs: 70_000, dataMs: 40, jitterMs: 20 });
    fc.assert(
      fc.property(drawn(3), rows(12), latency, extremes, (one, minutes, way, path) => {
        const inside = barsOf(minutes);
        const plan = planFor({ ...one, fill: { ...one.fill, latency: way } }, [{ rules: plainRules, series: [resample(inside, "3m")], inside }]);
        assertIsSlowWay(plan, path);
      }),
      { numRuns: 40 },
    );
  });

  it("with funding, liquidation and accounts that end insolvent", () => {
    const rates = fc.array(fc.integer({ min: -9_000, max: 9_000 }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(
        drawn(8),
        rates,
        fc.constantFrom(20, 60),
        fc.constantFrom("generic" as const, null),
        extremes,
        (one, stamps, leverage, rule, path) => {
          const market = { rules: plainRules, series: [barsOf(one.rows)], funding: fundingOf(stamps) };
          assertIsSlowWay({ ...planFor({ ...one, balance: "8" }, [market]), leverage, liquidation: rule }, path);
        },
      ),
      { numRuns: 40 },
    );
  });
});

it("the worst and the best of an envelope bound what the paths worst and best end with", () => {
  fc.assert(
    fc.property(drawn(7), (one) => {
      const plan = planFor(one);
      const { record, session } = runPlan({ ...plan, envelope: { budget: null } });
      const scale = session.venue.scaleOf("USDC");
      const [worst, best] = (["worst", "best"] as const).map((path) => {
        const { equity } = runPlan({ ...plan, fill: { ...plan.fill, path } }).record.final;
        return parseUnits(equity, scale);
      }) as [number, number];
      const { envelope } = record;
      for (const end of [worst, best]) {
        expect(end).toBeGreaterThanOrEqual(parseUnits(envelope?.worst.equity ?? "", scale));
        expect(end).toBeLessThanOrEqual(parseUnits(envelope?.best.equity ?? "", scale));
      }
    }),
    { numRuns: 40 },
  );
});
