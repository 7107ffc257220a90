// What the venue does to a position and what it answers about it are on their way at one time: every order of delivery ends in the
// same account, in the runner's book and in the venue's.

import { describe, expect, it } from "vitest";

import type { RunRecord } from "../../src/journal/index.ts";
import { simulate, type SimulationPlan } from "../../src/session/index.ts";
import { planOf, quiet, type Row } from "./plans.ts";

const seeds = Array.from({ length: 200 }, (_, at) => at + 1);
const bars = (count: number): Row[] => Array.from({ length: count }, () => quiet);

/**
 * Short 1 at 100. Before the open of bar 3 the venue deleverages it at 97, and the close that was asked for at the close of bar 2 finds
 * nothing to reduce: the runner asks what there is, and the answer may be told before the word of the deleveraging.
 */
function deleveragedPlan(seed: number, fill: Partial<SimulationPlan["fill"]>): SimulationPlan {
  return planOf({
    mode: "one_way",
    seed,
    rows: bars(5),
    positions: [{ symbol: "TEST/USDC:USDC", leg: "NET", quantity: "-1", entryPrice: "100" }],
    actions: [{ bar: 2, do: "close", leg: "SHORT" }],
    steps: [{ bar: 3, symbol: "TEST/USDC:USDC", action: { do: "adl", leg: "NET", quantity: null, share: null, price: "97" } }],
    fill,
  });
}

/** Long 1 at 100 with 5 of money. Bar 2 falls to 80: the venue takes the position, and a close finds nothing at the next open. */
function liquidatedPlan(seed: number, fill: Partial<SimulationPlan["fill"]>): SimulationPlan {
  const plan = planOf({
    mode: "one_way",
    seed,
    rows: [quiet, quiet, [100, 100, 80, 80, 1_000], ...Array.from({ length: 9 }, (): Row => [80, 80, 80, 80, 1_000])],
    positions: [{ symbol: "TEST/USDC:USDC", leg: "NET", quantity: "1", entryPrice: "100" }],
    balance: "5",
    leverage: 100,
    actions: [{ bar: 2, do: "close", leg: "LONG" }],
    fill,
  });
  return { ...plan, liquidation: "generic" };
}

const cases = [
  { name: "a deleveraging", plan: deleveragedPlan, deliveryWindow: 500, reason: "auto_deleveraged" },
  { name: "a liquidation", plan: liquidatedPlan, deliveryWindow: 150_000, reason: "liquidated" },
];

describe.each(cases)("$name whose word is overtaken by the answer to a question", ({ plan, deliveryWindow, reason }) => {
  const runs = seeds.map((seed) => simulate(plan(seed, { delivery: "seeded", deliveryWindow })));
  const inOrder = simulate(plan(1, {}));

  it("ends in the same account and ledger whatever the order of delivery", () => {
    // The books are compared in the session itself: it would have stopped.
    const amounts = ({ rows }: RunRecord) => rows.ledger.map(({ quantity, gross, entryFee, exitFee }) => [quantity, gross, entryFee, exitFee]);
    for (const run of runs) {
      expect(run.invariants.checked).toBeGreaterThan(0);
      expect(run.final).toEqual(inOrder.final);
      expect(amounts(run)).toEqual(amounts(inOrder));
      expect(run.rows.synced.at(-1)).toMatchObject({ leg: "NET", quantity: "0" });
    }
  });

  it("is told in both orders by these seeds", () => {
    const reasons = runs.map(({ rows }) => rows.synced.map((row) => row.reason).join(" "));
    expect(new Set(reasons)).toEqual(new Set([reason, `exchange_no_position_before_close ${reason}`]));
  });
});

it("a deleveraging at 97 of a short at 100 is worth 3 in every order", () => {
  for (const seed of seeds) {
    const { final, rows } = simulate(deleveragedPlan(seed, { delivery: "seeded", deliveryWindow: 500 }));
    expect(final.equity).toBe("1003");
    expect(rows.ledger).toMatchObject([{ quantity: "1", gross: "3", net: "3", cumulative: "3" }]);
  }
});
