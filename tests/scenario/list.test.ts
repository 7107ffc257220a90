// Which files of a folder are scenarios, and in which order.
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { listScenarios } from "../../src/scenario/index.ts";
import { problemOf, workspace } from "./workspace.ts";

const { folder, write } = workspace();
const reported = workspace();
for (const name of ["b", "b/deep", "node_modules", ".hidden", "empty"]) mkdirSync(join(folder, name), { recursive: true });
for (const name of [
  "b.json",
  "a.yaml",
  "Z.YML",
  "scenario.schema.json",
  "notes.md",
  ".secret.json",
  "b/1.json",
  "b/deep/2.yml",
  "node_modules/x.json",
  ".hidden/y.json",
])
  write(name, "{}");
symlinkSync(folder, join(folder, "b", "loop"));

describe("listing scenarios", () => {
  it("goes to the bottom of a folder in the order of names, past schemas, hidden files, modules and links to folders", async () => {
    const names = ["Z.YML", "a.yaml", "b/1.json", "b/deep/2.yml", "b.json"];
    expect(await listScenarios([folder])).toEqual(names.map((name) => join(folder, name)));
  });

  it("takes nothing that runs have left among the scenarios", async () => {
    const run = join("reports", "idle", "2026-11-21T02-38-12-345Z");
    mkdirSync(join(reported.folder, run), { recursive: true });
    for (const name of ["result.json", "manifest.json", "journal.ndjson"]) reported.write(join(run, name), "{}");
    for (const name of ["reports/index.html", "reports/coverage.json", "reports/mine.json", "coverage.json", "own.json"]) reported.write(name, "{}");
    const names = ["coverage.json", "own.json", "reports/mine.json"];
    expect(await listScenarios([reported.folder])).toEqual(names.map((name) => join(reported.folder, name)));
    expect((await problemOf(listScenarios([join(reported.folder, run)]))).code).toBe("no_scenarios");
  });

  it("takes named files as they are, in the order given, each once", async () => {
    const [a, b] = [join(folder, "a.yaml"), join(folder, "b.json")];
    expect(await listScenarios([b, a, b])).toEqual([b, a]);
    expect(await listScenarios([join(folder, "b"), join(folder, "b", "1.json")])).toHaveLength(2);
  });

  it("refuses what is not there, what is no scenario, and a folder without any", async () => {
    expect((await problemOf(listScenarios([join(folder, "none")]))).code).toBe("file_missing");
    expect((await problemOf(listScenarios([join(folder, "notes.md")]))).code).toBe("not_a_scenario");
    expect((await problemOf(listScenarios([join(folder, "empty")]))).code).toBe("no_scenarios");
  });
});
