// The paths `worst` and `best` on bars that can be worked out by hand. Fees of `generic`: maker 0.0002, taker 0.0005.

import { describe, expect, it } from "vitest";

import type { ExtremePath } from "../../../src/exchange/virtual/index.ts";
import { SimulatedSession, simulate, type SimulationPlan } from "../../../src/session/index.ts";
import type { ScriptedAction, ScriptedOrder } from "../../../src/strategy/index.ts";
import { planOf, quiet, type Row } from "../plans.ts";

const sell = (quantity: number, order: ScriptedOrder, id: string): ScriptedAction => {
  return { onFill: { id: "in" }, do: "reduce", leg: "LONG", quantity, order, id };
};

/** Buys at the open of bar 1, with a target at 102 and a stop at 98 that cancel each other. */
function trade(size: { bought: number; target: number; stop: number }): ScriptedAction[] {
  const target = sell(size.target, { type: "limit", price: 102, family: "tp" }, "target");
  const stop = sell(size.stop, { type: "stop_market", trigger: 98, family: "sl", oco: "target" }, "stop");
  return [{ bar: 0, do: "open", leg: "LONG", quantity: size.bought, id: "in" }, target, stop];
}

const ones = trade({ bought: 1, target: 1, stop: 1 });

function endOf(plan: SimulationPlan, path: ExtremePath): string {
  return simulate({ ...plan, fill: { ...plan.fill, path } }).final.equity;
}

describe("a bar that holds the target and the stop", () => {
  // Bought at 100 for 0.05. Target: + 2 - 0.0204. Stop: - 2 - 98 x 0.0005 = 0.049.
  it.each([
    ["the nearer high", [100, 102.5, 97, 100, 1_000]],
    ["the nearer low", [100, 103, 97.5, 100, 1_000]],
  ] as [string, Row][])("ends at the stop under worst and at the target under best, also against %s", (_, both) => {
    const plan = planOf({ mode: "one_way", rows: [quiet, quiet, both, quiet], actions: ones });
    expect([endOf(plan, "worst"), endOf(plan, "best")]).toEqual(["997.901", "1001.9296"]);
  });

  it("that the adaptive path answers alike leaves the run as it is", () => {
    const plan = planOf({ mode: "one_way", rows: [quiet, quiet, [100, 102.5, 99, 100, 1_000], quiet], actions: ones });
    const plain = simulate(plan);
    for (const path of ["worst", "best"] as const) expect(simulate({ ...plan, fill: { ...plan.fill, path } }).rows).toEqual(plain.rows);
  });
});

describe("an account that one of the ways ends", () => {
  // 9 bought at 100 with 100 of money. The high first fills a target for a hundredth, and its sibling, the stop for all, is gone:
  // 8.99 are held through 88, and the bar comes back to 101. The low first sells all at 98, 18 lower, and the account lives on.
  const rows: Row[] = [quiet, quiet, [100, 102.5, 88, 101, 100_000], quiet];
  const plan = planOf({ mode: "one_way", rows, actions: trade({ bought: 9, target: 0.01, stop: 9 }), balance: "100", leverage: 10 });

  it("is worse on that way, however high its last close", () => {
    const session = new SimulatedSession({ ...plan, fill: { ...plan.fill, path: "worst" } });
    session.run();
    expect(session.halted).toBe(true);
  });

  it("is better on the other one", () => {
    // 100 - 9 x 2 - 0.45 - 9 x 98 x 0.0005
    expect(endOf(plan, "best")).toBe("81.109");
  });
});

describe("what is told about a bar that was turned", () => {
  it("follows the order of prices that it was given: a stop that the high reaches after the fill", () => {
    // Beside the trade a short is stopped in at 98, with an answering stop at 101. The high comes first where the nearer extreme
    // does; under worst it comes after the fill, and the bar closes at 100.
    const short: ScriptedAction[] = [
      { bar: 0, do: "open", leg: "SHORT", quantity: 1, id: "short", order: { type: "stop_market", trigger: 98 } },
      { onFill: { id: "short" }, do: "reduce", leg: "SHORT", quantity: 1, order: { type: "stop_market", trigger: 101, family: "sl" } },
    ];
    const plan = planOf({ rows: [quiet, quiet, [100, 102.5, 97, 100, 1_000], quiet], actions: [...ones, ...short] });
    expect(simulate(plan).rows.unprotected).toEqual([]);
    const worst = simulate({ ...plan, fill: { ...plan.fill, path: "worst" } }).rows.unprotected;
    expect(worst).toMatchObject([{ leg: "SHORT", price: "101", reached: "102.5", close: "100", cost: "-1", bar: 2 }]);
  });
});
