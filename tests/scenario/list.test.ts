// Which files of a folder are scenarios, and in which order.
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { listScenarios } from "../../src/scenario/index.ts";
import { problemOf, workspace } from "./workspace.ts";

const { folder, write } = workspace();
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
