// Every world of a short plan, the slow way: each assignment of the two paths to all of its bars is a whole run of its own.
// It shares the session with the envelope and nothing of its search.

import { SimulatedSession, type SimulationPlan } from "../../src/session/index.ts";

/** Equity at the end of the run in which the bars of each market have the given answers. @param turned by market, by bar */
export function equityOf(plan: SimulationPlan, turned: readonly (readonly boolean[])[]): number {
  const session = new SimulatedSession(plan);
  for (let instant = 0; ; instant += 1) {
    session.venue.markets.forEach(({ choice }, market) => (choice.turned = turned[market]?.[instant] === true ? instant : -1));
    if (!session.advance(instant + 1)) break;
  }
  return session.venue.equity();
}

/** The least and the most that any assignment ends with. All markets have the same instants. */
export function everyWorld(plan: SimulationPlan): { worst: number; best: number; ends: Set<number> } {
  const bars = plan.markets[0]?.series[0]?.length ?? 0;
  const choices = bars * plan.markets.length;
  const ends = new Set<number>();
  for (let world = 0; world < 2 ** choices; world += 1) {
    const turned = plan.markets.map((_, market) => Array.from({ length: bars }, (_bar, bar) => ((world >> (market * bars + bar)) & 1) === 1));
    ends.add(equityOf(plan, turned));
  }
  return { worst: Math.min(...ends), best: Math.max(...ends), ends };
}
