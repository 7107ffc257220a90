// What the venue does to a position and what it answers about it are on their way at one time: every order of delivery ends in the
// same account, in the runner's book and in the venue's.

import { describe, expect, it } from "vitest";

import { simulate, type SimulationPlan } from "../../src/session/index.ts";
import { planOf, quiet } from "./plans.ts";

/**
 * Short 1 at 100. Before the open of bar 3 the venue deleverages it at 97, and the close that was asked for at the close of bar 2 finds
 * nothing to reduce: the runner asks what there is, and the answer may be told before the word of the deleveraging.
 */
function plan(seed: number, fill: Partial<SimulationPlan["fill"]>): SimulationPlan {
  return planOf({
    mode: "one_way",
    seed,
    rows: [quiet, quiet, quiet, quiet, quiet],
    positions: [{ symbol: "TEST/USDC:USDC", leg: "NET", quantity: "-1", entryPrice: "100" }],
    actions: [{ bar: 2, do: "close", leg: "SHORT" }],
    steps: [{ bar: 3, symbol: "TEST/USDC:USDC", action: { do: "adl", leg: "NET", quantity: null, share: null, price: "97" } }],
    fill,
  });
}

const seeds = Array.from({ length: 40 }, (_, at) => at + 1);

describe("a deleveraging whose word is overtaken by the answer to a question", () => {
  const runs = seeds.map((seed) => simulate(plan(seed, { delivery: "seeded", deliveryWindow: 500 })));

  it("ends in the same account whatever the order of delivery", () => {
    // The books are compared in the session itself: it would have stopped.
    expect(new Set(runs.map(({ final }) => final.equity))).toEqual(new Set(["1003"]));
    for (const { rows } of runs) {
      expect(rows.ledger).toMatchObject([{ quantity: "1", gross: "3", net: "3", cumulative: "3" }]);
      expect(rows.synced.at(-1)).toMatchObject({ leg: "NET", quantity: "0" });
    }
    expect(simulate(plan(1, {})).final.equity).toBe("1003");
  });

  it("is told in both orders by these seeds", () => {
    const reasons = runs.map(({ rows }) => rows.synced.map(({ reason }) => reason).join(" "));
    expect(new Set(reasons)).toEqual(new Set(["auto_deleveraged", "exchange_no_position_before_close auto_deleveraged"]));
  });
});
