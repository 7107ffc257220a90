// Random sessions under random faults whose process dies at random places, for random times. Whatever happens, the house's
// invariants hold (each run asserts conservation, I-07 and I-23 itself), nothing is sent twice, and every intent has its end.

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { buildSession } from "../../../src/session/build.ts";
import { FragileSession } from "../../../src/session/process/fragile-session.ts";
import type { CommitPhase, CrashPoint } from "../../../src/session/process/process-plan.ts";
import { simulate, type SimulationPlan, type Step } from "../../../src/session/index.ts";
import { plainRules } from "../../domain/rules.ts";
import { bars, checkFills, planFor, sessions } from "../random-sessions.ts";

const downtime = fc.constantFrom(0, 0, 10_000, 60_000, 90_000, 300_000);
const phase = fc.constantFrom<CommitPhase>("planned", "journaled", "sent");

const crash: fc.Arbitrary<CrashPoint> = fc
  .record({ number: fc.integer({ min: 2, max: 80 }), process: fc.constantFrom(null, null, 1, 2), phase, effects: fc.option(fc.nat(3)), downtime })
  .map(({ number, process, phase: of, effects, downtime: downtimeMs }) => ({
    at: { kind: "commit", number: process === null ? number : (number % 8) + 1, process, phase: of, effects },
    downtimeMs,
  }));

const restart: fc.Arbitrary<Step> = fc
  .record({ bar: fc.integer({ min: 1, max: bars - 2 }), downtimeMs: downtime, freeze: fc.boolean() })
  .map(({ bar, downtimeMs, freeze }) => ({
    bar,
    symbol: plainRules.symbol,
    action: freeze ? { do: "freeze", lengthMs: downtimeMs + 1 } : { do: "restart", downtimeMs, changed: null },
  }));

const troubles = fc.record({ crashes: fc.array(crash, { maxLength: 3 }), restarts: fc.array(restart, { maxLength: 2 }) });

function planWith(plan: SimulationPlan, { crashes, restarts }: { readonly crashes: readonly CrashPoint[]; readonly restarts: readonly Step[] }) {
  return { ...plan, crashes, steps: [...plan.steps, ...restarts] };
}

describe("random sessions whose process dies", () => {
  it("I-01, I-04, I-08, I-23: nothing leaves twice, each fill counts once, and the state is that of the last commit", () => {
    fc.assert(
      fc.property(sessions, troubles, (session, trouble) => {
        const plan = planWith(planFor(session), trouble);
        // Watched by the oracle.
        const run = new FragileSession(plan, buildSession(plan, true));
        run.run();
        const record = run.record();
        checkFills(record);
        const sent = [...run.commits.read(1)].flatMap(({ effects }) =>
          effects.flatMap((effect) => (effect.type === "submit_order" ? [effect.request.order] : [])),
        );
        expect(new Set(sent).size).toBe(sent.length);
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  it("I-35: a session that dies is the same twice", () => {
    fc.assert(
      fc.property(sessions, troubles, (session, trouble) => {
        const plan = planWith(planFor(session), trouble);
        expect(simulate(plan).runHash).toBe(simulate(plan).runHash);
      }),
      { numRuns: 20 },
    );
  }, 60_000);
});
