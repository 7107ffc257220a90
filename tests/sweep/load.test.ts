// What a sweep file gets wrong is told with its line and column before anything runs.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { SeatrialError } from "../../src/domain/index.ts";
import { listScenarios } from "../../src/scenario/index.ts";
import { loadSweep, metricNames, sweepJsonSchema } from "../../src/sweep/index.ts";
import { loadedSweep, sweep, temporaryFolder, writeSweep } from "./sample.ts";

let folder = "";
let remove = async (): Promise<void> => undefined;
beforeEach(async () => {
  ({ folder, remove } = await temporaryFolder());
});
afterEach(() => remove());

async function errorOf(changes: object, scenarioChanges: object = {}): Promise<SeatrialError> {
  const error = await loadedSweep(folder, changes, scenarioChanges).catch((thrown: unknown) => thrown);
  if (!(error instanceof SeatrialError)) throw new Error("no typed error");
  return error;
}

/** Line of the first line of the sample sweep, with the changes, that has the text. */
function lineOf(changes: object, text: string): number {
  const lines = JSON.stringify({ ...sweep, ...changes }, null, 2).split("\n");
  return lines.findIndex((line) => line.includes(text)) + 1;
}

describe("a sweep file", () => {
  it("becomes points, fills and jobs: 3 × 4 points under 2 fills are 24", async () => {
    const { points, list, fills, objective } = await loadedSweep(folder, { fills: { "as written": {}, kind: "optimistic" } });
    expect([points.length, list.jobs.length, fills.map(({ name }) => name)]).toEqual([12, 24, ["as written", "kind"]]);
    expect(objective).toEqual({ metric: "profit", goal: "maximise", across: "mean", constraints: [] });
  });

  it("may be YAML", async () => {
    await writeSweep(folder);
    const file = join(folder, "small.sweep.yaml");
    await writeFile(
      file,
      "name: small\nscenarios: [waves.json]\nmethod: { random: { count: 7 } }\nparameters:\n  fast: { min: 2, max: 8, step: 1 }\n",
    );
    expect((await loadSweep(file, {}, { version: "1" })).points).toHaveLength(7);
  });

  it.each<[string, object, string, string]>([
    ["a misspelt key", { parametres: {} }, "unknown_key", "parametres"],
    ["a parameter that the strategy does not have", { parameters: { fats: [1, 2] } }, "unknown_parameter", "fats"],
    ["a value of another type", { parameters: { fast: ["3"] } }, "bad_parameter", "fast"],
    ["a metric that there is not", { objective: { metric: "proft" } }, "bad_value", "proft"],
    ["a range that cannot be a grid", { parameters: { fast: { min: 2, max: 9 } } }, "bad_dimension", "fast"],
    ["a range without room", { parameters: { fast: { min: 9, max: 2, step: 1 } } }, "bad_value", '"max"'],
    ["a scenario that is not there", { scenarios: ["wave.json"] }, "scenario_missing", "wave.json"],
    ["a scenario that is here twice", { scenarios: ["waves.json", "waves.json"] }, "duplicate_scenario", "waves.json"],
    ["windows that the bars do not hold", { walkForward: { trainBars: 500, testBars: 101 } }, "no_window", "walkForward"],
    ["tests that overlap", { walkForward: { trainBars: 50, testBars: 20, stepBars: 10 } }, "bad_value", "stepBars"],
    ["a fill setting that there is not", { fills: { kind: { limits: "touch" } } }, "unknown_key", "limits"],
    ["latency without finer data", { fills: { late: { latency: { submitMs: 5 } } } }, "latency_without_steps", "latency"],
    [
      "too many trials",
      { parameters: { fast: { min: 1, max: 400, step: 1 }, slow: { min: 1, max: 400, step: 1 } } },
      "too_many_trials",
      "parameters",
    ],
  ])("with %s is refused at its place", async (_, changes, code, text) => {
    const error = await errorOf(changes);
    expect([error.code, error.exitCode]).toEqual([code, 3]);
    expect(error.place.file).toContain("small.sweep.json");
    const line = lineOf(changes, text);
    // The second of two equal scenarios is the one that is too many.
    expect(error.place.line).toBe(code === "duplicate_scenario" ? line + 1 : line);
  });

  it("names the nearest key and metric", async () => {
    expect((await errorOf({ parametres: {} })).hint).toContain('"parameters"');
    expect((await errorOf({ parameters: { fats: [1] } })).hint).toContain('"fast"');
    expect((await errorOf({ objective: { metric: "proft" } })).hint).toContain('"profit"');
  });

  it("takes no steps into windows: they would be cut off", async () => {
    const steps = [{ at: { bar: 3 }, do: "stop_new_orders", text: "enough" }];
    expect(await errorOf({ walkForward: { trainBars: 50, testBars: 20 } }, { steps })).toMatchObject({ code: "steps_in_windows" });
  });

  it("without the data of a scenario ends with exit code 1", async () => {
    const market = { symbol: "HYPE/USDC:USDC", market: { tick: "0.001", step: "0.01" }, bars: { file: "${SEATRIAL_DATA}/none.csv" } };
    expect(await errorOf({}, { markets: [market] })).toMatchObject({ code: "data_absent", exitCode: 1 });
  });

  it("has another hash when anything that decides results is another, and the same when only the way of looking is", async () => {
    const hash = async (changes: object = {}, scenarioChanges: object = {}) => (await loadedSweep(folder, changes, scenarioChanges)).hash;
    const first = await hash();
    expect(await hash()).toBe(first);
    expect(await hash({ why: "another reason", objective: { metric: "sharpe" } })).toBe(first);
    const others = [{ seed: 3 }, { parameters: { fast: [2, 4, 6, 8], slow: [5] } }, { fills: { x: "optimistic" } }];
    for (const other of others) expect(await hash(other)).not.toBe(first);
    expect(await hash({}, { boot: { balances: { USDC: "1001" } } })).not.toBe(first);
    // In a walk-forward sweep the objective decides what is tested.
    const walkForward = { trainBars: 50, testBars: 20 };
    expect(await hash({ walkForward, objective: { metric: "sharpe" } })).not.toBe(await hash({ walkForward }));
  });
});

describe("the JSON Schema of sweeps", () => {
  it("in scenarios/ is the one of the code (seatrial sweep --schema > scenarios/sweep.schema.json)", () => {
    const published = readFileSync(new URL("../../scenarios/sweep.schema.json", import.meta.url), "utf8");
    expect(JSON.parse(published)).toEqual(sweepJsonSchema());
    for (const name of metricNames) expect(published).toContain(`"${name}"`);
  });

  it("describes every key, for editors", () => {
    const missing: string[] = [];
    const walk = (node: unknown, path: string): void => {
      if (typeof node !== "object" || node === null) return;
      const { properties } = node as { properties?: Record<string, { description?: string }> };
      for (const [key, property] of Object.entries(properties ?? {})) if (property.description === undefined) missing.push(`${path}.${key}`);
      for (const [key, child] of Object.entries(node)) walk(child, `${path}/${key}`);
    };
    walk(sweepJsonSchema(), "");
    expect(missing).toEqual([]);
  });
});

describe("a sweep among scenarios", () => {
  it("is passed over in a folder, and by itself refused with the command that runs it", async () => {
    const file = await writeSweep(folder);
    expect(await listScenarios([folder])).toEqual([join(folder, "waves.json")]);
    await expect(listScenarios([file])).rejects.toMatchObject({ code: "not_a_scenario", hint: "a sweep is run by seatrial sweep" });
  });
});
