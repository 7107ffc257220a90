// The cost of an envelope as the bench tells it. Times are the machine's; everything else is not.

import { describe, expect, it } from "vitest";

import { measureEnvelope } from "../../src/bench/measure-envelope.ts";

describe("the bench of the envelope", () => {
  it("measures W3 against its plain run, and finds nothing open in one-minute bars", () => {
    const figures = measureEnvelope("W3", { bars: 3_000, rounds: 1 });
    expect(figures).toMatchObject({ name: "W3", bars: 3_000, dependentBars: 0, worlds: 1, unexplored: 0 });
    expect(figures.costRatio).toBeGreaterThan(0);
  });

  it("has bars that matter five minutes wide", () => {
    const figures = measureEnvelope("W3-5m", { bars: 40_000, rounds: 1 });
    expect(figures.bars).toBe(8_000);
    expect(figures.worlds).toBeGreaterThan(figures.dependentBars);
  });
});
