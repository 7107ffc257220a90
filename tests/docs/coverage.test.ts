// What docs/coverage.md says of errors, counts and printed output, against the code and the shipped scenarios.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { lifecycleCoverage } from "../../src/report/lifecycle/lifecycle.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const text = readFileSync(join(root, "docs", "coverage.md"), "utf8");

describe("docs/coverage.md", () => {
  it("lists every error with its meaning, in the order of the columns", () => {
    const section = text.slice(text.indexOf("\n### Errors\n"), text.indexOf("\n### Possible, impossible, waiting\n"));
    const rows = [...section.matchAll(/^\| `(\w+)` +\| (.*?) +\|$/gm)].map(([, name, meaning]) => ({ name, meaning }));
    expect(rows).toEqual(lifecycleCoverage([]).errors);
  });

  it("shows what the shipped scenarios cover", () => {
    const words = ["--conditions=seatrial-source", join(root, "bin", "seatrial.mjs"), "simulate", "scenarios", "--no-report", "--coverage"];
    const env = { ...process.env, SEATRIAL_DATA: "", SEATRIAL_REQUIRE_DATA: "", NO_COLOR: "1" };
    const { stdout, status } = spawnSync(process.execPath, words, { cwd: root, encoding: "utf8", env });
    expect(status).toBe(0);
    const [, shown = ""] = /--coverage\n…\n([^…]*)…\norder states/.exec(text) ?? [];
    expect(shown.split("\n").length).toBeGreaterThan(5);
    expect(stdout).toContain(shown);
    const [totals = ""] = /^order states: .*$/m.exec(text) ?? [];
    expect(stdout).toContain(totals);
  });
});
