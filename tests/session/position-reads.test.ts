// Two refused reductions of one instant ask for the position twice: two answers, one read.
import { expect, it } from "vitest";
import { SimulatedSession } from "../../src/session/index.ts";
import { grid, type StrategyDefinition } from "../../src/strategy/index.ts";
import { plainRules } from "../domain/rules.ts";
import { syntheticSeries } from "./busy-plan.ts";
import { planOf } from "./plans.ts";

it("one-way sessions whose reduce-only orders are refused keep two equal ledgers", () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const params = { direction: "neutral", levels: 18, rangePercent: 0.5, quantity: 0.5 };
    const markets = [{ rules: plainRules, series: [syntheticSeries(240, seed)] }];
    const definition = grid as unknown as StrategyDefinition;
    const plan = planOf({ strategy: definition, params, markets, balance: "20000", mode: "one_way", fill: { delivery: "seeded" }, seed });
    const session = new SimulatedSession(plan);
    session.run();
    expect(session.record().invariants.checked, `seed ${seed}`).toBeGreaterThan(0);
  }
}, 60_000);
