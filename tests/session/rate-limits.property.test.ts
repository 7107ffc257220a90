// Random sessions, with faults and both deliveries, at a venue that takes few requests and bans who goes on. No order is lost
// or sent twice, every intent has its end, and nothing leaves before the time that the venue has named (I-12, I-15).

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { VenueProfile } from "../../src/exchange/virtual/index.ts";
import { simulate, type SimulationPlan, type Step } from "../../src/session/index.ts";
import { plainRules } from "../domain/rules.ts";
import { generic } from "./plans.ts";
import { bars, checkEnds, checkFills, linesOf, planFor, sessions } from "./random-sessions.ts";
import { impatient, requestWindow, type Answer } from "./request-windows.ts";

const limited = fc.record({
  session: sessions,
  windows: fc.array(requestWindow, { minLength: 1, maxLength: 3 }),
  ban: fc.option(fc.record({ bar: fc.nat(bars - 1), lengthMs: fc.integer({ min: 1, max: 400_000 }) }), { nil: null }),
});

function limitedPlan({ session, windows, ban }: typeof limited extends fc.Arbitrary<infer T> ? T : never): SimulationPlan {
  const plan = planFor(session);
  const profile: VenueProfile = { ...generic, requests: { windows, budget: null } };
  const step: Step[] = ban === null ? [] : [{ bar: ban.bar, symbol: plainRules.symbol, action: { do: "ban", lengthMs: ban.lengthMs } }];
  return { ...plan, profile, steps: [...plan.steps, ...step] };
}

describe("random sessions at a venue that takes few requests", () => {
  it("I-12, I-15: nothing leaves too early, no order is lost or sent twice, every intent ends once or is visibly open", () => {
    let refusals = 0;
    let held = 0;
    fc.assert(
      fc.property(limited, (drawn) => {
        const plan = limitedPlan(drawn);
        const record = simulate(plan);
        const lines = linesOf(record) as Answer[];
        expect(record.invariants.violated).toBe(0);
        expect(impatient(lines, plan)).toEqual([]);
        checkEnds(record);
        checkFills(record);
        // What was turned away is no order of the venue's.
        for (const row of record.rows.orders) if (row.reason === "rate_limited") expect([row.status, row.id]).toEqual(["REJECTED", null]);
        const sent = new Set(lines.flatMap(({ type, request }) => (type === "submit_order" ? [request?.order] : [])));
        for (const { type, request } of lines) {
          if (type !== "order_held") continue;
          held += 1;
          const waits = record.rows.orders.filter(({ status }) => status === "NEW").length;
          const ended = lines.some(({ type: other, order }) => other === "order_settled" && order === request?.order);
          expect(sent.has(request?.order) || ended || waits > 0).toBe(true);
        }
        refusals += lines.filter(({ limit }) => limit !== undefined && limit !== null).length;
      }),
      { numRuns: 300 },
    );
    // The drawing is worth something only while much is refused and much has to wait.
    expect([refusals > 100, held > 3]).toEqual([true, true]);
  }, 120_000);

  it("I-35: a session is the same twice", () => {
    fc.assert(
      fc.property(limited, (drawn) => {
        expect(simulate(limitedPlan(drawn)).runHash).toBe(simulate(limitedPlan(drawn)).runHash);
      }),
      { numRuns: 30 },
    );
  });
});
