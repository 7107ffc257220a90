// The published JSON Schema and the shipped scenarios stand by the code.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

import { listScenarios, loadScenario, scenarioJsonSchema } from "../../src/scenario/index.ts";
import { parseInstant } from "../../src/scenario/instant.ts";

const folder = new URL("../../scenarios/", import.meta.url).pathname;

describe("the JSON Schema", () => {
  it("in scenarios/ is the one of the code (seatrial scenario schema > scenarios/scenario.schema.json)", () => {
    expect(JSON.parse(readFileSync(`${folder}scenario.schema.json`, "utf8"))).toEqual(scenarioJsonSchema());
  });

  it("describes every key, for editors", () => {
    const missing: string[] = [];
    const walk = (node: unknown, path: string): void => {
      if (typeof node !== "object" || node === null) return;
      const { properties } = node as { properties?: Record<string, { description?: string }> };
      for (const [key, property] of Object.entries(properties ?? {})) if (property.description === undefined) missing.push(`${path}.${key}`);
      for (const [key, child] of Object.entries(node)) walk(child, `${path}/${key}`);
    };
    walk(scenarioJsonSchema(), "");
    expect(missing).toEqual([]);
  });
});

describe("the shipped scenarios", () => {
  it("all load", async () => {
    const files = await listScenarios([folder]);
    expect(files.length).toBeGreaterThanOrEqual(3);
    const scenarios = await Promise.all(files.map((file) => loadScenario(file, process.env)));
    const empty = scenarios.filter((one) => (one.plan === null && one.notRun === null) || one.why === "" || one.expectations.length === 0);
    expect(empty.map((one) => one.file)).toEqual([]);
  });
});

describe("a time", () => {
  it.each<[string, number | null]>([
    // 2025-01-01 is day 20089 of the epoch
    ["2025-01-01", 20_089 * 86_400_000],
    ["2025-01-01T00:00:00Z", 20_089 * 86_400_000],
    ["2025-01-01T01:02", 20_089 * 86_400_000 + 3_720_000],
    ["2025-01-01 00:00:00.25Z", 20_089 * 86_400_000 + 250],
    ["2025-01-01T02:00:00+02:00", 20_089 * 86_400_000],
    ["2024-12-31T23:30:00-0030", 20_089 * 86_400_000],
    ["2025-02-29", null],
    ["2025-13-01", null],
    ["2025-01-01T24:00:00Z", null],
    ["1969-12-31T23:59:59Z", null],
    ["yesterday", null],
    ["0001-01-01", null],
  ])("%s is UTC, or no time", (text, millis) => {
    expect(parseInstant(text)).toBe(millis);
  });
});
