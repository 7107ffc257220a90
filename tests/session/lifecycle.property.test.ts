// What the steps of a run's orders add up to, against the rows, which are read from the journal by other code.

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { assertTransition } from "../../src/domain/index.ts";
import { simulate } from "../../src/session/index.ts";
import { crowded, crowdedPlan } from "./crowded-sessions.ts";
import { planFor, sessions } from "./random-sessions.ts";

const plans = fc.oneof(sessions.map(planFor), crowded.map(crowdedPlan));

describe("the steps of a run's orders", () => {
  it("lead as many orders into each status, less those that left it, as there are rows with it", () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const record = simulate(plan);
        const standing = new Map<string, number>();
        for (const { from, to, count } of record.lifecycle()) {
          assertTransition(from, to);
          standing.set(to, (standing.get(to) ?? 0) + count);
          standing.set(from, (standing.get(from) ?? 0) - count);
        }
        const rows = new Map<string, number>();
        for (const { status } of record.rows.orders) rows.set(status, (rows.get(status) ?? 0) + 1);
        // Every order starts as NEW, and no step leads there.
        standing.set("NEW", (standing.get("NEW") ?? 0) + record.rows.orders.length);
        for (const [status, count] of standing) expect(`${status} ${count}`).toBe(`${status} ${rows.get(status) ?? 0}`);
      }),
      { numRuns: 200 },
    );
  });
});
