// Looking at a run must not change it: every shipped scenario, surveyed and walked, is the run that it was.

import { describe, expect, it } from "vitest";

import { SimulatedSession, simulate, surveyRun, walkRun, type Act, type SimulationPlan } from "../../src/session/index.ts";
import { load, shippedFiles } from "../scenarios/shipped-files.ts";
import { planOf, workedPlan, type Row } from "./plans.ts";

const limits = { active: 1e6, ambiguous: 1e6, positions: 1e6, stops: 1e6 };
const files = (await shippedFiles()).filter((file) => !file.startsWith("recorded"));

function walk(plan: SimulationPlan, instants: readonly number[] | null): { acts: Act[]; runHash: string; notes: number } {
  const acts: Act[] = [];
  const { runHash, notes } = walkRun(plan, { instants, notesMost: 1e6, hear: (act) => acts.push(act) > 0 });
  return { acts, runHash, notes: notes.size };
}

describe("a run that is looked at", () => {
  it.each(files.flatMap((file) => (["immediate", "seeded"] as const).map((delivery) => [file, delivery] as const)))(
    "%s (%s answers) is the same run to the last byte, and every record belongs to one act",
    async (file, delivery) => {
      const { plan } = await load(file, { delivery });
      if (plan === null) throw new Error(`${file} has no plan`);
      const { envelope: _envelope, ...alone } = plan;
      const { runHash, assumptions } = simulate(alone);
      const survey = surveyRun(alone, limits);
      expect(survey.runHash).toBe(runHash);
      expect(survey.ambiguous).toHaveLength(assumptions.ambiguousBars);
      for (const instants of [null, survey.active]) {
        const { acts, runHash: walked } = walk(alone, instants);
        expect(walked).toBe(runHash);
        // Records in order, none left out, none twice.
        let next = 0;
        for (const { from, to } of acts) {
          expect(from).toBe(next);
          next = to;
        }
        expect(next).toBe(survey.journal.tape.length);
      }
    },
  );

  it("a long run is the same run, however many of its instants are stopped at", () => {
    const rows = Array.from({ length: 3_000 }, (_, bar): Row => [100, 100 + (bar % 7), 100 - (bar % 5), 100, 1_000]);
    const actions = [10, 700, 1_500, 2_400].flatMap((bar) => [
      { bar, do: "open" as const, leg: "LONG" as const, quantity: 1 },
      { bar: bar + 90, do: "close" as const, leg: "LONG" as const },
    ]);
    const plan = planOf({ rows, actions });
    const { runHash } = simulate(plan);
    const { active } = surveyRun(plan, limits);
    // Eight orders, each asked for at one close and filled in the next bar.
    expect(active).toEqual([10, 11, 100, 101, 700, 701, 790, 791, 1_500, 1_501, 1_590, 1_591, 2_400, 2_401, 2_490, 2_491]);
    for (const instants of [null, active, active.slice(0, 5), []]) expect(walk(plan, instants).runHash).toBe(runHash);
    let heard = 0;
    expect(walkRun(plan, { instants: active, notesMost: 0, hear: () => (heard += 1) < 4 }).runHash).toBe(runHash);
    expect(heard).toBe(4);
  });

  it("goes on from where it stands when it is run to its end after some steps", () => {
    const rows = Array.from({ length: 3_000 }, (_, bar): Row => [100, 100 + (bar % 7), 100 - (bar % 5), 100, 1_000]);
    const plan = planOf({ rows, actions: [{ bar: 1_500, do: "open", leg: "LONG", quantity: 1 }] });
    const session = new SimulatedSession(plan);
    while (session.done < 2_000) session.step(2_000);
    session.run();
    expect(session.equity.length).toBe(3_000);
    expect(session.record().runHash).toBe(simulate(plan).runHash);
  });

  it("stops at each answer and each close: the worked example has an act for each, in the order of the house", () => {
    const { acts, notes } = walk(workedPlan(), null);
    expect(acts.map(({ kind, bars }) => [kind, bars[0]])).toEqual([
      ["start", -1],
      // Bar 0 closes and the strategy asks for its entry; in bar 1 the venue takes it and fills it, and the target is sent on the fill.
      ["decision", 0],
      ["event", 0],
      ["event", 0],
      ["bars", 1],
      ["event", 1],
      ["event", 1],
      ["bars", 2],
    ]);
    expect(notes).toBe(2);
  });

  it("positions are those of the runner's own book, when it learned of them", () => {
    const { positions } = surveyRun(workedPlan(), limits);
    // Quantity at 3 decimals, cost 100 USDC at the session's money scale of 8; bought at the open of bar 1, sold on the way to bar 2's high.
    expect(positions).toMatchObject([
      { market: 0, leg: "NET", time: 60_000, quantity: 1_000, cost: 100 * 1e8 },
      { market: 0, leg: "NET", quantity: 0, cost: 0 },
    ]);
    expect(positions[1]?.time).toBeGreaterThan(120_000);
    expect(positions[1]?.time).toBeLessThan(180_000);
  });
});
