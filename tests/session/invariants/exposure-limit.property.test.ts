// Random sessions under faults with a cap on what a market may hold: the oracle of I-10 works out by the venue's own orders what the
// gate has worked out by the runner's, and the two never part.

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { runAudited } from "../../../src/session/index.ts";
import { planFor, sessions } from "../random-sessions.ts";

describe("random sessions with a cap", () => {
  it("I-10: what the venue holds and may still fill stays below it at each order that increases risk", () => {
    let refused = 0;
    fc.assert(
      fc.property(sessions, fc.integer({ min: 20, max: 1_500 }), (session, maxPositionNotional) => {
        const plan = planFor(session);
        const limits = { ...plan.runner.limits, maxPositionNotional };
        const { record } = runAudited({ ...plan, runner: { ...plan.runner, limits } });
        refused += record.rows.skipped.filter(({ reason }) => reason === "max_position_notional").length;
        expect(record.audit?.findings).toEqual([]);
      }),
      { numRuns: 300 },
    );
    // The cap is worth something only where it is reached.
    expect(refused).toBeGreaterThan(100);
  }, 60_000);
});
