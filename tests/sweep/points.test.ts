// Dimensions and points: values as a person would write them, grids counted by hand, and the one promise of a Latin hypercube.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { hypercubeShares, pointsOf } from "../../src/sweep/points.ts";
import { dimensionOf } from "../../src/sweep/space.ts";

const range = (min: number, max: number, more: { step?: number; levels?: number; scale?: "log" } = {}) => ({
  min,
  max,
  scale: "linear" as const,
  ...more,
});

describe("a dimension", () => {
  it("steps in exact decimals: 0.1, 0.2, 0.3, not 0.30000000000000004", () => {
    expect(dimensionOf("a", range(0.1, 0.5, { step: 0.1 })).values).toEqual([0.1, 0.2, 0.3, 0.4, 0.5]);
    expect(dimensionOf("a", range(-1, 1, { step: 0.75 })).values).toEqual([-1, -0.25, 0.5]);
  });

  it("has levels with both ends: three on a log scale from 1 to 100 are 1, 10, 100", () => {
    expect(dimensionOf("a", range(1, 100, { levels: 3, scale: "log" })).values).toEqual([1, 10, 100]);
    expect(dimensionOf("a", range(0, 1, { levels: 5 })).values).toEqual([0, 0.25, 0.5, 0.75, 1]);
  });

  it("without steps gives every share of the range, and stays inside of it", () => {
    const { values, at, placeOf } = dimensionOf("a", range(2, 4));
    expect([values, at(0), at(0.5), at(0.25)]).toEqual([null, 2, 3, 2.5]);
    expect(at(1 - 2 ** -53)).toBeLessThanOrEqual(4);
    expect(placeOf(3.5)).toBe(0.75);
    // Half way from 1 to 100 by magnitude is 10.
    expect(dimensionOf("a", range(1, 100, { scale: "log" })).at(0.5)).toBe(10);
  });

  it("is ordered only where its numbers ascend", () => {
    expect(
      [
        [1, 2, 3],
        [3, 2],
        ["a", "b"],
        [1, null],
      ].map((values) => dimensionOf("a", values).ordered),
    ).toEqual([true, false, false, false]);
  });
});

describe("a grid", () => {
  it("is every combination, the last dimension fastest: 2 × 3 by hand", () => {
    const dimensions = [dimensionOf("fast", [1, 2]), dimensionOf("mode", ["x", "y", null])];
    expect(pointsOf(dimensions, "grid", 1)).toEqual([
      { fast: 1, mode: "x" },
      { fast: 1, mode: "y" },
      { fast: 1, mode: null },
      { fast: 2, mode: "x" },
      { fast: 2, mode: "y" },
      { fast: 2, mode: null },
    ]);
  });
});

describe("a Latin hypercube", () => {
  it("has exactly one sample in each stratum of each dimension", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 300 }), fc.nat(), (dimensions, count, seed) => {
        const shares = hypercubeShares(dimensions, count, seed);
        const strata = Array.from({ length: count }, (_, at) => at);
        for (let dimension = 0; dimension < dimensions; dimension += 1) {
          const met = shares.map((row) => Math.floor((row[dimension] as number) * count)).sort((a, b) => a - b);
          expect(met).toEqual(strata);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("takes each of ten listed values twice in twenty points", () => {
    const values = Array.from({ length: 10 }, (_, at) => at);
    const points = pointsOf([dimensionOf("a", values), dimensionOf("b", range(0, 1))], { latinHypercube: { count: 20 } }, 5);
    expect(points.map(({ a }) => a as number).sort((a, b) => a - b)).toEqual(values.flatMap((value) => [value, value]));
  });

  it("is the same for the same seed and another for another", () => {
    expect(hypercubeShares(3, 20, 7)).toEqual(hypercubeShares(3, 20, 7));
    expect(hypercubeShares(3, 20, 7)).not.toEqual(hypercubeShares(3, 20, 8));
  });
});

describe("points", () => {
  it("are the same in another process", () => {
    const module = (name: string): string => JSON.stringify(fileURLToPath(new URL(`../../src/sweep/${name}.ts`, import.meta.url)));
    const program = `
      const { pointsOf } = await import(${module("points")});
      const { dimensionOf } = await import(${module("space")});
      const { trialSeed } = await import(${module("jobs")});
      const dimensions = [dimensionOf("a", { min: 1, max: 9, scale: "log" }), dimensionOf("b", [1, 2, 3])];
      process.stdout.write(JSON.stringify([
        pointsOf(dimensions, { random: { count: 5 } }, 3), pointsOf(dimensions, { latinHypercube: { count: 5 } }, 3), [0, 1, 99].map((trial) => trialSeed(3, trial)),
      ]));`;
    const outputs = ["en_US", "ar_EG"].map((locale) => {
      const env = { ...process.env, LANG: locale, TZ: locale === "en_US" ? "UTC" : "Asia/Tokyo" };
      const child = spawnSync(process.execPath, ["--conditions=seatrial-source", "--input-type=module", "-e", program], { encoding: "utf8", env });
      expect(child.stderr).toBe("");
      return child.stdout;
    });
    expect(outputs[0]).toBe(outputs[1]);
    const [random, cube, seeds] = JSON.parse(outputs[0] ?? "") as [unknown[], unknown[], number[]];
    expect([random.length, cube.length, new Set(seeds).size]).toEqual([5, 5, 3]);
  });
});
