// The catalogue of failures against the folder of scenarios: every row is played by one at least, and the documents say
// which. What the scenarios do is the business of shipped.test.ts.
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";

import { describe, expect, it } from "vitest";

import { catalogueRows, catalogueTable, scenariosByRow } from "./catalogue-table.ts";

const found = await scenariosByRow();

/** The rows: so many in each section. */
const sections = { A: 25, B: 12, C: 15, D: 14, E: 8 };

describe("the failure catalogue", () => {
  it("has the rows A1 to A25, B1 to B12, C1 to C15, D1 to D14 and E1 to E8", () => {
    const rows = Object.entries(sections).flatMap(([section, count]) => Array.from({ length: count }, (_, at) => `${section}${at + 1}`));
    expect([...catalogueRows.keys()]).toEqual(rows);
  });

  it.each([...catalogueRows.keys()])("%s is played by a scenario whose name starts with it", (row) => {
    expect(found.get(row)).not.toEqual([]);
  });

  it("has every row that a scenario of the folder names", () => {
    expect([...found.keys()].filter((row) => !catalogueRows.has(row))).toEqual([]);
  });

  it("stands in docs/measurements.md as the folder has it", async () => {
    const text = await readFile(resolve(import.meta.dirname, "../../docs/measurements.md"), "utf8");
    const section = text.split("## Scenarios by catalogue row\n")[1]?.split("\n## ")[0] ?? "";
    expect(section.split("\n").filter((line) => line.startsWith("|"))).toEqual(await catalogueTable());
  });
});
