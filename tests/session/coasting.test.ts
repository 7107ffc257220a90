// Bars in which nothing can happen are passed over together: that must be the same session as one bar after the other.

import { describe, expect, it } from "vitest";

import { benchBars } from "../../src/bench/generator.ts";
import { benchDcaLadder, benchEmaCross } from "../../src/bench/strategies.ts";
import { benchPlan } from "../../src/bench/workloads.ts";
import { runHash, createSha256, SimulatedSession } from "../../src/session/index.ts";

const bars = 6_000;
const series = benchBars(bars);

describe("quiet bars", () => {
  it.each([
    ["a ladder with stops and targets", benchDcaLadder],
    ["crossing averages", benchEmaCross],
  ])("of %s are the same together and each for itself", (_, definition) => {
    const plan = benchPlan(definition, series);
    const together = new SimulatedSession(plan);
    together.runChunk(0, bars);
    const alone = new SimulatedSession(plan);
    for (let bar = 0; bar < bars; bar += 1) alone.runChunk(bar, bar + 1);
    expect(runHash(plan, together.journal, createSha256)).toBe(runHash(plan, alone.journal, createSha256));
    expect(together.equity.columns()).toEqual(alone.equity.columns());
    expect(together.journal.tape.length).toBeGreaterThan(900);
  });
});
