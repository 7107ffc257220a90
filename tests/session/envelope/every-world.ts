// Every world of a short plan, the slow way: each assignment of answers to all of its bars is a whole run of its own. It
// shares the session with the envelope and nothing of its search.

import { SimulatedSession, type SimulationPlan } from "../../../src/session/index.ts";

/** Answers of one bar: 1 = its extremes in the other order, 2 = lives that end inside it last to its close. */
type Answer = number;

/** Equity at the end of the run in which each bar has its answer. @param answers by market, by bar */
function equityOf(plan: SimulationPlan, answers: readonly (readonly Answer[])[]): number {
  const session = new SimulatedSession(plan);
  for (let instant = 0; ; instant += 1) {
    session.venue.markets.forEach(({ choice }, market) => {
      const answer = answers[market]?.[instant] ?? 0;
      choice.turned = (answer & 1) === 0 ? -1 : instant;
      choice.whole = (answer & 2) === 0 ? -1 : instant;
    });
    if (!session.advance(instant + 1)) break;
  }
  return session.venue.equity();
}

/**
 * The least and the most that any assignment ends with. All markets have the same instants.
 * @param kinds answers that a bar may have: 2 = its path, 4 = its path and its lives
 */
export function everyWorld(plan: SimulationPlan, kinds: 2 | 4 = 2): { worst: number; best: number; ends: Set<number> } {
  const bars = plan.markets[0]?.series[0]?.length ?? 0;
  const choices = bars * plan.markets.length;
  const ends = new Set<number>();
  for (let world = 0; world < kinds ** choices; world += 1) {
    const digit = (place: number): Answer => Math.floor(world / kinds ** place) % kinds;
    const answers = plan.markets.map((_, market) => Array.from({ length: bars }, (_bar, bar) => digit(market * bars + bar)));
    ends.add(equityOf(plan, answers));
  }
  return { worst: Math.min(...ends), best: Math.max(...ends), ends };
}
