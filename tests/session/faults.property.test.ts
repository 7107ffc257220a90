// Random scripted sessions under random faults. Whatever happens, the house's invariants hold (each run asserts conservation,
// I-07 and I-26 itself, and its oracle the rest), and every intent has its end (I-12).

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { runAudited, simulate, type Step } from "../../src/session/index.ts";
import { plainRules } from "../domain/rules.ts";
import { bars, checkEnds, checkFills, checkLiveness, checkRoutes, planFor, sessions } from "./random-sessions.ts";

describe("random sessions under faults", () => {
  it("I-07, I-12, I-26, I-38: books agree, money is conserved, every intent ends once or is visibly open", () => {
    fc.assert(
      fc.property(sessions, (session) => {
        const plan = planFor(session);
        const { record } = runAudited(plan);
        expect(record.audit?.findings).toEqual([]);
        expect(record.rows.halt).toBeNull();
        expect(record.invariants.violated).toBe(0);
        checkEnds(record);
        checkFills(record);
        checkRoutes(record);
        checkLiveness(record, plan);
      }),
      { numRuns: 400 },
    );
  }, 120_000);

  it("I-35: a session is the same twice, faults, delivery and all", () => {
    fc.assert(
      fc.property(sessions, (session) => {
        expect(simulate(planFor(session)).runHash).toBe(simulate(planFor(session)).runHash);
      }),
      { numRuns: 40 },
    );
  });

  it("I-13: nothing that increases risk leaves while new orders are stopped", () => {
    fc.assert(
      fc.property(sessions, fc.integer({ min: 1, max: bars - 2 }), (session, stop) => {
        const plan = planFor({ ...session, faults: session.faults.filter(({ fault: drawn }) => drawn.do !== "resume") });
        const stopped = {
          ...plan,
          steps: [...plan.steps, { bar: stop, symbol: plainRules.symbol, action: { do: "stop_new_orders", text: "" } } as Step],
        };
        const { rows } = simulate(stopped);
        expect(rows.orders.filter((order) => (order.family === "entry" || order.family === "dca") && order.time > stop * 60_000)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});
